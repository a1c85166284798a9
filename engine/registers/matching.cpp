#include "engine/registers/matching.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace thien_an::registers {
namespace {

/// Reads weights and remembers the first that is missing.
class Weights {
public:
    explicit Weights(const json::value& source) : source_(source) {}

    double of(const std::string& pointer)
    {
        const auto* v = json::find(source_, pointer);
        if (v != nullptr && v->is_number()) return v->to_number<double>();
        if (missing_.empty()) missing_ = pointer;
        return 0;
    }
    const std::string& missing() const { return missing_; }

private:
    const json::value& source_;
    std::string missing_;
};

Matching::Pair pair_of(Weights& weights, const std::string& at)
{
    return {weights.of(at + "/same"), weights.of(at + "/different")};
}

std::array<int, 8> digits_of(Day day)
{
    const std::chrono::year_month_day date{day};
    int number = int(date.year()) * 10000 + int(unsigned(date.month())) * 100 + int(unsigned(date.day()));
    std::array<int, 8> out{};
    for (std::size_t i = out.size(); i > 0; number /= 10) out[--i] = number % 10;
    return out;
}

bool one_digit_apart(Day a, Day b)
{
    const auto left = digits_of(a);
    const auto right = digits_of(b);
    std::vector<std::size_t> at;
    for (std::size_t i = 0; i < left.size(); ++i)
        if (left[i] != right[i]) at.push_back(i);
    if (at.size() == 1) return true;
    return at.size() == 2 && at[1] == at[0] + 1 && left[at[0]] == right[at[1]] && left[at[1]] == right[at[0]];
}

}  // namespace

Result<Matching> load_matching(const json::value& source)
{
    Weights weights(source);
    Matching m;
    auto& name = m.name;
    name.most = weights.of("/name/most");
    name.rare_word = weights.of("/name/rare_word");
    for (const auto& [into, kind] : std::initializer_list<std::pair<double*, const char*>>{
             {&name.unmarked, "unmarked"},
             {&name.marks, "marks"},
             {&name.sound, "sound"},
             {&name.slip, "slip"},
             {&name.light_middle, "light_middle"},
             {&name.middle, "middle"},
             {&name.end, "end"},
             {&name.order, "order"},
             {&name.different, "different"}})
        *into = weights.of(std::string("/name/") + kind);
    if (const auto* words = json::find(source, "/name/words"); words != nullptr && words->is_object())
        for (const auto& member : words->get_object())
            name.words[std::string(member.key())] =
                weights.of("/name/words/" + json::escaped(std::string_view(member.key())));
    m.parent_share = weights.of("/parent/share");
    m.parent_different = weights.of("/parent/different");
    for (const auto& [into, kind] : std::initializer_list<std::pair<double*, const char*>>{
             {&m.born.same, "same"},
             {&m.born.swapped, "swapped"},
             {&m.born.near, "near"},
             {&m.born.digit, "digit"},
             {&m.born.year, "year"},
             {&m.born.next_year, "next_year"},
             {&m.born.same_year, "same_year"},
             {&m.born.different, "different"}})
        *into = weights.of(std::string("/born_on/") + kind);
    m.born.near_days = std::int64_t(weights.of("/born_on/near_days"));
    m.sex = pair_of(weights, "/sex");
    m.number = pair_of(weights, "/number");
    m.paper = pair_of(weights, "/paper");
    m.mother_number = pair_of(weights, "/mother_number");
    m.possible = weights.of("/possible");
    m.clear = weights.of("/clear");
    if (weights.missing().empty() && name.rare_word > 0) return m;
    return Problem{
        .code = "registers.bad_register",
        .field = "/matching" + (weights.missing().empty() ? "/name/rare_word" : weights.missing()),
        .law = "",
        .words = {{"reason", "a weight is missing"}}};
}

std::optional<Day> swapped_day(Day day)
{
    const std::chrono::year_month_day date{day};
    const auto month = std::chrono::month{unsigned(date.day())};
    const std::chrono::year_month_day other{date.year(), month, std::chrono::day{unsigned(date.month())}};
    if (!other.ok() || other == date) return std::nullopt;
    return Day{other};
}

std::string_view compare_births(
    const PersonDescription& a, const PersonDescription& b, std::int64_t near_days
)
{
    if (a.born_on && b.born_on) {
        if (*a.born_on == *b.born_on) return "same";
        if (std::chrono::abs(*a.born_on - *b.born_on).count() <= near_days) return "near";
        if (swapped_day(*a.born_on) == b.born_on) return "swapped";
        if (one_digit_apart(*a.born_on, *b.born_on)) return "digit";
        const bool same_year =
            std::chrono::year_month_day{*a.born_on}.year() == std::chrono::year_month_day{*b.born_on}.year();
        return same_year ? "same_year" : "different";
    }
    if (a.born_year == 0 || b.born_year == 0) return "";
    if (a.born_year == b.born_year) return "year";
    return std::abs(a.born_year - b.born_year) == 1 ? "next_year" : "different";
}

PersonComparer::PersonComparer(const Matching& matching, PersonDescription person)
    : matching_(matching), person_(std::move(person))
{
    for (auto [name, text] : std::initializer_list<std::pair<Name*, const std::string*>>{
             {&name_, &person_.name}, {&mother_, &person_.mother}, {&father_, &person_.father}})
        *name = {*text, name_words(*text)};
}

double PersonComparer::weight_of(const std::vector<NameWord>& name) const
{
    double bits = 0;
    for (const auto& word : name) {
        const auto known = matching_.name.words.find(word.plain);
        bits -= std::log2(known == matching_.name.words.end() ? matching_.name.rare_word : known->second);
    }
    return std::min(bits, matching_.name.most);
}

void PersonComparer::add_name(
    std::string_view part, const Name& own, const std::string& other, double share, Comparison& out
) const
{
    if (own.words.empty() || other.empty()) return;
    const auto add = [&](std::string_view what, double weight) {
        out.why.push_back({std::string(part), std::string(what), weight});
        out.score += weight;
    };
    const auto words = name_words(other);
    if (words.empty()) return;
    const auto found = compare_names(own.words, words);
    const auto& weights = matching_.name;
    if (found.different)
        return add("different", part == "name" ? weights.different : matching_.parent_different);
    const bool same = found == NameDifference{};
    // The shorter of the two is what they agree on.
    add(same ? "same" : "alike", share * std::min(weight_of(own.words), weight_of(words)));
    for (const auto& [what, count, less] : std::initializer_list<std::tuple<const char*, int, double>>{
             {"unmarked", found.unmarked, weights.unmarked},
             {"marks", found.marks, weights.marks},
             {"sound", found.sound, weights.sound},
             {"slip", found.slip, weights.slip},
             {"light_middle", found.light_middle, weights.light_middle},
             {"middle", found.middle, weights.middle},
             {"end", found.end, weights.end},
             {"order", found.order, weights.order}})
        if (count > 0) add(what, -share * less * count);
}

void PersonComparer::add_birth(const PersonDescription& other, Comparison& out) const
{
    const auto how = compare_births(person_, other, matching_.born.near_days);
    if (how.empty()) return;
    const auto& born = matching_.born;
    for (const auto& [what, weight] : std::initializer_list<std::pair<std::string_view, double>>{
             {"same", born.same},
             {"swapped", born.swapped},
             {"near", born.near},
             {"digit", born.digit},
             {"year", born.year},
             {"next_year", born.next_year},
             {"same_year", born.same_year},
             {"different", born.different}})
        if (what == how) {
            out.why.push_back({"born_on", std::string(how), weight});
            out.score += weight;
        }
}

Comparison PersonComparer::compare(const PersonDescription& other) const
{
    Comparison out;
    add_name("name", name_, other.name, 1, out);
    add_birth(other, out);
    const auto add_pair =
        [&](const char* part, const std::string& a, const std::string& b, const Matching::Pair& w) {
            if (a.empty() || b.empty()) return false;
            const bool same = a == b;
            out.why.push_back({part, same ? "same" : "different", same ? w.same : w.different});
            out.score += out.why.back().weight;
            return same;
        };
    add_pair("sex", person_.sex, other.sex, matching_.sex);
    add_name("mother", mother_, other.mother, matching_.parent_share, out);
    add_name("father", father_, other.father, matching_.parent_share, out);
    const bool number = add_pair("number", person_.number, other.number, matching_.number);
    const bool paper = add_pair("paper", person_.paper, other.paper, matching_.paper);
    add_pair("mother_number", person_.mother_number, other.mother_number, matching_.mother_number);
    out.same_number = number || paper;
    return out;
}

}  // namespace thien_an::registers
