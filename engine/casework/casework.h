#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/dossier.h"
#include "engine/casework/form.h"
#include "engine/casework/office.h"
#include "engine/casework/rules.h"
#include "engine/identity/actor.h"

/// What can be done with a dossier. Each command prepares with a reader, then writes dossier, events, tasks, audit,
/// counters and outbox in one transaction, and returns after COMMIT. Who may do what is decided here, not by callers.
namespace thien_an::casework {

using identity::Actor;

/// At most once: the same key and content give the same answer again. Problem "casework.key_used_for_other_content".
struct Once {
    std::string client;  ///< Account, or signed anonymous session.
    std::string route;
    std::string key;  ///< Empty: not asked for.
};

// --- drafts -------------------------------------------------------------------------------------------------------

/// Who a draft belongs to: a party, or the visitor of a signed cookie.
struct DraftOwner {
    identity::PartyId party;  ///< 0: see `visitor`.
    std::string visitor;
    std::string channel = "online";  ///< Where it is filled in; "counter": by an officer for someone present.
};

struct DraftFile {
    std::string paper;  ///< "birth_notification"
    FileId file;
    std::string name;  ///< As the person called it.
    std::string media_type;
    std::int64_t bytes = 0;
};

struct Draft {
    DraftId id;
    DraftOwner owner;
    std::string procedure;
    std::int64_t pack = 0;  ///< The version it was begun with; filing uses the one in force.
    std::string agency;     ///< Code of the agency chosen; empty: not yet.
    std::string step;       ///< The step to go on with.
    json::value form;
    std::vector<DraftFile> files;
    std::string resume_code;  ///< Shown once when made; empty afterwards.
    Instant changed;
};

/// Problems "casework.no_such_procedure", "casework.not_filed_here" (information only), "casework.filing_closed".
Result<Draft> begin_draft(
    Office& office, const Actor& actor, const DraftOwner& owner, std::string_view procedure
);
/// Problem "casework.no_such_draft" also when it is another's.
Result<Draft> find_draft(Office& office, const DraftOwner& owner, DraftId id);
/// The agency it will be filed with: its code, or a unit it serves today. Problem "identity.no_such_agency".
Result<Draft> choose_agency(Office& office, const DraftOwner& owner, DraftId id, std::string_view agency);
std::vector<Draft> drafts_of(Office& office, const DraftOwner& owner);  ///< Without forms; the latest first.
/// Gives the draft to `owner`. Problem "casework.wrong_resume_code".
Result<Draft> resume_draft(Office& office, const DraftOwner& owner, std::string_view resume_code);

/// What came of a step: kept either way, so that nothing typed is lost.
struct SavedStep {
    Draft draft;
    std::vector<FieldError> errors;
    std::vector<EncodingDoubt> doubts;
    std::vector<Problem> problems;  ///< Of rules that can already be asked: "civil_status.wrong_commune".
};
Result<SavedStep> save_step(
    Office& office, const DraftOwner& owner, DraftId id, std::string_view step, const Typed& typed
);
/// Problems "casework.no_such_paper", "casework.too_many_files", "casework.file_too_large", "casework.media_refused".
Result<Draft> attach_to_draft(Office& office, const DraftOwner& owner, DraftId id, const DraftFile& file);
Result<Draft> detach_from_draft(Office& office, const DraftOwner& owner, DraftId id, FileId file);
Result<Done> discard_draft(Office& office, const DraftOwner& owner, DraftId id);
/// Sends the resume code again to nobody: makes a new one and shows it.
Result<std::string> new_resume_code(Office& office, const DraftOwner& owner, DraftId id);

// --- filing -------------------------------------------------------------------------------------------------------

struct FiledFile {
    std::string paper;
    FileId file;
    std::string name;
};

struct Filing {
    std::string procedure;
    std::string agency;  ///< Code of the agency, or of its unit on that day.
    Applicant applicant;
    json::value form;
    std::vector<FiledFile> files;
    std::string channel = "online";  ///< "counter": the actor's desk files and receives for someone present.
    DraftId draft;                   ///< Ends with the filing; 0: none.
};

struct Filed {
    DossierId id;
    std::string code;
    DossierState state = DossierState::filed;
    std::optional<Instant> due;  ///< Empty until received.
    Instant receive_by;          ///< An officer answers by then, else it escalates.
    std::string agency_name;
    Dong fee;
    std::string fee_reason;
    std::vector<Warning> warnings;  ///< Officers see them; the citizen does not.
    bool repeated = false;          ///< The same filing had come before.
};

/// All that is wrong with a filing, not only the first thing.
struct FilingFaults {
    std::vector<FieldError> fields;
    std::vector<Problem> problems;  ///< Rules, papers, agency.
};

/// Checks without writing: the review step, and "the wrong commune is said before filing".
struct Review {
    FilingFaults faults;
    Dong fee;
    std::string fee_reason;
    std::vector<Warning> warnings;
    std::string competent_agency;  ///< Code of the agency that decides, when the answers tell it.
};
Result<Review> review(Office& office, const Filing& filing);

/// Problem "form.CODE" of the first wrong answer, or the first rule's own; `faults`, when given, gets all of them.
Result<Filed> submit(
    Office& office,
    const Actor& actor,
    const Filing& filing,
    const Once& once = {},
    FilingFaults* faults = nullptr
);

/// What the same form has filed already: its draft is gone then. Nothing when it has filed nothing.
std::optional<Filed> filed_before(Office& office, const Once& once);

// --- work on tasks ------------------------------------------------------------------------------------------------

/// How a task is done: an outcome of its step in the process, its form, and a reason where the outcome asks for one.
struct Completion {
    std::string outcome;
    json::value form = json::object{};
    std::string reason;
    std::optional<std::int64_t> seen =
        {};  ///< Events of the dossier when the caller looked; none: not asked.
};

/// What happened; the page shows the dossier again.
struct Completed {
    DossierId dossier;
    DossierState state;
    std::optional<Instant> due;
    std::vector<TaskId> next;  ///< Tasks open now.
};

/// Problems "casework.task_done" (words who, at: "Bà Trần Thị Mỹ Lệ đã xử lý lúc 08:05"), "identity.not_permitted",
/// "casework.no_such_outcome", "casework.reason_required", "form.CODE", "casework.warning_unanswered",
/// "identity.same_person", "casework.changed_meanwhile" (when `seen` is asked).
Result<Completed> complete_task(
    Office& office, const Actor& actor, TaskId task, const Completion& completion, const Once& once = {}
);
/// Takes a task for oneself, or gives it back. Problem "casework.task_taken" (words who).
Result<Done> claim_task(Office& office, const Actor& actor, TaskId task);
Result<Done> release_task(Office& office, const Actor& actor, TaskId task);
/// To another post of the agency. Needs "dossiers.reassign".
Result<Done> reassign_task(
    Office& office, const Actor& actor, TaskId task, identity::PostId to, std::string_view reason
);

// --- the citizen's acts -------------------------------------------------------------------------------------------

/// The answer to the one supplement request. Problems "casework.no_supplement_asked", those of files.
Result<Completed> answer_supplement(
    Office& office,
    const Actor& actor,
    DossierId dossier,
    const std::vector<FiledFile>& files,
    std::string_view message,
    const Once& once = {}
);
/// At any step before handing over. Problem "casework.already_closed".
Result<Completed> withdraw(
    Office& office, const Actor& actor, DossierId dossier, std::string_view reason, const Once& once = {}
);
/// 1 to 5 and a comment, once, within the days the settings allow. Problems "casework.not_finished", "casework.already_rated".
Result<Done> rate(Office& office, const Actor& actor, DossierId dossier, int stars, std::string_view comment);

// --- the desk's other acts ----------------------------------------------------------------------------------------

/// A letter of apology with a new due day. Problems "casework.not_late" (due day is not near or past),
/// "casework.apology_limit".
Result<Done> apologise(
    Office& office, const Actor& actor, DossierId dossier, Day new_due, std::string_view reason
);
/// A paper scanned or printed at the desk. Needs the right to work on the dossier.
Result<PaperId> attach_paper(
    Office& office, const Actor& actor, DossierId dossier, const FiledFile& file, std::string_view note
);
/// A note in the timeline, for officers only.
Result<Done> add_note(Office& office, const Actor& actor, DossierId dossier, std::string_view text);
/// The declarant confirms the entry instead of signing the book; the caller has proved a code sent to his phone. Once:
/// Problem "casework.entry_confirmed".
Result<Done> confirm_entry(Office& office, const Actor& actor, DossierId dossier);
/// Money taken at the counter for a fee due there. Problem "payments.nothing_due".
Result<Done> take_payment(
    Office& office, const Actor& actor, DossierId dossier, std::string_view receipt_number
);

/// A paper to be put onto a pre-printed form: its description and what it says, in clear, with the name of whoever
/// decided as the signer. Audited. Problems "casework.no_such_dossier", "casework.nothing_to_print" (nobody has
/// decided yet, or the original is electronic), "casework.task_taken" (words who: the printing is somebody else's).
struct FormPrint {
    std::string xml;
    json::value values;
};
Result<FormPrint> form_print(Office& office, const Actor& actor, DossierId dossier, std::string_view paper);

// --- what runs by itself ------------------------------------------------------------------------------------------

/// Versions of packs others published, timers of processes that are due, the earliest first, folding of figures, drafts
/// grown old: does at most `limit` of each, says how many timers. Called by the program every second; papers and messages go by the outbox.
int work_once(Office& office, int limit = 50);

/// Kind of the storage::Incident of a process that is stuck; its aggregate is the workflow::Incident.
inline constexpr std::string_view stuck_process = "process.stuck";
/// Tries the node of a stuck process again. Problems "workflow.no_such_incident", "casework.no_such_dossier".
Result<Done> retry_process(Office& office, const identity::Act& act, std::int64_t incident);

/// Everything that must hold between rows: one problem a fault, its `field` the place ("dossier/42"), none when all is well.
struct CaseworkReport {
    std::int64_t dossiers = 0;
    std::int64_t events = 0;
    std::vector<Problem> faults;  ///< At most 100.
};
/// State equals the fold of the events, and tasks equal the history of the process, for every dossier.
CaseworkReport verify_dossiers(storage::Database& database);
/// Live figures equal a count of the events with SQL of its own, and the words dossiers are searched by are those they
/// have.
CaseworkReport recount(storage::Database& database);
/// Papers equal the fold of their events, their numbers have no gap, and every pre-printed form has its history.
CaseworkReport verify_papers(storage::Database& database);

}  // namespace thien_an::casework
