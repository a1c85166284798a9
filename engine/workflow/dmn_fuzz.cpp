#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/workflow/dmn.h"

/// Any decision table is loaded or refused with a reason; what is loaded decides, within bounds, or says why not.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::workflow;
    if (size > 20'000) return 0;
    const std::string text(reinterpret_cast<const char*>(bytes), size);
    for (const auto strictness : {Decisions::Strictness::strict, Decisions::Strictness::lenient}) {
        const auto loaded = Decisions::load({{"fuzz.dmn", text}}, strictness);
        if (!loaded.decisions && loaded.findings.empty()) std::abort();
        if (!loaded.decisions) continue;
        for (const auto& name : loaded.decisions->names()) {
            feel::Context inputs;
            (void)loaded.decisions->inputs(name);
            const auto decided = loaded.decisions->decide(name, inputs, thien_an::Instant{});
            if (!decided && decided.problem().code.empty()) std::abort();
        }
    }
    return 0;
}
