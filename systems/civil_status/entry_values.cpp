#include "systems/civil_status/entry_values.h"

#include <algorithm>

#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"
#include "engine/identity/posts.h"

#include "systems/civil_status/old_books_values.h"

namespace thien_an::civil_status {
namespace {

/// The words of a choice as register.json gives them.
std::string choice_words(
    const registers::Register& reg,
    std::string_view field,
    const std::string& value,
    const casework::Speech& say
)
{
    if (const auto* fields = json::member(reg.source, "fields"); fields != nullptr && fields->is_array())
        for (const auto& one : fields->get_array()) {
            const auto* choices = json::member(one, "choices");
            if (json::string_or(one, "id") != field || choices == nullptr) continue;
            for (const auto& choice : choices->as_array())
                if (json::string_or(choice, "id") == value)
                    return say.in(casework::words_from(json::member(choice, "name")));
        }
    return value;
}

std::string code_words(
    const registers::RegisterField& field, const std::string& value, const web::Context& context
)
{
    const auto* choices = office(context).codes.find(field.codes, context.today());
    if (choices != nullptr)
        for (const auto& choice : *choices)
            if (choice.value == value) return speech(context).in(choice.label);
    return value;
}

}  // namespace

Book book_of(std::shared_ptr<const registers::Register> reg, const web::Context& context)
{
    const bool english = context.language() == text::Language::en && !reg->name_en.empty();
    Book book{.reg = nullptr, .address = book_address(*reg), .title = english ? reg->name_en : reg->name_vi};
    book.reg = std::move(reg);
    return book;
}

std::vector<Book> books(const web::Context& context)
{
    std::vector<Book> out;
    const auto& packs = office(context).packs;
    for (const auto& id : packs.register_ids())
        if (auto reg = packs.reg(id); reg && reg->system == "civil_status" && !reg->page.empty())
            out.push_back(book_of(std::move(reg), context));
    std::sort(out.begin(), out.end(), [](const Book& a, const Book& b) { return a.title < b.title; });
    return out;
}

Result<Book> book_of(const web::Request& request, const web::Context& context)
{
    const auto page = request.value("register");
    for (auto& book : books(context))
        if (book.reg->page == page) return std::move(book);
    return Problem{.code = "registers.no_such_register", .field = "", .law = ""};
}

std::string book_address(const registers::Register& reg) { return "/ban-lam-viec/so/" + reg.page; }

std::string entry_address(const registers::Register& reg, registers::EntryId entry, std::string_view rest)
{
    auto address = book_address(reg) + "/" + text_of(entry);
    if (!rest.empty()) address += "/" + std::string(rest);
    return address;
}

std::string entry_name(
    const registers::Register& reg, const json::object& fields, const web::Context& context
)
{
    return shown_value(reg, reg.shown_name, fields, context);
}

std::string shown_value(
    const registers::Register& reg,
    std::string_view id,
    const json::object& fields,
    const web::Context& context
)
{
    const auto* field = reg.field(id);
    const auto* value = fields.if_contains(id);
    if (field == nullptr || value == nullptr || value->is_null()) return "";
    if (value->is_int64()) return std::to_string(value->get_int64());
    if (!value->is_string()) return "";
    const std::string text(value->get_string());
    switch (field->type) {
    case registers::FieldType::day: {
        const auto day = parse_day(text);
        return day ? shown(day.value()) : text;
    }
    case registers::FieldType::code: return code_words(*field, text, context);
    case registers::FieldType::choice: return choice_words(reg, id, text, speech(context));
    case registers::FieldType::text:
    case registers::FieldType::name:
    case registers::FieldType::integer: return text;
    }
    throw std::logic_error("FieldType outside its enumerators");
}

std::string field_title(const registers::RegisterField& field, const web::Context& context)
{
    const bool english = context.language() == text::Language::en && !field.title_en.empty();
    return english ? field.title_en : field.title_vi;
}

json::array field_pairs(
    const registers::Register& reg,
    const json::object& fields,
    const std::vector<std::string>& ids,
    const web::Context& context
)
{
    json::array pairs;
    for (const auto& id : ids) {
        const auto* field = reg.field(id);
        if (field == nullptr) continue;
        auto value = shown_value(reg, id, fields, context);
        if (value.empty()) continue;
        const bool name = field->type == registers::FieldType::name;
        pairs.push_back(casework::pair_values(field_title(*field, context), std::move(value), name));
    }
    return pairs;
}

json::array section_pairs(
    const registers::Register& reg, const json::object& fields, const web::Context& context
)
{
    json::array sections;
    const bool english = context.language() == text::Language::en;
    for (const auto& section : reg.sections) {
        auto pairs = field_pairs(reg, fields, section.fields, context);
        if (pairs.empty()) continue;
        const bool in_english = english && !section.title_en.empty();
        sections.push_back(json::object{
            {"title", in_english ? section.title_en : section.title_vi}, {"pairs", std::move(pairs)}});
    }
    return sections;
}

std::string agency_of(const registers::Entry& entry, const web::Context& context)
{
    return agency_name_on(entry.agency, entry.registered_on, context);
}

std::string person_of(identity::PartyId party, identity::PostId post, const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) { return identity::shown_as(db, party, post); });
}

}  // namespace thien_an::civil_status
