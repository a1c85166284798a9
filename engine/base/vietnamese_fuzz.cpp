#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/base/day.h"
#include "engine/base/id.h"
#include "engine/base/vietnamese.h"

/// Any text is folded, tidied and converted to text again, and once is enough; days and ids are read or refused.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    const std::string_view text(reinterpret_cast<const char*>(bytes), size);
    if (const auto day = parse_day(text); day && parse_day(iso(day.value())).value() != day.value())
        std::abort();
    if (const auto id = parse_id(text); id && std::to_string(id.value()) != text) std::abort();
    (void)parse_instant(text);
    if (!is_utf8(text)) return 0;  // The door has refused it.
    const auto simple = folded(text);
    if (folded(simple) != simple || !is_utf8(simple)) std::abort();
    const auto name = tidy_name(text);
    if (tidy_name(name) != name || !is_utf8(name)) std::abort();
    if (!is_utf8(converted(text, guess_encoding(text)))) std::abort();
    for (const auto from : {Encoding::unicode_decomposed, Encoding::tcvn3, Encoding::vni})
        if (!is_utf8(converted(text, from))) std::abort();
    (void)letters(text);
    return 0;
}
