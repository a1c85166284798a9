#include <charconv>

#include "engine/casework/code_text.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"

namespace thien_an::casework {
namespace {

std::string text_value(const json::value* v)
{
    if (v == nullptr || v->is_null()) return "";
    if (const auto* text = v->if_string()) return {text->data(), text->size()};
    return json::text_of(*v);
}

/// {"from": pointer} or {"from": [pointers]}: the answer, or those that are there joined by commas; one alone stays what
/// it is.
json::value from_answers(const json::value& from, const json::value& form)
{
    if (from.is_string()) {
        const auto* v = json::find(form, std::string_view(from.get_string()));
        return v == nullptr ? json::value() : *v;
    }
    std::vector<const json::value*> found;
    for (const auto& pointer : from.as_array()) {
        const auto* v = json::find(form, std::string_view(pointer.as_string()));
        if (!text_value(v).empty()) found.push_back(v);
    }
    if (found.empty()) return nullptr;
    if (found.size() == 1) return *found.front();
    std::string joined;
    for (const auto* v : found) joined += (joined.empty() ? "" : ", ") + text_value(v);
    return json::value(joined);
}

/// The first of the answers a pointer, or several, name; null when none is there.
const json::value* first_of(const json::value& pointers, const json::value& answers)
{
    if (pointers.is_string()) return json::find(answers, std::string_view(pointers.get_string()));
    for (const auto& pointer : pointers.as_array())
        if (const auto* v = json::find(answers, std::string_view(pointer.as_string()))) return v;
    return nullptr;
}

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

json::value identity_paper(const CodeLists& codes, const json::value* paper, Day day)
{
    if (paper == nullptr) return nullptr;
    auto text = code_text(codes, "identity_papers", json::string_or(*paper, "kind"), day);
    text += (text.empty() ? "" : " ") + json::string_or(*paper, "number");
    if (const auto on = parse_day(json::string_or(*paper, "issued_on"))) text += ", " + shown(on.value());
    if (const auto by = json::string_or(*paper, "issued_by"); !by.empty()) text += ", " + by;
    return json::value(text);
}

json::value fact(Work& work, std::string_view name)
{
    if (name == "today") return json::value(iso(work.today()));
    if (name == "actor")
        return json::value(identity::shown_as(work.db, work.act.actor.party, work.act.actor.post));
    const auto* v = json::member(work.form.facts, name);
    return v == nullptr ? json::value() : *v;
}

/// One member of `entry.fields`; null when there is nothing to fill in now.
json::value value_of(Work& work, const json::value& how, const json::value& answers)
{
    const auto pointer = [&](std::string_view member) {
        return json::find(answers, json::string_or(how, member));
    };
    if (const auto* from = json::member(how, "from")) return from_answers(*from, answers);
    if (const auto* address = json::member(how, "address"))
        return text_or_null(address_text(work.office.codes, first_of(*address, answers), work.today()));
    if (json::member(how, "identity") != nullptr)
        return identity_paper(work.office.codes, pointer("identity"), work.today());
    if (json::member(how, "fact") != nullptr) return fact(work, json::string_or(how, "fact"));
    const auto* value = json::member(how, "value");
    return value == nullptr ? json::value() : *value;
}

const json::object& field_rules(const Work& work)
{
    static const json::object none;
    const auto* fields = json::find(work.procedure->metadata(), "/entry/fields");
    return fields == nullptr || !fields->is_object() ? none : fields->get_object();
}

}  // namespace

std::string address_text(const CodeLists& codes, const json::value* residence, Day day)
{
    if (residence == nullptr) return "";
    const auto line = json::string_or(*residence, "line");
    const auto elsewhere = json::string_or(*residence, "elsewhere");
    const auto place =
        elsewhere.empty() ? codes.unit_path(json::string_or(*residence, "unit"), day) : elsewhere;
    return line.empty() ? place : place.empty() ? line : line + ", " + place;
}

Result<json::object> entry_fields(Work& work)
{
    json::object out;
    for (const auto& member : field_rules(work)) {
        auto value = value_of(work, member.value(), work.form.form);
        if (!value.is_null()) out[member.key()] = std::move(value);
    }
    return out;
}

Result<Done> complete_entry(Work& work, std::string_view task, const json::value& task_form)
{
    json::object fields;
    for (const auto& member : field_rules(work)) {
        const auto* later = json::member(member.value(), "completed_by");
        if (later == nullptr || json::string_or(*later, "task") != task) continue;
        auto value = value_of(work, *later, task_form);
        if (!value.is_null()) fields[member.key()] = std::move(value);
    }
    if (fields.empty()) return Done{};
    const auto id = registers::entry_of_dossier(work.db, work.dossier.id.value);
    if (!id) return Done{};
    const auto reg = work.office.packs.reg(work.procedure->register_id());
    const auto entry = TRY(registers::find_entry(work.db, work.office.keys, *reg, *id));
    if (!entry.in_force) return Done{};
    for (auto at = fields.begin(); at != fields.end();) {
        const auto* before = entry.fields.if_contains(at->key());
        const bool choice = reg->field(std::string_view(at->key()))->type == registers::FieldType::choice;
        // Returned and approved again: the field has its value already.
        if (before != nullptr && !before->is_null() && (!choice || *before == at->value()))
            at = fields.erase(at);
        else
            ++at;
    }
    if (fields.empty()) return Done{};
    return registers::add_note(
        work.db,
        work.act,
        work.office.keys,
        *reg,
        {.entry = *id, .kind = "completion", .decision = "", .content = "", .fields = std::move(fields)}
    );
}

namespace {

/// Values of a note as the fields of the register want them.
json::value fitted(const registers::Register& reg, std::string_view field, json::value v)
{
    const auto* known = reg.field(field);
    if (known == nullptr || known->type != registers::FieldType::integer || !v.is_string()) return v;
    std::int64_t number = 0;
    const std::string_view text(v.get_string());
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    return read.ec == std::errc{} && read.ptr == text.data() + text.size() ? json::value(number) : v;
}

/// {"field_from": "/change/field", "value_from": "/change/value"}, or {"fields": {...}} as those of an entry.
json::object noted_fields(Work& work, const registers::Register& reg, const json::value& rule)
{
    json::object out;
    const auto& answers = work.form.form;
    if (const auto pointer = json::string_or(rule, "field_from"); !pointer.empty()) {
        const auto field = text_value(json::find(answers, pointer));
        const auto* from = json::member(rule, "value_from");
        auto v = from == nullptr ? json::value() : from_answers(*from, answers);
        if (!field.empty() && !v.is_null()) out[field] = fitted(reg, field, std::move(v));
        return out;
    }
    const auto* fields = json::member(rule, "fields");
    if (fields == nullptr || !fields->is_object()) return out;
    for (const auto& member : fields->get_object())
        if (auto v = value_of(work, member.value(), answers); !v.is_null())
            out[member.key()] = fitted(reg, std::string_view(member.key()), std::move(v));
    return out;
}

/// A text of a note: itself, {"from": pointer}, or {"vi": text with places}.
std::string note_text(Work& work, const json::value* how, const json::object& places)
{
    if (how == nullptr || how->is_null()) return "";
    if (how->is_string()) return text_value(how);
    if (json::member(*how, "from") != nullptr) {
        const auto v = value_of(work, *how, work.form.form);
        return text_value(&v);
    }
    auto text = json::string_or(*how, "vi");
    for (const auto& place : places) {
        const auto mark = "{" + std::string(place.key()) + "}";
        const auto value = text_value(&place.value());
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + value.size()))
            text.replace(at, mark.size(), value);
    }
    return text;
}

struct Original {
    std::shared_ptr<const registers::Register> reg;
    registers::Entry entry;
};
Result<std::optional<Original>> original_of(Work& work)
{
    const auto id = json::integer_or(work.form.facts, "original_entry");
    const auto reg = work.office.packs.reg(json::string_or(work.form.facts, "original_register"));
    if (id == 0 || !reg) return std::optional<Original>{};
    auto entry = TRY(registers::find_entry(work.db, work.office.keys, *reg, registers::EntryId{id}));
    return std::optional(Original{reg, std::move(entry)});
}

/// The entry made by this dossier: what the note rests on, and who prepared it.
struct OwnEntry {
    std::string cited;  ///< "Sổ đăng ký thay đổi, cải chính 12/2026"
    identity::PartyId party;
    identity::PostId post;
};
Result<OwnEntry> own_entry(Work& work)
{
    OwnEntry own{.cited = work.dossier.code, .party = {}, .post = {}};
    const auto reg = work.office.packs.reg(work.procedure->register_id());
    if (!reg || work.dossier.entry == 0) return own;
    const auto entry =
        TRY(registers::find_entry(work.db, work.office.keys, *reg, registers::EntryId{work.dossier.entry}));
    return OwnEntry{reg->name_vi + " " + entry.printed, entry.party, entry.post};
}

}  // namespace

Result<Done> note_original(Work& work)
{
    const auto* rules = json::member(work.procedure->metadata(), "notes_on_original");
    if (rules == nullptr || !rules->is_array()) return Done{};
    // What is asked is about no entry at all: an event abroad of which nothing was registered here.
    if (json::string_or(work.form.facts, "original_register").empty()) return Done{};
    const auto original = TRY(original_of(work));
    if (!original) {
        work.event("original_not_kept_here");
        return Done{};
    }
    const auto& [reg, entry] = *original;
    const auto own = TRY(own_entry(work));
    for (const auto& rule : rules->get_array()) {
        auto fields = noted_fields(work, *reg, rule);
        if (fields.empty() && json::member(rule, "field_from") != nullptr)
            continue;  // A second particular nobody gave.
        json::object places{{"entry", own.cited}, {"dossier", work.dossier.code}};
        if (!fields.empty()) {
            const auto& [key, value] = *fields.begin();
            const auto* field = reg->field(key);
            const auto* before = entry.fields.if_contains(key);
            places["field"] = field == nullptr ? std::string(key) : field->title_vi;
            places["before"] =
                before == nullptr ? "" : value_text(work.office.codes, field, *before, work.today());
            places["after"] = value_text(work.office.codes, field, value, work.today());
        }
        const auto decision = note_text(work, json::member(rule, "decision"), places);
        static_cast<void>(TRY(registers::add_note(
            work.db,
            work.act,
            work.office.keys,
            *reg,
            {.entry = entry.id,
             .kind = note_text(work, json::member(rule, "kind"), places),
             .decision = decision.empty() ? own.cited : decision,
             .content = note_text(work, json::member(rule, "content"), places),
             .fields = std::move(fields),
             .evidence = note_text(work, json::member(rule, "evidence"), places),
             .prepared_by = own.party,
             .prepared_as = own.post}
        )));
    }
    work.event("original_noted", {}, {{"entry", entry.printed}});
    static_cast<void>(TRY(work.office.subscribers.tell(
        work.db, work.act, "registers.noted", json::object{{"register", reg->id}, {"entry", entry.id.value}}
    )));
    return Done{};
}

}  // namespace thien_an::casework
