#include "engine/workflow/engine_session.h"
#include "engine/workflow/stepper.h"

// Timer start events: when they are due next, and starting them.
namespace thien_an::workflow {
namespace {

struct ScheduleRow {
    std::int64_t id = 0;
    std::int64_t definition = 0;
    std::string node;
    AgencyId agency;
    Instant next;
    std::int64_t repeats = 0;
};

std::optional<ScheduleRow> find_schedule(storage::Reader& db, std::int64_t id)
{
    auto rows = db.query(
        "SELECT id, definition, node, agency, next_at, repeats FROM process_schedule WHERE id = ?1 LIMIT 1",
        id
    );
    if (!rows.next()) return std::nullopt;
    return ScheduleRow{
        .id = rows.integer(0),
        .definition = rows.integer(1),
        .node = rows.text(2),
        .agency = rows.id<AgencyId>(3),
        .next = rows.instant(4),
        .repeats = rows.integer(5)};
}

const TimerSpec* timer_of(const NodeModel& node)
{
    for (const auto& event : node.events)
        if (event.kind == EventKind::timer && event.timer) return &*event.timer;
    return nullptr;
}

/// When the timer of a start event is due that counts from `from`.
Result<Instant> next_start(
    storage::Reader& db, Host& host, IdSource& ids, const Instance& like, const TimerSpec& timer, Instant from
)
{
    const auto names = host.names(db, like, from);
    const auto process = host.process(like.definition);
    const Surroundings around{
        from,
        names,
        [&] { return ids.next(); },
        [&](Instant since, const TimerSpec& spec) {
            return due(host.calendar(db, like.agency, spec.calendar), since, *spec.budget);
        }};
    return due_of_timer(process->model(), timer, from, around);
}

Instance likeness(std::int64_t definition, AgencyId agency)
{
    Instance out;
    out.definition = definition;
    out.agency = agency;
    return out;
}

}  // namespace

Result<Done> Engine::schedule(storage::Writer& db, std::int64_t definition, AgencyId agency, Instant now)
{
    db.execute("DELETE FROM process_schedule WHERE definition = ?1 AND agency = ?2", definition, agency);
    const auto process = host_.process(definition);
    for (const int start : process->model().scope(0).starts) {
        const auto& node = process->model().node(start);
        const auto* timer = timer_of(node);
        if (timer == nullptr) continue;
        const auto next = TRY(next_start(db, host_, ids_, likeness(definition, agency), *timer, now));
        db.execute(
            R"sql(
            INSERT INTO process_schedule (id, definition, node, agency, next_at, repeats)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
            ids_.next(),
            definition,
            node.id,
            agency,
            next,
            timer->repeats > 0 ? timer->repeats - 1 : -1
        );
    }
    return Done{};
}

void Engine::unschedule(storage::Writer& db, std::int64_t definition)
{
    db.execute("DELETE FROM process_schedule WHERE definition = ?1", definition);
}

std::vector<std::int64_t> Engine::due_starts(storage::Reader& db, Instant now, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT s.id
          FROM process_schedule s
         WHERE s.next_at <= ?1                     -- served by index process_schedule_next
           AND NOT EXISTS (SELECT 1
                             FROM process_hold h
                            WHERE h.ended IS NULL
                              AND (h.kind = 2 AND h.what = s.definition OR h.kind = 3 AND h.what = s.agency))
         ORDER BY s.next_at, s.id
         LIMIT ?2)sql",
        now,
        limit
    );
    std::vector<std::int64_t> out;
    while (rows.next()) out.push_back(rows.integer(0));
    return out;
}

Result<Advanced> Engine::start_scheduled(
    storage::Writer& db, const Actor& actor, Instant now, std::int64_t schedule
)
{
    const auto row = find_schedule(db, schedule);
    if (!row || row->next > now) return Advanced{};
    const auto process = host_.process(row->definition);
    const int index = process->model().index_of(row->node);
    const auto* timer = index < 0 ? nullptr : timer_of(process->model().node(index));
    if (timer == nullptr || row->repeats == 0) {
        db.execute("DELETE FROM process_schedule WHERE id = ?1", row->id);
    } else {
        // Counted from when it was due, not from when it was served; those a standstill let pass are not made up for.
        auto next = row->next;
        const auto like = likeness(row->definition, row->agency);
        auto left = row->repeats;
        do {
            const auto after = TRY(next_start(db, host_, ids_, like, *timer, next));
            if (after <= next) break;
            next = after;
            if (left > 0) --left;
        } while (next <= now && left != 0);
        if (next <= now)
            db.execute("DELETE FROM process_schedule WHERE id = ?1", row->id);
        else
            db.execute(
                "UPDATE process_schedule SET next_at = ?2, repeats = ?3 WHERE id = ?1", row->id, next, left
            );
    }
    auto start = TRY(host_.scheduled(db, row->definition, row->agency, now));
    start.definition = row->definition;
    start.agency = row->agency;
    auto session = TRY(Session::begin({db, host_, ids_, actor, now, "start"}, start));
    TRY(session.advance(StartCommand{
        .message = {}, .variables = start.variables, .signal = {}, .node = row->node}));
    TRY(session.take_kept_messages());
    return session.finish();
}

}  // namespace thien_an::workflow
