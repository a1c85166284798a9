#include <set>

#include "engine/casework/dossier_list_store.h"
#include "engine/casework/migrations_for_tests.h"
#include "engine/identity/test_house.h"

namespace thien_an::casework {
namespace {

using namespace std::chrono_literals;

/// A commune office with an officer, another one beside it, and dossiers that are put in as commands write them.
struct House {
    explicit House(storage::TestDatabases& databases) : house(databases, migrations_above_identity()) {}

    template <typename Command>
    void write(Command command)
    {
        REQUIRE(house.database().write({}, [&](storage::Writer& db) -> Result<Done> {
            command(db);
            return Done{};
        }));
    }
    template <typename Look>
    auto look(Look look)
    {
        return house.database().read(look);
    }
    DossierId dossier(
        std::string_view agency, const std::string& applicant, std::optional<Instant> answer_by = {}
    )
    {
        Dossier d;
        d.id = house.ids().next_as<DossierTag>();
        d.applicant_name = applicant;
        const auto code = "H48-160701-" + std::to_string(++number);
        write([&](storage::Writer& db) {
            DossierEvent filed{.dossier = d.id, .number = 1, .at = house.now, .kind = "filed"};
            filed.body = {
                {"set",
                 json::object{
                     {"code", code},
                     {"procedure", "library_card"},
                     {"pack", 1},
                     {"agency", house.agency(agency).value},
                     {"received_at", house.agency(agency).value},
                     {"state", "filed"},
                     {"channel", "online"},
                     {"applicant", 3},
                     {"title", "Cấp thẻ thư viện"},
                     {"filed_on", column(house.now)},
                     {"answer_by", answer_by ? json::value(column(*answer_by)) : json::value()},
                     {"fee", 0},
                     {"fee_reason", ""}}}};
            auto row = applied(d, filed);
            row.number_of_events = 0;
            insert_dossier(db, house.keys(), row, {});
            append_event(db, house.ids(), d, filed);
        });
        return d.id;
    }
    void change(DossierId id, json::object set)
    {
        write([&](storage::Writer& db) {
            auto d = find_dossier(db, id).value();
            DossierEvent event{.dossier = id, .number = 0, .at = house.now, .kind = "state"};
            event.body = {{"set", std::move(set)}};
            append_event(db, house.ids(), d, event);
        });
    }
    OpenCounts counts()
    {
        return look([&](storage::Reader& db) { return count_open_lanes(db, officer, house.now); });
    }
    std::vector<DossierId> found(std::string_view words, std::string_view cursor = "", int limit = 50)
    {
        std::vector<DossierId> ids;
        const auto list = look([&](storage::Reader& db) {
            return find_by_words(db, officer, house.today(), words, cursor, limit);
        });
        for (const auto& d : list.dossiers) ids.push_back(d.id);
        next = list.next;
        return ids;
    }
    std::vector<DossierId> listed(const ListQuery& query)
    {
        std::vector<DossierId> ids;
        const auto list =
            look([&](storage::Reader& db) { return list_dossiers(db, officer, house.today(), query); });
        for (const auto& d : list.dossiers) ids.push_back(d.id);
        next = list.next;
        return ids;
    }
    std::string plan(const Actor& actor, const ListQuery& query)
    {
        std::string plan;
        write([&](storage::Writer& db) {
            // A few rows are always read from end to end; what is asked is whether the index could serve many.
            if (db.engine() == storage::Engine::postgres)
                for (const auto* off : {"enable_seqscan", "enable_sort", "enable_bitmapscan"})
                    db.execute("SET LOCAL " + std::string(off) + " = off");
            plan = plan_of_list(db, actor, house.today(), query);
        });
        return plan;
    }

    identity::TestHouse house;
    identity::PartyId lan = house.person("Lan");
    Actor officer = house.as(lan, house.post("ubnd-90101", "one_stop_officer", lan));
    int number = 0;
    std::string next;
};

using Ids = std::vector<DossierId>;

TEST_DATABASES(
    "open dossiers are counted by what runs out next, folded or not, and leave the count when they close"
)
{
    House house(databases);
    const auto now = house.house.now;
    const auto late = house.dossier("ubnd-90101", "An", now - 24h * 3);
    house.dossier("ubnd-90101", "Bình", now - 1us);
    house.dossier("ubnd-90101", "Chi", now);
    const auto waits = house.dossier("ubnd-90101", "Dung", now + 24h * 2);
    house.dossier("ubnd-90101", "Em");
    house.dossier("ubnd-90102", "Giang", now);
    for (int round = 0; round < 2; ++round) {
        const auto counts = house.counts();
        CHECK(counts.all == 5);
        CHECK(counts.late == 2);
        CHECK(counts.due_today == 1);
        CHECK(counts.later == 2);
        CHECK(counts.waiting == 0);
        house.write([&](storage::Writer& db) { fold_counts(db, 1000); });
    }
    house.change(waits, {{"state", "received"}, {"due", column(now + 24h * 9)}});
    house.change(waits, {{"state", "awaiting_supplement"}, {"due", nullptr}});
    house.change(late, {{"state", "refused"}});
    house.write([&](storage::Writer& db) { fold_counts(db, 1000); });
    const auto counts = house.counts();
    CHECK(counts.all == 4);
    CHECK(counts.late == 1);
    CHECK(counts.later == 1);
    CHECK(counts.waiting == 1);
    CHECK(house.look([&](storage::Reader& db) {
        return count_open(db, house.officer, house.house.today());
    }) == 4);
    CHECK(house.look([&](storage::Reader& db) { return count_open(db, Actor{}, house.house.today()); }) == 0);
}

TEST_DATABASES("a lane lists exactly the dossiers it counts")
{
    House house(databases);
    const auto now = house.house.now;
    const auto late = house.dossier("ubnd-90101", "An", now - 1us);
    const auto today = house.dossier("ubnd-90101", "Bình", now);
    const auto later = house.dossier("ubnd-90101", "Chi", now + 24h * 2);
    const auto never = house.dossier("ubnd-90101", "Em");
    const auto of_lane = [&](std::string lane) {
        return house.listed({.open_only = true, .lane = std::move(lane), .now = now});
    };
    CHECK(of_lane("late") == Ids{late});
    CHECK(of_lane("today") == Ids{today});
    CHECK(of_lane("later") == Ids{later, never});
    CHECK(of_lane("waiting") == Ids{});
    CHECK(house.listed({.open_only = true, .limit = 3}) == Ids{late, today, later});
    CHECK(house.listed({.open_only = true, .cursor = house.next, .limit = 3}) == Ids{never});
    CHECK(house.next.empty());
}

TEST_DATABASES("words find dossiers by right alone, exact marks first and the latest first, page by page")
{
    House house(databases);
    const auto plain = house.dossier("ubnd-90101", "Tran Thi Anh");
    const auto marked = house.dossier("ubnd-90101", "Trần Thị Ánh");
    const auto longer = house.dossier("ubnd-90101", "Trần Anhtuan");
    const auto other = house.dossier("ubnd-90101", "Trần Thị Anh");
    house.dossier("ubnd-90102", "Trần Thị Ánh");
    CHECK(house.found("tran anh") == Ids{other, marked, plain, longer});
    CHECK(house.found("Trần Ánh") == Ids{marked, other, plain, longer});
    Ids paged;
    house.next.clear();
    do {
        for (const auto id : house.found("Trần Ánh", house.next, 1)) paged.push_back(id);
    } while (!house.next.empty());
    CHECK(paged == Ids{marked, other, plain, longer});
    CHECK(house.found("160701-2") == Ids{marked});
    for (const auto* nothing : {"", "!!", "nguyen", "tran nguyen", "' OR 1=1", "\"", "dossier0tran"}) {
        INFO(nothing);
        CHECK(house.found(nothing).empty());
    }
    CHECK(house.look([&](storage::Reader& db) {
        return find_by_words(db, Actor{}, house.house.today(), "tran", "", 9).dossiers.empty();
    }));
    CHECK(house.listed({.open_only = true, .words = "thi anh"}) == Ids{plain, marked, other});
    CHECK(house.listed({.open_only = true, .words = "?"}).empty());
}

TEST_DATABASES("a queue is read in the order of its index, whatever has been counted or sorted before")
{
    House house(databases);
    house.dossier("ubnd-90101", "An", house.house.now);
    for (const auto* lane : {"", "late", "later"}) {
        INFO(lane);
        const ListQuery query{.open_only = true, .lane = lane, .now = house.house.now, .cursor = "5.6"};
        const auto plan = house.plan(house.officer, query);
        INFO(plan);
        CHECK(plan.find("dossier_open_until") != std::string::npos);
        CHECK(plan.find("TEMP B-TREE") == std::string::npos);
        CHECK(plan.find("Sort") == std::string::npos);
    }
}

}  // namespace
}  // namespace thien_an::casework
