#include <fmt/format.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <random>
#include <vector>

#include "engine/crypto/key_ring.h"
#include "engine/storage/fresh_databases.h"

#include "systems/justice/secured_register.h"

namespace thien_an::justice {
std::span<const storage::Migration> migrations();
}

/// What searching the national register of security costs on this machine, one line of JSON. script/bench
/// secured.
///   thienan_secured_bench sqlite|postgres NOTICES SEARCHES
///       fills the register through the command that files notices, then searches it by grantor and by serial as of a moment
///   thienan_secured_bench yardstick FOLDER ROWS SEARCHES
///       what SQLite itself takes to find as many rows by an indexed word, nothing else around it
namespace {

using namespace thien_an;
using namespace thien_an::justice;
using Steady = std::chrono::steady_clock;

constexpr int notices_a_commit = 500;
constexpr unsigned seed = 20261128;

Instant filed_from() { return parse_instant("2012-01-01T00:00:00").value(); }

double ms_since(Steady::time_point began)
{
    return std::chrono::duration<double, std::milli>(Steady::now() - began).count();
}

std::string digits(std::int64_t number, int width) { return fmt::format("{:0{}}", number, width); }

/// Notice `i` of the fill: of five, three registrations, a change that adds a vehicle and a deregistration.
Filing filing_of(std::int64_t i, std::int64_t registrations, std::mt19937_64& random)
{
    Filing filing{.key = std::to_string(i)};
    auto& notice = filing.notice;
    filing.by = "0100000001";
    filing.pin = "246813";
    notice.reason = "paid";
    const auto people = std::uint64_t(registrations / 2 + 1000);
    if (i % 5 < 3 || registrations == 0) {
        const auto person = std::int64_t(random() % people);
        notice.grantors = {
            {PartyKind::individual, "Nguyen Van " + digits(person % 50'000, 5), digits(person, 12)}};
        notice.secured = {{PartyKind::organisation, "Ngan hang", "0100000001"}};
        notice.vehicles = {
            {"RLH" + digits(i, 9) + "AB", "JC" + digits(i, 9), "76C" + digits(i % 1'000'000, 6)}};
        return filing;
    }
    notice.kind = i % 5 == 3 ? NoticeKind::change : NoticeKind::deregistration;
    if (notice.kind == NoticeKind::change) notice.vehicles = {{"MHK" + digits(i, 9) + "CD", "", ""}};
    return filing;
}

struct Fill {
    std::vector<std::int64_t> registrations;  ///< Numbers, of those not ended.
    double seconds = 0;
};

Fill fill(storage::Database& database, const crypto::KeyRing& keys, std::int64_t notices)
{
    Fill out;
    std::mt19937_64 random(seed);
    const auto began = Steady::now();
    for (std::int64_t from = 0; from < notices; from += notices_a_commit) {
        auto registrations = out.registrations;
        const auto random_before = random;
        const auto done =
            database.write({lock_of_secured_register()}, [&](storage::Writer& db) -> Result<Done> {
                registrations = out.registrations;
                random = random_before;
                for (auto i = from; i < std::min<std::int64_t>(from + notices_a_commit, notices); ++i) {
                    auto filing = filing_of(i, std::int64_t(registrations.size()), random);
                    const bool later = filing.notice.kind != NoticeKind::registration;
                    const auto at = later ? random() % registrations.size() : 0;
                    if (later) filing.notice.registration = registrations[at];
                    const auto filed =
                        TRY(file_notice(db, keys, filing, filed_from() + std::chrono::minutes{i}));
                    if (!later) registrations.push_back(filed.number);
                    if (filing.notice.kind == NoticeKind::deregistration)
                        registrations.erase(registrations.begin() + std::ptrdiff_t(at));
                }
                return Done{};
            });
        if (!done) throw std::runtime_error("the fill was refused: " + done.problem().code);
        out.registrations = std::move(registrations);
    }
    out.seconds = ms_since(began) / 1000;
    return out;
}

/// Processor time this thread has used: what a busy machine does not change much.
double cpu_ms()
{
    timespec used{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return double(used.tv_sec) * 1000 + double(used.tv_nsec) / 1e6;
}

struct Times {
    std::vector<double> ms;
    std::vector<double> cpu = {};
    std::int64_t hits = 0;
    std::string json()
    {
        std::sort(ms.begin(), ms.end());
        std::sort(cpu.begin(), cpu.end());
        const auto at = [](const std::vector<double>& all, double share) {
            return all[std::min(all.size() - 1, std::size_t(share * double(all.size())))];
        };
        return fmt::format(
            R"({{"p50":{:.3f},"p95":{:.3f},"worst":{:.3f},"cpu_p95":{:.3f},"searches":{},"hits":{}}})",
            at(ms, 0.5),
            at(ms, 0.95),
            ms.back(),
            at(cpu, 0.95),
            ms.size(),
            hits
        );
    }
};

/// Searches of things that are in the register, one time in ten one that is not.
Times search_by(storage::Database& database, SearchBy by, std::int64_t notices, int searches)
{
    Times times;
    std::mt19937_64 random(seed + unsigned(by));
    for (int n = 0; n < searches; ++n) {
        const auto i = std::int64_t(random() % std::uint64_t(notices)) / 5 * 5;
        const bool absent = n % 10 == 9;
        std::string text = absent ? "ABSENT0000" + std::to_string(n) : "RLH-" + digits(i, 9) + " ab";
        if (by == SearchBy::grantor_number)
            text = digits(
                absent ? 999'999'999'999 - n : std::int64_t(random() % std::uint64_t(notices / 4)), 12
            );
        if (by == SearchBy::grantor_name) text = "nguyễn văn " + digits(std::int64_t(random() % 50'000), 5);
        const Search search{
            by,
            text,
            filed_from() +
                std::chrono::minutes{std::int64_t(random() % std::uint64_t(notices)) + notices / 2}};
        const auto began = Steady::now();
        const auto cpu = cpu_ms();
        const auto found = database.read([&](storage::Reader& db) { return search_register(db, search); });
        times.ms.push_back(ms_since(began));
        times.cpu.push_back(cpu_ms() - cpu);
        if (!found) throw std::runtime_error("a search was refused: " + found.problem().code);
        times.hits += std::int64_t(found.value().hits.size());
    }
    return times;
}

int bench(storage::Engine engine, std::int64_t notices, int searches)
{
    storage::TestDatabases databases(engine);
    const std::filesystem::path folder = databases.folder();
    std::filesystem::create_directories(folder / "data");
    const auto keys = crypto::KeyRing::create({folder / "keys.json", folder / "data"}, filed_from());
    if (!keys) throw std::runtime_error("no keys");
    storage::Settings settings;
    settings.command_limit = std::chrono::minutes{5};
    const auto database = databases.open(migrations(), settings);
    const auto filled = fill(*database, keys.value().ring, notices);
    if (engine == storage::Engine::postgres)
        static_cast<void>(database->write({}, [](storage::Writer& db) -> Result<Done> {
            db.execute("ANALYZE");
            return Done{};
        }));
    auto number = search_by(*database, SearchBy::grantor_number, notices, searches);
    auto name = search_by(*database, SearchBy::grantor_name, notices, searches);
    auto serial = search_by(*database, SearchBy::serial, notices, searches);
    const auto plan = database->read([](storage::Reader& db) {
        return plan_of_search(
            db, {SearchBy::serial, "RLH000000005AB", filed_from() + std::chrono::hours{24 * 4000}}
        );
    });
    std::cerr << plan;
    std::cout
        << fmt::format(
               R"({{"notices":{},"notices_a_second":{:.0f},"grantor_number":{},"grantor_name":{},"serial":{}}})",
               notices,
               double(notices) / filled.seconds,
               number.json(),
               name.json(),
               serial.json()
           )
        << "\n";
    return 0;
}

void require(sqlite3* db, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        throw std::runtime_error(sqlite3_errmsg(db));
}

int yardstick(const std::string& folder, std::int64_t rows, int searches)
{
    sqlite3* db = nullptr;
    require(db, sqlite3_open((folder + "/yardstick.db").c_str(), &db));
    require(
        db,
        sqlite3_exec(
            db,
            "CREATE TABLE yardstick (word TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT; BEGIN;",
            nullptr,
            nullptr,
            nullptr
        )
    );
    sqlite3_stmt* insert = nullptr;
    require(db, sqlite3_prepare_v2(db, "INSERT INTO yardstick VALUES (?1, ?2)", -1, &insert, nullptr));
    const std::string content(300, 'x');
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto word = "RLH" + digits(i, 9) + "AB";
        sqlite3_bind_text(insert, 1, word.c_str(), -1, SQLITE_TRANSIENT);
        sqlite3_bind_text(insert, 2, content.c_str(), -1, SQLITE_STATIC);
        require(db, sqlite3_step(insert));
        sqlite3_reset(insert);
    }
    require(db, sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr));
    sqlite3_stmt* select = nullptr;
    require(
        db, sqlite3_prepare_v2(db, "SELECT content FROM yardstick WHERE word = ?1", -1, &select, nullptr)
    );
    Times times;
    std::mt19937_64 random(seed);
    for (int n = 0; n < searches; ++n) {
        const auto word = "RLH" + digits(std::int64_t(random() % std::uint64_t(rows)), 9) + "AB";
        const auto began = Steady::now();
        const auto cpu = cpu_ms();
        sqlite3_bind_text(select, 1, word.c_str(), -1, SQLITE_TRANSIENT);
        while (sqlite3_step(select) == SQLITE_ROW) ++times.hits;
        sqlite3_reset(select);
        times.ms.push_back(ms_since(began));
        times.cpu.push_back(cpu_ms() - cpu);
    }
    sqlite3_finalize(insert);
    sqlite3_finalize(select);
    sqlite3_close(db);
    std::cout << times.json() << "\n";
    return 0;
}

}  // namespace

int main(int count, char** words)
{
    const std::vector<std::string> given(words + 1, words + count);
    try {
        if (given.size() == 4 && given[0] == "yardstick")
            return yardstick(given[1], std::stoll(given[2]), std::stoi(given[3]));
        if (given.size() == 3)
            return bench(
                given[0] == "postgres" ? storage::Engine::postgres : storage::Engine::sqlite,
                std::stoll(given[1]),
                std::stoi(given[2])
            );
    } catch (const std::exception& fault) {
        std::cerr << fault.what() << "\n";
        return 1;
    }
    std::cerr << "thienan_secured_bench sqlite|postgres NOTICES SEARCHES | yardstick FOLDER ROWS SEARCHES\n";
    return 2;
}
