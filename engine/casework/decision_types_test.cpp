#include "engine/casework/decision_types.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "engine/casework/unproved.h"
#include "engine/crypto/key_ring.h"
#include "engine/crypto/random.h"

// What a decision asks of a form; and who signs for what cannot be proved.
namespace thien_an::casework {
namespace {

class TwoCodes final : public CodeLists {
public:
    const std::vector<Choice>* find(std::string_view list, Day) const override
    {
        static const std::vector<Choice> groups{{"none", {"không", "none"}}, {"poor", {"nghèo", "poor"}}};
        return list == "groups" ? &groups : nullptr;
    }
    bool is_unit(std::string_view, std::string_view, Day) const override { return false; }
    std::string unit_name(std::string_view, Day) const override { return ""; }
    std::string unit_path(std::string_view, Day) const override { return ""; }
    std::vector<Choice> units(std::string_view, Day) const override { return {}; }
};

/// Faults of a table with one input, as "CODE WORDS".
std::string faults_of(const std::string& input, const std::string& type, const std::string& values)
{
    const auto table =
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"d\" namespace=\"a\">"
        "<inputData id=\"f\" name=\"form\"><variable name=\"form\"/></inputData>"
        "<decision id=\"x\" name=\"x\"><informationRequirement><requiredInput href=\"#f\"/>"
        "</informationRequirement><decisionTable hitPolicy=\"FIRST\"><input><inputExpression typeRef=\"" +
        type + "\"><text>" + input + "</text></inputExpression>" +
        (values.empty() ? "" : "<inputValues><text>" + values + "</text></inputValues>") +
        "</input><output name=\"o\"/><rule id=\"r\"><inputEntry><text>-</text></inputEntry><outputEntry>"
        "<text>1</text></outputEntry></rule></decisionTable></decision></definitions>";
    const auto loaded = workflow::Decisions::load({{"fees.dmn", table}});
    for (const auto& finding : loaded.findings) MESSAGE(workflow::text_of(finding));
    REQUIRE(loaded.decisions);
    const auto schema = json::parse(R"({"type": "object", "properties": {
        "group": {"type": "string", "x-code-list": "groups"}, "age": {"type": "integer"},
        "kind": {"enum": ["a", "b"]}, "open": {"type": "object", "$ref": "#/x"}}})")
                            .value();
    std::string out;
    for (const auto& fault : decision_faults(*loaded.decisions, "fees.dmn", schema, TwoCodes(), Day{})) {
        out += (out.empty() ? "" : "; ") + fault.problem.code;
        for (const auto& [name, value] : fault.problem.words) out += " " + value;
    }
    return out;
}

}  // namespace

TEST_CASE("what a decision table asks of the form is what the form answers")
{
    CHECK(faults_of("form.group", "string", "\"none\", \"poor\"") == "");
    CHECK(faults_of("form.group", "string", "\"none\"") == "packs.answer_not_listed form.group \"poor\"");
    CHECK(faults_of("form.kind", "string", "\"a\"") == "packs.answer_not_listed form.kind \"b\"");
    CHECK(faults_of("form.age", "string", "") == "packs.answer_type form.age string number");
    CHECK(faults_of("form.age", "number", "") == "");
    CHECK(faults_of("form.size", "number", "") == "packs.no_such_answer form.size");
    CHECK(faults_of("form.open.more", "string", "") == "");  // Other parts of the schema may add it.
    CHECK(faults_of("1 + 1", "number", "") == "");
}

TEST_CASE("a signature for a process that cannot be proved holds for these bytes alone")
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("thien_an_unproved_" + crypto::random_token(16));
    std::filesystem::create_directories(folder / "data");
    const crypto::KeyPaths paths{folder / "secrets" / "keys.json", folder / "data"};
    const auto now = parse_instant("2026-07-01T08:00").value();
    const auto made = crypto::KeyRing::create(paths, now).value();
    const auto& keys = made.ring;
    std::filesystem::remove_all(folder);
    IdSource ids{1};
    const identity::Act act{{.channel = "desk"}, parse_instant("2026-07-01T08:00").value(), ids};
    FolderFiles files{
        {"procedure.json", R"({"id": "p", "files": {"process": "process.bpmn"}})"}, {"process.bpmn", "<a/>"}};
    CHECK_FALSE(unproved_is_signed(keys, files));
    CHECK(signed_unproved(keys, files, act, "").problem().code == "workflow.reason_missing");
    auto taken_on = signed_unproved(keys, files, act, "đã thử đủ các nhánh").value();
    CHECK(unproved_is_signed(keys, taken_on));
    auto changed = taken_on;
    changed["process.bpmn"] = "<b/>";
    CHECK_FALSE(unproved_is_signed(keys, changed));
    auto forged = taken_on;
    auto& text = forged[std::string(unproved_file)];
    text.replace(text.find("đã thử"), std::string("đã thử").size(), "chưa thử");
    CHECK_FALSE(unproved_is_signed(keys, forged));
    const PackFault unknown{"process.bpmn", 0, {.code = "bpmn.soundness_unknown", .field = "", .law = ""}};
    const PackFault other{"process.bpmn", 0, {.code = "bpmn.deadlock", .field = "", .law = ""}};
    CHECK(only_unproved({unknown}));
    CHECK_FALSE(only_unproved({unknown, other}));
    CHECK_FALSE(only_unproved({}));
}

}  // namespace thien_an::casework
