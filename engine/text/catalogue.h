#pragma once

#include <boost/json.hpp>

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/base/problem.h"
#include "engine/text/scope.h"

/// The words people read, by key, in Vietnamese and English: words.vi.json and words.en.json of a folder.
namespace thien_an::text {

enum class Language { vi, en };
constexpr std::size_t language_count = 2;

std::string_view code_of(Language language);  ///< "vi", "en"

/// A sentence with places to fill: `{name}` is a value, `{count|paper|papers}` the first word for 1, else the second.
/// `{{` writes a brace.
class Message {
public:
    /// Throws LoadError for an unclosed or empty place.
    explicit Message(std::string_view written);

    /// Appends the sentence, each value HTML-escaped when `escape` says so. Throws RenderError for an unknown name.
    void fill(const Scopes& scopes, Escape escape, std::string& out) const;
    /// As written, places kept: for tests and for sentences without values.
    const std::string& written() const { return written_; }
    std::vector<std::string> names() const;  ///< Of the places, sorted, each once.
    std::vector<std::string> values(
    ) const;  ///< Of the places that show their value: no choice between words.

private:
    struct Piece {
        std::string plain;
        Name name;  ///< Empty: only `plain`.
        std::string one;
        std::string many;
    };

    std::string written_;
    std::vector<Piece> pieces_;
};

/// Every word of the program. Loaded once at start; safe to read from many threads.
class Catalogue {
public:
    /// Reads words.vi.json and words.en.json of each folder (one object of strings). Throws LoadError when a file
    /// is missing or broken, a key is in only one language, is given twice, or its places differ between languages.
    static Catalogue load(std::span<const std::filesystem::path> folders);
    /// For tests and programs that hold their words in memory: `vi` and `en` are objects of strings.
    void add(const boost::json::object& vi, const boost::json::object& en, std::string_view where);

    bool contains(std::string_view key) const;
    /// Throws std::out_of_range for an unknown key.
    const Message& message(std::string_view key, Language language) const;
    /// The sentence with values of `words` (an object), plain text.
    std::string say(std::string_view key, Language language, const boost::json::value& words = {}) const;
    /// What people read for a Problem: key "problem.CODE" filled with its words, plain text. A code without a
    /// sentence gives "problem.untold", which names the code.
    std::string sentence(const Problem& problem, Language language) const;

    std::size_t size() const { return messages_.size(); }
    std::vector<std::string> keys() const;  ///< Sorted.

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    using Both = std::array<Message, language_count>;

    std::unordered_map<std::string, Both, Hash, std::equal_to<>> messages_;
};

}  // namespace thien_an::text
