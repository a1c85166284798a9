#include "engine/base/vietnamese.h"
#include "engine/casework/drafts_store.h"
#include "engine/casework/filing.h"
#include "engine/casework/journal.h"
#include "engine/casework/packs.h"
#include "engine/crypto/hash.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/registers/leases.h"
#include "engine/storage/files.h"
#include "engine/storage/idempotency.h"

namespace thien_an::casework {
namespace {

/// What identifies the content of a filing, for "the same key with another body".
Bytes content_hash(const Filing& filing)
{
    json::array files;
    for (const auto& file : filing.files) files.push_back({{"paper", file.paper}, {"file", file.file.value}});
    const json::value content = {
        {"procedure", filing.procedure},
        {"agency", filing.agency},
        {"form", filing.form},
        {"files", std::move(files)},
        {"name", filing.applicant.name},
        {"phone", filing.applicant.phone},
        {"email", filing.applicant.email},
        {"address", filing.applicant.address},
        {"channel", filing.channel}};
    const auto hash = crypto::sha256(json::canonical(content));
    return {hash.begin(), hash.end()};
}

/// Whom the dossier is about, for lists: the first name of the answers procedure.json says, else the applicant.
std::string subject_of(const Procedure& procedure, const json::value& form)
{
    auto pointer = json::string_or(procedure.metadata(), "subject");
    if (pointer.empty()) {
        // The person a register entry is about comes first in it.
        const auto* fields = json::find(procedure.metadata(), "/entry/fields");
        if (fields != nullptr && fields->is_object() && !fields->get_object().empty())
            pointer = json::string_or(fields->get_object().begin()->value(), "from");
    }
    const auto* v = pointer.empty() ? nullptr : json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

Result<Done> add_filed_papers(Work& work, const Filing& filing)
{
    for (const auto& file : filing.files) {
        const auto stored = TRY(storage::find_file(work.db, file.file));
        StoredPaper paper{
            .id = work.office.ids.next_as<DossierPaperTag>(),
            .dossier = work.dossier.id,
            .paper = file.paper,
            .version = 1,
            .file = file.file,
            .name = file.name.empty() ? stored.name : storage::clean_file_name(file.name),
            .media_type = std::string(storage::media_type(stored.blob.kind)),
            .bytes = stored.blob.size,
            .sha256 = stored.blob.sha256,
            .origin = filing.channel == "counter" ? "desk" : "applicant",
            .at = work.act.now};
        insert_paper(work.db, paper);
    }
    return Done{};
}

/// Results the offices hold already, in place of papers: each as an event, with its file where there is one. The entry
/// knows in the audit trail who relied on it.
void add_held_results(Work& work, const std::vector<HeldResult>& held)
{
    for (const auto& result : held) {
        if (result.issued) {
            auto paper = *result.issued;
            paper.id = work.office.ids.next_as<DossierPaperTag>();
            paper.dossier = work.dossier.id;
            paper.paper = result.paper;
            paper.version = 1;
            paper.origin = "held";
            paper.at = work.act.now;
            insert_paper(work.db, paper);
        }
        work.event("result_reused", {}, {{"paper", result.paper}, {"entry", result.entry.printed}});
        identity::audit(
            work.db,
            work.act,
            {.what = "register.reuse",
             .subject = "register_entry",
             .subject_id = result.entry.id.value,
             .about = work.dossier.applicant,
             .agency = result.entry.agency,
             .reason = work.dossier.code,
             .detail = {{"register", result.entry.register_id}}}
        );
    }
}

/// The clock of reception: the desk answers within the budget of that day.
std::optional<Instant> answer_by(
    const Office& office, const Procedure& procedure, std::string_view agency_key, Instant now
)
{
    for (const auto* row : procedure.in_force("receive_within", day_of(now)))
        if (const auto budget = workflow::parse_budget(json::string_or(*row, "budget")))
            return workflow::due(
                office.settings.calendar(json::string_or(*row, "calendar", "counted"), agency_key),
                now,
                budget.value()
            );
    return std::nullopt;
}

/// What is written down of a filing, to be done again elsewhere.
Result<JournalEntry> journal_of(storage::Reader& db, const Filing& filing, const PreparedFiling& prepared)
{
    json::array files;
    for (const auto& file : filing.files) {
        const auto stored = TRY(storage::find_file(db, file.file));
        files.push_back({{"paper", file.paper}, {"sha256", stored.blob.sha256}, {"name", file.name}});
    }
    return JournalEntry{
        .kind = "file",
        .subject = {},
        .content = {
            {"procedure", filing.procedure},
            {"agency", prepared.receives.key},
            {"form", prepared.form},
            {"files", std::move(files)},
            {"channel", filing.channel},
            {"applicant",
             {{"party", std::to_string(filing.applicant.party.value)},
              {"name", filing.applicant.name},
              {"phone", filing.applicant.phone},
              {"email", filing.applicant.email},
              {"address", filing.applicant.address}}}}};
}

/// The next code of the agency that receives.
std::string next_code(const Office& office, storage::Writer& db, const identity::Agency& receives, Day day)
{
    if (office.journal == nullptr)
        return dossier_code(receives.code, day, next_number(db, receives.id, "code", column(day)));
    const auto codes = office.journal->codes();
    if (!codes.given.empty()) return codes.given;
    return dossier_code(
        receives.code, day, codes.from + next_number(db, receives.id, codes.series, column(day))
    );
}

/// Writes everything of one filing: dossier, answers, papers, process with its first task, figures, notice, audit.
Result<Filed> write_filing(
    Office& office,
    storage::Writer& db,
    const identity::Act& act,
    const Filing& filing,
    const PreparedFiling& prepared
)
{
    const auto day = act.today();
    if (office.journal != nullptr || filing.channel == "counter") {
        TRY(begin_command(office, db, act, prepared.receives.id));
        if (office.journal != nullptr) TRY(registers::may_write(db, prepared.decides.id));
    }
    const auto answered_by = answer_by(office, *prepared.procedure, prepared.receives.key, act.now);
    Dossier dossier;
    dossier.id = office.ids.next_as<DossierTag>();
    auto applicant = filing.applicant;
    applicant.name = tidy_name(applicant.name);
    // A protected dossier has no name in what lists, searches and indexes read.
    if (!prepared.procedure->is_protected()) {
        dossier.applicant_name = applicant.name;
        dossier.subject = subject_of(*prepared.procedure, prepared.form);
    }
    const auto code = next_code(office, db, prepared.receives, day);
    const json::object set{
        {"code", code},
        {"procedure", prepared.procedure->id()},
        {"pack", prepared.pack.value},
        {"agency", prepared.decides.id.value},
        {"received_at", prepared.receives.id.value},
        {"state", name_of(DossierState::filed)},
        {"channel", filing.channel},
        {"applicant", filing.applicant.party.value},
        {"title", prepared.procedure->name().vi},
        {"filed_on", column(act.now)},
        {"answer_by", answered_by ? json::value(column(*answered_by)) : json::value()},
        {"fee", prepared.fee.amount},
        {"fee_reason", prepared.fee_reason}};
    const DossierEvent filed{
        .dossier = dossier.id,
        .number = 1,
        .at = act.now,
        .kind = "filed",
        .actor = act.actor,
        .body = {{"set", set}}};
    // The row is there before its first event, because events name it.
    insert_dossier(
        db,
        office.keys,
        [&] {
            auto row = applied(dossier, filed);
            row.number_of_events = 0;
            return row;
        }(),
        applicant
    );
    append_event(db, office.ids, dossier, filed);
    Work work{office, db, act, dossier, prepared.procedure, {1, prepared.form, prepared.facts}, {}};
    insert_form(db, office.keys, office.ids.next(), dossier.id, work.form, act.now);
    static_cast<void>(TRY(add_filed_papers(work, filing)));
    add_held_results(work, prepared.held);
    static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) -> Result<workflow::Advanced> {
        auto started = engine.start(
            db,
            act.actor,
            act.now,
            {.definition = prepared.pack.value,
             .owner = dossier.id.value,
             .key = std::to_string(dossier.id.value),
             .agency = prepared.decides.id,
             .variables = {},
             .message = ""}
        );
        if (started) work.event("process_started", {{"instance", started.value().instance.id.value}});
        return started;
    })));
    count(db, office.ids, work.dossier, day, "filed");
    static_cast<void>(TRY(office.subscribers.tell(
        db,
        act,
        prepared.procedure->id() + ".filed",
        json::object{
            {"dossier", dossier.id.value},
            {"draft", filing.draft.value},
            {"agency", prepared.decides.id.value}}
    )));
    identity::audit(
        db,
        act,
        {.what = "dossier.file",
         .subject = "dossier",
         .subject_id = dossier.id.value,
         .about = filing.applicant.party,
         .agency = prepared.decides.id,
         .reason = "",
         .detail = prepared.procedure->is_protected() ? json::object{}
                                                      : json::object{{"procedure", prepared.procedure->id()}}}
    );
    tell_applicant(work, "filed");
    if (filing.draft) delete_draft(db, filing.draft);
    if (office.journal != nullptr) TRY(end_command(work, TRY(journal_of(db, filing, prepared))));
    return Filed{
        .id = dossier.id,
        .code = code,
        .state = work.dossier.state,
        .due = work.dossier.due,
        .receive_by = answered_by.value_or(act.now),
        .agency_name = prepared.decides.name_vi,
        .fee = prepared.fee,
        .fee_reason = prepared.fee_reason,
        .warnings = prepared.warnings};
}

std::string answer_text(const Filed& filed)
{
    return json::text_of(json::object{
        {"id", filed.id.value},
        {"code", filed.code},
        {"state", name_of(filed.state)},
        {"due", filed.due ? json::value(column(*filed.due)) : json::value()},
        {"receive_by", column(filed.receive_by)},
        {"agency_name", filed.agency_name},
        {"fee", filed.fee.amount},
        {"fee_reason", filed.fee_reason}});
}

Filed filed_from(std::string_view text)
{
    const auto v = json::parse(text).value();
    Filed filed;
    filed.id = {json::integer_or(v, "id")};
    filed.code = json::string_or(v, "code");
    filed.state = *dossier_state_named(json::string_or(v, "state"));
    if (const auto* due = json::member(v, "due"); due != nullptr && due->is_int64())
        filed.due = instant_from(due->get_int64());
    filed.receive_by = instant_from(json::integer_or(v, "receive_by"));
    filed.agency_name = json::string_or(v, "agency_name");
    filed.fee = {json::integer_or(v, "fee")};
    filed.fee_reason = json::string_or(v, "fee_reason");
    filed.repeated = true;
    return filed;
}

std::optional<Problem> first_fault(const FilingFaults& faults)
{
    if (!faults.problems.empty() && faults.fields.empty()) return faults.problems.front();
    if (faults.fields.empty()) return std::nullopt;
    // A rule that speaks of the same answer says it better than the form.
    for (const auto& error : faults.fields)
        for (const auto& fault : faults.problems)
            if (fault.field == error.pointer) return fault;
    const auto& first = faults.fields.front();
    return Problem{
        .code = "form." + first.code,
        .field = first.pointer,
        .law = "",
        .words = {{"count", std::to_string(faults.fields.size())}}};
}

}  // namespace

Result<Filed> submit(
    Office& office, const Actor& actor, const Filing& filing, const Once& once, FilingFaults* faults
)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const storage::IdempotencyKey key{
        once.client, once.route, once.key, once.key.empty() ? Bytes() : content_hash(filing)};
    if (!once.key.empty())
        if (const auto before = TRY(storage::answered(office.database, key)))
            return filed_from(before->answer);
    const auto prepared = TRY(office.database.read([&](storage::Reader& db) {
        return prepare_filing(office, db, filing, act.now);
    }));
    if (faults != nullptr) *faults = prepared.faults;
    if (auto fault = first_fault(prepared.faults)) return *std::move(fault);
    if (filing.channel == "counter")
        static_cast<void>(TRY(office.database.read([&](storage::Reader& db) {
            return identity::require(
                db, actor, "dossiers.file_at_counter", prepared.receives.id, act.today()
            );
        })));
    const storage::Locks locks{{"dossier_codes", prepared.receives.id.value}};
    if (once.key.empty())
        return office.database.write(locks, [&](storage::Writer& db) {
            return write_filing(office, db, act, filing, prepared);
        });
    std::optional<Filed> fresh;
    const auto kept = TRY(storage::once(
        office.database,
        locks,
        key,
        act.now,
        [&](storage::Writer& db) -> Result<storage::KeptAnswer> {
            fresh = TRY(write_filing(office, db, act, filing, prepared));
            return storage::KeptAnswer{201, answer_text(*fresh), ""};
        }
    ));
    auto filed = filed_from(kept.answer);
    if (fresh && fresh->code == filed.code) return *fresh;
    return filed;
}

std::optional<Filed> filed_before(Office& office, const Once& once)
{
    const auto kept = storage::answered_form(office.database, once.client, once.route, once.key);
    return kept ? std::optional(filed_from(kept->answer)) : std::nullopt;
}

}  // namespace thien_an::casework
