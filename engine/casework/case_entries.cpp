#include <fmt/format.h>

#include "engine/casework/case_must.h"
#include "engine/casework/case_world.h"
#include "engine/casework/work.h"

/// Entries of registers in worked examples: those made before, and what is found in them afterwards.
namespace thien_an::casework {

using registers::EntryId;

identity::AgencyId CaseWorld::agency_of(const std::string& code, Day day)
{
    return database_->read([&](storage::Reader& db) {
        auto found = identity::agency_for_unit(db, code, day);
        if (!found) found = identity::agency_by_code(db, code, day);
        return must(std::move(found), "agency " + code).id;
    });
}

/// "entry POINTER = VALUE ..." or "entry of REGISTER from FILE [at UNIT] [on DAY] [noted KIND] [POINTER = VALUE ...]".
void CaseWorld::given_entry(const std::vector<std::string>& w)
{
    EarlierEntry entry;
    std::size_t from = 1;
    const auto take = [&](std::string_view word, std::string& into) {
        if (w.size() <= from + 1 || w[from] != word) return;
        into = w[from + 1];
        from += 2;
    };
    std::string day;
    take("of", entry.reg);
    take("from", entry.file);
    take("at", entry.unit);
    take("on", day);
    take("noted", entry.note);
    if (!day.empty()) entry.on = must(parse_day(day), "an entry");
    entry.changes = must(case_changes(w, from), "an entry");
    earlier_.push_back(std::move(entry));
}

/// Of another register: the fields of its file; of the procedure's own: those of the standard form.
json::object CaseWorld::earlier_fields(
    storage::Writer& db, const identity::Act& act, const EarlierEntry& entry
)
{
    if (!entry.file.empty()) return read_json_file(case_folder_ / (entry.file + ".entry.json")).as_object();
    Work work{
        *office_,
        db,
        act,
        {},
        packs_->procedure(procedure_),
        {1, form_, json::object{{"timeliness", "in_time"}}},
        {}};
    return must(entry_fields(work), "an earlier entry");
}

/// The changes as a note of later, under the lock of the entry's book.
Result<Done> CaseWorld::note_earlier(
    storage::Writer& db, const identity::Act& act, registers::EntryId id, const EarlierEntry& entry
)
{
    const auto own = packs_->procedure(procedure_)->register_id();
    const auto reg = packs_->reg(entry.reg.empty() ? own : entry.reg);
    json::object fields;
    for (const auto& change : entry.changes) fields[change.pointer.substr(1)] = change.value;
    return registers::add_note(
        db,
        {act.actor, act.now + std::chrono::hours{1}, act.ids},
        *from_.keys,
        *reg,
        {.entry = id, .kind = entry.note, .decision = "1", .content = "earlier", .fields = std::move(fields)}
    );
}

void CaseWorld::make_earlier(const EarlierEntry& entry)
{
    const auto own = packs_->procedure(procedure_)->register_id();
    const auto reg = packs_->reg(entry.reg.empty() ? own : entry.reg);
    if (!reg) throw std::runtime_error("no register " + entry.reg);
    const auto before = entry.on ? at(*entry.on, Minutes{8 * 60}) : clock_.now() - std::chrono::hours{24};
    const auto agency = entry.unit.empty() ? agency_ : agency_of(entry.unit, day_of(before));
    const std::chrono::year_month_day date{day_of(before)};
    const auto series = registers::series_of(*database_, ids_, reg->id, agency, int(date.year()));
    const identity::Act act{actor("justice_civil_status_officer"), before, ids_};
    must(
        database_->write(
            {registers::lock_of(series)},
            [&](storage::Writer& db) -> Result<Done> {
                auto fields = earlier_fields(db, act, entry);
                if (entry.note.empty())
                    for (const auto& change : entry.changes) fields[change.pointer.substr(1)] = change.value;
                const auto made = TRY(registers::enter(
                    db,
                    act,
                    *from_.keys,
                    *reg,
                    {.series = series, .registered_on = act.today(), .fields = fields}
                ));
                if (entry.note.empty()) return Done{};
                return note_earlier(db, act, made.id, entry);
            }
        ),
        "an earlier entry"
    );
}

/// "entry of REGISTER NUMBER/YEAR [at UNIT] POINTER = VALUE", "... has note KIND", "... is annulled".
std::string CaseWorld::check_register(const std::vector<std::string>& w)
{
    const auto reg = packs_->reg(w.at(2));
    const auto& printed = w.at(3);
    const auto slash = printed.find('/');
    if (!reg || slash == std::string::npos) return "not understood: entry of " + w.at(2) + " " + printed;
    const bool elsewhere = w.at(4) == "at";
    const std::size_t from = elsewhere ? 6 : 4;
    const auto agency = elsewhere ? agency_of(w.at(5), day_of(clock_.now())) : agency_;
    return database_->read([&](storage::Reader& db) -> std::string {
        const auto id = registers::entry_numbered(
            db, reg->id, agency, std::stoll(printed.substr(slash + 1)), std::stoll(printed.substr(0, slash))
        );
        if (!id) return "there is no entry " + printed;
        const auto entry = must(registers::find_entry(db, *from_.keys, *reg, *id), "an entry");
        if (w.at(from) == "has") {
            for (const auto& note : entry.notes)
                if (note.kind == w.at(from + 2)) return "";
            return "no note " + w.at(from + 2);
        }
        if (w.at(from) == "is") return entry.in_force ? "the entry is in force" : "";
        const auto* value = entry.fields.if_contains(w.at(from).substr(1));
        const auto expected = json::text_of(case_value(w.at(from + 2)));
        const auto found = value == nullptr ? "null" : json::text_of(*value);
        if (expected == found) return "";
        return fmt::format("expected {} {}, found {}", w.at(from), expected, found);
    });
}

}  // namespace thien_an::casework
