#include "engine/storage/schema_history.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "engine/storage/dialect.h"
#include "engine/storage/sha256.h"

namespace thien_an::storage {
namespace {

constexpr std::string_view table = R"sql(
    CREATE TABLE IF NOT EXISTS schema_migration (
        room TEXT NOT NULL,
        file TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        PRIMARY KEY (room, file)
    ) STRICT)sql";

constexpr std::string_view sqlite_only = ".sqlite.sql";
constexpr std::string_view postgres_only = ".postgres.sql";

using History = std::map<std::pair<std::string, std::string>, std::string, std::less<>>;

History history(Reader& db)
{
    History known;
    auto rows = db.query("SELECT room, file, sha256 FROM schema_migration LIMIT 100000");
    while (rows.next()) known[{rows.text(0), rows.text(1)}] = rows.text(2);
    return known;
}

bool meant_for(Engine engine, const Migration& migration)
{
    const auto other = engine == Engine::sqlite ? postgres_only : sqlite_only;
    return !migration.file.ends_with(other);
}

/// Portable files are written in SQLite's words; a variant is already in its database's own.
std::string text_for(Engine engine, const Migration& migration)
{
    const bool translate = engine == Engine::postgres && !migration.file.ends_with(postgres_only);
    return translate ? schema_for_postgres(migration.sql) : std::string(migration.sql);
}

void apply(const SchemaTarget& target, const Migration& migration, const History& known)
{
    const auto sum = hex(sha256(bytes_of(migration.sql)));
    const auto found = known.find({std::string(migration.room), std::string(migration.file)});
    if (found != known.end()) {
        if (found->second == sum) return;
        throw StorageError(fmt::format(
            "{}/schema/{} was edited after it was applied to this database; a change is a new file",
            migration.room,
            migration.file
        ));
    }
    try {
        target.run_script(text_for(target.engine, migration));
    } catch (const StorageError& error) {
        throw StorageError(fmt::format("{}/schema/{}: {}", migration.room, migration.file, error.what()));
    }
    target.db.execute(
        "INSERT INTO schema_migration (room, file, sha256) VALUES (?1, ?2, ?3)",
        migration.room,
        migration.file,
        sum
    );
}

}  // namespace

void bring_up(const SchemaTarget& target, std::span<const Migration> wanted)
{
    target.run_script(target.engine == Engine::postgres ? schema_for_postgres(table) : std::string(table));
    const auto known = history(target.db);
    for (const auto& migration : migrations())
        if (meant_for(target.engine, migration)) apply(target, migration, known);
    for (const auto& migration : wanted)
        if (migration.room != "storage" && meant_for(target.engine, migration))
            apply(target, migration, known);
}

}  // namespace thien_an::storage
