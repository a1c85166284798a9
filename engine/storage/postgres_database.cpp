#include "engine/storage/postgres_database.h"

namespace thien_an::storage {

std::unique_ptr<Database> open_postgres(const Settings&, std::span<const Migration>)
{
    throw StorageError("PostgreSQL is not built in yet");
}

}  // namespace thien_an::storage
