#include "systems/administration/people_pages.h"

#include "engine/identity/people.h"
#include "engine/identity/permissions.h"

#include "systems/administration/person_forms.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr int rows_max = 100;
constexpr std::string_view people_path = "/ban-lam-viec/nhan-su";

std::string from_words(const web::Context& context, Day from)
{
    return context.say("administration.people.from", json::object{{"day", shown(from)}});
}

json::array posts_of(const web::Context& context, const identity::PersonRow& row)
{
    json::array posts;
    for (const auto& held : row.posts) {
        const bool later = held.validity.from > context.today();
        json::value until = nullptr;
        if (held.validity.to)
            until = context.say(
                "administration.people.until",
                json::object{{"day", shown(*held.validity.to - std::chrono::days{1})}}
            );
        json::value state = nullptr;
        if (later) state = chip("idle", "clock", context.say("administration.people.later"));
        posts.push_back(json::object{
            {"label",
             in(context, held.post.title_vi, held.post.title_en) + ", " +
                 in(context, held.agency_vi, held.agency_en)},
            {"from", from_words(context, held.validity.from)},
            {"until", std::move(until)},
            {"state", std::move(state)}});
    }
    return posts;
}

std::string joined(const std::vector<std::string>& texts)
{
    std::string all;
    for (const auto& text : texts) all += (all.empty() ? "" : ", ") + text;
    return all;
}

json::object person_values(const web::Context& context, const identity::PersonRow& row)
{
    const auto factor = row.second_factor
                            ? chip("ok", "lock", context.say("administration.people.factor_on"))
                            : chip("idle", "lock", context.say("administration.people.factor_off"));
    return {
        {"href", std::string(people_path) + "/" + text_of(row.party.id)},
        {"name", row.party.name},
        {"login", row.closed ? context.say("administration.people.no_account") : joined(row.logins)},
        {"posts", posts_of(context, row)},
        {"factor", factor},
        {"seen", row.seen ? shown(*row.seen) : context.say("administration.people.never")}};
}

/// The agency asked for when the visitor may manage its people, else his own.
identity::AgencyId agency_asked(const web::Request& request, const web::Context& context)
{
    const auto typed = parse_id(request.query.get("co-quan"));
    if (!typed) return context.actor().agency;
    const identity::AgencyId agency{typed.value()};
    const bool allowed = context.database().read([&](storage::Reader& db) {
        return identity::may(db, context.actor(), "people.manage", agency, context.today());
    });
    return allowed ? agency : context.actor().agency;
}

}  // namespace

Result<web::Response> show_people(const web::Request& request, web::Context& context)
{
    const auto words = request.query.get("q");
    const auto agency = agency_asked(request, context);
    json::array rows;
    context.database().read([&](storage::Reader& db) {
        for (const auto& row : identity::people_of(db, agency, words, context.today(), rows_max))
            rows.push_back(person_values(context, row));
    });
    return web::render_desk(
        context,
        "administration/people",
        {{"q", words},
         {"none", rows.empty()},
         {"can_change", context.may("people.manage")},
         {"rows", std::move(rows)},
         {"pager", nullptr}}
    );
}

Result<web::Response> show_new_person(const web::Request& request, web::Context& context)
{
    return draw_new_person(request, {}, context);
}

Result<web::Response> add_person(const web::Request& request, web::Context& context)
{
    const auto added = take_new_person(request, context);
    if (!added) return draw_new_person(request, added.problem(), context);
    return draw_account_made(added.value(), context);
}

Result<web::Response> show_person(const web::Request& request, web::Context& context)
{
    return draw_person(TRY(managed_person(request, context)), request, {}, context);
}

Result<web::Response> give_post(const web::Request& request, web::Context& context)
{
    const auto row = TRY(managed_person(request, context));
    const auto given = take_post(row.party.id, request, context);
    if (!given) return draw_person(row, request, given.problem(), context);
    return done_and_back(request.path, "flash.post_given");
}

Result<web::Response> show_relieve(const web::Request& request, web::Context& context)
{
    return draw_relieve(TRY(managed_person(request, context)), request, {}, context);
}

Result<web::Response> relieve_person(const web::Request& request, web::Context& context)
{
    const auto row = TRY(managed_person(request, context));
    const auto done = take_relieve(row.party.id, request, context);
    if (!done) return draw_relieve(row, request, done.problem(), context);
    return done_and_back(std::string(people_path) + "/" + text_of(row.party.id), "flash.post_taken");
}

Result<web::Response> show_reveal(const web::Request& request, web::Context& context)
{
    return draw_reveal(TRY(managed_person(request, context)), request, {}, context);
}

Result<web::Response> reveal_person(const web::Request& request, web::Context& context)
{
    const auto row = TRY(managed_person(request, context));
    const auto details = context.database().write({}, [&](storage::Writer& db) {
        return identity::reveal_party(
            db, means(context).keys, act(context), row.party.id, request.form.get("reason")
        );
    });
    if (!details) return draw_reveal(row, request, details.problem(), context);
    return draw_revealed(row, details.value(), context);
}

Result<web::Response> show_close(const web::Request& request, web::Context& context)
{
    return draw_close(TRY(managed_person(request, context)), request, {}, context);
}

Result<web::Response> close_person(const web::Request& request, web::Context& context)
{
    const auto row = TRY(managed_person(request, context));
    const auto done = take_close(row.party.id, request, context);
    if (!done) return draw_close(row, request, done.problem(), context);
    return done_and_back(std::string(people_path) + "/" + text_of(row.party.id), "flash.account_closed");
}

}  // namespace thien_an::administration
