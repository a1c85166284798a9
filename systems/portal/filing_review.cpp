#include <fmt/format.h>

#include "engine/casework/filing.h"
#include "engine/casework/packs.h"
#include "engine/identity/parties.h"

#include "systems/portal/filing_office.h"
#include "systems/portal/filing_pages.h"
#include "systems/portal/procedure_facts.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::Draft;
using casework::Procedure;
using casework::Speech;

/// The draft, its procedure and what would be filed.
struct Ready {
    Draft draft;
    std::shared_ptr<const Procedure> procedure;
    casework::Filing filing;
};

casework::Filing filing_of(const Draft& draft, const web::Context& context)
{
    casework::Filing filing{
        .procedure = draft.procedure,
        .agency = draft.agency,
        .applicant = {.party = context.actor().party, .name = "", .phone = "", .email = "", .address = ""},
        .form = draft.form,
        .files = {},
        .channel = "online",
        .draft = draft.id};
    if (const auto* requester = json::find(draft.form, "/requester")) {
        filing.applicant.name = json::string_or(*requester, "full_name");
        filing.applicant.phone = json::string_or(*requester, "phone");
        filing.applicant.email = json::string_or(*requester, "email");
    }
    for (const auto& file : draft.files) filing.files.push_back({file.paper, file.file, file.name});
    return filing;
}

Result<Ready> ready(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("draft")));
    auto draft = TRY(casework::find_draft(office(context), draft_owner(context), {id}));
    auto procedure = office(context).packs.procedure(draft.procedure);
    if (!procedure) return Problem{.code = "casework.no_such_procedure", .field = "", .law = ""};
    if (!procedure->files_online(context.today()))
        return Problem{.code = "portal.not_online", .field = "", .law = ""};
    auto filing = filing_of(draft, context);
    return Ready{std::move(draft), std::move(procedure), std::move(filing)};
}

json::array papers_of(const Ready& it, const web::Context& context, const Speech& say)
{
    json::array papers;
    for (const auto& file : it.draft.files) {
        std::string name = file.paper;
        for (const auto& paper : it.procedure->papers(context.today()))
            if (paper.id == file.paper) name = say.in(paper.name);
        papers.push_back(json::object{
            {"icon", casework::icon_of_media(file.media_type)},
            {"paper_name", name},
            {"href", nullptr},
            {"note",
             fmt::format(
                 "{}, {}, {}",
                 file.name,
                 casework::kind_of_media(file.media_type),
                 casework::shown_size(file.bytes)
             )},
            {"chip", nullptr}});
    }
    return papers;
}

/// Where it goes, and who decides when that is another.
json::array places_of(
    const Ready& it, const casework::Review& review, web::Context& context, const Speech& say
)
{
    json::array pairs;
    auto receives = office_name(it.filing.agency, context);
    auto decides = office_name(review.competent_agency, context);
    if (receives.empty()) receives = decides.empty() ? say.say("portal.review.agency_unknown") : decides;
    const bool two = !decides.empty() && decides != receives;
    pairs.push_back(casework::pair_values(say.say("portal.review.receives"), std::move(receives)));
    if (two) pairs.push_back(casework::pair_values(say.say("portal.procedure.agency"), std::move(decides)));
    return pairs;
}

/// Steps of the form but the last, which is this page, and the declaration to tick.
struct Drawn {
    json::array sections;
    json::array steps;
    json::array fields;
};

Drawn draw_steps(
    const Ready& it, web::Context& context, const Speech& say, const casework::FilingFaults& faults
)
{
    Drawn drawn;
    const auto ids = it.procedure->form()->step_ids();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto found = it.procedure->form()->step(
            ids[i],
            it.draft.form,
            casework::form_context(office(context), *it.procedure, context.today()),
            office(context).codes,
            {},
            faults.fields
        );
        if (!found) throw std::logic_error("a form without one of its own steps");
        const auto& step = found.value();
        const bool last = i + 1 == ids.size();
        const json::value href(draft_address(it.draft, "buoc/" + std::to_string(i + 1)));
        drawn.steps.push_back(json::object{
            {"title", say.in(step.title)},
            {"href", last ? json::value(nullptr) : href},
            {"done", !last},
            {"here", last},
            {"number", i + 1}});
        if (last) {
            for (const auto& field : step.fields) drawn.fields.push_back(casework::field_values(field, say));
        } else if (step.kind == "fields") {
            for (auto& section : casework::answer_sections(*it.procedure->form(), step, href, say))
                drawn.sections.push_back(std::move(section));
        }
    }
    return drawn;
}

/// Address of the step that asks `pointer`, with its field; empty when none does.
std::string asked_at(const Ready& it, std::string_view pointer, web::Context& context)
{
    constexpr std::string_view files = "/files/";
    const auto ids = it.procedure->form()->step_ids();
    for (std::size_t i = 0; i + 1 < ids.size(); ++i) {
        const auto step = it.procedure->form()->step(
            ids[i],
            it.draft.form,
            casework::form_context(office(context), *it.procedure, context.today()),
            office(context).codes
        );
        if (!step) continue;
        const auto address = draft_address(it.draft, "buoc/" + std::to_string(i + 1)) + "#";
        if (pointer.starts_with(files) && step.value().kind == "papers")
            return address + std::string(pointer.substr(files.size()));
        for (const auto& field : step.value().fields)
            if (field.pointer == pointer) return address + casework::element_id(field.input);
    }
    return "";
}

/// What is wrong on earlier steps is mended there: its line leads to the step.
json::value summary_of(
    const Ready& it, const casework::FilingFaults& faults, web::Context& context, const Speech& say
)
{
    auto summary = casework::error_summary(faults.fields, faults.problems, say);
    if (summary.is_null()) return summary;
    auto& items = summary.as_object()["items"].as_array();
    std::size_t line = 0;
    const auto lead = [&](std::string_view pointer) {
        if (const auto address = asked_at(it, pointer, context); !address.empty())
            items[line].as_object()["href"] = address;
        ++line;
    };
    for (const auto& fault : faults.fields) lead(fault.pointer);
    for (const auto& fault : faults.problems) lead(fault.field);
    return summary;
}

/// What it costs; while answers are wrong only what the procedure says of its fee, for theirs is not known.
std::string fee_said(const Ready& it, const casework::Review& review, bool wrong, const Speech& say)
{
    if (review.fee.amount > 0) return shown(review.fee);
    return wrong ? fee_text(*it.procedure, say) : say.say("portal.review.free");
}

web::Response draw_review(
    const Ready& it,
    const casework::Review& review,
    const casework::FilingFaults& faults,
    web::Context& context
)
{
    const auto say = speech(context);
    auto drawn = draw_steps(it, context, say, faults);
    const auto count = drawn.steps.size();
    json::array warnings;
    if (review.fee.amount > 0)
        warnings.emplace_back(say.say(
            "portal.review.fee_due", json::object{{"fee", shown(review.fee)}, {"reason", review.fee_reason}}
        ));
    json::array needs;
    for (const auto& paper : it.procedure->papers(context.today())) needs.emplace_back(say.in(paper.name));
    auto places = places_of(it, review, context, say);
    if (const auto limit = it.procedure->time_limit(context.today()))
        places.push_back(casework::pair_values(say.say("portal.procedure.limit"), say.in(limit->text)));
    const bool wrong = !faults.fields.empty() || !faults.problems.empty();
    places.push_back(casework::pair_values(say.say("portal.procedure.fee"), fee_said(it, review, wrong, say))
    );
    return context.render(
        "portal/review",
        {{"name", say.in(it.procedure->name())},
         {"action", draft_address(it.draft, "xem-lai")},
         {"back_href", draft_address(it.draft, "buoc/" + std::to_string(count - 1))},
         {"step", count},
         {"step_count", count},
         {"error_summary", summary_of(it, faults, context, say)},
         {"warnings", std::move(warnings)},
         {"sections", std::move(drawn.sections)},
         {"papers", papers_of(it, context, say)},
         {"office", office_values(it.draft, context)},
         {"pairs", std::move(places)},
         {"steps", std::move(drawn.steps)},
         {"needs", std::move(needs)},
         {"temporary_code", nullptr},
         {"fields", std::move(drawn.fields)}},
        wrong ? 422 : 200
    );
}

/// Faults of earlier steps are told at once; those of the declaration only when it was sent.
casework::FilingFaults told_before_sending(casework::FilingFaults faults, const Procedure& procedure)
{
    const auto last = procedure.form()->step_ids().back();
    std::erase_if(faults.fields, [&](const casework::FieldError& error) { return error.step == last; });
    return faults;
}

/// Sent once more after it was filed: the draft is gone, the dossier is among the person's own.
web::Response already_filed(const web::Context& context)
{
    auto response = web::see_other(context.session() != nullptr ? "/ho-so-cua-toi" : "/");
    say_next(response, "flash.already_filed");
    return response;
}

/// Files the draft. Problem "casework.no_such_draft" when it is gone.
Result<web::Response> file_draft(const web::Request& request, web::Context& context)
{
    auto it = TRY(ready(request, context));
    const auto last = it.procedure->form()->step_ids().back();
    const auto saved =
        TRY(casework::save_step(office(context), draft_owner(context), it.draft.id, last, typed(request)));
    it.draft = saved.draft;
    it.filing = filing_of(it.draft, context);
    const auto review = TRY(casework::review(office(context), it.filing));
    if (it.filing.agency.empty()) it.filing.agency = review.competent_agency;
    casework::FilingFaults faults;
    const auto filed =
        casework::submit(office(context), context.actor(), it.filing, once(request, context), &faults);
    if (!filed) {
        if (filed.problem().code == "casework.no_such_draft") return filed.problem();
        if (faults.fields.empty() && faults.problems.empty()) faults.problems.push_back(filed.problem());
        return draw_review(it, review, faults, context);
    }
    return web::see_other("/da-nop/" + filed.value().code);
}

}  // namespace

Result<web::Response> show_review(const web::Request& request, web::Context& context)
{
    const auto it = TRY(ready(request, context));
    if (it.draft.agency.empty() && asks_office(*it.procedure))
        return web::see_other(draft_address(it.draft, "noi-nop"));
    const auto review = TRY(casework::review(office(context), it.filing));
    return draw_review(it, review, told_before_sending(review.faults, *it.procedure), context);
}

Result<web::Response> file_dossier(const web::Request& request, web::Context& context)
{
    // Sent a second time, by a double click or a lost answer: the dossier is there, before this one began or since.
    const auto filed_by_another = [&]() -> std::optional<web::Response> {
        const auto before = casework::filed_before(office(context), once(request, context));
        return before ? std::optional(web::see_other("/da-nop/" + before->code)) : std::nullopt;
    };
    if (auto answer = filed_by_another()) return std::move(*answer);
    auto answer = file_draft(request, context);
    if (answer || answer.problem().code != "casework.no_such_draft") return answer;
    if (auto other = filed_by_another()) return std::move(*other);
    return already_filed(context);
}

Result<web::Response> show_filed(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto page = TRY(casework::open_own_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    ));
    const auto answer_by = page.receive_by;
    return context.render(
        "portal/filed",
        {{"code", page.dossier.code},
         {"name", say.in(page.procedure_name)},
         {"agency", page.agency.name_vi},
         {"filed_at", shown(page.dossier.filed_on)},
         {"answer_by",
          answer_by ? casework::due_at(*answer_by, context.now(), say) : say.say("portal.filed.within")},
         {"phone", page.phone_masked.empty() ? json::value(nullptr) : json::value(page.phone_masked)},
         {"track_href", "/tra-cuu?ma=" + page.dossier.code},
         {"can_sign_up", !context.actor().account}}
    );
}

}  // namespace thien_an::portal
