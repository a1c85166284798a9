#include "engine/casework/actions.h"
#include "engine/casework/called_parts.h"
#include "engine/casework/fee_explanation.h"
#include "engine/casework/filing.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/documents/blank_forms.h"

namespace thien_an::casework {
namespace {

std::string text_in(const workflow::Call& call, std::string_view name)
{
    return json::string_or(json::value(call.in), name);
}

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

/// The fee by the table and the amounts of the day of receipt, which stays with the dossier from now on.
Result<Done> freeze_fee(Work& work, Instant now, json::object& set)
{
    const auto& facts = work.form.facts;
    const auto fee = TRY(ask_fee(
        work.office,
        *work.procedure,
        work.form.form,
        facts.is_object() ? facts.get_object() : json::object{},
        now
    ));
    if (!fee) return Done{};
    set["fee"] = fee->amount.amount;
    set["fee_reason"] = fee->reason;
    remember_fee(work, *fee, now);
    return Done{};
}

/// Receives: versions and fee freeze, the clock of the law starts, the receipt slip is ordered.
Result<json::object> receive(Work& work, const workflow::Call& call)
{
    const auto day = day_of(call.now);
    const auto ledger = TRY(statutory_clock(*work.procedure, work.form.form, call.now));
    const auto started =
        TRY(work.engine->start_clock(work.db, call.actor, call.now, call.instance.id, ledger));
    const auto due = workflow::due(
        started, calendar_of(work.office, work.db, work.dossier.agency, work.today(), started.calendar)
    );
    json::object set{
        {"state", name_of(DossierState::received)},
        {"received_on", column(call.now)},
        {"due", due ? json::value(column(*due)) : json::value()}};
    TRY(freeze_fee(work, call.now, set));
    work.event("received", std::move(set), {{"version", work.dossier.pack}});
    count(work.db, work.office.ids, work.dossier, day, "received");
    static_cast<void>(TRY(order_paper(work, text_in(call, "paper"), call.reason, nullptr)));
    tell_applicant(work, "received", {{"due", due ? shown(*due) : ""}});
    return json::object{};
}

Result<json::object> escalate(Work& work, const workflow::Call& call)
{
    work.event("escalated");
    tell_posts(work, call.in.if_contains("posts"), text_in(call, "notice"));
    return json::object{};
}

Result<json::object> request_supplement(Work& work, const workflow::Call& call)
{
    const auto rule = work.procedure->supplement(day_of(work.dossier.received_on.value_or(call.now)));
    if (work.dossier.supplements_asked >= (rule ? rule->requests_max : 1))
        return problem("casework.supplement_asked_once");
    work.event(
        "supplement_requested",
        {{"supplements_asked", work.dossier.supplements_asked + 1}},
        {{"reason", call.reason}}
    );
    static_cast<void>(TRY(order_paper(work, text_in(call, "paper"), call.reason, nullptr)));
    tell_applicant(work, "supplement", {{"reason", call.reason}});
    return json::object{};
}

Result<json::object> take_supplement(Work&, const workflow::Call&) { return json::object{}; }

Result<json::object> extend(Work& work, const workflow::Call& call)
{
    const auto name = text_in(call, "extension");
    const auto limit =
        work.procedure->time_limit(day_of(work.dossier.received_on.value_or(call.now)), work.form.form);
    const auto extension =
        limit ? limit->extensions.find(name) : std::map<std::string, std::string>::const_iterator{};
    if (!limit || extension == limit->extensions.end()) return problem("casework.no_such_extension");
    for (const auto& event : events_of(work.db, work.dossier.id)) {
        const auto* words = event.body.if_contains("words");
        if (event.kind == "extended" && words != nullptr && json::string_or(*words, "extension") == name)
            return problem("casework.extended_already");
    }
    const auto by = TRY(workflow::parse_budget(extension->second));
    const auto ledger = TRY(work.engine->change_clock(
        work.db,
        call.actor,
        call.now,
        call.instance.id,
        "extend",
        [&](workflow::Ledger before) { return workflow::extend(std::move(before), by); }
    ));
    const auto due = workflow::due(
        ledger, calendar_of(work.office, work.db, work.dossier.agency, work.today(), ledger.calendar)
    );
    work.event(
        "extended",
        {{"due", due ? json::value(column(*due)) : json::value()}},
        {{"extension", name}, {"reason", call.reason}}
    );
    return json::object{};
}

void stop_clock(Work& work, const workflow::Call& call)
{
    // A dossier that was never received has no clock to stop.
    if (!work.dossier.received_on) return;
    const auto stopped = work.engine->change_clock(
        work.db,
        call.actor,
        call.now,
        call.instance.id,
        "stop",
        [&](workflow::Ledger before) -> Result<workflow::Ledger> {
            return workflow::stop(std::move(before), call.now);
        }
    );
    if (!stopped) throw std::logic_error("the clock of a dossier does not stop");
}

Result<json::object> refuse(Work& work, const workflow::Call& call)
{
    stop_clock(work, call);
    work.event("refused", {}, {{"reason", call.reason}});
    static_cast<void>(TRY(order_paper(work, text_in(call, "paper"), call.reason, nullptr)));
    tell_applicant(work, "refused", {{"reason", call.reason}});
    return json::object{};
}

/// The register a step names, else the procedure's own.
std::shared_ptr<const registers::Register> register_of(Work& work, const workflow::Call& call)
{
    const auto named = text_in(call, "register");
    auto reg = work.office.packs.reg(named.empty() ? work.procedure->register_id() : named);
    if (!reg) throw std::logic_error("a process names a register that is not there");
    return reg;
}

/// A procedure without a register runs the shared process all the same.
bool enters_nothing(const Work& work, const workflow::Call& call)
{
    return text_in(call, "register").empty() && work.procedure->register_id().empty();
}

/// Strikes the entry of the dossier, when there is one.
Result<json::object> annul(Work& work, const workflow::Call& call)
{
    const auto entry = registers::entry_of_dossier(work.db, work.dossier.id.value);
    if (!entry) return json::object{};
    const auto reg = register_of(work, call);
    if (!TRY(registers::find_entry(work.db, work.office.keys, *reg, *entry)).in_force) return json::object{};
    static_cast<void>(TRY(registers::add_note(
        work.db,
        work.act,
        work.office.keys,
        *reg,
        {.entry = *entry,
         .kind = "annulment",
         .decision = work.dossier.code,
         .content = call.reason,
         .fields = {}}
    )));
    work.event("entry_annulled", {}, {{"entry", work.dossier.entry_number}, {"reason", call.reason}});
    return json::object{};
}

Result<json::object> end_by_withdrawal(Work& work, const workflow::Call& call)
{
    static_cast<void>(TRY(annul(work, call)));
    stop_clock(work, call);
    work.event("withdrawn", {}, {{"reason", call.reason}});
    return json::object{};
}

/// A result is handed over against what is due for it.
Result<json::object> close(Work& work, const workflow::Call& call)
{
    if (fee_is_due(work.db, work.dossier))
        return Problem{
            .code = "casework.fee_unpaid",
            .field = "",
            .law = "",
            .words = {{"fee", shown(work.dossier.fee)}}};
    stop_clock(work, call);
    json::object words;
    for (const auto* name : {"handed_by"})
        if (const auto* v = json::member(call.form, name)) words[name] = *v;
    work.event("handed_over", {}, std::move(words));
    tell_applicant(work, "handed_over");
    return json::object{};
}

/// The second time: what changed goes into the entry as a correction.
Result<json::object> correct_entry(
    Work& work,
    const registers::Register& reg,
    registers::EntryId id,
    const json::object& fields,
    std::string_view why
)
{
    const auto entry = TRY(registers::find_entry(work.db, work.office.keys, reg, id));
    json::object changed;
    for (const auto& member : fields) {
        const auto* before = entry.fields.if_contains(member.key());
        const bool kept =
            member.key() == "registered_on" || member.key() == "officer" || member.key() == "signer";
        if (!kept && (before == nullptr || *before != member.value())) changed[member.key()] = member.value();
    }
    if (changed.empty()) return json::object{};
    static_cast<void>(TRY(registers::add_note(
        work.db,
        work.act,
        work.office.keys,
        reg,
        {.entry = id,
         .kind = "correction",
         .decision = work.dossier.code,
         .content = std::string(why),
         .fields = changed}
    )));
    work.event("entry_corrected", {}, {{"entry", work.dossier.entry_number}});
    return json::object{};
}

/// What the action named by "entry/filled_by" of procedure.json finds is facts for the entry, within this command.
Result<Done> find_facts(Work& work, const workflow::Call& call)
{
    const auto* by = json::find(work.procedure->metadata(), "/entry/filled_by");
    if (by == nullptr || !by->is_string()) return Done{};
    auto own = call;
    own.action = std::string(by->get_string());
    const auto found = TRY(work.office.actions.run(work, own));
    if (!work.form.facts.is_object()) work.form.facts = json::object{};
    for (const auto& fact : found) work.form.facts.as_object()[fact.key()] = fact.value();
    return Done{};
}

Result<json::object> enter_register(Work& work, const workflow::Call& call)
{
    if (enters_nothing(work, call)) return json::object{};
    TRY(find_facts(work, call));
    const auto reg = register_of(work, call);
    const auto fields = TRY(entry_fields(work));
    if (const auto entry = registers::entry_of_dossier(work.db, work.dossier.id.value))
        return correct_entry(work, *reg, *entry, fields, call.reason);
    if (!work.series) throw std::logic_error("an entry is made without the lock of its book");
    const auto made = TRY(registers::enter(
        work.db,
        work.act,
        work.office.keys,
        *reg,
        {.series = work.series,
         .registered_on = work.today(),
         .dossier = work.dossier.id.value,
         .fields = fields}
    ));
    work.made["entry"] = made.printed;
    work.entered = {
        {"register", reg->id},
        {"year", made.year},
        {"number", made.number},
        {"printed", made.printed},
        {"fields", fields}};
    work.event(
        "entered", {{"entry", made.id.value}, {"entry_number", made.printed}}, {{"entry", made.printed}}
    );
    static_cast<void>(TRY(work.office.subscribers.tell(
        work.db,
        work.act,
        reg->entered_event,
        json::object{
            {"entry", made.id.value},
            {"dossier", work.dossier.id.value},
            {"agency", work.dossier.agency.value}}
    )));
    return json::object{};
}

Result<json::object> note_on_original(Work& work, const workflow::Call&)
{
    static_cast<void>(TRY(note_original(work)));
    return json::object{};
}

/// The number was taken with the entry, in this transaction; here the process gets to know it.
Result<json::object> number(Work& work, const workflow::Call&)
{
    return json::object{{"entry", std::to_string(work.dossier.entry)}, {"number", work.dossier.entry_number}};
}

/// How many originals are made out on pre-printed forms: one, unless procedure.json says more.
std::int64_t originals_wanted(const Work& work)
{
    const auto rows =
        work.procedure->in_force("/result/original", day_of(work.dossier.received_on.value_or(work.act.now)));
    return rows.empty() ? 1 : json::integer_or(*rows.front(), "originals", 1);
}

std::int64_t forms_used(Work& work)
{
    std::int64_t used = 0;
    for (const auto& event : events_of(work.db, work.dossier.id)) used += event.kind == "form_used" ? 1 : 0;
    return used;
}

/// A pre-printed form leaves the stock with the command that says it was printed: used, or spoiled when it came out
/// badly. The process learns whether every original has its form now.
Result<json::object> use_blank(Work& work, const workflow::Call& call)
{
    constexpr std::string_view field = "/form_serial";
    const auto in_field = [&](Problem fault) {
        fault.field = field;
        return fault;
    };
    const auto blank =
        documents::parse_blank(text_in(call, "kind"), json::string_or(call.form, field.substr(1)));
    if (!blank) return in_field(problem("documents.no_serial"));
    const bool well = json::bool_or(call.form, "printed_well");
    const auto& agency = work.dossier.agency;
    const auto title =
        work.procedure->paper_name(text_in(call, "paper")).vi + " " + work.dossier.entry_number;
    const auto reason = json::string_or(call.form, "spoil_reason");
    const auto done = well ? documents::issue_blank(work.db, work.act, agency, *blank, {{}, title})
                           : documents::spoil_blank(work.db, work.act, agency, *blank, reason);
    if (!done) return in_field(done.problem());
    work.event(
        well ? "form_used" : "form_spoiled", {}, {{"serial", documents::text_of(*blank)}, {"reason", reason}}
    );
    return json::object{{"used", well && forms_used(work) >= originals_wanted(work)}};
}

Result<Done> sign(Work& work, const workflow::Call& call)
{
    return order_paper(work, text_in(call, "paper"), call.reason, &call);
}

Result<Done> seal(Work& work, const workflow::Call& call)
{
    return order_seal(work, text_in(call, "paper"), call);
}

}  // namespace

void add_standard_actions(Actions& actions)
{
    actions.add_local("casework.receive", receive);
    actions.add_local("casework.escalate", escalate);
    actions.add_local("casework.request_supplement", request_supplement);
    actions.add_local("casework.take_supplement", take_supplement);
    actions.add_local("casework.extend", extend);
    actions.add_local("casework.refuse", refuse);
    actions.add_local("casework.withdraw", end_by_withdrawal);
    actions.add_local("casework.close", close);
    add_part_actions(actions);
    actions.add_local("registers.enter", enter_register);
    actions.add_local("registers.number", number);
    actions.add_local("registers.annul", annul);
    actions.add_local("registers.note_original", note_on_original);
    actions.add_local("documents.use_blank", use_blank);
    actions.add_outbox("documents.sign", sign);
    actions.add_outbox("documents.seal", seal);
}

}  // namespace thien_an::casework
