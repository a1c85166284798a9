#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/old_books.h"

namespace thien_an::registers {
namespace {

constexpr std::array<std::string_view, 3> rights{"old_books.type", "old_books.decide", "old_books.accept"};

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

bool has_any_right(storage::Reader& db, const Actor& actor, AgencyId agency, Day today)
{
    return std::any_of(rights.begin(), rights.end(), [&](std::string_view right) {
        return identity::may(db, actor, right, agency, today);
    });
}

void note_audit(
    storage::Writer& db, const Act& act, std::string what, const OldBook& book, json::object detail
)
{
    detail["register"] = book.register_id;
    detail["year"] = book.about.year;
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "old_book",
         .subject_id = book.id.value,
         .about = {},
         .agency = book.about.agency,
         .reason = "",
         .detail = std::move(detail)}
    );
}

constexpr std::string_view book_columns =
    "b.id, b.register, b.agency, b.year, b.number, b.notation, b.pages, b.series, b.book";

OldBook book_from(const storage::Rows& rows)
{
    return {
        .id = rows.id<OldBookId>(0),
        .register_id = rows.text(1),
        .about =
            {.agency = rows.id<AgencyId>(2),
             .year = rows.integer(3),
             .number = rows.integer(4),
             .notation = rows.text(5),
             .pages = rows.integer(6)},
        .series = rows.id<SeriesId>(7),
        .book = rows.integer(8)};
}

std::optional<OldBook> book_row(storage::Reader& db, OldBookId id)
{
    auto rows = db.query_all(
        "SELECT " + std::string(book_columns) + " FROM old_book b WHERE b.id = ?1",
        std::array{storage::Value{id.value}}
    );
    return rows.next() ? std::optional(book_from(rows)) : std::nullopt;
}

constexpr std::string_view page_columns =
    "p.id, p.book, p.number, p.file, p.sha256, "
    "(SELECT count(*) FROM old_typing t WHERE t.page = p.id), "
    "(SELECT count(*) FROM old_typing t WHERE t.page = p.id AND t.finished_at IS NOT NULL), "
    "p.mismatches, p.open, p.accepted_at, p.accepted_party, p.accepted_post";

OldPage page_from(const storage::Rows& rows)
{
    OldPage page{
        .id = rows.id<OldPageId>(0),
        .book = rows.id<OldBookId>(1),
        .number = rows.integer(2),
        .file = rows.id<storage::FileId>(3),
        .sha256 = rows.text(4),
        .begun = rows.integer(5),
        .finished = rows.integer(6),
        .mismatches = rows.integer_or_null(7).value_or(0),
        .open = rows.integer_or_null(8).value_or(0),
        .accepted_at = rows.instant_or_null(9)};
    if (page.accepted_at) {
        page.accepted_by = rows.id<identity::PartyId>(10);
        page.accepted_as = rows.id<identity::PostId>(11);
    }
    return page;
}

Result<OldBook> book_of_page(storage::Reader& db, const Act& act, const OldPage& page, std::string_view right)
{
    const auto book = TRY(find_old_book(db, act.actor, act.today(), page.book));
    TRY(identity::require(db, act.actor, right, book.about.agency, act.today()));
    return book;
}

Typing typing_from(const storage::Rows& rows)
{
    return {
        .id = rows.id<TypingId>(0),
        .page = rows.id<OldPageId>(1),
        .slot = rows.integer(2),
        .party = rows.id<identity::PartyId>(3),
        .post = rows.id<identity::PostId>(4),
        .finished_at = rows.instant_or_null(5)};
}

std::vector<Typing> typings_of(storage::Reader& db, OldPageId page)
{
    auto rows = db.query(
        "SELECT id, page, slot, party, post, finished_at FROM old_typing WHERE page = ?1 ORDER BY slot LIMIT "
        "2",
        page
    );
    std::vector<Typing> out;
    while (rows.next()) out.push_back(typing_from(rows));
    return out;
}

json::object opened(const crypto::KeyRing& keys, std::string_view table, std::int64_t id, ByteView sealed)
{
    auto fields = open_fields(keys, table, id, sealed);
    if (!fields) throw std::runtime_error("a typed entry of an old book does not open");
    return std::move(fields).value();
}

std::vector<OldDecision> decisions_of(storage::Reader& db, const crypto::KeyRing& keys, OldPageId page)
{
    auto rows = db.query(
        R"sql(
        SELECT id, line, field, sealed, decided_at, party, post
          FROM old_decision WHERE page = ?1 ORDER BY id LIMIT 10000)sql",
        page
    );
    std::vector<OldDecision> out;
    while (rows.next()) {
        const auto sealed = rows.bytes(3);
        OldDecision one{
            .line = rows.integer(1),
            .field = rows.text(2),
            .value = text_at(opened(keys, "old_decision", rows.integer(0), sealed), "value"),
            .decided_at = rows.instant(4),
            .party = rows.id<identity::PartyId>(5),
            .post = rows.id<identity::PostId>(6)};
        std::erase_if(out, [&](const OldDecision& before) {
            return before.line == one.line && before.field == one.field;
        });
        out.push_back(std::move(one));
    }
    return out;
}

/// Own, unfinished, of a page that is not in the register yet.
Result<Typing> running_typing(storage::Reader& db, const Act& act, OldPageId page)
{
    const auto typing = TRY(own_typing(db, act.actor, page));
    const auto at = TRY(find_page(db, act.actor, act.today(), page));
    if (at.accepted_at) return problem("registers.page_accepted");
    if (typing.finished_at) return problem("registers.typing_finished");
    return typing;
}

/// How many mismatches of the page still have to be decided.
std::int64_t open_of(const PageComparison& all)
{
    return std::count_if(all.found.begin(), all.found.end(), [&](const Mismatch& one) {
        return one.likeness == Likeness::differs && all.decision(one.line, one.field) == nullptr;
    });
}

void keep_open(storage::Writer& db, OldPageId page, const PageComparison& all)
{
    db.execute(
        "UPDATE old_page SET mismatches = ?2, open = ?3 WHERE id = ?1",
        page,
        std::int64_t(all.found.size()),
        open_of(all)
    );
}

std::optional<Problem> bad_book(
    storage::Reader& db, const Act& act, const Register& reg, const NewOldBook& book
)
{
    constexpr std::int64_t first_year = 1945;
    constexpr std::int64_t pages_max = 2000;
    const auto this_year = std::int64_t(int(std::chrono::year_month_day{act.today()}.year()));
    if (book.year < first_year || book.year >= this_year) return problem("registers.old_book_year", "/year");
    if (book.pages < 1 || book.pages > pages_max || book.number < 1)
        return problem("registers.bad_pages", book.number < 1 ? "/number" : "/pages");
    auto kept = db.query(
        "SELECT 1 FROM register_series WHERE register = ?1 AND agency = ?2 AND year = ?3 AND last_number > 0",
        reg.id,
        book.agency,
        book.year
    );
    if (kept.next()) return problem("registers.year_kept_here", "/year");
    auto known = db.query(
        "SELECT 1 FROM old_book WHERE register = ?1 AND agency = ?2 AND year = ?3 AND number = ?4",
        reg.id,
        book.agency,
        book.year,
        book.number
    );
    if (known.next()) return problem("registers.old_book_known", "/number");
    return std::nullopt;
}

}  // namespace

std::string paper_series(std::string_view register_id) { return std::string(register_id) + "/paper"; }

Result<OldBookId> open_old_book(
    storage::Writer& db, const Act& act, const Register& reg, const NewOldBook& book, SeriesId series
)
{
    TRY(identity::require(db, act.actor, "old_books.type", book.agency, act.today()));
    if (auto wrong = bad_book(db, act, reg, book)) return *std::move(wrong);
    // Nothing of today is numbered from a series of paper.
    db.execute(
        "UPDATE register_series SET closed_on = ?2 WHERE id = ?1 AND closed_on IS NULL", series, act.today()
    );
    const auto row = act.ids.next();
    db.execute(
        R"sql(
        INSERT INTO register_book (id, series, number, first_number, pages, opened_on, closed_on)
        VALUES (?1, ?2, ?3, 1, ?4, ?5, ?5))sql",
        row,
        series,
        book.number,
        book.pages,
        act.today()
    );
    const auto id = act.ids.next_as<OldBookTag>();
    db.execute(
        R"sql(
        INSERT INTO old_book (id, register, agency, year, number, notation, pages, series, book, opened_at, party, post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12))sql",
        id,
        reg.id,
        book.agency,
        book.year,
        book.number,
        book.notation,
        book.pages,
        series,
        row,
        act.now,
        act.actor.party,
        act.actor.post
    );
    note_audit(db, act, "old_book.open", {id, reg.id, book, series, row}, {{"number", book.number}});
    return id;
}

Result<OldBook> find_old_book(storage::Reader& db, const Actor& actor, Day today, OldBookId id)
{
    auto book = book_row(db, id);
    if (!book || !has_any_right(db, actor, book->about.agency, today))
        return problem("registers.no_such_old_book");
    return *std::move(book);
}

Result<OldPageId> add_page(
    storage::Writer& db,
    const Act& act,
    OldBookId book_id,
    std::int64_t number,
    storage::FileId file,
    std::string_view sha256
)
{
    const auto book = TRY(find_old_book(db, act.actor, act.today(), book_id));
    TRY(identity::require(db, act.actor, "old_books.type", book.about.agency, act.today()));
    if (number < 1 || number > book.about.pages) return problem("registers.page_beyond_book", "/page");
    auto rows = db.query("SELECT id FROM old_page WHERE book = ?1 AND number = ?2", book_id, number);
    const auto there_now = rows.next() ? rows.id<OldPageId>(0) : OldPageId{};
    if (there_now && !typings_of(db, there_now).empty()) return problem("registers.typing_begun", "/page");
    const auto id = there_now ? there_now : act.ids.next_as<OldPageTag>();
    db.execute(
        R"sql(
        INSERT INTO old_page (id, book, number, file, sha256, scanned_at, scanned_party)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
        ON CONFLICT (book, number) DO UPDATE SET file = ?4, sha256 = ?5, scanned_at = ?6, scanned_party = ?7)sql",
        id,
        book_id,
        number,
        file,
        sha256,
        act.now,
        act.actor.party
    );
    return id;
}

Result<OldPage> find_page(storage::Reader& db, const Actor& actor, Day today, OldPageId id)
{
    auto rows = db.query_all(
        "SELECT " + std::string(page_columns) + " FROM old_page p WHERE p.id = ?1",
        std::array{storage::Value{id.value}}
    );
    if (!rows.next()) return problem("registers.no_such_old_page");
    auto page = page_from(rows);
    if (!find_old_book(db, actor, today, page.book)) return problem("registers.no_such_old_page");
    return page;
}

std::vector<OldPage> pages_of(storage::Reader& db, OldBookId book)
{
    auto rows = db.query_all(
        "SELECT " + std::string(page_columns) +
            " FROM old_page p WHERE p.book = ?1 ORDER BY p.number LIMIT 2000",
        std::array{storage::Value{book.value}}
    );
    std::vector<OldPage> out;
    while (rows.next()) out.push_back(page_from(rows));
    return out;
}

Result<Typing> begin_typing(storage::Writer& db, const Act& act, OldPageId id)
{
    const auto page = TRY(find_page(db, act.actor, act.today(), id));
    TRY(book_of_page(db, act, page, "old_books.type"));
    if (auto mine = own_typing(db, act.actor, id)) return std::move(mine).value();
    if (page.accepted_at) return problem("registers.page_accepted");
    const auto others = typings_of(db, id);
    if (others.size() == 2) return problem("registers.two_type_already");
    const std::int64_t slot = others.empty() || others.front().slot == 2 ? 1 : 2;
    const Typing typing{
        act.ids.next_as<OldTypingTag>(), id, slot, act.actor.party, act.actor.post, std::nullopt};
    db.execute(
        "INSERT INTO old_typing (id, page, slot, party, post, begun_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        typing.id,
        id,
        slot,
        typing.party,
        typing.post,
        act.now
    );
    return typing;
}

Result<Typing> own_typing(storage::Reader& db, const Actor& actor, OldPageId page)
{
    for (const auto& one : typings_of(db, page))
        if (one.party == actor.party) return one;
    return problem("registers.not_your_typing");
}

Result<Done> save_typed(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    OldPageId page,
    const TypedEntry& entry
)
{
    const auto typing = TRY(running_typing(db, act, page));
    constexpr std::int64_t places_max = 200;
    if (entry.place < 1 || entry.place > places_max) return problem("registers.bad_number", "/place");
    const auto known = compared_fields(reg);
    json::object kept;
    for (const auto& member : entry.fields) {
        const std::string_view field = member.key();
        if (std::find(known.begin(), known.end(), field) == known.end())
            return problem("registers.unknown_field", "/" + std::string(field));
        if (const auto text = text_at(entry.fields, field); !text.empty() && is_utf8(text))
            kept[field] = text;
    }
    db.execute("DELETE FROM old_typed WHERE typing = ?1 AND place = ?2", typing.id, entry.place);
    if (kept.empty()) return Done{};
    const auto id = act.ids.next();
    db.execute(
        "INSERT INTO old_typed (id, typing, place, saved_at, sealed) VALUES (?1, ?2, ?3, ?4, ?5)",
        id,
        typing.id,
        entry.place,
        act.now,
        seal_fields(keys, "old_typed", id, kept)
    );
    return Done{};
}

std::vector<TypedEntry> typed_of(storage::Reader& db, const crypto::KeyRing& keys, TypingId typing)
{
    auto rows = db.query(
        "SELECT id, place, sealed FROM old_typed WHERE typing = ?1 ORDER BY place LIMIT 200", typing
    );
    std::vector<TypedEntry> out;
    while (rows.next()) {
        const auto sealed = rows.bytes(2);
        out.push_back({rows.integer(1), opened(keys, "old_typed", rows.integer(0), sealed)});
    }
    return out;
}

std::optional<TypedEntry> typed_before(
    storage::Reader& db, const crypto::KeyRing& keys, const Typing& typing, std::int64_t place
)
{
    auto rows = db.query(
        R"sql(
        SELECT e.id, e.place, e.sealed
          FROM old_typed e
          JOIN old_typing t ON t.id = e.typing
          JOIN old_page p ON p.id = t.page
          JOIN old_page here ON here.id = ?1 AND here.book = p.book
         WHERE t.party = ?2 AND (p.number < here.number OR (p.id = here.id AND e.place < ?3))
         ORDER BY p.number DESC, e.place DESC
         LIMIT 1)sql",
        typing.page,
        typing.party,
        place
    );
    if (!rows.next()) return std::nullopt;
    const auto sealed = rows.bytes(2);
    return TypedEntry{rows.integer(1), opened(keys, "old_typed", rows.integer(0), sealed)};
}

std::vector<TypedFault> typed_faults(const Register& reg, const std::vector<TypedEntry>& typed)
{
    std::vector<TypedFault> faults;
    std::vector<std::string> numbers;
    for (const auto& entry : typed) {
        for (const auto& member : entry.fields)
            if (const auto value = old_value(reg, member.key(), text_at(entry.fields, member.key())); !value)
                faults.push_back({entry.place, value.problem()});
        const auto number = folded(text_at(entry.fields, number_field));
        const std::string at = "/" + std::string(number_field);
        if (number.empty()) faults.push_back({entry.place, problem("registers.number_missing", at)});
        auto doubled = problem("registers.number_doubled", at);
        doubled.words = {{"number", number}};
        if (std::find(numbers.begin(), numbers.end(), number) != numbers.end())
            faults.push_back({entry.place, std::move(doubled)});
        if (!number.empty()) numbers.push_back(number);
    }
    return faults;
}

Result<Done> finish_typing(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    OldPageId page,
    bool empty
)
{
    const auto typing = TRY(running_typing(db, act, page));
    const auto typed = typed_of(db, keys, typing.id);
    if (typed.empty() && !empty) return problem("registers.nothing_typed");
    if (const auto faults = typed_faults(reg, typed); !faults.empty()) return faults.front().problem;
    db.execute("UPDATE old_typing SET finished_at = ?2 WHERE id = ?1", typing.id, act.now);
    const auto now = TRY(find_page(db, act.actor, act.today(), page));
    if (now.compared()) keep_open(db, page, TRY(compare_page(db, keys, reg, now)));
    return Done{};
}

const OldDecision* PageComparison::decision(std::int64_t line, std::string_view field) const
{
    const auto found = std::find_if(decided.begin(), decided.end(), [&](const OldDecision& one) {
        return one.line == line && one.field == field;
    });
    return found == decided.end() ? nullptr : &*found;
}

std::string PageComparison::outcome(const Line& line, std::string_view field) const
{
    if (const auto* one = decision(line.id, field)) return one->value;
    return text_at(line.any().fields, field);
}

bool PageComparison::dropped(const Line& line) const
{
    const auto* one = decision(line.id, there_field);
    return one != nullptr && one->value == not_there;
}

Result<PageComparison> compare_page(
    storage::Reader& db, const crypto::KeyRing& keys, const Register& reg, const OldPage& page
)
{
    PageComparison all{.typings = typings_of(db, page.id), .lines = {}, .found = {}, .decided = {}};
    if (!page.compared()) return problem("registers.not_typed_twice");
    all.lines = aligned(typed_of(db, keys, all.typings[0].id), typed_of(db, keys, all.typings[1].id));
    all.found = mismatches(reg, all.lines);
    all.decided = decisions_of(db, keys, page.id);
    return all;
}

Result<Done> decide_field(
    storage::Writer& db,
    const Act& act,
    const crypto::KeyRing& keys,
    const Register& reg,
    OldPageId id,
    std::int64_t line,
    std::string_view field,
    std::string_view value
)
{
    const auto page = TRY(find_page(db, act.actor, act.today(), id));
    TRY(book_of_page(db, act, page, "old_books.decide"));
    if (page.accepted_at) return problem("registers.page_accepted");
    auto all = TRY(compare_page(db, keys, reg, page));
    for (const auto& typing : all.typings)
        if (typing.party == act.actor.party) return problem("registers.third_person");
    const bool known =
        std::any_of(all.lines.begin(), all.lines.end(), [&](const Line& l) { return l.id == line; });
    const bool about_entry = field == there_field;
    if (!known || (about_entry && value != there && value != not_there))
        return problem("registers.no_such_line");
    TRY(old_value(reg, field, value));
    if (field == number_field && folded(value).empty()) return problem("registers.number_missing");
    const auto row = act.ids.next();
    db.execute(
        R"sql(
        INSERT INTO old_decision (id, page, line, field, sealed, decided_at, party, post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
        row,
        id,
        line,
        field,
        seal_fields(keys, "old_decision", row, {{"value", value}}),
        act.now,
        act.actor.party,
        act.actor.post
    );
    all.decided = decisions_of(db, keys, id);
    keep_open(db, id, all);
    return Done{};
}

std::optional<PaperPlace> paper_place_of(storage::Reader& db, EntryId entry)
{
    auto rows = db.query(
        R"sql(
        SELECT p.book, p.id, b.notation, p.accepted_at
          FROM old_entry e
          JOIN old_page p ON p.id = e.page
          JOIN old_book b ON b.id = p.book
         WHERE e.entry = ?1 AND p.accepted_at IS NOT NULL)sql",
        entry
    );
    if (!rows.next()) return std::nullopt;
    return PaperPlace{rows.id<OldBookId>(0), rows.id<OldPageId>(1), rows.text(2), rows.instant(3)};
}

}  // namespace thien_an::registers
