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
    CHECK(check_file("bad.dmn", "<definitions").at(0).problem.code == "xml.syntax");
    CHECK_FALSE(check_file("bad.dmn", "<x/>").empty());
}
