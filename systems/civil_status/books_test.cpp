#include <doctest/doctest.h>

#include "engine/registers/closing.h"
#include "engine/registers/proposals.h"

#include "systems/civil_status/commune_for_tests.h"

// A century of books: closed at the end of their year, noted in by two people, read as they were.
namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;
using registers::EntryId;

/// A commune with one birth in its register.
struct Registry : Commune {
    explicit Registry(storage::TestDatabases& databases) : Commune(databases)
    {
        walk(
            received +
            "when one_stop_officer completes pass_on with pass_on\nwhen justice_civil_status_officer "
            "completes check with enter\n"
        );
    }
    std::shared_ptr<const registers::Register> births() { return office().packs.reg("births"); }
    EntryId entry() { return {dossier().entry}; }
    identity::Act by(const std::string& post)
    {
        return {world.actor(post), office().clock.now(), office().ids};
    }
    template <typename Command>
    auto write(Command command)
    {
        const auto series =
            read([&](storage::Reader& db) { return registers::series_of_entry(db, entry()); });
        return office().database.write({registers::lock_of(series)}, command);
    }
    registers::Entry now(std::optional<Instant> as_of = {})
    {
        return read([&](storage::Reader& db) {
                   return registers::find_entry(db, office().keys, *births(), entry(), as_of);
               }
        ).value();
    }
    registers::NewNote correction()
    {
        return {
            .entry = entry(),
            .kind = "correction",
            .decision = "Bản án 3/2016/DS-ST",
            .content = "Cải chính nơi sinh",
            .fields = {{"child_birthplace", "Trạm y tế xã"}},
            .evidence = "Trích sao bản án ngày 1/3/2016"};
    }
    Result<registers::ProposalId> propose(const std::string& post)
    {
        return write([&](storage::Writer& db) {
            return registers::propose_note(db, by(post), office().keys, *births(), correction());
        });
    }
    Result<Done> decide(const std::string& post, registers::ProposalId id, bool approve, const char* why = "")
    {
        return write([&](storage::Writer& db) {
            return registers::decide_proposal(db, by(post), office().keys, *births(), id, approve, why);
        });
    }
    std::size_t faults()
    {
        const auto report = registers::verify(office().database, office().keys, *births());
        for (const auto& fault : report.faults) MESSAGE(fault.kind << " " << fault.number);
        return report.faults.size();
    }
};

}  // namespace

TEST_DATABASES(
    "whoever prepared a note takes it back and prepares another, nobody else does, and not after a decision"
)
{
    Registry house(databases);
    const auto withdraw = [&](const std::string& post, registers::ProposalId id) {
        return house.write([&](storage::Writer& db) {
            return registers::withdraw_proposal(db, house.by(post), house.office().keys, *house.births(), id);
        });
    };
    const auto first = house.propose("justice_civil_status_officer").value();
    CHECK(withdraw("chairman", first).problem().code == "registers.no_such_proposal");
    REQUIRE(withdraw("justice_civil_status_officer", first));
    CHECK(house.decide("chairman", first, true).problem().code == "registers.proposal_decided");
    const auto second = house.propose("justice_civil_status_officer").value();
    REQUIRE(house.decide("chairman", second, true));
    CHECK(withdraw("justice_civil_status_officer", second).problem().code == "registers.proposal_decided");
    CHECK(house.faults() == 0);
}

TEST_DATABASES("a note enters the register when a second person approves it, and names both")
{
    Registry house(databases);
    const auto before = house.now();
    CHECK(house.propose("one_stop_officer").problem().code == "registers.no_such_entry");
    const auto proposal = house.propose("justice_civil_status_officer").value();
    CHECK(house.propose("justice_civil_status_officer").problem().code == "registers.proposal_waits");
    CHECK(house.now().notes.size() == before.notes.size());
    const auto waiting = house.read([&](storage::Reader& db) {
        return registers::waiting_for(db, house.world.actor("chairman"), house.by("chairman").today(), 10);
    });
    REQUIRE(waiting.size() == 1);
    CHECK(waiting[0].entry == house.entry());

    CHECK(
        house.decide("justice_civil_status_officer", proposal, true).problem().code ==
        "registers.no_such_proposal"
    );
    CHECK(house.decide("chairman", proposal, false).problem().code == "registers.reason_missing");
    REQUIRE(house.decide("chairman", proposal, true));
    CHECK(house.decide("chairman", proposal, true).problem().code == "registers.proposal_decided");
    const auto after = house.now();
    REQUIRE(after.notes.size() == before.notes.size() + 1);
    const auto& note = after.notes.back();
    CHECK(note.party == house.world.actor("chairman").party);
    CHECK(note.prepared_by == house.world.actor("justice_civil_status_officer").party);
    CHECK(note.evidence == "Trích sao bản án ngày 1/3/2016");
    CHECK(after.fields.at("child_birthplace") == "Trạm y tế xã");
    CHECK(after.first == before.first);
    CHECK(house.faults() == 0);
}

TEST_DATABASES("a refused note leaves no trace in the register but its reason")
{
    Registry house(databases);
    const auto proposal = house.propose("justice_civil_status_officer").value();
    REQUIRE(house.decide("chairman", proposal, false, "Bản án chưa có hiệu lực"));
    CHECK(house.now().fields == house.now().first);
    const auto all = house.read([&](storage::Reader& db) {
        return registers::proposals_of(db, house.office().keys, house.entry(), 10);
    });
    REQUIRE(all.size() == 1);
    CHECK(all[0].why == "Bản án chưa có hiệu lực");
    CHECK_FALSE(all[0].approved);
}

TEST_DATABASES("an entry reads as it was on any day")
{
    Registry house(databases);
    const auto entered = house.office().clock.now();
    house.walk("given now is 2016-08-12T09:00\n");
    const auto proposal = house.propose("justice_civil_status_officer").value();
    REQUIRE(house.decide("chairman", proposal, true));
    const auto place = house.now().first.at("child_birthplace");
    CHECK(house.now().fields.at("child_birthplace") == "Trạm y tế xã");
    CHECK(house.now(entered).fields.at("child_birthplace") == place);
    const auto read = [&](std::optional<Instant> as_of) {
        return house.write([&](storage::Writer& db) {
            return registers::read_entry(
                db,
                house.by("chairman"),
                house.office().keys,
                *house.births(),
                house.entry(),
                registers::Reveal::masked,
                "",
                as_of
            );
        });
    };
    CHECK(read(entered).value().notes.empty());
    CHECK(read({}).value().notes.size() == 1);
    CHECK(read(entered - 1h).problem().code == "registers.no_such_entry");
}

TEST_DATABASES("a year's books are closed once, counted and signed for, and take no more entries")
{
    Registry house(databases);
    const auto series =
        house.read([&](storage::Reader& db) { return registers::series_of_entry(db, house.entry()); });
    const auto close = [&] {
        return house.office().database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
            return registers::close_books(
                db, house.by("chairman"), house.office().keys, *house.births(), series
            );
        });
    };
    CHECK(close().problem().code == "registers.too_early_to_close");
    house.walk("given now is 2016-12-31T16:00\n");
    const auto closed = close().value();
    REQUIRE(closed.size() == 1);
    CHECK(closed[0].figures.entries == 1);
    CHECK(closed[0].figures.pages_used == 1);
    CHECK(closed[0].digest.size() == 32);
    CHECK(close().problem().code == "registers.closed_already");
    const auto fields = house.now().first;
    const auto enter = [&](registers::SeriesId into) {
        return house.office().database.write({registers::lock_of(into)}, [&](storage::Writer& db) {
            return registers::enter(
                db,
                house.by("justice_civil_status_officer"),
                house.office().keys,
                *house.births(),
                {.series = into, .registered_on = house.act().today(), .fields = fields}
            );
        });
    };
    const auto refused = enter(series);
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "registers.book_closed");
    CHECK(house.faults() == 0);

    // Later notes go on; the closing still fits what it counted.
    const auto proposal = house.propose("justice_civil_status_officer").value();
    REQUIRE(house.decide("chairman", proposal, true));
    CHECK(house.faults() == 0);
    const auto next =
        registers::series_of(house.office().database, house.office().ids, "births", house.now().agency, 2017);
    CHECK(enter(next).value().number == 1);

    // What was counted cannot be touched without being found.
    REQUIRE(house.office().database.write({}, [&](storage::Writer& db) -> Result<Done> {
        db.execute("UPDATE register_closing SET entries = 2");
        return Done{};
    }));
    CHECK(house.faults() == 1);
}

}  // namespace thien_an::civil_status
