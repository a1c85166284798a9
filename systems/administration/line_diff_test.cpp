#include "systems/administration/line_diff.h"

#include <doctest/doctest.h>

namespace thien_an::administration {
namespace {

std::string told(std::string_view before, std::string_view after)
{
    std::string out;
    for (const auto& line : line_diff(before, after))
        out += (line.added ? "+" : "-") + std::to_string(line.number) + " " + line.text + "\n";
    return out;
}

}  // namespace

TEST_CASE("equal texts differ in nothing")
{
    CHECK(told("", "").empty());
    CHECK(told("a\nb\n", "a\nb\n").empty());
}

TEST_CASE("the fewest lines are told, each by its own text's number")
{
    CHECK(told("a\nb\nc\n", "a\nc\n") == "-2 b\n");
    CHECK(told("a\nc\n", "a\nb\nc\n") == "+2 b\n");
    CHECK(told("a\nb\nc\nd\n", "a\nx\nc\ny\nd\n") == "-2 b\n+2 x\n+4 y\n");
    CHECK(told("", "a\n") == "+1 a\n");
    CHECK(told("a\n", "") == "-1 a\n");
}

TEST_CASE("texts too different to compare are told as replaced")
{
    std::string before;
    std::string after;
    for (std::size_t i = 0; i < lines_compared_max + 1; ++i) {
        before += "a" + std::to_string(i) + "\n";
        after += "b" + std::to_string(i) + "\n";
    }
    CHECK(line_diff(before, after).size() == 2 * (lines_compared_max + 1));
}

}  // namespace thien_an::administration
