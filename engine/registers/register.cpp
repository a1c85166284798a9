#include "engine/registers/register.h"

#include <algorithm>
#include <map>
#include <set>

#include "engine/base/day.h"

namespace thien_an::registers {
namespace {

Problem bad(std::string pointer, std::string reason)
{
    return {
        .code = "registers.bad_register",
        .field = std::move(pointer),
        .law = "",
        .words = {{"reason", std::move(reason)}}};
}

std::optional<FieldType> type_named(std::string_view name)
{
    static const std::map<std::string_view, FieldType> types{
        {"text", FieldType::text},
        {"name", FieldType::name},
        {"day", FieldType::day},
        {"integer", FieldType::integer},
        {"code", FieldType::code},
        {"choice", FieldType::choice}};
    const auto found = types.find(name);
    return found == types.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> texts(const json::value* list)
{
    std::vector<std::string> out;
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& v : list->get_array())
        if (v.is_string()) out.emplace_back(v.get_string().data(), v.get_string().size());
    return out;
}

std::string title(const json::value& v, std::string_view member, std::string_view language)
{
    const auto* words = json::member(v, member);
    return words == nullptr ? "" : json::string_or(*words, language);
}

Result<RegisterField> field_from(const json::value& v, const std::string& at)
{
    RegisterField field;
    field.id = json::string_or(v, "id");
    if (field.id.empty()) return bad(at + "/id", "missing");
    const auto type = type_named(json::string_or(v, "type"));
    if (!type) return bad(at + "/type", "unknown type");
    field.type = *type;
    field.title_vi = title(v, "title", "vi");
    field.title_en = title(v, "title", "en");
    if (field.title_vi.empty()) return bad(at + "/title", "no Vietnamese title");
    field.codes = json::string_or(v, "codes");
    field.pattern = json::string_or(v, "pattern");
    field.required = json::bool_or(v, "required");
    field.sensitive = json::bool_or(v, "sensitive");
    field.indexed = json::bool_or(v, "index") || json::bool_or(v, "blind_index");
    field.searched = json::string_or(v, "search") == "folded";
    field.sealed = json::bool_or(v, "sealed_until_opened");
    if (field.sealed && !field.sensitive) return bad(at + "/sensitive", "a sealed field is sensitive");
    if (field.sensitive && field.searched) return bad(at + "/search", "a sensitive field cannot be searched");
    if (field.sensitive && json::bool_or(v, "index")) return bad(at + "/index", "use blind_index");
    if (const auto* list = json::member(v, "choices"); list != nullptr && list->is_array())
        for (const auto& choice : list->get_array()) field.choices.push_back(json::string_or(choice, "id"));
    if (field.type == FieldType::code && field.codes.empty()) return bad(at + "/codes", "missing");
    if (field.type == FieldType::choice && field.choices.empty()) return bad(at + "/choices", "missing");
    return field;
}

/// Every name in `names` must be a field.
std::optional<Problem> known(const Register& reg, const std::vector<std::string>& names, std::string_view at)
{
    for (const auto& name : names)
        if (reg.field(name) == nullptr) return bad(std::string(at), "no field " + name);
    return std::nullopt;
}

Result<Done> load_fields(Register& reg, const json::value& source)
{
    const auto* fields = json::member(source, "fields");
    if (fields == nullptr || !fields->is_array() || fields->get_array().empty())
        return bad("/fields", "missing");
    std::set<std::string> seen;
    for (std::size_t i = 0; i < fields->get_array().size(); ++i) {
        const auto at = "/fields/" + std::to_string(i);
        auto field = TRY(field_from(fields->get_array()[i], at));
        if (!seen.insert(field.id).second) return bad(at + "/id", "twice: " + field.id);
        reg.fields.push_back(std::move(field));
    }
    return Done{};
}

/// Who the entries are about; every field they name must be there.
Result<Done> load_people(Register& reg, const json::value& source)
{
    reg.people = TRY(load_persons(source));
    std::vector<std::string> named{reg.people.event_on};
    for (const auto& role : reg.people.persons)
        for (const auto* field :
             {&role.name,
              &role.born_on,
              &role.born_year,
              &role.sex,
              &role.number,
              &role.identity,
              &role.mother,
              &role.father,
              &role.mother_identity})
            named.push_back(*field);
    std::erase(named, "");
    if (auto problem = known(reg, named, "/persons")) return *std::move(problem);
    return Done{};
}

/// "closing": {"on": "12-31"}
Result<Done> load_closing(Register& reg, const json::value& book)
{
    const auto* closing = json::member(book, "closing");
    if (closing == nullptr) return Done{};
    // Any leap year: the day must be one that can come.
    const auto day = parse_day("2016-" + json::string_or(*closing, "on"));
    if (!day) return bad("/book/closing/on", "no such day");
    const std::chrono::year_month_day date{day.value()};
    reg.book.closing_month = unsigned(date.month());
    reg.book.closing_day = unsigned(date.day());
    return Done{};
}

/// How its pages show it; a register without pages says nothing.
Result<Done> load_shown(Register& reg, const json::value& source)
{
    reg.page = json::string_or(source, "page");
    const auto* shown = json::member(source, "shown");
    if (shown == nullptr) return reg.page.empty() ? Result<Done>(Done{}) : bad("/shown", "missing");
    reg.shown_name = json::string_or(*shown, "name");
    reg.shown_list = texts(json::member(*shown, "list"));
    if (auto problem = known(reg, {reg.shown_name}, "/shown/name")) return *std::move(problem);
    if (auto problem = known(reg, reg.shown_list, "/shown/list")) return *std::move(problem);
    const auto* sections = json::member(*shown, "sections");
    if (sections == nullptr || !sections->is_array()) return bad("/shown/sections", "missing");
    for (std::size_t i = 0; i < sections->get_array().size(); ++i) {
        const auto& one = sections->get_array()[i];
        RegisterSection section{
            title(one, "title", "vi"), title(one, "title", "en"), texts(json::member(one, "fields"))};
        const auto at = "/shown/sections/" + std::to_string(i);
        if (section.title_vi.empty()) return bad(at + "/title/vi", "missing");
        if (auto problem = known(reg, section.fields, at + "/fields")) return *std::move(problem);
        reg.sections.push_back(std::move(section));
    }
    return Done{};
}

}  // namespace

const RegisterField* Register::field(std::string_view field_id) const
{
    const auto found =
        std::find_if(fields.begin(), fields.end(), [&](const RegisterField& f) { return f.id == field_id; });
    return found == fields.end() ? nullptr : &*found;
}

json::object without_sealed(const Register& reg, json::object fields)
{
    for (const auto& field : reg.fields)
        if (field.sealed) fields.erase(field.id);
    return fields;
}

Result<Register> load_register(const json::value& source)
{
    Register reg;
    reg.id = json::string_or(source, "id");
    if (reg.id.empty()) return bad("/id", "missing");
    reg.system = json::string_or(source, "system");
    reg.name_vi = title(source, "name", "vi");
    reg.name_en = title(source, "name", "en");
    if (reg.name_vi.empty()) return bad("/name/vi", "missing");
    reg.entered_event = json::string_or(source, "entered_event");
    static_cast<void>(TRY(load_fields(reg, source)));
    if (const auto* book = json::member(source, "book")) {
        reg.book.pages = json::integer_or(*book, "pages", 200);
        reg.book.entries_per_page = json::integer_or(*book, "entries_per_page", 1);
        if (reg.book.pages < 1 || reg.book.entries_per_page < 1)
            return bad("/book", "pages must be 1 or more");
        if (const auto* numbering = json::member(*book, "numbering"))
            reg.book.number_width = int(json::integer_or(*numbering, "width_min", 1));
        static_cast<void>(TRY(load_closing(reg, *book)));
    }
    if (const auto* notes = json::member(source, "notes"))
        reg.note_kinds = texts(json::member(*notes, "kinds"));
    if (const auto* extract = json::member(source, "extract")) {
        reg.extract_fields = texts(json::member(*extract, "shows"));
        reg.extract_name_vi = title(*extract, "name", "vi");
        if (auto problem = known(reg, reg.extract_fields, "/extract/shows")) return *std::move(problem);
        for (const auto& shows : reg.extract_fields)
            if (reg.field(shows)->sealed) return bad("/extract/shows", "sealed: " + shows);
    }
    if (const auto* extract = json::member(source, "extract"))
        reg.extract_number = json::string_or(*extract, "number");
    reg.sealed = json::bool_or(source, "sealed");
    reg.opened_for_minutes = json::integer_or(source, "opened_for_minutes", 30);
    static_cast<void>(TRY(load_shown(reg, source)));
    const auto masked = texts(json::member(source, "masked_by_default"));
    if (auto problem = known(reg, masked, "/masked_by_default")) return *std::move(problem);
    for (auto& field : reg.fields)
        field.masked = std::find(masked.begin(), masked.end(), field.id) != masked.end();
    if (const auto* check = json::member(source, "public_check"))
        reg.public_fields = texts(json::member(*check, "shows"));
    static_cast<void>(TRY(load_people(reg, source)));
    reg.source = source;
    return reg;
}

}  // namespace thien_an::registers
