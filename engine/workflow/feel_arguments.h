#pragma once

#include "engine/workflow/feel_library.h"

/// How built-ins look at their arguments: by kind, a list of one standing for its element.
namespace thien_an::workflow::feel {

inline const Value& single(const Value& v)
{
    return v.list() != nullptr && v.list()->size() == 1 ? v.list()->front() : v;
}
inline const Decimal* number_at(const Arguments& a, std::size_t i)
{
    return i < a.size() ? single(a[i]).number() : nullptr;
}
inline const std::string* text_at(const Arguments& a, std::size_t i)
{
    return i < a.size() ? single(a[i]).text() : nullptr;
}
/// The argument as a list: itself, or one element; nothing for null.
inline std::optional<List> list_at(const Arguments& a, std::size_t i)
{
    if (i >= a.size() || a[i].null()) return std::nullopt;
    return a[i].list() != nullptr ? *a[i].list() : List{a[i]};
}
/// All arguments as one list, or the one list given.
inline std::optional<List> all_of(const Arguments& a)
{
    if (a.size() == 1 && a[0].list() != nullptr) return *a[0].list();
    if (a.size() == 1 && a[0].null()) return std::nullopt;
    return List(a.begin(), a.end());
}
inline std::optional<std::int64_t> integer_at(const Arguments& a, std::size_t i)
{
    const auto* n = number_at(a, i);
    if (n == nullptr) return std::nullopt;
    const auto flat = rounded(*n, 0, Rounding::down);
    return flat ? flat->integer() : std::nullopt;
}

}  // namespace thien_an::workflow::feel
