#include "engine/casework/code_text.h"

#include "engine/registers/register.h"

namespace thien_an::casework {

std::string code_text(const CodeLists& codes, std::string_view list, const std::string& code, Day day)
{
    if (const auto* choices = codes.find(list, day))
        for (const auto& choice : *choices)
            if (choice.value == code) return choice.label.vi;
    return code;
}

std::string value_text(
    const CodeLists& codes, const registers::RegisterField* field, const json::value& v, Day day
)
{
    if (v.is_null()) return "";
    const auto text = v.is_string() ? std::string(v.get_string()) : json::text_of(v);
    if (field == nullptr) return text;
    if (field->type == registers::FieldType::day)
        if (const auto on = parse_day(text)) return shown(on.value());
    return field->codes.empty() ? text : code_text(codes, field->codes, text, day);
}

}  // namespace thien_an::casework
