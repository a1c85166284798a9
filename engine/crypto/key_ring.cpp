#include "engine/crypto/key_ring.h"

#include <fmt/format.h>

#include "engine/crypto/hash.h"
#include "engine/crypto/key_files.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

constexpr std::uint8_t sealed_form = 1;
constexpr std::size_t head_bytes = 5;  // Form and key id.
constexpr std::string_view file_purpose = "file key";

void append_id(Bytes& out, std::uint32_t id)
{
    for (int shift = 24; shift >= 0; shift -= 8) out.push_back(std::uint8_t(id >> shift));
}

/// Table, column and row with lengths, so that no two places are written alike.
Bytes associated(const ColumnPlace& place)
{
    const auto text = fmt::format(
        "column {}:{} {}:{} {}", place.table.size(), place.table, place.column.size(), place.column, place.row
    );
    return {text.begin(), text.end()};
}

Bytes sealed_by(std::uint32_t id, const Secret& key, ByteView plain, ByteView bound_to)
{
    Bytes out{sealed_form};
    append_id(out, id);
    const auto body = seal_with_nonce(key, plain, bound_to);
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

}  // namespace

Result<KeyRing::Made> KeyRing::create(const KeyPaths& paths, Instant now)
{
    TRY(KeyFiles::check_new(paths));
    KeyRing ring;
    ring.paths_ = paths;
    ring.id_ = random_token(16);
    ring.master_id_ = 1;
    ring.master_ = Secret::random();
    ring.index_key_ = Secret::random();
    ring.purpose_root_ = Secret::random();
    ring.active_data_ = 1;
    ring.data_keys_.emplace(1, Secret::random());
    ring.data_made_.emplace(1, iso(now));
    const auto recovery = Secret::random();
    ring.recovery_public_ = KeyFiles::public_half(recovery);
    // The data folder's half first: a key file without it would look like a finished set-up.
    KeyFiles::write_wrapped(ring);
    KeyFiles::write_masters(ring);
    return Made{std::move(ring), KeyFiles::printed(recovery)};
}

Result<KeyRing> KeyRing::open(const KeyPaths& paths) { return KeyFiles::open(paths); }

Result<KeyRing> KeyRing::recover(const KeyPaths& paths, std::string_view recovery_key)
{
    return KeyFiles::recover(paths, recovery_key);
}

Bytes KeyRing::seal_column(const ColumnPlace& place, std::string_view plain) const
{
    return sealed_by(active_data_, data_keys_.at(active_data_), bytes_of(plain), associated(place));
}

std::uint32_t KeyRing::key_of(ByteView sealed)
{
    if (sealed.size() < head_bytes + nonce_bytes + tag_bytes || sealed[0] != sealed_form) return 0;
    std::uint32_t id = 0;
    for (std::size_t i = 1; i < head_bytes; ++i) id = id << 8 | sealed[i];
    return id;
}

Result<std::string> KeyRing::open_column(const ColumnPlace& place, ByteView sealed) const
{
    const auto key = data_keys_.find(key_of(sealed));
    if (key != data_keys_.end()) {
        const auto plain = unseal_with_nonce(key->second, sealed.subspan(head_bytes), associated(place));
        if (plain) return std::string(text_of(*plain));
    }
    return Problem{
        .code = "crypto.sealed_value_broken",
        .words = {{"table", std::string(place.table)}, {"column", std::string(place.column)}}};
}

Bytes KeyRing::blind_index(std::string_view table, std::string_view column, std::string_view text) const
{
    const auto key = derived(index_key_.bytes(), fmt::format("index {}:{} {}", table.size(), table, column));
    const auto mac = hmac_sha256(key.bytes(), bytes_of(text));
    return {mac.begin(), mac.begin() + 16};
}

Secret KeyRing::purpose_key(std::string_view purpose) const
{
    return derived(purpose_root_.bytes(), fmt::format("purpose {}", purpose));
}

void KeyRing::rotate_master(Instant)
{
    const auto before = *this;
    ++master_id_;
    master_ = Secret::random();
    // Both master keys open the folder while it changes: a crash between the two files locks nobody out.
    KeyFiles::write_masters(*this, &before);
    KeyFiles::write_wrapped(*this);
    KeyFiles::write_masters(*this);
}

void KeyRing::rotate_data(Instant now)
{
    const auto id = data_keys_.rbegin()->first + 1;
    data_keys_.emplace(id, Secret::random());
    data_made_.emplace(id, iso(now));
    active_data_ = id;
    KeyFiles::write_wrapped(*this);
}

KeyRing::FileKey KeyRing::new_file_key() const
{
    FileKey file{Secret::random(), {}};
    file.sealed =
        sealed_by(active_data_, data_keys_.at(active_data_), file.key.bytes(), bytes_of(file_purpose));
    return file;
}

std::optional<Secret> KeyRing::open_file_key(ByteView sealed) const
{
    const auto key = data_keys_.find(key_of(sealed));
    if (key == data_keys_.end()) return std::nullopt;
    const auto plain = unseal_with_nonce(key->second, sealed.subspan(head_bytes), bytes_of(file_purpose));
    if (!plain || plain->size() != key_bytes) return std::nullopt;
    return Secret(*plain);
}

}  // namespace thien_an::crypto
