#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/xml.h"

/// XML that is read can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const auto root =
        xml::parse({reinterpret_cast<const char*>(bytes), size}, {.bytes_max = 1 << 20, .depth_max = 60});
    if (!root) return 0;
    const auto text = xml::text_of(*root.value());
    const auto again = xml::parse(text, {.bytes_max = 64 << 20, .depth_max = 60});
    if (!again || xml::text_of(*again.value()) != text) std::abort();
    return 0;
}
