#include "engine/storage/database.h"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;

namespace {

constexpr Migration one_book{"probe", "0001_entry.sql", R"sql(
    CREATE TABLE book (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kept BLOB) STRICT;
    CREATE TABLE entry (
        id INTEGER PRIMARY KEY,
        book INTEGER NOT NULL REFERENCES book(id),
        number INTEGER NOT NULL,
        title TEXT NOT NULL DEFAULT '',
        CONSTRAINT entry_number_once UNIQUE (book, number),
        CONSTRAINT entry_number_positive CHECK (number > 0)
    ) STRICT;
    CREATE UNIQUE INDEX book_name ON book(name);)sql"};

Result<Done> add_book(Writer& db, std::int64_t id, std::string_view name)
{
    db.execute("INSERT INTO book (id, name) VALUES (?1, ?2)", id, name);
    return Done{};
}

Result<Done> add_entry(Writer& db, std::int64_t id, std::int64_t book, std::int64_t number)
{
    db.execute("INSERT INTO entry (id, book, number) VALUES (?1, ?2, ?3)", id, book, number);
    return Done{};
}

std::int64_t count(Database& database, std::string_view sql)
{
    return database.read([&](Reader& db) {
        auto rows = db.query(sql);
        rows.next();
        return rows.integer(0);
    });
}

/// The name in the ConstraintError that `command` ends in; "none" without one.
std::string refused_by(Database& database, const std::function<Result<Done>(Writer&)>& command)
{
    try {
        static_cast<void>(database.write({}, command));
    } catch (const ConstraintError& error) {
        return error.constraint;
    }
    return "none";
}

}  // namespace

TEST_DATABASES("what a command wrote is read afterwards, a Problem leaves nothing")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 1, "Khai sinh"); }));
    const auto refused = database->write({}, [](Writer& db) -> Result<Done> {
        TRY(add_book(db, 2, "Kết hôn"));
        return Problem{.code = "probe.no", .field = "", .law = ""};
    });
    REQUIRE(!refused);
    CHECK(refused.problem().code == "probe.no");
    CHECK(count(*database, "SELECT count(*) FROM book") == 1);
}

TEST_DATABASES("every kind of value comes back as it went in")
{
    auto database = databases.open({&one_book, 1});
    const Bytes bytes{0, 1, 255, 0};
    const std::string text = "Đặng Thị Ngọc Ánh 'quoted' ?1 $1";
    REQUIRE(database->write({}, [&](Writer& db) -> Result<Done> {
        db.execute(
            "INSERT INTO book (id, name, kept) VALUES (?1, ?2, ?3)", std::int64_t{1} << 62, text, bytes
        );
        db.execute("INSERT INTO book (id, name, kept) VALUES (?1, ?2, ?3)", -5, "", Bytes{});
        db.execute("INSERT INTO book (id, name, kept) VALUES (?1, '?2', ?2)", 7, std::optional<Bytes>{});
        return Done{};
    }));
    database->read([&](Reader& db) {
        auto rows = db.query("SELECT id, name, kept FROM book ORDER BY id");
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == -5);
        CHECK(rows.text_or_null(1) == "");
        CHECK(!rows.null(2));
        CHECK(rows.bytes(2).empty());
        REQUIRE(rows.next());
        CHECK(rows.text(1) == "?2");
        CHECK(rows.null(2));
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == std::int64_t{1} << 62);
        CHECK(rows.text(1) == text);
        CHECK(rows.bytes(2) == bytes);
        CHECK(!rows.next());
    });
}

namespace {

/// Books `from` and on, as many as wanted: of every third nothing is kept, of every third no byte.
Result<Done> add_books(Writer& db, std::int64_t from, int many)
{
    std::vector<std::string> names;
    const Bytes bytes{0, 255, '\n', '\\'};
    for (int i = 0; i < many; ++i) names.push_back("Sổ '" + std::to_string(from + i) + "'\t\\N");
    std::vector<Value> values;
    for (int i = 0; i < many; ++i) {
        values.push_back(from + i);
        values.push_back(bound(names[std::size_t(i)]));
        values.push_back(i % 3 == 0 ? Value{} : i % 3 == 1 ? Value{ByteView{}} : Value{ByteView{bytes}});
    }
    db.insert({"book", "id, name, kept", 3, values});
    return Done{};
}

}  // namespace

TEST_DATABASES("rows go in together, however many, and come back as they went in")
{
    auto database = databases.open({&one_book, 1});
    for (const int many : {0, 1, 99, 100, 341, 342, 1500})
        REQUIRE(database->write({}, [&](Writer& db) { return add_books(db, many * 10'000, many); }));
    CHECK(count(*database, "SELECT count(*) FROM book") == 1 + 99 + 100 + 341 + 342 + 1500);
    CHECK(count(*database, "SELECT count(*) FROM book WHERE kept IS NULL") == 1 + 33 + 34 + 114 + 114 + 500);
    database->read([&](Reader& db) {
        auto rows = db.query("SELECT id, name, kept FROM book WHERE id >= ?1 ORDER BY id", 1500 * 10'000);
        for (std::int64_t i = 0; i < 1500; ++i) {
            REQUIRE(rows.next());
            CHECK(rows.integer(0) == 15'000'000 + i);
            CHECK(rows.text(1) == "Sổ '" + std::to_string(15'000'000 + i) + "'\t\\N");
            CHECK(rows.bytes(2) == (i % 3 == 2 ? Bytes{0, 255, '\n', '\\'} : Bytes{}));
        }
    });
}

TEST_DATABASES("of rows that go in together one that is refused is told by its constraint, and none stays")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 7, "Khai sinh"); }));
    for (const int many : {20, 2000}) {
        CHECK(refused_by(*database, [&](Writer& db) { return add_books(db, 0, many); }) == "book_pkey");
        CHECK(count(*database, "SELECT count(*) FROM book") == 1);
    }
    CHECK_THROWS_AS(
        static_cast<void>(database->write(
            {},
            [](Writer& db) -> Result<Done> {
                const std::vector<Value> values(600, std::int64_t{1});
                db.insert({"no_such_table", "a", 1, values});
                return Done{};
            }
        )),
        StorageError
    );
    REQUIRE(database->write({}, [](Writer& db) { return add_books(db, 100, 2000); }));
    CHECK(count(*database, "SELECT count(*) FROM book") == 2001);
}

TEST_DATABASES("a lock taken inside a command keeps the others out until it ends")
{
    constexpr int clerks = 4, rounds = 25;
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 1, "0"); }));
    std::vector<std::thread> threads;
    for (int clerk = 0; clerk < clerks; ++clerk)
        threads.emplace_back([&] {
            for (int i = 0; i < rounds; ++i)
                static_cast<void>(database->write({}, [](Writer& db) -> Result<Done> {
                    db.hold({"probe.book", 1}, Hold::alone);
                    std::int64_t number = 0;
                    {
                        auto rows = db.query("SELECT name FROM book WHERE id = 1");
                        rows.next();
                        number = std::stoll(rows.text(0));
                    }
                    db.execute("UPDATE book SET name = ?1 WHERE id = 1", std::to_string(number + 1));
                    return Done{};
                }));
        });
    for (auto& thread : threads) thread.join();
    CHECK(count(*database, "SELECT CAST(name AS INTEGER) FROM book") == clerks * rounds);
}

TEST_DATABASES("a refused constraint is told by its name and costs only its own command")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 1, "A"); }));
    REQUIRE(database->write({}, [](Writer& db) { return add_entry(db, 10, 1, 1); }));
    CHECK(refused_by(*database, [](Writer& db) { return add_entry(db, 11, 1, 1); }) == "entry_number_once");
    CHECK(refused_by(*database, [](Writer& db) { return add_entry(db, 10, 1, 2); }) == "entry_pkey");
    CHECK(refused_by(*database, [](Writer& db) {
              return add_entry(db, 12, 1, 0);
          }) == "entry_number_positive");
    CHECK(refused_by(*database, [](Writer& db) { return add_book(db, 2, "A"); }) == "book_name");
    CHECK_THROWS_AS(
        static_cast<void>(database->write({}, [](Writer& db) { return add_entry(db, 13, 99, 1); })),
        ConstraintError
    );
    CHECK(count(*database, "SELECT count(*) FROM entry") == 1);
}

TEST_DATABASES("a fault inside a command undoes that command alone")
{
    auto database = databases.open({&one_book, 1});
    CHECK_THROWS_AS(
        static_cast<void>(database->write(
            {},
            [](Writer& db) -> Result<Done> {
                TRY(add_book(db, 1, "A"));
                throw std::runtime_error("a bug");
            }
        )),
        std::runtime_error
    );
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 2, "B"); }));
    CHECK(count(*database, "SELECT count(*) FROM book") == 1);
}

TEST_DATABASES("thirty-two threads number one book without gaps or twins")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 1, "A"); }));
    IdSource ids(1);
    std::vector<std::jthread> threads;
    for (int t = 0; t < 32; ++t)
        threads.emplace_back([&] {
            for (int i = 0; i < 20; ++i)
                static_cast<void>(database->write({{"book", 1}}, [&](Writer& db) -> Result<Done> {
                    auto rows = db.query("SELECT coalesce(max(number), 0) + 1 FROM entry WHERE book = ?1", 1);
                    rows.next();
                    return add_entry(db, ids.next(), 1, rows.integer(0));
                }));
        });
    threads.clear();
    CHECK(count(*database, "SELECT count(*) FROM entry") == 640);
    CHECK(count(*database, "SELECT max(number) FROM entry") == 640);
}

TEST_DATABASES("a reader sees one moment, whatever is committed meanwhile")
{
    auto database = databases.open({&one_book, 1});
    database->read([&](Reader& db) {
        const auto books = [&] {
            auto rows = db.query("SELECT count(*) FROM book");
            rows.next();
            return rows.integer(0);
        };
        CHECK(books() == 0);
        REQUIRE(database->write({}, [](Writer& w) { return add_book(w, 1, "A"); }));
        CHECK(books() == 0);
    });
    CHECK(count(*database, "SELECT count(*) FROM book") == 1);
}

TEST_DATABASES("one statement may be read twice at the same time")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) -> Result<Done> {
        TRY(add_book(db, 1, "A"));
        TRY(add_book(db, 2, "B"));
        return Done{};
    }));
    database->read([](Reader& db) {
        std::string pairs;
        auto outer = db.query("SELECT name FROM book ORDER BY id");
        while (outer.next()) {
            auto inner = db.query("SELECT name FROM book ORDER BY id");
            while (inner.next()) pairs += outer.text(0) + inner.text(0) + " ";
        }
        CHECK(pairs == "AA AB BA BB ");
    });
}

TEST_DATABASES("a statement that writes and returns rows has written even when no row is read")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) -> Result<Done> {
        static_cast<void>(db.query("INSERT INTO book (id, name) VALUES (?1, ?2) RETURNING id", 1, "A"));
        return Done{};
    }));
    CHECK(count(*database, "SELECT count(*) FROM book") == 1);
}

TEST_DATABASES("a command beyond its limit ends in Busy and leaves nothing, the next one runs")
{
    Settings settings;
    settings.command_limit = std::chrono::milliseconds(50);
    auto database = databases.open({&one_book, 1}, settings);
    CHECK_THROWS_AS(
        static_cast<void>(database->write(
            {},
            [](Writer& db) -> Result<Done> {
                TRY(add_book(db, 1, "A"));
                db.execute(R"sql(
                    INSERT INTO book (id, name)
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000)
                    SELECT max(i), 'x' FROM n)sql");
                return Done{};
            }
        )),
        Busy
    );
    CHECK(count(*database, "SELECT count(*) FROM book") == 0);
    CHECK(database->write({}, [](Writer& db) { return add_book(db, 2, "B"); }));
}

TEST_DATABASES("a slow command is told to the log, a quick one is not")
{
    Settings settings;
    std::atomic<int> told{0};
    settings.on_slow = [&](std::chrono::microseconds) { ++told; };
    settings.command_slow = std::chrono::milliseconds(0);
    REQUIRE(databases.open({&one_book, 1}, settings)->write({}, [](Writer& db) {
        return add_book(db, 1, "A");
    }));
    CHECK(told == 1);
    settings.command_slow = std::chrono::hours(1);
    REQUIRE(databases.open({&one_book, 1}, settings)->write({}, [](Writer& db) {
        return add_book(db, 1, "A");
    }));
    CHECK(told == 1);
}

TEST_DATABASES("listeners hear what was committed, not what was undone")
{
    auto database = databases.open({&one_book, 1});
    std::atomic<int> heard{0};
    auto handle = database->listen("news", [&] { ++heard; });
    const auto announce = [&](bool keep) {
        return database->write({}, [keep](Writer& db) -> Result<Done> {
            db.announce("news");
            if (keep) return Done{};
            return Problem{.code = "probe.no", .field = "", .law = ""};
        });
    };
    REQUIRE(!announce(false));
    CHECK(heard == 0);
    REQUIRE(announce(true));
    CHECK(heard == 1);
    handle.reset();
    REQUIRE(announce(true));
    CHECK(heard == 1);
}

TEST_DATABASES("an edited migration is refused, a new one is applied")
{
    Settings settings;
    settings.address = databases.address();
    static_cast<void>(Database::open(settings, {&one_book, 1}));
    Migration edited = one_book;
    edited.sql = "CREATE TABLE other (id INTEGER PRIMARY KEY) STRICT";
    CHECK_THROWS_AS(static_cast<void>(Database::open(settings, {&edited, 1})), StorageError);
    const std::array both{
        one_book, Migration{"probe", "0002_more.sql", "ALTER TABLE book ADD COLUMN shelf INTEGER"}};
    auto database = Database::open(settings, both);
    CHECK(count(*database, "SELECT count(shelf) FROM book") == 0);
}

TEST_DATABASES("a command that goes on after a failed statement is not kept")
{
    auto database = databases.open({&one_book, 1});
    const auto stubborn = [](Writer& db) -> Result<Done> {
        TRY(add_book(db, 1, "A"));
        try {
            static_cast<void>(add_book(db, 1, "B"));
        } catch (const ConstraintError&) {
        }
        return Done{};
    };
    CHECK_THROWS_AS(static_cast<void>(database->write({}, stubborn)), StorageError);
    CHECK(count(*database, "SELECT count(*) FROM book") == 0);
}

TEST_DATABASES("a constraint that was foreseen may end in a Problem")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) { return add_book(db, 1, "A"); }));
    const auto answer = database->write({}, [](Writer& db) -> Result<Done> {
        try {
            return add_book(db, 2, "A");
        } catch (const ConstraintError& error) {
            return Problem{.code = "probe." + error.constraint, .field = "", .law = ""};
        }
    });
    REQUIRE(!answer);
    CHECK(answer.problem().code == "probe.book_name");
}

TEST_DATABASES("sums, counts and truths are integers on both databases")
{
    auto database = databases.open({&one_book, 1});
    REQUIRE(database->write({}, [](Writer& db) -> Result<Done> {
        TRY(add_book(db, 4'000'000'000, "A"));
        return add_book(db, 5'000'000'000, "B");
    }));
    database->read([](Reader& db) {
        auto rows = db.query(
            R"sql(
            SELECT sum(id), count(*), 1, EXISTS (SELECT 1 FROM book WHERE id = ?1), length('Đất'), sum(id) - 9000012345,
                   (SELECT sum(id) FROM book WHERE id = 0)
              FROM book)sql",
            4'000'000'000
        );
        REQUIRE(rows.next());
        CHECK(rows.integer(0) == 9'000'000'000);
        CHECK(rows.text(0) == "9000000000");
        CHECK(rows.integer(1) == 2);
        CHECK(rows.integer(2) == 1);
        CHECK(rows.integer(3) == 1);
        CHECK(rows.integer(4) == 3);
        CHECK(rows.integer(5) == -12345);
        CHECK(rows.null(6));
    });
}
