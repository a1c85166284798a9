#include "engine/offline/lines_store.h"

#include <algorithm>

namespace thien_an::offline {
namespace {

constexpr std::array states{
    LineState::own,
    LineState::came,
    LineState::done,
    LineState::conflict,
    LineState::accepted,
    LineState::refused};

LineState state_named(std::string_view name)
{
    for (const auto state : states)
        if (name_of(state) == name) return state;
    throw std::runtime_error("a line has a state that is none");
}

KeptLine line_from(const storage::Rows& rows)
{
    KeptLine out;
    out.id = rows.id<LineId>(0);
    out.lease = rows.id<LeaseId>(1);
    out.sequence = rows.integer(2);
    out.line = {rows.text(3), rows.bytes(4)};
    out.dossier = rows.text(5);
    out.has_entry = rows.integer(6) != 0;
    out.state = state_named(rows.text(7));
    if (const auto problem = rows.text(8); !problem.empty())
        out.problem = problem_from(json::parse(problem).value());
    out.came_at = rows.instant(9);
    out.settled_at = rows.instant_or_null(10);
    out.party = rows.id<identity::PartyId>(11);
    out.post = rows.id<identity::PostId>(12);
    out.reason = rows.text(13);
    return out;
}

std::vector<KeptLine> all_of(storage::Rows rows)
{
    std::vector<KeptLine> out;
    while (rows.next()) out.push_back(line_from(rows));
    return out;
}

}  // namespace

std::string_view name_of(LineState state)
{
    switch (state) {
    case LineState::own: return "own";
    case LineState::came: return "came";
    case LineState::done: return "done";
    case LineState::conflict: return "conflict";
    case LineState::accepted: return "accepted";
    case LineState::refused: return "refused";
    }
    throw std::logic_error("LineState outside its enumerators");
}

void keep_line(storage::Writer& db, const KeptLine& line)
{
    db.execute(
        R"sql(
        INSERT INTO offline_line (id, lease, sequence, hash, body, signature, dossier, has_entry, state,
                                  problem, came_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
        line.id,
        line.lease,
        line.sequence,
        hash_of(line.line),
        line.line.body,
        line.line.signature,
        line.dossier,
        line.has_entry,
        name_of(line.state),
        line.problem ? json::canonical(to_json(*line.problem)) : std::string(),
        line.came_at
    );
}

std::vector<KeptLine> lines_from(storage::Reader& db, LeaseId lease, std::int64_t from, int limit)
{
    return all_of(db.query(
        R"sql(
        SELECT id, lease, sequence, body, signature, dossier, has_entry, state, problem, came_at, settled_at,
               party, post, reason
          FROM offline_line
         WHERE lease = ?1 AND sequence >= ?2
         ORDER BY sequence, id
         LIMIT ?3)sql",
        lease,
        from,
        limit
    ));
}

std::vector<KeptLine> lines_at(storage::Reader& db, LeaseId lease, std::int64_t sequence)
{
    constexpr int clones_max = 100;
    return all_of(db.query(
        R"sql(
        SELECT id, lease, sequence, body, signature, dossier, has_entry, state, problem, came_at, settled_at,
               party, post, reason
          FROM offline_line
         WHERE lease = ?1 AND sequence = ?2
         ORDER BY id
         LIMIT ?3)sql",
        lease,
        sequence,
        clones_max
    ));
}

Result<KeptLine> find_line(storage::Reader& db, LineId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, lease, sequence, body, signature, dossier, has_entry, state, problem, came_at, settled_at,
               party, post, reason
          FROM offline_line
         WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return Problem{.code = "offline.no_such_line", .field = "", .law = ""};
    return line_from(rows);
}

std::optional<KeptLine> first_line(storage::Reader& db, LeaseId lease, LineState state)
{
    auto found = lines_in_state(db, lease, state, 1);
    if (found.empty()) return std::nullopt;
    return std::move(found.front());
}

std::vector<KeptLine> lines_in_state(storage::Reader& db, LeaseId lease, LineState state, int limit)
{
    return all_of(db.query(
        R"sql(
        SELECT id, lease, sequence, body, signature, dossier, has_entry, state, problem, came_at, settled_at,
               party, post, reason
          FROM offline_line
         WHERE lease = ?1 AND state = ?2   -- served by index offline_line_state
         ORDER BY sequence, id
         LIMIT ?3)sql",
        lease,
        name_of(state),
        limit
    ));
}

bool is_held_up(storage::Reader& db, LeaseId lease, std::int64_t sequence)
{
    auto rows = db.query(
        R"sql(
        SELECT 1 FROM offline_line
         WHERE lease = ?1 AND state = 'conflict' AND sequence < ?2 AND has_entry = 1
         LIMIT 1)sql",
        lease,
        sequence
    );
    return rows.next();
}

bool settle_line(storage::Writer& db, LineId id, LineState before, LineState after, Instant now)
{
    return db.execute(
               "UPDATE offline_line SET state = ?3, settled_at = ?4 WHERE id = ?1 AND state = ?2",
               id,
               name_of(before),
               name_of(after),
               now
           ) == 1;
}

bool settle_as_conflict(storage::Writer& db, LineId id, LineState before, const Problem& why, Instant now)
{
    return db.execute(
               R"sql(
        UPDATE offline_line SET state = 'conflict', problem = ?3, settled_at = ?4
         WHERE id = ?1 AND state = ?2)sql",
               id,
               name_of(before),
               json::canonical(to_json(why)),
               now
           ) == 1;
}

void stop_lines(storage::Writer& db, LeaseId lease, std::int64_t from, const Problem& why, Instant now)
{
    db.execute(
        R"sql(
        UPDATE offline_line SET state = 'conflict', problem = ?3, settled_at = ?4
         WHERE lease = ?1 AND sequence >= ?2 AND state = 'came')sql",
        lease,
        from,
        json::canonical(to_json(why)),
        now
    );
}

bool decide_line(
    storage::Writer& db, LineId id, LineState after, const identity::Act& act, std::string_view reason
)
{
    return db.execute(
               R"sql(
        UPDATE offline_line SET state = ?2, settled_at = ?3, party = ?4, post = ?5, reason = ?6
         WHERE id = ?1 AND state = 'conflict')sql",
               id,
               name_of(after),
               act.now,
               act.actor.party,
               act.actor.post,
               reason
           ) == 1;
}

bool reopen_line(storage::Writer& db, LineId id)
{
    return db.execute(
               "UPDATE offline_line SET state = 'came', problem = '' WHERE id = ?1 AND state = 'conflict'", id
           ) == 1;
}

LineCounts count_lines(storage::Reader& db, LeaseId lease)
{
    constexpr int states_max = 10;
    LineCounts out;
    auto rows = db.query(
        R"sql(
        SELECT state, count(*), max(came_at), max(sequence)
          FROM offline_line
         WHERE lease = ?1
         GROUP BY state
         LIMIT ?2)sql",
        lease,
        states_max
    );
    while (rows.next()) {
        const auto state = state_named(rows.text(0));
        if (state == LineState::came)
            out.waiting = rows.integer(1);
        else if (state == LineState::conflict)
            out.conflicts = rows.integer(1);
        else if (state != LineState::own)
            out.settled += rows.integer(1);
        out.heard_at = std::max(out.heard_at.value_or(rows.instant(2)), rows.instant(2));
        // Lines are taken in without a gap only.
        out.came = std::max(out.came, rows.integer(3));
    }
    return out;
}

void keep_file(storage::Writer& db, LeaseId lease, std::string_view sha256, storage::FileId file)
{
    db.execute(
        R"sql(
        INSERT INTO offline_file (lease, sha256, file) VALUES (?1, ?2, ?3)
        ON CONFLICT (lease, sha256) DO NOTHING)sql",
        lease,
        sha256,
        file
    );
}

std::optional<storage::FileId> file_of(storage::Reader& db, LeaseId lease, std::string_view sha256)
{
    auto rows = db.query("SELECT file FROM offline_file WHERE lease = ?1 AND sha256 = ?2", lease, sha256);
    return rows.next() ? std::optional(rows.id<storage::FileId>(0)) : std::nullopt;
}

std::optional<Node> find_node(storage::Reader& db)
{
    auto rows = db.query(
        R"sql(
        SELECT lease, seed, centre, last_sequence, last_hash, last_at, came, done, conflicts, heard_at
          FROM offline_node
         ORDER BY lease DESC
         LIMIT 1)sql"
    );
    if (!rows.next()) return std::nullopt;
    return Node{
        .lease = rows.id<LeaseId>(0),
        .seed = rows.bytes(1),
        .centre = rows.text(2),
        .last_sequence = rows.integer(3),
        .last_hash = rows.bytes(4),
        .last_at = rows.instant(5),
        .came = rows.integer(6),
        .done = rows.integer(7),
        .conflicts = rows.integer(8),
        .heard_at = rows.instant_or_null(9)};
}

void make_node(storage::Writer& db, const Node& node)
{
    db.execute(
        R"sql(
        INSERT INTO offline_node (lease, seed, centre, last_sequence, last_hash, last_at)
        VALUES (?1, ?2, ?3, 0, ?4, ?5))sql",
        node.lease,
        node.seed,
        node.centre,
        first_line_hash(),
        node.last_at
    );
}

void move_node(storage::Writer& db, const Node& node)
{
    db.execute(
        "UPDATE offline_node SET last_sequence = ?2, last_hash = ?3, last_at = ?4 WHERE lease = ?1",
        node.lease,
        node.last_sequence,
        node.last_hash,
        node.last_at
    );
}

void hear_node(storage::Writer& db, const Node& node)
{
    db.execute(
        "UPDATE offline_node SET came = ?2, done = ?3, conflicts = ?4, heard_at = ?5 WHERE lease = ?1",
        node.lease,
        node.came,
        node.done,
        node.conflicts,
        node.heard_at
    );
}

json::value to_json(const Problem& problem)
{
    json::array words;
    for (const auto& [name, word] : problem.words) words.push_back(json::array{name, word});
    return json::object{
        {"code", problem.code}, {"field", problem.field}, {"law", problem.law}, {"words", words}};
}

Problem problem_from(const json::value& v)
{
    Problem out{
        .code = json::string_or(v, "code"),
        .field = json::string_or(v, "field"),
        .law = json::string_or(v, "law")};
    if (const auto* words = json::member(v, "words"); words != nullptr && words->is_array())
        for (const auto& word : words->get_array())
            if (word.is_array() && word.get_array().size() == 2)
                out.words.emplace_back(
                    std::string(word.get_array()[0].as_string()), std::string(word.get_array()[1].as_string())
                );
    return out;
}

}  // namespace thien_an::offline
