#include "engine/workflow/try_out.h"

#include "engine/workflow/testing_engine.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

const Calendar& calendar()
{
    static const Calendar one = calendar_from(json::parse(calendars).value(), "counted").value();
    return one;
}

std::shared_ptr<const Process> process()
{
    return load(
        "<startEvent id=\"s1\"/><serviceTask id=\"get\"><extensionElements><ta:action name=\"get\" "
        "mode=\"local\">"
        "<ta:out name=\"n\" from=\"n\"/></ta:action></extensionElements></serviceTask>"
        "<userTask id=\"check\"><extensionElements><ta:candidates>posts.desk</ta:candidates>"
        "<ta:budget>PT4WH</ta:budget><ta:outcome name=\"ok\" vi=\"Đạt\" en=\"Good\"/>"
        "<ta:outcome name=\"wait\" vi=\"Chờ\" en=\"Wait\"/></extensionElements></userTask>"
        "<exclusiveGateway id=\"g\" default=\"g_z\"/><userTask id=\"supplement\"><extensionElements>"
        "<ta:candidates>posts.desk</ta:candidates><ta:clock verb=\"suspend\" reason=\"supplement\"/>"
        "</extensionElements></userTask>"
        "<boundaryEvent id=\"late\" attachedToRef=\"supplement\">" +
        timer("P5WD") + "</boundaryEvent><endEvent id=\"z\"/><endEvent id=\"z2\"/>" + flow("s1", "get") +
        flow("get", "check") + flow("check", "g") + flow("g", "supplement", "outcome = \"wait\"") +
        flow("g", "z", "", "g_z") + flow("supplement", "z") + flow("late", "z2")
    );
}

TrySetting setting(const Process& tried)
{
    return {
        .process = tried,
        .calendar = calendar(),
        .start = parse_instant("2016-07-04T08:00").value(),
        .names = {{"posts", json::object{{"desk", json::array{11}}}}},
        .answers = {{"get", {{"n", 5}}}},
        .limit = parse_budget("P2WD").value(),
        .limit_starts = "get"};
}

}  // namespace

TEST_CASE("a process is tried out step by step, by a clock of its own")
{
    const auto tried = process();
    const auto first = try_out(setting(*tried), {});
    REQUIRE(first.waits.size() == 1);
    CHECK(first.waits[0].what == "task");
    CHECK(first.waits[0].node == "check");
    CHECK(iso(*first.waits[0].due) == "2016-07-04T13:30:00+07:00");
    CHECK(iso(*first.due) == "2016-07-06T16:30:00+07:00");
    CHECK(json::integer_or(json::value(first.variables), "n") == 5);
    CHECK(first.at.here == std::vector<std::string>{"check"});

    std::vector<TryAct> acts{{.what = TryAct::What::complete, .node = "check", .outcome = "wait"}};
    const auto second = try_out(setting(*tried), acts);
    CHECK(second.waits.size() == 2);
    CHECK_FALSE(second.due);  // Suspended.
    acts.push_back(
        {.what = TryAct::What::pass, .node = "", .outcome = "", .time = parse_budget("P1WD").value()}
    );
    CHECK(try_out(setting(*tried), acts).waits.size() == 2);
    acts.push_back({.what = TryAct::What::timer, .node = "late"});
    const auto third = try_out(setting(*tried), acts);
    CHECK(third.ended);
    CHECK(third.lines.back().what == "ended");
    CHECK(iso(third.now).starts_with("2016-07-11"));
}

TEST_CASE("an act that is not possible is said and left out; acts are kept as text")
{
    const auto tried = process();
    const std::vector<TryAct> acts{{.what = TryAct::What::complete, .node = "check", .outcome = "maybe"}};
    const auto refused = try_out(setting(*tried), acts);
    REQUIRE(refused.refused);
    CHECK(refused.refused->code == "workflow.no_such_outcome");
    CHECK(refused.waits.size() == 1);
    const std::vector<TryAct> nothing{{.what = TryAct::What::message, .node = "check"}};
    CHECK(try_out(setting(*tried), nothing).refused->code == "workflow.no_such_wait");
    const TryAct pass{
        .what = TryAct::What::pass, .node = "", .outcome = "", .time = parse_budget("PT2WH").value()};
    const auto again = try_act_from(json::value(to_json(pass))).value();
    CHECK(again.what == TryAct::What::pass);
    CHECK(text_of(*again.time) == "PT2WH");
    CHECK(try_act_from(json::value(json::object{{"do", "fly"}})).problem().code == "workflow.bad_act");
}
