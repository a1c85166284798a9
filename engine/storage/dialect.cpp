#include "engine/storage/dialect.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace thien_an::storage {
namespace {

bool starts_word(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool in_word(char c) { return starts_word(c) || std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Past the quoted text, comment, word or single character that starts at `at`.
std::size_t token_end(std::string_view sql, std::size_t at)
{
    const auto after = [&](std::string_view closing, std::size_t from) {
        const auto found = sql.find(closing, from);
        return found == std::string_view::npos ? sql.size() : found + closing.size();
    };
    const char c = sql[at];
    if (c == '\'' || c == '"') return after(std::string_view(&c, 1), at + 1);
    if (sql.substr(at, 2) == "--") return after("\n", at + 2);
    if (sql.substr(at, 2) == "/*") return after("*/", at + 2);
    if (!starts_word(c)) return at + 1;
    while (at < sql.size() && in_word(sql[at])) ++at;
    return at;
}

std::string upper_ascii(std::string_view word)
{
    std::string upper(word);
    std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return char(std::toupper(c)); });
    return upper;
}

/// Removes the comma that stands before position `out.size()`, when one does (") STRICT, WITHOUT ROWID").
void drop_comma_before(std::string& out)
{
    const auto last = out.find_last_not_of(" \n\t");
    if (last != std::string::npos && out[last] == ',') out.erase(last);
}

}  // namespace

std::string numbered_for_postgres(std::string_view sql)
{
    std::string out;
    out.reserve(sql.size());
    for (std::size_t at = 0; at < sql.size();) {
        const auto end = token_end(sql, at);
        const bool place =
            sql[at] == '?' && end < sql.size() && std::isdigit(static_cast<unsigned char>(sql[end])) != 0;
        out += place ? std::string_view("$") : sql.substr(at, end - at);
        at = end;
    }
    return out;
}

std::string schema_for_postgres(std::string_view sql)
{
    std::string out;
    bool without = false;
    for (std::size_t at = 0; at < sql.size();) {
        const auto end = token_end(sql, at);
        const auto token = sql.substr(at, end - at);
        const auto word = starts_word(token[0]) ? upper_ascii(token) : "";
        at = end;
        if (std::exchange(without, without && word.empty()) && word == "ROWID") continue;
        if (word == "WITHOUT") {
            without = true;
            drop_comma_before(out);
        } else if (word == "STRICT") {
            drop_comma_before(out);
        } else if (word == "INTEGER") {
            out += "BIGINT";
        } else if (word == "BLOB") {
            out += "BYTEA";
        } else {
            out += token;
        }
    }
    return out;
}

}  // namespace thien_an::storage
