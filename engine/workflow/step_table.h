#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/workflow/calendar.h"
#include "engine/workflow/process.h"

/// Processes as decisions approve them: a table of steps, who does each, how long, what comes next. To BPMN with our
/// extension and a diagram, and back. docs/standards/step-table.md.
namespace thien_an::workflow {

/// One way on from a step.
struct StepWay {
    enum class Kind {
        next,       ///< Always.
        outcome,    ///< An officer's button.
        when,       ///< `expression` is true.
        otherwise,  ///< No other way is taken.
        back        ///< May be sent back there, with a reason.
    };
    Kind kind = Kind::next;
    std::string name;  ///< Of the outcome.
    std::string vi;
    std::string en;
    bool needs_reason = false;
    std::string expression;  ///< FEEL.
    std::string to;          ///< Step; empty: the next row, or the end after the last.
    bool ends = false;       ///< To the end of the process.
    bool operator==(const StepWay&) const = default;
};

struct TableStep {
    int row = 0;  ///< Of the file, from 1.
    std::string id;
    std::string name;
    std::string name_en;
    std::vector<std::string> posts;  ///< Kinds, of a step an officer does.
    std::optional<Budget> budget;
    std::vector<StepWay> ways;
    std::string form;
    std::string action;  ///< Of a step the program does: "registers.enter(register: "births")", "wait(paid)".
    std::string note;
};

struct StepTable {
    std::string id;
    std::string name;
    std::string name_en;
    std::optional<Budget> limit;  ///< Statutory.
    std::vector<TableStep> steps;
};

/// How a table speaks: headings and units by key below "workflow.table.", names of posts.
struct TableWords {
    struct Post {
        std::string kind;
        std::string vi;
        std::string en;
    };
    std::function<std::string(std::string_view key)> say;
    std::vector<Post> posts;  ///< Empty: posts are written by their kinds.
    bool english = false;
};

struct TableRead {
    StepTable table;
    std::vector<Finding> findings;  ///< `line` is the row, `element` the column's heading.
    bool good() const;              ///< No errors.
};

/// A table in CSV, with headings in either language.
TableRead read_step_table(std::string_view csv, std::string_view file, const TableWords& words);
std::string csv_of(const StepTable& table, const TableWords& words);
/// The print form: title, steps, total; `remarks` stand below.
std::string html_of(
    const StepTable& table, const TableWords& words, const std::vector<std::string>& remarks = {}
);

struct TableBpmn {
    std::string xml;  ///< Empty when there are errors.
    std::vector<Finding> findings;
};
/// BPMN with a diagram, proved like any other; findings name rows. `words` names posts for the lanes.
TableBpmn bpmn_of(const StepTable& table, std::string_view file, const TableWords& words);

/// The table of a process; errors are what a table cannot say, warnings what it leaves out. The table has the rest.
TableRead step_table_of(std::string_view bpmn, std::string_view file, const Vocabulary& vocabulary);

}  // namespace thien_an::workflow
