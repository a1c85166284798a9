#include "systems/administration/person_forms.h"

#include <algorithm>

#include "engine/identity/import.h"
#include "engine/identity/permissions.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr std::string_view manage = "people.manage";
const std::string people_path = "/ban-lam-viec/nhan-su";

std::string path_of(identity::PartyId party) { return people_path + "/" + text_of(party); }

std::vector<Problem> one(const std::optional<Problem>& problem, const std::vector<std::string_view>& fields)
{
    if (!problem) return {};
    return placed(*problem, fields, fields.front());
}

/// Agencies whose people the visitor manages, himself first.
std::vector<casework::Choice> agencies_to_choose(const web::Context& context)
{
    std::vector<casework::Choice> choices;
    context.database().read([&](storage::Reader& db) {
        for (const auto& agency : identity::agencies_below(db, context.actor().agency, context.today()))
            if (identity::may(db, context.actor(), manage, agency.id, context.today()))
                choices.push_back({text_of(agency.id), {agency.name_vi, agency.name_en}});
    });
    return choices;
}

std::vector<casework::Choice> kinds_to_choose(const web::Context& context)
{
    std::vector<casework::Choice> choices;
    context.database().read([&](storage::Reader& db) {
        for (const auto& kind : identity::post_kinds(db, context.today()))
            choices.push_back({kind.id, {kind.name_vi, kind.name_en}});
    });
    return choices;
}

/// Agency, kind of post and first day: what any new post in somebody's hands needs.
json::array post_fields(
    const web::Request& request, const std::vector<Problem>& problems, const web::Context& context
)
{
    const auto say = speech(context);
    const auto agency = request.form.get("agency", text_of(context.actor().agency));
    return {
        casework::select_field(
            {.name = "agency",
             .label = say.say("administration.person.agency"),
             .error = error_at(problems, "/agency", context),
             .value = agency},
            agencies_to_choose(context),
            say
        ),
        casework::select_field(
            {.name = "kind",
             .label = say.say("administration.person.kind"),
             .error = error_at(problems, "/kind", context),
             .value = request.form.get("kind")},
            kinds_to_choose(context),
            say
        ),
        casework::text_field(
            {.name = "from",
             .label = say.say("administration.person.from"),
             .hint = say.say("administration.day_hint"),
             .error = error_at(problems, "/from", context),
             .value = request.form.get("from", shown(context.today())),
             .narrow = true}
        )};
}

/// The post asked for, found vacant or made.
Result<identity::PostId> wanted_post(
    storage::Writer& db, const identity::Act& act, const identity::NewPost& wanted
)
{
    for (const auto& post : identity::posts_of_kind(db, wanted.agency, wanted.kind, wanted.from))
        if (identity::holders(db, post.id, wanted.from).empty()) return post.id;
    return identity::create_post(db, act, wanted);
}

json::array known_pairs(const identity::PersonRow& row, const web::Context& context)
{
    json::array pairs;
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) pairs.push_back(casework::pair_values(context.say(key), value));
    };
    add("administration.person.phone", row.party.phone_masked);
    add("administration.person.email", row.party.email_masked);
    add("administration.person.number", row.party.identity_number_masked);
    if (row.party.born_on) add("administration.person.born", shown(*row.party.born_on));
    for (const auto& held : row.posts)
        add("administration.person.post",
            in(context, held.post.title_vi, held.post.title_en) + ", " +
                in(context, held.agency_vi, held.agency_en) + " (" + shown(held.validity.from) + ")");
    return pairs;
}

FormPage form_of(const identity::PersonRow& row, std::string_view what, const web::Context& context)
{
    const std::string key = "administration." + std::string(what);
    FormPage form;
    form.title = context.say(key + ".title");
    form.subtitle = row.party.name;
    form.back = path_of(row.party.id);
    form.back_text = row.party.name;
    form.submit = context.say(key + ".submit");
    return form;
}

Problem reason_missing() { return Problem{.code = "identity.reason_missing", .field = "/reason", .law = ""}; }

}  // namespace

Result<identity::PersonRow> managed_person(const web::Request& request, web::Context& context)
{
    const auto party = TRY(id_in<identity::PartyId>(request, "party"));
    return context.database().read([&](storage::Reader& db) -> Result<identity::PersonRow> {
        auto row = TRY(identity::person_row(db, party, context.today()));
        const bool managed = std::ranges::any_of(row.posts, [&](const identity::HeldPost& held) {
            return identity::may(db, context.actor(), manage, held.post.agency, context.today());
        });
        if (!managed) return Problem{.code = "identity.no_such_party", .field = "/party", .law = ""};
        return row;
    });
}

web::Response draw_new_person(
    const web::Request& request, const std::optional<Problem>& problem, const web::Context& context
)
{
    const auto problems =
        one(problem,
            {"/full_name", "/login", "/phone", "/email", "/agency", "/kind", "/from", "/identity_number"});
    json::array fields{
        asked("full_name", "administration.person.full_name", request, problems, context),
        asked("phone", "administration.person.phone", request, problems, context),
        asked("email", "administration.person.email", request, problems, context),
        asked("identity_number", "administration.person.number", request, problems, context),
        asked("login", "administration.person.login", request, problems, context)};
    for (auto& field : post_fields(request, problems, context)) fields.push_back(std::move(field));
    return draw_form(
        {.title = context.say("administration.people.add"),
         .back = people_path,
         .back_text = context.say("administration.people.title"),
         .action = people_path + "/them",
         .submit = context.say("administration.people.add"),
         .fields = std::move(fields),
         .problems = problems},
        context
    );
}

Result<AccountMade> take_new_person(const web::Request& request, web::Context& context)
{
    // One row of an import, so that both ways check and write alike.
    const auto agency = context.database().read([&](storage::Reader& db) -> Result<identity::Agency> {
        const auto id = parse_id(request.form.get("agency"));
        return identity::agency_on(db, identity::AgencyId{id ? id.value() : 0}, context.today());
    });
    const auto from = TRY(typed_day(request.form.get("from"), "/from"));
    const identity::ImportRow row{
        .line = 1,
        .cells = {
            {"name", request.form.get("full_name")},
            {"agency", TRY(agency).code},
            {"post", request.form.get("kind")},
            {"phone", request.form.get("phone")},
            {"email", request.form.get("email")},
            {"personal number", request.form.get("identity_number")},
            {"login", request.form.get("login")},
            {"from", iso(from)}}};
    const auto report =
        TRY(identity::import_people(means(context), context.actor(), {row}, identity::ImportMode::confirm));
    static const std::map<std::string, std::string, std::less<>> places{
        {"ho va ten", "/full_name"},
        {"ma co quan", "/agency"},
        {"vi tri", "/kind"},
        {"dien thoai", "/phone"},
        {"email", "/email"},
        {"ten dang nhap", "/login"},
        {"tu ngay", "/from"},
        {"so dinh danh", "/identity_number"}};
    if (!report.errors.empty()) {
        auto problem = report.errors.front().problem;
        problem.field = places.at(report.errors.front().column);
        return problem;
    }
    const auto& person = report.people.front();
    return AccountMade{.party = {}, .name = person.name, .login = person.login, .password = person.password};
}

web::Response draw_account_made(const AccountMade& made, const web::Context& context)
{
    FormPage form{
        .title = context.say("administration.account_made.title"),
        .subtitle = made.name,
        .back = people_path,
        .back_text = context.say("administration.people.title"),
        .action = people_path + "/them",
        .submit = context.say("administration.account_made.another")};
    form.pairs.push_back(casework::pair_values(context.say("administration.person.login"), made.login, true));
    const std::string note = made.password.empty() ? "by_code" : "once";
    if (!made.password.empty())
        form.pairs.push_back(
            casework::pair_values(context.say("administration.person.password"), made.password, true)
        );
    form.notes.push_back(chip("warn", "alert", context.say("administration.account_made." + note)));
    return draw_form(std::move(form), context);
}

web::Response draw_person(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    const auto problems = one(problem, {"/kind", "/agency", "/from"});
    auto form = form_of(row, "person", context);
    form.title = row.party.name;
    form.subtitle = context.say("administration.person.lead");
    form.back = people_path;
    form.back_text = context.say("administration.people.title");
    form.action = path_of(row.party.id);
    form.pairs = known_pairs(row, context);
    form.fields = post_fields(request, problems, context);
    form.problems = problems;
    return draw_form(std::move(form), context);
}

Result<Done> take_post(identity::PartyId party, const web::Request& request, web::Context& context)
{
    const auto agency = parse_id(request.form.get("agency"));
    const identity::NewPost wanted{
        .agency = {agency ? agency.value() : 0},
        .kind = request.form.get("kind"),
        .title_vi = "",
        .title_en = "",
        .from = TRY(typed_day(request.form.get("from"), "/from"))};
    return context.database().write(
        {{"agency_posts", wanted.agency.value}},
        [&](storage::Writer& db) -> Result<Done> {
            TRY(identity::require(db, context.actor(), manage, wanted.agency, context.today()));
            const auto post = TRY(wanted_post(db, act(context), wanted));
            return identity::appoint(db, act(context), post, party, wanted.from);
        }
    );
}

web::Response draw_relieve(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    const auto problems = one(problem, {"/post", "/to"});
    std::vector<casework::Choice> posts;
    for (const auto& held : row.posts)
        posts.push_back(
            {text_of(held.post.id),
             {held.post.title_vi + ", " + held.agency_vi, held.post.title_en + ", " + held.agency_en}}
        );
    auto form = form_of(row, "relieve", context);
    form.action = path_of(row.party.id) + "/thoi";
    form.submit_bad = true;
    form.fields = {
        casework::select_field(
            {.name = "post",
             .label = context.say("administration.person.post"),
             .error = error_at(problems, "/post", context),
             .value = request.form.get("post")},
            posts,
            speech(context)
        ),
        casework::text_field(
            {.name = "to",
             .label = context.say("administration.relieve.to"),
             .hint = context.say("administration.day_hint"),
             .error = error_at(problems, "/to", context),
             .value = request.form.get("to", shown(context.today())),
             .narrow = true}
        )};
    form.problems = problems;
    return draw_form(std::move(form), context);
}

Result<Done> take_relieve(identity::PartyId party, const web::Request& request, web::Context& context)
{
    const auto last = TRY(typed_day(request.form.get("to"), "/to"));
    const auto id = TRY(parse_id(request.form.get("post")));
    return context.database().write({{"post", id}}, [&](storage::Writer& db) -> Result<Done> {
        const auto post = TRY(identity::find_post(db, {id}));
        TRY(identity::require(db, context.actor(), manage, post.agency, context.today()));
        return identity::relieve(db, act(context), post.id, party, last + std::chrono::days{1});
    });
}

web::Response draw_reveal(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    const auto problems = one(problem, {"/reason"});
    auto form = form_of(row, "reveal", context);
    form.action = path_of(row.party.id) + "/xem";
    form.notes.push_back(chip("warn", "alert", context.say("administration.reveal.note")));
    form.fields.push_back(reason_field(request.form.get("reason"), problems, context));
    form.problems = problems;
    return draw_form(std::move(form), context);
}

web::Response draw_revealed(
    const identity::PersonRow& row, const identity::PartyDetails& details, const web::Context& context
)
{
    auto form = form_of(row, "reveal", context);
    form.action = path_of(row.party.id) + "/xem";
    const auto add = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) form.pairs.push_back(casework::pair_values(context.say(key), value, true));
    };
    add("administration.person.phone", details.phone);
    add("administration.person.email", details.email);
    add("administration.person.number", details.identity_number);
    add("administration.person.address", details.address);
    form.notes.push_back(chip("ok", "check", context.say("administration.reveal.written")));
    return draw_form(std::move(form), context);
}

web::Response draw_close(
    const identity::PersonRow& row,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    const auto problems = one(problem, {"/reason"});
    auto form = form_of(row, "close", context);
    form.action = path_of(row.party.id) + "/dong";
    form.submit_bad = true;
    form.fields.push_back(reason_field(request.form.get("reason"), problems, context));
    form.problems = problems;
    return draw_form(std::move(form), context);
}

Result<Done> take_close(identity::PartyId party, const web::Request& request, web::Context& context)
{
    const auto reason = request.form.get("reason");
    if (reason.empty()) return reason_missing();
    return context.database().write({{"party", party.value}}, [&](storage::Writer& db) -> Result<Done> {
        for (const auto& account : identity::accounts_of(db, party))
            if (!account.closed) TRY(identity::close_account(db, act(context), account.id, reason));
        return Done{};
    });
}

}  // namespace thien_an::administration
