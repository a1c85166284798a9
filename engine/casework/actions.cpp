#include "engine/casework/actions.h"

#include <stdexcept>

#include "engine/casework/journal.h"
#include "engine/casework/work.h"

namespace thien_an::casework {
namespace {

Problem no_such_action(std::string_view name)
{
    return {
        .code = "casework.no_such_action", .field = "", .law = "", .words = {{"action", std::string(name)}}};
}

}  // namespace

void Actions::add_local(std::string name, LocalAction action)
{
    if (!local_.emplace(name, std::move(action)).second)
        throw std::logic_error("an action is named twice: " + name);
}

void Actions::add_outbox(std::string name, OutboxAction action)
{
    if (!outbox_.emplace(name, std::move(action)).second)
        throw std::logic_error("an action is named twice: " + name);
}

std::vector<std::string> Actions::names() const
{
    std::vector<std::string> out;
    for (const auto& [name, action] : local_) out.push_back(name);
    for (const auto& [name, action] : outbox_) out.push_back(name);
    return out;
}

Result<json::object> Actions::run(Work& work, const workflow::Call& call) const
{
    const auto found = local_.find(call.action);
    if (found == local_.end()) return no_such_action(call.action);
    return found->second(work, call);
}

Result<Done> Actions::send(Work& work, const workflow::Call& call) const
{
    const auto found = outbox_.find(call.action);
    if (found == outbox_.end()) return no_such_action(call.action);
    // The process stands at the call: it is made where the command is done again.
    if (work.office.journal != nullptr && work.office.journal->calls_wait()) return Done{};
    return found->second(work, call);
}

}  // namespace thien_an::casework
