#include "systems/civil_status/extract_pages.h"

#include <fmt/format.h>

#include "engine/base/vietnamese.h"
#include "engine/crypto/hash.h"
#include "engine/documents/qr.h"
#include "engine/identity/agencies.h"
#include "engine/identity/delegations.h"
#include "engine/identity/units.h"
#include "engine/storage/idempotency.h"

#include "systems/civil_status/desk_extract.h"
#include "systems/civil_status/register_pages.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;

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
        if (folded(request.form.get(name)).empty())
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
    const web::Context& shown_in
)
{
    const auto context = shown_in.in(text::Language::vi);  // The paper; the bar above it is the reader's.
    const auto& reg = *book.reg;
    const json::object origin{
        {"register", reg.name_vi},
        {"number", entry.printed},
        {"agency", agency_of(entry, context)},
        {"day", shown(entry.registered_on)}};
    auto notes = note_lines(entry);
    auto signing = signing_of(context);
    const bool has_notes = !notes.empty();
    return shown_in.render(
        "civil_status/extract",
        {{"back", json::object{{"href", entry_address(reg, entry.id)}, {"text", entry.printed}}},
         {"org", upper(agency_of(entry, context))},
         {"number", context.say("civil_status.extract.number", json::object{{"number", given.number}})},
         {"place_date", place_and_day(entry, context)},
         {"kind", upper(reg.extract_name_vi)},
         {"pairs", field_pairs(reg, entry.fields, reg.extract_fields, context)},
         {"origin", context.say("civil_status.extract.origin", origin)},
         {"has_notes", has_notes},
         {"notes_title", context.say("civil_status.extract.notes")},
         {"notes", std::move(notes)},
         {"for", context.say("civil_status.extract.given_to", json::object{{"name", reader}})},
         {"sign_lines", std::move(signing.lines)},
         {"signer", signing.name},
         {"check", check_of(given, context)}}
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

}  // namespace thien_an::civil_status
