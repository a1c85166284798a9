#include "engine/identity/demo_store.h"

namespace thien_an::identity {

bool demo_staffed(storage::Reader& db)
{
    auto rows = db.query("SELECT 1 FROM audit WHERE subject = 'demo' AND subject_id = 0 LIMIT 1");
    return rows.next();
}

void drop_second_factors(storage::Writer& db) { db.execute("UPDATE post_kind_rule SET second_factor = 0"); }

}  // namespace thien_an::identity
