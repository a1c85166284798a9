#include "engine/workflow/engine_session.h"
#include "engine/workflow/hold_store.h"
#include "engine/workflow/stepper.h"

// Timer start events: when they are due next, and starting them.
namespace thien_an::workflow {
namespace {

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
    delete_schedules(db, definition, agency);
    const auto process = host_.process(definition);
    for (const int start : process->model().scope(0).starts) {
        const auto& node = process->model().node(start);
        const auto* timer = timer_of(node);
        if (timer == nullptr) continue;
        const auto next = TRY(next_start(db, host_, ids_, likeness(definition, agency), *timer, now));
        insert_schedule(
            db,
            {.id = ids_.next(),
             .definition = definition,
             .node = node.id,
             .agency = agency,
             .next = next,
             .repeats = timer->repeats > 0 ? timer->repeats - 1 : -1}
        );
    }
    return Done{};
}

void Engine::unschedule(storage::Writer& db, std::int64_t definition)
{
    delete_schedules(db, definition, {});
}

Result<Advanced> Engine::start_scheduled(
    storage::Writer& db, const Actor& actor, Instant now, std::int64_t schedule
)
{
    auto row = find_schedule(db, schedule);
    if (!row || row->next > now) return Advanced{};
    const auto process = host_.process(row->definition);
    const int index = process->model().index_of(row->node);
    const auto* timer = index < 0 ? nullptr : timer_of(process->model().node(index));
    const auto like = likeness(row->definition, row->agency);
    // Counted from when it was due, not from when it was served; those a standstill let pass are not made up for.
    while (timer != nullptr && row->repeats != 0 && row->next <= now) {
        const auto after = TRY(next_start(db, host_, ids_, like, *timer, row->next));
        if (after <= row->next) break;
        row->next = after;
        if (row->repeats > 0) --row->repeats;
    }
    if (row->next > now)
        move_schedule(db, *row);
    else
        delete_schedule(db, row->id);
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
