#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

/// Server-sent events: whoever changes something says so to a topic, open pages hear it. An event carries no data of
/// people: a page that hears one asks again, with its own rights.
namespace thien_an::web {

class Events {
public:
    /// Called by publish(), on its thread; must only hand over.
    using Hear = std::function<void(std::shared_ptr<const std::string> event)>;

    /// Hears a topic while it lives.
    class Listening {
    public:
        Listening(Events& events, std::string topic, std::uint64_t number);
        ~Listening();
        Listening(const Listening&) = delete;
        Listening& operator=(const Listening&) = delete;

    private:
        Events& events_;
        std::string topic_;
        std::uint64_t number_;
    };

    std::unique_ptr<Listening> listen(const std::string& topic, Hear hear);
    /// Safe from any thread; call it after the commit. `data` is one line.
    void publish(const std::string& topic, std::string_view name, std::string_view data);
    std::size_t listeners() const;

private:
    mutable std::mutex mutex_;
    std::uint64_t next_ = 1;
    std::map<std::string, std::map<std::uint64_t, Hear>> topics_;
};

}  // namespace thien_an::web
