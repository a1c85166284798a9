#include "engine/casework/form.h"

#include <regex>
#include <set>

#include "engine/casework/form_compiled.h"

namespace thien_an::casework {
namespace {

std::string text_value(const json::value* v)
{
    if (v == nullptr || v->is_null()) return "";
    if (const auto* text = v->if_string()) return {text->data(), text->size()};
    return json::text_of(*v);
}

const std::string* typed_or_null(const Typed& typed, std::string_view input)
{
    const auto found = typed.find(input);
    return found == typed.end() ? nullptr : &found->second;
}

Words english_and_vietnamese(const json::value& schema, std::string_view member)
{
    const auto* english = json::member(schema, "x-en");
    return {json::string_or(schema, member), english == nullptr ? "" : json::string_or(*english, member)};
}

Field described(const FieldPlace& place, const FormContext& context, const CodeLists& codes)
{
    Field field;
    field.pointer = place.pointer;
    field.input = input_of(place.pointer);
    field.widget = place.widget;
    field.title = english_and_vietnamese(*place.schema, "title");
    field.help = english_and_vietnamese(*place.schema, "description");
    field.sensitive = json::bool_or(*place.schema, "x-sensitive");
    field.secret = json::bool_or(*place.schema, "x-secret");
    field.autocomplete = json::string_or(*place.schema, "x-autocomplete");
    field.prefill = json::string_or(*place.schema, "x-prefill");
    field.code_list = json::string_or(*place.schema, "x-code-list");
    if (field.code_list.empty()) field.code_list = json::string_or(*place.schema, "x-suggest");
    field.letters_max = json::integer_or(*place.schema, "maxLength");
    field.show_when = json::string_or(*place.schema, "x-show-when");
    field.depth = place.depth;
    if (context.only_chosen) return field;
    if (auto choices = choices_of(place, context, codes)) field.choices = std::move(*choices);
    return field;
}

/// Of the choices the one that was made.
void keep_chosen(Field& field, const FieldPlace& place, const FormContext& context, const CodeLists& codes)
{
    if (field.value.empty() || place.widget == Widget::unit) return;
    if (auto chosen = choice_of(place, field.value, context, codes)) field.choices = {std::move(*chosen)};
}

void fill_value(Field& field, const json::value& document, const Typed& typed)
{
    field.value = text_value(json::find(document, field.pointer));
    if (field.widget == Widget::date) {
        if (const auto day = parse_day(field.value)) {
            const std::chrono::year_month_day date{day.value()};
            field.day = std::to_string(unsigned(date.day()));
            field.month = std::to_string(unsigned(date.month()));
            field.year = std::to_string(int(date.year()));
        }
        if (const auto* v = typed_or_null(typed, field.input + ".day")) field.day = *v;
        if (const auto* v = typed_or_null(typed, field.input + ".month")) field.month = *v;
        if (const auto* v = typed_or_null(typed, field.input + ".year")) field.year = *v;
    } else if (const auto* v = typed_or_null(typed, field.input)) {
        field.value = *v;
    }
}

/// Year and month of a text like 2015-02-29 whose month has no such day.
std::optional<std::pair<int, int>> month_too_short(std::string_view text)
{
    static const std::regex iso_day("([0-9]{4})-([0-9]{2})-([0-9]{2})");
    std::match_results<std::string_view::const_iterator> parts;
    if (!std::regex_match(text.begin(), text.end(), parts, iso_day)) return std::nullopt;
    const auto year = std::stoi(parts[1]);
    const auto month = std::stoi(parts[2]);
    const auto day = std::stoi(parts[3]);
    const auto days = int(days_of(year, month));
    constexpr int longest_month = 31;
    if (days == 0 || day <= days || day > longest_month) return std::nullopt;
    return std::pair{year, month};
}

/// A fault as people know it: an empty text is a missing one, 29 February of most years a month too short.
SchemaFault told(SchemaFault fault, const json::value& document)
{
    const auto* value = json::find(document, fault.pointer);
    if (value == nullptr || !value->is_string()) return fault;
    const auto text = std::string_view(value->get_string());
    if (text.empty()) fault.keyword = "required";
    if (fault.keyword != "format") return fault;
    if (const auto month = month_too_short(text)) {
        fault.keyword = "month_has_days";
        fault.words = month_words(month->first, month->second);
    }
    return fault;
}

/// Whether the fault is about a member below the place, named by its pointer.
const FieldPlace* place_of(const Form::Compiled& form, std::string_view pointer)
{
    while (true) {
        if (const auto* place = form.find(pointer)) return place;
        const auto slash = pointer.rfind('/');
        if (slash == std::string_view::npos || pointer.empty()) return nullptr;
        pointer = pointer.substr(0, slash);
    }
}

}  // namespace

Result<Step> Form::step(
    std::string_view id,
    const json::value& document,
    const FormContext& context,
    const CodeLists& codes,
    const Typed& typed,
    const std::vector<FieldError>& errors
) const
{
    const auto found = std::find_if(
        compiled_->steps.begin(), compiled_->steps.end(), [&](const StepPlace& s) { return s.id == id; }
    );
    if (found == compiled_->steps.end()) return Problem{.code = "form.no_such_step", .field = "", .law = ""};
    Step step{found->id, found->title, found->kind, {}};
    for (const auto& place : compiled_->fields) {
        if (place.step != id) continue;
        auto field = described(place, context, codes);
        field.required = !context.only_chosen && compiled_->is_required(document, place, context);
        field.shown = compiled_->is_shown(document, place, context);
        fill_value(field, document, typed);
        if (context.only_chosen) keep_chosen(field, place, context, codes);
        // Hidden answers are not kept, so a question that comes up later offers its default again.
        if (!field.shown && field.value.empty()) field.value = json::string_or(*place.schema, "default");
        for (const auto& error : errors)
            if (error.pointer == place.pointer && field.error.vi.empty()) {
                field.error = error.sentence;
                field.error_code = error.code;
            }
        step.fields.push_back(std::move(field));
    }
    return step;
}

namespace {

/// What the schema cannot say: codes of the day, units, days before and after.
class FurtherChecks {
public:
    FurtherChecks(const FormContext& context, const CodeLists& codes) : context_(context), codes_(codes) {}

    /// The code of the error, or "".
    std::string of(const FieldPlace& field, const json::value& value) const
    {
        if (!value.is_string()) return "";
        const std::string text(value.get_string());
        if (field.schema->as_object().contains("x-code-list") ||
            field.schema->as_object().contains("x-options")) {
            if (!choice_of(field, text, context_, codes_)) return "code";
        }
        if (const auto* unit = json::member(*field.schema, "x-unit"))
            return wrong_unit(*unit, text) ? "code" : "";
        if (const auto* bounds = json::member(*field.schema, "x-date")) return wrong_day(*bounds, text);
        return "";
    }

private:
    bool wrong_unit(const json::value& unit, const std::string& text) const
    {
        if (text == "elsewhere") return !json::bool_or(unit, "elsewhere");
        return !codes_.is_unit(text, json::string_or(unit, "level"), context_.today);
    }
    std::string wrong_day(const json::value& bounds, const std::string& text) const
    {
        const auto day = parse_day(text);
        if (!day) return "";
        const auto bound = [&](std::string_view name) -> std::optional<Day> {
            const auto told = json::string_or(bounds, name);
            if (told.empty()) return std::nullopt;
            if (told == "today") return context_.today;
            const auto fixed = parse_day(told);
            return fixed ? std::optional(fixed.value()) : std::nullopt;
        };
        if (const auto latest = bound("not_after"); latest && day.value() > *latest) return "not_after";
        if (const auto earliest = bound("not_before"); earliest && day.value() < *earliest)
            return "not_before";
        return "";
    }

    const FormContext& context_;
    const CodeLists& codes_;
};

}  // namespace

std::vector<FieldError> Form::check(
    std::string_view step, const json::value& document, const FormContext& context, const CodeLists& codes
) const
{
    std::map<std::string, FieldError> by_pointer;
    const auto add = [&](const FieldPlace& place,
                         const json::value* schema,
                         const std::string& code,
                         const std::vector<std::pair<std::string, std::string>>& words) {
        FieldError error{
            place.pointer,
            input_of(place.pointer),
            code,
            error_sentence(place, schema, code, words, context),
            place.step};
        by_pointer.emplace(place.pointer, std::move(error));
    };
    for (auto& found : compiled_->schema.faults(document)) {
        const auto fault = told(std::move(found), document);
        const auto* place = place_of(*compiled_, fault.pointer);
        if (place != nullptr) {
            if (fault.keyword == "required" && is_optional_at(*place, context.channel)) continue;
            add(*place, fault.schema, fault.keyword, fault.words);
        } else if (step.empty()) {
            by_pointer.emplace(
                fault.pointer, FieldError{fault.pointer, input_of(fault.pointer), fault.keyword, {}, ""}
            );
        }
    }
    const FurtherChecks further(context, codes);
    for (const auto& place : compiled_->fields) {
        const auto* value = json::find(document, place.pointer);
        if (value == nullptr || by_pointer.contains(place.pointer)) continue;
        if (const auto code = further.of(place, *value); !code.empty()) add(place, nullptr, code, {});
    }
    std::vector<FieldError> errors;
    for (const auto& place : compiled_->fields) {
        const auto found = by_pointer.find(place.pointer);
        if (found == by_pointer.end()) continue;
        if (step.empty() || place.step == step) errors.push_back(found->second);
        by_pointer.erase(found);
    }
    if (step.empty())
        for (auto& [pointer, error] : by_pointer) errors.push_back(error);
    return errors;
}

}  // namespace thien_an::casework
