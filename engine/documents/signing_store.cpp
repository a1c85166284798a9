#include "engine/documents/signing_store.h"

namespace thien_an::documents {
namespace {

using storage::Reader;
using storage::Writer;

crypto::ColumnPlace place_of(SigningJobId id) { return {"signing_job", "frozen", id.value}; }

json::object json_of(const FieldText& field) { return {{"field", field.field}, {"text", field.text}}; }

json::object json_of(const SigningStep& step)
{
    json::array lines;
    for (const auto& line : step.lines) lines.emplace_back(line);
    json::array fields;
    for (const auto& field : step.fields) fields.push_back(json_of(field));
    return {
        {"holder", step.holder.kind},
        {"holder_id", step.holder.id},
        {"place", step.place},
        {"name", step.name},
        {"below", step.below},
        {"lines", std::move(lines)},
        {"fields", std::move(fields)},
        {"seal", step.seal},
    };
}

template <typename Take>
void each_of(const json::value& v, std::string_view name, Take take)
{
    const auto* list = json::member(v, name);
    if (list == nullptr || !list->is_array()) return;
    for (const auto& one : list->get_array()) take(one);
}

SigningStep step_from(const json::value& v)
{
    SigningStep step{
        .holder = {json::string_or(v, "holder"), json::integer_or(v, "holder_id")},
        .place = json::string_or(v, "place"),
        .name = json::string_or(v, "name"),
        .below = json::string_or(v, "below"),
        .seal = json::bool_or(v, "seal"),
    };
    each_of(v, "lines", [&](const json::value& line) { step.lines.emplace_back(line.as_string()); });
    each_of(v, "fields", [&](const json::value& field) {
        step.fields.push_back(
            {.field = json::string_or(field, "field"), .text = json::string_or(field, "text")}
        );
    });
    return step;
}

}  // namespace

json::value json_of(const SigningRequest& request)
{
    json::array steps;
    for (const auto& step : request.steps) steps.push_back(json_of(step));
    return json::object{
        {"document", request.document.value},
        {"paper_xml", request.paper_xml},
        {"paper_name", request.paper_name},
        {"values", request.values},
        {"steps", std::move(steps)},
        {"stage", request.stage},
        {"issue", request.issue},
    };
}

SigningRequest request_from(const json::value& v)
{
    SigningRequest request{
        .document = {json::integer_or(v, "document")},
        .paper_xml = json::string_or(v, "paper_xml"),
        .paper_name = json::string_or(v, "paper_name"),
        .values = v.at("values"),
        .steps = {},
        .stage = json::string_or(v, "stage"),
        .issue = json::bool_or(v, "issue"),
    };
    each_of(v, "steps", [&](const json::value& step) { request.steps.push_back(step_from(step)); });
    return request;
}

void add_job(
    Writer& db,
    const identity::Act& act,
    const crypto::KeyRing& keys,
    SigningJobId id,
    const SigningRequest& request
)
{
    db.execute(
        R"sql(
        INSERT INTO signing_job (id, document, frozen, state, requested_at, party, post, for_post, agency)
        VALUES (?1, ?2, ?3, 1, ?4, ?5, ?6, ?7, ?8))sql",
        id,
        request.document,
        keys.seal_column(place_of(id), json::text_of(json_of(request))),
        act.now,
        act.actor.party,
        act.actor.post,
        act.actor.for_post,
        act.actor.agency
    );
}

Result<SigningJob> find_job(Reader& db, const crypto::KeyRing& keys, SigningJobId id)
{
    auto rows = db.query(
        R"sql(
        SELECT frozen, state, requested_at, party, post, for_post, agency
          FROM signing_job
         WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) throw storage::StorageError("no such signing job");
    const auto text = TRY(keys.open_column(place_of(id), rows.bytes(0)));
    return SigningJob{
        .id = id,
        .request = request_from(TRY(json::parse(text))),
        .done = rows.integer(1) == 2,
        .requested_at = rows.instant(2),
        .actor =
            {.account = {},
             .party = rows.id<identity::PartyId>(3),
             .post = rows.id<identity::PostId>(4),
             .agency = rows.id<identity::AgencyId>(6),
             .for_post = rows.id<identity::PostId>(5),
             .channel = "timer"},
    };
}

void mark_done(Writer& db, SigningJobId id, int version, Instant now)
{
    db.execute(
        "UPDATE signing_job SET state = 2, done_at = ?3, version = ?2 WHERE id = ?1", id, version, now
    );
}

std::int64_t jobs_waiting(Reader& db, DocumentId id)
{
    auto rows = db.query("SELECT count(*) FROM signing_job WHERE document = ?1 AND state = 1", id);
    return rows.next() ? rows.integer(0) : 0;
}

}  // namespace thien_an::documents
