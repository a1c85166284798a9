#pragma once

#include <doctest/doctest.h>

#include <cstdio>

#include "engine/storage/fresh_databases.h"

/// For the tests of every room: runs a test on a fresh SQLite file and, when THIENAN_TEST_POSTGRES names a server, on a
/// fresh schema of PostgreSQL. The end of the program prints how many ran on each and how many were left out for want of
/// a server, so that script/test can refuse a run that left anything out.
///
///     TEST_DATABASES("a book numbers its entries from one")
///     {
///         auto database = databases.open(registers::migrations());
namespace thien_an::storage {

/// Printed when the program ends.
struct TestCounts {
    int sqlite = 0;
    int postgres = 0;       ///< Of the tests that run on both.
    int postgres_only = 0;  ///< Of those that ask about PostgreSQL alone.
    int left_out = 0;       ///< For want of a PostgreSQL.
    ~TestCounts()
    {
        std::printf(
            "tests on databases: %d on SQLite, %d on PostgreSQL, %d on PostgreSQL alone, %d left out\n",
            sqlite,
            postgres,
            postgres_only,
            left_out
        );
    }
};
inline TestCounts& test_counts()
{
    static TestCounts counts;
    return counts;
}

/// Runs `test` on each engine there is.
inline void on_each_database(void (*test)(TestDatabases&))
{
    auto& counts = test_counts();
    {
        INFO("on SQLite");
        ++counts.sqlite;
        TestDatabases databases(Engine::sqlite);
        test(databases);
    }
    if (postgres_for_tests().empty()) {
        ++counts.left_out;
        return;
    }
    INFO("on PostgreSQL");
    ++counts.postgres;
    TestDatabases databases(Engine::postgres);
    test(databases);
}

inline void on_postgres(void (*test)(TestDatabases&))
{
    auto& counts = test_counts();
    if (postgres_for_tests().empty()) {
        ++counts.left_out;
        return;
    }
    ++counts.postgres_only;
    TestDatabases databases(Engine::postgres);
    test(databases);
}

}  // namespace thien_an::storage

/// A TEST_CASE that runs on each database; its body has `databases`.
#define TEST_DATABASES(name) \
    THIEN_AN_TEST_DATABASES(name, DOCTEST_ANONYMOUS(database_test_), thien_an::storage::on_each_database)
/// The same for what only PostgreSQL can show.
#define TEST_POSTGRES(name) \
    THIEN_AN_TEST_DATABASES(name, DOCTEST_ANONYMOUS(database_test_), thien_an::storage::on_postgres)
#define THIEN_AN_TEST_DATABASES(name, body, run)                   \
    static void body(thien_an::storage::TestDatabases& databases); \
    TEST_CASE(name) { run(body); }                                 \
    static void body([[maybe_unused]] thien_an::storage::TestDatabases& databases)
