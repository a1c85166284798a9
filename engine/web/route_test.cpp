#include "engine/web/route.h"

#include <doctest/doctest.h>

#include "engine/base/json.h"
#include "engine/web/context.h"

namespace thien_an::web {
namespace {

Result<Response> nothing(const Request&, Context&) { return no_content(); }

constexpr std::array routes{
    Route{Method::get, "/", open, nothing},
    Route{Method::get, "/thu-tuc/{id}", open, nothing},
    Route{Method::get, "/thu-tuc/moi", open, nothing},
    Route{Method::post, "/thu-tuc/{id}", "procedures.publish", nothing},
    Route{Method::get, "/tinh/{file*}", open, nothing},
    Route{Method::get, "/thu-tuc/{id}/buoc/{step}", open, nothing},
};

const RouteTable& table()
{
    static const std::array<std::span<const Route>, 1> tables{routes};
    static const RouteTable made(tables);
    return made;
}

TEST_CASE("a path finds its row and the values of its names")
{
    const auto match = table().find(Method::get, "/thu-tuc/khai-sinh/buoc/2");
    REQUIRE(match.route != nullptr);
    CHECK(match.route->path == "/thu-tuc/{id}/buoc/{step}");
    CHECK(match.values.get("id") == "khai-sinh");
    CHECK(match.values.get("step") == "2");
}

TEST_CASE("a literal part wins over a name, and a rest takes what is left")
{
    CHECK(table().find(Method::get, "/thu-tuc/moi").route->path == "/thu-tuc/moi");
    CHECK(table().find(Method::get, "/tinh/a/b.css").values.get("file") == "a/b.css");
    CHECK(table().find(Method::get, "/").route->path == "/");
}

TEST_CASE("a path nobody has and a method nobody has are told apart")
{
    CHECK(table().find(Method::get, "/khac").route == nullptr);
    CHECK(table().find(Method::get, "/khac").methods.empty());
    CHECK(table().find(Method::del, "/thu-tuc/x").methods == std::vector{Method::get, Method::post});
    for (const auto* path : {"/thu-tuc/", "/thu-tuc//buoc/1", "thu-tuc/x", "", "//"})
        CHECK(table().find(Method::get, path).route == nullptr);
}

TEST_CASE("two rows for one path, and patterns that are none, stop the start")
{
    const auto refused = [](auto... paths) {
        const std::array<Route, sizeof...(paths)> rows{Route{Method::get, paths, open, nothing}...};
        const std::array<std::span<const Route>, 1> tables{rows};
        CHECK_THROWS_AS(RouteTable{tables}, std::logic_error);
    };
    refused("/a", "/a");
    refused("/{a}", "/{b}");
    refused("a");
    refused("/{a");
    refused("/x{a}");
    refused("/{a*}/b");
    refused("/{a}/{a}");
}

TEST_CASE("the status of a Problem follows the last word of its code")
{
    const auto status = [](const char* code) { return status_of({.code = code, .field = "", .law = ""}); };
    CHECK(status("casework.no_such_dossier") == 404);
    CHECK(status("casework.already_done") == 409);
    CHECK(status("identity.forbidden") == 403);
    CHECK(status("web.too_many_requests") == 429);
    CHECK(status("civil_status.birth_in_future") == 422);
    CHECK(status("web.not_signed_in") == 401);
}

TEST_CASE("a redirect goes nowhere but to our own paths")
{
    CHECK(see_other("/ho-so?x=1").headers.get("Location") == "/ho-so?x=1");
    for (const auto* bad : {"https://evil.example", "//evil.example", "/\\evil", "", "/a\r\nX: y"})
        CHECK_THROWS_AS(see_other(bad), std::invalid_argument);
}

struct Parent {
    std::string name;
    std::optional<Day> born_on;
};
template <typename Visitor>
void describe(Visitor& visit, Parent& it)
{
    visit("name", it.name, {.about = "As on the identity card.", .length_max = 10, .example = "An"});
    visit("born_on", it.born_on, {});
}
struct Filing {
    Id<struct DossierTag> dossier;
    std::vector<Parent> parents;
    std::int64_t copies = 0;
    std::string kind;
    bool urgent = false;
};
template <typename Visitor>
void describe(Visitor& visit, Filing& it)
{
    visit("dossier", it.dossier, {});
    visit("parents", it.parents, {.length_max = 2});
    visit("copies", it.copies, {.least = 1, .most = 9});
    visit("kind", it.kind, {.choices = "new late"});
    visit("urgent", it.urgent, {});
}

Result<Filing> decoded(std::string_view text) { return decode<Filing>(json::parse(text).value()); }

TEST_CASE("one description decodes and encodes a struct")
{
    const auto* text =
        R"({"dossier":"42","parents":[{"name":"An","born_on":"1990-02-28"},{"name":"Bình","born_on":null}],"copies":2,"kind":"late","urgent":true})";
    const auto filing = decoded(text);
    REQUIRE(filing);
    CHECK(filing.value().dossier.value == 42);
    CHECK(filing.value().parents[1].name == "Bình");
    CHECK(json::text_of(encode(filing.value())) == text);
}

TEST_CASE("a member that is missing, unknown, of another kind or out of bounds is named by its pointer")
{
    const auto refused = [](std::string_view text) {
        const auto filing = decoded(text);
        REQUIRE_FALSE(filing);
        return filing.problem().code + " " + filing.problem().field;
    };
    CHECK(refused(R"([])") == "json.wrong_kind ");
    CHECK(refused(R"({})") == "json.missing /dossier");
    CHECK(refused(R"({"dossier":"x"})") == "json.bad_id /dossier");
    CHECK(
        refused(R"({"dossier":"1","parents":[{"name":"An","born_on":"2015-02-29"}]})") ==
        "base.bad_day /parents/0/born_on"
    );
    CHECK(
        refused(R"({"dossier":"1","parents":[{"name":"An","x":1}]})") == "json.unknown_member /parents/0/x"
    );
    CHECK(
        refused(R"({"dossier":"1","parents":[{"name":"Nguyễn Thị Ước"}]})") == "json.too_long /parents/0/name"
    );
    CHECK(refused(R"({"dossier":"1","parents":[],"copies":10})") == "json.out_of_range /copies");
    CHECK(refused(R"({"dossier":"1","parents":[],"copies":1,"kind":"old"})") == "json.not_a_choice /kind");
    CHECK(
        refused(R"({"dossier":"1","parents":[{"name":"a"},{"name":"a"},{"name":"a"}]})") ==
        "json.too_long /parents"
    );
}

TEST_CASE("the description gives name, schema and an example that decodes")
{
    const auto& description = described<Filing>();
    CHECK(description.name == "Filing");
    CHECK(json::find(description.schema, "/properties/copies/maximum")->as_int64() == 9);
    CHECK(json::find(description.schema, "/properties/parents/items/required/0")->as_string() == "name");
    CHECK(decode<Filing>(description.example));
    CHECK(description.check(description.example));
}

}  // namespace
}  // namespace thien_an::web
