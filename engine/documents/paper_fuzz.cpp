#include <cstddef>
#include <cstdint>

#include "engine/documents/paper.h"

/// Whatever a description says, reading it ends in a paper or a Problem with file and line; a paper that was read is
/// drawn or says what is missing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    if (size > 4096) return 0;
    const auto paper = documents::Paper::read({reinterpret_cast<const char*>(bytes), size}, "fuzz.paper.xml");
    if (!paper) {
        if (paper.problem().words.empty() || paper.problem().words.front().first != "file") __builtin_trap();
        return 0;
    }
    documents::DrawRequest request;
    request.values = json::object{
        {"a", "Nguyễn Thị Ước"},
        {"n", 5},
        {"d", "2016-07-01"},
        {"l", json::array{json::object{{"a", "x"}}, "y"}}};
    const auto drawn = documents::draw(paper.value(), request);
    if (drawn && drawn.value().pages > 0 && drawn.value().pdf.empty()) __builtin_trap();
    return 0;
}
