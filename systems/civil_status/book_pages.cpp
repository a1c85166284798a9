#include "systems/civil_status/book_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/registers/closing.h"

#include "systems/civil_status/entry_values.h"
#include "systems/civil_status/old_books_values.h"

namespace thien_an::civil_status {
namespace {

using identity::AgencyId;
using registers::Entry;
using registers::Register;

constexpr std::int64_t pages_a_print = 50;

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

/// Whose books this agency keeps: its own first, then those it took over.
std::vector<AgencyId> kept_by(storage::Reader& db, const web::Context& context)
{
    const auto own = context.actor().agency;
    std::vector<AgencyId> all{own};
    for (const auto ended : identity::ended_before(db, own, context.today())) all.push_back(ended);
    return all;
}

/// The agency an address or a form names; the reader's own without one. Problem "registers.no_such_register" for one
/// whose books are not kept here.
Result<AgencyId> keeper_named(const std::string& named, const web::Context& context)
{
    const auto all = context.database().read([&](storage::Reader& db) { return kept_by(db, context); });
    const auto wanted = named.empty() ? all.front() : AgencyId{number_or(named, 0)};
    if (std::find(all.begin(), all.end(), wanted) != all.end()) return wanted;
    return Problem{.code = "registers.no_such_register", .field = "", .law = ""};
}

/// Each note as it is written into the margin.
json::array margin_of(const Register& reg, const Entry& entry, const web::Context& context)
{
    json::array notes;
    auto fields = entry.first;
    for (const auto& note : entry.notes) {
        auto line = shown(note.noted_on) + ", " + note.decision + ": " + note.content;
        for (const auto& member : note.fields) {
            const std::string id(member.key());
            const auto* field = reg.field(id);
            const auto value = shown_value(reg, id, note.fields, context);
            if (field != nullptr && line.find(value) == std::string::npos)
                line += "; " + context.say(
                                   "civil_status.book_print.from_to",
                                   json::object{
                                       {"field", field_title(*field, context)},
                                       {"old", shown_value(reg, id, fields, context)},
                                       {"new", value}}
                               );
            fields[id] = member.value();
        }
        if (!note.evidence.empty()) line += " (" + note.evidence + ")";
        if (note.kind != "completion") notes.emplace_back(std::move(line));
    }
    return notes;
}

/// As it was written in, with what was left blank filled in since: changes stand in the margin.
json::object as_written(const Entry& entry)
{
    auto fields = entry.first;
    for (const auto& note : entry.notes)
        for (const auto& member : note.fields)
            if (note.kind == "completion") fields[member.key()] = member.value();
    return fields;
}

json::object book_entry(const Register& reg, const Entry& entry, const web::Context& context)
{
    json::value struck = nullptr;
    if (!entry.in_force) struck = context.say("civil_status.book_print.struck");
    return {
        {"number", entry.printed},
        {"registered", shown(entry.registered_on)},
        {"struck", std::move(struck)},
        {"sections", section_pairs(reg, as_written(entry), context)},
        {"notes", margin_of(reg, entry, context)}};
}

/// Pages of the book as they will be bound: each with its entries.
json::array book_pages(const Register& reg, const std::vector<Entry>& entries, const web::Context& context)
{
    json::array pages;
    std::int64_t last = 0;
    for (const auto& entry : entries) {
        if (entry.page != last)
            pages.push_back(json::object{
                {"page", context.say("civil_status.book_print.page", json::object{{"page", entry.page}})},
                {"entries", json::array{}}});
        last = entry.page;
        pages.back().as_object()["entries"].as_array().push_back(book_entry(reg, entry, context));
    }
    return pages;
}

/// A book as an address names it.
struct BookAsked {
    AgencyId agency;
    std::int64_t year = 0;
    std::int64_t number = 1;
    std::int64_t from = 1;  ///< First number of the print.
};
Result<BookAsked> book_asked(const web::Request& request, const web::Context& context)
{
    const auto agency = TRY(keeper_named(request.query.get("co-quan"), context));
    return BookAsked{
        .agency = agency,
        .year = number_or(request.query.get("nam"), year_of(context.today())),
        .number = std::max<std::int64_t>(number_or(request.query.get("quyen"), 1), 1),
        .from = std::max<std::int64_t>(number_or(request.query.get("tu"), 1), 1)};
}

std::string print_address(const Book& book, const BookAsked& asked, const web::Context& context)
{
    auto address = fmt::format("{}/in?nam={}&quyen={}", book.address, asked.year, asked.number);
    if (asked.agency != context.actor().agency) address += fmt::format("&co-quan={}", asked.agency.value);
    return asked.from == 1 ? address : address + fmt::format("&tu={}", asked.from);
}

/// Entries of the book from a number on, in order, in clear; the caller audits it once.
std::vector<Entry> entries_from(
    storage::Writer& db, const Register& reg, const BookAsked& asked, const web::Context& context
)
{
    std::vector<Entry> entries;
    const auto limit = pages_a_print * reg.book.entries_per_page;
    for (std::int64_t number = asked.from; number < asked.from + limit; ++number) {
        const auto id = registers::entry_numbered(db, reg.id, asked.agency, asked.year, number);
        if (!id) break;  // Numbers have no gaps: this was the last one.
        auto entry = registers::find_entry(db, office(context).keys, reg, *id);
        if (!entry || entry.value().book != asked.number) break;
        auto found = std::move(entry).value();
        found.first = registers::without_sealed(reg, std::move(found.first));
        for (auto& note : found.notes) note.fields = registers::without_sealed(reg, std::move(note.fields));
        entries.push_back(std::move(found));
    }
    return entries;
}

/// What was closed, in words: "112 trang đã dùng, 112 việc, từ số 1 đến số 112".
json::value closing_text(const std::optional<registers::Closing>& closing, const web::Context& context)
{
    if (!closing) return nullptr;
    const auto& f = closing->figures;
    return json::value(context.say(
        "civil_status.closing.text",
        json::object{
            {"day", shown(*f.closed_on)},
            {"pages", f.pages_used},
            {"entries", f.entries},
            {"first", f.first_number},
            {"last", f.last_number},
            {"struck", f.entries - f.in_force},
            {"notes", f.notes},
            {"person", person_of(closing->party, closing->post, context)}}
    ));
}

std::optional<registers::Closing> closing_of_book(
    storage::Reader& db, registers::SeriesId series, std::int64_t book
)
{
    for (auto& one : registers::closings_of(db, series))
        if (one.figures.number == book) return std::move(one);
    return std::nullopt;
}

/// What one book looks like to its printer.
struct BookPrint {
    std::vector<Entry> entries;
    std::optional<registers::BookFigures> figures;
    std::optional<registers::Closing> closing;
};
Result<BookPrint> read_book(const Book& book, const BookAsked& asked, const web::Context& context)
{
    return context.database().write({}, [&](storage::Writer& db) -> Result<BookPrint> {
        TRY(identity::require(db, context.actor(), "registers.enter", asked.agency, context.today()));
        BookPrint out;
        const auto series = registers::find_series(db, book.reg->id, asked.agency, asked.year);
        if (!series) return out;
        for (const auto& one : registers::books_of(db, series))
            if (one.number == asked.number) out.figures = one;
        out.closing = closing_of_book(db, series, asked.number);
        auto within = asked;
        if (out.figures) within.from = std::max(asked.from, out.figures->first_number);
        out.entries = entries_from(db, *book.reg, within, context);
        identity::audit(
            db,
            act_of(context),
            {.what = "register.print",
             .subject = "register",
             .about = {},
             .agency = asked.agency,
             .reason = "",
             .detail =
                 {{"register", book.reg->id},
                  {"year", asked.year},
                  {"from", within.from},
                  {"entries", out.entries.size()}}}
        );
        return out;
    });
}

/// Agency, book, when it was opened and closed: what stands on the cover.
json::value cover_of(
    const Book& book, const BookAsked& asked, const BookPrint& print, const web::Context& context
)
{
    if (!print.figures) return nullptr;
    const auto say = speech(context);
    const auto& figures = *print.figures;
    json::value closed = nullptr;
    if (figures.closed_on)
        closed = say.say("civil_status.book_print.closed", json::object{{"day", shown(*figures.closed_on)}});
    return json::object{
        {"agency", upper(agency_name_on(asked.agency, figures.opened_on, context))},
        {"heading", upper(book.reg->name_vi)},
        {"book",
         say.say("civil_status.book_print.book", json::object{{"book", asked.number}, {"year", asked.year}})},
        {"opened",
         say.say("civil_status.book_print.opened", json::object{{"day", shown(figures.opened_on)}})},
        {"closed", std::move(closed)}};
}

json::object book_row(
    const Book& book,
    BookAsked asked,
    const registers::BookFigures& f,
    const std::optional<registers::Closing>& closing,
    const web::Context& context
)
{
    json::value signature = nullptr;
    if (closing)
        signature = context.say(
            closing->signature.empty() ? "civil_status.closing.by_hand" : "civil_status.closing.signed"
        );
    asked.number = f.number;
    return {
        {"book",
         context.say("civil_status.book_print.book", json::object{{"book", f.number}, {"year", asked.year}})},
        {"href", print_address(book, asked, context)},
        {"entries", f.entries},
        {"range", f.entries == 0 ? "" : fmt::format("{} - {}", f.first_number, f.last_number)},
        {"struck", f.entries - f.in_force},
        {"notes", f.notes},
        {"pages", fmt::format("{}/{}", f.pages_used, f.pages)},
        {"closed", closing ? json::value(shown(*closing->figures.closed_on)) : json::value(nullptr)},
        {"signature", std::move(signature)},
        {"digest", closing ? hex(closing->digest) : ""}};
}

/// One year of the register, of this agency or of one it took over, by the name of its last book.
json::value year_card(
    storage::Reader& db, const Book& book, const BookAsked& asked, const web::Context& context
)
{
    const auto series = registers::find_series(db, book.reg->id, asked.agency, asked.year);
    const auto figures = registers::books_of(db, series);
    if (figures.empty()) return nullptr;
    const auto closed = registers::closed_on(db, series);
    json::array rows;
    for (const auto& one : figures)
        // What was counted and signed, once it has been.
        if (const auto closing = closing_of_book(db, series, one.number))
            rows.push_back(book_row(book, asked, closing->figures, closing, context));
        else
            rows.push_back(book_row(book, asked, one, closing, context));
    const auto from = registers::closing_day(db, *book.reg, asked.agency, asked.year);
    const bool may = !closed && context.today() >= from && context.may("registers.close");
    const auto state = context.say(
        closed ? "civil_status.closing.closed_on" : "civil_status.closing.open_until",
        json::object{{"day", shown(closed.value_or(from))}}
    );
    json::value broken = nullptr;
    if (closed && !registers::broken_closings(db, series).empty())
        broken = context.say("civil_status.closing.broken");
    json::value of = nullptr;
    if (asked.agency != context.actor().agency)
        if (const auto ended = identity::agency_on(db, asked.agency, figures.back().opened_on))
            of = ended.value().name_vi;
    return json::object{
        {"year", asked.year},
        {"of", std::move(of)},
        {"agency", std::to_string(asked.agency.value)},
        {"state", state},
        {"may_close", may},
        {"broken", std::move(broken)},
        {"rows", std::move(rows)}};
}

web::Response draw_closing(
    const Book& book, const std::vector<Problem>& problems, const web::Context& context
)
{
    json::array years;
    context.database().read([&](storage::Reader& db) {
        for (const auto agency : kept_by(db, context))
            for (const auto year : registers::book_years(db, book.reg->id, agency))
                if (auto card = year_card(db, book, {.agency = agency, .year = year}, context);
                    !card.is_null())
                    years.push_back(std::move(card));
    });
    const bool none = years.empty();
    return web::render_desk(
        context,
        "civil_status/closing",
        {{"back", json::object{{"href", book.address}, {"text", book.title}}},
         {"action", book.address + "/khoa-so"},
         {"error", problems.empty() ? "" : context.sentence(problems.front())},
         {"none", none},
         {"years", std::move(years)}},
        problems.empty() ? 200 : 422
    );
}

/// The fixed words of the sheets.
json::object words_of_sheets(const web::Context& context)
{
    return {
        {"nation", context.say("civil_status.book_print.nation")},
        {"motto", context.say("civil_status.book_print.motto")},
        {"number_word", context.say("civil_status.book_print.number")},
        {"notes_title", context.say("civil_status.book_print.notes")},
        {"declarant", context.say("civil_status.book_print.declarant")},
        {"officer", context.say("civil_status.book_print.officer")},
        {"closing_title", context.say("civil_status.closing.title")},
        {"digest_title", context.say("civil_status.closing.digest")},
        {"head", context.say("civil_status.closing.head")}};
}

}  // namespace

Result<web::Response> print_book(const web::Request& request, web::Context& reader)
{
    const auto context = reader.in(text::Language::vi);  // The sheets; the bar above them is the reader's.
    const auto book = TRY(book_of(request, context));
    auto asked = TRY(book_asked(request, context));
    const auto print = TRY(read_book(book, asked, context));
    const auto& entries = print.entries;
    const bool first = !print.figures || asked.from <= print.figures->first_number;
    const bool more = print.figures && !entries.empty() && entries.back().number < print.figures->last_number;
    json::value next = nullptr;
    if (more) {
        asked.from = entries.back().number + 1;
        next = print_address(book, asked, context);
    }
    const auto count = reader.say("civil_status.book_print.count", json::object{{"count", entries.size()}});
    const bool none = entries.empty();
    return reader.render(
        "civil_status/book_print",
        {{"back",
          json::object{
              {"href", book.address + (context.may("registers.close") ? "/khoa-so" : "")},
              {"text", book_of(book.reg, reader).title}}},
         {"title", book_of(book.reg, reader).title},
         {"said", words_of_sheets(context)},
         {"cover", first ? cover_of(book, asked, print, context) : json::value(nullptr)},
         {"pages", book_pages(*book.reg, entries, context)},
         {"closing", more ? json::value(nullptr) : closing_text(print.closing, context)},
         {"digest", print.closing ? hex(print.closing->digest) : ""},
         {"page_count", count},
         {"none", none},
         {"next", std::move(next)}}
    );
}

Result<web::Response> show_closing(const web::Request& request, web::Context& context)
{
    return draw_closing(TRY(book_of(request, context)), {}, context);
}

Result<web::Response> close_year(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto agency = TRY(keeper_named(request.form.get("agency"), context));
    const auto year = number_or(request.form.get("year"), 0);
    const auto series = context.database().read([&](storage::Reader& db) {
        return registers::find_series(db, book.reg->id, agency, year);
    });
    if (!series)
        return draw_closing(book, {{.code = "registers.nothing_to_close", .field = "", .law = ""}}, context);
    const auto done =
        context.database().write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
            TRY(identity::require(db, context.actor(), "registers.close", agency, context.today()));
            TRY(registers::close_books(db, act_of(context), office(context).keys, *book.reg, series));
            return Done{};
        });
    if (!done) return draw_closing(book, {done.problem()}, context);
    return done_and_back(book.address + "/khoa-so", "flash.books_closed");
}

}  // namespace thien_an::civil_status
