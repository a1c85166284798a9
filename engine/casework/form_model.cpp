#include "engine/casework/form_compiled.h"
#include "engine/text/catalogue.h"

namespace thien_an::casework {
namespace {

using workflow::feel::Value;

/// The names conditions may use, as FEEL sees them.
std::vector<Value> condition_values(
    const json::value& document, const FieldPlace& field, const FormContext& context
)
{
    const auto* parent = json::find(document, field.parent);
    const auto extra = [&](std::string_view name) {
        const auto* v = json::member(context.extra, name);
        return v == nullptr ? Value() : workflow::feel::from_json(*v);
    };
    return {
        parent == nullptr ? Value() : workflow::feel::from_json(*parent),
        workflow::feel::from_json(document),
        extra("warnings"),
        extra("dossier"),
        extra("law"),
        Value(iso(context.today))};
}

/// Adds `schema` and what it draws in for this document: all of allOf, the branch taken of if.
void gather(
    const JsonSchema& judge,
    const json::value& schema,
    const json::value& document,
    std::vector<const json::value*>& out
)
{
    out.push_back(&schema);
    if (const auto* all = json::member(schema, "allOf"); all != nullptr && all->is_array())
        for (const auto& each : all->get_array()) gather(judge, each, document, out);
    if (const auto* condition = json::member(schema, "if")) {
        const auto* branch = json::member(schema, judge.accepts_at(*condition, document) ? "then" : "else");
        if (branch != nullptr) gather(judge, *branch, document, out);
    }
}

std::string filled(std::string sentence, const std::vector<std::pair<std::string, std::string>>& words)
{
    for (const auto& [name, word] : words) {
        const auto place = "{{" + name + "}}";
        for (auto at = sentence.find(place); at != std::string::npos;
             at = sentence.find(place, at + word.size()))
            sentence.replace(at, place.size(), word);
    }
    return sentence;
}

const json::value* sentence_in(const json::value* schema, std::string_view code)
{
    const auto* errors = schema == nullptr ? nullptr : json::member(*schema, "x-errors");
    return errors == nullptr ? nullptr : json::member(*errors, code);
}

bool is_empty(const json::value& v)
{
    if (const auto* text = v.if_string()) return text->empty();
    return v.is_null();
}

}  // namespace

std::string input_of(std::string_view pointer)
{
    std::string out(pointer.empty() ? pointer : pointer.substr(1));
    std::replace(out.begin(), out.end(), '/', '.');
    return out;
}

const FieldPlace* Form::Compiled::find(std::string_view pointer) const
{
    for (const auto& field : fields)
        if (field.pointer == pointer) return &field;
    return nullptr;
}

std::vector<const json::value*> Form::Compiled::schemas_at(
    const json::value& document, std::string_view pointer
) const
{
    std::vector<const json::value*> here;
    gather(schema, schema.document(), document, here);
    std::string at;
    while (!pointer.empty()) {
        pointer.remove_prefix(1);
        const auto name = pointer.substr(0, pointer.find('/'));
        pointer.remove_prefix(name.size());
        at += "/" + std::string(name);
        const auto* value = json::find(document, at);
        const json::value nothing;
        std::vector<const json::value*> below;
        for (const auto* each : here) {
            const auto* properties = json::member(*each, "properties");
            const auto* member = properties == nullptr ? nullptr : json::member(*properties, name);
            if (member != nullptr) gather(schema, *member, value == nullptr ? nothing : *value, below);
        }
        here = std::move(below);
    }
    return here;
}

bool is_optional_at(const FieldPlace& field, std::string_view channel)
{
    return !channel.empty() && json::string_or(*field.schema, "x-optional-at") == channel;
}

bool Form::Compiled::is_required(
    const json::value& document, const FieldPlace& field, const FormContext& context
) const
{
    if (is_optional_at(field, context.channel)) return false;
    for (const auto* each : schemas_at(document, field.parent)) {
        const auto* names = json::member(*each, "required");
        if (names == nullptr || !names->is_array()) continue;
        for (const auto& name : names->get_array())
            if (name == json::value(field.name)) return true;
    }
    return false;
}

bool Form::Compiled::is_shown(
    const json::value& document, const FieldPlace& field, const FormContext& context
) const
{
    if (field.group >= 0 && !is_shown(document, fields[std::size_t(field.group)], context)) return false;
    if (!field.condition) return true;
    workflow::feel::Evaluation evaluation(at(context.today, Minutes{0}));
    return evaluation.value(field.condition, condition_values(document, field, context)).is_true();
}

Words error_sentence(
    const FieldPlace& field,
    const json::value* faulty,
    std::string_view code,
    const std::vector<std::pair<std::string, std::string>>& words,
    const FormContext& context
)
{
    const auto* own = sentence_in(faulty, code);
    if (own == nullptr) own = sentence_in(field.schema, code);
    if (own != nullptr)
        return {filled(json::string_or(*own, "vi"), words), filled(json::string_or(*own, "en"), words)};
    const auto key = "form.error." + std::string(code);
    if (context.words == nullptr) return {key, key};
    json::object values{{"title", json::string_or(*field.schema, "title")}};
    for (const auto& [name, word] : words) values[name] = word;
    const auto known = context.words->contains(key) ? key : "form.error.other";
    for (const auto* name : {"limit", "format", "type"})
        if (!values.contains(name)) values[name] = "";
    return {
        context.words->say(known, text::Language::vi, values),
        context.words->say(known, text::Language::en, values)};
}

unsigned days_of(std::int64_t year, std::int64_t month)
{
    if (month < 1 || month > 12 || year < 1 || year > 9999) return 0;
    using namespace std::chrono;
    return unsigned((std::chrono::year{int(year)} / std::chrono::month{unsigned(month)} / last).day());
}

std::vector<std::pair<std::string, std::string>> month_words(std::int64_t year, std::int64_t month)
{
    return {
        {"month", std::to_string(month)},
        {"year", std::to_string(year)},
        {"days", std::to_string(days_of(year, month))}};
}

void erase_at(json::value& document, std::string_view pointer)
{
    const auto slash = pointer.rfind('/');
    const auto* parent = json::find(document, pointer.substr(0, slash));
    if (parent == nullptr || !parent->is_object()) return;
    const_cast<json::value*>(parent)->get_object().erase(pointer.substr(slash + 1));
}

void prune(const Form::Compiled& form, json::value& document, const FormContext& context)
{
    if (!document.is_object()) document = json::object{};
    // A hidden answer may hide others: again until nothing changes; conditions are few.
    for (std::size_t round = 0; round <= form.fields.size(); ++round) {
        bool changed = false;
        for (const auto& field : form.fields) {
            const auto* value = json::find(document, field.pointer);
            const bool shown = form.is_shown(document, field, context);
            if (value != nullptr && (!shown || is_empty(*value))) {
                erase_at(document, field.pointer);
                changed = true;
            } else if (value == nullptr && shown && field.widget == Widget::group) {
                json::set(document, field.pointer, json::object{});
                changed = true;
            }
        }
        if (!changed) return;
    }
}

std::optional<Choice> choice_of(
    const FieldPlace& field, std::string_view value, const FormContext& context, const CodeLists& codes
)
{
    const auto among = [&](const std::vector<Choice>& choices) {
        const auto found = std::ranges::find(choices, value, &Choice::value);
        return found == choices.end() ? std::nullopt : std::optional(*found);
    };
    // The long lists are looked through where they lie.
    if (const auto list = json::string_or(*field.schema, "x-code-list"); !list.empty()) {
        const auto* choices = codes.find(list, context.today);
        return choices == nullptr ? std::nullopt : among(*choices);
    }
    const auto choices = choices_of(field, context, codes);
    return choices ? among(*choices) : std::nullopt;
}

std::optional<std::vector<Choice>> choices_of(
    const FieldPlace& field, const FormContext& context, const CodeLists& codes
)
{
    if (const auto list = json::string_or(*field.schema, "x-code-list"); !list.empty()) {
        const auto* found = codes.find(list, context.today);
        return found == nullptr ? std::vector<Choice>{} : *found;
    }
    if (const auto name = json::string_or(*field.schema, "x-options"); !name.empty()) {
        const auto found = context.options.find(name);
        return found == context.options.end() ? std::vector<Choice>{} : found->second;
    }
    if (const auto* unit = json::member(*field.schema, "x-unit")) {
        auto choices = codes.units(json::string_or(*unit, "level"), context.today);
        if (json::bool_or(*unit, "elsewhere"))
            choices.push_back({"elsewhere", words_from(json::member(*unit, "elsewhere_title"))});
        return choices;
    }
    std::vector<Choice> choices;
    const auto* titles = json::member(*field.schema, "x-enum-titles");
    if (titles != nullptr && json::string_or(*field.schema, "type") == "boolean") {
        for (const auto* value : {"true", "false"})
            choices.push_back({value, words_from(json::member(*titles, value))});
        return choices;
    }
    const auto* values = json::member(*field.schema, "enum");
    if (values == nullptr || !values->is_array()) return std::nullopt;
    for (const auto& value : values->get_array()) {
        if (!value.is_string()) continue;
        const std::string code(value.get_string());
        choices.push_back({code, words_from(titles == nullptr ? nullptr : json::member(*titles, code))});
    }
    return choices;
}

}  // namespace thien_an::casework
