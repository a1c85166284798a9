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

/// All words, the last one as the beginning of a word.
std::string all_of(Engine engine, std::string_view kind, Form form, const std::vector<std::string>& words)
{
    std::vector<std::string> terms;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const bool last = i + 1 == words.size();
        const auto word = token(kind, form, words[i]);
        terms.push_back(
            engine == Engine::sqlite ? fmt::format("\"{}\"{}", word, last ? "*" : "")
                                     : fmt::format("'{}'{}", word, last ? ":*" : "")
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

void add_hits(Reader& db, const std::string& match, int limit, std::vector<std::int64_t>& hits)
{
    auto rows =
        db.query("SELECT hit.rowid FROM text_hits(?1) AS hit ORDER BY hit.rowid DESC LIMIT ?2", match, limit);
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

TextMatch text_match(Engine engine, std::string_view kind, std::string_view query)
{
    require_name(kind);
    const auto plain = folded_words(query);
    const auto marked = marked_words(query);
    TextMatch match{.any = all_of(engine, kind, Form::folded, plain), .exact = ""};
    if (marked != plain) match.exact = all_of(engine, kind, Form::marked, marked);
    return match;
}

std::vector<std::int64_t> text_search(Reader& db, std::string_view kind, std::string_view query, int limit)
{
    const auto match = text_match(db.engine(), kind, query);
    std::vector<std::int64_t> hits;
    if (!match.exact.empty()) add_hits(db, match.exact, limit, hits);
    // Asked for `limit` again: at most those found already are skipped.
    if (!match.any.empty() && hits.size() < std::size_t(limit)) add_hits(db, match.any, limit * 2, hits);
    if (hits.size() > std::size_t(limit)) hits.resize(std::size_t(limit));
    return hits;
}

}  // namespace thien_an::storage
