#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "engine/base/json.h"
#include "engine/workflow/interchange.h"
#include "engine/workflow/process.h"

#include "programs/thienan_conformance/bpmn_world.h"
#include "programs/thienan_conformance/suites.h"

namespace thien_an::conformance {
namespace fs = std::filesystem;
namespace {

std::string content_of(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

/// The processes of a file, or why it was refused.
Result<std::vector<std::shared_ptr<const workflow::Process>>> loaded(const fs::path& file)
{
    std::vector<std::shared_ptr<const workflow::Process>> out;
    const auto name = file.filename().string();
    for (auto& one : workflow::Process::load_all(content_of(file), name, betsy_vocabulary())) {
        if (!one.process) return Problem{.code = text_of(one.findings.front()), .field = "", .law = ""};
        out.push_back(std::move(one.process));
    }
    return out;
}

std::int64_t milliseconds_of(const json::value& one)
{
    const auto* delay = json::member(one, "delay");
    if (delay == nullptr) return 0;
    return delay->is_string() ? std::atoll(delay->as_string().c_str()) : json::integer_or(one, "delay");
}

/// The words a case expects; the three names of an error are one meaning.
std::multiset<std::string> expected(const json::value& one)
{
    std::multiset<std::string> out;
    for (const auto& word : json::member(one, "expect")->as_array()) {
        const std::string text(word.as_string());
        const bool error =
            text == "RuntimeException" || text == "GenericError" || text == "ErrorThrownErrorEvent";
        out.insert(error ? "Error" : text);
    }
    return out;
}

std::multiset<std::string> played(
    const std::vector<std::shared_ptr<const workflow::Process>>& processes, const json::value& one
)
{
    World world(processes);
    json::object variables{{"integerVariable", json::integer_or(one, "int")}};
    const auto* input = json::member(one, "input");
    variables["test"] = input == nullptr ? json::value(nullptr) : *input;
    // Who waits for the first one is there before it.
    if (json::bool_or(one, "parallel"))
        for (std::size_t i = 1; i < processes.size(); ++i)
            if (world.has_none_start(i)) world.start(i, {});
    world.start(0, variables);
    world.pass(std::chrono::milliseconds(milliseconds_of(one)));
    return world.trace();
}

std::string joined(const std::multiset<std::string>& words)
{
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

}  // namespace

int run_bpmn(const fs::path& cases)
{
    const auto all = json::parse(content_of(cases), {.bytes_max = 64 * 1024 * 1024, .depth_max = 50});
    if (!all || !all.value().is_array()) {
        fmt::print(stderr, "{} is no list of cases\n", cases.string());
        return 1;
    }
    int passed = 0;
    int failed = 0;
    int right = 0;
    int wrong = 0;
    int refused = 0;
    for (const auto& test : all.value().as_array()) {
        const auto processes = loaded(cases.parent_path() / json::string_or(test, "file"));
        const auto name = json::string_or(test, "group") + "/" + json::string_or(test, "test");
        bool good = true;
        int number = 0;
        for (const auto& one : json::member(test, "cases")->as_array()) {
            const auto wanted = expected(one);
            const bool refuse = wanted.contains("DeploymentFailed");
            std::string remark;
            bool same = false;
            if (!processes) {
                same = refuse;
                remark = refuse ? "" : "refused: " + processes.problem().code;
            } else {
                auto got = played(processes.value(), one);
                // The mark is a file of its own: the suite looks for it only where it is expected.
                if (!wanted.contains("MarkerExists")) got.erase("MarkerExists");
                same = !refuse && got == wanted;
                if (!same) remark = fmt::format("wanted [{}], got [{}]", joined(wanted), joined(got));
            }
            ++(same ? passed : failed);
            good = good && same;
            fmt::print(
                "\"{}\",\"{}\",\"{}\",\"{}\"\n",
                name,
                ++number,
                same        ? "SUCCESS"
                : processes ? "ERROR"
                            : "REFUSED",
                remark
            );
        }
        ++(good ? right : processes ? wrong : refused);
    }
    fmt::print("models: {} right, {} refused, {} wrong\n", right, refused, wrong);
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed;
}

int run_bpmn_roundtrip(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".bpmn") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    int passed = 0;
    int failed = 0;
    for (const auto& file : files) {
        const auto name = fs::relative(file, folder).string();
        const auto first = workflow::BpmnDocument::read(content_of(file), name);
        std::string remark = first.findings.empty() ? "" : text_of(first.findings.front());
        if (first.document) {
            const auto again = workflow::BpmnDocument::read(first.document->write(), name);
            remark = again.document ? workflow::difference(first.document->root(), again.document->root())
                                    : "written, it cannot be read: " + text_of(again.findings.front());
        }
        ++(remark.empty() ? passed : failed);
        fmt::print("\"{}\",\"{}\",\"{}\"\n", name, remark.empty() ? "SUCCESS" : "ERROR", remark);
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed;
}

int run_bpmn_refuse(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".bpmn") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    workflow::Vocabulary vocabulary;
    vocabulary.any_action = true;
    vocabulary.unbound = true;
    int passed = 0;
    int failed = 0;
    for (const auto& file : files) {
        std::vector<workflow::Finding> findings;
        bool loads = true;
        for (auto& one :
             workflow::Process::load_all(content_of(file), file.filename().string(), vocabulary)) {
            loads = loads && one.process != nullptr;
            findings.insert(findings.end(), one.findings.begin(), one.findings.end());
        }
        const bool must_load =
            std::any_of(file.begin(), file.end(), [](const fs::path& part) { return part == "REF"; });
        const bool good = must_load == loads;
        ++(good ? passed : failed);
        const auto remark = findings.empty() ? std::string() : text_of(findings.front());
        fmt::print(
            "\"{}\",\"{}\",\"{}\"\n", fs::relative(file, folder).string(), good ? "SUCCESS" : "ERROR", remark
        );
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed;
}

}  // namespace thien_an::conformance
