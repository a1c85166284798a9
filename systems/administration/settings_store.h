#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/identity/actor.h"
#include "engine/storage/database.h"

/// Settings changed at the desk. The only SQL about table desk_setting is in settings_store.cpp.
namespace thien_an::administration {

struct DeskSetting {
    std::int64_t id = 0;
    std::string key;
    json::value value;
    Day valid_from;
    Instant changed_at;
    identity::PostId post;
    std::string reason;
};

void add_desk_setting(storage::Writer& db, const DeskSetting& setting);
/// All of them, in the order they were made; at most 10,000.
std::vector<DeskSetting> desk_settings(storage::Reader& db);
/// How many there are: rows are only added, so it tells whether there is news, whichever node wrote it.
std::int64_t desk_settings_count(storage::Reader& db);

}  // namespace thien_an::administration
