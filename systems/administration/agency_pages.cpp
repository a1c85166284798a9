#include "systems/administration/agency_pages.h"

#include "engine/identity/people.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr int rows_max = 100;

std::string kind_words(const web::Context& context, const std::string& kind)
{
    const std::string key = "administration.agency_kind." + kind;
    return speech(context).words.contains(key) ? context.say(key) : kind;
}

/// "1/1/2016 - 30/6/2025": the last day, not the first no longer.
std::string days_of(const Validity& validity)
{
    return shown(validity.from) + " - " + (validity.to ? shown(*validity.to - std::chrono::days{1}) : "");
}

json::array rows_for(const web::Context& context, std::string_view words, Day day)
{
    json::array rows;
    const bool opens = context.may("people.manage");
    context.database().read([&](storage::Reader& db) {
        const auto counts = identity::people_counts(db, day);
        for (const auto& agency : identity::search_agencies(db, words, day, rows_max)) {
            const auto parent = identity::agency_on(db, agency.parent, day);
            const auto people = counts.find(agency.id);
            rows.push_back(json::object{
                {"href",
                 opens ? json::value("/ban-lam-viec/nhan-su?co-quan=" + text_of(agency.id)) : nullptr},
                {"name", in(context, agency.name_vi, agency.name_en)},
                {"code", agency.code},
                {"kind", kind_words(context, agency.kind)},
                {"parent", parent ? in(context, parent.value().name_vi, parent.value().name_en) : ""},
                {"valid", days_of(agency.validity)},
                {"people", people == counts.end() ? 0 : people->second}});
        }
    });
    return rows;
}

}  // namespace

Result<web::Response> show_agencies(const web::Request& request, web::Context& context)
{
    const auto words = request.query.get("q");
    auto day = context.today();
    if (const auto typed = typed_day(request.query.get("ngay"), "/ngay")) day = typed.value();
    auto rows = rows_for(context, words, day);
    return web::render_desk(
        context,
        "administration/agencies",
        {{"q", words},
         {"as_of", context.say("administration.agencies.as_of", json::object{{"day", shown(day)}})},
         {"none", rows.empty()},
         {"rows", std::move(rows)},
         {"pager", nullptr}}
    );
}

}  // namespace thien_an::administration
