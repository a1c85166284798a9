#include "engine/crypto/key_files.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/crypto/durable_file.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/one_time.h"
#include "engine/crypto/openssl.h"

namespace thien_an::crypto {
namespace {

constexpr std::string_view master_format = "thien-an-master-keys-1";
constexpr std::string_view wrapped_format = "thien-an-wrapped-keys-1";

std::filesystem::path wrapped_path(const KeyPaths& paths)
{
    return paths.data_folder / "keys" / "wrapped.json";
}

Problem broken(const std::filesystem::path& path)
{
    return {.code = "crypto.key_file_broken", .field = {}, .law = {}, .words = {{"path", path.string()}}};
}

/// The secret in base64 under `name`; nothing when it is none.
std::optional<Secret> secret_in(const json::value& v, std::string_view name)
{
    const auto bytes = from_base64(json::string_or(v, name));
    if (!bytes || bytes->size() != key_bytes) return std::nullopt;
    return Secret(*bytes);
}

Bytes wrapped(const Secret& master, const Secret& key, std::string_view what)
{
    return seal_with_nonce(master, key.bytes(), bytes_of(what));
}

std::optional<Secret> unwrap(
    const Secret& master, const json::value& v, std::string_view name, std::string_view what
)
{
    const auto sealed = from_base64(json::string_or(v, name));
    if (!sealed) return std::nullopt;
    const auto plain = unseal_with_nonce(master, *sealed, bytes_of(what));
    if (!plain || plain->size() != key_bytes) return std::nullopt;
    return Secret(*plain);
}

std::string data_name(std::uint32_t id) { return fmt::format("data key {}", id); }

OwnedKey private_key(const Secret& secret)
{
    return OwnedKey{made(
        EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, secret.bytes().data(), key_bytes), "x25519"
    )};
}

Bytes public_of(EVP_PKEY* key)
{
    Bytes out(key_bytes);
    std::size_t size = out.size();
    must(EVP_PKEY_get_raw_public_key(key, out.data(), &size), "x25519");
    return out;
}

/// The key both halves agree on, bound to the two public keys.
Secret agreed(const Secret& mine, ByteView theirs, ByteView sender, ByteView receiver)
{
    const auto own = private_key(mine);
    const OwnedKey other{
        made(EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, theirs.data(), theirs.size()), "x25519")};
    const OwnedKeyContext context{made(EVP_PKEY_CTX_new(own.get(), nullptr), "x25519")};
    must(EVP_PKEY_derive_init(context.get()), "x25519");
    must(EVP_PKEY_derive_set_peer(context.get(), other.get()), "x25519");
    Bytes shared(key_bytes);
    std::size_t size = shared.size();
    must(EVP_PKEY_derive(context.get(), shared.data(), &size), "x25519");
    return derived(shared, fmt::format("recovery {} {}", hex(sender), hex(receiver)));
}

/// `text` sealed for the holder of the recovery key: ephemeral public key, then the sealed bytes.
Bytes sealed_to(ByteView receiver, std::string_view text)
{
    const auto ephemeral = Secret::random();
    Bytes out = public_of(private_key(ephemeral).get());
    const auto key = agreed(ephemeral, receiver, out, receiver);
    const auto body = seal_with_nonce(key, bytes_of(text), {});
    out.insert(out.end(), body.begin(), body.end());
    return out;
}

std::optional<std::string> opened_with(const Secret& recovery, ByteView sealed)
{
    if (sealed.size() < key_bytes) return std::nullopt;
    const auto receiver = public_of(private_key(recovery).get());
    const auto key = agreed(recovery, sealed.first(key_bytes), sealed.first(key_bytes), receiver);
    const auto plain = unseal_with_nonce(key, sealed.subspan(key_bytes), {});
    if (!plain) return std::nullopt;
    return std::string(text_of(*plain));
}

json::value one_master(std::uint32_t id, const Secret& key)
{
    return json::object{{"id", id}, {"key", base64(key.bytes())}};
}

std::string masters_text(const std::string& installation, json::array masters)
{
    return json::text_of(json::object{
               {"format", master_format}, {"installation", installation}, {"masters", std::move(masters)}}) +
           "\n";
}

struct Masters {
    std::string installation;
    std::map<std::uint32_t, Secret> keys;
};

std::optional<Masters> read_masters(std::string_view text)
{
    const auto parsed = json::parse(text);
    if (!parsed || json::string_or(parsed.value(), "format") != master_format) return std::nullopt;
    Masters masters{json::string_or(parsed.value(), "installation"), {}};
    const auto* list = json::member(parsed.value(), "masters");
    if (list == nullptr || !list->is_array()) return std::nullopt;
    for (const auto& one : list->get_array()) {
        const auto key = secret_in(one, "key");
        if (!key) return std::nullopt;
        masters.keys.emplace(std::uint32_t(json::integer_or(one, "id")), *key);
    }
    return masters;
}

}  // namespace

Result<Done> KeyFiles::check_new(const KeyPaths& paths)
{
    if (lies_in(paths.key_file, paths.data_folder)) {
        return Problem{
            .code = "crypto.key_file_in_data_folder", .words = {{"path", paths.key_file.string()}}};
    }
    for (const auto& path : {paths.key_file, wrapped_path(paths)}) {
        if (std::filesystem::exists(path)) {
            return Problem{.code = "crypto.key_file_exists", .words = {{"path", path.string()}}};
        }
    }
    return Done{};
}

void KeyFiles::write_masters(const KeyRing& ring, const KeyRing* before)
{
    json::array masters;
    if (before != nullptr) masters.push_back(one_master(before->master_id_, before->master_));
    masters.push_back(one_master(ring.master_id_, ring.master_));
    write_private_file(ring.paths_.key_file, masters_text(ring.id_, std::move(masters)));
}

void KeyFiles::write_wrapped(const KeyRing& ring)
{
    json::array data;
    for (const auto& [id, key] : ring.data_keys_) {
        data.push_back(json::object{
            {"id", id},
            {"made_at", ring.data_made_.at(id)},
            {"key", base64(wrapped(ring.master_, key, data_name(id)))}});
    }
    const auto masters = masters_text(ring.id_, {one_master(ring.master_id_, ring.master_)});
    const json::object all{
        {"format", wrapped_format},
        {"installation", ring.id_},
        {"master", ring.master_id_},
        {"index", base64(wrapped(ring.master_, ring.index_key_, "index key"))},
        {"purpose", base64(wrapped(ring.master_, ring.purpose_root_, "purpose root"))},
        {"data", std::move(data)},
        {"active", ring.active_data_},
        {"recovery",
         json::object{
             {"public", base64(ring.recovery_public_)},
             {"masters", base64(sealed_to(ring.recovery_public_, masters))}}},
    };
    write_private_file(wrapped_path(ring.paths_), json::text_of(all) + "\n");
}

Result<KeyRing> KeyFiles::open(const KeyPaths& paths)
{
    if (lies_in(paths.key_file, paths.data_folder)) {
        return Problem{
            .code = "crypto.key_file_in_data_folder", .words = {{"path", paths.key_file.string()}}};
    }
    const auto masters = read_masters(TRY(read_private_file(paths.key_file)));
    if (!masters) return broken(paths.key_file);
    auto ring = TRY(unwrapped(paths, masters->keys));
    if (ring.id_ != masters->installation) {
        return Problem{.code = "crypto.wrong_key_file", .words = {{"path", paths.key_file.string()}}};
    }
    return ring;
}

Result<KeyRing> KeyFiles::unwrapped(const KeyPaths& paths, const std::map<std::uint32_t, Secret>& masters)
{
    const auto path = wrapped_path(paths);
    const auto parsed = json::parse(TRY(read_private_file(path)));
    if (!parsed || json::string_or(parsed.value(), "format") != wrapped_format) return broken(path);
    const auto& root = parsed.value();
    KeyRing ring;
    ring.paths_ = paths;
    ring.id_ = json::string_or(root, "installation");
    ring.master_id_ = std::uint32_t(json::integer_or(root, "master"));
    const auto master = masters.find(ring.master_id_);
    if (master == masters.end())
        return Problem{.code = "crypto.wrong_key_file", .words = {{"path", paths.key_file.string()}}};
    ring.master_ = master->second;
    const auto index = unwrap(ring.master_, root, "index", "index key");
    const auto purpose = unwrap(ring.master_, root, "purpose", "purpose root");
    if (!index || !purpose)
        return Problem{.code = "crypto.wrong_key_file", .words = {{"path", paths.key_file.string()}}};
    ring.index_key_ = *index;
    ring.purpose_root_ = *purpose;
    ring.active_data_ = std::uint32_t(json::integer_or(root, "active"));
    const auto* data = json::member(root, "data");
    if (data == nullptr || !data->is_array()) return broken(path);
    for (const auto& one : data->get_array()) {
        const auto id = std::uint32_t(json::integer_or(one, "id"));
        const auto key = unwrap(ring.master_, one, "key", data_name(id));
        if (!key) return broken(path);
        ring.data_keys_.emplace(id, *key);
        ring.data_made_.emplace(id, json::string_or(one, "made_at"));
    }
    const auto* recovery = json::find(root, "/recovery/public");
    const auto bytes =
        recovery != nullptr && recovery->is_string() ? from_base64(recovery->get_string()) : std::nullopt;
    if (!bytes || bytes->size() != key_bytes || !ring.data_keys_.contains(ring.active_data_))
        return broken(path);
    ring.recovery_public_ = *bytes;
    return ring;
}

Result<KeyRing> KeyFiles::recover(const KeyPaths& paths, std::string_view recovery_key)
{
    if (std::filesystem::exists(paths.key_file)) {
        return Problem{.code = "crypto.key_file_exists", .words = {{"path", paths.key_file.string()}}};
    }
    const Problem wrong{.code = "crypto.wrong_recovery_key", .field = {}, .law = {}, .words = {}};
    const auto recovery = read_printed(recovery_key);
    if (!recovery) return wrong;
    const auto path = wrapped_path(paths);
    const auto parsed = json::parse(TRY(read_private_file(path)));
    if (!parsed) return broken(path);
    const auto* sealed = json::find(parsed.value(), "/recovery/masters");
    const auto bytes =
        sealed != nullptr && sealed->is_string() ? from_base64(sealed->get_string()) : std::nullopt;
    if (!bytes) return broken(path);
    const auto text = opened_with(*recovery, *bytes);
    const auto masters = text ? read_masters(*text) : std::nullopt;
    if (!masters) return wrong;
    auto ring = TRY(unwrapped(paths, masters->keys));
    write_masters(ring);
    return ring;
}

Bytes KeyFiles::public_half(const Secret& recovery) { return public_of(private_key(recovery).get()); }

std::string KeyFiles::printed(const Secret& recovery)
{
    Bytes bytes(recovery.bytes().begin(), recovery.bytes().end());
    const auto check = sha256(recovery.bytes());
    bytes.insert(bytes.end(), check.begin(), check.begin() + 3);
    const auto letters = base32(bytes);  // 35 bytes are exactly 56 letters.
    std::string out;
    for (std::size_t i = 0; i < letters.size(); i += 4) out += (i == 0 ? "" : "-") + letters.substr(i, 4);
    return out;
}

std::optional<Secret> KeyFiles::read_printed(std::string_view text)
{
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    Bytes bytes;
    std::uint32_t held = 0;
    int bits = 0;
    for (const char c : text) {
        if (c == '-' || c == ' ' || c == '\n' || c == '\r') continue;
        const auto at = alphabet.find(c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c);
        if (at == std::string_view::npos) return std::nullopt;
        held = (held << 5 | std::uint32_t(at)) & 0xffff;
        if ((bits += 5) >= 8) bytes.push_back(std::uint8_t(held >> (bits -= 8)));
    }
    if (bytes.size() != key_bytes + 3) return std::nullopt;
    const ByteView all{bytes};
    const auto check = sha256(all.first(key_bytes));
    if (!std::equal(check.begin(), check.begin() + 3, bytes.begin() + key_bytes)) return std::nullopt;
    return Secret(all.first(key_bytes));
}

}  // namespace thien_an::crypto
