#include "engine/crypto/sealed_file.h"

#include <algorithm>

namespace thien_an::crypto {
namespace {

constexpr std::string_view magic = "TAS1";
constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::size_t sealed_piece_bytes = piece_bytes + tag_bytes;
constexpr std::size_t file_key_bytes = 5 + nonce_bytes + key_bytes + tag_bytes;
constexpr std::size_t head_bytes = 4 + file_key_bytes;

/// The key is the file's own, so a counter is a nonce: 7 zeros, number of the piece, 1 for the last.
Bytes nonce_of(std::uint32_t piece, bool last)
{
    Bytes nonce(7, 0);
    for (int shift = 24; shift >= 0; shift -= 8) nonce.push_back(std::uint8_t(piece >> shift));
    nonce.push_back(last ? 1 : 0);
    return nonce;
}

Problem broken() { return {.code = "crypto.sealed_file_broken", .field = {}, .law = {}, .words = {}}; }

std::uint32_t next(std::uint32_t piece)
{
    if (piece == UINT32_MAX) throw std::length_error("a sealed file has at most 2^32 pieces");
    return piece + 1;
}

}  // namespace

FileSealer::FileSealer(const KeyRing& ring, std::string_view context, Sink sink) : sink_(std::move(sink))
{
    const auto file = ring.new_file_key();
    key_ = file.key;
    bound_to_.assign(context.begin(), context.end());
    Bytes head(magic.begin(), magic.end());
    head.insert(head.end(), file.sealed.begin(), file.sealed.end());
    sink_(head);
    waiting_.reserve(piece_bytes);
}

void FileSealer::update(ByteView bytes)
{
    while (!bytes.empty()) {
        if (waiting_.size() == piece_bytes) write(false);
        const auto taken = std::min(bytes.size(), piece_bytes - waiting_.size());
        waiting_.insert(waiting_.end(), bytes.begin(), bytes.begin() + std::ptrdiff_t(taken));
        bytes = bytes.subspan(taken);
    }
}

void FileSealer::finish() { write(true); }

void FileSealer::write(bool last)
{
    sink_(seal(key_, nonce_of(piece_, last), waiting_, bound_to_));
    piece_ = next(piece_);
    waiting_.clear();
}

FileOpener::FileOpener(const KeyRing& ring, std::string_view context, Sink sink)
    : ring_(&ring), sink_(std::move(sink)), bound_to_(context.begin(), context.end())
{
}

Result<Done> FileOpener::update(ByteView bytes)
{
    waiting_.insert(waiting_.end(), bytes.begin(), bytes.end());
    if (!key_) {
        if (waiting_.size() < head_bytes) return Done{};
        TRY(read_head());
    }
    // A full piece is opened only when more follows: the last one has a mark of its own.
    std::size_t at = 0;
    while (waiting_.size() - at > sealed_piece_bytes) {
        const auto plain = unseal(
            *key_, nonce_of(piece_, false), ByteView(waiting_).subspan(at, sealed_piece_bytes), bound_to_
        );
        if (!plain) return broken();
        sink_(*plain);
        piece_ = next(piece_);
        at += sealed_piece_bytes;
    }
    waiting_.erase(waiting_.begin(), waiting_.begin() + std::ptrdiff_t(at));
    return Done{};
}

Result<Done> FileOpener::read_head()
{
    const ByteView head = ByteView(waiting_).first(head_bytes);
    if (text_of(head.first(magic.size())) != magic) return broken();
    key_ = ring_->open_file_key(head.subspan(magic.size()));
    if (!key_) return broken();
    waiting_.erase(waiting_.begin(), waiting_.begin() + std::ptrdiff_t(head_bytes));
    return Done{};
}

Result<Done> FileOpener::finish()
{
    if (!key_) return broken();
    const auto plain = unseal(*key_, nonce_of(piece_, true), waiting_, bound_to_);
    if (!plain) return broken();
    sink_(*plain);
    waiting_.clear();
    return Done{};
}

Bytes seal_file(const KeyRing& ring, std::string_view context, ByteView plain)
{
    Bytes out;
    FileSealer sealer{
        ring, context, [&](ByteView piece) { out.insert(out.end(), piece.begin(), piece.end()); }};
    sealer.update(plain);
    sealer.finish();
    return out;
}

Result<Bytes> open_file(const KeyRing& ring, std::string_view context, ByteView sealed)
{
    Bytes out;
    FileOpener opener{
        ring, context, [&](ByteView piece) { out.insert(out.end(), piece.begin(), piece.end()); }};
    TRY(opener.update(sealed));
    TRY(opener.finish());
    return out;
}

std::uint64_t sealed_file_size(std::uint64_t plain)
{
    const std::uint64_t pieces = plain == 0 ? 1 : (plain + piece_bytes - 1) / piece_bytes;
    return head_bytes + plain + pieces * tag_bytes;
}

}  // namespace thien_an::crypto
