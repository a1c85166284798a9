#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "engine/web/http.h"

/// The head of an HTTP/1.1 request (RFC 9112), read so strictly that no two programs can read it differently.
namespace thien_an::web {

constexpr std::size_t head_bytes_max = 16 * 1024;  ///< Request line and headers; more gets 431.
constexpr std::size_t target_bytes_max = 8 * 1024;
constexpr std::size_t header_count_max = 100;

struct Head {
    std::string method;
    std::string target;  ///< "/path?query", also when it came as http://host/path.
    std::string host;
    int minor = 1;   ///< HTTP/1.0 or 1.1.
    Fields headers;  ///< Names in lower case, values trimmed.
    std::optional<std::uint64_t> content_length;
    bool chunked = false;
    bool keep_alive = true;
    bool expects_continue = false;
};

/// Why the connection gets an answer and is closed.
struct Refused {
    int status;
    std::string_view why;  ///< For the log: never what was sent.
};

/// `bytes` ends with the empty line. Refused: bare CR or LF, NUL and control characters, obs-fold, white space around
/// names, no Host or two, Host that is none, two Content-Length or one that is no number, Content-Length with
/// Transfer-Encoding, a coding but chunked, Transfer-Encoding in HTTP/1.0, versions but 1.0 and 1.1, too long, too many.
std::variant<Head, Refused> read_head(std::string_view bytes);

}  // namespace thien_an::web
