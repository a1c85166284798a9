#include <fmt/format.h>

#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"
#include "engine/identity/codes.h"
#include "engine/identity/parties.h"
#include "engine/web/url.h"

#include "systems/portal/filing_pages.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::Draft;
using casework::Speech;
using ProcedurePointer = std::shared_ptr<const casework::Procedure>;

std::string address_of(const Draft& draft, std::string_view rest)
{
    return "/nop/" + text_of(draft.id) + "/" + std::string(rest);
}

Result<ProcedurePointer> procedure_of_page(const web::Request& request, web::Context& context)
{
    auto procedure = office(context).packs.procedure_by_page(request.value("page"));
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    return procedure;
}

struct StartView {
    std::string phone;
    std::optional<Problem> problem;
};

json::array needs_of(const casework::Procedure& procedure, const web::Context& context, const Speech& say)
{
    json::array needs;
    for (const auto& paper : procedure.papers(context.today())) needs.emplace_back(say.in(paper.name));
    return needs;
}

web::Response draw_start(const casework::Procedure& procedure, const StartView& view, web::Context& context)
{
    const auto say = speech(context);
    json::array resume;
    for (const auto& draft : casework::drafts_of(office(context), draft_owner(context)))
        if (draft.procedure == procedure.id())
            resume.push_back(json::object{
                {"href", address_of(draft, "buoc/1")},
                {"title", say.in(procedure.name())},
                {"saved", shown(draft.changed)}});
    json::array fields;
    std::vector<Problem> problems;
    if (view.problem) problems.push_back(*view.problem);
    if (context.session() == nullptr)
        fields.push_back(casework::text_field(
            {.name = "phone",
             .label = say.say("portal.start.phone"),
             .hint = say.say("portal.start.phone_hint"),
             .error = view.problem ? context.sentence(*view.problem) : "",
             .value = view.phone,
             .type = "tel",
             .input_mode = "tel",
             .autocomplete = "tel",
             .length_max = 20,
             .narrow = true}
        ));
    for (auto& problem : problems) problem.field = "/phone";
    return context.render(
        "portal/start",
        {{"name", say.in(procedure.name())},
         {"action", "/nop/" + procedure.page()},
         {"error_summary", casework::error_summary({}, problems, say)},
         {"fields", std::move(fields)},
         {"needs", needs_of(procedure, context, say)},
         {"minutes", nullptr},
         {"resume", std::move(resume)}},
        view.problem ? 422 : 200
    );
}

web::Response draw_code(
    const std::string& action,
    const std::string& sent_to,
    const std::optional<Problem>& problem,
    web::Context& context
)
{
    const auto say = speech(context);
    std::vector<Problem> problems;
    if (problem) {
        problems.push_back(*problem);
        problems.back().field = "/code";
    }
    return context.render(
        "portal/code",
        {{"action", action},
         {"error_summary", casework::error_summary({}, problems, say)},
         {"code_error", problem ? json::value(context.sentence(*problem)) : json::value(nullptr)},
         {"sent_to", sent_to.empty() ? json::value(nullptr) : json::value(sent_to)},
         {"from_app", false},
         {"resend_action", nullptr},
         {"wait", nullptr}},
        problem ? 422 : 200
    );
}

std::string code_action(const casework::Procedure& procedure, const web::Request& request)
{
    return "/nop/" + procedure.page() + "/ma?phieu=" + web::percent_encoded(request.query.get("phieu")) +
           "&den=" + web::percent_encoded(request.query.get("den"));
}

Result<web::Response> open_draft(
    const casework::Procedure& procedure,
    const identity::Actor& actor,
    const casework::DraftOwner& owner,
    web::Context& context
)
{
    const auto draft = TRY(casework::begin_draft(office(context), actor, owner, procedure.id()));
    return web::see_other(address_of(draft, "buoc/1"));
}

}  // namespace

Result<web::Response> show_start(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    return draw_start(*procedure, {}, context);
}

Result<web::Response> begin(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    if (context.session() != nullptr)
        return open_draft(*procedure, context.actor(), draft_owner(context), context);
    const std::string phone = request.form.get("phone");
    const auto contact = identity::tidy_phone(phone);
    if (!contact) return draw_start(*procedure, {phone, contact.problem()}, context);
    const auto ticket = identity::request_code(
        means(context),
        {.purpose = identity::CodePurpose::guest,
         .contact = phone,
         .address = request.remote,
         .language = std::string(text::code_of(context.language()))}
    );
    if (!ticket) return draw_start(*procedure, {phone, ticket.problem()}, context);
    return web::see_other(
        "/nop/" + procedure->page() + "/ma?phieu=" + text_of(ticket.value().id) +
        "&den=" + web::percent_encoded(ticket.value().contact_masked)
    );
}

Result<web::Response> show_guest_code(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    return draw_code(code_action(*procedure, request), request.query.get("den"), std::nullopt, context);
}

Result<web::Response> take_guest_code(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    auto entered = identity::sign_in_guest(
        means(context),
        {ticket},
        request.form.get("code"),
        {.login = "", .password = "", .address = request.remote, .agent = request.header("user-agent")}
    );
    if (!entered)
        return draw_code(
            code_action(*procedure, request), request.query.get("den"), entered.problem(), context
        );
    const auto actor = entered.value().session.actor("portal");
    auto response =
        TRY(open_draft(*procedure, actor, {.party = entered.value().session.party, .visitor = {}}, context));
    keep_session(response, entered.value());
    return response;
}

}  // namespace thien_an::portal
