#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

/// What the databases themselves give on this machine: rows a second with a durable COMMIT, nothing else around them.
///   thienan_yardstick sqlite FILE SECONDS     16 inserts to one COMMIT, as 32 clients give one writer
///   thienan_yardstick postgres URL SECONDS    one insert to one COMMIT on each of 32 connections
/// The row is about as large as one of a dossier's events.
namespace {

using Steady = std::chrono::steady_clock;

constexpr int group = 16;
constexpr int connections = 32;
constexpr const char* text =
    R"({"kind":"filed","by":"portal","note":"Đăng ký khai sinh cho Trần An Nhiên, nộp trực tuyến","channel":"online"})";

void require(sqlite3* db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db));
}

double sqlite_rows_a_second(const std::string& file, std::chrono::seconds lasts)
{
    sqlite3* db = nullptr;
    require(db, sqlite3_open(file.c_str(), &db));
    require(
        db,
        sqlite3_exec(
            db,
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
            "CREATE TABLE yardstick (id INTEGER PRIMARY KEY, book INTEGER NOT NULL, entry TEXT NOT NULL) "
            "STRICT;",
            nullptr,
            nullptr,
            nullptr
        )
    );
    sqlite3_stmt* insert = nullptr;
    require(db, sqlite3_prepare_v2(db, "INSERT INTO yardstick VALUES (?1, ?2, ?3)", -1, &insert, nullptr));
    const auto began = Steady::now();
    std::int64_t id = 0;
    while (Steady::now() - began < lasts) {
        require(db, sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr));
        for (int i = 0; i < group; ++i) {
            sqlite3_bind_int64(insert, 1, ++id);
            sqlite3_bind_int64(insert, 2, i);
            sqlite3_bind_text(insert, 3, text, -1, SQLITE_STATIC);
            require(db, sqlite3_step(insert));
            sqlite3_reset(insert);
        }
        require(db, sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr));
    }
    const auto took = std::chrono::duration<double>(Steady::now() - began).count();
    sqlite3_finalize(insert);
    sqlite3_close(db);
    return double(id) / took;
}

struct Line {
    explicit Line(const std::string& url) : connection(PQconnectdb(url.c_str()))
    {
        if (PQstatus(connection) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection));
    }
    Line(const Line&) = delete;
    Line& operator=(const Line&) = delete;
    ~Line() { PQfinish(connection); }
    void run(PGresult* answer) const
    {
        const auto status = PQresultStatus(answer);
        PQclear(answer);
        if (status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection));
    }
    PGconn* connection;
};

std::int64_t insert_until(const std::string& url, int which, Steady::time_point ends)
{
    const Line line(url);
    line.run(PQprepare(line.connection, "one", "INSERT INTO yardstick VALUES ($1, $2, $3)", 3, nullptr));
    std::int64_t count = 0;
    const auto book = std::to_string(which);
    for (; Steady::now() < ends; ++count) {
        const auto id = std::to_string(std::int64_t{which} * 1'000'000'000 + count);
        const std::array<const char*, 3> values{id.c_str(), book.c_str(), text};
        line.run(PQexecPrepared(line.connection, "one", 3, values.data(), nullptr, nullptr, 0));
    }
    return count;
}

double postgres_rows_a_second(const std::string& url, std::chrono::seconds lasts)
{
    const Line line(url);
    line.run(
        PQexec(line.connection, "CREATE TABLE yardstick (id BIGINT PRIMARY KEY, book BIGINT, entry TEXT)")
    );
    const auto began = Steady::now();
    std::vector<std::int64_t> counts(connections);
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < connections; ++i)
            threads.emplace_back([&, i] { counts[std::size_t(i)] = insert_until(url, i, began + lasts); });
    }
    const auto took = std::chrono::duration<double>(Steady::now() - began).count();
    line.run(PQexec(line.connection, "DROP TABLE yardstick"));
    std::int64_t all = 0;
    for (const auto count : counts) all += count;
    return double(all) / took;
}

}  // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() != 3) return 2;
    const std::chrono::seconds lasts{std::stoi(words[2])};
    try {
        const auto rows = words[0] == "sqlite" ? sqlite_rows_a_second(words[1], lasts)
                                               : postgres_rows_a_second(words[1], lasts);
        std::cout << fmt::format("{:.0f}\n", rows);
        return 0;
    } catch (const std::exception& fault) {
        std::cerr << "yardstick: " << fault.what() << "\n";
        return 1;
    }
}
