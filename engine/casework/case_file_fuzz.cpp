#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/casework/case_file.h"

/// A worked example is read, or refused with its line; its changes are read, or refused with a reason.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::casework;
    const auto file = read_case({reinterpret_cast<const char*>(bytes), size});
    if (!file) {
        if (file.problem().code != "case.syntax") std::abort();
        return 0;
    }
    if (file.value().claim.empty() || file.value().statements.empty()) std::abort();
    for (const auto& statement : file.value().statements) {
        if (statement.words.empty()) std::abort();
        (void)case_changes(statement.words, 0);
    }
    return 0;
}
