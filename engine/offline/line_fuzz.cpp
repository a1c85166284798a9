#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/offline/line.h"

/// A line that is read is written again to a line that is read to the same; a batch likewise.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    static const auto seed = crypto::Secret(Bytes(32, 7));
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (const auto line = offline::read_line(text)) {
        const auto again = offline::sign_line(seed, line.value());
        const auto read = offline::read_line(again.body);
        if (!read || offline::sign_line(seed, read.value()).body != again.body) std::abort();
    }
    if (const auto json = json::parse(text))
        if (const auto batch = offline::read_batch(json.value())) {
            const auto again = offline::read_batch(offline::to_json(batch.value()));
            if (!again || again.value().lines.size() != batch.value().lines.size()) std::abort();
        }
    return 0;
}
