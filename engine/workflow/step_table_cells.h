#pragma once

#include <array>
#include <span>

#include "engine/workflow/step_table.h"

/// What stands in one cell of a step table; used by its reader and writers.
namespace thien_an::workflow {

enum class TableColumn { step, name, post, time, ways, form, action, note, name_en };
struct TableHeading {
    TableColumn column;
    std::string_view key;                     ///< In the catalogue, for writing.
    std::array<std::string_view, 8> written;  ///< As people head it, folded.
};
std::span<const TableHeading> table_headings();

/// "0,5 ngày", "4 giờ", "30 minutes", "5 ngày lịch", "P2WD"; nothing when it is none of them.
std::optional<Budget> budget_in_cell(std::string_view cell);
std::string cell_of(const Budget& budget, const TableWords& words);

/// "đồng ý → 3; trả lại → 1 (cần lý do)". Problem "table.bad_way" (word text).
Result<std::vector<StepWay>> ways_in_cell(std::string_view cell);
std::string cell_of(const std::vector<StepWay>& ways, const TableWords& words);

/// Whether the cell that says these is read as these.
bool comes_back(const std::vector<StepWay>& ways);

/// Kinds of the posts named in the cell, by kind or name. Problem "table.unknown_post" (word text).
Result<std::vector<std::string>> posts_in_cell(std::string_view cell, const TableWords& words);
std::string cell_of_posts(const std::vector<std::string>& posts, const TableWords& words);

/// Name of an outcome from its label: "Đồng ý" -> "dong_y".
std::string outcome_name(std::string_view label);
std::string trimmed_cell(std::string_view text);

/// Pieces between any of `separators`, quotes and brackets kept whole.
std::vector<std::string> pieces_of(std::string_view text, std::string_view separators);

/// An action as a cell writes it.
struct ActionCell {
    std::string name;
    std::vector<std::pair<std::string, std::string>> arguments;  ///< Name, FEEL.
    bool outbox = false;
    std::string message;  ///< Of "wait(message)"; then it is no action.
    bool operator==(const ActionCell&) const = default;
};
/// Problem "table.bad_action" (word text).
Result<ActionCell> action_in_cell(std::string_view cell);
std::string cell_of(const ActionCell& action);
bool comes_back(const ActionCell& action);

}  // namespace thien_an::workflow
