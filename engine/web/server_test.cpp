#include "engine/web/server.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <latch>

#include "engine/web/door_for_test.h"

namespace thien_an::web {
namespace {

using test::Door;
using namespace std::chrono_literals;

std::latch* gate = nullptr;  ///< What `wait` waits for; set by the one test that uses it.
std::atomic<int>* entered = nullptr;

Result<Response> hello(const Request&, Context&) { return text_answer("hello"); }
Result<Response> echo(const Request& request, Context&) { return text_answer(request.body); }
Result<Response> wait(const Request&, Context&)
{
    ++*entered;
    entered->notify_all();
    gate->wait();
    return text_answer("waited");
}
Result<Response> keep(const Request& request, Context&)
{
    std::string told = request.form.get("note");
    for (const auto& file : request.files) {
        const auto blob = TRY(file.stored->finish());
        told += "|" + file.file_name + " " + std::to_string(blob.size) + " " + blob.sha256;
    }
    return text_answer(told);
}
Result<Response> listen(const Request&, Context&) { return events_answer("queue"); }
Result<Response> big(const Request&, Context&)
{
    return file_answer(file_source("/proc/self/exe"), "application/octet-stream", "tệp.bin");
}

constexpr std::array routes{
    Route{Method::get, "/chao", open, hello},
    Route{Method::post, "/vong", open, echo, {.body_max = 1000, .csrf = false}},
    Route{Method::get, "/cho", open, wait, {.lane = Lane::heavy}},
    Route{
        Method::post, "/tep", open, keep, {.body_max = 8 * 1024 * 1024, .body = Body::upload, .csrf = false}},
    Route{Method::get, "/nghe", open, listen},
    Route{Method::get, "/lon", open, big},
};

/// A client that sends what it is told and reads what comes.
class Wire {
public:
    explicit Wire(const Server& server)
    {
        const auto url = server.url();
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(std::uint16_t(std::stoi(url.substr(url.rfind(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
        REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        const timeval limit{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
    Wire(const Wire&) = delete;
    Wire& operator=(const Wire&) = delete;
    ~Wire() { ::close(socket_); }

    Wire& send(std::string_view bytes)
    {
        while (!bytes.empty()) {
            const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (sent <= 0) return *this;  // The server closed: what it said is read next.
            bytes.remove_prefix(std::size_t(sent));
        }
        return *this;
    }
    /// The next answer: its status, and its body in `body`. 0 when the connection ended first.
    int answer(bool bodiless = false)
    {
        while (held_.find("\r\n\r\n") == std::string::npos)
            if (!more()) return 0;
        head = held_.substr(0, held_.find("\r\n\r\n") + 4);
        held_.erase(0, head.size());
        const auto length = head.find("Content-Length: ");
        const std::size_t size =
            length == std::string::npos || bodiless ? 0 : std::stoul(head.substr(length + 16));
        while (held_.size() < size)
            if (!more()) return 0;
        body = held_.substr(0, size);
        held_.erase(0, size);
        return std::stoi(head.substr(9, 3));
    }
    /// True when the server ends the connection without another byte.
    bool closed() { return held_.empty() && !more(); }
    void until(std::string_view text)
    {
        while (held_.find(text) == std::string::npos) REQUIRE(more());
    }
    std::string head;
    std::string body;

private:
    bool more()
    {
        std::array<char, 65536> piece{};
        const auto got = ::recv(socket_, piece.data(), piece.size(), 0);
        if (got <= 0) return false;
        held_.append(piece.data(), std::size_t(got));
        return true;
    }

    int socket_ = -1;
    std::string held_;
};

std::string get(std::string_view path)
{
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a.vn\r\n\r\n";
}

std::string post(std::string_view path, std::string_view body, std::string_view headers = "")
{
    return "POST " + std::string(path) +
           " HTTP/1.1\r\nHost: a.vn\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
           std::string(headers) + "\r\n" + std::string(body);
}

TEST_CASE("a connection answers one request after another, also when they come at once")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    for (int i = 0; i < 3; ++i) {
        CHECK(wire.send(get("/chao")).answer() == 200);
        CHECK(wire.body == "hello");
    }
    wire.send(get("/chao") + post("/vong", "một") + get("/nao") + get("/chao"));
    CHECK(wire.answer() == 200);
    CHECK(wire.answer() == 200);
    CHECK(wire.body == "một");
    CHECK(wire.answer() == 404);
    CHECK(wire.answer() == 200);
    CHECK(wire.head.find("X-Content-Type-Options: nosniff") != std::string::npos);
}

TEST_CASE("HEAD gets the head of GET and no body")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    wire.send("HEAD /chao HTTP/1.1\r\nHost: a.vn\r\n\r\n" + get("/chao"));
    CHECK(wire.answer(true) == 200);
    CHECK(wire.head.find("Content-Length: 5\r\n") != std::string::npos);
    CHECK(wire.answer() == 200);
    CHECK(wire.body == "hello");
}

TEST_CASE("malformed requests get 4xx or 5xx and a closed door, others go on undisturbed")
{
    Door door(routes);
    const auto server = door.server();
    Wire bystander(*server);
    const std::string start = "POST /vong HTTP/1.1\r\nHost: a.vn\r\n";
    const std::vector<std::pair<std::string, int>> bad{
        {start + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400},
        {start + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400},
        {start + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {start + "A: b\r\n c\r\nContent-Length: 0\r\n\r\n", 400},
        {"GET /chao HTTP/1.1\r\n\r\n", 400},
        {"GET /chao HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
        {std::string("GET /chao HTTP/1.1\r\nHost: a.vn\r\nA: \0\r\n\r\n", 40), 400},
        {"GET /chao HTTP/1.1\nHost: a.vn\n\n", 400},
        {"GET /chao HTTP/1.1\nHost: a.vn\n\r\n", 400},
        {"GET /chao HTTP/1.1\r\nHost: a.vn\r\nA: " + std::string(64 * 1024, 'a') + "\r\n\r\n", 431},
        {std::string(64 * 1024, 'a'), 431},
        {"GET /" + std::string(9000, 'a') + " HTTP/1.1\r\nHost: a.vn\r\n\r\n", 414},
        {"GET /chao HTTP/3.0\r\nHost: a.vn\r\n\r\n", 505},
        {start + "Transfer-Encoding: gzip\r\n\r\n", 501},
        {start + "Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
        {start + "Content-Length: 52428800\r\n\r\n" + std::string(100'000, 'x'), 413},
        {start + "Transfer-Encoding: chunked\r\n\r\nffff\r\n" + std::string(0xffff, 'x'), 413},
        {start + "Content-Length: 5\r\nExpect: the unexpected\r\n\r\n", 417},
        {"GET /chao HTTP/1.1\r\nHost: a.vn\r\nContent-Length: 5\r\n\r\nhello", 413},
        {"GET /../../etc/passwd HTTP/1.1\r\nHost: a.vn\r\nConnection: close\r\n\r\n", 400},
        {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11), 400},
    };
    for (const auto& [bytes, status] : bad) {
        CAPTURE(bytes.substr(0, 120));
        Wire wire(*server);
        CHECK(wire.send(bytes).answer() == status);
        CHECK(wire.closed());
        CHECK(bystander.send(get("/chao")).answer() == 200);
    }
}

TEST_CASE("a client that is too slow is told so and closed, others go on undisturbed")
{
    Door door(routes);
    const auto server = door.server({.head_wait = 50ms, .request_wait = 80ms});
    Wire slow_head(*server);
    Wire slow_body(*server);
    Wire bystander(*server);
    slow_head.send("GET /chao HTT");
    slow_body.send("POST /vong HTTP/1.1\r\nHost: a.vn\r\nContent-Length: 9\r\n\r\nab");
    CHECK(bystander.send(get("/chao")).answer() == 200);
    CHECK(slow_head.answer() == 408);
    CHECK(slow_head.closed());
    CHECK(slow_body.answer() == 408);
    CHECK(slow_body.closed());
    CHECK(bystander.send(get("/chao")).answer() == 200);
}

TEST_CASE("a chunked body arrives whole, and its trailer does not")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    wire.send(
        "POST /vong HTTP/1.1\r\nHost: a.vn\r\nTransfer-Encoding: "
        "chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n"
    );
    CHECK(wire.answer() == 200);
    CHECK(wire.body == "abcdefg");
    CHECK(wire.send(get("/chao")).answer() == 200);
}

TEST_CASE("who asks before sending a body is told to go on, or that it is too large")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    wire.send("POST /vong HTTP/1.1\r\nHost: a.vn\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wire.answer() == 100);
    CHECK(wire.send("abc").answer() == 200);
    wire.send("POST /vong HTTP/1.1\r\nHost: a.vn\r\nContent-Length: 30000\r\nExpect: 100-continue\r\n\r\n");
    CHECK(wire.answer() == 413);
}

TEST_CASE("files of a form are streamed past memory and counted on the way")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    const std::string content(3 * 1024 * 1024, 'x');
    const std::string form =
        "--B\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nảnh\r\n--B\r\nContent-Disposition: "
        "form-data; "
        "name=\"f\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n" +
        content + "\r\n--B--\r\n";
    CHECK(wire.send(post("/tep", form, "Content-Type: multipart/form-data; boundary=B\r\n")).answer() == 200);
    CHECK(wire.body == "ảnh|a.jpg 3145728 " + std::to_string(std::uint64_t('x') * content.size()));
    CHECK(wire.send(post("/tep", "%PDF", "Content-Type: application/pdf\r\n")).answer() == 200);
    CHECK(wire.body == "| 4 " + std::to_string('%' + 'P' + 'D' + 'F'));
    CHECK(
        wire.send(post("/tep", "--B\r\nbroken", "Content-Type: multipart/form-data; boundary=B\r\n"))
            .answer() == 400
    );
    CHECK(wire.closed());
}

TEST_CASE("a file is sent whole")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    CHECK(wire.send(get("/lon")).answer() == 200);
    CHECK(wire.body.size() == file_source("/proc/self/exe")->size());
    CHECK(wire.head.find("attachment; filename*=UTF-8''t%E1%BB%87p.bin") != std::string::npos);
    CHECK(wire.send(get("/chao")).answer() == 200);
}

TEST_CASE("a full lane says 503 and when to come back, and other lanes go on; stopping lets work end")
{
    Door door(routes);
    std::latch open_gate(1);
    std::atomic<int> inside{0};
    gate = &open_gate;
    entered = &inside;
    ServerSettings settings;
    settings.lanes = {LaneSettings{2, 10}, LaneSettings{1, 1}, LaneSettings{1, 1}};
    const auto server = door.server(settings);
    Wire first(*server);
    first.send(get("/cho"));
    inside.wait(0);
    Wire second(*server);
    Wire third(*server);
    second.send(get("/cho"));
    // The second waits in the queue of one; which of the two later ones gets the place does not matter.
    third.send(get("/cho"));
    while (door.metrics.text().find("turned_away_total 1") == std::string::npos) std::this_thread::yield();
    Wire fourth(*server);
    CHECK(fourth.send(get("/cho")).answer() == 503);
    CHECK(fourth.head.find("Retry-After: 1\r\n") != std::string::npos);
    Wire other(*server);
    CHECK(other.send(get("/chao")).answer() == 200);
    open_gate.count_down();
    CHECK(first.answer() == 200);
    const std::multiset<int> rest{second.answer(), third.answer()};
    CHECK(rest == std::multiset<int>{200, 503});
    server->stop();
    CHECK(other.closed());
}

TEST_CASE("who listens to a topic hears it until the server stops")
{
    Door door(routes);
    const auto server = door.server();
    Wire wire(*server);
    wire.send(get("/nghe"));
    wire.until(": open");
    CHECK(door.events.listeners() == 1);
    door.events.publish("other", "changed", "1");
    door.events.publish("queue", "changed", "2");
    wire.until("event: changed\ndata: 2\n\n");
    server->stop();
    CHECK(door.events.listeners() == 0);
}

/// Answer to a request over TLS, as the openssl program sees it.
std::string over_tls(const Server& server, const std::string& folder)
{
    const auto url = server.url();
    const std::string command =
        "printf 'GET /chao HTTP/1.1\\r\\nHost: a.vn\\r\\nConnection: close\\r\\n\\r\\n' | "
        "openssl s_client -quiet -verify_return_error -CAfile " +
        folder + "/chain.pem -connect 127.0.0.1:" + url.substr(url.rfind(':') + 1) + " 2>/dev/null";
    std::string answer;
    FILE* pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> piece{};
    for (std::size_t got = 1; got > 0;) {
        got = std::fread(piece.data(), 1, piece.size(), pipe);
        answer.append(piece.data(), got);
    }
    ::pclose(pipe);
    return answer;
}

TEST_CASE("with a certificate the server speaks TLS")
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("thienan-tls-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::string make =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=a.vn "
        "-keyout " +
        (folder / "key.pem").string() + " -out " + (folder / "chain.pem").string() + " 2>/dev/null";
    REQUIRE(std::system(make.c_str()) == 0);  // NOLINT(concurrency-mt-unsafe): one test at a time.
    Door door(routes, {.tls = true});
    ServerSettings settings;
    settings.certificate_file = (folder / "chain.pem").string();
    settings.key_file = (folder / "key.pem").string();
    const auto server = door.server(settings);
    const auto answer = over_tls(*server, folder.string());
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("Strict-Transport-Security: max-age=") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\nhello"));
    std::filesystem::remove_all(folder);
}

TEST_CASE("an address that is taken is told before anything is made, a free one is not")
{
    ServerSettings settings{.port = 0};
    CHECK(check_address(settings));
    Door door(routes);
    const auto server = door.server();
    const auto url = server->url();
    settings.port = std::uint16_t(std::stoi(url.substr(url.rfind(':') + 1)));
    const auto taken = check_address(settings);
    REQUIRE(!taken);
    CHECK(taken.problem().code == "web.address_taken");
    CHECK(taken.problem().words[0].second == "127.0.0.1:" + std::to_string(settings.port));
    settings.address = "everywhere";
    CHECK(!check_address(settings));
}

TEST_CASE("an address with too many connections is turned away")
{
    Door door(routes);
    const auto server = door.server({.connections_per_address_max = 2});
    Wire first(*server);
    Wire second(*server);
    CHECK(first.send(get("/chao")).answer() == 200);
    CHECK(second.send(get("/chao")).answer() == 200);
    Wire third(*server);
    CHECK(third.send(get("/chao")).answer() == 0);
    CHECK(first.send(get("/chao")).answer() == 200);
}

TEST_CASE("the access log names route and status, never the path or who asked")
{
    Door door(routes);
    {
        const auto server = door.server();
        Wire wire(*server);
        wire.send(get("/chao?name=Nguyen+Van+A")).answer();
        server->stop();
    }
    CHECK(door.log_lines.find("\"route\":\"/chao\"") != std::string::npos);
    CHECK(door.log_lines.find("Nguyen") == std::string::npos);
    CHECK(door.log_lines.find("127.0.0.1") == std::string::npos);
}

}  // namespace
}  // namespace thien_an::web
