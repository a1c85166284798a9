#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <atomic>
#include <random>

#include "engine/storage/files.h"
#include "engine/storage/fresh_databases.h"
#include "engine/storage/text_index.h"

/// What storage costs beside its yardsticks: raw SQLite with the same group commit, raw inserts on PostgreSQL
/// (THIENAN_TEST_POSTGRES). Ratios are what to read: each run measures both.
namespace {

using namespace thien_an;
using namespace thien_an::storage;

constexpr int clients = 32;

constexpr Migration entries{"bench", "0001_entry.sql", R"sql(
    CREATE TABLE entry (id INTEGER PRIMARY KEY, book INTEGER NOT NULL, number INTEGER NOT NULL, title TEXT NOT NULL) STRICT;
    CREATE INDEX entry_book ON entry(book, number);)sql"};
constexpr const char* insert_entry = "INSERT INTO entry (id, book, number, title) VALUES (?1, ?2, ?3, ?4)";
constexpr const char* title = "Đăng ký khai sinh cho Trần An Nhiên";

/// One database that all threads of a benchmark share, made anew for each.
struct Shared {
    explicit Shared(Engine engine) : databases(engine), database(databases.open({&entries, 1})) {}
    TestDatabases databases;
    std::unique_ptr<Database> database;
    IdSource ids{1};
};
std::unique_ptr<Shared> shared;

void setup_sqlite(const benchmark::State&) { shared = std::make_unique<Shared>(Engine::sqlite); }
void setup_postgres(const benchmark::State&) { shared = std::make_unique<Shared>(Engine::postgres); }
void teardown(const benchmark::State&) { shared.reset(); }

void commands(benchmark::State& state)
{
    for (auto _ : state) {
        const auto done =
            shared->database->write({{"book", state.thread_index()}}, [&](Writer& db) -> Result<Done> {
                db.execute(insert_entry, shared->ids.next(), state.thread_index(), 1, title);
                return Done{};
            });
        if (!done) state.SkipWithError("refused");
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(commands)
    ->Name("sqlite/commands/32_clients")
    ->Setup(setup_sqlite)
    ->Teardown(teardown)
    ->Threads(clients)
    ->UseRealTime();
BENCHMARK(commands)->Name("sqlite/commands/1_client")->Setup(setup_sqlite)->Teardown(teardown)->UseRealTime();

void reads(benchmark::State& state)
{
    if (state.thread_index() == 0)
        static_cast<void>(shared->database->write({}, [&](Writer& db) -> Result<Done> {
            for (int i = 0; i < 1000; ++i) db.execute(insert_entry, i, 1, i, title);
            return Done{};
        }));
    std::int64_t id = 0;
    for (auto _ : state) {
        id = (id + 7) % 1000;
        shared->database->read([&](Reader& db) {
            auto rows = db.query("SELECT title FROM entry WHERE id = ?1", id);
            benchmark::DoNotOptimize(rows.next());
        });
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(reads)
    ->Name("sqlite/reads/2_threads")
    ->Setup(setup_sqlite)
    ->Teardown(teardown)
    ->Threads(2)
    ->UseRealTime();

void require(sqlite3* db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE) throw StorageError(sqlite3_errmsg(db));
}

/// The yardstick: 16 inserts to one durable COMMIT, as 32 clients on two cores give the writer.
void raw_sqlite(benchmark::State& state)
{
    constexpr int group = 16;
    TestDatabases files(Engine::sqlite);
    sqlite3* db = nullptr;
    require(db, sqlite3_open(files.address().c_str(), &db));
    require(
        db,
        sqlite3_exec(db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;", nullptr, nullptr, nullptr)
    );
    require(db, sqlite3_exec(db, std::string(entries.sql).c_str(), nullptr, nullptr, nullptr));
    sqlite3_stmt* insert = nullptr;
    require(db, sqlite3_prepare_v2(db, insert_entry, -1, &insert, nullptr));
    std::int64_t id = 0;
    for (auto _ : state) {
        require(db, sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (int i = 0; i < group; ++i) {
            sqlite3_bind_int64(insert, 1, ++id);
            sqlite3_bind_int64(insert, 2, i);
            sqlite3_bind_int64(insert, 3, 1);
            sqlite3_bind_text(insert, 4, title, -1, SQLITE_STATIC);
            require(db, sqlite3_step(insert));
            sqlite3_reset(insert);
        }
        require(db, sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr));
    }
    sqlite3_finalize(insert);
    sqlite3_close(db);
    state.SetItemsProcessed(state.iterations() * group);
}
BENCHMARK(raw_sqlite)->Name("sqlite/yardstick/16_inserts_a_commit")->UseRealTime();

/// The yardstick: one prepared insert to one COMMIT, on as many connections as the pool has.
void raw_postgres(benchmark::State& state)
{
    PGconn* line = PQconnectdb(shared->databases.address().c_str());
    PQclear(PQexec(line, "CREATE TABLE raw (id BIGINT PRIMARY KEY, book BIGINT, number BIGINT, title TEXT)"));
    PQclear(PQprepare(line, "insert", "INSERT INTO raw VALUES ($1, $2, $3, $4)", 4, nullptr));
    std::int64_t id = 0;
    for (auto _ : state) {
        const auto text = std::to_string(++id);
        const std::array<const char*, 4> values{text.c_str(), "1", "1", title};
        PGresult* answer = PQexecPrepared(line, "insert", 4, values.data(), nullptr, nullptr, 0);
        if (PQresultStatus(answer) != PGRES_COMMAND_OK) state.SkipWithError(PQerrorMessage(line));
        PQclear(answer);
    }
    PQfinish(line);
    state.SetItemsProcessed(state.iterations());
}

/// 100,000 titles; `share` of them hold the word that is searched.
void setup_titles(const benchmark::State& state)
{
    setup_sqlite(state);
    if (state.range(1) == 1) setup_postgres(state);
    constexpr int titles = 100'000;
    for (int i = 0; i < titles;) {
        static_cast<void>(shared->database->write({}, [&](Writer& db) -> Result<Done> {
            for (const int end = i + 500; i < end; ++i) {
                const auto words = fmt::format(
                    "Đăng ký {} {} {} số {}",
                    i % 2 == 0 ? "nửa" : "khác",
                    i % 100 == 0 ? "phầntrăm" : "thường",
                    i % 1000 == 0 ? "phầnnghìn" : "nhiều",
                    i
                );
                const std::array fields{TextField{"title", words}};
                text_put(db, i + 1, fields);
            }
            return Done{};
        }));
    }
    // What PostgreSQL does by itself within a minute.
    if (state.range(1) == 1)
        static_cast<void>(shared->database->write({}, [](Writer& db) -> Result<Done> {
            db.execute("ANALYZE text_row");
            return Done{};
        }));
}

void searches(benchmark::State& state)
{
    const std::string word = state.range(0) == 500 ? "nua" : state.range(0) == 10 ? "phantram" : "phannghin";
    for (auto _ : state) {
        const auto hits =
            shared->database->read([&](Reader& db) { return text_search(db, "title", word, 20); });
        if (hits.size() != 20) state.SkipWithError("not twenty hits");
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(searches)
    ->Name("sqlite/search_100000/permille")
    ->Setup(setup_titles)
    ->Teardown(teardown)
    ->Args({1, 0})
    ->Args({10, 0})
    ->Args({500, 0})
    ->UseRealTime();

/// A photo of 1 MiB as it is received, looked at, kept and synced.
void uploads(benchmark::State& state)
{
    static std::unique_ptr<TestDatabases> files;
    static std::unique_ptr<FileStore> store;
    if (state.thread_index() == 0) {
        files = std::make_unique<TestDatabases>(Engine::sqlite);
        store = std::make_unique<FileStore>(files->folder());
    }
    std::mt19937_64 random(std::uint64_t(state.thread_index()) + 1);
    std::string content("\xff\xd8\xff\xda\0\x08", 6);
    while (content.size() < 1024 * 1024) content += char(random() >> 7);
    for (auto _ : state) {
        const auto mark = std::to_string(random());
        content.replace(100, mark.size(), mark);
        const auto upload = store->upload({});
        for (std::size_t at = 0; at < content.size(); at += 65536)
            if (!upload->add(bytes_of(std::string_view(content).substr(at, 65536))))
                state.SkipWithError("refused");
        if (!upload->finish()) state.SkipWithError("refused");
    }
    state.SetItemsProcessed(state.iterations());
}
BENCHMARK(uploads)->Name("files/upload_1_MiB/8_clients")->Threads(8)->UseRealTime();

/// PostgreSQL's rows only when there is one.
const bool with_postgres = [] {
    if (postgres_for_tests().empty()) return false;
    benchmark::RegisterBenchmark("postgres/commands/32_clients", commands)
        ->Setup(setup_postgres)
        ->Teardown(teardown)
        ->Threads(clients)
        ->UseRealTime();
    benchmark::RegisterBenchmark("postgres/commands/1_client", commands)
        ->Setup(setup_postgres)
        ->Teardown(teardown)
        ->UseRealTime();
    benchmark::RegisterBenchmark("postgres/reads/2_threads", reads)
        ->Setup(setup_postgres)
        ->Teardown(teardown)
        ->Threads(2)
        ->UseRealTime();
    benchmark::RegisterBenchmark("postgres/yardstick/1_insert_a_commit", raw_postgres)
        ->Setup(setup_postgres)
        ->Teardown(teardown)
        ->UseRealTime();
    benchmark::RegisterBenchmark("postgres/search_100000/permille", searches)
        ->Setup(setup_titles)
        ->Teardown(teardown)
        ->Args({1, 1})
        ->Args({10, 1})
        ->Args({500, 1})
        ->UseRealTime();
    return true;
}();

}  // namespace
