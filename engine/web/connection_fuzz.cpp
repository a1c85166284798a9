#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "engine/web/door_for_test.h"

namespace {

using namespace thien_an;
using namespace thien_an::web;

struct Wish {
    std::string what;
    std::optional<std::int64_t> count;
    std::vector<std::string> words;
};
template <typename Visitor>
void describe(Visitor& visit, Wish& it)
{
    visit("what", it.what, {.length_max = 20, .example = "tea"});
    visit("count", it.count, {.least = 0, .most = 5});
    visit("words", it.words, {.length_max = 3});
}

Result<Response> wish(const Request& request, Context&)
{
    return json_answer(encode(TRY(decode<Wish>(request.json))), 201);
}
Result<Response> echo(const Request& request, Context&)
{
    std::string all;
    for (const auto& [name, value] : request.form) all += name + "=" + value + ";";
    for (const auto& file : request.files) all += file.file_name + ";";
    return text_answer(all + request.query.get("q"));
}

constexpr std::array routes{
    Route{Method::get, "/a", open, echo},
    Route{Method::post, "/a", open, echo, {.csrf = false}},
    Route{Method::post, "/api/v1/wishes", open, wish, {.input = described<Wish>}},
};

class Wire {
public:
    explicit Wire(const Server& server) : socket_(::socket(AF_INET, SOCK_STREAM, 0))
    {
        const auto url = server.url();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(std::uint16_t(std::stoi(url.substr(url.rfind(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        // After thousands of connections the machine may be short of ports for a while; that is no fault of the server.
        for (int tries = 0;
             ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
             ++tries) {
            if (tries < 600 && (errno == EADDRNOTAVAIL || errno == EAGAIN || errno == EINTR)) {
                std::this_thread::sleep_for(std::chrono::milliseconds{100});
                continue;
            }
            std::perror("connect");
            std::abort();
        }
        const timeval limit{5, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { ::close(socket_); }

    void send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return;  // The server closed: what it said is read next.
            bytes.remove_prefix(std::size_t(sent));
        }
    }
    /// Nothing more will come: the server has no reason to wait.
    std::string rest()
    {
        ::shutdown(socket_, SHUT_WR);
        std::string all;
        std::array<char, 16384> piece{};
        for (;;) {
            const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
            if (got <= 0) return all;
            all.append(piece.data(), std::size_t(got));
        }
    }

private:
    int socket_;
};

}  // namespace

/// A connection may send anything: every answer begins as HTTP does and is no fault of ours, and somebody else is
/// answered afterwards.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    // Never taken down: the server's threads would end after OpenSSL has, and leave it what it kept for each.
    static auto& door = *new test::Door(routes);
    static auto& server = *door.server({.idle_wait = std::chrono::seconds{5},
                                        .head_wait = std::chrono::seconds{5},
                                        .request_wait = std::chrono::seconds{5},
                                        .access_log = false})
                               .release();
    std::string answers;
    {
        Wire wire(server);
        wire.send({reinterpret_cast<const char*>(bytes), size});
        answers = wire.rest();
    }
    if (!answers.empty() && !answers.starts_with("HTTP/1.1 ")) std::abort();
    if (answers.find("HTTP/1.1 500") != std::string::npos) std::abort();
    // Thousands of connections a minute use ports of ones that linger: the machine may reset one by itself, never three.
    std::string said;
    for (int tries = 0; tries < 3 && said.find("still-here") == std::string::npos; ++tries) {
        if (tries > 0)
            static_cast<void>(std::fprintf(stderr, "the bystander asks again, after: '%s'\n", said.c_str()));
        Wire other(server);
        other.send("GET /a?q=still-here HTTP/1.1\r\nHost: a.vn\r\nConnection: close\r\n\r\n");
        said = other.rest();
    }
    if (said.find("still-here") == std::string::npos) std::abort();
    return 0;
}
