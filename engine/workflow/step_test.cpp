#include <doctest/doctest.h>

#include "engine/workflow/testing.h"

using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

const std::string start = "<startEvent id=\"s1\"/>";
std::string user(const std::string& id, const std::string& more = "")
{
    return "<userTask id=\"" + id + "\"><extensionElements>" + more + "</extensionElements></userTask>";
}

}  // namespace

TEST_CASE("a task waits, its completion ends the process, and it cannot be completed twice")
{
    const auto process = load(start + user("a") + "<endEvent id=\"z\"/>" + flow("s1", "a") + flow("a", "z"));
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a");
    const auto id = p.wait_at("a")->id;
    REQUIRE(p.complete("a"));
    CHECK(p.state.ended);
    CHECK(p.give(CompleteCommand{id, "done", {}}).problem().code == "workflow.no_such_wait");
}

TEST_CASE("an exclusive gateway takes the first true condition, else the default, else the token is stuck")
{
    const auto body = [](const char* fallback) {
        return start +
               user(
                   "a",
                   "<ta:outcome name=\"x\" vi=\"x\"/><ta:outcome name=\"y\" vi=\"y\"/><ta:outcome name=\"z\" "
                   "vi=\"z\"/>"
               ) +
               "<exclusiveGateway id=\"g\" " + fallback + "/><endEvent id=\"e1\"/><endEvent id=\"e2\"/>" +
               flow("s1", "a") + flow("a", "g") + flow("g", "e1", "outcome = \"x\"") +
               flow("g", "e2", *fallback == '\0' ? "outcome = \"y\"" : "", "other");
    };
    for (const auto& [fallback, outcome, end] :
         {std::tuple("", "x", "e1"), std::tuple("", "y", "e2"), std::tuple("default=\"other\"", "z", "e2")}) {
        const auto process = load(body(fallback));
        Player p(process->model());
        REQUIRE(p.give(StartCommand{}));
        REQUIRE(p.complete("a", outcome));
        CHECK(p.trace.back() == end);
        CHECK(p.state.ended);
    }
    const auto process = load(body(""));
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a", "z"));
    REQUIRE(p.incidents.size() == 1);
    CHECK(p.incidents[0].code == "workflow.no_flow_taken");
    CHECK_FALSE(p.state.ended);
}

TEST_CASE("a parallel join waits for a token on every flow")
{
    const auto process = load(
        start + "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" + user("a") + user("b") +
        "<endEvent id=\"z\"/>" + flow("s1", "f") + flow("f", "a") + flow("f", "b") + flow("a", "j") +
        flow("b", "j") + flow("j", "z")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a b");
    REQUIRE(p.complete("b"));
    CHECK(p.waiting() == "a");
    CHECK_FALSE(p.state.ended);
    REQUIRE(p.complete("a"));
    CHECK(p.state.ended);
}

TEST_CASE("an inclusive join waits for every branch that was taken, and for no other")
{
    const auto process = load(
        start + user("ask", "<ta:outcome name=\"one\" vi=\"x\"/><ta:outcome name=\"both\" vi=\"y\"/>") +
        "<inclusiveGateway id=\"f\" default=\"f_a\"/><inclusiveGateway id=\"j\"/>" + user("a") + user("b") +
        user("c") + "<endEvent id=\"z\"/>" + flow("s1", "ask") + flow("ask", "f") + flow("f", "a") +
        flow("f", "b", "outcome = \"one\" or outcome = \"both\"") + flow("f", "c", "outcome = \"both\"") +
        flow("a", "j") + flow("b", "j") + flow("c", "j") + flow("j", "z")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("ask", "one"));
    CHECK(p.waiting() == "b");
    REQUIRE(p.complete("b"));
    CHECK(p.state.ended);
    Player q(process->model());
    REQUIRE(q.give(StartCommand{}));
    REQUIRE(q.complete("ask", "both"));
    CHECK(q.waiting() == "b c");
    REQUIRE(q.complete("c"));
    CHECK_FALSE(q.state.ended);
    REQUIRE(q.complete("b"));
    CHECK(q.state.ended);
}

TEST_CASE("an inclusive join goes on when the branch it waited for dies")
{
    const auto process = load(
        start + "<parallelGateway id=\"f\"/><inclusiveGateway id=\"j\"/>" + user("a") +
        user("b", "<ta:outcome name=\"on\" vi=\"x\"/><ta:outcome name=\"off\" vi=\"y\"/>") +
        "<exclusiveGateway id=\"g\" default=\"g_off\"/><endEvent id=\"off\"/><endEvent id=\"z\"/>" +
        flow("s1", "f") + flow("f", "a") + flow("f", "b") + flow("a", "j") + flow("b", "g") +
        flow("g", "j", "outcome = \"on\"") + flow("g", "off") + flow("j", "z")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    CHECK_FALSE(p.state.ended);
    REQUIRE(p.complete("b", "off"));
    CHECK(p.state.ended);
}

TEST_CASE("an interrupting boundary event takes the token away, another one adds a token")
{
    const auto body = [](const char* cancel) {
        return start + user("a") + "<boundaryEvent id=\"b\" attachedToRef=\"a\" cancelActivity=\"" + cancel +
               "\"><messageEventDefinition messageRef=\"m\"/></boundaryEvent>" + user("c") +
               "<endEvent id=\"z\"/><endEvent id=\"y\"/>" + flow("s1", "a") + flow("a", "z") +
               flow("b", "c") + flow("c", "y");
    };
    const auto stops = load(body("true"));
    Player p(stops->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a b");
    REQUIRE(p.give(MessageCommand{p.wait_at("b")->id, {}}));
    CHECK(p.waiting() == "c");
    const auto adds = load(body("false"));
    Player q(adds->model());
    REQUIRE(q.give(StartCommand{}));
    REQUIRE(q.give(MessageCommand{q.wait_at("b")->id, {}}));
    CHECK(q.waiting() == "a b c");
    REQUIRE(q.complete("a"));
    CHECK(q.waiting() == "c");
}

TEST_CASE("withdrawal: an interrupting event subprocess ends everything else, at any moment")
{
    const auto process = load(
        start + "<parallelGateway id=\"f\"/>" + user("a") + user("b") +
        "<endEvent id=\"z\"/><endEvent id=\"y\"/>" + flow("s1", "f") + flow("f", "a") + flow("f", "b") +
        flow("a", "z") + flow("b", "y") +
        "<subProcess id=\"w\" triggeredByEvent=\"true\"><startEvent id=\"ws\"><messageEventDefinition "
        "messageRef=\"m\"/></startEvent>" +
        "<serviceTask id=\"strike\"><extensionElements><ta:action "
        "name=\"case.withdraw\"/></extensionElements></serviceTask><endEvent id=\"we\"/>" +
        flow("ws", "strike") + flow("strike", "we") + "</subProcess>"
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "a b ws");
    REQUIRE(p.complete("a"));
    REQUIRE(p.give(MessageCommand{p.wait_at("ws")->id, {}}));
    CHECK(p.state.ended);
    CHECK(p.waiting().empty());
    CHECK(
        p.trace == std::vector<std::string>{"s1", "f", "a", "b", "z", "ws", "strike", "!case.withdraw", "we"}
    );
}

TEST_CASE("a local action gives its answer to the variables, and expressions see it")
{
    const auto process = load(
        start +
        "<serviceTask id=\"t\"><extensionElements><ta:action name=\"x\"><ta:in name=\"a\">1 + "
        "1</ta:in><ta:out name=\"n\" from=\"number\"/></ta:action></extensionElements></serviceTask>" +
        "<exclusiveGateway id=\"g\" default=\"no\"/><endEvent id=\"big\"/><endEvent id=\"small\"/>" +
        flow("s1", "t") + flow("t", "g") + flow("g", "big", "n > 10") + flow("g", "small", "", "no")
    );
    Player p(process->model());
    p.answer = {{"number", 11}};
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.trace == std::vector<std::string>{"s1", "t", "!x", "g", "big"});
    CHECK(p.state.variables.at("n") == 11);
}

TEST_CASE("an error event leaves the subprocess by its boundary")
{
    const auto process = load(
        start + "<subProcess id=\"sub\"><startEvent id=\"is\"/>" + user("a") +
        "<endEvent id=\"ie\"><errorEventDefinition errorRef=\"e\"/></endEvent>" + flow("is", "a") +
        flow("a", "ie") +
        "</subProcess><boundaryEvent id=\"b\" attachedToRef=\"sub\"><errorEventDefinition "
        "errorRef=\"e\"/></boundaryEvent>" +
        user("fix") + "<endEvent id=\"z\"/><endEvent id=\"y\"/>" + flow("s1", "sub") + flow("sub", "z") +
        flow("b", "fix") + flow("fix", "y")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    CHECK(p.waiting() == "fix");
}

TEST_CASE("the first event behind an event-based gateway wins")
{
    const auto process = load(
        start +
        "<eventBasedGateway id=\"g\"/><intermediateCatchEvent id=\"m1\"><messageEventDefinition "
        "messageRef=\"m\"/></intermediateCatchEvent>" +
        "<intermediateCatchEvent "
        "id=\"t1\"><timerEventDefinition><timeDuration "
        "xsi:type=\"tFormalExpression\">P3WD</timeDuration></timerEventDefinition></"
        "intermediateCatchEvent>" +
        "<endEvent id=\"z\"/><endEvent id=\"y\"/>" + flow("s1", "g") + flow("g", "m1") + flow("g", "t1") +
        flow("m1", "z") + flow("t1", "y")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    CHECK(p.waiting() == "m1 t1");
    REQUIRE(p.give(TimerCommand{p.wait_at("t1")->id}));
    CHECK(p.state.ended);
    CHECK(p.trace.back() == "y");
}

TEST_CASE("a task can be sent back only along its own path and where the model allows")
{
    const auto process = load(
        start + user("a") + user("b", "<ta:returns to=\"a\"/>") + user("c") + "<endEvent id=\"z\"/>" +
        flow("s1", "a") + flow("a", "b") + flow("b", "c") + flow("c", "z")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    REQUIRE(p.give(ReturnCommand{p.wait_at("b")->id, "a"}));
    CHECK(p.waiting() == "a");
    REQUIRE(p.complete("a"));
    REQUIRE(p.complete("b"));
    CHECK(p.give(ReturnCommand{p.wait_at("c")->id, "a"}).problem().code == "workflow.cannot_return");
}

TEST_CASE("a loop without a wait becomes an incident, not an endless run")
{
    const auto process = load(
        start +
        "<exclusiveGateway id=\"g\"/><scriptTask id=\"t\"><script>1</script></scriptTask><exclusiveGateway "
        "id=\"h\" default=\"out\"/><endEvent id=\"z\"/>" +
        flow("s1", "g") + flow("g", "t") + flow("t", "h") + flow("h", "g", "true") + flow("h", "z", "", "out")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.incidents.size() == 1);
    CHECK(p.incidents[0].code == "workflow.too_many_steps");
}

TEST_CASE("a state goes to JSON and comes back, and goes on")
{
    const auto process = load(
        start + "<parallelGateway id=\"f\"/><parallelGateway id=\"j\"/>" + user("a") + user("b") +
        "<endEvent id=\"z\"/>" + flow("s1", "f") + flow("f", "a") + flow("f", "b") + flow("a", "j") +
        flow("b", "j") + flow("j", "z")
    );
    Player p(process->model());
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("a"));
    const auto json = to_json(p.state, process->model());
    p.state = state_from(json, process->model());
    CHECK(to_json(p.state, process->model()) == json);
    REQUIRE(p.complete("b"));
    CHECK(p.state.ended);
}

TEST_CASE("what the engine does not execute is refused with its element")
{
    const auto around = [](const std::string& inner) {
        return start + user("a") + inner + "<endEvent id=\"z\"/>" + flow("s1", "a") + flow("a", "z");
    };
    CHECK(faults(around("")).empty());
    CHECK(faults(around("<complexGateway id=\"c\"/>")) == "bpmn.not_executed@c");
    CHECK(faults(around("<serviceTask id=\"t\"/>")).find("bpmn.unbound_action@t") != std::string::npos);
    CHECK(
        faults(
            start + "<userTask id=\"a\" startQuantity=\"0\"/><endEvent id=\"z\"/>" + flow("s1", "a") +
            flow("a", "z")
        ) == "bpmn.bad_quantity@a"
    );
    CHECK(
        faults(
            start + "<userTask id=\"a\" nosuch=\"2\"/><endEvent id=\"z\"/>" + flow("s1", "a") + flow("a", "z")
        ) == "bpmn.unknown_attribute@a"
    );
    CHECK(
        faults(
            start + user("a", "<ta:nosuch/>") + "<endEvent id=\"z\"/>" + flow("s1", "a") + flow("a", "z")
        ) == "bpmn.unknown_extension@nosuch"
    );
    CHECK(
        faults(
            start + user("a", "<ta:candidates>posts.</ta:candidates>") + "<endEvent id=\"z\"/>" +
            flow("s1", "a") + flow("a", "z")
        ) == "feel.syntax@candidates"
    );
    CHECK(
        faults(
            start + user("a", "<ta:set name=\"q\">1</ta:set>") + "<endEvent id=\"z\"/>" + flow("s1", "a") +
            flow("a", "z")
        ) == "bpmn.unknown_variable@set"
    );
    CHECK(
        faults(start + user("a") + flow("s1", "a") + flow("a", "nowhere")) ==
        "bpmn.unresolved@a_nowhere bpmn.no_end@p"
    );
    CHECK(faults("<endEvent id=\"z\"/>").find("bpmn.no_start@p") != std::string::npos);
}

TEST_CASE("an unsound model is refused with a way that leads there")
{
    const std::string gateways = "<exclusiveGateway id=\"x\" default=\"d\"/><parallelGateway id=\"j\"/>";
    const auto deadlock = start + gateways + user("a") + user("b") + "<endEvent id=\"z\"/>" +
                          flow("s1", "x") + flow("x", "a", "true") + flow("x", "b", "", "d") +
                          flow("a", "j") + flow("b", "j") + flow("j", "z");
    const auto found = Process::load(model_text(deadlock), "p.bpmn", vocabulary()).findings;
    REQUIRE_FALSE(found.empty());
    CHECK(found[0].problem.code == "bpmn.deadlock");
    CHECK(found[0].element == "j");
    CHECK(found[0].path == std::vector<std::string>{"s1", "x", "a", "j"});
    const auto unsynchronised = start + "<parallelGateway id=\"f\"/>" + user("a") + user("b") + user("c") +
                                "<endEvent id=\"z\"/>" + flow("s1", "f") + flow("f", "a") + flow("f", "b") +
                                flow("a", "c") + flow("b", "c") + flow("c", "z");
    CHECK(faults(unsynchronised).find("bpmn.lack_of_synchronisation") != std::string::npos);
    const auto livelock = start + "<parallelGateway id=\"f\"/><exclusiveGateway id=\"g\"/>" + user("a") +
                          "<endEvent id=\"z\"/>" + flow("s1", "f") + flow("f", "z") + flow("f", "g") +
                          flow("g", "a") + flow("a", "g");
    CHECK(faults(livelock).find("bpmn.livelock") != std::string::npos);
}

TEST_CASE("the shipped birth process loads, is sound, and runs to the certificate")
{
    const auto text =
        file_text(THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/process.bpmn");
    const auto loaded = Process::load(text, "process.bpmn", vocabulary());
    for (const auto& f : loaded.findings) MESSAGE(text_of(f));
    REQUIRE(loaded.process);
    Player p(loaded.process->model());
    p.names = {
        {"law",
         json::object{
             {"supplement_verb", "resume"},
             {"original", "preprinted_form"},
             {"personal_number_connected", false}}},
        {"posts", json::object{{"one_stop_officer", json::array{"7"}}}}};
    REQUIRE(p.give(StartCommand{}));
    REQUIRE(p.complete("receive", "receive"));
    REQUIRE(p.complete("pass_on", "supplement"));
    CHECK(p.state.variables.at("state") == "awaiting_supplement");
    REQUIRE(p.give(MessageCommand{p.wait_at("wait_supplement")->id, {}}));
    REQUIRE(p.complete("pass_on", "pass_on"));
    REQUIRE(p.complete("check", "enter"));
    REQUIRE(p.complete("approve", "approve"));
    p.answer = json::object{{"used", false}};  // The form was spoiled: it is printed again.
    REQUIRE(p.complete("print_certificate", "printed"));
    CHECK(p.waiting().find("print_certificate") != std::string::npos);
    p.answer = json::object{{"used", true}};
    REQUIRE(p.complete("print_certificate", "printed"));
    REQUIRE(p.complete("stamp", "stamped"));
    REQUIRE(p.complete("hand_over", "handed_over"));
    CHECK(p.state.ended);
    CHECK(p.state.variables.at("state") == "handed_over");
}
