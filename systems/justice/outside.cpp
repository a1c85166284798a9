#include "systems/justice/outside.h"

#include <fmt/format.h>

#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/text/catalogue.h"

namespace thien_an::justice {
namespace {

constexpr std::chrono::minutes look_again{15};
constexpr std::string_view waits_on = "more_time";

std::string text_in(const workflow::Call& call, std::string_view name)
{
    return json::string_or(json::value(call.in), name);
}

std::string receiver_name(const casework::Work& work, const std::string& receiver)
{
    const auto key = "justice.receiver." + receiver;
    const auto* words = work.office.words;
    return words == nullptr ? receiver : words->say(key, text::Language::vi, {});
}

RequestId request_from(const storage::OutboxItem& item)
{
    return {json::integer_or(json::parse(item.message.payload).value(), "request")};
}

storage::OutboxMessage message_about(
    std::string_view kind, const OutsideRequest& request, std::string key, Instant due
)
{
    storage::OutboxMessage message;
    message.kind = std::string(kind);
    message.aggregate_kind = "outside_request";
    message.aggregate_id = request.id.value;
    message.payload = json::text_of(json::object{{"request", request.id.value}});
    message.idempotency_key = std::move(key);
    message.due = due;
    return message;
}

/// The last request of the dossier to this receiver.
std::optional<OutsideRequest> last_request(
    storage::Reader& db, casework::DossierId dossier, std::string_view receiver
)
{
    std::optional<OutsideRequest> found;
    for (auto& request : requests_of(db, dossier))
        if (request.receiver == receiver) found = std::move(request);
    return found;
}

Result<json::object> ask(casework::Work& work, const workflow::Call& call)
{
    const OutsideRequest request{
        work.office.ids.next_as<OutsideRequestTag>(), work.dossier.id, text_in(call, "receiver"), call.now};
    insert_request(work.db, request);
    storage::outbox_add(
        work.db, work.office.ids, message_about(ask_kind, request, std::to_string(request.id.value), call.now)
    );
    work.event("asked_outside", {}, {{"receiver", receiver_name(work, request.receiver)}});
    return json::object{};
}

/// A letter, as the officer wrote it down in the form of the waiting task.
Result<json::object> take_answer(casework::Work& work, const workflow::Call& call)
{
    const auto receiver = text_in(call, "receiver");
    const auto request = last_request(work.db, work.dossier.id, receiver);
    if (!request) throw std::logic_error("an answer is written down to what was never asked");
    const auto result = json::string_or(call.form, "result");
    insert_answer(
        work.db,
        work.office.keys,
        {.id = work.office.ids.next(),
         .request = request->id,
         .result = result,
         .by_party = work.act.actor.party,
         .at = call.now,
         .content = call.form}
    );
    work.event("answered_outside", {}, {{"receiver", receiver_name(work, receiver)}});
    return json::object{{"answer", result}};
}

Question question_of(casework::Office& office, const storage::OutboxItem& item)
{
    return office.database.read([&](storage::Reader& db) {
        const auto request = find_request(db, request_from(item)).value();
        const auto dossier = casework::find_dossier(db, request.dossier).value();
        return Question{
            std::to_string(request.id.value),
            request.receiver,
            dossier.code,
            dossier.procedure,
            casework::form_of(db, office.keys, dossier.id).form};
    });
}

/// Looked at again until an answer has come; the number of the look keeps the row apart from the one before.
void look_later(casework::Office& office, storage::Writer& db, const OutsideRequest& request, Instant due)
{
    const auto key = fmt::format("{}/{}", request.id.value, column(due));
    storage::outbox_add(db, office.ids, message_about(collect_kind, request, key, due));
}

bool is_answered(storage::Reader& db, const crypto::KeyRing& keys, RequestId request)
{
    for (const auto& answer : answers_of(db, keys, request))
        if (answer.result != waits_on) return true;
    return false;
}

storage::OutboxHandler asking(casework::Office& office, Correspondent& correspondent)
{
    storage::OutboxHandler handler;
    handler.send = [&](const storage::OutboxItem& item) {
        return correspondent.ask(question_of(office, item));
    };
    handler.settled = [&](storage::Writer& db, const storage::OutboxItem& item, const std::string& reply
                      ) -> Result<Done> {
        const auto request = TRY(find_request(db, request_from(item)));
        const auto now = office.clock.now();
        insert_receipt(db, request.id, reply, now);
        look_later(office, db, request, now);
        return Done{};
    };
    return handler;
}

storage::OutboxHandler collecting(casework::Office& office, Correspondent& correspondent)
{
    storage::OutboxHandler handler;
    handler.send = [&](const storage::OutboxItem& item) -> storage::Sent {
        const auto request = request_from(item);
        const auto reference =
            office.database.read([&](storage::Reader& db) { return reference_of(db, request); });
        const auto reply = correspondent.answer_to(std::to_string(request.value), reference.value_or(""));
        if (!reply) return {};
        return {.reply = json::text_of(json::object{{"result", reply->result}, {"content", reply->content}})};
    };
    handler.locks = [&](const storage::OutboxItem& item) {
        const auto request =
            office.database.read([&](storage::Reader& db) { return find_request(db, request_from(item)); });
        return request ? casework::locks_of(office, request.value().dossier) : storage::Locks{};
    };
    handler.settled = [&](storage::Writer& db, const storage::OutboxItem& item, const std::string& reply
                      ) -> Result<Done> {
        const auto request = TRY(find_request(db, request_from(item)));
        bool waits = true;
        if (!reply.empty()) {
            const auto v = TRY(json::parse(reply));
            const auto* content = json::member(v, "content");
            const Reply told{json::string_or(v, "result"), content == nullptr ? json::value() : *content};
            TRY(take_reply(office, db, request.id, told, std::to_string(item.id.value)));
            waits = told.result == waits_on;
        }
        const auto dossier = TRY(casework::find_dossier(db, request.dossier));
        // A letter came first, or nobody needs it any more: one more look would never end.
        if (waits && !is_answered(db, office.keys, request.id) && !casework::is_closed(dossier.state))
            look_later(office, db, request, office.clock.now() + look_again);
        return Done{};
    };
    return handler;
}

}  // namespace

Result<Done> take_reply(
    casework::Office& office, storage::Writer& db, RequestId id, const Reply& reply, std::string_view message
)
{
    const auto request = TRY(find_request(db, id));
    for (const auto& before : answers_of(db, office.keys, id))
        if (!before.by_party && before.result == reply.result && before.content == reply.content)
            return Done{};
    const identity::Act act{{.channel = "timer"}, office.clock.now(), office.ids};
    const bool written_down = is_answered(db, office.keys, id);
    insert_answer(
        db,
        office.keys,
        {.id = office.ids.next(),
         .request = id,
         .result = reply.result,
         .by_party = {},
         .at = act.now,
         .content = reply.content}
    );
    auto work = TRY(casework::open_work(office, db, act, {.dossier = request.dossier}));
    if (written_down) {
        // A letter came first. What the line says now stands in the timeline, and counts where answers are compared.
        work.event("message_late", {}, {{"name", receiver_name(work, request.receiver)}});
        return Done{};
    }
    work.event("answered_outside", {}, {{"receiver", receiver_name(work, request.receiver)}});
    if (reply.result == waits_on) return Done{};
    static_cast<void>(TRY(casework::advance(work, [&](workflow::Engine& engine) {
        return engine.correlate(
            db,
            act.actor,
            act.now,
            workflow::InstanceId{work.dossier.instance},
            {.name = request.receiver + "_answered",
             .key = std::to_string(work.dossier.id.value),
             .id = fmt::format("{}/{}", id.value, message),
             .variables = {{"answer", reply.result}},
             .reason = ""}
        );
    })));
    return Done{};
}

std::map<std::string, OutsideAnswer> answers_by_receiver(
    storage::Reader& db, const crypto::KeyRing& keys, casework::DossierId dossier
)
{
    std::map<std::string, OutsideAnswer> out;
    for (const auto& request : requests_of(db, dossier))
        for (auto& answer : answers_of(db, keys, request.id))
            if (answer.result != waits_on) out[request.receiver] = std::move(answer);
    return out;
}

void add_outside_actions(casework::Actions& actions)
{
    actions.add_local("justice.ask", ask);
    actions.add_local("justice.take_answer", take_answer);
}

void add_outside_handlers(
    casework::Office& office, Correspondent& correspondent, storage::OutboxHandlers& handlers
)
{
    handlers.emplace(ask_kind, asking(office, correspondent));
    handlers.emplace(collect_kind, collecting(office, correspondent));
}

std::optional<Reply> demo_reply(const Question& question)
{
    const bool of_records = question.procedure.starts_with("criminal_record_certificate");
    if (question.receiver != "police" || !of_records) return std::nullopt;
    return Reply{"clean", json::object{{"result", "clean"}}};
}

// --- the simulator --------------------------------------------------------------------------------------------------

storage::Sent CorrespondentSimulator::ask(const Question& question)
{
    const std::lock_guard lock(mutex_);
    if (!up_) return {.outcome = storage::Sent::Outcome::retry, .reason = "simulated: the line is down"};
    questions_.emplace(question.key, question);
    return {.reply = "MP-" + question.key};
}

std::optional<Reply> CorrespondentSimulator::answer_to(const std::string& key, const std::string&)
{
    const std::lock_guard lock(mutex_);
    if (!up_) throw std::runtime_error("simulated: the line is down");
    const auto question = questions_.find(key);
    if (question == questions_.end()) return std::nullopt;
    if (auto told = next_.extract(question->second.receiver)) return std::move(told.mapped());
    return always_ ? always_(question->second) : std::nullopt;
}

void CorrespondentSimulator::answer_next(const std::string& receiver, Reply reply)
{
    const std::lock_guard lock(mutex_);
    next_.insert_or_assign(receiver, std::move(reply));
}

void CorrespondentSimulator::always(std::function<std::optional<Reply>(const Question&)> answer)
{
    const std::lock_guard lock(mutex_);
    always_ = std::move(answer);
}

void CorrespondentSimulator::line(bool up)
{
    const std::lock_guard lock(mutex_);
    up_ = up;
    next_.clear();
}

std::size_t CorrespondentSimulator::asked() const
{
    const std::lock_guard lock(mutex_);
    return questions_.size();
}

}  // namespace thien_an::justice
