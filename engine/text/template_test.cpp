#include "engine/text/template.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/json.h"
#include "engine/text/own_sentence.h"

namespace thien_an::text {
namespace {

Catalogue words()
{
    Catalogue all;
    all.add(
        json::parse(R"({"hello": "Chào {name}", "papers": "{count} giấy", "problem.untold": "Lỗi {code}"})")
            .value()
            .as_object(),
        json::parse(
            R"({"hello": "Hello {name}", "papers": "{count} {count|paper|papers}", "problem.untold": "Problem {code}"})"
        )
            .value()
            .as_object(),
        "test"
    );
    return all;
}

std::string render(std::string_view page, const json::value& context, Language language = Language::vi)
{
    const auto catalogue = words();
    Templates templates;
    templates.add("test/page", "page.html", page);
    templates.link(catalogue);
    return templates.render("test/page", Scopes({&context}), language);
}

std::string shown(std::string_view page, std::string_view context)
{
    return render(page, json::parse(context).value());
}

/// What the loader says of a page it refuses, "" when it takes it.
std::string refusal(std::string_view page)
{
    try {
        render(page, json::object{});
    } catch (const LoadError& error) {
        return error.what();
    } catch (const RenderError&) {
        return "";
    }
    return "";
}

TEST_CASE("a value is escaped in text and in attributes")
{
    CHECK(
        shown("<p title=\"{{a}}\">{{a}}</p>", R"({"a": "<b>\"&'"})") ==
        "<p title=\"&lt;b&gt;&quot;&amp;&#39;\">&lt;b&gt;&quot;&amp;&#39;</p>"
    );
}

TEST_CASE("a section repeats for each item and sees outer names")
{
    CHECK(
        shown("{{#list}}{{n}}{{unit}} {{/list}}", R"({"unit": "kg", "list": [{"n": 1}, {"n": 2}]})") ==
        "1kg 2kg "
    );
    CHECK(shown("{{#list}}[{{.}}]{{/list}}", R"({"list": ["a", "b"]})") == "[a][b]");
}

TEST_CASE("a section shows once for something and never for nothing")
{
    const auto* page = "{{#a}}yes{{/a}}{{^a}}no{{/a}}";
    for (const auto* nothing : {"null", "false", "0", "\"\"", "[]"})
        CHECK(shown(page, std::string("{\"a\": ") + nothing + "}") == "no");
    for (const auto* something : {"true", "7", "\"x\"", "{}"})
        CHECK(shown(page, std::string("{\"a\": ") + something + "}") == "yes");
}

TEST_CASE("a name nobody declared is an error with template and line")
{
    try {
        shown("<p>\n{{a.c}}</p>", R"({"a": {"b": 1}})");
        FAIL("rendered");
    } catch (const RenderError& error) {
        CHECK(std::string(error.what()) == "page.html:2: a.c is not declared");
    }
    CHECK_THROWS_AS(shown("{{#x}}{{/x}}", "{}"), RenderError);
}

TEST_CASE("a value outside text and double quotes is refused when loading")
{
    for (const auto* page :
         {"<p {{a}}>",
          "<p class={{a}}>",
          "<p class='{{a}}'>",
          "<{{a}}>",
          "<script>{{a}}</script>",
          "<SCRIPT>{{a}}</SCRIPT>",
          "<style>{{a}}</style>",
          "<!-- {{a}} -->",
          "<p style=\"{{a}}\">",
          "<p onclick=\"{{a}}\">",
          "<script/>{{a}}</script>",
          "<p title=\"x\" class={{a}}>",
          "<iframe srcdoc=\"{{a}}\">"}) {
        CAPTURE(page);
        CHECK(refusal(page) != "");
    }
    CHECK(refusal("<title>{{a}}</title><textarea>{{a}}</textarea><p class=\"a {{a}}\">{{a}}</p>") == "");
}

TEST_CASE("inline style, inline script and script addresses are refused when loading")
{
    for (const auto* page :
         {"<p style=\"color:red\">",
          "<p onclick=\"go()\">",
          "<a href=\"java script:x\">",
          "<p ONCLICK=\"x\">"})
        CHECK(refusal(page) != "");
}

TEST_CASE("the loader names file and line")
{
    CHECK(refusal("<p>\n\n<b {{a}}></b>") == "page.html:3: {{a}} stands outside text and double quotes");
    CHECK(refusal("a\n{{#b}}c") == "page.html:2: {{#b}} is never closed");
    CHECK(refusal("{{#a}}{{/b}}") == "page.html:1: {{/b}} closes nothing");
    CHECK(refusal("{{_ nothing}}") == "page.html:1: no words for nothing");
    CHECK(refusal("{{>nothing}}") == "page.html:1: no template nothing");
    CHECK(refusal("{{a") == "page.html:1: {{ is not closed");
    CHECK(refusal("{{>page}}") == "page.html:1: includes itself");
}

TEST_CASE("a section must close where it opened")
{
    CHECK(refusal("{{#a}}<p class=\"{{/a}}x\">") != "");
    CHECK(refusal("<p class=\"x{{#a}} y{{/a}}\"{{#a}} hidden{{/a}}>") == "");
}

TEST_CASE("an address takes paths and http only")
{
    const auto* page = "<a href=\"{{a}}\">";
    for (const auto* good : {"/ho-so", "#x", "?q=1", "https://a.vn/x", "http://a.vn", "", "trang", "/a:b"})
        CHECK_NOTHROW(render(page, json::object{{"a", good}}));
    for (const auto* bad :
         {"javascript:alert(1)",
          "JAVASCRIPT:x",
          "data:text/html,x",
          "//evil.example",
          "/\\evil",
          "\\\\evil",
          " javascript:x",
          "java\nscript:x",
          "vbscript:x"}) {
        CAPTURE(bad);
        CHECK_THROWS_AS(render(page, json::object{{"a", bad}}), RenderError);
    }
    CHECK_THROWS_AS(render("<a href=\"/{{a}}\">", json::object{{"a", "/evil.example"}}), RenderError);
    CHECK(render("<a href=\"/x/{{a}}\">", json::object{{"a", "b:c"}}) == "<a href=\"/x/b:c\">");
    CHECK(refusal("<a href=\"{{a}}{{b}}\">") != "");
    CHECK(refusal("<a href=\"{{a}}/{{b}}\">") == "");
}

TEST_CASE("markup is written as it is only when the program made it")
{
    json::object context;
    context["picture"] = trusted(Markup("<svg></svg>"));
    CHECK(render("{{@picture}}", context) == "<svg></svg>");
    CHECK_THROWS_AS(shown("{{@a}}", R"({"a": "<svg></svg>"})"), RenderError);
    CHECK_THROWS_AS(shown("{{@a}}", R"({"a": {"markup": "<svg></svg>"}})"), RenderError);
    CHECK(refusal("<p title=\"{{@a}}\">") != "");
}

TEST_CASE("words are filled from the context, escaped, in the language asked for")
{
    CHECK(render("{{_ hello}}", json::object{{"name", "<An>"}}, Language::vi) == "Chào &lt;An&gt;");
    CHECK(render("{{_ papers}}", json::object{{"count", 1}}, Language::en) == "1 paper");
    CHECK(render("{{_ papers}}", json::object{{"count", 2}}, Language::en) == "2 papers");
}

TEST_CASE("a partial is looked for in the frame, then in its own folder")
{
    const auto catalogue = words();
    Templates templates;
    templates.add("portal/home", "home.html", "{{>top}}{{>own}}");
    templates.add("portal/own", "own.html", "own {{a}}");
    templates.add("frame/top", "top.html", "top ");
    templates.add("portal/top", "own_top.html", "{{>top}}");
    templates.link(catalogue);
    const json::value context = json::object{{"a", 1}};
    CHECK(templates.render("portal/home", Scopes({&context}), Language::vi) == "top own 1");
    CHECK(templates.render("portal/top", Scopes({&context}), Language::vi) == "top ");
}

TEST_CASE("a catalogue with a key or a place in one language only is refused")
{
    const auto refused = [](const char* vi, const char* en) {
        Catalogue all;
        CHECK_THROWS_AS(
            all.add(json::parse(vi).value().as_object(), json::parse(en).value().as_object(), "x"), LoadError
        );
    };
    refused(R"({"a": "x"})", "{}");
    refused("{}", R"({"a": "x"})");
    refused(R"({"a": "{n}"})", R"({"a": "{m}"})");
    refused(R"({"a": "{n"})", R"({"a": "{n}"})");
    refused(R"({"a": "{n} ngày"})", R"({"a": "{n|day|days}"})");
    refused(R"({"a": 1})", R"({"a": "x"})");
}

TEST_CASE("words and templates are read from folders")
{
    const auto folder =
        std::filesystem::temp_directory_path() / ("thienan-text-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "words.vi.json") << R"({"a": "một"})";
    std::ofstream(folder / "words.en.json") << R"({"a": "one"})";
    std::ofstream(folder / "page.html") << "<p>{{_ a}}</p>";
    const auto catalogue = Catalogue::load(std::array{folder});
    const auto templates = Templates::load(std::array{TemplateFolder{"x", folder}}, catalogue);
    const json::value nothing = json::object{};
    CHECK(templates.render("x/page", Scopes({&nothing}), Language::en) == "<p>one</p>");
    std::filesystem::remove_all(folder);
}

TEST_CASE("a Problem becomes a sentence, also when nobody wrote one")
{
    Catalogue all = words();
    all.add(
        json::parse(R"({"problem.x.taken": "{who} đã làm"})").value().as_object(),
        json::parse(R"({"problem.x.taken": "Done by {who}"})").value().as_object(),
        "x"
    );
    CHECK(
        all.sentence({.code = "x.taken", .field = "", .law = "", .words = {{"who", "Lệ"}}}, Language::vi) ==
        "Lệ đã làm"
    );
    CHECK(all.sentence({.code = "x.other", .field = "", .law = ""}, Language::en) == "Problem x.other");
    const Problem of_a_pack{
        .code = "x.other",
        .field = "",
        .law = "",
        .words = {{own_sentence_vi, "Việc này của xã khác"}, {own_sentence_en, "Another commune's"}}};
    CHECK(all.sentence(of_a_pack, Language::vi) == "Việc này của xã khác");
    CHECK(all.sentence(of_a_pack, Language::en) == "Another commune's");
}

}  // namespace
}  // namespace thien_an::text
