#include "engine/casework/packs.h"
#include "engine/identity/codes.h"
#include "engine/identity/parties.h"
#include "engine/web/url.h"

#include "systems/portal/filing_office.h"
#include "systems/portal/filing_pages.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::Speech;
using ProcedurePointer = std::shared_ptr<const casework::Procedure>;

Result<ProcedurePointer> procedure_of_page(const web::Request& request, web::Context& context)
{
    auto procedure = office(context).packs.procedure_by_page(request.value("page"));
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    if (!procedure->files_online(context.today()))
        return Problem{.code = "portal.not_online", .field = "", .law = ""};
    return procedure;
}

/// What was chosen and typed, and what is wrong with it.
struct StartView {
    std::string agency;
    std::string phone;
    std::vector<Problem> problems = {};

    std::string error(std::string_view field, const web::Context& context) const
    {
        for (const auto& problem : problems)
            if (problem.field == field) return context.sentence(problem);
        return "";
    }
};

json::array needs_of(const casework::Procedure& procedure, const web::Context& context, const Speech& say)
{
    json::array needs;
    for (const auto& paper : procedure.papers(context.today())) needs.emplace_back(say.in(paper.name));
    return needs;
}

/// Forms begun and not filed: of this person, or of this browser.
json::array drafts_begun(const casework::Procedure& procedure, web::Context& context, const Speech& say)
{
    json::array resume;
    for (const auto& draft : casework::drafts_of(office(context), draft_owner(context)))
        if (draft.procedure == procedure.id())
            resume.push_back(json::object{
                {"href", resume_address(draft, procedure)},
                {"title", say.in(procedure.name())},
                {"saved", shown(draft.changed)}});
    return resume;
}

web::Response draw_start(const casework::Procedure& procedure, const StartView& view, web::Context& context)
{
    const auto say = speech(context);
    json::array fields;
    if (asks_office(procedure))
        fields.push_back(office_field(procedure, view.agency, view.error("/agency", context), context));
    if (context.session() == nullptr)
        fields.push_back(casework::text_field(
            {.name = "phone",
             .label = say.say("portal.start.phone"),
             .hint = say.say("portal.start.phone_hint"),
             .error = view.error("/phone", context),
             .value = view.phone,
             .type = "tel",
             .input_mode = "tel",
             .autocomplete = "tel",
             .length_max = 20,
             .narrow = true}
        ));
    return context.render(
        "portal/start",
        {{"name", say.in(procedure.name())},
         {"action", "/nop/" + procedure.page()},
         {"back_href", "/thu-tuc/" + procedure.page()},
         {"error_summary", casework::error_summary({}, view.problems, say)},
         {"fields", std::move(fields)},
         {"needs", needs_of(procedure, context, say)},
         {"resume", drafts_begun(procedure, context, say)}},
        view.problems.empty() ? 200 : 422
    );
}

web::Response draw_code(
    const casework::Procedure& procedure,
    const web::Request& request,
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
    const auto asked = [&](std::string_view name) { return web::percent_encoded(request.query.get(name)); };
    const std::string start = "/nop/" + procedure.page();
    return context.render(
        "portal/code",
        {{"action", start + "/ma?phieu=" + asked("phieu") + "&den=" + asked("den") + "&noi=" + asked("noi")},
         {"error_summary", casework::error_summary({}, problems, say)},
         {"code_error", problem ? json::value(context.sentence(*problem)) : json::value(nullptr)},
         {"sent_to", request.query.get("den")},
         {"from_app", false},
         {"again_href", start + "?noi=" + asked("noi")}},
        problem ? 422 : 200
    );
}

Result<web::Response> open_draft(
    const casework::Procedure& procedure,
    const std::string& agency,
    const identity::Actor& actor,
    const casework::DraftOwner& owner,
    web::Context& context
)
{
    auto draft = TRY(casework::begin_draft(office(context), actor, owner, procedure.id()));
    if (!agency.empty()) draft = TRY(casework::choose_agency(office(context), owner, draft.id, agency));
    return web::see_other(draft_address(draft, "buoc/1"));
}

}  // namespace

Result<web::Response> show_start(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    return draw_start(*procedure, {.agency = request.query.get("noi"), .phone = ""}, context);
}

Result<web::Response> begin(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    StartView view{.agency = request.form.get("agency"), .phone = request.form.get("phone")};
    if (asks_office(*procedure) && !office_offered(*procedure, view.agency, context))
        view.problems.push_back({.code = "portal.choose_office", .field = "/agency", .law = ""});
    const bool known = context.session() != nullptr;
    if (!known)
        if (const auto phone = identity::tidy_phone(view.phone); !phone) {
            view.problems.push_back(phone.problem());
            view.problems.back().field = "/phone";
        }
    if (!view.problems.empty()) return draw_start(*procedure, view, context);
    if (known) return open_draft(*procedure, view.agency, context.actor(), draft_owner(context), context);
    const auto ticket = identity::request_code(
        means(context),
        {.purpose = identity::CodePurpose::guest,
         .contact = view.phone,
         .address = request.remote,
         .language = std::string(text::code_of(context.language()))}
    );
    if (!ticket) {
        view.problems.push_back(ticket.problem());
        view.problems.back().field = "/phone";
        return draw_start(*procedure, view, context);
    }
    return web::see_other(
        "/nop/" + procedure->page() + "/ma?phieu=" + text_of(ticket.value().id) + "&den=" +
        web::percent_encoded(ticket.value().contact_masked) + "&noi=" + web::percent_encoded(view.agency)
    );
}

Result<web::Response> show_guest_code(const web::Request& request, web::Context& context)
{
    return draw_code(*TRY(procedure_of_page(request, context)), request, std::nullopt, context);
}

Result<web::Response> take_guest_code(const web::Request& request, web::Context& context)
{
    const auto procedure = TRY(procedure_of_page(request, context));
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    const auto entered =
        identity::sign_in_guest(means(context), {ticket}, request.form.get("code"), origin_of(request));
    if (!entered) return draw_code(*procedure, request, entered.problem(), context);
    const auto& session = entered.value().session;
    auto response = TRY(open_draft(
        *procedure,
        request.query.get("noi"),
        session.actor("portal"),
        {.party = session.party, .visitor = {}},
        context
    ));
    keep_session(response, entered.value());
    return response;
}

}  // namespace thien_an::portal
