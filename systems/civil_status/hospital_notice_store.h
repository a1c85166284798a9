#pragma once

#include <optional>
#include <vector>

#include "engine/crypto/key_ring.h"
#include "engine/identity/permissions.h"

#include "systems/civil_status/hospital_notice.h"

/// Rows of hospital_notice; the only SQL about them is in hospital_notice_store.cpp.
namespace thien_an::civil_status {

using NoticeId = Id<struct HospitalNoticeTag>;

enum class NoticeLink : std::int64_t { none = 0, by_code = 1, by_match = 2 };

struct StoredNotice {
    NoticeId id;
    Notice notice;
    std::string code;  ///< On the slip: "ABCD1234EFGH".
    Bytes content_hash;
    identity::PartyId sender;
    Instant received_at;
    identity::AgencyId agency;
    std::int64_t draft = 0;
    identity::PartyId claimed_by;
    std::int64_t dossier = 0;
    NoticeLink linked = NoticeLink::none;
    std::optional<Instant> reminded_at;
    std::string dossier_code = {};   ///< Filled in lists.
    std::string dossier_state = {};  ///< Its number as text; filled in lists.
};

/// The code without dashes, spaces and case.
Bytes notice_code_hash(std::string_view code);
/// The words a filing is compared by; empty identity number gives empty bytes.
Bytes notice_identity_word(const crypto::KeyRing& keys, std::string_view number);
Bytes notice_name_word(const crypto::KeyRing& keys, std::string_view full_name, std::int64_t year);

void insert_notice(storage::Writer& db, const crypto::KeyRing& keys, const StoredNotice& notice);
void set_notice_draft(storage::Writer& db, NoticeId id, std::int64_t draft, identity::PartyId by);
void set_notice_dossier(storage::Writer& db, NoticeId id, std::int64_t dossier, NoticeLink linked);
void set_notice_reminded(storage::Writer& db, NoticeId id, Instant at);

std::optional<StoredNotice> notice_by_id(storage::Reader& db, const crypto::KeyRing& keys, NoticeId id);
std::optional<StoredNotice> notice_by_number(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    NoticeKind kind,
    std::string_view facility,
    std::string_view number
);
std::optional<StoredNotice> notice_by_code(
    storage::Reader& db, const crypto::KeyRing& keys, std::string_view code
);
/// That happened within `apart` of `day` and have this identity or name word; at most 20, the earliest first.
std::vector<StoredNotice> notices_like(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    NoticeKind kind,
    const Bytes& identity_word,
    const Bytes& name_word,
    Day day,
    std::chrono::days apart
);
std::optional<StoredNotice> notice_of_draft(
    storage::Reader& db, const crypto::KeyRing& keys, std::int64_t draft
);
/// Whether a notice is tied to the dossier.
bool notice_of_dossier(storage::Reader& db, std::int64_t dossier);
/// Open dossiers of the procedure at the agency, filed at `since` or later; at most 100.
std::vector<std::int64_t> dossiers_filed_since(
    storage::Reader& db, std::string_view procedure, identity::AgencyId agency, Instant since
);
/// Whether a live dossier answers it: filed and neither refused nor withdrawn.
bool notice_answered(storage::Reader& db, const StoredNotice& notice);

struct NoticeQuery {
    NoticeKind kind = NoticeKind::birth;
    Day received_before;  ///< Received before this day.
    bool completed = false;
    std::int64_t before = 0;  ///< Ids below; 0: from the latest.
    int limit = 50;
};
/// The actor may see ("registers.read"), the latest first. One of no known commune is seen by whoever may see the province.
std::vector<StoredNotice> notices_seen(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const identity::Actor& actor,
    Day today,
    const NoticeQuery& query
);
/// Births notified of `agency` with a day in [from, to): for completeness.
std::int64_t notices_counted(
    storage::Reader& db, NoticeKind kind, identity::AgencyId agency, Day from, Day to
);

}  // namespace thien_an::civil_status
