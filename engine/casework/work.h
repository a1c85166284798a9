#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/casework/dossier_store.h"
#include "engine/casework/office.h"
#include "engine/casework/procedure.h"
#include "engine/documents/document_store.h"
#include "engine/identity/agencies.h"
#include "engine/registers/entries.h"
#include "engine/workflow/engine.h"

/// One command on one dossier, inside its transaction: what actions see, and what brings process and dossier together.
namespace thien_an::casework {

struct Work {
    Office& office;
    storage::Writer& db;
    identity::Act act;
    Dossier dossier;
    std::shared_ptr<const Procedure> procedure;  ///< The version of the dossier; shared with other threads.
    FiledForm form;
    registers::SeriesId series;  ///< Locked for this command; 0: no number may be taken.
    workflow::Engine* engine = nullptr;
    json::object made = {};     ///< Numbers and tokens given in this command, for the journal.
    json::object entered = {};  ///< The register entry made in it.

    /// Appends an event; `set` changes the dossier, `words` are for the sentence of the timeline.
    void event(std::string_view kind, json::object set = {}, json::object words = {});
    Day today() const { return act.today(); }
};

/// What a command needs before it can lock and write: read outside the transaction, checked again inside.
struct WorkPlan {
    DossierId dossier;
    std::int64_t instance = 0;
    registers::SeriesId series;
    storage::Locks locks;
};
/// Problem "casework.no_such_dossier".
Result<WorkPlan> plan_work(Office& office, DossierId dossier, Instant now);
/// For the handlers of outbox rows that go on with a dossier (storage::OutboxHandler::locks): the locks of plan_work; none
/// when it is not there.
storage::Locks locks_of(Office& office, DossierId dossier);

/// Opens the dossier in a transaction. Problem "casework.no_such_dossier".
Result<Work> open_work(Office& office, storage::Writer& db, const identity::Act& act, const WorkPlan& plan);

using Advance = std::function<Result<workflow::Advanced>(workflow::Engine&)>;
/// Lets the process go on and takes over what came of it: state, due day, figures, notices.
Result<workflow::Advanced> advance(Work& work, const Advance& step);

/// Until it is received a dossier follows the version of its procedure in force: process, what the rules find in the
/// answers. Receiving freezes it. Does nothing when there is no newer version or it has been received.
Result<Done> follow_version(Office& office, DossierId dossier);

/// Fires what is due in the process by `now`. False when the dossier is not there.
bool tick_process(Office& office, workflow::InstanceId instance, Instant now);

/// The answer of an outbox action, in the transaction that marks its row done; the handler takes locks_of(dossier).
Result<Done> answer_call(
    Office& office, storage::Writer& db, DossierId dossier, std::int64_t call, const json::object& out
);

/// Tells the applicant: words "notice.dossier.WHAT.*". Nothing when he left no contact.
void tell_applicant(
    Work& work, std::string_view what, std::vector<std::pair<std::string, std::string>> words = {}
);
/// Tells the holders of posts.
void tell_posts(Work& work, const json::value* posts, std::string_view what);

/// The clock of the law as it would start now with these answers. Problems "casework.no_time_limit", "workflow.bad_budget".
Result<workflow::Ledger> statutory_clock(const Procedure& procedure, const json::value& form, Instant now);

/// The open task at the same place, when the process began again under a newer version; the task itself otherwise.
Result<workflow::Task> task_now(storage::Reader& db, workflow::Task task);
/// Why a task that is no longer open cannot be done: "casework.task_done" (words who, at) or "casework.task_withdrawn".
Problem task_ended(storage::Reader& db, const workflow::Task& task);

/// Whether the fee of the dossier is still to be paid.
bool fee_is_due(storage::Reader& db, const Dossier& dossier);

/// The dated facts a process asks for: "law" of docs/standards/process-values.md.
json::object law_facts(const Procedure& procedure, Day day);
/// Post kind -> ids of the posts of that kind in the agency.
json::object posts_of(storage::Reader& db, identity::AgencyId agency, Day day);
json::object dossier_facts(storage::Reader& db, const Dossier& dossier);

/// A paper drawn over frozen values and signed by the actor after the commit; `call` waits for it when given. `more` are values
/// of the system whose paper it is, beside those of docs/standards/paper-values.md.
Result<Done> order_paper(
    Work& work,
    std::string_view paper,
    std::string_view reason,
    const workflow::Call* call,
    json::object more = {}
);
/// The agency's signature, number and day on the paper that has been signed.
Result<Done> order_seal(Work& work, std::string_view paper, const workflow::Call& call);
/// What documents::SigningMeans calls when a paper has a new version: it joins the dossier's papers, and the process
/// that waits for it goes on.
Result<Done> paper_attached(
    Office& office, storage::Writer& db, const identity::Act& act, const documents::Document& document
);
/// What it must hold; none when the paper is no dossier's.
storage::Locks locks_of_paper(Office& office, documents::DocumentId document);

/// Values of docs/standards/paper-values.md, frozen now.
json::object paper_values(Work& work, std::string_view paper, std::string_view reason);
/// "Trần Thị Mỹ Lệ" and "Công chức Tư pháp - hộ tịch" of the actor.
std::pair<std::string, std::string> name_and_position(storage::Reader& db, const identity::Actor& actor);

/// The line, then the names of the unit and those above it on that day; or the address elsewhere. "" when there is none.
std::string address_text(const CodeLists& codes, const json::value* residence, Day day);

/// Fields of the register entry as `entry` of procedure.json says.
Result<json::object> entry_fields(Work& work);
/// Notes on the entry the answers are about, as `notes_on_original` of procedure.json says: the entry is the fact
/// `original_entry` of the register `original_register`. The decision is the dossier's own entry, prepared by whoever
/// entered it; the actor is the second person, who approves. Nothing when the answers name no entry kept here.
Result<Done> note_original(Work& work);
/// Fills in the fields that wait for the completion of `task`.
Result<Done> complete_entry(Work& work, std::string_view task, const json::value& task_form);

}  // namespace thien_an::casework
