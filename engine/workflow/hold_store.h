#pragma once

#include "engine/workflow/engine.h"

/// The rows of what is held, and of timer starts: the only SQL about them is in hold_store.cpp.
namespace thien_an::workflow {

std::optional<Hold> open_hold(storage::Reader& db, HoldOf of, std::int64_t what);
void insert_hold(storage::Writer& db, const Hold& hold);
void end_hold(storage::Writer& db, std::int64_t id, Instant at, identity::PartyId by);

/// A timer start event of a version in force at an agency.
struct ScheduleRow {
    std::int64_t id = 0;
    std::int64_t definition = 0;
    std::string node;
    AgencyId agency;
    Instant next;
    std::int64_t repeats = 0;  ///< Left after the next; -1: without end.
};
std::optional<ScheduleRow> find_schedule(storage::Reader& db, std::int64_t id);
void insert_schedule(storage::Writer& db, const ScheduleRow& row);
/// When it is due next, and how often after that.
void move_schedule(storage::Writer& db, const ScheduleRow& row);
void delete_schedule(storage::Writer& db, std::int64_t id);
/// Of one agency, or of all when it is 0.
void delete_schedules(storage::Writer& db, std::int64_t definition, AgencyId agency);

}  // namespace thien_an::workflow
