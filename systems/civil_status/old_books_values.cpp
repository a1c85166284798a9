#include "systems/civil_status/old_books_values.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"

namespace thien_an::civil_status {
namespace {

const std::vector<casework::Choice>* codes_of(
    const registers::RegisterField* field, const web::Context& context
)
{
    if (field == nullptr || field->type != registers::FieldType::code) return nullptr;
    return office(context).codes.find(field->codes, context.today());
}

}  // namespace

std::string PaperBook::address() const { return fmt::format("{}/{}", old_books_address, text_of(book.id)); }

std::string PaperPage::address(std::string_view rest) const
{
    auto address = fmt::format("{}/trang/{}", old_books_address, text_of(page.id));
    if (!rest.empty()) address += "/" + std::string(rest);
    return address;
}

Result<PaperBook> paper_book_of(const registers::OldBook& book, const web::Context& context)
{
    auto reg = office(context).packs.reg(book.register_id);
    if (!reg) return Problem{.code = "registers.no_such_old_book", .field = "", .law = ""};
    PaperBook out{book, reg, ""};
    out.title = context.say(
        "civil_status.old_books.book",
        json::object{
            {"register", book_of(reg, context).title},
            {"number", book.about.number},
            {"year", book.about.year}}
    );
    return out;
}

Result<PaperBook> paper_book_of(const web::Request& request, const web::Context& context)
{
    const registers::OldBookId id{TRY(parse_id(request.value("book")))};
    const auto book = context.database().read([&](storage::Reader& db) {
        return registers::find_old_book(db, context.actor(), context.today(), id);
    });
    return paper_book_of(TRY(book), context);
}

Result<PaperPage> paper_page_of(const web::Request& request, const web::Context& context)
{
    const registers::OldPageId id{TRY(parse_id(request.value("page")))};
    const auto page = TRY(context.database().read([&](storage::Reader& db) {
        return registers::find_page(db, context.actor(), context.today(), id);
    }));
    const auto book = TRY(context.database().read([&](storage::Reader& db) {
        return registers::find_old_book(db, context.actor(), context.today(), page.book);
    }));
    return PaperPage{TRY(paper_book_of(book, context)), page};
}

std::string input_name(std::string_view field)
{
    std::string name = "v-" + std::string(field);
    std::replace(name.begin(), name.end(), '$', '-');
    return name;
}

std::string old_field_title(
    const registers::Register& reg, std::string_view field, const web::Context& context
)
{
    if (field == registers::number_field) return context.say("civil_status.old_books.number");
    if (field == registers::margin_field) return context.say("civil_status.old_books.margin");
    if (field == registers::there_field) return context.say("civil_status.old_books.there");
    return field_title(*reg.field(field), context);
}

std::string kept_text(
    const registers::Register& reg, std::string_view id, std::string_view typed, const web::Context& context
)
{
    if (typed == "?") return std::string(registers::unreadable);
    if (const auto* choices = codes_of(reg.field(id), context))
        for (const auto& choice : *choices)
            if (folded(choice.label.in("vi")) == folded(typed) || choice.value == typed) return choice.value;
    return std::string(typed);
}

std::string shown_text(
    const registers::Register& reg, std::string_view id, std::string_view kept, const web::Context& context
)
{
    if (id == registers::there_field)
        return context.say(
            kept == registers::there ? "civil_status.old_books.is_there" : "civil_status.old_books.not_there"
        );
    const auto* field = reg.field(id);
    if (field == nullptr || kept.empty()) return std::string(kept);
    if (field->type == registers::FieldType::integer) return std::string(kept);
    return shown_value(reg, id, json::object{{id, kept}}, context);
}

std::string agency_name_on(identity::AgencyId agency, Day day, const web::Context& context)
{
    // The directory of agencies begins in 2016: what an agency was called before is what it was called then.
    const std::array days{
        day, Day{std::chrono::year(2016) / 1 / 1}, Day{std::chrono::year(2025) / 6 / 30}, context.today()};
    const bool english = context.language() == text::Language::en;
    return context.database().read([&](storage::Reader& db) -> std::string {
        for (const auto& one : days)
            if (const auto found = identity::agency_on(db, agency, one))
                return english && !found.value().name_en.empty() ? found.value().name_en
                                                                 : found.value().name_vi;
        return "";
    });
}

json::object picture_of(const PaperPage& page, const web::Context& context)
{
    const auto file =
        context.database().read([&](storage::Reader& db) { return storage::find_file(db, page.page.file); });
    const bool pdf = file && file.value().blob.kind == storage::FileKind::pdf;
    return {
        {"src", page.address("anh")},
        {"is_image", !pdf},
        {"alt", context.say("civil_status.old_books.picture", json::object{{"page", page.page.number}})}};
}

}  // namespace thien_an::civil_status
