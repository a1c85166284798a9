#include "systems/civil_status/birth_duplicates.h"

#include <algorithm>
#include <set>

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"

#include "systems/civil_status/declared.h"

namespace thien_an::civil_status {
namespace {

constexpr std::chrono::days days_apart{2};

std::string field(const registers::Entry& entry, std::string_view name)
{
    const auto* v = entry.fields.if_contains(name);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

/// Letters to change, add or leave out; gives up beyond `most`.
int distance(std::string_view a, std::string_view b, int most)
{
    if (int(std::max(a.size(), b.size()) - std::min(a.size(), b.size())) > most) return most + 1;
    std::vector<int> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = int(j);
    for (std::size_t i = 1; i <= a.size(); ++i) {
        int diagonal = std::exchange(row[0], int(i));
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const int changed = diagonal + int(a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

std::string sorted_words(std::string_view plain)
{
    std::multiset<std::string> words;
    for (std::size_t at = 0; at < plain.size();) {
        const auto end = std::min(plain.find(' ', at), plain.size());
        words.emplace(plain.substr(at, end - at));
        at = end + 1;
    }
    std::string out;
    for (const auto& word : words) out += word + " ";
    return out;
}

bool same_mother(const registers::Entry& entry, const json::value& form)
{
    const auto number = answer(form, "/mother/identity_number");
    const auto entered = field(entry, "mother_identity_number");
    if (!number.empty() && !entered.empty()) return number == entered;
    const auto* year = json::find(form, "/mother/birth_year");
    const auto* entered_year = entry.fields.if_contains("mother_birth_year");
    const bool same_year = year != nullptr && entered_year != nullptr && *year == *entered_year;
    return same_year && folded(answer(form, "/mother/full_name")) == folded(field(entry, "mother_full_name"));
}

/// Entries that may have the same mother, by what is indexed.
std::vector<registers::EntryId> of_mother(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const registers::Register& births,
    const json::value& form
)
{
    constexpr int children_max = 50;
    std::vector<registers::EntryId> found;
    const auto add = [&](std::string_view name, const std::string& value) {
        if (value.empty()) return;
        for (const auto id : registers::entries_with(db, keys, births, name, value, children_max))
            if (std::find(found.begin(), found.end(), id) == found.end()) found.push_back(id);
    };
    add("mother_identity_number", answer(form, "/mother/identity_number"));
    add("mother_full_name", answer(form, "/mother/full_name"));
    return found;
}

}  // namespace

bool similar_names(std::string_view a, std::string_view b)
{
    const auto left = folded(a);
    const auto right = folded(b);
    if (left == right || sorted_words(left) == sorted_words(right)) return true;
    // One letter in ten may differ, at least one: slips of the pen, not other names of twins.
    constexpr std::size_t letters_per_slip = 10;
    const int most = std::max(1, int(std::min(left.size(), right.size()) / letters_per_slip));
    return distance(left, right, most) <= most;
}

std::vector<PossibleDuplicate> possible_duplicates(
    storage::Reader& db,
    const crypto::KeyRing& keys,
    const registers::Register& births,
    const json::value& form,
    std::int64_t dossier
)
{
    std::vector<PossibleDuplicate> out;
    const auto born = parse_day(answer(form, "/child/born_on"));
    if (!born) return out;
    constexpr std::size_t most = 10;
    for (const auto id : of_mother(db, keys, births, form)) {
        const auto entry = registers::find_entry(db, keys, births, id);
        if (!entry || entry.value().dossier == dossier || out.size() == most) continue;
        const auto day = parse_day(field(entry.value(), "child_born_on"));
        if (!day || std::chrono::abs(day.value() - born.value()) > days_apart) continue;
        if (!same_mother(entry.value(), form)) continue;
        if (!similar_names(field(entry.value(), "child_full_name"), answer(form, "/child/full_name")))
            continue;
        out.push_back(
            {id,
             entry.value().printed,
             entry.value().agency,
             field(entry.value(), "child_full_name"),
             field(entry.value(), "child_born_on")}
        );
    }
    return out;
}

Result<casework::RuleAnswer> duplicate_rule(const casework::RuleInput& input)
{
    casework::RuleAnswer out;
    const auto births = input.packs.reg("births");
    if (!births) return out;
    const auto found = possible_duplicates(input.db, input.keys, *births, input.form, input.dossier);
    if (found.empty()) return out;
    std::string entries;
    json::array detail;
    for (const auto& one : found) {
        entries += (entries.empty() ? "" : ", ") + one.printed;
        detail.push_back(
            {{"entry", std::to_string(one.entry.value)},
             {"number", one.printed},
             {"name", one.child_name},
             {"born_on", one.born_on}}
        );
    }
    // Entering is what must wait for the answer; asking for more or refusing need not.
    if (input.outcome == "enter") {
        const auto given = json::string_or(input.task_form, "duplicate_answer");
        if (given == "duplicate")
            return Problem{
                .code = "civil_status.already_registered",
                .field = "/duplicate_answer",
                .law = "law-60-2014/art-14",
                .words = {{"entry", found.front().printed}}};
        if (given != "not_duplicate")
            return Problem{
                .code = "civil_status.duplicate_not_answered",
                .field = "/duplicate_answer",
                .law = "law-60-2014/art-14",
                .words = {{"entries", entries}}};
    }
    out.warnings.push_back(
        {.code = "civil_status.possible_duplicate",
         .field = "/child/full_name",
         .law = "law-60-2014/art-14",
         .words = {{"entries", entries}},
         .detail = {{"entries", std::move(detail)}}}
    );
    return out;
}

}  // namespace thien_an::civil_status
