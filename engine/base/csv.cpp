#include "engine/base/csv.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

namespace thien_an::csv {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

/// The separator the first line has most of, outside quotes.
char separator_of(std::string_view text)
{
    constexpr std::string_view candidates = ",;\t";
    std::array<int, candidates.size()> counts{};
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (c == '\n' && !quoted) break;
        const auto which = candidates.find(c);
        if (which != std::string_view::npos && !quoted) ++counts.at(which);
    }
    return candidates[std::size_t(std::max_element(counts.begin(), counts.end()) - counts.begin())];
}

/// Reads cell after cell.
class Reader {
public:
    Reader(std::string_view text, Limits limits)
        : text_(text), limits_(limits), separator_(separator_of(text))
    {
    }

    Result<Table> run()
    {
        while (at_ < text_.size()) {
            row_.emplace_back();
            TRY(cell());
            if (row_.size() > limits_.columns_max)
                return Problem{.code = "csv.too_large", .field = "", .law = ""};
            if (at_ < text_.size() && text_[at_] == separator_) {
                ++at_;
                if (at_ == text_.size()) row_.emplace_back();
                continue;
            }
            TRY(line_end());
        }
        if (!row_.empty()) table_.push_back(std::move(row_));
        while (!table_.empty() && is_empty(table_.back())) table_.pop_back();
        return std::move(table_);
    }

private:
    static bool is_empty(const Row& row)
    {
        return std::all_of(row.begin(), row.end(), [](const auto& cell) { return cell.empty(); });
    }

    Problem bad() const
    {
        return {.code = "csv.syntax", .field = "", .law = "", .words = {{"line", std::to_string(line_)}}};
    }

    Result<Done> cell()
    {
        if (at_ == text_.size() || text_[at_] != '"') {
            const auto end =
                std::min(text_.find_first_of(std::string{separator_, '\r', '\n'}, at_), text_.size());
            row_.back() = text_.substr(at_, end - at_);
            at_ = end;
            return Done{};
        }
        for (++at_; at_ < text_.size(); ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] != '"') {
                row_.back() += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                row_.back() += text_[at_++];
            } else {
                ++at_;
                const bool ends = at_ == text_.size() || text_[at_] == separator_ || text_[at_] == '\r' ||
                                  text_[at_] == '\n';
                if (!ends) return bad();
                return Done{};
            }
        }
        return bad();
    }

    Result<Done> line_end()
    {
        if (at_ < text_.size() && text_[at_] == '\r') ++at_;
        if (at_ < text_.size() && text_[at_] != '\n') return bad();
        ++at_;
        ++line_;
        table_.push_back(std::move(row_));
        row_.clear();
        if (table_.size() > limits_.rows_max) return Problem{.code = "csv.too_large", .field = "", .law = ""};
        return Done{};
    }

    std::string_view text_;
    Limits limits_;
    char separator_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    Row row_;
    Table table_;
};

bool needs_quotes(std::string_view cell)
{
    return cell.find_first_of(",;\t\"\r\n") != std::string_view::npos || cell.starts_with(' ') ||
           cell.ends_with(' ');
}

void append(std::string cell, Formulas formulas, std::string& out)
{
    constexpr std::string_view computed = "=+-@\t\r";
    if (formulas == Formulas::guarded && !cell.empty() &&
        computed.find(cell.front()) != std::string_view::npos)
        cell.insert(0, "'");
    if (!needs_quotes(cell)) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

}  // namespace

Result<Table> parse(std::string_view text, Limits limits)
{
    if (text.size() > limits.bytes_max) return Problem{.code = "csv.too_large", .field = "", .law = ""};
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
        return Problem{.code = "csv.not_utf8", .field = "", .law = ""};
    return Reader(text, limits).run();
}

std::string text_of(const Table& table, Formulas formulas)
{
    std::string out(byte_order_mark);
    for (const auto& row : table) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            if (i > 0) out += ',';
            append(row[i], formulas, out);
        }
        out += "\r\n";
    }
    return out;
}

}  // namespace thien_an::csv
