#include "engine/workflow/interchange.h"

#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

using namespace thien_an;
using namespace thien_an::workflow;

namespace {

constexpr std::string_view head =
    "<b:definitions xmlns:b=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" xmlns:x=\"urn:other\" id=\"d\">";

BpmnDocument::Read read(const std::string& body)
{
    return BpmnDocument::read(std::string(head) + body + "</b:definitions>", "f.bpmn");
}

}  // namespace

TEST_CASE("a file keeps what we do not execute, its diagram and what others added")
{
    const auto first = read(
        "<b:process id=\"p\"><b:complexGateway id=\"g\" name=\"two&#10;lines\" "
        "x:color=\"red\"><b:extensionElements><x:note "
        "a=\"1\"> two  "
        "words </x:note></b:extensionElements></b:complexGateway></b:process>"
    );
    for (const auto& finding : first.findings) FAIL(text_of(finding));
    const auto written = first.document->write();
    const auto again = BpmnDocument::read(written, "f.bpmn");
    REQUIRE(again.document);
    CHECK(difference(first.document->root(), again.document->root()).empty());
    CHECK(written.find(" two  words ") != std::string::npos);
}

TEST_CASE("what is no BPMN is refused with its line")
{
    const auto unknown = read("\n<b:proces id=\"p\"/>");
    REQUIRE(unknown.findings.size() == 1);
    CHECK(text_of(unknown.findings[0]) == "f.bpmn:2: error: p: bpmn.not_bpmn tag=proces");
    CHECK(
        read("<b:process id=\"p\"><b:sequenceFlow id=\"f\" sourceRef=\"p\" targetRef=\"no\"/></b:process>")
            .findings.at(0)
            .problem.code == "bpmn.unresolved"
    );
    CHECK(read("<b:process id=\"p\"/><b:process id=\"p\"/>").findings.at(0).problem.code == "bpmn.id_twice");
    CHECK(BpmnDocument::read("<a/>", "f").findings.at(0).problem.code == "bpmn.no_definitions");
    CHECK(BpmnDocument::read("<a", "f").findings.at(0).problem.code == "xml.syntax");
}

TEST_CASE("a difference is told, and what means nothing is none")
{
    const auto tree = [](const std::string& text) { return xml::parse(text).value(); };
    CHECK(difference(*tree("<a b=\"1\" c=\"2\"><d/> </a>"), *tree("<a c=\"2\" b=\"1\">\n<d/></a>")).empty());
    CHECK(difference(*tree("<a xmlns=\"u\"/>"), *tree("<p:a xmlns:p=\"u\"/>")).empty());
    CHECK(difference(*tree("<a b=\"1\"/>"), *tree("<a b=\"2\"/>")) == "a@");
    CHECK(difference(*tree("<a><b/></a>"), *tree("<a><c/></a>")) == "a > b/c");
    CHECK(difference(*tree("<a><b/></a>"), *tree("<a/>")) == "a#");
    CHECK(difference(*tree("<a>x </a>"), *tree("<a>x</a>")) == "a=");
}
