#include "engine/workflow/check.h"

#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

TEST_CASE("every shipped process and decision table is found good by itself")
{
    const std::string folder = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/";
    for (const char* name : {"process.bpmn", "fees.dmn"})
        for (const auto& finding : check_file(name, file_text(folder + name))) FAIL_CHECK(text_of(finding));
}

TEST_CASE("a finding names file, line, element and reason")
{
    const auto findings =
        check_file("bad.bpmn", model_text("<startEvent id=\"s1\"/>\n<complexGateway id=\"c\"/>"));
    REQUIRE_FALSE(findings.empty());
    CHECK(text_of(findings[0]).find("bad.bpmn:7: error: c: bpmn.not_executed") == 0);
    const auto circle = check_file(
        "circle.dmn",
        "<definitions xmlns=\"https://www.omg.org/spec/DMN/20191111/MODEL/\" name=\"d\" namespace=\"a\">"
        "<decision id=\"x\" name=\"x\"><informationRequirement><requiredDecision "
        "href=\"#y\"/></informationRequirement>"
        "<literalExpression><text>y</text></literalExpression></decision>"
        "<decision id=\"y\" name=\"y\"><informationRequirement><requiredDecision "
        "href=\"#x\"/></informationRequirement>"
        "<literalExpression><text>x</text></literalExpression></decision></definitions>"
    );
    REQUIRE(circle.size() == 1);
    CHECK(circle[0].problem.code == "dmn.circle");
    CHECK(check_file("bad.dmn", "<definitions").at(0).problem.code == "xml.syntax");
    CHECK_FALSE(check_file("bad.dmn", "<x/>").empty());
}
