#include "engine/storage/fresh_databases.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <utility>

namespace thien_an::storage {
namespace {

std::string new_folder()
{
    std::string pattern = std::filesystem::temp_directory_path() / "thienan-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw StorageError("cannot make a folder for tests");
    return pattern;
}

/// `address` with another database: "postgresql://u@h:1/postgres?x" and "y" give "postgresql://u@h:1/y?x".
std::string with_database(const std::string& address, const std::string& name)
{
    const auto end = std::min(address.find('?'), address.size());
    const auto slash = address.rfind('/', end);
    return address.substr(0, slash + 1) + name + address.substr(end);
}

void drop_database(const std::string& name)
{
    if (!name.empty())
        run_on_postgres(postgres_for_tests(), fmt::format("DROP DATABASE IF EXISTS {} WITH (FORCE)", name));
}

}  // namespace

std::string postgres_for_tests()
{
    const char* address = std::getenv("THIENAN_TEST_POSTGRES");
    return address == nullptr ? "" : address;
}

void run_on_postgres(const std::string& address, const std::string& sql)
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(PQconnectdb(address.c_str()), &PQfinish);
    if (PQstatus(connection.get()) != CONNECTION_OK) throw StorageError(PQerrorMessage(connection.get()));
    const auto quiet = [](void*, const char*) {};
    PQsetNoticeProcessor(connection.get(), quiet, nullptr);
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(
        PQexec(connection.get(), sql.c_str()), &PQclear
    );
    const auto status = PQresultStatus(answer.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
        throw StorageError(PQerrorMessage(connection.get()));
}

TestDatabases::TestDatabases(Engine engine) : engine_(engine), root_(new_folder()) {}

TestDatabases::~TestDatabases()
{
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
    const auto drop = [](const std::string& what, const auto& act) {
        try {
            act();
        } catch (const StorageError& error) {
            fmt::print(stderr, "left over: {}: {}\n", what, error.what());
        }
    };
    for (const auto& schema : schemas_)
        drop(schema, [&] {
            run_on_postgres(postgres_for_tests(), fmt::format("DROP SCHEMA {} CASCADE", schema));
        });
    for (const auto& name : {last_copy_, filled_}) drop(name, [&] { drop_database(name); });
}

std::string TestDatabases::copy_of_filled(const std::function<void(const std::string& address)>& fill)
{
    const auto base = postgres_for_tests();
    const auto unique = [&] {
        const auto folder_name = std::filesystem::path(root_).filename().string();
        return fmt::format("d_{}_{}", hex(bytes_of(folder_name.substr(folder_name.size() - 6))), ++made_);
    };
    if (filled_.empty()) {
        const auto name = unique();
        run_on_postgres(base, fmt::format("CREATE DATABASE {}", name));
        filled_ = name;
        fill(with_database(base, filled_));
    }
    drop_database(std::exchange(last_copy_, ""));
    const auto copy = unique();
    run_on_postgres(base, fmt::format("CREATE DATABASE {} TEMPLATE {}", copy, filled_));
    last_copy_ = copy;
    return with_database(base, copy);
}

std::string TestDatabases::address()
{
    ++made_;
    if (engine_ == Engine::sqlite) return fmt::format("{}/test{}.db", root_, made_);
    const auto folder_name = std::filesystem::path(root_).filename().string();
    auto schema = fmt::format("t_{}_{}", hex(bytes_of(folder_name.substr(folder_name.size() - 6))), made_);
    run_on_postgres(postgres_for_tests(), fmt::format("CREATE SCHEMA {}", schema));
    schemas_.push_back(schema);
    const auto base = postgres_for_tests();
    const char separator = base.find('?') == std::string::npos ? '?' : '&';
    return fmt::format("{}{}options=-csearch_path%3D{}", base, separator, schema);
}

std::unique_ptr<Database> TestDatabases::open(std::span<const Migration> migrations, Settings settings)
{
    settings.address = address();
    return Database::open(settings, migrations);
}

std::string TestDatabases::folder()
{
    auto made = fmt::format("{}/folder{}", root_, ++made_);
    std::filesystem::create_directory(made);
    return made;
}

}  // namespace thien_an::storage
