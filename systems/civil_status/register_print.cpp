#include "systems/civil_status/register_print.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/crypto/hash.h"
#include "engine/documents/qr.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"
#include "engine/identity/permissions.h"
#include "engine/identity/units.h"
#include "engine/registers/closing.h"
#include "engine/storage/idempotency.h"

#include "systems/civil_status/desk_extract.h"
#include "systems/civil_status/register_pages.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;
using registers::Register;

constexpr std::int64_t book_pages_max = 50;
constexpr int years_shown = 12;

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

web::Response draw_extract_form(
    const Book& book,
    const Entry& entry,
    const web::Request& request,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/for");
    return draw_form(
        {.title = say.say("civil_status.extract.title"),
         .subtitle = entry_heading(*book.reg, entry, context),
         .back = entry_address(*book.reg, entry.id),
         .back_text = entry.printed,
         .action = entry_address(*book.reg, entry.id, "trich-luc"),
         .submit = say.say("civil_status.extract.submit"),
         .fields =
             {casework::text_field(
                  {.name = "for",
                   .label = say.say("civil_status.extract.for"),
                   .hint = say.say("civil_status.extract.for_hint"),
                   .error = error_at(problems, "/for", context),
                   .value = request.form.get("for")}
              ),
              casework::text_field(
                  {.name = "identity",
                   .label = say.say("civil_status.extract.identity"),
                   .error = error_at(problems, "/identity", context),
                   .value = request.form.get("identity"),
                   .length_max = 30}
              )},
         .problems = problems},
        context
    );
}

/// What the form leaves out.
std::vector<Problem> missing_in(const web::Request& request)
{
    std::vector<Problem> problems;
    for (const std::string name : {"for", "identity"})
        if (request.form.get(name).empty())
            problems.push_back(
                {.code = "civil_status.extract_" + name + "_missing", .field = "/" + name, .law = ""}
            );
    return problems;
}

/// The number taken and the code of the paper; the same when the form comes twice. The values are read again when the
/// paper is shown.
Result<DeskExtract> give_once(
    const Book& book, const Entry& entry, const web::Request& request, const web::Context& context
)
{
    auto& work = office(context);
    const ExtractAsked asked{
        series_of_extracts(work, context.actor().agency, context.today()),
        entry.id,
        request.form.get("for"),
        request.form.get("identity")};
    const auto hash = crypto::sha256(asked.given_to + "\n" + asked.identity);
    const auto kept = TRY(storage::once(
        context.database(),
        {registers::lock_of(asked.extracts)},
        {.client = "account " + text_of(context.actor().account),
         .route = "POST " + request.path,
         .key = request.idempotency_key(),
         .body_hash = Bytes(hash.begin(), hash.end())},
        context.wall(),
        [&](storage::Writer& db) -> Result<storage::KeptAnswer> {
            const auto given = TRY(give_extract(work, db, act_of(context), *book.reg, asked));
            return storage::KeptAnswer{
                200, json::text_of(json::object{{"number", given.number}, {"token", given.token}}), ""};
        }
    ));
    const auto answer = TRY(json::parse(kept.answer));
    return DeskExtract{json::string_or(answer, "number"), json::string_or(answer, "token")};
}

/// In clear for the paper, with its reason in the audit trail.
Result<Entry> read_clear(const Book& book, EntryId id, const std::string& reason, const web::Context& context)
{
    return context.database().write({}, [&](storage::Writer& db) {
        return registers::read_entry(
            db, act_of(context), office(context).keys, *book.reg, id, registers::Reveal::clear, reason
        );
    });
}

json::array note_lines(const Entry& entry)
{
    json::array lines;
    for (const auto& note : entry.notes)
        if (note.kind != "completion")
            lines.emplace_back(fmt::format("{}, {}: {}", shown(note.noted_on), note.decision, note.content));
    return lines;
}

/// Who signs: the lines of the reader's own post where it signs papers, else a place for somebody who does.
struct Signing {
    json::array lines;
    std::string name;
};
Signing signing_of(const web::Context& context)
{
    Signing signing;
    context.database().read([&](storage::Reader& db) {
        for (const auto& line : identity::signature_block(db, context.actor(), context.today()).lines)
            signing.lines.emplace_back(line);
    });
    if (!signing.lines.empty() && context.session() != nullptr) signing.name = context.session()->name;
    if (signing.lines.empty()) signing.lines.emplace_back(context.say("civil_status.extract.signer"));
    return signing;
}

/// "Trương Quang Trọng, ngày 01 tháng 7 năm 2016"
std::string place_and_day(const Entry& entry, const web::Context& context)
{
    const auto place = context.database().read([&](storage::Reader& db) -> std::string {
        const auto agency = identity::agency_on(db, entry.agency, context.today());
        const auto unit = agency ? identity::unit_on(db, agency.value().unit, context.today())
                                 : Result<identity::Unit>(agency.problem());
        return unit ? unit.value().short_name : "";
    });
    const std::chrono::year_month_day day{context.today()};
    return context.say(
        "civil_status.extract.place_day",
        json::object{
            {"place", place},
            {"day", fmt::format("{:02}", unsigned(day.day()))},
            {"month", fmt::format("{}", unsigned(day.month()))},
            {"year", int(day.year())}}
    );
}

/// The code of the paper's address of verification, and the address to be typed.
json::object check_of(const DeskExtract& given, const web::Context& context)
{
    const auto address = office(context).public_address + "/xac-minh/" + given.token;
    const auto code = documents::qr_picture(address);
    return {
        {"side", std::to_string(code.side)},
        {"path", code.path},
        {"text", context.say("civil_status.extract.check", json::object{{"address", address}})}};
}

web::Response draw_extract(
    const Book& book,
    const Entry& entry,
    const DeskExtract& given,
    const std::string& reader,
    const web::Context& context
)
{
    const auto& reg = *book.reg;
    const json::object origin{
        {"register", reg.name_vi},
        {"number", entry.printed},
        {"agency", agency_of(entry, context)},
        {"day", shown(entry.registered_on)}};
    auto notes = note_lines(entry);
    auto signing = signing_of(context);
    const bool has_notes = !notes.empty();
    return context.render(
        "civil_status/extract",
        {{"back", json::object{{"href", entry_address(reg, entry.id)}, {"text", entry.printed}}},
         {"org", upper(agency_of(entry, context))},
         {"number", context.say("civil_status.extract.number", json::object{{"number", given.number}})},
         {"place_date", place_and_day(entry, context)},
         {"kind", upper(reg.extract_name_vi)},
         {"pairs", field_pairs(reg, entry.fields, reg.extract_fields, context)},
         {"origin", context.say("civil_status.extract.origin", origin)},
         {"has_notes", has_notes},
         {"notes", std::move(notes)},
         {"for", context.say("civil_status.extract.given_to", json::object{{"name", reader}})},
         {"sign_lines", std::move(signing.lines)},
         {"signer", signing.name},
         {"check", check_of(given, context)}}
    );
}

std::string notes_text(const Entry& entry)
{
    std::string notes;
    for (const auto& note : entry.notes)
        if (note.kind != "completion") {
            notes += (notes.empty() ? "" : "; ") + shown(note.noted_on) + ", " + note.decision + ": " +
                     note.content;
            if (!note.evidence.empty()) notes += " (" + note.evidence + ")";
        }
    return notes;
}

json::object book_entry(const Register& reg, const Entry& entry, const web::Context& context)
{
    json::value struck = nullptr;
    if (!entry.in_force) struck = context.say("civil_status.book_print.struck");
    return {
        {"number", entry.printed},
        {"registered", shown(entry.registered_on)},
        {"struck", std::move(struck)},
        {"sections", section_pairs(reg, entry.fields, context)},
        {"notes", notes_text(entry)}};
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

/// Entries of the book from number `from` on, in order, in clear; the caller audits it once.
std::vector<Entry> entries_from(
    storage::Writer& db,
    const Register& reg,
    std::int64_t year,
    std::int64_t book,
    std::int64_t from,
    const web::Context& context
)
{
    std::vector<Entry> entries;
    const auto limit = book_pages_max * reg.book.entries_per_page;
    for (std::int64_t number = from; number < from + limit; ++number) {
        const auto id = registers::entry_numbered(db, reg.id, context.actor().agency, year, number);
        if (!id) break;  // Numbers have no gaps: this was the last one.
        auto entry = registers::find_entry(db, office(context).keys, reg, *id);
        if (!entry || entry.value().book != book) break;
        auto found = std::move(entry).value();
        found.fields = registers::without_sealed(reg, std::move(found.fields));
        entries.push_back(std::move(found));
    }
    return entries;
}

std::string agency_name(const web::Context& context)
{
    for (const auto& post : context.session()->posts)
        if (post.post == context.actor().post) return post.agency_name;
    return "";
}

/// What was closed, in words: "Sổ này có 112 trang, 112 việc".
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
Result<BookPrint> read_book(
    const Book& book, std::int64_t year, std::int64_t number, std::int64_t from, const web::Context& context
)
{
    const auto agency = context.actor().agency;
    return context.database().write({}, [&](storage::Writer& db) -> Result<BookPrint> {
        TRY(identity::require(db, context.actor(), "registers.enter", agency, context.today()));
        BookPrint out;
        const auto series = registers::find_series(db, book.reg->id, agency, year);
        if (!series) return out;
        for (const auto& one : registers::books_of(db, series))
            if (one.number == number) out.figures = one;
        out.closing = closing_of_book(db, series, number);
        const auto first = out.figures ? std::max(from, out.figures->first_number) : from;
        out.entries = entries_from(db, *book.reg, year, number, first, context);
        identity::audit(
            db,
            act_of(context),
            {.what = "register.print",
             .subject = "register",
             .about = {},
             .agency = {},
             .reason = "",
             .detail =
                 {{"register", book.reg->id},
                  {"year", year},
                  {"from", from},
                  {"entries", out.entries.size()}}}
        );
        return out;
    });
}

json::object book_row(
    const Book& book,
    std::int64_t year,
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
    return {
        {"book",
         context.say("civil_status.book_print.book", json::object{{"book", f.number}, {"year", year}})},
        {"href", fmt::format("{}/in?nam={}&quyen={}", book.address, year, f.number)},
        {"entries", f.entries},
        {"range", f.entries == 0 ? "" : fmt::format("{} - {}", f.first_number, f.last_number)},
        {"struck", f.entries - f.in_force},
        {"notes", f.notes},
        {"pages", fmt::format("{}/{}", f.pages_used, f.pages)},
        {"closed", closing ? json::value(shown(*closing->figures.closed_on)) : json::value(nullptr)},
        {"signature", std::move(signature)},
        {"digest", closing ? hex(closing->digest) : ""}};
}

/// One year of the register in this agency.
json::value year_card(const Book& book, std::int64_t year, const web::Context& context)
{
    const auto agency = context.actor().agency;
    return context.database().read([&](storage::Reader& db) -> json::value {
        const auto series = registers::find_series(db, book.reg->id, agency, year);
        if (!series) return nullptr;
        const auto figures = registers::books_of(db, series);
        if (figures.empty()) return nullptr;
        const auto closed = registers::closed_on(db, series);
        json::array rows;
        for (const auto& one : figures)
            rows.push_back(book_row(book, year, one, closing_of_book(db, series, one.number), context));
        const auto from = registers::closing_day(*book.reg, year);
        const bool may = !closed && context.today() >= from && context.may("registers.close");
        std::string state =
            context.say("civil_status.closing.open_until", json::object{{"day", shown(from)}});
        if (closed)
            state = context.say("civil_status.closing.closed_on", json::object{{"day", shown(*closed)}});
        json::value broken = nullptr;
        if (closed && !registers::broken_closings(db, series).empty())
            broken = context.say("civil_status.closing.broken");
        return json::object{
            {"year", year},
            {"state", std::move(state)},
            {"may_close", may},
            {"broken", std::move(broken)},
            {"rows", std::move(rows)}};
    });
}

web::Response draw_closing(
    const Book& book, const std::vector<Problem>& problems, const web::Context& context
)
{
    json::array years;
    const auto now = year_of(context.today());
    for (auto year = now; year > now - years_shown; --year)
        if (auto card = year_card(book, year, context); !card.is_null()) years.push_back(std::move(card));
    const bool none = years.empty();
    return web::render_desk(
        context,
        "civil_status/closing",
        {{"back", json::object{{"href", book.address}, {"text", book.title}}},
         {"action", book.address + "/khoa-so"},
         {"error", problems.empty() ? "" : context.sentence(problems.front())},
         {"none", none},
         {"years", std::move(years)}}
    );
}

}  // namespace

Result<web::Response> show_extract_form(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    return draw_extract_form(book, entry, request, {}, context);
}

Result<web::Response> make_extract(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    if (auto missing = missing_in(request); !missing.empty())
        return draw_extract_form(book, entry, request, std::move(missing), context);
    const auto given = give_once(book, entry, request, context);
    if (!given) return draw_extract_form(book, entry, request, {given.problem()}, context);
    const auto reason = context.say("civil_status.extract.title") + " " + given.value().number;
    const auto clear = TRY(read_clear(book, entry.id, reason, context));
    return draw_extract(book, clear, given.value(), request.form.get("for"), context);
}

Result<web::Response> print_book(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto year = number_or(request.query.get("nam"), year_of(context.today()));
    const auto number = std::max<std::int64_t>(number_or(request.query.get("quyen"), 1), 1);
    const auto from = std::max<std::int64_t>(number_or(request.query.get("tu"), 1), 1);
    const auto print = TRY(read_book(book, year, number, from, context));
    const auto& entries = print.entries;
    const auto last = entries.empty() ? from : entries.back().number;
    const bool more = print.figures && last < print.figures->last_number;
    json::value next = nullptr;
    if (more) next = fmt::format("{}/in?nam={}&quyen={}&tu={}", book.address, year, number, last + 1);
    const bool first = !print.figures || from <= print.figures->first_number;
    return context.render(
        "civil_status/book_print",
        {{"back", json::object{{"href", book.address}, {"text", book.title}}},
         {"heading", upper(book.reg->name_vi)},
         {"agency", upper(agency_name(context))},
         {"book",
          context.say("civil_status.book_print.book", json::object{{"book", number}, {"year", year}})},
         {"opened",
          print.figures
              ? context.say(
                    "civil_status.book_print.opened", json::object{{"day", shown(print.figures->opened_on)}}
                )
              : ""},
         {"first", first},
         {"pages", book_pages(*book.reg, entries, context)},
         {"closing", more ? json::value(nullptr) : closing_text(print.closing, context)},
         {"digest", print.closing ? hex(print.closing->digest) : ""},
         {"page_count",
          context.say("civil_status.book_print.count", json::object{{"count", entries.size()}})},
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
    const auto year = number_or(request.form.get("year"), 0);
    const auto agency = context.actor().agency;
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
