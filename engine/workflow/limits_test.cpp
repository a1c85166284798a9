#include "engine/workflow/limits.h"

#include "engine/workflow/testing.h"

using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

std::string step(const std::string& id, const std::string& budget, const std::string& more = "")
{
    return "<userTask id=\"" + id + "\"><extensionElements><ta:candidates>posts.desk</ta:candidates>" +
           (budget.empty() ? "" : "<ta:budget>" + budget + "</ta:budget>") + more +
           "</extensionElements></userTask>";
}

std::string action(const std::string& id, const std::string& name, const std::string& more = "")
{
    return "<serviceTask id=\"" + id + "\"><extensionElements>" + more + "<ta:action name=\"" + name +
           "\" mode=\"local\"/></extensionElements></serviceTask>";
}

const std::string begin = "<startEvent id=\"s1\"/>";
const std::string finish = "<endEvent id=\"z\"/>";

StepLimit within(const char* budget) { return {.name = "Luật", .total = parse_budget(budget).value()}; }

/// "CODE@ELEMENT case" of the warnings of the model around `body`.
std::string warnings(const std::string& body)
{
    std::string out;
    for (const auto& f : Process::load(model_text(body), "p.bpmn", vocabulary()).findings) {
        if (f.severity == Finding::Severity::error) return "error: " + text_of(f);
        out += (out.empty() ? "" : "; ") + f.problem.code + "@" + f.element;
        for (const auto& [name, value] : f.problem.words)
            if (name == "case") out += " " + value;
    }
    return out;
}

/// A task with two outcomes, then a gateway with flows to "a" and "b" under these conditions.
std::string chooses(const std::string& first, const std::string& second)
{
    return begin +
           step(
               "check",
               "",
               "<ta:outcome name=\"yes\" vi=\"Có\" en=\"Yes\"/><ta:outcome name=\"no\" vi=\"Không\" "
               "en=\"No\"/>"
           ) +
           "<exclusiveGateway id=\"g\"/>" + step("a", "") + step("b", "") + finish + flow("s1", "check") +
           flow("check", "g") + flow("g", "a", first) + flow("g", "b", second) + flow("a", "z") +
           flow("b", "z");
}

}  // namespace

TEST_CASE("a choice that leaves a case open is warned of, with the case")
{
    CHECK(warnings(chooses("outcome = \"yes\"", "outcome = \"no\"")).empty());
    CHECK(
        warnings(chooses("outcome = \"yes\"", "outcome = \"maybe\"")) ==
        "bpmn.missing_case@g outcome = \"no\""
    );
    CHECK(warnings(chooses("outcomes.check = \"yes\"", "outcomes.check != \"yes\"")).empty());
    CHECK(warnings(chooses("form.age &gt; 17", "form.age &lt; 17")) == "bpmn.missing_case@g form.age = 17");
    CHECK(warnings(chooses("form.age &gt;= 17", "form.age &lt; 17")).empty());
    CHECK(
        warnings(chooses("form.age between 1 and 5", "form.age &gt; 5")) == "bpmn.missing_case@g form.age = 0"
    );
    CHECK(warnings(chooses("form.poor", "not(form.poor)")).empty());
    CHECK(
        warnings(chooses("form.poor and outcome = \"yes\"", "not(form.poor) and outcome = \"yes\"")) ==
        "bpmn.missing_case@g form.poor = true, outcome = \"no\""
    );
    CHECK(
        warnings(chooses("form.poor and outcome = \"yes\"", "outcome = \"no\"")) ==
        "bpmn.missing_case@g form.poor = false, outcome = \"yes\""
    );
    CHECK(
        warnings(chooses("form.kind in (\"x\", \"y\")", "form.kind = \"w\"")) ==
        "bpmn.missing_case@g form.kind = \"…\""
    );
    // What asks more than comparisons is passed over, not guessed at.
    CHECK(warnings(chooses("string length(form.kind) &gt; 2", "outcome = \"no\"")).empty());
}

TEST_CASE("the longest way through the steps is found, while the clock runs")
{
    const auto process = load(
        begin + step("early", "P9WD") + action("receive", "start") + step("check", "PT3WH") +
        "<exclusiveGateway id=\"g\" default=\"g_fast\"/>" + step("fast", "PT1WH") + step("slow", "P1WD") +
        finish + "<exclusiveGateway id=\"j\"/>" + flow("s1", "early") + flow("early", "receive") +
        flow("receive", "check") + flow("check", "g") + flow("g", "slow", "n = 1") + flow("g", "fast") +
        flow("slow", "j") + flow("fast", "j") + flow("j", "z")
    );
    auto limit = within("P1WD");
    limit.starts = {"start"};
    const auto found = longest_path(process->model(), limit);
    CHECK(found.minutes == (3 + 8) * 60);
    CHECK(found.allowed == 8 * 60);
    const auto faults = exceeded_limits(process->model(), {limit}, "p.bpmn");
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].problem.code == "bpmn.steps_exceed_limit");
    CHECK(
        text_of(faults[0]) ==
        "p.bpmn:0: error: p: bpmn.steps_exceed_limit law=Luật limit=P1WD hours=11 allowed=8 "
        "path=s1 > early > receive > check > g > slow"
    );
    limit.total = parse_budget("P2WD").value();
    CHECK(exceeded_limits(process->model(), {limit}, "p.bpmn").empty());
    limit.total = parse_budget("P1WD").value();
    limit.starts = {};
    CHECK(longest_path(process->model(), limit).minutes == (72 + 11) * 60);
}

TEST_CASE("what is suspended does not count, a restart begins anew, an extension adds, a loop is walked once")
{
    const auto process = load(
        begin + step("check", "PT4WH") + "<exclusiveGateway id=\"g\" default=\"g_ok\"/>" +
        step("supplement", "P30WD", "<ta:clock verb=\"suspend\" reason=\"supplement\"/>") +
        action("back", "act", "<ta:clock verb=\"resume\" reason=\"supplement\"/>") +
        action("more", "extend") + step("verify", "P5WD") + step("sign", "PT2WH") + finish +
        flow("s1", "check") + flow("check", "g") + flow("g", "supplement", "n = 1") +
        flow("g", "more", "n = 2") + flow("g", "sign", "", "g_ok") + flow("supplement", "back") +
        flow("back", "check") + flow("more", "verify") + flow("verify", "sign") + flow("sign", "z")
    );
    auto limit = within("P1WD");
    limit.extends = {{"extend", parse_budget("P5WD").value()}};
    const auto found = longest_path(process->model(), limit);
    CHECK(found.minutes - found.allowed <= 0);
    CHECK(exceeded_limits(process->model(), {limit}, "p.bpmn").empty());
    limit.extends = {};
    CHECK(longest_path(process->model(), limit).minutes == (4 + 40 + 2) * 60);
}

TEST_CASE("working minutes of a budget")
{
    const auto minutes = [](const char* text) { return working_minutes(parse_budget(text).value(), 480); };
    CHECK(minutes("PT90WM") == 90);
    CHECK(minutes("P0.5WD") == 240);
    CHECK(minutes("P3WD") == 1440);
    CHECK(minutes("P10D") == 6 * 480);  // At least six of ten days are working days.
    CHECK(minutes("P1D") == 0);
}

TEST_CASE("what is too large to be proved is refused unless somebody takes it on")
{
    const auto body = begin +
                      "<task id=\"a\" completionQuantity=\"3\"/><task id=\"b\" startQuantity=\"3\"/>" +
                      finish + flow("s1", "a") + flow("a", "b") + flow("b", "z");
    auto words = vocabulary();
    CHECK(Process::load(model_text(body), "p.bpmn", words).process);
    words.refuse_unproved = true;
    const auto refused = Process::load(model_text(body), "p.bpmn", words);
    CHECK_FALSE(refused.process);
    REQUIRE(refused.findings.size() == 1);
    CHECK(refused.findings[0].problem.code == "bpmn.soundness_unknown");
}
