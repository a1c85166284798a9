#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/storage/database.h"

/// Databases and folders for tests and measurements, gone when they are no longer needed.
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
    /// The address of a database with what `fill` writes into an empty one the first time; every later one is a copy that
    /// PostgreSQL makes of it. The one before goes with the next, so nobody may be connected to it. PostgreSQL only.
    std::string copy_of_filled(const std::function<void(const std::string& address)>& fill);
    /// A new, empty folder.
    std::string folder();

private:
    Engine engine_;
    std::string root_;  ///< A folder for all files.
    std::vector<std::string> schemas_;
    std::string filled_;     ///< Database the copies are made of; "" before the first.
    std::string last_copy_;  ///< "" before the first.
    int made_ = 0;
};

/// "postgresql://..." of the server for tests; "" when THIENAN_TEST_POSTGRES names none.
std::string postgres_for_tests();
/// Runs SQL on PostgreSQL outside of any Database; throws StorageError.
void run_on_postgres(const std::string& address, const std::string& sql);

}  // namespace thien_an::storage
