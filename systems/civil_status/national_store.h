#pragma once

#include <string>
#include <vector>

#include "engine/identity/permissions.h"
#include "engine/registers/chain.h"
#include "engine/storage/outbox.h"

/// Rows of national_series and national_event; the only SQL about them is in national_store.cpp.
namespace thien_an::civil_status {

enum class NationalState : std::int64_t {
    kept = 1,
    on_its_way = 2,
    accepted = 3,
    refused = 4,
    nothing = 5,  ///< The note only says what the other side told us.
};

struct NationalEvent {
    std::int64_t id = 0;
    registers::SeriesId series;
    std::int64_t link = 0;
    identity::AgencyId agency;
    registers::EntryId entry;
    std::int64_t note = 0;  ///< 0: the entry itself.
    std::string kind;
    Instant happened_at;
    NationalState state = NationalState::on_its_way;
    std::int64_t attempt = 1;
    storage::OutboxId outbox;
    std::string national_id;
    std::string reason_code;
    std::string reason;
    std::optional<Instant> answered_at;
    std::string register_id = {};  ///< Filled when read.
    std::string trouble = {};      ///< Of the line, of the last try; filled when read.
};

/// How far a series is: not gathered yet when there is no row.
std::int64_t national_gathered(storage::Reader& db, registers::SeriesId series);
void insert_national_event(storage::Writer& db, const NationalEvent& event);
/// Moves the series on, by how many links and how many of them were never sent or kept.
struct NationalStep {
    std::int64_t links = 0;
    std::int64_t not_sent = 0;
    std::int64_t kept = 0;
};
void move_national_series(storage::Writer& db, const registers::SeriesShown& series, const NationalStep& by);
/// State, attempt, outbox row and answer as they are in `event`; the counts of its series follow.
void update_national_event(storage::Writer& db, const NationalEvent& event, NationalState before);

std::optional<NationalEvent> national_event(storage::Reader& db, std::int64_t id);
/// Of one entry, in the order they came.
std::vector<NationalEvent> national_events_of(storage::Reader& db, registers::EntryId entry);
/// Kept ones of a series, in order; at most `limit`.
std::vector<NationalEvent> national_kept(storage::Reader& db, registers::SeriesId series, int limit);
/// Series of these registers whose chain is longer than what was gathered; at most `limit`.
std::vector<registers::SeriesId> national_behind(
    storage::Reader& db, const std::vector<std::string>& registers, int limit
);
std::vector<registers::SeriesId> national_with_kept(storage::Reader& db, int limit);

/// Figures of one register over what the actor may see.
struct NationalCount {
    std::string register_id;
    std::int64_t not_sent = 0, kept = 0, on_its_way = 0, accepted = 0, refused = 0;
};
std::vector<NationalCount> national_counts(storage::Reader& db, const identity::Actor& actor, Day today);
/// Events in this state the actor may see, the latest first, ids below `before` (0: from the latest); at most `limit`.
std::vector<NationalEvent> national_events_in(
    storage::Reader& db,
    const identity::Actor& actor,
    Day today,
    NationalState state,
    std::int64_t before,
    int limit
);
/// Series whose counts are not those of their events; empty when all is well. At most `limit`.
std::vector<registers::SeriesId> national_miscounted(storage::Reader& db, int limit);

}  // namespace thien_an::civil_status
