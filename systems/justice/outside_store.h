#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/dossier.h"
#include "engine/crypto/key_ring.h"
#include "engine/storage/database.h"

/// Requests to somebody outside and their answers. The only SQL about tables outside_* is in outside_store.cpp.
namespace thien_an::justice {

using RequestId = Id<struct OutsideRequestTag>;

struct OutsideRequest {
    RequestId id;
    casework::DossierId dossier;
    std::string receiver;  ///< "police"
    Instant asked_at;
};
void insert_request(storage::Writer& db, const OutsideRequest& request);
/// Problem "justice.no_such_request".
Result<OutsideRequest> find_request(storage::Reader& db, RequestId id);
/// In the order they were asked.
std::vector<OutsideRequest> requests_of(storage::Reader& db, casework::DossierId dossier);

/// The receiver has taken it over under a number of its own.
void insert_receipt(storage::Writer& db, RequestId request, std::string_view reference, Instant at);
std::optional<std::string> reference_of(storage::Reader& db, RequestId request);

struct OutsideAnswer {
    std::int64_t id = 0;
    RequestId request;
    std::string result;          ///< "clean", "records", "more_time", "returned", "decided"...
    identity::PartyId by_party;  ///< Who wrote it down from a letter; 0: it came by the line.
    Instant at;
    json::value content;
};
void insert_answer(storage::Writer& db, const crypto::KeyRing& keys, const OutsideAnswer& answer);
/// In the order they came. Opens what is sealed: for the program, or for an officer who handles the dossier.
std::vector<OutsideAnswer> answers_of(storage::Reader& db, const crypto::KeyRing& keys, RequestId request);

}  // namespace thien_an::justice
