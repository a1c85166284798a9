#include "systems/civil_status/old_books_pages.h"

#include <fmt/format.h>

#include <map>

#include "engine/base/csv.h"
#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/web/received.h"
#include "engine/web/stored_source.h"

#include "systems/civil_status/old_books_values.h"

namespace thien_an::civil_status {
namespace {

using registers::OldFigure;
using registers::OldPage;
using registers::OldWork;

constexpr int books_max = 200;

/// "3,2 %"
std::string share(std::int64_t part, std::int64_t whole)
{
    if (whole == 0) return "-";
    const auto tenths = (part * 1000 + whole / 2) / whole;
    return fmt::format("{},{} %", tenths / 10, tenths % 10);
}

json::value work_href(OldWork work, std::string_view path, const web::Context& context)
{
    const auto page = context.database().read([&](storage::Reader& db) {
        return registers::next_page(db, context.actor(), context.today(), work);
    });
    if (!page) return nullptr;
    return json::value(fmt::format("{}/trang/{}{}", old_books_address, text_of(*page), path));
}

json::object progress_values(
    const registers::OldProgress& one, const PaperBook& book, const web::Context& context
)
{
    const Day day{std::chrono::year(int(one.book.about.year)) / 12 / 31};
    return {
        {"href", book.address()},
        {"title", book.title},
        {"agency", agency_name_on(one.book.about.agency, day, context)},
        {"pages", one.book.about.pages},
        {"scanned", one.scanned},
        {"typed", one.typed},
        {"to_decide", one.to_decide},
        {"to_accept", one.to_accept},
        {"accepted", one.accepted},
        {"entries", one.entries}};
}

/// Agencies whose books the actor's own may hold: itself, and those it stands in the place of.
std::vector<casework::Choice> keepers(const web::Context& context)
{
    const auto own = context.actor().agency;
    std::vector<identity::AgencyId> all{own};
    context.database().read([&](storage::Reader& db) {
        for (const auto ended : identity::ended_before(db, own, context.today())) all.push_back(ended);
    });
    std::vector<casework::Choice> out;
    for (const auto agency : all) {
        const auto name = agency_name_on(agency, context.today(), context);
        out.push_back({text_of(agency), {name, name}});
    }
    return out;
}

std::vector<casework::Choice> register_choices(const web::Context& context)
{
    std::vector<casework::Choice> out;
    for (const auto& book : books(context))
        out.push_back({book.reg->id, {book.reg->name_vi, book.reg->name_en}});
    return out;
}

web::Response draw_new(
    const web::Request& request, std::vector<Problem> problems, const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/year");
    const auto field = [&](const std::string& name, bool number) {
        return casework::PlainField{
            .name = name,
            .label = say.say("civil_status.old_books.new_" + name),
            .error = error_at(problems, "/" + name, context),
            .value = request.form.get(name),
            .input_mode = number ? "numeric" : "text",
            .length_max = number ? 4 : 60,
            .narrow = true};
    };
    auto notation = field("notation", false);
    notation.optional = true;
    return draw_form(
        {.title = say.say("civil_status.old_books.new"),
         .subtitle = say.say("civil_status.old_books.new_note"),
         .back = std::string(old_books_address),
         .back_text = say.say("civil_status.old_books.title"),
         .action = fmt::format("{}/them", old_books_address),
         .submit = say.say("civil_status.old_books.new"),
         .fields =
             {casework::select_field(field("register", false), register_choices(context), say),
              casework::select_field(field("agency", false), keepers(context), say),
              casework::text_field(field("year", true)),
              casework::text_field(field("number", true)),
              casework::text_field(notation),
              casework::text_field(field("pages", true))},
         .problems = problems},
        context
    );
}

std::string state_of(const OldPage& page, const web::Context& context)
{
    const auto say = [&](const char* key, std::int64_t count = 0) {
        return context.say(
            std::string("civil_status.old_books.state_") + key, json::object{{"count", count}}
        );
    };
    if (page.accepted_at) return say("accepted");
    if (page.open > 0) return say("open", page.open);
    if (page.to_accept()) return say("to_accept");
    if (page.finished == 1) return say("one");
    return page.begun > 0 ? say("begun") : say("scanned");
}

json::array page_rows(const PaperBook& book, const web::Context& context)
{
    json::array rows;
    const auto pages =
        context.database().read([&](storage::Reader& db) { return registers::pages_of(db, book.book.id); });
    for (const auto& page : pages)
        rows.push_back(json::object{
            {"href", PaperPage{book, page}.address()},
            {"number", page.number},
            {"state", state_of(page, context)},
            {"mismatches", page.compared() ? std::to_string(page.mismatches) : ""}});
    return rows;
}

std::vector<OldFigure> figures(const PaperBook& book, const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return registers::quality_of(db, book.book.id);
    });
}

std::string typist(identity::PartyId party, const web::Context& context)
{
    if (!party) return context.say("civil_status.old_books.both");
    return person_of(party, {}, context);
}

json::object figure_values(const std::string& name, const OldFigure& sum)
{
    return {
        {"name", name},
        {"compared", sum.compared},
        {"wrong", sum.wrong},
        {"share", share(sum.wrong, sum.compared)}};
}

/// Sums by person (both together is the disagreement), and by field over both.
json::object quality_values(const PaperBook& book, const web::Context& context)
{
    std::map<std::int64_t, OldFigure> people;
    std::map<std::string, OldFigure> fields;
    for (const auto& one : figures(book, context)) {
        for (auto* sum : {&people[one.party.value], one.party ? &fields[one.field] : nullptr}) {
            if (sum == nullptr) continue;
            sum->party = one.party;
            sum->compared += one.compared;
            sum->wrong += one.wrong;
        }
    }
    json::array by_person;
    json::array by_field;
    json::value agreement = nullptr;
    for (const auto& [party, sum] : people) {
        if (party == 0)
            agreement = context.say(
                "civil_status.old_books.agreement",
                json::object{
                    {"share", share(sum.compared - sum.wrong, sum.compared)}, {"count", sum.compared}}
            );
        else
            by_person.push_back(figure_values(typist(sum.party, context), sum));
    }
    for (const auto& field : registers::compared_fields(*book.reg))
        if (const auto found = fields.find(field); found != fields.end())
            by_field.push_back(figure_values(old_field_title(*book.reg, field, context), found->second));
    if (const auto found = fields.find(std::string(registers::there_field)); found != fields.end())
        by_field.push_back(
            figure_values(old_field_title(*book.reg, registers::there_field, context), found->second)
        );
    const bool has = !by_person.empty();
    return {
        {"has_quality", has},
        {"agreement", std::move(agreement)},
        {"by_person", std::move(by_person)},
        {"by_field", std::move(by_field)}};
}

/// Those who only type see neither what the other typed nor where the two differ.
bool may_see_mismatches(const web::Context& context)
{
    return context.may("old_books.decide") || context.may("old_books.accept");
}

web::Response draw_book(
    const PaperBook& book, const std::vector<Problem>& problems, const web::Context& context
)
{
    auto values = quality_values(book, context);
    auto rows = page_rows(book, context);
    const Day day{std::chrono::year(int(book.book.about.year)) / 12 / 31};
    std::int64_t next = 1;
    for (const auto& row : rows) next = std::max(next, row.at("number").as_int64() + 1);
    values["title"] = book.title;
    values["agency"] = agency_name_on(book.book.about.agency, day, context);
    values["notation"] = book.book.about.notation;
    values["pages"] = book.book.about.pages;
    values["none"] = rows.empty();
    values["rows"] = std::move(rows);
    values["can_scan"] = context.may("old_books.type");
    values["action"] = book.address() + "/trang";
    values["next"] = std::min(next, book.book.about.pages);
    values["error"] = problems.empty() ? "" : context.sentence(problems.front());
    values["csv_href"] = book.address() + "/chat-luong";
    values["mismatch_href"] =
        may_see_mismatches(context) ? json::value(book.address() + "/cho-lech") : json::value(nullptr);
    return web::render_desk(
        context, "civil_status/old_book", std::move(values), problems.empty() ? 200 : 422
    );
}

/// Number after number from `first` on; the first file that is refused ends it, those before it are kept.
Result<Done> keep_scans(
    const PaperBook& book, std::int64_t first, const web::Request& request, const web::Context& context
)
{
    for (const auto& upload : request.files) {
        if (upload.size == 0) continue;
        const auto kept = TRY(web::keep_received(context, upload));
        const bool shown = kept.media_type == "image/jpeg" || kept.media_type == "image/png" ||
                           kept.media_type == "image/webp" || kept.media_type == "application/pdf";
        if (!shown) return Problem{.code = "civil_status.scan_is_no_picture", .field = "/file", .law = ""};
        TRY(context.database().write({}, [&](storage::Writer& db) {
            return registers::add_page(db, act_of(context), book.book.id, first, kept.id, kept.sha256);
        }));
        ++first;
    }
    return Done{};
}

}  // namespace

Result<web::Response> show_old_books(const web::Request&, web::Context& context)
{
    if (!context.may("old_books.type") && !may_see_mismatches(context))
        return Problem{.code = "web.forbidden", .field = "", .law = ""};
    json::array rows;
    const auto all = context.database().read([&](storage::Reader& db) {
        return registers::old_books(db, context.actor(), context.today(), books_max);
    });
    for (const auto& one : all)
        if (const auto book = paper_book_of(one.book, context))
            rows.push_back(progress_values(one, book.value(), context));
    const bool none = rows.empty();
    return web::render_desk(
        context,
        "civil_status/old_books",
        {{"none", none},
         {"rows", std::move(rows)},
         {"can_open", context.may("old_books.type")},
         {"registers", context.may("registers.read")},
         {"type_next", work_href(OldWork::type, "/nhap", context)},
         {"decide_next", work_href(OldWork::decide, "", context)},
         {"accept_next", work_href(OldWork::accept, "", context)}}
    );
}

Result<web::Response> show_new_old_book(const web::Request& request, web::Context& context)
{
    return draw_new(request, {}, context);
}

Result<web::Response> open_old_book(const web::Request& request, web::Context& context)
{
    const auto reg = office(context).packs.reg(request.form.get("register"));
    std::vector<Problem> problems;
    if (!reg) problems.push_back({.code = "registers.no_such_register", .field = "/register", .law = ""});
    const registers::NewOldBook book{
        .agency = {number_or(request.form.get("agency"), 0)},
        .year = number_or(request.form.get("year"), 0),
        .number = number_or(request.form.get("number"), 0),
        .notation = request.form.get("notation"),
        .pages = number_or(request.form.get("pages"), 0)};
    if (!book.agency)
        problems.push_back({.code = "civil_status.keeper_missing", .field = "/agency", .law = ""});
    constexpr std::int64_t first_year = 1945;
    if (book.year < first_year)
        problems.push_back({.code = "registers.old_book_year", .field = "/year", .law = ""});
    if (!problems.empty()) return draw_new(request, std::move(problems), context);
    TRY(context.database().read([&](storage::Reader& db) {
        return identity::require(db, context.actor(), "old_books.type", book.agency, context.today());
    }));
    const auto series = registers::series_of(
        context.database(), context.ids(), registers::paper_series(reg->id), book.agency, book.year
    );
    const auto made = context.database().write({registers::lock_of(series)}, [&](storage::Writer& db) {
        return registers::open_old_book(db, act_of(context), *reg, book, series);
    });
    if (!made) return draw_new(request, {made.problem()}, context);
    return done_and_back(
        fmt::format("{}/{}", old_books_address, text_of(made.value())), "flash.old_book_opened"
    );
}

Result<web::Response> show_old_book(const web::Request& request, web::Context& context)
{
    return draw_book(TRY(paper_book_of(request, context)), {}, context);
}

Result<web::Response> add_scans(const web::Request& request, web::Context& context)
{
    const auto book = TRY(paper_book_of(request, context));
    const auto first = number_or(request.form.get("first"), 0);
    if (request.files.empty() || request.files.front().size == 0)
        return draw_book(book, {{.code = "web.one_file", .field = "/file", .law = ""}}, context);
    const auto kept = keep_scans(book, first, request, context);
    if (!kept) return draw_book(book, {kept.problem()}, context);
    return done_and_back(book.address(), "flash.scans_kept");
}

Result<web::Response> send_quality(const web::Request& request, web::Context& context)
{
    const auto book = TRY(paper_book_of(request, context));
    csv::Table table{{}};
    for (const auto* key : {"typist", "field", "compared", "wrong", "share"})
        table[0].push_back(context.say(std::string("civil_status.old_books.col_") + key));
    for (const auto& one : figures(book, context))
        table.push_back(
            {typist(one.party, context),
             old_field_title(*book.reg, one.field, context),
             std::to_string(one.compared),
             std::to_string(one.wrong),
             share(one.wrong, one.compared)}
        );
    web::Response response;
    response.type = "text/csv; charset=utf-8";
    response.body = csv::text_of(table);
    response.header("Content-Disposition", "attachment; filename=\"chat-luong-nhap.csv\"");
    return response;
}

Result<web::Response> show_mismatches(const web::Request& request, web::Context& context)
{
    const auto book = TRY(paper_book_of(request, context));
    if (!may_see_mismatches(context)) return Problem{.code = "web.forbidden", .field = "", .law = ""};
    const auto& reg = *book.reg;
    json::array rows;
    const auto pages =
        context.database().read([&](storage::Reader& db) { return registers::pages_of(db, book.book.id); });
    for (const auto& page : pages) {
        if (page.mismatches == 0) continue;
        const auto all = TRY(context.database().read([&](storage::Reader& db) {
            return registers::compare_page(db, office(context).keys, reg, page);
        }));
        for (const auto& one : all.found) {
            const auto* decided = all.decision(one.line, one.field);
            rows.push_back(json::object{
                {"page", page.number},
                {"href", PaperPage{book, page}.address()},
                {"field", old_field_title(reg, one.field, context)},
                {"first", shown_text(reg, one.field, one.first, context)},
                {"second", shown_text(reg, one.field, one.second, context)},
                {"tone", one.likeness == registers::Likeness::tone},
                {"decided", decided == nullptr ? "" : shown_text(reg, one.field, decided->value, context)}});
        }
    }
    const bool none = rows.empty();
    return web::render_desk(
        context,
        "civil_status/old_mismatches",
        {{"title", book.title},
         {"back", json::object{{"href", book.address()}, {"text", book.title}}},
         {"none", none},
         {"rows", std::move(rows)}}
    );
}

Result<web::Response> send_scan(const web::Request& request, web::Context& context)
{
    const auto page = TRY(paper_page_of(request, context));
    const auto file = TRY(context.database().write({}, [&](storage::Writer& db) -> Result<storage::File> {
        identity::audit(
            db,
            act_of(context),
            {.what = "old_book.read",
             .subject = "old_book",
             .subject_id = page.in.book.id.value,
             .about = {},
             .agency = page.in.book.about.agency,
             .reason = "",
             .detail = {{"register", page.in.reg->id}, {"page", page.page.number}}}
        );
        return storage::find_file(db, page.page.file);
    }));
    return web::file_answer(
        web::stored_source(office(context).files, file.blob.sha256),
        storage::media_type(file.blob.kind),
        fmt::format("trang-{}{}", page.page.number, storage::extension(file.blob.kind)),
        true
    );
}

}  // namespace thien_an::civil_status
