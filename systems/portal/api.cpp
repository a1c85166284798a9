#include "systems/portal/api.h"

#include "engine/casework/reading.h"
#include "engine/web/received.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {

Result<web::Response> make_file(const web::Request& request, web::Context& context)
{
    if (request.files.size() != 1) return Problem{.code = "web.one_file", .field = "", .law = ""};
    const auto kept = TRY(web::keep_received(context, request.files[0]));
    return web::json_answer(
        web::encode(FileMade{text_of(kept.id), kept.sha256, kept.bytes, kept.media_type}), 201
    );
}

Result<web::Response> make_dossier(const web::Request& request, web::Context& context)
{
    auto sent = TRY(web::decode<DossierSent>(request.json));
    casework::Filing filing{
        .procedure = sent.procedure,
        .agency = sent.agency,
        .applicant =
            {.party = context.actor().post ? identity::PartyId{} : context.actor().party,
             .name = sent.applicant.name,
             .phone = sent.applicant.phone.value_or(""),
             .email = sent.applicant.email.value_or(""),
             .address = sent.applicant.address.value_or("")},
        .form = std::move(sent.form),
        .files = {},
        .channel = "online",
        .draft = {}};
    for (const auto& file : sent.files.value_or(std::vector<FileNamed>{}))
        filing.files.push_back({file.paper, {TRY(parse_id(file.id))}, ""});
    const auto filed =
        TRY(casework::submit(office(context), context.actor(), filing, once(request, context)));
    auto response = web::json_answer(
        web::encode(DossierFiled{filed.code, std::string(casework::name_of(filed.state)), filed.due}), 201
    );
    response.header("location", "/api/v1/dossiers/" + filed.code);
    return response;
}

Result<web::Response> send_dossier(const web::Request& request, web::Context& context)
{
    const auto language = text::code_of(context.language());
    const auto& code = request.value("code");
    auto page = context.actor().post
                    ? casework::open_dossier(office(context), context.actor(), code, language)
                    : casework::open_own_dossier(office(context), context.actor(), code, language);
    if (!page) return page.problem();
    const auto& it = page.value().dossier;
    return web::json_answer(web::encode(DossierShown{
        it.code,
        it.procedure,
        std::string(casework::name_of(it.state)),
        page.value().agency.name_vi,
        it.subject,
        it.filed_on,
        it.received_on,
        it.due}));
}

Result<web::Response> send_tracked(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto it = TRY(casework::track(office(context), request.value("code")));
    return web::json_answer(web::encode(DossierTracked{
        it.code,
        say.in(it.procedure),
        it.agency,
        std::string(casework::name_of(it.state)),
        say.in(it.step),
        it.due}));
}

}  // namespace thien_an::portal
