#include "engine/storage/fresh_databases.h"

#include <fmt/format.h>
#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace thien_an::storage {
namespace {

std::string new_folder()
{
    std::string pattern = std::filesystem::temp_directory_path() / "thienan-test-XXXXXX";
    if (mkdtemp(pattern.data()) == nullptr) throw StorageError("cannot make a folder for tests");
    return pattern;
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
    for (const auto& schema : schemas_) {
        try {
            run_on_postgres(postgres_for_tests(), fmt::format("DROP SCHEMA {} CASCADE", schema));
        } catch (const StorageError& error) {
            fmt::print(stderr, "left over: {}: {}\n", schema, error.what());
        }
    }
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
