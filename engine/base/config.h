#pragma once

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

/// Configuration: one typed struct, read once from TOML; an unknown key stops the start. Beside a struct stands
///     template <typename Visitor>
///     void settings(Visitor& visit, MailSettings& it)
///     {
///         visit("host", it.host, "Mail server; empty: no mail is sent.");
///         visit("timeout_s", it.timeout, "How long to wait for it.");
///     }
/// Members: text, bool, integers, double, durations (the key ends in _ms, _s, _min or _h), lists of text, structs with
/// settings(), and maps of them by name.
namespace thien_an::config {

/// The text begins with "FILE:LINE: ".
struct ConfigError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// One key, for the page about configuration.
struct Key {
    std::string name;   ///< "web.port"
    std::string kind;   ///< "text", "yes or no", "whole number", "number", "list of texts"
    std::string usual;  ///< The default, as TOML writes it.
    std::string meaning;
};

/// The file as values, and where each key stands.
struct Document {
    std::string file;
    boost::json::object values;
    std::map<std::string, int> lines;  ///< By dotted name.
};
/// Throws ConfigError for what is no TOML, or holds dates.
Document parse(std::string_view toml, const std::string& file);

namespace detail {

struct Sink {
    template <typename T>
    void operator()(std::string_view, T&, std::string_view)
    {
    }
};
template <typename T>
concept Section = requires(Sink& sink, T& t)
{
    settings(sink, t);
};
template <typename T>
constexpr bool is_map = false;
template <typename T>
constexpr bool is_map<std::map<std::string, T>> = true;
template <typename T>
constexpr bool is_map<std::map<std::string, T, std::less<>>> = true;
template <typename T>
constexpr bool is_duration = false;
template <typename R, typename P>
constexpr bool is_duration<std::chrono::duration<R, P>> = true;

/// The length of one unit of a key that ends in _ms, _s, _min or _h. Throws std::logic_error for another ending.
std::chrono::milliseconds unit_of(std::string_view key);

class Reader {
public:
    Reader(const Document& document, const boost::json::object& values, std::string at)
        : document_(document), values_(values), at_(std::move(at))
    {
    }

    template <typename T>
    void operator()(std::string_view key, T& member, std::string_view)
    {
        known_.emplace_back(key);
        const auto* found = values_.if_contains(key);
        if (found == nullptr) return;
        const auto name = at_ + std::string(key);
        if constexpr (is_map<T>) {
            for (const auto& entry : object(*found, name)) {
                const auto inner = name + "." + std::string(entry.key());
                section(object(entry.value(), inner), inner, member[std::string(entry.key())]);
            }
        } else if constexpr (Section<T>) {
            section(object(*found, name), name, member);
        } else if constexpr (std::is_same_v<T, std::string>) {
            member = text(*found, name);
        } else if constexpr (std::is_same_v<T, bool>) {
            member = yes(*found, name);
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            member = texts(*found, name);
        } else if constexpr (std::is_same_v<T, double>) {
            member = number(*found, name);
        } else if constexpr (is_duration<T>) {
            member = std::chrono::duration_cast<T>(unit_of(key) * whole(*found, name, INT32_MAX));
        } else {
            static_assert(std::is_integral_v<T>, "a setting of this type cannot be read");
            const auto most = sizeof(T) < 8 ? std::int64_t(std::numeric_limits<T>::max()) : INT64_MAX;
            member = static_cast<T>(whole(*found, name, most));
        }
    }
    void end() const;  ///< Throws for keys nobody asked for.

private:
    template <typename T>
    void section(const boost::json::object& values, const std::string& name, T& member)
    {
        Reader inner(document_, values, name + ".");
        settings(inner, member);
        inner.end();
    }

    [[noreturn]] void refuse(const std::string& name, std::string_view why) const;
    const boost::json::object& object(const boost::json::value& v, const std::string& name) const;
    std::string text(const boost::json::value& v, const std::string& name) const;
    bool yes(const boost::json::value& v, const std::string& name) const;
    std::vector<std::string> texts(const boost::json::value& v, const std::string& name) const;
    double number(const boost::json::value& v, const std::string& name) const;
    std::int64_t whole(const boost::json::value& v, const std::string& name, std::int64_t most) const;

    const Document& document_;
    const boost::json::object& values_;
    std::string at_;
    std::vector<std::string> known_;
};

std::string toml_text(std::string_view text);
std::string toml_number(double number);

class Lister {
public:
    explicit Lister(std::string at) : at_(std::move(at)) {}

    template <typename T>
    void operator()(std::string_view key, T& member, std::string_view meaning)
    {
        const auto name = at_ + std::string(key);
        if constexpr (is_map<T>) {
            Lister inner(name + ".NAME.");
            typename T::mapped_type one{};
            settings(inner, one);
            add(inner);
        } else if constexpr (Section<T>) {
            Lister inner(name + ".");
            settings(inner, member);
            add(inner);
        } else {
            keys.push_back({name, kind_of<T>(), usual_of(key, member), std::string(meaning)});
        }
    }

    std::vector<Key> keys;

private:
    void add(const Lister& inner) { keys.insert(keys.end(), inner.keys.begin(), inner.keys.end()); }

    template <typename T>
    static std::string kind_of()
    {
        if (std::is_same_v<T, std::string>) return "text";
        if (std::is_same_v<T, bool>) return "yes or no";
        if (std::is_same_v<T, std::vector<std::string>>) return "list of texts";
        return std::is_same_v<T, double> ? "number" : "whole number";
    }
    template <typename T>
    static std::string usual_of(std::string_view key, const T& member)
    {
        if constexpr (std::is_same_v<T, std::string>) {
            return toml_text(member);
        } else if constexpr (std::is_same_v<T, bool>) {
            return member ? "true" : "false";
        } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
            std::string out;
            for (const auto& text : member) out += (out.empty() ? "" : ", ") + toml_text(text);
            return "[" + out + "]";
        } else if constexpr (std::is_same_v<T, double>) {
            return toml_number(member);
        } else if constexpr (is_duration<T>) {
            return std::to_string(
                std::chrono::duration_cast<std::chrono::milliseconds>(member) / unit_of(key)
            );
        } else {
            return std::to_string(member);
        }
    }

    std::string at_;
};

}  // namespace detail

/// Fills `it` from TOML; what the file does not say keeps its default. Throws ConfigError for an unknown key or a value
/// of another kind or beyond its type.
template <typename Settings>
void read(std::string_view toml, const std::string& file, Settings& it)
{
    const auto document = parse(toml, file);
    detail::Reader reader(document, document.values, "");
    settings(reader, it);
    reader.end();
}

/// Every key with default and meaning, in their order.
template <typename Settings>
std::vector<Key> keys_of()
{
    Settings usual{};
    detail::Lister lister("");
    settings(lister, usual);
    return lister.keys;
}

/// The table of docs/operations/configuration.md.
std::string markdown(const std::vector<Key>& keys);

}  // namespace thien_an::config
