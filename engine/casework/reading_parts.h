#pragma once

#include "engine/casework/dossier_store.h"
#include "engine/casework/filing.h"
#include "engine/casework/reading.h"
#include "engine/workflow/engine.h"
#include "engine/workflow/process.h"

/// Parts of the dossier page, shared by the pages of officer, applicant and stranger.
namespace thien_an::casework {

inline Words words_of(const workflow::Label& label) { return {label.vi, label.en}; }

/// Who looks decides what is shown.
enum class Onlooker { officer, applicant, stranger };

std::vector<TimelineRow> timeline_of(
    Office& office, storage::Reader& db, const Dossier& dossier, Onlooker onlooker
);
std::vector<AnswerRow> answers_of(
    Office& office,
    const Procedure& procedure,
    const json::value& form,
    Day day,
    std::string_view language,
    bool masked
);
std::vector<PaperRow> paper_rows_of(const Procedure& procedure, const std::vector<StoredPaper>& papers);
OpenTask open_task(
    Office& office,
    storage::Reader& db,
    const Actor& actor,
    const workflow::Task& task,
    const Dossier& dossier
);
/// Whether the actor handles the dossier: a task of it is, or was, one of his. Of one that is not protected everybody who
/// may read it does.
bool handles(Office& office, storage::Reader& db, const Actor& actor, const Dossier& dossier);
/// The clock of the step at which the dossier waits for others (Procedure::waits).
std::optional<StepClock> step_clock(Office& office, storage::Reader& db, const Dossier& dossier, Instant now);
/// Public label of where the process is; of the state when no node has one.
Words where_it_is(Office& office, storage::Reader& db, const Dossier& dossier);
/// Warnings of filing and of the open steps, as the rules see them now.
std::vector<Warning> warnings_of(
    Office& office, storage::Reader& db, const Dossier& dossier, const json::value& form
);
/// Working minutes from now until `due`; negative when late.
std::int64_t minutes_until(const Office& office, Instant now, Instant due);

}  // namespace thien_an::casework
