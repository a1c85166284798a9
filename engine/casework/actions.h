#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"
#include "engine/storage/outbox.h"
#include "engine/workflow/engine.h"

/// What the service tasks of a process may do, by name: "casework.receive", "registers.enter".
namespace thien_an::casework {

struct Office;
struct Work;

/// Runs inside the command; a Problem refuses the whole command.
using LocalAction = std::function<Result<json::object>(Work&, const workflow::Call&)>;
/// Puts the request into the outbox; whoever handles it calls answer_call (work.h).
using OutboxAction = std::function<Result<Done>(Work&, const workflow::Call&)>;

/// Filled once at start, before anything is served.
class Actions {
public:
    void add_local(std::string name, LocalAction action);
    void add_outbox(std::string name, OutboxAction action);
    std::vector<std::string> names() const;

    /// Problem "casework.no_such_action": a process of an older program may name one that is gone.
    Result<json::object> run(Work& work, const workflow::Call& call) const;
    Result<Done> send(Work& work, const workflow::Call& call) const;

private:
    std::map<std::string, LocalAction, std::less<>> local_;
    std::map<std::string, OutboxAction, std::less<>> outbox_;
};

/// The actions every province has: casework.*, registers.*, documents.*.
void add_standard_actions(Actions& actions);

}  // namespace thien_an::casework
