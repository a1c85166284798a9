#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/dossier.h"
#include "engine/crypto/key_ring.h"
#include "engine/storage/database.h"

/// Dossiers in the database. The only SQL about table dossier and its neighbours is in dossier_store.cpp,
/// dossier_list_store.cpp and dossier_check_store.cpp.
namespace thien_an::casework {

/// Problem "casework.no_such_dossier".
Result<Dossier> find_dossier(storage::Reader& db, DossierId id);
Result<Dossier> find_dossier(storage::Reader& db, std::string_view code);
/// Those of `ids` that exist, in the order of `ids`.
std::vector<Dossier> find_dossiers(storage::Reader& db, std::span<const DossierId> ids);

/// The row of a new dossier, as its first event left it; applicant, subject and the words it is searched by beside it.
void insert_dossier(
    storage::Writer& db, const crypto::KeyRing& keys, const Dossier& dossier, const Applicant& applicant
);
/// Name, phone, e-mail and address in clear: for the program, or after an audited reveal. A protected dossier keeps the
/// name sealed with them.
Applicant applicant_of(storage::Reader& db, const crypto::KeyRing& keys, const Dossier& dossier);

/// The kind under which the text index holds dossiers.
constexpr std::string_view dossiers_by_words = "dossier";
/// Puts the words of at most `limit` dossiers filed before there was a text index into it; how many.
int index_words(storage::Writer& db, int limit);
/// Whether the text index has the words of the dossier, and no others.
bool words_are_indexed(storage::Reader& db, const Dossier& dossier);

/// Adds the event, brings the row to the state after it and counts it among the open ones of its agency.
void append_event(storage::Writer& db, IdSource& ids, Dossier& dossier, DossierEvent event);
std::vector<DossierEvent> events_of(storage::Reader& db, DossierId id);

/// A version of the answers, with what the rules found.
struct FiledForm {
    std::int64_t version = 1;
    json::value form;
    json::value facts;
};
void insert_form(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    std::int64_t id,
    DossierId dossier,
    const FiledForm& form,
    Instant at
);
/// The latest one.
FiledForm form_of(storage::Reader& db, const crypto::KeyRing& keys, DossierId dossier);

struct StoredPaper {
    PaperId id;
    DossierId dossier;
    std::string paper;
    std::int64_t version = 1;
    FileId file;
    std::string name;
    std::string media_type;
    std::int64_t bytes = 0;
    std::string sha256;
    std::string origin;
    std::int64_t signatures = 0;
    std::string number;
    std::string note;
    Instant at;
};
void insert_paper(storage::Writer& db, const StoredPaper& paper);
std::vector<StoredPaper> papers_of(storage::Reader& db, DossierId dossier);
/// Problem "casework.no_such_paper".
Result<StoredPaper> find_paper(storage::Reader& db, PaperId id);
std::int64_t next_paper_version(storage::Reader& db, DossierId dossier, std::string_view paper);
std::optional<StoredPaper> paper_with_sha256(storage::Reader& db, std::string_view sha256);

/// The next number of a series of an agency in a period; without gaps among commands that commit.
std::int64_t next_number(
    storage::Writer& db, identity::AgencyId agency, std::string_view series, std::int64_t period
);

/// A paper that is drawn and signed after the commit, and what waits for it.
struct PaperJob {
    std::int64_t document = 0;
    DossierId dossier;
    std::string paper;
    std::int64_t call = 0;  ///< 0: nobody waits.
};
void insert_job(storage::Writer& db, const PaperJob& job, Instant at);
/// Another call waits for the same paper: the seal after the signature.
void set_job_call(storage::Writer& db, std::int64_t document, std::int64_t call);
std::optional<PaperJob> find_job(storage::Reader& db, std::int64_t document);
/// The latest of the dossier's papers of this name.
std::optional<PaperJob> find_job(storage::Reader& db, DossierId dossier, std::string_view paper);

/// Appends to the live figures.
void count(
    storage::Writer& db, IdSource& ids, const Dossier& dossier, Day day, std::string_view what, int amount = 1
);
/// Folds at most `rows_max` deltas of either kind; how many of the kind that had more.
int fold_counts(storage::Writer& db, int rows_max);

}  // namespace thien_an::casework
