#include "engine/storage/backup.h"

#include <doctest/doctest.h>

#include <fstream>

#include "engine/storage/files.h"
#include "engine/storage/outbox.h"
#include "engine/storage/test_databases.h"
#include "engine/storage/text_index.h"

using namespace thien_an;
using namespace thien_an::storage;

namespace {

namespace fs = std::filesystem;

constexpr Migration books_in_order{"probe", "0001_book.sql", R"sql(
    CREATE TABLE book (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kept BLOB) STRICT;
    CREATE TABLE entry (id INTEGER PRIMARY KEY, book INTEGER NOT NULL REFERENCES book(id), corrects INTEGER REFERENCES entry(id)) STRICT;
    INSERT INTO book (id, name) VALUES (1, 'from the migration');)sql"};

struct Province {
    explicit Province(TestDatabases& at)
        : databases(at), folder(at.folder()), database(at.open({&books_in_order, 1})), store(folder)
    {
        const auto blob = store.keep(bytes_of("the certificate"), FileKind::text);
        const std::array fields{TextField{"title", "Khai sinh"}};
        REQUIRE(database->write({}, [&](Writer& db) -> Result<Done> {
            db.execute(
                "INSERT INTO book (id, name, kept) VALUES (2, ?1, ?2)", "Sổ khai sinh 2016", Bytes{0, 255, 1}
            );
            db.execute("INSERT INTO entry (id, book, corrects) VALUES (10, 2, NULL)");
            db.execute("INSERT INTO entry (id, book, corrects) VALUES (11, 2, 10)");
            text_put(db, 10, fields);
            file_add(db, ids, blob, "giấy.txt", Instant{});
            return Done{};
        }));
        sha256 = blob.sha256;
        std::ofstream(folder / "thienan.toml") << "name = \"x\"\n";
        std::ofstream(folder / "checkpoints") << "1\n";
    }

    BackupSource source(std::stop_token stop = {})
    {
        return {*database, store, folder, {"checkpoints", "not-there"}, std::move(stop)};
    }
    fs::path blob() const { return folder / "blobs" / sha256.substr(0, 2) / sha256.substr(2); }

    TestDatabases& databases;
    fs::path folder;
    std::unique_ptr<Database> database;
    FileStore store;
    IdSource ids{1};
    std::string sha256;
};

/// What a person would miss: read in the words of the tests above.
std::string told(Database& database)
{
    return database.read([](Reader& db) {
        std::string all;
        auto books_there = db.query("SELECT id, name, kept FROM book ORDER BY id");
        while (books_there.next())
            all += books_there.text(0) + books_there.text(1) +
                   (books_there.null(2) ? "-" : hex(books_there.bytes(2))) + " ";
        auto entries = db.query("SELECT id, book, corrects FROM entry ORDER BY id");
        while (entries.next())
            all += entries.text(0) + entries.text(1) + entries.text_or_null(2).value_or("-") + " ";
        for (const auto id : text_search(db, "title", "khai", 5)) all += std::to_string(id);
        return all;
    });
}

Settings settings_for(std::string address)
{
    Settings settings;
    settings.address = std::move(address);
    return settings;
}

}  // namespace

TEST_DATABASES("what was backed up is there after a restore: rows, words, files and settings")
{
    Province province(databases);
    const fs::path to = fs::path(databases.folder()) / "copy";
    const auto kept = backup(province.source(), to);
    REQUIRE(kept);
    CHECK(kept.value().files == 1);

    const fs::path other = fs::path(databases.folder()) / "other";
    const auto settings = settings_for(databases.address());
    const auto restored = restore(to, other, settings, {&books_in_order, 1});
    REQUIRE(restored);
    CHECK(restored.value().rows == kept.value().rows);
    const auto again = Database::open(settings, {&books_in_order, 1});
    CHECK(told(*again) == told(*province.database));
    CHECK(told(*again) == "1from the migration- 2Sổ khai sinh 201600ff01 102- 11210 10");
    CHECK(FileStore(other).read_all(province.sha256).size() == 15);
    CHECK(fs::exists(other / "thienan.toml"));
    // A copy is good for more than one restore.
    CHECK(restore(
        to, fs::path(databases.folder()) / "third", settings_for(databases.address()), {&books_in_order, 1}
    ));
}

TEST_DATABASES("what is restored is its owner's alone, whatever the copy's files allow by now")
{
    Province province(databases);
    const fs::path to = fs::path(databases.folder()) / "copy";
    REQUIRE(backup(province.source(), to));
    for (const auto& file : fs::recursive_directory_iterator(to))
        if (file.is_regular_file())
            fs::permissions(file, fs::perms::group_read | fs::perms::others_read, fs::perm_options::add);
    const fs::path other = fs::path(databases.folder()) / "other";
    REQUIRE(restore(to, other, settings_for(databases.address()), {&books_in_order, 1}));
    for (const auto& file : fs::recursive_directory_iterator(other))
        if (file.is_regular_file()) {
            INFO(file.path().string());
            CHECK(
                (file.status().permissions() & (fs::perms::group_all | fs::perms::others_all)) ==
                fs::perms::none
            );
        }
}

TEST_DATABASES("a backup of one database restores into the other")
{
    Province province(databases);
    const fs::path to = fs::path(databases.folder()) / "copy";
    REQUIRE(backup(province.source(), to));
    TestDatabases files(Engine::sqlite);
    const auto settings = settings_for(files.address());
    REQUIRE(restore(to, fs::path(files.folder()) / "other", settings, {&books_in_order, 1}));
    CHECK(told(*Database::open(settings, {&books_in_order, 1})) == told(*province.database));
}

TEST_DATABASES("a damaged copy is refused, whichever byte it is")
{
    Province province(databases);
    const fs::path to = fs::path(databases.folder()) / "copy";
    REQUIRE(backup(province.source(), to));
    int tried = 0;
    for (const auto& entry : fs::recursive_directory_iterator(to)) {
        if (!entry.is_regular_file()) continue;
        std::fstream file(entry.path(), std::ios::in | std::ios::out | std::ios::binary);
        const auto middle = std::streamoff(entry.file_size() / 2);
        file.seekg(middle);
        const char was = char(file.get());
        file.seekp(middle);
        file.put(char(was ^ 1));
        file.flush();
        const auto refused = restore(
            to,
            fs::path(databases.folder()) / "other",
            settings_for(databases.address()),
            {&books_in_order, 1}
        );
        CHECK(!refused);
        file.seekp(middle);
        file.put(was);
        ++tried;
    }
    CHECK(tried == 6);
}

TEST_DATABASES("a copy goes nowhere where something is, and a missing file is told")
{
    Province province(databases);
    CHECK(backup(province.source(), province.folder).problem().code == "storage.backup_not_empty");
    const fs::path to = fs::path(databases.folder()) / "copy";
    REQUIRE(backup(province.source(), to));
    CHECK(
        restore(to, province.folder, settings_for(databases.address()), {&books_in_order, 1})
            .problem()
            .code == "storage.restore_not_empty"
    );
    CHECK(
        restore("/no/such/copy", province.folder, settings_for(""), {&books_in_order, 1}).problem().code ==
        "storage.no_backup"
    );
    fs::remove_all(province.folder / "blobs");
    CHECK(
        backup(province.source(), fs::path(databases.folder()) / "second").problem().code ==
        "storage.file_missing"
    );
}

TEST_DATABASES("a content that is not what its name says is found before it is copied as good")
{
    Province province(databases);
    std::ofstream(province.blob()) << "the certificatf";
    const auto refused = backup(province.source(), fs::path(databases.folder()) / "copy");
    CHECK(refused.problem().code == "storage.file_damaged");
    CHECK(refused.problem().words[0].second == province.sha256);
}

TEST_DATABASES("a copy that was interrupted is seen, and so is a restore")
{
    Province province(databases);
    const fs::path to = fs::path(databases.folder()) / "copy";
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS(static_cast<void>(backup(province.source(stop.get_token()), to)), StorageError);
    CHECK(fs::exists(to / "UNFINISHED"));
    const fs::path other = fs::path(databases.folder()) / "other";
    const auto settings = settings_for(databases.address());
    CHECK(restore(to, other, settings, {&books_in_order, 1}).problem().code == "storage.backup_unfinished");
    // Whoever takes the mark away by hand is still told.
    fs::remove(to / "UNFINISHED");
    CHECK(restore(to, other, settings, {&books_in_order, 1}).problem().code == "storage.no_backup");
    CHECK(!fs::exists(other));

    const fs::path whole = fs::path(databases.folder()) / "whole";
    REQUIRE(backup(province.source(), whole));
    CHECK(!fs::exists(whole / "UNFINISHED"));
    const auto nowhere = settings_for("postgresql://thienan@127.0.0.1:1/none");
    CHECK_THROWS_AS(static_cast<void>(restore(whole, other, nowhere, {&books_in_order, 1})), StorageError);
    CHECK(fs::exists(other / "UNFINISHED"));
}

TEST_DATABASES(
    "every kind of damage to a copy is named: gone, cut short, longer, rows that differ from the manifest"
)
{
    Province province(databases);
    const fs::path to = fs::path(databases.folder()) / "copy";
    REQUIRE(backup(province.source(), to));
    const auto blob = to / "blobs" / province.sha256.substr(0, 2) / province.sha256.substr(2);
    const auto refused = [&] {
        const auto told = restore(
            to,
            fs::path(databases.folder()) / "other",
            settings_for(databases.address()),
            {&books_in_order, 1}
        );
        return told ? "taken" : told.problem().code + " " + told.problem().words[0].second;
    };
    const auto damaged_blob = "storage.backup_damaged " + fs::relative(blob, to).string();
    fs::rename(blob, to / "away");
    CHECK(refused() == damaged_blob);
    fs::rename(to / "away", blob);
    fs::resize_file(blob, 14);
    CHECK(refused() == damaged_blob);
    std::ofstream(blob) << "the certificate and more";
    CHECK(refused() == damaged_blob);
    std::ofstream(blob) << "the certificate";
    fs::remove(to / "manifest.sha256");
    CHECK(refused() == "storage.backup_damaged manifest.json");
}
