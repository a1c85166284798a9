#include "systems/administration/hold_pages.h"

#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/casework/processes.h"
#include "engine/web/ascii.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

using workflow::HoldOf;

const std::string path = "/ban-lam-viec/tam-dung";

struct Kind {
    HoldOf of;
    std::string_view name;
};
constexpr std::array<Kind, 3> kinds{
    Kind{HoldOf::instance, "dossier"}, Kind{HoldOf::definition, "procedure"}, Kind{HoldOf::agency, "agency"}};

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

std::string kind_words(HoldOf of, const web::Context& context)
{
    for (const auto& kind : kinds)
        if (kind.of == of) return context.say("administration.holds.of_" + std::string(kind.name));
    throw std::logic_error("HoldOf outside its enumerators");
}

json::object hold_row(const casework::HeldProcess& held, const web::Context& context)
{
    const auto by = context.database().read([&](storage::Reader& db) {
        return identity::shown_as(db, held.hold.by, held.hold.as);
    });
    return {
        {"kind", kind_words(held.hold.of, context)},
        {"what", held.what},
        {"reason", held.hold.reason},
        {"by", by},
        {"at", shown(held.hold.since)},
        {"at_iso", iso(held.hold.since)},
        {"release_href", path + "/" + std::to_string(held.hold.id) + "/mo"}};
}

/// What was typed, without spaces around it.
std::string text_in(const web::Request& request, std::string_view name)
{
    return std::string(web::trimmed(request.form.get(name)));
}

web::Response draw_new(
    const web::Request& request, const std::optional<Problem>& problem, const web::Context& context
)
{
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, {"/kind", "/what", "/reason"}, "/what");
    const auto& words = speech(context).words;
    std::vector<casework::Choice> choices;
    for (const auto& kind : kinds) {
        const auto key = "administration.holds.of_" + std::string(kind.name);
        choices.push_back(
            {std::string(kind.name), {words.say(key, text::Language::vi), words.say(key, text::Language::en)}}
        );
    }
    return draw_form(
        {.title = context.say("administration.holds.add"),
         .back = path,
         .back_text = context.say("administration.holds.title"),
         .action = path + "/them",
         .submit = context.say("administration.holds.add"),
         .submit_bad = true,
         .notes = {chip("warn", "alert", context.say("administration.holds.add_note"))},
         .fields =
             {casework::select_field(
                  {.name = "kind",
                   .label = context.say("administration.holds.kind"),
                   .error = error_at(problems, "/kind", context),
                   .value = request.form.get("kind", request.query.get("loai", "dossier"))},
                  choices,
                  speech(context)
              ),
              casework::text_field(
                  {.name = "what",
                   .label = context.say("administration.holds.what"),
                   .hint = context.say("administration.holds.what_hint"),
                   .error = error_at(problems, "/what", context),
                   .value = request.form.get("what", request.query.get("ten", ""))}
              ),
              reason_field(request.form.get("reason"), problems, context)},
         .problems = problems},
        context
    );
}

Result<HoldOf> kind_in(const web::Request& request)
{
    for (const auto& kind : kinds)
        if (kind.name == request.form.get("kind")) return kind.of;
    return Problem{.code = "administration.bad_kind", .field = "/kind", .law = ""};
}

Result<casework::HeldProcess> held_in(const web::Request& request, const web::Context& context)
{
    const auto id = TRY(parse_id(request.value("id")));
    for (auto& held : casework::held_processes(office(context)))
        if (held.hold.id == id) return std::move(held);
    return Problem{.code = "workflow.not_held", .field = "", .law = ""};
}

web::Response draw_release(
    const casework::HeldProcess& held,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, {"/reason"}, "/reason");
    return draw_form(
        {.title = context.say("administration.holds.release"),
         .subtitle = kind_words(held.hold.of, context) + ": " + held.what,
         .back = path,
         .back_text = context.say("administration.holds.title"),
         .action = request.path,
         .submit = context.say("administration.holds.release"),
         .notes = {chip("info", "info", context.say("administration.holds.release_note"))},
         .pairs =
             {casework::pair_values(context.say("administration.holds.reason"), held.hold.reason),
              casework::pair_values(context.say("administration.holds.since"), shown(held.hold.since))},
         .fields = {reason_field(request.form.get("reason"), problems, context)},
         .problems = problems},
        context
    );
}

// --- moving running dossiers ----------------------------------------------------------------------------------------

constexpr int moved_max =
    200;  ///< Dossiers shown and moved at once; what is left over comes with the next press.

/// "old -> new" a line, also with the arrow →. Problem "administration.moves.bad_line" (words line).
Result<workflow::MigrationMap> typed_map(std::string_view text)
{
    workflow::MigrationMap map;
    int number = 0;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = web::trimmed(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++number;
        if (line.empty()) continue;
        auto arrow = line.find("->");
        std::size_t width = 2;
        if (arrow == std::string_view::npos) {
            arrow = line.find("→");
            width = std::string_view("→").size();
        }
        const auto from = arrow == std::string_view::npos ? "" : web::trimmed(line.substr(0, arrow));
        const auto to = arrow == std::string_view::npos ? "" : web::trimmed(line.substr(arrow + width));
        if (from.empty() || to.empty())
            return Problem{
                .code = "administration.moves.bad_line",
                .field = "/map",
                .law = "",
                .words = {{"line", std::to_string(number)}}};
        map[std::string(from)] = std::string(to);
    }
    return map;
}

json::array reason_values(const std::vector<Problem>& reasons, const web::Context& context)
{
    json::array values;
    for (const auto& reason : reasons) values.push_back(json::value(context.sentence(reason)));
    return values;
}

web::Response draw_moves(
    const web::Request& request,
    const workflow::MigrationMap& map,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto& name = request.value("name");
    const auto found = casework::movable_dossiers(office(context), name, map, moved_max);
    json::array rows;
    int able = 0;
    for (const auto& one : found.dossiers) {
        if (one.reasons.empty()) ++able;
        rows.push_back(json::object{
            {"code", one.code},
            {"href", "/ban-lam-viec/ho-so/" + one.code},
            {"state",
             one.reasons.empty() ? chip("ok", "check", context.say("administration.moves.can"))
                                 : chip("bad", "alert", context.say("administration.moves.cannot"))},
            {"reasons", reason_values(one.reasons, context)}});
    }
    const bool tried = request.method == web::Method::post;
    json::array fields{casework::area_field(
        {.name = "map",
         .label = context.say("administration.moves.map"),
         .hint = context.say("administration.moves.map_hint"),
         .error = error_at(problems, "/map", context),
         .value = request.form.get("map"),
         .length_max = 4000}
    )};
    fields.push_back(reason_field(request.form.get("reason"), problems, context));
    const int status = problems.empty() ? 200 : 422;
    const auto procedure = office(context).packs.procedure(name);
    return web::render_desk(
        context,
        "administration/moves",
        {{"name", procedure ? speech(context).in(procedure->name()) : name},
         {"back", "/ban-lam-viec/goi/" + name},
         {"action", "/ban-lam-viec/goi/" + name + "/chuyen"},
         {"none", rows.empty()},
         {"more", found.more},
         {"summary",
          context.say(
              "administration.moves.summary",
              json::object{{"all", std::int64_t(rows.size())}, {"able", std::int64_t(able)}}
          )},
         {"rows", std::move(rows)},
         {"fields", std::move(fields)},
         {"can_move", able > 0},
         {"tried", tried},
         {"error_summary", casework::error_summary({}, problems, speech(context))}},
        status
    );
}

}  // namespace

Result<web::Response> show_holds(const web::Request&, web::Context& context)
{
    json::array rows;
    for (const auto& held : casework::held_processes(office(context)))
        rows.push_back(hold_row(held, context));
    return web::render_desk(
        context, "administration/holds", {{"none", rows.empty()}, {"rows", std::move(rows)}}
    );
}

Result<web::Response> show_new_hold(const web::Request& request, web::Context& context)
{
    return draw_new(request, {}, context);
}

Result<web::Response> add_hold(const web::Request& request, web::Context& context)
{
    const auto kind = kind_in(request);
    if (!kind) return draw_new(request, kind.problem(), context);
    const auto what = text_in(request, "what");
    const auto done =
        casework::hold_process(office(context), act(context), kind.value(), what, text_in(request, "reason"));
    if (!done) return draw_new(request, done.problem(), context);
    return done_and_back(path, "flash.process_held");
}

Result<web::Response> show_release(const web::Request& request, web::Context& context)
{
    return draw_release(TRY(held_in(request, context)), request, {}, context);
}

Result<web::Response> release_hold(const web::Request& request, web::Context& context)
{
    const auto held = TRY(held_in(request, context));
    const auto done =
        casework::release_process(office(context), act(context), held.hold.id, text_in(request, "reason"));
    if (!done) return draw_release(held, request, done.problem(), context);
    return done_and_back(path, "flash.process_released");
}

Result<web::Response> show_moves(const web::Request& request, web::Context& context)
{
    if (!office(context).packs.procedure(request.value("name")))
        return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    return draw_moves(request, {}, {}, context);
}

Result<web::Response> move_running(const web::Request& request, web::Context& context)
{
    const auto& name = request.value("name");
    if (!office(context).packs.procedure(name))
        return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    const auto map = typed_map(request.form.get("map"));
    if (!map) return draw_moves(request, {}, {map.problem()}, context);
    // The first press tries; only the second, beside the list of what cannot, moves.
    if (request.form.get("do") != "move") return draw_moves(request, map.value(), {}, context);
    const auto moved = casework::move_dossiers(
        office(context), act(context), name, map.value(), text_in(request, "reason"), moved_max
    );
    if (!moved)
        return draw_moves(request, map.value(), placed(moved.problem(), {"/reason"}, "/map"), context);
    return done_and_back("/ban-lam-viec/goi/" + name + "/chuyen", "flash.dossiers_moved");
}

}  // namespace thien_an::administration
