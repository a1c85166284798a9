#include "systems/civil_status/notice_api.h"

#include "engine/crypto/hash.h"
#include "engine/storage/idempotency.h"

#include "systems/civil_status/desk.h"
#include "systems/civil_status/hospital_notice_desk.h"

namespace thien_an::civil_status {
namespace {

constexpr std::string_view fhir_type = "application/fhir+json";

std::string media_type(const web::Request& request)
{
    const auto type = request.header("content-type");
    auto media = type.substr(0, type.find(';'));
    while (!media.empty() && media.back() == ' ') media.pop_back();
    for (auto& c : media) c = char(std::tolower(static_cast<unsigned char>(c)));
    return media;
}

NoticePerson person_from(const PersonSent& sent)
{
    return {
        .full_name = sent.full_name,
        .sex = "",
        .born_on = sent.born_on,
        .birth_year = sent.birth_year.value_or(0),
        .ethnicity = sent.ethnicity.value_or(""),
        .nationality = sent.nationality.value_or(""),
        .identity_number = sent.identity_number.value_or(""),
        .unit = sent.unit.value_or(""),
        .residence = sent.residence.value_or(""),
        .phone = sent.phone.value_or("")};
}

Result<Notice> birth_from(const json::value& body)
{
    const auto sent = TRY(web::decode<BirthNotified>(body));
    Notice notice{
        .kind = NoticeKind::birth,
        .number = sent.number,
        .facility_code = sent.facility.code,
        .facility_name = sent.facility.name.value_or(""),
        .issued_on = sent.issued_on,
        .at = sent.child.born_at,
        .place = sent.place.value_or(""),
        .weight_grams = sent.child.weight_grams.value_or(0),
        .mother = person_from(sent.mother),
        .father_name = sent.father_full_name.value_or("")};
    notice.mother.sex = "female";
    notice.subject.full_name = sent.child.full_name.value_or("");
    notice.subject.sex = sent.child.sex;
    notice.subject.born_on = day_of(notice.at);
    for (const auto* member : {"full_name", "sex", "born_at", "weight_grams"})
        notice.places["subject." + std::string(member)] = "/child/" + std::string(member);
    return notice;
}

Result<Notice> death_from(const json::value& body)
{
    const auto sent = TRY(web::decode<DeathNotified>(body));
    Notice notice{
        .kind = NoticeKind::death,
        .number = sent.number,
        .facility_code = sent.facility.code,
        .facility_name = sent.facility.name.value_or(""),
        .issued_on = sent.issued_on,
        .at = sent.died_at,
        .place = sent.place.value_or(""),
        .cause = sent.cause.value_or(""),
        .subject = person_from(sent.deceased)};
    notice.subject.sex = sent.deceased.sex;
    for (const auto* member : {"full_name", "sex", "identity_number", "residence"})
        notice.places["subject." + std::string(member)] = "/deceased/" + std::string(member);
    return notice;
}

Result<Notice> notice_from(const web::Request& request, NoticeKind kind)
{
    const auto media = media_type(request);
    if (media == fhir_type) return notice_from_fhir(request.json, kind);
    if (kind == NoticeKind::birth && (media == "application/xml" || media == "text/xml"))
        return notice_from_xml9(request.body, request.query.get("facility"));
    return kind == NoticeKind::birth ? birth_from(request.json) : death_from(request.json);
}

/// A token speaks for the facilities its scopes name, "facility:51001". Problem "civil_status.not_allowed_facility".
Result<Done> check_facility(const Notice& notice, const web::Context& context)
{
    std::string scope = "facility:" + notice.facility_code;
    for (auto& c : scope) c = char(std::tolower(static_cast<unsigned char>(c)));
    if (context.session() != nullptr && context.session()->has_scope(scope)) return Done{};
    const auto place = notice.places.find("facility.code");
    return Problem{
        .code = "civil_status.not_allowed_facility",
        .field = place == notice.places.end() ? "/facility/code" : place->second,
        .law = "",
        .words = {{"facility", notice.facility_code}}};
}

NoticeTaken shown_notice(const TakenNotice& taken, const Notice& notice, const web::Context& context)
{
    NoticeTaken answer{
        .id = text_of(taken.id),
        .number = notice.number,
        .code = taken.code,
        .address = office(context).public_address + "/giay-chung-sinh?ma=" + taken.code,
        .received_at = taken.received_at,
        .repeated = taken.repeated};
    if (!taken.agency_name.empty()) answer.agency = taken.agency_name;
    if (!taken.dossier.empty()) answer.dossier = taken.dossier;
    return answer;
}

/// The refusal as FHIR says it (hl7.org/fhir/R4/operationoutcome.html).
web::Response operation_outcome(const Problem& problem, const web::Context& context)
{
    const auto status = web::status_of(problem);
    json::object issue{
        {"severity", "error"},
        {"code",
         status == 409   ? "conflict"
         : status == 403 ? "forbidden"
                         : "invalid"},
        {"details",
         json::object{
             {"coding",
              json::array{json::object{{"system", "urn:thien-an:problem"}, {"code", problem.code}}}},
             {"text", context.sentence(problem)}}}};
    if (!problem.field.empty()) issue["expression"] = json::array{json::value(problem.field)};
    auto answer = web::json_answer(
        json::object{{"resourceType", "OperationOutcome"}, {"issue", json::array{std::move(issue)}}}, status
    );
    answer.type = fhir_type;
    return answer;
}

/// The notice taken; with an Idempotency-Key the same key and body give the same answer, another body is refused.
Result<storage::KeptAnswer> taken_once(
    const web::Request& request, const web::Context& context, const Notice& notice
)
{
    const auto answer = [&]() -> Result<storage::KeptAnswer> {
        TRY(check_notice(notice, context.now()));
        TRY(check_facility(notice, context));
        const auto taken = TRY(take_notice(office(context), context.actor(), notice));
        return storage::KeptAnswer{201, json::text_of(web::encode(shown_notice(taken, notice, context))), ""};
    };
    const auto key = request.idempotency_key();
    if (key.empty()) return answer();
    const auto hash = crypto::sha256(request.body);
    const storage::IdempotencyKey once{
        .client = "account " + text_of(context.actor().account) + " " + text_of(context.actor().party),
        .route = "POST " + request.path,
        .key = key,
        .body_hash = Bytes(hash.begin(), hash.end())};
    if (const auto before = TRY(storage::answered(context.database(), once))) return *before;
    auto made = TRY(answer());
    // The notice itself is taken once by its number, so a crash between the two costs nothing.
    return storage::once(
        context.database(),
        {},
        once,
        context.wall(),
        [&](storage::Writer&) -> Result<storage::KeptAnswer> { return made; }
    );
}

Result<web::Response> take(const web::Request& request, web::Context& context, NoticeKind kind)
{
    const bool fhir = media_type(request) == fhir_type;
    const auto done = [&]() -> Result<storage::KeptAnswer> {
        // Programs of health facilities only: nobody tells of a birth from a page.
        if (context.actor().channel != "api") return Problem{.code = "web.forbidden", .field = "", .law = ""};
        return taken_once(request, context, TRY(notice_from(request, kind)));
    }();
    if (!done) {
        if (fhir) return operation_outcome(done.problem(), context);
        return done.problem();
    }
    web::Response response;
    response.status = done.value().status;
    response.type = "application/json";
    response.body = done.value().answer;
    return response;
}

}  // namespace

Result<web::Response> take_birth_notice(const web::Request& request, web::Context& context)
{
    return take(request, context, NoticeKind::birth);
}

Result<web::Response> take_death_notice(const web::Request& request, web::Context& context)
{
    return take(request, context, NoticeKind::death);
}

}  // namespace thien_an::civil_status
