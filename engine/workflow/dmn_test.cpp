#include "engine/workflow/dmn.h"

#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

std::string table_text(
    const std::string& policy,
    const std::vector<std::array<const char*, 3>>& rules,
    const std::string& inputs = "a b"
)
{
    std::string out =
        R"(<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" namespace="n"><inputData id="i1" name="a"/><inputData id="i2" name="b"/>
<decision id="d" name="d"><informationRequirement><requiredInput href="#i1"/></informationRequirement><informationRequirement><requiredInput href="#i2"/></informationRequirement>
<decisionTable id="t" hitPolicy=")" +
        policy +
        R"("><input><inputExpression><text>a</text></inputExpression></input><input><inputExpression><text>b</text></inputExpression></input><output name="o"/>)";
    (void)inputs;
    int n = 0;
    for (const auto& [one, two, result] : rules)
        out += "<rule id=\"r" + std::to_string(++n) + "\"><inputEntry><text>" + xml::escaped(one) +
               "</text></inputEntry><inputEntry><text>" + xml::escaped(two) +
               "</text></inputEntry><outputEntry><text>" + xml::escaped(result) +
               "</text></outputEntry></rule>";
    return out + "</decisionTable></decision></definitions>";
}

std::string codes(const std::string& text)
{
    std::string out;
    for (const auto& f : Decisions::load({{"t.dmn", text}}).findings)
        out += (out.empty() ? "" : " ") + f.problem.code;
    return out;
}

feel::Context inputs(feel::Value a, feel::Value b)
{
    feel::Context out;
    out.put("a", std::move(a));
    out.put("b", std::move(b));
    return out;
}

std::string decided(const std::string& text, feel::Value a, feel::Value b)
{
    const auto loaded = Decisions::load({{"t.dmn", text}}, Decisions::Strictness::lenient);
    REQUIRE(loaded.decisions);
    const auto out = loaded.decisions->decide("d", inputs(std::move(a), std::move(b)), {});
    if (!out) return out.problem().words[1].second;
    std::string rules;
    for (const auto& r : out.value().rules) rules += " " + r;
    return feel::text_of(out.value().output) + rules;
}

}  // namespace

TEST_CASE("the shipped birth fee says what to pay and which rule says so")
{
    const auto text =
        file_text(THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/fees.dmn");
    const auto loaded = Decisions::load({{"fees.dmn", text}});
    for (const auto& f : loaded.findings) MESSAGE(text_of(f));
    REQUIRE(loaded.decisions);
    feel::Context in;
    in.put("timeliness", "late");
    in.put("exempt_group", "none");
    in.put("fees", feel::from_json(json::object{{"civil_status_birth_late", 8000}}));
    const auto fee = loaded.decisions->decide("birth_fee", in, {});
    REQUIRE(fee);
    CHECK(feel::text_of(fee.value().output) == "{amount: 8000, reason: \"late\"}");
    CHECK(fee.value().rules == std::vector<std::string>{"rule_late"});
    in.put("timeliness", "in_time");
    CHECK(
        loaded.decisions->decide("birth_fee", in, {}).value().rules ==
        std::vector<std::string>{"rule_in_time"}
    );
    in.put("timeliness", "nonsense");
    CHECK(loaded.decisions->decide("birth_fee", in, {}).problem().code == "dmn.no_result");
    CHECK(
        loaded.decisions->inputs("birth_fee") ==
        std::vector<std::string>{"exempt_group", "fees", "timeliness"}
    );
}

TEST_CASE("hit policies choose as the standard says")
{
    const std::vector<std::array<const char*, 3>> rules{
        {"> 5", "-", "\"x\""}, {"> 7", "true", "\"y\""}, {"<= 5", "-", "\"z\""}};
    CHECK(decided(table_text("UNIQUE", rules), 6, true) == "x r1");
    CHECK(decided(table_text("UNIQUE", rules), 8, true) == "several_rules");
    CHECK(decided(table_text("FIRST", rules), 8, true) == "x r1");
    CHECK(decided(table_text("ANY", rules), 8, true) == "outputs_differ");
    CHECK(decided(table_text("RULE ORDER", rules), 8, true) == "[\"x\", \"y\"] r1 r2");
    CHECK(decided(table_text("COLLECT", rules), 8, true) == "[\"x\", \"y\"] r1 r2");
    CHECK(decided(table_text("UNIQUE", rules), feel::Value{}, true) == "no_rule");
}

TEST_CASE("a table with a gap or an overlap is refused, a masked rule is named")
{
    CHECK(codes(table_text("UNIQUE", {{"< 5", "-", "1"}, {">= 5", "-", "2"}})).empty());
    CHECK(codes(table_text("UNIQUE", {{"< 5", "-", "1"}, {"> 5", "-", "2"}})) == "dmn.gap");
    CHECK(codes(table_text("UNIQUE", {{"<= 5", "-", "1"}, {">= 5", "-", "2"}})) == "dmn.overlap");
    CHECK(codes(table_text("FIRST", {{"-", "-", "1"}, {">= 5", "-", "2"}})) == "dmn.masked");
    CHECK(codes(table_text(
                    "UNIQUE", {{"[1..3]", "true", "1"}, {"not([1..3])", "-", "2"}, {"[1..3]", "false", "3"}}
                )
    ).empty());
    CHECK(codes(table_text("UNIQUE", {{"\"a\"", "-", "1"}})) == "dmn.gap");
}

TEST_CASE("bad FEEL and unresolved references refuse the file")
{
    CHECK(codes(table_text("UNIQUE", {{"< ", "-", "1"}})) == "feel.syntax");
    CHECK(codes(table_text("UNIQUE", {{"-", "-", "nosuch"}})) == "feel.unknown_name");
    CHECK(
        codes("<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" namespace=\"n\"><decision "
              "id=\"d\" name=\"d\"><informationRequirement>"
              "<requiredInput "
              "href=\"#x\"/></informationRequirement><literalExpression><text>1</text></literalExpression></"
              "decision></definitions>") == "dmn.unresolved"
    );
}
