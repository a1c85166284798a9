#include "engine/workflow/engine_session.h"
#include "engine/workflow/hold_store.h"
#include "engine/workflow/stepper.h"

// Holding instances, versions of processes and agencies, and letting them go.
namespace thien_an::workflow {
namespace {

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
    if (of != HoldOf::instance) {
        end_hold(db, held->id, now, actor.party);
        return Done{};
    }
    for (const auto id : family(db, InstanceId{what})) {
        // One that was held on its own before stays held.
        const auto one = open_hold(db, of, id.value);
        if (!one || one->since != held->since) continue;
        end_hold(db, one->id, now, actor.party);
        note_in({db, host_, ids_, actor, now, "release"}, id, "released", reason);
    }
    return Done{};
}

}  // namespace thien_an::workflow
