#include "engine/workflow/engine_store.h"

namespace thien_an::workflow {
namespace {

json::value parsed(const std::string& text)
{
    auto value = json::parse(text, {.bytes_max = 64 * 1024 * 1024, .depth_max = 200});
    if (!value) throw storage::StorageError("a row holds no JSON: " + value.problem().code);
    return std::move(value).value();
}

json::object object_from(const std::string& text)
{
    auto value = parsed(text);
    return value.is_object() ? std::move(value.as_object()) : json::object{};
}

InstanceRow row_from(storage::Rows& rows)
{
    InstanceRow out;
    out.instance = {
        .id = rows.id<InstanceId>(0),
        .definition = rows.integer(1),
        .owner = rows.integer(2),
        .key = rows.text(3),
        .agency = rows.id<AgencyId>(4),
        .state = InstanceState(rows.integer(5)),
        .started = rows.instant(6),
        .ended = rows.instant_or_null(7),
        .version = rows.integer(8)};
    out.state = rows.text(9);
    if (const auto clock = rows.text_or_null(10)) out.clock = ledger_from(parsed(*clock));
    out.clock_due = rows.instant_or_null(11);
    out.rung_at = rows.instant_or_null(12);
    out.instance.parent = rows.id<InstanceId>(13);
    out.parent_wait = rows.integer(14);
    return out;
}

std::optional<std::string> clock_text(const InstanceRow& row)
{
    return row.clock ? std::optional(json::text_of(to_json(*row.clock))) : std::nullopt;
}

}  // namespace

std::optional<InstanceRow> find_row(storage::Reader& db, InstanceId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, definition, owner, key, agency, status, started, ended, version, state, clock, clock_due, rung_at,
               parent, parent_wait
          FROM process_instance
         WHERE id = ?1
         LIMIT 1)sql",
        id
    );
    if (!rows.next()) return std::nullopt;
    auto row = row_from(rows);
    row.state = whole_text(db, std::move(row.state));
    return row;
}

Result<Instance> find_instance(storage::Reader& db, InstanceId id)
{
    const auto row = find_row(db, id);
    if (!row) return Problem{.code = "workflow.no_such_instance", .field = "", .law = ""};
    return row->instance;
}

std::optional<Instance> instance_of(storage::Reader& db, std::int64_t owner)
{
    auto rows = db.query(
        R"sql(
        SELECT id, definition, owner, key, agency, status, started, ended, version, state, clock, clock_due, rung_at,
               parent, parent_wait
          FROM process_instance
         WHERE owner = ?1 AND parent = 0          -- served by index process_instance_owner
         ORDER BY id DESC
         LIMIT 1)sql",
        owner
    );
    if (!rows.next()) return std::nullopt;
    return row_from(rows).instance;
}

void insert_instance(storage::Writer& db, const InstanceRow& row)
{
    const auto& i = row.instance;
    db.execute(
        R"sql(
        INSERT INTO process_instance
               (id, definition, owner, key, agency, status, started, ended, version, state, parent, parent_wait)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))sql",
        i.id,
        i.definition,
        i.owner,
        i.key,
        i.agency,
        i.state,
        i.started,
        i.ended,
        i.version,
        row.state,
        i.parent,
        row.parent_wait
    );
}

void update_instance(storage::Writer& db, const InstanceRow& row, std::optional<Instant> soonest_timer)
{
    const auto& i = row.instance;
    db.execute(
        R"sql(
        UPDATE process_instance
           SET status = ?2, ended = ?3, version = ?4, state = ?5,
               next_at = (SELECT min(at)
                            FROM (SELECT CAST(?6 AS BIGINT) AS at
                                   UNION ALL
                                  SELECT CAST(?7 AS BIGINT)
                                   UNION ALL
                                  SELECT min(rung_at) FROM work_task WHERE instance = ?1 AND status = 1) AS soon)
         WHERE id = ?1)sql",
        i.id,
        i.state,
        i.ended,
        i.version,
        row.state,
        soonest_timer,
        row.rung_at
    );
}

void update_clock(storage::Writer& db, const InstanceRow& row)
{
    db.execute(
        "UPDATE process_instance SET clock = ?2, clock_due = ?3, rung_at = ?4 WHERE id = ?1",
        row.instance.id,
        clock_text(row),
        row.clock_due,
        row.rung_at
    );
    // Open tasks are worked in the order of what is due first.
    const std::int64_t due = row.clock_due ? column(*row.clock_due) : no_deadline;
    db.execute(
        R"sql(
        UPDATE work_task
           SET sort_key = CASE WHEN due IS NOT NULL AND due < ?2 THEN due ELSE ?2 END
         WHERE instance = ?1 AND status = 1)sql",
        row.instance.id,
        due
    );
    db.execute(
        R"sql(
        UPDATE work_task_candidate
           SET sort_key = (SELECT t.sort_key FROM work_task t WHERE t.id = work_task_candidate.task)
         WHERE task IN (SELECT t.id FROM work_task t WHERE t.instance = ?1 AND t.status = 1))sql",
        row.instance.id
    );
}

void update_next(storage::Writer& db, InstanceId id, std::optional<Instant> soonest_timer)
{
    auto rows = db.query("SELECT min(rung_at) FROM work_task WHERE instance = ?1 AND status = 1 LIMIT 1", id);
    std::optional<Instant> task_rung;
    if (rows.next()) task_rung = rows.instant_or_null(0);
    auto clock = db.query("SELECT rung_at FROM process_instance WHERE id = ?1 LIMIT 1", id);
    std::optional<Instant> clock_rung;
    if (clock.next()) clock_rung = clock.instant_or_null(0);
    std::optional<Instant> next = soonest_timer;
    for (const auto& other : {task_rung, clock_rung})
        if (other && (!next || *other < *next)) next = other;
    db.execute("UPDATE process_instance SET next_at = ?2 WHERE id = ?1", id, next);
}

void update_definition(storage::Writer& db, InstanceId id, std::int64_t definition)
{
    db.execute("UPDATE process_instance SET definition = ?2 WHERE id = ?1", id, definition);
}

void move_task(storage::Writer& db, TaskId id, std::string_view node, std::string_view form)
{
    db.execute("UPDATE work_task SET node = ?2, form = ?3 WHERE id = ?1", id, node, form);
}

json::object variables_of(storage::Reader& db, InstanceId id)
{
    const auto row = find_row(db, id);
    if (!row) return {};
    const auto state = parsed(row->state);
    const auto* variables = json::member(state, "variables");
    return variables != nullptr && variables->is_object() ? variables->as_object() : json::object{};
}

Whereabouts whereabouts(storage::Reader& db, InstanceId id)
{
    Whereabouts out;
    const auto row = find_row(db, id);
    if (!row) return out;
    const auto state = parsed(row->state);
    const auto each = [&](std::string_view name, const auto& take) {
        if (const auto* list = json::member(state, name); list != nullptr && list->is_array())
            for (const auto& item : list->as_array()) take(item);
    };
    each("tokens", [&](const json::value& t) { out.here.push_back(json::string_or(t, "node")); });
    each("walked", [&](const json::value& f) { out.flows.emplace_back(f.as_string()); });
    each("left", [&](const json::value& n) {
        const std::string node(n.as_string());
        if (std::find(out.here.begin(), out.here.end(), node) == out.here.end()) out.done.push_back(node);
    });
    return out;
}

std::optional<Ledger> find_clock(storage::Reader& db, InstanceId id)
{
    const auto row = find_row(db, id);
    return row ? row->clock : std::nullopt;
}

std::vector<InstanceId> open_clocks(storage::Reader& db, AgencyId agency, std::int64_t after, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT id
          FROM process_instance
         WHERE agency = ?1 AND id > ?2 AND clock_due IS NOT NULL   -- served by index process_instance_clock
         ORDER BY id
         LIMIT ?3)sql",
        agency,
        after,
        limit
    );
    std::vector<InstanceId> out;
    while (rows.next()) out.push_back(rows.id<InstanceId>(0));
    return out;
}

void insert_subscription(
    storage::Writer& db, std::int64_t id, InstanceId instance, std::string_view name, std::string_view key
)
{
    db.execute(
        "INSERT INTO process_subscription (id, instance, name, key) VALUES (?1, ?2, ?3, ?4)",
        id,
        instance,
        name,
        key
    );
}

void delete_subscription(storage::Writer& db, std::int64_t id)
{
    db.execute("DELETE FROM process_subscription WHERE id = ?1", id);
}

std::vector<InstanceId> subscribers(storage::Reader& db, std::string_view name, std::string_view key)
{
    auto rows = db.query(
        R"sql(
        SELECT DISTINCT instance
          FROM process_subscription
         WHERE name = ?1 AND key = ?2       -- served by index process_subscription_name
         ORDER BY instance
         LIMIT 10)sql",
        name,
        key
    );
    std::vector<InstanceId> out;
    while (rows.next()) out.push_back(rows.id<InstanceId>(0));
    return out;
}

bool message_known(storage::Reader& db, std::string_view sender_id)
{
    if (sender_id.empty()) return false;
    return db.query("SELECT id FROM process_message WHERE sender_id = ?1 LIMIT 1", sender_id).next();
}

void insert_message(storage::Writer& db, const MessageRow& row, Instant at, InstanceId taken)
{
    const auto sender = row.sender_id.empty() ? std::nullopt : std::optional(row.sender_id);
    db.execute(
        R"sql(
        INSERT INTO process_message (id, sender_id, name, key, instance, body, at, taken, keep_until)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        row.id,
        sender,
        row.name,
        row.key,
        row.instance,
        json::text_of(row.body),
        at,
        taken,
        row.keep_until
    );
}

std::optional<MessageRow> kept_message(
    storage::Reader& db, std::string_view name, std::string_view key, InstanceId instance
)
{
    auto rows = db.query(
        R"sql(
        SELECT id, name, key, instance, body
          FROM process_message
         WHERE name = ?1 AND key = ?2 AND taken = 0 AND instance IN (0, ?3) AND kind = 0
               -- served by index process_message_waiting
         ORDER BY id
         LIMIT 1)sql",
        name,
        key,
        instance
    );
    if (!rows.next()) return std::nullopt;
    return MessageRow{
        .id = rows.integer(0),
        .sender_id = {},
        .name = rows.text(1),
        .key = rows.text(2),
        .instance = rows.id<InstanceId>(3),
        .body = object_from(rows.text(4))};
}

void drop_messages(storage::Writer& db, std::string_view name, InstanceId instance)
{
    db.execute(
        "UPDATE process_message SET taken = ?2 WHERE name = ?1 AND key = '' AND taken = 0 AND instance = ?2",
        name,
        instance
    );
}

void take_message(storage::Writer& db, std::int64_t id, InstanceId taken)
{
    db.execute("UPDATE process_message SET taken = ?2 WHERE id = ?1", id, taken);
}

void insert_call(
    storage::Writer& db,
    CallId id,
    InstanceId instance,
    std::string_view node,
    std::string_view action,
    Instant at
)
{
    db.execute(
        "INSERT INTO process_call (id, instance, node, action, open, at) VALUES (?1, ?2, ?3, ?4, 1, ?5)",
        id,
        instance,
        node,
        action,
        at
    );
}

void close_call(storage::Writer& db, CallId id)
{
    db.execute("UPDATE process_call SET open = 0 WHERE id = ?1", id);
}

std::optional<InstanceId> open_call(storage::Reader& db, CallId id)
{
    auto rows = db.query("SELECT instance FROM process_call WHERE id = ?1 AND open = 1 LIMIT 1", id);
    if (!rows.next()) return std::nullopt;
    return rows.id<InstanceId>(0);
}

void insert_incident(
    storage::Writer& db,
    std::int64_t id,
    const InstanceRow& row,
    std::string_view node,
    std::int64_t token,
    const Problem& problem,
    Instant at
)
{
    json::object words;
    for (const auto& [name, value] : problem.words) words[name] = value;
    db.execute(
        R"sql(
        INSERT INTO process_incident (id, instance, owner, node, token, problem, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
        id,
        row.instance.id,
        row.instance.owner,
        node,
        token,
        json::text_of(json::object{{"code", problem.code}, {"words", std::move(words)}}),
        at
    );
}

std::optional<IncidentRow> open_incident(storage::Reader& db, std::int64_t id)
{
    auto rows = db.query(
        "SELECT instance, token FROM process_incident WHERE id = ?1 AND resolved IS NULL LIMIT 1", id
    );
    if (!rows.next()) return std::nullopt;
    return IncidentRow{rows.id<InstanceId>(0), rows.integer(1)};
}

void resolve_incident(storage::Writer& db, std::int64_t id, Instant at)
{
    db.execute("UPDATE process_incident SET resolved = ?2 WHERE id = ?1 AND resolved IS NULL", id, at);
}

void resolve_incidents_of(storage::Writer& db, InstanceId instance, Instant at)
{
    db.execute(
        "UPDATE process_incident SET resolved = ?2 WHERE instance = ?1 AND resolved IS NULL", instance, at
    );
}

namespace {

Incident incident_from(storage::Rows& rows)
{
    const auto problem = parsed(rows.text(4));
    Incident one{
        .id = rows.integer(0),
        .instance = rows.id<InstanceId>(1),
        .owner = rows.integer(2),
        .node = rows.text(3),
        .problem = {.code = json::string_or(problem, "code"), .field = "", .law = ""},
        .at = rows.instant(5),
        .resolved = false};
    if (const auto* words = json::member(problem, "words"); words != nullptr && words->is_object())
        for (const auto& [name, value] : words->as_object())
            one.problem.words.emplace_back(name, std::string(value.as_string()));
    return one;
}

}  // namespace

std::vector<Incident> incidents(storage::Reader& db, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT id, instance, owner, node, problem, at
          FROM process_incident
         WHERE resolved IS NULL          -- served by index process_incident_open
         ORDER BY at
         LIMIT ?1)sql",
        limit
    );
    std::vector<Incident> out;
    while (rows.next()) out.push_back(incident_from(rows));
    return out;
}

Result<Incident> find_incident(storage::Reader& db, std::int64_t id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, instance, owner, node, problem, at
          FROM process_incident
         WHERE id = ?1 AND resolved IS NULL
         LIMIT 1)sql",
        id
    );
    if (!rows.next()) return Problem{.code = "workflow.no_such_incident", .field = "", .law = ""};
    return incident_from(rows);
}

void log_decision(
    storage::Writer& db,
    std::int64_t id,
    InstanceId instance,
    std::int64_t owner,
    const DecisionRecord& record
)
{
    json::array rules;
    for (const auto& rule : record.rules) rules.push_back(json::value(rule));
    db.execute(
        R"sql(
        INSERT INTO decision_log (id, instance, owner, decision, inputs, rules, output, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
        id,
        instance,
        owner,
        record.decision,
        json::text_of(record.inputs),
        json::text_of(rules),
        json::text_of(record.output),
        record.at
    );
}

std::vector<DecisionRecord> decisions(storage::Reader& db, std::int64_t owner, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT decision, inputs, rules, output, at
          FROM decision_log
         WHERE owner = ?1          -- served by index decision_log_owner
         ORDER BY at DESC
         LIMIT ?2)sql",
        owner,
        limit
    );
    std::vector<DecisionRecord> out;
    while (rows.next()) {
        DecisionRecord one{
            .decision = rows.text(0),
            .inputs = parsed(rows.text(1)),
            .rules = {},
            .output = parsed(rows.text(3)),
            .at = rows.instant(4)};
        const auto rules = parsed(rows.text(2));  // Kept: a loop over a part of a temporary would outlive it.
        for (const auto& rule : rules.as_array()) one.rules.emplace_back(rule.as_string());
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace thien_an::workflow
