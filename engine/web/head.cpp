#include "engine/web/head.h"

#include <algorithm>
#include <charconv>

#include "engine/web/ascii.h"

namespace thien_an::web {
namespace {

bool is_token(std::string_view text)
{
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
    });
}

bool is_visible(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c != 0x7f; });
}

/// Field values: visible, space, tab, and bytes above 127.
bool is_field_value(std::string_view text)
{
    return std::all_of(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte == '\t' || (byte >= ' ' && byte != 0x7f);
    });
}

/// "name:port", "1.2.3.4:80", "[::1]:80".
bool is_host(std::string_view text)
{
    constexpr std::string_view marks = ".-_:[]~!$&'()*+,;=%";
    return !text.empty() && text.size() <= 300 && std::all_of(text.begin(), text.end(), [&](char c) {
        return is_letter_or_digit(c) || marks.find(c) != std::string_view::npos;
    });
}

/// Reads line after line; the first refusal wins.
class HeadReader {
public:
    explicit HeadReader(std::string_view bytes) : rest_(bytes) {}

    std::variant<Head, Refused> run()
    {
        request_line();
        while (!refused_ && !rest_.empty()) {
            const auto line = next_line();
            if (line.empty()) break;
            header(line);
        }
        if (!refused_) check_headers();
        if (refused_) return *refused_;
        return std::move(head_);
    }

private:
    void refuse(int status, std::string_view why)
    {
        if (!refused_) refused_ = Refused{status, why};
    }

    std::string_view next_line()
    {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos || end == 0 || rest_[end - 1] != '\r') {
            refuse(400, "a line does not end with CR LF");
            return {};
        }
        const auto line = rest_.substr(0, end - 1);
        rest_.remove_prefix(end + 1);
        return line;
    }

    void request_line()
    {
        const auto line = next_line();
        const auto first = line.find(' ');
        const auto second = line.find(' ', first == std::string_view::npos ? first : first + 1);
        if (refused_ || first == std::string_view::npos || second == std::string_view::npos)
            return refuse(400, "the request line is none");
        const auto method = line.substr(0, first);
        const auto target = line.substr(first + 1, second - first - 1);
        const auto version = line.substr(second + 1);
        if (!is_token(method) || target.empty() || !is_visible(target))
            return refuse(400, "the request line is none");
        if (target.size() > target_bytes_max) return refuse(414, "the address is too long");
        if (version != "HTTP/1.1" && version != "HTTP/1.0")
            return refuse(version.starts_with("HTTP/") ? 505 : 400, "not HTTP/1.1");
        head_.method = method;
        head_.minor = version.back() - '0';
        head_.keep_alive = head_.minor == 1;
        set_target(target);
    }

    void set_target(std::string_view target)
    {
        const auto lower_start = lower(target.substr(0, 8));
        const std::size_t scheme = lower_start.starts_with("http://") ? 7 : lower_start == "https://" ? 8 : 0;
        if (scheme == 0) {
            head_.target = target;
            return;
        }
        const auto slash = std::min(target.find_first_of("/?", scheme), target.size());
        authority_ = target.substr(scheme, slash - scheme);
        if (!is_host(authority_)) return refuse(400, "the address names no host");
        head_.target = target.substr(slash);
        if (!head_.target.starts_with('/')) head_.target.insert(0, "/");
    }

    void header(std::string_view line)
    {
        if (line.front() == ' ' || line.front() == '\t') return refuse(400, "a header is folded");
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
            return refuse(400, "a header has no name");
        const auto value = trimmed(line.substr(colon + 1));
        if (!is_field_value(value)) return refuse(400, "a header has a control character");
        if (head_.headers.size() == header_count_max) return refuse(431, "too many headers");
        head_.headers.add(lower(line.substr(0, colon)), std::string(value));
    }

    void check_headers()
    {
        const auto hosts = head_.headers.all("host");
        if (hosts.size() != 1) return refuse(400, hosts.empty() ? "no Host" : "two Hosts");
        if (!is_host(hosts.front())) return refuse(400, "Host is none");
        head_.host = authority_.empty() ? hosts.front() : std::string(authority_);
        check_framing();
        check_connection();
        const auto expect = lower(head_.headers.get("expect"));
        if (!expect.empty() && expect != "100-continue") return refuse(417, "an expectation we do not know");
        head_.expects_continue = !expect.empty() && head_.minor == 1;
        if (head_.headers.has("upgrade") &&
            lower(head_.headers.get("connection")).find("upgrade") != std::string::npos)
            head_.keep_alive = false;  // Not taken up; a client that believes otherwise must not go on.
    }

    void check_framing()
    {
        const auto lengths = head_.headers.all("content-length");
        const auto codings = head_.headers.all("transfer-encoding");
        if (lengths.size() > 1) return refuse(400, "two Content-Length");
        if (!lengths.empty() && !codings.empty()) return refuse(400, "Content-Length and Transfer-Encoding");
        if (codings.size() > 1 || (!codings.empty() && head_.minor == 0))
            return refuse(400, "Transfer-Encoding twice or in HTTP/1.0");
        if (!codings.empty() && lower(codings.front()) != "chunked")
            return refuse(501, "a coding but chunked");
        head_.chunked = !codings.empty();
        if (lengths.empty()) return;
        const auto& text = lengths.front();
        std::uint64_t length = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
        if (text.empty() || text.size() > 18 || error != std::errc{} || end != text.data() + text.size())
            return refuse(400, "Content-Length is no number");
        head_.content_length = length;
    }

    void check_connection()
    {
        const auto connection = lower(head_.headers.get("connection"));
        if (connection.find("close") != std::string::npos) head_.keep_alive = false;
        if (head_.minor == 0 && connection.find("keep-alive") != std::string::npos) head_.keep_alive = true;
    }

    std::string_view rest_;
    std::string_view authority_;
    Head head_;
    std::optional<Refused> refused_;
};

}  // namespace

std::variant<Head, Refused> read_head(std::string_view bytes)
{
    if (bytes.size() > head_bytes_max) return Refused{431, "the head is too long"};
    if (!bytes.ends_with("\r\n\r\n")) return Refused{400, "the head has no end"};
    return HeadReader(bytes).run();
}

}  // namespace thien_an::web
