#include "systems/civil_status/births_print.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/crypto/hash.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"
#include "engine/identity/permissions.h"
#include "engine/identity/units.h"
#include "engine/storage/idempotency.h"

#include "systems/civil_status/entry_values.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;

constexpr std::string_view extract_series = "births.extracts";
constexpr std::int64_t book_pages_max = 50;

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

Result<Entry> read_masked(const web::Request& request, const web::Context& context)
{
    const EntryId id{TRY(parse_id(request.value("entry")))};
    const auto reg = births(context);
    return context.database().write({}, [&](storage::Writer& db) {
        return registers::read_entry(
            db, act_of(context), office(context).keys, *reg, id, registers::Reveal::masked, ""
        );
    });
}

std::string name_of(const Entry& entry, const web::Context& context)
{
    return shown_value(*births(context), "child_full_name", entry.fields, context);
}

web::Response draw_extract_form(
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
         .subtitle = entry.printed + ", " + name_of(entry, context),
         .back = entry_address(entry.id),
         .back_text = entry.printed,
         .action = entry_address(entry.id, "trich-luc"),
         .submit = say.say("civil_status.extract.submit"),
         .fields = {casework::text_field(
             {.name = "for",
              .label = say.say("civil_status.extract.for"),
              .hint = say.say("civil_status.extract.for_hint"),
              .error = error_at(problems, "/for", context),
              .value = request.form.get("for")}
         )},
         .problems = problems},
        context
    );
}

/// The number taken: "12/2016". The values are read again when the paper is shown, so that they are kept nowhere else.
Result<std::string> take_number(const Entry& entry, const web::Request& request, const web::Context& context)
{
    const auto reg = births(context);
    const auto extracts = registers::series_of(
        context.database(), context.ids(), extract_series, entry.agency, year_of(context.today())
    );
    const auto hash = crypto::sha256(request.form.get("for"));
    const auto taken = TRY(storage::once(
        context.database(),
        {registers::lock_of(extracts)},
        {.client = "account " + text_of(context.actor().account),
         .route = "POST " + request.path,
         .key = request.idempotency_key(),
         .body_hash = Bytes(hash.begin(), hash.end())},
        context.wall(),
        [&](storage::Writer& db) -> Result<storage::KeptAnswer> {
            TRY(identity::require(db, context.actor(), "registers.extract", entry.agency, context.today()));
            const auto made = TRY(
                registers::make_extract(db, act_of(context), office(context).keys, *reg, entry.id, extracts)
            );
            return storage::KeptAnswer{200, fmt::format("{}/{}", made.number, made.year), ""};
        }
    ));
    return taken.answer;
}

/// In clear for the paper, with its reason in the audit trail.
Result<Entry> read_clear(EntryId id, const std::string& reason, const web::Context& context)
{
    const auto reg = births(context);
    return context.database().write({}, [&](storage::Writer& db) {
        return registers::read_entry(
            db, act_of(context), office(context).keys, *reg, id, registers::Reveal::clear, reason
        );
    });
}

json::array extract_pairs(const Entry& entry, const web::Context& context)
{
    const auto reg = births(context);
    json::array pairs;
    for (const auto& id : reg->extract_fields)
        for (auto& pair : field_pairs(*reg, entry.fields, id, context))
            if (pair.as_object()["label"].as_string() == field_title(*reg->field(id), context))
                pairs.push_back(std::move(pair));
    return pairs;
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

web::Response draw_extract(
    const Entry& entry, const std::string& number, const std::string& reader, const web::Context& context
)
{
    const auto reg = births(context);
    const json::object origin{
        {"number", entry.printed},
        {"agency", agency_of(entry, context)},
        {"day", shown(entry.registered_on)}};
    auto notes = note_lines(entry);
    auto signing = signing_of(context);
    const bool has_notes = !notes.empty();
    return context.render(
        "civil_status/extract",
        {{"back", json::object{{"href", entry_address(entry.id)}, {"text", entry.printed}}},
         {"org", upper(agency_of(entry, context))},
         {"number",
          context.say(
              "civil_status.extract.number", json::object{{"number", number.substr(0, number.find('/'))}}
          )},
         {"place_date", place_and_day(entry, context)},
         {"kind", upper(reg->extract_name_vi)},
         {"pairs", extract_pairs(entry, context)},
         {"origin", context.say("civil_status.extract.origin", origin)},
         {"has_notes", has_notes},
         {"notes", std::move(notes)},
         {"for", context.say("civil_status.extract.given_to", json::object{{"name", reader}})},
         {"sign_lines", std::move(signing.lines)},
         {"signer", signing.name}}
    );
}

std::string joined(
    const registers::Register& reg,
    const Entry& entry,
    std::vector<std::string_view> ids,
    const web::Context& context
)
{
    std::string text;
    for (const auto id : ids)
        if (const auto value = shown_value(reg, id, entry.fields, context); !value.empty())
            text += (text.empty() ? "" : ", ") + value;
    return text;
}

json::object book_row(const registers::Register& reg, const Entry& entry, const web::Context& context)
{
    std::string notes;
    for (const auto& note : entry.notes)
        if (note.kind != "completion")
            notes += (notes.empty() ? "" : "; ") + note.decision + ": " + note.content;
    return {
        {"number", entry.printed},
        {"page", context.say("civil_status.book_print.page", json::object{{"page", entry.page}})},
        {"registered", shown(entry.registered_on)},
        {"child", upper(shown_value(reg, "child_full_name", entry.fields, context))},
        {"born",
         joined(
             reg,
             entry,
             {"child_born_on", "child_sex", "child_ethnicity", "child_nationality", "personal_number"},
             context
         )},
        {"place", joined(reg, entry, {"child_birthplace", "child_hometown"}, context)},
        {"mother",
         joined(
             reg,
             entry,
             {"mother_full_name",
              "mother_birth_year",
              "mother_ethnicity",
              "mother_nationality",
              "mother_residence"},
             context
         )},
        {"father",
         joined(
             reg,
             entry,
             {"father_full_name",
              "father_birth_year",
              "father_ethnicity",
              "father_nationality",
              "father_residence"},
             context
         )},
        {"requester",
         joined(reg, entry, {"declarant_full_name", "declarant_relation", "declarant_identity"}, context)},
        {"signs", joined(reg, entry, {"declarant_signed", "officer", "signer"}, context)},
        {"notes", notes}};
}

/// Entries of the agency's year from number `from` on, in order, in clear; the caller audits it once.
std::vector<Entry> entries_from(
    storage::Writer& db,
    const registers::Register& reg,
    std::int64_t year,
    std::int64_t from,
    const web::Context& context
)
{
    std::vector<Entry> entries;
    for (std::int64_t number = from; number < from + book_pages_max; ++number) {
        const auto id = registers::entry_numbered(db, reg.id, context.actor().agency, year, number);
        if (!id) break;  // Numbers have no gaps: this was the last one.
        auto entry = registers::find_entry(db, office(context).keys, reg, *id);
        if (!entry) break;
        entries.push_back(std::move(entry).value());
    }
    return entries;
}

}  // namespace

Result<web::Response> show_extract_form(const web::Request& request, web::Context& context)
{
    return draw_extract_form(TRY(read_masked(request, context)), request, {}, context);
}

Result<web::Response> make_extract(const web::Request& request, web::Context& context)
{
    const auto entry = TRY(read_masked(request, context));
    const auto reader = request.form.get("for");
    if (reader.empty())
        return draw_extract_form(
            entry, request, {{.code = "civil_status.extract_for_missing", .field = "", .law = ""}}, context
        );
    const auto number = take_number(entry, request, context);
    if (!number) return draw_extract_form(entry, request, {number.problem()}, context);
    const auto clear =
        TRY(read_clear(entry.id, context.say("civil_status.extract.title") + " " + number.value(), context));
    return draw_extract(clear, number.value(), reader, context);
}

Result<web::Response> print_book(const web::Request& request, web::Context& context)
{
    const auto reg = births(context);
    const auto year = number_or(request.query.get("nam"), year_of(context.today()));
    const auto from = std::max<std::int64_t>(number_or(request.query.get("tu"), 1), 1);
    std::vector<Entry> entries;
    TRY(context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        TRY(identity::require(db, context.actor(), "registers.enter", context.actor().agency, context.today())
        );
        entries = entries_from(db, *reg, year, from, context);
        identity::audit(
            db,
            act_of(context),
            {.what = "register.print",
             .subject = "register",
             .about = {},
             .agency = {},
             .reason = "",
             .detail = {{"register", reg->id}, {"year", year}, {"from", from}, {"entries", entries.size()}}}
        );
        return Done{};
    }));
    json::array rows;
    for (const auto& entry : entries) rows.push_back(book_row(*reg, entry, context));
    const bool more = entries.size() == std::size_t(book_pages_max);
    json::value next = nullptr;
    if (more) next = fmt::format("/ban-lam-viec/so/khai-sinh/in?nam={}&tu={}", year, from + book_pages_max);
    const auto book = entries.empty() ? 1 : entries.front().book;
    const json::object words{{"book", book}, {"year", year}};
    std::string agency;
    for (const auto& post : context.session()->posts)
        if (post.post == context.actor().post) agency = post.agency_name;
    return context.render(
        "civil_status/book_print",
        {{"heading", upper(reg->name_vi)},
         {"agency", upper(agency)},
         {"book", context.say("civil_status.book_print.book", words)},
         {"opened", context.say("civil_status.book_print.opened", json::object{{"year", year}})},
         {"closing", nullptr},
         {"page_count",
          context.say("civil_status.book_print.count", json::object{{"count", entries.size()}})},
         {"next", std::move(next)},
         {"entries", std::move(rows)}}
    );
}

}  // namespace thien_an::civil_status
