#include "engine/storage/clamd.h"

#include <fmt/format.h>
#include <netdb.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace thien_an::storage {
namespace {

constexpr std::size_t piece_bytes = 64 * 1024;
constexpr std::string_view unix_prefix = "unix:";

[[noreturn]] void fail(std::string_view what)
{
    throw StorageError(fmt::format("clamd: {}: {}", what, std::strerror(errno)));
}

/// A connection that gives up after a while.
class Line {
public:
    Line(int family, const timeval& patience) : number_(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        if (number_ < 0) fail("no socket");
        setsockopt(number_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        setsockopt(number_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { close(number_); }

    void connect_to(const sockaddr* address, socklen_t size)
    {
        if (connect(number_, address, size) != 0) fail("cannot connect");
    }
    void send_all(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto sent = send(number_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent < 0 && errno == EINTR) continue;
            if (sent < 0) fail("cannot send");
            bytes.remove_prefix(std::size_t(sent));
        }
    }
    /// Everything up to the NUL that ends an answer.
    std::string answer()
    {
        constexpr std::size_t bytes_max = 4096;
        std::string text;
        std::array<char, 512> piece;
        while (text.size() < bytes_max) {
            const auto got = recv(number_, piece.data(), piece.size(), 0);
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) fail("no answer");
            if (got == 0) return text;
            text.append(piece.data(), std::size_t(got));
            if (const auto end = text.find('\0'); end != std::string::npos) return text.substr(0, end);
        }
        return text;
    }

private:
    int number_;
};

std::unique_ptr<Line> connected(const std::string& address, const timeval& patience)
{
    if (address.starts_with(unix_prefix)) {
        sockaddr_un place{};
        place.sun_family = AF_UNIX;
        const auto path = address.substr(unix_prefix.size());
        if (path.size() >= sizeof place.sun_path)
            throw StorageError("clamd: the path of its socket is too long");
        path.copy(place.sun_path, path.size());
        auto line = std::make_unique<Line>(AF_UNIX, patience);
        // The socket interface takes every family through sockaddr.
        line->connect_to(reinterpret_cast<const sockaddr*>(&place), sizeof place);
        return line;
    }
    const auto colon = address.rfind(':');
    if (colon == std::string::npos)
        throw StorageError("clamd: the address is neither unix:PATH nor HOST:PORT");
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    const auto host = address.substr(0, colon);
    const auto port = address.substr(colon + 1);
    if (getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0)
        throw StorageError("clamd: unknown host");
    const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> places(found, &freeaddrinfo);
    auto line = std::make_unique<Line>(found->ai_family, patience);
    line->connect_to(found->ai_addr, found->ai_addrlen);
    return line;
}

/// The length of a piece, four bytes, the greatest first.
std::string length(std::size_t size)
{
    std::string bytes;
    for (int shift = 24; shift >= 0; shift -= 8) bytes += char(size >> shift & 0xff);
    return bytes;
}

void send_file(Line& line, const std::filesystem::path& path)
{
    using namespace std::string_view_literals;
    std::ifstream file(path, std::ios::binary);
    if (!file) throw StorageError("clamd: cannot read the file");
    line.send_all("zINSTREAM\0"sv);
    std::string piece(piece_bytes, '\0');
    while (file.read(piece.data(), std::streamsize(piece.size())) || file.gcount() > 0) {
        const auto got = std::size_t(file.gcount());
        line.send_all(length(got));
        line.send_all(std::string_view(piece).substr(0, got));
    }
    line.send_all(length(0));
}

/// "stream: OK", "stream: Eicar-Signature FOUND", or a complaint.
std::optional<std::string> verdict(const std::string& answer)
{
    constexpr std::string_view start = "stream: ";
    constexpr std::string_view found = " FOUND";
    if (answer == "stream: OK") return std::nullopt;
    if (answer.starts_with(start) && answer.ends_with(found))
        return answer.substr(start.size(), answer.size() - start.size() - found.size());
    throw StorageError("clamd: " + answer);
}

}  // namespace

VirusScan clamd_scan(const std::string& address, std::chrono::seconds patience)
{
    return [address, patience](const std::filesystem::path& path) {
        const timeval limit{.tv_sec = patience.count(), .tv_usec = 0};
        const auto line = connected(address, limit);
        send_file(*line, path);
        return verdict(line->answer());
    };
}

}  // namespace thien_an::storage
