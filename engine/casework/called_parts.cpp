#include "engine/casework/called_parts.h"

#include "engine/casework/actions.h"
#include "engine/casework/packs.h"
#include "engine/casework/reading_parts.h"
#include "engine/casework/work.h"
#include "engine/workflow/calendar.h"

namespace thien_an::casework {
namespace {

std::string text_in(const json::object& values, std::string_view name)
{
    return json::string_or(json::value(values), name);
}

Result<json::object> start_part(Work& work, const workflow::Call& call)
{
    const auto ledger = TRY(statutory_clock(*work.procedure, work.form.form, call.now));
    const auto started =
        TRY(work.engine->start_clock(work.db, call.actor, call.now, call.instance.id, ledger));
    const auto due = workflow::due(
        started, calendar_of(work.office, work.db, work.dossier.agency, work.today(), started.calendar)
    );
    work.event("part_started", {}, {{"part", work.procedure->name().vi}, {"due", due ? shown(*due) : ""}});
    return json::object{};
}

Result<json::object> end_part(Work& work, const workflow::Call& call)
{
    static_cast<void>(TRY(work.engine->change_clock(
        work.db,
        call.actor,
        call.now,
        call.instance.id,
        "stop",
        [&](workflow::Ledger before) -> Result<workflow::Ledger> {
            return workflow::stop(std::move(before), call.now);
        }
    )));
    const bool done = json::bool_or(json::value(call.in), "done");
    const auto part = work.procedure->name().vi;
    // A result that came on paper is typed by whoever mends the part.
    auto result = text_in(call.in, "result");
    if (result.empty()) result = json::string_or(call.form, "result");
    const auto reason = done ? std::string() : call.reason;
    work.event(
        done ? "part_done" : "part_not_done", {}, {{"part", part}, {"result", result}, {"reason", reason}}
    );
    if (done) tell_applicant(work, "part_done", {{"part", part}, {"result", result}});
    return json::object{{"done", done}, {"result", result}, {"reason", reason}};
}

}  // namespace

std::vector<CalledPart> parts_of(Office& office, storage::Reader& db, const Dossier& dossier)
{
    std::vector<CalledPart> parts;
    if (dossier.instance == 0) return parts;
    for (auto& called : workflow::called_by(db, {dossier.instance})) {
        auto procedure = office.packs.version(PackId{called.definition});
        if (procedure) parts.push_back({std::move(called), std::move(procedure)});
    }
    return parts;
}

std::vector<workflow::Task> tasks_of(storage::Reader& db, const Dossier& dossier)
{
    if (dossier.instance == 0) return {};
    auto tasks = workflow::open_tasks(db, {dossier.instance});
    for (const auto& called : workflow::called_by(db, {dossier.instance}))
        for (auto& task : workflow::open_tasks(db, called.id)) tasks.push_back(std::move(task));
    return tasks;
}

std::shared_ptr<const Procedure> procedure_of(
    Office& office, storage::Reader& db, const Dossier& dossier, workflow::InstanceId instance
)
{
    if (instance.value == dossier.instance) return office.packs.version(PackId{dossier.pack});
    const auto found = workflow::find_instance(db, instance);
    if (!found || !found.value().parent) return office.packs.version(PackId{dossier.pack});
    return office.packs.version(PackId{found.value().definition});
}

std::vector<PartRow> part_rows(Office& office, storage::Reader& db, const Dossier& dossier, Instant now)
{
    std::vector<PartRow> rows;
    for (const auto& [instance, procedure] : parts_of(office, db, dossier)) {
        PartRow row{.name = procedure->name(), .decided_by = procedure->decided_by(day_of(now)), .step = {}};
        const auto values = workflow::variables_of(db, instance.id);
        row.result = text_in(values, "result");
        row.reason = text_in(values, "reason");
        const bool ended = instance.state != workflow::InstanceState::running;
        const auto* done = values.if_contains("done");
        if (ended)
            row.state = done != nullptr && done->is_bool() && done->get_bool() ? PartRow::State::done
                                                                               : PartRow::State::not_done;
        else if (!workflow::open_tasks(db, instance.id).empty())
            row.state = PartRow::State::needs_help;
        for (const auto& node : workflow::whereabouts(db, instance.id).here)
            if (const auto label = procedure->process()->label(node); !label.vi.empty())
                row.step = {label.vi, label.en};
        if (const auto ledger = workflow::find_clock(db, instance.id); ledger && !ended)
            row.due = workflow::due(
                *ledger, calendar_of(office, db, dossier.agency, day_of(now), ledger->calendar)
            );
        if (row.due) row.minutes_left = minutes_until(office, now, *row.due);
        rows.push_back(std::move(row));
    }
    return rows;
}

void add_part_actions(Actions& actions)
{
    actions.add_local("casework.start_part", start_part);
    actions.add_local("casework.end_part", end_part);
}

}  // namespace thien_an::casework
