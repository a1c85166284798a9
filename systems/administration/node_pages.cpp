#include "systems/administration/node_pages.h"

#include "engine/identity/agencies.h"
#include "engine/identity/permissions.h"
#include "engine/offline/centre.h"
#include "engine/web/ascii.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

using offline::Decision;
using registers::Lease;

const std::string path = "/ban-lam-viec/nut-ngoai-tuyen";
constexpr std::string_view permission = "nodes.manage";
constexpr int leases_max = 200;
constexpr int lines_max = 200;

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

std::string href_of(const Lease& lease) { return path + "/" + text_of(lease.id); }

std::string agency_name(storage::Reader& db, const Lease& lease, Day day)
{
    const auto agency = identity::agency_on(db, lease.agency, day);
    return agency ? agency.value().name_vi : text_of(lease.agency);
}

json::object state_chip(const Lease& lease, const web::Context& context)
{
    if (!lease.ended_at) return chip("info", "clock", context.say("administration.nodes.state_open"));
    const auto words = context.say("administration.nodes.state_" + lease.ended_how);
    return lease.ended_how == "returned" ? chip("ok", "check", words) : chip("bad", "alert", words);
}

/// The lease of the address, for who may decide about its agency. Problem "registers.no_such_lease" otherwise too.
Result<Lease> lease_for(storage::Reader& db, registers::LeaseId id, const web::Context& context)
{
    auto lease = TRY(registers::find_lease(db, id));
    const auto who = act(context);
    if (identity::may(db, who.actor, permission, lease.agency, who.today())) return lease;
    return Problem{.code = "registers.no_such_lease", .field = "", .law = ""};
}

Result<Lease> lease_in(const web::Request& request, const web::Context& context)
{
    const auto id = TRY(id_in<registers::LeaseId>(request, "lease"));
    return context.database().read([&](storage::Reader& db) { return lease_for(db, id, context); });
}

json::object lease_row(storage::Reader& db, const Lease& lease, const web::Context& context)
{
    const auto counts = offline::count_lines(db, lease.id);
    return {
        {"href", href_of(lease)},
        {"agency", agency_name(db, lease, act(context).today())},
        {"node", lease.node},
        {"state", state_chip(lease, context)},
        {"until", shown(lease.until)},
        {"until_iso", iso(lease.until)},
        {"heard", counts.heard_at ? shown(*counts.heard_at) : context.say("administration.nodes.never")},
        {"came", counts.came},
        {"settled", counts.settled},
        {"waiting", counts.waiting},
        {"conflicts", counts.conflicts}};
}

/// "Hoàn thành bước check: số 05/2016" of a line.
std::string what_of(const offline::Line& line, const web::Context& context)
{
    const auto step = json::string_or(json::value(line.subject), "task");
    auto out = context.say("administration.nodes.kind_" + line.kind);
    if (!step.empty()) out += " (" + step + ")";
    return out;
}

std::string number_of(const offline::Line& line) { return json::string_or(json::value(line.made), "entry"); }

json::object line_row(storage::Reader& db, const offline::KeptLine& kept, const web::Context& context)
{
    const auto line = offline::read_line(kept.line.body);
    if (!line) throw std::runtime_error("a line that was kept does not read");
    const auto& it = line.value();
    return {
        {"href", path + "/xung-dot/" + text_of(kept.id)},
        {"sequence", kept.sequence},
        {"what", what_of(it, context)},
        {"code", kept.dossier},
        {"number", text_or_null(number_of(it))},
        {"by", identity::shown_as(db, it.actor.party, it.actor.post)},
        {"at", shown(it.at)},
        {"at_iso", iso(it.at)},
        {"why", kept.problem ? context.sentence(*kept.problem) : ""},
        {"holds_up", kept.has_entry}};
}

json::array lease_pairs(storage::Reader& db, const Lease& lease, const web::Context& context)
{
    const auto pair = [&](std::string_view key, std::string value) {
        return casework::pair_values(
            context.say("administration.nodes." + std::string(key)), std::move(value)
        );
    };
    const auto counts = offline::count_lines(db, lease.id);
    json::array pairs{
        pair("node", lease.node),
        pair("epoch", std::to_string(lease.epoch)),
        pair("granted", shown(lease.granted_at)),
        pair("granted_by", identity::shown_as(db, lease.granted_by, lease.granted_as)),
        pair("until", shown(lease.until)),
        pair("heard", counts.heard_at ? shown(*counts.heard_at) : context.say("administration.nodes.never")),
        pair("came", std::to_string(counts.came)),
        pair("settled", std::to_string(counts.settled)),
        pair("waiting", std::to_string(counts.waiting))};
    if (!lease.ended_at) return pairs;
    pairs.push_back(pair("ended", shown(*lease.ended_at)));
    if (!lease.decision.empty()) pairs.push_back(pair("decision", lease.decision));
    return pairs;
}

json::object decision_field(
    const web::Request& request, const std::vector<Problem>& problems, const web::Context& context
)
{
    return casework::text_field(
        {.name = "decision",
         .label = context.say("administration.nodes.decision"),
         .hint = context.say("administration.nodes.decision_hint"),
         .error = error_at(problems, "/decision", context),
         .value = request.form.get("decision")}
    );
}

web::Response draw_take_back(
    const Lease& lease,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, {"/decision"}, "/decision");
    return context.database().read([&](storage::Reader& db) {
        return draw_form(
            {.title = context.say("administration.nodes.take_back"),
             .subtitle = agency_name(db, lease, act(context).today()),
             .back = href_of(lease),
             .back_text = context.say("administration.nodes.title"),
             .action = request.path,
             .submit = context.say("administration.nodes.take_back"),
             .submit_bad = true,
             .notes = {chip("warn", "alert", context.say("administration.nodes.take_back_note"))},
             .pairs = lease_pairs(db, lease, context),
             .fields = {decision_field(request, problems, context)},
             .problems = problems},
            context
        );
    });
}

constexpr std::array<std::pair<std::string_view, Decision>, 3> decisions{
    std::pair{std::string_view("again"), Decision::again},
    std::pair{std::string_view("accept"), Decision::accept},
    std::pair{std::string_view("refuse"), Decision::refuse}};

/// The conflict of the address, with its lease.
Result<std::pair<offline::KeptLine, Lease>> conflict_in(
    const web::Request& request, const web::Context& context
)
{
    const auto id = TRY(id_in<offline::LineId>(request, "line"));
    return context.database().read([&](storage::Reader& db) -> Result<std::pair<offline::KeptLine, Lease>> {
        auto kept = TRY(offline::find_line(db, id));
        auto lease = TRY(lease_for(db, kept.lease, context));
        return std::pair{std::move(kept), std::move(lease)};
    });
}

json::array conflict_pairs(storage::Reader& db, const offline::KeptLine& kept, const web::Context& context)
{
    const auto line = offline::read_line(kept.line.body);
    if (!line) throw std::runtime_error("a line that was kept does not read");
    const auto pair = [&](std::string_view key, std::string value) {
        return casework::pair_values(
            context.say("administration.nodes." + std::string(key)), std::move(value)
        );
    };
    const auto& it = line.value();
    json::array pairs{
        pair("what", what_of(it, context)),
        pair("dossier", kept.dossier),
        pair("by", identity::shown_as(db, it.actor.party, it.actor.post)),
        pair("at", shown(it.at))};
    if (const auto number = number_of(it); !number.empty()) pairs.push_back(pair("number", number));
    if (kept.problem) pairs.push_back(pair("why", context.sentence(*kept.problem)));
    return pairs;
}

web::Response draw_conflict(
    const offline::KeptLine& kept,
    const Lease& lease,
    const web::Request& request,
    const std::optional<Problem>& problem,
    const web::Context& context
)
{
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, {"/reason", "/decision"}, "/decision");
    const auto& words = speech(context).words;
    const std::string manner = lease.ended_at ? "late" : kept.has_entry ? "entry" : "plain";
    std::vector<casework::Choice> choices;
    for (const auto& [name, decision] : decisions) {
        const auto key = "administration.nodes.decide_" + std::string(name) + "_" + manner;
        choices.push_back(
            {std::string(name), {words.say(key, text::Language::vi), words.say(key, text::Language::en)}}
        );
    }
    return context.database().read([&](storage::Reader& db) {
        return draw_form(
            {.title = context.say("administration.nodes.decide"),
             .subtitle = agency_name(db, lease, act(context).today()),
             .back = href_of(lease),
             .back_text = context.say("administration.nodes.title"),
             .action = request.path,
             .submit = context.say("administration.nodes.decide"),
             .notes = {chip("info", "info", context.say("administration.nodes.decide_note_" + manner))},
             .pairs = conflict_pairs(db, kept, context),
             .fields =
                 {casework::select_field(
                      {.name = "decision",
                       .label = context.say("administration.nodes.decide_how"),
                       .error = error_at(problems, "/decision", context),
                       .value = request.form.get("decision", "accept")},
                      choices,
                      speech(context)
                  ),
                  reason_field(request.form.get("reason"), problems, context)},
             .problems = problems},
            context
        );
    });
}

}  // namespace

Result<web::Response> show_nodes(const web::Request&, web::Context& context)
{
    const auto who = act(context);
    return context.database().read([&](storage::Reader& db) {
        json::array rows;
        for (const auto& lease : registers::leases(db, leases_max))
            if (identity::may(db, who.actor, permission, lease.agency, who.today()))
                rows.push_back(lease_row(db, lease, context));
        return web::render_desk(
            context, "administration/nodes", {{"none", rows.empty()}, {"rows", std::move(rows)}}
        );
    });
}

Result<web::Response> show_node(const web::Request& request, web::Context& context)
{
    const auto lease = TRY(lease_in(request, context));
    return context.database().read([&](storage::Reader& db) {
        json::array rows;
        for (const auto& kept :
             offline::lines_in_state(db, lease.id, offline::LineState::conflict, lines_max))
            rows.push_back(line_row(db, kept, context));
        return web::render_desk(
            context,
            "administration/node",
            {{"name", agency_name(db, lease, act(context).today())},
             {"back", path},
             {"state", state_chip(lease, context)},
             {"pairs", lease_pairs(db, lease, context)},
             {"take_back_href", lease.ended_at ? json::value() : json::value(href_of(lease) + "/thu-hoi")},
             {"none", rows.empty()},
             {"rows", std::move(rows)}}
        );
    });
}

Result<web::Response> show_take_back(const web::Request& request, web::Context& context)
{
    return draw_take_back(TRY(lease_in(request, context)), request, {}, context);
}

Result<web::Response> take_back_books(const web::Request& request, web::Context& context)
{
    const auto lease = TRY(lease_in(request, context));
    const auto decision = web::trimmed(request.form.get("decision"));
    const auto done = offline::take_back(office(context), act(context), lease.id, decision);
    if (!done) return draw_take_back(lease, request, done.problem(), context);
    return done_and_back(href_of(lease), "flash.books_taken_back");
}

Result<web::Response> show_conflict(const web::Request& request, web::Context& context)
{
    const auto [kept, lease] = TRY(conflict_in(request, context));
    return draw_conflict(kept, lease, request, {}, context);
}

Result<web::Response> decide_conflict(const web::Request& request, web::Context& context)
{
    const auto [kept, lease] = TRY(conflict_in(request, context));
    for (const auto& [name, decision] : decisions) {
        if (name != request.form.get("decision")) continue;
        const auto reason = web::trimmed(request.form.get("reason"));
        const auto done = offline::decide(office(context), act(context), kept.id, decision, reason);
        if (!done) return draw_conflict(kept, lease, request, done.problem(), context);
        return done_and_back(href_of(lease), "flash.conflict_decided");
    }
    return draw_conflict(
        kept,
        lease,
        request,
        Problem{.code = "administration.bad_kind", .field = "/decision", .law = ""},
        context
    );
}

}  // namespace thien_an::administration
