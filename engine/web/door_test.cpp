#include <doctest/doctest.h>

#include <atomic>
#include <random>

#include "engine/web/head.h"
#include "engine/web/lanes.h"
#include "engine/web/multipart.h"
#include "engine/web/rate.h"
#include "engine/web/token.h"
#include "engine/web/url.h"

namespace thien_an::web {
namespace {

int refused(std::string_view bytes)
{
    const auto read = read_head(bytes);
    return std::holds_alternative<Refused>(read) ? std::get<Refused>(read).status : 0;
}

TEST_CASE("a plain head is read")
{
    const auto read =
        read_head("POST /a?b=1 HTTP/1.1\r\nHost: x.vn\r\nContent-Length: 5\r\nAccept:  text/html \r\n\r\n");
    REQUIRE(std::holds_alternative<Head>(read));
    const auto& head = std::get<Head>(read);
    CHECK(head.method == "POST");
    CHECK(head.target == "/a?b=1");
    CHECK(head.content_length == 5);
    CHECK(head.keep_alive);
    CHECK(head.headers.get("accept") == "text/html");
}

TEST_CASE("a head two programs could read differently is refused")
{
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
    CHECK(refused("GET / HTTP/1.1\r\n\r\n") == 400);
    CHECK(refused(start + "Host: y\r\n\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1\r\nHost:\r\n\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1\r\nHost: a b\r\n\r\n") == 400);
    CHECK(refused(start + "Content-Length: 1\r\nContent-Length: 1\r\n\r\n") == 400);
    CHECK(refused(start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    CHECK(refused(start + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
    for (const auto* length : {"-1", "+1", "1,1", "0x1", "", "1 1", "99999999999999999999"})
        CHECK(refused(start + "Content-Length: " + length + "\r\n\r\n") == 400);
    for (const auto* coding : {"gzip", "chunked, gzip", "xchunked", "chunked;a=b"})
        CHECK(refused(start + "Transfer-Encoding: " + coding + "\r\n\r\n") == 501);
    CHECK(refused(start + "A: b\r\n folded\r\n\r\n") == 400);
    CHECK(refused(start + "A : b\r\n\r\n") == 400);
    CHECK(refused(start + ": b\r\n\r\n") == 400);
    CHECK(refused(start + "A: b\nC: d\r\n\r\n") == 400);
    CHECK(refused(start + "A: b\rC: d\r\n\r\n") == 400);
    CHECK(refused(start + std::string("A: b\0c\r\n\r\n", 10)) == 400);
    CHECK(refused("GET  / HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET / HTTP/1.1 \r\nHost: x\r\n\r\n") != 0);
    CHECK(refused("GET / HTTP/2.0\r\nHost: x\r\n\r\n") == 505);
    CHECK(refused("\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused("GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n") == 400);
    CHECK(refused(start + "Expect: something\r\n\r\n") == 417);
    CHECK(refused("POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n") == 400);
}

TEST_CASE("a head too long, too many headers, an address too long")
{
    const std::string start = "GET / HTTP/1.1\r\nHost: x\r\n";
    CHECK(refused(start + "A: " + std::string(head_bytes_max, 'a') + "\r\n\r\n") == 431);
    std::string many = start;
    for (std::size_t i = 0; i < header_count_max; ++i) many += "A: b\r\n";
    CHECK(refused(many + "\r\n") == 431);
    CHECK(refused("GET /" + std::string(target_bytes_max, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n") == 414);
}

TEST_CASE("an absolute address gives path and host")
{
    const auto head = std::get<Head>(read_head("GET http://a.vn/x?y HTTP/1.1\r\nHost: b.vn\r\n\r\n"));
    CHECK(head.target == "/x?y");
    CHECK(head.host == "a.vn");
}

TEST_CASE("a path is decoded once and has clean parts")
{
    CHECK(path_of("/ho-so/H48.1%20x?y=z").value() == "/ho-so/H48.1 x");
    CHECK(path_of("/c%E1%BA%A5p").value() == "/cấp");
    for (const auto* bad :
         {"",
          "x",
          "/../etc",
          "/a/./b",
          "/a//b",
          "/a%2Fb",
          "/a%2fb",
          "/a%00",
          "/a%0a",
          "/%zz",
          "/a%",
          "/%ff",
          "/a\\b",
          "/%2e%2e/x",
          "/a%5cb"}) {
        CAPTURE(bad);
        CHECK_FALSE(path_of(bad));
    }
}

TEST_CASE("a form survives encoding and decoding, whatever it holds")
{
    std::mt19937 random(1);
    const std::vector<std::string> pieces{
        "a", "=", "&", "%", "+", " ", "ệ", "𝄞", "\r\n", ";", "/", "\"", "đ"};
    for (int round = 0; round < 300; ++round) {
        Fields fields;
        for (int i = 0; i < 5; ++i) {
            std::string name = "n";
            std::string value;
            for (auto n = random() % 6; n > 0; --n) name += pieces[random() % pieces.size()];
            for (auto n = random() % 9; n > 0; --n) value += pieces[random() % pieces.size()];
            fields.add(name, value);
        }
        const auto again = parse_urlencoded(urlencoded(fields));
        REQUIRE(again);
        CHECK(std::equal(fields.begin(), fields.end(), again.value().begin(), again.value().end()));
    }
    CHECK_FALSE(parse_urlencoded("a=%"));
    CHECK_FALSE(parse_urlencoded("a=%00"));
    std::string many;
    for (std::size_t i = 0; i <= form_fields_max; ++i) many += "a=&";
    CHECK_FALSE(parse_urlencoded(many));
}

TEST_CASE("cookies are read leniently and the first of a name counts")
{
    const auto cookies = parse_cookies("a=1; b=x=y;; c; a=2;  d = 3 ; =4");
    CHECK(cookies.get("a") == "1");
    CHECK(cookies.get("b") == "x=y");
    CHECK(cookies.get("d") == "3");
    CHECK(cookies.size() == 3);
}

struct Collected : PartSink {
    struct Part {
        PartHead head;
        std::string content;
        bool ended = false;
    };
    std::vector<Part> parts;

    Result<Done> begin(const PartHead& head) override
    {
        parts.push_back({head, "", false});
        return Done{};
    }
    Result<Done> more(std::string_view bytes) override
    {
        parts.back().content += bytes;
        return Done{};
    }
    Result<Done> end() override
    {
        parts.back().ended = true;
        return Done{};
    }
};

/// Feeds `bytes` in pieces of 1 to `most` bytes; gives whether it was taken.
bool feed(std::string_view bytes, Collected& sink, unsigned most, unsigned seed)
{
    std::mt19937 random(seed);
    MultipartReader reader("XyZ", sink);
    while (!bytes.empty()) {
        const auto size = std::min<std::size_t>(bytes.size(), random() % most + 1);
        if (!reader.feed(bytes.substr(0, size))) return false;
        bytes.remove_prefix(size);
    }
    return bool(reader.finish());
}

TEST_CASE("a multipart form comes out the same however it is cut")
{
    std::string content;
    for (int i = 0; i < 300; ++i)
        content += i % 3 == 0 ? "\r\n--Xy" : i % 3 == 1 ? std::string(1, char(i)) : "\r\n";
    const std::string form =
        "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nmột\r\n"
        "--XyZ\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n"
        "--XyZ\r\ncontent-disposition: form-data; name=\"f\"; filename=\"C:\\\\x\\\\ảnh \\\"1\\\".jpg\"\r\n"
        "Content-Type: image/jpeg\r\n\r\n" +
        content + "\r\n--XyZ--\r\nepilogue";
    for (unsigned seed = 0; seed < 60; ++seed) {
        Collected sink;
        REQUIRE(feed(form, sink, seed % 2 == 0 ? 5 : 700, seed));
        REQUIRE(sink.parts.size() == 3);
        CHECK(sink.parts[0].content == "một");
        CHECK(sink.parts[1].content.empty());
        CHECK(sink.parts[1].ended);
        CHECK(sink.parts[2].head.file_name == "ảnh \"1\".jpg");
        CHECK(sink.parts[2].head.type == "image/jpeg");
        CHECK(sink.parts[2].content == content);
    }
}

TEST_CASE("what is no multipart form is refused")
{
    const auto refuses = [](const std::string& bytes) {
        Collected sink;
        return !feed(bytes, sink, 7, 1);
    };
    CHECK(refuses(""));
    CHECK(refuses("--XyZ"));
    CHECK(refuses("--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx"));
    CHECK(refuses("--XyZ\r\nContent-Type: text/plain\r\n\r\nx\r\n--XyZ--"));
    CHECK(refuses("--XyZ\r\nContent-Disposition: form-data\r\n\r\nx\r\n--XyZ--"));
    CHECK(refuses("--XyZ\r\nContent-Disposition: form-data; name=\"\xff\"\r\n\r\nx\r\n--XyZ--"));
    CHECK(refuses("--XyZ\r\nA: " + std::string(part_head_bytes_max + 10, 'a') + "\r\n\r\nx\r\n--XyZ--"));
    CHECK(refuses(std::string(part_head_bytes_max * 2, 'a')));
    std::string many;
    for (std::size_t i = 0; i <= multipart_parts_max; ++i)
        many += "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
    CHECK(refuses(many + "--XyZ--"));
}

TEST_CASE("a file name is never a path")
{
    const auto cleaned = [](const std::string& name) {
        Collected sink;
        feed(
            "--XyZ\r\nContent-Disposition: form-data; name=\"a\"; filename=\"" + name +
                "\"\r\n\r\n\r\n--XyZ--",
            sink,
            9,
            1
        );
        return sink.parts.at(0).head.file_name;
    };
    CHECK(cleaned("../../etc/passwd") == "passwd");
    CHECK(
        cleaned("a\x01"
                "b.jpg") == "ab.jpg"
    );
    CHECK(cleaned(std::string(500, 'x')).size() == 200);
}

TEST_CASE("the boundary is read from the type")
{
    CHECK(boundary_of("multipart/form-data; boundary=\"a b\"") == "a b");
    CHECK(boundary_of("Multipart/Form-Data;boundary=abc; charset=utf-8") == "abc");
    CHECK(boundary_of("multipart/mixed; boundary=a").empty());
    CHECK(boundary_of("multipart/form-data").empty());
}

TEST_CASE("a bucket empties, refills with time, and keys do not share it")
{
    RateLimiter limiter({{"track", {.burst = 2, .per_minute = 60}}}, 2);
    const RateLimiter::Moment start{};
    CHECK(limiter.take("track", "a", start).count() == 0);
    CHECK(limiter.take("track", "a", start).count() == 0);
    CHECK(limiter.take("track", "a", start).count() == 1);
    CHECK(limiter.take("track", "b", start).count() == 0);
    CHECK(limiter.take("track", "a", start + std::chrono::seconds{1}).count() == 0);
    CHECK(limiter.take("track", "c", start).count() == 0);
    CHECK(limiter.wait("track", "d", start).count() == 0);
    CHECK(limiter.take("track", "d", start).count() == 0);
    CHECK(limiter.take("track", "d", start).count() == 0);
    CHECK(limiter.wait("track", "d", start).count() == 1);
    CHECK_THROWS_AS(limiter.take("other", "a", start), std::logic_error);
}

TEST_CASE("a token of another session, visitor or key is not taken")
{
    const TokenMaker ours(Bytes(32, 1));
    const TokenMaker other(Bytes(32, 2));
    const auto visitor = ours.new_visitor();
    CHECK(ours.visitor_in(visitor) + "." == visitor.substr(0, visitor.find('.') + 1));
    CHECK(other.visitor_in(visitor).empty());
    CHECK(ours.visitor_in(visitor + "x").empty());
    CHECK(ours.visitor_in("x").empty());
    CHECK(ours.csrf_matches("s1", ours.csrf_for("s1")));
    CHECK_FALSE(ours.csrf_matches("s2", ours.csrf_for("s1")));
    CHECK_FALSE(ours.csrf_matches("s1", ""));
    CHECK_FALSE(other.csrf_matches("s1", ours.csrf_for("s1")));
    CHECK(ours.csrf_for("s1") != ours.csrf_for("s1"));
    CHECK_THROWS_AS(TokenMaker(Bytes(31, 1)), std::invalid_argument);
}

TEST_CASE("a full queue says no at once, and stopping finishes what was taken")
{
    Lanes lanes({LaneSettings{1, 2}, LaneSettings{1, 1}, LaneSettings{1, 1}});
    std::mutex gate;
    std::atomic<int> done{0};
    std::atomic<bool> started{false};
    gate.lock();
    const auto wait = [&] {
        started = true;
        started.notify_all();
        const std::lock_guard lock(gate);
        ++done;
    };
    CHECK(lanes.submit(Lane::interactive, wait));
    started.wait(false);
    CHECK(lanes.submit(Lane::interactive, wait));
    CHECK(lanes.submit(Lane::interactive, wait));
    CHECK_FALSE(lanes.submit(Lane::interactive, wait));
    CHECK(lanes.submit(Lane::heavy, [&] { ++done; }));
    gate.unlock();
    lanes.stop();
    CHECK(done == 4);
    CHECK_FALSE(lanes.submit(Lane::interactive, [] {}));
}

}  // namespace
}  // namespace thien_an::web
