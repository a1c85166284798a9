#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engine/web/multipart.h"

namespace {

/// What came out, as one text.
struct Text : thien_an::web::PartSink {
    std::string all;
    thien_an::Result<thien_an::Done> begin(const thien_an::web::PartHead& head) override
    {
        all += "[" + head.name + "|" + head.file_name + "]";
        return thien_an::Done{};
    }
    thien_an::Result<thien_an::Done> more(std::string_view bytes) override
    {
        all += bytes;
        return thien_an::Done{};
    }
    thien_an::Result<thien_an::Done> end() override
    {
        all += "[end]";
        return thien_an::Done{};
    }
};

/// "refused" or what came out, fed in pieces of `step` bytes.
std::string outcome(std::string_view bytes, std::size_t step)
{
    Text text;
    thien_an::web::MultipartReader reader("b", text);
    for (std::size_t at = 0; at < bytes.size(); at += step)
        if (!reader.feed(bytes.substr(at, step))) return "refused";
    return reader.finish() ? text.all : "refused";
}

}  // namespace

/// A form comes out the same, or is refused, however it is cut. (The bound on a preamble or a part's head may say no
/// earlier when more comes at once; inputs below it are compared.)
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    const auto whole = outcome(text, size + 1);
    if (size < thien_an::web::part_head_bytes_max && outcome(text, 1) != whole) std::abort();
    if (outcome(text, 7) != outcome(text, 7)) std::abort();
    return 0;
}
