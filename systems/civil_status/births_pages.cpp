#include "systems/civil_status/births_pages.h"

#include <fmt/format.h>

#include "engine/casework/dossier_store.h"
#include "engine/documents/document_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/web/url.h"

#include "systems/civil_status/entry_values.h"
#include "systems/civil_status/life_line_pages.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;
using registers::Register;

constexpr std::string_view list_address = "/ban-lam-viec/so/khai-sinh";
constexpr int first_year = 2016;
constexpr int rows_per_page = 50;

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

json::array years_of(std::int64_t chosen, const web::Context& context)
{
    json::array years{json::object{
        {"value", ""}, {"text", context.say("civil_status.births.any_year")}, {"selected", chosen == 0}}};
    for (auto year = year_of(context.today()); year >= first_year; --year)
        years.push_back(json::object{
            {"value", std::to_string(year)}, {"text", std::to_string(year)}, {"selected", year == chosen}});
    return years;
}

std::string parents_of(const Register& reg, const json::object& fields, const web::Context& context)
{
    const auto mother = shown_value(reg, "mother_full_name", fields, context);
    const auto father = shown_value(reg, "father_full_name", fields, context);
    return father.empty() ? mother : mother + ", " + father;
}

json::object row_of(const Register& reg, const registers::EntryRow& row, const web::Context& context)
{
    json::value note = nullptr;
    if (!row.in_force) note = context.say("civil_status.births.not_in_force");
    return {
        {"href", entry_address(row.id)},
        {"number", row.printed},
        {"name", shown_value(reg, "child_full_name", row.fields, context)},
        {"note", std::move(note)},
        {"born", shown_value(reg, "child_born_on", row.fields, context)},
        {"parents", parents_of(reg, row.fields, context)},
        {"registered", shown_value(reg, "registered_on", row.fields, context)}};
}

std::string page_address(const registers::EntryQuery& query, const std::string& cursor)
{
    std::string address = fmt::format("{}?q={}", list_address, web::percent_encoded(query.words));
    if (query.year != 0) address += fmt::format("&nam={}", query.year);
    if (!cursor.empty()) address += "&sau=" + web::percent_encoded(cursor);
    return address;
}

json::value pager_of(
    const registers::EntryQuery& query, const registers::EntryList& list, const web::Context& context
)
{
    if (query.cursor.empty() && list.next.empty()) return nullptr;
    json::value previous = nullptr;
    if (!query.cursor.empty()) previous = page_address(query, "");
    json::value next = nullptr;
    if (!list.next.empty()) next = page_address(query, list.next);
    const json::object words{{"count", list.rows.size()}};
    return json::object{
        {"range", context.say("civil_status.births.range", words)},
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

Result<Entry> read(
    const web::Request& request,
    const web::Context& context,
    registers::Reveal reveal,
    const std::string& reason
)
{
    const EntryId id{TRY(parse_id(request.value("entry")))};
    const auto reg = births(context);
    return context.database().write({}, [&](storage::Writer& db) {
        return registers::read_entry(db, act_of(context), office(context).keys, *reg, id, reveal, reason);
    });
}

json::object section(std::string title, json::array pairs)
{
    return {{"title", std::move(title)}, {"pairs", std::move(pairs)}};
}

json::array sections_of(const Register& reg, const Entry& entry, const web::Context& context)
{
    json::array sections;
    for (const auto* part : {"child", "mother", "father", "declarant"}) {
        auto pairs = field_pairs(reg, entry.fields, std::string(part) + "_", context);
        if (std::string_view(part) == "child")
            for (auto& pair : field_pairs(reg, entry.fields, "personal_number", context))
                pairs.push_back(std::move(pair));
        if (!pairs.empty())
            sections.push_back(
                section(context.say("civil_status.entry.part." + std::string(part)), std::move(pairs))
            );
    }
    json::array registration;
    for (const auto* id : {"registration_kind", "registered_on", "officer", "signer"})
        for (auto& pair : field_pairs(reg, entry.fields, id, context))
            registration.push_back(std::move(pair));
    sections.push_back(section(context.say("civil_status.entry.part.registration"), std::move(registration)));
    return sections;
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
                    {"decision", one.decision},
                    {"at", shown(one.noted_on)}});
            before[member.key()] = member.value();
        }
        if (one.fields.empty() && !completes)
            changes.push_back(json::object{
                {"what", context.say("civil_status.note." + one.kind)},
                {"old", ""},
                {"new", one.content},
                {"decision", one.decision},
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
            person_of(one->party, one->post, context),
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
    if (!entry.in_force) return chip("bad", "x", context.say("civil_status.births.not_in_force"));
    for (const auto& one : entry.notes)
        if (one.kind != "completion") return chip("warn", "pen", context.say("civil_status.entry.changed"));
    return chip("ok", "check", context.say("civil_status.entry.in_force"));
}

json::array actions_of(const Entry& entry, bool masked, const web::Context& context)
{
    json::array actions;
    const auto add = [&](std::string_view rest, std::string_view key, bool bad) {
        actions.push_back(json::object{
            {"href", entry_address(entry.id, rest)}, {"text", context.say(key)}, {"bad", bad}});
    };
    if (context.may("registers.extract") && entry.in_force)
        add("trich-luc", "civil_status.extract.title", false);
    if (masked) add("hien", "civil_status.reveal.title", false);
    actions.push_back(json::object{
        {"href", person_address({entry.id, "child"})},
        {"text", context.say("civil_status.person.title")},
        {"bad", false}});
    if (context.may("registers.enter") && entry.in_force) add("thay-doi", "civil_status.change.title", true);
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

web::Response draw_entry(const Entry& entry, bool masked, const web::Context& context)
{
    const auto reg = births(context);
    auto changes = changes_of(*reg, entry, context);
    const bool has_changes = !changes.empty();
    json::value warning = nullptr;
    if (!entry.in_force) warning = context.say("civil_status.entry.not_in_force_note");
    const json::object place{
        {"book", entry.book},
        {"year", entry.year},
        {"page", entry.page},
        {"agency", agency_of(entry, context)},
        {"day", shown(entry.registered_on)}};
    return web::render_desk(
        context,
        "civil_status/entry",
        {{"number", entry.printed},
         {"book", context.say("civil_status.entry.place", place)},
         {"name", shown_value(*reg, "child_full_name", entry.fields, context)},
         {"status", status_of(entry, context)},
         {"status_note", std::move(warning)},
         {"sections", sections_of(*reg, entry, context)},
         {"has_changes", has_changes},
         {"changes", std::move(changes)},
         {"events", events_of(entry, context)},
         {"actions", actions_of(entry, masked, context)},
         {"dossier_href", dossier_of(entry, context)}}
    );
}

std::string entry_name(const Entry& entry, const web::Context& context)
{
    return entry.printed + ", " + shown_value(*births(context), "child_full_name", entry.fields, context);
}

web::Response draw_reveal(
    const Entry& entry, const std::string& reason, std::vector<Problem> problems, const web::Context& context
)
{
    problems = placed(std::move(problems), "/reason");
    return draw_form(
        {.title = context.say("civil_status.reveal.title"),
         .subtitle = entry_name(entry, context),
         .back = entry_address(entry.id),
         .back_text = entry.printed,
         .action = entry_address(entry.id, "hien"),
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

std::vector<casework::Choice> note_kinds(const Register& reg, const web::Context& context)
{
    const auto& words = context.use<text::Catalogue>();
    std::vector<casework::Choice> kinds;
    for (const auto& kind : reg.note_kinds) {
        const std::string key = "civil_status.note." + kind;
        kinds.push_back({kind, {words.say(key, text::Language::vi), words.say(key, text::Language::en)}});
    }
    return kinds;
}

std::vector<casework::Choice> changeable(const Register& reg)
{
    std::vector<casework::Choice> fields;
    for (const auto& field : reg.fields)
        if (field.type == registers::FieldType::name || field.type == registers::FieldType::text ||
            field.type == registers::FieldType::day)
            fields.push_back({field.id, {field.title_vi, field.title_en}});
    return fields;
}

web::Response draw_change(
    const Entry& entry,
    const web::Request& request,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto reg = births(context);
    const auto say = speech(context);
    problems = placed(std::move(problems), "/decision");
    const auto plain = [&](const std::string& name) {
        const std::string key = "civil_status.change." + name;
        const std::string hint = key + "_hint";
        return casework::PlainField{
            .name = name,
            .label = say.say(key),
            .hint = say.words.contains(hint) ? say.say(hint) : "",
            .error = error_at(problems, "/" + name, context),
            .value = request.form.get(name),
            .length_max = 1000};
    };
    auto field = plain("field");
    field.optional = true;
    auto value = plain("value");
    value.optional = true;
    return draw_form(
        {.title = say.say("civil_status.change.title"),
         .subtitle = entry_name(entry, context),
         .back = entry_address(entry.id),
         .back_text = entry.printed,
         .action = entry_address(entry.id, "thay-doi"),
         .submit = say.say("civil_status.change.submit"),
         .bad = true,
         .fields =
             {casework::select_field(plain("kind"), note_kinds(*reg, context), say),
              casework::text_field(plain("decision")),
              casework::area_field(plain("content")),
              casework::select_field(field, changeable(*reg), say),
              casework::text_field(value)},
         .notes = {json::object{
             {"kind", "warn"}, {"icon", "alert"}, {"text", say.say("civil_status.change.note")}}},
         .problems = problems},
        context
    );
}

/// What the form says, or what is wrong with it.
struct Change {
    registers::NewNote note;
    std::vector<Problem> problems;
};
Change change_of(const Register& reg, EntryId entry, const web::Request& request)
{
    Change change{
        {.entry = entry,
         .kind = request.form.get("kind"),
         .decision = request.form.get("decision"),
         .content = request.form.get("content"),
         .fields = {}},
        {}};
    for (const auto* name : {"kind", "decision", "content"})
        if (request.form.get(name).empty())
            change.problems.push_back(
                {.code = "civil_status.change_needs_" + std::string(name),
                 .field = "/" + std::string(name),
                 .law = ""}
            );
    const auto id = request.form.get("field");
    const auto* field = reg.field(id);
    if (field == nullptr) return change;
    auto value = request.form.get("value");
    if (value.empty())
        change.problems.push_back({.code = "civil_status.change_needs_value", .field = "/value", .law = ""});
    if (field->type == registers::FieldType::day) {
        const auto day = typed_day(value);
        if (day)
            value = iso(day.value());
        else if (!value.empty())
            change.problems.push_back({.code = "base.bad_day", .field = "/value", .law = ""});
    }
    change.note.fields[id] = value;
    return change;
}

/// Certificates that say what the entry no longer says are not in force from here on; a completion adds to what they
/// leave blank and changes nothing they say.
Result<Done> end_papers(
    storage::Writer& db, const identity::Act& act, const Entry& entry, const registers::NewNote& note
)
{
    constexpr std::string_view certificate = "certificate";
    const bool annuls = note.kind == "annulment" || note.kind == "revocation";
    if (entry.dossier == 0 || note.kind == "completion" || (note.fields.empty() && !annuls)) return Done{};
    for (const auto& paper : documents::documents_of(db, {"dossier", entry.dossier}))
        if (paper.about.kind == certificate && paper.state == documents::DocumentState::issued)
            TRY(documents::void_document(db, act, paper.id, note.content, {}));
    return Done{};
}

}  // namespace

Result<web::Response> show_births(const web::Request& request, web::Context& context)
{
    const auto reg = births(context);
    const registers::EntryQuery query{
        .words = request.query.get("q"),
        .year = number_or(request.query.get("nam"), 0),
        .cursor = request.query.get("sau"),
        .limit = rows_per_page};
    const auto list = search(*reg, query, context);
    json::array rows;
    for (const auto& row : list.rows) rows.push_back(row_of(*reg, row, context));
    const bool none = rows.empty();
    const auto print_year = query.year == 0 ? year_of(context.today()) : query.year;
    const bool prints = context.may("registers.enter");
    return web::render_desk(
        context,
        "civil_status/births",
        {{"q", query.words},
         {"years", years_of(query.year, context)},
         {"count", rows.size()},
         {"none", none},
         {"rows", std::move(rows)},
         {"as_of", nullptr},
         {"print_href",
          prints ? json::value(fmt::format("{}/in?nam={}", list_address, print_year)) : json::value(nullptr)},
         {"pager", pager_of(query, list, context)}}
    );
}

Result<web::Response> show_entry(const web::Request& request, web::Context& context)
{
    return draw_entry(TRY(read(request, context, registers::Reveal::masked, "")), true, context);
}

Result<web::Response> show_reveal_entry(const web::Request& request, web::Context& context)
{
    return draw_reveal(TRY(read(request, context, registers::Reveal::masked, "")), "", {}, context);
}

Result<web::Response> reveal_entry(const web::Request& request, web::Context& context)
{
    const auto reason = request.form.get("reason");
    const auto clear = read(request, context, registers::Reveal::clear, reason);
    if (clear) return draw_entry(clear.value(), false, context);
    const auto entry = TRY(read(request, context, registers::Reveal::masked, ""));
    return draw_reveal(entry, reason, {clear.problem()}, context);
}

Result<web::Response> show_change(const web::Request& request, web::Context& context)
{
    const auto entry = TRY(read(request, context, registers::Reveal::masked, ""));
    return draw_change(entry, request, {}, context);
}

Result<web::Response> change_entry(const web::Request& request, web::Context& context)
{
    const auto entry = TRY(read(request, context, registers::Reveal::masked, ""));
    const auto reg = births(context);
    auto change = change_of(*reg, entry.id, request);
    if (!change.problems.empty()) return draw_change(entry, request, std::move(change.problems), context);
    const auto series = context.database().read([&](storage::Reader& db) {
        return registers::series_of_entry(db, entry.id);
    });
    const auto done =
        context.database().write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
            TRY(identity::require(db, context.actor(), "registers.enter", entry.agency, context.today()));
            TRY(registers::add_note(db, act_of(context), office(context).keys, *reg, change.note));
            return end_papers(db, act_of(context), entry, change.note);
        });
    if (!done) return draw_change(entry, request, {done.problem()}, context);
    return done_and_back(entry_address(entry.id), "flash.entry_changed");
}

}  // namespace thien_an::civil_status
