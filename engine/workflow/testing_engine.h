#pragma once

#include <doctest/doctest.h>

#include "engine/storage/test_databases.h"
#include "engine/workflow/engine.h"
#include "engine/workflow/schema.h"
#include "engine/workflow/testing.h"

/// What tests of the engine on a database share: a host, a database, officers.
namespace thien_an::workflow::testing {

inline const char* const calendars =
    R"({"kinds": {"holiday": "off"}, "calendars": [{"id": "counted", "versions": [{"valid_from": "2016-01-01", "hours": {
 "monday": [["07:00","11:30"],["13:00","16:30"]], "tuesday": [["07:00","11:30"],["13:00","16:30"]], "wednesday": [["07:00","11:30"],["13:00","16:30"]],
 "thursday": [["07:00","11:30"],["13:00","16:30"]], "friday": [["07:00","11:30"],["13:00","16:30"]], "saturday": [], "sunday": []}}]}], "days": []})";

/// A host of processes with a memory of what it was asked.
class TestHost : public Host {
public:
    explicit TestHost(const std::string& body) { add(1, body); }
    /// Another version of the process.
    void add(std::int64_t definition, const std::string& body, const Vocabulary& words = vocabulary())
    {
        versions_[definition] = load(body, words);
    }
    std::shared_ptr<const Process> process(std::int64_t definition) override
    {
        return versions_.at(definition);
    }
    json::object names(storage::Reader&, const Instance&, Instant) override
    {
        return {{"posts", json::object{{"desk", json::array{11, 12}}, {"chair", json::array{13}}}}};
    }
    Result<json::object> run(storage::Writer& db, const Call& call) override
    {
        asked.push_back(call.action + (call.reason.empty() ? "" : ":" + call.reason));
        if (call.action == "refuses") return Problem{.code = "test.refused", .field = "", .law = ""};
        if (during) during(db, call);
        return json::object{{"n", 5}};
    }
    Result<Done> send(storage::Writer&, const Call& call) override
    {
        sent.push_back(call.id);
        return Done{};
    }
    const Calendar& calendar(storage::Reader&, AgencyId, std::string_view) override { return calendar_; }
    Result<Done> rung(storage::Writer&, const FiredRung& fired) override
    {
        rungs.push_back((fired.task ? "task " : "law ") + fired.rung);
        return Done{};
    }
    Result<Done> stuck(storage::Writer&, const Incident& incident) override
    {
        stuck_at.push_back(incident.node + ":" + incident.problem.code);
        return Done{};
    }
    Result<Start> called(storage::Writer&, const Call& call) override
    {
        calls.push_back(call.action);
        return Start{
            .definition = called_version,
            .owner = 79,
            .key = "C1",
            .agency = AgencyId{4},
            .variables = {},
            .message = {}};
    }
    Result<Start> scheduled(storage::Writer&, std::int64_t, AgencyId, Instant) override
    {
        return Start{.definition = 0, .owner = 80, .key = "T1", .agency = {}, .variables = {}, .message = {}};
    }
    Result<std::vector<PostId>> late(storage::Writer&, const LateMessage& message) override
    {
        static constexpr std::array<const char*, 4> why{"", "ended", "passed", "expired"};
        late_ones.push_back(message.name + ":" + why.at(std::size_t(message.why)));
        return clerks;
    }
    bool same_person_allowed(storage::Reader&, AgencyId, std::string_view, std::string_view) override
    {
        return lifted;
    }

    std::vector<std::string> asked;
    std::vector<std::string> rungs;
    std::vector<CallId> sent;
    std::vector<std::string> stuck_at;
    std::vector<std::string> calls;
    std::vector<std::string> late_ones;
    std::vector<PostId> clerks;
    std::int64_t called_version = 2;
    std::function<void(storage::Writer&, const Call&)> during;
    bool lifted = false;
    Calendar calendar_ = calendar_from(json::parse(calendars).value(), "counted").value();

private:
    std::map<std::int64_t, std::shared_ptr<const Process>> versions_;
};

inline Actor officer(std::int64_t party, std::int64_t post)
{
    Actor out;
    out.party = identity::PartyId{party};
    out.post = PostId{post};
    out.agency = AgencyId{3};
    return out;
}

/// A database, a host, an engine, and a moment.
struct House {
    House(storage::TestDatabases& databases, const std::string& body)
        : host(body), db(databases.open(migrations()))
    {
    }

    template <typename Do>
    auto write(Do command)
    {
        return db->write({}, [&](storage::Writer& writer) { return command(writer); });
    }
    Advanced start(const json::object& variables = {})
    {
        return write([&](storage::Writer& w) {
                   return engine.start(
                       w,
                       officer(1, 11),
                       now,
                       {.definition = 1,
                        .owner = 77,
                        .key = "K1",
                        .agency = AgencyId{3},
                        .variables = variables,
                        .message = {}}
                   );
               }
        ).value();
    }
    Result<Advanced> complete(
        TaskId task, const Actor& actor, const std::string& outcome = "done", const std::string& reason = ""
    )
    {
        return write([&](storage::Writer& w) {
            return engine.complete(w, actor, now, task, {outcome, {}, nullptr, reason});
        });
    }
    std::vector<Task> queue(std::int64_t post)
    {
        return db->read([&](storage::Reader& r) { return tasks(r, {.posts = {PostId{post}}}); });
    }
    std::vector<Problem> replayed(InstanceId id)
    {
        return db->read([&](storage::Reader& r) { return replay(r, id); });
    }
    TestHost host;
    IdSource ids{1};
    Engine engine{host, ids};
    std::unique_ptr<storage::Database> db;
    Instant now = parse_instant("2016-07-04T08:00").value();
};

}  // namespace thien_an::workflow::testing
