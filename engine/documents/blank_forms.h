#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/documents/document_store.h"

/// Pre-printed forms ("phôi") by serial: received, issued, spoiled, destroyed with minutes. Between agencies: form_stock.h.
/// The SQL is in blank_forms_store.cpp.
namespace thien_an::documents {

enum class BlankState { in_stock = 0, issued = 1, spoiled = 2, destroyed = 3, lost = 4 };

/// One form: "AB 0123456" is series "AB", serial 123456.
struct Blank {
    std::string kind;  ///< "birth_certificate_form"
    std::string series;
    std::int64_t serial = 0;
};

using thien_an::text_of;  // Of bytes, numbers and JSON: the one below would hide them.
/// As printed on the form: letters, then at least seven digits, "AB 0123456".
std::string text_of(const Blank& blank);
/// Reads what people type: "AB 0123456", "ab123456". Nothing when it is no serial.
std::optional<Blank> parse_blank(std::string_view kind, std::string_view typed);

struct BlankRange {
    std::string kind;
    std::string series;
    std::int64_t first = 0;
    std::int64_t last = 0;
};

constexpr std::int64_t blank_range_max = 100'000;  ///< Forms in one range.

/// From outside the province. Problems "documents.bad_range" (from 1, at most 100,000), "documents.range_received_already",
/// "documents.minutes_missing".
Result<Done> receive_blanks(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const BlankRange& range,
    std::string_view minutes
);

/// What every command that moves the agency's stock holds.
inline storage::Lock lock_of_blanks(identity::AgencyId agency) { return {"blanks", agency.value}; }

/// What a form was printed with: a document of ours, or words that name it ("Giấy khai sinh 15/2016").
struct BlankUse {
    DocumentId document = {};
    std::string words = {};
};
/// A form of the agency's stock is used. Problems "documents.not_in_stock".
Result<Done> issue_blank(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    const BlankUse& use
);
/// Misprinted or damaged, from stock or just issued. Problems "documents.not_in_stock", "documents.reason_missing".
Result<Done> spoil_blank(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::string_view reason
);
/// A spoiled form is destroyed before witnesses. Problems "documents.not_spoiled", "documents.minutes_missing".
Result<Done> destroy_blank(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::string_view minutes
);

/// The lowest serial in stock; nothing when there is none.
std::optional<Blank> next_blank(storage::Reader& db, identity::AgencyId agency, std::string_view kind);
BlankState state_of(storage::Reader& db, const Blank& blank);  ///< in_stock also for one never received.

struct BlankBalance {
    std::int64_t received = 0;  ///< From outside, from other agencies, and taken back.
    std::int64_t issued = 0;
    std::int64_t spoiled = 0;
    std::int64_t destroyed = 0;
    std::int64_t lost = 0;
    std::int64_t sent = 0;  ///< To other agencies.
    std::int64_t in_stock() const { return received - sent - issued - spoiled - destroyed - lost; }
};
BlankBalance balance_of(storage::Reader& db, identity::AgencyId agency, std::string_view kind);

/// Something that happened to the stock: a range came in, or one form was used.
struct BlankMove {
    Instant at;
    BlankState to = BlankState::in_stock;  ///< in_stock: received.
    BlankRange range;                      ///< One form: first and last are the same.
    identity::PartyId party;
    identity::PostId post;
    std::string words;  ///< Minutes, what it was used for, or why it was spoiled.
};
/// The latest first, at most `limit`.
std::vector<BlankMove> blank_moves(
    storage::Reader& db, identity::AgencyId agency, std::string_view kind, int limit
);

/// Proves that every used form was received and is held by that agency and its state is its last event's: one line per fault.
std::vector<Problem> check_blanks(storage::Reader& db);

}  // namespace thien_an::documents
