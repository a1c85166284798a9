#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/registers/person_index.h"

namespace thien_an::registers {
namespace {

Problem problem(std::string code, std::string field)
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

void audit_link(
    storage::Writer& db,
    const Act& act,
    std::string what,
    const PersonRef& one,
    const PersonRef& other,
    std::string reason
)
{
    identity::audit(
        db,
        act,
        {.what = std::move(what),
         .subject = "register_entry",
         .subject_id = one.entry.value,
         .about = {},
         .agency = {},
         .reason = std::move(reason),
         .detail = {{"role", one.role}, {"other", text_of(other.entry)}, {"other_role", other.role}}}
    );
}

}  // namespace

std::vector<PersonLink> links_of(storage::Reader& db, const PersonRef& person)
{
    auto rows = db.query(
        R"sql(
        SELECT id, entry, role, other, other_role, linked_at, party, post, reason
          FROM register_person_link
         WHERE undone_at IS NULL AND ((entry = ?1 AND role = ?2) OR (other = ?1 AND other_role = ?2))
         ORDER BY id
         LIMIT 100)sql",
        person.entry,
        person.role
    );
    std::vector<PersonLink> out;
    while (rows.next())
        out.push_back(
            {rows.integer(0),
             {rows.id<EntryId>(1), rows.text(2)},
             {rows.id<EntryId>(3), rows.text(4)},
             rows.instant(5),
             rows.id<identity::PartyId>(6),
             rows.id<identity::PostId>(7),
             rows.text(8)}
        );
    return out;
}

Result<std::int64_t> link_persons(
    storage::Writer& db,
    const Act& act,
    RegisterList registers,
    const PersonRef& one,
    const PersonRef& other,
    std::string_view reason
)
{
    if (folded(reason).empty()) return problem("registers.reason_missing", "/reason");
    if (one == other || !find_person(db, registers, one) || !find_person(db, registers, other))
        return problem("registers.no_such_person", "/other");
    for (const auto& link : links_of(db, one))
        if (link.one == other || link.other == other) return problem("registers.linked_already", "/other");
    const auto id = act.ids.next();
    db.execute(
        R"sql(
        INSERT INTO register_person_link (id, entry, role, other, other_role, linked_at, party, post, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        id,
        one.entry,
        one.role,
        other.entry,
        other.role,
        act.now,
        act.actor.party,
        act.actor.post,
        reason
    );
    audit_link(db, act, "register.link_persons", one, other, std::string(reason));
    return id;
}

Result<Done> unlink_persons(storage::Writer& db, const Act& act, std::int64_t link, std::string_view reason)
{
    if (folded(reason).empty()) return problem("registers.reason_missing", "/reason");
    PersonRef one;
    PersonRef other;
    {
        auto rows = db.query(
            R"sql(
            SELECT entry, role, other, other_role FROM register_person_link
             WHERE id = ?1 AND undone_at IS NULL)sql",
            link
        );
        if (!rows.next()) return problem("registers.no_such_link", "");
        one = {rows.id<EntryId>(0), rows.text(1)};
        other = {rows.id<EntryId>(2), rows.text(3)};
    }
    const auto changed = db.execute(
        R"sql(
        UPDATE register_person_link SET undone_at = ?2, undone_by = ?3, undone_reason = ?4
         WHERE id = ?1 AND undone_at IS NULL)sql",
        link,
        act.now,
        act.actor.party,
        reason
    );
    if (changed == 0) return problem("registers.no_such_link", "");
    audit_link(db, act, "register.unlink_persons", one, other, std::string(reason));
    return Done{};
}

}  // namespace thien_an::registers
