#include "engine/workflow/step_table.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/base/csv.h"
#include "engine/base/vietnamese.h"
#include "engine/workflow/step_table_cells.h"

namespace thien_an::workflow {
namespace {

constexpr std::size_t steps_max = 500;
constexpr std::size_t letters_max = 4'000;  ///< Of one cell.

constexpr std::array<TableHeading, 9> headings{{
    {TableColumn::step,
     "workflow.table.step",
     {"buoc", "buoc so", "stt", "tt", "ma buoc", "step", "no", "step no"}},
    {TableColumn::name,
     "workflow.table.name",
     {"noi dung cong viec",
      "ten buoc",
      "cong viec",
      "noi dung",
      "trinh tu thuc hien",
      "work",
      "task",
      "step name"}},
    {TableColumn::post,
     "workflow.table.post",
     {"don vi nguoi thuc hien",
      "nguoi thuc hien",
      "don vi thuc hien",
      "trach nhiem",
      "done by",
      "who",
      "post",
      "posts"}},
    {TableColumn::time,
     "workflow.table.time",
     {"thoi gian",
      "thoi gian thuc hien",
      "thoi han",
      "thoi gian giai quyet",
      "time",
      "time limit",
      "how long",
      "budget"}},
    {TableColumn::ways,
     "workflow.table.ways",
     {"ket qua chuyen buoc",
      "ket qua",
      "chuyen buoc",
      "buoc tiep theo",
      "result next step",
      "result",
      "next step",
      "outcome"}},
    {TableColumn::form,
     "workflow.table.form",
     {"bieu mau", "mau", "bieu mau ket qua", "form", "forms", "", "", ""}},
    {TableColumn::action,
     "workflow.table.action",
     {"hanh dong", "tu dong", "viec may lam", "action", "automatic", "", "", ""}},
    {TableColumn::note, "workflow.table.note", {"ghi chu", "note", "notes", "remark", "remarks", "", "", ""}},
    {TableColumn::name_en,
     "workflow.table.name_en",
     {"ten tieng anh", "tieng anh", "english name", "name in english", "english", "", "", ""}},
}};

const TableHeading* heading_of(std::string_view cell)
{
    const auto wanted = folded(cell);
    if (wanted.empty()) return nullptr;
    for (const auto& heading : headings)
        if (std::find(heading.written.begin(), heading.written.end(), wanted) != heading.written.end())
            return &heading;
    return nullptr;
}

/// Above the headings: what, folded, in the first cell says about the process.
enum class About { id, name, name_en, limit };
const std::map<std::string_view, About>& abouts()
{
    static const std::map<std::string_view, About> known{
        {"quy trinh", About::name},
        {"ten quy trinh", About::name},
        {"process", About::name},
        {"ten tieng anh", About::name_en},
        {"english name", About::name_en},
        {"ma", About::id},
        {"ma quy trinh", About::id},
        {"code", About::id},
        {"id", About::id},
        {"thoi han giai quyet", About::limit},
        {"thoi han", About::limit},
        {"time limit", About::limit}};
    return known;
}

class TableReader {
public:
    TableReader(std::string_view file, const TableWords& words) : file_(file), words_(words) {}

    TableRead read(std::string_view csv)
    {
        const auto cells = parted(csv);
        if (!cells) {
            out_.findings.push_back(unreadable(file_, cells.problem()));
            return std::move(out_);
        }
        for (const auto& row : cells.value()) {
            ++row_;
            if (columns_.empty() && known_headings(row) < 2)
                take_about(row);
            else if (columns_.empty())
                take_headings(row);
            else
                take_step(row);
        }
        if (columns_.empty()) wrong("", "no_headings");
        if (!columns_.empty() && out_.table.steps.empty()) wrong("", "no_steps");
        return std::move(out_);
    }

private:
    void wrong(
        std::string column, std::string code, std::vector<std::pair<std::string, std::string>> words = {}
    )
    {
        out_.findings.push_back(
            {.severity = Finding::Severity::error,
             .file = std::string(file_),
             .line = row_,
             .element = std::move(column),
             .problem =
                 {.code = "table." + std::move(code), .field = "", .law = "", .words = std::move(words)},
             .path = {}}
        );
    }
    void wrong(std::string column, Problem problem)
    {
        wrong(std::move(column), problem.code.substr(6), std::move(problem.words));
    }

    /// The cells, parted by the one of ; , and tab that finds most headings: a title above says nothing about it.
    static Result<csv::Table> parted(std::string_view csv)
    {
        constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
        if (csv.starts_with(byte_order_mark)) csv.remove_prefix(byte_order_mark.size());
        Result<csv::Table> best{csv::Table{}};
        int most = -1;
        for (const char separator : {';', ',', '\t'}) {
            // A first line of its own tells the separator.
            auto cells = csv::parse(
                std::string(3, separator) + "\n" + std::string(csv),
                {.bytes_max = 1'000'000, .rows_max = 10'000, .columns_max = 100}
            );
            if (!cells) return cells;
            auto table = std::move(cells).value();
            if (!table.empty()) table.erase(table.begin());
            int found = 0;
            for (const auto& row : table) found = std::max(found, known_headings(row));
            if (found <= most) continue;
            most = found;
            best = std::move(table);
        }
        return best;
    }

    /// Headings in a row; 0 when none of them heads the steps.
    static int known_headings(const csv::Row& row)
    {
        int known = 0;
        bool steps = false;
        for (const auto& cell : row) {
            const auto* heading = heading_of(cell);
            known += heading != nullptr;
            steps = steps || (heading != nullptr && heading->column == TableColumn::step);
        }
        return steps ? known : 0;
    }

    void take_about(const csv::Row& row)
    {
        if (row.size() < 2) return;
        const auto found = abouts().find(folded(row.front()));
        const auto value = unguarded(row[1]);
        if (found == abouts().end() || value.empty()) return;
        switch (found->second) {
        case About::id: out_.table.id = value; return;
        case About::name: out_.table.name = value; return;
        case About::name_en: out_.table.name_en = value; return;
        case About::limit: break;
        }
        out_.table.limit = budget_in_cell(value);
        if (!out_.table.limit) wrong(row.front(), "bad_time", {{"text", value}});
    }

    void take_headings(const csv::Row& row)
    {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto* heading = heading_of(row[i]);
            const auto text = trimmed_cell(row[i]);
            if (heading == nullptr && !text.empty()) wrong(text, "unknown_column", {{"text", text}});
            if (heading == nullptr) continue;
            if (columns_.contains(heading->column)) wrong(text, "column_twice", {{"text", text}});
            columns_.emplace(heading->column, std::pair{i, text});
        }
        for (const auto needed : {TableColumn::name, TableColumn::ways})
            if (!columns_.contains(needed)) wrong("", "no_column", {{"text", words_.say(key_of(needed))}});
    }

    static std::string_view key_of(TableColumn column)
    {
        return std::find_if(
                   headings.begin(), headings.end(), [&](const TableHeading& h) { return h.column == column; }
        )->key;
    }

    /// A cell without the apostrophe that keeps spreadsheets from computing it.
    static std::string unguarded(std::string_view cell)
    {
        const bool guarded = cell.size() > 1 && cell[0] == '\'' &&
                             std::string_view("=+-@").find(cell[1]) != std::string_view::npos;
        return trimmed_cell(guarded ? cell.substr(1) : cell);
    }

    std::string cell(const csv::Row& row, TableColumn column)
    {
        const auto found = columns_.find(column);
        if (found == columns_.end() || found->second.first >= row.size()) return {};
        auto text = unguarded(row[found->second.first]);
        if (text.size() <= letters_max) return text;
        wrong(found->second.second, "too_long");
        return {};
    }
    std::string title(TableColumn column) const
    {
        const auto found = columns_.find(column);
        return found == columns_.end() ? "" : found->second.second;
    }

    void take_step(const csv::Row& row)
    {
        const bool blank =
            std::all_of(row.begin(), row.end(), [](const auto& c) { return trimmed_cell(c).empty(); });
        if (blank) return;
        TableStep step{.row = row_, .id = cell(row, TableColumn::step)};
        step.name = cell(row, TableColumn::name);
        // The last row of a decision's table sums up.
        if (step.id.empty() && folded(step.name).starts_with("tong")) return;
        if (step.id.empty()) return wrong(title(TableColumn::step), "no_step_id");
        if (out_.table.steps.size() >= steps_max) return wrong("", "too_many_steps");
        if (step.name.empty()) wrong(title(TableColumn::name), "no_step_name");
        step.name_en = cell(row, TableColumn::name_en);
        step.form = cell(row, TableColumn::form);
        step.action = cell(row, TableColumn::action);
        step.note = cell(row, TableColumn::note);
        take_time(step, cell(row, TableColumn::time));
        take_posts(step, cell(row, TableColumn::post));
        take_ways(step, cell(row, TableColumn::ways));
        take_action(step);
        out_.table.steps.push_back(std::move(step));
    }

    void take_action(const TableStep& step)
    {
        if (step.action.empty()) return;
        const auto action = action_in_cell(step.action);
        if (!action)
            wrong(title(TableColumn::action), action.problem());
        else if (!comes_back(action.value()))
            wrong(title(TableColumn::action), "bad_action", {{"text", step.action}});
    }

    void take_time(TableStep& step, const std::string& text)
    {
        if (text.empty()) return;
        step.budget = budget_in_cell(text);
        if (!step.budget) wrong(title(TableColumn::time), "bad_time", {{"text", text}});
    }

    void take_posts(TableStep& step, const std::string& text)
    {
        const auto posts = posts_in_cell(text, words_);
        if (posts)
            step.posts = posts.value();
        else
            wrong(title(TableColumn::post), posts.problem());
    }

    void take_ways(TableStep& step, const std::string& text)
    {
        auto ways = ways_in_cell(text);
        if (!ways) return wrong(title(TableColumn::ways), ways.problem());
        if (!comes_back(ways.value()))  // A label with brackets, arrows or quotes.
            return wrong(title(TableColumn::ways), "bad_way", {{"text", text}});
        step.ways = std::move(ways).value();
    }

    std::string_view file_;
    const TableWords& words_;
    TableRead out_;
    std::map<TableColumn, std::pair<std::size_t, std::string>> columns_;  ///< Place and heading as written.
    int row_ = 0;
};

}  // namespace

std::span<const TableHeading> table_headings() { return headings; }

bool TableRead::good() const
{
    return std::none_of(findings.begin(), findings.end(), [](const Finding& f) {
        return f.severity == Finding::Severity::error;
    });
}

TableRead read_step_table(std::string_view csv, std::string_view file, const TableWords& words)
{
    return TableReader(file, words).read(csv);
}

}  // namespace thien_an::workflow
