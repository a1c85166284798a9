#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/crypto/key_ring.h"

/// Files sealed piece by piece, memory flat: a header with the file's own key, wrapped; then pieces of 64 KiB, each
/// bound to its place, the last one marked. Cut, swapped, doubled or changed pieces do not open.
namespace thien_an::crypto {

using Sink = std::function<void(ByteView)>;

/// Seals what `update` is given. `context` (the file's id, for example) must be the same when it is opened.
class FileSealer {
public:
    FileSealer(const KeyRing& ring, std::string_view context, Sink sink);
    void update(ByteView bytes);
    void finish();  ///< Writes the last piece; without it the file does not open.

private:
    void write(bool last);

    Sink sink_;
    Secret key_;
    Bytes bound_to_;
    Bytes waiting_;
    std::uint32_t piece_ = 0;
};

/// Opens what `update` is given; what reaches the sink is genuine so far, the whole is only after `finish`.
class FileOpener {
public:
    FileOpener(const KeyRing& ring, std::string_view context, Sink sink);
    /// Problem "crypto.sealed_file_broken": not sealed by this ring for this context, or changed.
    Result<Done> update(ByteView bytes);
    /// Problem "crypto.sealed_file_broken" when the end is missing.
    Result<Done> finish();

private:
    Result<Done> read_head();

    const KeyRing* ring_;
    Sink sink_;
    std::optional<Secret> key_;
    Bytes bound_to_;
    Bytes waiting_;
    std::uint32_t piece_ = 0;
};

/// Both at once, for small files.
Bytes seal_file(const KeyRing& ring, std::string_view context, ByteView plain);
Result<Bytes> open_file(const KeyRing& ring, std::string_view context, ByteView sealed);

/// Size of the sealed form of `plain` bytes.
std::uint64_t sealed_file_size(std::uint64_t plain);

}  // namespace thien_an::crypto
