#include "engine/workflow/feel_value.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace thien_an::workflow::feel {
namespace {

std::string quoted(const std::string& text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out + "\"";
}

std::string nested(const Value& value)
{
    return value.text() != nullptr ? quoted(*value.text()) : text_of(value);
}

bool bare_name(const std::string& name)
{
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c == '_' || c == ' ' || static_cast<unsigned char>(c) >= 0x80 ||
               std::isalnum(static_cast<unsigned char>(c));
    });
}

std::string text_of(const List& list)
{
    std::string out = "[";
    for (const auto& item : list) out += (out.size() > 1 ? ", " : "") + nested(item);
    return out + "]";
}

std::string text_of(const Context& context)
{
    std::string out = "{";
    for (const auto& [name, value] : context.entries)
        out += (out.size() > 1 ? ", " : "") + (bare_name(name) ? name : quoted(name)) + ": " + nested(value);
    return out + "}";
}

std::string text_of(const Range& range)
{
    if (!range.has_low) return std::string(range.high_closed ? "<= " : "< ") + nested(range.high);
    if (!range.has_high) return std::string(range.low_closed ? ">= " : "> ") + nested(range.low);
    return (range.low_closed ? "[" : "(") + nested(range.low) + ".." + nested(range.high) +
           (range.high_closed ? "]" : ")");
}

/// Dates and times of which one has a zone and the other none have no order.
bool same_zone_kind(const Time& a, const Time& b) { return a.zone.local() == b.zone.local(); }

int sign_of(std::strong_ordering order) { return order < 0 ? -1 : order > 0 ? 1 : 0; }

Value equal_lists(const List& a, const List& b)
{
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto same = equals(a[i], b[i]);
        if (!same.is_true()) return same;
    }
    return true;
}

Value equal_contexts(const Context& a, const Context& b)
{
    if (a.entries.size() != b.entries.size()) return false;
    for (const auto& [name, value] : a.entries) {
        const auto* other = b.find(name);
        if (other == nullptr) return false;
        const auto same = equals(value, *other);
        if (!same.is_true()) return same;
    }
    return true;
}

Value equal_ranges(const Range& a, const Range& b)
{
    if (a.has_low != b.has_low || a.has_high != b.has_high || a.comparison != b.comparison) return false;
    if (a.low_closed != b.low_closed || a.high_closed != b.high_closed) return false;
    const auto low = a.has_low ? equals(a.low, b.low) : Value(true);
    return low.is_true() ? (a.has_high ? equals(a.high, b.high) : Value(true)) : low;
}

/// Equality looks at milliseconds, as the standard's semantic domain has them.
constexpr std::int64_t nanos_per_milli = 1'000'000;

bool equal_times(const Time& a, const Time& b)
{
    return same_zone_kind(a, b) && utc_nanos(a) / nanos_per_milli == utc_nanos(b) / nanos_per_milli;
}

}  // namespace

const Value* Context::find(std::string_view name) const
{
    for (const auto& entry : entries)
        if (entry.first == name) return &entry.second;
    return nullptr;
}

void Context::put(std::string name, Value value)
{
    for (auto& entry : entries)
        if (entry.first == name) {
            entry.second = std::move(value);
            return;
        }
    entries.emplace_back(std::move(name), std::move(value));
}

Value::Value(Range v) : held_(std::make_shared<const Range>(std::move(v))) {}
Value::Value(Function v) : held_(std::make_shared<const Function>(std::move(v))) {}

std::string_view kind_name(Kind kind)
{
    constexpr std::array<std::string_view, 13> names{
        "null",
        "boolean",
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
        "list",
        "context",
        "range",
        "function"};
    return names.at(std::size_t(kind));
}

Value equals(const Value& a, const Value& b)
{
    if (a.null() || b.null()) return a.null() && b.null();
    if (a.kind() != b.kind()) return {};
    switch (a.kind()) {
    case Kind::null: return true;
    case Kind::boolean: return *a.boolean() == *b.boolean();
    case Kind::number: return *a.number() == *b.number();
    case Kind::text: return *a.text() == *b.text();
    case Kind::date: return *a.date() == *b.date();
    case Kind::time: return equal_times(*a.time(), *b.time());
    case Kind::date_time:
        return same_zone_kind(a.date_time()->time, b.date_time()->time) &&
               instant_nanos(*a.date_time()) / nanos_per_milli ==
                   instant_nanos(*b.date_time()) / nanos_per_milli;
    case Kind::day_duration: return *a.day_duration() == *b.day_duration();
    case Kind::month_duration: return *a.month_duration() == *b.month_duration();
    case Kind::list: return equal_lists(*a.list(), *b.list());
    case Kind::context: return equal_contexts(*a.context(), *b.context());
    case Kind::range: return equal_ranges(*a.range(), *b.range());
    case Kind::function: return {};
    }
    return {};
}

std::optional<int> compare(const Value& a, const Value& b)
{
    if (a.kind() != b.kind()) return std::nullopt;
    switch (a.kind()) {
    case Kind::number: return sign_of(*a.number() <=> *b.number());
    case Kind::text: return sign_of(*a.text() <=> *b.text());
    case Kind::date: return sign_of(*a.date() <=> *b.date());
    case Kind::time:
        if (!same_zone_kind(*a.time(), *b.time())) return std::nullopt;
        return sign_of(utc_nanos(*a.time()) <=> utc_nanos(*b.time()));
    case Kind::date_time:
        if (!same_zone_kind(a.date_time()->time, b.date_time()->time)) return std::nullopt;
        return instant_nanos(*a.date_time()) < instant_nanos(*b.date_time())   ? -1
               : instant_nanos(*a.date_time()) > instant_nanos(*b.date_time()) ? 1
                                                                               : 0;
    case Kind::day_duration:
        return a.day_duration()->nanos < b.day_duration()->nanos ? -1
               : *a.day_duration() == *b.day_duration()          ? 0
                                                                 : 1;
    case Kind::month_duration: return sign_of(a.month_duration()->months <=> b.month_duration()->months);
    case Kind::null:
    case Kind::boolean:
    case Kind::list:
    case Kind::context:
    case Kind::range:
    case Kind::function: return std::nullopt;
    }
    return std::nullopt;
}

Value in_range(const Value& point, const Range& range)
{
    if (range.has_low) {
        const auto order = compare(point, range.low);
        if (!order) return {};
        if (*order < 0 || (*order == 0 && !range.low_closed)) return false;
    }
    if (range.has_high) {
        const auto order = compare(point, range.high);
        if (!order) return {};
        if (*order > 0 || (*order == 0 && !range.high_closed)) return false;
    }
    return true;
}

Value is_in(const Value& a, const Value& test)
{
    if (test.range() != nullptr && a.kind() != Kind::range) return in_range(a, *test.range());
    if (test.list() == nullptr) return equals(a, test);
    if (a.list() != nullptr && equals(a, test).is_true()) return true;
    bool unknown = false;
    for (const auto& item : *test.list()) {
        const auto found =
            item.range() != nullptr && a.kind() != Kind::range ? in_range(a, *item.range()) : equals(a, item);
        if (found.is_true()) return true;
        unknown = unknown || found.null();
    }
    return false;
}

std::string text_of(const Value& value)
{
    switch (value.kind()) {
    case Kind::null: return "null";
    case Kind::boolean: return *value.boolean() ? "true" : "false";
    case Kind::number: return text_of(*value.number());
    case Kind::text: return *value.text();
    case Kind::date: return text_of(*value.date());
    case Kind::time: return text_of(*value.time());
    case Kind::date_time: return text_of(*value.date_time());
    case Kind::day_duration: return text_of(*value.day_duration());
    case Kind::month_duration: return text_of(*value.month_duration());
    case Kind::list: return text_of(*value.list());
    case Kind::context: return text_of(*value.context());
    case Kind::range: return text_of(*value.range());
    case Kind::function: return "function";
    }
    return "";
}

TypePtr builtin_type(std::string_view name)
{
    using K = Type::Kind;
    static const std::array<std::pair<std::string_view, TypePtr>, 20> types{{
        {"Any", std::make_shared<Type>()},
        {"any", std::make_shared<Type>()},
        {"Null", std::make_shared<Type>(Type{K::null, {}, {}, {}})},
        {"boolean", std::make_shared<Type>(Type{K::boolean, {}, {}, {}})},
        {"number", std::make_shared<Type>(Type{K::number, {}, {}, {}})},
        {"string", std::make_shared<Type>(Type{K::text, {}, {}, {}})},
        {"date", std::make_shared<Type>(Type{K::date, {}, {}, {}})},
        {"time", std::make_shared<Type>(Type{K::time, {}, {}, {}})},
        {"date and time", std::make_shared<Type>(Type{K::date_time, {}, {}, {}})},
        {"dateTime", std::make_shared<Type>(Type{K::date_time, {}, {}, {}})},
        {"days and time duration", std::make_shared<Type>(Type{K::day_duration, {}, {}, {}})},
        {"dayTimeDuration", std::make_shared<Type>(Type{K::day_duration, {}, {}, {}})},
        {"years and months duration", std::make_shared<Type>(Type{K::month_duration, {}, {}, {}})},
        {"yearMonthDuration", std::make_shared<Type>(Type{K::month_duration, {}, {}, {}})},
        {"list", std::make_shared<Type>(Type{K::list, {}, {}, {}})},
        {"context", std::make_shared<Type>(Type{K::context, {}, {}, {}})},
        {"range", std::make_shared<Type>(Type{K::range, {}, {}, {}})},
        {"function", std::make_shared<Type>(Type{K::function, {}, {}, {}})},
        {"integer", std::make_shared<Type>(Type{K::number, {}, {}, {}})},
        {"text", std::make_shared<Type>(Type{K::text, {}, {}, {}})},
    }};
    for (const auto& [known, type] : types)
        if (known == name) return type;
    return nullptr;
}

bool instance_of(const Value& value, const Type& type, Bounds bounds)
{
    using K = Type::Kind;
    const bool bounded = type.allowed && bounds == Bounds::checked;
    if (type.kind == K::any) return !value.null() && (!bounded || type.allowed(value));
    if (type.kind == K::null) return value.null();
    // Kinds of types stand in the order of kinds of values, one place later.
    if (int(type.kind) != int(value.kind()) + 1) return false;
    if (bounded && !type.allowed(value)) return false;
    if (type.kind == K::list && type.element)
        return std::all_of(value.list()->begin(), value.list()->end(), [&](const Value& item) {
            return type.element->kind == K::any || item.null() || instance_of(item, *type.element, bounds);
        });
    if (type.kind == K::range && type.element) {
        const auto& range = *value.range();
        return (!range.has_low || instance_of(range.low, *type.element, bounds)) &&
               (!range.has_high || instance_of(range.high, *type.element, bounds));
    }
    if (type.kind == K::context)
        return std::all_of(type.members.begin(), type.members.end(), [&](const auto& member) {
            const auto* found = value.context()->find(member.first);
            return found != nullptr && (member.second == nullptr || member.second->kind == K::any ||
                                        found->null() || instance_of(*found, *member.second, bounds));
        });
    if (type.kind == K::function && !type.members.empty() && value.function()->builtin == nullptr)
        return value.function()->parameters.size() == type.members.size();
    return true;
}

Value coerced(const Value& value, const Type& type)
{
    if (value.null() || type.kind == Type::Kind::any || instance_of(value, type)) return value;
    if (type.kind == Type::Kind::list && value.list() == nullptr) {
        Value wrapped(List{value});
        return instance_of(wrapped, type) ? wrapped : Value{};
    }
    if (value.list() != nullptr && value.list()->size() == 1 && instance_of(value.list()->front(), type))
        return value.list()->front();
    if (type.kind == Type::Kind::date_time && value.date() != nullptr)
        return DateTime{*value.date(), {.nanos = 0, .zone = {.offset = 0, .name = nullptr}}};
    return {};
}

json::value to_json(const Value& value)
{
    switch (value.kind()) {
    case Kind::null:
    case Kind::range:
    case Kind::function: return nullptr;
    case Kind::boolean: return *value.boolean();
    case Kind::text: return json::value(*value.text());
    case Kind::number: {
        if (const auto whole = value.number()->integer()) return *whole;
        const std::string text = text_of(*value.number());
        const double rough = std::strtod(text.c_str(), nullptr);
        std::array<char, 64> back{};
        const auto end = std::to_chars(back.data(), back.data() + back.size(), rough);
        if (parse_decimal({back.data(), std::size_t(end.ptr - back.data())}) == *value.number()) return rough;
        return json::object{{"#", text}};
    }
    case Kind::list: {
        json::array out;
        for (const auto& item : *value.list()) out.push_back(to_json(item));
        return out;
    }
    case Kind::context: {
        json::object out;
        for (const auto& [name, item] : value.context()->entries) out.emplace(name, to_json(item));
        return out;
    }
    case Kind::date:
    case Kind::time:
    case Kind::date_time:
    case Kind::day_duration:
    case Kind::month_duration: return json::object{{"@", text_of(value)}};
    }
    return nullptr;
}

namespace {

Value temporal_from(std::string_view text)
{
    if (auto date = parse_date(text)) return *date;
    if (auto date_time = parse_date_time(text)) return *date_time;
    if (auto time = parse_time(text)) return *time;
    if (auto months = parse_month_duration(text)) return *months;
    if (auto days = parse_day_duration(text)) return *days;
    return {};
}

Value from_object(const json::object& object)
{
    if (object.size() == 1 && object.begin()->value().is_string()) {
        const auto& [key, held] = *object.begin();
        const std::string text(held.as_string());
        if (key == "@") return temporal_from(text);
        if (key == "#") return parse_decimal(text);
    }
    Context out;
    out.entries.reserve(object.size());
    for (const auto& [name, item] : object) out.entries.emplace_back(std::string(name), from_json(item));
    return out;
}

}  // namespace

Value from_json(const json::value& value)
{
    switch (value.kind()) {
    case boost::json::kind::null: return {};
    case boost::json::kind::bool_: return value.as_bool();
    case boost::json::kind::int64: return value.as_int64();
    case boost::json::kind::uint64: return parse_decimal(std::to_string(value.as_uint64()));
    case boost::json::kind::double_: {
        std::array<char, 64> text{};
        const auto end = std::to_chars(text.data(), text.data() + text.size(), value.as_double());
        return parse_decimal({text.data(), std::size_t(end.ptr - text.data())});
    }
    case boost::json::kind::string: return std::string(value.as_string());
    case boost::json::kind::array: {
        List out;
        out.reserve(value.as_array().size());
        for (const auto& item : value.as_array()) out.push_back(from_json(item));
        return out;
    }
    case boost::json::kind::object: return from_object(value.as_object());
    }
    return {};
}

}  // namespace thien_an::workflow::feel
