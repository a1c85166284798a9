#include "engine/web/describe.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/base/vietnamese.h"

namespace thien_an::web::detail {
namespace {

Problem wrong_kind(const std::string& at, std::string_view wanted)
{
    return {.code = "json.wrong_kind", .field = at, .law = "", .words = {{"wanted", std::string(wanted)}}};
}

std::vector<std::string_view> words_of(std::string_view list)
{
    std::vector<std::string_view> out;
    while (!list.empty()) {
        const auto end = std::min(list.find(' '), list.size());
        if (end > 0) out.push_back(list.substr(0, end));
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return out;
}

}  // namespace

Result<std::string> text_from(const boost::json::value& v, const Rules& rules, const std::string& at)
{
    const auto* text = v.if_string();
    if (text == nullptr) return wrong_kind(at, "string");
    std::string out(text->data(), text->size());
    // Bytes bound what characters are counted on.
    if (out.size() > rules.length_max * 4 || letters(out) > rules.length_max)
        return Problem{
            .code = "json.too_long",
            .field = at,
            .law = "",
            .words = {{"max", std::to_string(rules.length_max)}}};
    const auto choices = words_of(rules.choices);
    if (!choices.empty() && std::find(choices.begin(), choices.end(), out) == choices.end())
        return Problem{
            .code = "json.not_a_choice",
            .field = at,
            .law = "",
            .words = {{"choices", std::string(rules.choices)}}};
    return out;
}

Result<std::int64_t> integer_from(const boost::json::value& v, const Rules& rules, const std::string& at)
{
    if (!v.is_int64()) return wrong_kind(at, "integer");
    const auto number = v.get_int64();
    if (number < rules.least || number > rules.most)
        return Problem{
            .code = "json.out_of_range",
            .field = at,
            .law = "",
            .words = {{"least", std::to_string(rules.least)}, {"most", std::to_string(rules.most)}}};
    return number;
}

Result<bool> bool_from(const boost::json::value& v, const std::string& at)
{
    if (!v.is_bool()) return wrong_kind(at, "boolean");
    return v.get_bool();
}

Result<std::int64_t> id_from(const boost::json::value& v, const std::string& at)
{
    if (!v.is_string()) return wrong_kind(at, "string");
    auto id = parse_id({v.get_string().data(), v.get_string().size()});
    if (!id) return Problem{.code = "json.bad_id", .field = at, .law = ""};
    return id;
}

Result<Day> day_from_json(const boost::json::value& v, const std::string& at)
{
    if (!v.is_string()) return wrong_kind(at, "date");
    auto day = parse_day({v.get_string().data(), v.get_string().size()});
    if (!day) return Problem{.code = "base.bad_day", .field = at, .law = ""};
    return day;
}

Result<Instant> instant_from_json(const boost::json::value& v, const std::string& at)
{
    if (!v.is_string()) return wrong_kind(at, "date-time");
    auto instant = parse_instant({v.get_string().data(), v.get_string().size()});
    if (!instant) return Problem{.code = "base.bad_instant", .field = at, .law = ""};
    return instant;
}

Result<Done> list_within(const boost::json::value& v, const Rules& rules, const std::string& at)
{
    if (!v.is_array()) return wrong_kind(at, "array");
    if (v.get_array().size() > rules.length_max)
        return Problem{
            .code = "json.too_long",
            .field = at,
            .law = "",
            .words = {{"max", std::to_string(rules.length_max)}}};
    return Done{};
}

Problem missing(const std::string& at) { return {.code = "json.missing", .field = at, .law = ""}; }

Problem not_an_object(const std::string& at) { return wrong_kind(at, "object"); }

Result<Done> no_other_members(
    const boost::json::object& sent, const std::vector<std::string_view>& known, const std::string& at
)
{
    for (const auto& member : sent) {
        const std::string_view name(member.key());
        if (std::find(known.begin(), known.end(), name) == known.end())
            return Problem{.code = "json.unknown_member", .field = below(at, name), .law = ""};
    }
    return Done{};
}

std::string below(const std::string& at, std::string_view name) { return at + "/" + json::escaped(name); }

boost::json::object schema_of_kind(std::string_view type, std::string_view format, const Rules& rules)
{
    boost::json::object schema;
    if (!type.empty()) schema["type"] = type;
    if (!format.empty()) schema["format"] = format;
    if (!rules.about.empty()) schema["description"] = rules.about;
    return schema;
}

boost::json::object text_schema(const Rules& rules)
{
    auto schema = schema_of_kind("string", "", rules);
    schema["maxLength"] = rules.length_max;
    if (!rules.choices.empty()) {
        boost::json::array choices;
        for (const auto word : words_of(rules.choices)) choices.push_back(boost::json::value(word));
        schema["enum"] = choices;
    }
    return schema;
}

boost::json::object integer_schema(const Rules& rules)
{
    auto schema = schema_of_kind("integer", "int64", rules);
    if (rules.least != INT64_MIN) schema["minimum"] = rules.least;
    if (rules.most != INT64_MAX) schema["maximum"] = rules.most;
    return schema;
}

boost::json::value example_text(const Rules& rules, std::string_view otherwise)
{
    if (!rules.example.empty()) return boost::json::value(rules.example);
    const auto choices = words_of(rules.choices);
    return boost::json::value(choices.empty() ? otherwise : choices.front());
}

boost::json::value example_integer(const Rules& rules)
{
    if (rules.example.empty()) return rules.least == INT64_MIN ? 1 : rules.least;
    return std::stoll(std::string(rules.example));
}

std::string plain_name(std::string_view pretty_function)
{
    // "const ...Description& ...described() [with T = thien_an::portal::NewDossier]"
    auto from = pretty_function.find("T = ");
    if (from == std::string_view::npos) throw std::logic_error("the compiler does not name the type");
    auto name = pretty_function.substr(from + 4);
    name = name.substr(0, name.find_first_of(";]"));
    return std::string(name.substr(name.rfind(':') == std::string_view::npos ? 0 : name.rfind(':') + 1));
}

}  // namespace thien_an::web::detail
