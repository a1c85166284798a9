#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/audit.h"
#include "engine/identity/parties.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t name_letters_max = 250;

/// Reads id, kind, name, born_on, identity_number_masked, phone_masked, email_masked, guest, in that order.
Party party_from(const storage::Rows& row)
{
    return {
        .id = row.id<PartyId>(0),
        .kind = PartyKind(row.integer(1)),
        .name = row.text(2),
        .born_on = row.day_or_null(3),
        .identity_number_masked = row.text(4),
        .phone_masked = row.text(5),
        .email_masked = row.text(6),
        .guest = row.integer(7) == 1};
}

/// Encrypts and indexes columns of one party.
class Sealer {
public:
    Sealer(const crypto::KeyRing& keys, PartyId party) : keys_(keys), party_(party) {}

    std::optional<Bytes> sealed(std::string_view column, const std::string& text) const
    {
        if (text.empty()) return std::nullopt;
        return keys_.seal_column({.table = "party", .column = column, .row = party_.value}, text);
    }
    std::optional<Bytes> index(std::string_view column, const std::string& text) const
    {
        if (text.empty()) return std::nullopt;
        return keys_.blind_index("party", column, text);
    }
    std::string opened(std::string_view column, const storage::Rows& row, int at) const
    {
        if (row.null(at)) return "";
        const auto sealed_bytes = row.bytes(at);
        return keys_.open_column({.table = "party", .column = column, .row = party_.value}, sealed_bytes)
            .value();
    }

private:
    const crypto::KeyRing& keys_;
    PartyId party_;
};

/// The party as it will be kept; Problem of the first value that cannot be.
Result<NewParty> tidy(const NewParty& party)
{
    NewParty kept = party;
    kept.name = party.kind == PartyKind::person ? tidy_name(party.name) : nfc(party.name);
    if (!party.guest && (kept.name.empty() || letters(kept.name) > name_letters_max))
        return Problem{.code = "identity.bad_name", .field = "/name", .law = ""};
    if (!party.details.phone.empty()) kept.details.phone = TRY(tidy_phone(party.details.phone));
    if (!party.details.email.empty()) kept.details.email = TRY(tidy_email(party.details.email));
    if (!party.details.identity_number.empty() && party.kind == PartyKind::person)
        kept.details.identity_number = TRY(tidy_identity_number(party.details.identity_number));
    return kept;
}

Result<Done> check_free(
    storage::Reader& db, const crypto::KeyRing& keys, PartyId id, const std::string& number
)
{
    if (number.empty()) return Done{};
    const auto holder = party_by_identity_number(db, keys, number);
    if (!holder || *holder == id) return Done{};
    return Problem{.code = "identity.identity_number_taken", .field = "/identity_number", .law = ""};
}

void write_party(
    storage::Writer& db, const crypto::KeyRing& keys, PartyId id, const NewParty& party, Instant now
)
{
    const Sealer sealer(keys, id);
    const auto& details = party.details;
    db.execute(
        R"sql(
        INSERT INTO party (id, kind, name, name_folded, born_on, identity_number_sealed, identity_number_index,
                           identity_number_masked, phone_sealed, phone_index, phone_masked, email_sealed, email_index,
                           email_masked, address_sealed, guest, created_at, changed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?17)
            ON CONFLICT (id) DO UPDATE SET
               name = excluded.name, name_folded = excluded.name_folded, born_on = excluded.born_on,
               identity_number_sealed = excluded.identity_number_sealed,
               identity_number_index = excluded.identity_number_index,
               identity_number_masked = excluded.identity_number_masked,
               phone_sealed = excluded.phone_sealed, phone_index = excluded.phone_index,
               phone_masked = excluded.phone_masked, email_sealed = excluded.email_sealed,
               email_index = excluded.email_index, email_masked = excluded.email_masked,
               address_sealed = excluded.address_sealed, guest = excluded.guest, changed_at = excluded.changed_at)sql",
        id,
        party.kind,
        party.name,
        folded(party.name),
        party.born_on,
        sealer.sealed("identity_number", details.identity_number),
        sealer.index("identity_number", details.identity_number),
        masked(details.identity_number),
        sealer.sealed("phone", details.phone),
        sealer.index("phone", details.phone),
        masked(details.phone),
        sealer.sealed("email", details.email),
        sealer.index("email", details.email),
        masked(details.email),
        sealer.sealed("address", details.address),
        party.guest,
        now
    );
}

/// What is different, by name: for the audit trail.
json::array changes(const Party& before, const PartyDetails& old, const NewParty& now)
{
    json::array names;
    if (before.name != now.name) names.emplace_back("name");
    if (before.born_on != now.born_on) names.emplace_back("born_on");
    if (old.identity_number != now.details.identity_number) names.emplace_back("identity_number");
    if (old.phone != now.details.phone) names.emplace_back("phone");
    if (old.email != now.details.email) names.emplace_back("email");
    if (old.address != now.details.address) names.emplace_back("address");
    return names;
}

AuditNote note(std::string_view what, PartyId id, std::string_view reason)
{
    return {
        .what = std::string(what),
        .subject = "party",
        .subject_id = id.value,
        .about = id,
        .agency = {},
        .reason = std::string(reason)};
}

}  // namespace

Result<Party> find_party(storage::Reader& db, PartyId id)
{
    auto rows = db.query(
        R"sql(SELECT id, kind, name, born_on, identity_number_masked, phone_masked, email_masked, guest
                FROM party WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return Problem{.code = "identity.no_such_party", .field = "/party", .law = ""};
    return party_from(rows);
}

Result<PartyId> create_party(
    storage::Writer& db, const crypto::KeyRing& keys, const Act& act, const NewParty& party
)
{
    const auto kept = TRY(tidy(party));
    TRY(check_free(db, keys, {}, kept.details.identity_number));
    const auto id = act.ids.next_as<struct PartyTag>();
    write_party(db, keys, id, kept, act.now);
    return id;
}

Result<Done> change_party(
    storage::Writer& db, const crypto::KeyRing& keys, const Act& act, PartyId id, const NewParty& party
)
{
    const auto before = TRY(find_party(db, id));
    const auto kept = TRY(tidy(party));
    TRY(check_free(db, keys, id, kept.details.identity_number));
    auto row = note("party.change", id, "");
    row.detail["changed"] = changes(before, details_for_program(db, keys, id), kept);
    write_party(db, keys, id, kept, act.now);
    audit(db, act, row);
    return Done{};
}

Result<PartyDetails> reveal_party(
    storage::Writer& db, const crypto::KeyRing& keys, const Act& act, PartyId id, std::string_view reason
)
{
    TRY(find_party(db, id));
    if (act.actor.party != id && reason.empty())
        return Problem{.code = "identity.reason_missing", .field = "/reason", .law = ""};
    audit(db, act, note("party.reveal", id, reason));
    return details_for_program(db, keys, id);
}

PartyDetails details_for_program(storage::Reader& db, const crypto::KeyRing& keys, PartyId id)
{
    auto rows = db.query(
        R"sql(SELECT identity_number_sealed, phone_sealed, email_sealed, address_sealed FROM party WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return {};
    const Sealer sealer(keys, id);
    return {
        .identity_number = sealer.opened("identity_number", rows, 0),
        .phone = sealer.opened("phone", rows, 1),
        .email = sealer.opened("email", rows, 2),
        .address = sealer.opened("address", rows, 3)};
}

std::optional<PartyId> party_by_identity_number(
    storage::Reader& db, const crypto::KeyRing& keys, std::string_view number
)
{
    const auto index = keys.blind_index("party", "identity_number", number);
    auto rows = db.query("SELECT id FROM party WHERE identity_number_index = ?1", index);
    return rows.next() ? std::optional(rows.id<PartyId>(0)) : std::nullopt;
}

std::vector<PartyId> parties_by_contact(
    storage::Reader& db, const crypto::KeyRing& keys, std::string_view contact
)
{
    const auto tidied = tidy_contact(contact);
    std::vector<PartyId> found;
    if (!tidied) return found;
    const auto& text = tidied.value();
    auto rows = db.query(
        R"sql(SELECT id FROM party WHERE phone_index = ?1 OR email_index = ?2 ORDER BY id LIMIT 20)sql",
        keys.blind_index("party", "phone", text),
        keys.blind_index("party", "email", text)
    );
    while (rows.next()) found.push_back(rows.id<PartyId>(0));
    return found;
}

std::vector<Party> search_officials(
    storage::Reader& db, AgencyId agency, std::string_view words, Day day, int limit
)
{
    // Every word of what was typed somewhere in the name; folded text, so LIKE agrees on both databases.
    std::string pattern = "%";
    for (const char c : folded(words)) pattern += c == ' ' ? '%' : c;
    pattern += "%";
    auto rows = db.query(
        R"sql(
        SELECT id, kind, name, born_on, identity_number_masked, phone_masked, email_masked, guest
          FROM party
         WHERE name_folded LIKE ?1 AND id IN (
               SELECT h.party FROM agency_below b JOIN post p ON p.agency = b.below JOIN post_holder h ON h.post = p.id
                WHERE b.above = ?2 AND b.valid_from <= ?3 AND (b.valid_to IS NULL OR b.valid_to > ?3))
         ORDER BY name_folded, id
         LIMIT ?4)sql",
        pattern,
        agency,
        day,
        std::clamp(limit, 1, 500)
    );
    std::vector<Party> found;
    while (rows.next()) found.push_back(party_from(rows));
    return found;
}

}  // namespace thien_an::identity
