#include "engine/casework/rules.h"

#include <stdexcept>

namespace thien_an::casework {

void RuleBook::add(std::string name, Rule rule)
{
    if (!rules_.emplace(name, std::move(rule)).second)
        throw std::logic_error("a rule is named twice: " + name);
}

bool RuleBook::contains(std::string_view name) const { return rules_.contains(name); }

const Rule& RuleBook::rule(std::string_view name) const
{
    const auto found = rules_.find(name);
    if (found == rules_.end()) throw std::out_of_range("no such rule: " + std::string(name));
    return found->second;
}

std::vector<std::string> RuleBook::names() const
{
    std::vector<std::string> out;
    for (const auto& [name, rule] : rules_) out.push_back(name);
    return out;
}

void Subscribers::add(std::string event, std::string who, Told told)
{
    by_event_[std::move(event)].push_back({std::move(who), std::move(told)});
}

Result<Done> Subscribers::tell(
    storage::Writer& db, const identity::Act& act, std::string_view event, const json::value& body
) const
{
    const auto found = by_event_.find(event);
    if (found == by_event_.end()) return Done{};
    for (const auto& subscriber : found->second) static_cast<void>(TRY(subscriber.told(db, act, body)));
    return Done{};
}

}  // namespace thien_an::casework
