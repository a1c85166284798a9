#include "engine/workflow/engine_session.h"
#include "engine/workflow/stepper.h"

// Holding instances, versions of processes and agencies, and letting them go.
namespace thien_an::workflow {
namespace {

constexpr std::string_view columns = "SELECT id, kind, what, since, reason, party, post FROM process_hold ";

Hold hold_from(storage::Rows& rows)
{
    return {
        .id = rows.integer(0),
        .of = HoldOf(rows.integer(1)),
        .what = rows.integer(2),
        .since = rows.instant(3),
        .reason = rows.text(4),
        .by = rows.id<identity::PartyId>(5),
        .as = rows.id<PostId>(6)};
}

std::optional<Hold> open_hold(storage::Reader& db, HoldOf of, std::int64_t what)
{
    auto rows =
        db.query(std::string(columns) + "WHERE kind = ?1 AND what = ?2 AND ended IS NULL LIMIT 1", of, what);
    if (!rows.next()) return std::nullopt;
    return hold_from(rows);
}

void insert_hold(storage::Writer& db, const Hold& s)
{
    db.execute(
        R"sql(
        INSERT INTO process_hold (id, kind, what, since, reason, party, post, ended, ended_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, NULL, 0))sql",
        s.id,
        s.of,
        s.what,
        s.since,
        s.reason,
        s.by,
        s.as
    );
}

/// An instance and all it called, that run.
std::vector<InstanceId> family(storage::Reader& db, InstanceId id)
{
    std::vector<InstanceId> out{id};
    for (std::size_t i = 0; i < out.size(); ++i)
        for (const auto& called : called_by(db, out[i]))
            if (called.state == InstanceState::running) out.push_back(called.id);
    return out;
}

void note_in(const Session::Setting& setting, InstanceId id, const char* what, std::string_view reason)
{
    auto opened = Session::open(setting, id);
    if (!opened) return;
    auto session = std::move(opened).value();
    session.note(what, "", json::object{{"reason", std::string(reason)}});
    session.write_clock_only();
}

}  // namespace

std::optional<Hold> hold_of(storage::Reader& db, const Instance& instance)
{
    auto rows = db.query(
        std::string(columns) + R"sql(
         WHERE ended IS NULL                      -- served by index process_hold_open
           AND (kind = 1 AND what = ?1 OR kind = 2 AND what = ?2 OR kind = 3 AND what = ?3)
         ORDER BY kind
         LIMIT 1)sql",
        instance.id,
        instance.definition,
        instance.agency
    );
    if (!rows.next()) return std::nullopt;
    return hold_from(rows);
}

std::vector<Hold> holds(storage::Reader& db, int limit)
{
    auto rows = db.query(std::string(columns) + "WHERE ended IS NULL ORDER BY since, id LIMIT ?1", limit);
    std::vector<Hold> out;
    while (rows.next()) out.push_back(hold_from(rows));
    return out;
}

Result<Hold> Engine::hold(
    storage::Writer& db,
    const Actor& actor,
    Instant now,
    HoldOf of,
    std::int64_t what,
    std::string_view reason
)
{
    if (reason.empty()) return Problem{.code = "workflow.reason_missing", .field = "/reason", .law = ""};
    if (open_hold(db, of, what)) return step_problem("already_held");
    Hold held{
        .id = ids_.next(),
        .of = of,
        .what = what,
        .since = now,
        .reason = std::string(reason),
        .by = actor.party,
        .as = actor.for_post ? actor.for_post : actor.post};
    if (of != HoldOf::instance) {
        insert_hold(db, held);
        return held;
    }
    const auto instance = TRY(find_instance(db, InstanceId{what}));
    if (instance.state != InstanceState::running) return step_problem("already_ended");
    for (const auto id : family(db, instance.id)) {
        if (open_hold(db, of, id.value)) continue;
        auto one = held;
        one.what = id.value;
        if (id != instance.id) one.id = ids_.next();
        insert_hold(db, one);
        note_in({db, host_, ids_, actor, now, "hold"}, id, "held", reason);
    }
    return held;
}

Result<Done> Engine::release(
    storage::Writer& db,
    const Actor& actor,
    Instant now,
    HoldOf of,
    std::int64_t what,
    std::string_view reason
)
{
    const auto held = open_hold(db, of, what);
    if (!held) return step_problem("not_held");
    const auto end = [&](std::int64_t id) {
        db.execute("UPDATE process_hold SET ended = ?2, ended_by = ?3 WHERE id = ?1", id, now, actor.party);
    };
    if (of != HoldOf::instance) {
        end(held->id);
        return Done{};
    }
    for (const auto id : family(db, InstanceId{what})) {
        // One that was held on its own before stays held.
        const auto one = open_hold(db, of, id.value);
        if (!one || one->since != held->since) continue;
        end(one->id);
        note_in({db, host_, ids_, actor, now, "release"}, id, "released", reason);
    }
    return Done{};
}

}  // namespace thien_an::workflow
