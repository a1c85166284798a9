#include "systems/portal/verify_pages.h"

#include "engine/crypto/certificate.h"
#include "engine/crypto/hash.h"
#include "engine/documents/document_store.h"
#include "engine/documents/pdf_verify.h"
#include "engine/identity/agencies.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::Speech;
using documents::PublicRecord;

/// What a page shows: the paper by its code, and what became of an uploaded file.
struct Shown {
    std::string action = "/xac-minh";
    std::optional<PublicRecord> record;
    json::value verdict = nullptr;
    json::array checks = {};
    std::optional<Problem> problem;
    int status = 200;
};

json::value record_values(const PublicRecord& record, web::Context& context, const Speech& say)
{
    const bool in_force = record.standing == PublicRecord::Standing::in_force;
    const auto agency = context.database().read([&](storage::Reader& db) {
        const auto found = identity::agency_on(db, record.agency, record.dated_on.value_or(context.today()));
        return found ? found.value().name_vi : std::string();
    });
    json::value replaced = nullptr;
    if (!in_force)
        replaced = say.say(
            "portal.verify.standing." + std::string(documents::word_of(record.standing)),
            json::object{{"number", record.replaced_number}}
        );
    return json::object{
        {"title", record.title},
        {"agency", agency},
        {"number", record.number},
        {"date", record.dated_on ? shown(*record.dated_on) : std::string()},
        {"sha256", record.sha256},
        {"in_force", in_force},
        {"replaced", std::move(replaced)}};
}

web::Response draw(Shown it, web::Context& context)
{
    const auto say = speech(context);
    std::vector<Problem> problems;
    json::value error = nullptr;
    if (it.problem) {
        problems.push_back(*it.problem);
        problems.back().field = "/file";
        error = context.sentence(*it.problem);
    }
    return context.render(
        "portal/verify",
        {{"error_summary", casework::error_summary({}, problems, say)},
         {"file_field",
          json::object{
              {"id", "file"},
              {"name", "file"},
              {"label", say.say("portal.verify.file")},
              {"hint", say.say("portal.verify.file_hint")},
              {"error", error},
              {"accept", "application/pdf"}}},
         {"record", it.record ? record_values(*it.record, context, say) : json::value(nullptr)},
         {"verdict", std::move(it.verdict)},
         {"checks", std::move(it.checks)},
         {"action", it.action}},
        it.problem ? 422 : it.status
    );
}

json::object check(bool good, std::string text, std::string note)
{
    return {
        {"kind", good ? "ok" : "bad"},
        {"icon", good ? "check" : "x"},
        {"text", std::move(text)},
        {"note", std::move(note)}};
}

std::string fault_of(const documents::SignatureReport& signature, const Speech& say)
{
    if (!signature.placed || !signature.genuine) return say.say("portal.verify.fault.changed");
    if (!signature.bound || !signature.strong) return say.say("portal.verify.fault.weak");
    if (signature.later == documents::Later::content_changed)
        return say.say("portal.verify.fault.content_changed");
    if (signature.later == documents::Later::unsigned_bytes)
        return say.say("portal.verify.fault.unsigned_bytes");
    if (signature.chain != crypto::ChainState::good) return say.say("portal.verify.fault.chain");
    return say.say("portal.verify.signature_good");
}

/// Signatures first, then the register: a file is good only when both say so.
void judge(Shown& it, const std::string& content, web::Context& context)
{
    const auto say = speech(context);
    const auto report = documents::verify_pdf(bytes_of(content), context.use<crypto::Trust>(), context.now());
    bool good = report.readable && !report.signatures.empty();
    if (!report.readable)
        it.checks.push_back(
            check(false, say.say("portal.verify.pdf"), say.say("portal.verify.fault.unreadable"))
        );
    if (report.readable && report.signatures.empty())
        it.checks.push_back(
            check(false, say.say("portal.verify.signatures"), say.say("portal.verify.fault.unsigned"))
        );
    for (const auto& signature : report.signatures) {
        good = good && signature.valid();
        const json::object who{{"name", signature.signer.common_name}};
        it.checks.push_back(
            check(signature.valid(), say.say("portal.verify.signature_of", who), fault_of(signature, say))
        );
    }
    const auto digest = hex(crypto::sha256(bytes_of(content)));
    const auto known =
        context.database().read([&](storage::Reader& db) { return documents::find_by_sha256(db, digest); });
    const bool same = known && known->present && (!it.record || known->paper.document == it.record->document);
    const bool in_force = same && known->paper.standing == PublicRecord::Standing::in_force;
    const auto word = same
                          ? (in_force ? "portal.verify.register_good" : "portal.verify.register_not_in_force")
                          : "portal.verify.register_unknown";
    it.checks.push_back(check(in_force, say.say("portal.verify.register"), say.say(word)));
    if (!it.record && known) it.record = known->paper;
    good = good && in_force;
    it.verdict = json::object{
        {"good", good},
        {"kind", good ? "ok" : "bad"},
        {"icon", good ? "check" : "alert"},
        {"title",
         say.say(good ? "portal.verify.good" : (same ? "portal.verify.no_longer" : "portal.verify.bad"))},
        {"text",
         say.say(
             good ? "portal.verify.good_text"
                  : (same ? "portal.verify.no_longer_text" : "portal.verify.bad_text")
         )}};
}

Result<web::Response> answer(Shown it, const web::Request& request, web::Context& context)
{
    const auto sent = std::find_if(request.files.begin(), request.files.end(), [](const auto& file) {
        return file.field == "file" && !file.content.empty();
    });
    if (sent == request.files.end())
        it.problem = Problem{.code = "portal.no_file", .field = "/file", .law = ""};
    else
        judge(it, sent->content, context);
    return draw(std::move(it), context);
}

Result<Shown> known_paper(const web::Request& request, web::Context& context)
{
    const auto record = TRY(context.database().read([&](storage::Reader& db) {
        return documents::find_public(db, request.value("token"));
    }));
    return Shown{.action = "/xac-minh/" + request.value("token"), .record = record, .problem = {}};
}

}  // namespace

Result<web::Response> show_verify(const web::Request&, web::Context& context)
{
    return draw({.record = {}, .problem = {}}, context);
}

Result<web::Response> show_verified(const web::Request& request, web::Context& context)
{
    return draw(TRY(known_paper(request, context)), context);
}

Result<web::Response> verify_file(const web::Request& request, web::Context& context)
{
    return answer({.record = {}, .problem = {}}, request, context);
}

Result<web::Response> verify_file_of(const web::Request& request, web::Context& context)
{
    return answer(TRY(known_paper(request, context)), request, context);
}

}  // namespace thien_an::portal
