#pragma once

#include <random>
#include <string>
#include <utility>

#include "engine/registers/matching.h"

#include "systems/civil_status/demo_births.h"

/// Pairs of descriptions of children with the answer whether they are one child, to measure matching. Names by the
/// frequencies of province/demo_names.json; one seed gives the same pairs always.
namespace thien_an::civil_status {

struct LabelledPair {
    registers::PersonDescription one;
    registers::PersonDescription other;
    bool same = false;
    std::string kind;  ///< "same", "stranger", "sibling", "twin", "namesake", "same_day", "other_year"
};

/// Half of the pairs are one child written down twice, half are two children who are hard to tell apart. The second
/// description of either is written as clerks and parents write, each by its own chance:
///   a name: without marks 20 %, the other placing of tones 15 %, another order 8 %, Thị or Văn left out or added 10 %,
///     another middle name left out 2 %, a letter heard for another 8 %, a typing slip 8 %, hỏi for ngã 5 %, a tone lost 4 %;
///   birth day: day and month exchanged 6 %, one to three days off 8 %, a digit wrong 4 %, only the year 5 %;
///   the mother's name not said 4 %, the father's 15 %, the mother's paper not said 40 % or a new one 8 %, sex 3 %.
class PersonPairs {
public:
    /// Keeps a reference to `names`.
    PersonPairs(const DemoNames& names, std::uint64_t seed) : names_(names), random_(seed) {}
    LabelledPair next();
    registers::PersonDescription child();
    registers::PersonDescription written_again(registers::PersonDescription who);

private:
    bool chance(double share) { return std::uniform_real_distribution<double>(0, 1)(random_) < share; }
    int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }
    DemoNames::Person grown(bool female);
    std::string number();
    std::string name_written_again(const std::string& name);
    void birth_written_again(registers::PersonDescription& who);
    registers::PersonDescription somebody_else(
        const registers::PersonDescription& who, const std::string& kind
    );

    const DemoNames& names_;
    std::mt19937_64 random_;
};

}  // namespace thien_an::civil_status
