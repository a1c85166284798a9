#pragma once

#include <boost/json.hpp>

#include <chrono>
#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/dong.h"
#include "engine/base/id.h"
#include "engine/base/result.h"

/// One description per struct drives JSON, form decoding and the API description. Beside the struct stands
///     template <typename Visitor>
///     void describe(Visitor& visit, NewParty& it)
///     {
///         visit("name", it.name, {.about = "As on the identity card.", .length_max = 200});
///         visit("born_on", it.born_on, {});           // std::optional<Day>: may be absent
///     }
namespace thien_an::web {

/// What is said about a member beyond its type.
struct Rules {
    std::string_view about = {};    ///< One sentence, English.
    std::size_t length_max = 4000;  ///< Text: characters. Lists: items.
    std::int64_t least = INT64_MIN;
    std::int64_t most = INT64_MAX;
    std::string_view choices = {};  ///< Of a text, separated by spaces; empty: any.
    std::string_view example = {};
};

/// A type known by its description.
struct Description {
    std::string name;                                                 ///< Of the C++ type, "NewParty".
    boost::json::value schema;                                        ///< JSON Schema 2020-12.
    boost::json::value example;                                       ///< Valid by that schema.
    Result<Done> (*check)(const boost::json::value& sent) = nullptr;  ///< Decodes and forgets.
};
using Describer = const Description& (*)();

namespace detail {

struct Sink {};
template <typename T>
concept Described = requires(Sink& sink, T& t)
{
    describe(sink, t);
};

template <typename T>
struct ItemOf {
    using Type = void;
};
template <typename T>
struct ItemOf<std::vector<T>> {
    using Type = T;
};
template <typename T>
struct ItemOf<std::optional<T>> {
    using Type = T;
};
template <typename T>
constexpr bool is_list = false;
template <typename T>
constexpr bool is_list<std::vector<T>> = true;
template <typename T>
constexpr bool is_optional = false;
template <typename T>
constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
constexpr bool is_id = false;
template <typename Tag>
constexpr bool is_id<Id<Tag>> = true;

/// Decoding of the plain kinds; `at` is the JSON Pointer for the Problem.
Result<std::string> text_from(const boost::json::value& v, const Rules& rules, const std::string& at);
Result<std::int64_t> integer_from(const boost::json::value& v, const Rules& rules, const std::string& at);
Result<bool> bool_from(const boost::json::value& v, const std::string& at);
Result<std::int64_t> id_from(const boost::json::value& v, const std::string& at);
Result<Day> day_from_json(const boost::json::value& v, const std::string& at);
Result<Instant> instant_from_json(const boost::json::value& v, const std::string& at);
Result<Done> list_within(const boost::json::value& v, const Rules& rules, const std::string& at);
Problem missing(const std::string& at);
Problem not_an_object(const std::string& at);
Result<Done> no_other_members(
    const boost::json::object& sent, const std::vector<std::string_view>& known, const std::string& at
);
std::string below(const std::string& at, std::string_view name);

boost::json::object text_schema(const Rules& rules);
boost::json::object integer_schema(const Rules& rules);
boost::json::object schema_of_kind(std::string_view type, std::string_view format, const Rules& rules);
std::string plain_name(std::string_view pretty_function);

template <typename T>
Result<T> decode_at(const boost::json::value& v, const Rules& rules, const std::string& at);

/// Fills the members of an object.
class Decoder {
public:
    Decoder(const boost::json::object& sent, std::string at) : sent_(sent), at_(std::move(at)) {}

    template <typename T>
    void operator()(std::string_view name, T& member, const Rules& rules)
    {
        known_.push_back(name);
        if (problem_) return;
        const auto* v = sent_.if_contains(name);
        const std::string here = below(at_, name);
        if (v == nullptr || (v->is_null() && is_optional<T>)) {
            if constexpr (!is_optional<T>) problem_ = missing(here);
            return;
        }
        auto decoded = decode_at<T>(*v, rules, here);
        if (decoded)
            member = std::move(decoded).value();
        else
            problem_ = decoded.problem();
    }
    Result<Done> end() const
    {
        if (problem_) return *problem_;
        return no_other_members(sent_, known_, at_);
    }

private:
    const boost::json::object& sent_;
    std::string at_;
    std::vector<std::string_view> known_;
    std::optional<Problem> problem_;
};

template <typename T>
Result<T> decode_at(const boost::json::value& v, const Rules& rules, const std::string& at)
{
    if constexpr (Described<T>) {
        const auto* sent = v.if_object();
        if (sent == nullptr) return not_an_object(at);
        T made{};
        Decoder decoder(*sent, at);
        describe(decoder, made);
        TRY(decoder.end());
        return made;
    } else if constexpr (is_optional<T>) {
        return T{TRY(decode_at<typename ItemOf<T>::Type>(v, rules, at))};
    } else if constexpr (is_list<T>) {
        TRY(list_within(v, rules, at));
        T made;
        for (const auto& item : v.get_array())
            made.push_back(TRY(
                decode_at<typename ItemOf<T>::Type>(item, Rules{}, below(at, std::to_string(made.size())))
            ));
        return made;
    } else if constexpr (is_id<T>) {
        return T{TRY(id_from(v, at))};
    } else if constexpr (std::is_same_v<T, Day>) {
        return day_from_json(v, at);
    } else if constexpr (std::is_same_v<T, Instant>) {
        return instant_from_json(v, at);
    } else if constexpr (std::is_same_v<T, Dong>) {
        return Dong{TRY(integer_from(v, rules, at))};
    } else if constexpr (std::is_same_v<T, bool>) {
        return bool_from(v, at);
    } else if constexpr (std::is_integral_v<T>) {
        return static_cast<T>(TRY(integer_from(v, rules, at)));
    } else if constexpr (std::is_same_v<T, boost::json::value>) {
        return v;
    } else {
        static_assert(std::is_same_v<T, std::string>, "a member of this type has no JSON form");
        return text_from(v, rules, at);
    }
}

template <typename T>
boost::json::value encode_value(const T& from);

class Encoder {
public:
    template <typename T>
    void operator()(std::string_view name, const T& member, const Rules&)
    {
        made[name] = encode_value(member);
    }
    boost::json::object made;
};

template <typename T>
boost::json::value encode_value(const T& from)
{
    if constexpr (Described<T>) {
        Encoder encoder;
        // describe() takes a mutable value because decoding needs one; an encoder only looks.
        describe(encoder, const_cast<T&>(from));
        return std::move(encoder.made);
    } else if constexpr (is_optional<T>) {
        if (!from) return nullptr;
        return encode_value(*from);
    } else if constexpr (is_list<T>) {
        boost::json::array items;
        for (const auto& item : from) items.push_back(encode_value(item));
        return items;
    } else if constexpr (is_id<T>) {
        return boost::json::value(text_of(from));
    } else if constexpr (std::is_same_v<T, Day> || std::is_same_v<T, Instant>) {
        return boost::json::value(iso(from));
    } else if constexpr (std::is_same_v<T, Dong>) {
        return from.amount;
    } else {
        return boost::json::value(from);
    }
}

template <typename T>
boost::json::value schema_for(const Rules& rules);
template <typename T>
boost::json::value example_for(const Rules& rules);

class SchemaMaker {
public:
    template <typename T>
    void operator()(std::string_view name, const T&, const Rules& rules)
    {
        properties[name] = schema_for<T>(rules);
        if constexpr (!is_optional<T>) required.push_back(boost::json::value(name));
        // An optional member is left out of the example unless it has one of its own.
        if (!is_optional<T> || !rules.example.empty()) example[name] = example_for<T>(rules);
    }
    boost::json::object properties;
    boost::json::array required;
    boost::json::object example;
};

/// `value` of an example written as text.
boost::json::value example_text(const Rules& rules, std::string_view otherwise);
boost::json::value example_integer(const Rules& rules);

template <typename T>
boost::json::value schema_for(const Rules& rules)
{
    if constexpr (Described<T>) {
        SchemaMaker maker;
        T made{};
        describe(maker, made);
        boost::json::object schema{
            {"type", "object"},
            {"properties", maker.properties},
            {"required", maker.required},
            {"additionalProperties", false}};
        if (!rules.about.empty()) schema["description"] = rules.about;
        return schema;
    } else if constexpr (is_optional<T>) {
        const auto inner = schema_for<typename ItemOf<T>::Type>(rules);
        return boost::json::object{
            {"anyOf", boost::json::array{inner, boost::json::object{{"type", "null"}}}}};
    } else if constexpr (is_list<T>) {
        auto schema = schema_of_kind("array", "", rules);
        schema["items"] = schema_for<typename ItemOf<T>::Type>(Rules{});
        schema["maxItems"] = rules.length_max;
        return schema;
    } else if constexpr (is_id<T>) {
        auto schema = schema_of_kind("string", "", rules);
        schema["pattern"] = "^[1-9][0-9]{0,18}$";
        return schema;
    } else if constexpr (std::is_same_v<T, Day>) {
        return schema_of_kind("string", "date", rules);
    } else if constexpr (std::is_same_v<T, Instant>) {
        return schema_of_kind("string", "date-time", rules);
    } else if constexpr (std::is_same_v<T, bool>) {
        return schema_of_kind("boolean", "", rules);
    } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Dong>) {
        return integer_schema(rules);
    } else if constexpr (std::is_same_v<T, boost::json::value>) {
        return schema_of_kind("", "", rules);
    } else {
        return text_schema(rules);
    }
}

template <typename T>
boost::json::value example_for(const Rules& rules)
{
    if constexpr (Described<T>) {
        SchemaMaker maker;
        T made{};
        describe(maker, made);
        return maker.example;
    } else if constexpr (is_optional<T>) {
        return example_for<typename ItemOf<T>::Type>(rules);
    } else if constexpr (is_list<T>) {
        return boost::json::array{example_for<typename ItemOf<T>::Type>(Rules{})};
    } else if constexpr (is_id<T>) {
        return example_text(rules, "120435218374656");
    } else if constexpr (std::is_same_v<T, Day>) {
        return example_text(rules, "2016-07-01");
    } else if constexpr (std::is_same_v<T, Instant>) {
        return example_text(rules, "2016-07-01T08:00:00+07:00");
    } else if constexpr (std::is_same_v<T, bool>) {
        return true;
    } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, Dong>) {
        return example_integer(rules);
    } else if constexpr (std::is_same_v<T, boost::json::value>) {
        return boost::json::object{};
    } else {
        return example_text(rules, "");
    }
}

}  // namespace detail

/// The struct from JSON. Problems "json.missing", "json.wrong_kind", "json.unknown_member", "json.too_long",
/// "json.out_of_range", "json.not_a_choice", "base.bad_day", "base.bad_instant", "base.bad_id"; field is the pointer.
template <typename T>
Result<T> decode(const boost::json::value& sent)
{
    return detail::decode_at<T>(sent, Rules{}, "");
}

template <typename T>
boost::json::value encode(const T& from)
{
    return detail::encode_value(from);
}

/// The description of T; made once.
template <typename T>
const Description& described()
{
    static const Description made{
        .name = detail::plain_name(__PRETTY_FUNCTION__),
        .schema = detail::schema_for<T>(Rules{}),
        .example = detail::example_for<T>(Rules{}),
        .check = [](const boost::json::value& sent) -> Result<Done> {
            auto decoded = decode<T>(sent);
            if (!decoded) return decoded.problem();
            return Done{};
        }};
    return made;
}

}  // namespace thien_an::web
