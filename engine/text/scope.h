#pragma once

#include <boost/json.hpp>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

/// Values a template or a message may name, and how they become text.
namespace thien_an::text {

/// A template or catalogue that must not be used; the text begins with "file:line: ".
struct LoadError : std::runtime_error {
    using std::runtime_error::runtime_error;
};
/// A page that cannot be written: a name nobody declared, a list where a value should be, a bad address.
struct RenderError : std::runtime_error {
    using std::runtime_error::runtime_error;
};

enum class Escape { html, none };

/// "a.b" as its parts; "." (the item itself) has one part, ".".
class Name {
public:
    Name() = default;
    explicit Name(std::string_view dotted);
    const std::vector<std::string>& parts() const { return parts_; }
    bool empty() const { return parts_.empty(); }
    std::string text() const;

private:
    std::vector<std::string> parts_;
};

/// What names mean: the innermost value first. Views of values that must outlive it.
class Scopes {
public:
    explicit Scopes(std::vector<const boost::json::value*> outer_first) : stack_(std::move(outer_first)) {}

    void push(const boost::json::value& inner) { stack_.push_back(&inner); }
    void pop() { stack_.pop_back(); }
    /// Null when nobody declared the name.
    const boost::json::value* find(const Name& name) const;
    const boost::json::value& get(const Name& name) const;  ///< Throws RenderError when nobody declared it.

private:
    std::vector<const boost::json::value*> stack_;
};

/// null, false, 0, "" and [] are nothing.
bool is_nothing(const boost::json::value& v);
/// Appends text, number or bool; null is "". Throws RenderError (naming `name`) for a list or an object.
void append_value(const boost::json::value& v, const Name& name, Escape escape, std::string& out);
void append_escaped(std::string_view text, std::string& out);

/// HTML the program itself made (a picture, a rendered fragment); never text of a person.
struct Markup {
    explicit Markup(std::string made) : html(std::move(made)) {}
    std::string html;
};
/// The markup as a value of a context. Its mark is random for each run, so that no JSON from outside can carry it.
boost::json::value trusted(Markup markup);
/// The HTML of a value made by `trusted`; null for every other value.
const boost::json::string* markup_of(const boost::json::value& v);

}  // namespace thien_an::text
