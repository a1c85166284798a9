#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/csv.h"
#include "engine/base/xlsx.h"

/// A table is read or refused, and a workbook too; nothing else happens.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    (void)xlsx::parse(text, {.unpacked_bytes_max = 1 << 20});
    const auto table = csv::parse(text, {.rows_max = 1000, .columns_max = 100});
    if (!table || table.value().empty()) return 0;
    if (!csv::parse(csv::text_of(table.value(), csv::Formulas::kept), {.columns_max = 200})) std::abort();
    return 0;
}
