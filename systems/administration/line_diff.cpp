#include "systems/administration/line_diff.h"

#include <algorithm>
#include <cstdint>

namespace thien_an::administration {
namespace {

using Lines = std::vector<std::string_view>;

Lines lines_of(std::string_view text)
{
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// Lengths of the longest common subsequences of the tails, row by row.
class Tails {
public:
    Tails(const Lines& before, const Lines& after)
        : width_(after.size() + 1), lengths_((before.size() + 1) * width_)
    {
        for (std::size_t i = before.size(); i-- > 0;)
            for (std::size_t j = after.size(); j-- > 0;)
                at(i, j) =
                    before[i] == after[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
    }
    std::uint32_t& at(std::size_t i, std::size_t j) { return lengths_[i * width_ + j]; }

private:
    std::size_t width_;
    std::vector<std::uint32_t> lengths_;
};

void add_replaced(const Lines& before, const Lines& after, int offset, std::vector<ChangedLine>& out)
{
    for (std::size_t i = 0; i < before.size(); ++i)
        out.push_back({false, offset + int(i) + 1, std::string(before[i])});
    for (std::size_t j = 0; j < after.size(); ++j)
        out.push_back({true, offset + int(j) + 1, std::string(after[j])});
}

void add_changes(const Lines& before, const Lines& after, int offset, std::vector<ChangedLine>& out)
{
    if (std::max(before.size(), after.size()) > lines_compared_max)
        return add_replaced(before, after, offset, out);
    Tails tails(before, after);
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < before.size() || j < after.size()) {
        if (i < before.size() && j < after.size() && before[i] == after[j]) {
            ++i;
            ++j;
        } else if (j == after.size() || (i < before.size() && tails.at(i + 1, j) >= tails.at(i, j + 1))) {
            out.push_back({false, offset + int(i) + 1, std::string(before[i])});
            ++i;
        } else {
            out.push_back({true, offset + int(j) + 1, std::string(after[j])});
            ++j;
        }
    }
}

}  // namespace

std::vector<ChangedLine> line_diff(std::string_view before, std::string_view after)
{
    auto old_lines = lines_of(before);
    auto new_lines = lines_of(after);
    std::size_t same = 0;
    while (same < std::min(old_lines.size(), new_lines.size()) && old_lines[same] == new_lines[same]) ++same;
    old_lines.erase(old_lines.begin(), old_lines.begin() + std::ptrdiff_t(same));
    new_lines.erase(new_lines.begin(), new_lines.begin() + std::ptrdiff_t(same));
    while (!old_lines.empty() && !new_lines.empty() && old_lines.back() == new_lines.back()) {
        old_lines.pop_back();
        new_lines.pop_back();
    }
    std::vector<ChangedLine> changes;
    add_changes(old_lines, new_lines, int(same), changes);
    return changes;
}

}  // namespace thien_an::administration
