#include "engine/storage/sqlite_constraint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <regex>
#include <string_view>
#include <vector>

namespace thien_an::storage {
namespace {

struct Columns {
    std::string table;
    std::vector<std::string> names;
};

/// Reads "entry.book, entry.number".
Columns columns_of(std::string_view text)
{
    Columns columns;
    while (!text.empty()) {
        const auto end = std::min(text.find(", "), text.size());
        const auto one = text.substr(0, end);
        const auto dot = one.find('.');
        if (dot == std::string_view::npos) return {};
        columns.table = one.substr(0, dot);
        columns.names.emplace_back(one.substr(dot + 1));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return columns;
}

/// Texts of the first column of `sql` with `argument` as ?1. Faults here only cost the name.
std::vector<std::string> texts(sqlite3* db, const char* sql, const std::string& argument)
{
    std::vector<std::string> found;
    sqlite3_stmt* statement = nullptr;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) != SQLITE_OK) return found;
    sqlite3_bind_text(statement, 1, argument.c_str(), -1, SQLITE_TRANSIENT);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const auto* text = sqlite3_column_text(statement, 0);
        // SQLite hands UTF-8 out as unsigned char.
        if (text != nullptr) found.emplace_back(reinterpret_cast<const char*>(text));
    }
    sqlite3_finalize(statement);
    return found;
}

/// The name in "CONSTRAINT name UNIQUE (columns)" of the table's own text; "" when it gives none.
std::string named_in_table(sqlite3* db, const Columns& columns)
{
    const auto schema =
        texts(db, "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1", columns.table);
    if (schema.empty()) return "";
    static const std::regex unique(
        R"(CONSTRAINT\s+(\w+)\s+(?:UNIQUE|PRIMARY\s+KEY)\s*\(([^)]*)\))", std::regex::icase
    );
    for (std::sregex_iterator match(schema[0].begin(), schema[0].end(), unique), end; match != end; ++match) {
        std::string list = (*match)[2];
        std::erase_if(list, [](char c) { return c == ' ' || c == '\n'; });
        if (list == fmt::format("{}", fmt::join(columns.names, ","))) return (*match)[1];
    }
    return "";
}

bool is_primary_key(sqlite3* db, const Columns& columns)
{
    return texts(db, "SELECT name FROM pragma_table_info(?1) WHERE pk > 0 ORDER BY pk", columns.table) ==
           columns.names;
}

/// The CREATE UNIQUE INDEX over exactly these columns; "" when there is none.
std::string named_index(sqlite3* db, const Columns& columns)
{
    constexpr auto indexes =
        R"sql(SELECT name FROM pragma_index_list(?1) WHERE "unique" = 1 AND origin = 'c')sql";
    for (const auto& index : texts(db, indexes, columns.table))
        if (texts(db, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", index) == columns.names)
            return index;
    return "";
}

std::string unique_name(sqlite3* db, const Columns& columns)
{
    if (auto name = named_in_table(db, columns); !name.empty()) return name;
    if (auto name = named_index(db, columns); !name.empty()) return name;
    if (is_primary_key(db, columns)) return columns.table + "_pkey";
    return fmt::format("{}_{}_key", columns.table, fmt::join(columns.names, "_"));
}

}  // namespace

std::string constraint_name(sqlite3* db, const std::string& message)
{
    constexpr std::string_view separator = " constraint failed: ";
    const auto at = message.find(separator);
    if (at == std::string::npos) return "";
    const auto kind = std::string_view(message).substr(0, at);
    const auto rest = std::string_view(message).substr(at + separator.size());
    if (kind != "UNIQUE") return std::string(rest);
    constexpr std::string_view index = "index '";
    if (rest.starts_with(index))
        return std::string(rest.substr(index.size(), rest.size() - index.size() - 1));
    const auto columns = columns_of(rest);
    return columns.names.empty() ? std::string(rest) : unique_name(db, columns);
}

}  // namespace thien_an::storage
