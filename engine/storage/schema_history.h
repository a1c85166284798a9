#pragma once

#include <span>

#include "engine/storage/database.h"
#include "engine/storage/migrations.h"

/// The table schema_migration: which files of which room this database has had, and their SHA-256.
namespace thien_an::storage {

/// The migrations of storage itself (outbox, files, idempotency...); Database::open applies them first.
std::span<const Migration> migrations();

/// Where a schema is changed: `run_script` runs several statements without values.
struct SchemaTarget {
    Engine engine;
    Writer& db;
    std::function<void(const std::string&)> run_script;
};

/// Applies what is missing, storage's own first, then `wanted` in its order. Throws StorageError when a file that was
/// applied differs now. Runs in the caller's transaction.
void bring_up(const SchemaTarget& target, std::span<const Migration> wanted);

}  // namespace thien_an::storage
