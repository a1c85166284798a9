#include "systems/portal/procedure_pages.h"

#include <algorithm>

#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"
#include "engine/identity/units.h"
#include "engine/web/url.h"

#include "systems/portal/procedure_facts.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

constexpr std::size_t rows_per_page = 20;
constexpr std::size_t hits_max = 500;
constexpr std::size_t common_shown = 5;

/// Life events in the order of the home page, each with its picture. Their names are in the catalogue.
struct LifeEvent {
    std::string_view id;
    std::string_view icon;
};
constexpr std::array life_events{
    LifeEvent{"having_a_child", "baby"},
    LifeEvent{"marriage", "rings"},
    LifeEvent{"housing_land", "land"},
    LifeEvent{"business", "shop"},
    LifeEvent{"schooling", "school"},
    LifeEvent{"driving", "car"},
    LifeEvent{"work", "users"},
    LifeEvent{"papers", "file"},
    LifeEvent{"moving", "house"},
    LifeEvent{"hardship", "health"},
    LifeEvent{"death", "leaf"},
    LifeEvent{"complaint", "chat"},
    LifeEvent{"nationality", "globe"}};

/// Home shows whole rows of four; the list of procedures has every event.
constexpr std::size_t tiles_in_row = 4;

/// Members of partial "procedure_facts", each in a few words.
json::object facts_in_brief(const casework::Procedure& procedure, Day today, const casework::Speech& speech)
{
    return {
        {"agency", speech.in(procedure.decided_by(today))},
        {"limit", first_clause(limit_text(procedure, today, speech))},
        {"fee", first_clause(fee_text(procedure, speech))},
        {"level", level_text(procedure, today, speech)}};
}

/// Those facts and the link.
json::object row_of(
    const casework::ProcedureHit& hit, const web::Context& context, const casework::Speech& speech
)
{
    const auto procedure = office(context).packs.procedure(hit.id);
    if (!procedure) throw std::logic_error("a procedure found is not in force");
    auto row = facts_in_brief(*procedure, context.today(), speech);
    row["href"] = "/thu-tuc/" + hit.page;
    row["name"] = speech.in(hit.name);
    return row;
}

json::array rows_of(
    const std::vector<casework::ProcedureHit>& hits,
    const web::Context& context,
    const casework::Speech& speech
)
{
    json::array rows;
    for (const auto& hit : hits) rows.push_back(row_of(hit, context, speech));
    return rows;
}

/// "Đăng ký khai sinh" -> "đăng ký khai sinh" inside a sentence; proper names and "HIV" keep their capitals.
std::string inside_sentence(const std::string& name)
{
    const auto letter = [&](std::size_t from) {
        auto end = std::min(from + 1, name.size());
        while (end < name.size() && (static_cast<unsigned char>(name[end]) & 0xC0U) == 0x80U) ++end;
        return name.substr(from, end - from);
    };
    if (name.empty()) return name;
    const auto first = letter(0);
    const auto second = first.size() < name.size() ? letter(first.size()) : "";
    const bool is_acronym = !second.empty() && second != lower(second);
    return is_acronym ? name : lower(first) + name.substr(first.size());
}

std::string life_event_key(std::string_view id) { return "portal.life." + std::string(id); }

json::array life_event_tiles(const web::Context& context, const casework::Speech& speech)
{
    json::array tiles;
    for (const auto& event : life_events) {
        if (office(context).packs.for_life_event(event.id, 1).empty()) continue;
        tiles.push_back(json::object{
            {"href", "/thu-tuc?nhom=" + std::string(event.id)},
            {"icon", event.icon},
            {"name", speech.say(life_event_key(event.id))},
            {"note", speech.say(life_event_key(event.id) + ".note")}});
    }
    if (tiles.size() > tiles_in_row) tiles.resize(tiles.size() - tiles.size() % tiles_in_row);
    return tiles;
}

json::value pager_of(
    const web::Request& request, std::size_t count, std::size_t page, const casework::Speech& speech
)
{
    if (count <= rows_per_page) return nullptr;
    const std::size_t first = (page - 1) * rows_per_page + 1;
    const std::size_t last = std::min(count, page * rows_per_page);
    const auto address = [&](std::size_t wanted) {
        return json::value(
            "/thu-tuc?q=" + web::percent_encoded(request.query.get("q")) +
            "&nhom=" + web::percent_encoded(request.query.get("nhom")) + "&trang=" + std::to_string(wanted)
        );
    };
    return json::object{
        {"range",
         speech.say("portal.pager.range", json::object{{"first", first}, {"last", last}, {"count", count}})},
        {"previous", page > 1 ? address(page - 1) : json::value(nullptr)},
        {"next", last < count ? address(page + 1) : json::value(nullptr)}};
}

std::vector<casework::ProcedureHit> hits_for(const web::Request& request, const web::Context& context)
{
    const std::string words = request.query.get("q");
    const std::string event = request.query.get("nhom");
    const auto& packs = office(context).packs;
    if (!words.empty()) return packs.search(words, hits_max);
    if (!event.empty()) return packs.for_life_event(event, hits_max);
    return packs.all();
}

casework::Words applicants_of(const casework::Procedure& procedure)
{
    return casework::words_from(json::member(procedure.metadata(), "applicant"));
}

json::object desk_row(const identity::Agency& desk, const casework::Speech& speech)
{
    return {
        {"name", desk.name_vi},
        {"address", desk.address.empty() ? desk.desk_vi : desk.address},
        {"phone", desk.phone.empty() ? json::value(nullptr) : json::value(desk.phone)},
        {"hours", speech.say("portal.help.hours")}};
}

}  // namespace

Result<web::Response> show_home(const web::Request&, web::Context& context)
{
    const auto say = speech(context);
    const auto& packs = office(context).packs;
    json::array often;
    for (const auto& hit : packs.common(3))
        often.push_back(json::object{
            {"href", "/thu-tuc/" + hit.page}, {"words", inside_sentence(say.in(hit.name))}});
    return context.render(
        "portal/home",
        {{"has_often", !often.empty()},
         {"often", std::move(often)},
         {"example_code", casework::dossier_code("000.00.17.H48", context.today(), 12)},
         {"groups", life_event_tiles(context, say)},
         {"common", rows_of(packs.common(common_shown), context, say)},
         {"procedure_count", packs.count()},
         {"places", nullptr}}
    );
}

Result<web::Response> show_procedures(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const std::string event = request.query.get("nhom");
    auto hits = hits_for(request, context);
    const std::size_t count = hits.size();
    const std::size_t pages = count == 0 ? 1 : (count + rows_per_page - 1) / rows_per_page;
    const std::size_t page = std::min(page_number(request), pages);
    const auto from = hits.begin() + std::ptrdiff_t((page - 1) * rows_per_page);
    const std::vector shown_hits(
        from, from + std::ptrdiff_t(std::min(rows_per_page, std::size_t(hits.end() - from)))
    );
    json::array filters;
    bool known = false;
    for (const auto& each : life_events) {
        if (office(context).packs.for_life_event(each.id, 1).empty()) continue;
        known = known || each.id == event;
        filters.push_back(json::object{
            {"href", "/thu-tuc?nhom=" + std::string(each.id)},
            {"name", say.say(life_event_key(each.id))},
            {"current", each.id == event}});
    }
    return context.render(
        "portal/procedures",
        {{"q", request.query.get("q")},
         {"heading", known ? json::value(say.say(life_event_key(event))) : json::value(nullptr)},
         {"count", count},
         {"results", rows_of(shown_hits, context, say)},
         {"none", count == 0},
         {"did_you_mean", nullptr},
         {"filters", std::move(filters)},
         {"pager", pager_of(request, count, page, say)}}
    );
}

Result<web::Response> show_procedure(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto procedure = office(context).packs.procedure_by_page(request.value("page"));
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    const Day today = context.today();
    const bool can_file = procedure->files_online(today);
    json::array notes;
    if (const std::string summary = say.in(procedure->summary()); !summary.empty())
        notes.emplace_back(summary);
    if (procedure->file_with_any_agency(today)) notes.emplace_back(say.say("portal.procedure.any_desk"));
    return context.render(
        "portal/procedure",
        {{"name", say.in(procedure->name())},
         {"brief", facts_in_brief(*procedure, today, say)},
         {"agency", say.in(procedure->decided_by(today))},
         {"limit", limit_text(*procedure, today, say)},
         {"fee", fee_text(*procedure, say)},
         {"level", level_text(*procedure, today, say)},
         {"code",
          procedure->national_code().empty() ? json::value(nullptr)
                                             : json::value(procedure->national_code())},
         {"can_file", can_file},
         {"file_href", can_file ? json::value("/nop/" + procedure->page()) : json::value(nullptr)},
         {"information_only", !can_file},
         {"result", say.in(procedure->result_name())},
         {"applicant", text_or_null(say.in(applicants_of(*procedure)))},
         {"has_papers", !procedure->papers(today).empty() || !procedure->papers_text().empty()},
         {"has_laws", !procedure->legal_basis(today).empty()},
         {"papers", paper_rows(*procedure, today, say)},
         {"steps", way_of_filing(*procedure, today, say)},
         {"laws", law_rows(*procedure, today, say)},
         {"notes", std::move(notes)},
         {"as_of", say.say("portal.procedure.as_of", json::object{{"day", shown(today)}})}}
    );
}

Result<web::Response> show_help(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const Day today = context.today();
    const std::string wanted = request.query.get("huyen");
    json::array desks;
    json::array districts;
    context.database().read([&](storage::Reader& db) {
        for (const auto& unit : identity::units_at(db, identity::UnitLevel::district, today))
            districts.push_back(json::object{
                {"value", unit.code}, {"text", unit.name_vi}, {"selected", unit.code == wanted}});
        // Since July 2025 there are no districts: then every commune of the province is listed.
        const bool all = districts.empty();
        for (const auto& unit : identity::units_at(db, identity::UnitLevel::commune, today))
            if (all || unit.parent == wanted)
                if (const auto desk = identity::agency_for_unit(db, unit.code, today))
                    desks.push_back(desk_row(desk.value(), say));
    });
    const bool has_desks = !desks.empty();
    const bool has_districts = !districts.empty();
    return context.render(
        "portal/help",
        {{"desks", std::move(desks)},
         {"districts", std::move(districts)},
         {"has_districts", has_districts},
         {"has_desks", has_desks}}
    );
}

}  // namespace thien_an::portal
