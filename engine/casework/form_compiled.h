#pragma once

#include "engine/casework/form.h"
#include "engine/workflow/feel.h"

/// A form as loaded: shared by the files of the form, included by nobody else.
namespace thien_an::casework {

/// Where a field is asked and what the schema says there.
struct FieldPlace {
    std::string pointer;
    std::string parent;  ///< Pointer of the object it is in; "" at the root.
    std::string name;    ///< Last token of the pointer.
    const json::value* schema = nullptr;
    Widget widget = Widget::text;
    std::string step;
    int depth = 0;
    workflow::feel::Expression condition;  ///< x-show-when
    int group = -1;                        ///< Place of the group it is in; -1: none.
};

struct StepPlace {
    std::string id;
    Words title;
    std::string kind;
};

struct Form::Compiled {
    explicit Compiled(JsonSchema judged) : schema(std::move(judged)) {}

    JsonSchema schema;
    std::vector<StepPlace> steps;
    std::vector<FieldPlace> fields;  ///< In reading order, groups before their fields.

    const FieldPlace* find(std::string_view pointer) const;
    /// The schemas that apply to the value at `pointer`, with the answers of `document`.
    std::vector<const json::value*> schemas_at(const json::value& document, std::string_view pointer) const;
    /// False where the form lets it be missing: x-optional-at.
    bool is_required(const json::value& document, const FieldPlace& field, const FormContext& context) const;
    /// Shown with the answers of `document`: its own condition and those of its groups.
    bool is_shown(const json::value& document, const FieldPlace& field, const FormContext& context) const;
};

/// "/child/born_on" -> "child.born_on"
std::string input_of(std::string_view pointer);
/// Whether an answer may be missing where the form is filled in: x-optional-at.
bool is_optional_at(const FieldPlace& field, std::string_view channel);
/// The sentence of `code` at this place: of the form, else of the catalogue.
Words error_sentence(
    const FieldPlace& field,
    const json::value* faulty,
    std::string_view code,
    const std::vector<std::pair<std::string, std::string>>& words,
    const FormContext& context
);
/// Days of a month that exists, else 0.
unsigned days_of(std::int64_t year, std::int64_t month);
/// What the sentence of "month_has_days" names: month, year, days.
std::vector<std::pair<std::string, std::string>> month_words(std::int64_t year, std::int64_t month);
/// Removes answers that are not shown, and empty texts; adds objects for groups that are shown.
void prune(const Form::Compiled& form, json::value& document, const FormContext& context);
/// Names as people write them, composed letters, no spaces at the ends.
std::string tidied_text(const FieldPlace& field, std::string_view typed);
/// Removes what `pointer` names.
void erase_at(json::value& document, std::string_view pointer);
/// Choices of a field on the day; null when it is not chosen from a list.
std::optional<std::vector<Choice>> choices_of(
    const FieldPlace& field, const FormContext& context, const CodeLists& codes
);
/// The one of them with this value; null when there is none.
std::optional<Choice> choice_of(
    const FieldPlace& field, std::string_view value, const FormContext& context, const CodeLists& codes
);

}  // namespace thien_an::casework
