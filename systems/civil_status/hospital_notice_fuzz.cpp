#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "systems/civil_status/hospital_notice.h"

/// "{...": a Bundle is read or refused with its place. Anything else: table 9. What is read is kept and read back the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an;
    using namespace thien_an::civil_status;
    const std::string_view text{reinterpret_cast<const char*>(bytes), size};
    const auto take = [](const Result<Notice>& read) {
        if (!read) return;
        const auto value = notice_value(read.value());
        if (notice_value(notice_of_value(json::value(value))) != value) std::abort();
        static_cast<void>(check_notice(read.value(), at(Day{std::chrono::year{2026} / 7 / 1}, Minutes{0})));
    };
    if (!text.starts_with("{")) {
        take(notice_from_xml9(text, "51001"));
        return 0;
    }
    const auto parsed = json::parse(text, {.bytes_max = 1 << 20, .depth_max = 40});
    if (!parsed) return 0;
    take(notice_from_fhir(parsed.value(), NoticeKind::birth));
    take(notice_from_fhir(parsed.value(), NoticeKind::death));
    return 0;
}
