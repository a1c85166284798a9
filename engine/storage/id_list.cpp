#include "engine/storage/id_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace thien_an::storage {

std::string id_list(std::span<const std::int64_t> ids) { return fmt::format("[{}]", fmt::join(ids, ",")); }

std::string_view listed_first(Engine engine)
{
    return engine == Engine::sqlite
               ? "(SELECT value FROM json_each(?1))"
               : "(SELECT CAST(one AS BIGINT) FROM json_array_elements_text(CAST(?1 AS json)) AS one)";
}

}  // namespace thien_an::storage
