#include "systems/civil_status/register_notes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/identity/permissions.h"
#include "engine/registers/openings.h"
#include "engine/registers/proposals.h"
#include "engine/web/ascii.h"

#include "systems/civil_status/birth_rules.h"
#include "systems/civil_status/old_books_values.h"
#include "systems/civil_status/population.h"
#include "systems/civil_status/register_pages.h"

namespace thien_an::civil_status {
namespace {

using registers::Entry;
using registers::EntryId;
using registers::Register;

constexpr std::size_t note_letters_max = 1000;
constexpr std::string_view queue_address = "/ban-lam-viec/so/cho-duyet";

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

/// What the registration itself says (who entered it, when, how it was signed) no note changes.
bool of_the_registration(std::string_view field)
{
    constexpr std::array fixed{"registered_on", "officer", "signer", "registration_kind", "circumstance"};
    return std::find(fixed.begin(), fixed.end(), field) != fixed.end();
}

/// Fields a note may change; what is sealed only while the reader holds an opening of the entry.
std::vector<casework::Choice> changeable(const Register& reg, const Entry& entry, const web::Context& context)
{
    const bool opened = context.database().read([&](storage::Reader& db) {
        return registers::holds_opening(db, act_of(context), entry.id);
    });
    std::vector<casework::Choice> fields;
    for (const auto& field : reg.fields)
        if (field.type != registers::FieldType::choice && !of_the_registration(field.id) &&
            (!field.sealed || opened))
            fields.push_back({field.id, {field.title_vi, field.title_en}});
    return fields;
}

web::Response draw_change(
    const Book& book,
    const Entry& entry,
    const web::Request& request,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto& reg = *book.reg;
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
    const auto optional = [&](const std::string& name) {
        auto field = plain(name);
        field.optional = true;
        return field;
    };
    return draw_form(
        {.title = say.say("civil_status.change.title"),
         .subtitle = entry_heading(reg, entry, context),
         .back = entry_address(reg, entry.id),
         .back_text = entry.printed,
         .action = entry_address(reg, entry.id, "ghi-chu"),
         .submit = say.say("civil_status.change.submit"),
         .fields =
             {casework::select_field(plain("kind"), note_kinds(reg, context), say),
              casework::text_field(plain("decision")),
              casework::text_field(optional("evidence")),
              casework::area_field(plain("content")),
              casework::select_field(optional("field"), changeable(reg, entry, context), say),
              casework::text_field(optional("value"))},
         .notes = {json::object{
             {"kind", "info"}, {"icon", "info"}, {"text", say.say("civil_status.change.note")}}},
         .problems = problems},
        context
    );
}

Problem wrong_value(std::string code) { return {.code = std::move(code), .field = "/value", .law = ""}; }

/// What was typed as the register keeps it: a day, a code for its words, a number. Problems "base.bad_day",
/// "civil_status.value_in_future", "civil_status.not_a_code" (words field), "civil_status.not_a_number",
/// "civil_status.value_of_another_form", "civil_status.name_not_allowed".
Result<json::value> noted_value(
    const Register& reg,
    const registers::RegisterField& field,
    const std::string& typed,
    const web::Context& context
)
{
    using registers::FieldType;
    auto kept = kept_text(reg, field.id, typed, context);
    if (field.type == FieldType::day) {
        const auto day = typed_day(typed);
        if (!day) return wrong_value("base.bad_day");
        if (day.value() > context.today()) return wrong_value("civil_status.value_in_future");
        return json::value(iso(day.value()));
    }
    if (field.type == FieldType::integer) {
        std::int64_t number = 0;
        const auto* end = typed.data() + typed.size();
        const auto read = std::from_chars(typed.data(), end, number);
        if (read.ec != std::errc{} || read.ptr != end) return wrong_value("civil_status.not_a_number");
        return json::value(number);
    }
    if (field.type == FieldType::code) {
        const auto* codes = office(context).codes.find(field.codes, context.today());
        const bool known =
            codes != nullptr &&
            std::any_of(codes->begin(), codes->end(), [&](const auto& one) { return one.value == kept; });
        if (!known) return wrong_value("civil_status.not_a_code");
    }
    if (field.type == FieldType::name && !name_allowed(kept))
        return wrong_value("civil_status.name_not_allowed");
    if (field.id == "personal_number" && !has_form_of_personal_number(kept))
        return wrong_value("civil_status.value_of_another_form");
    return json::value(std::move(kept));
}

/// What the form says, or what is wrong with it.
struct Change {
    registers::NewNote note;
    std::vector<Problem> problems;
};
Change change_of(
    const Register& reg, const Entry& entry, const web::Request& request, const web::Context& context
)
{
    const auto said = [&](std::string_view name) {
        return std::string(web::trimmed(request.form.get(name)));
    };
    Change change{
        {.entry = entry.id,
         .kind = said("kind"),
         .decision = said("decision"),
         .content = said("content"),
         .fields = {},
         .evidence = said("evidence")},
        {}};
    const auto wrong = [&](std::string code, const std::string& name) {
        change.problems.push_back({.code = std::move(code), .field = "/" + name, .law = ""});
    };
    for (const std::string name : {"kind", "decision", "content"})
        if (said(name).empty()) wrong("civil_status.change_needs_" + name, name);
    for (const std::string name : {"decision", "content", "evidence", "value"})
        if (letters(said(name)) > note_letters_max) wrong("civil_status.change_too_long", name);
    const auto& kinds = reg.note_kinds;
    if (!change.note.kind.empty() && std::find(kinds.begin(), kinds.end(), change.note.kind) == kinds.end())
        wrong("civil_status.change_needs_kind", "kind");
    const auto id = said("field");
    const auto typed = said("value");
    if (id.empty()) {
        if (!typed.empty()) wrong("civil_status.change_needs_field", "field");
        return change;
    }
    const auto offered = changeable(reg, entry, context);
    if (std::none_of(offered.begin(), offered.end(), [&](const auto& one) { return one.value == id; }))
        wrong("civil_status.change_needs_field", "field");
    else if (typed.empty())
        wrong("civil_status.change_needs_value", "value");
    else if (auto value = noted_value(reg, *reg.field(id), typed, context))
        change.note.fields[id] = std::move(value).value();
    else
        change.problems.push_back(value.problem());
    return change;
}

/// One thing to decide by a second person: what it says, and yes or no with the reason.
struct Decision {
    std::string title;
    std::string subtitle;
    std::string action;
    json::array pairs;
    std::string yes;  ///< Key of the word.
    std::string no;
    std::vector<Problem> problems;
};
web::Response draw_decision(Decision it, const web::Request& request, const web::Context& context)
{
    const auto say = speech(context);
    const auto& words = context.use<text::Catalogue>();
    const auto choice = [&](const char* value, const std::string& key) {
        return casework::Choice{
            value, {words.say(key, text::Language::vi), words.say(key, text::Language::en)}};
    };
    auto problems = placed(std::move(it.problems), "/why");
    return draw_form(
        {.title = it.title,
         .subtitle = it.subtitle,
         .back = std::string(queue_address),
         .back_text = context.say("civil_status.queue.title"),
         .action = it.action,
         .submit = context.say("civil_status.queue.submit"),
         .fields =
             {casework::select_field(
                  {.name = "answer",
                   .label = context.say("civil_status.queue.answer"),
                   .error = error_at(problems, "/answer", context),
                   .value = request.form.get("answer")},
                  {choice("yes", it.yes), choice("no", it.no)},
                  say
              ),
              casework::area_field(
                  {.name = "why",
                   .label = context.say("civil_status.queue.why"),
                   .hint = context.say("civil_status.queue.why_hint"),
                   .error = error_at(problems, "/why", context),
                   .value = request.form.get("why"),
                   .length_max = 500,
                   .optional = true},
                  2
              )},
         .pairs = std::move(it.pairs),
         .problems = problems},
        context
    );
}

/// Problem "civil_status.answer_missing".
Result<bool> answer_of(const web::Request& request)
{
    const auto answer = request.form.get("answer");
    if (answer != "yes" && answer != "no")
        return Problem{.code = "civil_status.answer_missing", .field = "/answer", .law = ""};
    return answer == "yes";
}

json::object pair(const web::Context& context, std::string_view key, std::string value)
{
    return casework::pair_values(context.say(key), std::move(value), false);
}

json::array proposal_pairs(
    const Register& reg, const Entry& entry, const registers::Proposal& one, const web::Context& context
)
{
    json::array pairs;
    pairs.push_back(
        pair(context, "civil_status.change.kind", context.say("civil_status.note." + one.note.kind))
    );
    pairs.push_back(pair(context, "civil_status.change.decision", one.note.decision));
    if (!one.note.evidence.empty())
        pairs.push_back(pair(context, "civil_status.change.evidence", one.note.evidence));
    pairs.push_back(pair(context, "civil_status.change.content", one.note.content));
    const bool opened = context.database().read([&](storage::Reader& db) {
        return registers::holds_opening(db, act_of(context), entry.id);
    });
    for (const auto& member : one.note.fields)
        if (const auto* field = reg.field(std::string_view(member.key())); field != nullptr) {
            if (field->sealed && !opened) {
                pairs.push_back(casework::pair_values(
                    field_title(*field, context), context.say("civil_status.change.sealed"), false
                ));
                continue;
            }
            pairs.push_back(casework::pair_values(
                field_title(*field, context),
                context.say(
                    "civil_status.change.from_to",
                    json::object{
                        {"old", shown_value(reg, field->id, entry.fields, context)},
                        {"new", shown_value(reg, field->id, one.note.fields, context)}}
                ),
                true
            ));
        }
    pairs.push_back(
        pair(context, "civil_status.queue.prepared", person_of(one.asked_by, one.asked_as, context))
    );
    return pairs;
}

Result<registers::Proposal> proposal_at(const web::Request& request, const web::Context& context)
{
    const registers::ProposalId id{TRY(parse_id(request.value("proposal")))};
    return context.database().read([&](storage::Reader& db) {
        return registers::find_proposal(db, office(context).keys, id);
    });
}

Result<web::Response> proposal_page(
    const Book& book, const web::Request& request, web::Context& context, std::vector<Problem> problems
)
{
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    const auto one = TRY(proposal_at(request, context));
    if (one.note.entry != entry.id)
        return Problem{.code = "registers.no_such_proposal", .field = "", .law = ""};
    return draw_decision(
        {.title = context.say("civil_status.queue.note_title"),
         .subtitle = entry_heading(*book.reg, entry, context),
         .action = entry_address(*book.reg, entry.id, "ghi-chu/" + text_of(one.id)),
         .pairs = proposal_pairs(*book.reg, entry, one, context),
         .yes = "civil_status.queue.approve",
         .no = "civil_status.queue.refuse",
         .problems = std::move(problems)},
        request,
        context
    );
}

json::object opening_row(const registers::Opening& one, const web::Context& context)
{
    std::string state = "waits";
    if (one.decided_at) state = one.granted ? "granted" : "refused";
    const json::object words{{"until", one.open_until ? shown(*one.open_until) : ""}, {"why", one.why}};
    return {
        {"at", shown(one.asked_at)},
        {"who", person_of(one.asked_by, one.asked_as, context)},
        {"reason", one.reason},
        {"second", one.decided_at ? person_of(one.decided_by, one.decided_as, context) : ""},
        {"state", context.say("civil_status.seal.state." + state, words)}};
}

Result<web::Response> seal_page(
    const Book& book, const web::Request& request, web::Context& context, std::vector<Problem> problems
)
{
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    constexpr int openings_max = 20;
    const auto [openings, held] = context.database().read([&](storage::Reader& db) {
        return std::pair(
            registers::openings_of(db, entry.id, openings_max),
            registers::holds_opening(db, act_of(context), entry.id)
        );
    });
    json::array rows;
    bool waits = false;
    for (const auto& one : openings) {
        waits = waits || (!one.decided_at && one.asked_by == context.actor().party);
        auto row = opening_row(one, context);
        const bool decides = !one.decided_at && context.may("registers.open_sealed");
        row["href"] = decides
                          ? json::value(entry_address(*book.reg, entry.id, "niem-phong/" + text_of(one.id)))
                          : json::value(nullptr);
        rows.push_back(std::move(row));
    }
    problems = placed(std::move(problems), "/reason");
    const bool none = rows.empty();
    return web::render_desk(
        context,
        "civil_status/seal",
        {{"back", json::object{{"href", entry_address(*book.reg, entry.id)}, {"text", entry.printed}}},
         {"subtitle", entry_heading(*book.reg, entry, context)},
         {"error_summary", casework::error_summary({}, problems, speech(context))},
         {"held", held},
         {"asks", !held && !waits},
         {"open_href", entry_address(*book.reg, entry.id, "hien")},
         {"action", entry_address(*book.reg, entry.id, "niem-phong")},
         {"fields",
          json::array{casework::area_field(
              {.name = "reason",
               .label = context.say("civil_status.seal.reason"),
               .hint = context.say("civil_status.seal.reason_hint"),
               .error = error_at(problems, "/reason", context),
               .value = request.form.get("reason"),
               .length_max = 500},
              2
          )}},
         {"none", none},
         {"rows", std::move(rows)}},
        problems.empty() ? 200 : 422
    );
}

Result<registers::Opening> opening_at(const web::Request& request, const web::Context& context)
{
    const registers::OpeningId id{TRY(parse_id(request.value("opening")))};
    return context.database().read([&](storage::Reader& db) { return registers::find_opening(db, id); });
}

Result<web::Response> opening_page(
    const Book& book, const web::Request& request, web::Context& context, std::vector<Problem> problems
)
{
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    const auto one = TRY(opening_at(request, context));
    if (one.entry != entry.id) return Problem{.code = "registers.no_such_opening", .field = "", .law = ""};
    json::array pairs{
        pair(context, "civil_status.seal.asked_by", person_of(one.asked_by, one.asked_as, context)),
        pair(context, "civil_status.seal.reason", one.reason)};
    return draw_decision(
        {.title = context.say("civil_status.seal.decide_title"),
         .subtitle = entry_heading(*book.reg, entry, context),
         .action = entry_address(*book.reg, entry.id, "niem-phong/" + text_of(one.id)),
         .pairs = std::move(pairs),
         .yes = "civil_status.seal.grant",
         .no = "civil_status.seal.refuse",
         .problems = std::move(problems)},
        request,
        context
    );
}

}  // namespace

Result<web::Response> show_change(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    return draw_change(book, entry, request, {}, context);
}

Result<web::Response> propose_change(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto entry = TRY(read_for_page(book, request, context, registers::Reveal::masked));
    auto change = change_of(*book.reg, entry, request, context);
    if (!change.problems.empty())
        return draw_change(book, entry, request, std::move(change.problems), context);
    const auto done = context.database().write({}, [&](storage::Writer& db) {
        return registers::propose_note(db, act_of(context), office(context).keys, *book.reg, change.note);
    });
    if (!done) return draw_change(book, entry, request, {done.problem()}, context);
    return done_and_back(entry_address(*book.reg, entry.id), "flash.note_proposed");
}

Result<web::Response> show_proposal(const web::Request& request, web::Context& context)
{
    return proposal_page(TRY(book_of(request, context)), request, context, {});
}

Result<web::Response> decide_change(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto proposal = TRY(proposal_at(request, context));
    const auto answer = answer_of(request);
    if (!answer) return proposal_page(book, request, context, {answer.problem()});
    const bool approve = answer.value();
    const auto series = context.database().read([&](storage::Reader& db) {
        return registers::series_of_entry(db, proposal.note.entry);
    });
    const auto done =
        context.database().write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
            TRY(registers::decide_proposal(
                db,
                act_of(context),
                office(context).keys,
                *book.reg,
                proposal.id,
                approve,
                request.form.get("why")
            ));
            if (!approve) return Done{};
            const auto entry =
                TRY(registers::find_entry(db, office(context).keys, *book.reg, proposal.note.entry));
            return office(context).subscribers.tell(
                db,
                act_of(context),
                "registers.noted",
                json::object{{"register", book.reg->id}, {"entry", entry.id.value}}
            );
        });
    if (!done) return proposal_page(book, request, context, {done.problem()});
    return done_and_back(
        entry_address(*book.reg, proposal.note.entry), approve ? "flash.entry_changed" : "flash.note_refused"
    );
}

Result<web::Response> withdraw_change(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto proposal = TRY(proposal_at(request, context));
    TRY(context.database().write({}, [&](storage::Writer& db) {
        return registers::withdraw_proposal(
            db, act_of(context), office(context).keys, *book.reg, proposal.id
        );
    }));
    return done_and_back(entry_address(*book.reg, proposal.note.entry), "flash.note_withdrawn");
}

Result<web::Response> show_seal(const web::Request& request, web::Context& context)
{
    return seal_page(TRY(book_of(request, context)), request, context, {});
}

Result<web::Response> ask_opening(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const EntryId entry{TRY(parse_id(request.value("entry")))};
    const auto done = context.database().write({}, [&](storage::Writer& db) {
        return registers::ask_opening(
            db, act_of(context), office(context).keys, *book.reg, entry, request.form.get("reason")
        );
    });
    if (!done) return seal_page(book, request, context, {done.problem()});
    return done_and_back(entry_address(*book.reg, entry, "niem-phong"), "flash.opening_asked");
}

Result<web::Response> show_opening(const web::Request& request, web::Context& context)
{
    return opening_page(TRY(book_of(request, context)), request, context, {});
}

Result<web::Response> decide_opening(const web::Request& request, web::Context& context)
{
    const auto book = TRY(book_of(request, context));
    const auto one = TRY(opening_at(request, context));
    const auto answer = answer_of(request);
    if (!answer) return opening_page(book, request, context, {answer.problem()});
    const bool grant = answer.value();
    const auto done = context.database().write({}, [&](storage::Writer& db) {
        return registers::decide_opening(
            db, act_of(context), *book.reg, one.id, grant, request.form.get("why")
        );
    });
    if (!done) return opening_page(book, request, context, {done.problem()});
    return done_and_back(
        entry_address(*book.reg, one.entry, "niem-phong"),
        grant ? "flash.opening_granted" : "flash.opening_refused"
    );
}

Result<web::Response> show_waiting(const web::Request&, web::Context& context)
{
    constexpr int rows_max = 100;
    const auto waiting = context.database().read([&](storage::Reader& db) {
        return registers::waiting_for(db, context.actor(), context.today(), rows_max);
    });
    json::array rows;
    for (const auto& one : waiting) {
        const auto reg = office(context).packs.reg(one.register_id);
        if (!reg || reg->page.empty()) continue;
        const auto rest = (one.opening ? "niem-phong/" : "ghi-chu/") + std::to_string(one.id);
        const auto digits = std::int64_t(one.printed.find('/'));
        const auto zeros =
            std::string(std::size_t(std::max<std::int64_t>(reg->book.number_width - digits, 0)), '0');
        rows.push_back(json::object{
            {"href", entry_address(*reg, one.entry, rest)},
            {"title",
             one.opening ? context.say("civil_status.seal.decide_title")
                         : context.say("civil_status.note." + one.kind)},
            {"where", book_of(reg, context).title + ", " + zeros + one.printed},
            {"who", person_of(one.asked_by, one.asked_as, context)},
            {"at", shown(one.asked_at)}});
    }
    const bool none = rows.empty();
    return web::render_desk(context, "civil_status/waiting", {{"none", none}, {"rows", std::move(rows)}});
}

}  // namespace thien_an::civil_status
