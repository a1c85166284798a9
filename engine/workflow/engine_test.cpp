#include "engine/workflow/engine.h"

#include "engine/storage/at_once.h"
#include "engine/workflow/testing_engine.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

std::string user(const std::string& id, const std::string& more)
{
    return "<userTask id=\"" + id + "\"><extensionElements>" + more + "</extensionElements></userTask>";
}

const std::string desk = "<ta:candidates>posts.desk</ta:candidates>";
const std::string chair = "<ta:candidates>posts.chair</ta:candidates>";

std::string two_tasks()
{
    return "<startEvent id=\"s1\"/>" +
           user(
               "a",
               "<ta:label vi=\"Đang xem\" en=\"Looked at\"/>" + desk +
                   "<ta:budget>PT8WH</ta:budget><ta:outcome name=\"ok\" vi=\"Được\"/><ta:outcome name=\"no\" "
                   "vi=\"Không\" reason=\"true\"/>"
           ) +
           user("b", chair + "<ta:notSameAs task=\"a\"/><ta:returns to=\"a\"/>") + "<endEvent id=\"z\"/>" +
           flow("s1", "a") + flow("a", "b") + flow("b", "z");
}

}  // namespace

TEST_DATABASES("an instance runs from start to end, and its history tells the same as its rows")
{
    House house(databases, two_tasks());
    const auto started = house.start();
    REQUIRE(started.opened.size() == 1);
    CHECK(started.opened[0].candidates.size() == 2);
    CHECK(iso(*started.opened[0].due).substr(0, 16) == "2016-07-05T08:00");
    const auto queue = house.queue(12);
    REQUIRE(queue.size() == 1);
    CHECK(queue[0].owner == 77);
    const auto next = house.complete(queue[0].id, officer(1, 11), "ok").value();
    REQUIRE(next.opened.size() == 1);
    CHECK(next.closed == std::vector<TaskId>{queue[0].id});
    CHECK(house.queue(12).empty());
    CHECK(house.replayed(started.instance.id).empty());
    const auto ended = house.complete(next.opened[0].id, officer(2, 13)).value();
    CHECK(ended.instance.state == InstanceState::completed);
    CHECK(house.replayed(started.instance.id).empty());
    const auto lines = house.db->read([&](storage::Reader& r) { return history(r, started.instance.id); });
    CHECK(std::any_of(lines.begin(), lines.end(), [](const HistoryRow& h) {
        return h.label_vi == "Đang xem" && h.what == "entered";
    }));
}

TEST_DATABASES("the second of two who complete one task is told who did it and when")
{
    House house(databases, two_tasks());
    const auto task = house.start().opened[0].id;
    REQUIRE(house.complete(task, officer(1, 11), "ok"));
    const auto second = house.complete(task, officer(2, 12), "ok");
    REQUIRE_FALSE(second);
    CHECK(second.problem().code == "workflow.task_done");
    CHECK(second.problem().words[1] == std::pair<std::string, std::string>("party", "1"));
    CHECK(second.problem().words[3].second.substr(0, 16) == "2016-07-04T08:00");
}

/// One of two officers at once: what the one who lost was told; CHECKs that exactly one won.
template <typename Act>
Problem lost_of_two(House& house, InstanceId instance, Act act)
{
    std::array<std::optional<Problem>, 2> told;
    const int won = storage::at_once(2, [&](int i) {
        const auto done = house.db->write({{"process", instance.value}}, [&](storage::Writer& w) {
            return act(w, i == 0 ? officer(1, 11) : officer(2, 12));
        });
        if (!done) told.at(std::size_t(i)) = done.problem();
        return bool(done);
    });
    CHECK(won == 1);
    CHECK(house.replayed(instance).empty());
    return told[0] ? *told[0] : told[1].value_or(Problem{});
}

std::string word_of(const Problem& problem, std::string_view name)
{
    for (const auto& [key, word] : problem.words)
        if (key == name) return word;
    return "";
}

TEST_DATABASES("of two who complete one task at once, one does it and the other is told who")
{
    House house(databases, two_tasks());
    for (int round = 0; round < 8; ++round) {
        const auto started = house.start();
        const auto task = started.opened[0].id;
        const auto told =
            lost_of_two(house, started.instance.id, [&](storage::Writer& w, const Actor& actor) {
                return house.engine.complete(w, actor, house.now, task, {"ok", {}, nullptr, ""});
            });
        CHECK(told.code == "workflow.task_done");
        const auto done = house.db->read([&](storage::Reader& r) { return find_task(r, task); }).value();
        CHECK(word_of(told, "party") == text_of(done.done_by));
        CHECK(house.queue(13).size() == std::size_t(round) + 1);  // The next step began once.
    }
}

TEST_DATABASES("of two who claim one task at once, one has it and the other is told who")
{
    House house(databases, two_tasks());
    const auto started = house.start();
    const auto task = started.opened[0].id;
    const auto told = lost_of_two(house, started.instance.id, [&](storage::Writer& w, const Actor& actor) {
        return house.engine.claim(w, actor, house.now, task);
    });
    CHECK(told.code == "workflow.task_taken");
    const auto claimed = house.db->read([&](storage::Reader& r) { return find_task(r, task); }).value();
    CHECK(word_of(told, "party") == text_of(claimed.claimed_by));
}

TEST_DATABASES("a task that is given to another post while somebody completes it goes one way or the other")
{
    House house(databases, two_tasks());
    for (int round = 0; round < 8; ++round) {
        const auto started = house.start();
        const auto task = started.opened[0].id;
        storage::at_once(2, [&](int i) {
            return bool(house.db->write(
                {{"process", started.instance.id.value}},
                [&](storage::Writer& w) -> Result<Done> {
                    if (i == 0)
                        TRY(house.engine.complete(w, officer(1, 11), house.now, task, {"ok", {}, nullptr, ""})
                        );
                    else
                        TRY(house.engine.reassign(w, officer(9, 9), house.now, task, PostId{99}, "leave"));
                    return Done{};
                }
            ));
        });
        const auto after = house.db->read([&](storage::Reader& r) { return find_task(r, task); }).value();
        // Completed first: nothing is left to give away. Given away first: the old candidate is told.
        CHECK((after.state == TaskState::completed) != (after.assignee == PostId{99}));
        CHECK(house.replayed(started.instance.id).empty());
    }
}

TEST_DATABASES("only candidates work on a task, a claimed one is its claimer's, and a reason is asked for")
{
    House house(databases, two_tasks());
    const auto task = house.start().opened[0].id;
    CHECK(house.complete(task, officer(5, 99), "ok").problem().code == "workflow.not_candidate");
    CHECK(house.complete(task, officer(1, 11), "maybe").problem().code == "workflow.no_such_outcome");
    CHECK(house.complete(task, officer(1, 11), "no").problem().code == "workflow.reason_missing");
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.claim(w, officer(1, 11), house.now, task);
    }));
    CHECK(house.complete(task, officer(2, 12), "ok").problem().code == "workflow.task_taken");
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.unclaim(w, officer(1, 11), house.now, task);
    }));
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.reassign(w, officer(9, 9), house.now, task, PostId{99}, "leave");
    }));
    CHECK(house.complete(task, officer(1, 11), "ok").problem().code == "workflow.task_taken");
    CHECK(house.complete(task, officer(5, 99), "no", "why").value().instance.state == InstanceState::running);
}

TEST_DATABASES("a delegated task comes back to its lender")
{
    House house(databases, two_tasks());
    const auto started = house.start();
    const auto task = started.opened[0].id;
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.delegate(w, officer(1, 11), house.now, task, PostId{50}, "look");
    }));
    CHECK(house.queue(50).size() == 1);
    const auto given = house.complete(task, officer(6, 50), "ok").value();
    CHECK(given.closed.empty());
    CHECK(house.complete(task, officer(1, 11), "ok").value().closed.size() == 1);
    CHECK(house.replayed(started.instance.id).empty());
}

TEST_DATABASES(
    "who did one task may not do the other, unless the agency lifts it; returning goes back on the path"
)
{
    House house(databases, two_tasks());
    const auto a = house.start().opened[0].id;
    const auto b = house.complete(a, officer(1, 11), "ok").value().opened[0].id;
    CHECK(house.complete(b, officer(1, 13)).problem().code == "workflow.same_person");
    const auto back =
        house
            .write([&](storage::Writer& w) {
                return house.engine.send_back(w, officer(2, 13), house.now, b, "a", "wrong name");
            })
            .value();
    REQUIRE(back.opened.size() == 1);
    CHECK(back.opened[0].node == "a");
    const auto again = house.complete(back.opened[0].id, officer(1, 11), "ok").value().opened[0].id;
    house.host.lifted = true;
    CHECK(house.complete(again, officer(1, 13)).value().instance.state == InstanceState::completed);
}

TEST_DATABASES("a local action that refuses undoes the whole command")
{
    House house(
        databases,
        "<startEvent id=\"s1\"/>" + user("a", desk) +
            "<serviceTask id=\"t\"><extensionElements><ta:action "
            "name=\"refuses\"/></extensionElements></serviceTask><endEvent id=\"z\"/>" +
            flow("s1", "a") + flow("a", "t") + flow("t", "z")
    );
    const auto started = house.start();
    CHECK(house.complete(started.opened[0].id, officer(1, 11)).problem().code == "test.refused");
    CHECK(house.queue(11).size() == 1);
    CHECK(house.replayed(started.instance.id).empty());
}

TEST_DATABASES(
    "an outbox action goes on when its answer comes, once; a failure becomes an incident that can be retried"
)
{
    House house(
        databases,
        "<startEvent id=\"s1\"/><sendTask id=\"t\"><extensionElements><ta:action name=\"sign\" "
        "mode=\"outbox\"><ta:out name=\"n\"/></ta:action></extensionElements></sendTask><endEvent "
        "id=\"z\"/>" +
            flow("s1", "t") + flow("t", "z")
    );
    const auto started = house.start();
    REQUIRE(house.host.sent.size() == 1);
    const auto failed = house
                            .write([&](storage::Writer& w) {
                                return house.engine.fail(
                                    w,
                                    officer(0, 0),
                                    house.now,
                                    house.host.sent[0],
                                    {.code = "sign.no_key", .field = "", .law = ""}
                                );
                            })
                            .value();
    CHECK(failed.incident);
    const auto open = house.db->read([&](storage::Reader& r) { return incidents(r, 10); });
    REQUIRE(open.size() == 1);
    CHECK(open[0].problem.code == "sign.no_key");
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.retry(w, officer(0, 0), house.now, open[0].id);
    }));
    REQUIRE(house.host.sent.size() == 2);
    const auto answer = [&] {
        return house
            .write([&](storage::Writer& w) {
                return house.engine.answer(w, officer(0, 0), house.now, house.host.sent[1], {{"n", 4}});
            })
            .value();
    };
    CHECK(answer().instance.state == InstanceState::completed);
    CHECK_FALSE(answer().instance.id);
    CHECK(house.db->read([&](storage::Reader& r) { return incidents(r, 10); }).empty());
}

TEST_DATABASES("a message that comes early is kept, one with the same id is taken once")
{
    House house(
        databases,
        "<startEvent id=\"s1\"/>" + user("a", desk) +
            "<receiveTask id=\"r\" messageRef=\"m\"/><endEvent id=\"z\"/>" + flow("s1", "a") +
            flow("a", "r") + flow("r", "z")
    );
    const auto started = house.start();
    const auto pay = [&] {
        return house
            .write([&](storage::Writer& w) {
                return house.engine.correlate(
                    w,
                    officer(0, 0),
                    house.now,
                    {},
                    {.name = "m", .key = "K1", .id = "bank-1", .variables = {{"n", 8000}}, .reason = {}}
                );
            })
            .value();
    };
    CHECK(pay().kept);
    CHECK(pay().kept);
    const auto done = house.complete(started.opened[0].id, officer(1, 11)).value();
    CHECK(done.instance.state == InstanceState::completed);
    CHECK(done.variables.at("n") == 8000);
}

TEST_DATABASES("the statutory clock orders the queue, is suspended by a node, and tells its rungs once")
{
    House house(
        databases,
        "<startEvent id=\"s1\"/><serviceTask id=\"take\"><extensionElements><ta:action "
        "name=\"receive\"/></extensionElements></serviceTask>" +
            user("a", desk) +
            "<receiveTask id=\"wait\" messageRef=\"m\"><extensionElements><ta:clock verb=\"suspend\" "
            "reason=\"supplement\"/></extensionElements></receiveTask>" +
            "<scriptTask id=\"on\"><extensionElements><ta:clock verb=\"resume\" "
            "reason=\"supplement\"/></extensionElements><script>1</script></scriptTask>" +
            user("b", desk) + "<endEvent id=\"z\"/>" + flow("s1", "take") + flow("take", "a") +
            flow("a", "wait") + flow("wait", "on") + flow("on", "b") + flow("b", "z")
    );
    house.host.during = [&](storage::Writer& db, const Call& call) {
        Ledger ledger;
        ledger.budget = parse_budget("PT8WH").value();
        ledger.started = call.now;
        REQUIRE(house.engine.start_clock(db, call.actor, call.now, call.instance.id, ledger));
    };
    const auto started = house.start();
    REQUIRE(started.due);
    CHECK(iso(*started.due).substr(0, 16) == "2016-07-05T08:00");
    CHECK(house.queue(11)[0].sort_key == column(*started.due));
    house.now = parse_instant("2016-07-04T14:00").value();
    CHECK(house.db->read([&](storage::Reader& r) { return house.engine.due(r, house.now, 10); }).size() == 1);
    const auto tick = [&] {
        return house
            .write([&](storage::Writer& w) {
                return house.engine.tick(w, officer(0, 0), house.now, started.instance.id);
            })
            .value();
    };
    tick();
    tick();
    CHECK(house.host.rungs == std::vector<std::string>{"law 50%"});
    const auto waiting = house.complete(started.opened[0].id, officer(1, 11)).value();
    CHECK_FALSE(waiting.due);
    house.now = parse_instant("2016-07-06T14:00").value();
    const auto resumed = house
                             .write([&](storage::Writer& w) {
                                 return house.engine.correlate(
                                     w, officer(0, 0), house.now, started.instance.id, {.name = "m"}
                                 );
                             })
                             .value();
    REQUIRE(resumed.due);
    CHECK(iso(*resumed.due).substr(0, 16) == "2016-07-07T08:00");
    house.now = parse_instant("2016-07-11T08:00").value();
    tick();
    CHECK(
        house.host.rungs == std::vector<std::string>{"law 50%", "law 80%", "law 100%", "law +1WD", "law +2WD"}
    );
    const auto ended = house.complete(house.queue(11)[0].id, officer(1, 11)).value();
    CHECK_FALSE(ended.due);
    CHECK(house.db
              ->read([&](storage::Reader& r) {
                  return house.engine.due(r, house.now + std::chrono::hours(1000), 10);
              })
              .empty());
}

TEST_DATABASES("a changed calendar moves open clocks, with evidence")
{
    House house(databases, two_tasks());
    const auto started = house.start();
    Ledger ledger;
    ledger.budget = parse_budget("P1WD").value();
    ledger.started = house.now;
    REQUIRE(house.write([&](storage::Writer& w) {
        return house.engine.start_clock(w, officer(0, 0), house.now, started.instance.id, ledger);
    }));
    house.host.calendar_.exceptions[parse_day("2016-07-05").value()] = {};
    CHECK(
        house.db
            ->write(
                {},
                [&](storage::Writer& w) {
                    return Result<std::int64_t>(house.engine.reproject(w, AgencyId{3}, house.now, 0, 100));
                }
            )
            .value() == 0
    );
    const auto lines = house.db->read([&](storage::Reader& r) { return history(r, started.instance.id); });
    CHECK(json::string_or(lines.back().detail, "verb") == "reproject");
    CHECK(json::integer_or(lines.back().detail, "due") == column(parse_instant("2016-07-06T16:30").value()));
}

TEST_DATABASES("a timer fires when its working time is over")
{
    House house(
        databases,
        "<startEvent id=\"s1\"/>" + user("a", desk) +
            "<boundaryEvent id=\"t\" attachedToRef=\"a\" "
            "cancelActivity=\"false\"><timerEventDefinition><timeDuration "
            "xsi:type=\"tFormalExpression\">PT8WH</timeDuration></"
            "timerEventDefinition></boundaryEvent>" +
            user("late", chair) + "<endEvent id=\"z\"/><endEvent id=\"y\"/>" + flow("s1", "a") +
            flow("a", "z") + flow("t", "late") + flow("late", "y")
    );
    const auto started = house.start();
    const auto due = [&](const char* at) {
        return house.db
            ->read([&](storage::Reader& r) { return house.engine.due(r, parse_instant(at).value(), 10); })
            .size();
    };
    CHECK(due("2016-07-05T07:59") == 0);
    CHECK(due("2016-07-05T08:00") == 1);
    house.now = parse_instant("2016-07-05T08:00").value();
    const auto fired = house
                           .write([&](storage::Writer& w) {
                               return house.engine.tick(w, officer(0, 0), house.now, started.instance.id);
                           })
                           .value();
    REQUIRE(fired.opened.size() == 1);
    CHECK(fired.opened[0].node == "late");
    CHECK(due("2030-01-01T00:00") == 0);
}

TEST_DATABASES("replay finds each planted fault")
{
    House house(databases, two_tasks());
    const auto started = house.start();
    const auto task = started.opened[0].id;
    REQUIRE(house.complete(task, officer(1, 11), "ok"));
    const auto plant = [&](std::string_view sql) {
        std::vector<Problem> found;
        (void)house.db->write({}, [&](storage::Writer& w) -> Result<Done> {
            w.execute(sql, task);
            found = replay(w, started.instance.id);
            return Problem{.code = "test.undo", .field = "", .law = ""};
        });
        return found.size();
    };
    CHECK(plant("UPDATE work_task SET outcome = 'no' WHERE id = ?1") == 1);
    CHECK(plant("UPDATE work_task SET status = 3 WHERE id = ?1") == 1);
    CHECK(plant("UPDATE work_task SET done_by = 9 WHERE id = ?1") == 1);
    CHECK(plant("DELETE FROM process_history WHERE command = 'start' AND ?1 > 0") >= 1);
    CHECK(plant("UPDATE process_instance SET status = 2 WHERE ?1 > 0") == 1);
    CHECK(house.replayed(started.instance.id).empty());
}
