#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engine/web/head.h"
#include "engine/web/url.h"

/// Whatever comes as a head is read or refused; what is read has one host and clean framing, and its target, query and
/// cookies are read or refused as well.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    using namespace thien_an::web;
    auto read = read_head({reinterpret_cast<const char*>(bytes), size});
    if (!std::holds_alternative<Head>(read)) return 0;
    const auto& head = std::get<Head>(read);
    if (head.headers.all("host").size() != 1 || (head.chunked && head.content_length)) std::abort();
    if (head.target.find_first_of("\r\n ") != std::string::npos) std::abort();
    const auto path = path_of(head.target);
    if (path && path.value().find("/../") != std::string::npos) std::abort();
    (void)parse_urlencoded(query_of(head.target));
    (void)parse_cookies(head.headers.get("cookie"));
    (void)parse_header_value(head.headers.get("content-type"));
    return 0;
}
