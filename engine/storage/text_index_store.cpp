#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/base/vietnamese.h"
#include "engine/storage/text_index.h"
#include "engine/storage/text_words.h"

namespace thien_an::storage {
namespace {

enum class Form { folded, marked };
enum class Last { whole, begun };  ///< The last word of a query: as it stands, or the beginning of one.

/// A word as it is indexed: which field, which form, the word.
std::string token(std::string_view kind, Form form, std::string_view word)
{
    return fmt::format("{}{}{}", kind, form == Form::folded ? '0' : '1', plain_word(word));
}

void require_name(std::string_view kind)
{
    const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
    if (kind.empty() || !std::ranges::all_of(kind, letter))
        throw std::logic_error("a text is searched by a name of a-z");
}

std::set<std::string> tokens_of(std::span<const TextField> fields)
{
    std::set<std::string> tokens;
    for (const auto& field : fields) {
        require_name(field.kind);
        for (const auto& word : folded_words(field.text))
            tokens.insert(token(field.kind, Form::folded, word));
        for (const auto& word : marked_words(field.text))
            tokens.insert(token(field.kind, Form::marked, word));
    }
    return tokens;
}

std::string all_of(
    Engine engine, std::string_view kind, Form form, Last how, const std::vector<std::string>& words
)
{
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool begun = how == Last::begun && i + 1 == words.size();
        const auto word = token(kind, form, words[i]);
        terms.push_back(
            engine == Engine::sqlite ? fmt::format("\"{}\"{}", word, begun ? "*" : "")
                                     : fmt::format("'{}'{}", word, begun ? ":*" : "")
        );
    }
    return fmt::format("{}", fmt::join(terms, engine == Engine::sqlite ? " AND " : " & "));
}

void put_sqlite(Writer& db, std::int64_t subject, const std::set<std::string>& tokens)
{
    db.execute("DELETE FROM text_hits WHERE rowid = ?1", subject);
    if (tokens.empty()) return;
    db.execute(
        "INSERT INTO text_hits (rowid, words) VALUES (?1, ?2)",
        subject,
        fmt::format("{}", fmt::join(tokens, " "))
    );
}

void put_postgres(Writer& db, std::int64_t subject, const std::set<std::string>& tokens)
{
    if (tokens.empty()) {
        db.execute("DELETE FROM text_row WHERE subject = ?1", subject);
        return;
    }
    db.execute(
        R"sql(
        INSERT INTO text_row (subject, words) VALUES (?1, array_to_tsvector(string_to_array(?2, ' ')))
            ON CONFLICT (subject) DO UPDATE SET words = excluded.words)sql",
        subject,
        fmt::format("{}", fmt::join(tokens, " "))
    );
}

/// Adds hits that are not there yet, up to `limit` in all.
void add_hits(Reader& db, const std::string& match, int limit, std::vector<std::int64_t>& hits)
{
    // Those found before may all come again.
    const auto rows_max = std::int64_t(hits.size()) + limit;
    auto rows = db.query(
        "SELECT hit.rowid FROM text_hits(?1) AS hit ORDER BY hit.rowid DESC LIMIT ?2", match, rows_max
    );
    while (rows.next() && hits.size() < std::size_t(limit))
        if (std::ranges::find(hits, rows.integer(0)) == hits.end()) hits.push_back(rows.integer(0));
}

}  // namespace

void text_put(Writer& db, std::int64_t subject, std::span<const TextField> fields)
{
    const auto tokens = tokens_of(fields);
    if (db.engine() == Engine::sqlite) {
        put_sqlite(db, subject, tokens);
    } else {
        put_postgres(db, subject, tokens);
    }
}

bool text_is(Reader& db, std::int64_t subject, std::span<const TextField> fields)
{
    auto rows = db.query(
        db.engine() == Engine::sqlite
            ? "SELECT words FROM text_hits WHERE rowid = ?1"
            : "SELECT array_to_string(tsvector_to_array(words), ' ') FROM text_row WHERE subject = ?1",
        subject
    );
    const auto tokens = tokens_of(fields);
    if (!rows.next()) return tokens.empty();
    const auto held = rows.text(0);
    std::set<std::string> found;
    for (std::size_t at = 0; at < held.size();) {
        const auto end = std::min(held.find(' ', at), held.size());
        found.insert(held.substr(at, end - at));
        at = end + 1;
    }
    return found == tokens;
}

std::vector<std::string> text_matches(Engine engine, std::string_view kind, std::string_view query)
{
    require_name(kind);
    const auto plain = folded_words(query);
    const auto marked = marked_words(query);
    if (plain.empty()) return {};
    std::vector<std::string> matches;
    if (marked != plain)
        for (const auto how : {Last::whole, Last::begun})
            matches.push_back(all_of(engine, kind, Form::marked, how, marked));
    for (const auto how : {Last::whole, Last::begun})
        matches.push_back(all_of(engine, kind, Form::folded, how, plain));
    return matches;
}

std::string text_match_any(Engine engine, std::string_view kind, std::string_view query)
{
    const auto matches = text_matches(engine, kind, query);
    return matches.empty() ? "" : matches.back();
}

std::vector<std::int64_t> text_search(Reader& db, std::string_view kind, std::string_view query, int limit)
{
    std::vector<std::int64_t> hits;
    for (const auto& match : text_matches(db.engine(), kind, query))
        if (hits.size() < std::size_t(limit)) add_hits(db, match, limit, hits);
    return hits;
}

}  // namespace thien_an::storage
