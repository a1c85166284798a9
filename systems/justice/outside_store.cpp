#include "systems/justice/outside_store.h"

namespace thien_an::justice {

void insert_request(storage::Writer& db, const OutsideRequest& request)
{
    db.execute(
        "INSERT INTO outside_request (id, dossier, receiver, asked_at) VALUES (?1, ?2, ?3, ?4)",
        request.id,
        request.dossier,
        request.receiver,
        request.asked_at
    );
}

Result<OutsideRequest> find_request(storage::Reader& db, RequestId id)
{
    auto rows = db.query("SELECT id, dossier, receiver, asked_at FROM outside_request WHERE id = ?1", id);
    if (!rows.next()) return Problem{.code = "justice.no_such_request", .field = "", .law = ""};
    return OutsideRequest{
        rows.id<RequestId>(0), rows.id<casework::DossierId>(1), rows.text(2), rows.instant(3)};
}

std::vector<OutsideRequest> requests_of(storage::Reader& db, casework::DossierId dossier)
{
    auto rows = db.query(
        R"sql(
        SELECT id, dossier, receiver, asked_at
          FROM outside_request
         WHERE dossier = ?1          -- served by index outside_request_of_dossier
         ORDER BY id
         LIMIT 1000)sql",
        dossier
    );
    std::vector<OutsideRequest> out;
    while (rows.next())
        out.push_back({rows.id<RequestId>(0), rows.id<casework::DossierId>(1), rows.text(2), rows.instant(3)}
        );
    return out;
}

void insert_receipt(storage::Writer& db, RequestId request, std::string_view reference, Instant at)
{
    db.execute(
        "INSERT INTO outside_receipt (request, reference, sent_at) VALUES (?1, ?2, ?3) ON CONFLICT DO "
        "NOTHING",
        request,
        reference,
        at
    );
}

std::optional<std::string> reference_of(storage::Reader& db, RequestId request)
{
    auto rows = db.query("SELECT reference FROM outside_receipt WHERE request = ?1", request);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

void insert_answer(storage::Writer& db, const crypto::KeyRing& keys, const OutsideAnswer& answer)
{
    db.execute(
        R"sql(
        INSERT INTO outside_answer (id, request, result, by_party, answered_at, sealed)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
        answer.id,
        answer.request,
        answer.result,
        answer.by_party,
        answer.at,
        keys.seal_column({"outside_answer", "sealed", answer.id}, json::text_of(answer.content))
    );
}

std::vector<OutsideAnswer> answers_of(storage::Reader& db, const crypto::KeyRing& keys, RequestId request)
{
    auto rows = db.query(
        R"sql(
        SELECT id, request, result, by_party, answered_at, sealed
          FROM outside_answer
         WHERE request = ?1          -- served by index outside_answer_of_request
         ORDER BY id
         LIMIT 1000)sql",
        request
    );
    std::vector<OutsideAnswer> out;
    while (rows.next()) {
        const auto id = rows.integer(0);
        const auto sealed = rows.bytes(5);
        const auto text = keys.open_column({"outside_answer", "sealed", id}, sealed);
        if (!text) throw std::runtime_error("a sealed answer does not open");
        out.push_back(
            {id,
             rows.id<RequestId>(1),
             rows.text(2),
             rows.id<identity::PartyId>(3),
             rows.instant(4),
             json::parse(text.value()).value()}
        );
    }
    return out;
}

}  // namespace thien_an::justice
