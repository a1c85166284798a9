#include "systems/portal/tracking_pages.h"

#include "engine/casework/packs.h"
#include "engine/casework/reading.h"
#include "engine/identity/audit.h"
#include "engine/storage/files.h"
#include "engine/web/received.h"
#include "engine/web/stored_source.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::DossierPage;
using casework::DossierState;
using casework::Speech;

constexpr int rows_per_page = 20;

Result<DossierPage> own_dossier(const web::Request& request, web::Context& context)
{
    return casework::open_own_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    );
}

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
    for (const auto& task : page.tasks)
        if (task.node == "confirm_entry" && task.may_act) return asked(say, "confirm", here + "/ky-so");
    const bool over =
        page.dossier.state == DossierState::handed_over || page.dossier.state == DossierState::refused;
    if (over && page.dossier.rating == 0) return asked(say, "rate", here + "/danh-gia");
    return nullptr;
}

json::value due_of(const DossierPage& page, const web::Context& context, const Speech& say)
{
    return casework::due_values(
        {.due = page.dossier.due,
         .hours_left = page.hours_left,
         .suspended = page.suspended,
         .closed =
             casework::is_closed(page.dossier.state) || page.dossier.state == DossierState::result_ready},
        context.now(),
        say
    );
}

std::string fee_of(const DossierPage& page, const Speech& say)
{
    if (page.dossier.fee.amount == 0) return say.say("portal.review.free");
    const json::object words{{"fee", shown(page.dossier.fee)}};
    return say.say(page.fee_due ? "portal.fee.due" : "portal.fee.paid", words);
}

/// The form for one act of the applicant.
struct ActForm {
    std::string_view act;  ///< Key of its words: "withdraw".
    std::string path;      ///< After the code: "rut".
    json::array fields;
    std::string quote = {};
    bool bad = false;
    std::vector<Problem> problems = {};
    json::array pairs = {};
};

web::Response draw_act(const DossierPage& page, ActForm form, web::Context& context)
{
    const auto say = speech(context);
    const std::string before = "portal.act." + std::string(form.act);
    const bool has_pairs = !form.pairs.empty();
    return context.render(
        "portal/dossier_form",
        {{"code", page.dossier.code},
         {"name", say.in(page.procedure_name)},
         {"title", say.say(before + ".title")},
         {"lead", say.say(before + ".lead")},
         {"action", "/ho-so-cua-toi/" + page.dossier.code + "/" + form.path},
         {"submit", say.say(before + ".submit")},
         {"submit_bad", form.bad},
         {"fields", std::move(form.fields)},
         {"error_summary", casework::error_summary({}, form.problems, say)},
         {"quote", form.quote.empty() ? json::value(nullptr) : json::value(form.quote)},
         {"pairs", std::move(form.pairs)},
         {"has_pairs", has_pairs}},
        form.problems.empty() ? 200 : 422
    );
}

std::string error_at(const std::vector<Problem>& problems, const web::Context& context)
{
    return problems.empty() ? "" : context.sentence(problems.front());
}

ActForm withdraw_form(const web::Request& request, std::vector<Problem> problems, web::Context& context)
{
    const auto say = speech(context);
    for (auto& problem : problems) problem.field = "/reason";
    return {
        .act = "withdraw",
        .path = "rut",
        .fields = {casework::area_field(
            {.name = "reason",
             .label = say.say("portal.act.withdraw.reason"),
             .error = error_at(problems, context),
             .value = request.form.get("reason"),
             .length_max = 1000}
        )},
        .bad = true,
        .problems = std::move(problems)};
}

ActForm rating_form(const web::Request& request, std::vector<Problem> problems, web::Context& context)
{
    const auto say = speech(context);
    std::vector<casework::Choice> choices;
    for (int stars = 5; stars >= 1; --stars) {
        const std::string key = "portal.act.rate.stars_" + std::to_string(stars);
        choices.push_back(
            {std::to_string(stars),
             {say.words.say(key, text::Language::vi), say.words.say(key, text::Language::en)}}
        );
    }
    for (auto& problem : problems) problem.field = "/stars";
    return {
        .act = "rate",
        .path = "danh-gia",
        .fields =
            {casework::choice_field(
                 {.name = "stars",
                  .label = say.say("portal.act.rate.stars"),
                  .error = error_at(problems, context),
                  .value = request.form.get("stars")},
                 choices,
                 say
             ),
             casework::area_field(
                 {.name = "comment",
                  .label = say.say("portal.act.rate.comment"),
                  .value = request.form.get("comment"),
                  .length_max = 1000,
                  .optional = true}
             )},
        .problems = std::move(problems)};
}

/// The officer's request, word for word: the latest of the timeline.
std::string supplement_quote(const DossierPage& page)
{
    std::string quote;
    for (const auto& row : page.timeline)
        if (row.kind == "supplement_requested") quote = json::string_or(row.words, "quote", quote);
    return quote;
}

ActForm supplement_form(
    const DossierPage& page, const web::Request& request, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    json::array fields{casework::area_field(
        {.name = "message",
         .label = say.say("portal.act.supplement.message"),
         .error = error_at(problems, context),
         .value = request.form.get("message"),
         .length_max = 2000,
         .optional = true}
    )};
    const auto procedure = office(context).packs.version({page.dossier.pack});
    if (procedure) {
        casework::PaperFields papers;
        for (auto paper : procedure->papers(context.today())) {
            paper.required = false;
            papers.wanted.push_back(std::move(paper));
        }
        auto groups = casework::paper_group_values(papers, say);
        for (auto& field : groups[0].as_object()["fields"].as_array()) fields.push_back(std::move(field));
    }
    for (auto& problem : problems) problem.field = "/message";
    return {
        .act = "supplement",
        .path = "bo-sung",
        .fields = std::move(fields),
        .quote = supplement_quote(page),
        .problems = std::move(problems)};
}

json::object dossier_row(const casework::DossierRow& row, const web::Context& context, const Speech& say)
{
    const json::value ask = row.state == DossierState::awaiting_supplement
                                ? json::value(say.say("portal.ask.supplement.title"))
                                : json::value(nullptr);
    return {
        {"href", "/ho-so-cua-toi/" + row.code},
        {"name", row.title + (row.subject.empty() ? "" : ": " + row.subject)},
        {"code", row.code},
        {"agency", row.applicant},
        {"filed", shown(row.filed_on)},
        {"state", casework::state_values(row.state, say)},
        {"due",
         casework::due_values(
             {.due = row.due,
              .hours_left = row.hours_left,
              .suspended = row.state == DossierState::awaiting_supplement,
              .closed = casework::is_closed(row.state)},
             context.now(),
             say
         )},
        {"ask", ask}};
}

}  // namespace

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
         .hours_left = 0,
         .suspended = it.state == DossierState::awaiting_supplement,
         .closed = casework::is_closed(it.state)},
        context.now(),
        say
    );
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
            {"href", "/nop/" + text_of(draft.id) + "/buoc/1"},
            {"name", say.in(procedure->name())},
            {"note", say.say("portal.form_step.saved", json::object{{"time", shown(draft.changed)}})}});
    }
    json::array dossiers;
    const auto rows = casework::my_dossiers(
        office(context), context.actor().party, request.query.get("sau"), rows_per_page
    );
    for (const auto& row : rows) dossiers.push_back(dossier_row(row, context, say));
    const bool none = dossiers.empty();
    const bool has_drafts = !drafts.empty();
    return context.render(
        "portal/my_dossiers",
        {{"none", none},
         {"has_drafts", has_drafts},
         {"drafts", std::move(drafts)},
         {"dossiers", std::move(dossiers)},
         {"pager", nullptr}}
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
         {"ask", ask_of(page, say)},
         {"pairs", casework::answer_values(page.answers, "", say)},
         {"events", casework::timeline_values(page.timeline, say, true)},
         {"papers", casework::paper_values(page.papers, here + "/giay/", say)},
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

Result<web::Response> show_withdraw(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    return draw_act(page, withdraw_form(request, {}, context), context);
}

Result<web::Response> withdraw(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    const auto done = casework::withdraw(
        office(context), context.actor(), page.dossier.id, request.form.get("reason"), once(request, context)
    );
    if (!done) return draw_act(page, withdraw_form(request, {done.problem()}, context), context);
    auto response = web::see_other("/ho-so-cua-toi/" + page.dossier.code);
    say_next(response, "flash.withdrawn");
    return response;
}

Result<web::Response> show_rating(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    return draw_act(page, rating_form(request, {}, context), context);
}

Result<web::Response> rate(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    const std::string stars = request.form.get("stars");
    const int given = stars.size() == 1 && stars[0] >= '1' && stars[0] <= '5' ? stars[0] - '0' : 0;
    const auto done =
        casework::rate(office(context), context.actor(), page.dossier.id, given, request.form.get("comment"));
    if (!done) return draw_act(page, rating_form(request, {done.problem()}, context), context);
    auto response = web::see_other("/ho-so-cua-toi/" + page.dossier.code);
    say_next(response, "flash.rated");
    return response;
}

Result<web::Response> show_supplement(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    return draw_act(page, supplement_form(page, request, {}, context), context);
}

Result<web::Response> answer_supplement(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    std::vector<casework::FiledFile> files;
    for (const auto& upload : request.files) {
        if (upload.stored == nullptr || upload.size == 0) continue;
        const auto kept = web::keep_received(context, upload);
        if (!kept) return draw_act(page, supplement_form(page, request, {kept.problem()}, context), context);
        files.push_back({upload.field, casework::FileId{kept.value().id.value}, upload.file_name});
    }
    const auto done = casework::answer_supplement(
        office(context),
        context.actor(),
        page.dossier.id,
        files,
        request.form.get("message"),
        once(request, context)
    );
    if (!done) return draw_act(page, supplement_form(page, request, {done.problem()}, context), context);
    auto response = web::see_other("/ho-so-cua-toi/" + page.dossier.code);
    say_next(response, "flash.supplement_sent");
    return response;
}

Result<web::Response> show_confirm(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    return draw_act(
        page,
        {.act = "confirm",
         .path = "ky-so",
         .fields = {},
         .pairs = casework::answer_values(page.answers, "", speech(context))},
        context
    );
}

Result<web::Response> confirm(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    TRY(casework::confirm_entry(office(context), context.actor(), page.dossier.id));
    auto response = web::see_other("/ho-so-cua-toi/" + page.dossier.code);
    say_next(response, "flash.entry_confirmed");
    return response;
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
                {"post", row.post},
                {"agency", row.agency},
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
