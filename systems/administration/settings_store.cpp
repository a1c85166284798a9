#include "systems/administration/settings_store.h"

namespace thien_an::administration {

void add_desk_setting(storage::Writer& db, const DeskSetting& setting)
{
    db.execute(
        R"sql(
        INSERT INTO desk_setting (id, key, value, valid_from, changed_at, post, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
        setting.id,
        setting.key,
        json::text_of(setting.value),
        setting.valid_from,
        setting.changed_at,
        setting.post,
        setting.reason
    );
}

std::vector<DeskSetting> desk_settings(storage::Reader& db)
{
    auto rows = db.query(
        R"sql(
        SELECT id, key, value, valid_from, changed_at, post, reason
          FROM desk_setting
         ORDER BY id
         LIMIT 10000)sql"
    );
    std::vector<DeskSetting> all;
    while (rows.next())
        all.push_back(
            {.id = rows.integer(0),
             .key = rows.text(1),
             .value = json::parse(rows.text(2)).value(),
             .valid_from = rows.day(3),
             .changed_at = rows.instant(4),
             .post = rows.id<identity::PostId>(5),
             .reason = rows.text(6)}
        );
    return all;
}

std::int64_t desk_settings_count(storage::Reader& db)
{
    auto rows = db.query("SELECT count(*) FROM desk_setting");
    return rows.next() ? rows.integer(0) : 0;
}

}  // namespace thien_an::administration
