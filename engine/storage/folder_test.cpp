#include "engine/storage/folder.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;

TEST_CASE("a data folder has one server at a time, and is nobody else's to read")
{
    TestDatabases files(Engine::sqlite);
    const auto path = std::filesystem::path(files.folder()) / "data";
    {
        const auto first = DataFolder::open(path);
        REQUIRE(first);
        CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
        const auto second = DataFolder::open(path);
        REQUIRE(!second);
        CHECK(second.problem().code == "storage.folder_in_use");
        CHECK(second.problem().words[0].second == std::to_string(getpid()));
    }
    CHECK(DataFolder::open(path));
}

TEST_CASE("a data folder that cannot be made is a Problem with its reason")
{
    CHECK(DataFolder::open("/proc/no/such/folder").problem().code == "storage.folder_unusable");
}

TEST_CASE("little room is told, enough is not")
{
    TestDatabases files(Engine::sqlite);
    const auto path = files.folder();
    CHECK(check_room(path, 1));
    CHECK(check_room(path, std::uint64_t{1} << 62).problem().code == "storage.disk_low");
}
