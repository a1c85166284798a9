#include "engine/base/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <cmath>

namespace thien_an::config {
namespace {

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
        if (const auto* text = node.as_string()) return boost::json::value(text->get());
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
            const auto inner = name.empty() ? std::string(key.str()) : name + "." + std::string(key.str());
            out[key.str()] = value(node, inner);
        }
        return out;
    }

private:
    Document& document_;
};

}  // namespace

Document parse(std::string_view toml, const std::string& file)
{
    Document document{.file = file, .values = {}, .lines = {}};
    try {
        const auto table = toml::parse(toml, file);
        document.values = Converter(document).object(table, "");
    } catch (const toml::parse_error& error) {
        throw ConfigError(fmt::format("{}:{}: {}", file, error.source().begin.line, error.description()));
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
