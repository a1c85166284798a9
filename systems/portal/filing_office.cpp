#include "systems/portal/filing_office.h"

#include <algorithm>

#include "engine/casework/competence.h"
#include "engine/casework/filing.h"
#include "engine/casework/packs.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

/// Offices one may choose: those of the level that decides today; where any desk receives, the communes'.
std::string offered_level(const casework::Procedure& procedure, Day today)
{
    if (procedure.file_with_any_agency(today)) return "commune";
    return casework::level_that_decides(procedure.metadata(), today);
}

json::object draft_form(
    const casework::Draft& draft,
    const casework::Procedure& procedure,
    std::string error,
    web::Context& context
)
{
    const auto say = speech(context);
    std::vector<Problem> problems;
    if (!error.empty()) problems.push_back({.code = "portal.choose_office", .field = "/agency", .law = ""});
    const std::string back = resume_address(draft, procedure);
    return {
        {"title", say.say("portal.office.title")},
        {"lead",
         say.say(
             procedure.file_with_any_agency(context.today()) ? "portal.office.any" : "portal.office.one"
         )},
        {"action", draft_address(draft, "noi-nop")},
        {"submit", say.say("portal.office.submit")},
        {"fields", json::array{office_field(procedure, draft.agency, error, context)}},
        {"error_summary", casework::error_summary({}, problems, say)},
        {"links", json::array{}},
        {"has_codes", false},
        {"codes", json::array{}},
        {"back_href", back}};
}

struct Asked {
    casework::Draft draft;
    std::shared_ptr<const casework::Procedure> procedure;
};

Result<Asked> asked(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("draft")));
    auto draft = TRY(casework::find_draft(office(context), draft_owner(context), {id}));
    auto procedure = office(context).packs.procedure(draft.procedure);
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    return Asked{std::move(draft), std::move(procedure)};
}

}  // namespace

std::string draft_address(const casework::Draft& draft, std::string_view rest)
{
    return "/nop/" + text_of(draft.id) + "/" + std::string(rest);
}

std::string resume_address(const casework::Draft& draft, const casework::Procedure& procedure)
{
    const auto ids = procedure.form()->step_ids();
    const auto at = std::find(ids.begin(), ids.end(), draft.step);
    if (at == ids.end()) return draft_address(draft, "buoc/1");
    if (at + 1 == ids.end()) return draft_address(draft, "xem-lai");
    return draft_address(draft, "buoc/" + std::to_string(at - ids.begin() + 1));
}

bool asks_office(const casework::Procedure& procedure)
{
    return procedure.agency_level() == "commune" || procedure.agency_level() == "district";
}

bool office_offered(const casework::Procedure& procedure, std::string_view unit, const web::Context& context)
{
    return office(context).codes.is_unit(unit, offered_level(procedure, context.today()), context.today());
}

json::object office_field(
    const casework::Procedure& procedure,
    const std::string& chosen,
    const std::string& error,
    const web::Context& context
)
{
    const auto say = speech(context);
    const Day today = context.today();
    std::string unit = chosen;
    if (!chosen.empty() && !office_offered(procedure, chosen, context))
        context.database().read([&](storage::Reader& db) {
            if (const auto agency = casework::agency_named(db, chosen, today)) unit = agency.value().unit;
        });
    const bool any = procedure.file_with_any_agency(today);
    return casework::select_field(
        {.name = "agency",
         .label = say.say("portal.office.field"),
         .hint = say.say(any ? "portal.office.any" : "portal.office.one"),
         .error = error,
         .value = unit},
        office(context).codes.units(offered_level(procedure, today), today),
        say
    );
}

std::string office_name(std::string_view code, web::Context& context)
{
    if (code.empty()) return "";
    return context.database().read([&](storage::Reader& db) {
        const auto agency = casework::agency_named(db, code, context.today());
        if (!agency) return std::string();
        const auto& it = agency.value();
        return context.language() == text::Language::en && !it.name_en.empty() ? it.name_en : it.name_vi;
    });
}

json::value office_values(const casework::Draft& draft, web::Context& context)
{
    auto name = office_name(draft.agency, context);
    if (name.empty()) return nullptr;
    return json::object{{"office_name", std::move(name)}, {"change_href", draft_address(draft, "noi-nop")}};
}

Result<web::Response> show_office(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    return context.render("portal/account_form", draft_form(it.draft, *it.procedure, "", context));
}

Result<web::Response> change_office(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    const std::string chosen = request.form.get("agency");
    if (!office_offered(*it.procedure, chosen, context))
        return context.render(
            "portal/account_form",
            draft_form(
                it.draft,
                *it.procedure,
                context.sentence({.code = "portal.choose_office", .field = "", .law = ""}),
                context
            ),
            422
        );
    const auto draft =
        TRY(casework::choose_agency(office(context), draft_owner(context), it.draft.id, chosen));
    return web::see_other(resume_address(draft, *it.procedure));
}

}  // namespace thien_an::portal
