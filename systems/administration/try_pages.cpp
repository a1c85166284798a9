#include "systems/administration/try_pages.h"

#include <algorithm>

#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/identity/posts.h"
#include "engine/workflow/picture.h"
#include "engine/workflow/try_out.h"

#include "systems/administration/pack_review.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

using workflow::TryAct;

constexpr std::size_t acts_max = 500;
constexpr std::size_t lines_shown = 60;
const std::string path = "/ban-lam-viec/goi";

/// All a try is: the page carries it, the server keeps nothing.
struct Asked {
    std::string content;  ///< The process; empty: the version in force.
    std::string start;
    std::string data;  ///< JSON: what the host's names and the actions give.
    std::vector<TryAct> acts;
    std::vector<Problem> problems;
};

std::string process_in_force(const std::string& name, const web::Context& context)
{
    const auto files = files_in_force(name, context);
    for (const auto& [file, content] : files)
        if (file.ends_with(".bpmn")) return content;
    return "";
}

/// What is tried with when nobody says otherwise: one post of each kind, nothing known of the dossier.
std::string first_data()
{
    return "{\n  \"names\": {\"form\": {}, \"dossier\": {\"channel\": \"counter\"}, \"law\": "
           "{\"supplement_verb\": "
           "\"restart\", \"original\": \"electronic\", \"personal_number_connected\": false}},\n  "
           "\"actions\": {}\n}";
}

Result<TryAct> act_named(std::string_view text)
{
    std::vector<std::string> parts;
    while (true) {
        const auto end = std::min(text.find(':'), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size()) break;
        text.remove_prefix(end + 1);
    }
    parts.resize(3);
    json::object row{{"do", parts[0]}};
    if (parts[0] == "pass")
        row["time"] = parts[1];
    else
        row["node"] = parts[1];
    if (!parts[2].empty()) row["outcome"] = parts[2];
    return workflow::try_act_from(json::value(row));
}

std::string acts_text(const std::vector<TryAct>& acts)
{
    json::array out;
    for (const auto& act : acts) out.push_back(to_json(act));
    return json::text_of(out);
}

Asked asked_in(const web::Request& request, const web::Context& context)
{
    Asked out{
        .content = request.form.get("content"),
        .start = request.form.get("start"),
        .data = request.form.get("data"),
        .acts = {},
        .problems = {}};
    if (out.start.empty())
        out.start = iso(context.now()).substr(0, std::string_view("2026-07-01T08:00").size());
    if (out.data.empty()) out.data = first_data();
    const auto kept = json::parse(request.form.get("acts", "[]"));
    if (kept && kept.value().is_array())
        for (const auto& row : kept.value().get_array())
            if (const auto act = workflow::try_act_from(row); act && out.acts.size() < acts_max)
                out.acts.push_back(act.value());
    const auto what = request.form.get("do");
    if (what == "restart") out.acts.clear();
    if (what == "undo" && !out.acts.empty()) out.acts.pop_back();
    if (what.empty() || what == "restart" || what == "undo" || what == "again") return out;
    if (const auto act = act_named(what); !act)
        out.problems.push_back(act.problem());
    else if (out.acts.size() < acts_max)
        out.acts.push_back(act.value());
    return out;
}

json::object posts_for_try(const web::Context& context)
{
    json::object posts;
    std::int64_t number = 0;
    context.database().read([&](storage::Reader& db) {
        for (const auto& kind : identity::post_kind_ids(db, context.today()))
            posts[kind] = json::array{json::value(std::to_string(++number))};
    });
    return posts;
}

struct Ran {
    workflow::TryOut out;
    std::shared_ptr<const workflow::Process> process;
};

std::optional<workflow::Budget> limit_of(const std::string& name, Day day, const web::Context& context)
{
    const auto procedure = context.use<casework::Office>().packs.procedure(name);
    const auto limit = procedure ? procedure->time_limit(day) : std::nullopt;
    if (!limit) return std::nullopt;
    const auto budget = workflow::parse_budget(limit->budget);
    return budget ? std::optional(budget.value()) : std::nullopt;
}

/// Nothing, with problems, when the process or the data cannot be read.
std::optional<Ran> ran(const std::string& name, Asked& asked, const web::Context& context)
{
    const auto xml = asked.content.empty() ? process_in_force(name, context) : asked.content;
    workflow::Vocabulary vocabulary;
    vocabulary.any_action = true;
    vocabulary.prove = false;
    const auto procedure = context.use<casework::Office>().packs.procedure(name);
    if (procedure) vocabulary.decisions = procedure->decisions();
    auto loaded = workflow::Process::load(xml, "process.bpmn", vocabulary);
    if (!loaded.process) {
        for (const auto& finding : loaded.findings)
            if (finding.severity == workflow::Finding::Severity::error)
                asked.problems.push_back(finding.problem);
        return std::nullopt;
    }
    const auto data = json::parse(asked.data);
    if (!data || !data.value().is_object()) {
        auto problem =
            data ? Problem{.code = "administration.try.bad_data", .field = "", .law = ""} : data.problem();
        problem.field = "/data";
        asked.problems.push_back(std::move(problem));
        return std::nullopt;
    }
    const auto start = parse_instant(asked.start);
    if (!start) {
        auto problem = start.problem();
        problem.field = "/start";
        asked.problems.push_back(std::move(problem));
        return std::nullopt;
    }
    workflow::TrySetting setting{
        .process = *loaded.process,
        .calendar = context.use<casework::Office>().settings.calendar("counted"),
        .start = start.value(),
        .names = {},
        .answers = {},
        .limit = limit_of(name, day_of(start.value()), context),
        .limit_starts = "casework.receive"};
    if (const auto* names = json::member(data.value(), "names"); names != nullptr && names->is_object())
        setting.names = names->get_object();
    if (!setting.names.contains("posts")) setting.names["posts"] = posts_for_try(context);
    setting.names["today"] = iso(day_of(start.value()));
    if (const auto* actions = json::member(data.value(), "actions");
        actions != nullptr && actions->is_object())
        for (const auto& [action, answer] : actions->get_object())
            if (answer.is_object()) setting.answers[std::string(action)] = answer.get_object();
    auto out = workflow::try_out(setting, asked.acts);
    if (out.refused) {
        asked.problems.push_back(*out.refused);
        if (!asked.acts.empty()) asked.acts.pop_back();
    }
    return Ran{std::move(out), loaded.process};
}

std::string node_words(const workflow::Process& process, const std::string& node, const web::Context& context)
{
    const auto label = process.node_name(node);
    const auto text = in(context, label.vi, label.en);
    return text.empty() ? node : text;
}

/// The buttons of what waits.
json::array choices_of(
    const workflow::TryWait& wait, const workflow::Process& process, const web::Context& context
)
{
    json::array out;
    const auto button = [&](std::string act, std::string text) {
        out.push_back(json::object{{"act", std::move(act)}, {"text", std::move(text)}});
    };
    if (wait.what == "task")
        for (const auto& outcome : process.outcomes(wait.node))
            button("complete:" + wait.node + ":" + outcome.name, in(context, outcome.vi, outcome.en));
    if (wait.what == "message" || wait.what == "signal")
        button("message:" + wait.node, context.say("administration.try.comes"));
    if (wait.what == "timer") button("timer:" + wait.node, context.say("administration.try.let_pass"));
    if (wait.what == "call" || wait.what == "process") {
        button("answer:" + wait.node, context.say("administration.try.answers"));
        button("fail:" + wait.node + ":failed", context.say("administration.try.fails"));
    }
    return out;
}

json::array wait_values(const Ran& ran, const web::Context& context)
{
    json::array values;
    for (const auto& wait : ran.out.waits)
        values.push_back(json::object{
            {"what", context.say("administration.try.wait_" + wait.what)},
            {"name", node_words(*ran.process, wait.node, context)},
            {"detail", wait.name},
            {"due", wait.due ? json::value(shown(*wait.due)) : json::value(nullptr)},
            {"choices", choices_of(wait, *ran.process, context)}});
    return values;
}

json::array line_values(const Ran& ran, const web::Context& context)
{
    json::array values;
    const auto& lines = ran.out.lines;
    const auto from = lines.size() > lines_shown ? lines.size() - lines_shown : 0;
    for (std::size_t i = lines.size(); i > from; --i) {
        const auto& line = lines[i - 1];
        values.push_back(json::object{
            {"at", shown(line.at)},
            {"what", context.say("administration.try.line_" + line.what)},
            {"node", line.node.empty() ? "" : node_words(*ran.process, line.node, context)},
            {"text", line.what == "clock" ? context.say("administration.try.clock_" + line.text) : line.text},
            {"bad", line.what == "stuck"}});
    }
    return values;
}

Picture picture_of(const Ran& ran, const web::Context& context)
{
    const auto svg = workflow::picture(
        *ran.process,
        ran.out.at,
        {.done = context.say("workflow.picture.done", {{"names", "{names}"}}),
         .here = context.say("workflow.picture.here", {{"names", "{names}"}}),
         .to_come = context.say("workflow.picture.to_come", {{"names", "{names}"}}),
         .english = context.language() == text::Language::en},
        "thu"
    );
    return picture_values(svg);
}

web::Response draw(const web::Request& request, Asked asked, const web::Context& context)
{
    const auto& name = request.value("name");
    const auto result = ran(name, asked, context);
    const auto problems = std::move(asked.problems);
    const auto procedure = context.use<casework::Office>().packs.procedure(name);
    json::array fields{
        casework::text_field(
            {.name = "start",
             .label = context.say("administration.try.start"),
             .hint = context.say("administration.try.start_hint"),
             .error = error_at(problems, "/start", context),
             .value = asked.start,
             .narrow = true}
        ),
        casework::area_field(
            {.name = "data",
             .label = context.say("administration.try.data"),
             .hint = context.say("administration.try.data_hint"),
             .error = error_at(problems, "/data", context),
             .value = asked.data,
             .length_max = 20000}
        )};
    auto picture = result ? picture_of(*result, context) : Picture{};
    return web::render_desk(
        context,
        "administration/try",
        {{"name", procedure ? speech(context).in(procedure->name()) : name},
         {"back", path + "/" + name},
         {"action", path + "/" + name + "/thu"},
         {"content", asked.content},
         {"acts", acts_text(asked.acts)},
         {"can_undo", !asked.acts.empty()},
         {"error_summary", casework::error_summary({}, problems, speech(context))},
         {"fields", std::move(fields)},
         {"runs", result.has_value()},
         {"ended", result && result->out.ended},
         {"now", result ? shown(result->out.now) : ""},
         {"due", result && result->out.due ? json::value(shown(*result->out.due)) : json::value(nullptr)},
         {"waits", result ? wait_values(*result, context) : json::array{}},
         {"lines", result ? line_values(*result, context) : json::array{}},
         {"variables", result ? json::text_of(result->out.variables) : ""},
         {"picture", std::move(picture.svg)},
         {"picture_wide", picture.wide},
         {"picture_here_percent", picture.percent}},
        problems.empty() ? 200 : 422
    );
}

}  // namespace

Result<web::Response> show_try(const web::Request& request, web::Context& context)
{
    if (process_in_force(request.value("name"), context).empty())
        return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    return draw(request, asked_in(request, context), context);
}

Result<web::Response> do_try(const web::Request& request, web::Context& context)
{
    if (process_in_force(request.value("name"), context).empty())
        return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    return draw(request, asked_in(request, context), context);
}

}  // namespace thien_an::administration
