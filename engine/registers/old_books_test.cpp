#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "engine/crypto/key_ring.h"
#include "engine/identity/agencies.h"
#include "engine/identity/posts.h"
#include "engine/registers/closing.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/old_quality.h"
#include "engine/storage/test_databases.h"

// The rules of comparison alone; whole pages with people and rights are in systems/civil_status/old_books_test.cpp.
namespace thien_an::registers {
namespace {

const Register& marriages()
{
    static const auto reg = load_register(json::parse(R"json({
      "id": "births", "name": {"vi": "Sổ"},
      "fields": [
        {"id": "name", "type": "name", "title": {"vi": "Tên"}, "required": true, "search": "folded"},
        {"id": "born_on", "type": "day", "title": {"vi": "Ngày sinh"}, "required": true, "index": true},
        {"id": "times", "type": "integer", "title": {"vi": "Lần"}, "required": true},
        {"id": "kind", "type": "choice", "choices": [{"id": "new"}], "title": {"vi": "Loại"}}
      ]})json")
                                              .value())
                                .value();
    return reg;
}

TypedEntry entry(std::int64_t place, const std::string& number, const std::string& name = "An")
{
    return {place, {{"$number", number}, {"name", name}}};
}

std::string value(std::string_view field, std::string_view typed)
{
    const auto v = old_value(marriages(), field, typed);
    return v ? json::text_of(v.value()) : v.problem().code;
}

}  // namespace

TEST_CASE("an old book may know the year only, and what nobody can read is said so")
{
    CHECK(value("born_on", "12/3/1954") == R"("1954-03-12")");
    CHECK(value("born_on", " 1954-03-12 ") == R"("1954-03-12")");
    CHECK(value("born_on", "3/1954") == R"("3/1954")");
    CHECK(value("born_on", "1954") == R"("1954")");
    CHECK(value("born_on", "không rõ") == R"("không rõ")");
    CHECK(value("born_on", "") == "null");
    CHECK(value("times", "không rõ") == "null");
    CHECK(value("times", "2") == "2");
    for (const auto* wrong : {"31/2/1954", "12/13/1954", "1/2/3/1954", "54", "hôm qua", "12/"})
        CHECK_MESSAGE(value("born_on", wrong) == "registers.bad_value", wrong);
    CHECK(value("times", "hai") == "registers.bad_value");
    CHECK(value("kind", "old") == "registers.bad_value");
    CHECK(value("$number", "0") == "registers.bad_number");
    CHECK(value("nobody", "x") == "registers.unknown_field");
    CHECK(first_day("3/1954") == Day{std::chrono::year(1954) / 3 / 1});
    CHECK(first_day("không rõ") == std::nullopt);
}

TEST_CASE("composition, spaces and ways to write a day are no difference; the place of a tone is flagged")
{
    const auto& reg = marriages();
    CHECK(likeness(reg, "name", "Nguyễn  An ", "Nguye\u0302\u0303n An") == Likeness::same);
    CHECK(likeness(reg, "born_on", "01/02/1954", "1-2-1954") == Likeness::same);
    CHECK(likeness(reg, "name", "Hoà Thuỷ", "Hòa Thủy") == Likeness::tone);
    CHECK(likeness(reg, "name", "KHOẺ", "KHỎE") == Likeness::tone);
    CHECK(likeness(reg, "name", "Hòa", "Hoa") == Likeness::differs);
    CHECK(likeness(reg, "name", "Hòa An", "Hoa Àn") == Likeness::differs);
    CHECK(likeness(reg, "name", "An", "") == Likeness::differs);
}

TEST_CASE("entries are put side by side by their number, and one that a typist left out is one mismatch")
{
    const auto lines =
        aligned({entry(1, "15"), entry(2, "16"), entry(3, "18")}, {entry(1, "16"), entry(2, "18")});
    REQUIRE(lines.size() == 3);
    CHECK_FALSE(lines[0].both());
    CHECK(lines[1].second->place == 1);
    CHECK(lines[2].second->place == 2);
    const auto found = mismatches(marriages(), lines);
    REQUIRE(found.size() == 1);
    CHECK(found[0].field == "$entry");

    const auto misread = mismatches(marriages(), aligned({entry(1, "15")}, {entry(1, "75", "Ân")}));
    REQUIRE(misread.size() == 2);
    CHECK(misread[0].field == "$number");
    CHECK(misread[1].field == "name");

    const auto more = aligned({entry(1, "1")}, {entry(1, "1"), entry(2, "2")});
    REQUIRE(more.size() == 2);
    CHECK(more[1].id == 1002);
}

}  // namespace thien_an::registers
