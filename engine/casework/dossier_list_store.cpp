#include "engine/casework/dossier_list_store.h"

#include <charconv>

#include "engine/base/vietnamese.h"
#include "engine/identity/permissions.h"

namespace thien_an::casework {
namespace {

/// A statement put together from fixed texts, with its values.
class Statement {
public:
    std::string sql;

    std::string place(std::int64_t v)
    {
        values_.emplace_back(v);
        return "?" + std::to_string(values_.size());
    }
    std::string place(std::string text)
    {
        // Owned here, because a Value only looks at its text.
        texts_.push_back(std::make_unique<std::string>(std::move(text)));
        values_.emplace_back(std::string_view(*texts_.back()));
        return "?" + std::to_string(values_.size());
    }
    int next() const { return int(values_.size()) + 1; }
    storage::Rows run(storage::Reader& db) const { return db.query_all(sql, values_); }

private:
    std::vector<storage::Value> values_;
    std::vector<std::unique_ptr<std::string>> texts_;
};

void add_words(Statement& s, std::string_view words)
{
    const auto plain = folded(words);
    int count = 0;
    for (std::size_t at = 0; at < plain.size() && count < 8; ++count) {
        const auto end = std::min(plain.find(' ', at), plain.size());
        s.sql += " AND d.folded LIKE " + s.place("%" + plain.substr(at, end - at) + "%");
        at = end + 1;
    }
}

/// What runs out next (next_deadline of dossier.h): null for what waits for the applicant.
std::string deadline()
{
    const auto filed = std::to_string(std::int64_t(DossierState::filed));
    return "CASE WHEN d.state = " + filed + " THEN d.answer_by ELSE d.due END";
}

void add_lane(Statement& s, const ListQuery& query)
{
    const auto tomorrow = at(day_of(query.now) + std::chrono::days{1}, Minutes{0});
    const auto waiting = std::int64_t(DossierState::awaiting_supplement);
    const auto until = deadline();
    if (query.lane == "late") s.sql += " AND " + until + " < " + s.place(column(query.now));
    if (query.lane == "today")
        s.sql += " AND " + until + " >= " + s.place(column(query.now)) + " AND " + until + " < " +
                 s.place(column(tomorrow));
    if (query.lane == "later")
        s.sql += " AND (" + until + " >= " + s.place(column(tomorrow)) + " OR (" + until +
                 " IS NULL AND d.state <> " + s.place(waiting) + "))";
    if (query.lane == "waiting") s.sql += " AND d.state = " + s.place(waiting);
}

/// FROM and WHERE: the rights first, then what was asked.
void add_conditions(Statement& s, storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    s.sql += " FROM dossier d WHERE ";
    if (query.applicant) {
        s.sql += "d.applicant = " + s.place(query.applicant.value);
    } else {
        const auto visible = identity::visible(
            db, actor, "dossiers.read", today, s.next(), {.agency = "d.agency", .owner = "", .sealed = ""}
        );
        for (const auto v : visible.values) s.place(v);
        s.sql += visible.sql;
    }
    if (query.open_only) s.sql += " AND d.is_open = 1";
    if (!query.procedure.empty()) s.sql += " AND d.procedure = " + s.place(query.procedure);
    if (query.state) s.sql += " AND d.state = " + s.place(std::int64_t(*query.state));
    add_lane(s, query);
    add_words(s, query.words);
}

std::optional<std::pair<std::int64_t, std::int64_t>> cursor_from(std::string_view text)
{
    std::int64_t key = 0;
    std::int64_t id = 0;
    const auto* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, key);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '.') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, id);
    if (second.ec != std::errc{} || second.ptr != end) return std::nullopt;
    return std::pair{key, id};
}

}  // namespace

DossierList list_dossiers(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    Statement s;
    const std::string key = query.applicant ? "-d.id" : "coalesce(" + deadline() + ", 9223372036854775807)";
    s.sql = "SELECT d.id, " + key;
    add_conditions(s, db, actor, today, query);
    if (const auto after = cursor_from(query.cursor)) {
        const auto k = s.place(after->first);
        s.sql += " AND (" + key + " > " + k + " OR (" + key + " = " + k + " AND d.id > " +
                 s.place(after->second) + "))";
    }
    s.sql += " ORDER BY " + key + ", d.id LIMIT " + s.place(std::int64_t(query.limit) + 1);
    std::vector<std::pair<DossierId, std::int64_t>> ids;
    {
        auto rows = s.run(db);
        while (rows.next()) ids.emplace_back(rows.id<DossierId>(0), rows.integer(1));
    }
    DossierList list;
    for (const auto& [id, sort] : ids) {
        if (int(list.dossiers.size()) == query.limit) {
            const auto& last = ids[list.dossiers.size() - 1];
            list.next = std::to_string(last.second) + "." + std::to_string(last.first.value);
            break;
        }
        list.dossiers.push_back(find_dossier(db, id).value());
    }
    return list;
}

std::int64_t count_dossiers(storage::Reader& db, const Actor& actor, Day today, const ListQuery& query)
{
    Statement s;
    s.sql = "SELECT count(*)";
    add_conditions(s, db, actor, today, query);
    auto rows = s.run(db);
    return rows.next() ? rows.integer(0) : 0;
}

Counters read_counters(storage::Reader& db, identity::AgencyId agency, Day from, Day to)
{
    Counters out;
    const std::map<std::string_view, std::int64_t*> into{
        {"filed", &out.filed},
        {"received", &out.received},
        {"finished", &out.finished},
        {"on_time", &out.on_time},
        {"late", &out.late},
        {"refused", &out.refused},
        {"withdrawn", &out.withdrawn}};
    auto rows = db.query(
        R"sql(
        SELECT what, CAST(sum(amount) AS BIGINT) FROM (
            SELECT what, amount FROM dossier_count WHERE agency = ?1 AND day >= ?2 AND day < ?3
            UNION ALL
            SELECT what, amount FROM dossier_count_delta WHERE agency = ?1 AND day >= ?2 AND day < ?3) both_parts
         GROUP BY what
         LIMIT 100)sql",
        agency,
        from,
        to
    );
    while (rows.next())
        if (const auto found = into.find(rows.text(0)); found != into.end()) *found->second = rows.integer(1);
    auto open = db.query("SELECT count(*) FROM dossier WHERE agency = ?1 AND is_open = 1", agency);
    if (open.next()) out.open = open.integer(0);
    return out;
}

}  // namespace thien_an::casework
