#include <map>

#include "engine/storage/id_list.h"
#include "engine/workflow/engine_store.h"

namespace thien_an::workflow {
namespace {

std::vector<PostId> posts_from(const std::string& text)
{
    std::vector<PostId> out;
    const auto list = json::parse(text);
    if (!list || !list.value().is_array()) throw storage::StorageError("candidates of a task are no list");
    for (const auto& id : list.value().as_array()) out.push_back(PostId{id.as_int64()});
    return out;
}

std::string text_of_posts(const std::vector<PostId>& posts)
{
    json::array out;
    for (const auto post : posts) out.push_back(post.value);
    return json::text_of(out);
}

TaskRow row_from(storage::Rows& rows)
{
    TaskRow out;
    out.task = {
        .id = rows.id<TaskId>(0),
        .instance = rows.id<InstanceId>(1),
        .owner = rows.integer(2),
        .agency = rows.id<AgencyId>(3),
        .node = rows.text(4),
        .candidates = {},
        .assignee = rows.id<PostId>(6),
        .claimed_by = rows.id<identity::PartyId>(7),
        .delegated_by = rows.id<PostId>(8),
        .state = TaskState(rows.integer(9)),
        .created = rows.instant(10),
        .due = rows.instant_or_null(11),
        .done = rows.instant_or_null(15),
        .done_by = rows.id<identity::PartyId>(16),
        .done_as = rows.id<PostId>(17),
        .outcome = rows.text(18),
        .form = rows.text(19),
        .sort_key = rows.integer(12)};
    out.sort_key = rows.integer(12);
    out.kept_candidates = rows.text(5);
    if (!out.kept_candidates.starts_with('~')) out.task.candidates = posts_from(out.kept_candidates);
    if (const auto ledger = rows.text_or_null(13)) out.ledger = ledger_from(json::parse(*ledger).value());
    out.rung_at = rows.instant_or_null(14);
    return out;
}

/// The candidates of a task that is not open any more are kept once for all tasks that had them.
TaskRow with_candidates(storage::Reader& db, TaskRow row)
{
    if (row.kept_candidates.starts_with('~'))
        row.task.candidates = posts_from(whole_text(db, std::move(row.kept_candidates)));
    return row;
}

std::optional<std::string> closed_candidates(storage::Writer& db, const Task& task)
{
    if (task.state == TaskState::open) return std::nullopt;
    return kept_once(db, text_of_posts(task.candidates));
}

std::optional<std::string> ledger_text(const TaskRow& row)
{
    return row.ledger ? std::optional(json::text_of(to_json(*row.ledger))) : std::nullopt;
}

void write_candidates(storage::Writer& db, const TaskRow& row)
{
    if (row.task.state != TaskState::open) return;
    auto posts = row.task.candidates;
    if (row.task.assignee && std::find(posts.begin(), posts.end(), row.task.assignee) == posts.end())
        posts.push_back(row.task.assignee);
    for (const auto post : posts)
        db.execute(
            "INSERT INTO work_task_candidate (post, sort_key, task) VALUES (?1, ?2, ?3)",
            post,
            row.sort_key,
            row.task.id
        );
}

}  // namespace

std::optional<TaskRow> find_task_row(storage::Reader& db, TaskId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, instance, owner, agency, node, candidates, assignee, claimed_by, delegated_by, status, created, due, sort_key,
               ledger, rung_at, done, done_by, done_as, outcome, form
          FROM work_task
         WHERE id = ?1
         LIMIT 1)sql",
        id
    );
    if (!rows.next()) return std::nullopt;
    return with_candidates(db, row_from(rows));
}

std::vector<TaskRow> task_rows(storage::Reader& db, InstanceId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, instance, owner, agency, node, candidates, assignee, claimed_by, delegated_by, status, created, due, sort_key,
               ledger, rung_at, done, done_by, done_as, outcome, form
          FROM work_task
         WHERE instance = ?1        -- served by index work_task_instance
         ORDER BY id
         LIMIT 1000)sql",
        id
    );
    std::vector<TaskRow> out;
    while (rows.next()) out.push_back(row_from(rows));
    for (auto& row : out) row = with_candidates(db, std::move(row));
    return out;
}

void insert_task(storage::Writer& db, const TaskRow& row)
{
    const auto& t = row.task;
    db.execute(
        R"sql(
        INSERT INTO work_task (id, instance, owner, agency, node, candidates, assignee, claimed_by, delegated_by, status, created,
                               due, sort_key, ledger, rung_at, done, done_by, done_as, outcome, form)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20))sql",
        t.id,
        t.instance,
        t.owner,
        t.agency,
        t.node,
        text_of_posts(t.candidates),
        t.assignee,
        t.claimed_by,
        t.delegated_by,
        t.state,
        t.created,
        t.due,
        row.sort_key,
        ledger_text(row),
        row.rung_at,
        t.done,
        t.done_by,
        t.done_as,
        t.outcome,
        t.form
    );
    write_candidates(db, row);
}

void update_task(storage::Writer& db, const TaskRow& row)
{
    const auto& t = row.task;
    db.execute(
        R"sql(
        UPDATE work_task
           SET assignee = ?2, claimed_by = ?3, delegated_by = ?4, status = ?5, due = ?6, sort_key = ?7, ledger = ?8, rung_at = ?9,
               done = ?10, done_by = ?11, done_as = ?12, outcome = ?13, candidates = coalesce(?14, candidates)
         WHERE id = ?1)sql",
        t.id,
        t.assignee,
        t.claimed_by,
        t.delegated_by,
        t.state,
        t.due,
        row.sort_key,
        ledger_text(row),
        row.rung_at,
        t.done,
        t.done_by,
        t.done_as,
        t.outcome,
        closed_candidates(db, t)
    );
    db.execute("DELETE FROM work_task_candidate WHERE task = ?1", t.id);
    write_candidates(db, row);
}

Result<Task> find_task(storage::Reader& db, TaskId id)
{
    const auto row = find_task_row(db, id);
    if (!row) return Problem{.code = "workflow.no_such_task", .field = "", .law = ""};
    return row->task;
}

std::vector<Task> open_tasks(storage::Reader& db, InstanceId id)
{
    std::vector<Task> out;
    for (auto& row : task_rows(db, id))
        if (row.task.state == TaskState::open) out.push_back(std::move(row.task));
    return out;
}

std::int64_t sort_key(const Task& task) { return task.sort_key; }

namespace {

/// Values of the conditions of a query, in the order of ?1...
struct Conditions {
    std::int64_t after_key, after_id, agency, party, unclaimed, due_before;
    std::string_view node;
};

Conditions conditions_of(const TaskQuery& q)
{
    return {
        .after_key = q.after ? q.after->first : std::numeric_limits<std::int64_t>::min(),
        .after_id = q.after ? q.after->second.value : 0,
        .agency = q.agency.value,
        .party = q.claimed_by.value,
        .unclaimed = q.only_unclaimed ? 1 : 0,
        .due_before = q.due_before ? column(*q.due_before) : no_deadline,
        .node = q.node};
}

void take_post(storage::Reader& db, const TaskQuery& q, PostId post, std::vector<Task>& out)
{
    const auto c = conditions_of(q);
    auto rows = db.query(
        R"sql(
        SELECT t.id, t.instance, t.owner, t.agency, t.node, t.candidates, t.assignee, t.claimed_by, t.delegated_by, t.status, t.created,
               t.due, t.sort_key, t.ledger, t.rung_at, t.done, t.done_by, t.done_as, t.outcome, t.form
          FROM work_task_candidate c JOIN work_task t ON t.id = c.task
         WHERE c.post = ?1 AND (c.sort_key, c.task) > (?2, ?3)       -- in the order of the primary key of work_task_candidate
           AND (?4 = 0 OR t.agency = ?4) AND (?5 = 0 OR t.claimed_by = ?5)
           AND (?6 = 0 OR t.assignee = 0) AND (?7 = '' OR t.node = ?7)
           AND (?8 = 9223372036854775807 OR t.sort_key < ?8)
         ORDER BY c.sort_key, c.task
         LIMIT ?9)sql",
        post,
        c.after_key,
        c.after_id,
        c.agency,
        c.party,
        c.unclaimed,
        c.node,
        c.due_before,
        std::int64_t(std::clamp(q.limit, 1, 500))
    );
    while (rows.next()) out.push_back(row_from(rows).task);
}

void take_any(storage::Reader& db, const TaskQuery& q, std::vector<Task>& out)
{
    const auto c = conditions_of(q);
    auto rows = db.query(
        R"sql(
        SELECT t.id, t.instance, t.owner, t.agency, t.node, t.candidates, t.assignee, t.claimed_by, t.delegated_by, t.status, t.created,
               t.due, t.sort_key, t.ledger, t.rung_at, t.done, t.done_by, t.done_as, t.outcome, t.form
          FROM work_task t
         WHERE t.status = 1 AND (t.sort_key, t.id) > (?1, ?2)        -- served by index work_task_open
           AND (?3 = 0 OR t.agency = ?3) AND (?4 = 0 OR t.claimed_by = ?4)
           AND (?5 = 0 OR t.assignee = 0) AND (?6 = '' OR t.node = ?6)
           AND (?7 = 9223372036854775807 OR t.sort_key < ?7)
         ORDER BY t.sort_key, t.id
         LIMIT ?8)sql",
        c.after_key,
        c.after_id,
        c.agency,
        c.party,
        c.unclaimed,
        c.node,
        c.due_before,
        std::int64_t(std::clamp(q.limit, 1, 500))
    );
    while (rows.next()) out.push_back(row_from(rows).task);
}

}  // namespace

std::vector<Task> tasks(storage::Reader& db, const TaskQuery& q)
{
    std::vector<Task> out;
    if (q.posts.empty()) take_any(db, q, out);
    for (const auto post : q.posts) take_post(db, q, post, out);
    if (q.posts.size() < 2) return out;
    // A person with several posts: their queues merged, each task once.
    std::sort(out.begin(), out.end(), [](const Task& a, const Task& b) {
        return std::pair(a.sort_key, a.id) < std::pair(b.sort_key, b.id);
    });
    out.erase(
        std::unique(out.begin(), out.end(), [](const Task& a, const Task& b) { return a.id == b.id; }),
        out.end()
    );
    const auto limit = std::size_t(std::clamp(q.limit, 1, 500));
    if (out.size() > limit) out.resize(limit);
    return out;
}

std::int64_t count_tasks(storage::Reader& db, std::span<const PostId> posts, int most)
{
    if (posts.size() > 2) throw std::logic_error("a person acts for one other post at most");
    if (posts.empty()) return 0;
    // Served by the primary key of work_task_candidate.
    constexpr std::string_view of_one = R"sql(
        SELECT count(*) FROM (SELECT 1 FROM work_task_candidate WHERE post = ?1 LIMIT ?2) counted)sql";
    constexpr std::string_view of_two = R"sql(
        SELECT count(*) FROM (
            SELECT task FROM (SELECT task FROM work_task_candidate WHERE post = ?1 LIMIT ?2) own
            UNION
            SELECT task FROM (SELECT task FROM work_task_candidate WHERE post = ?3 LIMIT ?2) other
            LIMIT ?2) counted)sql";
    auto rows =
        posts.size() == 1 ? db.query(of_one, posts[0], most) : db.query(of_two, posts[0], most, posts[1]);
    return rows.next() ? rows.integer(0) : 0;
}

std::vector<std::int64_t> owners_of_tasks(storage::Reader& db, std::span<const PostId> posts, int most)
{
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> owners;  // By sort key and task.
    for (const auto post : posts) {
        auto rows = db.query(
            R"sql(
            SELECT c.sort_key, c.task, t.owner
              FROM work_task_candidate c JOIN work_task t ON t.id = c.task
             WHERE c.post = ?1                 -- in the order of the primary key of work_task_candidate
             ORDER BY c.sort_key, c.task
             LIMIT ?2)sql",
            post,
            most
        );
        while (rows.next()) owners.emplace(std::pair(rows.integer(0), rows.integer(1)), rows.integer(2));
    }
    std::vector<std::int64_t> found;
    for (const auto& [place, owner] : owners)
        if (int(found.size()) < most) found.push_back(owner);
    return found;
}

std::vector<OpenStep> open_steps(storage::Reader& db, std::span<const InstanceId> instances)
{
    static const auto select = std::string(R"sql(
        SELECT id, instance, node, assignee, claimed_by, due
          FROM work_task                        -- served by index work_task_instance
         WHERE status = 1 AND instance IN )sql");
    std::vector<std::int64_t> ids;
    for (const auto instance : instances) ids.push_back(instance.value);
    std::vector<OpenStep> steps;
    if (ids.empty()) return steps;
    const auto sql =
        select + std::string(storage::listed_first(db.engine())) + " ORDER BY instance, id LIMIT 100000";
    auto rows = db.query(sql, storage::id_list(ids));
    while (rows.next()) {
        const auto instance = rows.id<InstanceId>(1);
        if (!steps.empty() && steps.back().instance == instance) continue;
        steps.push_back(
            {.task = rows.id<TaskId>(0),
             .instance = instance,
             .node = rows.text(2),
             .assignee = rows.id<PostId>(3),
             .claimed_by = rows.id<identity::PartyId>(4),
             .due = rows.instant_or_null(5)}
        );
    }
    return steps;
}

}  // namespace thien_an::workflow
