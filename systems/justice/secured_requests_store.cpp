#include "systems/justice/secured_requests.h"

namespace thien_an::justice {
namespace {

constexpr std::string_view table = "secured_request";

json::value opened(
    const crypto::KeyRing& keys, std::string_view column, std::int64_t call, const Bytes& sealed
)
{
    if (sealed.empty()) return nullptr;
    const auto text = keys.open_column({table, column, call}, sealed);
    if (!text) throw std::runtime_error("a request to the register does not open");
    auto parsed = json::parse(text.value());
    if (!parsed) throw std::runtime_error("a request to the register cannot be read");
    return std::move(parsed).value();
}

/// Columns call, dossier, asked_at, asked, outcome, answer.
SecuredRequest request_of(const crypto::KeyRing& keys, const storage::Rows& row)
{
    const auto call = row.integer(0);
    SecuredRequest out{
        .call = call,
        .dossier = row.integer(1),
        .asked_at = row.instant(2),
        .asked = opened(keys, "asked", call, row.bytes(3)),
        .outcome = RequestOutcome(row.integer(4))};
    if (!row.null(5)) out.answer = opened(keys, "answer", call, row.bytes(5));
    return out;
}

}  // namespace

void insert_request(storage::Writer& db, const crypto::KeyRing& keys, const SecuredRequest& request)
{
    const auto sealed = keys.seal_column({table, "asked", request.call}, json::text_of(request.asked));
    db.execute(
        R"sql(
        INSERT INTO secured_request (call, dossier, asked_at, asked, outcome)
        VALUES (?1, ?2, ?3, ?4, ?5))sql",
        request.call,
        request.dossier,
        request.asked_at,
        sealed,
        request.outcome
    );
}

void answer_request(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    std::int64_t call,
    RequestOutcome outcome,
    const json::value& answer,
    Instant at
)
{
    const auto sealed = keys.seal_column({table, "answer", call}, json::text_of(answer));
    db.execute(
        R"sql(
        UPDATE secured_request SET outcome = ?2, answered_at = ?3, answer = ?4 WHERE call = ?1)sql",
        call,
        outcome,
        at,
        sealed
    );
}

std::optional<SecuredRequest> find_request(
    storage::Reader& db, const crypto::KeyRing& keys, std::int64_t call
)
{
    auto rows = db.query(
        R"sql(
        SELECT call, dossier, asked_at, asked, outcome, answer
          FROM secured_request WHERE call = ?1)sql",
        call
    );
    if (!rows.next()) return std::nullopt;
    return request_of(keys, rows);
}

std::optional<SecuredRequest> last_request(
    storage::Reader& db, const crypto::KeyRing& keys, std::int64_t dossier
)
{
    auto rows = db.query(
        R"sql(
        SELECT call, dossier, asked_at, asked, outcome, answer
          FROM secured_request WHERE dossier = ?1                   -- served by index secured_request_dossier
         ORDER BY call DESC LIMIT 1)sql",
        dossier
    );
    if (!rows.next()) return std::nullopt;
    return request_of(keys, rows);
}

}  // namespace thien_an::justice
