#include "engine/text/scope.h"

#include <fmt/format.h>

#include <array>
#include <random>

namespace thien_an::text {
namespace {

/// The member name that marks trusted markup in this run.
const std::string& mark()
{
    static const std::string text = [] {
        std::random_device random;
        return fmt::format("markup {:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random());
    }();
    return text;
}

const boost::json::value* member(const boost::json::value& v, std::string_view name)
{
    const auto* o = v.if_object();
    return o == nullptr ? nullptr : o->if_contains(name);
}

constexpr std::array<bool, 256> needs_escape = [] {
    std::array<bool, 256> table{};
    for (const unsigned char c : {'&', '<', '>', '"', '\''}) table.at(c) = true;
    return table;
}();

std::string_view reference(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    default: return "&#39;";
    }
}

void append_text(std::string_view text, Escape escape, std::string& out)
{
    if (escape == Escape::html)
        append_escaped(text, out);
    else
        out += text;
}

}  // namespace

Name::Name(std::string_view dotted)
{
    if (dotted == ".") {
        parts_.emplace_back(dotted);
        return;
    }
    while (true) {
        const auto end = std::min(dotted.find('.'), dotted.size());
        parts_.emplace_back(dotted.substr(0, end));
        if (end == dotted.size()) return;
        dotted.remove_prefix(end + 1);
    }
}

std::string Name::text() const
{
    std::string out;
    for (const auto& part : parts_) {
        if (!out.empty()) out += '.';
        out += part;
    }
    return out;
}

const boost::json::value* Scopes::find(const Name& name) const
{
    const auto& parts = name.parts();
    if (parts.front() == ".") return stack_.empty() ? nullptr : stack_.back();
    for (auto scope = stack_.rbegin(); scope != stack_.rend(); ++scope) {
        const auto* at = member(**scope, parts.front());
        if (at == nullptr) continue;
        for (std::size_t i = 1; i < parts.size() && at != nullptr; ++i) at = member(*at, parts[i]);
        return at;
    }
    return nullptr;
}

const boost::json::value& Scopes::get(const Name& name) const
{
    const auto* found = find(name);
    if (found == nullptr) throw RenderError(name.text() + " is not declared");
    return *found;
}

bool is_nothing(const boost::json::value& v)
{
    switch (v.kind()) {
    case boost::json::kind::null: return true;
    case boost::json::kind::bool_: return !v.get_bool();
    case boost::json::kind::int64: return v.get_int64() == 0;
    case boost::json::kind::uint64: return v.get_uint64() == 0;
    case boost::json::kind::double_: return v.get_double() == 0;
    case boost::json::kind::string: return v.get_string().empty();
    case boost::json::kind::array: return v.get_array().empty();
    case boost::json::kind::object: return false;
    }
    throw std::logic_error("json::kind outside its enumerators");
}

void append_value(const boost::json::value& v, const Name& name, Escape escape, std::string& out)
{
    switch (v.kind()) {
    case boost::json::kind::null: return;
    case boost::json::kind::bool_: out += v.get_bool() ? "true" : "false"; return;
    case boost::json::kind::int64: fmt::format_to(std::back_inserter(out), "{}", v.get_int64()); return;
    case boost::json::kind::uint64: fmt::format_to(std::back_inserter(out), "{}", v.get_uint64()); return;
    case boost::json::kind::double_: fmt::format_to(std::back_inserter(out), "{}", v.get_double()); return;
    case boost::json::kind::string:
        append_text({v.get_string().data(), v.get_string().size()}, escape, out);
        return;
    case boost::json::kind::array:
    case boost::json::kind::object: throw RenderError(name.text() + " is a list or an object, not a value");
    }
    throw std::logic_error("json::kind outside its enumerators");
}

void append_escaped(std::string_view text, std::string& out)
{
    std::size_t from = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        if (!needs_escape[static_cast<unsigned char>(text[at])]) continue;
        out.append(text, from, at - from);
        out += reference(text[at]);
        from = at + 1;
    }
    out.append(text, from, text.size() - from);
}

boost::json::value trusted(Markup markup)
{
    boost::json::object held;
    held[mark()] = std::move(markup.html);
    return held;
}

const boost::json::string* markup_of(const boost::json::value& v)
{
    const auto* found = member(v, mark());
    return found == nullptr ? nullptr : found->if_string();
}

}  // namespace thien_an::text
