#include <fmt/format.h>

#include "engine/casework/form_compiled.h"
#include "engine/casework/page_values.h"

namespace thien_an::casework {

void add_problems(
    std::vector<Field>& fields, const std::vector<Problem>& problems, const text::Catalogue& words
)
{
    for (auto& field : fields)
        for (const auto& problem : problems)
            if (field.pointer == problem.field && field.error.vi.empty())
                field.error = {
                    words.sentence(problem, text::Language::vi), words.sentence(problem, text::Language::en)};
}

std::string part_title(const Form& form, std::string_view pointer, const Speech& say)
{
    const auto name = pointer.substr(1, pointer.find('/', 1) - 1);
    const auto* part = json::find(form.schema(), "/properties/" + std::string(name));
    if (part == nullptr || json::string_or(*part, "type") != "object") return "";
    const auto* english = json::find(*part, "/x-en");
    return say.in(Words{
        json::string_or(*part, "title"), english == nullptr ? "" : json::string_or(*english, "title")});
}

json::array answer_sections(
    const Form& form, const Step& step, const json::value& edit_href, const Speech& say
)
{
    json::array sections;
    std::string title;
    for (const auto& field : step.fields) {
        if (!field.shown || field.widget == Widget::group || field.widget == Widget::hidden) continue;
        std::string value = field.value;
        if (field.widget == Widget::date)
            value = field.day.empty() ? "" : fmt::format("{}/{}/{}", field.day, field.month, field.year);
        if (field.widget == Widget::checkbox)
            value = say.say(value == "1" || value == "true" ? "casework.yes" : "casework.no");
        if (field.widget == Widget::radio && field.choices.empty() && !value.empty())
            value = say.say(value == "true" ? "casework.yes" : "casework.no");
        for (const auto& choice : field.choices)
            if (choice.value == field.value) value = say.in(choice.label);
        if (value.empty()) continue;
        if (field.secret) value = secret_shown;
        if (auto next = part_title(form, field.pointer, say);
            sections.empty() || (!next.empty() && next != title)) {
            title = next.empty() ? say.in(step.title) : std::move(next);
            sections.push_back(json::object{
                {"title", title}, {"edit_href", edit_href}, {"pairs", json::array{}}});
        }
        sections.back().as_object()["pairs"].as_array().push_back(
            pair_values(say.in(field.title), value, field.widget == Widget::name)
        );
    }
    return sections;
}

namespace {

std::string_view name_of(Encoding encoding)
{
    switch (encoding) {
    case Encoding::unicode: return "Unicode";
    case Encoding::unicode_decomposed: return "Unicode NFD";
    case Encoding::tcvn3: return "TCVN3";
    case Encoding::vni: return "VNI";
    }
    throw std::logic_error("Encoding outside its enumerators");
}

/// Every field among `drawn` and under their choices.
void for_each_field(json::array& drawn, const std::function<void(json::object&)>& visit)
{
    for (auto& each : drawn) {
        auto& field = each.as_object();
        visit(field);
        if (auto* choice = field["as_choice"].if_object())
            for (auto& option : (*choice)["options"].as_array())
                for_each_field(option.as_object()["fields"].as_array(), visit);
    }
}

}  // namespace

void add_doubts(json::array& groups, const std::vector<EncodingDoubt>& doubts)
{
    const auto mark = [&](json::object& field) {
        const auto doubt =
            std::ranges::find(doubts, std::string_view(field["name"].as_string()), &EncodingDoubt::input);
        auto* text = field["as_text"].if_object();
        if (doubt == doubts.end() || text == nullptr) return;
        (*text)["convert"] = json::object{
            {"charset", name_of(doubt->encoding)}, {"typed", doubt->typed}, {"converted", doubt->converted}};
    };
    for (auto& group : groups) for_each_field(group.as_object()["fields"].as_array(), mark);
}

}  // namespace thien_an::casework
