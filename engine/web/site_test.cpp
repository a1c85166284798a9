#include "engine/web/site.h"

#include <doctest/doctest.h>

#include "engine/base/json.h"
#include "engine/web/door_for_test.h"
#include "engine/web/openapi.h"
#include "engine/web/settings.h"

namespace thien_an::web {
namespace {

using test::Door;

struct Wish {
    std::string what;
};
template <typename Visitor>
void describe(Visitor& visit, Wish& it)
{
    visit("what", it.what, {.length_max = 20, .example = "tea"});
}

Result<Response> hello(const Request& request, Context& context)
{
    return context.render("test/page", {{"name", request.query.get("name", "An")}});
}
Result<Response> take(const Request& request, Context&)
{
    return text_answer("took " + request.form.get("a"));
}
Result<Response> wish(const Request& request, Context&)
{
    return json_answer(encode(TRY(decode<Wish>(request.json))), 201);
}
Result<Response> broken(const Request&, Context&) { throw std::runtime_error("the disk is on fire"); }
Result<Response> odd(const Request&, Context&)
{
    throw 42;
}  // NOLINT(hicpp-exception-baseclass): what is tested.
Result<Response> full(const Request&, Context&) { throw storage::DiskFull("no room"); }
Result<Response> missing(const Request&, Context&)
{
    return Problem{.code = "test.no_such_thing", .field = "/a", .law = "law-1"};
}
Result<Response> tagged(const Request&, Context&)
{
    auto response = json_answer(boost::json::object{});
    response.header("ETag", "\"7\"");
    return response;
}
Result<Response> enter(const Request&, Context&)
{
    auto response = see_other("/");
    response.cookie({.name = std::string(session_cookie), .value = "secret"});
    return response;
}

Result<Response> guess(const Request& request, Context& context)
{
    return request.query.get("ma") == "dung" ? hello(request, context) : missing(request, context);
}

constexpr std::array described_routes{
    Route{
        Method::post,
        "/api/v1/wishes/{id}/grant",
        "births.read",
        wish,
        {.rate = "few",
         .scope = "births",
         .input = described<Wish>,
         .output = described<Wish>,
         .status = 201,
         .about = "Grants a wish.",
         .query = described<Wish>,
         .input_also = "application/xml text/xml"}},
    Route{Method::get, "/api/v1/wishes", open, wish, {.output = described<Wish>, .about = "All wishes."}},
};

constexpr std::array routes{
    Route{Method::get, "/", open, hello},
    Route{Method::post, "/lay", open, take},
    Route{Method::get, "/cua-toi", signed_in, hello},
    Route{Method::get, "/so", "births.read", hello},
    Route{Method::get, "/dem", open, hello, {.rate = "few"}},
    Route{Method::get, "/ma", open, guess, {.rate = "few", .guesses = true}},
    Route{Method::get, "/hong", open, broken},
    Route{Method::get, "/la", open, odd},
    Route{Method::get, "/day", open, full},
    Route{Method::get, "/khong", open, missing},
    Route{Method::get, "/api/v1/khong", open, missing},
    Route{Method::get, "/api/v1/so", "births.read", tagged, {.scope = "births"}},
    Route{Method::post, "/api/v1/uoc", "births.read", wish, {.scope = "births", .input = described<Wish>}},
    Route{
        Method::post,
        "/api/v1/mong",
        "births.read",
        hello,
        {.scope = "births", .input = described<Wish>, .input_also = "application/xml text/xml"}},
    Route{Method::post, "/vao", open, enter, {.csrf = false}},
};

Session officer(bool bearer)
{
    Session session;
    session.id = "s1";
    session.name = "Trần Thị Mỹ Lệ";
    session.permissions = {"births.read"};
    session.bearer = bearer;
    if (bearer) session.scopes = {"births"};
    return session;
}

const std::string host = "Host: a.vn\r\n";

TEST_CASE("a page is rendered with frame, language and security headers, and the visitor gets a cookie")
{
    Door door(routes);
    const auto response = door.ask("GET /?name=%3Cb%3E HTTP/1.1\r\n" + host + "Cookie: lang=en\r\n");
    CHECK(response.status == 200);
    CHECK(response.body.find("en &lt;b&gt;") != std::string::npos);
    CHECK(response.headers.get("Content-Security-Policy").find("script-src 'self'") != std::string::npos);
    CHECK(response.headers.get("Cache-Control") == "private, no-store");
    CHECK(response.headers.get("Set-Cookie").starts_with("khach="));
    CHECK(response.headers.get("Set-Cookie").find("HttpOnly") != std::string::npos);
}

TEST_CASE("a page is Vietnamese until a person chooses, a program chooses with its header")
{
    Door door(routes);
    const auto english = host + "Accept-Language: fr, en;q=0.8, vi;q=0.2\r\n";
    CHECK(door.ask("GET /?name=An HTTP/1.1\r\n" + english).body.find("en An") == std::string::npos);
    CHECK(
        door.ask("GET /?name=An HTTP/1.1\r\n" + host + "Cookie: lang=en\r\n").body.find("en An") !=
        std::string::npos
    );
    Request api;
    api.path = "/api/v1/wishes";
    api.headers.add("accept-language", "fr, en;q=0.8, vi;q=0.2");
    CHECK(language_of(api) == text::Language::en);
}

TEST_CASE("a visitor's page is compressed when that is worth it, a signed-in person's never")
{
    Door door(routes);
    door.sessions.cookies["t"] = officer(false);
    const auto long_page =
        "GET /?name=" + std::string(3000, 'a') + " HTTP/1.1\r\n" + host + "Accept-Encoding: gzip\r\n";
    const auto visitor = door.ask(long_page);
    CHECK(visitor.headers.get("Content-Encoding") == "gzip");
    CHECK(visitor.body.size() < 500);
    CHECK(visitor.body.starts_with("\x1f\x8b"));
    CHECK_FALSE(door.ask(long_page + "Cookie: phien=t\r\n").headers.has("Content-Encoding"));
    CHECK_FALSE(
        door.ask("GET / HTTP/1.1\r\n" + host + "Accept-Encoding: gzip\r\n").headers.has("Content-Encoding")
    );
}

TEST_CASE("over TLS a cookie is Secure and belongs to this host alone")
{
    Door door(routes, {.trusted_proxies = {"10.0.0.1"}, .tls = true});
    const auto response = door.ask("POST /vao HTTP/1.1\r\n" + host);
    CHECK(response.headers.get("Set-Cookie")
              .starts_with("__Host-phien=secret; Path=/; SameSite=Lax; HttpOnly; Secure"));
    CHECK(response.headers.has("Strict-Transport-Security"));
}

TEST_CASE("a form without our token is refused, with it it is taken")
{
    Door door(routes);
    const std::string type = "Content-Type: application/x-www-form-urlencoded\r\n";
    CHECK(door.ask("POST /lay HTTP/1.1\r\n" + host + type, "a=1").status == 403);
    const auto visitor = door.tokens.new_visitor();
    const auto token = door.tokens.csrf_for(door.tokens.visitor_in(visitor));
    const auto head = "POST /lay HTTP/1.1\r\n" + host + type + "Cookie: khach=" + visitor + "\r\n";
    CHECK(door.ask(head, "a=1&csrf=" + token).body == "took 1");
    CHECK(door.ask(head, "a=1&csrf=" + door.tokens.csrf_for("other")).status == 403);
    CHECK(door.ask(head + "Origin: https://evil.example\r\n", "a=1&csrf=" + token).status == 403);
    CHECK(door.ask(head + "Origin: http://a.vn\r\n", "a=1&csrf=" + token).status == 200);
}

TEST_CASE("a page for the signed-in sends a visitor to sign in and back; the API says 401")
{
    Door door(routes);
    const auto response = door.ask("GET /cua-toi?x=1 HTTP/1.1\r\n" + host);
    CHECK(response.status == 303);
    CHECK(response.headers.get("Location") == "/dang-nhap?ve=%2Fcua-toi%3Fx%3D1");
    CHECK(door.ask("GET /api/v1/so HTTP/1.1\r\n" + host).status == 401);
    door.sessions.cookies["t"] = officer(false);
    CHECK(door.ask("GET /cua-toi HTTP/1.1\r\n" + host + "Cookie: phien=t\r\n").status == 200);
}

TEST_CASE("a right is asked for by name, and a token needs the scope as well")
{
    Door door(routes);
    door.sessions.cookies["t"] = officer(false);
    door.sessions.cookies["none"] = officer(false);
    door.sessions.cookies["none"].permissions = {};
    door.sessions.cookies["half"] = officer(false);
    door.sessions.cookies["half"].second_factor_due = true;
    CHECK(door.ask("GET /so HTTP/1.1\r\n" + host + "Cookie: phien=t\r\n").status == 200);
    CHECK(door.ask("GET /so HTTP/1.1\r\n" + host + "Cookie: phien=none\r\n").status == 403);
    CHECK(door.ask("GET /so HTTP/1.1\r\n" + host + "Cookie: phien=half\r\n").status == 403);
    door.sessions.bearers["b"] = officer(true);
    const auto bearer = host + "Authorization: Bearer b\r\n";
    CHECK(door.ask("GET /api/v1/so HTTP/1.1\r\n" + bearer).status == 200);
    CHECK(door.ask("GET /so HTTP/1.1\r\n" + bearer).status == 403);
    door.sessions.bearers["b"].scopes = {"other"};
    CHECK(door.ask("GET /api/v1/so HTTP/1.1\r\n" + bearer).status == 403);
}

TEST_CASE("JSON is checked against the description before the handler runs")
{
    Door door(routes);
    door.sessions.bearers["b"] = officer(true);
    const auto head = "POST /api/v1/uoc HTTP/1.1\r\n" + host + "Authorization: Bearer b\r\n";
    const auto json = head + "Content-Type: application/json\r\n";
    CHECK(door.ask(json, R"({"what": "tea"})").status == 201);
    const auto refused = door.ask(json, R"({"what": 1})");
    CHECK(refused.status == 422);
    CHECK(refused.type == "application/problem+json");
    CHECK(json::string_or(json::parse(refused.body).value(), "field") == "/what");
    CHECK(door.ask(json, R"({"what": "tea", "what": "no"})").status == 400);
    CHECK(door.ask(json, std::string(200'000, '[')).status == 413);
    CHECK(door.ask(json, std::string(60'000, '[')).status == 400);
    CHECK(door.ask(head + "Content-Type: text/plain\r\n", "tea").status == 415);
}

TEST_CASE("a route may take other types of a body than the JSON it describes, and no others")
{
    Door door(routes);
    door.sessions.bearers["b"] = officer(true);
    const auto sent = [&](const std::string& type, const std::string& body) {
        const auto head =
            "POST /api/v1/mong HTTP/1.1\r\n" + host + "Authorization: Bearer b\r\nContent-Type: ";
        return door.ask(head + type + "\r\n", body).status;
    };
    CHECK(sent("application/json", R"({"what": "tea"})") == 200);
    CHECK(sent("application/json", R"({"what": 1})") == 422);
    CHECK(sent("application/xml", "<a/>") == 200);
    CHECK(sent("text/xml; charset=utf-8", "<a/>") == 200);
    CHECK(sent("text", "<a/>") == 415);
    CHECK(sent("application/xml2", "<a/>") == 415);
}

TEST_CASE("a Problem is a page for people and problem+json for programs")
{
    Door door(routes);
    const auto page = door.ask("GET /khong HTTP/1.1\r\n" + host + "Accept: text/html\r\n");
    CHECK(page.status == 404);
    CHECK(page.body.find("Không có trang này") != std::string::npos);
    const auto machine = door.ask("GET /api/v1/khong HTTP/1.1\r\n" + host + "Accept: text/html\r\n");
    const auto told = json::parse(machine.body).value();
    CHECK(json::integer_or(told, "status") == 404);
    CHECK(json::string_or(told, "code") == "test.no_such_thing");
    CHECK(json::string_or(told, "law") == "law-1");
}

TEST_CASE("a fault is 500 with an incident number, and what it was stays in the log")
{
    Door door(routes);
    const auto response = door.ask("GET /hong HTTP/1.1\r\n" + host);
    CHECK(response.status == 500);
    CHECK(response.body.find("fire") == std::string::npos);
    CHECK(door.log_lines.find("the disk is on fire") != std::string::npos);
    const auto incident = json::string_or(json::parse(door.log_lines).value(), "incident");
    CHECK(incident.size() > 10);
    CHECK(response.body.find(incident) != std::string::npos);
    CHECK(door.ask("GET /day HTTP/1.1\r\n" + host).status == 507);
    CHECK(door.ask("GET /la HTTP/1.1\r\n" + host).status == 500);
}

TEST_CASE("a path nobody has is 404, a method nobody has 405 with what is allowed")
{
    Door door(routes);
    CHECK(door.ask("GET /nao HTTP/1.1\r\n" + host).status == 404);
    const auto response = door.ask("DELETE / HTTP/1.1\r\n" + host);
    CHECK(response.status == 405);
    CHECK(response.headers.get("Allow") == "GET");
    CHECK(door.ask("BREW / HTTP/1.1\r\n" + host).status == 405);
    CHECK(door.ask("GET /../etc/passwd HTTP/1.1\r\n" + host).status == 400);
}

TEST_CASE("too often gets 429 with a time to wait")
{
    Door door(routes);
    CHECK(door.ask("GET /dem HTTP/1.1\r\n" + host).status == 200);
    CHECK(door.ask("GET /dem HTTP/1.1\r\n" + host).status == 200);
    const auto response = door.ask("GET /dem HTTP/1.1\r\n" + host);
    CHECK(response.status == 429);
    CHECK(response.headers.get("Retry-After") == "1");
}

TEST_CASE("what the browser has is not sent again")
{
    Door door(routes);
    door.sessions.cookies["t"] = officer(false);
    const auto head = "GET /api/v1/so HTTP/1.1\r\n" + host + "Cookie: phien=t\r\n";
    CHECK(door.ask(head).status == 200);
    const auto again = door.ask(head + "If-None-Match: \"7\"\r\n");
    CHECK(again.status == 304);
    CHECK(again.body.empty());
}

TEST_CASE("only a trusted proxy may say whom it speaks for")
{
    Door door(routes, {.trusted_proxies = {"10.0.0.1"}});
    const auto remote = [&](std::string_view peer) {
        const auto head =
            std::get<Head>(read_head("GET / HTTP/1.1\r\nHost: a.vn\r\nX-Forwarded-For: 6.6.6.6, "
                                     "1.2.3.4\r\nX-Forwarded-Proto: https\r\n\r\n"));
        const auto plan = door.site.plan(head, peer);
        return plan.request.remote + (plan.request.secure ? " secure" : "");
    };
    CHECK(remote("10.0.0.1") == "1.2.3.4 secure");
    CHECK(remote("10.0.0.2") == "10.0.0.2");
}

TEST_CASE("only misses count where codes are guessed, and then nobody there gets an answer")
{
    Door door(routes);
    const auto asked = [&](std::string_view code) {
        return door.ask("GET /ma?ma=" + std::string(code) + " HTTP/1.1\r\n" + host).status;
    };
    for (int i = 0; i < 5; ++i) CHECK(asked("dung") == 200);
    CHECK(asked("sai") == 404);
    CHECK(asked("dung") == 200);
    CHECK(asked("sai") == 404);
    CHECK(asked("sai") == 429);
    CHECK(asked("dung") == 429);
}

TEST_CASE("language and look are kept in cookies, and the way back is ours")
{
    Door door(routes);
    const auto head =
        "POST /hien-thi HTTP/1.1\r\n" + host + "Content-Type: application/x-www-form-urlencoded\r\n";
    const auto response = door.ask(head, "lang=en&theme=pink&back=%2Fthu-tuc%3Fq%3D1");
    CHECK(response.headers.get("Location") == "/thu-tuc?q=1");
    CHECK(response.headers.all("Set-Cookie").size() == 1);
    CHECK(response.headers.get("Set-Cookie").starts_with("lang=en; "));
    CHECK(door.ask(head, "contrast=more").headers.get("Set-Cookie").starts_with("contrast=more; "));
    CHECK(door.ask(head, "back=https%3A%2F%2Fevil.example").headers.get("Location") == "/");
    CHECK(door.ask(head, "back=%2F%2Fevil.example").headers.get("Location") == "/");
}

TEST_CASE("the description of the API names path, body, answer, problems and rights")
{
    const std::array<std::span<const Route>, 2> tables{described_routes, own_routes()};
    const RouteTable table(tables);
    CHECK(api_faults(table).empty());
    const auto api = openapi(table, "https://a.vn");
    const std::string post = "/paths/~1api~1v1~1wishes~1{id}~1grant/post";
    const auto text = [&](const std::string& pointer) {
        const auto* found = json::find(api, pointer);
        return found == nullptr ? "" : json::text_of(*found);
    };
    CHECK(text(post + "/operationId") == "\"post_wishes_id_grant\"");
    CHECK(
        text(post + "/requestBody/content/application~1json/schema") ==
        R"({"$ref":"#/components/schemas/Wish"})"
    );
    CHECK(text(post + "/requestBody/content/application~1json/example") == R"({"what":"tea"})");
    CHECK(text(post + "/requestBody/content/application~1xml/schema/format") == "\"binary\"");
    CHECK(text(post + "/requestBody/content/text~1xml/schema/format") == "\"binary\"");
    CHECK(text(post + "/security/1/bearer/0") == "\"births\"");
    CHECK(text(post + "/parameters/1/in") == "\"query\"");
    for (const auto* status : {"201", "400", "401", "403", "404", "409", "413", "422", "429", "500", "503"})
        CHECK(text(post + "/responses/" + status) != "");
    CHECK(text("/paths/~1api~1v1~1wishes/get/security") == "[]");
    CHECK(text("/components/schemas/Wish/properties/what/maxLength") == "20");
    CHECK(text("/paths/~1health") == "");
    Door door(described_routes);
    const auto answer = door.ask("GET /api/openapi.json HTTP/1.1\r\n" + host);
    CHECK(answer.type == "application/json");
    CHECK(json::string_or(json::parse(*answer.kept).value(), "openapi") == "3.1.0");
}

TEST_CASE("an operation without schemas, sentence or scope is found")
{
    const std::array<std::span<const Route>, 1> tables{routes};
    const auto faults = api_faults(RouteTable(tables));
    const auto found = [&](std::string_view fault) {
        return std::find(faults.begin(), faults.end(), fault) != faults.end();
    };
    CHECK(found("GET /api/v1/khong has no output type"));
    CHECK(found("POST /api/v1/uoc has no sentence about it"));
}

TEST_CASE("the web's keys are read from a file and each has a meaning")
{
    WebSettings web;
    config::read("port = 8443\nheavy.workers = 3\n[rates.track]\nper_minute = 900\n", "x.toml", web);
    CHECK(web.server.port == 8443);
    CHECK(web.server.lanes[1].workers == 3);
    CHECK(web.rates.at("track").per_minute == 900);
    CHECK(web.rates.at("track").burst == 30);
    for (const auto& key : config::keys_of<WebSettings>()) CHECK(key.meaning.ends_with("."));
}

TEST_CASE("the counts are for this machine alone")
{
    Door door(routes);
    CHECK(door.ask("GET /metrics HTTP/1.1\r\n" + host).status == 404);
    const auto head = std::get<Head>(read_head("GET /metrics HTTP/1.1\r\nHost: a.vn\r\n\r\n"));
    door.metrics.also([] { return std::vector<Metrics::Gauge>{{"thienan_disk_free_bytes", 5}}; });
    auto plan = door.site.plan(head, "127.0.0.1");
    const auto told = door.site.answer(plan.request, *plan.route).body;
    CHECK(told.find("thienan_requests_total") != std::string::npos);
    CHECK(told.find("thienan_disk_free_bytes 5\n") != std::string::npos);
}

}  // namespace
}  // namespace thien_an::web
