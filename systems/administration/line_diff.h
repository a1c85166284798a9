#pragma once

#include <string>
#include <string_view>
#include <vector>

/// What differs between two texts, by lines: what a person reads before putting a new version in force.
namespace thien_an::administration {

struct ChangedLine {
    bool added = false;  ///< Else it was taken out.
    int number = 0;      ///< In the new text when added, in the old one otherwise; from 1.
    std::string text;
};

/// The fewest lines to take out and add, in the order of the texts. Beyond `lines_compared_max` changed lines on a side
/// the middle is told as replaced whole: quadratic work is bounded.
std::vector<ChangedLine> line_diff(std::string_view before, std::string_view after);

constexpr std::size_t lines_compared_max = 2000;

}  // namespace thien_an::administration
