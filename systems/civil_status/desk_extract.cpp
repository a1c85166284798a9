#include "systems/civil_status/desk_extract.h"

#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/documents/document_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"

#include "systems/civil_status/extract_links_store.h"
#include "systems/civil_status/extract_rules.h"

namespace thien_an::civil_status {
namespace {

constexpr const char* book_of_extracts = "extracts";

/// "12/TLKS-BS", as the register prints the number of an extract.
std::string printed(const registers::Register& reg, const registers::Numbered& entered)
{
    constexpr std::string_view place = "{{extract.number}}";
    auto printed = reg.extract_number.empty() ? entered.printed : reg.extract_number;
    if (const auto at = printed.find(place); at != std::string::npos)
        printed.replace(at, place.size(), std::to_string(entered.number));
    return printed;
}

json::object fields_of(
    const casework::Office& office,
    storage::Reader& db,
    const identity::Act& act,
    const registers::Register& reg,
    const registers::Entry& entry,
    const ExtractAsked& asked
)
{
    auto facts = extract_facts(db, reg, entry, office.codes, act.today());
    const auto take = [&](const char* name) {
        auto* fact = facts.if_contains(name);
        return fact == nullptr ? json::value("") : *fact;
    };
    return {
        {"person_full_name", take("extract_name")},
        {"original_register", reg.id},
        {"original_number", take("extract_original")},
        {"original_agency", take("extract_agency")},
        {"original_registered_on", take("extract_registered_on")},
        {"content", take("extract_content")},
        {"later_notes", take("extract_notes")},
        {"copies", std::int64_t(1)},
        {"declarant_full_name", asked.given_to},
        {"declarant_identity", asked.identity},
        {"registered_on", iso(act.today())},
        {"officer", casework::name_and_position(db, act.actor).first}};
}

/// Its token. The hand that signs and seals it is that of who takes the number: nothing is attached.
Result<std::string> issue_paper(
    storage::Writer& db,
    const identity::Act& act,
    const registers::Register& reg,
    registers::EntryId extract,
    const std::string& number
)
{
    using documents::DocumentState;
    const auto paper = documents::add_document(
        db,
        act,
        {.kind = "civil_status_extract",
         .subject = {"register_entry", extract.value},
         .agency = act.actor.agency,
         .title = reg.extract_name_vi}
    );
    TRY(documents::set_number(db, paper.id, number, act.today()));
    for (const auto state : {DocumentState::approved, DocumentState::signed_, DocumentState::issued})
        TRY(documents::move_document(db, act, paper.id, state));
    return paper.token;
}

}  // namespace

registers::SeriesId series_of_extracts(casework::Office& office, identity::AgencyId agency, Day today)
{
    const int year = int(std::chrono::year_month_day{today}.year());
    return registers::series_of(office.database, office.ids, book_of_extracts, agency, year);
}

Result<DeskExtract> give_extract(
    casework::Office& office,
    storage::Writer& db,
    const identity::Act& act,
    const registers::Register& reg,
    const ExtractAsked& asked
)
{
    const auto entry = TRY(registers::find_entry(db, office.keys, reg, asked.original));
    TRY(identity::require(db, act.actor, "registers.extract", entry.agency, act.today()));
    if (!entry.in_force) return Problem{.code = "registers.not_in_force", .field = "", .law = ""};
    const auto book = office.packs.reg(book_of_extracts);
    const auto entered = TRY(registers::enter(
        db,
        act,
        office.keys,
        *book,
        {.series = asked.extracts,
         .registered_on = act.today(),
         .fields = fields_of(office, db, act, reg, entry, asked)}
    ));
    link_extract(db, entry.id, {"register_entry", entered.id.value});
    DeskExtract given{printed(reg, entered), ""};
    given.token = TRY(issue_paper(db, act, reg, entered.id, given.number));
    identity::audit(
        db,
        act,
        {.what = "register.extract",
         .subject = "register_entry",
         .subject_id = entry.id.value,
         .about = {},
         .agency = entry.agency,
         .reason = given.number,
         .detail = {{"register", reg.id}, {"entry", entry.printed}}}
    );
    TRY(office.subscribers.tell(
        db,
        act,
        book->entered_event,
        json::object{{"entry", entered.id.value}, {"agency", act.actor.agency.value}}
    ));
    return given;
}

}  // namespace thien_an::civil_status
