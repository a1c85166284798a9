#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/problem.h"
#include "engine/text/catalogue.h"

/// What the command line says, in the language of whoever types.
namespace thien_an::program {

/// words.vi.json and words.en.json of this folder, built into the program.
struct OwnWords {
    std::string_view vi;
    std::string_view en;
};
OwnWords own_words_written();

/// English where LC_ALL, LC_MESSAGES or LANG begins with "en", else Vietnamese; `--language vi|en` goes before.
text::Language language_of(int argc, const char* const* argv);

/// Words and language together.
class Speech {
public:
    explicit Speech(text::Language language);

    text::Language language() const { return language_; }
    std::string say(std::string_view key, const json::value& words = {}) const
    {
        return words_.say(key, language_, words);
    }
    const text::Catalogue& words() const { return words_; }

private:
    text::Language language_;
    text::Catalogue words_;  ///< Of the program alone.
};

/// The sentence of a Problem from before there is a house: by the words of the packs when they are found (`packs` as
/// given on the command line), else by the program's own.
std::string sentence_without_house(const Problem& problem, const std::string& packs, text::Language language);

}  // namespace thien_an::program
