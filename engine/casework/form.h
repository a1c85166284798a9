#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/vietnamese.h"
#include "engine/casework/json_schema.h"
#include "engine/casework/words.h"

namespace thien_an::text {
class Catalogue;
}

/// The form of a procedure: what form.schema.json asks, in steps a page can draw, and the way back from what a
/// browser sends to a JSON document.
namespace thien_an::casework {

struct Choice {
    std::string value;
    Words label;
};

/// Code lists by name: the choices on a day.
class CodeLists {
public:
    virtual ~CodeLists() = default;
    /// Null when there is no such list; choices in force on `day`, in the order of the list.
    virtual const std::vector<Choice>* find(std::string_view list, Day day) const = 0;
    /// Whether `code` is a unit of `level` on `day`.
    virtual bool is_unit(std::string_view code, std::string_view level, Day day) const = 0;
    virtual std::string unit_name(std::string_view code, Day day) const = 0;
    /// Name of the unit and those above it: "phường X, thành phố Y, tỉnh Z"; "" when there is none.
    virtual std::string unit_path(std::string_view code, Day day) const = 0;
    /// Units of the province one may choose as `level` on `day`, each named with the one above it, by name.
    virtual std::vector<Choice> units(std::string_view level, Day day) const = 0;
};

/// What conditions and checks may look at beside the form itself.
struct FormContext {
    Day today;
    json::value extra = json::object{};  ///< Further names of conditions: "warnings", "dossier".
    /// Choices that are not a code list: "procedure.result.hand_over".
    std::map<std::string, std::vector<Choice>, std::less<>> options = {};
    const text::Catalogue* words =
        nullptr;               ///< Sentences a form does not give itself: "form.error.required".
    std::string channel = {};  ///< "online" or "counter": what x-optional-at looks at; empty: not known.
    /// Answers are shown, not asked for: a field has the choice that was made and no other, and nothing is required.
    bool only_chosen = false;
};

enum class Widget {
    text,
    name,
    textarea,
    phone,
    email,
    number,
    date,
    radio,
    select,
    checkbox,
    unit,
    group,
    hidden
};

/// One thing asked, as a page draws it.
struct Field {
    std::string pointer;  ///< "/child/born_on"
    std::string
        input;  ///< Name in the HTML form: "child.born_on"; a date has three: + ".day", ".month", ".year".
    Widget widget = Widget::text;
    Words title;
    Words help;
    bool required = false;  ///< Now, with the answers given so far.
    bool sensitive = false;
    std::string autocomplete;  ///< HTML autocomplete token.
    std::string prefill;       ///< "account.full_name"
    std::string code_list;     ///< Name of the list the choices are from.
    std::vector<Choice> choices;
    bool secret = false;           ///< Typed once and never shown again: a code the person keeps.
    std::int64_t letters_max = 0;  ///< 0: no limit told.
    std::string value;             ///< As typed, else from the document; a date as "12", "3", "2016" below.
    std::string day, month, year;
    std::string show_when;  ///< FEEL; empty: always.
    bool shown = true;      ///< With the answers given so far.
    Words error;            ///< Empty: none.
    std::string error_code;
    int depth = 0;  ///< 0: heading or field of the step; 1: inside a group...
};

/// What stands in place of a secret answer, whoever looks.
inline constexpr std::string_view secret_shown = "••••••";

/// A step, ready to draw. Groups come before their fields, in reading order.
struct Step {
    std::string id;
    Words title;
    std::string kind;  ///< "fields", "papers" or "review"
    std::vector<Field> fields;
};

/// Something wrong with an answer.
struct FieldError {
    std::string pointer;
    std::string input;
    std::string code;  ///< "required", "maxLength", "month_has_days"...
    Words sentence;
    std::string step;  ///< Where it is asked.
};

/// A text that looks like an old encoding (TCVN3, VNI): shown with what it would become. The person's answer comes with the
/// same step: INPUT.convert (ticked: converted) or else INPUT.keep, the text as it was doubted (sent again unchanged: kept).
struct EncodingDoubt {
    std::string pointer;
    std::string input;
    Encoding encoding;
    std::string typed;
    std::string converted;
};

/// Name and value of each field of an HTML form, as sent.
using Typed = std::multimap<std::string, std::string, std::less<>>;

/// What was typed, for drawing the step again: without the texts that were converted with consent.
Typed without_converted(Typed typed, const std::vector<FieldError>& errors);

/// What came of a posted step.
struct Decoded {
    json::value document;               ///< The document before with this step's answers put in.
    std::vector<FieldError> errors;     ///< Of reading: an impossible date, a number with letters.
    std::vector<EncodingDoubt> doubts;  ///< Not answered yet.
};

/// A form made ready. Safe to use from many threads.
class Form {
public:
    /// Problems "form.bad_steps", "form.unknown_widget", "form.unknown_code_list", "form.bad_condition", those of
    /// JsonSchema::compile; `field` is the pointer into the schema.
    static Result<Form> load(json::value schema, const CodeLists& codes, Day day);

    Form(Form&&) noexcept;
    Form& operator=(Form&&) noexcept;
    ~Form();

    std::vector<std::string> step_ids() const;
    Words title() const;

    /// The step with `document`'s answers, or what was typed where that is given, and the errors beside their fields.
    /// Problem "form.no_such_step".
    Result<Step> step(
        std::string_view id,
        const json::value& document,
        const FormContext& context,
        const CodeLists& codes,
        const Typed& typed = {},
        const std::vector<FieldError>& errors = {}
    ) const;

    /// Puts the answers of one step into `before`. Names are made tidy and composed (NFC); hidden fields are dropped.
    Decoded decode(
        std::string_view step, const Typed& typed, const json::value& before, const FormContext& context
    ) const;

    /// Everything wrong with the answers of one step, in reading order; "" is the whole form.
    std::vector<FieldError> check(
        std::string_view step, const json::value& document, const FormContext& context, const CodeLists& codes
    ) const;

    /// `document` with answers that are the same as ones given elsewhere put where there are none yet: x-same-as.
    json::value carried(json::value document) const;
    /// A document with defaults filled in.
    json::value blank() const;
    /// The document as the API sends it, made tidy the same way as typed answers.
    json::value tidied(const json::value& document, const FormContext& context) const;

    const json::value& schema() const;

    struct Compiled;

private:
    explicit Form(std::unique_ptr<Compiled> compiled);
    std::unique_ptr<Compiled> compiled_;
};

}  // namespace thien_an::casework
