#include "systems/civil_status/national_pages.h"

#include <fmt/format.h>

#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"
#include "engine/identity/permissions.h"

#include "systems/civil_status/desk.h"
#include "systems/civil_status/national.h"
#include "systems/civil_status/national_store.h"

namespace thien_an::civil_status {
namespace {

constexpr std::string_view list_address = "/ban-lam-viec/gui-quoc-gia";
constexpr int rows_max = 50;

/// A state that is listed, by its word in the address.
struct Listed {
    std::string_view path;
    NationalState state;
};
constexpr std::array listed{
    Listed{"tu-choi", NationalState::refused},
    Listed{"dang-gui", NationalState::on_its_way},
    Listed{"giu-lai", NationalState::kept},
};

std::string_view word_of(NationalState state)
{
    switch (state) {
    case NationalState::kept: return "kept";
    case NationalState::on_its_way: return "on_its_way";
    case NationalState::accepted: return "accepted";
    case NationalState::refused: return "refused";
    case NationalState::nothing: return "nothing";
    }
    throw std::logic_error("NationalState outside its enumerators");
}

json::object state_chip(const NationalEvent& event, const web::Context& context)
{
    const bool troubled = event.state == NationalState::on_its_way && !event.trouble.empty();
    const auto look = [&]() -> std::pair<std::string_view, std::string_view> {
        switch (event.state) {
        case NationalState::accepted: return {"ok", "check"};
        case NationalState::refused: return {"bad", "alert"};
        case NationalState::kept: return {"idle", "pause"};
        case NationalState::nothing: return {"idle", "check"};
        case NationalState::on_its_way: return {troubled ? "warn" : "idle", "clock"};
        }
        throw std::logic_error("NationalState outside its enumerators");
    }();
    const auto word = troubled ? "troubled" : word_of(event.state);
    return {
        {"kind", look.first},
        {"icon", look.second},
        {"text", context.say("civil_status.national.state." + std::string(word))}};
}

/// Why: our own reasons have a sentence, theirs are shown as they came.
std::string reason_of(const NationalEvent& event, const web::Context& context)
{
    if (event.reason_code.starts_with("civil_status.")) return context.say("reason." + event.reason_code);
    if (event.reason_code.empty()) return event.trouble;
    return event.reason.empty() ? event.reason_code : event.reason_code + ": " + event.reason;
}

/// Refused here only because its entry was: it goes along when the entry is sent again.
bool follows_entry(const NationalEvent& event)
{
    return event.reason_code == "civil_status.national.entry_refused";
}

std::string register_name(const std::string& id, const web::Context& context)
{
    const auto reg = office(context).packs.reg(id);
    if (!reg) return id;
    return context.language() == text::Language::en && !reg->name_en.empty() ? reg->name_en : reg->name_vi;
}

std::string kind_name(const std::string& kind, const web::Context& context)
{
    const auto key = "civil_status.note." + kind;
    if (kind == "entry") return context.say("civil_status.national.entry");
    return context.use<text::Catalogue>().contains(key) ? context.say(key) : kind;
}

std::string agency_name(storage::Reader& db, const NationalEvent& event, const web::Context& context)
{
    const auto agency = identity::agency_on(db, event.agency, day_of(event.happened_at));
    if (!agency) return "";
    return context.language() == text::Language::en ? agency.value().name_en : agency.value().name_vi;
}

std::string number_of(storage::Reader& db, const NationalEvent& event, const web::Context& context)
{
    const auto reg = office(context).packs.reg(event.register_id);
    if (!reg) return text_of(event.entry);
    const auto entry = registers::find_entry(db, office(context).keys, *reg, event.entry);
    return entry ? entry.value().printed : text_of(event.entry);
}

json::object row_of(storage::Reader& db, const NationalEvent& event, const web::Context& context)
{
    return {
        {"href", fmt::format("{}/{}", list_address, event.entry.value)},
        {"number", number_of(db, event, context)},
        {"register", register_name(event.register_id, context)},
        {"what", kind_name(event.kind, context)},
        {"agency", agency_name(db, event, context)},
        {"at", shown(event.happened_at)},
        {"at_iso", iso(event.happened_at)},
        {"state", state_chip(event, context)},
        {"reason", text_or_null(reason_of(event, context))},
        {"national_id", text_or_null(event.national_id)},
        {"again_href",
         event.state == NationalState::refused && !follows_entry(event) && context.may("registers.enter")
             ? json::value(fmt::format("{}/{}/gui-lai", list_address, event.id))
             : json::value(nullptr)}};
}

json::array lanes_of(
    const std::vector<NationalCount>& counts, NationalState chosen, const web::Context& context
)
{
    std::int64_t refused = 0, on_its_way = 0, kept = 0;
    for (const auto& one : counts) {
        refused += one.refused;
        on_its_way += one.on_its_way;
        kept += one.kept;
    }
    const auto lane = [&](std::string_view kind, const Listed& one, std::int64_t count) {
        return json::object{
            {"kind", kind},
            {"count", count},
            {"text", context.say("civil_status.national.state." + std::string(word_of(one.state)))},
            {"href", fmt::format("{}?trang-thai={}", list_address, one.path)},
            {"current", one.state == chosen}};
    };
    return {
        lane("late", listed[0], refused),
        lane("today", listed[1], on_its_way),
        lane("wait", listed[2], kept)};
}

json::array count_rows(const std::vector<NationalCount>& counts, const web::Context& context)
{
    json::array rows;
    for (const auto& one : counts)
        rows.push_back(json::object{
            {"register", register_name(one.register_id, context)},
            {"accepted", one.accepted},
            {"on_its_way", one.on_its_way},
            {"refused", one.refused},
            {"kept", one.kept},
            {"not_sent", one.not_sent}});
    return rows;
}

/// The entry's events, when the visitor may read the register of their agency. Problem "registers.no_such_entry".
Result<std::vector<NationalEvent>> readable(
    storage::Reader& db, registers::EntryId entry, const web::Context& context
)
{
    auto events = national_events_of(db, entry);
    if (events.empty() ||
        !identity::may(db, context.actor(), "registers.read", events.front().agency, context.today()))
        return Problem{.code = "registers.no_such_entry", .field = "", .law = ""};
    return events;
}

Result<NationalEvent> refused_event(const web::Request& request, const web::Context& context)
{
    const auto id = TRY(parse_id(request.value("entry")));
    const Problem none{.code = "civil_status.no_such_national_event", .field = "", .law = ""};
    return context.database().read([&](storage::Reader& db) -> Result<NationalEvent> {
        const auto event = national_event(db, id);
        if (!event) return none;
        if (!identity::may(db, context.actor(), "registers.enter", event->agency, context.today()))
            return none;
        return *event;
    });
}

web::Response draw_again(
    const NationalEvent& event,
    const std::string& reason,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    const auto number =
        context.database().read([&](storage::Reader& db) { return number_of(db, event, context); });
    return draw_form(
        {.title = context.say("civil_status.national.again"),
         .subtitle = fmt::format(
             "{} {}: {}", register_name(event.register_id, context), number, reason_of(event, context)
         ),
         .back = fmt::format("{}/{}", list_address, event.entry.value),
         .back_text = number,
         .action = fmt::format("{}/{}/gui-lai", list_address, event.id),
         .submit = context.say("civil_status.national.again"),
         .fields = {casework::area_field(
             {.name = "reason",
              .label = context.say("civil_status.national.mended"),
              .hint = context.say("civil_status.national.mended_hint"),
              .error = error_at(problems, "/reason", context),
              .value = reason,
              .length_max = 500},
             2
         )},
         .problems = problems},
        context
    );
}

}  // namespace

Result<web::Response> show_national(const web::Request& request, web::Context& context)
{
    const auto wanted = request.query.get("trang-thai", listed[0].path);
    const auto found =
        std::find_if(listed.begin(), listed.end(), [&](const Listed& one) { return one.path == wanted; });
    const auto state = found == listed.end() ? NationalState::refused : found->state;
    const auto before = number_or(request.query.get("truoc"), 0);
    return context.database().read([&](storage::Reader& db) -> Result<web::Response> {
        const auto counts = national_counts(db, context.actor(), context.today());
        auto events = national_events_in(db, context.actor(), context.today(), state, before, rows_max + 1);
        json::value pager = nullptr;
        if (events.size() > rows_max || before != 0) {
            json::value next = nullptr;
            if (events.size() > rows_max) {
                events.resize(rows_max);
                next = fmt::format("{}?trang-thai={}&truoc={}", list_address, wanted, events.back().id);
            }
            json::value previous = nullptr;
            if (before != 0) previous = fmt::format("{}?trang-thai={}", list_address, wanted);
            pager = json::object{
                {"range", context.say("civil_status.register.range", json::object{{"count", events.size()}})},
                {"previous", std::move(previous)},
                {"next", std::move(next)}};
        }
        json::array rows;
        for (const auto& event : events) rows.push_back(row_of(db, event, context));
        const bool none = rows.empty();
        return web::render_desk(
            context,
            "civil_status/national",
            {{"lanes", lanes_of(counts, state, context)},
             {"counted", !counts.empty()},
             {"counts", count_rows(counts, context)},
             {"none", none},
             {"rows", std::move(rows)},
             {"pager", std::move(pager)}}
        );
    });
}

Result<web::Response> show_national_entry(const web::Request& request, web::Context& context)
{
    const registers::EntryId id{TRY(parse_id(request.value("entry")))};
    return context.database().read([&](storage::Reader& db) -> Result<web::Response> {
        const auto events = TRY(readable(db, id, context));
        json::array rows;
        for (const auto& event : events) rows.push_back(row_of(db, event, context));
        return web::render_desk(
            context,
            "civil_status/national_entry",
            {{"number", number_of(db, events.front(), context)},
             {"register", register_name(events.front().register_id, context)},
             {"agency", agency_name(db, events.front(), context)},
             {"rows", std::move(rows)}}
        );
    });
}

Result<web::Response> show_send_again(const web::Request& request, web::Context& context)
{
    return draw_again(TRY(refused_event(request, context)), "", {}, context);
}

Result<web::Response> send_again(const web::Request& request, web::Context& context)
{
    const auto event = TRY(refused_event(request, context));
    const auto reason = request.form.get("reason");
    if (reason.empty())
        return draw_again(
            event,
            reason,
            {{.code = "civil_status.national_reason_missing", .field = "/reason", .law = ""}},
            context
        );
    const auto done = send_national_again(office(context), context.actor(), event.id, reason);
    if (!done) return draw_again(event, reason, placed({done.problem()}, "/reason"), context);
    return done_and_back(fmt::format("{}/{}", list_address, event.entry.value), "flash.national_sent_again");
}

}  // namespace thien_an::civil_status
