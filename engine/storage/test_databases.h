#pragma once

#include <doctest/doctest.h>

#include <cstdio>

#include "engine/storage/fresh_databases.h"

/// For the tests of every room: runs a test on a fresh SQLite file and, when THIENAN_TEST_POSTGRES names a server, on a
/// fresh schema of PostgreSQL. The end of the program prints how many ran on each, so that the counts can be compared.
///
///     TEST_DATABASES("a book numbers its entries from one")
///     {
///         auto database = databases.open(registers::migrations());
namespace thien_an::storage {

/// Printed when the program ends.
struct TestCounts {
    int sqlite = 0;
    int postgres = 0;
    ~TestCounts() { std::printf("tests on databases: %d on SQLite, %d on PostgreSQL\n", sqlite, postgres); }
};

/// Runs `test` on each engine there is.
inline void on_each_database(void (*test)(TestDatabases&))
{
    static TestCounts counts;
    {
        INFO("on SQLite");
        ++counts.sqlite;
        TestDatabases databases(Engine::sqlite);
        test(databases);
    }
    if (postgres_for_tests().empty()) return;
    INFO("on PostgreSQL");
    ++counts.postgres;
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
