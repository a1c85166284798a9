#include "systems/civil_status/demo_births.h"

#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace thien_an::civil_status {
namespace {

int between(std::mt19937_64& random, int least, int most)
{
    return std::uniform_int_distribution<int>(least, most)(random);
}

std::string digits(std::mt19937_64& random, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i) out += char('0' + between(random, 0, 9));
    return out;
}

/// The identity paper most people carry on a day: nine digits of the province, later twelve with sex and year of birth.
struct Paper {
    std::string kind;
    std::string number;
};
Paper identity_paper(std::mt19937_64& random, Day today, bool female, int born)
{
    const Day chips{std::chrono::year{2021} / 7 / 1};  // By then the new cards had been given to most.
    if (today < chips) return {"identity_card_9", "212" + digits(random, 6)};
    const int century = born < 2000 ? 0 : 2;
    return {
        "citizen_card", fmt::format("051{}{:02}{}", century + int(female), born % 100, digits(random, 6))};
}

json::object residence(const std::string& unit, const std::string& house)
{
    return {{"unit", unit}, {"line", house}};
}

}  // namespace

DemoNames::Weighted DemoNames::list(const json::value& file, std::string_view name)
{
    const auto* rows = json::member(file, name);
    if (rows == nullptr || !rows->is_array())
        throw std::invalid_argument("demo names without " + std::string(name));
    Weighted out;
    for (const auto& row : rows->get_array())
        out.emplace_back(json::string_or(row, "name"), int(json::integer_or(row, "weight", 1)));
    if (out.empty()) throw std::invalid_argument("an empty list of demo names");
    return out;
}

const std::string& DemoNames::pick(std::mt19937_64& random, const Weighted& names)
{
    int total = 0;
    for (const auto& [name, weight] : names) total += weight;
    int at = between(random, 0, total - 1);
    for (const auto& [name, weight] : names)
        if ((at -= weight) < 0) return name;
    return names.back().first;
}

DemoNames::DemoNames(const json::value& file)
    : surnames_(list(file, "surnames")),
      middle_female_(list(file, "middle_female")),
      middle_male_(list(file, "middle_male")),
      given_female_(list(file, "given_female")),
      given_male_(list(file, "given_male")),
      house_(json::string_or(file, "house"))
{
    const auto* rows = json::member(file, "births");
    if (rows == nullptr || !rows->is_array()) throw std::invalid_argument("demo names without births");
    for (const auto& row : rows->get_array()) {
        const auto from = parse_day(json::string_or(row, "valid_from"));
        if (!from) throw std::invalid_argument("births of demo names without a day");
        birthplaces_.push_back(
            {from.value(),
             json::string_or(row, "facility"),
             json::string_or(row, "place"),
             json::string_or(row, "hometown")}
        );
    }
    if (birthplaces_.empty()) throw std::invalid_argument("demo names without births");
}

const DemoNames::Birthplace& DemoNames::birthplace(Day today) const
{
    const auto later = std::find_if(birthplaces_.begin(), birthplaces_.end(), [&](const Birthplace& b) {
        return b.from > today;
    });
    return later == birthplaces_.begin() ? *later : *std::prev(later);
}

std::string DemoNames::house(int number) const { return fmt::format(fmt::runtime(house_), number); }

DemoNames::Person DemoNames::named(std::mt19937_64& random, std::string surname) const
{
    const bool female = between(random, 0, 1) == 1;
    const auto& middle = pick(random, female ? middle_female_ : middle_male_);
    const auto& given = pick(random, female ? given_female_ : given_male_);
    return {surname, fmt::format("{} {} {}", surname, middle, given), female};
}

DemoNames::Person DemoNames::person(std::mt19937_64& random) const
{
    return named(random, pick(random, surnames_));
}

DemoNames::Person DemoNames::child(std::mt19937_64& random, const std::string& surname) const
{
    return named(random, surname);
}

json::value demo_birth(
    std::mt19937_64& random, const DemoNames& names, const std::string& unit, Day today, int days_back
)
{
    auto mother = names.person(random);
    while (!mother.female) mother = names.person(random);
    auto father = names.person(random);
    while (father.female) father = names.person(random);
    const auto child = names.child(random, father.surname);
    const Day born = today - std::chrono::days{between(random, 1, days_back)};
    const auto house = names.house(between(random, 1, 300));
    const auto& birthplace = names.birthplace(today);
    const int year = int(std::chrono::year_month_day{today}.year());
    const int mother_born = year - between(random, 19, 40);
    const int father_born = year - between(random, 21, 45);
    const auto mother_paper = identity_paper(random, today, true, mother_born);
    const bool whole_online =
        today >= Day{std::chrono::year{2022} / 8 / 15};  // Before, one came to sign the book.
    return json::object{
        {"requester",
         json::object{
             {"full_name", mother.full_name},
             {"relation", "mother"},
             {"phone", "09" + digits(random, 8)},
             {"identity", json::object{{"kind", mother_paper.kind}, {"number", mother_paper.number}}},
             {"residence", residence(unit, house)}}},
        {"child",
         json::object{
             {"full_name", child.full_name},
             {"born_on", iso(born)},
             {"sex", child.female ? "female" : "male"},
             {"ethnicity", "01"},
             {"nationality", "VN"},
             {"birthplace",
              json::object{
                  {"kind", "facility"}, {"facility", birthplace.facility}, {"place", birthplace.place}}},
             {"hometown", birthplace.hometown}}},
        {"mother",
         json::object{
             {"full_name", mother.full_name},
             {"birth_year", mother_born},
             {"ethnicity", "01"},
             {"nationality", "VN"},
             {"identity_number", mother_paper.number},
             {"residence", residence(unit, house)}}},
        {"parents_married", true},
        {"father",
         json::object{
             {"recorded", true},
             {"full_name", father.full_name},
             {"birth_year", father_born},
             {"ethnicity", "01"},
             {"nationality", "VN"},
             {"identity_number", identity_paper(random, today, false, father_born).number},
             {"residence", residence(unit, house)}}},
        {"result",
         json::object{
             {"hand_over", whole_online ? "online" : "at_desk"}, {"copies", 0}, {"exempt_group", "none"}}},
        {"declared_true", true}};
}

}  // namespace thien_an::civil_status
