#include "systems/portal/procedure_api.h"

#include <charconv>

#include "engine/casework/packs.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

constexpr std::size_t hits_max = 500;

/// The cursor counts the hits already given: the order of one search does not change between two pages of it.
Result<std::size_t> hits_given(std::string_view cursor)
{
    std::size_t given = 0;
    if (cursor.empty()) return given;
    const auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), given);
    if (error != std::errc{} || end != cursor.data() + cursor.size() || given > hits_max)
        return Problem{.code = "web.bad_query", .field = "/cursor", .law = "", .words = {{"name", "cursor"}}};
    return given;
}

PaperAsked paper_asked(const casework::PaperWanted& paper, const casework::Speech& say)
{
    PaperAsked asked{
        .id = paper.id,
        .name = say.in(paper.name),
        .required = paper.required,
        .when = {},
        .files_max = paper.files_max,
        .bytes_max = paper.bytes_max,
        .accept = paper.accept};
    if (!paper.when.empty()) asked.when = paper.when;
    return asked;
}

json::value form_schema(const casework::Procedure& procedure)
{
    const auto found = procedure.files().find("form.schema.json");
    if (procedure.form() == nullptr || found == procedure.files().end()) return nullptr;
    return json::parse(found->second).value();
}

}  // namespace

Result<web::Response> list_procedures(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto listing = TRY(web::listing_of(request));
    const auto given = TRY(hits_given(listing.cursor));
    const auto hits = office(context).packs.search(request.query.get("q"), hits_max);
    ProcedureList list;
    for (std::size_t i = given; i < hits.size() && int(list.items.size()) < listing.limit; ++i) {
        const auto& hit = hits[i];
        list.items.push_back(
            {hit.id, say.in(hit.name), "/thu-tuc/" + hit.page, hit.information_only, hit.agency_level}
        );
    }
    const auto told = given + list.items.size();
    if (told < hits.size()) list.next = std::to_string(told);
    return web::json_answer(web::encode(list));
}

Result<web::Response> send_procedure(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto procedure = office(context).packs.procedure(request.value("id"));
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    const Day today = context.today();
    const auto level = procedure->service_level(today);
    const auto limit = procedure->time_limit(today);
    ProcedureShown shown{
        .id = procedure->id(),
        .name = say.in(procedure->name()),
        .summary = say.in(procedure->summary()),
        .href = "/thu-tuc/" + procedure->page(),
        .information_only = procedure->information_only(),
        .can_file_online = procedure->files_online(today),
        .level = {},
        .decided_by = say.in(procedure->decided_by(today)),
        .time_limit = {},
        .fee = say.in(procedure->fee_text()),
        .result = say.in(procedure->result_name()),
        .papers = {},
        .form = form_schema(*procedure)};
    if (level) shown.level = level->level;
    if (limit) shown.time_limit = say.in(limit->text);
    for (const auto& paper : procedure->papers(today)) shown.papers.push_back(paper_asked(paper, say));
    auto response = web::json_answer(web::encode(shown));
    response.header("ETag", "\"" + text_of(office(context).packs.in_force(procedure->id())) + "\"");
    return response;
}

}  // namespace thien_an::portal
