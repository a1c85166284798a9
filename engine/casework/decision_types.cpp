#include "engine/casework/decision_types.h"

#include "engine/workflow/dmn_graph.h"

namespace thien_an::casework {
namespace {

namespace feel = workflow::feel;

/// Inputs the casework takes from the form itself, beside `form`.
const std::map<std::string, std::string, std::less<>> known_answers{{"exempt_group", "result.exempt_group"}};

/// "form.child.born_on" -> "child.born_on"; nothing when the expression is no answer of the form.
std::optional<std::string> answer_in(std::string_view expression)
{
    if (const auto known = known_answers.find(expression); known != known_answers.end()) return known->second;
    constexpr std::string_view form = "form.";
    if (!expression.starts_with(form)) return std::nullopt;
    const auto rest = expression.substr(form.size());
    const auto plain = rest.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.");
    if (rest.empty() || plain != std::string_view::npos) return std::nullopt;
    return std::string(rest);
}

struct Asked {
    const json::value* schema = nullptr;
    bool unknown = false;  ///< The form has no such answer, for sure.
};

/// The part of the schema at that answer; neither found nor unknown where conditions of the schema may add it.
Asked schema_at(const json::value& schema, std::string_view answer)
{
    const auto* at = &schema;
    while (!answer.empty()) {
        const auto end = std::min(answer.find('.'), answer.size());
        const auto* properties = json::member(*at, "properties");
        const auto* next = properties == nullptr ? nullptr : json::member(*properties, answer.substr(0, end));
        if (next == nullptr) {
            const bool more = json::member(*at, "$ref") != nullptr || json::member(*at, "allOf") != nullptr ||
                              json::member(*at, "if") != nullptr || json::member(*at, "anyOf") != nullptr;
            return {nullptr, !more};
        }
        at = next;
        answer.remove_prefix(std::min(end + 1, answer.size()));
    }
    return {at, false};
}

std::string_view answered(const json::value& schema)
{
    const auto type = json::string_or(schema, "type");
    if (type == "string") return "string";
    if (type == "integer" || type == "number") return "number";
    if (type == "boolean") return "boolean";
    if (type == "array") return "list";
    if (type == "object") return "context";
    return "";
}

std::string_view asked(const feel::Type& type)
{
    switch (type.kind) {
    case feel::Type::Kind::boolean: return "boolean";
    case feel::Type::Kind::number: return "number";
    case feel::Type::Kind::text: return "string";
    case feel::Type::Kind::date: return "date";
    case feel::Type::Kind::time: return "time";
    case feel::Type::Kind::date_time: return "date and time";
    case feel::Type::Kind::day_duration:
    case feel::Type::Kind::month_duration: return "duration";
    case feel::Type::Kind::list: return "list";
    case feel::Type::Kind::context: return "context";
    case feel::Type::Kind::any:
    case feel::Type::Kind::null:
    case feel::Type::Kind::range:
    case feel::Type::Kind::function: return "";
    }
    throw std::logic_error("Type::Kind outside its enumerators");
}

/// Every answer the form allows there, when they can be listed.
std::vector<json::value> answers(const json::value& schema, const CodeLists& codes, Day day)
{
    std::vector<json::value> out;
    if (const auto* list = json::member(schema, "enum"); list != nullptr && list->is_array())
        for (const auto& one : list->get_array()) out.push_back(one);
    if (const auto name = json::string_or(schema, "x-code-list"); !name.empty())
        if (const auto* list = codes.find(name, day))
            for (const auto& choice : *list) out.push_back(json::value(choice.value));
    return out;
}

class Checker {
public:
    Checker(const std::string& file, const json::value& schema, const CodeLists& codes, Day day)
        : file_(file), schema_(schema), codes_(codes), day_(day)
    {
    }

    void table(const workflow::DecisionTable& table)
    {
        for (const auto& input : table.inputs) {
            if (!input.expression) continue;
            const auto& text = input.expression.text();
            const auto answer = answer_in(text);
            if (!answer) continue;
            const auto found = schema_at(schema_, *answer);
            if (found.unknown) fault(input.line, "packs.no_such_answer", {{"input", text}});
            if (found.schema != nullptr) compare(input, *found.schema);
        }
    }

    std::vector<PackFault> faults;

private:
    void fault(int line, std::string code, std::vector<std::pair<std::string, std::string>> words)
    {
        faults.push_back(
            {file_, line, {.code = std::move(code), .field = "", .law = "", .words = std::move(words)}}
        );
    }

    void compare(const workflow::TableInput& input, const json::value& schema)
    {
        const auto is = answered(schema);
        const auto wanted = input.type == nullptr ? std::string_view() : asked(*input.type);
        const auto& text = input.expression.text();
        if (!is.empty() && !wanted.empty() && is != wanted)
            return fault(
                input.line,
                "packs.answer_type",
                {{"input", text}, {"asked", std::string(wanted)}, {"answered", std::string(is)}}
            );
        if (!input.allowed) return;
        for (const auto& answer : answers(schema, codes_, day_)) {
            feel::Evaluation evaluation;
            if (evaluation.passes(input.allowed, {}, feel::from_json(answer))) continue;
            fault(
                input.line, "packs.answer_not_listed", {{"input", text}, {"answer", json::text_of(answer)}}
            );
        }
    }

    const std::string& file_;
    const json::value& schema_;
    const CodeLists& codes_;
    Day day_;
};

}  // namespace

std::vector<PackFault> decision_faults(
    const workflow::Decisions& decisions,
    const std::string& file,
    const json::value& form_schema,
    const CodeLists& codes,
    Day day
)
{
    Checker checker(file, form_schema, codes, day);
    for (const auto& element : decisions.graph().elements)
        if (element.box && element.box->table) checker.table(*element.box->table);
    return std::move(checker.faults);
}

std::string code_list_of(const json::value& form_schema, std::string_view input)
{
    const auto answer = answer_in(input);
    const auto found = answer ? schema_at(form_schema, *answer) : Asked{};
    return found.schema == nullptr ? "" : json::string_or(*found.schema, "x-code-list");
}

}  // namespace thien_an::casework
