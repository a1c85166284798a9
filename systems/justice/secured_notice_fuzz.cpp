#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/vietnamese.h"

#include "systems/justice/secured_search.h"

/// Lines of vehicles are read, or refused with their line; what was read reads again as itself. JSON of a notice is refused or
/// comes back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    using namespace thien_an::justice;
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    if (!is_utf8(text)) return 0;
    if (const auto vehicles = vehicles_from(text)) {
        for (const auto& vehicle : vehicles.value()) {
            const auto again = vehicles_from(written(vehicle));
            if (!again || again.value().size() != 1 || again.value().front() != vehicle) std::abort();
        }
    } else if (!vehicles.problem().code.starts_with("justice.")) {
        std::abort();
    }
    if (const auto document = json::parse(text))
        if (const auto notice = notice_from(document.value())) {
            const auto again = notice_from(json_of(notice.value()));
            if (!again || again.value() != notice.value()) std::abort();
        }
    (void)look_up({SearchBy::grantor_name, text, {}});
    return 0;
}
