#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/crypto/ed25519.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/actor.h"
#include "engine/registers/leases.h"

/// Lines of a node's journal: one accepted command each, signed, each naming the one before by its hash.
namespace thien_an::offline {

using registers::LeaseId;

/// What a line says.
struct Line {
    LeaseId lease;
    std::int64_t epoch = 0;
    std::int64_t sequence = 0;  ///< 1, 2... of the lease.
    Bytes previous;             ///< Hash of the line before; first_line_hash() before the first.
    std::string kind;           ///< "file", "complete"...; "return" gives the lease back.
    Instant at;
    identity::Actor actor;
    json::object subject;  ///< Dossier by code, task by step: no personal data.
    json::object made;     ///< Code, state, numbers: what the centre must come to as well.
    Bytes sealed;          ///< Content and entry, see seal_content.
};

/// As it is sent and kept: these bytes were signed.
struct SignedLine {
    std::string body;
    Bytes signature;
};

Bytes first_line_hash();
Bytes hash_of(const SignedLine& line);
SignedLine sign_line(const crypto::Secret& seed, const Line& line);
/// Whether the holder of the key wrote exactly these bytes.
bool is_genuine(ByteView public_key, const SignedLine& line);
/// What a node signs to send a file: "file 42 9f86d081...".
std::string file_text(LeaseId lease, std::string_view sha256);
/// Problem "offline.bad_line" for anything sign_line would not have written.
Result<Line> read_line(std::string_view body);

/// What was given to the command, and the register entry made, for whoever has the key ring.
struct Content {
    json::object given;
    json::object entry;
};
Bytes seal_content(const crypto::KeyRing& keys, std::int64_t sequence, const Content& content);
/// Problem "crypto.sealed_value_broken".
Result<Content> open_content(const crypto::KeyRing& keys, const Line& line);

/// What travels: lines in order, some or all that the centre lacks.
struct Batch {
    LeaseId lease;
    std::vector<SignedLine> lines;
};
constexpr std::size_t batch_lines_max = 200;
json::value to_json(const Batch& batch);
/// Problems "offline.bad_batch", "offline.batch_too_long".
Result<Batch> read_batch(const json::value& sent);

}  // namespace thien_an::offline
