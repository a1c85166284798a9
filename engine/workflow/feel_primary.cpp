#include <algorithm>

#include "engine/workflow/feel_parser.h"

// The leaves of the grammar: literals, names, brackets, types; and how nodes are made.
namespace thien_an::workflow::feel {
namespace {

void append_utf8(std::string& out, std::uint32_t c)
{
    if (c < 0x80) {
        out += char(c);
    } else if (c < 0x800) {
        out += char(0xC0U | (c >> 6));
        out += char(0x80U | (c & 0x3FU));
    } else if (c < 0x10000) {
        out += char(0xE0U | (c >> 12));
        out += char(0x80U | ((c >> 6) & 0x3FU));
        out += char(0x80U | (c & 0x3FU));
    } else {
        out += char(0xF0U | (c >> 18));
        out += char(0x80U | ((c >> 12) & 0x3FU));
        out += char(0x80U | ((c >> 6) & 0x3FU));
        out += char(0x80U | (c & 0x3FU));
    }
}

std::optional<std::uint32_t> hex_number(std::string_view text)
{
    std::uint32_t value = 0;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9'   ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0) return std::nullopt;
        value = value * 16 + std::uint32_t(digit);
    }
    return value;
}

/// The character \uXXXX or \UXXXXXX at `at` names, surrogate pairs joined; moves `at` behind it.
std::optional<std::uint32_t> unicode_escape(std::string_view text, std::size_t& at)
{
    const std::size_t digits = text[at + 1] == 'u' ? 4 : 6;
    if (at + 2 + digits > text.size()) return std::nullopt;
    auto code = hex_number(text.substr(at + 2, digits));
    if (!code || *code > 0x10FFFF) return std::nullopt;
    at += 2 + digits;
    const bool high = *code >= 0xD800 && *code < 0xDC00;
    if (high && text.substr(at, 2) == "\\u" && at + 6 <= text.size()) {
        const auto rest = hex_number(text.substr(at + 2, 4));
        if (!rest || *rest < 0xDC00 || *rest > 0xDFFF) return std::nullopt;
        at += 6;
        return 0x10000 + ((*code - 0xD800) << 10) + (*rest - 0xDC00);
    }
    return code;
}

}  // namespace

Parser::Id Parser::add(Node node, const std::vector<Id>& children)
{
    node.first = std::int32_t(out_.children.size());
    node.count = std::int32_t(children.size());
    for (const Id child : children) {
        out_.children.push_back(child);
        const bool is_node = child >= 0 && std::size_t(child) < out_.nodes.size();
        if (is_node) node.depth = std::max(node.depth, out_.nodes[std::size_t(child)].depth + 1);
    }
    out_.nodes.push_back(node);
    return Id(out_.nodes.size() - 1);
}

Parser::Id Parser::constant(Value value)
{
    out_.constants.push_back(std::move(value));
    return add({.op = Op::constant, .a = std::int32_t(out_.constants.size() - 1)});
}

std::int32_t Parser::name_index(std::string_view name)
{
    const auto known = std::find(out_.names.begin(), out_.names.end(), name);
    if (known != out_.names.end()) return std::int32_t(known - out_.names.begin());
    out_.names.emplace_back(name);
    return std::int32_t(out_.names.size() - 1);
}

std::int32_t Parser::push(std::string name, bool item)
{
    const auto slot = out_.globals + std::int32_t(locals_.size());
    locals_.push_back({std::move(name), slot, item});
    return slot;
}

void Parser::pop(std::size_t count) { locals_.resize(locals_.size() - count); }

Problem Parser::problem(std::string code, std::string_view found)
{
    const auto before = in_.text().substr(0, in_.at());
    const auto lines = std::count(before.begin(), before.end(), '\n') + 1;
    const auto line_start = before.rfind('\n');
    const std::size_t column = in_.at() - (line_start == std::string_view::npos ? 0 : line_start + 1) + 1;
    return {
        .code = std::move(code),
        .field = "",
        .law = "",
        .words = {
            {"line", std::to_string(lines)},
            {"column", std::to_string(column)},
            {"found", std::string(found)},
            {"text", out_.text}}};
}

Problem Parser::syntax(std::string_view expected)
{
    in_.skip();
    const std::size_t length = std::max<std::size_t>(in_.word_length(), 1);
    auto out =
        problem("feel.syntax", in_.at() < in_.text().size() ? in_.ahead(length) : std::string_view("<end>"));
    out.words.emplace_back("expected", expected);
    return out;
}

Parser::Parsed Parser::parse_primary()
{
    in_.skip();
    const char c = in_.peek();
    if (c == '(') return parse_parenthesis();
    if (c == '[') return parse_bracket();
    if (c == ']') return parse_open_range();
    if (c == '{') return parse_context();
    if (c == '@') return parse_at_literal();
    if (c == '"') return constant(Value(TRY(parse_text())));
    if ((c >= '0' && c <= '9') || (c == '.' && in_.peek_at(1) >= '0' && in_.peek_at(1) <= '9'))
        return parse_number();
    if (c == '?' && input_slot_ >= 0) {
        in_.take("?");
        input_used_ = true;
        return add({.op = Op::slot, .a = input_slot_});
    }
    return parse_literal();
}

Parser::Parsed Parser::parse_literal()
{
    const auto keyword = [&](std::string_view word) {
        return in_.sees_word(word) && best_match(false).length <= word.size() && in_.word(word);
    };
    if (keyword("true")) return constant(true);
    if (keyword("false")) return constant(false);
    if (keyword("null")) return constant({});
    if (in_.sees_word("function") && best_match(false).length == 0) return parse_function();
    return parse_name();
}

Parser::Parsed Parser::parse_number()
{
    const auto text = in_.text();
    std::size_t end = in_.at();
    const auto digits = [&] {
        while (end < text.size() && text[end] >= '0' && text[end] <= '9') ++end;
    };
    const auto is_digit = [&](std::size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '9'; };
    digits();
    if (end < text.size() && text[end] == '.' && is_digit(end + 1)) {
        ++end;
        digits();
    }
    if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
        const std::size_t sign =
            end + 1 < text.size() && (text[end + 1] == '+' || text[end + 1] == '-') ? 1 : 0;
        if (is_digit(end + 1 + sign)) {
            end += 1 + sign;
            digits();
        }
    }
    const auto value = parse_decimal(text.substr(in_.at(), end - in_.at()));
    if (!value) return syntax("number");
    in_.go(end);
    return constant(*value);
}

Result<std::string> Parser::parse_text()
{
    in_.take("\"");
    const auto text = in_.text();
    std::string out;
    std::size_t at = in_.at();
    while (at < text.size() && text[at] != '"') {
        if (text[at] != '\\') {
            out += text[at++];
            continue;
        }
        if (at + 1 >= text.size()) break;
        const char c = text[at + 1];
        if (c == 'u' || c == 'U') {
            const auto code = unicode_escape(text, at);
            if (!code) return syntax("\\u");
            append_utf8(out, *code);
            continue;
        }
        const auto place = std::string_view("nrt\"'\\").find(c);
        if (place == std::string_view::npos) {
            out += '\\';  // A regular expression's own escape stays as written.
            out += c;
        } else {
            out += std::string_view("\n\r\t\"'\\")[place];
        }
        at += 2;
    }
    if (at >= text.size()) return syntax("\"");
    in_.go(at + 1);
    return out;
}

Parser::Parsed Parser::parse_at_literal()
{
    in_.take("@");
    if (in_.peek() != '"') return syntax("\"");
    const std::string text = TRY(parse_text());
    Value value = from_json(json::object{{"@", text}});
    if (value.null()) return problem("feel.syntax", text);
    return constant(std::move(value));
}

Parser::Parsed Parser::finish_range(Id low, bool low_closed)
{
    const std::size_t start = in_.at();
    auto high = parse_expression();
    if (!high || (in_.peek() != ']' && in_.peek() != ')')) {
        in_.go(start);
        no_filter_ = true;
        high = parse_expression();
        no_filter_ = false;
        if (!high) return high.problem();
    }
    const bool high_closed = in_.take("]");
    if (!high_closed && !in_.take(")") && !in_.take("[")) return syntax("]");
    return add({.op = Op::range, .a = (low_closed ? 1 : 0) + (high_closed ? 2 : 0)}, {low, high.value()});
}

Parser::Parsed Parser::parse_open_range()
{
    in_.take("]");
    const Id low = TRY(parse_expression());
    if (!in_.take("..")) return syntax("..");
    return finish_range(low, false);
}

Parser::Parsed Parser::parse_bracket()
{
    in_.take("[");
    std::vector<Id> items;
    if (in_.take("]")) return add({.op = Op::list}, items);
    do {
        items.push_back(TRY(parse_expression()));
        if (items.size() == 1 && in_.take("..")) return finish_range(items[0], true);
    } while (in_.take(","));
    if (!in_.take("]")) return syntax("]");
    return add({.op = Op::list}, items);
}

Parser::Parsed Parser::parse_parenthesis()
{
    in_.take("(");
    const std::size_t start = in_.at();
    if (const auto compare = take_comparison()) {
        Id range = -1;
        if (*compare == Compare::equal) {
            range = add({.op = Op::half_range, .a = std::int32_t(*compare)}, {TRY(parse_sum())});
        } else {
            in_.go(start);
            range = TRY(parse_half_range());
        }
        if (!in_.take(")")) return syntax(")");
        return range;
    }
    const Id inner = TRY(parse_expression());
    if (in_.take("..")) return finish_range(inner, false);
    if (!in_.take(")")) return syntax(")");
    return inner;
}

Result<std::string> Parser::parse_key()
{
    if (in_.peek() == '"') return parse_text();
    in_.skip();
    const std::size_t from = in_.at();
    const auto text = in_.text();
    std::size_t to = from;
    while (to < text.size() && std::string_view(":,{}[]()\"").find(text[to]) == std::string_view::npos) ++to;
    std::string name = tidied(text.substr(from, to - from));
    if (name.empty() || !name_start(static_cast<unsigned char>(name.front()))) return syntax("name");
    in_.go(to);
    return name;
}

Parser::Parsed Parser::parse_context()
{
    in_.take("{");
    const std::size_t before = locals_.size();
    const auto slot = out_.globals + std::int32_t(before);
    std::vector<Id> children;
    if (!in_.take("}")) {
        do {
            std::string key = TRY(parse_key());
            if (!in_.take(":")) return syntax(":");
            const Id value = TRY(parse_expression());
            for (std::size_t i = before; i < locals_.size(); ++i)
                if (locals_[i].name == key) return problem("feel.duplicate_key", key);
            children.push_back(name_index(key));
            children.push_back(value);
            members_.push_back(key);
            push(std::move(key));
        } while (in_.take(","));
        if (!in_.take("}")) return syntax("}");
    }
    pop(locals_.size() - before);
    return add({.op = Op::context, .a = slot}, children);
}

Parser::Match Parser::best_match(bool members_too)
{
    in_.skip();
    Match best;
    const char first = in_.peek_at(0);
    const auto offer = [&](Found found, std::string_view name, std::int32_t index) {
        if (name.empty() || (name.front() != first && name.front() != ' ')) return;
        const std::size_t length = in_.match(name);
        if (length > best.length) best = {found, length, index};
    };
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local)
        offer(Found::local, local->name, local->slot);
    for (std::size_t i = 0; i < names_.variables.size(); ++i)
        offer(Found::variable, names_.variables[i], std::int32_t(i));
    const auto rows = library();
    const auto begins = [](const Builtin& row, char c) { return row.name.front() < c; };
    for (auto row = std::lower_bound(rows.begin(), rows.end(), first, begins);
         row != rows.end() && row->name.front() == first;
         ++row)
        offer(Found::builtin, row->name, std::int32_t(row - rows.begin()));
    if (members_too)
        for (const auto& member : members_) offer(Found::member, member, -1);
    return best;
}

Parser::Parsed Parser::item_node(std::string name, std::int32_t fallback)
{
    std::vector<Id> slots;
    for (auto local = locals_.rbegin(); local != locals_.rend(); ++local)
        if (local->item && local->slot > fallback) slots.push_back(local->slot);
    Node node{.op = Op::item_name, .a = name_index(name), .b = fallback};
    node.first = std::int32_t(out_.children.size());
    node.count = std::int32_t(slots.size());
    out_.children.insert(out_.children.end(), slots.begin(), slots.end());
    out_.nodes.push_back(node);
    return Id(out_.nodes.size() - 1);
}

Parser::Parsed Parser::name_node(const Match& match)
{
    const std::string name = tidied(in_.ahead(match.length));
    in_.go(in_.at() + match.length);
    if (match.found == Found::builtin) return add({.op = Op::builtin, .a = match.index});
    const bool is_item = match.found == Found::local && name == "item" &&
                         std::any_of(locals_.begin(), locals_.end(), [&](const Local& local) {
                             return local.item && local.slot == match.index;
                         });
    if (match.found == Found::member || is_item) return item_node(name, -1);
    if (match.found == Found::variable) out_.reads.push_back(match.index);
    const bool inside = std::any_of(locals_.begin(), locals_.end(), [&](const Local& local) {
        return local.item && local.slot > match.index;
    });
    return inside ? item_node(name, match.index) : add({.op = Op::slot, .a = match.index});
}

Parser::Parsed Parser::parse_name()
{
    const bool filtering =
        std::any_of(locals_.begin(), locals_.end(), [](const Local& local) { return local.item; });
    Match match = best_match(filtering);
    const std::size_t word = in_.word_length();
    if (match.found != Found::nothing) {
        // A variable named like a function is still the function where it is called.
        const auto* builtin = find_builtin(tidied(in_.ahead(match.length)));
        const std::size_t start = in_.at();
        in_.go(start + match.length);
        const bool called = in_.peek() == '(';
        in_.go(start);
        if (builtin != nullptr && called) {
            match.found = Found::builtin;
            match.index = std::int32_t(builtin - library().data());
        } else if (match.found == Found::builtin && filtering) {
            match = {Found::member, match.length, -1};
        }
        return name_node(match);
    }
    if (word == 0) return syntax("expression");
    for (const char* keyword : {"then", "else", "return", "satisfies", "and", "or", "in", "of", "between"})
        if (in_.ahead(word) == keyword) return syntax("expression");
    if (filtering) return name_node({Found::member, word, -1});
    const std::string name(in_.ahead(word));
    const std::size_t start = in_.at();
    in_.go(start + word);
    const bool called = in_.peek() == '(';
    in_.go(start);
    return problem(called ? "feel.unknown_function" : "feel.unknown_name", name);
}

Result<TypePtr> Parser::parse_generic(std::string_view name, TypePtr plain)
{
    auto type = std::make_shared<Type>(*plain);
    if (!in_.take("<")) return plain;
    if (name == "context") {
        do {
            std::string key = TRY(parse_key());
            if (!in_.take(":")) return syntax(":");
            type->members.emplace_back(std::move(key), TRY(parse_type()));
        } while (in_.take(","));
    } else if (name == "function") {
        if (in_.peek() != '>') do {
                type->members.emplace_back("", TRY(parse_type()));
            } while (in_.take(","));
    } else {
        type->element = TRY(parse_type());
    }
    if (!in_.take(">")) return syntax(">");
    if (name == "function") {
        if (!in_.take("->")) return syntax("->");
        type->element = TRY(parse_type());
    }
    return TypePtr(type);
}

Result<TypePtr> Parser::parse_type()
{
    const NestingLevel level(depth_);
    if (!depth_left()) return problem("feel.too_deep", "");
    in_.skip();
    std::size_t length = 0;
    TypePtr found;
    const auto offer = [&](std::string_view name, const TypePtr& type) {
        if (const std::size_t l = in_.match(name); type && l > length) {
            length = l;
            found = type;
        }
    };
    for (const auto& [name, type] : names_.types) offer(name, type);
    for (const char* name :
         {"Any",
          "Null",
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
          "function"})
        offer(name, builtin_type(name));
    if (!found) return problem("feel.unknown_type", in_.ahead(in_.word_length()));
    const std::string name = tidied(in_.ahead(length));
    in_.go(in_.at() + length);
    if (name == "list" || name == "range" || name == "context" || name == "function")
        return parse_generic(name, found);
    return found;
}

}  // namespace thien_an::workflow::feel
