#include "engine/casework/filing.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"

namespace thien_an::casework {
namespace {

bool is_stale(Office& office, const Dossier& dossier)
{
    if (dossier.received_on || is_closed(dossier.state)) return false;
    const auto now = office.packs.in_force(dossier.procedure);
    return now && now.value != dossier.pack;
}

/// What the rules of the new version find in the answers, as of the day they were given.
Result<json::value> facts_again(Work& work, const Procedure& procedure)
{
    const auto filed_on = day_of(work.dossier.filed_on);
    const auto agency = TRY(identity::agency_on(work.db, work.dossier.agency, filed_on));
    const RuleInput input{
        .db = work.db,
        .keys = work.office.keys,
        .packs = work.office.packs,
        .codes = work.office.codes,
        .form = work.form.form,
        .procedure = procedure.metadata(),
        .agency = agency,
        .today = filed_on,
        .dossier = work.dossier.id.value};
    return json::value(ask_rules(work.office, procedure, "file", input).facts);
}

/// The process of the new version begins where the old one did, at the moment of filing, so that the time in which an
/// officer has to answer is not given twice.
Result<Done> begin_again(Work& work, PackId pack)
{
    const auto& act = work.act;
    const workflow::InstanceId old{work.dossier.instance};
    static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) {
        return engine.cancel(work.db, act.actor, act.now, old, "a new version of the procedure");
    })));
    static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) -> Result<workflow::Advanced> {
        auto started = engine.start(
            work.db,
            act.actor,
            work.dossier.filed_on,
            {.definition = pack.value,
             .owner = work.dossier.id.value,
             .key = std::to_string(work.dossier.id.value),
             .agency = work.dossier.agency,
             .variables = {},
             .message = ""}
        );
        if (started) work.event("process_started", {{"instance", started.value().instance.id.value}});
        return started;
    })));
    return Done{};
}

Result<Done> take_version(Work& work)
{
    const auto pack = work.office.packs.in_force(work.dossier.procedure);
    const auto was = work.dossier.pack;
    auto procedure = work.office.packs.version(pack);
    if (!procedure) throw std::logic_error("the version in force is not there");
    auto facts = TRY(facts_again(work, *procedure));
    work.procedure = std::move(procedure);
    work.event("version_followed", {{"pack", pack.value}}, {{"from", was}, {"to", pack.value}});
    if (facts != work.form.facts) {
        work.form.facts = std::move(facts);
        ++work.form.version;
        insert_form(
            work.db, work.office.keys, work.office.ids.next(), work.dossier.id, work.form, work.act.now
        );
    }
    return begin_again(work, pack);
}

}  // namespace

Result<Done> follow_version(Office& office, DossierId id)
{
    const auto stale = office.database.read([&](storage::Reader& db) -> Result<bool> {
        return is_stale(office, TRY(find_dossier(db, id)));
    });
    if (!TRY(stale)) return Done{};
    const identity::Act act{{.channel = "program"}, office.clock.now(), office.ids};
    const auto plan = TRY(plan_work(office, id, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<Done> {
        auto work = TRY(open_work(office, db, act, plan));
        // Received, or brought up to date, by somebody else in the meantime.
        if (!is_stale(office, work.dossier)) return Done{};
        return take_version(work);
    });
}

Result<workflow::Task> task_now(storage::Reader& db, workflow::Task task)
{
    const auto dossier = TRY(find_dossier(db, DossierId{task.owner}));
    if (task.instance.value == dossier.instance) return task;
    for (auto& open : workflow::open_tasks(db, workflow::InstanceId{dossier.instance}))
        if (open.node == task.node) return std::move(open);
    return task;
}

}  // namespace thien_an::casework
