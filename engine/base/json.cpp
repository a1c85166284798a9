#include "engine/base/json.h"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <charconv>
#include <vector>

namespace thien_an::json {
namespace {

/// Builds the value like Boost's own handler, but refuses a second member of one name.
class Reader {
public:
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_string_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = std::size_t(-1);

    std::string duplicate;  ///< Pointer to the first member seen twice.
    value root;

    bool on_document_begin(boost::json::error_code&) { return true; }
    bool on_document_end(boost::json::error_code&) { return true; }
    bool on_object_begin(boost::json::error_code&) { return open(object{}); }
    bool on_object_end(std::size_t, boost::json::error_code&) { return close(); }
    bool on_array_begin(boost::json::error_code&) { return open(array{}); }
    bool on_array_end(std::size_t, boost::json::error_code&) { return close(); }
    bool on_key_part(boost::json::string_view part, std::size_t, boost::json::error_code&)
    {
        key_ += std::string_view(part.data(), part.size());
        return true;
    }
    bool on_key(boost::json::string_view part, std::size_t, boost::json::error_code& error)
    {
        key_ += std::string_view(part.data(), part.size());
        if (open_.back().held.as_object().contains(key_)) {
            duplicate = path() + "/" + escaped(key_);
            error = boost::json::error::extra_data;
            return false;
        }
        open_.back().key = std::move(key_);
        key_.clear();
        return true;
    }
    bool on_string_part(boost::json::string_view part, std::size_t, boost::json::error_code&)
    {
        text_ += std::string_view(part.data(), part.size());
        return true;
    }
    bool on_string(boost::json::string_view part, std::size_t, boost::json::error_code&)
    {
        text_ += std::string_view(part.data(), part.size());
        put(value(text_));
        text_.clear();
        return true;
    }
    bool on_number_part(boost::json::string_view part, boost::json::error_code&)
    {
        number_ += std::string_view(part.data(), part.size());
        return true;
    }
    bool on_int64(std::int64_t i, boost::json::string_view, boost::json::error_code&)
    {
        return put_number(i);
    }
    bool on_uint64(std::uint64_t u, boost::json::string_view, boost::json::error_code&)
    {
        return put_number(u);
    }
    bool on_double(double, boost::json::string_view part, boost::json::error_code& error)
    {
        // Boost's own reading may be off by the last bit, so that a value would not be the same after writing it.
        number_ += std::string_view(part.data(), part.size());
        double exact = 0;
        const auto read = std::from_chars(number_.data(), number_.data() + number_.size(), exact);
        if (read.ec == std::errc{}) return put_number(exact);
        error = boost::json::error::exponent_overflow;
        return false;
    }
    bool on_bool(bool b, boost::json::error_code&) { return put(b); }
    bool on_null(boost::json::error_code&) { return put(nullptr); }
    bool on_comment_part(boost::json::string_view, boost::json::error_code&) { return true; }
    bool on_comment(boost::json::string_view, boost::json::error_code&) { return true; }

private:
    struct Open {
        json::value held;
        std::string key;
    };

    bool open(value v)
    {
        open_.push_back({std::move(v), {}});
        return true;
    }
    bool close()
    {
        value done = std::move(open_.back().held);
        open_.pop_back();
        return put(std::move(done));
    }
    bool put_number(value v)
    {
        number_.clear();
        return put(std::move(v));
    }
    bool put(value v)
    {
        if (open_.empty())
            root = std::move(v);
        else if (open_.back().held.is_array())
            open_.back().held.as_array().push_back(std::move(v));
        else
            open_.back().held.as_object().emplace(open_.back().key, std::move(v));
        return true;
    }
    std::string path() const
    {
        std::string out;
        for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
            const auto& at = open_[i];
            out += "/" + (at.held.is_array() ? std::to_string(at.held.as_array().size()) : escaped(at.key));
        }
        return out;
    }

    std::vector<Open> open_;
    std::string key_;
    std::string text_;
    std::string number_;
};

Problem syntax_problem(std::string_view text, std::size_t at)
{
    const auto before = text.substr(0, std::min(at, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const auto start = before.rfind('\n');
    const auto column = before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return {
        .code = "json.syntax",
        .field = "",
        .law = "",
        .words = {{"line", std::to_string(line)}, {"column", std::to_string(column)}}};
}

void write_canonical(const value& v, std::string& out);

/// As Boost.JSON writes it, without its serializer where nothing needs an escape.
void write_text(std::string_view text, std::string& out)
{
    const auto needs_escape = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
    };
    if (std::ranges::any_of(text, needs_escape)) {
        out += boost::json::serialize(boost::json::string_view(text.data(), text.size()));
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

void write_object(const object& o, std::string& out)
{
    std::vector<const object::value_type*> members;
    for (const auto& m : o) members.push_back(&m);
    std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return a->key() < b->key(); });
    out += '{';
    for (const auto* m : members) {
        if (out.back() != '{') out += ',';
        write_text(m->key(), out);
        out += ':';
        write_canonical(m->value(), out);
    }
    out += '}';
}

void write_canonical(const value& v, std::string& out)
{
    if (const auto* o = v.if_object()) return write_object(*o, out);
    if (const auto* text = v.if_string()) return write_text(*text, out);
    const auto* a = v.if_array();
    if (a == nullptr) {
        out += boost::json::serialize(v);
        return;
    }
    out += '[';
    bool first = true;
    for (const auto& item : *a) {
        if (!std::exchange(first, false)) out += ',';
        write_canonical(item, out);
    }
    out += ']';
}

/// The token of a pointer with ~0 and ~1 as what they stand for.
std::string unescaped(std::string_view token)
{
    std::string out;
    for (std::size_t i = 0; i < token.size(); ++i) {
        if (token[i] == '~' && i + 1 < token.size())
            out += token[++i] == '1' ? '/' : '~';
        else
            out += token[i];
    }
    return out;
}

/// Takes the first token off a pointer, as it is written.
std::string_view next_token(std::string_view& pointer)
{
    pointer.remove_prefix(1);  // '/'
    const auto token = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(token.size());
    return token;
}

std::vector<std::string> tokens(std::string_view pointer)
{
    std::vector<std::string> out;
    while (!pointer.empty()) out.push_back(unescaped(next_token(pointer)));
    return out;
}

std::optional<std::size_t> position(std::string_view token)
{
    std::size_t at = 0;
    const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), at);
    if (error != std::errc{} || end != token.data() + token.size()) return std::nullopt;
    return at;
}

}  // namespace

Result<value> parse(std::string_view text, Limits limits)
{
    if (text.size() > limits.bytes_max) return Problem{.code = "json.too_large", .field = "", .law = ""};
    boost::json::parse_options options;
    options.max_depth = limits.depth_max;
    boost::json::basic_parser<Reader> parser(options);
    boost::json::error_code error;
    const auto used = parser.write_some(false, text.data(), text.size(), error);
    if (!parser.handler().duplicate.empty())
        return Problem{.code = "json.duplicate_key", .field = parser.handler().duplicate, .law = ""};
    if (error == boost::json::error::too_deep)
        return Problem{.code = "json.too_deep", .field = "", .law = ""};
    if (error || used < text.size() || !parser.done()) return syntax_problem(text, used);
    return std::move(parser.handler().root);
}

std::string canonical(const value& v)
{
    std::string out;
    write_canonical(v, out);
    return out;
}

std::string text_of(const value& v) { return boost::json::serialize(v); }

namespace {

const value* below(const value& v, std::string_view token)
{
    if (const auto* o = v.if_object()) return o->if_contains(token);
    const auto* a = v.if_array();
    const auto index = a == nullptr ? std::nullopt : position(token);
    return index ? a->if_contains(*index) : nullptr;
}

}  // namespace

const value* find(const value& root, std::string_view pointer)
{
    const value* at = &root;
    while (at != nullptr && !pointer.empty()) {
        const auto token = next_token(pointer);
        at = token.find('~') == std::string_view::npos ? below(*at, token) : below(*at, unescaped(token));
    }
    return at;
}

void set(value& root, std::string_view pointer, value v)
{
    value* at = &root;
    for (const auto& token : tokens(pointer)) {
        if (auto* a = at->if_array()) {
            const auto index = position(token);
            if (!index || *index > a->size()) throw std::out_of_range("json::set: no such array position");
            if (*index == a->size()) a->emplace_back(nullptr);
            at = &(*a)[*index];
        } else {
            if (!at->is_object()) *at = object{};
            at = &at->as_object()[token];
        }
    }
    *at = std::move(v);
}

const value* member(const value& v, std::string_view name)
{
    const auto* o = v.if_object();
    return o == nullptr ? nullptr : o->if_contains(name);
}

std::string string_or(const value& v, std::string_view name, std::string_view otherwise)
{
    const auto* m = member(v, name);
    if (m == nullptr || !m->is_string()) return std::string(otherwise);
    return std::string(m->get_string().data(), m->get_string().size());
}

std::int64_t integer_or(const value& v, std::string_view name, std::int64_t otherwise)
{
    const auto* m = member(v, name);
    return m != nullptr && m->is_int64() ? m->get_int64() : otherwise;
}

bool bool_or(const value& v, std::string_view name, bool otherwise)
{
    const auto* m = member(v, name);
    return m != nullptr && m->is_bool() ? m->get_bool() : otherwise;
}

std::string escaped(std::string_view token)
{
    std::string out;
    for (const char c : token) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out += c;
    }
    return out;
}

}  // namespace thien_an::json
