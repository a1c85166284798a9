#include "engine/casework/case_file.h"

namespace thien_an::casework {
namespace {

Problem syntax(int line, std::string reason)
{
    return {
        .code = "case.syntax",
        .field = "",
        .law = "",
        .words = {{"line", std::to_string(line)}, {"reason", std::move(reason)}}};
}

/// Words of a line; what stands in quotes, brackets or braces stays one word. A comma outside of them is a word.
std::vector<std::string> split(std::string_view text)
{
    std::vector<std::string> words;
    std::string word;
    int depth = 0;
    bool quoted = false;
    const auto end = [&] {
        if (!word.empty()) words.push_back(std::exchange(word, ""));
    };
    bool escaped = false;
    for (const char c : text) {
        if (c == '"' && !escaped) quoted = !quoted;
        escaped = quoted && c == '\\' && !escaped;
        if (!quoted && (c == '{' || c == '[')) ++depth;
        if (!quoted && (c == '}' || c == ']')) --depth;
        const bool inside = quoted || depth > 0;
        if (!inside && (c == ' ' || c == '\t' || c == ',')) {
            end();
            if (c == ',') words.emplace_back(",");
        } else {
            word += c;
        }
    }
    end();
    return words;
}

/// The checks of a `then`, each a statement of its own; false for one without words.
bool add_checks(CaseFile& file, int line, const std::vector<std::string>& words)
{
    CaseStatement check{CaseStatement::Kind::then, line, {}};
    for (const auto& word : words) {
        if (word != ",") {
            check.words.push_back(word);
            continue;
        }
        if (check.words.empty()) return false;
        file.statements.push_back(check);
        check.words.clear();
    }
    if (check.words.empty()) return false;
    file.statements.push_back(check);
    return true;
}

}  // namespace

json::value case_value(std::string_view word)
{
    if (auto parsed = json::parse(word)) return std::move(parsed).value();
    return json::value(word);
}

Result<CaseFile> read_case(std::string_view text)
{
    CaseFile file;
    int line = 0;
    bool acted = false;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto words = split(text.substr(0, end));
        const auto whole = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line;
        if (words.empty()) continue;
        if (whole.starts_with('#')) {
            if (file.claim.empty())
                file.claim = std::string(whole.substr(std::min<std::size_t>(2, whole.size())));
            continue;
        }
        const auto keyword = words.front();
        words.erase(words.begin());
        if (words.empty()) return syntax(line, "nothing after " + keyword);
        if (keyword == "then") {
            if (!add_checks(file, line, words)) return syntax(line, "a comma without a check on both sides");
        } else if (keyword == "given" && !acted) {
            file.statements.push_back({CaseStatement::Kind::given, line, std::move(words)});
        } else if (keyword == "when") {
            acted = true;
            file.statements.push_back({CaseStatement::Kind::when, line, std::move(words)});
        } else {
            return syntax(line, keyword == "given" ? "given after when" : "unknown word " + keyword);
        }
    }
    if (file.claim.empty()) return syntax(1, "no claim");
    if (file.statements.empty()) return syntax(line, "no statement");
    return file;
}

Result<std::vector<CaseChange>> case_changes(const std::vector<std::string>& words, std::size_t from)
{
    std::vector<CaseChange> out;
    for (std::size_t i = from; i < words.size(); i += 3) {
        if (!words[i].starts_with('/') || i + 2 >= words.size() || words[i + 1] != "=")
            return syntax(0, "expected POINTER = VALUE at " + words[i]);
        out.push_back({words[i], case_value(words[i + 2])});
    }
    return out;
}

}  // namespace thien_an::casework
