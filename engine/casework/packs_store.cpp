#include "engine/casework/packs_store.h"

namespace thien_an::casework {
namespace {

std::string faults_text(const std::vector<PackFault>& faults)
{
    json::array out;
    for (const auto& fault : faults) {
        json::object words;
        for (const auto& [name, word] : fault.problem.words) words[name] = word;
        out.push_back(
            {{"file", fault.file},
             {"line", fault.line},
             {"code", fault.problem.code},
             {"field", fault.problem.field},
             {"words", std::move(words)}}
        );
    }
    return json::text_of(json::value(std::move(out)));
}

std::vector<PackFault> faults_from(std::string_view text)
{
    std::vector<PackFault> out;
    const auto parsed = json::parse(text);
    if (!parsed || !parsed.value().is_array())
        throw std::runtime_error("table pack holds faults that are no list");
    for (const auto& one : parsed.value().get_array()) {
        PackFault fault;
        fault.file = json::string_or(one, "file");
        fault.line = int(json::integer_or(one, "line"));
        fault.problem.code = json::string_or(one, "code");
        fault.problem.field = json::string_or(one, "field");
        if (const auto* words = json::member(one, "words"))
            for (const auto& word : words->as_object())
                fault.problem.words.emplace_back(word.key(), std::string(word.value().as_string()));
        out.push_back(std::move(fault));
    }
    return out;
}

/// Columns id, kind, name, sha256, origin, in_force, generation, faults, at, post.
PackVersion version_from(const storage::Rows& rows)
{
    return {
        .id = rows.id<PackId>(0),
        .kind = rows.text(1),
        .name = rows.text(2),
        .generation = rows.integer(6),
        .sha256 = rows.text(3),
        .origin = PackOrigin(rows.integer(4)),
        .in_force = rows.integer(5) != 0,
        .at = rows.instant(8),
        .by = rows.id<identity::PostId>(9),
        .faults = faults_from(rows.text(7))};
}

std::int64_t next_generation(storage::Writer& db)
{
    db.execute("UPDATE pack_generation SET value = value + 1 WHERE id = 1");
    return pack_generation(db);
}

}  // namespace

std::string content_of(const FolderFiles& files)
{
    json::object out;
    for (const auto& [path, text] : files) out[path] = text;
    return json::canonical(json::value(std::move(out)));
}

FolderFiles files_from(std::string_view content)
{
    const auto parsed = json::parse(content);
    if (!parsed) throw std::runtime_error("table pack holds content that is no JSON");
    FolderFiles files;
    for (const auto& member : parsed.value().as_object())
        files.emplace(member.key(), std::string(member.value().as_string()));
    return files;
}

std::int64_t pack_generation(storage::Reader& db)
{
    auto rows = db.query("SELECT value FROM pack_generation WHERE id = 1");
    return rows.next() ? rows.integer(0) : 0;
}

std::vector<PackRow> packs_in_force(storage::Reader& db)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, name, sha256, origin, in_force, generation, faults, at, post, content
          FROM pack
         WHERE in_force = 1
         ORDER BY kind DESC, name
         LIMIT 10000)sql"
    );
    std::vector<PackRow> found;
    while (rows.next()) found.push_back({version_from(rows), files_from(rows.text(10))});
    return found;
}

std::optional<PackRow> find_pack(storage::Reader& db, PackId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, name, sha256, origin, in_force, generation, faults, at, post, content
          FROM pack
         WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return std::nullopt;
    return PackRow{version_from(rows), files_from(rows.text(10))};
}

std::optional<PackVersion> pack_with_content(
    storage::Reader& db, std::string_view kind, std::string_view name, std::string_view sha256
)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, name, sha256, origin, in_force, generation, faults, at, post
          FROM pack
         WHERE kind = ?1 AND name = ?2 AND sha256 = ?3)sql",
        kind,
        name,
        sha256
    );
    if (!rows.next()) return std::nullopt;
    return version_from(rows);
}

std::vector<PackVersion> pack_history(storage::Reader& db, std::string_view name, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, name, sha256, origin, in_force, generation, faults, at, post
          FROM pack
         WHERE name = ?1 OR ?1 = ''
         ORDER BY id DESC
         LIMIT ?2)sql",
        name,
        limit
    );
    std::vector<PackVersion> found;
    while (rows.next()) found.push_back(version_from(rows));
    return found;
}

void add_pack(storage::Writer& db, PackRow& row, bool takes_over)
{
    auto& version = row.version;
    version.in_force = takes_over && version.faults.empty();
    version.generation = version.in_force ? next_generation(db) : pack_generation(db);
    if (version.in_force)
        db.execute(
            "UPDATE pack SET in_force = 0 WHERE kind = ?1 AND name = ?2 AND in_force = 1",
            version.kind,
            version.name
        );
    db.execute(
        R"sql(
        INSERT INTO pack (id, kind, name, sha256, origin, in_force, generation, content, faults, at, post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
        version.id,
        version.kind,
        version.name,
        version.sha256,
        version.origin,
        version.in_force,
        version.generation,
        content_of(row.files),
        faults_text(version.faults),
        version.at,
        version.by
    );
}

void put_in_force(storage::Writer& db, const PackVersion& version)
{
    const auto generation = next_generation(db);
    db.execute(
        "UPDATE pack SET in_force = 0 WHERE kind = ?1 AND name = ?2 AND in_force = 1",
        version.kind,
        version.name
    );
    db.execute("UPDATE pack SET in_force = 1, generation = ?2 WHERE id = ?1", version.id, generation);
}

}  // namespace thien_an::casework
