#include "engine/registers/openings.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/identity/audit.h"
#include "engine/storage/at_once.h"

#include "systems/civil_status/commune_for_tests.h"

// CR28: what an adoption says of the parents by birth is sealed, and opened by two people for a while.
namespace thien_an::civil_status {
namespace {

using registers::EntryId;
using registers::OpeningId;

constexpr const char* adoption_cases =
    THIENAN_SOURCE_DIR "/systems/civil_status/procedures/adoption_domestic/cases";
constexpr const char* asker = "justice_civil_status_officer";
constexpr const char* mother = "biological_mother_full_name";

/// A commune with one adoption in its register.
struct Adoption : Commune {
    explicit Adoption(storage::TestDatabases& databases) : Commune(databases, adoption_cases)
    {
        walk(
            "given now is 2026-07-01T08:00\ngiven entry of births from birth on 2026-03-20\n"
            "when citizen files\nwhen one_stop_officer receives\n"
            "when one_stop_officer completes pass_on with pass_on\n"
            "when justice_civil_status_officer completes check with enter\n"
        );
        reg = office().packs.reg("adoptions");
        entry = {dossier().entry};
    }
    identity::Act by(const std::string& post)
    {
        return {world.actor(post), office().clock.now(), office().ids};
    }
    Result<registers::Entry> look(
        const std::string& post, EntryId which, registers::Reveal reveal = registers::Reveal::clear
    )
    {
        return office().database.write({}, [&](storage::Writer& db) {
            return registers::read_entry(db, by(post), office().keys, *reg, which, reveal, "đối chiếu");
        });
    }
    /// Whether the one at that post reads who bore the child.
    bool sees(const std::string& post, EntryId which)
    {
        return look(post, which).value().fields.contains(mother);
    }
    Result<OpeningId> ask(const std::string& post, const char* reason)
    {
        return office().database.write({}, [&](storage::Writer& db) {
            return registers::ask_opening(db, by(post), office().keys, *reg, entry, reason);
        });
    }
    Result<Done> decide(const std::string& post, OpeningId id, bool grant, const char* why = "")
    {
        return office().database.write({}, [&](storage::Writer& db) {
            return registers::decide_opening(db, by(post), *reg, id, grant, why);
        });
    }
    /// Another entry that says the same.
    EntryId another()
    {
        const auto fields =
            read([&](storage::Reader& db) { return registers::find_entry(db, office().keys, *reg, entry); })
                .value()
                .first;
        const auto series = read([&](storage::Reader& db) { return registers::series_of_entry(db, entry); });
        return office()
            .database
            .write(
                {registers::lock_of(series)},
                [&](storage::Writer& db) {
                    return registers::enter(
                        db,
                        by(asker),
                        office().keys,
                        *reg,
                        {.series = series, .registered_on = act().today(), .fields = fields}
                    );
                }
            )
            .value()
            .id;
    }
    std::int64_t audited(std::string_view what)
    {
        const auto rows = read([&](storage::Reader& db) {
            return identity::audit_of(db, "register_entry", entry.value, 100);
        });
        return std::count_if(rows.begin(), rows.end(), [&](const auto& row) { return row.what == what; });
    }
    /// Everything the rows of the entry hold, as it lies in the database.
    std::string raw()
    {
        return read([&](storage::Reader& db) {
            std::string all;
            const auto add = [&](storage::Rows rows) {
                while (rows.next()) {
                    const auto sealed = rows.bytes(1);
                    all += rows.text(0) + std::string(sealed.begin(), sealed.end());
                }
            };
            add(db.query("SELECT plain, sealed FROM register_entry WHERE id = ?1", entry));
            add(db.query("SELECT plain, sealed FROM register_state WHERE entry = ?1", entry));
            add(db.query("SELECT plain, sealed FROM register_note WHERE entry = ?1", entry));
            auto words = db.query("SELECT word FROM register_index WHERE entry = ?1", entry);
            while (words.next())
                if (!words.null(0)) all += words.text(0);
            return all;
        });
    }

    std::shared_ptr<const registers::Register> reg;
    EntryId entry;
};

}  // namespace

TEST_DATABASES("CR28: what is sealed of an adoption is read by nobody alone")
{
    Adoption house(databases);
    CHECK_FALSE(house.sees(asker, house.entry));
    CHECK(house.ask(asker, "").problem().code == "registers.reason_missing");
    CHECK(house.ask("one_stop_officer", "xem").problem().code == "registers.no_such_entry");
    const auto asked = house.ask(asker, "Người con yêu cầu").value();
    CHECK(house.ask(asker, "nữa").problem().code == "registers.opening_waits");
    // Asking opens nothing, and whoever asked cannot grant it, with that post or with one that may.
    CHECK_FALSE(house.sees(asker, house.entry));
    CHECK(house.decide(asker, asked, true).problem().code == "registers.no_such_opening");
    const auto own = house.ask("chairman", "tự xem").value();
    CHECK(house.decide("chairman", own, true).problem().code == "registers.second_person");
    CHECK_FALSE(house.sees("chairman", house.entry));
    REQUIRE(house.decide("chairman", asked, true));
    CHECK(house.decide("chairman", asked, false, "thôi").problem().code == "registers.opening_decided");
    CHECK(house.sees(asker, house.entry));
}

TEST_DATABASES("CR28: an opening is for the one who asked, for that entry and for half an hour")
{
    Adoption house(databases);
    const auto another = house.another();
    REQUIRE(house.decide("chairman", house.ask(asker, "Người con yêu cầu").value(), true));
    CHECK(house.sees(asker, house.entry));
    CHECK_FALSE(house.sees(asker, another));
    CHECK_FALSE(house.sees("chairman", house.entry));
    house.walk("when now is 2026-07-01T08:29\n");
    CHECK(house.sees(asker, house.entry));
    house.walk("when now is 2026-07-01T08:30\n");
    CHECK_FALSE(house.sees(asker, house.entry));
}

TEST_DATABASES("CR28: a refused opening shows nothing, and says why")
{
    Adoption house(databases);
    const auto asked = house.ask(asker, "Người ngoài hỏi").value();
    CHECK(house.decide("chairman", asked, false).problem().code == "registers.reason_missing");
    REQUIRE(house.decide("chairman", asked, false, "Không có căn cứ"));
    CHECK_FALSE(house.sees(asker, house.entry));
    CHECK(house.decide("chairman", asked, true).problem().code == "registers.opening_decided");
    const auto all =
        house.read([&](storage::Reader& db) { return registers::openings_of(db, house.entry, 10); });
    REQUIRE(all.size() == 1);
    CHECK(all[0].why == "Không có căn cứ");
    CHECK_FALSE(all[0].open_until);
    // It may be asked again.
    CHECK(house.ask(asker, "Có quyết định của tòa"));
}

TEST_DATABASES("CR28: of two who decide one opening at once the first is heard")
{
    Adoption house(databases);
    const auto asked = house.ask(asker, "Người con yêu cầu").value();
    const std::array posts{house.by("chairman"), house.by("vice_chairman")};
    CHECK(storage::at_once(2, [&](int i) {
              return bool(house.office().database.write({}, [&](storage::Writer& db) {
                  return registers::decide_opening(
                      db, posts.at(std::size_t(i)), *house.reg, asked, i == 0, "Chưa rõ"
                  );
              }));
          }) == 1);
    const auto one =
        house.read([&](storage::Reader& db) { return registers::find_opening(db, asked); }).value();
    CHECK(one.granted == house.sees(asker, house.entry));
    CHECK(one.granted == one.open_until.has_value());
}

TEST_DATABASES("CR28: asking, granting and every look at a sealed entry are in the audit trail")
{
    Adoption house(databases);
    const auto before = house.audited("register.read");
    const auto asked = house.ask(asker, "Người con yêu cầu").value();
    CHECK(house.audited("register.ask_opening") == 1);
    REQUIRE(house.look(asker, house.entry, registers::Reveal::masked));
    REQUIRE(house.decide("chairman", asked, true));
    CHECK(house.audited("register.grant_opening") == 1);
    for (int i = 0; i < 2; ++i) CHECK(house.sees(asker, house.entry));
    CHECK(house.audited("register.read") == before + 1);
    CHECK(house.audited("register.reveal") == 2);
}

TEST_DATABASES(
    "CR28: the parents by birth are not legible in the rows of the entry, before or after an opening"
)
{
    Adoption house(databases);
    const auto name = house.read([&](storage::Reader& db) {
        const auto found = registers::find_entry(db, house.office().keys, *house.reg, house.entry);
        return std::string(found.value().fields.at(mother).as_string());
    });
    CHECK(name == "Phạm Thị Vy");
    REQUIRE(house.decide("chairman", house.ask(asker, "Người con yêu cầu").value(), true));
    CHECK(house.sees(asker, house.entry));
    const auto raw = house.raw();
    CHECK(raw.find("registered_on") != std::string::npos);  // What is not sealed lies open.
    for (const std::string hidden : {"Phạm Thị Vy", "PHẠM THỊ VY", "pham thi vy", mother})
        CHECK(raw.find(hidden) == std::string::npos);
}

}  // namespace thien_an::civil_status
