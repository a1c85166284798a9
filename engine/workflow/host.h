#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/identity/actor.h"
#include "engine/storage/database.h"
#include "engine/workflow/clock.h"
#include "engine/workflow/process.h"

/// What the engine asks of the room above, and what it tells it about.
namespace thien_an::workflow {

using InstanceId = Id<struct InstanceTag>;
using TaskId = Id<struct WorkTaskTag>;
using CallId = Id<struct CallTag>;  ///< One run of an action; the idempotency key of an outbox action.
using identity::Actor;
using identity::AgencyId;
using identity::PostId;

enum class InstanceState : std::int64_t { running = 1, completed = 2, cancelled = 3 };

struct Instance {
    InstanceId id;
    std::int64_t definition = 0;  ///< The host's id of the process version; kept for the instance's life.
    std::int64_t owner = 0;       ///< The host's id of what the instance is about.
    std::string key;              ///< Business key; messages carry it by default.
    AgencyId agency;
    InstanceState state = InstanceState::running;
    Instant started;
    std::optional<Instant> ended;
    std::int64_t version = 0;  ///< One more with each command.
    InstanceId parent;         ///< That called it; 0: none.
};

/// An action a node asks for, or a process of the host it calls.
struct Call {
    CallId id;
    Instance instance;
    std::string node;
    std::string action;   ///< "registers.enter"; for a call activity the process.
    json::object in;      ///< Arguments by name.
    Actor actor;          ///< Who gave the command that led here.
    std::string reason;   ///< Of that command: why a supplement is asked, why it is refused.
    std::string outcome;  ///< Of the last user task on this path.
    json::value form;     ///< What came with the completion of that task, in this command.
    Instant now;
};

/// A clock that reached a rung.
struct FiredRung {
    Instance instance;
    TaskId task;       ///< 0: the statutory clock.
    std::string node;  ///< Empty for the statutory clock.
    std::string rung;  ///< "80%", "100%", "+1WD"
    std::optional<Instant> due;
};

/// A token that cannot go on until somebody looks at it.
struct Incident {
    std::int64_t id = 0;
    InstanceId instance;
    std::int64_t owner = 0;
    std::string node;
    Problem problem;
    Instant at;
    bool resolved = false;
};

/// A message that came too late to be counted: nobody in the instance will ever wait for it.
struct LateMessage {
    enum class Why : std::int64_t { ended = 1, passed = 2, expired = 3 };
    Instance instance;
    std::string name;
    json::object variables;
    Why why = Why::ended;
    Instant now;
    std::vector<PostId> last_posts;  ///< Who did the step completed last, or could have.
};

struct Start {
    std::int64_t definition = 0;
    std::int64_t owner = 0;
    std::string key;
    AgencyId agency;
    json::object variables;
    std::string message;  ///< Starts at the message start event of that name; empty: at the none start.
};

/// What the engine asks of the room above.
class Host {
public:
    virtual ~Host() = default;
    /// Shared because many threads run instances of one version. Never null for a definition that was
    /// started.
    virtual std::shared_ptr<const Process> process(std::int64_t definition) = 0;
    /// Values of the names expressions may use (the vocabulary's host names): form, dossier, law, today,
    /// posts.
    virtual json::object names(storage::Reader& db, const Instance& instance, Instant now) = 0;
    /// Runs a local action in the transaction; its members are what ta:out takes. A Problem refuses the
    /// whole command.
    virtual Result<json::object> run(storage::Writer& db, const Call& call) = 0;
    /// Puts an outbox action into the outbox; later the host calls Engine::answer or Engine::fail with
    /// call.id.
    virtual Result<Done> send(storage::Writer& db, const Call& call) = 0;
    /// The calendar of an agency by use: "counted", "reception".
    virtual const Calendar& calendar(storage::Reader& db, AgencyId agency, std::string_view use) = 0;
    /// Told once for each rung of each clock.
    virtual Result<Done> rung(storage::Writer& db, const FiredRung& fired) = 0;
    /// Told when a token is stuck, so that somebody hears of it; Engine::retry tries its node again.
    virtual Result<Done> stuck(storage::Writer&, const Incident&) { return Done{}; }
    /// Which version of the called process runs, where and about what (Start::variables and message are not looked at);
    /// a Problem refuses the whole command. A host that loads no process with calls is never asked.
    virtual Result<Start> called(storage::Writer& db, const Call& call);
    /// What an instance is about that starts by a timer; a Problem: this time it does not start.
    virtual Result<Start> scheduled(
        storage::Writer& db, std::int64_t definition, AgencyId agency, Instant now
    );
    /// Files a message nobody will take to what the instance is about, and gives the posts whose task it becomes to look
    /// at it; none: filing it is enough.
    virtual Result<std::vector<PostId>> late(storage::Writer&, const LateMessage&)
    {
        return std::vector<PostId>{};
    }
    /// Whether the agency lifts ta:notSameAs between two tasks (one person with several posts).
    virtual bool same_person_allowed(
        storage::Reader& db, AgencyId agency, std::string_view task, std::string_view other
    ) = 0;
};

}  // namespace thien_an::workflow
