#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "engine/base/xml.h"
#include "engine/casework/case_runner.h"
#include "engine/casework/packs.h"
#include "engine/casework/procedure.h"
#include "engine/casework/province_files.h"
#include "engine/casework/shared_files.h"
#include "engine/registers/register.h"
#include "engine/workflow/check.h"

#include "systems/justice/case_services.h"
#include "systems/justice/parts.h"
#include "systems/justice/secured_case_services.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/folder.h"
#include "programs/thienan/pack_files.h"
#include "programs/thienan/registry.h"

namespace thien_an {
std::vector<storage::Migration> all_migrations();
}

/// check, cases, where and routes: about the data packs and the program alone, no data folder.
namespace thien_an::program {
namespace {

namespace fs = std::filesystem;

/// The packs as a program without database knows them.
struct Shelf {
    fs::path root;
    text::Catalogue words;
    std::unique_ptr<casework::ProvinceFiles> province;
    casework::RuleBook rules;
    casework::Actions actions;
    casework::Known known;
};

Result<std::unique_ptr<Shelf>> open_shelf(const Options& options)
{
    auto shelf = std::make_unique<Shelf>();
    shelf->root = TRY(packs_folder(options.packs));
    shelf->words = text::Catalogue::load(word_folders(shelf->root));
    shelf->province = TRY(casework::ProvinceFiles::load(shelf->root));
    add_rules(shelf->rules);
    add_actions(shelf->actions);
    shelf->known = {
        .rules = shelf->rules.names(),
        .actions = shelf->actions.names(),
        .registers = register_names(shelf->root),
        .codes = shelf->province.get()};
    return shelf;
}

/// Folders with `file` at or below `path`.
void find_folders(const fs::path& path, std::string_view file, std::set<fs::path>& found)
{
    if (fs::is_regular_file(path)) return find_folders(path.parent_path(), file, found);
    if (!fs::is_directory(path)) return;
    if (fs::exists(path / file)) found.insert(path);
    for (const auto& entry : fs::recursive_directory_iterator(path))
        if (entry.is_regular_file() && entry.path().filename() == file)
            found.insert(entry.path().parent_path());
}

std::set<fs::path> folders(const Shelf& shelf, const Options& options, std::string_view file)
{
    std::set<fs::path> found;
    if (options.words.empty()) find_folders(shelf.root / "systems", file, found);
    for (const auto& path : options.words) find_folders(path, file, found);
    return found;
}

std::string reason_of(const Shelf& shelf, const Problem& problem)
{
    return shelf.words.sentence(problem, text::Language::vi);
}

/// With what it shares with others, as the program takes it in.
casework::ReadFolder whole_folder(const Shelf& shelf, const fs::path& folder)
{
    return casework::read_folder(folder, shelf.root / "systems/shared");
}

/// Faults of one register folder, written out.
int check_register(const Shelf& shelf, const fs::path& folder, std::string& out)
{
    const auto file = folder / "register.json";
    const auto read = whole_folder(shelf, folder);
    const auto source = json::parse(read.files.at("register.json"));
    const auto problem = [&]() -> std::optional<Problem> {
        if (!read.faults.empty()) return read.faults.front().problem;
        if (!source) return source.problem();
        const auto loaded = registers::load_register(source.value());
        if (!loaded) return loaded.problem();
        return std::nullopt;
    }();
    if (!problem) return 0;
    out += fmt::format("{}: {} {}\n", file.string(), reason_of(shelf, *problem), problem->field);
    return 1;
}

int check_procedure(const Shelf& shelf, const fs::path& folder, std::string& out)
{
    auto read = whole_folder(shelf, folder);
    auto faults = std::move(read.faults);
    if (faults.empty()) faults = casework::Procedure::load(read.files, shelf.known).faults;
    for (const auto& fault : faults)
        out += fmt::format(
            "{}:{}: {}\n", (folder / fault.file).string(), fault.line, reason_of(shelf, fault.problem)
        );
    return int(faults.size());
}

/// A process or decisions by themselves, as any tool may have written them.
bool is_model(const fs::path& path)
{
    return fs::is_regular_file(path) && (path.extension() == ".bpmn" || path.extension() == ".dmn");
}

/// Errors of one file, written out with its warnings; a counterexample as the steps that lead there.
int check_model(const Shelf& shelf, const fs::path& file, text::Language language, std::string& out)
{
    int errors = 0;
    const bool fits = fs::file_size(file) <= xml::Limits{}.bytes_max;  // What is too large is not even read.
    const auto findings =
        fits ? workflow::check_file(file.string(), read_text(file))
             : std::vector{
                   workflow::unreadable(file.string(), {.code = "xml.too_large", .field = "", .law = ""})};
    for (const auto& finding : findings) {
        const bool error = finding.severity == workflow::Finding::Severity::error;
        errors += error;
        out += fmt::format(
            "{}:{}: {}{}{}{}\n",
            finding.file,
            finding.line,
            error ? "" : shelf.words.say("program.check.warning", language) + " ",
            finding.element.empty() ? "" : finding.element + ": ",
            shelf.words.sentence(finding.problem, language),
            finding.path.empty() ? "" : fmt::format(" ({})", fmt::join(finding.path, " > "))
        );
    }
    return errors;
}

Outcome check(const Options& options)
{
    const auto shelf = open_shelf(options);
    if (!shelf) return refused_without_house(shelf.problem(), options);
    std::string out;
    int faults = 0;
    const auto procedures = folders(*shelf.value(), options, "procedure.json");
    const auto registers = folders(*shelf.value(), options, "register.json");
    std::vector<fs::path> models;
    for (const auto& path : options.words)
        if (is_model(path)) models.emplace_back(path);
    if (procedures.empty() && registers.empty() && models.empty())
        return {2, shelf.value()->words.say("program.check.nothing", options.language) + "\n"};
    int bad = 0;
    for (const auto& file : models) {
        const int found = check_model(*shelf.value(), file, options.language, out);
        faults += found;
        bad += found > 0;
    }
    for (const auto& folder : procedures) {
        const int found = check_procedure(*shelf.value(), folder, out);
        faults += found;
        bad += found > 0;
    }
    for (const auto& folder : registers) {
        const int found = check_register(*shelf.value(), folder, out);
        faults += found;
        bad += found > 0;
    }
    const int all = int(procedures.size() + registers.size() + models.size());
    out += fmt::format("{} folders, {} faults\n{} passed, {} failed\n", all, faults, all - bad, bad);
    return {faults == 0 ? 0 : 1, out};
}

/// The lines about one procedure: folder, rules, register, addresses, cases.
std::string whereabouts(const Shelf& shelf, const fs::path& folder)
{
    const auto loaded = casework::Procedure::load(whole_folder(shelf, folder).files, shelf.known);
    const auto source = json::parse(read_text(folder / "procedure.json"));
    const auto relative = fs::relative(folder, shelf.root).string();
    std::string out = fmt::format(
        "{}\n  folder    {}\n", json::string_or(*json::member(source.value(), "name"), "vi"), relative
    );
    const auto page = json::string_or(source.value(), "page");
    if (!page.empty()) out += fmt::format("  pages     /thu-tuc/{0}  /nop/{0}\n", page);
    if (const auto* rules = json::member(source.value(), "rules"); rules != nullptr)
        out += fmt::format("  rules     {}\n", json::text_of(*rules));
    const auto system = folder.parent_path().parent_path();
    if (fs::exists(system / "registers"))
        for (const auto& reg : fs::directory_iterator(system / "registers"))
            out += fmt::format("  register  {}\n", fs::relative(reg.path(), shelf.root).string());
    if (fs::exists(folder / "cases")) {
        const auto count = std::count_if(fs::directory_iterator(folder / "cases"), {}, [](const auto& entry) {
            return entry.path().extension() == ".case";
        });
        out += fmt::format("  cases     {} in {}/cases\n", count, relative);
    }
    return out;
}

Outcome where(const Options& options)
{
    const auto shelf = open_shelf(options);
    if (!shelf) return refused_without_house(shelf.problem(), options);
    const std::string wanted = folded(fmt::format("{}", fmt::join(options.words, " ")));
    std::vector<std::pair<std::size_t, fs::path>> hits;
    for (const auto& folder : folders(*shelf.value(), {}, "procedure.json")) {
        const auto source = json::parse(read_text(folder / "procedure.json"));
        if (!source) continue;
        const auto* name = json::member(source.value(), "name");
        const auto text = name == nullptr ? std::string() : folded(json::string_or(*name, "vi"));
        const auto keywords = json::member(source.value(), "keywords");
        const auto all = text + " " + (keywords == nullptr ? "" : folded(json::text_of(*keywords)));
        if (all.find(wanted) == std::string::npos) continue;
        // A name that is little more than the words comes first.
        hits.emplace_back(text.find(wanted) == std::string::npos ? 1000 : text.size(), folder);
    }
    std::sort(hits.begin(), hits.end());
    std::string out;
    constexpr std::size_t shown_max = 5;
    for (std::size_t i = 0; i < std::min(hits.size(), shown_max); ++i)
        out += whereabouts(*shelf.value(), hits[i].second);
    if (hits.empty()) return {1, "nothing found\n"};
    return {0, out};
}

/// An empty folder that goes with everything in it.
class Scratch {
public:
    Scratch()
    {
        std::string name = (fs::temp_directory_path() / "thienan-cases-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no room for a scratch folder");
        path_ = name;
    }
    ~Scratch() { fs::remove_all(path_); }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

Outcome cases(const Options& options)
{
    const auto root = packs_folder(options.packs);
    if (!root) return refused_without_house(root.problem(), options);
    const Scratch scratch;
    civil_status::PopulationSimulator population;
    civil_status::LinkedSimulator linked;
    justice::CorrespondentSimulator outside;
    justice::CaseRegister secured;
    casework::CaseSetup setup{
        .root = root.value(),
        .scratch = scratch.path(),
        .migrations = all_migrations(),
        .add_rules = add_rules,
        .add_actions = add_system_actions,
        .add_handlers =
            [&](casework::Office& office, storage::OutboxHandlers& handlers) {
                add_handlers(office, population, linked, handlers);
                justice::add_handlers(office, outside, handlers);
            },
        .services = {
            {"population",
             {.outbox_kind = civil_status::personal_number_kind,
              .answer_next =
                  [&](const std::optional<std::string>& number) {
                      if (number)
                          population.answer_next(*number);
                      else
                          population.fail_next(storage::Sent::Outcome::retry);
                  }}},
            {"residence",
             {civil_status::linked_part_kind,
              [&](const std::optional<std::string>& answer) {
                  civil_status::answer_example(linked, "residence", answer);
              }}},
            {"health_card", {civil_status::linked_part_kind, [&](const std::optional<std::string>& answer) {
                                 civil_status::answer_example(linked, "health_card", answer);
                             }}}}};
    justice::add_services(setup, outside);
    justice::add_secured_services(setup, secured);
    std::vector<fs::path> paths(options.words.begin(), options.words.end());
    if (paths.empty()) paths.push_back(root.value() / "systems");
    std::string out;
    int passed = 0;
    int failed = 0;
    for (const auto& result : casework::run_cases(setup, casework::case_files(paths))) {
        ++(result.passed ? passed : failed);
        if (!result.passed) out += fmt::format("{}:{}: {}\n", result.file.string(), result.line, result.why);
    }
    out += fmt::format("{} passed, {} failed\n", passed, failed);
    return {failed == 0 && passed > 0 ? 0 : 1, out};
}

/// One line a route, in the order of the tables.
Outcome route_list()
{
    std::string out;
    for (const auto table : all_routes())
        for (const auto& route : table)
            out += fmt::format(
                "{}\t{}\t{}\t{}\t{}\n",
                web::name_of(route.method),
                route.path,
                route.permission.name(),
                route.options.scope,
                route.options.rate
            );
    return {0, out};
}

}  // namespace

Outcome run_on_packs(const Options& options)
{
    if (options.command == "check") return check(options);
    if (options.command == "cases") return cases(options);
    if (options.command == "where") return where(options);
    if (options.command == "routes") return route_list();
    return no_such_command(options);
}

}  // namespace thien_an::program
