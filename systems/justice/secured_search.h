#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "systems/justice/secured_notice.h"
#include "systems/justice/secured_priority.h"

/// Searching the register: what is asked, what the notices found answer. Pure.
namespace thien_an::justice {

enum class SearchBy : std::int64_t { grantor_number = 1, grantor_name = 2, serial = 3 };
std::string_view word_of(SearchBy by);  ///< "grantor_number"...
std::optional<SearchBy> search_by(std::string_view word);

struct Search {
    SearchBy by = SearchBy::grantor_number;
    std::string text;  ///< As typed.
    Instant as_of;     ///< Nothing filed later is looked at.
};

/// The word looked up: "" when the text is too short to mean anything.
std::string look_up(const Search& search);
/// The words a notice is found by.
std::set<std::pair<SearchBy, std::string>> look_ups(const Notice& notice);

struct SearchHit {
    Registration registration;  ///< As of the moment asked for.
    std::vector<FiledNotice> notices;
    bool near = false;    ///< A serial that only looks like the one asked for.
    bool covers = false;  ///< What was asked for still stands in it: false when a change took it out.
    int place = 0;        ///< Rank among those in force that cover it, from 1; 0: none.
};

struct SearchResult {
    Search search;
    std::vector<SearchHit> hits;  ///< By place, then what has none: near ones, those that ended.
    std::string law;              ///< Of the order.
    bool more = false;            ///< There are further ones that are not listed.
};

/// Puts the notices found into order. `notices` are those of the registrations found, by registration and
/// number.
SearchResult arranged(const Search& search, std::vector<FiledNotice> notices);

json::object json_of(const FiledNotice& filed);
/// Problem "justice.bad_notice".
Result<FiledNotice> filed_from(const json::value& v);

}  // namespace thien_an::justice
