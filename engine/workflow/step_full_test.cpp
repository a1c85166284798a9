#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

// Events, subprocesses, loops, compensation: what the standard says a token does. After each command the state goes through
// JSON, as through the database.
using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;
using namespace std::chrono_literals;

namespace {

std::string task(const std::string& id, const std::string& inside = "")
{
    return "<userTask id=\"" + id + "\">" + inside + "</userTask>";
}
std::string start(const std::string& id = "s1") { return "<startEvent id=\"" + id + "\"/>"; }
std::string end(const std::string& id, const std::string& definition = "")
{
    return "<endEvent id=\"" + id + "\">" + definition + "</endEvent>";
}
std::string sub(const std::string& id, const std::string& body, const std::string& attributes = "")
{
    return "<subProcess id=\"" + id + "\" " + attributes + ">" + body + "</subProcess>";
}
std::string boundary(
    const std::string& id, const std::string& at, const std::string& definition, bool interrupting = true
)
{
    return "<boundaryEvent id=\"" + id + "\" attachedToRef=\"" + at + "\" cancelActivity=\"" +
           (interrupting ? "true" : "false") + "\">" + definition + "</boundaryEvent>";
}
std::string thrown(const std::string& id, const std::string& definition)
{
    return "<intermediateThrowEvent id=\"" + id + "\">" + definition + "</intermediateThrowEvent>";
}
std::string caught(const std::string& id, const std::string& definition)
{
    return "<intermediateCatchEvent id=\"" + id + "\">" + definition + "</intermediateCatchEvent>";
}
std::string script(const std::string& id, const std::string& expression, const std::string& into)
{
    return "<scriptTask id=\"" + id + "\"><extensionElements><ta:result into=\"" + into +
           "\"/></extensionElements><script>" + expression + "</script></scriptTask>";
}
/// Nodes one after the other.
std::string chain(std::initializer_list<std::string> nodes)
{
    std::string out;
    const std::string* before = nullptr;
    for (const auto& node : nodes) {
        if (before != nullptr) out += flow(*before, node);
        before = &node;
    }
    return out;
}

const std::string signal_g = "<signalEventDefinition signalRef=\"g\"/>";
const std::string error_e = "<errorEventDefinition errorRef=\"e\"/>";
const std::string escalation_up = "<escalationEventDefinition escalationRef=\"up\"/>";
const std::string message_m = "<messageEventDefinition messageRef=\"m\"/>";
const std::string compensate = "<compensateEventDefinition/>";

std::string condition(const std::string& expression)
{
    return "<conditionalEventDefinition><condition>" + expression +
           "</condition></conditionalEventDefinition>";
}

}  // namespace

TEST_CASE("a signal reaches everybody who waits for it, and a catch beside the throw does not miss it")
{
    const auto process = load(
        start() + "<parallelGateway id=\"f\"/>" + thrown("t", signal_g) + caught("c1", signal_g) +
        caught("c2", signal_g) + end("z1") + end("z2") + end("z3") + chain({"s1", "f", "t", "z1"}) +
        chain({"f", "c1", "z2"}) + chain({"f", "c2", "z3"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.state.ended);
    CHECK(p.times("^g") == 1);
    CHECK(p.times("z2") == 1);
    CHECK(p.times("z3") == 1);
}

TEST_CASE("a signal is not kept for who waits later")
{
    const auto process = load(
        start() + thrown("t", signal_g) + caught("c", signal_g) + end("z") + chain({"s1", "t", "c", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "c");
    REQUIRE(p.give(SignalCommand{"h"}));
    CHECK(p.waiting() == "c");
    REQUIRE(p.give(SignalCommand{"g"}));
    CHECK(p.state.ended);
}

TEST_CASE(
    "a boundary event that does not interrupt leaves the task and fires each time; one that does stops it"
)
{
    for (const bool interrupting : {false, true}) {
        const auto process = load(
            start() + task("a") + boundary("b", "a", signal_g, interrupting) + task("c") + end("z1") +
            end("z2") + chain({"s1", "a", "z1"}) + chain({"b", "c", "z2"})
        );
        Player p(process->model());
        REQUIRE(p.give(StartCommand{}));
        REQUIRE(p.give(SignalCommand{"g"}));
        CHECK(p.waiting() == (interrupting ? "c" : "a b c"));
        REQUIRE(p.give(SignalCommand{"g"}));
        CHECK(p.times("c") == (interrupting ? 1 : 2));
    }
}

TEST_CASE("a conditional event fires when its condition becomes true, and at once when it is so already")
{
    const auto body = start() + script("x", "1", "n") + task("a") +
                      boundary("b", "a", condition("n = 2"), false) + task("c") + end("z1") + end("z2") +
                      chain({"s1", "x", "a", "z1"}) + chain({"b", "c", "z2"});
    const auto process = load(body);
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a b");
    p.state.variables["n"] = 2;
    REQUIRE(p.give(LookCommand{}));
    CHECK(p.waiting() == "a b c");
    REQUIRE(p.give(LookCommand{}));
    CHECK(p.times("c") == 1);  // Still true: it has not become so again.
    p.state.variables["n"] = 1;
    REQUIRE(p.give(LookCommand{}));
    p.state.variables["n"] = 2;
    REQUIRE(p.give(LookCommand{}));
    CHECK(p.times("c") == 2);
    const auto at_once = load(
        start() + sub("u", start("s2") + task("a") + end("z3") + chain({"s2", "a", "z3"})) +
        boundary("b", "u", condition("true")) + end("z1") + end("z2") + chain({"s1", "u", "z1"}) +
        chain({"b", "z2"})
    );
    Player q(at_once->model());
    REQUIRE(q.give(StartCommand{}));
    CHECK(q.state.ended);
    CHECK(q.times("a") == 0);
}

TEST_CASE("a link goes to its other end")
{
    const std::string link = "<linkEventDefinition name=\"L\"/>";
    const auto process = load(
        start() + thrown("t", link) + caught("c", link) + task("a") + end("z") + chain({"s1", "t"}) +
        chain({"c", "a", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a");
    CHECK(faults(start() + thrown("t", link) + chain({"s1", "t"})).find("bpmn.link_without_target@t") == 0);
}

TEST_CASE("an escalation is caught further out without stopping who threw it, unless the catch interrupts")
{
    for (const bool interrupting : {false, true}) {
        const auto process = load(
            start() +
            sub("u",
                start("s2") + thrown("t", escalation_up) + task("a") + end("z3") +
                    chain({"s2", "t", "a", "z3"})) +
            boundary("b", "u", escalation_up, interrupting) + task("c") + end("z1") + end("z2") +
            chain({"s1", "u", "z1"}) + chain({"b", "c", "z2"})
        );
        Player p(process->model());
        REQUIRE(p.give(StartCommand{}));
        CHECK(p.waiting() == (interrupting ? "c" : "a c"));
    }
    const auto nobody = load(start() + thrown("t", escalation_up) + end("z") + chain({"s1", "t", "z"}));
    Player p(nobody->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.state.ended);
    CHECK(p.times("/up") == 1);
}

TEST_CASE(
    "an error goes to the innermost who catches it, the one that names it first; nobody: the instance ends "
    "with it"
)
{
    const auto body = [](const std::string& boundaries) {
        return start() + sub("u", start("s2") + end("bang", error_e) + chain({"s2", "bang"})) + boundaries +
               end("z1") + chain({"s1", "u", "z1"});
    };
    const auto any = boundary("any", "u", "<errorEventDefinition/>") + end("z2") + chain({"any", "z2"});
    const auto named = boundary("named", "u", error_e) + end("z3") + chain({"named", "z3"});
    const auto process = load(body(any + named));
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.times("named") == 1);
    CHECK(p.times("any") == 0);
    const auto uncaught = load(body(""));
    Player q(uncaught->model());
    REQUIRE(q.give(StartCommand{}));
    CHECK(q.state.ended);
    CHECK(q.state.error == "error:e");
}

TEST_CASE("an event subprocess does not catch its own error")
{
    const auto process = load(
        start() + end("bang", error_e) + chain({"s1", "bang"}) +
        sub("h",
            "<startEvent id=\"hs\">" + error_e + "</startEvent>" + end("again", error_e) +
                chain({"hs", "again"}),
            "triggeredByEvent=\"true\"")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.state.error == "error:e");
    CHECK(p.times("hs") == 1);
}

TEST_CASE("a timer of a cycle fires as often as it says, from the time it was due")
{
    const auto process = load(
        start() + task("a") + boundary("b", "a", timer("R3/PT10M", "timeCycle"), false) + task("c") +
        end("z1") + end("z2") + chain({"s1", "a", "z1"}) + chain({"b", "c", "z2"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    p.pass(25min);
    CHECK(p.times("c") == 2);
    p.pass(60min);
    CHECK(p.times("c") == 3);
    CHECK(p.waiting() == "a c c c");
}

TEST_CASE("several events of one catch: any of them, or all of them")
{
    for (const bool all : {false, true}) {
        const auto process = load(
            start() + "<intermediateCatchEvent id=\"c\" parallelMultiple=\"" + (all ? "true" : "false") +
            "\">" + signal_g + message_m + "</intermediateCatchEvent>" + end("z") + chain({"s1", "c", "z"})
        );
        Player p(process->model());
        REQUIRE(p.give(StartCommand{}));
        REQUIRE(p.message("m"));
        CHECK(p.state.ended == !all);
        if (!all) continue;
        CHECK(p.waiting() == "c");
        REQUIRE(p.give(SignalCommand{"g"}));
        CHECK(p.state.ended);
    }
}

namespace {

std::string multi(const std::string& inside, bool sequential = false)
{
    return "<multiInstanceLoopCharacteristics isSequential=\"" + std::string(sequential ? "true" : "false") +
           "\">" + inside + "</multiInstanceLoopCharacteristics>";
}

/// Opinions of a list of agencies, gathered into s.
std::string opinions(const std::string& loop)
{
    return start() +
           task(
               "ask",
               "<extensionElements><ta:each as=\"agency\">[\"A\", \"B\", \"C\"]</ta:each>"
               "<ta:collect into=\"s\">agency + \":\" + outcome</ta:collect>"
               "<ta:outcome name=\"yes\" vi=\"x\"/><ta:outcome name=\"no\" vi=\"y\"/></extensionElements>" +
                   loop
           ) +
           task("after") + end("z") + chain({"s1", "ask", "after", "z"});
}

Result<Done> answer(Player& p, std::size_t which, const std::string& outcome)
{
    std::size_t at = 0;
    for (const auto& wait : p.state.waits)
        if (wait.what == Wait::For::task && at++ == which)
            return p.give(CompleteCommand{wait.id, outcome, {}});
    return Problem{.code = "test.no_task"};
}

std::string gathered(const Player& p)
{
    const auto* s = p.state.variables.if_contains("s");
    return s == nullptr ? "" : json::text_of(*s);
}

}  // namespace

TEST_CASE("instances in parallel: each has its item, and the outputs come in the order of the items")
{
    const auto process = load(opinions(multi("")));
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "ask ask ask");
    REQUIRE(answer(p, 2, "no"));
    REQUIRE(answer(p, 0, "yes"));
    CHECK(p.waiting() == "ask");
    REQUIRE(answer(p, 0, "yes"));
    CHECK(p.waiting() == "after");
    CHECK(gathered(p) == R"(["A:yes","B:yes","C:no"])");
}

TEST_CASE("instances one after the other, and a completion condition that stops the rest")
{
    const auto process = load(opinions(multi("", true)));
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "ask");
    REQUIRE(answer(p, 0, "yes"));
    CHECK(p.waiting() == "ask");
    const auto enough =
        load(opinions(multi("<completionCondition>numberOfCompletedInstances &gt;= 2</completionCondition>"))
        );
    Player q(enough->model());
    REQUIRE(q.give(StartCommand{}));
    REQUIRE(answer(q, 1, "no"));
    REQUIRE(answer(q, 1, "yes"));
    CHECK(q.waiting() == "after");
    CHECK(gathered(q) == R"(["B:no","C:yes"])");
}

TEST_CASE("the opinion pattern: who is silent when the time is up is stopped, the others are counted")
{
    const auto process = load(
        opinions(multi("")) + boundary("silence", "ask", timer("P5WD")) + task("late") + end("z2") +
        chain({"silence", "late", "z2"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(answer(p, 0, "yes"));
    p.pass(1h);  // The test's calendar is shorter than the law's.
    CHECK(p.waiting() == "late");
    CHECK_FALSE(answer(p, 3, "no"));
}

TEST_CASE("a list of nothing is done at once, and what is no list is an incident")
{
    const auto body = [](const std::string& items) {
        return start() +
               task(
                   "a",
                   "<extensionElements><ta:each as=\"i\">" + items + "</ta:each></extensionElements>" +
                       multi("")
               ) +
               end("z") + chain({"s1", "a", "z"});
    };
    const auto none = load(body("[]"));
    Player p(none->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.state.ended);
    const auto wrong = load(body("\"x\""));
    Player q(wrong->model());
    REQUIRE(q.give(StartCommand{}));
    REQUIRE(q.incidents.size() == 1);
    CHECK(q.incidents[0].code == "workflow.bad_cardinality");
}

TEST_CASE("the standard loop tests before or after, and at most as often as it says")
{
    const auto body = [](const std::string& attributes, const std::string& expression) {
        return start() + script("i", "0", "n") +
               "<scriptTask id=\"a\"><extensionElements><ta:result into=\"n\"/></extensionElements>"
               "<standardLoopCharacteristics " +
               attributes + "><loopCondition>" + expression +
               "</loopCondition></standardLoopCharacteristics><script>n + 1</script></scriptTask>" +
               end("z") + chain({"s1", "i", "a", "z"});
    };
    for (const auto& [attributes, expression, times] :
         {std::tuple("", "n &lt; 3", 3),
          std::tuple("", "false", 1),
          std::tuple("testBefore=\"true\"", "false", 0),
          std::tuple("loopMaximum=\"2\"", "true", 2)}) {
        const auto process = load(body(attributes, expression));
        Player p(process->model());
        REQUIRE(p.give(StartCommand{}));
        CHECK(p.state.ended);
        CHECK(p.times("a") == times);
    }
}

TEST_CASE("ten thousand instances are bounded, and one more is refused")
{
    const auto body = [](const char* count) {
        return start() + "<task id=\"a\">" +
               multi("<loopCardinality>" + std::string(count) + "</loopCardinality>") + "</task>" + end("z") +
               chain({"s1", "a", "z"});
    };
    const auto many = load(body("10001"));
    Player p(many->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.incidents.size() == 1);
    CHECK(p.incidents[0].code == "workflow.bad_cardinality");
    const auto fits = load(body("2000"));
    Player q(fits->model());
    REQUIRE(q.give(StartCommand{}));
    CHECK(q.state.ended);
    CHECK(q.times("a") == 2000);
}

TEST_CASE(
    "an expression that does not end, or a pattern that backtracks for ever, is an incident or null in "
    "bounded time"
)
{
    const auto endless = load(
        start() + script("x", "count(for a in 1..100000, b in 1..100000 return a)", "n") + end("z") +
        chain({"s1", "x", "z"})
    );
    Player p(endless->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.incidents.size() == 1);
    CHECK(p.incidents[0].code == "workflow.too_many_steps");
    const auto pattern = load(
        start() + script("x", "matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"^(a+)+$\")", "n") +
        end("z") + chain({"s1", "x", "z"})
    );
    Player q(pattern->model());
    REQUIRE(q.give(StartCommand{}));
    CHECK(q.state.variables.at("n").is_null());
    CHECK(q.state.ended);
}

TEST_CASE("an ad-hoc subprocess offers everything nothing leads to, and ends when its condition says so")
{
    const auto body = [](const std::string& attributes, const std::string& inside) {
        return start() + "<adHocSubProcess id=\"u\" " + attributes + ">" + task("a") + task("b") + task("c") +
               flow("b", "c") + inside + "</adHocSubProcess>" + end("z") + chain({"s1", "u", "z"});
    };
    const auto all = load(body("", ""));
    Player p(all->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a b");
    REQUIRE(p.complete("b"));
    REQUIRE(p.complete("a"));
    REQUIRE(p.complete("c"));
    CHECK(p.state.ended);
    const auto one = load(body("ordering=\"Sequential\"", ""));
    Player q(one->model());
    REQUIRE(q.give(StartCommand{}));
    CHECK(q.waiting() == "a");
    REQUIRE(q.complete("a"));
    CHECK(q.waiting() == "b");
    const auto until = load(body("", "<completionCondition>outcomes.a = \"done\"</completionCondition>"));
    Player r(until->model());
    REQUIRE(r.give(StartCommand{}));
    REQUIRE(r.complete("a"));
    CHECK(r.state.ended);
}

namespace {

std::string undoable(const std::string& id)
{
    return task(id) + boundary("u_" + id, id, compensate) + "<userTask id=\"undo_" + id +
           "\" isForCompensation=\"true\"/><association associationDirection=\"One\" sourceRef=\"u_" + id +
           "\" targetRef=\"undo_" + id + "\"/>";
}

}  // namespace

TEST_CASE("compensation undoes what was completed, the last thing first, and then goes on")
{
    const auto process = load(
        start() + undoable("a") + undoable("b") + thrown("t", compensate) + task("after") + end("z") +
        chain({"s1", "a", "b", "t", "after", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    REQUIRE(p.complete("b"));
    CHECK(p.waiting() == "undo_b");
    REQUIRE(p.complete("undo_b"));
    CHECK(p.waiting() == "undo_a");
    REQUIRE(p.complete("undo_a"));
    CHECK(p.waiting() == "after");
}

TEST_CASE("compensation of one activity undoes that one alone, and nothing that was not completed")
{
    const auto process = load(
        start() + undoable("a") + undoable("b") +
        thrown("t", "<compensateEventDefinition activityRef=\"a\"/>") + task("after") + end("z") +
        chain({"s1", "a", "b", "t", "after", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    REQUIRE(p.complete("b"));
    CHECK(p.waiting() == "undo_a");
    REQUIRE(p.complete("undo_a"));
    CHECK(p.waiting() == "after");
    const auto early = load(
        start() + undoable("a") + "<parallelGateway id=\"f\"/>" + thrown("t", compensate) + end("z1") +
        end("z2") + chain({"s1", "f", "a", "z1"}) + chain({"f", "t", "z2"})
    );
    Player q(early->model());
    REQUIRE(q.give(StartCommand{}));
    CHECK(q.waiting() == "a");
}

TEST_CASE("a transaction that is cancelled undoes what it did and goes on at its cancel event")
{
    const auto process = load(
        start() + "<transaction id=\"x\">" + start("s2") + undoable("a") +
        "<exclusiveGateway id=\"g\" default=\"g_ok\"/>" + end("ok") + end("no", "<cancelEventDefinition/>") +
        chain({"s2", "a", "g"}) + flow("g", "ok") + flow("g", "no", "true") + "</transaction>" +
        boundary("b", "x", "<cancelEventDefinition/>") + task("c") + end("z1") + end("z2") +
        chain({"s1", "x", "z1"}) + chain({"b", "c", "z2"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    CHECK(p.waiting() == "undo_a");
    REQUIRE(p.complete("undo_a"));
    CHECK(p.waiting() == "c");
    CHECK(
        faults(start() + end("no", "<cancelEventDefinition/>") + chain({"s1", "no"})) ==
        "bpmn.cancel_outside_transaction@no"
    );
}

TEST_CASE("a subprocess is undone by its own event subprocess")
{
    const auto process = load(
        start() +
        sub("u",
            start("s2") + undoable("a") + end("z2") + chain({"s2", "a", "z2"}) +
                sub("h",
                    "<startEvent id=\"hs\">" + compensate + "</startEvent>" + task("own") + end("hz") +
                        chain({"hs", "own", "hz"}),
                    "triggeredByEvent=\"true\"")) +
        thrown("t", compensate) + end("z") + chain({"s1", "u", "t", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    CHECK(p.waiting() == "own");
    REQUIRE(p.complete("own"));
    CHECK(p.state.ended);
}

namespace {

/// Two processes: the main one calls the other.
std::string calling(const std::string& call, const std::string& called)
{
    auto text = model_text(
        start() + "<callActivity id=\"call\" calledElement=\"q\"><extensionElements>" + call +
        "</extensionElements></callActivity>" + boundary("b", "call", error_e) + end("z1") + end("z2") +
        chain({"s1", "call", "z1"}) + chain({"b", "z2"})
    );
    const std::string close = "</definitions>";
    text.insert(
        text.rfind(close),
        "<process id=\"q\" isExecutable=\"true\"><extensionElements><ta:variable name=\"inner\"/>"
        "</extensionElements>" +
            called + "</process>"
    );
    return text;
}

}  // namespace

TEST_CASE("a called process has variables of its own, gives back what is asked for, and its errors come up")
{
    const auto called = start("qs") + script("qx", "inner * 2", "inner") + task("qa") +
                        "<exclusiveGateway id=\"g\" default=\"ok\"/>" + end("qz") + end("qbad", error_e) +
                        chain({"qs", "qx", "qa", "g"}) + flow("g", "qz", "", "ok") +
                        flow("g", "qbad", "n = 1");
    const auto loaded = Process::load(
        calling("<ta:in name=\"inner\">20 + 1</ta:in><ta:out name=\"n\" from=\"inner\"/>", called),
        "p.bpmn",
        vocabulary()
    );
    for (const auto& f : loaded.findings) MESSAGE(text_of(f));
    REQUIRE(loaded.process);
    Player p(loaded.process->model());
    REQUIRE(p.give(StartCommand{.message = {}, .variables = {{"n", 1}}}));
    CHECK(p.waiting() == "qa");
    REQUIRE(p.complete("qa"));  // n of the caller is not seen: the default is taken.
    CHECK(p.state.ended);
    CHECK(json::integer_or(json::value(p.state.variables), "n") == 42);
    const auto fails = Process::load(
        calling("", start("qs") + task("qa") + end("qbad", error_e) + chain({"qs", "qa", "qbad"})),
        "p.bpmn",
        vocabulary()
    );
    REQUIRE(fails.process);
    Player q(fails.process->model());
    REQUIRE(q.give(StartCommand{}));
    REQUIRE(q.complete("qa"));
    CHECK(q.times("b") == 1);
    CHECK(q.state.ended);
}

TEST_CASE("a process of the host is waited for, and what it gives back is mapped")
{
    const auto process = load(
        start() +
        "<callActivity id=\"call\" calledElement=\"residence\"><extensionElements><ta:in "
        "name=\"s\">\"x\"</ta:in>"
        "<ta:out name=\"n\" from=\"entry\"/></extensionElements></callActivity>" +
        end("z") + chain({"s1", "call", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    const auto* wait = p.wait_at("call");
    REQUIRE(wait != nullptr);
    CHECK(wait->what == Wait::For::process);
    CHECK(wait->name == "residence");
    REQUIRE(p.give(AnswerCommand{wait->id, {{"entry", 7}}}));
    CHECK(p.state.ended);
    CHECK(json::integer_or(json::value(p.state.variables), "n") == 7);
}

TEST_CASE("tokens wait until there are as many as an activity wants, and leave as often as it says")
{
    const auto process = load(
        start() + "<task id=\"a\" completionQuantity=\"3\"/><task id=\"b\" startQuantity=\"3\"/>" + end("z") +
        chain({"s1", "a", "b", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.state.ended);
    CHECK(p.times("a") == 1);
    CHECK(p.times("b") == 1);
}

TEST_CASE("two local actions beside each other are both run")
{
    const std::string act = "<extensionElements><ta:action name=\"act\"/></extensionElements>";
    const auto process = load(
        start() + "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/><serviceTask id=\"a\">" + act +
        "</serviceTask><serviceTask id=\"b\">" + act + "</serviceTask>" + end("z") +
        chain({"s1", "f", "a", "j"}) + chain({"f", "b", "j", "z"})
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.times("!act") == 2);
    CHECK(p.state.ended);
}

TEST_CASE("a message without an action is sent to whoever waits for it")
{
    const auto process = load(start() + end("z", message_m) + chain({"s1", "z"}));
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.times(">m") == 1);
    CHECK(p.state.ended);
}

TEST_CASE("instances of nothing are refused: neither a list nor a number is given")
{
    CHECK(
        faults(start() + task("a", multi("")) + end("z") + chain({"s1", "a", "z"})) ==
        "bpmn.loop_without_end@a"
    );
}

TEST_CASE("what is not executed is refused with its line")
{
    for (const char* element :
         {"<complexGateway id=\"x\"/>",
          "<subChoreography id=\"x\"/>",
          "<task id=\"x\" startQuantity=\"0\"/>"}) {
        INFO(element);
        CHECK_FALSE(faults(start() + element + end("z") + chain({"s1", "x", "z"})).empty());
    }
    CHECK(
        faults(start() + task("a", multi("") + multi("")) + end("z") + chain({"s1", "a", "z"}))
            .find("bpmn.loop_not_allowed") != std::string::npos
    );
    CHECK(
        faults(
            start() +
            caught("c", "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>") +
            end("z") + chain({"s1", "c", "z"})
        )
            .find("bpmn.informal_expression@") != std::string::npos
    );
    CHECK(faults(start() + task("a") + chain({"s1", "a"})).find("bpmn.no_end@p") != std::string::npos);
}
