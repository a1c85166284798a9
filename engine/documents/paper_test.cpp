#include "engine/documents/paper.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "engine/documents/process_for_tests.h"
#include "engine/documents/qr.h"

namespace thien_an::documents {
namespace {

using namespace for_tests;

std::string wrapped(const std::string& inside)
{
    return "<paper xmlns=\"urn:thien-an:paper:1\" title=\"t\">\n<page>\n" + inside + "\n</page></paper>";
}

Paper read(const std::string& xml) { return Paper::read(xml, "x.paper.xml").value(); }

Problem refused(const std::string& xml)
{
    const auto paper = Paper::read(xml, "x.paper.xml");
    REQUIRE_FALSE(paper);
    return paper.problem();
}

std::string word(const Problem& problem, std::string_view name)
{
    for (const auto& [key, value] : problem.words) {
        if (key == name) return value;
    }
    return {};
}

DrawRequest with(const std::string& values)
{
    return {
        .values = json::parse(values).value(), .created = parse_instant("2016-07-01T08:00:00+07:00").value()};
}

std::string text_in(const Bytes& pdf) { return printed_by_tool("pdftotext -layout", pdf); }

/// The example of docs/standards/paper-xml.md: what the page shows must work.
std::string documented_example()
{
    std::ifstream in(std::string(THIENAN_SOURCE_DIR) + "/docs/standards/paper-xml.md");
    const std::string page{std::istreambuf_iterator<char>(in), {}};
    const auto from = page.find("```xml\n") + 7;
    return page.substr(from, page.find("```", from) - from);
}

const char* const example_values = R"({
    "number": null, "subject": "cư trú",
    "district": {"name": "Ủy ban nhân dân huyện Bình Sơn"}, "agency": {"name": "Ủy ban nhân dân xã Bình Hải", "place": "Bình Hải"},
    "person": {"name": "Nguyễn Thị Ước", "born_on": "2016-03-12", "number": ""},
    "papers": [{"name": "Giấy chứng sinh", "copies": 1}, {"name": "Sổ hộ khẩu", "copies": 2}],
    "verify_address": "https://dichvucong.example/kiem-tra/7KQDM2XV9RTB",
    "signer": {"for": "KT. Chủ tịch", "position": "Phó Chủ tịch", "name": "Trần Văn An"}})";

TEST_CASE("a QR code for a page is a picture of squares, and refuses what does not fit")
{
    const auto picture = qr_picture("otpauth://totp/x?secret=GEZDGNBV");
    CHECK(picture.side == 37);                        // Version 3: 29 modules and twice 4 of quiet.
    CHECK(picture.path.starts_with("M4 4h1v1h-1z"));  // The corner of the first finder.
    CHECK_THROWS_AS(qr_picture(std::string(3000, 'x')), std::length_error);
}

TEST_CASE("the documented example is drawn, its Vietnamese comes back as text")
{
    const auto paper = read(documented_example());
    const auto drawn = draw(paper, with(example_values)).value();
    keep_for_eyes("example.pdf", drawn.pdf);
    CHECK(drawn.pages == 1);
    const auto text = text_in(drawn.pdf);
    for (const auto* part :
         {"CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
          "Độc lập - Tự do - Hạnh phúc",
          "NGUYỄN THỊ ƯỚC",
          "12/3/2016",
          "ngày mười hai tháng ba năm hai nghìn",
          "Giấy chứng sinh",
          "KT. CHỦ TỊCH"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
    CHECK(text.find("Số định danh") == std::string::npos);
    CHECK(text.find("{{") == std::string::npos);
}

TEST_CASE("equal requests give equal bytes, another moment other ones")
{
    const auto paper = read(documented_example());
    auto request = with(example_values);
    const auto first = draw(paper, request).value().pdf;
    CHECK(draw(paper, request).value().pdf == first);
    request.created += std::chrono::seconds{1};
    CHECK(draw(paper, request).value().pdf != first);
}

TEST_CASE("all fonts are embedded and qpdf finds no fault")
{
    const auto pdf = draw(read(documented_example()), with(example_values)).value().pdf;
    CHECK(text_of(pdf).starts_with("%PDF-1.7"));
    const auto fonts = printed_by_tool("pdffonts", pdf);
    CHECK(fonts.find("LiberationSerif") != std::string::npos);
    CHECK(fonts.find(" no  ") == std::string::npos);
    CHECK(accepted_by_tool("qpdf --check", pdf));
}

TEST_CASE("reserved places lie on the page, the seal a third into the signature on its left")
{
    const auto drawn = draw(read(documented_example()), with(example_values)).value();
    REQUIRE(drawn.places.size() == 4);
    const auto place = [&](std::string_view name) {
        return *std::ranges::find(drawn.places, name, &Place::name);
    };
    for (const auto& one : drawn.places) {
        CHECK(one.where.left >= 0);
        CHECK(one.where.right <= 596);
        CHECK(one.where.bottom >= 0);
        CHECK(one.where.top <= 842);
    }
    const auto signer = place("signer").where;
    const auto seal = place("agency").where;
    CHECK(seal.left < signer.left);
    CHECK(seal.right == doctest::Approx(signer.left + (signer.right - signer.left) / 3));
    CHECK(place("number").kind == PlaceKind::field);
    CHECK(place("issued_on").italic);
}

TEST_CASE("onto a form only the values are printed, moved by the printer's offset")
{
    const auto paper = read(
        wrapped("<box x=\"50\" y=\"100\" width=\"100\"><paragraph>Họ tên: <b>{{name}}</b></paragraph></box>"
                "<line/><qr value=\"x\" size=\"20\"/><paragraph only=\"form\">{{name|upper}}</paragraph>")
    );
    auto request = with(R"({"name": "Nguyễn An"})");
    CHECK(text_in(draw(paper, request).value().pdf).find("Họ tên: Nguyễn An") != std::string::npos);
    request.use = PaperUse::form;
    const auto form = draw(paper, request).value();
    CHECK(form.places.empty());
    const auto text = text_in(form.pdf);
    CHECK(text.find("Nguyễn An") != std::string::npos);
    CHECK(text.find("NGUYỄN AN") != std::string::npos);
    CHECK(text.find("Họ") == std::string::npos);
    // Where the name stands, with and without offset, as pdftotext sees it.
    const auto x_of = [](const Bytes& pdf) {
        const auto html = printed_by_tool("pdftotext -bbox", pdf);
        const auto word_at = html.find(">Nguyễn<");
        const auto at = html.rfind("xMin=\"", word_at) + 6;
        return std::stod(html.substr(at));
    };
    request.offset_x_mm = 10;
    CHECK(
        x_of(draw(paper, request).value().pdf) - x_of(form.pdf) ==
        doctest::Approx(10 * 72 / 25.4).epsilon(0.001)
    );
}

TEST_CASE("a value stands at the same place on the form as on the paper")
{
    const auto paper = read(wrapped("<paragraph>Họ, chữ đệm, tên: {{name}}, giới tính: {{sex}}</paragraph>"));
    auto request = with(R"({"name": "An", "sex": "Nam"})");
    const auto place_of = [](const Bytes& pdf, std::string_view side) {
        const auto html = printed_by_tool("pdftotext -bbox", pdf);
        const auto at = html.rfind(side, html.find(">Nam<"));
        return std::stod(html.substr(at + side.size() + 2));
    };
    const auto original = draw(paper, request).value().pdf;
    request.use = PaperUse::form;
    const auto form = draw(paper, request).value().pdf;
    for (const auto* side : {"xMin", "yMin", "xMax", "yMax"}) {
        CHECK(
            std::abs(place_of(original, side) - place_of(form, side)) < 0.05
        );  // Points: a fiftieth of a millimetre.
    }
}

TEST_CASE("what is too long goes on to further pages, header rows and page numbers with it")
{
    std::string list = "{\"items\": [";
    for (int i = 0; i < 200; ++i) list += std::string(i > 0 ? "," : "") + "{\"name\": \"mục số\"}";
    const std::string xml =
        "<paper xmlns=\"urn:thien-an:paper:1\" title=\"t\" numbers=\"yes\"><page><table columns=\"20 *\" "
        "border=\"all\">"
        "<row header=\"yes\"><cell>Thứ tự</cell><cell>Tên</cell></row>"
        "<row each=\"items\" "
        "as=\"item\"><cell>{{item.number_}}</cell><cell>{{item.name}}</cell></row></table></page></paper>";
    const auto drawn = draw(read(xml), with(list + "]}")).value();
    CHECK(drawn.pages > 3);
    const auto text = text_in(drawn.pdf);
    std::size_t headers = 0;
    for (auto at = text.find("Thứ tự"); at != std::string::npos; at = text.find("Thứ tự", at + 1)) ++headers;
    CHECK(headers == std::size_t(drawn.pages));
    CHECK(text.find("200") != std::string::npos);
}

TEST_CASE("whatever the standard does not list is refused with file, line and what")
{
    struct Row {
        const char* inside;
        const char* code;
    };
    constexpr std::array rows{
        Row{"<script/>", "paper.unknown_element"},
        Row{"<paragraph onclick=\"x\"/>", "paper.unknown_attribute"},
        Row{"<paragraph size=\"big\"/>", "paper.bad_attribute"},
        Row{"<paragraph size=\"-3\"/>", "paper.bad_attribute"},
        Row{"<paragraph style=\"nice\"/>", "paper.bad_attribute"},
        Row{"<paragraph if=\"a b\"/>", "paper.bad_attribute"},
        Row{"<row/>", "paper.misplaced_element"},
        Row{"<box x=\"1\" y=\"1\"/>", "paper.missing_attribute"},
        Row{"<paragraph each=\"x\"/>", "paper.missing_attribute"},
        Row{"words", "paper.misplaced_text"},
        Row{"<paragraph>{{a</paragraph>", "paper.bad_placeholder"},
        Row{"<paragraph>{{a|shout}}</paragraph>", "paper.bad_placeholder"},
        Row{"<paragraph>}}</paragraph>", "paper.bad_placeholder"},
        Row{"<signature-place name=\"a\"/><seal-place name=\"a\"/>", "paper.doubled_name"},
        Row{"<seal-place name=\"a\" over=\"b\"/>", "paper.no_such_place"},
        Row{"<qr value=\"{{x\" size=\"5\"/>", "paper.bad_attribute"},
    };
    for (const auto& row : rows) {
        const auto problem = refused(wrapped(row.inside));
        CAPTURE(row.inside);
        CHECK(problem.code == row.code);
        CHECK(word(problem, "file") == "x.paper.xml");
        CHECK(word(problem, "line") == (std::string_view(row.inside) == "words" ? "2" : "3"));
    }
    CHECK(refused("<paper title=\"t\"/>").code == "paper.unknown_element");
    CHECK(refused("<page xmlns=\"urn:thien-an:paper:1\"/>").code == "paper.misplaced_element");
    CHECK(refused("<paper").code == "xml.syntax");
}

TEST_CASE("a missing value is said, unless the paper allows it")
{
    CHECK(
        draw(read(wrapped("<paragraph>{{a.b}}</paragraph>")), with("{}")).problem().code == "paper.no_value"
    );
    CHECK(draw(read(wrapped("<paragraph>{{a.b?}}</paragraph>")), with("{}")));
    const auto problem =
        draw(read(wrapped("<paragraph>{{a|day}}</paragraph>")), with(R"({"a": "x"})")).problem();
    CHECK(problem.code == "paper.bad_value");
    CHECK(word(problem, "line") == "3");
}

TEST_CASE("a paper names the values and pictures it asks for, without those of its lists")
{
    const auto paper =
        read(wrapped("<paragraph if=\"kind = late\">{{child.name|upper}}</paragraph><image name=\"arms\" "
                     "width=\"9\" height=\"9\"/>"
                     "<paragraph each=\"papers\" as=\"item\">{{item.name}}</paragraph>"));
    CHECK(paper.values() == std::set<std::string>{"child.name", "kind", "papers"});
    CHECK(paper.pictures() == std::set<std::string>{"arms"});
}

TEST_CASE("a box that is too small is said, or its text shrinks when it may")
{
    const std::string text =
        "Nguyễn Thị Hoàng Anh Thư Kim Ngân, xã Bình Hải, huyện Bình Sơn, tỉnh Quảng Ngãi";
    const auto box = [&](const std::string& more) {
        return read(wrapped(
            "<box x=\"10\" y=\"10\" width=\"50\" height=\"12\"" + more + "><paragraph>" + text +
            "</paragraph></box>"
        ));
    };
    CHECK(draw(box(""), with("{}")).problem().code == "paper.overflow");
    CHECK(draw(box(" shrink=\"yes\""), with("{}")));
}

TEST_CASE("forms of values read as papers write them")
{
    const auto paper =
        read(wrapped("<paragraph>{{d|full_day}}; {{e|full_day}}; {{n|number}}; {{m|dong}}; "
                     "{{n|words|capital}}; {{s|capital}}</paragraph>"));
    const auto pdf =
        draw(paper, with(R"({"d": "2016-07-01", "e": "2016-02-05", "n": 5, "m": 8000, "s": "ấp Đông"})"))
            .value()
            .pdf;
    const auto text = printed_by_tool("pdftotext -raw", pdf);
    for (const auto* part :
         {"ngày 01 tháng 7 năm 2016", "ngày 05 tháng 02 năm 2016", "05", "8.000 đồng", "Năm", "Ấp Đông"}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
}

}  // namespace
}  // namespace thien_an::documents
