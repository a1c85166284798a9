#include <doctest/doctest.h>

#include <set>
#include <thread>

#include "engine/base/bytes.h"
#include "engine/base/dong.h"
#include "engine/base/id.h"
#include "engine/base/vietnamese.h"
#include "engine/base/xml.h"

namespace thien_an {
namespace {

TEST_CASE("identifiers from four threads are all different and positive")
{
    IdSource ids{7};
    std::vector<std::vector<std::int64_t>> made(4);
    std::vector<std::jthread> threads;
    for (auto& mine : made)
        threads.emplace_back([&] {
            for (int i = 0; i < 20'000; ++i) mine.push_back(ids.next());
        });
    threads.clear();
    std::set<std::int64_t> all;
    for (const auto& mine : made) all.insert(mine.begin(), mine.end());
    CHECK(all.size() == 80'000);
    CHECK(*all.begin() > 0);
}

TEST_CASE("an identifier is one to nineteen digits and nothing else")
{
    CHECK(parse_id("42").value() == 42);
    for (const auto* bad : {"", "0", "-1", "4x", "042", " 4", "99999999999999999999"})
        CHECK_FALSE(parse_id(bad));
}

TEST_CASE("folding drops marks, case and punctuation, and reads đ as d")
{
    CHECK(folded("  Xã Đức-Phổ, Quảng Ngãi ") == "xa duc pho quang ngai");
    CHECK(folded("NGUYỄN THỊ ƯỚC") == folded("nguyễn thị ước"));
    CHECK(folded("đường") == "duong");
    CHECK(folded("Sơn Thủy") == folded("Sơn Thuỷ"));
}

TEST_CASE("a composed and a decomposed name are one name")
{
    CHECK(nfc("Nguyê\u0303n") == "Nguy\u1ec5n");
    CHECK(letters("Nguyê\u0303n") == 6);
}

TEST_CASE("a name is tidied, not changed")
{
    CHECK(tidy_name("  nguyễn   TRÀ giang ") == "Nguyễn Trà Giang");
    CHECK(upper("Nguyễn Trà Giang") == "NGUYỄN TRÀ GIANG");
}

TEST_CASE("numbers read as on certificates")
{
    CHECK(in_words(2016) == "hai nghìn không trăm mười sáu");
    CHECK(in_words(21) == "hai mươi mốt");
    CHECK(in_words(15) == "mười lăm");
    CHECK(in_words(105) == "một trăm linh năm");
    CHECK(in_words(1000005) == "một triệu không trăm linh năm");
    CHECK(in_words(8000) == "tám nghìn");
    using namespace std::chrono_literals;
    CHECK(in_words(Day{2016y / 3 / 12}) == "ngày mười hai tháng ba năm hai nghìn không trăm mười sáu");
}

TEST_CASE("base64 and hex give back what they took")
{
    for (std::size_t size = 0; size < 70; ++size) {
        Bytes bytes(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = std::uint8_t(i * 37 + size);
        CHECK(from_base64(base64(bytes)).value() == bytes);
        CHECK(from_base64(base64url(bytes)).value() == bytes);
        CHECK(from_hex(hex(bytes)).value() == bytes);
    }
    CHECK_FALSE(from_base64("ab c"));
    CHECK_FALSE(from_hex("0"));
}

TEST_CASE("money is written with dots and the sign of the đồng")
{
    CHECK(shown(Dong{8000}) == "8.000 ₫");
    CHECK(shown(Dong{1500000}) == "1.500.000 ₫");
    CHECK(shown(Dong{0}) == "0 ₫");
}

TEST_CASE("XML with a document type is refused before any entity is read")
{
    const auto bomb = R"(<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>)";
    CHECK(xml::parse(bomb).problem().code == "xml.doctype");
    CHECK(xml::parse(R"(<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>)").problem().code == "xml.doctype");
}

TEST_CASE("XML keeps lines, namespaces and text, and writes them back")
{
    const auto root =
        xml::parse("<a xmlns=\"urn:a\" xmlns:b=\"urn:b\">\n <b:c b:d=\"1 &lt; 2\">x</b:c></a>").value();
    CHECK(root->child("c")->line == 2);
    CHECK(root->child("c")->space == "urn:b");
    CHECK(root->child("c")->attribute_in("urn:b", "d") == "1 < 2");
    const auto again = xml::parse(xml::text_of(*root)).value();
    CHECK(xml::text_of(*again) == xml::text_of(*root));
}

TEST_CASE("deep and broken XML gives a Problem with its line")
{
    std::string deep;
    for (int i = 0; i < 250; ++i) deep += "<a>";
    for (int i = 0; i < 250; ++i) deep += "</a>";
    CHECK(xml::parse(deep).problem().code == "xml.too_deep");
    CHECK(xml::parse("<a>\n<b></a>").problem().words[0].second == "2");
}

}  // namespace
}  // namespace thien_an
