#include <algorithm>
#include <array>
#include <map>

#include "engine/base/csv.h"
#include "engine/base/xml.h"
#include "engine/workflow/step_table_cells.h"

// A table of steps as CSV, and as the form that is signed.
namespace thien_an::workflow {
namespace {

std::string cell_for(const TableStep& step, TableColumn column, const TableWords& words)
{
    switch (column) {
    case TableColumn::step: return step.id;
    case TableColumn::name: return step.name;
    case TableColumn::post: return cell_of_posts(step.posts, words);
    case TableColumn::time: return step.budget ? cell_of(*step.budget, words) : "";
    case TableColumn::ways: return cell_of(step.ways, words);
    case TableColumn::form: return step.form;
    case TableColumn::action: return step.action;
    case TableColumn::note: return step.note;
    case TableColumn::name_en: return step.name_en;
    }
    throw std::logic_error("Column outside its enumerators");
}

/// Ways as people read them: rows by number, labels in the table's language.
std::string printed_ways(const StepTable& table, const TableStep& step, const TableWords& words)
{
    auto ways = step.ways;
    for (auto& way : ways) {
        if (words.english && !way.en.empty()) way.vi = way.en;
        way.en.clear();
        way.name = outcome_name(way.vi);
        for (std::size_t row = 0; row < table.steps.size(); ++row)
            if (!way.to.empty() && table.steps[row].id == way.to) {
                way.to = std::to_string(row + 1);
                break;
            }
    }
    return cell_of(ways, words);
}

std::string printed(const StepTable& table, std::size_t row, TableColumn column, const TableWords& words)
{
    const auto& step = table.steps[row];
    if (column == TableColumn::step) return std::to_string(row + 1);
    if (column == TableColumn::ways) return printed_ways(table, step, words);
    if (column == TableColumn::name && words.english && !step.name_en.empty()) return step.name_en;
    if (column == TableColumn::post && step.posts.empty() && !step.action.empty())
        return words.say("workflow.table.by_program");
    return cell_for(step, column, words);
}

/// "2,5 ngày, 4 giờ": what the steps take one after the other.
std::string total_of(const StepTable& table, const TableWords& words)
{
    std::map<Unit, std::int64_t> sums;
    for (const auto& step : table.steps)
        if (step.budget) sums[step.budget->unit] += step.budget->amount;
    std::string out;
    for (const auto unit : {Unit::working_days, Unit::calendar_days, Unit::working_minutes}) {
        if (!sums.contains(unit)) continue;
        if (!out.empty()) out += ", ";
        out += cell_of(Budget{unit, sums[unit]}, words);
    }
    return out;
}

std::string tag(std::string_view name, std::string_view text)
{
    return "<" + std::string(name) + ">" + xml::escaped(text) + "</" +
           std::string(name.substr(0, name.find(' '))) + ">";
}

}  // namespace

std::string csv_of(const StepTable& table, const TableWords& words)
{
    csv::Table rows;
    const auto about = [&](std::string_view key, const std::string& value) {
        if (!value.empty()) rows.push_back({words.say(key), value});
    };
    about("workflow.table.process", table.name);
    about("workflow.table.name_en", table.name_en);
    about("workflow.table.id", table.id);
    about("workflow.table.limit", table.limit ? cell_of(*table.limit, words) : "");
    csv::Row head;
    for (const auto& heading : table_headings()) head.push_back(words.say(heading.key));
    rows.push_back(std::move(head));
    for (const auto& step : table.steps) {
        csv::Row row;
        for (const auto& heading : table_headings()) row.push_back(cell_for(step, heading.column, words));
        rows.push_back(std::move(row));
    }
    return csv::text_of(rows);
}

std::string html_of(const StepTable& table, const TableWords& words, const std::vector<std::string>& remarks)
{
    constexpr std::array columns{
        TableColumn::step, TableColumn::name, TableColumn::post, TableColumn::time, TableColumn::ways};
    const auto title = xml::escaped(words.english && !table.name_en.empty() ? table.name_en : table.name);
    std::string out =
        "<!DOCTYPE html>\n<html lang=\"" + std::string(words.english ? "en" : "vi") +
        "\">\n<meta charset=\"utf-8\">\n<title>" + title +
        "</title>\n<style>table{border-collapse:collapse}caption{font-weight:bold}th,td{border:1px solid;"
        "padding:.3em .5em;vertical-align:top;text-align:left}</style>\n<table>\n<caption>" +
        title + "</caption>\n<thead><tr>";
    for (const auto& heading : table_headings()) {
        if (std::find(columns.begin(), columns.end(), heading.column) == columns.end()) continue;
        const bool number = heading.column == TableColumn::step;
        out += tag("th scope=\"col\"", words.say(number ? "workflow.table.number" : heading.key));
    }
    out += "</tr></thead>\n<tbody>\n";
    for (std::size_t row = 0; row < table.steps.size(); ++row) {
        out += "<tr>";
        for (const auto column : columns) out += tag("td", printed(table, row, column, words));
        out += "</tr>\n";
    }
    out += "</tbody>\n<tfoot><tr><th colspan=\"3\" scope=\"row\">" +
           xml::escaped(words.say("workflow.table.total")) + "</th>" + tag("td", total_of(table, words)) +
           "<td>";
    if (table.limit)
        out += xml::escaped(words.say("workflow.table.limit") + ": " + cell_of(*table.limit, words));
    out += "</td></tr></tfoot>\n</table>\n";
    for (const auto& remark : remarks) out += tag("p", remark) + "\n";
    return out + "</html>\n";
}

}  // namespace thien_an::workflow
