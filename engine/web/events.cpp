#include "engine/web/events.h"

#include <stdexcept>

namespace thien_an::web {

Events::Listening::Listening(Events& events, std::string topic, std::uint64_t number)
    : events_(events), topic_(std::move(topic)), number_(number)
{
}

Events::Listening::~Listening()
{
    const std::lock_guard lock(events_.mutex_);
    const auto found = events_.topics_.find(topic_);
    found->second.erase(number_);
    if (found->second.empty()) events_.topics_.erase(found);
}

std::unique_ptr<Events::Listening> Events::listen(const std::string& topic, Hear hear)
{
    const std::lock_guard lock(mutex_);
    const auto number = next_++;
    topics_[topic].emplace(number, std::move(hear));
    return std::make_unique<Listening>(*this, topic, number);
}

void Events::publish(const std::string& topic, std::string_view name, std::string_view data)
{
    if (name.find_first_of("\r\n") != std::string_view::npos ||
        data.find_first_of("\r\n") != std::string_view::npos)
        throw std::invalid_argument("an event is one line");
    const auto event = std::make_shared<const std::string>(
        "event: " + std::string(name) + "\ndata: " + std::string(data) + "\n\n"
    );
    const std::lock_guard lock(mutex_);
    const auto found = topics_.find(topic);
    if (found == topics_.end()) return;
    for (const auto& [number, hear] : found->second) hear(event);
}

std::size_t Events::listeners() const
{
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [topic, listeners] : topics_) count += listeners.size();
    return count;
}

}  // namespace thien_an::web
