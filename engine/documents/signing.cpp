#include "engine/documents/signing.h"

#include <algorithm>

#include "engine/documents/appearance.h"
#include "engine/documents/signing_store.h"

namespace thien_an::documents {
namespace {

using storage::OutboxItem;
using storage::Sent;
using storage::Writer;

/// A PDF on its way through the steps, with its places when it was drawn here.
struct Sheet {
    Bytes pdf;
    std::vector<Place> places;
};

const Place* find_place(const Sheet& sheet, std::string_view name)
{
    const auto found = std::ranges::find(sheet.places, name, &Place::name);
    return found == sheet.places.end() ? nullptr : &*found;
}

/// One job, once.
class Work {
public:
    Work(const SigningMeans& means, const SigningJob& job) : means_(&means), job_(&job) {}

    Result<Bytes> run()
    {
        auto sheet = TRY(begin());
        for (const auto& step : job_->request.steps) sheet.pdf = TRY(sign(sheet, step));
        return std::move(sheet.pdf);
    }

private:
    /// The paper is read again in both cases: its places tell how large appearances and filled fields are.
    Result<Sheet> begin()
    {
        const auto& request = job_->request;
        Sheet sheet;
        if (!request.paper_xml.empty()) {
            const auto paper = TRY(Paper::read(request.paper_xml, request.paper_name));
            auto drawn = TRY(draw(
                paper, {.values = request.values, .created = job_->requested_at, .pictures = means_->pictures}
            ));
            sheet.pdf = TRY(with_fields(drawn.pdf, drawn.places));
            sheet.places = std::move(drawn.places);
            return sheet;
        }
        const auto versions =
            means_->database.read([&](storage::Reader& db) { return versions_of(db, request.document); });
        if (versions.empty()) return Problem{.code = "documents.no_version"};
        sheet.pdf = means_->files.read_all(versions.back().sha256);
        sheet.places = TRY(places_of(sheet.pdf));
        return sheet;
    }

    Result<Bytes> sign(const Sheet& sheet, const SigningStep& step)
    {
        const auto* place = find_place(sheet, step.place);
        if (place == nullptr)
            return Problem{.code = "documents.no_such_field", .words = {{"name", step.place}}};
        SignatureRequest request{
            .field = step.place,
            .at = means_->clock.now(),
            .name = step.name,
            .appearance = appearance(step, place->where),
            .certifies = !has_signatures(sheet.pdf),
        };
        for (auto field : step.fields) {
            const auto* room = find_place(sheet, field.field);
            if (room == nullptr)
                return Problem{.code = "documents.no_such_field", .words = {{"name", field.field}}};
            field.size = room->text_size;
            field.bold = room->bold;
            field.italic = room->italic;
            request.fields.push_back(std::move(field));
        }
        const auto signer = TRY(signer_of(step.holder));
        return sign_pdf(sheet.pdf, request, *signer, means_->stamp);
    }

    static Bytes appearance(const SigningStep& step, const Rectangle& where)
    {
        const double width = where.right - where.left;
        const double height = where.top - where.bottom;
        return step.seal ? seal_appearance({step.name, step.below, step.lines}, width, height)
                         : person_appearance({step.name, step.lines}, width, height);
    }

    Result<std::unique_ptr<crypto::Signer>> signer_of(const Holder& holder)
    {
        if (means_->signer) {
            if (auto elsewhere = means_->signer(holder)) return elsewhere;
        }
        const auto now = means_->clock.now();
        auto credential =
            means_->database.read([&](storage::Reader& db) { return find_credential(db, holder, now); });
        if (!credential) return credential.problem();
        return crypto::server_signer(means_->keys, std::move(credential).value());
    }

    const SigningMeans* means_;
    const SigningJob* job_;
};

SigningJobId job_of(const OutboxItem& item)
{
    const auto payload = json::parse(item.message.payload);
    return {payload ? json::integer_or(payload.value(), "job") : 0};
}

Sent send(const SigningMeans& means, const OutboxItem& item)
{
    const auto job =
        means.database.read([&](storage::Reader& db) { return find_job(db, means.keys, job_of(item)); });
    if (!job) return {.outcome = Sent::Outcome::refused, .reason = job.problem().code};
    const auto pdf = Work(means, job.value()).run();
    if (!pdf) {
        // A token or a service that is away comes back; a paper that cannot be drawn will not mend itself.
        const bool away = pdf.problem().code == "crypto.signer_unavailable" ||
                          pdf.problem().code.starts_with("crypto.time_stamp");
        return {
            .outcome = away ? Sent::Outcome::retry : Sent::Outcome::refused, .reason = pdf.problem().code};
    }
    const auto blob = means.files.keep(pdf.value(), storage::FileKind::pdf);
    return {
        .reply = json::text_of(json::object{
            {"sha256", blob.sha256}, {"size", blob.size}, {"key_id", blob.key_id}})};
}

Result<Done> attach(const SigningMeans& means, Writer& db, const OutboxItem& item, const std::string& reply)
{
    const auto job = TRY(find_job(db, means.keys, job_of(item)));
    if (job.done) return Done{};
    const auto made = TRY(json::parse(reply));
    const identity::Act act{.actor = job.actor, .now = means.clock.now(), .ids = means.ids};
    const storage::StoredBlob blob{
        .sha256 = json::string_or(made, "sha256"),
        .size = json::integer_or(made, "size"),
        .kind = storage::FileKind::pdf,
        .key_id = json::string_or(made, "key_id"),
    };
    const auto id = job.request.document;
    const auto before = TRY(find_document(db, id));
    const auto file = storage::file_add(db, means.ids, blob, before.about.kind + ".pdf", act.now);
    const auto version = TRY(add_version(db, act, id, file, blob.sha256, job.request.stage));
    mark_done(db, job.id, version, act.now);
    if (before.state == DocumentState::approved) TRY(move_document(db, act, id, DocumentState::signed_));
    if (job.request.issue) TRY(move_document(db, act, id, DocumentState::issued));
    if (means.attached) TRY(means.attached(db, act, TRY(find_document(db, id))));
    return Done{};
}

}  // namespace

Result<SigningJobId> request_signing(
    Writer& db, const identity::Act& act, const crypto::KeyRing& keys, const SigningRequest& request
)
{
    const auto document = TRY(find_document(db, request.document));
    if (document.state != DocumentState::approved && document.state != DocumentState::signed_) {
        return Problem{
            .code = "documents.wrong_state",
            .words = {{"from", std::string(word_of(document.state))}, {"to", "signed"}}};
    }
    const auto id = act.ids.next_as<SigningJobTag>();
    add_job(db, act, keys, id, request);
    storage::outbox_add(
        db,
        act.ids,
        {.kind = signing_kind,
         .aggregate_kind = "document",
         .aggregate_id = request.document.value,
         .payload = json::text_of(json::object{{"job", id.value}}),
         .idempotency_key = text_of(id),
         .due = act.now}
    );
    return id;
}

storage::OutboxHandler signing_handler(const SigningMeans& means)
{
    return {
        .send = [means](const OutboxItem& item) { return send(means, item); },
        .locks =
            [means](const OutboxItem& item) {
                return means.locks ? means.locks(DocumentId{item.message.aggregate_id}) : storage::Locks{};
            },
        .settled = [means](
                       Writer& db, const OutboxItem& item, const std::string& reply
                   ) { return attach(means, db, item, reply); },
    };
}

}  // namespace thien_an::documents
