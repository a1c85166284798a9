#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/storage/database.h"

/// For the tests of every room: runs a test on a fresh SQLite file and, when THIENAN_TEST_POSTGRES names a server, on a
/// fresh schema of PostgreSQL. The end of the program prints how many ran on each, so that the counts can be compared.
///
///     TEST_DATABASES("a book numbers its entries from one")
///     {
///         auto database = databases.open(registers::migrations());
namespace thien_an::storage {

/// Empty databases on one engine; what it made is removed with it.
class TestDatabases {
public:
    explicit TestDatabases(Engine engine);
    TestDatabases(const TestDatabases&) = delete;
    TestDatabases& operator=(const TestDatabases&) = delete;
    ~TestDatabases();

    Engine engine() const { return engine_; }
    /// The address of a new, empty database.
    std::string address();
    /// A new database with storage's own schema and `migrations`; `settings.address` is filled in.
    std::unique_ptr<Database> open(std::span<const Migration> migrations, Settings settings = {});
    /// A new, empty folder.
    std::string folder();

private:
    Engine engine_;
    std::string root_;  ///< A folder for all files.
    std::vector<std::string> schemas_;
    int made_ = 0;
};

/// "postgresql://..." of the server for tests; "" when THIENAN_TEST_POSTGRES names none.
std::string postgres_for_tests();
/// Runs SQL on PostgreSQL outside of any Database; throws StorageError.
void run_on_postgres(const std::string& address, const std::string& sql);

/// Runs `test` on each engine there is.
inline void on_each_database(void (*test)(TestDatabases&))
{
    {
        INFO("on SQLite");
        TestDatabases databases(Engine::sqlite);
        test(databases);
    }
    if (postgres_for_tests().empty()) return;
    INFO("on PostgreSQL");
    TestDatabases databases(Engine::postgres);
    test(databases);
}

}  // namespace thien_an::storage

/// A TEST_CASE that runs on each database; its body has `databases`.
#define TEST_DATABASES(name) THIEN_AN_TEST_DATABASES(name, DOCTEST_ANONYMOUS(database_test_))
#define THIEN_AN_TEST_DATABASES(name, body)                        \
    static void body(thien_an::storage::TestDatabases& databases); \
    TEST_CASE(name) { thien_an::storage::on_each_database(body); } \
    static void body([[maybe_unused]] thien_an::storage::TestDatabases& databases)
