#include "engine/workflow/testing_engine.h"

// An instance and others: called processes, what is held, messages that come too late, starts by the clock.
using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

std::string task(const std::string& id, const std::string& more = "")
{
    return "<userTask id=\"" + id + "\"><extensionElements><ta:candidates>posts.desk</ta:candidates>" + more +
           "</extensionElements></userTask>";
}

const std::string begin = "<startEvent id=\"s1\"/>";
const std::string finish = "<endEvent id=\"z\"/>";

std::string receives(const std::string& id, const std::string& message = "m")
{
    return "<intermediateCatchEvent id=\"" + id + "\"><messageEventDefinition messageRef=\"" + message +
           "\"/></intermediateCatchEvent>";
}

/// Waits for a called process; its error e goes another way, and message n cancels it.
const std::string calling =
    begin +
    "<callActivity id=\"call\" calledElement=\"residence\"><extensionElements><ta:in name=\"s\">\"x\"</ta:in>"
    "<ta:out name=\"n\" from=\"n\"/></extensionElements></callActivity>"
    "<boundaryEvent id=\"bad\" attachedToRef=\"call\"><errorEventDefinition errorRef=\"e\"/></boundaryEvent>"
    "<boundaryEvent id=\"stop\" attachedToRef=\"call\"><messageEventDefinition "
    "messageRef=\"n\"/></boundaryEvent>" +
    task("after") + task("repair") + task("stopped") + finish + flow("s1", "call") + flow("call", "after") +
    flow("bad", "repair") + flow("stop", "stopped") + flow("after", "z") + flow("repair", "z") +
    flow("stopped", "z");

std::vector<InstanceId> due(House& house)
{
    return house.db->read([&](storage::Reader& r) { return house.engine.due(r, house.now, 10); });
}

/// All that is due, until nothing is; the names of the steps opened on the way.
std::string run_due(House& house)
{
    std::string opened;
    for (int round = 0; round < 10; ++round) {
        const auto ready = due(house);
        if (ready.empty()) return opened;
        for (const auto id : ready) {
            const auto done =
                house.write([&](storage::Writer& w) { return house.engine.tick(w, {}, house.now, id); });
            REQUIRE(done);
            for (const auto& one : done.value().opened) opened += (opened.empty() ? "" : " ") + one.node;
        }
    }
    FAIL("it never rests");
    return opened;
}

Task only_task(House& house, InstanceId id)
{
    const auto open = house.db->read([&](storage::Reader& r) { return open_tasks(r, id); });
    REQUIRE(open.size() == 1);
    return open.front();
}

Result<Advanced> tell(House& house, InstanceId to, const std::string& name, const std::string& id = "")
{
    return house.write([&](storage::Writer& w) {
        return house.engine.correlate(
            w, {}, house.now, to, {.name = name, .key = {}, .id = id, .variables = {}, .reason = {}}
        );
    });
}

Result<Hold> hold(House& house, HoldOf of, std::int64_t what, const std::string& why = "kiểm tra")
{
    return house.write([&](storage::Writer& w) {
        return house.engine.hold(w, officer(5, 13), house.now, of, what, why);
    });
}

Result<Done> release(House& house, HoldOf of, std::int64_t what)
{
    return house.write([&](storage::Writer& w) {
        return house.engine.release(w, officer(5, 13), house.now, of, what, "xong");
    });
}

Instance instance(House& house, InstanceId id)
{
    return house.db->read([&](storage::Reader& r) { return find_instance(r, id); }).value();
}

Instance called(House& house, InstanceId id)
{
    const auto all = house.db->read([&](storage::Reader& r) { return called_by(r, id); });
    REQUIRE(all.size() == 1);
    return all.front();
}

}  // namespace

TEST_DATABASES("a called process runs as an instance of its own, and gives back what it is asked for")
{
    House house(databases, calling);
    house.host.add(
        2,
        begin + task("b") +
            "<scriptTask id=\"x\" scriptFormat=\"feel\"><extensionElements><ta:result into=\"n\"/>"
            "</extensionElements><script>string length(s) + 6</script></scriptTask>" +
            finish + flow("s1", "b") + flow("b", "x") + flow("x", "z")
    );
    const auto caller = house.start().instance.id;
    CHECK(house.host.calls == std::vector<std::string>{"residence"});
    // The version is bound when it is called, not when it begins.
    house.host.called_version = 3;
    const auto child = called(house, caller);
    CHECK(child.definition == 2);
    CHECK(child.agency == AgencyId{4});
    CHECK(child.owner == 79);
    CHECK(run_due(house) == "b");
    CHECK(due(house).empty());
    REQUIRE(house.complete(only_task(house, child.id).id, officer(1, 11)));
    CHECK(run_due(house) == "after");
    CHECK(instance(house, child.id).state == InstanceState::completed);
    const auto variables = house.db->read([&](storage::Reader& r) { return variables_of(r, caller); });
    CHECK(json::integer_or(json::value(variables), "n") == 7);
    CHECK(house.replayed(caller).empty());
    CHECK(house.replayed(child.id).empty());
    // What others look up by its owner is the caller, not what it called.
    CHECK(house.db->read([&](storage::Reader& r) { return instance_of(r, 77); })->id == caller);
    CHECK_FALSE(house.db->read([&](storage::Reader& r) { return instance_of(r, 79); }));
}

TEST_DATABASES("an error of a called process comes up, and stopping the caller stops it")
{
    House house(databases, calling);
    house.host.add(
        2,
        begin + task("b") + "<endEvent id=\"zz\"><errorEventDefinition errorRef=\"e\"/></endEvent>" +
            flow("s1", "b") + flow("b", "zz")
    );
    const auto caller = house.start().instance.id;
    CHECK(run_due(house) == "b");
    REQUIRE(house.complete(only_task(house, called(house, caller).id).id, officer(1, 11)));
    CHECK(run_due(house) == "repair");

    const auto second = house.start().instance.id;
    CHECK(run_due(house) == "b");
    REQUIRE(tell(house, second, "n"));
    CHECK(only_task(house, second).node == "stopped");
    CHECK(run_due(house).empty());
    const auto child = called(house, second);
    CHECK(child.state == InstanceState::cancelled);
    CHECK(
        house.queue(11).size() == 2
    );  // "repair" of the first, "stopped" of the second: nothing of the child.

    // Cancelled as a whole, before the child had begun.
    const auto third = house.start().instance.id;
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.cancel(w, officer(1, 11), house.now, third, "rút");
    }));
    CHECK(run_due(house).empty());
    CHECK(called(house, third).state == InstanceState::cancelled);
    CHECK(house.replayed(called(house, third).id).empty());
}

TEST_DATABASES("a called process that is stopped by itself is a failure of the caller, which people repair")
{
    House house(databases, calling);
    house.host.add(2, begin + task("b") + finish + flow("s1", "b") + flow("b", "z"));
    const auto caller = house.start().instance.id;
    CHECK(run_due(house) == "b");
    const auto first = called(house, caller).id;
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.cancel(w, officer(1, 11), house.now, first, "nhầm");
    }));
    CHECK(run_due(house).empty());
    CHECK(house.host.stuck_at == std::vector<std::string>{"call:workflow.called_was_stopped"});
    const auto open = house.db->read([&](storage::Reader& r) { return incidents(r, 10); });
    REQUIRE(open.size() == 1);
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.retry(w, officer(1, 11), house.now, open.front().id);
    }));
    CHECK(run_due(house) == "b");  // Called once more.
    CHECK(house.db->read([&](storage::Reader& r) { return called_by(r, caller).size(); }) == 2);
}

TEST_DATABASES("a held instance does nothing, loses nothing, and goes on when it is let go")
{
    House house(
        databases,
        begin + task("a") + "<boundaryEvent id=\"late\" attachedToRef=\"a\" cancelActivity=\"false\">" +
            timer("PT1H") + "</boundaryEvent>" + task("remind") + receives("c") + task("b") + finish +
            flow("s1", "a") + flow("late", "remind") + flow("remind", "z") + flow("a", "c") + flow("c", "b") +
            flow("b", "z")
    );
    const auto id = house.start().instance.id;
    const auto a = only_task(house, id);
    CHECK(hold(house, HoldOf::instance, id.value, "").problem().code == "workflow.reason_missing");
    REQUIRE(hold(house, HoldOf::instance, id.value));
    CHECK(hold(house, HoldOf::instance, id.value).problem().code == "workflow.already_held");
    const auto refused = house.complete(a.id, officer(1, 11));
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "workflow.held_instance");
    CHECK(refused.problem().words.front().second == "kiểm tra");
    house.now += std::chrono::hours{2};
    CHECK(due(house).empty());
    CHECK(tell(house, id, "m", "once").value().kept);
    REQUIRE(release(house, HoldOf::instance, id.value));
    CHECK(release(house, HoldOf::instance, id.value).problem().code == "workflow.not_held");
    CHECK(run_due(house) == "remind");
    REQUIRE(house.complete(a.id, officer(1, 11)));
    CHECK(house.queue(11).back().node == "b");  // The message that came meanwhile was taken.
    CHECK(house.replayed(id).empty());
}

TEST_DATABASES("holding an instance holds what it called; holding a version or an agency holds all of it")
{
    House house(databases, calling);
    house.host.add(2, begin + task("b") + finish + flow("s1", "b") + flow("b", "z"));
    const auto caller = house.start().instance.id;
    CHECK(run_due(house) == "b");
    const auto b = only_task(house, called(house, caller).id);
    REQUIRE(hold(house, HoldOf::instance, caller.value));
    CHECK(house.complete(b.id, officer(1, 11)).problem().code == "workflow.held_instance");
    REQUIRE(release(house, HoldOf::instance, caller.value));

    REQUIRE(hold(house, HoldOf::agency, 4));
    CHECK(house.complete(b.id, officer(1, 11)).problem().code == "workflow.held_agency");
    REQUIRE(release(house, HoldOf::agency, 4));

    REQUIRE(hold(house, HoldOf::definition, 2));
    CHECK(house.complete(b.id, officer(1, 11)).problem().code == "workflow.held_definition");
    CHECK(house.db->read([](storage::Reader& r) { return holds(r, 10).size(); }) == 1);
    const auto held = house.write([&](storage::Writer& w) {
        return house.engine.start(
            w, officer(1, 11), house.now, {.definition = 2, .owner = 78, .key = "K2", .agency = AgencyId{3}}
        );
    });
    CHECK(held.problem().code == "workflow.held_definition");
    REQUIRE(release(house, HoldOf::definition, 2));
    REQUIRE(house.complete(b.id, officer(1, 11)));
    CHECK(run_due(house) == "after");
}

TEST_DATABASES("an answer from outside that comes while the instance is held is not lost")
{
    House house(
        databases,
        begin +
            "<serviceTask id=\"x\"><extensionElements><ta:action name=\"ask\" mode=\"outbox\"><ta:out "
            "name=\"n\" "
            "from=\"n\"/></ta:action></extensionElements></serviceTask>" +
            task("a") + finish + flow("s1", "x") + flow("x", "a") + flow("a", "z")
    );
    const auto id = house.start().instance.id;
    REQUIRE(house.host.sent.size() == 1);
    REQUIRE(hold(house, HoldOf::instance, id.value));
    const auto answer = [&] {
        return house.write([&](storage::Writer& w) {
            return house.engine.answer(w, {}, house.now, house.host.sent.front(), {{"n", 9}});
        });
    };
    CHECK(answer().value().opened.empty());
    CHECK(answer().value().opened.empty());  // Sent again: taken once.
    REQUIRE(release(house, HoldOf::instance, id.value));
    CHECK(run_due(house) == "a");
    const auto variables = house.db->read([&](storage::Reader& r) { return variables_of(r, id); });
    CHECK(json::integer_or(json::value(variables), "n") == 9);
}

TEST_DATABASES("a message that comes too late is filed and becomes a clerk's task; one that is early is kept")
{
    House house(
        databases,
        begin + receives("c") + task("a") + receives("d", "n") + finish + flow("s1", "c") + flow("c", "a") +
            flow("a", "d") + flow("d", "z")
    );
    house.host.clerks = {PostId{12}};
    const auto id = house.start().instance.id;
    CHECK(tell(house, id, "n").value().kept);  // Early: "d" will wait for it.
    REQUIRE(tell(house, id, "m"));
    const auto passed = tell(house, id, "m").value();  // Nobody waits for it again.
    CHECK(passed.late);
    CHECK_FALSE(passed.kept);
    REQUIRE(passed.opened.size() == 1);
    CHECK(passed.opened.front().node == "late:m");
    CHECK(house.host.late_ones == std::vector<std::string>{"m:passed"});
    for (const auto& one : house.queue(11)) {
        if (one.node == "a") {
            const auto ended = house.complete(one.id, officer(1, 11)).value();
            CHECK(ended.instance.state == InstanceState::completed);
        }
    }
    const auto after = tell(house, id, "m").value();  // To one that has ended: no error, a task.
    CHECK(after.late);
    CHECK(house.host.late_ones.back() == "m:ended");
    CHECK(house.queue(12).size() == 2);
    for (const auto& one : house.queue(12)) REQUIRE(house.complete(one.id, officer(2, 12), "seen"));
    CHECK(house.queue(12).empty());
    CHECK(house.replayed(id).empty());
}

TEST_DATABASES("a message is kept as long as it says; then it is late, or given back when it was for nobody")
{
    House house(
        databases,
        begin + task("a") + receives("c") + finish + flow("s1", "a") + flow("a", "c") + flow("c", "z")
    );
    const auto id = house.start().instance.id;
    CHECK(tell(house, id, "m", "once").value().kept);
    const auto nobody = house.write([&](storage::Writer& w) {
        return house.engine.correlate(
            w,
            {},
            house.now,
            {},
            {.name = "m", .key = "ELSEWHERE", .id = "two", .variables = {{"n", 1}}, .reason = {}}
        );
    });
    CHECK(nobody.value().kept);
    const auto expire = [&] {
        return house.write([&](storage::Writer& w) { return house.engine.expire(w, house.now, 10); }).value();
    };
    CHECK(expire().empty());
    house.now += messages_kept + std::chrono::hours{1};
    const auto given_back = expire();
    REQUIRE(given_back.size() == 1);
    CHECK(given_back.front().key == "ELSEWHERE");
    CHECK(given_back.front().id == "two");
    CHECK(expire().empty());
    CHECK(run_due(house).empty());
    CHECK(house.host.late_ones == std::vector<std::string>{"m:expired"});
    // The step goes on waiting: it was not given the message.
    REQUIRE(house.complete(only_task(house, id).id, officer(1, 11)));
    CHECK(instance(house, id).state == InstanceState::running);
    CHECK(tell(house, id, "m", "once").value().instance.state == InstanceState::running);  // Known already.
    CHECK(tell(house, id, "m", "other").value().instance.state == InstanceState::completed);
}

TEST_DATABASES("a timer start event starts instances when it is due, as often as it says")
{
    House house(databases, begin + task("a") + finish + flow("s1", "a") + flow("a", "z"));
    house.host.add(
        2,
        "<startEvent id=\"daily\">" + timer("R3/P1D", "timeCycle") + "</startEvent>" + task("a") + finish +
            flow("daily", "a") + flow("a", "z")
    );
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.schedule(w, 2, AgencyId{3}, house.now);
    }));
    const auto starts = [&] {
        return house.db->read([&](storage::Reader& r) { return house.engine.due_starts(r, house.now, 10); });
    };
    const auto fire = [&] {
        const auto ready = starts();
        REQUIRE(ready.size() == 1);
        return house
            .write([&](storage::Writer& w) {
                return house.engine.start_scheduled(w, {}, house.now, ready.front());
            })
            .value();
    };
    CHECK(starts().empty());
    house.now += std::chrono::hours{24};
    const auto first = fire();
    CHECK(first.opened.size() == 1);
    CHECK(first.instance.owner == 80);
    CHECK(first.instance.definition == 2);
    CHECK(starts().empty());
    house.now += std::chrono::hours{25};
    REQUIRE(hold(house, HoldOf::definition, 2));
    CHECK(starts().empty());
    REQUIRE(release(house, HoldOf::definition, 2));
    fire();
    house.now += std::chrono::hours{23};  // Counted from when it was due, not from when it was served.
    fire();
    house.now += std::chrono::hours{100};
    CHECK(starts().empty());  // Three times.
}

TEST_DATABASES("a place the history does not know of is found when it is told again")
{
    House house(
        databases, begin + task("a") + task("b") + finish + flow("s1", "a") + flow("a", "b") + flow("b", "z")
    );
    const auto id = house.start().instance.id;
    CHECK(house.replayed(id).empty());
    const auto done = house.write([&](storage::Writer& w) -> Result<Done> {
        w.execute(
            "UPDATE process_instance SET state = replace(state, '\"node\":\"a\"', '\"node\":\"b\"') WHERE id "
            "= ?1",
            id
        );
        return Done{};
    });
    REQUIRE(done);
    const auto faults = house.replayed(id);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].code == "workflow.proof.never_entered");
    CHECK(faults[0].words.front().second == "b");
}
