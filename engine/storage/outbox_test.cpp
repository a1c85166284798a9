#include "engine/storage/outbox.h"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "engine/storage/incidents.h"
#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;
using namespace std::chrono_literals;

namespace {

const Instant morning = at(std::chrono::sys_days{std::chrono::year{2016} / 7 / 1}, 480min);

OutboxMessage message(std::string kind, std::int64_t aggregate, std::string payload, Instant due = {})
{
    return {
        .kind = std::move(kind),
        .aggregate_kind = "probe",
        .aggregate_id = aggregate,
        .payload = std::move(payload),
        .idempotency_key = "",
        .due = due};
}

/// A database, a source of ids and what handlers were given, in order.
struct Post {
    explicit Post(TestDatabases& databases) : database(databases.open({})) {}

    OutboxId add(const OutboxMessage& one)
    {
        const auto id =
            database->write({}, [&](Writer& db) -> Result<OutboxId> { return outbox_add(db, ids, one); });
        return id.value();
    }
    std::size_t run(Instant now) { return outbox_run_due(*database, ids, handlers, now); }
    OutboxState state()
    {
        return database->read([](Reader& db) { return outbox_state(db); });
    }
    std::vector<Incident> open_incidents()
    {
        return database->read([](Reader& db) { return incidents(db, IncidentFilter::open); });
    }
    /// A handler that notes the payload and answers as `answer` says.
    OutboxHandler noting(std::function<Sent()> answer)
    {
        OutboxHandler handler;
        handler.send = [this, answer = std::move(answer)](const OutboxItem& item) {
            noted += item.message.payload + " ";
            return answer();
        };
        return handler;
    }

    std::unique_ptr<Database> database;
    IdSource ids{1};
    OutboxHandlers handlers;
    std::string noted;
};

Sent sent() { return {}; }
Sent failed() { return {.outcome = Sent::Outcome::retry, .reason = "line engaged"}; }
Sent lost() { return {.outcome = Sent::Outcome::unknown, .reason = "no answer"}; }

}  // namespace

TEST_DATABASES("a row is sent once, in the order of its aggregate, not before it is due")
{
    Post post(databases);
    post.handlers["letter"] = post.noting(sent);
    post.add(message("letter", 7, "second", morning + 1min));
    post.add(message("letter", 7, "first", morning));
    post.add(message("letter", 7, "tomorrow", morning + 24h));
    CHECK(post.run(morning + 2min) == 2);
    CHECK(post.noted == "first second ");
    CHECK(post.run(morning + 2min) == 0);
    CHECK(post.run(morning + 24h) == 1);
    CHECK(post.state().waiting == 0);
}

TEST_DATABASES("a row that was undone with its command is never sent")
{
    Post post(databases);
    post.handlers["letter"] = post.noting(sent);
    const auto refused = post.database->write({}, [&](Writer& db) -> Result<Done> {
        outbox_add(db, post.ids, message("letter", 1, "x"));
        return Problem{.code = "probe.no", .field = "", .law = ""};
    });
    CHECK(!refused);
    CHECK(post.run(morning) == 0);
}

TEST_DATABASES("a second row with the same key is the first one")
{
    Post post(databases);
    auto one = message("letter", 1, "x");
    one.idempotency_key = "dossier-5-received";
    const auto first = post.add(one);
    CHECK(post.add(one) == first);
    CHECK(post.state().waiting == 1);
}

TEST_DATABASES("tries wait longer each time; the last one becomes an incident that can be sent again")
{
    Post post(databases);
    bool broken = true;
    auto handler = post.noting([&] { return broken ? failed() : sent(); });
    handler.tries_max = 3;
    handler.first_wait = 10s;
    post.handlers["letter"] = handler;
    post.add(message("letter", 1, "x"));
    CHECK(post.run(morning) == 1);
    CHECK(post.run(morning + 9s) == 0);
    CHECK(post.run(morning + 10s) == 1);
    CHECK(post.run(morning + 29s) == 0);
    CHECK(post.open_incidents().empty());
    CHECK(post.run(morning + 30s) == 1);
    REQUIRE(post.open_incidents().size() == 1);
    const auto incident = post.open_incidents()[0];
    CHECK(incident.report.kind == "outbox.letter");
    CHECK(incident.report.reason == "line engaged");
    CHECK(post.run(morning + 24h) == 0);

    broken = false;
    const auto again = [&](Writer& db) {
        return incident_resend(db, incident.id, 42, morning + 25h, "mended");
    };
    REQUIRE(post.database->write({}, again));
    CHECK(post.database->write({}, again).problem().code == "storage.incident_closed");
    CHECK(post.run(morning + 25h) == 1);
    CHECK(post.open_incidents().empty());
    CHECK(post.state().failed == 0);
}

TEST_DATABASES("whatever a stranger gives as its reason is kept as text, cut between letters")
{
    Post post(databases);
    std::string reason;
    auto handler = post.noting([&] { return Sent{.outcome = Sent::Outcome::refused, .reason = reason}; });
    post.handlers["letter"] = handler;
    std::int64_t aggregate = 0;
    const auto kept = [&](std::string said) {
        reason = std::move(said);
        post.add(message("letter", ++aggregate, "x"));
        CHECK(post.run(morning) == 1);
        const auto open = post.open_incidents();
        const auto found = std::find_if(open.begin(), open.end(), [&](const Incident& one) {
            return one.report.aggregate_id == aggregate;
        });
        REQUIRE(found != open.end());
        return found->report.reason;
    };
    CHECK(kept(std::string(499, 'x') + "ế") == std::string(499, 'x'));
    CHECK(kept(std::string(497, 'x') + "ế!") == std::string(497, 'x') + "ế");
    CHECK(kept("caf\xe9 ferm\xe9") == "caf? ferm?");
    CHECK(kept("").empty());
}

TEST_DATABASES("a failed row waits alone: its aggregate's next waits too, another aggregate does not")
{
    Post post(databases);
    auto handler = post.noting(sent);
    handler.send = [&, send = handler.send](const OutboxItem& item) {
        const auto answer = send(item);
        return item.message.payload == "bad" && item.attempt == 1 ? failed() : answer;
    };
    post.handlers["letter"] = handler;
    post.add(message("letter", 1, "bad"));
    post.add(message("letter", 1, "after"));
    post.add(message("letter", 2, "other"));
    CHECK(post.run(morning) == 2);
    CHECK(post.noted == "bad other ");
    CHECK(post.run(morning + 1min) == 2);
    CHECK(post.noted == "bad other bad after ");
}

TEST_DATABASES("an unknown outcome is asked about, never sent blindly a second time")
{
    Post post(databases);
    int asked = 0;
    auto handler = post.noting(lost);
    handler.ask = [&](const OutboxItem&) { return ++asked == 1 ? lost() : Sent{.reply = "it came"}; };
    std::string reply;
    handler.settled = [&](Writer&, const OutboxItem&, const std::string& told) -> Result<Done> {
        reply = told;
        return Done{};
    };
    post.handlers["payment"] = handler;
    post.add(message("payment", 1, "x"));
    CHECK(post.run(morning) == 1);
    CHECK(post.state().unknown == 1);
    CHECK(post.run(morning + 1min) == 1);
    CHECK(post.run(morning + 5min) == 1);
    CHECK(post.noted == "x ");
    CHECK(asked == 2);
    CHECK(reply == "it came");
    CHECK(post.state().unknown == 0);
}

TEST_DATABASES("an unknown outcome nobody can ask about is an incident at once")
{
    Post post(databases);
    post.handlers["fax"] = post.noting(lost);
    post.add(message("fax", 1, "x"));
    CHECK(post.run(morning) == 1);
    CHECK(post.open_incidents().size() == 1);
}

TEST_DATABASES("a step that throws or has a Problem writes nothing and is tried again")
{
    Post post(databases);
    int tries = 0;
    OutboxHandler handler;
    handler.step = [&](Writer& db, const OutboxItem&) -> Result<Step> {
        outbox_add(db, post.ids, message("letter", 0, "from the step"));
        if (++tries == 1) throw std::runtime_error("a bug");
        if (tries == 2) return Problem{.code = "probe.no", .field = "", .law = ""};
        return Step{};
    };
    post.handlers["timer"] = handler;
    post.add(message("timer", 1, "x"));
    post.run(morning);
    CHECK(post.state().waiting == 1);
    post.run(morning + 1min);
    CHECK(post.state().waiting == 1);
    post.run(morning + 5min);
    CHECK(tries == 3);
    CHECK(post.state().waiting == 1);  // The letter of the third try, which has no handler here.
    CHECK(post.open_incidents().empty());
}

TEST_DATABASES("a job goes on from where its last chunk ended")
{
    Post post(databases);
    OutboxHandler handler;
    handler.step = [&](Writer&, const OutboxItem& item) -> Result<Step> {
        post.noted += item.message.payload;
        return Step{.finished = post.noted.size() == 3, .payload = item.message.payload + "", .due = morning};
    };
    post.handlers["job"] = handler;
    post.add(message("job", 1, "."));
    CHECK(post.run(morning) == 3);
    CHECK(post.noted == "...");
}

TEST_DATABASES("a timer that was taken back does not fire")
{
    Post post(databases);
    post.handlers["timer"] = post.noting(sent);
    auto timer = message("timer", 1, "x", morning);
    timer.idempotency_key = "deadline-5";
    post.add(timer);
    const auto cancel = [](Writer& db) -> Result<bool> { return outbox_cancel(db, "timer", "deadline-5"); };
    CHECK(post.database->write({}, cancel).value());
    CHECK(!post.database->write({}, cancel).value());
    CHECK(post.run(morning) == 0);
}

TEST_DATABASES("a worker whose lease ran out writes nothing over the one that took the row")
{
    Post post(databases);
    int calls = 0;
    int settled = 0;
    auto handler = post.noting(sent);
    handler.lease = 60s;
    handler.send = [&](const OutboxItem&) {
        // The first call takes two minutes: another worker claims the row meanwhile and finishes.
        if (++calls == 1) CHECK(post.run(morning + 2min) == 1);
        return sent();
    };
    handler.settled = [&](Writer&, const OutboxItem&, const std::string&) -> Result<Done> {
        ++settled;
        return Done{};
    };
    post.handlers["letter"] = handler;
    post.add(message("letter", 1, "x"));
    CHECK(post.run(morning) == 1);
    CHECK(calls == 2);
    CHECK(settled == 1);
}

TEST_DATABASES("a kind nobody here can do stays, and keeps nobody waiting")
{
    Post post(databases);
    post.handlers["letter"] = post.noting(sent);
    for (int i = 0; i < 100; ++i) post.add(message("strange", 0, "s"));
    post.add(message("letter", 0, "x"));
    CHECK(post.run(morning) == 1);
    CHECK(post.state().waiting == 100);
}

TEST_DATABASES("the runner is woken by the commit that adds a row")
{
    Post post(databases);
    std::promise<std::string> got;
    OutboxHandler handler;
    handler.send = [&](const OutboxItem& item) {
        got.set_value(item.message.payload);
        return sent();
    };
    const Clock clock;
    const OutboxRunner runner(*post.database, post.ids, clock, {{"letter", handler}});
    post.add(message("letter", 1, "hello"));
    auto answer = got.get_future();
    REQUIRE(answer.wait_for(30s) == std::future_status::ready);
    CHECK(answer.get() == "hello");
}

TEST_DATABASES("two runners on one database do every row once")
{
    Post post(databases);
    std::atomic<int> calls{0};
    std::promise<void> all;
    OutboxHandler handler;
    handler.step = [&](Writer&, const OutboxItem&) -> Result<Step> { return Step{}; };
    OutboxHandler last;
    last.send = [&](const OutboxItem&) {
        if (++calls == 60) all.set_value();
        return sent();
    };
    const Clock clock;
    const OutboxHandlers handlers{{"timer", handler}, {"letter", last}};
    const OutboxRunner one(*post.database, post.ids, clock, handlers);
    const OutboxRunner two(*post.database, post.ids, clock, handlers);
    for (int i = 0; i < 60; ++i) {
        post.add(message("timer", i % 7 + 1, "t"));
        post.add(message("letter", i % 7 + 1, "l"));
    }
    REQUIRE(all.get_future().wait_for(60s) == std::future_status::ready);
    CHECK(calls == 60);
}
