#include "engine/casework/json_schema.h"

#include <cmath>

#include "engine/casework/json_schema_compiled.h"

namespace thien_an::casework {
namespace {

using json::array;
using json::object;
using json::value;

std::string_view view(const boost::json::string& s) { return {s.data(), s.size()}; }

bool matches(const icu::RegexPattern& pattern, std::string_view text)
{
    UErrorCode status = U_ZERO_ERROR;
    const auto input = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), int(text.size())));
    const std::unique_ptr<icu::RegexMatcher> matcher(pattern.matcher(input, status));
    // A pattern that backtracks for ever is a fault of the schema; the text is then not accepted.
    constexpr int steps_max = 1000;
    matcher->setTimeLimit(steps_max, status);
    const bool found = matcher->find(status);
    return U_SUCCESS(status) && found;
}

std::int64_t code_points(std::string_view utf8)
{
    return std::count_if(utf8.begin(), utf8.end(), [](char c) { return (std::uint8_t(c) & 0xC0) != 0x80; });
}

double real(const value& v)
{
    return v.is_double() ? v.get_double() : v.is_int64() ? double(v.get_int64()) : double(v.get_uint64());
}

bool is_number(const value& v) { return v.is_number(); }

bool is_integer(const value& v)
{
    return v.is_int64() || v.is_uint64() || (v.is_double() && std::floor(v.get_double()) == v.get_double());
}

/// -1, 0 or 1; exact for integers.
int compared(const value& a, const value& b)
{
    if (a.is_int64() && b.is_int64())
        return a.get_int64() < b.get_int64() ? -1 : int(a.get_int64() > b.get_int64());
    const double left = real(a);
    const double right = real(b);
    return left < right ? -1 : int(left > right);
}

bool equal(const value& a, const value& b)
{
    if (a.is_number() && b.is_number()) return compared(a, b) == 0;
    if (a.kind() != b.kind()) return false;
    if (const auto* left = a.if_array()) {
        const auto& right = b.get_array();
        return left->size() == right.size() && std::equal(left->begin(), left->end(), right.begin(), equal);
    }
    if (const auto* left = a.if_object()) {
        const auto& right = b.get_object();
        if (left->size() != right.size()) return false;
        return std::all_of(left->begin(), left->end(), [&](const auto& m) {
            const auto* other = right.if_contains(m.key());
            return other != nullptr && equal(m.value(), *other);
        });
    }
    return a == b;
}

bool multiple_of(const value& v, const value& of)
{
    if (v.is_int64() && of.is_int64()) return v.get_int64() % of.get_int64() == 0;
    const double quotient = real(v) / real(of);
    return std::isfinite(quotient) && std::abs(quotient - std::round(quotient)) < 1e-9;
}

bool has_type(const value& v, std::string_view type)
{
    if (type == "null") return v.is_null();
    if (type == "boolean") return v.is_bool();
    if (type == "object") return v.is_object();
    if (type == "array") return v.is_array();
    if (type == "string") return v.is_string();
    if (type == "number") return is_number(v);
    return type == "integer" && is_integer(v);
}

}  // namespace

namespace {

/// Members and items some keyword has judged; what is left is "unevaluated".
struct Evaluated {
    std::set<std::string, std::less<>> names;
    std::set<std::size_t> positions;

    void add(const Evaluated& other)
    {
        names.insert(other.names.begin(), other.names.end());
        positions.insert(other.positions.begin(), other.positions.end());
    }
};

}  // namespace

/// One judgement: walks schema and document together.
class Judge {
public:
    Judge(const JsonSchema::Compiled& compiled, std::vector<SchemaFault>* faults, std::size_t faults_max)
        : nodes_(compiled.nodes),
          patterns_(compiled.patterns),
          places_(compiled.places),
          dynamic_anchors_(compiled.dynamic_anchors),
          faults_(faults),
          faults_max_(faults_max)
    {
    }

    bool judge(const value& schema, const value& document, Evaluated& seen)
    {
        if (const auto* allowed = schema.if_bool()) return *allowed || fault(schema, "false");
        const auto found = nodes_.find(&schema);
        if (found == nodes_.end()) throw std::logic_error("a schema was not loaded");
        const auto& node = found->second;
        // A schema that refers to itself without moving in the document would never end.
        constexpr std::size_t depth_max = 300;
        if (depth_ >= depth_max) return fault(schema, "depth");
        ++depth_;
        const auto depth = scopes_.size();
        if (scopes_.empty() || scopes_.back() != node.base) scopes_.push_back(node.base);
        Evaluated mine;
        bool good = references(node, document, mine);
        if (node.dialect == Dialect::draft_2020_12 || node.reference == nullptr) {
            good = values(schema, document) && good;
            good = combinations(schema, document, mine) && good;
            if (document.is_object()) good = object_keywords(schema, document, mine) && good;
            if (const auto* items = document.if_array())
                good = array_keywords(schema, node, *items, mine) && good;
        }
        scopes_.resize(depth);
        --depth_;
        if (good) seen.add(mine);
        return good;
    }

private:
    using Nodes = std::unordered_map<const value*, Node>;
    using Patterns = std::map<std::string, Pattern, std::less<>>;

    bool fault(
        const value& schema, std::string keyword, std::vector<std::pair<std::string, std::string>> words = {}
    )
    {
        if (quiet_ == 0 && faults_ != nullptr && faults_->size() < faults_max_)
            faults_->push_back({path_, std::move(keyword), &schema, std::move(words)});
        return false;
    }

    /// Judges without keeping the faults: one branch of several.
    bool quietly(const value& schema, const value& document, Evaluated& seen)
    {
        ++quiet_;
        const bool good = judge(schema, document, seen);
        --quiet_;
        return good;
    }

    bool below(const value& schema, const value& document, std::string_view token)
    {
        const auto length = path_.size();
        path_ += "/" + json::escaped(token);
        Evaluated ignored;
        const bool good = judge(schema, document, ignored);
        path_.resize(length);
        return good;
    }

    bool references(const Node& node, const value& document, Evaluated& mine)
    {
        bool good = node.reference == nullptr || judge(*node.reference, document, mine);
        if (node.dynamic == nullptr) return good;
        const value* target = node.dynamic;
        if (!node.dynamic_name.empty())
            for (const auto& scope : scopes_)
                if (const auto place = scope + "#" + node.dynamic_name; dynamic_anchors_.contains(place)) {
                    target = places_.find(place)->second;
                    break;
                }
        return judge(*target, document, mine) && good;
    }

    bool values(const value& schema, const value& document)
    {
        bool good = true;
        if (const auto* type = json::member(schema, "type")) good = types(schema, *type, document);
        if (const auto* list = json::member(schema, "enum"); list != nullptr && list->is_array()) {
            const auto& a = list->get_array();
            if (std::none_of(a.begin(), a.end(), [&](const value& v) { return equal(v, document); }))
                good = fault(schema, "enum");
        }
        if (const auto* only = json::member(schema, "const"); only != nullptr && !equal(*only, document))
            good = fault(schema, "const");
        if (document.is_number()) good = numbers(schema, document) && good;
        if (const auto* text = document.if_string()) good = strings(schema, view(*text)) && good;
        return good;
    }

    bool types(const value& schema, const value& type, const value& document)
    {
        if (const auto* one = type.if_string())
            return has_type(document, view(*one)) ||
                   fault(schema, "type", {{"type", std::string(view(*one))}});
        for (const auto& each : type.as_array())
            if (has_type(document, view(each.as_string()))) return true;
        return fault(schema, "type");
    }

    bool numbers(const value& schema, const value& document)
    {
        bool good = true;
        const auto bound = [&](std::string_view keyword, auto allowed) {
            const auto* limit = json::member(schema, keyword);
            if (limit == nullptr || !limit->is_number() || allowed(compared(document, *limit))) return;
            good = fault(schema, std::string(keyword), {{"limit", json::text_of(*limit)}});
        };
        bound("minimum", [](int c) { return c >= 0; });
        bound("maximum", [](int c) { return c <= 0; });
        bound("exclusiveMinimum", [](int c) { return c > 0; });
        bound("exclusiveMaximum", [](int c) { return c < 0; });
        const auto* of = json::member(schema, "multipleOf");
        if (of != nullptr && of->is_number() && !multiple_of(document, *of))
            good = fault(schema, "multipleOf");
        return good;
    }

    bool strings(const value& schema, std::string_view text)
    {
        bool good = true;
        const auto length = [&] { return code_points(text); };
        good = at_least(schema, "minLength", length) && good;
        good = at_most(schema, "maxLength", length) && good;
        if (const auto pattern = json::string_or(schema, "pattern"); !pattern.empty())
            if (!matches(*patterns_.find(pattern)->second, text)) good = fault(schema, "pattern");
        if (const auto format = json::string_or(schema, "format");
            !format.empty() && !has_format(text, format))
            good = fault(schema, "format", {{"format", format}});
        return good;
    }

    template <typename Count>
    bool at_least(const value& schema, std::string_view keyword, Count count)
    {
        const auto* limit = json::member(schema, keyword);
        if (limit == nullptr || !limit->is_number() || double(count()) >= real(*limit)) return true;
        return fault(schema, std::string(keyword), {{"limit", json::text_of(*limit)}});
    }

    template <typename Count>
    bool at_most(const value& schema, std::string_view keyword, Count count)
    {
        const auto* limit = json::member(schema, keyword);
        if (limit == nullptr || !limit->is_number() || double(count()) <= real(*limit)) return true;
        return fault(schema, std::string(keyword), {{"limit", json::text_of(*limit)}});
    }

    bool combinations(const value& schema, const value& document, Evaluated& mine)
    {
        bool good = true;
        if (const auto* all = list(schema, "allOf"))
            for (const auto& each : *all) good = judge(each, document, mine) && good;
        if (const auto* any = list(schema, "anyOf")) {
            bool found = false;
            for (const auto& each : *any) found = quietly(each, document, mine) || found;
            if (!found) good = fault(schema, "anyOf");
        }
        if (const auto* one = list(schema, "oneOf")) {
            const auto count = std::count_if(one->begin(), one->end(), [&](const value& each) {
                return quietly(each, document, mine);
            });
            if (count != 1) good = fault(schema, "oneOf", {{"count", std::to_string(count)}});
        }
        if (const auto* denied = json::member(schema, "not")) {
            Evaluated ignored;
            if (quietly(*denied, document, ignored)) good = fault(schema, "not");
        }
        return conditions(schema, document, mine) && good;
    }

    bool conditions(const value& schema, const value& document, Evaluated& mine)
    {
        const auto* condition = json::member(schema, "if");
        if (condition == nullptr) return true;
        const auto* branch = json::member(schema, quietly(*condition, document, mine) ? "then" : "else");
        return branch == nullptr || judge(*branch, document, mine);
    }

    static const array* list(const value& schema, std::string_view keyword)
    {
        const auto* v = json::member(schema, keyword);
        return v == nullptr ? nullptr : v->if_array();
    }
    static const object* map(const value& schema, std::string_view keyword)
    {
        const auto* v = json::member(schema, keyword);
        return v == nullptr ? nullptr : v->if_object();
    }

    bool require(const value& schema, const object& members, const value& name, std::string_view keyword)
    {
        const auto* text = name.if_string();
        if (text == nullptr || members.contains(*text)) return true;
        const auto length = path_.size();
        path_ += "/" + json::escaped(view(*text));
        fault(schema, std::string(keyword), {{"name", std::string(view(*text))}});
        path_.resize(length);
        return false;
    }

    bool object_keywords(const value& schema, const value& document, Evaluated& mine)
    {
        const auto& members = document.get_object();
        const auto size = [&] { return members.size(); };
        bool good = at_least(schema, "minProperties", size);
        good = at_most(schema, "maxProperties", size) && good;
        if (const auto* names = list(schema, "required"))
            for (const auto& name : *names) good = require(schema, members, name, "required") && good;
        good = dependencies(schema, document, mine) && good;
        if (const auto* name_schema = json::member(schema, "propertyNames"))
            for (const auto& m : members) {
                Evaluated ignored;
                if (!quietly(*name_schema, value(m.key()), ignored))
                    good = fault(schema, "propertyNames", {{"name", std::string(m.key())}});
            }
        good = named_members(schema, members, mine) && good;
        return left_members(schema, "unevaluatedProperties", members, mine) && good;
    }

    bool dependencies(const value& schema, const value& document, Evaluated& mine)
    {
        const auto& members = document.get_object();
        bool good = true;
        for (const auto* keyword : {"dependencies", "dependentRequired", "dependentSchemas"}) {
            const auto* rules = map(schema, keyword);
            if (rules == nullptr) continue;
            for (const auto& rule : *rules) {
                if (!members.contains(rule.key())) continue;
                if (const auto* names = rule.value().if_array())
                    for (const auto& name : *names) good = require(schema, members, name, keyword) && good;
                else
                    good = judge(rule.value(), document, mine) && good;
            }
        }
        return good;
    }

    bool named_members(const value& schema, const object& members, Evaluated& mine)
    {
        bool good = true;
        Evaluated here;
        const auto* properties = map(schema, "properties");
        const auto* by_pattern = map(schema, "patternProperties");
        for (const auto& m : members) {
            const auto* own = properties == nullptr ? nullptr : properties->if_contains(m.key());
            if (own != nullptr) {
                good = below(*own, m.value(), m.key()) && good;
                here.names.emplace(m.key());
            }
            if (by_pattern == nullptr) continue;
            for (const auto& rule : *by_pattern) {
                if (!matches(*patterns_.find(std::string_view(rule.key()))->second, m.key())) continue;
                good = below(rule.value(), m.value(), m.key()) && good;
                here.names.emplace(m.key());
            }
        }
        good = left_members(schema, "additionalProperties", members, here) && good;
        mine.add(here);
        return good;
    }

    /// Judges the members not in `judged`, and adds them to it.
    bool left_members(const value& schema, std::string_view keyword, const object& members, Evaluated& judged)
    {
        const auto* rest = json::member(schema, keyword);
        if (rest == nullptr) return true;
        bool good = true;
        for (const auto& m : members) {
            if (judged.names.contains(std::string_view(m.key()))) continue;
            if (rest->is_bool() && !rest->get_bool()) {
                const auto length = path_.size();
                path_ += "/" + json::escaped(m.key());
                good = fault(schema, std::string(keyword), {{"name", std::string(m.key())}});
                path_.resize(length);
            } else {
                good = below(*rest, m.value(), m.key()) && good;
                judged.names.emplace(m.key());
            }
        }
        return good;
    }

    bool array_keywords(const value& schema, const Node& node, const array& items, Evaluated& mine)
    {
        const auto size = [&] { return items.size(); };
        bool good = at_least(schema, "minItems", size);
        good = at_most(schema, "maxItems", size) && good;
        if (json::bool_or(schema, "uniqueItems") && !unique(items)) good = fault(schema, "uniqueItems");
        const bool tuple_in_items = node.dialect == Dialect::draft_7;
        const auto* tuple = list(schema, tuple_in_items ? "items" : "prefixItems");
        const auto* rest = json::member(schema, "items");
        if (tuple != nullptr && tuple_in_items) rest = json::member(schema, "additionalItems");
        if (rest != nullptr && rest->is_array()) rest = nullptr;
        const auto first = tuple == nullptr ? 0 : std::min(tuple->size(), items.size());
        for (std::size_t i = 0; i < first; ++i) {
            good = below((*tuple)[i], items[i], std::to_string(i)) && good;
            mine.positions.insert(i);
        }
        for (std::size_t i = first; rest != nullptr && i < items.size(); ++i) {
            good = below(*rest, items[i], std::to_string(i)) && good;
            mine.positions.insert(i);
        }
        good = contains(schema, items, mine) && good;
        if (const auto* left = json::member(schema, "unevaluatedItems"))
            for (std::size_t i = 0; i < items.size(); ++i)
                if (!mine.positions.contains(i)) {
                    good = below(*left, items[i], std::to_string(i)) && good;
                    mine.positions.insert(i);
                }
        return good;
    }

    bool contains(const value& schema, const array& items, Evaluated& mine)
    {
        const auto* wanted = json::member(schema, "contains");
        if (wanted == nullptr) return true;
        double found = 0;
        for (std::size_t i = 0; i < items.size(); ++i) {
            Evaluated ignored;
            if (!quietly(*wanted, items[i], ignored)) continue;
            ++found;
            mine.positions.insert(i);
        }
        const auto* least = json::member(schema, "minContains");
        const auto* most = json::member(schema, "maxContains");
        if (found < (least == nullptr ? 1.0 : real(*least))) return fault(schema, "contains");
        return most == nullptr || found <= real(*most) || fault(schema, "maxContains");
    }

    static bool unique(const array& items)
    {
        for (std::size_t i = 0; i < items.size(); ++i)
            for (std::size_t j = 0; j < i; ++j)
                if (equal(items[i], items[j])) return false;
        return true;
    }

    const Nodes& nodes_;
    const Patterns& patterns_;
    const std::map<std::string, const value*, std::less<>>& places_;
    const std::set<std::string, std::less<>>& dynamic_anchors_;
    std::vector<SchemaFault>* faults_;
    std::size_t faults_max_;
    std::string path_;
    std::vector<std::string> scopes_;
    std::size_t depth_ = 0;
    int quiet_ = 0;
};

JsonSchema::JsonSchema(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
JsonSchema::JsonSchema(JsonSchema&&) noexcept = default;
JsonSchema& JsonSchema::operator=(JsonSchema&&) noexcept = default;
JsonSchema::~JsonSchema() = default;

Result<JsonSchema> JsonSchema::compile(json::value document, const SchemaLibrary& library)
{
    auto compiled = std::make_unique<Compiled>();
    compiled->document = std::move(document);
    compiled->library = library;
    if (auto problem = compiled->load("schema:/")) return *std::move(problem);
    return JsonSchema(std::move(compiled));
}

std::vector<SchemaFault> JsonSchema::faults(const json::value& document, std::size_t faults_max) const
{
    std::vector<SchemaFault> found;
    Judge judge(*compiled_, &found, faults_max);
    Evaluated seen;
    judge.judge(compiled_->document, document, seen);
    return found;
}

bool JsonSchema::accepts(const json::value& document) const
{
    Judge judge(*compiled_, nullptr, 0);
    Evaluated seen;
    return judge.judge(compiled_->document, document, seen);
}

bool JsonSchema::accepts_at(const json::value& schema, const json::value& document) const
{
    Judge judge(*compiled_, nullptr, 0);
    Evaluated seen;
    return judge.judge(schema, document, seen);
}

const json::value& JsonSchema::document() const { return compiled_->document; }

}  // namespace thien_an::casework
