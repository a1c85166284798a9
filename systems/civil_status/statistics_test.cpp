#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>

#include "engine/casework/case_world.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/births_for_tests.h"
#include "systems/civil_status/case_setup_for_tests.h"
#include "systems/civil_status/deaths_for_tests.h"
#include "systems/civil_status/files.h"
#include "systems/civil_status/statistics_store.h"

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;
using storage::TestDatabases;

constexpr const char* cases = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/cases";
constexpr const char* layouts_folder = THIENAN_SOURCE_DIR "/systems/civil_status/statistics";

/// What the test knows of an entry it made.
struct Made {
    registers::EntryId id;
    std::string agency;
    BirthForTests birth;
    Day registered_on;
    bool annulled = false;
};

/// Two communes of one district, with a year of births.
struct District {
    explicit District(TestDatabases& databases)
        : setup(birth_setup(databases, databases.folder(), population)), from(setup), world(from, cases)
    {
        const auto file =
            casework::read_case("# births\ngiven now is 2022-01-02T08:00\nwhen now is 2022-01-02T08:01\n")
                .value();
        world.given(file.statements[0]);
        REQUIRE_FALSE(world.when(file.statements[1]));
        officer = world.actor("justice_civil_status_officer");
        reg = office().packs.reg("births");
        office().database.read([&](storage::Reader& db) {
            const auto own = identity::agency_on(db, officer.agency, Day{2022y / 1 / 2}).value();
            above = own.parent;
            for (const auto& one : identity::agencies_below(db, above, Day{2022y / 1 / 2}))
                if (one.level == own.level && one.kind == own.kind && communes.size() < 2)
                    communes.push_back(one);
        });
        REQUIRE(communes.size() == 2);
    }
    casework::Office& office() { return world.office(); }
    identity::Act act(Day day) { return {officer, at(day, Minutes{540}), office().ids}; }

    registers::EntryId enter_in(
        const std::string& name, const identity::Agency& agency, const json::object& fields, Day day
    )
    {
        const auto book = office().packs.reg(name);
        REQUIRE(book);
        const auto series = registers::series_of(office().database, office().ids, name, agency.id, 2022);
        const auto made = office().database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
            return registers::enter(
                db, act(day), office().keys, *book, {.series = series, .registered_on = day, .fields = fields}
            );
        });
        if (!made) FAIL(made.problem().code << " " << made.problem().field);
        return made.value().id;
    }
    void enter(const identity::Agency& agency, BirthForTests birth, Day day)
    {
        const auto id = enter_in("births", agency, birth_fields(birth, day), day);
        all.push_back({id, agency.key, std::move(birth), day});
    }
    void annul(Made& made)
    {
        const auto series = office().database.read([&](storage::Reader& db) {
            return registers::series_of_entry(db, made.id);
        });
        const auto done = office().database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
            return registers::add_note(
                db,
                act(made.registered_on),
                office().keys,
                *reg,
                {.entry = made.id,
                 .kind = "annulment",
                 .decision = "BA 1/2022",
                 .content = "Hủy",
                 .fields = {}}
            );
        });
        REQUIRE(done);
        made.annulled = true;
    }
    void a_year(int births)
    {
        std::mt19937 chance(2022);
        const std::array kinds{"in_time", "late", "again"};
        for (int i = 0; i < births; ++i) {
            const Day born = Day{2021y / 6 / 1} + std::chrono::days{chance() % 400};
            const Day registered = std::clamp(
                born + std::chrono::days{chance() % 200}, Day{2022y / 1 / 3}, Day{2022y / 12 / 30}
            );
            enter(
                communes.at(chance() % 2),
                {.name = fmt::format("Nguyễn {}", i),
                 .born_on = iso(std::min(born, registered)),
                 .sex = chance() % 2 == 0 ? "female" : "male",
                 .kind = kinds.at(chance() % kinds.size()),
                 .place = chance() % 3 == 0 ? "xã Ba Tô" : "Bệnh viện Đa khoa"},
                registered
            );
            if (chance() % 10 == 0) annul(all.back());
        }
    }
    /// Counted again, from what the test knows.
    template <typename Counts>
    std::int64_t recount(const StatisticsPeriod& period, Counts counts) const
    {
        return std::count_if(all.begin(), all.end(), [&](const Made& made) {
            const bool inside = made.registered_on >= period.from() && made.registered_on < period.to();
            return !made.annulled && inside && counts(made);
        });
    }

    PopulationSimulator population;
    casework::CaseSetup setup;
    casework::CaseTemplate from;
    casework::CaseWorld world;
    StatisticsLayouts layouts = StatisticsLayouts::load(layouts_folder).value();
    identity::Actor officer;
    identity::AgencyId above;
    std::vector<identity::Agency> communes;
    std::shared_ptr<const registers::Register> reg;
    std::vector<Made> all;
};

std::int64_t figure(
    const StatisticsLayout& layout,
    const StatisticsTable& table,
    std::string_view line,
    std::string_view column
)
{
    for (const auto& one : table.lines)
        for (std::size_t i = 0; i < layout.columns.size(); ++i)
            if (one.id == line && layout.columns[i].id == column) return one.figures.at(i).count;
    FAIL("no figure ", line, " ", column);
    return 0;
}

std::int64_t days_late(const Made& made)
{
    return (made.registered_on - parse_day(made.birth.born_on).value()).count();
}

}  // namespace

TEST_CASE("the shipped forms can be read, and each id has one form on each day")
{
    const auto layouts = StatisticsLayouts::load(layouts_folder).value();
    CHECK(layouts.all().size() >= 7);
    for (auto day = Day{2016y / 1 / 1}; day < Day{2027y / 1 / 1}; day += std::chrono::days{1}) {
        std::set<std::string> ids;
        for (const auto* one : layouts.on(day)) CHECK(ids.insert(one->id).second);
        CHECK(ids.size() == 4);
    }
    CHECK(layouts.find("registration", Day{2016y / 3 / 31})->law.at(0) == "tt-20-2013-btp");
    CHECK(layouts.find("registration", Day{2016y / 4 / 1})->law.at(0) == "tt-04-2016-btp");
    CHECK(layouts.find("nothing", Day{2016y / 4 / 1}) == nullptr);
}

TEST_CASE("a form with a fault is refused")
{
    const auto refused = [](std::string_view columns) {
        const auto text = R"({"id": "x", "name": {"vi": "X"}, "valid_from": "2016-01-01", "columns": )" +
                          std::string(columns) + "}";
        const auto read = StatisticsLayouts::read(json::parse(text).value());
        return read ? std::string() : read.problem().code;
    };
    const std::string bad = "civil_status.bad_statistics";
    CHECK(refused(R"([{"id": "a", "title": {"vi": "A"}, "register": "births"}])").empty());
    CHECK(refused("[]") == bad);
    CHECK(refused(R"([{"id": "a", "title": {"vi": "A"}}])") == bad);
    CHECK(refused(R"([{"id": "a", "title": {"vi": "A"}, "register": "births", "notices": "birth"}])") == bad);
    CHECK(refused(R"([{"id": "a", "title": {"vi": "A"}, "register": "births", "where": "age <"}])") == bad);
    CHECK(
        refused(R"([{"id": "a", "title": {"vi": "A"}, "register": "births", "where": "height > 1"}])") == bad
    );
    CHECK(refused(R"([{"id": "a", "title": {"vi": "A"}, "percentage": "b", "of": "c"}])") == bad);
}

TEST_CASE("a period is a year or a half of it")
{
    CHECK(iso(StatisticsPeriod{2022, 0}.from()) == "2022-01-01");
    CHECK(iso(StatisticsPeriod{2022, 0}.to()) == "2023-01-01");
    CHECK(iso(StatisticsPeriod{2022, 1}.to()) == "2022-07-01");
    CHECK(iso(StatisticsPeriod{2022, 2}.from()) == "2022-07-01");
}

TEST_DATABASES("every figure is what a recount gives, and opens to its entries")
{
    District district(databases);
    district.a_year(160);
    const auto& layout = *district.layouts.find("registration", Day{2022y / 12 / 31});
    for (const auto part : {0, 1, 2}) {
        const StatisticsPeriod period{2022, part};
        CAPTURE(part);
        const auto table = count_statistics(district.office(), layout, district.above, period);
        std::int64_t births = 0;
        for (const auto& commune : district.communes) {
            const auto of = [&](auto counts) {
                return district.recount(period, [&](const Made& made) {
                    return made.agency == commune.key && counts(made);
                });
            };
            const auto told = [&](std::string_view column) {
                return figure(layout, table, commune.key, column);
            };
            CHECK(told("births") == of([](const Made&) { return true; }));
            CHECK(told("births_female") == of([](const Made& m) { return m.birth.sex == "female"; }));
            CHECK(told("births_in_time") == of([](const Made& m) { return m.birth.kind == "in_time"; }));
            CHECK(told("births_late") == of([](const Made& m) { return m.birth.kind == "late"; }));
            CHECK(told("births_again") == of([](const Made& m) { return m.birth.kind == "again"; }));
            births += told("births");
            for (const auto* column : {"births", "births_late"}) {
                const auto entries = statistics_entries(
                    district.office(), layout, district.above, period, commune.key, column, 1000
                );
                CHECK(std::int64_t(entries.size()) == told(column));
            }
        }
        CHECK(figure(layout, table, "total", "births") == births);
        CHECK(births > 0);
        CHECK(
            statistics_entries(district.office(), layout, district.above, period, "total", "births", 1000)
                .size() == std::size_t(births)
        );
    }
    CHECK(
        statistics_entries(district.office(), layout, district.above, {2022, 0}, "total", "births", 7)
            .size() == 7
    );
}

TEST_DATABASES("classes by delay, shares and the estimate of completeness agree with a recount")
{
    District district(databases);
    district.a_year(120);
    const StatisticsPeriod year{2022, 0};
    const auto& timeliness = *district.layouts.find("births_timeliness", Day{2022y / 12 / 31});
    const auto table = count_statistics(district.office(), timeliness, district.above, year);
    const auto between = [&](std::int64_t from, std::int64_t to) {
        return district.recount(year, [&](const Made& m) {
            return days_late(m) >= from && days_late(m) <= to;
        });
    };
    CHECK(figure(timeliness, table, "same_month", "births") == between(0, 30));
    CHECK(figure(timeliness, table, "in_time", "births") == between(31, 60));
    CHECK(figure(timeliness, table, "half_year", "births") == between(61, 183));
    CHECK(figure(timeliness, table, "total", "hospital") == district.recount(year, [](const Made& m) {
        return m.birth.place == "Bệnh viện Đa khoa";
    }));
    CHECK(
        figure(timeliness, table, "total", "hospital") + figure(timeliness, table, "total", "elsewhere") ==
        figure(timeliness, table, "total", "births")
    );
    const auto& shares = *district.layouts.find("completeness", Day{2022y / 12 / 31});
    const auto complete = count_statistics(district.office(), shares, district.above, year);
    const auto births = district.recount(year, [](const Made&) { return true; });
    const auto in_time = district.recount(year, [](const Made& m) { return days_late(m) <= 60; });
    CHECK(figure(shares, complete, "total", "timely") == (in_time * 1000 + births / 2) / births);
    CHECK(figure(shares, complete, "total", "complete") == no_figure);  // No notice: no estimate.
}

TEST_DATABASES("deaths and marriages are counted as a recount of their entries gives, and open to them")
{
    District district(databases);
    std::mt19937 chance(7);
    std::map<std::string, std::int64_t> wanted;
    const std::array kinds{"in_time", "late"};
    for (int i = 0; i < 60; ++i) {
        const auto& commune = district.communes.at(chance() % 2);
        const Day day = Day{2022y / 1 / 3} + std::chrono::days{chance() % 360};
        const DeathForTests death{
            .born_on = Day{1930y / 1 / 1} + std::chrono::days{chance() % 30'000},
            .died_on = day - std::chrono::days{chance() % 20},
            .sex = chance() % 2 == 0 ? "female" : "male",
            .kind = kinds.at(chance() % 2),
            .place = chance() % 3 == 0 ? "Trạm y tế xã" : "Nhà riêng"};
        district.enter_in("deaths", commune, death_fields(death, day), day);
        const auto age = whole_years(death.born_on, death.died_on);
        ++wanted[commune.key + " deaths"];
        wanted[commune.key + " deaths_female"] += int(death.sex == "female");
        wanted[commune.key + " deaths_late"] += int(death.kind == "late");
        const auto* row = age < 15 ? "under" : age < 60 ? "from_15" : age < 80 ? "from_60" : "from_80";
        ++wanted[std::string(row) + " deaths"];
        wanted[std::string(row) + " facility"] += int(death.place == "Trạm y tế xã");
        const MarriageForTests marriage{
            .husband_times = std::int64_t(1 + chance() % 2), .wife_times = std::int64_t(1 + chance() % 2)};
        district.enter_in("marriages", commune, marriage_fields(marriage, day), day);
        ++wanted[commune.key + " marriages"];
        const bool first = marriage.husband_times == 1 && marriage.wife_times == 1;
        ++wanted[commune.key + (first ? " marriages_first" : " marriages_further")];
    }
    const StatisticsPeriod year{2022, 0};
    const auto& layout = *district.layouts.find("registration", Day{2022y / 12 / 31});
    const auto table = count_statistics(district.office(), layout, district.above, year);
    for (const auto& commune : district.communes)
        for (const auto* column :
             {"deaths",
              "deaths_female",
              "deaths_late",
              "marriages",
              "marriages_first",
              "marriages_further"}) {
            CAPTURE(column);
            const auto told = figure(layout, table, commune.key, column);
            CHECK(told == wanted[commune.key + " " + column]);
            CHECK(told > 0);
            const auto entries = statistics_entries(
                district.office(), layout, district.above, year, commune.key, column, 1000
            );
            CHECK(std::int64_t(entries.size()) == told);
        }
    CHECK(figure(layout, table, "total", "births") == 0);
    const auto& ages = *district.layouts.find("deaths_by_age", Day{2022y / 12 / 31});
    const auto by_age = count_statistics(district.office(), ages, district.above, year);
    for (const auto* row : {"from_15", "from_60", "from_80"})
        for (const auto* column : {"deaths", "facility"})
            CHECK(figure(ages, by_age, row, column) == wanted[std::string(row) + " " + column]);
    CHECK(figure(ages, by_age, "total", "deaths") == 60);
    CHECK(figure(ages, by_age, "unknown", "deaths") == 0);
}

TEST_DATABASES("ages are whole years on the day")
{
    District district(databases);
    const Day day{2022y / 5 / 20};
    const auto& commune = district.communes[0];
    for (const auto* born :
         {"2021-05-21", "2021-05-20", "2018-05-21", "2017-05-20", "2007-05-20", "1942-05-20"})
        district.enter(commune, {.born_on = born}, day);
    const auto layout = StatisticsLayouts::read(json::parse(R"json({
        "id": "ages", "number": "T", "name": {"vi": "T"}, "valid_from": "2016-01-01",
        "days": {"births": {"event_on": "registered_on", "born_on": "child_born_on"}},
        "columns": [{"id": "n", "title": {"vi": "N"}, "register": "births"}],
        "rows": [{"id": "under_1", "title": {"vi": "a"}, "where": "age < 1"},
                 {"id": "from_1", "title": {"vi": "b"}, "where": "age >= 1 and age <= 4"},
                 {"id": "from_5", "title": {"vi": "c"}, "where": "age >= 5 and age <= 14"},
                 {"id": "from_15", "title": {"vi": "d"}, "where": "age >= 15 and age <= 79"},
                 {"id": "from_80", "title": {"vi": "e"}, "where": "age >= 80"}]})json")
                                                    .value())
                            .value();
    const auto table = count_statistics(district.office(), layout, commune.id, {2022, 1});
    CHECK(figure(layout, table, "under_1", "n") == 1);
    CHECK(figure(layout, table, "from_1", "n") == 2);
    CHECK(figure(layout, table, "from_5", "n") == 1);
    CHECK(figure(layout, table, "from_15", "n") == 1);
    CHECK(figure(layout, table, "from_80", "n") == 1);
    CHECK(figure(layout, table, "total", "n") == 6);
}

TEST_DATABASES(
    "a locked period keeps its figures; what changes later is a difference, and a decision lifts the lock"
)
{
    District district(databases);
    district.a_year(20);
    const StatisticsPeriod half{2022, 1};
    const auto& layout = *district.layouts.find("registration", Day{2022y / 6 / 30});
    auto& office = district.office();
    const auto table = count_statistics(office, layout, district.above, half);
    const auto act = [&](Day day) {
        return identity::Act{district.officer, at(day, Minutes{540}), office.ids};
    };
    const auto lock = [&](Day day) {
        return office.database.write({}, [&](storage::Writer& db) {
            return lock_statistics(db, act(day), layout.id, district.above, half, table);
        });
    };
    const auto found = [&] {
        return office.database.read([&](storage::Reader& db) {
            return statistics_lock(db, layout.id, district.above, half);
        });
    };
    CHECK(lock(Day{2022y / 6 / 30}).problem().code == "civil_status.period_not_over");
    REQUIRE(lock(Day{2022y / 7 / 1}));
    CHECK(lock(Day{2022y / 7 / 1}).problem().code == "civil_status.already_locked");
    const auto before = figure(layout, table, "total", "births");
    district.enter(district.communes[0], {}, Day{2022y / 6 / 29});
    const auto now = count_statistics(office, layout, district.above, half);
    REQUIRE(found());
    CHECK(found()->intact);
    CHECK(figure(layout, found()->table, "total", "births") == before);
    CHECK(figure(layout, now, "total", "births") == before + 1);

    const auto change = [&](std::string_view sql) {
        return office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
            db.execute(sql);
            return Done{};
        });
    };
    REQUIRE(change("UPDATE statistics_lock SET figures = replace(figures, ',false]', ',true]')"));
    CHECK_FALSE(found()->intact);
    REQUIRE(change("UPDATE statistics_lock SET figures = replace(figures, ',true]', ',false]')"));
    CHECK(found()->intact);

    const auto lift = [&](std::string_view decision, bool by_another = true) {
        return office.database.write({}, [&](storage::Writer& db) {
            auto by = act(Day{2022y / 8 / 1});
            if (by_another) by.actor.party = identity::PartyId{by.actor.party.value + 1};
            return lift_statistics_lock(db, by, layout.id, district.above, half, decision);
        });
    };
    CHECK(lift("QĐ 12/QĐ-UBND", false).problem().code == "registers.second_person");
    CHECK(lift("").problem().code == "civil_status.lift_needs_decision");
    REQUIRE(lift("QĐ 12/QĐ-UBND"));
    CHECK_FALSE(found());
    CHECK(lift("QĐ 13/QĐ-UBND").problem().code == "civil_status.not_locked");
    CHECK(lock(Day{2022y / 8 / 2}));
}

TEST_DATABASES("counting reads each entry of the year's books once, whatever lies in other years")
{
    District district(databases);
    district.a_year(40);
    const auto& layout = *district.layouts.find("registration", Day{2022y / 12 / 31});
    const auto first = count_statistics(district.office(), layout, district.above, {2022, 0}).entries_read;
    CHECK(first == district.recount({2022, 0}, [](const Made&) { return true; }));
    CHECK(count_statistics(district.office(), layout, district.above, {2021, 0}).entries_read == 0);
    CHECK(
        count_statistics(district.office(), layout, district.communes[0].id, {2022, 0}).entries_read < first
    );
    if (databases.engine() != storage::Engine::sqlite) return;
    const auto plan = [&](std::string_view sql) {
        return district.office().database.read([&](storage::Reader& db) {
            auto rows = db.query("EXPLAIN QUERY PLAN " + std::string(sql));
            std::string all;
            while (rows.next()) all += rows.text(3) + "\n";
            return all;
        });
    };
    CHECK(
        plan("SELECT entry FROM register_state WHERE register = 'births' AND agency = 1 AND year = 2022 AND "
             "number > 5 "
             "ORDER BY number LIMIT 500")
            .find("register_state_order") != std::string::npos
    );
    CHECK(
        plan("SELECT id FROM register_note WHERE series = 1 AND link > 5 AND link <= 10").find("SEARCH") !=
        std::string::npos
    );
    CHECK(
        plan("SELECT e.id FROM national_event e WHERE e.state = 4 AND e.state IN (1, 2, 4) AND e.id < 9 "
             "ORDER BY e.id "
             "DESC LIMIT 50")
            .find("national_event_open") != std::string::npos
    );
    CHECK(
        plan("SELECT id FROM hospital_notice WHERE kind = 1 AND name_word = x'00' AND happened_on BETWEEN 1 "
             "AND 2")
            .find("hospital_notice_name") != std::string::npos
    );
}

}  // namespace thien_an::civil_status
