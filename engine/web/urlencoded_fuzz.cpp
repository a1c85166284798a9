#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/web/url.h"

/// A form that is read is the same after writing and reading it again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::web;
    const auto fields = parse_urlencoded({reinterpret_cast<const char*>(bytes), size});
    if (!fields) return 0;
    const auto again = parse_urlencoded(urlencoded(fields.value()));
    if (!again ||
        !std::equal(fields.value().begin(), fields.value().end(), again.value().begin(), again.value().end()))
        std::abort();
    return 0;
}
