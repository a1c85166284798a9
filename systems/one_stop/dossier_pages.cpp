#include "systems/one_stop/dossier_pages.h"

#include <algorithm>
#include <charconv>

#include "engine/casework/fee_explanation.h"
#include "engine/storage/files.h"
#include "engine/web/desk.h"
#include "engine/web/stored_source.h"
#include "engine/workflow/picture.h"

#include "systems/one_stop/act_form.h"
#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

using casework::DossierPage;
using casework::DossierState;
using casework::OpenTask;
using casework::Speech;

struct Picture {
    json::value svg;
    std::int64_t percent = 0;
    bool wide = false;  ///< Too wide to be read when it is fitted to the page: it is scrolled.
};
Picture picture_of(const DossierPage& page, const web::Context& context)
{
    const auto view = casework::process_view(
        office(context), context.actor(), page.dossier.id, text::code_of(context.language())
    );
    if (!view || view.value().svg.empty()) return {nullptr, 0, false};
    const auto& svg = view.value().svg;
    constexpr double fitted_max = 1400;
    return {
        text::trusted(text::Markup(svg)), workflow::here_percent(svg), workflow::width_of(svg) > fitted_max};
}

json::value due_values_of(const DossierPage& page, const web::Context& context, const Speech& say)
{
    return casework::due_values(
        {.due = casework::next_deadline(page.dossier),
         .minutes_left = page.minutes_left,
         .suspended = page.suspended,
         .closed = casework::is_closed(page.dossier.state)},
        context.now(),
        say
    );
}

/// Of the time between receipt and due day, or between filing and the answer to it, how much has gone by.
std::int64_t percent_gone(const DossierPage& page, Instant now)
{
    const auto until = casework::next_deadline(page.dossier);
    const auto from = page.dossier.received_on.value_or(page.dossier.filed_on);
    if (!until || *until <= from) return 100;
    return std::clamp<std::int64_t>((now - from).count() * 100 / (*until - from).count(), 0, 100);
}

json::value clock_of(const DossierPage& page, const web::Context& context, const Speech& say)
{
    const auto due = due_values_of(page, context, say);
    if (due.is_null()) return nullptr;
    std::string until = say.say("one_stop.dossier.clock_stands");
    if (const auto next = casework::next_deadline(page.dossier))
        until = say.say(
            page.dossier.state == DossierState::filed ? "one_stop.dossier.answer_by"
                                                      : "one_stop.dossier.until",
            json::object{{"at", casework::due_at(*next, context.now(), say)}}
        );
    return json::object{
        {"kind", due.at("kind")},
        {"left", due.at("text")},
        {"until", until},
        {"percent", percent_gone(page, context.now())}};
}

json::object action(std::string href, std::string text, bool bad = false)
{
    return {{"href", std::move(href)}, {"text", std::move(text)}, {"bad", bad}};
}

std::string outcome_address(const DossierPage& page, const OpenTask& task, const casework::Outcome& outcome)
{
    return dossier_address(page.dossier.code, "viec/" + text_of(task.id) + "/" + outcome.id);
}

/// What may be done now: the main thing, the others, and the buttons that act at once.
struct Actions {
    json::value main = nullptr;
    json::array others;
    json::array at_once;  ///< (action, text)
};

void add_outcomes(Actions& actions, const DossierPage& page, const OpenTask& task, const Speech& say)
{
    for (const auto& outcome : task.outcomes) {
        const auto href = outcome_address(page, task, outcome);
        if (actions.main.is_null() && outcome.style != "refuse")
            actions.main = json::object{{"href", href}, {"icon", "check"}, {"text", say.in(outcome.name)}};
        else
            actions.others.push_back(action(href, say.in(outcome.name), outcome.style == "refuse"));
    }
}

void add_claim(Actions& actions, const DossierPage& page, const OpenTask& task, const Speech& say)
{
    const bool held = !task.holder.empty();
    const std::string path = (held ? "tra-viec/" : "nhan-viec/") + text_of(task.id);
    actions.at_once.push_back(json::object{
        {"action", dossier_address(page.dossier.code, path)},
        {"text", say.say(held ? "one_stop.task.release" : "one_stop.task.claim")}});
}

/// A task of the reader that ends with a pre-printed form: the paper is printed onto it first.
bool prints_on_form(const DossierPage& page)
{
    return std::any_of(page.tasks.begin(), page.tasks.end(), [](const OpenTask& task) {
        return task.may_act && task.uses_blank;
    });
}

Actions actions_of(const DossierPage& page, const web::Context& context, const Speech& say)
{
    Actions actions;
    const auto here = [&](std::string_view rest) { return dossier_address(page.dossier.code, rest); };
    for (const auto& task : page.tasks) {
        if (ways_for_task(task, context).empty()) continue;
        add_outcomes(actions, page, task, say);
        if (task.may_act) add_claim(actions, page, task, say);
    }
    if (prints_on_form(page) && context.may("registers.enter")) {
        // First it is printed, then the form it was printed on is booked.
        if (!actions.main.is_null())
            actions.others.insert(
                actions.others.begin(),
                action(
                    std::string(actions.main.at("href").as_string()),
                    std::string(actions.main.at("text").as_string())
                )
            );
        actions.main = json::object{
            {"href", here("in-phoi")},
            {"icon", "print"},
            {"text", say.say("one_stop.dossier.print_on_form")}};
    }
    if (page.can_reassign)
        for (const auto& task : page.tasks)
            actions.others.push_back(action(here("chuyen/" + text_of(task.id)), say.say("one_stop.task.give"))
            );
    if (page.fee_due && context.may("payments.take"))
        actions.others.push_back(action(here("thu-phi"), say.say("one_stop.payment.title")));
    if (page.can_apologise)
        actions.others.push_back(action(here("xin-loi"), say.say("one_stop.apology.title")));
    if (page.dossier.channel == "counter" && !casework::is_closed(page.dossier.state) &&
        context.may("dossiers.file_at_counter"))
        actions.others.push_back(action(here("rut"), say.say("one_stop.withdraw.title"), true));
    return actions;
}

/// Who has the dossier when it is not the reader's turn.
json::value waiting_of(const DossierPage& page, const Actions& actions, const Speech& say)
{
    if (!actions.main.is_null()) return nullptr;
    const auto state = page.dossier.state;
    if (state == DossierState::awaiting_supplement)
        return json::value(say.say("one_stop.dossier.waiting_applicant"));
    if (casework::is_closed(state))
        return json::value(say.say("dossier.state." + std::string(casework::name_of(state))));
    if (page.tasks.empty()) return json::value(say.say("one_stop.dossier.waiting_machine"));
    const auto& task = page.tasks.front();
    if (task.holder.empty())
        return json::value(say.say("one_stop.dossier.waiting_step", json::object{{"step", say.in(task.name)}})
        );
    return json::value(say.say("one_stop.dossier.waiting_holder", json::object{{"who", task.holder}}));
}

std::string step_title(const DossierPage& page, const Speech& say)
{
    std::string title;
    for (const auto& task : page.tasks) title += (title.empty() ? "" : ", ") + say.in(task.name);
    return title.empty() ? say.say("dossier.state." + std::string(casework::name_of(page.dossier.state)))
                         : title;
}

Problem told(const casework::Warning& warning)
{
    return {.code = warning.code, .field = warning.field, .law = warning.law, .words = warning.words};
}

json::array alerts_of(const DossierPage& page, const Actions& actions, const web::Context& context)
{
    json::array alerts;
    if (page.hidden)
        alerts.push_back(json::object{
            {"kind", "info"},
            {"icon", "lock"},
            {"text", context.say("one_stop.dossier.hidden")},
            {"href", nullptr},
            {"link", nullptr}});
    for (const auto& warning : page.warnings) {
        json::value href = nullptr;
        json::value link = nullptr;
        // A warning with entries beside it has a page that compares them.
        if (warning.detail.contains("entries")) {
            href = dossier_address(page.dossier.code, "trung");
            link = context.say("one_stop.dossier.compare");
        } else if (actions.main.is_object() && warning.field.empty()) {
            href = actions.main.at("href");
            link = actions.main.at("text");
        }
        alerts.push_back(json::object{
            {"kind", "warn"},
            {"icon", "alert"},
            {"text", context.sentence(told(warning))},
            {"href", std::move(href)},
            {"link", std::move(link)}});
    }
    return alerts;
}

/// Answers with what the rules found beside them.
json::array sections_of(const DossierPage& page, const web::Context& context, const Speech& say)
{
    return casework::section_values(page.answers, say, [&](const casework::AnswerRow& answer) {
        auto pair = casework::pair_values(say.in(answer.title), answer.value);
        for (const auto& warning : page.warnings)
            if (!warning.field.empty() && warning.field == answer.pointer)
                pair["check"] = json::object{
                    {"kind", "warn"}, {"icon", "alert"}, {"text", context.sentence(told(warning))}};
        return pair;
    });
}

std::string fee_of(const DossierPage& page, const Speech& say)
{
    if (page.dossier.fee.amount == 0) return say.say("one_stop.dossier.fee_free");
    const json::object words{{"fee", shown(page.dossier.fee)}};
    return say.say(page.fee_due ? "one_stop.dossier.fee_due" : "one_stop.dossier.fee_paid", words);
}

bool has_masked(const DossierPage& page)
{
    return std::any_of(page.answers.begin(), page.answers.end(), [](const auto& one) { return one.masked; });
}

web::Response draw_reveal(
    const DossierPage& page, const std::string& reason, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/reason");
    return draw_act(
        {.title = say.say("one_stop.reveal.title"),
         .subtitle = short_name(page, context),
         .back = dossier_address(page.dossier.code),
         .back_text = page.dossier.code,
         .action = dossier_address(page.dossier.code, "hien"),
         .submit = say.say("one_stop.reveal.submit"),
         .fields = {casework::area_field(
             {.name = "reason",
              .label = say.say("one_stop.reveal.reason"),
              .hint = say.say("one_stop.reveal.hint"),
              .error = error_at(problems, "/reason", context),
              .value = reason,
              .length_max = 500},
             2
         )},
         .notes = {note("info", "info", say.say("one_stop.reveal.note"))},
         .problems = problems},
        context
    );
}

}  // namespace

Result<DossierPage> open(const web::Request& request, web::Context& context)
{
    return casework::open_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    );
}

std::vector<Way> ways_for_task(const OpenTask& task, const web::Context& context)
{
    std::vector<Way> ways;
    for (const auto& way : ways_to_act(context)) {
        const auto actor = acting_in(context, way);
        const auto same = casework::find_task(office(context), actor, task.id);
        // Somebody who acts for another one is no candidate himself.
        if (same && same.value().may_act) ways.push_back(way);
    }
    return ways;
}

std::string short_name(const DossierPage& page, const web::Context& context)
{
    const auto say = speech(context);
    const auto& name = say.in(page.procedure_name);
    return page.dossier.code + ", " + (page.dossier.subject.empty() ? name : page.dossier.subject);
}

Result<web::Response> show_dossier(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto say = speech(context);
    const auto here = [&](std::string_view rest) { return dossier_address(page.dossier.code, rest); };
    auto actions = actions_of(page, context, say);
    const auto& name = say.in(page.procedure_name);
    auto picture = picture_of(page, context);
    const bool works = !casework::is_closed(page.dossier.state);
    json::object values{
        {"back", json::object{{"href", "/ban-lam-viec"}, {"text", say.say("one_stop.queue.mine")}}},
        {"title", page.dossier.subject.empty() ? name : name + ": " + page.dossier.subject},
        {"applicant",
         page.dossier.applicant_name.empty()
             ? say.say("one_stop.dossier.protected")
             : say.say("one_stop.dossier.applicant", json::object{{"name", page.dossier.applicant_name}})},
        {"code", page.dossier.code},
        {"state", casework::state_values(page.dossier.state, say)},
        {"clock", clock_of(page, context, say)},
        {"acting",
         actions.main.is_null() ? json::value(nullptr)
                                : text_or_null(post_title(context, context.actor().post))},
        {"waiting", waiting_of(page, actions, say)},
        {"alerts", alerts_of(page, actions, context)},
        {"step_title", step_title(page, say)},
        {"picture", std::move(picture.svg)},
        {"picture_here_percent", picture.percent},
        {"picture_wide", picture.wide},
        {"picture_href", here("so-do")},
        {"sections", sections_of(page, context, say)},
        {"checked_at", nullptr},
        {"unmask_href", has_masked(page) ? json::value(here("hien")) : json::value(nullptr)},
        {"events", casework::timeline_values(page.timeline, say, false)},
        {"note_href", works ? json::value(here("y-kien")) : json::value(nullptr)},
        {"papers", casework::paper_values(page.papers, here("giay") + "/", say)},
        {"attach_href", works ? json::value(here("quet")) : json::value(nullptr)},
        {"fee", fee_of(page, say)},
        {"fee_href", page.dossier.received_on ? json::value(here("le-phi")) : json::value(nullptr)}};
    values["main_action"] = std::move(actions.main);
    values["actions"] = std::move(actions.others);
    values["buttons"] = std::move(actions.at_once);
    return web::render_desk(context, "one_stop/dossier", std::move(values));
}

Result<web::Response> show_picture(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto say = speech(context);
    auto picture = picture_of(page, context);
    return web::render_desk(
        context,
        "one_stop/process",
        {{"code", page.dossier.code},
         {"title", say.in(page.procedure_name)},
         {"picture", std::move(picture.svg)},
         {"picture_here_percent", picture.percent},
         {"picture_wide", picture.wide},
         {"events", casework::timeline_values(page.timeline, say, false)}}
    );
}

Result<web::Response> show_fee(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto say = speech(context);
    const auto found = office(context).database.read([&](storage::Reader& db) {
        return casework::explain_fee(office(context), db, page.dossier);
    });
    json::object values{
        {"code", page.dossier.code}, {"title", say.in(page.procedure_name)}, {"known", found.has_value()}};
    if (found) {
        json::array inputs;
        for (const auto& input : found->inputs)
            inputs.push_back(json::object{{"label", input.label}, {"value", say.in(input.value)}});
        json::array used;
        json::array rules;
        for (const auto& rule : found->rules) {
            json::array cells;
            for (std::size_t i = 0; i < rule.cells.size(); ++i)
                cells.push_back(json::object{{"label", found->columns.at(i)}, {"text", say.in(rule.cells[i])}}
                );
            if (rule.matched) used.push_back(json::value(rule.description));
            rules.push_back(json::object{
                {"used", rule.matched}, {"cells", std::move(cells)}, {"description", rule.description}});
        }
        values["amount"] = shown(found->amount);
        values["reason"] = say.in(found->reason);
        values["at"] = shown(found->at);
        values["law"] = found->law;
        values["inputs"] = std::move(inputs);
        values["rules_used"] = std::move(used);
        values["columns"] = boost::json::value_from(found->columns);
        values["rules"] = std::move(rules);
    }
    return web::render_desk(context, "one_stop/fee", std::move(values));
}

Result<web::Response> send_paper(const web::Request& request, web::Context& context)
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

Result<web::Response> show_reveal(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    return draw_reveal(page, "", {}, context);
}

Result<web::Response> reveal(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto say = speech(context);
    const auto reason = request.form.get("reason");
    const auto clear = casework::reveal_answers(
        office(context), context.actor(), page.dossier.id, reason, text::code_of(context.language())
    );
    if (!clear) return draw_reveal(page, reason, {clear.problem()}, context);
    return web::render_desk(
        context,
        "one_stop/revealed",
        {{"title", say.say("one_stop.reveal.shown")},
         {"code", page.dossier.code},
         {"reason", reason},
         {"sections", casework::section_values(clear.value(), say)}}
    );
}

}  // namespace thien_an::one_stop
