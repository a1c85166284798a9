#include "engine/casework/casework.h"
#include "engine/casework/dossier_store.h"
#include "engine/casework/migrations_for_tests.h"
#include "engine/identity/test_house.h"
#include "engine/storage/text_index.h"

namespace thien_an::casework {
namespace {

using namespace std::chrono_literals;

constexpr std::array watched{
    "dossier",
    "dossier_event",
    "dossier_count",
    "dossier_count_delta",
    "dossier_open_count",
    "dossier_open_delta"};

/// Two finished dossiers, one in time and one late, and one under way, as the commands write them.
struct House {
    explicit House(storage::TestDatabases& databases) : house(databases, migrations_above_identity())
    {
        finish(dossier("21172-160701-0001"), 24h);
        finish(dossier("21172-160701-0002"), 24h * 9);
        dossier("21172-160701-0003");
        write([&](storage::Writer& db) { fold_counts(db, 3); });  // Some figures are folded, some are not.
        for (const auto* table : watched)
            sql("CREATE TABLE kept_" + std::string(table) + " AS SELECT * FROM " + table);
    }

    template <typename Command>
    void write(Command command)
    {
        REQUIRE(house.database().write({}, [&](storage::Writer& db) -> Result<Done> {
            command(db);
            return Done{};
        }));
    }
    void sql(const std::string& statement)
    {
        write([&](storage::Writer& db) { db.execute(statement); });
    }
    DossierId dossier(const std::string& code)
    {
        Dossier d;
        d.id = house.ids().next_as<DossierTag>();
        d.applicant_name = "Nguyễn Thị Anh";
        write([&](storage::Writer& db) {
            const json::object set{
                {"code", code},
                {"procedure", "library_card"},
                {"pack", 1},
                {"agency", 7},
                {"received_at", 7},
                {"state", "filed"},
                {"channel", "online"},
                {"applicant", 3},
                {"title", "Cấp thẻ thư viện"},
                {"filed_on", column(house.now)},
                {"fee", 0},
                {"fee_reason", ""}};
            DossierEvent filed{.dossier = d.id, .number = 1, .at = house.now, .kind = "filed"};
            filed.body = {{"set", set}};
            auto row = applied(d, filed);
            row.number_of_events = 0;
            insert_dossier(db, house.keys(), row, {});
            append_event(db, house.ids(), d, filed);
            count(db, house.ids(), d, day_of(house.now), "filed");
        });
        return d.id;
    }
    void event(
        DossierId id, Instant when, const std::string& kind, json::object set, const std::string& figure
    )
    {
        write([&](storage::Writer& db) {
            auto d = find_dossier(db, id).value();
            DossierEvent event{.dossier = id, .number = 0, .at = when, .kind = kind};
            event.body = {{"set", std::move(set)}};
            append_event(db, house.ids(), d, event);
            if (!figure.empty()) count(db, house.ids(), d, day_of(when), figure);
        });
    }
    /// Received, promised for five days later, ready after `took`, and handed over.
    void finish(DossierId id, std::chrono::hours took)
    {
        const auto due = house.now + 24h * 5;
        event(
            id,
            house.now + 1h,
            "received",
            {{"state", "received"}, {"received_on", column(house.now + 1h)}, {"due", column(due)}},
            "received"
        );
        event(
            id,
            house.now + took,
            "state",
            {{"state", "result_ready"}, {"due", nullptr}},
            took > 24h * 5 ? "late" : "on_time"
        );
        event(
            id,
            house.now + took + 1h,
            "handed_over",
            {{"state", "handed_over"}, {"closed_on", column(house.now + took + 1h)}},
            "finished"
        );
    }
    std::vector<Problem> faults()
    {
        auto all = verify_dossiers(house.database()).faults;
        for (auto& fault : recount(house.database()).faults) all.push_back(std::move(fault));
        return all;
    }
    /// The faults found once `planted` was done, which is then undone.
    std::vector<Problem> faults_with(const std::string& planted)
    {
        sql(planted);
        auto found = faults();
        write([&](storage::Writer& db) {
            for (auto table = watched.rbegin(); table != watched.rend(); ++table)
                db.execute("DELETE FROM " + std::string(*table));
            for (const auto* table : watched)
                db.execute("INSERT INTO " + std::string(table) + " SELECT * FROM kept_" + table);
        });
        return found;
    }

    identity::TestHouse house;
};

TEST_DATABASES("a sound history has no fault, folded and pending figures together")
{
    House house(databases);
    CHECK(house.faults().empty());
    CHECK(verify_dossiers(house.house.database()).dossiers == 3);
    CHECK(verify_dossiers(house.house.database()).events == 9);
}

TEST_DATABASES("whichever column of a dossier is changed, its events say otherwise")
{
    House house(databases);
    for (const auto* column :
         {"pack",
          "agency",
          "received_at",
          "applicant",
          "filed_on",
          "received_on",
          "closed_on",
          "supplements_asked",
          "apologies",
          "events",
          "entry",
          "fee",
          "rating"}) {
        INFO(column);
        const auto name = std::string(column);
        CHECK(
            house.faults_with("UPDATE dossier SET " + name + " = " + name + " + 1 WHERE code LIKE '%-0001'")
                .size() >= 1
        );
    }
    for (const auto* column : {"code", "procedure", "channel", "title", "entry_number", "fee_reason"}) {
        INFO(column);
        CHECK(
            house.faults_with("UPDATE dossier SET " + std::string(column) + " = 'x' WHERE code LIKE '%-0001'")
                .size() >= 1
        );
    }
    CHECK(house.faults_with("UPDATE dossier SET state = 4 WHERE code LIKE '%-0003'").size() == 1);
    CHECK(house.faults_with("UPDATE dossier SET state = 8 WHERE code LIKE '%-0003'").size() == 2);
    CHECK(house.faults_with("UPDATE dossier SET due = 1 WHERE code LIKE '%-0003'").size() == 1);
    CHECK(house.faults_with("UPDATE dossier SET is_open = 1 WHERE code LIKE '%-0001'").size() == 1);
    CHECK(house.faults_with("UPDATE dossier SET is_open = 0 WHERE code LIKE '%-0003'").size() == 1);
    CHECK(house.faults().empty());
}

TEST_DATABASES("an event that is changed, deleted, doubled or out of its place is found")
{
    House house(databases);
    for (const auto* planted :
         {"UPDATE dossier_event SET body = '{\"set\":{\"state\":\"refused\"}}' WHERE number = 4",
          "UPDATE dossier_event SET body = '{\"set\":{\"wings\":2}}' WHERE number = 2",
          "UPDATE dossier_event SET body = 'x' WHERE number = 2",
          "DELETE FROM dossier_event WHERE number = 2",
          "DELETE FROM dossier_event WHERE number = 4",
          "INSERT INTO dossier_event SELECT dossier, 5, at, kind, account, party, post, agency, for_post, "
          "channel, body "
          "FROM dossier_event WHERE number = 4",
          "UPDATE dossier_event SET number = 9 WHERE number = 3",
          "UPDATE dossier_event SET at = at + 864000000000 WHERE number = 3"}) {
        INFO(planted);
        CHECK(house.faults_with(planted).size() >= 1);
    }
    CHECK(house.faults().empty());
}

TEST_DATABASES("a figure that is changed, lost, doubled or booked elsewhere is found")
{
    House house(databases);
    for (const std::string table : {"dossier_count", "dossier_count_delta"}) {
        for (const auto* planted :
             {"UPDATE # SET amount = amount + 1",
              "DELETE FROM #",
              "UPDATE # SET day = day + 1",
              "UPDATE # SET agency = 8",
              "UPDATE # SET procedure = 'another'",
              "UPDATE # SET what = 'x' || what"}) {
            std::string statement = planted;
            statement.replace(statement.find('#'), 1, table);
            INFO(statement);
            CHECK(house.faults_with(statement).size() >= 1);
        }
    }
    CHECK(
        house
            .faults_with(
                "INSERT INTO dossier_count_delta SELECT id + 1, agency, procedure, day, what, amount FROM "
                "dossier_count_delta WHERE what = 'finished'"
            )
            .size() >= 1
    );
    CHECK(
        house.faults_with("UPDATE dossier_count_delta SET what = 'on_time' WHERE what = 'late'").size() == 2
    );
    CHECK(house.faults().empty());
}

TEST_DATABASES("an open dossier that is counted twice, not at all, elsewhere or under another day is found")
{
    House house(databases);
    for (const std::string table : {"dossier_open_count", "dossier_open_delta"}) {
        for (const auto* planted :
             {"UPDATE # SET amount = amount + 1",
              "DELETE FROM #",
              "UPDATE # SET until_day = until_day + 1",
              "UPDATE # SET agency = 8"}) {
            std::string statement = planted;
            statement.replace(statement.find('#'), 1, table);
            INFO(statement);
            CHECK(house.faults_with(statement).size() >= 1);
        }
    }
    CHECK(house.faults_with("INSERT INTO dossier_open_count VALUES (8, 17000, 1)").size() == 1);
    CHECK(house.faults().empty());
}

TEST_DATABASES("words that are lost, changed or left behind in the text index are found")
{
    House house(databases);
    const auto id = house.dossier("21172-160701-0004");
    const auto put = [&](std::string_view text) {
        const std::array fields{storage::TextField{"dossier", text}};
        house.write([&](storage::Writer& db) { storage::text_put(db, id.value, fields); });
    };
    // The new one is counted and in no figure the house kept.
    CHECK(house.faults().empty());
    for (const auto* text :
         {"",
          "21172-160701-0004",
          "21172-160701-0004 Nguyễn Thị Ánh",
          "21172-160701-0004 Nguyễn Thị Anh x"}) {
        INFO(text);
        put(text);
        CHECK(house.faults().size() == 1);
    }
    put("21172-160701-0004 Nguyễn Thị Anh");
    CHECK(house.faults().empty());
}

TEST_DATABASES("a dossier filed before there was a text index is put into it later")
{
    House house(databases);
    const auto id = house.dossier("21172-160701-0004");
    house.write([&](storage::Writer& db) {
        storage::text_put(db, id.value, {});
        db.execute("INSERT INTO dossier_unindexed (dossier) VALUES (?1)", id);
    });
    CHECK(house.faults().empty());
    house.write([&](storage::Writer& db) {
        CHECK(index_words(db, 10) == 1);
        CHECK(index_words(db, 10) == 0);
        CHECK(words_are_indexed(db, find_dossier(db, id).value()));
    });
    CHECK(house.faults().empty());
}

}  // namespace
}  // namespace thien_an::casework
