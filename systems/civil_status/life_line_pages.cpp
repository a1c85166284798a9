#include "systems/civil_status/life_line_pages.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/web/url.h"

#include "systems/civil_status/desk.h"
#include "systems/civil_status/life_line_reading.h"
#include "systems/civil_status/match_words.h"

namespace thien_an::civil_status {
namespace {

using registers::PersonLink;
using registers::PersonMatch;
using registers::PersonRef;

constexpr std::string_view people_address = "/ban-lam-viec/nguoi";
constexpr int found_max = 50;
constexpr int alike_max = 10;

Problem no_such_person() { return {.code = "registers.no_such_person", .field = "", .law = ""}; }

Result<PersonRef> person_in(const web::Request& request, std::string_view entry, std::string_view role)
{
    return PersonRef{{TRY(parse_id(request.value(entry)))}, request.value(role)};
}

json::value entry_page(const registers::Register& reg, registers::EntryId entry)
{
    const auto page = json::string_or(reg.source, "page");
    if (page.empty()) return nullptr;
    return json::value("/ban-lam-viec/so/" + page + "/" + text_of(entry));
}

/// As it is called today, or was on the day of the event when it is no more.
std::string agency_name(
    storage::Reader& db,
    registers::AgencyId agency,
    const std::optional<Day>& event_on,
    const web::Context& context
)
{
    auto found = identity::agency_on(db, agency, context.today());
    if (!found && event_on) found = identity::agency_on(db, agency, *event_on);
    if (!found) return "";
    const bool english = context.language() == text::Language::en;
    return english && !found.value().name_en.empty() ? found.value().name_en : found.value().name_vi;
}

std::string birth_said(const std::optional<Day>& born_on, std::int64_t born_year)
{
    if (born_on) return shown(*born_on);
    return born_year == 0 ? "" : std::to_string(born_year);
}

/// The sentence for a role or kind; the name itself where the catalogue has none.
std::string said_or(const std::string& key, const std::string& otherwise, const web::Context& context)
{
    const auto& words = context.use<text::Catalogue>();
    return words.contains(key) ? context.say(key) : otherwise;
}

std::string role_said(const std::string& role, const web::Context& context)
{
    return said_or("civil_status.role." + role, role, context);
}

/// What is known of a person's line, and who of it the actor may read.
struct Line {
    std::vector<LifeEvent> events;
    std::vector<bool> readable;
    std::vector<PersonMatch> alike;  ///< Those the actor may read.
    std::size_t alike_hidden = 0;
    std::vector<PersonLink> links;
};

bool may_read(storage::Reader& db, const web::Context& context, registers::AgencyId agency)
{
    return identity::may(db, context.actor(), "registers.read", agency, context.today());
}

/// Reads the line and writes down that it was read, for each entry shown.
Result<Line> read_line(const LifeRegisters& all, const PersonRef& person, const web::Context& context)
{
    return context.database().write({}, [&](storage::Writer& db) -> Result<Line> {
        Line line;
        line.events = life_line(db, office(context).keys, all, person);
        const auto self = registers::find_person(db, all.list(), person);
        if (!self || !may_read(db, context, self->agency)) return no_such_person();
        for (const auto& event : line.events) {
            line.readable.push_back(may_read(db, context, event.agency));
            if (!line.readable.back()) continue;
            identity::audit(
                db,
                act_of(context),
                {.what = "register.person",
                 .subject = "register_entry",
                 .subject_id = event.person.entry.value,
                 .about = {},
                 .agency = event.agency,
                 .reason = "",
                 .detail = {{"register", event.register_id}, {"role", event.role}}}
            );
            for (auto& link : registers::links_of(db, event.person))
                if (std::none_of(line.links.begin(), line.links.end(), [&](const PersonLink& l) {
                        return l.id == link.id;
                    }))
                    line.links.push_back(std::move(link));
        }
        if (const auto* matching = all.matching())
            for (auto& match : registers::persons_like(db, all.list(), *matching, person, alike_max)) {
                const bool known =
                    std::any_of(line.events.begin(), line.events.end(), [&](const LifeEvent& e) {
                        return e.person == match.person;
                    });
                if (known) continue;
                if (may_read(db, context, match.agency))
                    line.alike.push_back(std::move(match));
                else
                    ++line.alike_hidden;
            }
        return line;
    });
}

json::array events_shown(const LifeRegisters& all, const Line& line, const web::Context& context)
{
    json::array out;
    context.database().read([&](storage::Reader& db) {
        for (std::size_t i = 0; i < line.events.size(); ++i) {
            const auto& event = line.events[i];
            if (!line.readable[i]) continue;
            json::value note = nullptr;
            if (!event.in_force) note = context.say("civil_status.births.not_in_force");
            const auto* reg = all.named(event.register_id);
            out.push_back(json::object{
                {"on", event.on ? shown(*event.on) : ""},
                {"what", said_or("civil_status.life." + event.kind, event.kind, context)},
                {"role", role_said(event.role, context)},
                {"name", event.name},
                {"with", event.with},
                {"number", event.printed},
                {"href", reg == nullptr ? json::value(nullptr) : entry_page(*reg, event.person.entry)},
                {"agency", agency_name(db, event.agency, event.on, context)},
                {"note", std::move(note)}});
        }
    });
    return out;
}

/// What is told of a person rests on entries the actor may read, and tells nothing of the others.
std::vector<LifeEvent> readable_events(const Line& line)
{
    std::vector<LifeEvent> out;
    for (std::size_t i = 0; i < line.events.size(); ++i)
        if (line.readable[i]) out.push_back(line.events[i]);
    return out;
}

json::array contradictions_shown(const Line& line, const web::Context& context)
{
    json::array out;
    for (const auto& one : contradictions(readable_events(line)))
        out.push_back(json::object{{"text", context.say("civil_status.contradiction." + one.code, one.words)}}
        );
    return out;
}

json::object match_shown(
    const LifeRegisters& all,
    const PersonMatch& match,
    const PersonRef* link_with,
    const web::Context& context
)
{
    json::value chip = nullptr;
    if (const auto* matching = all.matching(); matching != nullptr && match.score >= matching->possible)
        chip = match_chip(match.score, *matching, context);
    json::value link = nullptr;
    if (link_with != nullptr && context.may("registers.enter"))
        link = person_address(*link_with, "ghep/" + text_of(match.person.entry) + "/" + match.person.role);
    const auto* reg = all.named(match.register_id);
    const auto agency = context.database().read([&](storage::Reader& db) {
        return agency_name(db, match.agency, match.event_on, context);
    });
    const bool english = context.language() == text::Language::en && reg != nullptr && !reg->name_en.empty();
    auto name = match.name;
    if (match.former) name += " (" + context.say("civil_status.person.former") + ")";
    return {
        {"name", std::move(name)},
        {"href", person_address(match.person)},
        {"born", birth_said(match.born_on, match.born_year)},
        {"role", role_said(match.person.role, context)},
        {"where",
         (reg == nullptr ? ""
          : english      ? reg->name_en
                         : reg->name_vi) +
             ", " + agency},
        {"likeness", std::move(chip)},
        {"why", why_said(match.why, context)},
        {"link_href", std::move(link)}};
}

json::array links_shown(const PersonRef& person, const Line& line, const web::Context& context)
{
    json::array out;
    for (const auto& link : line.links) {
        json::value undo = nullptr;
        if (context.may("registers.enter")) undo = person_address(person, "go/" + std::to_string(link.id));
        const json::object words{{"at", shown(link.linked_at)}, {"reason", link.reason}};
        out.push_back(json::object{
            {"text", context.say("civil_status.person.linked", words)}, {"undo_href", std::move(undo)}});
    }
    return out;
}

std::string marital_said(const Line& line, const web::Context& context)
{
    const auto state = marital_state(readable_events(line), context.today());
    if (state.dead) return context.say("civil_status.marital.dead");
    return context.say("civil_status.marital." + std::string(text_of(state.state)));
}

/// What a search says, or nothing when none was asked.
std::optional<registers::PersonSearch> search_in(const web::Request& request)
{
    registers::PersonSearch search;
    search.who.name = request.query.get("ten");
    search.who.paper = request.query.get("so");
    search.who.mother = request.query.get("me");
    search.who.father = request.query.get("cha");
    search.who.sex = request.query.get("gioi");
    if (const auto day = typed_day(request.query.get("ngay"))) search.who.born_on = day.value();
    search.born_from = number_or(request.query.get("tu"), 0);
    search.born_to = number_or(request.query.get("den"), 0);
    search.subjects_only = request.query.get("moi").empty();
    if (search.who.name.empty() && search.who.paper.empty()) return std::nullopt;
    return search;
}

/// What of a search was not understood, for the person; "" when all was.
std::string not_searched(
    const web::Request& request,
    const std::optional<registers::PersonSearch>& search,
    const web::Context& context
)
{
    const auto typed = [&](const char* name) { return request.query.get(name); };
    const auto is_year = [](const std::string& text) { return text.empty() || number_or(text, 0) > 0; };
    const auto from = number_or(typed("tu"), 0);
    const auto to = number_or(typed("den"), 0);
    if (!typed("ngay").empty() && !typed_day(typed("ngay")))
        return context.say("civil_status.people.bad_day", json::object{{"typed", typed("ngay")}});
    if (!is_year(typed("tu")) || !is_year(typed("den")) || (from != 0 && to != 0 && from > to))
        return context.say("civil_status.people.bad_years");
    for (const auto* name : {"me", "cha", "ngay", "tu", "den", "gioi"})
        if (!search && !typed(name).empty()) return context.say("civil_status.people.name_or_number");
    return "";
}

std::vector<PersonMatch> found_by(
    const LifeRegisters& all, const registers::PersonSearch& search, const web::Context& context
)
{
    std::vector<PersonMatch> found;
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        found.clear();
        if (const auto* matching = all.matching())
            found = registers::search_persons(
                db,
                office(context).keys,
                context.actor(),
                context.today(),
                all.list(),
                *matching,
                search,
                found_max
            );
        // What was looked for by kind, never the words.
        identity::audit(
            db,
            act_of(context),
            {.what = "register.find_person",
             .subject = "register",
             .about = {},
             .agency = {},
             .reason = "",
             .detail = {{"rows", found.size()}, {"by_number", !search.who.paper.empty()}}}
        );
        return Done{};
    });
    if (!done) throw std::logic_error("the audit of a search was refused");
    return found;
}

web::Response draw_link(
    const PersonRef& person,
    const std::string& action,
    std::string_view what,
    const std::string& reason,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    problems = placed(std::move(problems), "/reason");
    const std::string key = "civil_status.person." + std::string(what);
    return draw_form(
        {.title = context.say(key),
         .back = person_address(person),
         .back_text = context.say("civil_status.person.title"),
         .action = action,
         .submit = context.say(key + "_submit"),
         .fields = {casework::area_field(
             {.name = "reason",
              .label = context.say("civil_status.person.reason"),
              .error = error_at(problems, "/reason", context),
              .value = reason,
              .length_max = 500},
             2
         )},
         .notes = {json::object{{"kind", "info"}, {"icon", "info"}, {"text", context.say(key + "_note")}}},
         .problems = problems},
        context
    );
}

std::string link_action(const PersonRef& person, const PersonRef& other)
{
    return person_address(person, "ghep/" + text_of(other.entry) + "/" + other.role);
}

}  // namespace

std::string person_address(const PersonRef& person, std::string_view rest)
{
    auto address = fmt::format("{}/{}/{}", people_address, text_of(person.entry), person.role);
    if (!rest.empty()) address += "/" + std::string(rest);
    return address;
}

Result<web::Response> show_people(const web::Request& request, web::Context& context)
{
    const LifeRegisters all(office(context).packs);
    auto search = search_in(request);
    auto note = not_searched(request, search, context);
    if (!note.empty()) search.reset();
    json::array rows;
    if (search)
        for (const auto& match : found_by(all, *search, context))
            rows.push_back(match_shown(all, match, nullptr, context));
    const bool none = search && rows.empty();
    const auto typed = [&](const char* name) { return json::value(request.query.get(name)); };
    const auto sex = request.query.get("gioi");
    return web::render_desk(
        context,
        "civil_status/people",
        {{"name", typed("ten")},
         {"number", typed("so")},
         {"born_on", typed("ngay")},
         {"from", typed("tu")},
         {"to", typed("den")},
         {"mother", typed("me")},
         {"father", typed("cha")},
         {"is_male", sex == "male"},
         {"is_female", sex == "female"},
         {"everybody", !request.query.get("moi").empty()},
         {"note", std::move(note)},
         {"asked", search.has_value()},
         {"none", none},
         {"has_rows", !rows.empty()},
         {"rows", std::move(rows)}}
    );
}

Result<web::Response> show_person(const web::Request& request, web::Context& context)
{
    const auto person = TRY(person_in(request, "entry", "role"));
    const LifeRegisters all(office(context).packs);
    const auto line = TRY(read_line(all, person, context));
    const auto self = std::find_if(line.events.begin(), line.events.end(), [&](const LifeEvent& e) {
        return e.person == person;
    });
    if (self == line.events.end()) return no_such_person();
    auto faults = contradictions_shown(line, context);
    json::array alike;
    for (const auto& match : line.alike) alike.push_back(match_shown(all, match, &person, context));
    const auto hidden =
        std::size_t(std::count(line.readable.begin(), line.readable.end(), false)) + line.alike_hidden;
    json::value elsewhere = nullptr;
    if (hidden > 0) elsewhere = context.say("civil_status.person.elsewhere", json::object{{"count", hidden}});
    auto links = links_shown(person, line, context);
    return web::render_desk(
        context,
        "civil_status/person",
        {{"name", self->name},
         {"born", birth_said(self->born_on, self->born_year)},
         {"marital", marital_said(line, context)},
         {"has_contradictions", !faults.empty()},
         {"contradictions", std::move(faults)},
         {"events", events_shown(all, line, context)},
         {"elsewhere", std::move(elsewhere)},
         {"has_alike", !alike.empty()},
         {"alike", std::move(alike)},
         {"has_links", !links.empty()},
         {"links", std::move(links)}}
    );
}

Result<web::Response> show_link(const web::Request& request, web::Context& context)
{
    const auto person = TRY(person_in(request, "entry", "role"));
    const auto other = TRY(person_in(request, "other", "other_role"));
    return draw_link(person, link_action(person, other), "link", "", {}, context);
}

Result<web::Response> link_person(const web::Request& request, web::Context& context)
{
    const auto person = TRY(person_in(request, "entry", "role"));
    const auto other = TRY(person_in(request, "other", "other_role"));
    const auto reason = request.form.get("reason");
    const LifeRegisters all(office(context).packs);
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<std::int64_t> {
        for (const auto& one : {person, other}) {
            const auto found = registers::find_person(db, all.list(), one);
            if (!found || !may_read(db, context, found->agency)) return no_such_person();
        }
        return registers::link_persons(db, act_of(context), all.list(), person, other, reason);
    });
    if (!done)
        return draw_link(person, link_action(person, other), "link", reason, {done.problem()}, context);
    return done_and_back(person_address(person), "flash.persons_linked");
}

Result<web::Response> show_unlink(const web::Request& request, web::Context& context)
{
    const auto person = TRY(person_in(request, "entry", "role"));
    return draw_link(
        person, person_address(person, "go/" + request.value("link")), "unlink", "", {}, context
    );
}

Result<web::Response> unlink_person(const web::Request& request, web::Context& context)
{
    const auto person = TRY(person_in(request, "entry", "role"));
    const auto link = TRY(parse_id(request.value("link")));
    const auto reason = request.form.get("reason");
    const LifeRegisters all(office(context).packs);
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        const auto found = registers::find_person(db, all.list(), person);
        if (!found || !may_read(db, context, found->agency)) return no_such_person();
        return registers::unlink_persons(db, act_of(context), link, reason);
    });
    const auto action = person_address(person, "go/" + text_of(Id<struct LinkTag>{link}));
    if (!done) return draw_link(person, action, "unlink", reason, {done.problem()}, context);
    return done_and_back(person_address(person), "flash.persons_unlinked");
}

}  // namespace thien_an::civil_status
