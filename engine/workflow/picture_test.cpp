#include "engine/workflow/picture.h"

#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

std::string drawn(const Whereabouts& at)
{
    const auto text =
        file_text(THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/process.bpmn");
    const auto loaded = Process::load(text, "process.bpmn", vocabulary());
    REQUIRE(loaded.process);
    return picture(*loaded.process, at, {"Đã xong: {names}.", "Đang làm: {names}.", "Còn lại: {names}."});
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
