#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "engine/base/json.h"

/// Asks a server again and again over connections that stay open, one request at a time on each, and prints what came of
/// it as JSON. Reads its plan from standard input:
///   {"port", "connections", "seconds", "method", "paths": [], "headers": [], "bodies": [], "status": 201}
/// "{n}" in a path, header or body becomes a number that no other request of the run has; "first" is the first of them.
namespace {

using namespace thien_an;
using Steady = std::chrono::steady_clock;

constexpr int ready_max = 64;
constexpr std::chrono::seconds drain_max{60};
constexpr std::size_t piece_bytes = 64 * 1024;

struct Plan {
    int port = 0;
    int connections = 32;
    std::chrono::milliseconds lasts{5000};
    std::chrono::milliseconds warm_up{500};
    std::string method = "GET";
    std::vector<std::string> paths;
    std::string headers;  ///< Lines, each with its end.
    std::vector<std::string> bodies;
    int status = 200;
    std::int64_t first = 1;
};

std::vector<std::string> texts(const json::value& v, std::string_view name)
{
    std::vector<std::string> all;
    if (const auto* found = json::member(v, name); found != nullptr)
        for (const auto& one : found->as_array()) all.emplace_back(one.as_string());
    return all;
}

Plan read_plan(std::istream& in)
{
    std::ostringstream text;
    text << in.rdbuf();
    const auto parsed = json::parse(text.str(), {.bytes_max = std::size_t{1} << 30});
    if (!parsed) throw std::runtime_error("the plan is no JSON");
    const auto& v = parsed.value();
    Plan plan;
    plan.port = int(json::integer_or(v, "port"));
    plan.connections = int(json::integer_or(v, "connections"));
    plan.lasts = std::chrono::milliseconds(json::integer_or(v, "milliseconds"));
    plan.method = json::string_or(v, "method");
    plan.paths = texts(v, "paths");
    for (const auto& line : texts(v, "headers")) plan.headers += line + "\r\n";
    plan.bodies = texts(v, "bodies");
    plan.status = int(json::integer_or(v, "status"));
    plan.first = json::integer_or(v, "first");
    return plan;
}

std::string filled(std::string text, std::int64_t number)
{
    const auto written = fmt::format("{:08}", number);
    for (auto at = text.find("{n}"); at != std::string::npos; at = text.find("{n}", at))
        text.replace(at, 3, written);
    return text;
}

/// What the answers were.
struct Tally {
    std::vector<float> took_ms;
    std::int64_t bytes = 0;
    std::map<int, std::int64_t> other_status;
    std::string other_body;  ///< Of the first answer with another status.
};

class Client {
public:
    Client(const Plan& plan, int epoll, std::int64_t& next) : plan_(plan), next_(next)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(std::uint16_t(plan.port));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const int on = 1;
        ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
            throw std::runtime_error("cannot connect");
        epoll_event event{};
        event.events = EPOLLIN;
        event.data.ptr = this;
        ::epoll_ctl(epoll, EPOLL_CTL_ADD, socket_, &event);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    void ask()
    {
        const auto number = next_++;
        const auto pick = [&](const std::vector<std::string>& from) {
            return filled(from[std::size_t(number) % from.size()], number);
        };
        const auto body = plan_.bodies.empty() ? std::string() : pick(plan_.bodies);
        auto request = fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1\r\n", plan_.method, pick(plan_.paths));
        request += filled(plan_.headers, number);
        if (plan_.method != "GET") request += fmt::format("Content-Length: {}\r\n", body.size());
        request += "\r\n" + body;
        asked_ = Steady::now();
        for (std::string_view left = request; !left.empty();) {
            const auto sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
            if (sent <= 0) throw std::runtime_error("the server closed a connection");
            left.remove_prefix(std::size_t(sent));
        }
    }

    /// Whether the answer is whole.
    bool take(Tally& tally)
    {
        static std::string piece(piece_bytes, '\0');
        const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
        if (got <= 0) throw std::runtime_error("the server closed a connection");
        held_.append(piece.data(), std::size_t(got));
        if (whole_ == 0) find_end();
        if (whole_ == 0 || held_.size() < whole_) return false;
        tally.took_ms.push_back(std::chrono::duration<float, std::milli>(Steady::now() - asked_).count());
        tally.bytes += std::int64_t(held_.size());
        const int status = std::stoi(held_.substr(9, 3));
        if (status != plan_.status && tally.other_status[status]++ == 0 && tally.other_body.empty())
            tally.other_body = held_.substr(held_.find("\r\n\r\n") + 4, 300);
        held_.clear();
        whole_ = 0;
        return true;
    }

private:
    void find_end()
    {
        const auto end = held_.find("\r\n\r\n");
        if (end == std::string::npos) return;
        const auto length = held_.find("Content-Length: ");
        whole_ = end + 4 + (length < end ? std::stoul(held_.substr(length + 16, 12)) : 0);
    }

    const Plan& plan_;
    std::int64_t& next_;
    int socket_ = -1;
    Steady::time_point asked_;
    std::string held_;
    std::size_t whole_ = 0;
};

/// Runs until `lasts` after the warm-up; only answers after that count. `asked` counts them all.
double run(const Plan& plan, Tally& tally, std::int64_t& asked)
{
    const int epoll = ::epoll_create1(EPOLL_CLOEXEC);
    std::int64_t next = plan.first;
    std::vector<std::unique_ptr<Client>> clients;
    for (int i = 0; i < plan.connections; ++i) clients.push_back(std::make_unique<Client>(plan, epoll, next));
    for (const auto& client : clients) client->ask();
    const auto began = Steady::now() + plan.warm_up;
    const auto ends = began + plan.lasts;
    bool warm = false;
    std::array<epoll_event, ready_max> events;
    for (auto now = Steady::now(); now < ends; now = Steady::now()) {
        if (!warm && now >= began) {
            warm = true;
            tally.took_ms.clear();
            tally.bytes = 0;
        }
        const int count = ::epoll_wait(epoll, events.data(), ready_max, 100);
        for (int i = 0; i < count; ++i) {
            auto& client = *static_cast<Client*>(events[std::size_t(i)].data.ptr);
            if (client.take(tally)) client.ask();
        }
    }
    const auto took = std::chrono::duration<double>(Steady::now() - began).count();
    // What is still asked for would be measured with whatever comes next.
    Tally late;
    auto open = clients.size();
    asked = next - plan.first;
    const auto gives_up = Steady::now() + drain_max;
    while (open > 0 && Steady::now() < gives_up) {
        const int count = ::epoll_wait(epoll, events.data(), ready_max, 100);
        for (int i = 0; i < count; ++i)
            if (static_cast<Client*>(events[std::size_t(i)].data.ptr)->take(late)) --open;
    }
    ::close(epoll);
    return took;
}

double percentile(std::vector<float>& sorted, double part)
{
    return sorted.empty() ? 0 : double(sorted[std::size_t(double(sorted.size() - 1) * part)]);
}

}  // namespace

int main()
{
    try {
        const auto plan = read_plan(std::cin);
        Tally tally;
        std::int64_t asked = 0;
        const auto seconds = run(plan, tally, asked);
        std::sort(tally.took_ms.begin(), tally.took_ms.end());
        json::object other;
        for (const auto& [status, count] : tally.other_status) other[std::to_string(status)] = count;
        const auto count = std::int64_t(tally.took_ms.size());
        const json::object answer{
            {"requests", count},
            {"asked", asked},
            {"per_second", double(count) / seconds},
            {"p50_ms", percentile(tally.took_ms, 0.5)},
            {"p99_ms", percentile(tally.took_ms, 0.99)},
            {"bytes_each", count == 0 ? 0 : tally.bytes / count},
            {"other_status", other},
            {"other_body", tally.other_body}};
        std::cout << json::text_of(answer) << "\n";
        return 0;
    } catch (const std::exception& fault) {
        std::cerr << "load: " << fault.what() << "\n";
        return 1;
    }
}
