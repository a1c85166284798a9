#include <doctest/doctest.h>

#include <set>

#include "engine/documents/document_store.h"
#include "engine/documents/numbers.h"
#include "engine/storage/at_once.h"

#include "systems/civil_status/commune_for_tests.h"

namespace thien_an::civil_status {
namespace {

using casework::CaseWorld;
using registers::EntryId;
using storage::TestDatabases;

/// A commune where several act at once.
struct RacingCommune : Commune {
    using Commune::Commune;

    casework::TaskId task()
    {
        const auto open = office().database.read([&](storage::Reader& db) {
            return workflow::open_tasks(db, workflow::InstanceId{dossier().instance});
        });
        REQUIRE(open.size() == 1);
        return open[0].id;
    }
    /// How many events of the kind the dossier has.
    std::int64_t events(std::string_view kind)
    {
        return office().database.read([&](storage::Reader& db) {
            const auto all = casework::events_of(db, world.dossier_id());
            return std::count_if(all.begin(), all.end(), [&](const auto& e) { return e.kind == kind; });
        });
    }
    /// Every fold and figure agrees with its history.
    void check_all()
    {
        const auto states = casework::verify_dossiers(office().database);
        CHECK(states.faults.empty());
        CHECK(casework::recount(office().database).faults.empty());
        const auto births =
            registers::verify(office().database, office().keys, *office().packs.reg("births"));
        CHECK(births.faults.empty());
        office().database.read([&](storage::Reader& db) {
            CHECK(documents::check_numbers(db).empty());
            CHECK(documents::check_documents(db).empty());
        });
    }
};

const std::string checked = received + "when one_stop_officer completes pass_on with pass_on\n";

/// Two acts at once; the codes of what was refused, joined.
template <typename Act>
std::string refused_of_two(int expected_done, Act act)
{
    std::array<std::string, 2> refused;
    CHECK(storage::at_once(2, [&](int i) {
              const auto problem = act(i);
              if (problem) refused.at(std::size_t(i)) = problem->code;
              return !problem;
          }) == expected_done);
    return refused[0] + refused[1];
}

template <typename T>
std::optional<Problem> problem_of(const Result<T>& result)
{
    return result ? std::nullopt : std::optional(result.problem());
}

TEST_DATABASES("of two officers who receive one dossier at once one does, and the other is told")
{
    RacingCommune commune(databases);
    commune.walk(filed);
    const auto task = commune.task();
    const auto officer = commune.world.actor("one_stop_officer");
    CHECK(refused_of_two(1, [&](int) {
              return problem_of(
                  casework::complete_task(commune.office(), officer, task, {.outcome = "receive"})
              );
          }) == "casework.task_done");
    CHECK(commune.events("received") == 1);
    commune.check_all();
}

TEST_DATABASES("a supplement is asked for once, however many ask at once, and answered once")
{
    RacingCommune commune(databases);
    commune.walk(received);
    const auto task = commune.task();
    const auto officer = commune.world.actor("one_stop_officer");
    CHECK(refused_of_two(1, [&](int) {
              return problem_of(casework::complete_task(
                  commune.office(), officer, task, {.outcome = "supplement", .reason = "Ảnh mờ"}
              ));
          }) == "casework.task_done");
    CHECK(commune.dossier().supplements_asked == 1);
    const auto mother = commune.world.actor("mother");
    const auto photo = commune.world.scan();
    CHECK(refused_of_two(1, [&](int) {
              return problem_of(casework::answer_supplement(
                  commune.office(),
                  mother,
                  commune.world.dossier_id(),
                  {{"birth_notification", photo, "anh.jpg"}},
                  ""
              ));
          }) == "casework.no_supplement_asked");
    CHECK(commune.events("supplement_answered") == 1);
    commune.check_all();
}

TEST_DATABASES(
    "an applicant who withdraws while the officer enters the birth ends with one answer, and a sound register"
)
{
    for (int round = 0; round < 3; ++round) {
        RacingCommune commune(databases);
        commune.walk(checked);
        const auto task = commune.task();
        const auto officer = commune.world.actor("justice_civil_status_officer");
        const auto mother = commune.world.actor("mother");
        refused_of_two(2, [&](int i) -> std::optional<Problem> {
            if (i == round % 2) {
                const auto entered =
                    casework::complete_task(commune.office(), officer, task, {.outcome = "enter"});
                // Withdrawn first: the officer is told, and that is well.
                if (!entered) CHECK(entered.problem().code == "casework.task_withdrawn");
                return std::nullopt;
            }
            return problem_of(casework::withdraw(commune.office(), mother, commune.world.dossier_id(), ""));
        });
        CHECK(commune.dossier().state == casework::DossierState::withdrawn);
        commune.check_all();
    }
}

TEST_DATABASES("CR12: of two who take one task at once one has it, and who has not cannot finish it")
{
    RacingCommune commune(databases);
    commune.walk(checked + "when justice_civil_status_officer completes check with enter\n");
    const auto task = commune.task();
    const std::array who{commune.world.actor("chairman"), commune.world.actor("vice_chairman")};
    std::array<bool, 2> has{};
    CHECK(refused_of_two(1, [&](int i) {
              const auto claimed = casework::claim_task(commune.office(), who.at(std::size_t(i)), task);
              has.at(std::size_t(i)) = bool(claimed);
              return problem_of(claimed);
          }) == "casework.task_taken");
    const auto other =
        casework::complete_task(commune.office(), who.at(has[0] ? 1 : 0), task, {.outcome = "approve"});
    CHECK(other.problem().code == "casework.task_taken");
    CHECK(casework::complete_task(commune.office(), who.at(has[0] ? 0 : 1), task, {.outcome = "approve"}));
    commune.check_all();
}

TEST_DATABASES("the same filing sent twice at once is one dossier; the same key with another body is refused")
{
    RacingCommune commune(databases);
    commune.walk("given now is 2016-03-22T08:00\nwhen now is 2016-03-22T08:01\n");
    const auto mother = commune.world.actor("mother");
    const auto filing = commune.world.filing("mother", {}, 0);
    const casework::Once once{.client = "c1", .route = "POST /api/v1/dossiers", .key = "k1"};
    std::array<std::string, 4> codes;
    CHECK(storage::at_once(4, [&](int i) {
              auto done = casework::submit(commune.office(), mother, filing, once);
              if (done) codes.at(std::size_t(i)) = done.value().code;
              return bool(done);
          }) == 4);
    CHECK(std::set<std::string>(codes.begin(), codes.end()).size() == 1);
    auto other = filing;
    other.applicant.phone = "0905000111";
    CHECK_FALSE(casework::submit(commune.office(), mother, other, once));
    CHECK(casework::verify_dossiers(commune.office().database).dossiers == 1);
    commune.check_all();
}

TEST_DATABASES("filings at once get codes without gap or double")
{
    RacingCommune commune(databases);
    commune.walk("given now is 2016-03-22T08:00\nwhen now is 2016-03-22T08:01\n");
    const auto mother = commune.world.actor("mother");
    const auto filing = commune.world.filing("mother", {}, 0);
    constexpr int many = 8;
    std::array<std::string, many> codes;
    CHECK(storage::at_once(many, [&](int i) {
              auto done = casework::submit(commune.office(), mother, filing);
              if (done) codes.at(std::size_t(i)) = done.value().code;
              return bool(done);
          }) == many);
    const std::set<std::string> sorted(codes.begin(), codes.end());
    CHECK(sorted.size() == many);
    CHECK(sorted.begin()->ends_with("-0001"));
    CHECK(sorted.rbegin()->ends_with("-0008"));
    commune.check_all();
}

TEST_DATABASES("births entered at once are numbered without gap or double")
{
    RacingCommune commune(databases);
    commune.walk("given now is 2016-03-22T08:00\n");
    constexpr int many = 4;
    std::vector<casework::TaskId> tasks;
    for (int i = 0; i < many; ++i) {
        const auto name =
            "Nguyễn Thị " + std::string(std::array{"Anh", "Bông", "Cúc", "Dung"}.at(std::size_t(i)));
        commune.walk(
            "when mother files /child/full_name = \"" + name +
            "\"\nwhen one_stop_officer receives\nwhen one_stop_officer completes pass_on with pass_on\n"
        );
        tasks.push_back(commune.task());
    }
    const auto officer = commune.world.actor("justice_civil_status_officer");
    // The same mother, the same day: the register asks, and is answered.
    const json::value answer = {{"duplicate_answer", "not_duplicate"}, {"duplicate_reason", "Sinh tư"}};
    CHECK(storage::at_once(many, [&](int i) {
              const auto done = casework::complete_task(
                  commune.office(), officer, tasks.at(std::size_t(i)), {.outcome = "enter", .form = answer}
              );
              CHECK(problem_of(done).value_or(Problem{}).code == "");
              return bool(done);
          }) == many);
    const auto births = registers::verify(
        commune.office().database, commune.office().keys, *commune.office().packs.reg("births")
    );
    CHECK(births.entries == many);
    commune.check_all();
}

/// Births of 2026 entered one by one, whose numbers are still with the national database.
std::vector<EntryId> births_without_number(RacingCommune& commune, const std::vector<std::string>& names)
{
    commune.walk(
        "given now is 2026-07-01T08:00\ngiven /requester/identity/kind = \"identity_card\"\ngiven "
        "/requester/identity/number = \"051191000111\"\n"
    );
    std::vector<EntryId> entries;
    for (const auto& name : names) {
        commune.walk(
            "when mother files /child/full_name = \"Nguyễn Thị " + name +
            "\" /child/born_on = 2026-06-20\nwhen one_stop_officer receives\n"
            "when one_stop_officer completes pass_on with pass_on\n"
        );
        const auto done = casework::complete_task(
            commune.office(),
            commune.world.actor("justice_civil_status_officer"),
            commune.task(),
            {.outcome = "enter",
             .form = {{"duplicate_answer", "not_duplicate"}, {"duplicate_reason", "Sinh tư"}}}
        );
        CHECK(problem_of(done).value_or(Problem{}).code == "");
        entries.push_back({commune.dossier().entry});
    }
    return entries;
}

TEST_DATABASES("numbers that come back while officers note in the same book leave its chain whole")
{
    RacingCommune commune(databases);
    const auto entries = births_without_number(commune, {"Anh", "Bông", "Cúc", "Dung"});
    auto& office = commune.office();
    const auto births = office.packs.reg("births");
    const auto series =
        commune.read([&](storage::Reader& db) { return registers::series_of_entry(db, entries.front()); });
    const identity::Act act{
        commune.world.actor("justice_civil_status_officer"), office.clock.now(), office.ids};
    storage::OutboxHandlers handlers;
    handlers.emplace(personal_number_kind, population_handler(office, commune.population));
    constexpr int notes = 24;
    const auto note = [&](int i) {
        return office.database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
            return registers::add_note(
                db,
                act,
                office.keys,
                *births,
                {.entry = entries.at(std::size_t(i) % entries.size()),
                 .kind = "correction",
                 .decision = "QĐ " + std::to_string(i),
                 .content = "Cải chính",
                 .fields = {}}
            );
        });
    };
    CHECK(storage::at_once(2, [&](int i) {
              if (i == 0)
                  return storage::outbox_run_due(office.database, office.ids, handlers, act.now) ==
                         entries.size();
              bool all = true;
              for (int n = 0; n < notes; ++n) all = bool(note(n)) && all;
              return all;
          }) == 2);
    std::size_t kept = 0;
    for (const auto id : entries) {
        const auto entry = commune.read([&](storage::Reader& db) {
            return registers::find_entry(db, office.keys, *births, id);
        });
        if (entry.value().fields.contains("personal_number")) ++kept;
    }
    CHECK(kept == entries.size());
    const auto report = registers::verify(office.database, office.keys, *births);
    CHECK(report.notes == notes + std::int64_t(entries.size()));
    commune.check_all();
}

TEST_DATABASES("what another node publishes is in force here with the next round of work")
{
    RacingCommune commune(databases);
    commune.walk("given now is 2016-03-22T08:00\nwhen now is 2016-03-22T08:01\n");
    auto& here = commune.office().packs;
    auto files = here.procedure("birth_registration")->files();
    auto source = json::parse(files["procedure.json"]).value();
    json::set(source, "/name/en", json::value("Registering births"));
    files["procedure.json"] = json::text_of(source);
    auto known = commune.from.known();
    known.registers = here.register_ids();
    casework::Packs there(commune.office().database, known);
    std::vector<casework::PackFault> faults;
    const identity::Act act{{}, commune.office().clock.now(), commune.office().ids};
    REQUIRE(there.publish("procedure", files, act, faults));
    CHECK(here.procedure("birth_registration")->name().en != "Registering births");
    commune.walk("when now is 2016-03-22T08:02\n");
    CHECK(here.procedure("birth_registration")->name().en == "Registering births");
}

TEST_DATABASES("a process that is stuck is heard of, and goes on when its step is tried again")
{
    RacingCommune commune(databases);
    commune.walk(filed);
    const auto dossier = commune.dossier();
    auto& office = commune.office();
    const auto before = commune.task();
    // As if its step could not be made: the token is stuck, and an incident says so.
    constexpr std::int64_t incident = 4711;
    const auto planted = office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        auto rows = db.query("SELECT state FROM process_instance WHERE id = ?1", dossier.instance);
        rows.next();
        auto state = json::parse(rows.text(0)).value();
        auto& token = state.as_object()["tokens"].as_array().at(0).as_object();
        token["at"] = std::int64_t(4);
        const auto id = token["id"].to_number<std::int64_t>();
        db.execute(
            "UPDATE process_instance SET state = ?2 WHERE id = ?1", dossier.instance, json::text_of(state)
        );
        db.execute(
            "INSERT INTO process_incident (id, instance, owner, node, token, problem, at) VALUES (?1, ?2, "
            "?3, 'receive', ?4, "
            "'{\"code\":\"workflow.no_flow_taken\"}', 0)",
            incident,
            dossier.instance,
            dossier.id,
            id
        );
        return Done{};
    });
    REQUIRE(planted);
    const identity::Act act{commune.world.actor("one_stop_officer"), office.clock.now(), office.ids};
    REQUIRE(casework::retry_process(office, act, incident));
    const auto after = commune.task();
    CHECK(after != before);
    CHECK(casework::retry_process(office, act, incident).problem().code == "workflow.no_such_incident");
    CHECK(casework::verify_dossiers(office.database).faults.empty());
}

}  // namespace
}  // namespace thien_an::civil_status
