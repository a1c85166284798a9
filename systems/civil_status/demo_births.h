#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"

/// Made-up birth declarations for demo folders, benchmarks and tests: the same seed gives the same births.
namespace thien_an::civil_status {

/// Names by weight, as province/demo_names.json lists them.
class DemoNames {
public:
    /// Throws std::invalid_argument when the lists are not there.
    explicit DemoNames(const json::value& file);

    struct Person {
        std::string surname;
        std::string full_name;
        bool female;
    };
    Person person(std::mt19937_64& random) const;
    /// A child of this surname.
    Person child(std::mt19937_64& random, const std::string& surname) const;
    /// Where children are born on a day, as the places are called then.
    struct Birthplace {
        Day from;
        std::string facility;
        std::string place;
        std::string hometown;
    };
    const Birthplace& birthplace(Day today) const;
    std::string house(int number) const;

private:
    using Weighted = std::vector<std::pair<std::string, int>>;
    static Weighted list(const json::value& file, std::string_view name);
    static const std::string& pick(std::mt19937_64& random, const Weighted& names);
    Person named(std::mt19937_64& random, std::string surname) const;

    Weighted surnames_;
    Weighted middle_female_;
    Weighted middle_male_;
    Weighted given_female_;
    Weighted given_male_;
    std::vector<Birthplace> birthplaces_;  ///< The earliest first.
    std::string house_;
};

/// A form of birth_registration that has no error: a child born up to `days_back` days before `today`, parents living in
/// `unit` (a commune of that day).
json::value demo_birth(
    std::mt19937_64& random, const DemoNames& names, const std::string& unit, Day today, int days_back
);

}  // namespace thien_an::civil_status
