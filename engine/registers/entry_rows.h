#pragma once

#include "engine/crypto/key_ring.h"
#include "engine/registers/entries.h"

/// Rows of the register tables as values: shared by writing, reading and verifying; included by nobody else.
namespace thien_an::registers {

struct EntryRecord {
    EntryId id;
    SeriesId series;
    std::int64_t book = 0, number = 0, page = 0, link = 0;
    Instant entered_at;
    Day registered_on;
    std::int64_t party = 0, post = 0, for_post = 0, dossier = 0;
    std::string plain;
    Bytes sealed;
    Bytes hash;
};

struct NoteRecord {
    std::int64_t id = 0;
    EntryId entry;
    std::int64_t number = 0, link = 0;
    std::string kind;
    Instant noted_at;
    Day noted_on;
    std::int64_t party = 0, post = 0, for_post = 0;
    std::string decision, content;
    std::string plain;
    Bytes sealed;
    Bytes hash;
    std::string evidence;
    std::int64_t prepared_party = 0, prepared_post = 0;
};

/// An entry as an old paper book has it: place and number are the paper's. The caller has looked that the number is
/// free and that the values are some the register can hold, and holds lock_of(series).
struct PaperEntry {
    SeriesId series;        ///< Of paper_series.
    std::int64_t book = 0;  ///< Row of register_book.
    std::int64_t book_number = 0;
    std::int64_t number = 0;
    std::int64_t page = 0;
    Day registered_on;
    json::object fields;
};
Numbered enter_from_paper(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    const PaperEntry& entry
);
/// The kind of a note that stood in the margin of a paper book when it was typed: every register takes it.
constexpr std::string_view margin_note = "margin";

/// Fields apart: what may lie open, and what is marked.
struct Parted {
    json::object plain;
    json::object marked;
};
Parted parted(const Register& reg, const json::object& fields);
/// Both in the order of the register.
json::object joined(const Register& reg, const json::object& plain, const json::object& marked);

Bytes seal_fields(
    const crypto::KeyRing& keys, std::string_view table, std::int64_t row, const json::object& marked
);
/// Problem "crypto.sealed_value_broken".
Result<json::object> open_fields(
    const crypto::KeyRing& keys, std::string_view table, std::int64_t row, ByteView sealed
);
json::object object_from(std::string_view text);

/// The link of the chain: over the one before and the content in clear, keyed, so that the hash tells nothing.
Bytes link_hash(
    const crypto::KeyRing& keys, ByteView before, const EntryRecord& entry, const json::object& marked
);
Bytes link_hash(
    const crypto::KeyRing& keys, ByteView before, const NoteRecord& note, const json::object& marked
);
/// Where a chain starts.
Bytes first_hash();

/// What register_index holds for these fields.
struct IndexRow {
    std::string field;
    std::string word;
    std::int64_t number = 0;
    auto operator<=>(const IndexRow&) const = default;
};
std::vector<IndexRow> index_rows(
    const crypto::KeyRing& keys, const Register& reg, const json::object& fields
);
/// The word a look-up of `value` in `field` searches.
std::string index_word(
    const crypto::KeyRing& keys, const Register& reg, const RegisterField& field, std::string_view value
);

std::string printed_number(const Register& reg, std::int64_t number, std::int64_t year);

}  // namespace thien_an::registers
