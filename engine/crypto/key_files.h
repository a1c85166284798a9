#pragma once

#include "engine/crypto/key_ring.h"

/// The two files behind a KeyRing, and the recovery key between them.
namespace thien_an::crypto {

/// key_file        {"format","installation","masters":[{"id","key"}]}
/// keys/wrapped.json {"format","installation","master","index","purpose","data":[{"id","made_at","key"}],"recovery":{"public","masters"}}
struct KeyFiles {
    static Result<Done> check_new(const KeyPaths& paths);
    static Result<KeyRing> open(const KeyPaths& paths);
    static Result<KeyRing> recover(const KeyPaths& paths, std::string_view recovery_key);

    /// Writes the master key of `ring`, and that of `before` beside it while keys change.
    static void write_masters(const KeyRing& ring, const KeyRing* before = nullptr);
    static void write_wrapped(const KeyRing& ring);

    static Bytes public_half(const Secret& recovery);
    /// "ABCD-..." in groups of four and three check bytes.
    static std::string printed(const Secret& recovery);
    static std::optional<Secret> read_printed(std::string_view text);

private:
    static Result<KeyRing> unwrapped(const KeyPaths& paths, const std::map<std::uint32_t, Secret>& masters);
};

}  // namespace thien_an::crypto
