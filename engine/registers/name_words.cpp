#include "engine/registers/name_words.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

namespace thien_an::registers {
namespace {

/// A letter without its tone, without any mark, and its tone: 0 none, 1 huyền, 2 hỏi, 3 ngã, 4 sắc, 5 nặng.
struct Letter {
    std::string toneless;
    std::string plain;  ///< "" for what stands between words.
    char tone = 0;
};

std::string utf8_of(char32_t c)
{
    if (c < 0x80) return {char(c)};
    if (c < 0x800) return {char(0xc0 | (c >> 6)), char(0x80 | (c & 0x3f))};
    return {char(0xe0 | (c >> 12)), char(0x80 | ((c >> 6) & 0x3f)), char(0x80 | (c & 0x3f))};
}

/// The code point at `at`, which moves behind it. The text is UTF-8.
char32_t next_letter(std::string_view text, std::size_t& at)
{
    const auto byte = [&](std::size_t i) {
        return i < text.size() ? char32_t(static_cast<unsigned char>(text[i])) : char32_t(0);
    };
    const auto first = byte(at);
    if (first < 0x80) return ++at, first;
    if (first < 0xe0) return at += 2, ((first & 0x1f) << 6) | (byte(at - 1) & 0x3f);
    if (first < 0xf0)
        return at += 3, ((first & 0x0f) << 12) | ((byte(at - 2) & 0x3f) << 6) | (byte(at - 1) & 0x3f);
    return at += 4, char32_t(0xfffd);
}

/// Every letter up to the last of Vietnamese, made once.
class Letters {
public:
    Letters()
    {
        for (char32_t c = 0; c < table_.size(); ++c) {
            const auto text = utf8_of(c);
            const bool surrogate = c >= 0xd800 && c < 0xe000;
            if (surrogate) continue;
            const auto plain = folded(text);
            table_[c] = {plain, plain, 0};
        }
        // Each vowel without a tone, then with the five.
        for (const std::string_view group :
             {"aàảãáạ",
              "ăằẳẵắặ",
              "âầẩẫấậ",
              "eèẻẽéẹ",
              "êềểễếệ",
              "iìỉĩíị",
              "oòỏõóọ",
              "ôồổỗốộ",
              "ơờởỡớợ",
              "uùủũúụ",
              "ưừửữứự",
              "yỳỷỹýỵ",
              "đ"})
            add(group);
    }
    const Letter& of(char32_t c) const
    {
        static const Letter gap{};
        return c < table_.size() ? table_[c] : gap;
    }

private:
    void add(std::string_view group)
    {
        char tone = 0;
        std::size_t first = 0;
        static_cast<void>(next_letter(group, first));
        const std::string toneless(group.substr(0, first));
        for (std::size_t at = 0; at < group.size(); ++tone) {
            const auto from = at;
            const auto c = next_letter(group, at);
            const auto large = upper(group.substr(from, at - from));
            std::size_t start = 0;
            for (const auto letter : {c, next_letter(large, start)})
                table_[letter] = {toneless, table_[letter].plain, tone};
        }
    }
    std::array<Letter, 0x1f00> table_;
};

const Letters& letters_known()
{
    static const Letters letters;
    return letters;
}

bool begins(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }

/// Word without marks to how it sounds. READING: pairs that clerks of the province mix up, from general knowledge.
std::string sound_from(std::string_view plain)
{
    std::string out(plain);
    std::replace(out.begin(), out.end(), 'y', 'i');
    const auto initial = [&](std::string_view from, std::string_view to) {
        if (!begins(out, from)) return false;
        out.replace(0, from.size(), to);
        return true;
    };
    if (out.size() > 2 && begins(out, "gi") &&
        std::string_view("aeou").find(out[2]) != std::string_view::npos)
        out.replace(0, 2, "z");
    else if (!initial("gi", "zi") && !initial("tr", "ch") && !initial("d", "z") && !initial("x", "s") &&
             !initial("l", "n") && !initial("ph", "f") && !initial("k", "c"))
        initial("q", "c");
    const auto ending = [&](std::string_view from, std::string_view to) {
        if (out.size() <= from.size() || out.compare(out.size() - from.size(), from.size(), from) != 0)
            return false;
        out.replace(out.size() - from.size(), from.size(), to);
        return true;
    };
    if (!ending("ng", "n") && !ending("ch", "t")) ending("c", "t");
    return out;
}

bool has_marks(const std::vector<NameWord>& name)
{
    return std::any_of(name.begin(), name.end(), [](const NameWord& w) { return w.marked != w.plain; });
}

/// Letters to change, add, leave out or exchange with the next; gives up beyond `most`.
/// Optimal string alignment: Boytsov, "Indexing methods for approximate dictionary searching", 2011.
int distance(std::string_view a, std::string_view b, int most)
{
    constexpr std::size_t longest = 63;
    const auto apart = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
    if (int(apart) > most || a.size() > longest || b.size() > longest) return most + 1;
    std::array<std::array<int, longest + 1>, 3> rows;
    for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = int(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        auto& row = rows[i % 3];
        const auto& above = rows[(i + 2) % 3];
        row[0] = int(i);
        int least = row[0];
        for (std::size_t j = 1; j <= b.size(); ++j) {
            row[j] = std::min({above[j - 1] + int(a[i - 1] != b[j - 1]), above[j] + 1, row[j - 1] + 1});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], rows[(i + 1) % 3][j - 2] + 1);
            least = std::min(least, row[j]);
        }
        if (least > most) return most + 1;
    }
    return rows[a.size() % 3][b.size()];
}

/// How two words differ, the least first.
enum class Word { same, marks, sound, slip, other };

char tone_of(std::string_view marked) { return marked.empty() ? '0' : marked.back(); }

Word compare_words(const NameWord& a, const NameWord& b)
{
    if (a.marked == b.marked) return Word::same;
    if (a.plain == b.plain) {
        const bool hoi_nga =
            a.marked.size() == b.marked.size() &&
            a.marked.compare(0, a.marked.size() - 1, b.marked, 0, b.marked.size() - 1) == 0 &&
            (tone_of(a.marked) == '2' || tone_of(a.marked) == '3') &&
            (tone_of(b.marked) == '2' || tone_of(b.marked) == '3');
        return hoi_nga ? Word::sound : Word::marks;
    }
    if (a.sound == b.sound) return Word::sound;
    constexpr std::size_t short_word = 3;
    const auto shorter = std::min(a.plain.size(), b.plain.size());
    const auto longer = std::max(a.plain.size(), b.plain.size());
    // A letter more or less makes another name of a short word (An, Anh): only longer ones count as slips.
    if (longer < short_word || (shorter < short_word && longer != shorter)) return Word::other;
    return distance(a.plain, b.plain, 1) <= 1 ? Word::slip : Word::other;
}

constexpr std::array cost_of_word{0, 1, 1, 2, 1000};
constexpr int cost_of_gap = 3;
constexpr int cost_of_light_gap = 1;

void count_word(Word word, NameDifference& out)
{
    out.marks += int(word == Word::marks);
    out.sound += int(word == Word::sound);
    out.slip += int(word == Word::slip);
}

/// Words beside each other in order, some of one name left over.
class InOrder {
public:
    InOrder(const std::vector<NameWord>& a, const std::vector<NameWord>& b) : a_(a), b_(b)
    {
        cost_.resize((a.size() + 1) * (b.size() + 1), 0);
        for (std::size_t i = 0; i <= a.size(); ++i)
            for (std::size_t j = 0; j <= b.size(); ++j)
                if (i + j > 0) at(i, j) = best(i, j);
    }
    /// The differences along the cheapest way; `left` counts words of a and b that stand alone.
    NameDifference told(int& left_a, int& left_b)
    {
        NameDifference out;
        auto i = a_.size();
        auto j = b_.size();
        while (i + j > 0) {
            if (i > 0 && j > 0 && at(i, j) == at(i - 1, j - 1) + pair_cost(i, j)) {
                count_word(compare_words(a_[--i], b_[--j]), out);
            } else if (i > 0 && at(i, j) == at(i - 1, j) + gap_cost(a_, i)) {
                gap(a_, --i, left_a, out);
            } else {
                gap(b_, --j, left_b, out);
            }
        }
        return out;
    }

private:
    int& at(std::size_t i, std::size_t j) { return cost_[i * (b_.size() + 1) + j]; }
    int pair_cost(std::size_t i, std::size_t j) const
    {
        return cost_of_word[std::size_t(compare_words(a_[i - 1], b_[j - 1]))];
    }
    static int gap_cost(const std::vector<NameWord>& name, std::size_t i)
    {
        return light_middle(name[i - 1]) ? cost_of_light_gap : cost_of_gap;
    }
    int best(std::size_t i, std::size_t j)
    {
        int least = 1'000'000;
        if (i > 0) least = std::min(least, at(i - 1, j) + gap_cost(a_, i));
        if (j > 0) least = std::min(least, at(i, j - 1) + gap_cost(b_, j));
        if (i > 0 && j > 0) least = std::min(least, at(i - 1, j - 1) + pair_cost(i, j));
        return least;
    }
    static void gap(const std::vector<NameWord>& name, std::size_t i, int& left, NameDifference& out)
    {
        const bool ends = i == 0 || i + 1 == name.size();
        const bool light = !ends && light_middle(name[i]);
        if (!light) ++left;
        out.end += int(ends);
        out.light_middle += int(light);
        out.middle += int(!ends && !light);
    }
    const std::vector<NameWord>& a_;
    const std::vector<NameWord>& b_;
    std::vector<int> cost_;
};

/// A word gone where Thị or Văn came, or where another changed too, is a word replaced.
bool replaced(const NameDifference& d)
{
    return (d.middle > 0 && d.light_middle + d.slip > 0) ||
           (d.end > 0 && d.light_middle + d.slip + d.sound > 0);
}

/// Each word of the shorter name beside its best in the longer one, wherever that stands.
NameDifference any_order(const std::vector<NameWord>& a, const std::vector<NameWord>& b)
{
    NameDifference out;
    out.order = 1;
    std::vector<bool> used(b.size());
    int alone = 0;
    int light_alone = 0;
    for (const auto& word : a) {
        auto best = Word::other;
        std::size_t which = b.size();
        for (std::size_t j = 0; j < b.size(); ++j) {
            const auto here = used[j] ? Word::other : compare_words(word, b[j]);
            if (here < best) best = here, which = j;
        }
        if (which == b.size()) {
            (light_middle(word) ? light_alone : alone) += 1;
            continue;
        }
        used[which] = true;
        count_word(best, out);
    }
    int other_alone = 0;
    for (std::size_t j = 0; j < b.size(); ++j)
        if (!used[j]) (light_middle(b[j]) ? light_alone : other_alone) += 1;
    out.light_middle = light_alone;
    out.middle = alone + other_alone;
    out.different =
        (alone > 0 && other_alone > 0) || out.middle > 1 || out.slip + out.sound > 2 || replaced(out);
    return out;
}

int sum(const NameDifference& d)
{
    if (d.different) return 1000;
    return d.marks + d.sound + 2 * d.slip + d.light_middle + 3 * d.middle + 5 * d.end + 2 * d.order;
}

std::string together(const std::vector<NameWord>& name)
{
    std::string out;
    for (const auto& word : name) out += word.plain;
    return out;
}

NameDifference in_order(const std::vector<NameWord>& a, const std::vector<NameWord>& b)
{
    int left_a = 0;
    int left_b = 0;
    auto out = InOrder(a, b).told(left_a, left_b);
    // A word replaced by another, or more than one left out: another name.
    out.different = (left_a > 0 && left_b > 0) || left_a + left_b > 1 || out.slip > 2 || replaced(out);
    return out;
}

}  // namespace

std::vector<NameWord> name_words(std::string_view name)
{
    const auto composed = nfc(name);
    const auto& letters = letters_known();
    std::vector<NameWord> out;
    std::string marked;
    std::string plain;
    std::string tones;
    const auto end_word = [&] {
        if (!plain.empty()) out.push_back({marked + tones, plain, sound_from(plain)});
        marked.clear();
        plain.clear();
        tones.clear();
    };
    for (std::size_t at = 0; at < composed.size();) {
        const auto& letter = letters.of(next_letter(composed, at));
        if (letter.plain.empty()) {
            end_word();
            continue;
        }
        marked += letter.toneless;
        plain += letter.plain;
        if (letter.tone != 0) tones += char('0' + letter.tone);
    }
    end_word();
    return out;
}

bool light_middle(const NameWord& word) { return word.plain == "thi" || word.plain == "van"; }

NameDifference compare_names(const std::vector<NameWord>& a, const std::vector<NameWord>& b)
{
    if (a.empty() || b.empty()) return {.different = true};
    auto best = in_order(a, b);
    if (sum(best) > 0)
        if (const auto other = any_order(a, b); sum(other) < sum(best)) best = other;
    if (best.different) {
        // Words run together or apart, and one slip in ten letters.
        const auto left = together(a);
        const auto right = together(b);
        constexpr std::size_t letters_per_slip = 10;
        const int most = std::max(0, int(std::min(left.size(), right.size()) / letters_per_slip));
        const bool other_spaces = a.size() != b.size();
        if (other_spaces && distance(left, right, most) <= most) best = {.slip = 1};
    }
    if (!best.different && has_marks(a) != has_marks(b)) {
        best.unmarked = 1;
        best.marks = 0;
    }
    return best;
}

std::string sound_of(const std::vector<NameWord>& name)
{
    std::vector<std::string_view> sounds;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool middle = i > 0 && i + 1 < name.size();
        if (!middle || !light_middle(name[i])) sounds.push_back(name[i].sound);
    }
    std::sort(sounds.begin(), sounds.end());
    std::string out;
    for (const auto sound : sounds) {
        if (!out.empty()) out += ' ';
        out += sound;
    }
    return out;
}

std::string initials_of(const std::vector<NameWord>& name)
{
    if (name.empty()) return "";
    const char first = name.front().sound.front();
    const char last = name.back().sound.front();
    return {std::min(first, last), std::max(first, last)};
}

}  // namespace thien_an::registers
