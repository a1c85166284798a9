#include "engine/casework/casework.h"
#include "engine/casework/drafts_store.h"
#include "engine/casework/no_host.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/registers/leases.h"
#include "engine/storage/incidents.h"

namespace thien_an::casework {

bool tick_process(Office& office, workflow::InstanceId instance, Instant now)
{
    const auto owner = office.database.read([&](storage::Reader& db) {
        const auto found = workflow::find_instance(db, instance);
        return found ? found.value().owner : 0;
    });
    if (owner == 0) return false;
    const auto plan = plan_work(office, DossierId{owner}, now);
    if (!plan) return false;
    const identity::Act act{{.channel = "timer"}, now, office.ids};
    const auto done = office.database.write(plan.value().locks, [&](storage::Writer& db) -> Result<Done> {
        auto work = TRY(open_work(office, db, act, plan.value()));
        static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) {
            return engine.tick(db, act.actor, now, instance);
        })));
        return Done{};
    });
    if (!done) throw std::runtime_error("a timer was refused: " + done.problem().code);
    return true;
}

namespace {

/// The processes with a timer due whose agency works here: those of an agency whose books a node holds rest until its
/// commands have been done again.
std::vector<workflow::InstanceId> due_here(Office& office, Instant now, int limit)
{
    constexpr int looked_at = 2000;
    NoHost nobody;
    workflow::Engine engine(nobody, office.ids);
    return office.database.read([&](storage::Reader& db) {
        const auto away = registers::agencies_elsewhere(db);
        if (away.empty()) return engine.due(db, now, limit);
        std::vector<workflow::InstanceId> here;
        for (const auto instance : engine.due(db, now, looked_at)) {
            const auto found = workflow::find_instance(db, instance);
            if (!found || std::binary_search(away.begin(), away.end(), found.value().agency)) continue;
            here.push_back(instance);
            if (int(here.size()) == limit) break;
        }
        return here;
    });
}

/// In pieces of their own transaction, so that no command waits long; what is left over comes the next time.
template <typename Piece>
void in_pieces(Office& office, int pieces_max, int size, Piece piece)
{
    for (int done = size, pieces = 0; done == size && pieces < pieces_max; ++pieces) {
        const auto written = office.database.write(
            {{"dossier_counts", 1}}, [&](storage::Writer& db) -> Result<int> { return piece(db, size); }
        );
        if (!written) throw std::logic_error("tidying up was refused");
        done = written.value();
    }
}

/// Messages nobody came to wait for: people look after them.
void give_up_messages(Office& office, Instant now, int limit)
{
    const auto done =
        office.database.write({{"process_messages", 1}}, [&](storage::Writer& db) -> Result<Done> {
            NoHost nobody;
            workflow::Engine engine(nobody, office.ids);
            for (const auto& message : TRY(engine.expire(db, now, limit)))
                storage::incident_open(
                    db,
                    office.ids,
                    now,
                    {.kind = "process.message_unclaimed",
                     .aggregate_kind = "message",
                     .aggregate_id = 0,
                     .reason =
                         message.name + " · " + message.key + (message.id.empty() ? "" : " · " + message.id)}
                );
            return Done{};
        });
    if (!done) throw std::logic_error("tidying up was refused");
}

void tidy_up(Office& office, Instant now, int limit)
{
    give_up_messages(office, now, limit);
    in_pieces(office, limit, 1000, fold_counts);
    in_pieces(office, limit, 200, index_words);
    const auto* days = office.settings.setting("one_stop.draft_kept_days", day_of(now));
    const auto kept = std::chrono::days{days != nullptr && days->is_int64() ? days->get_int64() : 30};
    const auto done =
        office.database.write({{"dossier_counts", 1}}, [&](storage::Writer& db) -> Result<Done> {
            forget_drafts(db, now - kept, limit);
            return Done{};
        });
    if (!done) throw std::logic_error("tidying up was refused");
}

}  // namespace

int work_once(Office& office, int limit)
{
    office.packs.refresh();  // Another node, or the desk, may have published.
    const auto now = office.clock.now();
    int fired = 0;
    for (const auto instance : due_here(office, now, limit))
        fired += int(tick_process(office, instance, now));
    tidy_up(office, now, limit);
    return fired;
}

Result<Done> retry_process(Office& office, const identity::Act& act, std::int64_t incident)
{
    const auto found =
        TRY(office.database.read([&](storage::Reader& db) { return workflow::find_incident(db, incident); }));
    const auto plan = TRY(plan_work(office, DossierId{found.owner}, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<Done> {
        auto work = TRY(open_work(office, db, act, plan));
        static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) {
            return engine.retry(db, act.actor, act.now, incident);
        })));
        return Done{};
    });
}

}  // namespace thien_an::casework
