#include "engine/storage/files_store.h"

namespace thien_an::storage {

FileId file_add(Writer& db, IdSource& ids, const StoredBlob& blob, std::string_view name, Instant now)
{
    const auto id = ids.next_as<struct FileTag>();
    db.execute(
        R"sql(
        INSERT INTO file (id, sha256, size, kind, key_id, name, kept_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
        id,
        blob.sha256,
        blob.size,
        name_of(blob.kind),
        blob.key_id,
        clean_file_name(name),
        now
    );
    return id;
}

Result<File> find_file(Reader& db, FileId id)
{
    auto rows = db.query("SELECT sha256, size, kind, key_id, name, kept_at FROM file WHERE id = ?1", id);
    if (!rows.next()) return Problem{.code = "storage.no_such_file", .field = "", .law = ""};
    return File{
        .id = id,
        .blob =
            {
                .sha256 = rows.text(0),
                .size = rows.integer(1),
                .kind = file_kind_from(rows.text(2)),
                .key_id = rows.text(3),
            },
        .name = rows.text(4),
        .kept_at = rows.instant(5),
    };
}

bool file_is_named(Reader& db, std::string_view sha256)
{
    // Served by index file_sha256.
    return db.query("SELECT 1 FROM file WHERE sha256 = ?1 LIMIT 1", sha256).next();
}

std::vector<std::string> named_files(Reader& db, std::string_view after, int limit)
{
    auto rows =
        db.query("SELECT DISTINCT sha256 FROM file WHERE sha256 > ?1 ORDER BY sha256 LIMIT ?2", after, limit);
    std::vector<std::string> hashes;
    while (rows.next()) hashes.push_back(rows.text(0));
    return hashes;
}

std::int64_t contents_named(Reader& db)
{
    auto rows = db.query("SELECT count(DISTINCT sha256) FROM file");
    rows.next();
    return rows.integer(0);
}

}  // namespace thien_an::storage
