#include <doctest/doctest.h>

#include <random>
#include <thread>

#include "systems/justice/secured_for_tests.h"
#include "systems/justice/secured_registry.h"

namespace thien_an::justice {
namespace {

constexpr const char* day_one = "2026-07-01T08:00:00";

std::string code_of(const Result<FiledNotice>& result) { return result ? "filed" : result.problem().code; }

TEST_DATABASES("a registration stays in force until it is deregistered, whatever time passes")
{
    RegisterHouse house(databases);
    const auto filed = house.file(a_registration(), "2011-01-04T08:00:00").value();
    CHECK(printed(filed.number) == "0000000001");
    const auto later = house.search(SearchBy::grantor_number, an_owner.number, "2031-01-04T08:00:00").value();
    REQUIRE(later.hits.size() == 1);
    CHECK(later.hits[0].registration.in_force);
    CHECK(later.hits[0].place == 1);
    REQUIRE(house.file(a_later(NoticeKind::deregistration, 1, "out"), "2031-01-05T08:00:00"));
    CHECK(house.search(SearchBy::serial, "76C-123.45", "2031-01-05T07:59:59").value().hits[0].place == 1);
    const auto ended = house.search(SearchBy::serial, "76C-123.45", "2031-01-05T08:00:00").value();
    CHECK(!ended.hits.at(0).registration.in_force);
    CHECK(ended.hits.at(0).place == 0);
    CHECK(ended.hits.at(0).notices.size() == 2);
}

TEST_DATABASES("the same key files once and gives the same number; other content under it is refused")
{
    RegisterHouse house(databases);
    const auto first = house.file(a_registration(), day_one).value();
    const auto again = house.file(a_registration(), "2026-07-02T08:00:00").value();
    CHECK(again == first);
    auto other = a_registration();
    other.notice.collateral = "Máy xúc";
    CHECK(code_of(house.file(other, day_one)) == "justice.key_used");
    CHECK(house.notices(1).size() == 1);
    CHECK(house.faults().empty());
}

TEST_DATABASES("five wrong codes lock a registration for a while, for the right code too; others go on")
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration(), day_one));
    REQUIRE(house.file(a_registration("second"), day_one));
    Clock clock = Clock::stopped(moment(day_one));
    SecuredSimulator simulator(*house.database, *house.keys, clock);
    int tries = 0;
    const auto tell = [&](std::int64_t registration, std::string_view pin, std::string key = "") {
        const auto vehicle = key.empty() ? 1000 + ++tries : 1000;
        if (key.empty()) key = "try " + std::to_string(tries);
        auto filing = a_later(NoticeKind::change, registration, key);
        filing.notice.vehicles = {{"MHK00000" + std::to_string(vehicle) + "CD", "", ""}};
        filing.pin = pin;
        const auto reply = json::parse(simulator.file(filing).reply).value();
        const auto* refused = json::member(reply, "refused");
        return refused == nullptr ? "filed" : json::string_or(*refused, "code");
    };
    const auto later = [&](std::chrono::seconds by) { clock = Clock::stopped(clock.now() + by); };
    CHECK(tell(1, a_pin, "before") == "filed");
    for (int i = 0; i < 4; ++i) CHECK(tell(1, "000000") == "justice.wrong_pin");
    CHECK(tell(1, a_pin) == "filed");  // The right code ends the count.
    for (int i = 0; i < 5; ++i) CHECK(tell(1, "000000") == "justice.wrong_pin");
    CHECK(tell(1, a_pin) == "justice.code_locked");
    CHECK(tell(1, "000000") == "justice.code_locked");
    CHECK(tell(1, a_pin, "before") == "filed");  // What was filed before is answered all the same.
    CHECK(tell(2, a_pin) == "filed");
    later(std::chrono::seconds{59});
    CHECK(tell(1, a_pin) == "justice.code_locked");
    later(std::chrono::seconds{1});
    CHECK(tell(1, "000000") == "justice.wrong_pin");  // The sixth: two minutes.
    later(std::chrono::seconds{119});
    CHECK(tell(1, a_pin) == "justice.code_locked");
    later(std::chrono::seconds{1});
    CHECK(tell(1, a_pin) == "filed");
    CHECK(house.faults().empty());
}

TEST_DATABASES("a registration locks for at most a day, however many codes are tried")
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration(), day_one));
    auto now = moment(day_one);
    const auto outcome = [&](std::string_view pin, int i) {
        return house.database
            ->write(
                {lock_of_secured_register()},
                [&](storage::Writer& db) -> Result<FilingOutcome> {
                    auto filing = a_later(NoticeKind::deregistration, 1, "try " + std::to_string(i));
                    filing.pin = pin;
                    return file_with_code(db, *house.keys, filing, now);
                }
            )
            .value();
    };
    for (int i = 0; i < 40; ++i) {
        CHECK(outcome("000000", i).refused->code == "justice.wrong_pin");
        now += std::chrono::hours{24};
    }
    CHECK(outcome(a_pin, 99).filed);
}

TEST_DATABASES("only the secured party, or whom it authorised, with its code goes on from a registration")
{
    RegisterHouse house(databases);
    auto registration = a_registration();
    registration.notice.agents = {another_bank};
    REQUIRE(house.file(registration, day_one));
    auto by_owner = a_later(NoticeKind::deregistration, 1, "a");
    by_owner.by = an_owner.number;
    CHECK(code_of(house.file(by_owner, day_one)) == "justice.wrong_party");
    auto wrong_code = a_later(NoticeKind::deregistration, 1, "b");
    wrong_code.pin = "000000";
    CHECK(code_of(house.file(wrong_code, day_one)) == "justice.wrong_pin");
    auto correction = a_later(NoticeKind::correction, 1, "c");
    correction.notice.contract = "13/HĐ";
    CHECK(code_of(house.file(correction, day_one)) == "justice.not_the_registrar");
    CHECK(
        code_of(house.file(a_later(NoticeKind::deregistration, 7, "d"), day_one)) == "justice.no_registration"
    );
    auto by_agent = a_later(NoticeKind::deregistration, 1, "e");
    by_agent.by = another_bank.number;
    REQUIRE(house.file(by_agent, day_one));
    CHECK(
        code_of(house.file(a_later(NoticeKind::deregistration, 1, "f"), day_one)) == "justice.deregistered"
    );
    CHECK(house.notices(1).size() == 2);
}

TEST_DATABASES("after an assignment the new secured party's code holds and the old one does not")
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration(), day_one));
    auto assignment = a_later(NoticeKind::change, 1, "assign");
    assignment.notice.secured = {another_bank};
    CHECK(code_of(house.file(assignment, day_one)) == "justice.bad_pin");
    assignment.new_pin = "975310";
    REQUIRE(house.file(assignment, day_one));
    CHECK(
        code_of(house.file(a_later(NoticeKind::deregistration, 1, "old"), day_one)) == "justice.wrong_party"
    );
    auto new_one = a_later(NoticeKind::deregistration, 1, "new");
    new_one.by = another_bank.number;
    CHECK(code_of(house.file(new_one, day_one)) == "justice.wrong_pin");
    new_one.pin = "975310";
    CHECK(house.file(new_one, day_one));
}

TEST_DATABASES(
    "the registrar mends an error of the register by a notice of its own, also after deregistration"
)
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration(), day_one));
    REQUIRE(house.file(a_later(NoticeKind::deregistration, 1, "out"), day_one));
    Filing correction{.key = "mend", .filer = Filer::registrar};
    correction.notice.kind = NoticeKind::correction;
    correction.notice.registration = 1;
    CHECK(code_of(house.file(correction, day_one)) == "justice.nothing_changes");
    correction.notice.contract = "13/HĐ";
    CHECK(code_of(house.file(correction, day_one)) == "justice.reason_missing");
    correction.notice.reason = "Nhập sai số hợp đồng";
    REQUIRE(house.file(correction, day_one));
    CHECK(fold(house.notices(1)).contract == "13/HĐ");
    CHECK(!fold(house.notices(1)).in_force);
}

TEST_DATABASES("a serial is found however it is typed; look-alike letters are near hits, not hits")
{
    RegisterHouse house(databases);
    auto registration = a_registration();
    registration.notice.vehicles = {{"RLHOI4321QB", "", "76C-123.45"}};
    registration.notice.vehicles[0].plate = serial("76C-123.45");
    REQUIRE(house.file(registration, day_one));
    const auto found = [&](std::string text) {
        return house.search(SearchBy::serial, std::move(text), day_one).value();
    };
    CHECK(!found(" rlhoi 4321-qb ").hits.at(0).near);
    CHECK(found("RLH0143210B").hits.at(0).near);
    CHECK(found("RLH0143210B").hits.at(0).place == 0);
    CHECK(found("76c 12345").hits.at(0).place == 1);
    CHECK(found("RLHOI4321QC").hits.empty());
    const auto nothing = house.search(SearchBy::serial, " - ", day_one);
    REQUIRE(!nothing);
    CHECK(nothing.problem().code == "justice.nothing_to_search");
}

TEST_DATABASES("a name is found without its marks and the form of the company, as of the moment asked")
{
    RegisterHouse house(databases);
    auto registration = a_registration();
    registration.notice.grantors = {{PartyKind::organisation, "Công ty TNHH Trà Bồng Xanh", "4300000001"}};
    REQUIRE(house.file(registration, day_one));
    CHECK(house.search(SearchBy::grantor_name, "tra bong xanh", day_one).value().hits.size() == 1);
    CHECK(
        house.search(SearchBy::grantor_name, "CÔNG TY CỔ PHẦN TRÀ BỒNG XANH", day_one).value().hits.size() ==
        1
    );
    CHECK(house.search(SearchBy::grantor_name, "tra bong xanh", "2026-07-01T07:59:59").value().hits.empty());
}

TEST_DATABASES("what a change takes out is shown with the registration, without a rank")
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration(), day_one));
    auto removal = a_later(NoticeKind::change, 1, "remove");
    removal.notice.released_vehicles = {{"", "", "76C99999"}};
    CHECK(code_of(house.file(removal, day_one)) == "justice.vehicle_not_there");
    removal.notice.released_vehicles = {a_truck};
    REQUIRE(house.file(removal, "2026-07-02T08:00:00"));
    const auto now = house.search(SearchBy::serial, a_truck.chassis, "2026-07-02T08:00:00").value();
    REQUIRE(now.hits.size() == 1);
    CHECK(now.hits[0].registration.in_force);
    CHECK(!now.hits[0].covers);
    CHECK(now.hits[0].place == 0);
    const auto before = house.search(SearchBy::serial, a_truck.chassis, "2026-07-02T07:00:00").value();
    CHECK(before.hits.at(0).place == 1);
}

TEST_DATABASES(
    "two clients filing in the same second get numbers one after the other, and a clock set back changes no "
    "rank"
)
{
    RegisterHouse house(databases);
    constexpr int each = 20;
    const auto client = [&](int which) {
        for (int i = 0; i < each; ++i)
            if (!house.file(a_registration(std::to_string(which) + "/" + std::to_string(i)), day_one))
                std::abort();
    };
    std::thread one(client, 1);
    std::thread two(client, 2);
    one.join();
    two.join();
    REQUIRE(house.file(a_registration("late"), "2026-06-30T08:00:00"));
    const auto found = house.search(SearchBy::serial, a_truck.engine, day_one).value();
    REQUIRE(found.hits.size() == 2 * each + 1);
    for (std::size_t i = 0; i < found.hits.size(); ++i) {
        CHECK(found.hits[i].place == int(i) + 1);
        CHECK(found.hits[i].registration.number == std::int64_t(i) + 1);
        CHECK(found.hits[i].registration.registered_at == moment(day_one));
    }
    CHECK(house.faults().empty());
}

TEST_DATABASES("a refused notice takes no number")
{
    RegisterHouse house(databases);
    auto bad = a_registration();
    bad.pin = "12";
    CHECK(code_of(house.file(bad, day_one)) == "justice.bad_pin");
    bad = a_registration();
    bad.notice.vehicles.clear();
    bad.notice.collateral.clear();
    CHECK(code_of(house.file(bad, day_one)) == "justice.no_collateral");
    CHECK(house.file(a_registration(), day_one).value().number == 1);
}

TEST_DATABASES("searches are served by indexes")
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration(), day_one));
    const auto plan = house.database->read([&](storage::Reader& db) {
        return plan_of_search(db, {SearchBy::serial, a_truck.chassis, moment(day_one)});
    });
    INFO(plan);
    if (databases.engine() == storage::Engine::sqlite) {
        CHECK(
            plan.find("SEARCH i USING COVERING INDEX sqlite_autoindex_secured_index_1 (by_what=? AND word=?)"
            ) != std::string::npos
        );
        CHECK(plan.find("USING INDEX secured_notice_registration (registration=?)") != std::string::npos);
        CHECK(plan.find("SCAN n") == std::string::npos);
        CHECK(plan.find("SCAN i") == std::string::npos);
    }
}

TEST_DATABASES("a notice changed behind the register's back is found")
{
    RegisterHouse house(databases);
    REQUIRE(house.file(a_registration("a"), day_one));
    REQUIRE(house.file(a_registration("b"), day_one));
    REQUIRE(house.faults().empty());
    static_cast<void>(house.database->write({}, [](storage::Writer& db) -> Result<Done> {
        db.execute("UPDATE secured_notice SET filed_at = filed_at - 1000000 WHERE number = ?1", 2);
        return Done{};
    }));
    CHECK(!house.faults().empty());
}

/// A random course of notices, right and wrong ones, by either bank.
Filing random_filing(std::mt19937& random, int step, std::int64_t registrations)
{
    const auto pick = [&](int n) { return int(random() % unsigned(n)); };
    if (registrations == 0 || pick(4) == 0) return a_registration("r" + std::to_string(step));
    auto filing = a_later(
        NoticeKind(2 + pick(3)),
        1 + std::int64_t(random() % std::uint64_t(registrations)),
        "n" + std::to_string(step)
    );
    if (pick(3) == 0) filing.by = another_bank.number;
    if (filing.notice.kind != NoticeKind::change) return filing;
    const Vehicle other{"CHASSIS" + std::to_string(pick(5)), "", ""};
    switch (pick(4)) {
    case 0: filing.notice.vehicles = {other}; break;
    case 1: filing.notice.released_vehicles = {pick(2) == 0 ? other : a_truck}; break;
    case 2:
        filing.notice.secured = {another_bank};
        filing.new_pin = a_pin;
        break;
    default: filing.notice.collateral = "Máy " + std::to_string(step); break;
    }
    return filing;
}

TEST_DATABASES("whatever is filed, the state is the fold of the notices and the register proves itself")
{
    for (const unsigned seed : {1U, 2U, 3U}) {
        CAPTURE(seed);
        RegisterHouse house(databases);
        std::mt19937 random(seed);
        std::map<std::int64_t, std::vector<FiledNotice>> mine;
        std::int64_t filed_count = 0;
        std::int64_t registrations = 0;
        for (int step = 0; step < 120; ++step) {
            // Registrations are told apart by number: those in between are notices, which is an error the
            // register must see.
            const auto filed = house.file(random_filing(random, step, filed_count), day_one);
            if (!filed) continue;
            CHECK(filed.value().number == ++filed_count);
            mine[filed.value().registration].push_back(filed.value());
            registrations += int(filed.value().notice.kind == NoticeKind::registration);
        }
        REQUIRE(registrations > 10);
        CHECK(std::int64_t(mine.size()) == registrations);
        std::size_t in_force = 0;
        for (const auto& [number, notices] : mine) {
            CHECK(house.notices(number) == notices);
            const auto state = fold(notices);
            const bool ended = std::any_of(notices.begin(), notices.end(), [](const FiledNotice& one) {
                return one.notice.kind == NoticeKind::deregistration;
            });
            CHECK(state.in_force == !ended);
            in_force += std::size_t(state.in_force);
        }
        const auto found =
            house.search(SearchBy::grantor_number, an_owner.number, "2030-01-01T00:00:00").value();
        CHECK(std::size_t(std::count_if(found.hits.begin(), found.hits.end(), [](const SearchHit& hit) {
                  return hit.place > 0;
              })) == in_force);
        CHECK(house.faults().empty());
    }
}

}  // namespace
}  // namespace thien_an::justice
