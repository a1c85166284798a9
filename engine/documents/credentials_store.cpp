#include <algorithm>

#include "engine/crypto/certificate.h"
#include "engine/crypto/der.h"
#include "engine/documents/credentials.h"

namespace thien_an::documents {
namespace {

using storage::Reader;
using storage::Writer;

Bytes joined(const std::vector<Bytes>& chain)
{
    Bytes out;
    for (const auto& one : chain) out.insert(out.end(), one.begin(), one.end());
    return out;
}

std::vector<Bytes> split(ByteView chain)
{
    std::vector<Bytes> out;
    while (const auto size = crypto::der::element_size(chain)) {
        out.emplace_back(chain.begin(), chain.begin() + std::ptrdiff_t(size));
        chain = chain.subspan(size);
    }
    return out;
}

void add_once(std::vector<Bytes>& list, const Bytes& one)
{
    if (std::ranges::find(list, one) == list.end()) list.push_back(one);
}

}  // namespace

Result<CredentialId> add_credential(
    Writer& db, const identity::Act& act, const Holder& holder, const crypto::Credential& credential
)
{
    const auto about = crypto::about_certificate(credential.certificate);
    if (!about) return Problem{.code = "documents.bad_certificate"};
    const auto id = act.ids.next_as<CredentialTag>();
    db.execute(
        R"sql(
        INSERT INTO signing_credential (id, holder, holder_id, certificate, chain, sealed_key, valid_from, valid_to, added_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        id,
        holder.kind,
        holder.id,
        credential.certificate,
        joined(credential.chain),
        credential.sealed_key,
        about->valid_from,
        about->valid_to,
        act.now
    );
    return id;
}

Result<Done> retire_credential(Writer& db, const identity::Act& act, CredentialId id)
{
    const auto changed = db.execute(
        "UPDATE signing_credential SET retired_at = ?2 WHERE id = ?1 AND retired_at IS NULL", id, act.now
    );
    if (changed == 0) return Problem{.code = "documents.no_credential"};
    return Done{};
}

Result<crypto::Credential> find_credential(Reader& db, const Holder& holder, Instant at)
{
    auto rows = db.query(
        R"sql(
        SELECT certificate, chain, sealed_key
          FROM signing_credential
         WHERE holder = ?1 AND holder_id = ?2 AND valid_from <= ?3 AND valid_to > ?3 AND retired_at IS NULL
         ORDER BY id DESC                             -- served by index signing_credential_holder
         LIMIT 1)sql",
        holder.kind,
        holder.id,
        at
    );
    if (!rows.next()) return Problem{.code = "documents.no_credential", .words = {{"holder", holder.kind}}};
    return crypto::Credential{rows.bytes(0), split(rows.bytes(1)), rows.bytes(2)};
}

crypto::Trust own_trust(Reader& db)
{
    crypto::Trust trust;
    auto rows = db.query("SELECT DISTINCT chain FROM signing_credential LIMIT 1000");
    while (rows.next()) {
        const auto chain = split(rows.bytes(0));
        for (std::size_t i = 0; i < chain.size(); ++i) {
            add_once(i + 1 == chain.size() ? trust.roots : trust.intermediates, chain[i]);
        }
    }
    return trust;
}

}  // namespace thien_an::documents
