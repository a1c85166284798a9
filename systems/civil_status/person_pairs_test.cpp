#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "engine/crypto/key_ring.h"
#include "engine/registers/person_index.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/person_pairs_for_test.h"

namespace thien_an::identity {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}

namespace thien_an::civil_status {
namespace {

constexpr std::uint64_t tuned_on = 1;  // The weights of register.json were set looking at this seed.
constexpr std::uint64_t measured_on = 20160701;
constexpr int pairs = 10'000;

json::value file(const std::string& path)
{
    std::ifstream in(std::string(THIENAN_SOURCE_DIR) + "/" + path);
    std::stringstream text;
    text << in.rdbuf();
    return json::parse(text.str()).value();
}

registers::Register births()
{
    return registers::load_register(file("systems/civil_status/registers/births/register.json")).value();
}

struct Measured {
    int found = 0, missed = 0, wrong = 0;
    std::map<std::string, int> wrong_kinds;
    double recall() const { return double(found) / double(found + missed); }
    double precision() const { return double(found) / double(found + wrong); }
    std::string text() const
    {
        std::string kinds;
        for (const auto& [kind, count] : wrong_kinds) kinds += fmt::format(" {} {}", kind, count);
        return fmt::format(
            "recall {:.4f}, precision {:.4f} ({} found, {} missed, {} wrong:{})",
            recall(),
            precision(),
            found,
            missed,
            wrong,
            kinds
        );
    }
};

Measured measure(const registers::Matching& matching, std::uint64_t seed)
{
    const DemoNames names(file("province/demo_names.json"));
    PersonPairs generator(names, seed);
    Measured out;
    for (int i = 0; i < pairs; ++i) {
        const auto pair = generator.next();
        const auto compared = registers::PersonComparer(matching, pair.one).compare(pair.other);
        const bool taken = compared.score >= matching.possible;
        if (pair.same)
            ++(taken ? out.found : out.missed);
        else if (taken)
            ++out.wrong, ++out.wrong_kinds[pair.kind];
        if (std::getenv("THIENAN_SHOW_PAIRS") != nullptr && taken != pair.same) {
            std::string why;
            for (const auto& one : compared.why)
                why += fmt::format(" {}.{} {:+.1f}", one.part, one.what, one.weight);
            std::puts(fmt::format(
                          "{} {:.1f} | {} {} {} / {} | {} {} {} / {} |{}",
                          pair.kind,
                          compared.score,
                          pair.one.name,
                          pair.one.born_on ? iso(*pair.one.born_on) : "?",
                          pair.one.mother,
                          pair.one.father,
                          pair.other.name,
                          pair.other.born_on ? iso(*pair.other.born_on)
                                             : std::to_string(pair.other.born_year),
                          pair.other.mother,
                          pair.other.father,
                          why
            )
                          .c_str());
        }
    }
    return out;
}

TEST_CASE(
    "of 10,000 pairs of a seed the weights were not set on, 98 in 100 duplicates are found and 90 in 100 are "
    "right"
)
{
    const auto matching = births().people.matching.value();
    std::puts(fmt::format("pairs, tuned on:    {}", measure(matching, tuned_on).text()).c_str());
    const auto measured = measure(matching, measured_on);
    std::puts(fmt::format("pairs, measured on: {}", measured.text()).c_str());
    CHECK(measured.found + measured.missed > pairs / 3);
    CHECK(measured.recall() >= 0.98);
    CHECK(measured.precision() >= 0.90);
}

/// A register of births with the first of each pair entered.
struct Entered {
    Entered(storage::TestDatabases& databases, const std::string& folder)
        : keys(crypto::KeyRing::create({folder + "/keys", folder + "/data"}, now).value().ring)
    {
        std::filesystem::create_directories(folder + "/data");
        std::vector<storage::Migration> all(identity::migrations().begin(), identity::migrations().end());
        all.insert(all.end(), registers::migrations().begin(), registers::migrations().end());
        database = databases.open(all);
        series = registers::series_of(*database, ids, "births", {10}, 2016);
    }
    void enter(std::span<const registers::PersonDescription> children)
    {
        const identity::Act act{{.party = {3}, .post = {4}, .agency = {10}, .channel = "desk"}, now, ids};
        const auto done =
            database->write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
                for (const auto& child : children)
                    TRY(registers::enter(
                        db,
                        act,
                        keys,
                        reg,
                        {.series = series, .registered_on = day_of(now), .fields = fields(child)}
                    ));
                return Done{};
            });
        REQUIRE(done);
    }
    static json::object fields(const registers::PersonDescription& child)
    {
        json::object out{
            {"child_full_name", child.name},
            {"child_born_on", iso(*child.born_on)},
            {"child_sex", child.sex},
            {"mother_full_name", child.mother},
            {"mother_birth_year", child.born_year - 25},
            {"mother_identity_number", child.mother_number},
            {"father_full_name", child.father},
            {"registered_on", "2016-07-01"},
            {"registration_kind", "late"},
            {"declarant_signed", "at_desk"}};
        for (const auto* text :
             {"child_ethnicity",
              "child_nationality",
              "child_birthplace",
              "child_hometown",
              "mother_ethnicity",
              "mother_nationality",
              "mother_residence",
              "declarant_full_name",
              "declarant_relation",
              "declarant_identity",
              "officer"})
            out[text] = "x";
        return out;
    }

    Instant now = at(Day{std::chrono::year{2016} / 7 / 1}, std::chrono::hours{8});
    IdSource ids{1};
    crypto::KeyRing keys;
    registers::Register reg = births();
    std::unique_ptr<storage::Database> database;
    registers::SeriesId series;
};

TEST_DATABASES("of 4,000 duplicates 98 in 100 are found through the keys of the index, among the first ten")
{
    Entered house(databases, databases.folder());
    const DemoNames names(file("province/demo_names.json"));
    PersonPairs generator(names, measured_on + 1);
    constexpr int children = 4000;
    constexpr std::size_t at_once = 40;
    std::vector<registers::PersonDescription> first;
    for (int i = 0; i < children; ++i) first.push_back(generator.child());
    for (std::size_t at = 0; at < first.size(); at += at_once)
        house.enter(std::span(first).subspan(at, at_once));
    const registers::Register* list[] = {&house.reg};
    int found = 0;
    for (const auto& child : first) {
        const auto again = generator.written_again(child);
        const auto matches = house.database->read([&](storage::Reader& db) {
            return registers::find_persons(db, house.keys, list, *house.reg.people.matching, again, 10);
        });
        found += int(std::any_of(matches.begin(), matches.end(), [&](const registers::PersonMatch& match) {
            return match.name == child.name && match.born_on == child.born_on && match.person.role == "child";
        }));
    }
    std::puts(fmt::format("through the index: {} of {} found", found, children).c_str());
    CHECK(double(found) / children >= 0.98);
}

}  // namespace
}  // namespace thien_an::civil_status
