#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/bytes.h"
#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/crypto/cipher.h"

/// Envelope encryption of personal data. Three layers, each with ids so that it can be changed:
/// master keys in the key file, outside the data folder; data keys, wrapped by a master key, inside the data folder;
/// values and files, sealed by a data key. Whoever has the data folder alone reads nothing.
namespace thien_an::crypto {

/// Where a sealed value lies. It is bound to the place: moved to another row or column it does not open.
struct ColumnPlace {
    std::string_view table;
    std::string_view column;
    std::int64_t row;
};

struct KeyPaths {
    std::filesystem::path key_file;  ///< Master keys; outside `data_folder`, mode 0600.
    std::filesystem::path
        data_folder;  ///< Holds keys/wrapped.json: data keys and master keys for recovery, all sealed.
};

/// All keys of one installation. Reading is safe from many threads; rotation wants the ring to itself.
class KeyRing {
public:
    /// Makes all keys anew; nothing is a default. `recovery_key` is to be printed once and kept on paper: with the
    /// data folder it opens everything when the key file is lost.
    /// Problems "crypto.key_file_exists", "crypto.key_file_in_data_folder".
    struct Made;
    static Result<Made> create(const KeyPaths& paths, Instant now);

    /// Problems "crypto.no_key_file", "crypto.key_file_open_to_others" (mode is not 0600), "crypto.key_file_broken",
    /// "crypto.wrong_key_file" (belongs to another data folder), "crypto.key_file_in_data_folder".
    static Result<KeyRing> open(const KeyPaths& paths);

    /// Writes the key file again from the data folder and the recovery key.
    /// Problems "crypto.wrong_recovery_key", "crypto.key_file_exists".
    static Result<KeyRing> recover(const KeyPaths& paths, std::string_view recovery_key);

    /// Key id, nonce, ciphertext and tag, bound to `place`.
    Bytes seal_column(const ColumnPlace& place, std::string_view plain) const;
    /// Problem "crypto.sealed_value_broken": changed, moved, or its key is gone.
    Result<std::string> open_column(const ColumnPlace& place, ByteView sealed) const;
    /// The data key a sealed value was made with; 0 when it is none. Lower than active_data_key(): seal it again.
    static std::uint32_t key_of(ByteView sealed);
    std::uint32_t active_data_key() const { return active_data_; }

    /// 16 bytes that are equal for equal text of one column and say nothing else: for UNIQUE and look-ups.
    /// The caller folds the text first.
    Bytes blind_index(std::string_view table, std::string_view column, std::string_view text) const;

    /// A secret of its own for one purpose ("audit.signing"), the same at every start; it does not change by rotation.
    Secret purpose_key(std::string_view purpose) const;

    /// A new master key wraps all data keys; old master keys are dropped. Writes both files.
    void rotate_master(Instant now);
    /// New values are sealed by a new data key; the old ones stay for reading.
    void rotate_data(Instant now);

    /// A fresh key for one file, and its sealed form for the file's header.
    struct FileKey {
        Secret key;
        Bytes sealed;
    };
    FileKey new_file_key() const;
    std::optional<Secret> open_file_key(ByteView sealed) const;

private:
    friend struct KeyFiles;
    KeyPaths paths_;
    std::string id_;  ///< Of the installation: ties key file and data folder together.
    std::uint32_t master_id_ = 0;
    Secret master_;
    std::map<std::uint32_t, Secret> data_keys_;
    std::map<std::uint32_t, std::string> data_made_;  ///< When, for people.
    std::uint32_t active_data_ = 0;
    Secret index_key_;
    Secret purpose_root_;
    Bytes recovery_public_;  ///< X25519; its private half is on paper only.
};

struct KeyRing::Made {
    KeyRing ring;
    std::string recovery_key;
};

}  // namespace thien_an::crypto
