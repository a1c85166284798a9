#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/registers/register.h"

/// A register.json is refused with the place of its fault, or names every field its extract and notes speak of.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const auto source = json::parse({reinterpret_cast<const char*>(bytes), size});
    if (!source) return 0;
    const auto loaded = registers::load_register(source.value());
    if (!loaded) {
        if (loaded.problem().code.empty()) std::abort();
        return 0;
    }
    for (const auto& shown : loaded.value().extract_fields)
        if (loaded.value().field(shown) == nullptr) std::abort();
    if (loaded.value().book.pages < 1 || loaded.value().book.entries_per_page < 1) std::abort();
    return 0;
}
