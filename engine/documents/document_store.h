#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/identity/actor.h"
#include "engine/storage/database.h"
#include "engine/storage/files.h"

/// Papers with legal effect: immutable versions, states, and what anyone may ask about one.
/// The SQL about document, document_version and document_event is in document_store.cpp.
namespace thien_an::documents {

using DocumentId = Id<struct DocumentTag>;

enum class DocumentState { draft = 1, approved = 2, signed_ = 3, issued = 4, voided = 5 };
std::string_view word_of(DocumentState state);  ///< "draft"...: a catalogue key's last part.

/// What a document is about, in words of the room that owns it: {"dossier", 42}.
struct Subject {
    std::string kind;
    std::int64_t id = 0;
    bool operator==(const Subject&) const = default;
};

struct NewDocument {
    std::string kind;  ///< "birth_certificate"
    Subject subject;
    identity::AgencyId agency;
    std::string title;       ///< Without personal data: it is shown to anyone who has the token.
    std::string token = {};  ///< Given elsewhere before; empty: a new one.
};

struct Document {
    DocumentId id;
    NewDocument about;
    std::string token;  ///< "7KQDM2XV9RTB": in the QR code and the address of verification.
    DocumentState state = DocumentState::draft;
    int version = 0;
    std::string number;  ///< As printed; "" before it has one.
    std::optional<Day> dated_on;
    DocumentId replaced_by;
    Instant created_at;
    std::optional<Instant> issued_at;
};

struct DocumentVersion {
    int number = 0;
    storage::FileId file;
    std::string sha256;
    std::string stage;  ///< "draft", "signed", "sealed", "scan".
    Instant made_at;
    identity::PartyId party;
    identity::PostId post;
    identity::PostId for_post;
};

struct DocumentEvent {
    DocumentState state;
    Instant at;
    identity::PartyId party;
    identity::PostId post;
    identity::PostId for_post;
    std::string reason;
};

/// A draft without version.
Document add_document(storage::Writer& db, const identity::Act& act, const NewDocument& document);

/// The next version; the earlier ones stay. Its number. Problems "documents.no_such_document",
/// "documents.closed" (issued or void).
Result<int> add_version(
    storage::Writer& db,
    const identity::Act& act,
    DocumentId id,
    storage::FileId file,
    std::string_view sha256,
    std::string_view stage
);

/// Sets what is printed on it. Problems "documents.no_such_document", "documents.closed",
/// "documents.numbered_already".
Result<Done> set_number(storage::Writer& db, DocumentId id, std::string_view number, Day dated_on);

/// draft -> approved -> signed -> issued. Problems "documents.no_such_document", "documents.wrong_state" (words from,
/// to). To void a document: void_document.
Result<Done> move_document(
    storage::Writer& db,
    const identity::Act& act,
    DocumentId id,
    DocumentState to,
    std::string_view reason = ""
);
/// Its number stands and is not given again. `replaced_by` may be 0. Problems as move_document, and
/// "documents.reason_missing".
Result<Done> void_document(
    storage::Writer& db,
    const identity::Act& act,
    DocumentId id,
    std::string_view reason,
    DocumentId replaced_by = {}
);
/// Whether a document may go from one state to the other.
bool may_move(DocumentState from, DocumentState to);

/// Problem "documents.no_such_document".
Result<Document> find_document(storage::Reader& db, DocumentId id);
/// The oldest first; at most 200.
std::vector<Document> documents_of(storage::Reader& db, const Subject& subject);
std::vector<DocumentVersion> versions_of(storage::Reader& db, DocumentId id);  ///< The first first.
std::vector<DocumentEvent> events_of(storage::Reader& db, DocumentId id);      ///< The first first.

/// What anyone may know who holds the token: no name, no content.
struct PublicRecord {
    enum class Standing { not_issued, in_force, replaced, voided };
    Standing standing = Standing::not_issued;
    std::string kind;
    std::string title;
    identity::AgencyId agency;
    std::string number;
    std::optional<Day> dated_on;
    std::optional<Instant> issued_at;
    std::string sha256;           ///< Of the version in force; "" when there is none.
    std::string replaced_number;  ///< Number of the one that stands instead.
    DocumentId document;          ///< For the caller; not to be shown.
};
std::string_view word_of(PublicRecord::Standing standing);
/// Case, spaces and dashes in the token do not matter. Problem "documents.no_such_paper": the same for a wrong token
/// and an unfinished paper's.
Result<PublicRecord> find_public(storage::Reader& db, std::string_view token);
/// The paper of which a file with this SHA-256 is a version, and whether it is the present one.
struct KnownFile {
    PublicRecord paper;
    bool present = false;
};
std::optional<KnownFile> find_by_sha256(storage::Reader& db, std::string_view sha256);

/// Proves that states equal the fold of their events and versions count on from 1: one line per fault.
std::vector<Problem> check_documents(storage::Reader& db);

}  // namespace thien_an::documents
