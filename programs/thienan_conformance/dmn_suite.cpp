#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "engine/base/xml.h"
#include "engine/workflow/dmn.h"

#include "programs/thienan_conformance/suites.h"

namespace thien_an::conformance {
namespace {

using workflow::Decisions;
using workflow::feel::Context;
using workflow::feel::Kind;
using workflow::feel::List;
using workflow::feel::Value;
namespace fs = std::filesystem;

std::string text_of_file(const fs::path& path)
{
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

constexpr std::string_view xsi = "http://www.w3.org/2001/XMLSchema-instance";

std::string trimmed(std::string_view text)
{
    const auto from = text.find_first_not_of(" \t\r\n");
    return from == std::string_view::npos
               ? ""
               : std::string(text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1));
}

Value simple_value(const xml::Element& e)
{
    if (e.attribute_in(xsi, "nil") == "true") return {};
    auto type = e.attribute_in(xsi, "type").value_or("xsd:string");
    type = type.substr(type.find(':') + 1);
    const auto text = e.text();
    if (type == "string") return text;
    if (type == "boolean") return trimmed(text) == "true";
    if (type == "decimal" || type == "double" || type == "integer")
        return workflow::parse_decimal(trimmed(text));
    return workflow::feel::from_json(json::object{{"@", trimmed(text)}});
}

/// The value below `e`: a simple one, a list, or components.
Value value_below(const xml::Element& e)
{
    if (const auto* list = e.child("list")) {
        List out;
        for (const auto* item : list->children("item")) out.push_back(value_below(*item));
        return out;
    }
    if (const auto components = e.children("component"); !components.empty()) {
        Context out;
        for (const auto* c : components) out.put(c->attribute("name"), value_below(*c));
        return out;
    }
    const auto* value = e.child("value");
    return value == nullptr ? Value{} : simple_value(*value);
}

bool near(const workflow::Decimal& a, const workflow::Decimal& b)
{
    if (a == b) return true;
    const auto gap = workflow::subtract(a, b);
    if (!gap) return false;
    const double size = std::max(std::abs(a.estimate()), std::abs(b.estimate()));
    return std::abs(gap->estimate()) <= 1e-8 * size;
}

bool same(const Value& expected, const Value& actual)
{
    if (expected.kind() != actual.kind()) return false;
    if (expected.number() != nullptr) return near(*expected.number(), *actual.number());
    if (const auto* list = expected.list()) {
        if (list->size() != actual.list()->size()) return false;
        for (std::size_t i = 0; i < list->size(); ++i)
            if (!same((*list)[i], (*actual.list())[i])) return false;
        return true;
    }
    if (const auto* context = expected.context()) {
        if (context->entries.size() != actual.context()->entries.size()) return false;
        return std::all_of(context->entries.begin(), context->entries.end(), [&](const auto& entry) {
            const auto* other = actual.context()->find(entry.first);
            return other != nullptr && same(entry.second, *other);
        });
    }
    return workflow::feel::equals(expected, actual).is_true() || text_of(expected) == text_of(actual);
}

struct Totals {
    int passed = 0;
    int failed = 0;
    int passed_not_null = 0;
    int failed_not_null = 0;
};

std::string quoted(std::string text)
{
    for (std::size_t at = 0; (at = text.find('"', at)) != std::string::npos; at += 2) text.insert(at, "\"");
    return "\"" + text + "\"";
}

/// Model first, then every other one of the folder when it imports any.
std::shared_ptr<const Decisions> load(const fs::path& folder, const std::string& model)
{
    std::vector<std::pair<std::string, std::string>> files{{model, text_of_file(folder / model)}};
    if (files[0].second.find("import ") != std::string::npos)
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".dmn" && entry.path().filename() != model)
                files.emplace_back(entry.path().filename().string(), text_of_file(entry.path()));
    return Decisions::load(files, Decisions::Strictness::lenient).decisions;
}

void run_case(const xml::Element& test, const Decisions* decisions, const std::string& place, Totals& totals)
{
    Context inputs;
    for (const auto* input : test.children("inputNode"))
        inputs.put(input->attribute("name"), value_below(*input));
    const auto invocable = test.attribute("invocableName");
    for (const auto* result : test.children("resultNode")) {
        const auto* expected_element = result->child("expected");
        const Value expected = expected_element == nullptr ? Value{} : value_below(*expected_element);
        const auto name = invocable.empty() ? result->attribute("name") : invocable;
        workflow::Decided decided;
        if (decisions != nullptr) decided = decisions->evaluate(name, inputs, Clock().now());
        // A service of several outputs, asked for one of them.
        if (const auto* all = decided.output.context();
            all != nullptr && test.children("resultNode").size() > 1)
            if (const auto* one = all->find(result->attribute("name"))) decided.output = Value(*one);
        const bool good = same(expected, decided.output);
        ++(good ? totals.passed : totals.failed);
        if (!expected.null()) ++(good ? totals.passed_not_null : totals.failed_not_null);
        const std::string remark =
            good ? ""
                 : "expected " + text_of(expected) + " got " + text_of(decided.output) +
                       (decided.notes.empty() ? "" : " (" + decided.notes.front() + ")");
        fmt::print(
            "{},{},{},{}\n",
            place,
            quoted(test.attribute("id")),
            good ? "\"SUCCESS\"" : "\"ERROR\"",
            quoted(remark)
        );
    }
}

void run_file(const fs::path& file, const fs::path& root, Totals& totals)
{
    const auto document = xml::parse(text_of_file(file));
    if (!document || document.value()->name != "testCases") return;
    const auto model = document.value()->child("modelName");
    if (model == nullptr) return;
    const auto decisions = load(file.parent_path(), trimmed(model->text()));
    const auto place =
        quoted(fs::relative(file.parent_path(), root).string()) + "," + quoted(file.stem().string());
    for (const auto* test : document.value()->children("testCase"))
        run_case(*test, decisions.get(), place, totals);
}

}  // namespace

int run_dmn(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".xml") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    std::map<std::string, Totals> levels;
    for (const auto& file : files)
        run_file(file, folder, levels[fs::relative(file, folder).begin()->string()]);
    Totals all;
    for (const auto& [level, t] : levels) {
        fmt::print(
            "{}: {} passed, {} failed; of those not null {} passed, {} failed\n",
            level,
            t.passed,
            t.failed,
            t.passed_not_null,
            t.failed_not_null
        );
        all.passed += t.passed;
        all.failed += t.failed;
    }
    fmt::print("{} passed, {} failed\n", all.passed, all.failed);
    return all.failed;
}

}  // namespace thien_an::conformance
