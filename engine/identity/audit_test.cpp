#include "engine/identity/audit.h"

#include <fstream>
#include <sstream>

#include "engine/identity/audit_seal.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

void note(TestHouse& house, const Actor& actor, std::string what, PartyId about = {})
{
    house.database()
        .write(
            {},
            [&](storage::Writer& db) -> Result<Done> {
                audit(
                    db,
                    house.act(actor),
                    {.what = what,
                     .subject = "thing",
                     .subject_id = 7,
                     .about = about,
                     .reason = "vì thử",
                     .detail = {{"b", 1}, {"a", "hai"}}}
                );
                return Done{};
            }
        )
        .value();
}

/// A house whose trail has 12 sealed rows in two batches and nothing wrong.
struct Trail {
    TestHouse house;
    std::filesystem::path file;

    explicit Trail(storage::TestDatabases& databases)
        : house(databases), file(house.folder() + "/audit/checkpoints.jsonl")
    {
        for (int i = 0; i < 5; ++i) note(house, {}, "one." + std::to_string(i));
        seal();
        for (int i = 0; i < 7; ++i) note(house, {}, "two." + std::to_string(i));
        seal();
    }
    Sealed seal() { return seal_audit(house.database(), house.keys(), house.now, file); }
    AuditReport verify() { return verify_audit(house.database(), house.keys(), file); }
    void plant(std::string sql)
    {
        house.database()
            .write(
                {},
                [&](storage::Writer& db) -> Result<Done> {
                    REQUIRE(db.execute(sql) > 0);
                    return Done{};
                }
            )
            .value();
    }
    bool finds(std::string_view kind)
    {
        return std::ranges::any_of(verify().faults, [&](const AuditFault& fault) {
            return fault.kind == kind;
        });
    }
};

TEST_DATABASES("an untouched trail has no fault, and says how much of it is not sealed yet")
{
    Trail trail(databases);
    CHECK(trail.verify().faults.empty());
    CHECK(trail.verify().rows == 12);
    CHECK(trail.verify().checkpoints == 2);
    CHECK(trail.verify().unsealed == 0);
    note(trail.house, {}, "three");
    CHECK(trail.verify().unsealed == 1);
    CHECK(trail.verify().faults.empty());
    CHECK(trail.seal().rows == 1);
    CHECK(trail.seal().rows == 0);
    CHECK(trail.verify().rows == 13);
}

TEST_DATABASES("a changed row is found: actor, reason, time and detail alike")
{
    for (const auto* change :
         {"reason = 'khác'", "party = 5", "at = at + 1", "detail = '{}'", "about = 9", "what = 'x'"}) {
        CAPTURE(change);
        Trail trail(databases);
        trail.plant(
            "UPDATE audit SET " + std::string(change) +
            " WHERE id = (SELECT audit FROM audit_link WHERE number = 4)"
        );
        const auto report = trail.verify();
        REQUIRE(report.faults.size() == 1);
        CHECK(report.faults[0].kind == "changed");
        CHECK(report.faults[0].number == 4);
    }
}

TEST_DATABASES("a deleted row is found")
{
    Trail trail(databases);
    trail.plant("DELETE FROM audit WHERE id = (SELECT audit FROM audit_link WHERE number = 6)");
    CHECK(trail.finds("deleted"));
}

TEST_DATABASES("a row deleted with its link is found")
{
    Trail trail(databases);
    trail.plant("DELETE FROM audit WHERE id = (SELECT audit FROM audit_link WHERE number = 6)");
    trail.plant("DELETE FROM audit_link WHERE number = 6");
    CHECK(trail.finds("deleted"));
}

TEST_DATABASES("a doubled row is found")
{
    Trail trail(databases);
    trail.plant(
        R"sql(INSERT INTO audit (id, at, account, party, post, agency, for_post, channel, what, subject, subject_id,
                                         about, reason, detail)
                      SELECT id + 1, at, account, party, post, agency, for_post, channel, what, subject, subject_id, about,
                             reason, detail FROM audit WHERE id = (SELECT MAX(id) FROM audit))sql"
    );
    CHECK(trail.finds("doubled"));
}

TEST_DATABASES("two rows that changed places are found")
{
    Trail trail(databases);
    trail.plant("UPDATE audit_link SET number = 1000 WHERE number = 3");
    trail.plant("UPDATE audit_link SET number = 3 WHERE number = 8");
    trail.plant("UPDATE audit_link SET number = 8 WHERE number = 1000");
    CHECK(trail.finds("changed"));
}

TEST_DATABASES("an end cut off is found, also when the checkpoints in the database go with it")
{
    Trail trail(databases);
    for (const auto* sql :
         {"DELETE FROM audit WHERE id IN (SELECT audit FROM audit_link WHERE number > 9)",
          "DELETE FROM audit_link WHERE number > 9"})
        trail.plant(sql);
    CHECK(trail.finds("cut_off"));
    trail.plant("DELETE FROM audit_checkpoint WHERE number > 9");
    CHECK(trail.finds("checkpoint_lost"));
    CHECK(trail.finds("cut_off"));
}

TEST_DATABASES("a chain computed anew from a changed row contradicts the checkpoints")
{
    Trail trail(databases);
    trail.plant(
        "UPDATE audit_link SET hash = (SELECT hash FROM audit_link WHERE number = 1) WHERE number = 12"
    );
    CHECK(trail.finds("checkpoint_differs"));
}

TEST_DATABASES("a checkpoint with another time or signature is found")
{
    Trail trail(databases);
    trail.plant("UPDATE audit_checkpoint SET at = at + 1 WHERE number = 5");
    CHECK(trail.finds("bad_signature"));
}

TEST_DATABASES("a row said to be waiting that is not there is found")
{
    Trail trail(databases);
    trail.plant("INSERT INTO audit_unsealed (audit) VALUES (42)");
    CHECK(trail.finds("unsealed_unknown"));
}

TEST_DATABASES("the file outside gets what it lacks, and half a line from a crash does no harm")
{
    Trail trail(databases);
    std::filesystem::remove(trail.file);
    trail.seal();
    CHECK(trail.verify().faults.empty());
    std::ofstream(trail.file, std::ios::app) << R"({"number": 13, "ha)";
    note(trail.house, {}, "after the crash");
    CHECK(trail.verify().faults.empty());  // Half a line says nothing.
    trail.seal();
    CHECK(trail.verify().checkpoints == 3);
    std::ifstream in(trail.file);
    std::stringstream all;
    all << in.rdbuf();
    CHECK(all.str().find("\"number\":13") != std::string::npos);
}

TEST_DATABASES(
    "a row waits for sealing until its own transaction is committed, and ids out of order do not hide one"
)
{
    Trail trail(databases);
    // An id lower than the last sealed one, as a slow transaction leaves it.
    trail.plant(
        R"sql(INSERT INTO audit (id, at, account, party, post, agency, for_post, channel, what, subject, subject_id,
                                         about, reason, detail)
                      VALUES (1, 1, 0, 0, 0, 0, 0, 'desk', 'late', 'thing', 1, NULL, '', '{}'))sql"
    );
    trail.plant("INSERT INTO audit_unsealed (audit) VALUES (1)");
    CHECK(trail.seal().rows == 1);
    CHECK(trail.verify().faults.empty());
}

TEST_DATABASES("an auditor sees the rows of his agency and below, and nobody else's; others see none")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto hoa = house.person("Hoa");
    const auto commune = house.as(lan, house.post("ubnd-90101", "one_stop_officer", lan));
    const auto department = house.as(lan, house.post("so-1", "one_stop_officer", lan));
    const auto auditor = house.as(hoa, house.post("ubnd-901", "auditor", hoa));
    note(house, commune, "seen.here");
    note(house, department, "seen.elsewhere");
    house.database().read([&](storage::Reader& db) {
        const auto rows = search_audit(db, auditor, house.today(), {.subject = "thing"});
        REQUIRE(rows.size() == 1);
        CHECK(rows[0].what == "seen.here");
        CHECK(rows[0].who == "Lan");
        CHECK(json::canonical(rows[0].detail) == R"({"a":"hai","b":1})");
        CHECK_FALSE(rows[0].sealed);
        CHECK(search_audit(db, commune, house.today(), {}).empty());
        CHECK(search_audit(db, {.party = hoa}, house.today(), {}).empty());
        CHECK(search_audit(db, auditor, house.today(), {.what = "seen.elsewhere"}).empty());
        CHECK(search_audit(db, auditor, house.today(), {.subject = "thing", .before = rows[0].id}).empty());
    });
}

TEST_DATABASES("a person's own log has what others saw of him and not what he did himself")
{
    TestHouse house(databases);
    const auto an = house.person("An");
    const auto lan = house.person("Lan");
    note(house, house.as(lan, house.post("ubnd-90101", "one_stop_officer", lan)), "dossier.read", an);
    note(house, {.party = an, .channel = "portal"}, "dossier.read", an);
    note(house, {.party = lan, .channel = "desk"}, "dossier.read", lan);
    const auto log = house.database().read([&](storage::Reader& db) { return access_log(db, an, 0, 10); });
    REQUIRE(log.size() == 1);
    CHECK(log[0].who == "Lan");
}

}  // namespace
}  // namespace thien_an::identity
