#include "engine/identity/codes_store.h"

#include "engine/crypto/hash.h"
#include "engine/crypto/key_ring.h"
#include "engine/crypto/random.h"
#include "engine/identity/parties.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t code_digits = 6;
constexpr std::string_view hash_purpose = "identity.one_time_code";

/// Keyed, as six digits alone could be tried out by whoever has the table.
Bytes code_hash(const crypto::KeyRing& keys, CodeId id, std::string_view code)
{
    const auto text = text_of(id) + " " + std::string(code);
    const auto hash = crypto::hmac_sha256(keys.purpose_key(hash_purpose).bytes(), bytes_of(text));
    return {hash.begin(), hash.end()};
}

std::int64_t asked_since(storage::Reader& db, const Bytes& contact, Instant since)
{
    auto rows = db.query(
        "SELECT COUNT(*) FROM one_time_code WHERE contact_index = ?1 AND made_at > ?2", contact, since
    );
    return rows.next() ? rows.integer(0) : 0;
}

std::int64_t asked_from_since(storage::Reader& db, const Bytes& address, Instant since)
{
    auto rows = db.query(
        "SELECT COUNT(*) FROM one_time_code WHERE address_index = ?1 AND made_at > ?2", address, since
    );
    return rows.next() ? rows.integer(0) : 0;
}

Problem too_many(std::chrono::minutes wait)
{
    return Problem{
        .code = "identity.too_many_codes",
        .field = "/contact",
        .law = "",
        .words = {{"minutes", std::to_string(wait.count())}}};
}

Result<Done> check_rate(
    storage::Reader& db, const SignInPolicy& policy, const Bytes& contact, const Bytes& address, Instant wall
)
{
    using std::chrono::hours;
    using std::chrono::minutes;
    if (asked_since(db, contact, wall - minutes{15}) >= policy.codes_per_contact_15_minutes)
        return too_many(minutes{15});
    if (asked_since(db, contact, wall - hours{24}) >= policy.codes_per_contact_day)
        return too_many(minutes{24 * 60});
    if (asked_from_since(db, address, wall - hours{1}) >= policy.codes_per_address_hour)
        return too_many(minutes{60});
    return Done{};
}

/// Whether the contact already signs somebody in.
bool has_account(storage::Reader& db, const Bytes& contact)
{
    auto rows = db.query("SELECT 1 FROM account_login WHERE login_index = ?1", contact);
    return rows.next();
}

/// What is sent: a code that helps nobody is not. Who signs up with a contact that has an account is told
/// there instead; who wants a new password for a contact without account gets nothing.
bool code_goes_out(CodePurpose purpose, bool known)
{
    switch (purpose) {
    case CodePurpose::sign_up:
    case CodePurpose::change_contact: return !known;
    case CodePurpose::reset: return known;
    case CodePurpose::guest:
    case CodePurpose::declare: return true;
    }
    throw std::logic_error("CodePurpose outside its enumerators");
}

struct Draft {
    CodeId id;
    std::string code;
    std::string contact;
    Bytes index;
    Bytes address;
    Instant made;
    Instant ends;
};

void insert(storage::Writer& db, const Means& means, CodePurpose purpose, const Draft& draft)
{
    db.execute(
        R"sql(
        INSERT INTO one_time_code (id, purpose, contact_sealed, contact_index, code_hash, address_index, made_at, ends_at,
                                   tries, used_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, NULL))sql",
        draft.id,
        purpose,
        means.keys.seal_column(
            {.table = "one_time_code", .column = "contact", .row = draft.id.value}, draft.contact
        ),
        draft.index,
        code_hash(means.keys, draft.id, draft.code),
        draft.address,
        draft.made,
        draft.ends
    );
}

void send(storage::Writer& db, const Means& means, const CodeRequest& request, const Draft& draft)
{
    const bool known = has_account(db, draft.index);
    const bool goes_out = code_goes_out(request.purpose, known);
    if (!goes_out && request.purpose == CodePurpose::reset) return;
    const Act act{.actor = {.channel = "portal"}, .now = means.clock.now(), .ids = means.ids};
    means.send_code(
        db,
        act,
        {.purpose = std::string(name_of(request.purpose)),
         .contact = draft.contact,
         .code = goes_out ? draft.code : "",
         .until = draft.ends,
         .language = request.language}
    );
}

Problem refused(std::string_view code)
{
    return Problem{.code = std::string(code), .field = "/code", .law = ""};
}

}  // namespace

std::string_view name_of(CodePurpose purpose)
{
    switch (purpose) {
    case CodePurpose::sign_up: return "sign_up";
    case CodePurpose::guest: return "guest";
    case CodePurpose::reset: return "reset";
    case CodePurpose::change_contact: return "change_contact";
    case CodePurpose::declare: return "declare";
    }
    throw std::logic_error("CodePurpose outside its enumerators");
}

Bytes contact_index(const crypto::KeyRing& keys, std::string_view contact)
{
    return keys.blind_index("account_login", "login", contact);
}

std::int64_t lock_of(const Bytes& index)
{
    std::int64_t lock = 0;
    for (std::size_t i = 0; i < 7; ++i) lock = lock << 8 | index.at(i);
    return lock;
}

storage::Locks locks_for(const Means& means, CodeId id)
{
    storage::Locks locks{{"code", id.value}};
    means.database.read([&](storage::Reader& db) {
        auto rows = db.query("SELECT contact_index FROM one_time_code WHERE id = ?1", id);
        if (rows.next()) locks.push_back({"login", lock_of(rows.bytes(0))});
    });
    return locks;
}

Result<CodeTicket> request_code(const Means& means, const CodeRequest& request)
{
    const auto wall = means.wall();
    const auto contact = TRY(tidy_contact(request.contact));
    const Draft draft{
        .id = means.ids.next_as<struct CodeTag>(),
        .code = crypto::random_digits(code_digits),
        .contact = contact,
        .index = contact_index(means.keys, contact),
        .address = means.keys.blind_index("one_time_code", "address", request.address),
        .made = wall,
        .ends = wall + means.policy.code_lasts};
    // The lock makes two requests at once count each other.
    return means.database.write(
        {{"login", lock_of(draft.index)}},
        [&](storage::Writer& db) -> Result<CodeTicket> {
            TRY(check_rate(db, means.policy, draft.index, draft.address, wall));
            insert(db, means, request.purpose, draft);
            send(db, means, request, draft);
            return CodeTicket{.id = draft.id, .contact_masked = masked(contact), .until = draft.ends};
        }
    );
}

TakenCode take_code(
    storage::Writer& db, const Means& means, CodeId id, CodePurpose purpose, std::string_view code
)
{
    const auto wall = means.wall();
    std::int64_t tries = 0;
    Bytes hash;
    Bytes sealed;
    {
        auto rows = db.query(
            R"sql(SELECT tries, code_hash, contact_sealed, ends_at, used_at FROM one_time_code
                   WHERE id = ?1 AND purpose = ?2)sql",
            id,
            purpose
        );
        if (!rows.next()) return {.refused = refused("identity.code_expired"), .contact = ""};
        if (!rows.null(4)) return {.refused = refused("identity.code_used"), .contact = ""};
        if (rows.instant(3) <= wall || rows.integer(0) >= means.policy.code_tries)
            return {.refused = refused("identity.code_expired"), .contact = ""};
        tries = rows.integer(0);
        hash = rows.bytes(1);
        sealed = rows.bytes(2);
    }
    if (!crypto::equal_constant_time(hash, code_hash(means.keys, id, code))) {
        db.execute("UPDATE one_time_code SET tries = tries + 1 WHERE id = ?1", id);
        auto problem = refused("identity.wrong_code");
        problem.words.emplace_back("left", std::to_string(means.policy.code_tries - tries - 1));
        return {.refused = problem, .contact = ""};
    }
    db.execute("UPDATE one_time_code SET used_at = ?2 WHERE id = ?1", id, wall);
    auto contact =
        means.keys.open_column({.table = "one_time_code", .column = "contact", .row = id.value}, sealed);
    return {.refused = std::nullopt, .contact = std::move(contact).value()};
}

Result<std::string> try_code(const Means& means, CodeId id, CodePurpose purpose, std::string_view code)
{
    const auto taken =
        means.database.write(locks_for(means, id), [&](storage::Writer& db) -> Result<TakenCode> {
            return take_code(db, means, id, purpose, code);
        });
    if (!taken) return taken.problem();
    if (taken.value().refused) return *taken.value().refused;
    return taken.value().contact;
}

}  // namespace thien_an::identity
