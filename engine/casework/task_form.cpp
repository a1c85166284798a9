#include "engine/casework/filing.h"
#include "engine/casework/packs.h"
#include "engine/casework/reading.h"
#include "engine/casework/work.h"
#include "engine/documents/blank_forms.h"
#include "engine/workflow/calendar.h"
#include "engine/workflow/process.h"

namespace thien_an::casework {
namespace {

constexpr std::string_view from_form = "form.";
constexpr std::string_view from_law = "law.";
constexpr std::string_view from_stock = "stock.";

/// What x-prefill of a task's form names; null when there is nothing.
json::value prefilled(
    Office& office,
    storage::Reader& db,
    const Procedure& procedure,
    const Dossier& dossier,
    std::string_view source
)
{
    if (source.starts_with(from_stock)) {
        const auto next = documents::next_blank(db, dossier.agency, source.substr(from_stock.size()));
        return next ? json::value(documents::text_of(*next)) : json::value();
    }
    if (source.starts_with(from_law)) {
        const auto facts = law_facts(procedure, day_of(dossier.received_on.value_or(dossier.filed_on)));
        const auto* fact = facts.if_contains(source.substr(from_law.size()));
        return fact == nullptr ? json::value() : *fact;
    }
    if (!source.starts_with(from_form)) return nullptr;
    std::string pointer = "/" + std::string(source.substr(from_form.size()));
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    const auto answers = form_of(db, office.keys, dossier.id);
    const auto* answer = json::find(answers.form, pointer);
    return answer == nullptr ? json::value() : *answer;
}

}  // namespace

Result<json::value> fresh_task_form(Office& office, const Actor& actor, TaskId id)
{
    const auto task = TRY(find_task(office, actor, id));
    return office.database.read([&](storage::Reader& db) -> Result<json::value> {
        json::value fresh = json::object{};
        const auto dossier = TRY(find_dossier(db, task.dossier));
        const auto procedure = office.packs.version(PackId{dossier.pack});
        const auto* form = procedure ? procedure->task_form(task.form) : nullptr;
        if (form == nullptr) return fresh;
        const auto context = form_context(office, *procedure, day_of(office.clock.now()));
        for (const auto& step_id : form->step_ids()) {
            const auto step = TRY(form->step(step_id, fresh, context, office.codes));
            for (const auto& field : step.fields) {
                if (field.prefill.empty()) continue;
                auto value = prefilled(office, db, *procedure, dossier, field.prefill);
                const bool choice = !field.choices.empty();
                const bool offered =
                    !choice ||
                    std::any_of(field.choices.begin(), field.choices.end(), [&](const Choice& one) {
                        return value == json::value(one.value);
                    });
                if (!value.is_null() && offered) json::set(fresh, field.pointer, std::move(value));
            }
        }
        return fresh;
    });
}

Result<workflow::Ledger> statutory_clock(const Procedure& procedure, const json::value& form, Instant now)
{
    const auto limit = procedure.time_limit(day_of(now), form);
    if (!limit) return Problem{.code = "casework.no_time_limit", .field = "", .law = ""};
    workflow::Ledger ledger;
    ledger.calendar = limit->calendar;
    ledger.budget = TRY(workflow::parse_budget(limit->budget));
    if (limit->cutoff.size() == 5)
        ledger.receipt.cutoff = std::chrono::hours{std::stoi(limit->cutoff.substr(0, 2))} +
                                Minutes{std::stoi(limit->cutoff.substr(3))};
    ledger.started = now;
    return ledger;
}

std::optional<Instant> due_if_received(Office& office, const Dossier& dossier)
{
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure || dossier.state != DossierState::filed) return std::nullopt;
    const auto form =
        office.database.read([&](storage::Reader& db) { return form_of(db, office.keys, dossier.id).form; });
    const auto ledger = statutory_clock(*procedure, form, office.clock.now());
    if (!ledger) return std::nullopt;
    return workflow::due(ledger.value(), office.settings.calendar(ledger.value().calendar));
}

}  // namespace thien_an::casework
