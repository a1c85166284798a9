#include "systems/civil_status/person_pairs_for_test.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

namespace thien_an::civil_status {
namespace {

using registers::PersonDescription;
using Words = std::vector<std::string>;

Words words_in(std::string_view name)
{
    Words out;
    for (std::size_t at = 0; at < name.size();) {
        const auto end = std::min(name.find(' ', at), name.size());
        out.emplace_back(name.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

std::string joined(const Words& words)
{
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : " ") + word;
    return out;
}

/// Letters of UTF-8 text.
Words letters_in(std::string_view text)
{
    Words out;
    for (std::size_t at = 0; at < text.size();) {
        const auto first = static_cast<unsigned char>(text[at]);
        const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
        out.emplace_back(text.substr(at, size));
        at += size;
    }
    return out;
}

std::string without_spaces(const Words& letters)
{
    std::string out;
    for (const auto& letter : letters) out += letter;
    return out;
}

bool ends_with(std::string_view text, std::string_view end)
{
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// "Hòa" as "Hoà" and back; the word itself when it has no such pair.
std::string tone_elsewhere(const std::string& word)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 15> pairs{
        {{"òa", "oà"},
         {"óa", "oá"},
         {"ỏa", "oả"},
         {"õa", "oã"},
         {"ọa", "oạ"},
         {"òe", "oè"},
         {"óe", "oé"},
         {"ỏe", "oẻ"},
         {"õe", "oẽ"},
         {"ọe", "oẹ"},
         {"ùy", "uỳ"},
         {"úy", "uý"},
         {"ủy", "uỷ"},
         {"ũy", "uỹ"},
         {"ụy", "uỵ"}}};
    for (const auto& [older, newer] : pairs)
        for (const auto& [from, to] : {std::pair{older, newer}, std::pair{newer, older}})
            if (ends_with(word, from)) return word.substr(0, word.size() - from.size()) + std::string(to);
    return word;
}

/// A word as somebody writes it who only hears it; the word itself when it has nothing to mix up.
std::string as_heard(const std::string& word)
{
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 10> starts{
        {{"Tr", "Ch"},
         {"Ch", "Tr"},
         {"Gi", "D"},
         {"S", "X"},
         {"X", "S"},
         {"L", "N"},
         {"D", "Gi"},
         {"Ph", "Ph"},
         {"Ng", "Ng"},
         {"Nh", "Nh"}}};
    if (word.size() <= 3 && ends_with(word, "y")) return word.substr(0, word.size() - 1) + "i";
    for (const auto& [from, to] : starts)
        if (word.substr(0, from.size()) == from) return std::string(to) + word.substr(from.size());
    if (word.front() == 'N') return "L" + word.substr(1);
    return word;
}

std::string replaced(std::string word, const std::vector<std::pair<std::string, std::string>>& letters)
{
    for (const auto& [from, to] : letters)
        if (const auto at = word.find(from); at != std::string::npos)
            return word.replace(at, from.size(), to);
    return word;
}

std::string hoi_for_nga(const std::string& word)
{
    std::vector<std::pair<std::string, std::string>> letters;
    const auto hoi = letters_in("ảẳẩẻểỉỏổởủửỷ");
    const auto nga = letters_in("ãẵẫẽễĩõỗỡũữỹ");
    for (std::size_t i = 0; i < hoi.size(); ++i) {
        letters.emplace_back(hoi[i], nga[i]);
        letters.emplace_back(nga[i], hoi[i]);
    }
    return replaced(word, letters);
}

std::string unmarked(std::string_view name) { return tidy_name(folded(name)); }

}  // namespace

DemoNames::Person PersonPairs::grown(bool female)
{
    auto person = names_.person(random_);
    while (person.female != female) person = names_.person(random_);
    return person;
}

std::string PersonPairs::number()
{
    std::string out = chance(0.5) ? "212" : "051187";
    for (int i = 0; i < 6; ++i) out += char('0' + between(0, 9));
    return out;
}

PersonDescription PersonPairs::child()
{
    const auto mother = grown(true);
    const auto father = grown(false);
    const auto child = names_.child(random_, father.surname);
    const Day born{std::chrono::year{between(1975, 2026)} / between(1, 12) / between(1, 28)};
    return {
        .name = child.full_name,
        .born_on = born,
        .born_year = int(std::chrono::year_month_day{born}.year()),
        .sex = child.female ? "female" : "male",
        .mother = mother.full_name,
        .father = father.full_name,
        .mother_number = number()};
}

std::string PersonPairs::name_written_again(const std::string& name)
{
    auto words = words_in(name);
    const auto one = [&]() -> std::string& { return words[std::size_t(between(0, int(words.size()) - 1))]; };
    if (chance(0.15))
        for (auto& word : words) word = tone_elsewhere(word);
    if (chance(0.05))
        for (auto& word : words) word = hoi_for_nga(word);
    if (chance(0.08)) {
        auto& word = one();
        word = as_heard(word);
    }
    if (chance(0.04)) {
        auto& word = one();
        word = unmarked(word);
    }
    if (chance(0.10) && words.size() >= 2) {
        const bool light = words[1] == "Thị" || words[1] == "Văn";
        if (light && words.size() > 2)
            words.erase(words.begin() + 1);
        else
            words.insert(words.begin() + 1, chance(0.5) ? "Thị" : "Văn");
    } else if (chance(0.02) && words.size() > 3) {
        words.erase(words.begin() + 2);
    }
    if (chance(0.08)) {
        auto& word = one();
        auto letters = letters_in(word);
        if (letters.size() >= 3) {
            const auto at = std::size_t(between(chance(0.85) ? 1 : 0, int(letters.size()) - 2));
            const int how = between(0, 3);
            if (how == 0) letters[at] = std::string(1, char('a' + between(0, 25)));
            if (how == 1) letters.insert(letters.begin() + std::ptrdiff_t(at), letters[at]);
            if (how == 2) letters.erase(letters.begin() + std::ptrdiff_t(at));
            if (how == 3) std::swap(letters[at], letters[at + 1]);
            word = without_spaces(letters);
        }
    }
    if (chance(0.08))
        std::rotate(words.begin(), words.begin() + between(1, int(words.size()) - 1), words.end());
    const auto out = joined(words);
    return chance(0.20) ? unmarked(out) : out;
}

void PersonPairs::birth_written_again(PersonDescription& who)
{
    const std::chrono::year_month_day date{*who.born_on};
    const auto draw = std::uniform_real_distribution<double>(0, 1)(random_);
    if (draw < 0.06) {
        if (const auto other = registers::swapped_day(*who.born_on)) who.born_on = other;
    } else if (draw < 0.14) {
        who.born_on = *who.born_on + std::chrono::days{between(1, 3) * (chance(0.5) ? 1 : -1)};
    } else if (draw < 0.18) {
        const auto years = std::chrono::years{chance(0.5) ? 1 : 10};
        const std::chrono::year_month_day slip =
            chance(0.5) ? date.year() / std::chrono::month{unsigned(between(1, 9))} / date.day()
                        : (date.year() - years) / date.month() / date.day();
        who.born_on = Day{slip};
    } else if (draw < 0.23) {
        who.born_on.reset();
        return;
    }
    who.born_year = int(std::chrono::year_month_day{*who.born_on}.year());
}

PersonDescription PersonPairs::written_again(PersonDescription who)
{
    who.name = name_written_again(who.name);
    who.mother = chance(0.04) ? "" : name_written_again(who.mother);
    who.father = chance(0.15) ? "" : name_written_again(who.father);
    birth_written_again(who);
    if (chance(0.40))
        who.mother_number.clear();
    else if (chance(0.08))
        who.mother_number = number();
    if (chance(0.03)) who.sex.clear();
    return who;
}

PersonDescription PersonPairs::somebody_else(const PersonDescription& who, const std::string& kind)
{
    auto other = child();
    const auto surname = words_in(who.name).front();
    const auto sibling = names_.child(random_, surname);
    if (kind == "sibling" || kind == "twin") {
        other.name = sibling.full_name;
        other.sex = sibling.female ? "female" : "male";
        while (other.name == who.name) other.name = names_.child(random_, surname).full_name;
        other.mother = who.mother;
        other.father = who.father;
        other.mother_number = who.mother_number;
        if (kind == "twin")
            other.born_on = who.born_on;
        else
            other.born_on = *who.born_on + std::chrono::days{between(300, 4000)};
    }
    if (kind == "namesake" || kind == "same_day" || kind == "other_year") {
        other.name = who.name;
        other.sex = who.sex;
        const std::chrono::year_month_day date{*who.born_on};
        if (kind == "namesake")
            other.born_on = Day{date.year() / unsigned(between(1, 12)) / unsigned(between(1, 28))};
        if (kind == "same_day") other.born_on = who.born_on;
    }
    other.born_year = int(std::chrono::year_month_day{*other.born_on}.year());
    return other;
}

LabelledPair PersonPairs::next()
{
    LabelledPair pair{.one = child(), .other = {}, .same = chance(0.5), .kind = "same"};
    if (pair.same) {
        pair.other = written_again(pair.one);
        return pair;
    }
    static constexpr std::array kinds{"stranger", "sibling", "twin", "namesake", "same_day", "other_year"};
    pair.kind = kinds[std::size_t(between(0, int(kinds.size()) - 1))];
    pair.other = written_again(somebody_else(pair.one, pair.kind));
    return pair;
}

}  // namespace thien_an::civil_status
