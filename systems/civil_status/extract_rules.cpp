#include "systems/civil_status/extract_rules.h"

#include <fmt/format.h>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"

#include "systems/civil_status/declared.h"
#include "systems/civil_status/extract_links_store.h"
#include "systems/civil_status/original.h"

namespace thien_an::civil_status {
namespace {

using casework::RuleAnswer;
using casework::RuleInput;
using registers::Entry;
using registers::RegisterField;

constexpr std::string_view group = "/original";
constexpr std::string_view number_field = "/original/number";

Problem number_problem(std::string code, std::string_view number)
{
    return {
        .code = std::move(code),
        .field = std::string(number_field),
        .law = "law-60-2014/art-64",
        .words = {{"number", std::string(number)}}};
}

/// The filed answers, with the number and commune the officer found in place of what was declared.
OriginalAsked asked_in(const json::value& form, const json::value& found)
{
    const auto* answers = json::find(form, group);
    const auto of = [&](std::string_view name) {
        const auto better = found.is_object() ? json::string_or(found, name) : "";
        return !better.empty() || answers == nullptr ? better : json::string_or(*answers, name);
    };
    return {of("register"), of("unit"), of("number"), answer(form, "/original/full_name")};
}

/// The entry an extract may be given of.
Result<Entry> entry_for_extract(const RuleInput& input, const OriginalAsked& asked)
{
    auto entry = find_original(input, asked);
    if (!entry) return number_problem("civil_status.no_such_original", asked.number);
    if (!entry->in_force) return number_problem("civil_status.original_annulled", entry->printed);
    return *std::move(entry);
}

Result<RuleAnswer> wanted_rule(const RuleInput& input)
{
    RuleAnswer out;
    const auto* copies = json::find(input.form, "/result/copies");
    out.facts["copies"] = copies != nullptr && copies->is_int64() ? copies->get_int64() : 1;
    const auto asked = asked_in(input.form, {});
    if (asked.number.empty() || asked.full_name.empty()) return out;
    static_cast<void>(TRY(entry_for_extract(input, asked)));
    return out;
}

/// "15/2016 (UBND xã Nghĩa An)" of every namesake in force.
std::string namesakes(const RuleInput& input, const OriginalAsked& asked)
{
    constexpr int most = 20;
    std::string out;
    const auto reg = input.packs.reg(asked.register_id);
    if (!reg || reg->shown_name.empty() || asked.full_name.empty()) return out;
    for (const auto id :
         registers::entries_with(input.db, input.keys, *reg, reg->shown_name, asked.full_name, most)) {
        const auto entry = registers::find_entry(input.db, input.keys, *reg, id);
        if (!entry) continue;
        const auto agency = identity::agency_on(input.db, entry.value().agency, entry.value().registered_on);
        out += (out.empty() ? "" : ", ") + entry.value().printed +
               (agency ? " (" + agency.value().name_vi + ")" : "");
    }
    return out;
}

Result<RuleAnswer> found_rule(const RuleInput& input)
{
    RuleAnswer out;
    const auto asked = asked_in(input.form, input.task_form);
    if (asked.number.empty()) {
        const auto found = namesakes(input, asked);
        if (input.outcome == "enter") {
            auto needed = number_problem("civil_status.extract_number_needed", "");
            needed.field = "/number";
            return needed;
        }
        if (!found.empty())
            out.warnings.push_back(
                {.code = "civil_status.several_entries",
                 .field = std::string(number_field),
                 .law = "law-60-2014/art-64",
                 .words = {{"entries", found}},
                 .detail = {}}
            );
        return out;
    }
    const auto entry = entry_for_extract(input, asked);
    if (entry) return out;
    if (input.outcome == "enter") return entry.problem();
    const auto& problem = entry.problem();
    out.warnings.push_back(
        {.code = problem.code,
         .field = problem.field,
         .law = problem.law,
         .words = problem.words,
         .detail = {}}
    );
    return out;
}

std::string choice_name(const json::value& source, const RegisterField& field, std::string_view id)
{
    const auto* fields = json::member(source, "fields");
    if (fields == nullptr || !fields->is_array()) return std::string(id);
    for (const auto& one : fields->get_array()) {
        const auto* choices = json::member(one, "choices");
        if (json::string_or(one, "id") != field.id || choices == nullptr) continue;
        for (const auto& choice : choices->as_array())
            if (json::string_or(choice, "id") == id) return json::string_or(choice.at("name"), "vi");
    }
    return std::string(id);
}

std::string text_of_field(
    const registers::Register& reg,
    const RegisterField& field,
    const json::value& v,
    const casework::CodeLists& codes,
    Day day
)
{
    if (v.is_int64()) return std::to_string(v.get_int64());
    if (!v.is_string()) return "";
    const std::string text(v.get_string());
    if (field.type == registers::FieldType::name) return upper(text);
    if (field.type == registers::FieldType::day) {
        const auto parsed = parse_day(text);
        return parsed ? shown(parsed.value()) : text;
    }
    if (field.type == registers::FieldType::choice) return choice_name(reg.source, field, text);
    if (const auto* choices = codes.find(field.codes, day); choices != nullptr && !field.codes.empty())
        for (const auto& choice : *choices)
            if (choice.value == text) return choice.label.vi;
    return text;
}

/// As it was called then; of a book older than what is known of agencies: as it is called on `day`.
std::string agency_name(storage::Reader& db, const Entry& entry, Day day)
{
    auto agency = identity::agency_on(db, entry.agency, entry.registered_on);
    if (!agency) agency = identity::agency_on(db, entry.agency, day);
    return agency ? agency.value().name_vi : "";
}

Result<json::object> read_original(casework::Work& work, const workflow::Call& call)
{
    const auto agency = TRY(identity::agency_on(work.db, work.dossier.agency, work.today()));
    const RuleInput input{
        .db = work.db,
        .keys = work.office.keys,
        .packs = work.office.packs,
        .codes = work.office.codes,
        .form = work.form.form,
        .procedure = work.procedure->metadata(),
        .agency = agency,
        .today = work.today(),
        .dossier = work.dossier.id.value};
    const auto asked = asked_in(work.form.form, call.form);
    const auto entry = TRY(entry_for_extract(input, asked));
    const auto reg = work.office.packs.reg(asked.register_id);
    identity::audit(
        work.db,
        work.act,
        {.what = "register.extract",
         .subject = "register_entry",
         .subject_id = entry.id.value,
         .about = work.dossier.applicant,
         .agency = entry.agency,
         .reason = work.dossier.code,
         .detail = {{"register", reg->id}, {"entry", entry.printed}}}
    );
    link_extract(work.db, entry.id, {"dossier", work.dossier.id.value});
    auto facts = extract_facts(work.db, *reg, entry, work.office.codes, work.today());
    if (!facts.contains("extract_name")) facts["extract_name"] = asked.full_name;
    return facts;
}

}  // namespace

std::string extract_text(
    const registers::Register& reg, const Entry& entry, const casework::CodeLists& codes, Day day
)
{
    std::string out;
    for (const auto& id : reg.extract_fields) {
        const auto* field = reg.field(id);
        const auto* v = entry.fields.if_contains(id);
        if (field == nullptr || v == nullptr) continue;
        if (const auto text = text_of_field(reg, *field, *v, codes, day); !text.empty())
            out += fmt::format("{}{}: {}", out.empty() ? "" : "\n", field->title_vi, text);
    }
    return out;
}

std::string notes_text(const Entry& entry)
{
    std::string out;
    for (const auto& note : entry.notes)
        if (note.kind != "completion")
            out += fmt::format(
                "{}{}, {}: {}", out.empty() ? "" : "\n", shown(note.noted_on), note.decision, note.content
            );
    return out;
}

json::object extract_facts(
    storage::Reader& db,
    const registers::Register& reg,
    const Entry& entry,
    const casework::CodeLists& codes,
    Day day
)
{
    json::object facts{
        {"extract_original", entry.printed},
        {"extract_agency", agency_name(db, entry, day)},
        {"extract_registered_on", iso(entry.registered_on)},
        {"extract_content", extract_text(reg, entry, codes, day)},
        {"extract_notes", notes_text(entry)}};
    if (const auto* name = entry.fields.if_contains(reg.shown_name)) facts["extract_name"] = *name;
    return facts;
}

void add_extract_rules(casework::RuleBook& book)
{
    book.add("civil_status.extract_wanted", wanted_rule);
    book.add("civil_status.extract_found", found_rule);
}

void add_extract_action(casework::Actions& actions)
{
    actions.add_local("civil_status.read_original", read_original);
}

}  // namespace thien_an::civil_status
