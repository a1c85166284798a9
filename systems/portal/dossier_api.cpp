#include "systems/portal/dossier_api.h"

#include "engine/casework/reading.h"
#include "engine/storage/files.h"
#include "engine/web/stored_source.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::DossierPage;

/// Of the dossier in the route: as its officer when the token acts as a post, else as its applicant. Audited.
Result<DossierPage> opened(const web::Request& request, const web::Context& context)
{
    const auto language = text::code_of(context.language());
    const auto& code = request.value("code");
    if (context.actor().post) return casework::open_dossier(office(context), context.actor(), code, language);
    return casework::open_own_dossier(office(context), context.actor(), code, language);
}

std::string entity_tag(const casework::Dossier& dossier)
{
    return "\"" + std::to_string(dossier.number_of_events) + "\"";
}

PaperShown paper_of(const casework::PaperRow& row, const casework::Speech& say)
{
    return {
        .id = text_of(row.id),
        .paper = row.paper,
        .name = say.in(row.name),
        .media_type = row.media_type,
        .bytes = row.bytes,
        .sha256 = row.sha256,
        .origin = row.origin,
        .signatures = row.signatures,
        .at = row.at};
}

DossierShown shown_of(const DossierPage& page, const web::Context& context)
{
    const auto say = speech(context);
    const auto& it = page.dossier;
    DossierShown shown{
        .code = it.code,
        .procedure = it.procedure,
        .state = std::string(casework::name_of(it.state)),
        .agency = page.agency.name_vi,
        .subject = it.subject,
        .filed_at = it.filed_on,
        .received_at = it.received_on,
        .due_at = it.due,
        .fee = it.fee.amount,
        .entry = {},
        .papers = {},
        .timeline = {},
        .warnings = {}};
    if (!it.entry_number.empty()) shown.entry = it.entry_number;
    for (const auto& row : page.papers) shown.papers.push_back(paper_of(row, say));
    for (const auto& row : page.timeline)
        if (!row.to_come) shown.timeline.push_back({row.at, row.kind, say.in(row.label), row.who});
    for (const auto& warning : page.warnings)
        shown.warnings.push_back(
            {warning.code,
             context.sentence({.code = warning.code, .field = "", .law = "", .words = warning.words})}
        );
    return shown;
}

DossierItem item_of(const casework::DossierRow& row)
{
    return {
        .code = row.code,
        .procedure = row.title,
        .subject = row.subject,
        .state = std::string(casework::name_of(row.state)),
        .filed_at = row.filed_on,
        .due_at = row.due,
        .late = row.late};
}

web::Response now_answer(const std::string& code, const casework::Completed& done)
{
    return web::json_answer(web::encode(DossierNow{code, std::string(casework::name_of(done.state)), done.due}
    ));
}

}  // namespace

Result<web::Response> list_dossiers(const web::Request& request, web::Context& context)
{
    const auto listing = TRY(web::listing_of(request));
    DossierPageOfList page;
    if (context.actor().post) {
        const auto found = casework::search_dossiers(
            office(context), context.actor(), request.query.get("q"), listing.cursor, listing.limit
        );
        for (const auto& row : found.rows) page.items.push_back(item_of(row));
        if (!found.next.empty()) page.next = found.next;
        return web::json_answer(web::encode(page));
    }
    const auto own =
        casework::my_dossiers(office(context), context.actor().party, listing.cursor, listing.limit);
    for (const auto& one : own.dossiers) page.items.push_back(item_of(one.row));
    if (!own.next.empty()) page.next = own.next;
    return web::json_answer(web::encode(page));
}

Result<web::Response> send_dossier(const web::Request& request, web::Context& context)
{
    const auto page = TRY(opened(request, context));
    auto response = web::json_answer(web::encode(shown_of(page, context)));
    response.header("ETag", entity_tag(page.dossier));
    return response;
}

Result<web::Response> send_dossier_paper(const web::Request& request, web::Context& context)
{
    const auto page = TRY(opened(request, context));
    const auto id = TRY(parse_id(request.value("paper")));
    for (const auto& row : page.papers) {
        if (row.id.value != id) continue;
        const auto paper = TRY(casework::open_paper(office(context), context.actor(), row.id));
        return web::file_answer(
            web::stored_source(office(context).files, paper.row.sha256),
            paper.row.media_type,
            paper.row.file_name,
            false
        );
    }
    return Problem{.code = "casework.no_such_paper", .field = "", .law = ""};
}

Result<web::Response> withdraw_dossier(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<Withdrawal>(request.json));
    const auto page = TRY(opened(request, context));
    return now_answer(
        page.dossier.code,
        TRY(casework::withdraw(
            office(context), context.actor(), page.dossier.id, sent.reason, once(request, context)
        ))
    );
}

Result<web::Response> supplement_dossier(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<SupplementSent>(request.json));
    const auto page = TRY(opened(request, context));
    const auto files = TRY(files_named(sent.files, context));
    return now_answer(
        page.dossier.code,
        TRY(casework::answer_supplement(
            office(context),
            context.actor(),
            page.dossier.id,
            files,
            sent.message.value_or(""),
            once(request, context)
        ))
    );
}

Result<web::Response> rate_dossier(const web::Request& request, web::Context& context)
{
    const auto sent = TRY(web::decode<Rating>(request.json));
    const auto page = TRY(opened(request, context));
    TRY(casework::rate(
        office(context), context.actor(), page.dossier.id, int(sent.stars), sent.comment.value_or("")
    ));
    return web::json_answer(web::encode(DossierNow{
        page.dossier.code, std::string(casework::name_of(page.dossier.state)), page.dossier.due}));
}

}  // namespace thien_an::portal
