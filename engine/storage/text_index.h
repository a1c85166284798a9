#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/storage/database.h"

/// Search in text without marks: each word is folded once here and kept beside its form with marks; FTS5 and a GIN
/// index hold the same words, so both databases find the same. All words must be there; the last one may be unfinished.
/// Only what may be shown without a person's data goes in: sealed fields never do.
namespace thien_an::storage {

/// A text under the name it is searched by: {"dossier", "Khai sinh, Trần An Nhiên"}. Names are of a-z.
struct TextField {
    std::string_view kind;
    std::string_view text;
};

/// Replaces all text of `subject` (an id of any table). Empty fields: it is no longer found.
void text_put(Writer& db, std::int64_t subject, std::span<const TextField> fields);

/// Whether `subject` has exactly the text of `fields`: for the check of what is derived.
bool text_is(Reader& db, std::int64_t subject, std::span<const TextField> fields);

/// What text_hits takes for a query, best hits first. Ask one after the other until there are enough, and leave out
/// those found before; each is quick for common words because it never ranks all its hits.
/// Used in SQL that is the same on both databases, newest first:
///     SELECT d.id FROM text_hits(?1) AS hit JOIN dossier AS d ON d.id = hit.rowid
///      WHERE ... ORDER BY hit.rowid DESC LIMIT ?2
/// The last one finds every hit: words whose marks agree (when the query has marks), then whole words, then words that
/// only begin so. Empty when the query has no word.
std::vector<std::string> text_matches(Engine engine, std::string_view kind, std::string_view query);
/// The last of text_matches: for counting or when the order does not matter. "" when the query has no word.
std::string text_match_any(Engine engine, std::string_view kind, std::string_view query);

/// Subjects that have all words of `query` in the order of text_matches, each group newest first; at most `limit`.
/// For what everybody may see; others join text_hits with their condition of visibility.
std::vector<std::int64_t> text_search(Reader& db, std::string_view kind, std::string_view query, int limit);

}  // namespace thien_an::storage
