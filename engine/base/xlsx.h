#pragma once

#include <string>
#include <string_view>

#include "engine/base/csv.h"

/// Spreadsheets of Office Open XML: the first sheet, as text.
namespace thien_an::xlsx {

struct Limits {
    std::size_t bytes_max = 16 * 1024 * 1024;           ///< Of the file.
    std::size_t unpacked_bytes_max = 64 * 1024 * 1024;  ///< Of the parts we read, together.
    std::size_t parts_max = 1000;
    csv::Limits table;
};

/// The cells of the first sheet: text as it is, numbers as written, dates "2016-07-01", true and false, the last result
/// of formulas. Missing cells are "". Problems "xlsx.not_a_workbook", "xlsx.broken", "xlsx.too_large" (a ZIP bomb too).
Result<csv::Table> parse(std::string_view bytes, Limits limits = {});

/// A workbook of one sheet, every cell a text: nothing is computed or reformatted when it is opened.
std::string bytes_of(const csv::Table& table, std::string_view sheet_name);

}  // namespace thien_an::xlsx
