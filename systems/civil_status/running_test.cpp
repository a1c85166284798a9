#include <doctest/doctest.h>

#include "engine/casework/fee_explanation.h"
#include "engine/casework/processes.h"
#include "engine/casework/reading.h"

#include "systems/civil_status/commune_for_tests.h"

// What those who run the processes do: hold and let go, move dossiers to a new version, look at what came too late; and why
// a fee is what it is. With a birth registration.
namespace thien_an::civil_status {
using workflow::HoldOf;

TEST_DATABASES("a held dossier goes nowhere until it is let go, and its limit runs on")
{
    Commune commune(databases);
    commune.walk(received);
    const auto code = commune.dossier().code;
    const auto hold = [&](HoldOf of, std::string_view what, std::string_view reason = "thanh tra") {
        return casework::hold_process(commune.office(), commune.act(), of, what, reason);
    };
    CHECK(hold(HoldOf::instance, code, "").problem().code == "workflow.reason_missing");
    CHECK(hold(HoldOf::instance, "nothing").problem().code == "casework.no_such_dossier");
    REQUIRE(hold(HoldOf::instance, code));
    const auto due = commune.dossier().due;
    CHECK(commune.complete("pass_on").problem().code == "workflow.held_instance");
    auto held = casework::held_processes(commune.office());
    REQUIRE(held.size() == 1);
    CHECK(held[0].what == code);
    CHECK(held[0].hold.reason == "thanh tra");
    CHECK(commune.dossier().due == due);
    CHECK(
        casework::release_process(commune.office(), commune.act(), held[0].hold.id, "").problem().code ==
        "workflow.reason_missing"
    );
    REQUIRE(casework::release_process(commune.office(), commune.act(), held[0].hold.id, "xong"));
    CHECK(commune.complete("pass_on"));

    REQUIRE(hold(HoldOf::definition, "birth_registration"));
    CHECK(hold(HoldOf::definition, "birth_registration").problem().code == "workflow.already_held");
    held = casework::held_processes(commune.office());
    REQUIRE(held.size() == 1);
    CHECK(held[0].what == "birth_registration");
    CHECK(commune.tasks().size() == 1);
    CHECK(
        casework::complete_task(
            commune.office(),
            commune.world.actor("justice_civil_status_officer"),
            commune.tasks().front().id,
            {.outcome = "supplement", .reason = "thiếu"}
        )
            .problem()
            .code == "workflow.held_definition"
    );
    REQUIRE(casework::release_process(commune.office(), commune.act(), held[0].hold.id, "xong"));
    CHECK(casework::held_processes(commune.office()).empty());
    CHECK(
        casework::release_process(commune.office(), commune.act(), held[0].hold.id, "xong").problem().code ==
        "workflow.not_held"
    );
    CHECK(casework::verify_dossiers(commune.office().database).faults.empty());
}

TEST_DATABASES("received dossiers move to the version in force by a map, with every reason why one cannot")
{
    Commune commune(databases);
    commune.walk(received);
    const auto old = commune.dossier().pack;
    const auto due = commune.dossier().due;
    commune.publish({{"\"pass_on\"", "\"forward\""}, {">pass_on<", ">forward<"}});
    auto found = casework::movable_dossiers(commune.office(), "birth_registration", {}, 10);
    REQUIRE(found.dossiers.size() == 1);
    CHECK(found.dossiers[0].pack == old);
    REQUIRE_FALSE(found.dossiers[0].reasons.empty());
    CHECK(found.dossiers[0].reasons[0].code == "workflow.migration_no_node");
    const workflow::MigrationMap map{{"pass_on", "forward"}};
    const auto move = [&](const workflow::MigrationMap& by, std::string_view reason = "bản mới") {
        return casework::move_dossiers(commune.office(), commune.act(), "birth_registration", by, reason, 10);
    };
    CHECK(move(map, "").problem().code == "workflow.reason_missing");
    CHECK(move({}).value() == 0);
    found = casework::movable_dossiers(commune.office(), "birth_registration", map, 10);
    CHECK(found.dossiers.at(0).reasons.empty());
    CHECK(move(map).value() == 1);
    CHECK(casework::movable_dossiers(commune.office(), "birth_registration", map, 10).dossiers.empty());
    CHECK(commune.dossier().pack != old);
    CHECK(commune.dossier().due == due);
    REQUIRE(commune.tasks().size() == 1);
    CHECK(commune.tasks()[0].node == "forward");
    const auto replayed = commune.read([&](storage::Reader& db) {
        return workflow::replay(db, workflow::InstanceId{commune.dossier().instance});
    });
    CHECK(replayed.empty());
    CHECK(casework::verify_dossiers(commune.office().database).faults.empty());
}

TEST_DATABASES("a message that comes too late is in the timeline, and an officer looks at it")
{
    Commune commune(databases);
    commune.walk(received);
    const workflow::InstanceId instance{commune.dossier().instance};
    const auto plan =
        casework::plan_work(commune.office(), commune.world.dossier_id(), commune.office().clock.now())
            .value();
    const auto act = commune.act();
    const auto told =
        commune.office().database.write(plan.locks, [&](storage::Writer& db) -> Result<workflow::Advanced> {
            auto work = TRY(casework::open_work(commune.office(), db, act, plan));
            return casework::advance(work, [&](workflow::Engine& engine) {
                return engine.correlate(
                    db,
                    act.actor,
                    act.now,
                    instance,
                    {.name = "opinion", .key = {}, .id = "ministry 7", .variables = {}, .reason = {}}
                );
            });
        });
    REQUIRE(told);
    CHECK(told.value().late);
    auto tasks = commune.tasks();
    REQUIRE(tasks.size() == 2);
    const auto late = tasks[1];
    CHECK(late.node == "late:opinion");
    const auto seen =
        casework::find_task(commune.office(), commune.world.actor("one_stop_officer"), late.id).value();
    REQUIRE(seen.outcomes.size() == 1);
    CHECK(seen.outcomes[0].id == "seen");
    REQUIRE(casework::complete_task(
        commune.office(), commune.world.actor("one_stop_officer"), late.id, {.outcome = "seen"}
    ));
    CHECK(commune.tasks().size() == 1);
    CHECK(casework::verify_dossiers(commune.office().database).faults.empty());
}

TEST_DATABASES("a fee is explained by the rule that gave it, from what was kept")
{
    Commune commune(databases);
    commune.walk(
        "given now is 2016-06-22T08:00\ngiven /child/born_on = 2016-01-04\nwhen mother "
        "files\nwhen one_stop_officer receives\n"
    );
    const auto found = commune.read([&](storage::Reader& db) {
        return casework::explain_fee(commune.office(), db, commune.dossier());
    });
    REQUIRE(found);
    CHECK(found->amount == commune.dossier().fee);
    CHECK(found->amount.amount > 0);
    REQUIRE(found->inputs.size() == 2);
    CHECK(found->inputs[0].label == "Thời hạn đăng ký");
    CHECK(found->inputs[0].value.vi == "Quá hạn");
    REQUIRE(found->rules.size() == 3);
    CHECK_FALSE(found->rules[0].matched);
    CHECK(found->rules[2].matched);
    CHECK(found->rules[2].description == "Quá hạn, không thuộc diện miễn.");
    CHECK(found->columns.size() == 4);
    CHECK(found->law.find("60/2014") != std::string::npos);
    // Nothing of it lies open in the database.
    const auto kept = commune.read([&](storage::Reader& db) {
        return workflow::decisions(db, commune.world.dossier_id().value, 10);
    });
    REQUIRE(kept.size() == 1);
    CHECK(json::text_of(kept[0].inputs).find("late") == std::string::npos);
}

}  // namespace thien_an::civil_status
