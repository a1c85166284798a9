#include "systems/civil_status/birth_rules.h"

#include <doctest/doctest.h>

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;

constexpr Day born{2024y / 3 / 1};

TEST_CASE("a birth declared on the sixtieth day is in time, on the sixty-first it is late")
{
    CHECK(timeliness(born, born).value() == Timeliness::in_time);
    CHECK(timeliness(born, born + std::chrono::days{60}).value() == Timeliness::in_time);
    CHECK(timeliness(born, born + std::chrono::days{61}).value() == Timeliness::late);
}

TEST_CASE("a birth after its declaration is refused and names the field and the article")
{
    const auto problem = timeliness(born, born - std::chrono::days{1}).problem();
    CHECK(problem.code == "civil_status.birth_in_future");
    CHECK(problem.field == "/child/born_on");
    CHECK(problem.law == "law-60-2014/art-15");
}

TEST_CASE("names have letters and at least two words")
{
    for (const auto* good : {"Nguyễn Trà Giang", "Đinh Y Bơ Niê", "H'Hen Niê", "Lê An"})
        CHECK(name_allowed(good));
    for (const auto* bad : {"Nguyễn", "Nguyễn 2", "Nguyễn @An", ""}) CHECK_FALSE(name_allowed(bad));
    CHECK_FALSE(name_allowed("Nguyễn " + std::string(200, 'a')));
}

TEST_CASE("the family name is one of the parents', with its marks")
{
    CHECK(surname_of_a_parent("Nguyễn Trà Giang", {"Phạm Thị Vy", "Nguyễn Hữu Thọ"}));
    CHECK(surname_of_a_parent("Phạm Trà Giang", {"Phạm Thị Vy"}));
    CHECK_FALSE(surname_of_a_parent("Trần Trà Giang", {"Phạm Thị Vy", "Nguyễn Hữu Thọ"}));
    CHECK_FALSE(surname_of_a_parent("Võ An", {"Vũ Hoa"}));
    CHECK_FALSE(surname_of_a_parent("Vỏ An", {"Võ Hoa"}));
}

}  // namespace
}  // namespace thien_an::civil_status
