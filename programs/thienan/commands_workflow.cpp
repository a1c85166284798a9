#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <fstream>

#include "engine/base/vietnamese.h"
#include "engine/workflow/dmn.h"
#include "engine/workflow/layout.h"
#include "engine/workflow/model.h"
#include "engine/workflow/simulation.h"
#include "engine/workflow/step_table.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/folder.h"
#include "programs/thienan/pack_files.h"

/// workflow table, from-table, layout and simulate: about files of processes and the province's calendars and posts.
namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

/// The words and data of the province that the commands speak with.
struct Desk {
    fs::path root;
    text::Catalogue words;
    text::Language language;
    json::value posts;

    std::string say(std::string_view key, const json::value& values = {}) const
    {
        return words.say(key, language, values);
    }
    Outcome refused(const Problem& problem) const
    {
        return {exit_fault, words.sentence(problem, language) + "\n"};
    }
};

Result<Desk> open_desk(const Options& options)
{
    Desk desk{
        .root = TRY(packs_folder(options.packs)), .words = {}, .language = options.language, .posts = {}};
    desk.words = text::Catalogue::load(word_folders(desk.root));
    desk.posts = TRY(json::parse(read_text(desk.root / "province" / "posts.json")));
    return desk;
}

workflow::TableWords table_words(const Desk& desk)
{
    workflow::TableWords words{
        .say = [&desk](std::string_view key) { return desk.say(key); },
        .posts = {},
        .english = desk.language == text::Language::en};
    if (const auto* kinds = json::member(desk.posts, "post_kinds"); kinds != nullptr && kinds->is_array())
        for (const auto& kind : kinds->get_array()) {
            const auto* name = json::member(kind, "name");
            if (name == nullptr) continue;
            words.posts.push_back(
                {json::string_or(kind, "id"), json::string_or(*name, "vi"), json::string_or(*name, "en")}
            );
        }
    return words;
}

/// One line a finding, errors and warnings.
std::vector<std::string> told(const Desk& desk, const std::vector<workflow::Finding>& findings)
{
    std::vector<std::string> out;
    for (const auto& finding : findings) {
        const bool error = finding.severity == workflow::Finding::Severity::error;
        out.push_back(fmt::format(
            "{}:{}: {}{}{}{}",
            finding.file,
            finding.line,
            error ? "" : desk.say("program.check.warning") + " ",
            finding.element.empty() ? "" : finding.element + ": ",
            desk.words.sentence(finding.problem, desk.language),
            finding.path.empty() ? "" : fmt::format(" ({})", fmt::join(finding.path, " > "))
        ));
    }
    return out;
}

/// What stands below a table that is printed.
std::vector<std::string> remarks(const Desk& desk, const std::vector<workflow::Finding>& findings)
{
    std::vector<std::string> out;
    for (const auto& finding : findings)
        if (finding.severity == workflow::Finding::Severity::error)
            out.push_back(finding.element + ": " + desk.words.sentence(finding.problem, desk.language));
    return out;
}

Outcome not_found(const Desk& desk, const std::string& name)
{
    return {exit_usage, desk.say("program.no_such_file", json::object{{"name", name}}) + "\n"};
}

workflow::Vocabulary vocabulary_for(const fs::path& file)
{
    workflow::Vocabulary vocabulary;
    vocabulary.any_action = true;
    std::vector<std::pair<std::string, std::string>> tables;
    const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".dmn")
            tables.emplace_back(entry.path().filename().string(), read_text(entry.path()));
    if (!tables.empty()) vocabulary.decisions = workflow::Decisions::load(tables).decisions;
    return vocabulary;
}

/// A file as it is, or the process of the procedure of that name, its own or a shared one.
fs::path process_file(const Desk& desk, const std::string& name)
{
    constexpr std::string_view shared = "shared:";
    if (fs::is_regular_file(name)) return name;
    for (const auto& system : fs::directory_iterator(desk.root / "systems")) {
        const auto folder = system.path() / "procedures" / name;
        if (!fs::is_regular_file(folder / "procedure.json")) continue;
        const auto source = json::parse(read_text(folder / "procedure.json"));
        const auto* named = source ? json::find(source.value(), "/files/process") : nullptr;
        if (named == nullptr || !named->is_string()) continue;
        const std::string file(named->get_string());
        const auto path = file.starts_with(shared) ? desk.root / "systems/shared" / file.substr(shared.size())
                                                   : folder / file;
        if (fs::is_regular_file(path)) return fs::proximate(path);
    }
    return {};
}

/// The same process with the diagram this program draws.
Outcome layout(const Desk& desk, const Options& options)
{
    const auto file = process_file(desk, options.name);
    if (file.empty()) return not_found(desk, options.name);
    auto text = read_text(file);
    const auto loaded = workflow::Process::load(text, file.string(), vocabulary_for(file));
    if (!loaded.process)
        return {exit_fault, fmt::format("{}\n", fmt::join(told(desk, loaded.findings), "\n"))};
    constexpr std::string_view ends = "</bpmndi:BPMNDiagram>";
    if (const auto from = text.find("<bpmndi:BPMNDiagram"); from != std::string::npos)
        if (const auto to = text.find(ends, from); to != std::string::npos)
            text.erase(from, to + ends.size() - from);
    return {exit_well, workflow::with_diagram(text, loaded.process->model())};
}

Outcome table(const Desk& desk, const Options& options)
{
    const auto file = process_file(desk, options.name);
    if (file.empty()) return not_found(desk, options.name);
    const auto read = workflow::step_table_of(read_text(file), file.string(), vocabulary_for(file));
    const auto words = table_words(desk);
    if (options.html && !read.table.steps.empty())
        return {exit_well, workflow::html_of(read.table, words, remarks(desk, read.findings))};
    if (!read.good()) return {exit_fault, fmt::format("{}\n", fmt::join(told(desk, read.findings), "\n"))};
    return {exit_well, workflow::csv_of(read.table, words)};
}

Outcome from_table(const Desk& desk, const Options& options)
{
    if (!fs::is_regular_file(options.name)) return not_found(desk, options.name);
    const auto words = table_words(desk);
    auto read = workflow::read_step_table(read_text(options.name), options.name, words);
    if (read.good()) {
        auto made = workflow::bpmn_of(read.table, options.name, words);
        if (!made.xml.empty()) return {exit_well, made.xml};
        read.findings = std::move(made.findings);
    }
    return {exit_fault, fmt::format("{}\n", fmt::join(told(desk, read.findings), "\n"))};
}

Result<workflow::Scenario> scenario_for(
    const Options& options, const fs::path& file, const workflow::Model& model
)
{
    const auto beside = file.parent_path() / "simulation.json";
    const auto path = options.scenario.empty() && fs::exists(beside) ? beside : fs::path(options.scenario);
    const auto document = path.empty() ? json::value(json::object{}) : TRY(json::parse(read_text(path)));
    auto scenario = TRY(workflow::scenario_from(document, model));
    if (options.count > 0) {
        // Many more come than the file was written for: its staff is another's.
        if (options.scenario.empty() && options.count != scenario.cases) scenario.staff.clear();
        scenario.cases = options.count;
    }
    if (options.year > 0) scenario.year = options.year;
    if (options.seed >= 0) scenario.seed = std::uint64_t(options.seed);
    return scenario;
}

/// Rows of cells below each other, the first column to the left, figures to the right.
std::string columns(const std::vector<std::vector<std::string>>& rows)
{
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], letters(row[i]));
    }
    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string gap(widths[i] - letters(row[i]), ' ');
            out += i == 0 ? "  " + row[i] + gap : "  " + gap + row[i];
        }
        out += "\n";
    }
    return out;
}

std::string post_name(const Desk& desk, const std::string& kind)
{
    for (const auto& post : table_words(desk).posts)
        if (post.kind == kind) return desk.language == text::Language::en ? post.en : post.vi;
    return kind;
}

std::string figure(double v) { return fmt::format("{:.1f}", v); }

std::vector<std::vector<std::string>> post_rows(const Desk& desk, const workflow::SimulationReport& report)
{
    std::vector<std::vector<std::string>> rows{
        {desk.say("program.simulation.post"),
         desk.say("program.simulation.staff"),
         desk.say("program.simulation.tasks"),
         desk.say("program.simulation.busy"),
         desk.say("program.simulation.queue_mean"),
         desk.say("program.simulation.queue_max"),
         desk.say("program.simulation.wait_p50"),
         desk.say("program.simulation.wait_p95")}};
    for (const auto& post : report.posts)
        rows.push_back(
            {post_name(desk, post.post),
             fmt::format("{}", post.staff),
             fmt::format("{}", post.tasks),
             figure(post.busy_percent),
             figure(post.queue_mean),
             fmt::format("{}", post.queue_max),
             fmt::format("{}", post.wait_p50.count()),
             fmt::format("{}", post.wait_p95.count())}
        );
    return rows;
}

std::vector<std::vector<std::string>> step_rows(
    const Desk& desk, const workflow::Process& process, const workflow::SimulationReport& report
)
{
    std::vector<std::vector<std::string>> rows{
        {desk.say("program.simulation.step"),
         desk.say("program.simulation.done"),
         desk.say("program.simulation.minutes"),
         desk.say("program.simulation.late")}};
    for (const auto& step : report.steps) {
        const auto name = process.node_name(step.node);
        const double late = 100.0 * double(step.late) / double(std::max<std::int64_t>(step.done, 1));
        rows.push_back(
            {desk.language == text::Language::en ? name.en : name.vi,
             fmt::format("{}", step.done),
             figure(step.mean_minutes),
             step.limited ? figure(late) : "-"}
        );
    }
    return rows;
}

std::string report_text(
    const Desk& desk,
    const workflow::Process& process,
    const workflow::SimulationReport& report,
    const std::vector<workflow::OneMore>& more
)
{
    const bool english = desk.language == text::Language::en && !process.model().name_en.empty();
    auto out = desk.say(
        "program.simulation.summary",
        json::object{
            {"process", english ? process.model().name_en : process.name()},
            {"arrived", report.arrived},
            {"finished", report.finished},
            {"open", report.open},
            {"stuck", report.stuck},
            {"minutes", figure(report.mean_minutes)},
            {"late", figure(report.late_percent())},
            {"limited", report.limited},
            {"steps", report.steps_taken},
            {"computed", report.steps_computed}}
    );
    out += "\n\n" + columns(post_rows(desk, report)) + "\n" + columns(step_rows(desk, process, report));
    for (const auto& reason : report.reasons)
        out += fmt::format(
            "\n  {}: {} {}",
            reason.node,
            reason.cases,
            desk.words.sentence({.code = reason.code, .field = "", .law = ""}, desk.language)
        );
    if (!more.empty()) out += "\n" + desk.say("program.simulation.one_more") + "\n";
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : more)
        rows.push_back(
            {post_name(desk, one.post),
             desk.say(
                 "program.simulation.changes",
                 json::object{
                     {"late", figure(one.late_percent)},
                     {"by", fmt::format("{:+.1f}", one.late_percent - report.late_percent())},
                     {"minutes", figure(one.mean_minutes)}}
             )}
        );
    return out + columns(rows);
}

Outcome simulation(const Desk& desk, const Options& options)
{
    const auto file = process_file(desk, options.name);
    if (file.empty()) return not_found(desk, options.name);
    const auto loaded = workflow::Process::load(read_text(file), file.string(), vocabulary_for(file));
    if (!loaded.process)
        return {exit_fault, fmt::format("{}\n", fmt::join(told(desk, loaded.findings), "\n"))};
    const auto& process = *loaded.process;
    const auto calendars = json::parse(read_text(desk.root / "province" / "calendars.json"));
    if (!calendars) return desk.refused(calendars.problem());
    const auto asked = scenario_for(options, file, process.model());
    if (!asked) return desk.refused(asked.problem());
    const auto scenario = workflow::staffed(process, asked.value(), calendars.value());
    if (!scenario) return desk.refused(scenario.problem());
    const bool watched = isatty(STDERR_FILENO) == 1;
    const workflow::Progress tell = [&](int percent) {
        if (watched) fmt::print(stderr, "\r{} %{}", percent, percent == 100 ? "\r     \r" : "");
    };
    const auto report = workflow::simulate(process, scenario.value(), calendars.value(), tell);
    if (!report) return desk.refused(report.problem());
    const auto more = workflow::one_more(process, scenario.value(), calendars.value(), report.value());
    if (!more) return desk.refused(more.problem());
    if (options.as_json)
        return {exit_well, json::text_of(workflow::to_json(report.value(), more.value())) + "\n"};
    return {exit_well, report_text(desk, process, report.value(), more.value())};
}

}  // namespace

Outcome run_on_processes(const Options& options)
{
    const auto desk = open_desk(options);
    if (!desk) return refused_without_house(desk.problem(), options);
    if (options.command == "workflow table") return table(desk.value(), options);
    if (options.command == "workflow from-table") return from_table(desk.value(), options);
    if (options.command == "workflow layout") return layout(desk.value(), options);
    if (options.command == "workflow simulate") return simulation(desk.value(), options);
    return no_such_command(options);
}

}  // namespace thien_an::program
