#include "systems/civil_status/original.h"

#include <algorithm>
#include <charconv>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"

namespace thien_an::civil_status {
namespace {

constexpr std::string_view group = "/original";

struct Numbered {
    std::int64_t number = 0;
    std::int64_t year = 0;
};

/// "15/2016", "05 / 2016"
std::optional<Numbered> numbered(std::string_view text)
{
    std::string plain;
    for (const char c : text)
        if (c != ' ') plain += c;
    Numbered out;
    const auto* end = plain.data() + plain.size();
    const auto first = std::from_chars(plain.data(), end, out.number);
    if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '/') return std::nullopt;
    const auto second = std::from_chars(first.ptr + 1, end, out.year);
    if (second.ec != std::errc{} || second.ptr != end || out.number < 1) return std::nullopt;
    return out;
}

/// Whoever may keep the book: the agency of the unit, in the year of the number or today, and those it took over.
std::vector<identity::AgencyId> keepers(
    const casework::RuleInput& input, const std::string& unit, std::int64_t year
)
{
    using namespace std::chrono;
    std::vector<identity::AgencyId> out;
    const auto add = [&](identity::AgencyId agency) {
        if (std::find(out.begin(), out.end(), agency) == out.end()) out.push_back(agency);
    };
    const auto y = std::chrono::year{int(std::clamp<std::int64_t>(year, 1900, 2200))};
    for (const Day day : {Day{y / December / 31}, Day{y / January / 1}, input.today}) {
        const auto agency = identity::agency_for_unit(input.db, unit, day);
        if (!agency) continue;
        add(agency.value().id);
        for (const auto ended : identity::ended_before(input.db, agency.value().id, input.today)) add(ended);
    }
    return out;
}

bool names(const registers::Register& reg, const registers::Entry& entry, std::string_view full_name)
{
    const auto wanted = folded(full_name);
    return std::any_of(reg.fields.begin(), reg.fields.end(), [&](const registers::RegisterField& field) {
        if (field.type != registers::FieldType::name) return false;
        for (const auto* fields : {&entry.fields, &entry.first})
            if (const auto* v = fields->if_contains(field.id); v != nullptr && v->is_string())
                if (folded(std::string_view(v->get_string())) == wanted) return true;
        return false;
    });
}

}  // namespace

std::optional<OriginalAsked> original_asked(const json::value& form, std::string_view pointer)
{
    const auto* answers = json::find(form, pointer);
    if (answers == nullptr || !answers->is_object()) return std::nullopt;
    OriginalAsked asked{
        json::string_or(*answers, "register"),
        json::string_or(*answers, "unit"),
        json::string_or(*answers, "number"),
        json::string_or(*answers, "full_name")};
    if (asked.number.empty()) return std::nullopt;
    return asked;
}

std::optional<registers::Entry> find_original(const casework::RuleInput& input, const OriginalAsked& asked)
{
    const auto reg = input.packs.reg(asked.register_id);
    const auto number = numbered(asked.number);
    if (!reg || !number || folded(asked.full_name).empty()) return std::nullopt;
    for (const auto agency : keepers(input, asked.unit, number->year)) {
        const auto id = registers::entry_numbered(input.db, reg->id, agency, number->year, number->number);
        if (!id) continue;
        auto entry = registers::find_entry(input.db, input.keys, *reg, *id);
        if (entry && names(*reg, entry.value(), asked.full_name)) return std::move(entry).value();
    }
    return std::nullopt;
}

Result<casework::RuleAnswer> original_rule(const casework::RuleInput& input)
{
    casework::RuleAnswer out;
    auto asked = original_asked(input.form, group);
    // A procedure about one register does not ask for it.
    if (asked && asked->register_id.empty())
        asked->register_id = json::string_or(input.procedure, "original_register");
    out.facts = {{"original_entry", 0}, {"original_register", asked ? asked->register_id : ""}};
    if (!asked) return out;
    const auto field = std::string(group) + "/number";
    const auto entry = find_original(input, *asked);
    if (!entry) {
        if (json::bool_or(input.procedure, "original_must_be_kept"))
            return Problem{
                .code = "civil_status.no_such_original",
                .field = field,
                .law = "",
                .words = {{"number", asked->number}}};
        out.warnings.push_back(
            {.code = "civil_status.original_not_kept",
             .field = field,
             .law = "",
             .words = {{"number", asked->number}},
             .detail = {}}
        );
        return out;
    }
    if (!entry->in_force)
        return Problem{
            .code = "civil_status.original_annulled",
            .field = field,
            .law = "",
            .words = {{"number", entry->printed}}};
    out.facts["original_entry"] = entry->id.value;
    out.facts["original_number"] = entry->printed;
    out.facts["original_agency"] = entry->agency.value;
    return out;
}

void add_original_rules(casework::RuleBook& book) { book.add("civil_status.original", original_rule); }

}  // namespace thien_an::civil_status
