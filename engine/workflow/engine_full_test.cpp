#include "engine/workflow/migrate.h"
#include "engine/workflow/testing_engine.h"

// Between instances: signals and messages; and instances that move to another version.
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

std::string caught(const std::string& definition)
{
    return "<intermediateCatchEvent id=\"c\">" + definition + "</intermediateCatchEvent>";
}

Advanced tick(House& house, InstanceId id)
{
    return house.write([&](storage::Writer& w) { return house.engine.tick(w, {}, house.now, id); }).value();
}

/// An instance of version 2.
void start_second(House& house)
{
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.start(
            w, officer(1, 11), house.now, {.definition = 2, .owner = 78, .key = "K2", .agency = AgencyId{3}}
        );
    }));
}

std::vector<InstanceId> due(House& house)
{
    return house.db->read([&](storage::Reader& r) { return house.engine.due(r, house.now, 10); });
}

}  // namespace

TEST_DATABASES("a signal reaches the instances that wait for it, once, and wakes them")
{
    const auto waits = begin + caught("<signalEventDefinition signalRef=\"g\"/>") + task("a") + finish +
                       flow("s1", "c") + flow("c", "a") + flow("a", "z");
    House house(databases, waits);
    const auto first = house.start().instance.id;
    const auto second = house.start().instance.id;
    house.host.add(
        2, begin + "<endEvent id=\"z\"><signalEventDefinition signalRef=\"g\"/></endEvent>" + flow("s1", "z")
    );
    start_second(house);
    const auto woken = due(house);
    CHECK(woken == std::vector<InstanceId>{first, second});
    for (const auto id : woken) CHECK(tick(house, id).opened.size() == 1);
    CHECK(due(house).empty());
    // Who comes later has missed it.
    const auto late = house.start();
    CHECK(late.opened.empty());
    CHECK(tick(house, late.instance.id).opened.empty());
}

TEST_DATABASES("a message sent by a process wakes the one that waits for its key, or is kept for it")
{
    House house(
        databases,
        begin + caught("<messageEventDefinition messageRef=\"m\"/>") + task("a") + finish + flow("s1", "c") +
            flow("c", "a") + flow("a", "z")
    );
    house.host.add(
        2,
        begin +
            "<intermediateThrowEvent "
            "id=\"t\"><extensionElements><ta:correlate>\"K1\"</ta:correlate></extensionElements>"
            "<messageEventDefinition messageRef=\"m\"/></intermediateThrowEvent>" +
            finish + flow("s1", "t") + flow("t", "z")
    );
    const auto waiting = house.start().instance.id;
    start_second(house);
    CHECK(due(house) == std::vector<InstanceId>{waiting});
    CHECK(tick(house, waiting).opened.size() == 1);
    start_second(house);  // Nobody waits: kept.
    CHECK(house.start().opened.size() == 1);
}

TEST_DATABASES("an instance moves to another version with its task, its timer and what it walked")
{
    const auto old_version = begin + task("a") + task("b") + finish +
                             "<boundaryEvent id=\"late\" attachedToRef=\"a\" cancelActivity=\"false\">" +
                             timer("PT8WH") + "</boundaryEvent><endEvent id=\"z2\"/>" + flow("s1", "a") +
                             flow("a", "b") + flow("b", "z") + flow("late", "z2");
    House house(databases, old_version);
    // The step has another name, one more follows, and one more boundary event is there.
    house.host.add(
        2,
        begin + task("check") + task("b") + task("sign") + finish +
            "<boundaryEvent id=\"late\" attachedToRef=\"check\" cancelActivity=\"false\">" + timer("PT8WH") +
            "</boundaryEvent><boundaryEvent id=\"stop\" attachedToRef=\"check\">"
            "<messageEventDefinition messageRef=\"m\"/></boundaryEvent><endEvent id=\"z2\"/><endEvent "
            "id=\"z3\"/>" +
            flow("s1", "check") + flow("check", "b") + flow("b", "sign") + flow("sign", "z") +
            flow("late", "z2") + flow("stop", "z3")
    );
    const auto started = house.start();
    const auto id = started.instance.id;
    const auto reasons =
        house.db->read([&](storage::Reader& r) { return house.engine.can_migrate(r, id, 2, {}); });
    REQUIRE(reasons.size() >= 1);
    CHECK(reasons[0].code == "workflow.migration_no_node");
    const auto refused = house.write([&](storage::Writer& w) {
        return house.engine.migrate(w, officer(1, 11), house.now, id, 2, {});
    });
    CHECK(refused.problem().code == "workflow.cannot_migrate");
    const std::map<std::string, std::string> moves{{"a", "check"}};
    CHECK(house.db->read([&](storage::Reader& r) { return house.engine.can_migrate(r, id, 2, moves); }
    ).empty());
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.migrate(w, officer(1, 11), house.now, id, 2, moves);
    }));
    CHECK(house.replayed(id).empty());
    const auto open = house.queue(11);
    REQUIRE(open.size() == 1);
    CHECK(open[0].node == "check");
    CHECK(open[0].id == started.opened[0].id);
    // The new boundary event is waited for, the old timer still fires when it was due.
    const auto there = house.db->read([&](storage::Reader& r) { return find_instance(r, id).value(); });
    CHECK(there.definition == 2);
    house.now += std::chrono::hours{48};
    REQUIRE(due(house) == std::vector<InstanceId>{id});
    static_cast<void>(tick(house, id));
    REQUIRE(house.complete(open[0].id, officer(1, 11)));
    REQUIRE(house.complete(house.queue(11)[0].id, officer(1, 11)));
    CHECK(house.queue(11)[0].node == "sign");
    CHECK(house.replayed(id).empty());
}

TEST_DATABASES("what cannot move is told, each reason by itself")
{
    House house(databases, begin + task("a") + finish + flow("s1", "a") + flow("a", "z"));
    house.host.add(
        2,
        begin + "<subProcess id=\"u\"><startEvent id=\"s2\"/>" + task("a") + "<endEvent id=\"z2\"/>" +
            flow("s2", "a") + flow("a", "z2") + "</subProcess>" + finish + flow("s1", "u") + flow("u", "z")
    );
    house.host.add(3, begin + "<task id=\"a\"/>" + finish + flow("s1", "a") + flow("a", "z"));
    const auto id = house.start().instance.id;
    for (const auto& [version, code] :
         {std::pair(2, "workflow.migration_scope"), std::pair(3, "workflow.migration_kind")}) {
        const auto reasons = house.db->read([&, to = version](storage::Reader& r) {
            return house.engine.can_migrate(r, id, to, {});
        });
        REQUIRE(reasons.size() >= 1);
        CHECK(reasons[0].code == code);
    }
}

TEST_DATABASES("a token that cannot go on is told to the host, and goes on when it is tried again and can")
{
    House house(
        databases,
        begin + task("a") + "<exclusiveGateway id=\"g\"/>" + task("b") + task("c") + finish +
            flow("s1", "a") + flow("a", "g") + flow("g", "b", "n = 1") + flow("g", "c", "n = 2") +
            flow("b", "z") + flow("c", "z")
    );
    const auto started = house.start();
    const auto done = house.complete(started.opened[0].id, officer(1, 11));
    REQUIRE(done);
    CHECK(done.value().incident);
    CHECK(house.host.stuck_at == std::vector<std::string>{"g:workflow.no_flow_taken"});
    const auto open = house.db->read([&](storage::Reader& r) { return incidents(r, 10); });
    REQUIRE(open.size() == 1);
    CHECK(
        house.db->read([&](storage::Reader& r) { return find_incident(r, open[0].id).value(); }).node == "g"
    );
    const auto retry = [&] {
        return house.write([&](storage::Writer& w) {
            return house.engine.retry(w, officer(1, 11), house.now, open[0].id);
        });
    };
    REQUIRE(retry());
    CHECK(house.host.stuck_at.size() == 2);  // Nothing has changed: it is an incident of its own.
    CHECK(retry().problem().code == "workflow.no_such_incident");
}

TEST_DATABASES("a signal is not lost when something else is done at the instance before it is woken")
{
    House house(
        databases,
        begin + "<parallelGateway id=\"f\"/>" + caught("<signalEventDefinition signalRef=\"g\"/>") +
            task("a") + "<endEvent id=\"y\"/>" + finish + flow("s1", "f") + flow("f", "c") + flow("f", "a") +
            flow("c", "y") + flow("a", "z")
    );
    house.host.add(
        2, begin + "<endEvent id=\"z\"><signalEventDefinition signalRef=\"g\"/></endEvent>" + flow("s1", "z")
    );
    const auto started = house.start();
    start_second(house);
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.claim(w, officer(1, 11), house.now, started.opened[0].id);
    }));
    CHECK(due(house) == std::vector<InstanceId>{started.instance.id});
    static_cast<void>(tick(house, started.instance.id));
    CHECK(due(house).empty());
    const auto at = house.db->read([&](storage::Reader& r) { return whereabouts(r, started.instance.id); });
    CHECK(at.here == std::vector<std::string>{"a"});
}
