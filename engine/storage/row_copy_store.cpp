#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <deque>
#include <set>

#include "engine/storage/row_copy.h"

namespace thien_an::storage {
namespace {

constexpr int rows_at_once = 500;

std::vector<std::string> texts(detail::Session& db, std::string_view sql, std::span<const Value> values = {})
{
    std::vector<std::string> found;
    for (auto rows = Rows(db.query(sql, values)); rows.next();) found.push_back(rows.text(0));
    return found;
}

std::vector<std::string> tables(detail::Session& db)
{
    constexpr std::string_view of_sqlite = R"sql(
        SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name)sql";
    constexpr std::string_view of_postgres = R"sql(
        SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename)sql";
    auto all = texts(db, db.engine == Engine::sqlite ? of_sqlite : of_postgres);
    std::erase(all, "schema_migration");  // Written by the migrations themselves.
    std::erase(all, "storage_command");   // Only means something to the server that is copied.
    std::erase(all, "text_row");          // text_plan copies it.
    return all;
}

std::vector<std::string> columns(detail::Session& db, const std::string& table)
{
    constexpr std::string_view of_sqlite = R"sql(
        SELECT name FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid)sql";
    constexpr std::string_view of_postgres = R"sql(
        SELECT column_name FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = ?1 AND is_generated = 'NEVER'
         ORDER BY ordinal_position)sql";
    const std::array<Value, 1> name{bound(table)};
    return texts(db, db.engine == Engine::sqlite ? of_sqlite : of_postgres, name);
}

/// Tables `table` refers to.
std::vector<std::string> referred(detail::Session& db, const std::string& table)
{
    constexpr std::string_view of_sqlite =
        R"sql(SELECT DISTINCT "table" FROM pragma_foreign_key_list(?1))sql";
    constexpr std::string_view of_postgres = R"sql(
        SELECT DISTINCT other.relname
          FROM pg_constraint AS c
          JOIN pg_class AS mine ON mine.oid = c.conrelid
          JOIN pg_class AS other ON other.oid = c.confrelid
          JOIN pg_namespace AS n ON n.oid = mine.relnamespace
         WHERE c.contype = 'f' AND n.nspname = current_schema() AND mine.relname = ?1)sql";
    const std::array<Value, 1> name{bound(table)};
    return texts(db, db.engine == Engine::sqlite ? of_sqlite : of_postgres, name);
}

/// Tables before those that refer to them. Tables that refer to each other in a ring come in any order.
class InOrder {
public:
    explicit InOrder(detail::Session& db) : db_(db)
    {
        for (const auto& table : tables(db)) visit(table);
    }
    const std::vector<std::string>& order() const { return order_; }

private:
    void visit(const std::string& table)
    {
        if (!seen_.insert(table).second) return;
        for (const auto& other : referred(db_, table)) visit(other);
        order_.push_back(table);
    }
    detail::Session& db_;
    std::set<std::string> seen_;
    std::vector<std::string> order_;
};

enum class ColumnKind { integer, text, bytes };

std::vector<ColumnKind> column_kinds(detail::Session& db, const std::string& table)
{
    constexpr std::string_view of_sqlite =
        "SELECT type FROM pragma_table_xinfo(?1) WHERE hidden = 0 ORDER BY cid";
    constexpr std::string_view of_postgres = R"sql(
        SELECT data_type FROM information_schema.columns
         WHERE table_schema = current_schema() AND table_name = ?1 AND is_generated = 'NEVER'
         ORDER BY ordinal_position)sql";
    const std::array<Value, 1> name{bound(table)};
    std::vector<ColumnKind> kinds;
    for (const auto& type : texts(db, db.engine == Engine::sqlite ? of_sqlite : of_postgres, name)) {
        if (type == "BLOB" || type == "bytea") {
            kinds.push_back(ColumnKind::bytes);
        } else if (type == "TEXT" || type == "text") {
            kinds.push_back(ColumnKind::text);
        } else if (type == "INTEGER" || type == "bigint") {
            kinds.push_back(ColumnKind::integer);
        } else {
            throw StorageError(fmt::format("{} has a column of type {}, which is not portable", table, type));
        }
    }
    return kinds;
}

/// The value of a column; views are good until the cursor moves.
Value value_of(const detail::Cursor& row, int column, ColumnKind kind)
{
    if (row.null(column)) return {};
    switch (kind) {
    case ColumnKind::integer: return row.integer(column);
    case ColumnKind::text: return row.text(column);
    case ColumnKind::bytes: return row.bytes(column);
    }
    throw std::logic_error("ColumnKind outside its enumerators");
}

struct TableCopy {
    std::string select;
    std::string table;
    std::string columns;
    std::string insert;  ///< Row by row, where a value is not put in as it is; empty: many rows together.
    std::vector<ColumnKind> kinds;
};

/// Rows on their way. What a cursor shows is gone when it moves, so they have memory of their own.
class RowBatch {
public:
    RowBatch(detail::Session& to, const TableCopy& table) : to_(to), table_(table) {}

    void add(const detail::Cursor& row)
    {
        for (std::size_t i = 0; i < table_.kinds.size(); ++i)
            values_.push_back(
                std::visit([this](const auto& v) { return kept(v); }, value_of(row, int(i), table_.kinds[i]))
            );
        if (values_.size() >= rows_at_once * table_.kinds.size() || bytes_ > bytes_at_once) flush();
    }
    void flush()
    {
        const auto width = table_.kinds.size();
        if (table_.insert.empty())
            to_.insert({table_.table, table_.columns, width, values_});
        else
            for (auto left = std::span<const Value>(values_); !left.empty(); left = left.subspan(width))
                to_.execute(table_.insert, left.first(width));
        values_.clear();
        texts_.clear();
        bytes_ = 0;
    }

private:
    static constexpr std::size_t rows_at_once = 2000;
    static constexpr std::size_t bytes_at_once = 8'000'000;

    Value kept(std::monostate) { return {}; }
    Value kept(std::int64_t number) { return number; }
    Value kept(std::string_view text)
    {
        bytes_ += text.size();
        return std::string_view(texts_.emplace_back(text));
    }
    Value kept(ByteView bytes) { return bytes_of(std::get<std::string_view>(kept(text_of(bytes)))); }

    detail::Session& to_;
    const TableCopy& table_;
    std::vector<Value> values_;
    std::deque<std::string> texts_;
    std::size_t bytes_ = 0;
};

/// Names come from the catalogue of the database, never from a person.
TableCopy plan(detail::Session& from, const std::string& table)
{
    const auto list = fmt::format("{}", fmt::join(columns(from, table), ", "));
    return {
        .select = fmt::format("SELECT {} FROM {}", list, table),
        .table = table,
        .columns = list,
        .insert = "",
        .kinds = column_kinds(from, table),
    };
}

/// The words of the text index, read from and written to whichever table holds them.
TableCopy text_plan(Engine from, Engine to)
{
    return {
        .select = from == Engine::sqlite
                      ? "SELECT rowid, words FROM text_hits"
                      : "SELECT subject, array_to_string(tsvector_to_array(words), ' ') FROM text_row",
        .table = "text_hits",
        .columns = "rowid, words",
        .insert = to == Engine::sqlite ? ""
                                       : "INSERT INTO text_row (subject, words) VALUES (?1, "
                                         "array_to_tsvector(string_to_array(?2, ' ')))",
        .kinds = {ColumnKind::integer, ColumnKind::text},
    };
}

/// Calls `take` for every row; PostgreSQL would otherwise send the whole table at once.
void each_row(
    detail::Session& from, const std::string& select, const std::function<void(detail::Cursor&)>& take
)
{
    if (from.engine == Engine::sqlite) {
        for (const auto rows = from.query(select, {}); rows->next();) take(*rows);
        return;
    }
    // A name of its own, so that a kept FETCH is never used for another table's columns.
    const auto name = fmt::format("rows_{}", std::hash<std::string>{}(select));
    from.execute(fmt::format("DECLARE {} NO SCROLL CURSOR FOR {}", name, select), {});
    const auto fetch = fmt::format("FETCH {} FROM {}", rows_at_once, name);
    for (int taken = rows_at_once; taken == rows_at_once;) {
        taken = 0;
        for (const auto rows = from.query(fetch, {}); rows->next(); ++taken) take(*rows);
    }
    from.execute("CLOSE " + name, {});
}

std::int64_t copy_table(const RowCopy& copy, const TableCopy& table)
{
    std::int64_t count = 0;
    RowBatch batch(copy.to, table);
    each_row(copy.from, table.select, [&](detail::Cursor& row) {
        batch.add(row);
        ++count;
    });
    batch.flush();
    return count;
}

}  // namespace

void clear_rows(detail::Session& db)
{
    const InOrder tables_in_order(db);
    const auto& all = tables_in_order.order();
    for (auto table = all.rbegin(); table != all.rend(); ++table) db.execute("DELETE FROM " + *table, {});
}

RowCounts count_rows(detail::Session& db)
{
    const auto count = [&](const std::string& table) {
        const auto rows = db.query("SELECT count(*) FROM " + table, {});
        rows->next();
        return rows->integer(0);
    };
    RowCounts counts;
    for (const auto& table : tables(db)) counts[table] = count(table);
    counts["text_hits"] = count(db.engine == Engine::sqlite ? "text_hits" : "text_row");
    return counts;
}

std::int64_t total(const RowCounts& counts)
{
    std::int64_t all = 0;
    for (const auto& [table, count] : counts) all += count;
    return all;
}

std::set<std::string> applied_migrations(detail::Session& db)
{
    std::set<std::string> names;
    for (auto name :
         texts(db, "SELECT room || '/' || file FROM schema_migration ORDER BY room, file LIMIT 100000")) {
        for (const std::string_view variant : {".sqlite.sql", ".postgres.sql", ".sql"})
            if (name.ends_with(variant)) name.resize(name.size() - variant.size());
        names.insert(std::move(name));
    }
    return names;
}

RowCounts copy_rows(const RowCopy& copy)
{
    RowCounts counts;
    const InOrder tables_in_order(copy.from);
    for (const auto& table : tables_in_order.order())
        counts[table] = copy_table(copy, plan(copy.from, table));
    counts["text_hits"] = copy_table(copy, text_plan(copy.from.engine, copy.to.engine));
    return counts;
}

}  // namespace thien_an::storage
