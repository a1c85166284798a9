#include <arpa/inet.h>
#include <benchmark/benchmark.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

#include "engine/web/server.h"

namespace thien_an::web {
namespace {

Result<Response> rendered(const Request&, Context& context)
{
    boost::json::array rows;
    for (int i = 0; i < 36; ++i)
        rows.push_back(
            {{"code", 100 + i}, {"person", "Nguyễn Thị <Ước> & con"}, {"due", "còn 3 ngày làm việc"}}
        );
    return context.render("bench/page", {{"rows", rows}});
}

constexpr std::array routes{Route{Method::get, "/", open, rendered}};

struct NoSessions : SessionSource {
    std::shared_ptr<const Session> by_cookie(std::string_view, Instant) override { return nullptr; }
    std::shared_ptr<const Session> by_bearer(std::string_view, Instant) override { return nullptr; }
};

/// A server with one page of about 8 kB and the door's own /health.
struct Door {
    Door()
    {
        templates.add(
            "bench/page",
            "page.html",
            "<!doctype html><html lang=\"{{frame.lang}}\"><head><title>x</title></head><body><form><input "
            "name=\"csrf\" "
            "value=\"{{frame.csrf}}\"></form><table>{{#rows}}<tr class=\"row\"><td><a "
            "href=\"/ho-so/{{code}}\">H48.{{code}}"
            "</a></td><td>{{person}}</td><td>Đăng ký khai sinh, có yếu tố nước ngoài</td><td><span "
            "class=\"due is-ok\">"
            "{{due}}</span></td></tr>\n{{/rows}}</table></body></html>"
        );
        templates.link(words);
        services.add(metrics);
        services.add(ids);
        server.start();
    }

    Log log{[](std::string_view) {}, Log::Level::info};
    text::Catalogue words;
    text::Templates templates;
    Pages pages{words, templates, {}, {}, {}};
    Assets assets;
    Services services;
    IdSource ids{1};
    Clock clock;
    TokenMaker tokens{Bytes(32, 7)};
    NoSessions sessions;
    RateLimiter limits{{}};
    Metrics metrics;
    std::array<std::span<const Route>, 2> tables{routes, own_routes()};
    RouteTable table{tables};
    Site site{
        {.routes = table,
         .services = services,
         .pages = pages,
         .assets = assets,
         .tokens = tokens,
         .sessions = sessions,
         .limits = limits,
         .metrics = metrics,
         .ids = ids,
         .business = clock,
         .wall = clock,
         .log = log},
        {}};
    Events events;
    Server server{site, [](std::int64_t) { return nullptr; }, events, {.port = 0}};
};

Door& door()
{
    static Door one;
    return one;
}

/// One connection that asks again and again.
class Client {
public:
    explicit Client(const Server& server)
    {
        const auto url = server.url();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(std::uint16_t(std::stoi(url.substr(url.rfind(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    std::size_t ask(std::string_view request)
    {
        if (::send(socket_, request.data(), request.size(), 0) != long(request.size()))
            throw std::runtime_error("gone");
        std::size_t whole = 0;
        held_.clear();
        while (whole == 0 || held_.size() < whole) {
            const auto got = ::recv(socket_, piece_.data(), piece_.size(), 0);
            if (got <= 0) throw std::runtime_error("gone");
            held_.append(piece_.data(), std::size_t(got));
            const auto end = held_.find("\r\n\r\n");
            const auto length = held_.find("Content-Length: ");
            if (whole == 0 && end != std::string::npos)
                whole = end + 4 + std::stoul(held_.substr(length + 16, 12));
        }
        return whole;
    }

private:
    int socket_ = -1;
    std::array<char, 65536> piece_{};
    std::string held_;
};

void ask(benchmark::State& state, std::string_view path)
{
    Client client(door().server);
    const auto request = "GET " + std::string(path) + " HTTP/1.1\r\nHost: a.vn\r\n\r\n";
    std::size_t bytes = 0;
    for (auto _ : state) bytes = client.ask(request);
    state.SetItemsProcessed(state.iterations());
    state.counters["answer_bytes"] = benchmark::Counter(double(bytes), benchmark::Counter::kAvgThreads);
}

void a_page_of_nothing(benchmark::State& state) { ask(state, "/health"); }
void a_rendered_page(benchmark::State& state) { ask(state, "/"); }
BENCHMARK(a_page_of_nothing)->Threads(16)->UseRealTime();
BENCHMARK(a_rendered_page)->Threads(16)->UseRealTime();

}  // namespace
}  // namespace thien_an::web
