#include "systems/portal/verify_api.h"

#include "engine/crypto/certificate.h"
#include "engine/documents/verification.h"
#include "engine/identity/agencies.h"
#include "engine/web/received.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

PaperKnown known_of(storage::Reader& db, const documents::PublicRecord& record, Day today)
{
    const auto agency = identity::agency_on(db, record.agency, record.dated_on.value_or(today));
    PaperKnown known{
        .title = record.title,
        .agency = agency ? agency.value().name_vi : "",
        .number = record.number,
        .dated_on = record.dated_on,
        .sha256 = record.sha256,
        .standing = std::string(documents::word_of(record.standing)),
        .replaced_by = {}};
    if (!record.replaced_number.empty()) known.replaced_by = record.replaced_number;
    return known;
}

/// "documents.answer.genuine" -> "genuine": the last part of the catalogue's key is the word of the API.
std::string word_of(documents::Answer answer)
{
    const auto key = documents::words_of(answer);
    return key.substr(key.rfind('.') + 1);
}

}  // namespace

Result<web::Response> verify_sent(const web::Request& request, web::Context& context)
{
    const auto pdf = TRY(web::sent_file(request));
    return context.database().read([&](storage::Reader& db) -> Result<web::Response> {
        const auto verdict = documents::judge(
            db, bytes_of(pdf), request.query.get("token"), context.use<crypto::Trust>(), context.now()
        );
        Verification told{
            .answer = word_of(verdict.answer),
            .sentence = context.say(documents::words_of(verdict.answer)),
            .sha256 = verdict.sha256,
            .signatures = {},
            .paper = {}};
        for (const auto& one : verdict.pdf.signatures)
            told.signatures.push_back({one.signer.common_name, one.valid(), one.intact(), one.claimed_at});
        if (verdict.paper) told.paper = known_of(db, *verdict.paper, context.today());
        return web::json_answer(web::encode(told));
    });
}

Result<web::Response> send_paper_known(const web::Request& request, web::Context& context)
{
    return context.database().read([&](storage::Reader& db) -> Result<web::Response> {
        const auto record = TRY(documents::find_public(db, request.value("token")));
        return web::json_answer(web::encode(known_of(db, record, context.today())));
    });
}

}  // namespace thien_an::portal
