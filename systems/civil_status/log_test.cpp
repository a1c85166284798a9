#include <doctest/doctest.h>

#include "engine/storage/incidents.h"
#include "engine/storage/outbox.h"

#include "systems/civil_status/commune_for_tests.h"

// The log of what was done is the record; what is asked of others waits in it until they answer; and whoever has taken a
// task is alone with it.
namespace thien_an::civil_status {
namespace {

/// Everything a dossier is, for comparing.
std::string written_out(const casework::Dossier& d)
{
    const auto moment = [](const std::optional<Instant>& at) {
        return at ? json::value(column(*at)) : json::value();
    };
    return json::canonical(json::value{
        {"code", d.code},
        {"procedure", d.procedure},
        {"pack", d.pack},
        {"agency", d.agency.value},
        {"received_at", d.received_at.value},
        {"state", casework::name_of(d.state)},
        {"applicant", d.applicant.value},
        {"title", d.title},
        {"filed_on", column(d.filed_on)},
        {"received_on", moment(d.received_on)},
        {"due", moment(d.due)},
        {"answer_by", moment(d.answer_by)},
        {"closed_on", moment(d.closed_on)},
        {"instance", d.instance},
        {"supplements_asked", d.supplements_asked},
        {"apologies", d.apologies},
        {"number_of_events", d.number_of_events},
        {"entry", d.entry},
        {"entry_number", d.entry_number},
        {"fee", d.fee.amount},
        {"fee_reason", d.fee_reason},
        {"rating", d.rating}});
}

/// The dossier as its log tells it, from nothing.
casework::Dossier folded(Commune& commune)
{
    casework::Dossier from_log;
    for (const auto& event : commune.read([&](storage::Reader& db) {
             return casework::events_of(db, commune.world.dossier_id());
         }))
        from_log = casework::applied(std::move(from_log), event);
    return from_log;
}

void check_replayed(Commune& commune)
{
    CHECK(written_out(folded(commune)) == written_out(commune.dossier()));
    CHECK(commune
              .read([&](storage::Reader& db) {
                  return workflow::replay(db, workflow::InstanceId{commune.dossier().instance});
              })
              .empty());
    auto& office = commune.office();
    CHECK(registers::verify(office.database, office.keys, *office.packs.reg("births")).faults.empty());
}

}  // namespace

TEST_DATABASES(
    "CR02: after every act the dossier is the fold of its log, and its process and book replay to the same"
)
{
    Commune commune(databases);
    for (const char* act :
         {"given now is 2016-03-22T08:00\ngiven forms birth_certificate_form KS 1 to 100\nwhen mother "
          "files\n",
          "when one_stop_officer receives\n",
          "when one_stop_officer completes pass_on with supplement because \"Ảnh mờ\"\n",
          "when mother supplements birth_notification\n",
          "when one_stop_officer completes pass_on with pass_on\n",
          "when justice_civil_status_officer completes check with enter\n",
          "when chairman completes approve with approve\n",
          "when justice_civil_status_officer completes print_certificate with printed /form_serial = "
          "\"KS 0000001\" /printed_well = true\n",
          "when clerk completes stamp with stamped\n",
          "when one_stop_officer completes hand_over with handed_over /handed_to = \"Phạm Thị Vy\" "
          "/handed_by = \"at_desk\" /register_signed = \"at_desk\"\n"}) {
        INFO(act);
        commune.walk(act);
        check_replayed(commune);
    }
    CHECK(commune.dossier().state == casework::DossierState::handed_over);
    CHECK(folded(commune).number_of_events > 8);
}

namespace {

/// A birth of 2026 that is entered and whose number is asked for; the national database answers what the test says.
struct Asked : Commune {
    explicit Asked(storage::TestDatabases& databases) : Commune(databases)
    {
        walk(
            "given now is 2026-07-01T08:00\ngiven /requester/identity/kind = \"identity_card\"\ngiven "
            "/requester/identity/number = \"051191000111\"\n"
            "when mother files /child/born_on = 2026-06-20\n"
            "when one_stop_officer receives\nwhen one_stop_officer completes pass_on with pass_on\n"
            "when justice_civil_status_officer completes check with enter\n"
        );
        handlers.emplace(personal_number_kind, population_handler(office(), population));
    }
    void run_at(Instant now) { storage::outbox_run_due(office().database, office().ids, handlers, now); }
    storage::OutboxState queue()
    {
        return read([&](storage::Reader& db) { return storage::outbox_state(db); });
    }
    bool has_number()
    {
        const auto entry = read([&](storage::Reader& db) {
            return registers::find_entry(
                db, office().keys, *office().packs.reg("births"), registers::EntryId{dossier().entry}
            );
        });
        return entry.value().fields.contains("personal_number");
    }
    /// Nothing of the answer is there.
    void check_still(const casework::Dossier& before)
    {
        CHECK_FALSE(has_number());
        CHECK(written_out(dossier()) == written_out(before));
        CHECK(casework::verify_dossiers(office().database).faults.empty());
        CHECK(registers::verify(office().database, office().keys, *office().packs.reg("births")).notes == 0);
    }
    storage::OutboxHandlers handlers;
};

}  // namespace

TEST_DATABASES(
    "CR04: while the other system is down the request stays, and nothing is half done; then it is accepted"
)
{
    Asked birth(databases);
    const auto before = birth.dossier();
    auto now = birth.office().clock.now();
    const auto waiting = birth.queue().waiting;
    CHECK(waiting > 0);
    for (int i = 0; i < 3; ++i) {
        birth.population.fail_next(storage::Sent::Outcome::retry);
        birth.run_at(now);
        CHECK(birth.queue().waiting == waiting);
        birth.check_still(before);
        now += std::chrono::hours{2};
    }
    birth.run_at(now);
    CHECK(birth.has_number());
    CHECK(birth.queue().waiting == waiting - 1);
    check_replayed(birth);
}

TEST_DATABASES(
    "CR04: what the other system rejects is an incident for people; asked again it is accepted, once"
)
{
    Asked birth(databases);
    const auto before = birth.dossier();
    const auto now = birth.office().clock.now();
    birth.population.fail_next(storage::Sent::Outcome::refused);
    birth.run_at(now);
    birth.check_still(before);
    const auto open = birth.read([&](storage::Reader& db) {
        return storage::incidents(db, storage::IncidentFilter::open);
    });
    REQUIRE(open.size() == 1);
    CHECK(open[0].report.aggregate_id == before.id.value);
    const auto again = [&] {
        return birth.office().database.write({}, [&](storage::Writer& db) {
            return storage::incident_resend(db, open[0].id, 1, now, "Đã sửa");
        });
    };
    REQUIRE(again());
    CHECK_FALSE(again());
    birth.run_at(now);
    CHECK(birth.has_number());
    CHECK(
        registers::verify(birth.office().database, birth.office().keys, *birth.office().packs.reg("births"))
            .notes == 1
    );
    check_replayed(birth);
}

TEST_DATABASES(
    "CR12: who has not taken the printing, or has given it back to another, neither prints nor finishes it"
)
{
    Commune commune(databases);
    commune.walk(
        "given now is 2016-03-22T08:00\ngiven forms birth_certificate_form KS 1 to 100\nwhen mother files\n"
        "when one_stop_officer receives\nwhen one_stop_officer completes pass_on with pass_on\n"
        "when justice_civil_status_officer completes check with enter\n"
        "when chairman completes approve with approve\n"
    );
    auto& office = commune.office();
    const auto officer = commune.world.actor("justice_civil_status_officer");
    const auto chairman = commune.world.actor("chairman");
    const auto print = [&](const identity::Actor& who) {
        return casework::form_print(office, who, commune.dossier().id, "certificate");
    };
    const auto finish = [&](const identity::Actor& who) {
        return casework::complete_task(
            office,
            who,
            commune.tasks().front().id,
            {.outcome = "printed", .form = {{"form_serial", "KS 0000001"}, {"printed_well", true}}}
        );
    };
    const auto task = commune.tasks().front().id;
    REQUIRE(casework::claim_task(office, officer, task));
    CHECK(print(chairman).problem().code == "casework.task_taken");
    CHECK_FALSE(finish(chairman));
    CHECK(print(officer));
    // Given to another post: it is no longer the officer's.
    REQUIRE(casework::release_task(office, officer, task));
    const auto other = commune.world.actor("vice_chairman");
    REQUIRE(casework::reassign_task(office, chairman, task, other.post, "Nghỉ phép"));
    CHECK(print(officer).problem().code == "casework.task_taken");
    CHECK(finish(officer).problem().code == "casework.task_taken");
    CHECK(print(other));
    CHECK(finish(other));
}

}  // namespace thien_an::civil_status
