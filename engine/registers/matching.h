#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/registers/name_words.h"

/// Whether two descriptions are of the same person: evidence for and against, added up and told in words.
/// Each piece of evidence weighs log2(m/u), the chance to see it for one person against the chance for two (Fellegi and
/// Sunter, "A theory for record linkage", JASA 64, 1969); agreement on a name weighs by how rare its words are (Winkler,
/// "Frequency-based matching", 1989). The weights are data: register.json, "matching".
namespace thien_an::registers {

/// What a register, a form or a person at the desk says about somebody. Empty: not known.
struct PersonDescription {
    std::string name;
    std::optional<Day> born_on;
    std::int64_t born_year = 0;  ///< That of born_on when there is one.
    std::string sex;             ///< "male", "female"
    std::string mother;          ///< Names.
    std::string father;
    std::string number;         ///< Twelve digits: personal number or citizen card.
    std::string paper;          ///< Another identity paper.
    std::string mother_number;  ///< Any identity paper of the mother.
    bool operator==(const PersonDescription&) const = default;
};

/// Weights of agreement and disagreement.
struct Matching {
    /// What kinds of difference between names take away.
    struct Names {
        double most = 0;       ///< The weight of a name never goes above.
        double rare_word = 0;  ///< Share of people who have a word that is not listed.
        std::map<std::string, double, std::less<>>
            words;  ///< Plain words and the share of people who have them.
        double unmarked = 0, marks = 0, sound = 0, slip = 0;
        double light_middle = 0, middle = 0, end = 0, order = 0;
        double different = 0;  ///< The weight of another name, below zero.
    };
    struct Births {
        double same = 0;
        double swapped = 0;    ///< Day and month exchanged.
        double near = 0;       ///< Within near_days.
        double digit = 0;      ///< One digit of the date differs or two are exchanged.
        double year = 0;       ///< The same year where one of the two has no day.
        double next_year = 0;  ///< A year apart where one of the two has no day.
        double same_year = 0;  ///< Other days of one year.
        double different = 0;
        std::int64_t near_days = 0;
    };
    struct Pair {
        double same = 0;
        double different = 0;
    };
    Names name;
    double parent_share = 0;  ///< What a parent's name weighs beside a person's own.
    double parent_different = 0;
    Births born;
    Pair sex, number, paper, mother_number;
    double possible = 0;  ///< From here on a person should look.
    double clear = 0;     ///< From here on hardly anybody would doubt.
};
/// Problem "registers.bad_register": a weight is missing.
Result<Matching> load_matching(const json::value& source);

/// One piece of evidence: "name" "order" -0.5. The catalogue says it: "registers.match.name.order".
struct Evidence {
    std::string part;  ///< "name", "mother", "father", "born_on", "sex", "number", "paper", "mother_number"
    std::string what;
    double weight = 0;
};
struct Comparison {
    double score = 0;
    std::vector<Evidence> why;  ///< The order of PersonDescription.
    bool same_number = false;   ///< A personal number or identity paper is the same.
};

/// One description, to be compared with many.
class PersonComparer {
public:
    /// Keeps a reference to `matching`.
    PersonComparer(const Matching& matching, PersonDescription person);
    Comparison compare(const PersonDescription& other) const;

private:
    struct Name {
        std::string text;
        std::vector<NameWord> words;
    };
    void add_name(
        std::string_view part, const Name& own, const std::string& other, double share, Comparison& out
    ) const;
    void add_birth(const PersonDescription& other, Comparison& out) const;
    double weight_of(const std::vector<NameWord>& name) const;

    const Matching& matching_;
    PersonDescription person_;
    Name name_, mother_, father_;
};

/// How two birth days or years lie to each other, as Matching::Births names it; "" when one is not known.
std::string_view compare_births(
    const PersonDescription& a, const PersonDescription& b, std::int64_t near_days
);
/// Day and month exchanged; nothing when that is no day or the same one.
std::optional<Day> swapped_day(Day day);

}  // namespace thien_an::registers
