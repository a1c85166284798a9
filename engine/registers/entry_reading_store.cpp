#include <fmt/format.h>

#include <charconv>

#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"
#include "engine/registers/entries.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/old_books.h"
#include "engine/registers/openings.h"

namespace thien_an::registers {
namespace {

Problem no_such_entry() { return {.code = "registers.no_such_entry", .field = "", .law = ""}; }

std::vector<Note> notes_of(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId id,
    std::optional<Instant> as_of
)
{
    auto rows = db.query(
        R"sql(
        SELECT id, number, kind, noted_at, noted_on, party, post, decision, content, plain, sealed, evidence,
               prepared_party, prepared_post
          FROM register_note
         WHERE entry = ?1 AND noted_at <= ?2
         ORDER BY number
         LIMIT 1000)sql",
        id,
        as_of ? column(*as_of) : std::numeric_limits<std::int64_t>::max()
    );
    std::vector<Note> notes;
    while (rows.next()) {
        const auto sealed = rows.bytes(10);
        auto marked = open_fields(keys, "register_note", rows.integer(0), sealed);
        if (!marked) throw std::runtime_error("a sealed note of a register does not open");
        notes.push_back(
            {.number = rows.integer(1),
             .kind = rows.text(2),
             .noted_at = rows.instant(3),
             .noted_on = rows.day(4),
             .party = rows.id<identity::PartyId>(5),
             .post = rows.id<identity::PostId>(6),
             .decision = rows.text(7),
             .content = rows.text(8),
             .fields = joined(reg, object_from(rows.text(9)), marked.value()),
             .evidence = rows.text(11),
             .prepared_by = rows.id<identity::PartyId>(12),
             .prepared_as = rows.id<identity::PostId>(13)}
        );
    }
    return notes;
}

/// The number in "15/2016" or "15"; nothing for words.
std::optional<std::pair<std::int64_t, std::int64_t>> number_and_year(std::string_view words)
{
    std::int64_t number = 0;
    std::int64_t year = 0;
    const auto* end = words.data() + words.size();
    auto read = std::from_chars(words.data(), end, number);
    if (read.ec != std::errc{}) return std::nullopt;
    if (read.ptr == end) return std::pair{number, year};
    if (*read.ptr != '/') return std::nullopt;
    read = std::from_chars(read.ptr + 1, end, year);
    return read.ec == std::errc{} && read.ptr == end ? std::optional(std::pair{number, year}) : std::nullopt;
}

std::vector<std::string> words_of(std::string_view text)
{
    const auto plain = folded(text);
    std::vector<std::string> out;
    for (std::size_t at = 0; at < plain.size() && out.size() < 8;) {
        const auto end = std::min(plain.find(' ', at), plain.size());
        out.push_back(plain.substr(at, end - at));
        at = end + 1;
    }
    return out;
}

/// Values for a statement put together from fixed texts.
class Values {
public:
    std::string add(std::int64_t v) { return place(storage::Value{v}); }
    std::string add(std::string text)
    {
        texts_.push_back(std::make_unique<std::string>(std::move(text)));
        return place(storage::Value{std::string_view(*texts_.back())});
    }
    int next() const { return int(values_.size()) + 1; }
    std::span<const storage::Value> all() const { return values_; }

private:
    std::string place(storage::Value v)
    {
        values_.push_back(v);
        return "?" + std::to_string(values_.size());
    }
    std::vector<storage::Value> values_;
    std::vector<std::unique_ptr<std::string>> texts_;
};

std::string list_sql(
    storage::Reader& db,
    const Actor& actor,
    Day today,
    const Register& reg,
    const EntryQuery& query,
    Values& values
)
{
    std::string sql =
        "SELECT s.entry, s.agency, s.year, s.number, s.in_force, s.plain FROM register_state s WHERE "
        "s.register = ";
    sql += values.add(reg.id);
    const auto visible = identity::visible(
        db, actor, "registers.read", today, values.next(), {.agency = "s.agency", .owner = "", .sealed = ""}
    );
    for (const auto v : visible.values) values.add(v);
    sql += " AND " + visible.sql;
    if (query.year != 0) sql += " AND s.year = " + values.add(query.year);
    if (query.agency) sql += " AND s.agency = " + values.add(query.agency.value);
    if (const auto number = number_and_year(query.words)) {
        sql += " AND s.number = " + values.add(number->first);
        if (number->second != 0) sql += " AND s.year = " + values.add(number->second);
    } else {
        for (const auto& word : words_of(query.words))
            sql +=
                " AND EXISTS (SELECT 1 FROM register_index i WHERE i.entry = s.entry AND i.number = 0 AND "
                "i.word LIKE " +
                values.add("%" + word + "%") + ")";
    }
    if (std::int64_t before = 0;
        !query.cursor.empty() &&
        std::from_chars(query.cursor.data(), query.cursor.data() + query.cursor.size(), before).ec ==
            std::errc{})
        sql += " AND s.entry < " + values.add(before);
    return sql + " ORDER BY s.entry DESC LIMIT " + values.add(std::int64_t(query.limit) + 1);
}

/// What an entry shows in three places: now, as entered, by each note.
template <class Change>
void each_fields(Entry& entry, const Change& change)
{
    change(entry.fields);
    change(entry.first);
    for (auto& note : entry.notes) change(note.fields);
}

}  // namespace

Result<Entry> find_entry(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId id,
    std::optional<Instant> as_of
)
{
    auto rows = db.query(
        R"sql(
        SELECT e.number, s.year, b.number, e.page, e.entered_at, e.registered_on, e.party, e.post, e.dossier,
               e.plain, e.sealed, s.agency, s.register
          FROM register_entry e
          JOIN register_series s ON s.id = e.series
          JOIN register_book b ON b.id = e.book
         WHERE e.id = ?1)sql",
        id
    );
    if (!rows.next()) return no_such_entry();
    const bool paper = rows.text(12) == paper_series(reg.id);
    if (rows.text(12) != reg.id && !paper) return no_such_entry();
    // What stood in a paper book was there from its day on, not from the day it was typed.
    const auto since = paper ? at(rows.day(5), {}) : rows.instant(4);
    if (as_of && since > *as_of) return no_such_entry();
    Entry entry{
        .id = id,
        .register_id = reg.id,
        .agency = rows.id<AgencyId>(11),
        .number = rows.integer(0),
        .year = rows.integer(1),
        .book = rows.integer(2),
        .page = rows.integer(3),
        .printed = printed_number(reg, rows.integer(0), rows.integer(1)),
        .entered_at = rows.instant(4),
        .registered_on = rows.day(5),
        .party = rows.id<identity::PartyId>(6),
        .post = rows.id<identity::PostId>(7),
        .dossier = rows.integer(8)};
    const auto sealed = rows.bytes(10);
    entry.first =
        joined(reg, object_from(rows.text(9)), TRY(open_fields(keys, "register_entry", id.value, sealed)));
    entry.fields = entry.first;
    entry.notes = notes_of(db, keys, reg, id, as_of);
    for (const auto& note : entry.notes) {
        for (const auto& member : note.fields) entry.fields[member.key()] = member.value();
        if (note.kind == "annulment" || note.kind == "revocation") entry.in_force = false;
    }
    return entry;
}

std::optional<EntryId> entry_of_dossier(storage::Reader& db, std::int64_t dossier)
{
    auto rows =
        db.query("SELECT id FROM register_entry WHERE dossier = ?1 ORDER BY id DESC LIMIT 1", dossier);
    return rows.next() ? std::optional(rows.id<EntryId>(0)) : std::nullopt;
}

std::optional<EntryId> entry_numbered(
    storage::Reader& db, std::string_view register_id, AgencyId agency, std::int64_t year, std::int64_t number
)
{
    auto rows = db.query(
        R"sql(
        SELECT entry FROM register_state
         WHERE register = ?1 AND agency = ?2 AND year = ?3 AND number = ?4
         LIMIT 1)sql",
        register_id,
        agency,
        year,
        number
    );
    return rows.next() ? std::optional(rows.id<EntryId>(0)) : std::nullopt;
}

Result<Entry> read_entry(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId id,
    Reveal reveal,
    std::string_view reason,
    std::optional<Instant> as_of
)
{
    auto entry = TRY(find_entry(db, keys, reg, id, as_of));
    if (!identity::may(db, act.actor, "registers.read", entry.agency, act.today())) return no_such_entry();
    if (reveal == Reveal::clear && folded(reason).empty())
        return Problem{.code = "registers.reason_missing", .field = "/reason", .law = ""};
    if (reveal == Reveal::masked) {
        const auto mask = [&](json::object& fields) {
            for (auto& member : fields) {
                const auto* field = reg.field(std::string_view(member.key()));
                if (field != nullptr && field->masked && member.value().is_string())
                    member.value() = identity::masked(std::string_view(member.value().get_string()));
            }
        };
        each_fields(entry, mask);
    }
    if (reg.sealed && (reveal == Reveal::masked || !holds_opening(db, act, id)))
        each_fields(entry, [&](json::object& fields) { fields = without_sealed(reg, std::move(fields)); });
    identity::audit(
        db,
        act,
        {.what = reveal == Reveal::clear ? "register.reveal" : "register.read",
         .subject = "register_entry",
         .subject_id = id.value,
         .about = {},
         .agency = entry.agency,
         .reason = std::string(reason),
         .detail = {{"register", reg.id}}}
    );
    return entry;
}

EntryList search_entries(
    storage::Reader& db, const Actor& actor, Day today, const Register& reg, const EntryQuery& query
)
{
    Values values;
    const auto sql = list_sql(db, actor, today, reg, query, values);
    auto rows = db.query_all(sql, values.all());
    EntryList list;
    while (rows.next()) {
        if (int(list.rows.size()) == query.limit) {
            list.next = std::to_string(list.rows.back().id.value);
            break;
        }
        list.rows.push_back(
            {rows.id<EntryId>(0),
             rows.id<AgencyId>(1),
             printed_number(reg, rows.integer(3), rows.integer(2)),
             rows.integer(3),
             rows.integer(2),
             rows.integer(4) != 0,
             object_from(rows.text(5))}
        );
    }
    return list;
}

std::vector<EntryId> entries_with(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    std::string_view field,
    std::string_view value,
    int limit
)
{
    const auto* known = reg.field(field);
    if (known == nullptr) throw std::logic_error("the register has no such field");
    auto rows = db.query(
        R"sql(
        SELECT i.entry
          FROM register_index i
          JOIN register_state s ON s.entry = i.entry AND s.in_force = 1
         WHERE i.register = ?1 AND i.field = ?2 AND i.word = ?3   -- served by register_index_word
         ORDER BY i.entry DESC
         LIMIT ?4)sql",
        reg.id,
        field,
        index_word(keys, reg, *known, value),
        limit
    );
    std::vector<EntryId> found;
    while (rows.next()) found.push_back(rows.id<EntryId>(0));
    return found;
}

std::vector<EntryId> entries_between(
    storage::Reader& db,
    const Register& reg,
    std::string_view field,
    std::int64_t from,
    std::int64_t to,
    int limit
)
{
    auto rows = db.query(
        R"sql(
        SELECT i.entry
          FROM register_index i
          JOIN register_state s ON s.entry = i.entry AND s.in_force = 1
         WHERE i.register = ?1 AND i.field = ?2 AND i.number BETWEEN ?3 AND ?4   -- served by register_index_number
         ORDER BY i.entry DESC
         LIMIT ?5)sql",
        reg.id,
        field,
        from,
        to,
        limit
    );
    std::vector<EntryId> found;
    while (rows.next()) found.push_back(rows.id<EntryId>(0));
    return found;
}

}  // namespace thien_an::registers
