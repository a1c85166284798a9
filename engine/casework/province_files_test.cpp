#include "engine/casework/province_files.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "engine/storage/fresh_databases.h"
#include "engine/workflow/calendar.h"

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A copy of the shipped province whose agencies the test rewrites.
struct Province {
    Province() : folder(databases.folder())
    {
        fs::copy(fs::path(THIENAN_SOURCE_DIR) / "province", folder / "province", fs::copy_options::recursive);
    }
    void agencies(const std::string& json_text)
    {
        std::ofstream(folder / "province/agencies.json", std::ios::binary) << json_text;
    }
    Result<std::unique_ptr<ProvinceFiles>> load() const { return ProvinceFiles::load(folder); }

    storage::TestDatabases databases{storage::Engine::sqlite};
    fs::path folder;
};

constexpr Day saturday{2016y / 7 / 2};

TEST_CASE("an agency goes by two calendars, its own where its row names one, else the province's")
{
    Province province;
    province.agencies(
        R"({"agencies": [{"id": "ubnd-1", "calendars": {"reception": "reception_saturday"}}, {"id": "ubnd-2"}]})"
    );
    const auto files = province.load().value();
    CHECK(files->calendar("reception", "ubnd-1").works(saturday));
    CHECK_FALSE(files->calendar("counted", "ubnd-1").works(saturday));
    CHECK_FALSE(files->calendar("reception", "ubnd-2").works(saturday));
    CHECK_FALSE(files->calendar("reception").works(saturday));
}

TEST_CASE("an agency that names a calendar nobody has is refused with its name")
{
    Province province;
    province.agencies(R"({"agencies": [{"id": "ubnd-1", "calendars": {"reception": "never"}}]})");
    const auto refused = province.load();
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "casework.bad_province_file");
    CHECK(refused.problem().words.back().second == "no calendar never");
}

}  // namespace
}  // namespace thien_an::casework
