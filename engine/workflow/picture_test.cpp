#include "engine/workflow/picture.h"

#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

std::string drawn(
    const Whereabouts& at,
    const PictureWords& words = {"Đã xong: {names}.", "Đang làm: {names}.", "Còn lại: {names}."}
)
{
    const auto text =
        file_text(THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/process.bpmn");
    const auto loaded = Process::load(text, "process.bpmn", vocabulary());
    REQUIRE(loaded.process);
    return picture(*loaded.process, at, words);
}

}  // namespace

TEST_CASE("the picture says in words and classes what is done, here and to come, without inline styles")
{
    const auto svg = drawn({.done = {"receive"}, .here = {"check"}, .flows = {"flow_filed_receive"}});
    const auto document = xml::parse(svg);
    REQUIRE(document);
    CHECK(document.value()->name == "svg");
    CHECK(svg.find("style=") == std::string::npos);
    CHECK(svg.find("Đã xong: Tiếp nhận, kiểm tra giấy tờ.") != std::string::npos);
    CHECK(svg.find("Đang làm: ") != std::string::npos);
    CHECK(svg.find("<g class=\"here\"><rect class=\"halo\"") != std::string::npos);
    CHECK(svg.find("class=\"flow walked\"") != std::string::npos);
}

TEST_CASE("the picture in English names every step, lane, flow and the process in English")
{
    const auto svg =
        drawn({.done = {"receive"}}, {"Done: {names}.", "Here: {names}.", "To come: {names}.", true});
    CHECK(svg.find("<title id=\"bp-t\">Birth registration</title>") != std::string::npos);
    CHECK(svg.find("Done: Receive, check the papers.") != std::string::npos);
    CHECK(svg.find(">One-stop desk</text>") != std::string::npos);
    for (const auto* letter : {"ă", "ạ", "ậ", "ề", "ế", "ủ", "ộ", "ố", "ư", "ơ", "đ", "Đ"})
        CHECK(svg.find(letter) == std::string::npos);
}

TEST_CASE("names in the picture are escaped")
{
    auto text =
        file_text(THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/process.bpmn");
    const auto at = text.find("name=\"Tiếp nhận, kiểm tra giấy tờ\"");
    REQUIRE(at != std::string::npos);
    text.replace(at, std::string("name=\"Tiếp nhận, kiểm tra giấy tờ\"").size(), "name=\"&lt;script&gt;\"");
    const auto loaded = Process::load(text, "process.bpmn", vocabulary());
    REQUIRE(loaded.process);
    CHECK(
        picture(*loaded.process, {}, {"{names}", "{names}", "{names}"}).find("<script>") == std::string::npos
    );
}
