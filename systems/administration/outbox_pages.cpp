#include "systems/administration/outbox_pages.h"

#include "engine/casework/casework.h"
#include "engine/casework/office.h"
#include "engine/identity/audit.h"
#include "engine/notices/notices.h"
#include "engine/storage/incidents.h"
#include "engine/storage/outbox.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

using notices::DeliveryState;

constexpr int rows_max = 50;
const std::string path = "/ban-lam-viec/hop-thu-di";

/// The words of `key`, "…" in the places only the message itself can fill.
std::string said_or(const web::Context& context, const std::string& key, const std::string& otherwise)
{
    const auto& words = speech(context).words;
    if (!words.contains(key)) return otherwise;
    json::object places;
    for (const auto& name : words.message(key, context.language()).names()) places[name] = "…";
    return context.say(key, places);
}

json::object delivery_state(DeliveryState state, const web::Context& context)
{
    switch (state) {
    case DeliveryState::queued: return chip("idle", "clock", context.say("administration.outbox.queued"));
    case DeliveryState::sent: return chip("ok", "check", context.say("administration.outbox.sent"));
    case DeliveryState::failed: return chip("bad", "alert", context.say("administration.outbox.failed"));
    }
    throw std::logic_error("DeliveryState outside its enumerators");
}

json::object delivery_row(const notices::Delivery& row, const web::Context& context)
{
    return {
        {"href", path + "?loai=su-co"},
        {"what", said_or(context, "notice." + row.what + ".subject", row.what)},
        {"to", row.contact_masked},
        {"state", delivery_state(row.state, context)},
        {"tries", row.tries},
        {"next", nullptr},
        {"last_error", text_or_null(row.reason)},
        {"at", shown(row.queued)},
        {"at_iso", iso(row.queued)}};
}

std::string incident_name(const storage::Incident& incident, const web::Context& context)
{
    return said_or(context, "incident." + incident.report.kind, incident.report.kind);
}

json::object incident_state(const storage::Incident& incident, const web::Context& context)
{
    return incident.closed_at ? chip("ok", "check", context.say("administration.outbox.settled"))
                              : chip("bad", "alert", context.say("administration.outbox.open"));
}

json::object incident_row(const storage::Incident& incident, const web::Context& context)
{
    const auto& about = incident.report;
    return {
        {"href", path + "/" + text_of(incident.id)},
        {"what", incident_name(incident, context)},
        {"to",
         about.aggregate_kind + (about.aggregate_id == 0 ? "" : " " + std::to_string(about.aggregate_id))},
        {"state", incident_state(incident, context)},
        {"tries", ""},
        {"next", nullptr},
        {"last_error", text_or_null(about.reason)},
        {"at", shown(incident.opened_at)},
        {"at_iso", iso(incident.opened_at)}};
}

/// One state of messages, or the incidents.
struct Lane {
    std::string_view name;
    std::string_view kind;
    std::optional<DeliveryState> state;
};
constexpr std::array<Lane, 4> lanes{
    Lane{"su-co", "late", std::nullopt},
    Lane{"cho", "today", DeliveryState::queued},
    Lane{"loi", "late", DeliveryState::failed},
    Lane{"xong", "ok", DeliveryState::sent}};

const Lane& lane_in(const web::Request& request)
{
    const auto wanted = request.query.get("loai", lanes.front().name);
    for (const auto& lane : lanes)
        if (lane.name == wanted) return lane;
    return lanes.front();
}

/// What the lane holds: its rows, and the id of the last for the next page.
struct Rows {
    json::array values;
    std::string last;
};

Rows rows_of(storage::Reader& db, const Lane& lane, std::int64_t before, const web::Context& context)
{
    Rows rows;
    if (!lane.state) {
        for (const auto& incident :
             storage::incidents(db, storage::IncidentFilter::open, storage::IncidentId{before}, rows_max)) {
            rows.values.push_back(incident_row(incident, context));
            rows.last = text_of(incident.id);
        }
        return rows;
    }
    for (const auto& delivery : notices::deliveries(db, lane.state, before, rows_max)) {
        rows.values.push_back(delivery_row(delivery, context));
        rows.last = text_of(delivery.id);
    }
    return rows;
}

/// Counts as far as a page reaches; "50+" beyond.
json::array lane_values(storage::Reader& db, const Lane& current, const web::Context& context)
{
    json::array values;
    for (const auto& lane : lanes) {
        const auto count = rows_of(db, lane, 0, context).values.size();
        values.push_back(json::object{
            {"kind", lane.kind},
            {"count", count >= std::size_t(rows_max) ? std::to_string(count) + "+" : std::to_string(count)},
            {"text",
             context.say(
                 "administration.outbox.lane_" + std::string(
                                                     lane.name == "su-co" ? "incidents"
                                                     : lane.name == "cho" ? "queued"
                                                     : lane.name == "loi" ? "failed"
                                                                          : "sent"
                                                 )
             )},
            {"href", path + "?loai=" + std::string(lane.name)},
            {"current", lane.name == current.name}});
    }
    return values;
}

Result<storage::Incident> incident_in(const web::Request& request, const web::Context& context)
{
    const auto id = TRY(id_in<storage::IncidentId>(request, "id"));
    return context.database().read([&](storage::Reader& db) { return storage::find_incident(db, id); });
}

json::object event(
    std::string_view kind, std::string_view icon, std::string title, Instant at, const std::string& quote
)
{
    return {
        {"kind", kind},
        {"icon", icon},
        {"title", std::move(title)},
        {"who", nullptr},
        {"at", shown(at)},
        {"at_iso", iso(at)},
        {"took", nullptr},
        {"quote", text_or_null(quote)}};
}

json::array events_of(const storage::Incident& incident, const web::Context& context)
{
    json::array events{event(
        "bad",
        "alert",
        context.say("administration.outbox.opened"),
        incident.opened_at,
        incident.report.reason
    )};
    if (incident.closed_at)
        events.push_back(event(
            "ok", "check", context.say("administration.outbox.settled"), *incident.closed_at, incident.note
        ));
    return events;
}

/// The incident's end, with its row in the trail.
template <typename End>
Result<Done> finish(const web::Request& request, const web::Context& context, std::string_view what, End end)
{
    const auto id = TRY(id_in<storage::IncidentId>(request, "id"));
    const auto note = request.form.get("reason");
    return context.database().write({{"incident", id.value}}, [&](storage::Writer& db) -> Result<Done> {
        TRY(end(db, id, context.actor().post.value, context.now(), note));
        identity::audit(
            db,
            act(context),
            {.what = std::string(what),
             .subject = "incident",
             .subject_id = id.value,
             .about = {},
             .agency = {},
             .reason = note}
        );
        return Done{};
    });
}

web::Response draw_settle(
    const web::Request& request, const std::vector<Problem>& problems, const web::Context& context
)
{
    return draw_form(
        {.title = context.say("administration.message.settle"),
         .back = path + "/" + request.value("id"),
         .back_text = context.say("administration.outbox.title"),
         .action = request.path,
         .submit = context.say("administration.message.settle"),
         .fields = {reason_field(request.form.get("reason"), problems, context)},
         .problems = problems},
        context
    );
}

}  // namespace

Result<web::Response> show_outbox(const web::Request& request, web::Context& context)
{
    const auto& lane = lane_in(request);
    const auto before = parse_id(request.query.get("truoc"));
    Rows rows;
    json::array lane_list;
    context.database().read([&](storage::Reader& db) {
        rows = rows_of(db, lane, before ? before.value() : 0, context);
        lane_list = lane_values(db, lane, context);
    });
    const bool full = rows.values.size() == std::size_t(rows_max);
    return web::render_desk(
        context,
        "administration/outbox",
        {{"lanes", std::move(lane_list)},
         {"none", rows.values.empty()},
         {"rows", std::move(rows.values)},
         {"pager", pager(request, rows.last, full)}}
    );
}

Result<web::Response> show_incident(const web::Request& request, web::Context& context)
{
    const auto incident = TRY(incident_in(request, context));
    const bool open = !incident.closed_at;
    json::array pairs{
        casework::pair_values(
            context.say("administration.outbox.to"),
            incident.report.aggregate_kind + " " + std::to_string(incident.report.aggregate_id)
        ),
        casework::pair_values(context.say("administration.outbox.at"), shown(incident.opened_at)),
        casework::pair_values(context.say("administration.outbox.why"), incident.report.reason)};
    return web::render_desk(
        context,
        "administration/message",
        {{"title", incident_name(incident, context)},
         {"state", incident_state(incident, context)},
         {"pairs", std::move(pairs)},
         {"events", events_of(incident, context)},
         {"can_resend", open && (incident.report.outbox || incident.report.kind == casework::stuck_process)},
         {"can_settle", open},
         {"id", text_of(incident.id)}}
    );
}

Result<web::Response> resend(const web::Request& request, web::Context& context)
{
    const auto incident = TRY(incident_in(request, context));
    if (incident.report.kind == casework::stuck_process && !incident.closed_at) {
        // Stuck once more, it is an incident of its own.
        TRY(casework::retry_process(
            context.use<casework::Office>(), act(context), incident.report.aggregate_id
        ));
        TRY(finish(request, context, "incident.resend", storage::incident_close));
    } else {
        TRY(finish(request, context, "incident.resend", storage::incident_resend));
    }
    return done_and_back(path, "flash.sent_again");
}

Result<web::Response> show_settle(const web::Request& request, web::Context& context)
{
    return draw_settle(request, {}, context);
}

Result<web::Response> settle(const web::Request& request, web::Context& context)
{
    if (request.form.get("reason").empty())
        return draw_settle(
            request, {{.code = "identity.reason_missing", .field = "/reason", .law = ""}}, context
        );
    TRY(finish(request, context, "incident.close", storage::incident_close));
    return done_and_back(path, "flash.settled");
}

}  // namespace thien_an::administration
