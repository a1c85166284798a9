#include <map>

#include "engine/casework/form_compiled.h"

namespace thien_an::casework {
namespace {

Problem bad(std::string code, std::string pointer, std::string name, std::string word)
{
    return {
        .code = std::move(code),
        .field = std::move(pointer),
        .law = "",
        .words = {{std::move(name), std::move(word)}}};
}

std::optional<Widget> widget_named(std::string_view name)
{
    static const std::map<std::string_view, Widget> widgets{
        {"text", Widget::text},
        {"name", Widget::name},
        {"textarea", Widget::textarea},
        {"phone", Widget::phone},
        {"email", Widget::email},
        {"number", Widget::number},
        {"date", Widget::date},
        {"radio", Widget::radio},
        {"select", Widget::select},
        {"checkbox", Widget::checkbox},
        {"unit", Widget::unit},
        {"group", Widget::group},
        {"hidden", Widget::hidden}};
    const auto found = widgets.find(name);
    return found == widgets.end() ? std::nullopt : std::optional(found->second);
}

Result<Widget> widget_of(const json::value& schema, const std::string& pointer)
{
    const auto named = json::string_or(schema, "x-widget");
    if (!named.empty()) {
        const auto widget = widget_named(named);
        if (!widget) return bad("form.unknown_widget", pointer, "widget", named);
        return *widget;
    }
    const auto type = json::string_or(schema, "type");
    if (type == "object") return Widget::group;
    if (type == "boolean") return Widget::checkbox;
    if (type == "integer" || type == "number") return Widget::number;
    return json::string_or(schema, "format") == "date" ? Widget::date : Widget::text;
}

/// What a condition may name.
const workflow::feel::Names& condition_names()
{
    static const workflow::feel::Names names{
        .variables = {"parent", "form", "warnings", "dossier", "law", "today"}, .members = {}, .types = {}};
    return names;
}

/// Collects the fields of one form.
class Loader {
public:
    Loader(Form::Compiled& form, const CodeLists& codes, Day day) : form_(form), codes_(codes), day_(day) {}

    Result<Done> steps()
    {
        const auto* listed = json::member(form_.schema.document(), "x-steps");
        if (listed == nullptr || !listed->is_array() || listed->get_array().empty())
            return bad("form.bad_steps", "/x-steps", "reason", "missing");
        for (const auto& one : listed->get_array()) {
            StepPlace step{
                json::string_or(one, "id"),
                words_from(json::member(one, "title")),
                json::string_or(one, "kind", "fields")};
            if (step.id.empty()) return bad("form.bad_steps", "/x-steps", "reason", "a step without id");
            form_.steps.push_back(step);
            const auto* fields = json::member(one, "fields");
            if (fields == nullptr || !fields->is_array()) continue;
            for (const auto& pointer : fields->get_array()) {
                if (!pointer.is_string())
                    return bad("form.bad_steps", "/x-steps", "reason", "a field that is no pointer");
                static_cast<void>(TRY(listed_field(step.id, std::string(pointer.get_string()))));
            }
        }
        return Done{};
    }

private:
    Result<Done> listed_field(const std::string& step, const std::string& pointer)
    {
        const json::value* schema = &form_.schema.document();
        std::string_view rest = pointer;
        while (!rest.empty()) {
            rest.remove_prefix(1);
            const auto name = rest.substr(0, rest.find('/'));
            rest.remove_prefix(name.size());
            const auto* properties = json::member(*schema, "properties");
            schema = properties == nullptr ? nullptr : json::member(*properties, name);
            if (schema == nullptr) return bad("form.bad_steps", "/x-steps", "reason", "no field " + pointer);
        }
        return field(step, pointer, *schema, 0, -1);
    }

    Result<Done> field(
        const std::string& step, const std::string& pointer, const json::value& schema, int depth, int group
    )
    {
        const auto slash = pointer.rfind('/');
        FieldPlace place{
            .pointer = pointer,
            .parent = pointer.substr(0, slash),
            .name = pointer.substr(slash + 1),
            .schema = &schema,
            .widget = TRY(widget_of(schema, pointer)),
            .step = step,
            .depth = depth,
            .condition = {},
            .group = group};
        if (form_.find(pointer) != nullptr)
            return bad("form.bad_steps", "/x-steps", "reason", "twice: " + pointer);
        const auto list = json::string_or(schema, "x-code-list");
        if (!list.empty() && codes_.find(list, day_) == nullptr)
            return bad("form.unknown_code_list", pointer, "list", list);
        if (const auto text = json::string_or(schema, "x-show-when"); !text.empty()) {
            auto condition = workflow::feel::compile(text, condition_names());
            if (!condition) return bad("form.bad_condition", pointer, "condition", text);
            place.condition = std::move(condition).value();
        }
        form_.fields.push_back(std::move(place));
        if (json::string_or(schema, "type") != "object") return Done{};
        const auto own = int(form_.fields.size()) - 1;
        const auto* properties = json::member(schema, "properties");
        if (properties == nullptr || !properties->is_object()) return Done{};
        for (const auto& member : properties->get_object())
            static_cast<void>(
                TRY(field(step, pointer + "/" + json::escaped(member.key()), member.value(), depth + 1, own))
            );
        return Done{};
    }

    Form::Compiled& form_;
    const CodeLists& codes_;
    Day day_;
};

}  // namespace

Form::Form(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}
Form::Form(Form&&) noexcept = default;
Form& Form::operator=(Form&&) noexcept = default;
Form::~Form() = default;

Result<Form> Form::load(json::value schema, const CodeLists& codes, Day day)
{
    auto compiled = std::make_unique<Compiled>(TRY(JsonSchema::compile(std::move(schema))));
    static_cast<void>(TRY(Loader(*compiled, codes, day).steps()));
    return Form(std::move(compiled));
}

const json::value& Form::schema() const { return compiled_->schema.document(); }

std::vector<std::string> Form::step_ids() const
{
    std::vector<std::string> ids;
    for (const auto& step : compiled_->steps) ids.push_back(step.id);
    return ids;
}

Words Form::title() const
{
    const auto* english = json::member(schema(), "x-en");
    return {json::string_or(schema(), "title"), english == nullptr ? "" : json::string_or(*english, "title")};
}

}  // namespace thien_an::casework
