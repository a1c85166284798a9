#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/dossier.h"
#include "engine/casework/office.h"
#include "engine/casework/procedure.h"
#include "engine/casework/rules.h"

/// What pages and the API show of dossiers. Rights are inside every query; opening one is audited.
namespace thien_an::casework {

using identity::Actor;

/// A row of a list.
struct DossierRow {
    DossierId id;
    std::string code;
    std::string title;  ///< Name of the procedure.
    std::string subject;
    std::string applicant;
    DossierState state;
    Words step;          ///< Name of the open step: "Thẩm tra"; empty when none.
    TaskId task;         ///< The first open task of it; 0: none.
    std::string holder;  ///< Who has taken the task.
    Instant filed_on;
    std::optional<Instant> due;  ///< What runs out next: next_deadline() of the dossier.
    std::optional<Instant> step_due;
    bool late = false;
    std::int64_t minutes_left = 0;  ///< Of working time until due; negative when late.
};

struct QueueFilter {
    std::string which = "mine";  ///< "mine": tasks my posts may do; "agency": "Hồ sơ của cơ quan".
    std::string procedure;
    std::string state;  ///< Word of a DossierState; empty: all open ones.
    std::string step;
    std::string words;  ///< Code, applicant or subject, marks not needed.
    bool late = false;
    std::string lane;    ///< By deadline: "late", "today", "later", "waiting" (suspended); empty: all.
    std::string cursor;  ///< Of the page before; empty: the first.
    int limit = 50;
};
struct Queue {
    std::vector<DossierRow> rows;  ///< The soonest deadline first.
    std::string next;              ///< Cursor; empty: no more.
    std::int64_t mine = 0;         ///< At most counted_max.
    std::int64_t agency = 0;
    // Of `which`, whatever the other filters say:
    std::int64_t late = 0;
    std::int64_t due_today = 0;  ///< Not late yet.
    std::int64_t later = 0;
    std::int64_t waiting = 0;  ///< Suspended.
};
Queue queue(Office& office, const Actor& actor, const QueueFilter& filter);

/// More tasks than this are not counted in Queue::mine and QueueCounts::mine: nobody reads the figure any more.
constexpr int counted_max = 1000;
/// Beside the entries of the desk's menu.
struct QueueCounts {
    std::int64_t mine = 0;
    std::int64_t agency = 0;
};
QueueCounts queue_counts(Office& office, const Actor& actor);

/// A button of a task.
struct Outcome {
    std::string id;
    Words name;
    std::string style;  ///< "main", "plain" or "refuse"
    bool reason_needed = false;
};
/// Something the actor may do now.
struct OpenTask {
    TaskId id;
    DossierId dossier;
    std::string code;
    std::string node;  ///< "check"
    Words name;
    std::optional<Instant> due;
    std::vector<Outcome> outcomes;
    std::string form;         ///< Name of its form: "check"; empty: none.
    std::string holder;       ///< Who has taken it; empty: nobody.
    bool uses_blank = false;  ///< Its form asks which pre-printed form was used.
    bool may_act = false;     ///< The actor himself, as the post he acts as.
};
struct TaskList {
    std::vector<OpenTask> tasks;
    std::string next;
};
TaskList tasks_for(Office& office, const Actor& actor, std::string_view cursor, int limit);
/// Problem "casework.no_such_task" also when the actor may not see it.
Result<OpenTask> find_task(Office& office, const Actor& actor, TaskId task);

/// What the form of the task begins with: x-prefill of its fields. Problem "casework.no_such_task".
Result<json::value> fresh_task_form(Office& office, const Actor& actor, TaskId task);
/// When the result would be due if the dossier were received now; nothing when it has been.
std::optional<Instant> due_if_received(Office& office, const Dossier& dossier);

/// A line of the timeline.
struct TimelineRow {
    Instant at;
    std::string
        kind;       ///< "received": the sentence is "event.received" of the catalogue, filled with `words`.
    Words label;    ///< Of the process step, for the citizen.
    Words step;     ///< Its name at the desk: {step} of the sentence; empty.
    Words outcome;  ///< How it was completed: {outcome_name} of the sentence; empty.
    std::string who;  ///< "Trần Thị Mỹ Lệ, Công chức Tư pháp - hộ tịch"; the agency's name for the citizen.
    std::string on_behalf;  ///< "KT. Chủ tịch"; empty.
    json::value words;      ///< For the sentence.
    bool to_come = false;
};

struct PaperRow {
    PaperId id;
    std::string paper;  ///< "birth_notification", "receipt", "certificate"
    Words name;
    std::string file_name;
    FileId file;
    std::string media_type;
    std::int64_t bytes = 0;
    std::string sha256;
    Instant at;
    std::int64_t version = 1;
    std::int64_t signatures = 0;
    std::string origin;  ///< "applicant", "desk", "made"
};

/// One answer as the dossier page shows it.
struct AnswerRow {
    std::string pointer;
    Words title;
    std::string value;  ///< Codes as words, days as people write them; masked when sensitive.
    bool masked = false;
    int depth = 0;
    std::string step;
    Words
        section;  ///< What it is an answer about: "Mẹ"; the step's title where the form names nothing nearer.
};

/// Who has the dossier now, and until when: "Đang ở Bộ Tư pháp".
struct StepClock {
    Words step;
    Instant until;
    std::int64_t minutes_left = 0;  ///< Of working time; negative when late.
};

/// Where the process is, for its picture.
struct ProcessView {
    std::string svg;                ///< Server-made, done/here/to come.
    std::vector<std::string> here;  ///< Node ids.
    std::vector<std::string> done;
};

struct DossierPage {
    Dossier dossier;
    identity::Agency agency;
    Words procedure_name;
    std::string phone_masked;
    std::string email_masked;
    std::string address;
    std::vector<AnswerRow> answers;
    std::vector<PaperRow> papers;
    std::vector<TimelineRow> timeline;
    std::vector<OpenTask> tasks;
    std::vector<Warning> warnings;
    std::int64_t minutes_left = 0;  ///< Of working time until the next deadline; negative when late.
    bool suspended = false;
    bool hidden =
        false;  ///< Protected, and the actor does not handle it: nothing of answers and papers is here.
    std::optional<StepClock> step_clock;
    bool can_reassign = false;
    bool can_apologise = false;
    bool fee_due = false;
    std::optional<Instant> receive_by;  ///< An officer answers by then; only while filed.
    bool can_withdraw = false;          ///< The applicant himself, before handing over.
    bool can_answer_supplement = false;
    bool can_rate = false;
    bool can_confirm_entry = false;  ///< By code, where the level of the day has it.
};
/// Audited before it is returned. Problem "casework.no_such_dossier" when it is none or the actor may not see it.
Result<DossierPage> open_dossier(
    Office& office, const Actor& actor, std::string_view code, std::string_view language
);
Result<ProcessView> process_view(
    Office& office, const Actor& actor, DossierId dossier, std::string_view language
);
/// The answers in clear, for `reason`: audited. Problem "casework.protected" for who does not handle a protected one.
Result<std::vector<AnswerRow>> reveal_answers(
    Office& office, const Actor& actor, DossierId dossier, std::string_view reason, std::string_view language
);

/// State without personal data, for anyone with the full code. Problem "casework.no_such_dossier": count it as a guess.
struct Tracked {
    std::string code;
    Words procedure;
    std::string agency;
    DossierState state;
    Words step;  ///< Public label of where it is.
    Instant filed_on;
    std::optional<Instant> received_on;
    std::optional<Instant> due;
    std::int64_t minutes_left = 0;  ///< Of working time until due; negative when late.
    std::optional<StepClock> step_clock;
    std::vector<TimelineRow> timeline;
    bool late = false;
    bool can_be_rated = false;
};
Result<Tracked> track(Office& office, std::string_view code);

/// The applicant's own, the latest first. Problem-free: nobody has none.
struct OwnDossier {
    DossierRow row;
    Words procedure;
    Words agency;
};
struct OwnDossiers {
    std::vector<OwnDossier> dossiers;
    std::string next;  ///< Cursor; empty: no more.
};
OwnDossiers my_dossiers(Office& office, identity::PartyId party, std::string_view cursor, int limit);
/// The applicant's own view of one. Problem "casework.no_such_dossier".
Result<DossierPage> open_own_dossier(
    Office& office, const Actor& actor, std::string_view code, std::string_view language
);

/// Bytes of a paper, audited. Problems "casework.protected", "casework.no_such_paper", "casework.no_such_dossier".
struct PaperBytes {
    PaperRow row;
    FileId file;
};
Result<PaperBytes> open_paper(Office& office, const Actor& actor, PaperId paper);

/// Search over dossiers the actor may see; audited once.
Queue search_dossiers(
    Office& office, const Actor& actor, std::string_view words, std::string_view cursor, int limit
);

/// Figures of an agency: counters folded and pending.
struct Counters {
    std::int64_t filed = 0, received = 0, open = 0, finished = 0, on_time = 0, late = 0, refused = 0,
                 withdrawn = 0;
};
Counters counters(Office& office, identity::AgencyId agency, Day from, Day to);

}  // namespace thien_an::casework
