#include "systems/administration/delegation_pages.h"

#include "engine/identity/delegations.h"
#include "engine/identity/permissions.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

const std::string path = "/ban-lam-viec/uy-quyen";

std::string names_of(storage::Reader& db, identity::PostId post, Day day)
{
    std::string names;
    for (const auto& holding : identity::holders(db, post, day))
        names += (names.empty() ? "" : ", ") + holding.name;
    return names;
}

std::string title_of(storage::Reader& db, identity::PostId id, const web::Context& context)
{
    const auto post = identity::find_post(db, id);
    return post ? in(context, post.value().title_vi, post.value().title_en) : "";
}

json::object state_of(const identity::Delegation& delegation, Day today, const web::Context& context)
{
    if (delegation.revoked) return chip("idle", "x", context.say("administration.delegations.revoked"));
    if (delegation.validity.from > today)
        return chip("idle", "clock", context.say("administration.delegations.later"));
    return chip("ok", "check", context.say("administration.delegations.now"));
}

/// The holder of the post, or who manages delegations in the agency.
bool may_end(storage::Reader& db, const identity::Delegation& delegation, const web::Context& context)
{
    if (delegation.revoked) return false;
    if (identity::holds(db, context.actor().party, delegation.from, context.today())) return true;
    return identity::may(db, context.actor(), "posts.delegate", context.actor().agency, context.today());
}

json::array rows_of(const web::Context& context)
{
    json::array rows;
    const auto today = context.today();
    context.database().read([&](storage::Reader& db) {
        for (const auto& one : identity::delegations_of_agency(db, context.actor().agency, today)) {
            const auto kind = "administration.delegation_kind." + std::to_string(int(one.kind));
            rows.push_back(json::object{
                {"from_person", names_of(db, one.from, today)},
                {"to_person", names_of(db, one.to, today)},
                {"post", title_of(db, one.from, context)},
                {"first_day", shown(one.validity.from)},
                {"last_day", shown(*one.validity.to - std::chrono::days{1})},
                {"state", state_of(one, today, context)},
                {"grounds", context.say(kind) + ". " + one.reason},
                {"end_id", may_end(db, one, context) ? json::value(text_of(one.id)) : json::value(nullptr)}});
        }
    });
    return rows;
}

/// Posts of the visitor's agency with their people.
std::vector<casework::Choice> posts_to_choose(const web::Context& context, bool own_only)
{
    std::vector<casework::Choice> choices;
    const auto today = context.today();
    context.database().read([&](storage::Reader& db) {
        const bool all =
            !own_only || identity::may(db, context.actor(), "posts.delegate", context.actor().agency, today);
        for (const auto& post : identity::posts_of_agency(db, context.actor().agency, today)) {
            if (!all && !identity::holds(db, context.actor().party, post.id, today)) continue;
            const auto names = names_of(db, post.id, today);
            if (!names.empty())
                choices.push_back(
                    {text_of(post.id), {names + ": " + post.title_vi, names + ": " + post.title_en}}
                );
        }
    });
    return choices;
}

std::vector<casework::Choice> kinds(const web::Context& context)
{
    std::vector<casework::Choice> choices;
    for (const auto* number : {"1", "2", "3"}) {
        const auto& words = speech(context).words;
        const auto key = std::string("administration.delegation_kind.") + number;
        choices.push_back({number, {words.say(key, text::Language::vi), words.say(key, text::Language::en)}});
    }
    return choices;
}

json::object day_field(
    std::string_view name,
    const web::Request& request,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    return casework::text_field(
        {.name = std::string(name),
         .label = context.say("administration.delegations." + std::string(name)),
         .hint = context.say("administration.day_hint"),
         .error = error_at(problems, "/" + std::string(name), context),
         .value = request.form.get(name),
         .narrow = true}
    );
}

json::object post_field(
    std::string_view name,
    const std::vector<casework::Choice>& posts,
    const web::Request& request,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    return casework::select_field(
        {.name = std::string(name),
         .label = context.say("administration.delegations." + std::string(name)),
         .error = error_at(problems, "/" + std::string(name), context),
         .value = request.form.get(name)},
        posts,
        speech(context)
    );
}

web::Response draw_new(
    const web::Request& request, const std::optional<Problem>& problem, const web::Context& context
)
{
    std::vector<Problem> problems;
    if (problem)
        problems = placed(*problem, {"/from", "/to", "/kind", "/first", "/last", "/reason"}, "/from");
    return draw_form(
        {.title = context.say("administration.delegations.add"),
         .back = path,
         .back_text = context.say("administration.delegations.title"),
         .action = path + "/them",
         .submit = context.say("administration.delegations.add"),
         .fields =
             {post_field("from", posts_to_choose(context, true), request, problems, context),
              post_field("to", posts_to_choose(context, false), request, problems, context),
              casework::select_field(
                  {.name = "kind",
                   .label = context.say("administration.delegations.kind"),
                   .error = error_at(problems, "/kind", context),
                   .value = request.form.get("kind", "1")},
                  kinds(context),
                  speech(context)
              ),
              day_field("first", request, problems, context),
              day_field("last", request, problems, context),
              casework::area_field(
                  {.name = "reason",
                   .label = context.say("administration.delegations.grounds"),
                   .error = error_at(problems, "/reason", context),
                   .value = request.form.get("reason"),
                   .length_max = 500}
              )},
         .problems = problems},
        context
    );
}

Result<identity::NewDelegation> wanted_in(const web::Request& request)
{
    const auto from = parse_id(request.form.get("from"));
    if (!from) return Problem{.code = "identity.no_such_post", .field = "/from", .law = ""};
    const auto to = parse_id(request.form.get("to"));
    if (!to) return Problem{.code = "identity.no_such_post", .field = "/to", .law = ""};
    const auto kind = request.form.get("kind");
    if (kind != "1" && kind != "2" && kind != "3")
        return Problem{.code = "administration.bad_kind", .field = "/kind", .law = ""};
    return identity::NewDelegation{
        .from = {from.value()},
        .to = {to.value()},
        .kind = identity::DelegationKind(kind.front() - '0'),
        .first = TRY(typed_day(request.form.get("first"), "/first")),
        .last = TRY(typed_day(request.form.get("last"), "/last")),
        .reason = request.form.get("reason")};
}

Result<Done> take_new(const web::Request& request, const web::Context& context)
{
    const auto wanted = TRY(wanted_in(request));
    const auto made = context.database().write({{"post", wanted.from.value}}, [&](storage::Writer& db) {
        return identity::delegate(db, act(context), wanted);
    });
    if (!made) return made.problem();
    return Done{};
}

}  // namespace

Result<web::Response> show_delegations(const web::Request&, web::Context& context)
{
    auto rows = rows_of(context);
    return web::render_desk(
        context,
        "administration/delegations",
        {{"can_add", bool(context.actor().post)}, {"none", rows.empty()}, {"rows", std::move(rows)}}
    );
}

Result<web::Response> show_new_delegation(const web::Request& request, web::Context& context)
{
    return draw_new(request, {}, context);
}

Result<web::Response> add_delegation(const web::Request& request, web::Context& context)
{
    const auto made = take_new(request, context);
    if (!made) return draw_new(request, made.problem(), context);
    return done_and_back(path, "flash.delegation_made");
}

Result<web::Response> show_end_delegation(const web::Request& request, web::Context& context)
{
    return draw_form(
        {.title = context.say("administration.delegations.end_title"),
         .back = path,
         .back_text = context.say("administration.delegations.title"),
         .action = request.path,
         .submit = context.say("administration.delegations.end"),
         .submit_bad = true,
         .notes = {chip("warn", "alert", context.say("administration.delegations.end_note"))}},
        context
    );
}

Result<web::Response> end_delegation(const web::Request& request, web::Context& context)
{
    const auto id = TRY(id_in<identity::DelegationId>(request, "id"));
    TRY(context.database().write({{"delegation", id.value}}, [&](storage::Writer& db) {
        return identity::revoke_delegation(db, act(context), id);
    }));
    return done_and_back(path, "flash.delegation_ended");
}

}  // namespace thien_an::administration
