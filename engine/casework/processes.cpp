#include "engine/casework/processes.h"

#include <algorithm>

#include "engine/casework/dossier_list_store.h"
#include "engine/casework/no_host.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"

namespace thien_an::casework {
namespace {

using workflow::HoldOf;

constexpr int holds_max = 1000;
constexpr int versions_max = 1000;

void audit_hold(
    storage::Writer& db,
    const identity::Act& act,
    std::string what,
    HoldOf of,
    std::int64_t id,
    std::string_view named,
    std::string_view reason
)
{
    static constexpr std::array<const char*, 3> kinds{"instance", "definition", "agency"};
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "process",
         .subject_id = id,
         .about = {},
         .agency = of == HoldOf::agency ? identity::AgencyId{id} : act.actor.agency,
         .reason = std::string(reason),
         .detail = {{"of", kinds.at(std::size_t(of) - 1)}, {"what", std::string(named)}}}
    );
}

/// Of one instance: the engine writes into its history, so the dossier is opened.
Result<Done> with_instance(
    Office& office,
    const identity::Act& act,
    DossierId dossier,
    const std::function<Result<Done>(Work&, workflow::Engine&)>& act_on
)
{
    const auto plan = TRY(plan_work(office, dossier, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<Done> {
        auto work = TRY(open_work(office, db, act, plan));
        static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) -> Result<workflow::Advanced> {
            TRY(act_on(work, engine));
            return workflow::Advanced{};
        })));
        return Done{};
    });
}

/// The versions of a procedure that were ever good, as the engine's definitions.
std::vector<std::int64_t> versions_of(Office& office, storage::Reader& db, std::string_view procedure)
{
    std::vector<std::int64_t> out;
    for (const auto& version : office.packs.history(db, procedure, versions_max))
        if (version.kind == "procedure" && version.faults.empty()) out.push_back(version.id.value);
    return out;
}

Result<Done> hold_dossier(
    Office& office, const identity::Act& act, std::string_view code, std::string_view reason
)
{
    const auto dossier =
        TRY(office.database.read([&](storage::Reader& db) { return find_dossier(db, code); }));
    return with_instance(office, act, dossier.id, [&](Work& work, workflow::Engine& engine) -> Result<Done> {
        const auto id = work.dossier.instance;
        TRY(engine.hold(work.db, act.actor, act.now, HoldOf::instance, id, reason));
        audit_hold(work.db, act, "process.hold", HoldOf::instance, id, code, reason);
        return Done{};
    });
}

Result<Done> hold_versions(
    Office& office, const identity::Act& act, std::string_view procedure, std::string_view reason
)
{
    return office.database.write({{"process_hold", 1}}, [&](storage::Writer& db) -> Result<Done> {
        const auto versions = versions_of(office, db, procedure);
        if (versions.empty())
            return Problem{.code = "casework.no_such_procedure", .field = "/what", .law = ""};
        NoHost nobody;
        workflow::Engine engine(nobody, office.ids);
        // Versions published since it was held are held too.
        bool any = false;
        for (const auto version : versions) {
            const auto held = engine.hold(db, act.actor, act.now, HoldOf::definition, version, reason);
            if (!held && held.problem().code != "workflow.already_held") return held.problem();
            any = any || bool(held);
        }
        if (!any) return Problem{.code = "workflow.already_held", .field = "/what", .law = ""};
        audit_hold(db, act, "process.hold", HoldOf::definition, versions.front(), procedure, reason);
        return Done{};
    });
}

Result<Done> hold_agency(
    Office& office, const identity::Act& act, std::string_view key, std::string_view reason
)
{
    return office.database.write({{"process_hold", 1}}, [&](storage::Writer& db) -> Result<Done> {
        const auto agency = TRY(identity::agency_by_key(db, key, act.today()));
        NoHost nobody;
        workflow::Engine engine(nobody, office.ids);
        TRY(engine.hold(db, act.actor, act.now, HoldOf::agency, agency.id.value, reason));
        audit_hold(db, act, "process.hold", HoldOf::agency, agency.id.value, key, reason);
        return Done{};
    });
}

std::string named(Office& office, storage::Reader& db, const workflow::Hold& hold)
{
    switch (hold.of) {
    case HoldOf::instance: {
        const auto instance = workflow::find_instance(db, workflow::InstanceId{hold.what});
        const auto dossier =
            instance ? find_dossier(db, DossierId{instance.value().owner}) : instance.problem();
        return dossier ? dossier.value().code : std::to_string(hold.what);
    }
    case HoldOf::definition: {
        const auto procedure = office.packs.version(PackId{hold.what});
        return procedure ? procedure->id() : std::to_string(hold.what);
    }
    case HoldOf::agency: {
        const auto agency =
            identity::agency_on(db, identity::AgencyId{hold.what}, day_of(office.clock.now()));
        return agency ? agency.value().key : std::to_string(hold.what);
    }
    }
    throw std::logic_error("HoldOf outside its enumerators");
}

std::vector<HeldProcess> held_in(Office& office, storage::Reader& db)
{
    std::vector<HeldProcess> out;
    for (auto& hold : workflow::holds(db, holds_max)) {
        auto what = named(office, db, hold);
        const auto same = std::find_if(out.begin(), out.end(), [&](const HeldProcess& one) {
            return hold.of == HoldOf::definition && one.hold.of == hold.of && one.what == what &&
                   one.hold.since == hold.since;
        });
        if (same != out.end())
            ++same->of_it;
        else
            out.push_back({std::move(hold), std::move(what), 1});
    }
    return out;
}

Result<Done> release_found(
    Office& office, const identity::Act& act, const HeldProcess& held, std::string_view reason
)
{
    const auto& hold = held.hold;
    if (hold.of == HoldOf::instance) {
        const auto instance = TRY(office.database.read([&](storage::Reader& db) {
            return workflow::find_instance(db, workflow::InstanceId{hold.what});
        }));
        return with_instance(
            office,
            act,
            DossierId{instance.owner},
            [&](Work& work, workflow::Engine& engine) -> Result<Done> {
                TRY(engine.release(work.db, act.actor, act.now, hold.of, hold.what, reason));
                audit_hold(work.db, act, "process.release", hold.of, hold.what, held.what, reason);
                return Done{};
            }
        );
    }
    return office.database.write({{"process_hold", 1}}, [&](storage::Writer& db) -> Result<Done> {
        NoHost nobody;
        workflow::Engine engine(nobody, office.ids);
        for (const auto& other : workflow::holds(db, holds_max)) {
            const bool same = other.of == hold.of && other.since == hold.since &&
                              (other.id == hold.id ||
                               (hold.of == HoldOf::definition && named(office, db, other) == held.what));
            if (same) TRY(engine.release(db, act.actor, act.now, other.of, other.what, reason));
        }
        audit_hold(db, act, "process.release", hold.of, hold.what, held.what, reason);
        return Done{};
    });
}

/// Moves one dossier, if it still stands where it stood.
Result<bool> move_dossier(
    Office& office,
    const identity::Act& act,
    DossierId id,
    PackId to,
    const workflow::MigrationMap& map,
    std::string_view reason
)
{
    const auto plan = TRY(plan_work(office, id, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<bool> {
        auto work = TRY(open_work(office, db, act, plan));
        const auto from = work.dossier.pack;
        if (from == to.value || is_closed(work.dossier.state)) return false;
        auto moved = advance(work, [&](workflow::Engine& engine) {
            return engine.migrate(
                db, act.actor, act.now, workflow::InstanceId{work.dossier.instance}, to.value, map
            );
        });
        if (!moved) return moved.problem();
        work.event("version_followed", {{"pack", to.value}}, {{"from", from}, {"to", to.value}});
        identity::audit(
            db,
            act,
            {.what = "process.move",
             .subject = "dossier",
             .subject_id = id.value,
             .about = work.dossier.applicant,
             .agency = work.dossier.agency,
             .reason = std::string(reason),
             .detail = {{"from", from}, {"to", to.value}}}
        );
        return true;
    });
}

}  // namespace

Result<Done> hold_process(
    Office& office, const identity::Act& act, HoldOf of, std::string_view what, std::string_view reason
)
{
    switch (of) {
    case HoldOf::instance: return hold_dossier(office, act, what, reason);
    case HoldOf::definition: return hold_versions(office, act, what, reason);
    case HoldOf::agency: return hold_agency(office, act, what, reason);
    }
    throw std::logic_error("HoldOf outside its enumerators");
}

Result<Done> release_process(
    Office& office, const identity::Act& act, std::int64_t hold, std::string_view reason
)
{
    if (reason.empty()) return Problem{.code = "workflow.reason_missing", .field = "/reason", .law = ""};
    for (const auto& held : held_processes(office))
        if (held.hold.id == hold) return release_found(office, act, held, reason);
    return Problem{.code = "workflow.not_held", .field = "", .law = ""};
}

std::vector<HeldProcess> held_processes(Office& office)
{
    return office.database.read([&](storage::Reader& db) { return held_in(office, db); });
}

Moves movable_dossiers(
    Office& office, std::string_view procedure, const workflow::MigrationMap& map, int limit
)
{
    const auto now = office.packs.in_force(procedure);
    Moves out;
    if (!now) return out;
    const auto found = office.database.read([&](storage::Reader& db) {
        return dossiers_of_older_version(db, procedure, now.value, limit + 1);
    });
    for (const auto id : found) {
        if (int(out.dossiers.size()) == limit) {
            out.more = true;
            break;
        }
        office.database.read([&](storage::Reader& db) {
            const auto dossier = find_dossier(db, id);
            if (!dossier) return;
            ProcessesHost host(office.packs);
            workflow::Engine engine(host, office.ids);
            out.dossiers.push_back(
                {id,
                 dossier.value().code,
                 dossier.value().pack,
                 engine.can_migrate(db, workflow::InstanceId{dossier.value().instance}, now.value, map)}
            );
        });
    }
    return out;
}

Result<int> move_dossiers(
    Office& office,
    const identity::Act& act,
    std::string_view procedure,
    const workflow::MigrationMap& map,
    std::string_view reason,
    int limit
)
{
    if (reason.empty()) return Problem{.code = "workflow.reason_missing", .field = "/reason", .law = ""};
    const auto to = office.packs.in_force(procedure);
    int moved = 0;
    for (const auto& one : movable_dossiers(office, procedure, map, limit).dossiers) {
        if (!one.reasons.empty()) continue;
        const auto done = move_dossier(office, act, one.dossier, to, map, reason);
        // Somebody worked on it in the meantime: it is listed again with its reason.
        if (done && done.value()) ++moved;
    }
    return moved;
}

}  // namespace thien_an::casework
