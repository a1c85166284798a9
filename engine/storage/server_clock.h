#pragma once

#include <chrono>
#include <optional>

#include "engine/storage/database.h"

/// Many machines write one database: their clocks must agree.
namespace thien_an::storage {

/// A node whose clock is further off than this takes no requests.
constexpr std::chrono::seconds clock_difference_max{2};

/// How far `clock` is from the clock of the database's machine, either way; nothing for SQLite, which runs on ours.
std::optional<std::chrono::microseconds> clock_difference(Database& database, const Clock& clock);

/// Whether the database answers and the clocks agree: what GET /ready says of a node.
bool fit_to_serve(Database& database, const Clock& clock);

}  // namespace thien_an::storage
