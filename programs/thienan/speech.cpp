#include "programs/thienan/speech.h"

#include <cstdlib>
#include <stdexcept>

#include "engine/base/json.h"

#include "programs/thienan/folder.h"
#include "programs/thienan/pack_files.h"

namespace thien_an::program {
namespace {

constexpr std::string_view option = "--language";

/// What the option says, "" when it is not given; that its value is one of ours is the command line's to judge.
std::string_view language_asked(int argc, const char* const* argv)
{
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == option && i + 1 < argc) return argv[i + 1];
        if (word.starts_with(option) && word.substr(option.size()).starts_with('='))
            return word.substr(option.size() + 1);
    }
    return "";
}

std::string_view language_of_environment()
{
    for (const auto* name : {"LC_ALL", "LC_MESSAGES", "LANG"})
        if (const auto* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    return "";
}

}  // namespace

text::Language language_of(int argc, const char* const* argv)
{
    auto wanted = language_asked(argc, argv);
    if (wanted.empty()) wanted = language_of_environment();
    return wanted.starts_with("en") ? text::Language::en : text::Language::vi;
}

Speech::Speech(text::Language language) : language_(language)
{
    const auto written = own_words_written();
    const auto vi = json::parse(written.vi);
    const auto en = json::parse(written.en);
    if (!vi || !en) throw std::logic_error("the words built into the program are broken");
    words_.add(vi.value().as_object(), en.value().as_object(), "programs/thienan");
}

std::string sentence_without_house(const Problem& problem, const std::string& packs, text::Language language)
{
    if (const auto found = packs_folder(packs))
        return text::Catalogue::load(word_folders(found.value())).sentence(problem, language);
    return Speech(language).words().sentence(problem, language);
}

}  // namespace thien_an::program
