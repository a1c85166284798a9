#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/json.h"

/// JSON that is read has one canonical form, which reads to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const auto value = json::parse({reinterpret_cast<const char*>(bytes), size});
    if (!value) return 0;
    const auto canonical = json::canonical(value.value());
    const auto again = json::parse(canonical);
    if (!again || json::canonical(again.value()) != canonical) std::abort();
    return 0;
}
