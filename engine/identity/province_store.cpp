#include "engine/identity/province_store.h"

namespace thien_an::identity {

std::string sha256_in_force(storage::Reader& db, std::string_view name)
{
    auto rows = db.query("SELECT sha256 FROM province_file WHERE name = ?1 AND in_force = 1", name);
    return rows.next() ? rows.text(0) : "";
}

void put_in_force(storage::Writer& db, const ProvinceFile& file, Instant now)
{
    db.execute("UPDATE province_file SET in_force = 0 WHERE name = ?1", file.name);
    db.execute(
        R"sql(
        INSERT INTO province_file (name, sha256, content, imported_at, in_force) VALUES (?1, ?2, ?3, ?4, 1)
            ON CONFLICT (name, sha256) DO UPDATE SET in_force = 1)sql",
        file.name,
        file.sha256,
        file.content,
        now
    );
}

}  // namespace thien_an::identity
