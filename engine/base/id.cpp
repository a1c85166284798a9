#include "engine/base/id.h"

#include <charconv>
#include <chrono>
#include <stdexcept>

namespace thien_an {
namespace {

constexpr std::int64_t sequence_bits = 12;
constexpr std::int64_t node_bits = 10;
constexpr std::chrono::sys_days epoch = std::chrono::year{2016} / 1 / 1;

std::int64_t milliseconds_since_epoch()
{
    const auto now = std::chrono::system_clock::now() - epoch;
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

Result<std::int64_t> parse_id(std::string_view text)
{
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    if (!whole || value <= 0 || text.front() == '0')
        return Problem{.code = "base.bad_id", .field = "/id", .law = ""};
    return value;
}

IdSource::IdSource(int node) : node_(node)
{
    if (node < 0 || node >= (1 << node_bits)) throw std::invalid_argument("node number outside 0..1023");
}

std::int64_t IdSource::next()
{
    // One counter holds time and sequence, so a clock that steps back or a full millisecond only moves it on by one.
    const std::int64_t wall = milliseconds_since_epoch() << sequence_bits;
    std::int64_t last = last_.load();
    std::int64_t mine = 0;
    do mine = std::max(wall, last + 1);
    while (!last_.compare_exchange_weak(last, mine));
    const std::int64_t milliseconds = mine >> sequence_bits;
    const std::int64_t sequence = mine & ((1 << sequence_bits) - 1);
    return (((milliseconds << node_bits) | node_) << sequence_bits) | sequence;
}

}  // namespace thien_an
