#include <doctest/doctest.h>
#include <sys/resource.h>

#include <atomic>
#include <csignal>

#include "engine/storage/at_once.h"
#include "engine/storage/files.h"
#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;

namespace {

/// No file of this process grows beyond `bytes` while it lives: a quota, as far as the program can tell.
class Quota {
public:
    explicit Quota(rlim_t bytes)
    {
        getrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, SIG_IGN);
        const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    Quota(const Quota&) = delete;
    Quota& operator=(const Quota&) = delete;
    ~Quota() { setrlimit(RLIMIT_FSIZE, &before_); }

private:
    rlimit before_{};
};

constexpr Migration notes{"probe", "0001_note.sql", R"sql(
    CREATE TABLE note (id INTEGER PRIMARY KEY, pair INTEGER NOT NULL, text TEXT NOT NULL) STRICT;)sql"};

/// Two rows that belong together.
Result<Done> add_pair(Writer& db, std::int64_t pair, const std::string& text)
{
    db.execute("INSERT INTO note (id, pair, text) VALUES (?1, ?2, ?3)", pair * 2, pair, text);
    db.execute("INSERT INTO note (id, pair, text) VALUES (?1, ?2, ?3)", pair * 2 + 1, pair, text);
    return Done{};
}

std::int64_t notes_in(Database& database)
{
    return database.read([](Reader& db) {
        auto rows = db.query("SELECT count(*) FROM note");
        rows.next();
        return rows.integer(0);
    });
}

/// Pairs written until the disk was full.
std::int64_t fill(Database& database, const std::string& text)
{
    for (std::int64_t pair = 0; pair < 100'000; ++pair) {
        try {
            static_cast<void>(database.write({}, [&](Writer& db) { return add_pair(db, pair, text); }));
        } catch (const DiskFull&) {
            return pair;
        }
    }
    return -1;
}

}  // namespace

TEST_CASE("a full disk is told, leaves nothing half written, and reads go on")
{
    TestDatabases databases(Engine::sqlite);
    const auto database = databases.open({&notes, 1});
    const std::string text(2000, 'x');
    std::int64_t written = 0;
    {
        const Quota quota(3 * 1024 * 1024);
        written = fill(*database, text);
        REQUIRE(written > 10);
        CHECK(notes_in(*database) == 2 * written);
        CHECK_THROWS_AS(
            static_cast<void>(database->write({}, [&](Writer& db) { return add_pair(db, 100'001, text); })),
            DiskFull
        );
        CHECK(notes_in(*database) == 2 * written);
    }
    CHECK(database->write({}, [&](Writer& db) { return add_pair(db, 100'002, text); }));
    CHECK(notes_in(*database) == 2 * written + 2);
}

TEST_CASE("when a group's COMMIT fails every command in it is told, and exactly what was promised is there")
{
    TestDatabases databases(Engine::sqlite);
    const auto database = databases.open({&notes, 1});
    const std::string text(2000, 'x');
    constexpr int sessions = 16;
    std::atomic<std::int64_t> promised{0};
    std::atomic<std::int64_t> next{0};
    {
        const Quota quota(3 * 1024 * 1024);
        const int told = at_once(sessions, [&](int) {
            for (;;) {
                try {
                    static_cast<void>(database->write({}, [&, pair = ++next](Writer& db) {
                        return add_pair(db, pair, text);
                    }));
                    ++promised;
                } catch (const DiskFull&) {
                    return true;
                }
            }
        });
        CHECK(told == sessions);
        CHECK(notes_in(*database) == 2 * promised);
    }
    CHECK(promised > 10);
    CHECK(database->write({}, [&](Writer& db) { return add_pair(db, ++next, text); }));
    CHECK(notes_in(*database) == 2 * promised + 2);
}

TEST_CASE("a file that finds no room leaves no trace, and the next one is taken")
{
    TestDatabases files(Engine::sqlite);
    const auto folder = files.folder();
    FileStore store(folder);
    const Bytes large(2 * 1024 * 1024, 'x');
    {
        const Quota quota(1024 * 1024);
        CHECK_THROWS_AS(store.keep(large, FileKind::text), DiskFull);
    }
    std::size_t kept = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
        if (entry.is_regular_file()) ++kept;
    CHECK(kept == 0);
    CHECK(store.keep(large, FileKind::text).size == 2 * 1024 * 1024);
}
