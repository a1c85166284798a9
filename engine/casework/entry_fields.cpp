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

json::value text_or_null(const std::string& text) { return text.empty() ? json::value() : json::value(text); }

std::string code_name(const CodeLists& codes, std::string_view list, const std::string& code, Day day)
{
    if (const auto* choices = codes.find(list, day))
        for (const auto& choice : *choices)
            if (choice.value == code) return choice.label.vi;
    return code;
}

json::value identity_paper(const CodeLists& codes, const json::value* paper, Day day)
{
    if (paper == nullptr) return nullptr;
    auto text = code_name(codes, "identity_papers", json::string_or(*paper, "kind"), day);
    text += " " + json::string_or(*paper, "number");
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
    if (json::member(how, "address") != nullptr)
        return text_or_null(address_text(work.office.codes, pointer("address"), work.today()));
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

}  // namespace thien_an::casework
