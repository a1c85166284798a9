#include <fmt/format.h>

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/registers/entries.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/leases.h"
#include "engine/registers/person_rows.h"

namespace thien_an::registers {
namespace {

Problem value_problem(std::string code, std::string_view field)
{
    return {.code = std::move(code), .field = "/" + std::string(field), .law = ""};
}

bool fits(const RegisterField& field, const json::value& v)
{
    if (field.type == FieldType::integer) return v.is_int64();
    const auto* text = v.if_string();
    if (text == nullptr) return false;
    const std::string_view value(text->data(), text->size());
    constexpr std::size_t bytes_max = 4000;
    if (value.size() > bytes_max || !is_utf8(value)) return false;
    if (field.type == FieldType::day) return bool(parse_day(value));
    if (field.type == FieldType::choice)
        return std::find(field.choices.begin(), field.choices.end(), value) != field.choices.end();
    return true;
}

std::optional<Problem> wrong_values(const Register& reg, const json::object& fields)
{
    for (const auto& member : fields) {
        const auto* field = reg.field(std::string_view(member.key()));
        if (field == nullptr) return value_problem("registers.unknown_field", member.key());
        if (!member.value().is_null() && !fits(*field, member.value()))
            return value_problem("registers.bad_value", member.key());
    }
    return std::nullopt;
}

std::optional<Problem> missing_values(const Register& reg, const json::object& fields)
{
    for (const auto& field : reg.fields) {
        if (!field.required) continue;
        const auto* v = fields.if_contains(field.id);
        if (v == nullptr || v->is_null() || (v->is_string() && v->get_string().empty()))
            return value_problem("registers.field_missing", field.id);
    }
    return std::nullopt;
}

struct Series {
    SeriesId id;
    std::string register_id;
    AgencyId agency;
    std::int64_t year = 0;
    std::int64_t last_number = 0;
    Bytes last_hash;
    std::int64_t length = 0;
    std::optional<Day> closed_on;
};

Series read_series(storage::Reader& db, SeriesId id)
{
    auto rows = db.query(
        R"sql(
        SELECT register, agency, year, last_number, last_hash, length, closed_on
          FROM register_series
         WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) throw std::logic_error("no such series of numbers");
    return {
        id,
        rows.text(0),
        rows.id<AgencyId>(1),
        rows.integer(2),
        rows.integer(3),
        rows.bytes(4),
        rows.integer(5),
        rows.day_or_null(6)};
}

void move_series(storage::Writer& db, const Series& series)
{
    db.execute(
        "UPDATE register_series SET last_number = ?2, last_hash = ?3, length = ?4 WHERE id = ?1",
        series.id,
        series.last_number,
        series.last_hash,
        series.length
    );
}

struct Book {
    std::int64_t id = 0;
    std::int64_t number = 0;
    std::int64_t first_number = 1;
    std::int64_t pages = 0;
};

std::optional<Book> open_book(storage::Reader& db, SeriesId series)
{
    auto rows = db.query(
        R"sql(
        SELECT id, number, first_number, pages
          FROM register_book
         WHERE series = ?1 AND closed_on IS NULL
         ORDER BY number DESC
         LIMIT 1)sql",
        series
    );
    if (!rows.next()) return std::nullopt;
    return Book{rows.integer(0), rows.integer(1), rows.integer(2), rows.integer(3)};
}

std::int64_t page_of(const Register& reg, const Book& book, std::int64_t number)
{
    return (number - book.first_number) / reg.book.entries_per_page + 1;
}

/// The book `number` goes into: the open one, or the next when its pages are full.
Book book_for(
    storage::Writer& db, const Act& act, const Register& reg, const Series& series, std::int64_t number
)
{
    const auto open = open_book(db, series.id);
    if (open && page_of(reg, *open, number) <= open->pages) return *open;
    if (open) db.execute("UPDATE register_book SET closed_on = ?2 WHERE id = ?1", open->id, act.today());
    const Book book{act.ids.next(), open ? open->number + 1 : 1, number, reg.book.pages};
    db.execute(
        R"sql(
        INSERT INTO register_book (id, series, number, first_number, pages, opened_on)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
        book.id,
        series.id,
        book.number,
        book.first_number,
        book.pages,
        act.today()
    );
    return book;
}

void insert_entry(storage::Writer& db, const EntryRecord& e)
{
    db.execute(
        R"sql(
        INSERT INTO register_entry (id, series, book, number, page, link, entered_at, registered_on,
                                    party, post, for_post, dossier, plain, sealed, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15))sql",
        e.id,
        e.series,
        e.book,
        e.number,
        e.page,
        e.link,
        e.entered_at,
        e.registered_on,
        e.party,
        e.post,
        e.for_post,
        e.dossier,
        e.plain,
        e.sealed,
        e.hash
    );
}

void insert_note(storage::Writer& db, SeriesId series, const NoteRecord& n)
{
    db.execute(
        R"sql(
        INSERT INTO register_note (id, entry, number, series, link, kind, noted_at, noted_on, party, post,
                                   for_post, decision, content, plain, sealed, hash, evidence,
                                   prepared_party, prepared_post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19))sql",
        n.id,
        n.entry,
        n.number,
        series,
        n.link,
        n.kind,
        n.noted_at,
        n.noted_on,
        n.party,
        n.post,
        n.for_post,
        n.decision,
        n.content,
        n.plain,
        n.sealed,
        n.hash,
        n.evidence,
        n.prepared_party,
        n.prepared_post
    );
}

void write_indexes(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    const Register& reg,
    EntryId entry,
    const json::object& fields
)
{
    db.execute("DELETE FROM register_index WHERE entry = ?1", entry);
    for (const auto& row : index_rows(keys, reg, fields))
        db.execute(
            "INSERT INTO register_index (entry, register, field, word, number) VALUES (?1, ?2, ?3, ?4, ?5)",
            entry,
            reg.id,
            row.field,
            row.word,
            row.number
        );
}

void note_audit(storage::Writer& db, const Act& act, std::string what, const Series& series, EntryId entry)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "register_entry",
         .subject_id = entry.value,
         .about = {},
         .agency = series.agency,
         .reason = "",
         .detail = {{"register", series.register_id}, {"year", series.year}}}
    );
}

/// A row with its place, and the number of its book.
struct Placed {
    EntryRecord row;
    std::int64_t book_number = 0;
};
Numbered write_entry(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    Series& series,
    Placed placed,
    const json::object& fields
)
{
    auto& row = placed.row;
    const auto parts = parted(reg, fields);
    row.id = act.ids.next_as<RegisterEntryTag>();
    row.series = series.id;
    row.link = series.length + 1;
    row.entered_at = act.now;
    row.party = act.actor.party.value;
    row.post = act.actor.post.value;
    row.for_post = act.actor.for_post.value;
    row.plain = json::canonical(json::value(parts.plain));
    row.sealed = seal_fields(keys, "register_entry", row.id.value, parts.marked);
    row.hash = link_hash(keys, series.last_hash, row, parts.marked);
    insert_entry(db, row);
    series.last_number = std::max(series.last_number, row.number);
    series.length = row.link;
    series.last_hash = row.hash;
    move_series(db, series);
    db.execute(
        R"sql(
        INSERT INTO register_state (entry, register, agency, year, number, in_force, notes, plain, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, 1, 0, ?6, ?7))sql",
        row.id,
        reg.id,
        series.agency,
        series.year,
        row.number,
        row.plain,
        seal_fields(keys, "register_state", row.id.value, parts.marked)
    );
    write_indexes(db, keys, reg, row.id, fields);
    write_persons(db, keys, reg, {row.id, series.agency, true}, fields, {});
    note_audit(db, act, "register.enter", series, row.id);
    return Numbered{
        row.id,
        row.number,
        series.year,
        placed.book_number,
        row.page,
        printed_number(reg, row.number, series.year)};
}

}  // namespace

SeriesId series_of(
    storage::Database& database,
    IdSource& ids,
    std::string_view register_id,
    AgencyId agency,
    std::int64_t year
)
{
    const auto look = [&](storage::Reader& db) -> SeriesId {
        auto rows = db.query(
            "SELECT id FROM register_series WHERE register = ?1 AND agency = ?2 AND year = ?3",
            register_id,
            agency,
            year
        );
        return rows.next() ? rows.id<SeriesId>(0) : SeriesId{};
    };
    if (const auto found = database.read(look)) return found;
    const auto id = ids.next();
    const auto made = database.write({}, [&](storage::Writer& db) -> Result<Done> {
        db.execute(
            R"sql(
            INSERT INTO register_series (id, register, agency, year, last_hash)
            VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (register, agency, year) DO NOTHING)sql",
            id,
            register_id,
            agency,
            year,
            first_hash()
        );
        return Done{};
    });
    if (!made) throw std::logic_error("a series of numbers was not made");
    return database.read(look);
}

storage::Lock lock_of(SeriesId series) { return {"book", series.value}; }

Result<Numbered> enter(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    const NewEntry& entry
)
{
    if (auto problem = wrong_values(reg, entry.fields)) return *std::move(problem);
    if (auto problem = missing_values(reg, entry.fields)) return *std::move(problem);
    auto series = read_series(db, entry.series);
    if (series.closed_on)
        return Problem{
            .code = "registers.book_closed",
            .field = "",
            .law = "",
            .words = {{"year", std::to_string(series.year)}, {"closed", shown(*series.closed_on)}}};
    TRY(may_enter(db, series.agency, series.id, entry.registered_on));
    const auto number = series.last_number + 1;
    const auto book = book_for(db, act, reg, series, number);
    EntryRecord row{
        .book = book.id,
        .number = number,
        .page = page_of(reg, book, number),
        .registered_on = entry.registered_on,
        .dossier = entry.dossier};
    return write_entry(db, act, keys, reg, series, {std::move(row), book.number}, entry.fields);
}

Numbered enter_from_paper(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    const PaperEntry& entry
)
{
    auto series = read_series(db, entry.series);
    EntryRecord row{
        .book = entry.book, .number = entry.number, .page = entry.page, .registered_on = entry.registered_on};
    return write_entry(db, act, keys, reg, series, {std::move(row), entry.book_number}, entry.fields);
}

SeriesId series_of_entry(storage::Reader& db, EntryId entry)
{
    auto rows = db.query("SELECT series FROM register_entry WHERE id = ?1", entry);
    return rows.next() ? rows.id<SeriesId>(0) : SeriesId{};
}

namespace {

constexpr std::string_view completion = "completion";

std::optional<Problem> refused_note(const Register& reg, const NewNote& note, const Entry& entry)
{
    const auto& kinds = reg.note_kinds;
    const bool every_register = note.kind == completion || note.kind == margin_note;
    if (!every_register && std::find(kinds.begin(), kinds.end(), note.kind) == kinds.end())
        return value_problem("registers.unknown_note_kind", "kind");
    if (!entry.in_force) return value_problem("registers.not_in_force", "");
    if (note.kind != completion && note.decision.empty())
        return value_problem("registers.decision_missing", "decision");
    if (auto problem = wrong_values(reg, note.fields)) return problem;
    if (note.kind != completion) return std::nullopt;
    for (const auto& member : note.fields) {
        const auto* before = entry.fields.if_contains(member.key());
        const bool choice = reg.field(std::string_view(member.key()))->type == FieldType::choice;
        if (before != nullptr && !before->is_null() && !choice)
            return value_problem("registers.already_set", member.key());
    }
    return std::nullopt;
}

}  // namespace

Result<Done> check_note(const Register& reg, const NewNote& note, const Entry& entry)
{
    if (auto problem = refused_note(reg, note, entry)) return *std::move(problem);
    return Done{};
}

Result<Done> add_note(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, const NewNote& note
)
{
    auto entry = TRY(find_entry(db, keys, reg, note.entry));
    TRY(check_note(reg, note, entry));
    auto series = read_series(db, series_of_entry(db, note.entry));
    // What the program itself completes takes no number: an answer that comes while a node holds the books is kept.
    if (act.actor.party || note.kind != completion) TRY(may_write(db, series.agency));
    const auto parts = parted(reg, note.fields);
    NoteRecord row{
        .id = act.ids.next(),
        .entry = note.entry,
        .number = std::int64_t(entry.notes.size()) + 1,
        .link = series.length + 1,
        .kind = note.kind,
        .noted_at = act.now,
        .noted_on = act.today(),
        .party = act.actor.party.value,
        .post = act.actor.post.value,
        .for_post = act.actor.for_post.value,
        .decision = note.decision,
        .content = note.content,
        .plain = json::canonical(json::value(parts.plain))};
    row.evidence = note.evidence;
    row.prepared_party = note.prepared_by.value;
    row.prepared_post = note.prepared_as.value;
    row.sealed = seal_fields(keys, "register_note", row.id, parts.marked);
    row.hash = link_hash(keys, series.last_hash, row, parts.marked);
    insert_note(db, series.id, row);
    series.length = row.link;
    series.last_hash = row.hash;
    move_series(db, series);
    auto former = former_fields(entry);
    if (note.kind != completion && !note.fields.empty()) former.push_back(entry.fields);
    for (const auto& member : note.fields) entry.fields[member.key()] = member.value();
    const auto now = parted(reg, entry.fields);
    const bool in_force = note.kind != "annulment" && note.kind != "revocation";
    db.execute(
        "UPDATE register_state SET in_force = ?2, notes = ?3, plain = ?4, sealed = ?5 WHERE entry = ?1",
        note.entry,
        in_force,
        row.number,
        json::canonical(json::value(now.plain)),
        seal_fields(keys, "register_state", note.entry.value, now.marked)
    );
    write_indexes(db, keys, reg, note.entry, entry.fields);
    write_persons(db, keys, reg, {note.entry, entry.agency, in_force}, entry.fields, former);
    note_audit(db, act, "register.note", series, note.entry);
    return Done{};
}

}  // namespace thien_an::registers
