#include "systems/portal/tracking_pages.h"

#include "engine/casework/packs.h"
#include "engine/casework/reading.h"
#include "engine/identity/audit.h"
#include "engine/storage/files.h"
#include "engine/web/stored_source.h"
#include "engine/web/url.h"

#include "systems/portal/filing_office.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::DossierPage;
using casework::DossierState;
using casework::Speech;

constexpr int rows_per_page = 20;

json::value link(std::string href, std::string text, bool bad = false)
{
    return json::object{{"href", std::move(href)}, {"text", std::move(text)}, {"bad", bad}};
}

json::value asked(const Speech& say, std::string_view key, const std::string& href)
{
    const std::string before = "portal.ask." + std::string(key);
    return json::object{
        {"title", say.say(before + ".title")},
        {"text", say.say(before + ".text")},
        {"href", href},
        {"button", say.say(before + ".button")}};
}

/// What the applicant has to do now; null when nothing.
json::value ask_of(const DossierPage& page, const Speech& say)
{
    const std::string here = "/ho-so-cua-toi/" + page.dossier.code;
    if (page.dossier.state == DossierState::awaiting_supplement)
        return asked(say, "supplement", here + "/bo-sung");
    if (page.can_confirm_entry) return asked(say, "confirm", here + "/ky-so");
    if (page.can_rate) return asked(say, "rate", here + "/danh-gia");
    return nullptr;
}

json::value due_of(const DossierPage& page, const web::Context& context, const Speech& say)
{
    return casework::due_values(
        {.due = page.dossier.due,
         .minutes_left = page.minutes_left,
         .suspended = page.suspended,
         .closed =
             casework::is_closed(page.dossier.state) || page.dossier.state == DossierState::result_ready},
        context.now(),
        say
    );
}

/// "Đang ở Bộ Tư pháp, đến 16:30 ngày ..."; null when no step tells its clock.
json::value step_clock_of(
    const std::optional<casework::StepClock>& clock, const web::Context& context, const Speech& say
)
{
    if (!clock) return nullptr;
    auto due = casework::due_values(
        {.due = clock->until, .minutes_left = clock->minutes_left, .suspended = false, .closed = false},
        context.now(),
        say
    );
    return json::object{
        {"step", say.in(clock->step)},
        {"until", casework::due_at(clock->until, context.now(), say)},
        {"due", std::move(due)}};
}

std::string fee_of(const DossierPage& page, const Speech& say)
{
    if (page.dossier.fee.amount == 0) return say.say("portal.review.free");
    const json::object words{{"fee", shown(page.dossier.fee)}};
    return say.say(page.fee_due ? "portal.fee.due" : "portal.fee.paid", words);
}

json::object dossier_row(const casework::OwnDossier& own, const web::Context& context, const Speech& say)
{
    const auto& row = own.row;
    const json::value ask = row.state == DossierState::awaiting_supplement
                                ? json::value(say.say("portal.ask.supplement.title"))
                                : json::value(nullptr);
    return {
        {"href", "/ho-so-cua-toi/" + row.code},
        {"name", say.in(own.procedure) + (row.subject.empty() ? "" : ": " + row.subject)},
        {"code", row.code},
        {"agency", say.in(own.agency)},
        {"filed", shown(row.filed_on)},
        {"state", casework::state_values(row.state, say)},
        {"due",
         casework::due_values(
             {.due = row.due,
              .minutes_left = row.minutes_left,
              .suspended = row.state == DossierState::awaiting_supplement,
              .closed = casework::is_closed(row.state)},
             context.now(),
             say
         )},
        {"ask", ask}};
}

}  // namespace

Result<DossierPage> own_dossier(const web::Request& request, web::Context& context)
{
    return casework::open_own_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    );
}

Result<web::Response> show_track(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const std::string code = request.query.get("ma");
    json::object values{
        {"code", code},
        {"error", nullptr},
        {"error_summary", nullptr},
        {"found", false},
        {"name", ""},
        {"agency", ""},
        {"state", nullptr},
        {"due", nullptr},
        {"due_at", ""},
        {"step_clock", nullptr},
        {"events", json::array{}}};
    if (code.empty()) return context.render("portal/track", std::move(values));
    const auto tracked = casework::track(office(context), code);
    if (!tracked) {
        Problem problem = tracked.problem();
        problem.field = "/ma";
        values["error"] = context.sentence(problem);
        values["error_summary"] = casework::error_summary({}, {problem}, say);
        return context.render("portal/track", std::move(values), 404);
    }
    const auto& it = tracked.value();
    values["found"] = true;
    values["code"] = it.code;
    values["name"] = say.in(it.procedure);
    values["agency"] = it.agency;
    values["state"] = casework::state_values(it.state, say);
    values["due"] = casework::due_values(
        {.due = it.due,
         .minutes_left = it.minutes_left,
         .suspended = it.state == DossierState::awaiting_supplement,
         .closed = casework::is_closed(it.state)},
        context.now(),
        say
    );
    values["step_clock"] = step_clock_of(it.step_clock, context, say);
    if (it.due) values["due_at"] = casework::due_at(*it.due, context.now(), say);
    values["events"] = casework::timeline_values(it.timeline, say, true);
    return context.render("portal/track", std::move(values));
}

Result<web::Response> show_my_dossiers(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    json::array drafts;
    for (const auto& draft : casework::drafts_of(office(context), draft_owner(context))) {
        const auto procedure = office(context).packs.procedure(draft.procedure);
        if (!procedure) continue;
        drafts.push_back(json::object{
            {"href", resume_address(draft, *procedure)},
            {"discard_to", draft_address(draft, "bo")},
            {"name", say.in(procedure->name())},
            {"note", say.say("portal.form_step.saved", json::object{{"time", shown(draft.changed)}})}});
    }
    json::array dossiers;
    const auto own = casework::my_dossiers(
        office(context), context.actor().party, request.query.get("sau"), rows_per_page
    );
    for (const auto& one : own.dossiers) dossiers.push_back(dossier_row(one, context, say));
    json::value pager = nullptr;
    if (!own.next.empty())
        pager = json::object{
            {"range", ""},
            {"previous", nullptr},
            {"next", "/ho-so-cua-toi?sau=" + web::percent_encoded(own.next)}};
    const bool none = dossiers.empty();
    const bool has_drafts = !drafts.empty();
    return context.render(
        "portal/my_dossiers",
        {{"none", none},
         {"has_drafts", has_drafts},
         {"drafts", std::move(drafts)},
         {"dossiers", std::move(dossiers)},
         {"pager", std::move(pager)}}
    );
}

Result<web::Response> show_my_dossier(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto page = TRY(own_dossier(request, context));
    const std::string here = "/ho-so-cua-toi/" + page.dossier.code;
    json::array actions;
    if (!casework::is_closed(page.dossier.state))
        actions.push_back(link(here + "/rut", say.say("portal.act.withdraw.title"), true));
    return context.render(
        "portal/my_dossier",
        {{"name", say.in(page.procedure_name)},
         {"code", page.dossier.code},
         {"agency", page.agency.name_vi},
         {"state", casework::state_values(page.dossier.state, say)},
         {"due", due_of(page, context, say)},
         {"due_at",
          page.dossier.due ? json::value(casework::due_at(*page.dossier.due, context.now(), say))
                           : json::value(nullptr)},
         {"step_clock", step_clock_of(page.step_clock, context, say)},
         {"ask", ask_of(page, say)},
         {"has_parts", !page.parts.empty()},
         {"parts", casework::part_values(page.parts, context.now(), say)},
         {"sections", answer_sections(page, context)},
         {"events", casework::timeline_values(page.timeline, say, true)},
         {"papers", casework::paper_values(page.papers, here + "/giay/", say)},
         {"has_actions", !actions.empty()},
         {"actions", std::move(actions)},
         {"fee", fee_of(page, say)}}
    );
}

Result<web::Response> send_my_paper(const web::Request& request, web::Context& context)
{
    const auto id = TRY(parse_id(request.value("paper")));
    const auto paper = TRY(casework::open_paper(office(context), context.actor(), {id}));
    return web::file_answer(
        web::stored_source(office(context).files, paper.row.sha256),
        paper.row.media_type,
        paper.row.file_name,
        true
    );
}

Result<web::Response> show_access_log(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    constexpr int shown_max = 50;
    const std::string from = request.query.get("sau");
    const std::int64_t before = from.empty() ? 0 : TRY(parse_id(from));
    json::array rows;
    std::int64_t last = 0;
    context.database().read([&](storage::Reader& db) {
        for (const auto& row : identity::access_log(db, context.actor().party, before, shown_max)) {
            last = row.id;
            const std::string key = "audit." + row.what;
            rows.push_back(json::object{
                {"at", shown(row.at)},
                {"at_iso", iso(row.at)},
                {"who", row.who.empty() ? say.say("portal.access_log.program") : row.who},
                {"place", row.post + (row.post.empty() || row.agency.empty() ? "" : ", ") + row.agency},
                {"what", say.words.contains(key) ? say.say(key) : row.what},
                {"why", row.reason}});
        }
    });
    const bool none = rows.empty();
    json::value pager = nullptr;
    if (rows.size() == std::size_t(shown_max))
        pager = json::object{
            {"range", ""}, {"previous", nullptr}, {"next", "/ai-da-xem?sau=" + std::to_string(last)}};
    return context.render(
        "portal/access_log", {{"none", none}, {"rows", std::move(rows)}, {"pager", std::move(pager)}}
    );
}

}  // namespace thien_an::portal
