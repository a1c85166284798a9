#include "tests/crash/load.h"

#include <fmt/format.h>
#include <unistd.h>

#include <set>
#include <thread>

#include "engine/storage/files.h"
#include "engine/storage/idempotency.h"
#include "engine/storage/outbox.h"

#include "tests/crash/lossy_disk.h"

namespace thien_an::crash {
namespace {

using namespace storage;

constexpr int threads = 6;
constexpr int books = 3;

constexpr Migration schema{"crash", "0001_book.sql", R"sql(
    CREATE TABLE book (id INTEGER PRIMARY KEY, last INTEGER NOT NULL) STRICT;
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        book INTEGER NOT NULL REFERENCES book(id),
        number INTEGER NOT NULL,
        file INTEGER NOT NULL REFERENCES file(id),
        CONSTRAINT entry_number_once UNIQUE (book, number)
    ) STRICT;
    INSERT INTO book (id, last) VALUES (0, 0), (1, 0), (2, 0);)sql"};

std::unique_ptr<Database> opened(const Place& place, const std::string& vfs)
{
    Settings settings;
    settings.address = place.address;
    settings.vfs = vfs;
    return Database::open(settings, {&schema, 1});
}

Result<std::int64_t> enter(Writer& db, IdSource& ids, std::int64_t book, const StoredBlob& blob)
{
    auto rows = db.query("UPDATE book SET last = last + 1 WHERE id = ?1 RETURNING last", book);
    rows.next();
    const auto number = rows.integer(0);
    const auto file = file_add(db, ids, blob, "paper", Instant{});
    db.execute(
        "INSERT INTO entry (id, book, number, file) VALUES (?1, ?2, ?3, ?4)", ids.next(), book, number, file
    );
    outbox_add(
        db,
        ids,
        {.kind = "crash",
         .aggregate_kind = "book",
         .aggregate_id = book,
         .payload = "{}",
         .idempotency_key = ""}
    );
    return number;
}

IdempotencyKey key_of(std::int64_t mark)
{
    return {
        .client = "crash", .route = "POST /entries", .key = std::to_string(mark), .body_hash = Bytes(32, 1)};
}

/// As a client asks: the same mark again gives the number it was given, and nothing more happens.
Result<std::int64_t> asked(
    Database& database,
    std::int64_t book,
    std::int64_t mark,
    const std::function<Result<std::int64_t>(Writer&)>& enter
)
{
    const auto kept =
        TRY(once(database, {{"book", book}}, key_of(mark), Instant{}, [&](Writer& db) -> Result<KeptAnswer> {
            return KeptAnswer{201, std::to_string(TRY(enter(db))), ""};
        }));
    return std::stoll(kept.answer);
}

void work(Database& database, FileStore& store, IdSource& ids, int acknowledged)
{
    for (;;) {
        const auto mark = ids.next();
        const auto blob = store.keep(bytes_of(fmt::format("paper {}", mark)), FileKind::text);
        const auto book = mark % books;
        const auto number =
            asked(database, book, mark, [&](Writer& db) { return enter(db, ids, book, blob); });
        const auto line = fmt::format("{} {} {}\n", book, number.value(), mark);
        if (write(acknowledged, line.data(), line.size()) < 0) _exit(1);
    }
}

std::int64_t one_number(Reader& db, std::string_view sql)
{
    auto rows = db.query(sql);
    rows.next();
    return rows.integer(0);
}

/// Numbers 1 to `last` of each book, each once, and as many files and messages as entries.
void check_rows(Reader& db, Found& found, std::set<std::pair<std::int64_t, std::int64_t>>& there)
{
    auto rows = db.query("SELECT book, number FROM entry ORDER BY book, number");
    std::map<std::int64_t, std::int64_t> last;
    while (rows.next()) {
        const auto book = rows.integer(0);
        const auto number = rows.integer(1);
        if (number != ++last[book])
            found.faults.push_back(fmt::format("book {} has a gap before {}", book, number));
        last[book] = number;
        there.emplace(book, number);
        ++found.entries;
    }
    auto books_there = db.query("SELECT id, last FROM book ORDER BY id");
    while (books_there.next())
        if (books_there.integer(1) != last[books_there.integer(0)])
            found.faults.push_back(
                fmt::format("book {} says its last number is another", books_there.integer(0))
            );
    const auto files = one_number(db, "SELECT count(*) FROM file");
    const auto messages = one_number(db, "SELECT count(*) FROM outbox");
    const auto answers = one_number(db, "SELECT count(*) FROM idempotency");
    if (files != found.entries || messages != found.entries || answers != found.entries)
        found.faults.push_back(fmt::format(
            "{} entries, {} files, {} messages, {} kept answers", found.entries, files, messages, answers
        ));
}

/// Clients that ask once more, as after a lost answer, get the number they had; nothing happens a second time.
void check_answers(Database& database, Found& found, const std::vector<Entry>& acknowledged)
{
    constexpr std::size_t asked_again = 20;
    const auto first = acknowledged.size() - std::min(asked_again, acknowledged.size());
    for (std::size_t i = first; i < acknowledged.size(); ++i) {
        const auto& entry = acknowledged[i];
        const auto again = asked(database, entry.book, entry.mark, [](Writer&) -> Result<std::int64_t> {
            return Problem{.code = "crash.happens_again", .field = "", .law = ""};
        });
        if (!again || again.value() != entry.number)
            found.faults.push_back(
                fmt::format("asked again, {} of book {} is not answered the same", entry.number, entry.book)
            );
    }
}

}  // namespace

void work_for_ever(const Place& place, const Disks& disks, int acknowledged)
{
    const auto syncs = [](bool honest) { return honest ? Syncs::honest : Syncs::ignored; };
    const auto vfs = disks.lossy ? register_lossy_vfs(syncs(disks.sync_rows), disks.seed) : "";
    const auto database = opened(place, vfs);
    FileStore store(place.folder, disks.lossy ? lossy_disk(syncs(disks.sync_files)) : platform_disk());
    IdSource ids(1);
    std::vector<std::jthread> workers;
    for (int i = 0; i < threads; ++i)
        workers.emplace_back([&] { work(*database, store, ids, acknowledged); });
    for (;;) pause();
}

Found look(const Place& place, const std::vector<Entry>& acknowledged)
{
    Found found;
    try {
        const auto database = opened(place, "");
        std::set<std::pair<std::int64_t, std::int64_t>> there;
        database->read([&](Reader& db) { check_rows(db, found, there); });
        for (const auto& entry : acknowledged)
            if (!there.contains({entry.book, entry.number}))
                found.faults.push_back(fmt::format("lost: book {} number {}", entry.book, entry.number));
        check_answers(*database, found, acknowledged);
        for (const auto& sha256 : FileStore(place.folder).verify(*database))
            found.faults.push_back("the content of a file is lost: " + sha256);
        if (database->engine() == Engine::sqlite)
            database->read([&](Reader& db) {
                auto rows = db.query("PRAGMA integrity_check");
                if (!rows.next() || rows.text(0) != "ok") found.faults.push_back("SQLite: " + rows.text(0));
            });
    } catch (const StorageError& error) {
        found.faults.push_back(error.what());
    }
    return found;
}

}  // namespace thien_an::crash
