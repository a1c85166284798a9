#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Vietnamese names taken apart for comparing: each word as it is marked, without marks, and as it sounds.
namespace thien_an::registers {

struct NameWord {
    /// Lower case, letters with their own marks, the tone behind the word: "hòa" and "hoà" are both "hoa1".
    std::string marked;
    std::string plain;  ///< folded(): "hoa"
    /// What is written alike by those who hear it alike: i and y, d and gi, s and x, tr and ch, l and n, n and ng and
    /// t and c at the end.
    std::string sound;
    bool operator==(const NameWord&) const = default;
};
std::vector<NameWord> name_words(std::string_view name);

/// "Thị" and "Văn": middle names that papers often leave out or add.
bool light_middle(const NameWord& word);

/// What is different between two names, and how often.
struct NameDifference {
    bool different = false;  ///< Not the same name; the counts below say nothing then.
    int unmarked = 0;        ///< One of the two was written without any marks.
    int marks = 0;           ///< Words with other marks.
    int sound = 0;           ///< Words that sound alike; hỏi for ngã.
    int slip = 0;            ///< Words with a letter changed, left out, added or two exchanged.
    int light_middle = 0;    ///< Thị or Văn in one only.
    int middle = 0;          ///< Another middle name in one only.
    int end = 0;             ///< The first or the last word in one only.
    int order = 0;           ///< The same words in another order.
    bool operator==(const NameDifference&) const = default;
};
NameDifference compare_names(const std::vector<NameWord>& a, const std::vector<NameWord>& b);

/// All words but light middle names, as they sound, sorted: equal whatever the order, marks and Thị or Văn.
std::string sound_of(const std::vector<NameWord>& name);
/// First letters of the sounds of the first and last word, sorted: "Nguyễn Văn An" is "an".
std::string initials_of(const std::vector<NameWord>& name);

}  // namespace thien_an::registers
