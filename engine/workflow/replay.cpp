#include <algorithm>
#include <map>
#include <set>

#include "engine/workflow/engine_store.h"
#include "engine/workflow/step.h"

// History told again: what tasks and the instance must look like, compared with their rows.
namespace thien_an::workflow {
namespace {

/// "workflow.proof.WHAT" at `task/ID`, or at the instance when `task` is 0.
Problem fault(
    std::string what, std::int64_t task, std::vector<std::pair<std::string, std::string>> words = {}
)
{
    return {
        .code = "workflow.proof." + std::move(what),
        .field = task == 0 ? "" : "task/" + std::to_string(task),
        .words = std::move(words)};
}

struct Told {
    TaskState state = TaskState::open;
    std::string node;
    std::string outcome;
    std::int64_t done_by = 0;
    std::int64_t assignee = 0;
    bool claimed = false;
};

/// The fold of an instance's history.
struct Fold {
    std::map<std::int64_t, Told> tasks;
    bool ended = false;
    std::int64_t last_seq = 0;
    std::set<std::string> entered;  ///< Nodes, as the version it runs now names them.
    std::vector<Problem> faults;

    void take(const HistoryRow& row)
    {
        if (row.seq != last_seq + 1)
            faults.push_back(fault("line_missing", 0, {{"line", std::to_string(last_seq + 1)}}));
        last_seq = row.seq;
        const auto task = json::integer_or(row.detail, "task");
        if (row.what == "ended") ended = true;
        if (row.what == "entered") entered.insert(row.node);
        if (row.what == "migrated") take_migration(row);
        if (task == 0) return;
        if (row.what == "task_opened") {
            tasks[task].node = row.node;
            return;
        }
        if (!tasks.contains(task)) {
            faults.push_back(fault("before_opened", task, {{"what", row.what}}));
            return;
        }
        take_task(row, tasks[task]);
    }

    /// Open tasks go to the nodes the migration named.
    void take_migration(const HistoryRow& row)
    {
        const auto* nodes = json::member(row.detail, "nodes");
        if (nodes == nullptr || !nodes->is_object()) return;
        for (auto& [id, told] : tasks)
            if (const auto* to = nodes->as_object().if_contains(told.node);
                to != nullptr && told.state == TaskState::open)
                told.node = to->as_string();
        for (const auto& [from, to] : nodes->as_object())
            if (entered.contains(std::string(from))) entered.insert(std::string(to.as_string()));
    }

    static void take_task(const HistoryRow& row, Told& told)
    {
        if (row.what == "task_completed") {
            told.state = TaskState::completed;
            told.outcome = json::string_or(row.detail, "outcome");
            told.done_by = row.party.value;
        } else if (row.what == "task_withdrawn") {
            told.state = TaskState::withdrawn;
        } else if (row.what == "task_claimed") {
            told.claimed = true;
        } else if (row.what == "task_unclaimed" || row.what == "task_resolved") {
            told.claimed = false;
        } else if (row.what == "task_reassigned" || row.what == "task_delegated") {
            told.claimed = false;
            told.assignee = json::integer_or(row.detail, "to");
        }
    }
};

void compare(const Told& told, const Task& task, std::vector<Problem>& faults)
{
    const auto say = [&](const char* what) {
        faults.push_back(fault("task_differs", task.id.value, {{"node", task.node}, {"what", what}}));
    };
    if (told.node != task.node) say("node");
    if (told.state != task.state) say("state");
    if (told.outcome != task.outcome) say("outcome");
    if (told.state == TaskState::completed && told.done_by != task.done_by.value) say("person");
    if (told.state == TaskState::open && told.claimed != bool(task.claimed_by)) say("claim");
    if (told.state == TaskState::open && !told.claimed && told.assignee != 0 &&
        told.assignee != task.assignee.value && !task.delegated_by)
        say("assignee");
}

/// Control is, and was, only where the log saw it come. A token before a join has not come in yet.
void compare_places(const Fold& fold, const InstanceRow& row, std::vector<Problem>& faults)
{
    const auto state = json::parse(row.state, {.bytes_max = 64 * 1024 * 1024, .depth_max = 200});
    if (!state) {
        faults.push_back(fault("instance_differs", 0));
        return;
    }
    const auto check = [&](const std::string& node) {
        if (!node.empty() && !fold.entered.contains(node))
            faults.push_back(fault("never_entered", 0, {{"node", node}}));
    };
    if (const auto* left = json::member(state.value(), "left"); left != nullptr && left->is_array())
        for (const auto& node : left->as_array()) check(std::string(node.as_string()));
    const auto* tokens = json::member(state.value(), "tokens");
    if (tokens == nullptr || !tokens->is_array()) return;
    for (const auto& token : tokens->as_array())
        if (json::integer_or(token, "at") != std::int64_t(Token::At::joining))
            check(json::string_or(token, "node"));
}

}  // namespace

std::vector<Problem> replay(storage::Reader& db, InstanceId id)
{
    Fold fold;
    const auto row = find_row(db, id);
    if (!row) return {fault("no_instance", 0)};
    for (const auto& line : history(db, id, 100'000)) fold.take(line);
    auto faults = std::move(fold.faults);
    for (const auto& task : task_rows(db, id)) {
        const auto told = fold.tasks.find(task.task.id.value);
        if (told == fold.tasks.end()) {
            faults.push_back(fault("task_unknown", task.task.id.value));
            continue;
        }
        compare(told->second, task.task, faults);
        fold.tasks.erase(told);
    }
    for (const auto& [task, told] : fold.tasks)
        faults.push_back(fault("task_gone", task, {{"node", told.node}}));
    compare_places(fold, *row, faults);
    if (fold.ended != (row->instance.state != InstanceState::running))
        faults.push_back(fault("instance_differs", 0));
    return faults;
}

}  // namespace thien_an::workflow
