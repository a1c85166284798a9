#include "engine/base/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "engine/base/vietnamese.h"

namespace thien_an::config {

/// toml++ met what it takes for granted.
struct Broken {};
[[noreturn]] inline void broken() { throw Broken{}; }

}  // namespace thien_an::config

// toml++ 3.3 takes much of a file for granted (a table has a name, a value begins as one): in a release what follows otherwise
// is undefined. Here every such place refuses the file, in every build.
#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) ((expr) ? static_cast<void>(0) : thien_an::config::broken())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace thien_an::config {
namespace {

/// What in_ascii() made of a text, back.
std::string from_ascii(std::string_view text)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : c - 'A' + 10; };
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at)
        if (text[at] == '~' && at + 2 < text.size()) {
            out += char(digit(text[at + 1]) * 16 + digit(text[at + 2]));
            at += 2;
        } else {
            out += text[at];
        }
    return out;
}

/// Turns toml++'s tree into plain values and remembers lines.
class Converter {
public:
    explicit Converter(Document& document) : document_(document) {}

    boost::json::value value(const toml::node& node, const std::string& name)
    {
        document_.lines[name] = int(node.source().begin.line);
        if (const auto* table = node.as_table()) return object(*table, name);
        if (const auto* array = node.as_array()) {
            boost::json::array out;
            for (const auto& item : *array) out.push_back(value(item, name));
            return out;
        }
        if (const auto* text = node.as_string()) return boost::json::value(from_ascii(text->get()));
        if (const auto* whole = node.as_integer()) return whole->get();
        if (const auto* number = node.as_floating_point()) return number->get();
        if (const auto* yes = node.as_boolean()) return yes->get();
        throw ConfigError(
            fmt::format("{}:{}: {} is a date or a time", document_.file, document_.lines[name], name)
        );
    }

    boost::json::object object(const toml::table& table, const std::string& name)
    {
        boost::json::object out;
        for (const auto& [key, node] : table) {
            const auto own = from_ascii(key.str());
            const auto inner = name.empty() ? own : name + "." + own;
            out[own] = value(node, inner);
        }
        return out;
    }

private:
    Document& document_;
};

/// Letters beyond ASCII as ~HH, byte by byte: toml++ 3.3 asks tables about them that do not hold them all, and what follows
/// is undefined. ~ means nothing in TOML, so outside texts it stays an error.
std::string in_ascii(std::string_view toml)
{
    std::string out;
    out.reserve(toml.size());
    for (const char c : toml)
        if (static_cast<unsigned char>(c) >= 0x80 || c == '~')
            out += fmt::format("~{:02X}", static_cast<unsigned char>(c));
        else
            out += c;
    return out;
}

}  // namespace

Document parse(std::string_view toml, const std::string& file)
{
    Document document{.file = file, .values = {}, .lines = {}};
    if (!is_utf8(toml)) throw ConfigError(fmt::format("{}:1: the file is not in UTF-8", file));
    if (toml.starts_with("\xEF\xBB\xBF"))
        toml.remove_prefix(3);  // A byte order mark, as some editors put there.
    try {
        const auto table = toml::parse(in_ascii(toml), file);
        document.values = Converter(document).object(table, "");
    } catch (const Broken&) {
        throw ConfigError(fmt::format("{}:1: this is no TOML; where it breaks cannot be said", file));
    } catch (const toml::parse_error& error) {
        throw ConfigError(
            fmt::format("{}:{}: {}", file, error.source().begin.line, from_ascii(error.description()))
        );
    }
    return document;
}

std::string markdown(const std::vector<Key>& keys)
{
    std::string out = "| key | kind | usual | meaning |\n|---|---|---|---|\n";
    for (const auto& key : keys)
        out += fmt::format("| `{}` | {} | `{}` | {} |\n", key.name, key.kind, key.usual, key.meaning);
    return out;
}

namespace detail {

std::chrono::milliseconds unit_of(std::string_view key)
{
    using namespace std::chrono_literals;
    if (key.ends_with("_ms")) return 1ms;
    if (key.ends_with("_s")) return 1s;
    if (key.ends_with("_min")) return 1min;
    if (key.ends_with("_h")) return 1h;
    throw std::logic_error("the key of a duration ends in its unit: " + std::string(key));
}

void Reader::end() const
{
    for (const auto& member : values_) {
        const std::string key(member.key());
        if (std::find(known_.begin(), known_.end(), key) == known_.end())
            refuse(at_ + key, "there is no such key");
    }
}

void Reader::refuse(const std::string& name, std::string_view why) const
{
    const auto line = document_.lines.find(name);
    const int number = line == document_.lines.end() ? 1 : line->second;
    throw ConfigError(fmt::format("{}:{}: {}: {}", document_.file, number, name, why));
}

const boost::json::object& Reader::object(const boost::json::value& v, const std::string& name) const
{
    if (!v.is_object()) refuse(name, "must be a table");
    return v.get_object();
}

std::string Reader::text(const boost::json::value& v, const std::string& name) const
{
    if (!v.is_string()) refuse(name, "must be a text");
    return {v.get_string().data(), v.get_string().size()};
}

bool Reader::yes(const boost::json::value& v, const std::string& name) const
{
    if (!v.is_bool()) refuse(name, "must be true or false");
    return v.get_bool();
}

std::vector<std::string> Reader::texts(const boost::json::value& v, const std::string& name) const
{
    if (!v.is_array()) refuse(name, "must be a list of texts");
    std::vector<std::string> out;
    for (const auto& item : v.get_array()) out.push_back(text(item, name));
    return out;
}

double Reader::number(const boost::json::value& v, const std::string& name) const
{
    const double number = v.is_int64() ? double(v.get_int64()) : v.is_double() ? v.get_double() : -1;
    if (!(number >= 0) || std::isinf(number)) refuse(name, "must be a number from 0");
    return number;
}

std::int64_t Reader::whole(const boost::json::value& v, const std::string& name, std::int64_t most) const
{
    if (!v.is_int64() || v.get_int64() < 0 || v.get_int64() > most)
        refuse(name, fmt::format("must be a whole number from 0 to {}", most));
    return v.get_int64();
}

std::string toml_text(std::string_view text)
{
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string toml_number(double number) { return fmt::format("{}", number); }

}  // namespace detail
}  // namespace thien_an::config
