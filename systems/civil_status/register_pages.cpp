#include "systems/civil_status/register_pages.h"

#include <fmt/format.h>

#include "engine/casework/dossier_store.h"
#include "engine/identity/audit.h"
#include "engine/registers/closing.h"
#include "engine/registers/old_books.h"
#include "engine/registers/openings.h"
#include "engine/registers/proposals.h"
#include "engine/web/url.h"

#include "systems/civil_status/entry_values.h"
#include "systems/civil_status/life_line_pages.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;
using registers::Register;

constexpr int first_year = 2016;
constexpr int rows_per_page = 50;

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

json::array years_of(const Register& reg, std::int64_t chosen, const web::Context& context)
{
    json::array years{json::object{
        {"value", ""}, {"text", context.say("civil_status.register.any_year")}, {"selected", chosen == 0}}};
    for (auto year = year_of(context.today()); year >= first_year; --year)
        years.push_back(json::object{
            {"value", std::to_string(year)}, {"text", std::to_string(year)}, {"selected", year == chosen}});
    const auto old =
        context.database().read([&](storage::Reader& db) { return registers::paper_years(db, reg.id); });
    for (const auto year : old)
        if (year < first_year)
            years.push_back(json::object{
                {"value", std::to_string(year)}, {"text", std::to_string(year)}, {"selected", year == chosen}}
            );
    return years;
}

json::array columns_of(const Register& reg, const web::Context& context)
{
    json::array columns;
    for (const auto& id : reg.shown_list)
        if (id != reg.shown_name) columns.emplace_back(field_title(*reg.field(id), context));
    return columns;
}

json::object row_of(const Register& reg, const registers::EntryRow& row, const web::Context& context)
{
    json::value note = nullptr;
    if (!row.in_force) note = context.say("civil_status.register.not_in_force");
    json::array cells;
    for (const auto& id : reg.shown_list) {
        if (id == reg.shown_name) continue;
        const auto& field = *reg.field(id);
        cells.push_back(json::object{
            {"label", field_title(field, context)},
            {"value", shown_value(reg, id, row.fields, context)},
            {"number", field.type == registers::FieldType::day}});
    }
    return {
        {"href", entry_address(reg, row.id)},
        {"number", row.printed},
        {"name", entry_name(reg, row.fields, context)},
        {"note", std::move(note)},
        {"cells", std::move(cells)}};
}

std::string page_address(const Book& book, const registers::EntryQuery& query, const std::string& cursor)
{
    std::string address = fmt::format("{}?q={}", book.address, web::percent_encoded(query.words));
    if (query.year != 0) address += fmt::format("&nam={}", query.year);
    if (!cursor.empty()) address += "&sau=" + web::percent_encoded(cursor);
    return address;
}

json::value pager_of(
    const Book& book,
    const registers::EntryQuery& query,
    const registers::EntryList& list,
    const web::Context& context
)
{
    if (query.cursor.empty() && list.next.empty()) return nullptr;
    json::value previous = nullptr;
    if (!query.cursor.empty()) previous = page_address(book, query, "");
    json::value next = nullptr;
    if (!list.next.empty()) next = page_address(book, query, list.next);
    const json::object words{{"count", list.rows.size()}};
    return json::object{
        {"range", context.say("civil_status.register.range", words)},
        {"previous", std::move(previous)},
        {"next", std::move(next)}};
}

/// A list is audited once, with what was looked for by kind, never the words.
registers::EntryList search(
    const Register& reg, const registers::EntryQuery& query, const web::Context& context
)
{
    registers::EntryList list;
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        list = registers::search_entries(db, context.actor(), context.today(), reg, query);
        identity::audit(
            db,
            act_of(context),
            {.what = "register.list",
             .subject = "register",
             .about = {},
             .agency = {},
             .reason = "",
             .detail = {{"register", reg.id}, {"rows", list.rows.size()}}}
        );
        return Done{};
    });
    if (!done) throw std::logic_error("the audit of a list was refused");
    return list;
}

/// "Sổ thay đổi 12/2026; Bản án 3/2026/HNGĐ-ST"
std::string grounds_of(const registers::Note& note)
{
    return note.evidence.empty() ? note.decision : note.decision + "; " + note.evidence;
}

/// Who prepared and who approved, or the one who did it.
std::string people_of(const registers::Note& note, const web::Context& context)
{
    const auto second = person_of(note.party, note.post, context);
    if (second.empty()) return context.say("civil_status.entry.by_program");
    if (!note.prepared_by || note.prepared_by == note.party) return second;
    return context.say(
        "civil_status.entry.two_people",
        json::object{{"first", person_of(note.prepared_by, note.prepared_as, context)}, {"second", second}}
    );
}

/// Each changed field once per note, with the value before and after.
json::array changes_of(const Register& reg, const Entry& entry, const web::Context& context)
{
    json::array changes;
    json::object before = entry.first;
    for (const auto& one : entry.notes) {
        // What is filled in by later steps of the registration itself is no change of it.
        const bool completes = one.kind == "completion";
        for (const auto& member : one.fields) {
            const auto* field = reg.field(std::string_view(member.key()));
            if (field == nullptr) continue;
            if (!completes)
                changes.push_back(json::object{
                    {"what", field_title(*field, context)},
                    {"old", shown_value(reg, field->id, before, context)},
                    {"new", shown_value(reg, field->id, one.fields, context)},
                    {"decision", grounds_of(one)},
                    {"at", shown(one.noted_on)}});
            before[member.key()] = member.value();
        }
        if (one.fields.empty() && !completes)
            changes.push_back(json::object{
                {"what", context.say("civil_status.note." + one.kind)},
                {"old", ""},
                {"new", one.content},
                {"decision", grounds_of(one)},
                {"at", shown(one.noted_on)}});
    }
    return changes;
}

json::object event(
    std::string_view icon,
    const std::string& title,
    const std::string& who,
    Instant at,
    const std::string& quote
)
{
    return {
        {"kind", icon == "pen" ? "ask" : ""},
        {"icon", icon},
        {"title", title},
        {"who", text_or_null(who)},
        {"at_iso", iso(at)},
        {"at", shown(at)},
        {"took", nullptr},
        {"quote", text_or_null(quote)}};
}

json::array events_of(const Entry& entry, const web::Context& context)
{
    json::array events;
    for (auto one = entry.notes.rbegin(); one != entry.notes.rend(); ++one)
        events.push_back(event(
            "pen",
            context.say("civil_status.note." + one->kind),
            people_of(*one, context),
            one->noted_at,
            one->content
        ));
    events.push_back(event(
        "check",
        context.say("civil_status.entry.entered", json::object{{"number", entry.printed}}),
        person_of(entry.party, entry.post, context),
        entry.entered_at,
        ""
    ));
    return events;
}

json::object chip(std::string_view kind, std::string_view icon, std::string text)
{
    return {{"kind", kind}, {"icon", icon}, {"text", std::move(text)}};
}

json::object status_of(const Entry& entry, const web::Context& context)
{
    if (!entry.in_force) return chip("bad", "x", context.say("civil_status.register.not_in_force"));
    for (const auto& one : entry.notes)
        if (one.kind != "completion") return chip("warn", "pen", context.say("civil_status.entry.changed"));
    return chip("ok", "check", context.say("civil_status.entry.in_force"));
}

json::array actions_of(const Register& reg, const Entry& entry, bool masked, const web::Context& context)
{
    json::array actions;
    const auto add = [&](std::string_view rest, std::string_view key, bool bad) {
        actions.push_back(json::object{
            {"href", entry_address(reg, entry.id, rest)}, {"text", context.say(key)}, {"bad", bad}});
    };
    if (context.may("registers.extract") && entry.in_force && !reg.extract_fields.empty())
        add("trich-luc", "civil_status.extract.title", false);
    if (masked) add("hien", "civil_status.reveal.title", false);
    for (const auto& person : reg.people.persons)
        if (person.subject && !shown_value(reg, person.name, entry.fields, context).empty())
            actions.push_back(json::object{
                {"href", person_address({entry.id, person.role})},
                {"text",
                 context.say("civil_status.person.title") + ": " +
                     shown_value(reg, person.name, entry.fields, context)},
                {"bad", false}});
    if (reg.sealed) add("niem-phong", "civil_status.seal.title", false);
    if (context.may("registers.enter") && entry.in_force) add("ghi-chu", "civil_status.change.title", false);
    return actions;
}

json::value dossier_of(const Entry& entry, const web::Context& context)
{
    if (entry.dossier == 0 || !context.may("dossiers.read")) return nullptr;
    const auto dossier = context.database().read([&](storage::Reader& db) {
        return casework::find_dossier(db, casework::DossierId{entry.dossier});
    });
    if (!dossier) return nullptr;
    return json::value("/ban-lam-viec/ho-so/" + dossier.value().code);
}

/// Notes that wait for a second person: who prepared what, and where to decide.
json::array waiting_of(const Register& reg, const Entry& entry, const web::Context& context)
{
    json::array waiting;
    const auto proposals = context.database().read([&](storage::Reader& db) {
        return registers::proposals_of(db, office(context).keys, entry.id, 20);
    });
    for (const auto& one : proposals) {
        if (one.decided_at) continue;
        json::value href = nullptr;
        if (context.may("registers.approve"))
            href = entry_address(reg, entry.id, "ghi-chu/" + text_of(one.id));
        waiting.push_back(json::object{
            {"title", context.say("civil_status.note." + one.note.kind)},
            {"who", person_of(one.asked_by, one.asked_as, context)},
            {"at", shown(one.asked_at)},
            {"content", one.note.content},
            {"href", std::move(href)},
            {"withdraw",
             one.asked_by == context.actor().party
                 ? json::value(entry_address(reg, entry.id, "ghi-chu/" + text_of(one.id) + "/rut"))
                 : json::value(nullptr)}});
    }
    return waiting;
}

/// Who has looked at this entry, for those who may see the trail of their agency.
json::array readers_of(const Entry& entry, const web::Context& context)
{
    json::array readers;
    if (!context.may("audit.read")) return readers;
    constexpr int shown_max = 20;
    const auto rows = context.database().read([&](storage::Reader& db) {
        return identity::search_audit(
            db,
            context.actor(),
            context.today(),
            {.subject = "register_entry", .subject_id = entry.id.value, .limit = shown_max}
        );
    });
    for (const auto& row : rows)
        readers.push_back(json::object{
            {"at", shown(row.at)},
            {"who",
             row.who.empty()    ? context.say("civil_status.entry.by_program")
             : row.post.empty() ? row.who
                                : row.who + ", " + row.post},
            {"what", context.say("audit." + row.what)},
            {"reason", row.reason}});
    return readers;
}

/// Of an entry that comes from a paper book: what it is called there and its page, for who may see it.
json::value paper_of(const Entry& entry, const web::Context& context)
{
    const auto place =
        context.database().read([&](storage::Reader& db) { return registers::paper_place_of(db, entry.id); });
    if (!place) return nullptr;
    json::value href = nullptr;
    if (context.may("old_books.type") || context.may("old_books.decide") || context.may("old_books.accept"))
        href = "/ban-lam-viec/so-giay/trang/" + text_of(place->page);
    const json::object words{{"at", shown(place->accepted_at)}, {"notation", place->notation}};
    const auto* key =
        place->notation.empty() ? "civil_status.entry.from_paper" : "civil_status.entry.from_paper_of";
    return json::object{{"text", context.say(key, words)}, {"href", std::move(href)}};
}

web::Response draw_entry(
    const Book& book, const Entry& entry, bool masked, std::optional<Day> as_of, const web::Context& context
)
{
    const auto& reg = *book.reg;
    auto changes = changes_of(reg, entry, context);
    const bool has_changes = !changes.empty();
    json::value warning = nullptr;
    if (!entry.in_force) warning = context.say("civil_status.entry.not_in_force_note");
    if (as_of) warning = context.say("civil_status.entry.as_of_note", json::object{{"day", shown(*as_of)}});
    auto waiting = as_of ? json::array{} : waiting_of(reg, entry, context);
    auto readers = readers_of(entry, context);
    const bool has_waiting = !waiting.empty();
    const bool has_readers = !readers.empty();
    const json::object place{
        {"book", entry.book},
        {"year", entry.year},
        {"page", entry.page},
        {"agency", agency_of(entry, context)},
        {"day", shown(entry.registered_on)}};
    return web::render_desk(
        context,
        "civil_status/entry",
        {{"back", json::object{{"href", book.address}, {"text", book.title}}},
         {"here", entry_address(reg, entry.id)},
         {"number", entry.printed},
         {"book", context.say("civil_status.entry.place", place)},
         {"name", entry_name(reg, entry.fields, context)},
         {"status", status_of(entry, context)},
         {"status_note", std::move(warning)},
         {"paper", paper_of(entry, context)},
         {"as_of", as_of ? iso(*as_of) : ""},
         {"reads_now", !as_of.has_value()},
         {"sections", section_pairs(reg, entry.fields, context)},
         {"has_changes", has_changes},
         {"changes", std::move(changes)},
         {"has_waiting", has_waiting},
         {"waiting", std::move(waiting)},
         {"events", events_of(entry, context)},
         {"has_readers", has_readers},
         {"readers", std::move(readers)},
         {"actions", as_of ? json::array{} : actions_of(reg, entry, masked, context)},
         {"dossier_href", dossier_of(entry, context)}}
    );
}

web::Response draw_reveal(
    const Book& book,
    const Entry& entry,
    const std::string& reason,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    problems = placed(std::move(problems), "/reason");
    return draw_form(
        {.title = context.say("civil_status.reveal.title"),
         .subtitle = entry_heading(*book.reg, entry, context),
         .back = entry_address(*book.reg, entry.id),
         .back_text = entry.printed,
         .action = entry_address(*book.reg, entry.id, "hien"),
         .submit = context.say("civil_status.reveal.submit"),
         .fields = {casework::area_field(
             {.name = "reason",
              .label = context.say("civil_status.reveal.reason"),
              .error = error_at(problems, "/reason", context),
              .value = reason,
              .length_max = 500},
             2
         )},
         .problems = problems},
        context
    );
}

/// Years of this agency whose books can be closed or were, for the list's own page.
json::value closing_href(const Book& book, const web::Context& context)
{
    if (!context.may("registers.close")) return nullptr;
    return json::value(book.address + "/khoa-so");
}

}  // namespace

std::string entry_heading(const Register& reg, const Entry& entry, const web::Context& context)
{
    return entry.printed + ", " + entry_name(reg, entry.fields, context);
}

Result<Entry> read_for_page(
    const Book& book,
    const web::Request& request,
    const web::Context& context,
    registers::Reveal reveal,
    const std::string& reason,
    std::optional<Instant> as_of
)
{
    const EntryId id{TRY(parse_id(request.value("entry")))};
    return context.database().write({}, [&](storage::Writer& db) {
        return registers::read_entry(
            db, act_of(context), office(context).keys, *book.reg, id, reveal, reason, as_of
        );
    });
}

Result<web::Response> show_registers(const web::Request&, web::Context& context)
{
    json::array cards;
    const auto agency = context.actor().agency;
    const auto year = year_of(context.today());
    for (const auto& book : books(context)) {
        const auto figures = context.database().read([&](storage::Reader& db) {
            const auto series = registers::find_series(db, book.reg->id, agency, year);
            return series ? registers::books_of(db, series) : std::vector<registers::BookFigures>{};
        });
        std::int64_t entries = 0;
        for (const auto& one : figures) entries += one.entries;
        cards.push_back(json::object{
            {"href", book.address},
            {"title", book.title},
            {"note",
             context.say(
                 "civil_status.registers.this_year", json::object{{"count", entries}, {"year", year}}
             )}});
    }
    json::value waiting = nullptr;
    if (context.may("registers.approve") || context.may("registers.open_sealed")) {
        const auto count = context.database().read([&](storage::Reader& db) {
            return registers::waiting_for(db, context.actor(), context.today(), rows_per_page).size();
        });
        waiting = context.say("civil_status.registers.waiting", json::object{{"count", count}});
    }
    return web::render_desk(
        context,
        "civil_status/registers",
        {{"cards", std::move(cards)},
         {"waiting", std::move(waiting)},
         {"old_books",
          context.may("old_books.type") || context.may("old_books.decide") ||
              context.may("old_books.accept")}}
    );
}

Result<web::Response> show_register(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const registers::EntryQuery query{
        .words = request.query.get("q"),
        .year = number_or(request.query.get("nam"), 0),
        .cursor = request.query.get("sau"),
        .limit = rows_per_page};
    const auto list = search(*book.reg, query, context);
    json::array rows;
    for (const auto& row : list.rows) rows.push_back(row_of(*book.reg, row, context));
    const bool none = rows.empty();
    const auto print_year = query.year == 0 ? year_of(context.today()) : query.year;
    const bool prints = context.may("registers.enter");
    return web::render_desk(
        context,
        "civil_status/register",
        {{"title", book.title},
         {"here", book.address},
         {"q", query.words},
         {"years", years_of(*book.reg, query.year, context)},
         {"none", none},
         {"name_title", field_title(*book.reg->field(book.reg->shown_name), context)},
         {"columns", columns_of(*book.reg, context)},
         {"rows", std::move(rows)},
         {"print_href",
          prints ? json::value(fmt::format("{}/in?nam={}", book.address, print_year)) : json::value(nullptr)},
         {"closing_href", closing_href(book, context)},
         {"pager", pager_of(book, query, list, context)}}
    );
}

Result<web::Response> show_entry(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    std::optional<Day> as_of;
    if (const auto typed = request.query.get("ngay"); !typed.empty()) as_of = TRY(typed_day(typed));
    // The whole day counts: what was noted on it is seen.
    const auto until =
        as_of ? std::optional(at(*as_of + std::chrono::days(1), {}) - std::chrono::milliseconds(1))
              : std::optional<Instant>{};
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked, "", until));
    return draw_entry(book, entry, true, as_of, context);
}

Result<web::Response> show_reveal_entry(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    return draw_reveal(book, entry, "", {}, context);
}

Result<web::Response> reveal_entry(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto reason = request.form.get("reason");
    const auto clear = read_for_page(book, request, context, registers::Reveal::clear, reason);
    if (clear) return draw_entry(book, clear.value(), false, {}, context);
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    return draw_reveal(book, entry, reason, {clear.problem()}, context);
}

}  // namespace thien_an::civil_status
