#include "engine/storage/files.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "engine/storage/sha256.h"
#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;
using namespace std::chrono_literals;

namespace {

Instant now()
{
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

/// Adds 1 to every byte and a mark at the end: what room crypto does, as far as the store can tell.
class Shift : public ByteStream {
public:
    Shift(int by, std::string context, Sink sink)
        : by_(by), context_(std::move(context)), sink_(std::move(sink))
    {
    }
    void update(ByteView piece) override
    {
        Bytes shifted;
        for (const auto byte : piece) shifted.push_back(std::uint8_t(byte + by_));
        sink_(shifted);
    }
    void finish() override {}

private:
    int by_;
    std::string context_;
    Sink sink_;
};

FileSeal shifting_seal()
{
    return {
        .key_id = "key-1",
        .seal = [](const std::string& context,
                   Sink sink) { return std::make_unique<Shift>(1, context, std::move(sink)); },
        .open = [](const std::string& context,
                   Sink sink) { return std::make_unique<Shift>(-1, context, std::move(sink)); },
    };
}

std::string content_of(const std::filesystem::path& folder)
{
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        std::ifstream file(entry.path(), std::ios::binary);
        all.append(std::istreambuf_iterator<char>(file), {});
    }
    return all;
}

Result<StoredBlob> upload(FileStore& store, std::string_view content, UploadLimits limits = {})
{
    const auto coming = store.upload(std::move(limits));
    for (; !content.empty(); content.remove_prefix(std::min<std::size_t>(content.size(), 7)))
        TRY(coming->add(bytes_of(content.substr(0, 7))));
    return coming->finish();
}

}  // namespace

TEST_DATABASES("a file comes back byte for byte under the hash of its content")
{
    const auto database = databases.open({});
    FileStore store(databases.folder());
    IdSource ids(1);
    const std::string text = "Giấy chứng sinh số 15/2016\n";
    const auto blob = upload(store, text);
    REQUIRE(blob);
    CHECK(blob.value().sha256 == hex(sha256(bytes_of(text))));
    CHECK(blob.value().kind == FileKind::text);
    const auto id = database->write({}, [&](Writer& db) -> Result<FileId> {
        return file_add(db, ids, blob.value(), "C:\\tmp\\../giấy\ttờ.txt", now());
    });
    const auto file = database->read([&](Reader& db) { return find_file(db, id.value()); });
    REQUIRE(file);
    CHECK(file.value().name == "giấytờ.txt");
    CHECK(file.value().blob.size == std::int64_t(text.size()));
    CHECK(text_of(store.read_all(file.value().blob.sha256)) == text);
    CHECK(!database->read([](Reader& db) { return find_file(db, FileId{1}); }));
}

TEST_CASE("an upload is refused when it is empty, too large, of another kind, dangerous or infected")
{
    TestDatabases files(Engine::sqlite);
    const auto folder = files.folder();
    FileStore store(folder);
    CHECK(upload(store, "").problem().code == "storage.file_empty");
    CHECK(upload(store, "12345678", {.bytes_max = 7}).problem().code == "storage.file_too_large");
    CHECK(upload(store, "text", {.kinds = {FileKind::pdf}}).problem().code == "storage.file_kind_refused");
    CHECK(upload(store, "<script>").problem().code == "storage.file_dangerous");
    store.scan_with([](const std::filesystem::path& path) -> std::optional<std::string> {
        return std::filesystem::file_size(path) == 5 ? std::optional("Eicar-Test") : std::nullopt;
    });
    CHECK(upload(store, "virus").problem().code == "storage.file_infected");
    CHECK(content_of(folder).empty());
    CHECK(upload(store, "clean text"));
}

TEST_CASE("a file that could not be scanned is refused and leaves nothing behind")
{
    TestDatabases files(Engine::sqlite);
    const auto folder = files.folder();
    FileStore store(folder);
    store.scan_with([](const std::filesystem::path&) -> std::optional<std::string> {
        throw StorageError("clamd: cannot connect");
    });
    CHECK(upload(store, "perhaps clean").problem().code == "storage.scan_failed");
    CHECK(content_of(folder).empty());
}

TEST_CASE("sealed content is not readable on the disk and opens to what it was")
{
    TestDatabases files(Engine::sqlite);
    const auto folder = files.folder();
    FileStore store(folder);
    store.seal_with(shifting_seal());
    const auto blob = upload(store, "a name nobody may read");
    REQUIRE(blob);
    CHECK(blob.value().key_id == "key-1");
    CHECK(content_of(folder).find("nobody") == std::string::npos);
    CHECK(text_of(store.read_all(blob.value().sha256)) == "a name nobody may read");
    CHECK_THROWS_AS(static_cast<void>(store.path(blob.value().sha256)), StorageError);
}

TEST_CASE("content is read in pieces of any size, sealed or plain, and its size is known before")
{
    for (const bool sealed : {false, true}) {
        TestDatabases files(Engine::sqlite);
        FileStore store(files.folder());
        if (sealed) store.seal_with(shifting_seal());
        const std::string content(200'001, 'c');
        const auto sum = store.keep(bytes_of(content), FileKind::text).sha256;
        const auto reader = store.open(sum);
        CHECK(reader->size() == content.size());
        std::string got;
        std::array<char, 777> space;
        for (auto count = reader->read(space); count > 0; count = reader->read(space))
            got.append(space.data(), count);
        CHECK(got == content);
    }
}

TEST_CASE("a reader of damaged content ends in an exception, not in an end")
{
    TestDatabases files(Engine::sqlite);
    const std::filesystem::path folder = files.folder();
    FileStore store(folder);
    std::string content(200'000, 'c');
    const auto sum = store.keep(bytes_of(content), FileKind::text).sha256;
    content.back() = 'C';
    std::ofstream(folder / "blobs" / sum.substr(0, 2) / sum.substr(2), std::ios::binary) << content;
    const auto reader = store.open(sum);
    std::array<char, 999> space;
    std::size_t got = 0;
    const auto read_all = [&] {
        for (auto count = reader->read(space); count > 0; count = reader->read(space)) got += count;
    };
    CHECK_THROWS_AS(read_all(), StorageError);
    CHECK(got > 100'000);
    CHECK(got < content.size());
}

TEST_CASE("content that was changed on the disk is told when it is read")
{
    TestDatabases files(Engine::sqlite);
    const std::filesystem::path folder = files.folder();
    FileStore store(folder);
    const auto sum = store.keep(bytes_of("certificate"), FileKind::text).sha256;
    const auto path = folder / "blobs" / sum.substr(0, 2) / sum.substr(2);
    std::ofstream(path, std::ios::binary) << "certificatE";
    CHECK_THROWS_AS(static_cast<void>(store.read_all(sum)), StorageError);
    CHECK_THROWS_AS(static_cast<void>(store.read_all("../../etc/passwd")), StorageError);
    CHECK_THROWS_AS(static_cast<void>(store.read_all(std::string(64, '0'))), StorageError);
}

TEST_DATABASES("content without a row is collected after a day, not before, and never when a row names it")
{
    const auto database = databases.open({});
    FileStore store(databases.folder());
    IdSource ids(1);
    const auto kept = store.keep(bytes_of("kept"), FileKind::text);
    const auto lost = store.keep(bytes_of("lost"), FileKind::text);
    REQUIRE(database->write({}, [&](Writer& db) -> Result<FileId> {
        return file_add(db, ids, kept, "k", now());
    }));
    CHECK(store.collect(*database, now() + 23h) == 0);
    CHECK(store.collect(*database, now() + 25h) == 1);
    CHECK(store.read_all(kept.sha256).size() == 4);
    CHECK_THROWS_AS(static_cast<void>(store.read_all(lost.sha256)), StorageError);
}

TEST_DATABASES("verify finds content that is missing or damaged")
{
    const auto database = databases.open({});
    const std::filesystem::path folder = databases.folder();
    FileStore store(folder);
    IdSource ids(1);
    std::vector<std::string> sums;
    for (const std::string text : {"one", "two", "three"}) {
        const auto blob = store.keep(bytes_of(text), FileKind::text);
        sums.push_back(blob.sha256);
        REQUIRE(database->write({}, [&](Writer& db) -> Result<FileId> {
            return file_add(db, ids, blob, text, now());
        }));
    }
    CHECK(store.verify(*database).empty());
    std::filesystem::remove(folder / "blobs" / sums[0].substr(0, 2) / sums[0].substr(2));
    std::ofstream(folder / "blobs" / sums[1].substr(0, 2) / sums[1].substr(2)) << "tw0";
    auto bad = store.verify(*database);
    std::ranges::sort(bad);
    std::vector expected{sums[0], sums[1]};
    std::ranges::sort(expected);
    CHECK(bad == expected);
}

TEST_CASE("eight threads storing the same content agree on it")
{
    TestDatabases files(Engine::sqlite);
    FileStore store(files.folder());
    std::array<std::string, 8> sums;
    {
        std::vector<std::jthread> threads;
        for (auto& sum : sums)
            threads.emplace_back([&] { sum = store.keep(bytes_of("the same"), FileKind::text).sha256; });
    }
    for (const auto& sum : sums) CHECK(sum == sums[0]);
    CHECK(store.read_all(sums[0]).size() == 8);
}

TEST_CASE("the name of a file is kept without folders, control characters and leading dots")
{
    CHECK(clean_file_name("../../Giấy tờ\n.pdf") == "Giấy tờ.pdf");
    CHECK(clean_file_name("C:\\Users\\a.txt") == "a.txt");
    CHECK(clean_file_name(".htaccess") == "htaccess");
    CHECK(clean_file_name("") == "file");
    CHECK(clean_file_name("///") == "file");
    CHECK(clean_file_name(std::string(199, 'a') + "ễ.pdf") == std::string(199, 'a'));
}
