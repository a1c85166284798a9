#include "engine/base/log.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <stdexcept>

#include "engine/base/day.h"

namespace thien_an {
namespace {

std::string_view name_of(Log::Level level)
{
    switch (level) {
    case Log::Level::debug: return "debug";
    case Log::Level::info: return "info";
    case Log::Level::warning: return "warning";
    case Log::Level::error: return "error";
    }
    throw std::logic_error("Level outside its enumerators");
}

void append_text(std::string_view text, std::string& out)
{
    out += '"';
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < ' ') {
            fmt::format_to(std::back_inserter(out), "\\u{:04x}", unsigned(c));
        } else {
            out += c;
        }
    }
    out += '"';
}

void append(const Log::Entry& entry, std::string& out)
{
    out += ',';
    append_text(entry.name, out);
    out += ':';
    if (const auto* text = std::get_if<std::string_view>(&entry.value))
        append_text(*text, out);
    else if (const auto* number = std::get_if<std::int64_t>(&entry.value))
        out += std::to_string(*number);
    else if (const auto* yes = std::get_if<bool>(&entry.value))
        out += *yes ? "true" : "false";
    else
        fmt::format_to(std::back_inserter(out), "{:.6g}", std::get<double>(entry.value));
}

}  // namespace

struct Log::State {
    Sink sink;
    Level least;
    Clock clock;
    std::mutex mutex;
};

Log::Log(Sink sink, Level least) : state_(std::make_unique<State>())
{
    state_->sink = std::move(sink);
    state_->least = least;
}

Log::~Log() = default;

void Log::write(Level level, std::string_view event, Entries entries) const
{
    if (level < state_->least) return;
    std::string line;
    line.reserve(256);
    line += "{\"at\":\"" + iso(state_->clock.now()) + "\",\"level\":\"";
    line += name_of(level);
    line += "\",\"event\":";
    append_text(event, line);
    for (const auto& entry : entries) append(entry, line);
    line += "}\n";
    const std::lock_guard lock(state_->mutex);
    state_->sink(line);
}

Log::Sink sink_to(int descriptor)
{
    return [descriptor](std::string_view line) {
        while (!line.empty()) {
            const auto written = ::write(descriptor, line.data(), line.size());
            if (written <= 0) return;  // Nobody can be told that the log cannot be written.
            line.remove_prefix(std::size_t(written));
        }
    };
}

}  // namespace thien_an
