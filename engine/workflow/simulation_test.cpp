#include "engine/workflow/simulation.h"

#include <doctest/doctest.h>

#include "engine/workflow/simulation_course.h"
#include "engine/workflow/simulation_office.h"
#include "engine/workflow/testing.h"
#include "engine/workflow/work_time.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

/// 8 hours a working day, a holiday on 1 January, Friday 9 January only in the morning.
json::value calendars()
{
    json::object hours;
    for (const auto* day : {"monday", "tuesday", "wednesday", "thursday", "friday"})
        hours[day] = json::parse(R"([["07:00","11:30"],["13:00","16:30"]])").value();
    hours["saturday"] = json::array{};
    hours["sunday"] = json::array{};
    return json::object{
        {"kinds", {{"holiday", "off"}}},
        {"calendars",
         json::array{
             json::object{{"id", "counted"}, {"versions", json::array{json::object{{"hours", hours}}}}}}},
        {"days",
         json::parse(
             R"([{"day":"2026-01-01","kind":"holiday"},{"day":"2026-01-09","hours":[["07:00","11:30"]]}])"
         )
             .value()}};
}

std::string task(
    const std::string& id, const std::string& post, const std::string& budget, const std::string& more = ""
)
{
    return "<userTask id=\"" + id + "\"><extensionElements><ta:candidates>posts." + post +
           "</ta:candidates><ta:budget>" + budget + "</ta:budget>" + more + "</extensionElements></userTask>";
}

std::string outcomes(const std::string& one, const std::string& other)
{
    return "<ta:outcome name=\"" + one + "\" vi=\"a\" en=\"a\"/><ta:outcome name=\"" + other +
           "\" vi=\"b\" en=\"b\"/>";
}

/// A task, and that is all.
std::shared_ptr<const Process> one_task(const std::string& budget = "PT60WM")
{
    return load(
        "<startEvent id=\"a\"/>" + task("t", "officer", budget) + "<endEvent id=\"z\"/>" + flow("a", "t") +
        flow("t", "z")
    );
}

Scenario scenario(const Process& process, const std::string& text)
{
    const auto read = scenario_from(json::parse(text).value(), process.model());
    if (!read) FAIL(read.problem().field << " " << read.problem().words.front().second);
    return read.value();
}

SimulationReport played(const Process& process, const Scenario& scenario)
{
    return simulate(process, scenario, calendars()).value();
}

std::string figures(const SimulationReport& r)
{
    std::string out = std::to_string(r.arrived) + " " + std::to_string(r.finished) + " " +
                      std::to_string(r.open) + " " + std::to_string(r.stuck) + " " +
                      std::to_string(r.limited) + " " + std::to_string(r.late) + " " +
                      std::to_string(r.mean_minutes) + " " + std::to_string(r.steps_taken);
    for (const auto& p : r.posts)
        out += "\n" + p.post + " " + std::to_string(p.staff) + " " + std::to_string(p.tasks) + " " +
               std::to_string(p.busy_percent) + " " + std::to_string(p.queue_mean) + " " +
               std::to_string(p.queue_max) + " " + std::to_string(p.wait_p50.count()) + " " +
               std::to_string(p.wait_p95.count());
    for (const auto& s : r.steps)
        out += "\n" + s.node + " " + std::to_string(s.done) + " " + std::to_string(s.late) + " " +
               std::to_string(s.mean_minutes);
    for (const auto& s : r.reasons) out += "\n" + s.node + " " + s.code + " " + std::to_string(s.cases);
    return out;
}

/// Played with steps remembered and with every step taken anew.
void same_both_ways(const Process& process, Scenario scenario)
{
    REQUIRE(same_at_any_time(process.model()));
    const auto remembered = played(process, scenario);
    scenario.remember_steps = false;
    const auto anew = played(process, scenario);
    CHECK(figures(remembered) == figures(anew));
    CHECK(remembered.steps_computed < remembered.steps_taken);
    CHECK(anew.steps_computed == anew.steps_taken);
}

}  // namespace

TEST_CASE("working time laid out as a table is what the calendar says")
{
    const auto calendar = calendar_from(calendars(), "counted").value();
    WorkTime time(calendar, parse_day("2026-01-01").value(), parse_day("2026-12-31").value());
    SimulationRandom random(7);
    const auto first = at(parse_day("2026-01-01").value(), Minutes(0));
    for (int i = 0; i < 3000; ++i) {
        const auto instant = first + std::chrono::seconds(random.below(60 * 24 * 3600));
        const Minutes work(random.below(3000));
        CHECK(std::chrono::floor<Minutes>(time.worked(instant)) == working_between(calendar, first, instant));
        CHECK(time.next_working(instant) == next_working(calendar, instant));
        CHECK(time.plus(instant, work) == plus_working(calendar, next_working(calendar, instant), work));
        const Receipt cutoff{.cutoff = Minutes(15 * 60)};
        for (const auto* text : {"P0WD", "P1WD", "P0.5WD", "P5WD", "P7D", "PT8WH", "PT30WM"}) {
            const auto budget = parse_budget(text).value();
            CHECK(time.due(instant, budget) == due(calendar, instant, budget));
            CHECK(time.due(instant, budget, cutoff) == due(calendar, instant, budget, cutoff));
        }
    }
}

TEST_CASE("one officer who is busy half of the time has the queue theory foretells")
{
    const auto process = one_task();
    // 8 hours a day, work of 60 minutes: four a day keep one officer busy half of the time.
    auto s = scenario(
        *process,
        R"({"arrivals":{"per_year":40000},"staff":{"officer":20},"work":{"budget_share_percent":100,"spread_percent":100}})"
    );
    s.staff["officer"] = 1;
    s.cases = 1040;
    double queue = 0;
    double busy = 0;
    for (s.seed = 1; s.seed <= 40; ++s.seed) {
        const auto report = played(*process, s);
        REQUIRE(report.posts.size() == 1);
        queue += report.posts.front().queue_mean / 40;
        busy += report.posts.front().busy_percent / 40;
        CHECK(report.finished == report.arrived);
    }
    CHECK(busy == doctest::Approx(50).epsilon(0.03));
    CHECK(queue == doctest::Approx(0.5).epsilon(0.12));  // M/M/1: rho^2 / (1 - rho)
}

TEST_CASE("with too few officers everything is late, with one more nothing is")
{
    const auto process = one_task("PT120WM");
    // Ten a day, each an hour of work, of eight hours a day.
    const auto s = scenario(
        *process,
        R"({"arrivals":{"per_year":2600,"pattern":"even"},"staff":{"officer":1},"clock":{"budget":"P1WD"},
            "work":{"budget_share_percent":50,"spread_percent":0}})"
    );
    const auto report = played(*process, s);
    CHECK(report.arrived == 2600);
    CHECK(report.late_percent() > 95);
    CHECK(report.posts.front().busy_percent > 99);
    const auto more = one_more(*process, s, calendars(), report).value();
    REQUIRE(more.size() == 1);
    CHECK(more.front().post == "officer");
    CHECK(more.front().late_percent == 0);
}

TEST_CASE("staff the scenario does not say is as many as keep busy what it says")
{
    const auto process = one_task();
    auto s = scenario(
        *process, R"({"arrivals":{"per_year":50000},"busy_percent":80,"work":{"budget_share_percent":50}})"
    );
    s = staffed(*process, s, calendars()).value();
    const auto report = played(*process, s);
    CHECK(report.posts.front().busy_percent > 70);
    CHECK(report.posts.front().busy_percent < 83);
}

TEST_CASE("the same seed gives the same figures, another one others")
{
    const auto process = one_task();
    auto s = scenario(*process, R"({"arrivals":{"per_year":3000},"staff":{"officer":2},"seed":5})");
    const auto first = figures(played(*process, s));
    CHECK(first == figures(played(*process, s)));
    s.seed = 6;
    CHECK(first != figures(played(*process, s)));
}

TEST_CASE("remembered steps give what steps taken anew give: branches, timers, loops, messages, actions")
{
    const auto process = load(
        R"(<startEvent id="a"/><parallelGateway id="f"/><parallelGateway id="j"/><exclusiveGateway id="x" default="x_r"/>
<serviceTask id="r"><extensionElements><ta:action name="local.one" mode="local"><ta:out name="n"/></ta:action></extensionElements></serviceTask>
<serviceTask id="o"><extensionElements><ta:action name="outbox.one" mode="outbox"/></extensionElements></serviceTask>
<receiveTask id="m1" messageRef="m"/><exclusiveGateway id="again" default="again_m1"/><exclusiveGateway id="mj"/><exclusiveGateway id="mt"/><exclusiveGateway id="mo"/><endEvent id="late_end"/><endEvent id="z"/>
<boundaryEvent id="late" attachedToRef="t" cancelActivity="false">)" +
        timer("PT2WH") + R"(</boundaryEvent><boundaryEvent id="gone" attachedToRef="u">)" + timer("P3D") +
        R"(</boundaryEvent><userTask id="each"><extensionElements><ta:candidates>["officer", "head"]</ta:candidates>
<ta:each as="item">[1, 2, 3]</ta:each></extensionElements><multiInstanceLoopCharacteristics/></userTask>)" +
        task("t", "officer", "PT4WH", outcomes("yes", "no")) + task("u", "head", "P2WD") + flow("a", "f") +
        flow("f", "mt") + flow("f", "u") + flow("t", "x") + flow("x", "mj", "outcome = \"yes\"") +
        flow("x", "r") + flow("r", "again") + flow("again", "mt", "n = 1") + flow("mt", "t") +
        flow("again", "m1") + flow("m1", "mj") + flow("mj", "j") + flow("u", "mo") + flow("mo", "o") +
        flow("gone", "mo") + flow("o", "j") + flow("late", "late_end") + flow("j", "each") + flow("each", "z")
    );
    auto s = scenario(
        *process,
        R"({"arrivals":{"per_year":1500},"staff":{"officer":2,"head":1},"clock":{"budget":"P3WD","starts_at":"local.one"},
"tasks":{"t":{"minutes":70,"outcomes":{"yes":2,"no":1}},"u":{"minutes":75,"spread_percent":90}},
"actions":{"local.one":{"answers":[{"share":1,"out":{"n":1}},{"share":1,"out":{"n":2}}]},"outbox.one":{"after":"PT30WM"}},
"messages":{"m":{"after":"P2WD"}}})"
    );
    same_both_ways(*process, s);
}

TEST_CASE("a shipped process of many steps gives the same with steps remembered and taken anew")
{
    const auto text = file_text("systems/civil_status/procedures/birth_registration/process.bpmn");
    const auto process = Process::load(text, "process.bpmn", vocabulary()).process;
    REQUIRE(process);
    auto s = scenario(
        *process,
        R"({"arrivals":{"per_year":2000},"staff":{"one_stop_officer":2,"justice_civil_status_officer":2},
"clock":{"budget":"P0WD","cutoff":"15:00","starts_at":"casework.receive","extensions":{"casework.extend":"P5WD"}},
"actions":{"documents.use_blank":{"answers":[{"share":97,"out":{"used":true}},{"share":3,"out":{"used":false}}]}},
"messages":{"withdrawn":{"share":2,"after":"PT3WH"}},
"tasks":{"check":{"outcomes":{"enter":90,"verify":5,"supplement":4,"refuse":1}}},
"cases":[{"share":2,"names":{"law":{"supplement_verb":"resume","original":"electronic"}}},
         {"share":1,"names":{"law":{"supplement_verb":"restart","original":"preprinted_form","personal_number_connected":true}}}]})"
    );
    same_both_ways(*process, s);
    const auto report = played(*process, s);
    CHECK(report.stuck == 0);
    CHECK(report.open == 0);
    CHECK(report.limited > 1800);
}

TEST_CASE("expressions that ask for the day are computed anew every time")
{
    const auto process = load(
        "<startEvent id=\"a\"/><exclusiveGateway id=\"x\" default=\"x_z\"/>" + task("t", "officer", "PT1WH") +
        "<endEvent id=\"z\"/><endEvent id=\"y\"/>" + flow("a", "x") +
        flow("x", "t", "today &lt; date(\"2026-07-01\")") + flow("x", "z") + flow("t", "y")
    );
    CHECK_FALSE(same_at_any_time(process->model()));
    const auto report = played(
        *process,
        scenario(*process, R"({"arrivals":{"per_year":1000,"pattern":"even"},"staff":{"officer":1}})")
    );
    CHECK(report.steps.front().done > 480);
    CHECK(report.steps.front().done < 510);
}

TEST_CASE("cases that go round and round, or stick, are counted with their place and reason")
{
    const auto round = load(
        "<startEvent id=\"a\"/><exclusiveGateway id=\"x\"/>" + task("t", "officer", "PT1WH") +
        "<exclusiveGateway id=\"y\" default=\"y_x\"/><endEvent id=\"z\"/>" + flow("a", "x") + flow("x", "t") +
        flow("t", "y") + flow("y", "z", "n = 1") + flow("y", "x")
    );
    const auto report =
        played(*round, scenario(*round, R"({"arrivals":{"per_year":20},"staff":{"officer":1}})"));
    REQUIRE(report.reasons.size() == 1);
    CHECK(report.reasons.front().code == "workflow.round_and_round");
    CHECK(report.reasons.front().node == "t");
    CHECK(report.stuck == report.arrived);
}

TEST_CASE("time the clock is suspended for does not make a case late")
{
    const auto process = load(
        R"(<startEvent id="a"/><receiveTask id="w" messageRef="m"><extensionElements><ta:clock verb="suspend" reason="s"/>
</extensionElements></receiveTask><intermediateThrowEvent id="g"><extensionElements><ta:clock verb="resume" reason="s"/></extensionElements>
</intermediateThrowEvent>)" +
        task("t", "officer", "PT2WH") + "<endEvent id=\"z\"/>" + flow("a", "w") + flow("w", "g") +
        flow("g", "t") + flow("t", "z")
    );
    auto s = scenario(
        *process,
        R"({"arrivals":{"per_year":200,"pattern":"even"},"staff":{"officer":5},"clock":{"budget":"P1WD"},"messages":{"m":{"after":"P10WD"}}})"
    );
    CHECK(played(*process, s).late == 0);
}

TEST_CASE("a scenario that names what is not there is refused with its place")
{
    const auto process = one_task();
    const auto refused = [&](const std::string& text) {
        const auto read = scenario_from(json::parse(text).value(), process->model());
        return read ? std::string("taken") : read.problem().code + "@" + read.problem().field;
    };
    CHECK(refused("{}") == "taken");
    CHECK(refused("[]") == "workflow.bad_scenario@");
    CHECK(refused(R"({"stuff":{}})") == "workflow.bad_scenario@/stuff");
    CHECK(refused(R"({"tasks":{"u":{}}})") == "workflow.bad_scenario@/tasks/u");
    CHECK(
        refused(R"({"tasks":{"t":{"outcomes":{"no":1}}}})") == "workflow.bad_scenario@/tasks/t/outcomes/no"
    );
    CHECK(refused(R"({"staff":{"officer":0}})") == "workflow.bad_scenario@/staff/officer");
    CHECK(refused(R"({"clock":{"budget":"soon"}})") == "workflow.bad_scenario@/clock/budget");
    CHECK(refused(R"({"arrivals":{"per_year":10000001}})") == "workflow.bad_scenario@/arrivals/per_year");
}
