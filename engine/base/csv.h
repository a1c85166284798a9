#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

/// Tables of text, as spreadsheets save them (RFC 4180).
namespace thien_an::csv {

using Row = std::vector<std::string>;
using Table = std::vector<Row>;

struct Limits {
    std::size_t bytes_max = 16 * 1024 * 1024;
    std::size_t rows_max = 100'000;
    std::size_t columns_max = 500;
};

/// Cells may be quoted and then hold line ends; lines end with CR LF or LF; a byte order mark is skipped; the separator
/// is the one of , ; and tab that the first line has most of. Empty lines at the end are dropped.
/// Problems "csv.not_utf8", "csv.syntax" (word line), "csv.too_large".
Result<Table> parse(std::string_view text, Limits limits = {});

enum class Formulas {
    guarded,  ///< A cell that a spreadsheet would compute (= + - @ first) gets an apostrophe in front.
    kept,
};
/// With a byte order mark, so that spreadsheets read Vietnamese, and CR LF.
std::string text_of(const Table& table, Formulas formulas = Formulas::guarded);

}  // namespace thien_an::csv
