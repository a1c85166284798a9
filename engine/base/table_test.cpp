#include <doctest/doctest.h>

#include <random>

#include "engine/base/csv.h"
#include "engine/base/xlsx.h"

namespace thien_an {
namespace {

TEST_CASE("cells may hold quotes, separators and line ends")
{
    CHECK(
        csv::parse("a,\"b, \"\"c\"\"\nd\",\r\n1,2,3").value() ==
        csv::Table{{"a", "b, \"c\"\nd", ""}, {"1", "2", "3"}}
    );
    CHECK(csv::parse("a;b\n1,5;2\n").value() == csv::Table{{"a", "b"}, {"1,5", "2"}});
    CHECK(
        csv::parse("\xEF\xBB\xBF"
                   "tên\n\n\n")
            .value() == csv::Table{{"tên"}}
    );
    CHECK(csv::parse("").value().empty());
}

TEST_CASE("a table that is none is refused with its line")
{
    const auto refused = [](std::string_view text) {
        const auto parsed = csv::parse(text);
        REQUIRE_FALSE(parsed);
        return parsed.problem().code +
               (parsed.problem().words.empty() ? "" : " " + parsed.problem().words[0].second);
    };
    CHECK(refused("a\n\"b") == "csv.syntax 2");
    CHECK(refused("a\nb\n\"c\"d") == "csv.syntax 3");
    CHECK(refused("a\xff") == "csv.not_utf8");
    CHECK(refused(std::string_view("a\0b", 3)) == "csv.not_utf8");
    CHECK(csv::parse("1\n2\n3\n", {.rows_max = 2}).problem().code == "csv.too_large");
    CHECK(csv::parse("1,2,3", {.columns_max = 2}).problem().code == "csv.too_large");
}

TEST_CASE("any table survives writing and reading, as CSV and as a workbook")
{
    std::mt19937 random(3);
    const std::vector<std::string> pieces{"a", ",", "\"", "\n", "ệ", " ", ";", "<", "&", "1", "=", "'"};
    for (int round = 0; round < 60; ++round) {
        csv::Table table;
        for (int r = 0; r < 4; ++r) {
            csv::Row row;
            for (int c = 0; c < 3; ++c) {
                std::string cell = "x";
                for (auto n = random() % 6; n > 0; --n) cell += pieces[random() % pieces.size()];
                row.push_back(cell);
            }
            table.push_back(row);
        }
        CHECK(csv::parse(csv::text_of(table)).value() == table);
        CHECK(xlsx::parse(xlsx::bytes_of(table, "Danh sách")).value() == table);
    }
}

TEST_CASE("a cell that a spreadsheet would compute is guarded")
{
    CHECK(csv::text_of({{"=1+1", "-x", "a=b"}}).ends_with("'=1+1,'-x,a=b\r\n"));
}

TEST_CASE("what is no workbook is refused, and so is one that unpacks too far")
{
    CHECK(xlsx::parse("PK not a zip").problem().code == "xlsx.not_a_workbook");
    CHECK(xlsx::parse("").problem().code == "xlsx.not_a_workbook");
    const csv::Table wide{{std::string(3'000'000, 'a')}};
    const auto bomb = xlsx::bytes_of(wide, "x");
    CHECK(bomb.size() < 20'000);
    CHECK(xlsx::parse(bomb, {.unpacked_bytes_max = 1'000'000}).problem().code == "xlsx.too_large");
    auto cut = xlsx::bytes_of({{"a"}}, "x");
    cut[cut.size() / 2] ^= 0x55;
    CHECK_NOTHROW((void)xlsx::parse(cut));
}

}  // namespace
}  // namespace thien_an
