#include <random>

#include "engine/identity/demo.h"
#include "engine/identity/reference_rows.h"

namespace thien_an::identity {
namespace {

Problem bad(std::string_view reason)
{
    return Problem{
        .code = "identity.bad_demo", .field = "", .law = "", .words = {{"reason", std::string(reason)}}};
}

/// Draws made-up people; std::mt19937 gives the same numbers everywhere, its distributions do not.
class Draw {
public:
    Draw(const json::value& names, std::uint32_t seed) : names_(names), random_(seed) {}

    std::uint32_t below(std::uint32_t bound)
    {
        return std::uint32_t(std::uint64_t(random_()) * bound >> 32U);
    }
    std::string name(bool woman)
    {
        return one_of("surnames") + " " + one_of(woman ? "middle_female" : "middle_male") + " " +
               one_of(woman ? "given_female" : "given_male");
    }
    /// Between 24 and 58 years before `today`.
    Day birthday(Day today) { return today - std::chrono::days{24 * 365 + int(below(34 * 365))}; }
    std::string digits(int count)
    {
        std::string text;
        for (int i = 0; i < count; ++i) text += char('0' + below(10));
        return text;
    }

private:
    std::string one_of(std::string_view list)
    {
        const auto* rows = rows_of(names_, list);
        if (rows == nullptr || rows->empty()) return "";
        std::int64_t sum = 0;
        for (const auto& row : *rows) sum += json::integer_or(row, "weight", 1);
        auto left = std::int64_t(below(std::uint32_t(sum)));
        for (const auto& row : *rows) {
            left -= json::integer_or(row, "weight", 1);
            if (left < 0) return json::string_or(row, "name");
        }
        return json::string_or(rows->back(), "name");
    }

    const json::value& names_;
    std::mt19937 random_;
};

/// Twelve digits after the change of 2016-2021 had reached most people, nine before.
std::string identity_number(Draw& draw, Day today)
{
    const bool twelve = today >= Day{std::chrono::year{2021} / 1 / 1};
    return twelve ? "051" + draw.digits(9) : "212" + draw.digits(6);
}

DemoPerson person(Draw& draw, Day today, std::size_t number)
{
    const bool woman = draw.below(2) == 0;
    DemoPerson made;
    made.name = draw.name(woman);
    made.born_on = draw.birthday(today);
    made.identity_number = identity_number(draw, today);
    // One after the other, so that no two people share one.
    const auto tail = std::to_string(number);
    made.phone = "0900" + std::string(6 - std::min<std::size_t>(tail.size(), 6), '0') + tail;
    return made;
}

/// "motcua.21211" for "ubnd-21211", "giamdoc.so-tp": what follows the first dash when that is a code.
std::string login_at(std::string_view alias, std::string_view agency)
{
    const auto dash = agency.find('-');
    const bool code = dash != std::string_view::npos && dash + 1 < agency.size() && agency[dash + 1] >= '0' &&
                      agency[dash + 1] <= '9';
    return std::string(alias) + "." + std::string(code ? agency.substr(dash + 1) : agency);
}

const json::value* staffed_on(const json::value& staff, Day today)
{
    const auto* all = rows_of(staff, "staffed");
    if (all == nullptr) return nullptr;
    for (const auto& row : *all)
        if (const auto days = validity_of(row); days && days->covers(today)) return &row;
    return nullptr;
}

void add_agency(
    std::vector<DemoPerson>& people,
    Draw& draw,
    const json::value& agency,
    const json::array& positions,
    Day today
)
{
    for (const auto& position : positions) {
        auto made = person(draw, today, people.size() + 1);
        made.agency = json::string_or(agency, "agency");
        made.login = login_at(json::string_or(position, "login"), made.agency);
        if (const auto* kinds = rows_of(position, "posts"))
            for (const auto& kind : *kinds) made.posts.emplace_back(kind.as_string());
        people.push_back(std::move(made));
    }
}

}  // namespace

Result<std::vector<DemoPerson>> demo_people(
    const json::value& staff, const json::value& names, Day today, std::uint32_t seed
)
{
    const auto* row = staffed_on(staff, today);
    const auto* agencies = row == nullptr ? nullptr : rows_of(*row, "agencies");
    const auto* positions = json::member(staff, "positions");
    if (agencies == nullptr || positions == nullptr) return bad("staffed");
    Draw draw(names, seed);
    std::vector<DemoPerson> people;
    for (const auto& agency : *agencies) {
        const auto* list = rows_of(*positions, json::string_or(agency, "positions"));
        if (list == nullptr) return bad("positions");
        add_agency(people, draw, agency, *list, today);
    }
    const auto citizens = json::integer_or(staff, "citizens");
    for (std::int64_t i = 0; i < citizens; ++i) {
        auto made = person(draw, today, people.size() + 1);
        made.login = made.phone;
        people.push_back(std::move(made));
    }
    return people;
}

}  // namespace thien_an::identity
