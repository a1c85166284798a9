#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/problem.h"
#include "engine/base/result.h"
#include "engine/workflow/calendar.h"

/// A process proved at load: BPMN 2.0 with our extension (docs/standards/bpmn-extension.md), compiled,
/// immutable.
namespace thien_an::workflow {

struct Model;
class Decisions;

/// A limit of the law the steps of a process have to fit.
struct StepLimit {
    std::string name;  ///< Shown with a fault: the law, or the days it holds.
    Budget total;
    std::set<std::string> starts = {};  ///< Actions that start its clock; none: the start of the process.
    std::map<std::string, Budget> extends = {};       ///< Actions that add to it, once.
    std::int64_t day_minutes = std::int64_t{8} * 60;  ///< Of a working day.
};

/// What references of a file are checked against.
struct Vocabulary {
    std::vector<std::string> actions;  ///< Names ta:action may call.
    std::vector<std::string> forms;    ///< Names ta:form may ask for.
    std::vector<std::string> posts;    ///< Members of `posts` that candidates may name; empty: not checked.
    std::vector<std::string> names{
        "form", "dossier", "law", "today", "posts"};  ///< Host names of expressions.
    std::vector<std::string> members;                 ///< Member names with spaces.
    std::shared_ptr<const Decisions>
        decisions;            ///< Of the folder's DMN files; shared with the process. Null: none.
    bool any_action = false;  ///< Take every action and form: for a check without a host.
    bool unbound = false;  ///< Take tasks without an action or decision: for files nobody means to run here.
    std::vector<std::string> processes = {};  ///< Processes of the host a call activity may run.
    std::vector<std::string> variables = {};  ///< Of the process, beside those its file declares.
    /// Words of scripts in another dialect that stand for actions of the host; true: answered later, as from an outbox.
    std::map<std::string, bool> script_words = {};
    /// Turns an expression of another dialect into FEEL; empty: they are FEEL.
    std::function<std::string(std::string)> translate = {};
    std::vector<StepLimit> limits = {};  ///< The longest way of the steps must fit each.
    bool refuse_unproved = false;        ///< What is too large to be proved is an error, not a warning.
    bool prove =
        true;  ///< Refuse what is not sound; false only to run what others have written as the standard says.
};

/// Something wrong with a file, or worth saying about it.
struct Finding {
    enum class Severity { error, warning };
    Severity severity = Severity::error;
    std::string file;
    int line = 0;
    std::string element;            ///< Id, or name of the element.
    Problem problem;                ///< Its sentence is in words.vi.json and words.en.json.
    std::vector<std::string> path;  ///< Nodes of a counterexample, in the order they are walked.
};

/// Node of an old version to node of the new one; what is not named goes to the node of its own id.
using MigrationMap = std::map<std::string, std::string>;

/// What a citizen reads while a token is at a node.
struct Label {
    std::string vi;
    std::string en;
};

struct OutcomeChoice {
    std::string name;
    std::string vi;
    std::string en;
    bool needs_reason = false;
};

class Process {
public:
    struct Loaded {
        std::shared_ptr<const Process> process;  ///< Null when there are errors. Shared: many threads run it.
        std::vector<Finding> findings;
    };
    /// Reads, checks and proves. `file` names the text in findings.
    static Loaded load(std::string_view xml, std::string_view file, const Vocabulary& vocabulary);
    /// The same for a file of several processes: one for each executable process that no other of the file calls.
    static std::vector<Loaded> load_all(
        std::string_view xml, std::string_view file, const Vocabulary& vocabulary
    );

    explicit Process(std::unique_ptr<const Model> model);
    ~Process();
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    const Model& model() const { return *model_; }
    const std::string& id() const;
    const std::string& name() const;
    /// Buttons of a user task, in document order; empty when `node` is none.
    std::vector<OutcomeChoice> outcomes(std::string_view node) const;
    /// Name of a node as the file has it ("Tiếp nhận, kiểm tra giấy tờ").
    Label node_name(std::string_view node) const;  ///< English is the Vietnamese where the file has none.
    Label label(std::string_view node) const;
    std::string form(std::string_view node) const;
    std::vector<std::string> user_tasks() const;

private:
    std::unique_ptr<const Model> model_;
};

/// One line a finding: "process.bpmn:120: error: userTask check: ..." with codes and words, for logs and
/// tests.
std::string text_of(const Finding& finding);

/// That `file` could not be read at all, as a finding at the line the problem names.
Finding unreadable(std::string_view file, const Problem& problem);

}  // namespace thien_an::workflow
