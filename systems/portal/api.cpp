#include "systems/portal/api.h"

#include "engine/casework/reading.h"
#include "engine/web/received.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

json::object wrong(std::string title, std::string_view code, std::string_view field)
{
    json::object one{{"title", std::move(title)}, {"code", code}};
    if (!field.empty()) one["field"] = field;
    return one;
}

/// The first fault as the Problem, and all of them beside it.
web::Response refusal(const Problem& first, const casework::FilingFaults& faults, const web::Context& context)
{
    const auto say = speech(context);
    json::array errors;
    for (const auto& fault : faults.fields)
        errors.push_back(wrong(say.in(fault.sentence), "form." + fault.code, fault.pointer));
    for (const auto& problem : faults.problems)
        errors.push_back(wrong(context.sentence(problem), problem.code, problem.field));
    auto title = context.sentence(first);
    for (const auto& fault : faults.fields)
        if (fault.pointer == first.field && first.code == "form." + fault.code)
            title = say.in(fault.sentence);
    return web::problem_answer(first, title, std::move(errors));
}

}  // namespace

Result<std::vector<casework::FiledFile>> files_named(
    const std::vector<FileNamed>& named, const web::Context& context
)
{
    std::vector<casework::FiledFile> files;
    for (const auto& one : named) {
        const auto file = web::file_of_ticket(context, one.id);
        if (!file) {
            auto problem = file.problem();
            problem.field = "/files/" + std::to_string(files.size()) + "/id";
            return problem;
        }
        files.push_back({one.paper, file.value(), ""});
    }
    return files;
}

Result<web::Response> make_file(const web::Request& request, web::Context& context)
{
    if (request.files.size() != 1) return Problem{.code = "web.one_file", .field = "", .law = ""};
    const auto kept = TRY(web::keep_received(context, request.files[0]));
    return web::json_answer(
        web::encode(FileMade{web::file_ticket(context, kept.id), kept.sha256, kept.bytes, kept.media_type}),
        201
    );
}

Result<web::Response> make_dossier(const web::Request& request, web::Context& context)
{
    auto sent = TRY(web::decode<DossierSent>(request.json));
    const auto procedure = office(context).packs.procedure(sent.procedure);
    if (procedure && !procedure->files_online(context.today()))
        return Problem{.code = "portal.not_online", .field = "/procedure", .law = ""};
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
    filing.files = TRY(files_named(sent.files.value_or(std::vector<FileNamed>{}), context));
    casework::FilingFaults faults;
    const auto done =
        casework::submit(office(context), context.actor(), filing, once(request, context), &faults);
    if (!done) return refusal(done.problem(), faults, context);
    const auto& filed = done.value();
    auto response = web::json_answer(
        web::encode(DossierFiled{filed.code, std::string(casework::name_of(filed.state)), filed.due}), 201
    );
    response.header("Location", "/api/v1/dossiers/" + filed.code);
    return response;
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
