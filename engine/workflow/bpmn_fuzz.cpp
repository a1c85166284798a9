#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/workflow/picture.h"
#include "engine/workflow/process.h"

/// Any model is loaded, or refused with file and reason; what is loaded has names, buttons and a picture.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::workflow;
    if (size > 20'000) return 0;
    Vocabulary vocabulary;
    vocabulary.any_action = true;
    const auto loaded = Process::load({reinterpret_cast<const char*>(bytes), size}, "fuzz.bpmn", vocabulary);
    bool refused = false;
    for (const auto& finding : loaded.findings) {
        if (text_of(finding).empty() || finding.file != "fuzz.bpmn") std::abort();
        refused = refused || finding.severity == Finding::Severity::error;
    }
    if (refused == (loaded.process != nullptr)) std::abort();
    if (!loaded.process) return 0;
    for (const auto& node : loaded.process->user_tasks()) {
        (void)loaded.process->outcomes(node);
        (void)loaded.process->label(node);
        (void)loaded.process->node_name(node);
    }
    return 0;
}
