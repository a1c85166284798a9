#include "engine/base/json.h"

#include <doctest/doctest.h>

namespace thien_an::json {
namespace {

TEST_CASE("a second member of one name is refused and its place named")
{
    const auto result = parse(R"({"child":{"name":1,"name":2}})");
    REQUIRE_FALSE(result);
    CHECK(result.problem().code == "json.duplicate_key");
    CHECK(result.problem().field == "/child/name");
}

TEST_CASE("a document 200,000 deep is refused, not recursed into")
{
    CHECK(parse(std::string(200'000, '[')).problem().code == "json.too_deep");
}

TEST_CASE("a syntax error names line and column")
{
    const auto result = parse("{\n  \"a\": ,\n}");
    REQUIRE_FALSE(result);
    CHECK(result.problem().code == "json.syntax");
    CHECK(result.problem().words[0].second == "2");
}

TEST_CASE("trailing characters and an empty text are no document")
{
    CHECK_FALSE(parse("{} x"));
    CHECK_FALSE(parse(""));
    CHECK(parse(" {} "));
}

TEST_CASE("equal values have equal canonical text whatever the order of their members")
{
    CHECK(canonical(parse(R"({"b":[1,2],"a":"x"})").value()) == R"({"a":"x","b":[1,2]})");
    CHECK(canonical(parse(R"({"a":"x", "b":[1, 2]})").value()) == R"({"a":"x","b":[1,2]})");
}

TEST_CASE("a pointer finds and sets what it names")
{
    auto v = parse(R"({"a":[{"b/c":1}]})").value();
    REQUIRE(find(v, "/a/0/b~1c"));
    CHECK(find(v, "/a/1") == nullptr);
    set(v, "/a/0/d/e", "x");
    CHECK(find(v, "/a/0/d/e")->as_string() == "x");
}

TEST_CASE("long strings and keys survive the parser's pieces")
{
    const std::string text(100'000, 'x');
    CHECK(parse("{\"" + text + "\":\"" + text + "\"}").value().as_object().at(text).as_string() == text);
}

TEST_CASE("a number with a fraction or an exponent is the same after writing it, or refused")
{
    for (const auto* text : {"3E97", "0.1", "1e-300", "0e99999999", "123456789.123456789"}) {
        const auto once = json::canonical(json::parse(text).value());
        CHECK(json::canonical(json::parse(once).value()) == once);
    }
    CHECK_FALSE(json::parse("1e99999999"));
    CHECK_FALSE(json::parse("[1E400]"));
}

}  // namespace
}  // namespace thien_an::json
