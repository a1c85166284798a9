#include "engine/base/log.h"

#include <doctest/doctest.h>

#include "engine/base/json.h"

namespace thien_an {
namespace {

TEST_CASE("a line of the log is one JSON object with event and keys")
{
    std::string lines;
    const Log log([&](std::string_view line) { lines += line; }, Log::Level::info);
    log.warning(
        "payment_unconfirmed",
        {{"dossier", Id<struct T>{42}}, {"bank", "a\"b\n"}, {"waited_s", 90}, {"late", true}}
    );
    REQUIRE(lines.back() == '\n');
    const auto value = json::parse(lines.substr(0, lines.size() - 1)).value();
    CHECK(json::string_or(value, "level") == "warning");
    CHECK(json::string_or(value, "event") == "payment_unconfirmed");
    CHECK(json::integer_or(value, "dossier") == 42);
    CHECK(json::string_or(value, "bank") == "a\"b\n");
    CHECK(json::bool_or(value, "late"));
}

TEST_CASE("a level below the least is not written")
{
    int lines = 0;
    const Log log([&](std::string_view) { ++lines; }, Log::Level::warning);
    log.debug("x");
    log.info("x");
    log.warning("x");
    log.error("x");
    CHECK(lines == 2);
}

}  // namespace
}  // namespace thien_an
