#pragma once

#include <functional>
#include <memory>

#include "engine/base/json.h"
#include "engine/crypto/key_ring.h"
#include "engine/documents/credentials.h"
#include "engine/documents/document_store.h"
#include "engine/documents/pades.h"
#include "engine/storage/outbox.h"

/// Sign after commit: a decision freezes what is to be drawn and signed as a job; the outbox does it afterwards and
/// attaches the result by a second command. A failed job is an incident; the number stands.
namespace thien_an::documents {

using SigningJobId = Id<struct SigningJobTag>;

/// One signature of a job.
struct SigningStep {
    Holder holder;      ///< Whose key: {"party", id} or {"agency", id}.
    std::string place;  ///< Name of the reserved place.
    std::string name;   ///< As shown.
    std::string below;  ///< A seal: text of its lower arc.
    std::vector<std::string>
        lines;  ///< Small lines of the appearance: who, when. Words come from the caller.
    std::vector<FieldText>
        fields;         ///< Reserved fields to fill, `field` and `text`; their look is the paper's.
    bool seal = false;  ///< Red seal; else blue signature.
};

/// What is frozen. With `paper` a new PDF is drawn; without it the present version is signed further.
struct SigningRequest {
    DocumentId document;
    std::string paper_xml;  ///< The description itself: packs may change meanwhile.
    std::string paper_name;
    json::value values;
    std::vector<SigningStep> steps;  ///< In this order.
    std::string stage = "signed";    ///< Of the version it makes.
    bool issue = false;              ///< The document is issued when this job is done.
};

/// To be called inside the deciding command; the outbox row is in the same transaction.
/// Problems "documents.no_such_document", "documents.wrong_state" (must be approved or signed).
Result<SigningJobId> request_signing(
    storage::Writer& db, const identity::Act& act, const crypto::KeyRing& keys, const SigningRequest& request
);

/// What the worker needs; references live as long as the handler.
struct SigningMeans {
    storage::Database& database;
    storage::FileStore& files;
    IdSource& ids;
    const crypto::KeyRing& keys;
    const Clock& clock;
    std::map<std::string, Bytes> pictures = {};  ///< For papers, by name.
    /// Another place for keys than signing_credential (a token, a remote service); null answers go on to the table.
    std::function<std::unique_ptr<crypto::Signer>(const Holder&)> signer = {};
    /// Inside the attaching command, for whoever waits for the paper.
    std::function<Result<Done>(storage::Writer&, const identity::Act&, const Document&)> attached = {};
    /// What `attached` decides on besides the document; asked for before that command begins.
    std::function<storage::Locks(DocumentId)> locks = {};
    /// Carries time-stamp requests to a service; null: signatures carry no proven time.
    crypto::TimeStamper stamp = {};
};

/// The handler of outbox rows of kind `signing_kind`.
constexpr const char* signing_kind = "documents.sign";
storage::OutboxHandler signing_handler(const SigningMeans& means);

/// Jobs of a document that wait: their number.
std::int64_t jobs_waiting(storage::Reader& db, DocumentId id);

}  // namespace thien_an::documents
