#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/id.h"

/// What operators read: one JSON object a line, an event and its keys, never a person.
///     log.warning("payment_unconfirmed", {{"dossier", id}, {"bank", bank}, {"waited_s", 90}});
namespace thien_an {

class Log {
public:
    /// debug: off unless asked for. info: start, stop, schema change. warning: someone should look today.
    /// error: someone must get up.
    enum class Level { debug, info, warning, error };

    /// One key with its value.
    struct Entry {
        using Value = std::variant<std::int64_t, double, bool, std::string_view>;

        Entry(std::string_view key, std::string_view text) : name(key), value(text) {}
        Entry(std::string_view key, const char* text) : name(key), value(std::string_view(text)) {}
        Entry(std::string_view key, const std::string& text) : name(key), value(std::string_view(text)) {}
        Entry(std::string_view key, bool yes) : name(key), value(yes) {}
        Entry(std::string_view key, double number) : name(key), value(number) {}
        template <typename T>
        requires std::is_integral_v<T> Entry(std::string_view key, T number)
            : name(key), value(static_cast<std::int64_t>(number))
        {
        }
        template <typename Tag>
        Entry(std::string_view key, Id<Tag> id) : name(key), value(id.value)
        {
        }

        std::string_view name;
        Value value;
    };
    using Entries = std::initializer_list<Entry>;
    /// Takes one whole line with its line feed; called by one thread at a time.
    using Sink = std::function<void(std::string_view line)>;

    Log(Sink sink, Level least);
    ~Log();
    Log(const Log&) = delete;
    Log& operator=(const Log&) = delete;

    void debug(std::string_view event, Entries entries = {}) const { write(Level::debug, event, entries); }
    void info(std::string_view event, Entries entries = {}) const { write(Level::info, event, entries); }
    void warning(std::string_view event, Entries entries = {}) const
    {
        write(Level::warning, event, entries);
    }
    void error(std::string_view event, Entries entries = {}) const { write(Level::error, event, entries); }
    void write(Level level, std::string_view event, Entries entries) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// A sink that appends to an open file descriptor (2 is standard error), a line in one write.
Log::Sink sink_to(int descriptor);

}  // namespace thien_an
