#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

/// Identifiers: 63-bit, time-ordered, made here and never by the database; decimal strings in JSON and addresses.
namespace thien_an {

/// An identifier of one kind of thing; `Id<struct DossierTag>` cannot be given where an `Id<struct PartyTag>` is wanted.
template <typename Tag>
struct Id {
    std::int64_t value = 0;  ///< 0 names nothing.

    auto operator<=>(const Id&) const = default;
    explicit operator bool() const { return value != 0; }
};

/// Decimal digits of an identifier.
template <typename Tag>
std::string text_of(Id<Tag> id)
{
    return std::to_string(id.value);
}

/// The number in `text`; Problem "base.bad_id" for anything but 1 to 19 digits within 63 bits.
Result<std::int64_t> parse_id(std::string_view text);

/// Makes identifiers: 41 bits of milliseconds since 2016-01-01 UTC, 10 bits of node, 12 bits of sequence.
/// Safe to call from many threads; never gives one twice on a node, not even when the wall clock steps back.
class IdSource {
public:
    explicit IdSource(int node);

    std::int64_t next();

    template <typename Tag>
    Id<Tag> next_as()
    {
        return {next()};
    }

private:
    std::int64_t node_;
    std::atomic<std::int64_t> last_{0};  ///< Milliseconds and sequence of the last one given.
};

}  // namespace thien_an

template <typename Tag>
struct std::hash<thien_an::Id<Tag>> {
    std::size_t operator()(thien_an::Id<Tag> id) const noexcept
    {
        return std::hash<std::int64_t>{}(id.value);
    }
};
