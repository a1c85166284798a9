#include "systems/civil_status/linked_parts.h"

#include <fmt/format.h>

#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/registers/entries.h"
#include "engine/text/catalogue.h"

namespace thien_an::civil_status {
namespace {

/// Ids only: what is sent is read again when it is sent.
struct Payload {
    casework::DossierId dossier;
    std::int64_t call = 0;
    std::string part;
};

Payload payload_from(const storage::OutboxItem& item)
{
    const auto v = json::parse(item.message.payload).value();
    return {{json::integer_or(v, "dossier")}, json::integer_or(v, "call"), json::string_or(v, "part")};
}

std::string answer_at(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

PartRequest request_of(casework::Office& office, const storage::OutboxItem& item)
{
    const auto payload = payload_from(item);
    return office.database.read([&](storage::Reader& db) {
        const auto dossier = casework::find_dossier(db, payload.dossier).value();
        const auto answers = casework::form_of(db, office.keys, dossier.id).form;
        PartRequest request{
            .key = item.message.idempotency_key,
            .part = payload.part,
            .dossier = dossier.code,
            .child = answer_at(answers, "/child/full_name"),
            .born_on = answer_at(answers, "/child/born_on"),
            .personal_number = {},
            .household_head = answer_at(answers, "/household/head_full_name"),
            .clinic = answer_at(answers, "/household/clinic")};
        const auto births = office.packs.reg("births");
        if (!births || dossier.entry == 0) return request;
        const auto entry = registers::find_entry(db, office.keys, *births, registers::EntryId{dossier.entry});
        const auto* number = entry ? entry.value().fields.if_contains("personal_number") : nullptr;
        if (number != nullptr && number->is_string())
            request.personal_number = std::string(number->get_string());
        return request;
    });
}

Result<Done> send_part(casework::Work& work, const workflow::Call& call)
{
    storage::OutboxMessage message;
    message.kind = linked_part_kind;
    message.aggregate_kind = "dossier";
    message.aggregate_id = work.dossier.id.value;
    message.payload = json::text_of(json::object{
        {"dossier", work.dossier.id.value}, {"call", call.id.value}, {"part", work.procedure->id()}});
    message.idempotency_key = std::to_string(call.id.value);
    message.due = work.act.now;
    storage::outbox_add(work.db, work.office.ids, message);
    return Done{};
}

std::string granted(std::string result)
{
    return json::text_of(json::object{{"done", true}, {"result", std::move(result)}, {"reason", ""}});
}

}  // namespace

storage::Sent LinkedSimulator::send(const PartRequest& request)
{
    const std::lock_guard lock(mutex_);
    if (failure_) return {.outcome = *std::exchange(failure_, std::nullopt), .reason = "simulated"};
    if (!connected_)
        return {
            .outcome = storage::Sent::Outcome::done, .reply = json::text_of(json::object{{"done", false}})};
    auto& answer = answers_[request.key];
    if (answer.empty()) {
        if (const auto told = next_.find(request.part); told != next_.end()) {
            answer = told->second;
            next_.erase(told);
        } else {
            answer = granted(fmt::format("MP-{:06}", answers_.size()));
        }
    }
    return {.outcome = storage::Sent::Outcome::done, .reply = answer};
}

storage::Sent LinkedSimulator::ask(const PartRequest& request)
{
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(request.key);
    if (found == answers_.end() || found->second.empty()) return {.outcome = storage::Sent::Outcome::retry};
    return {.outcome = storage::Sent::Outcome::done, .reply = found->second};
}

void LinkedSimulator::connect(bool connected)
{
    const std::lock_guard lock(mutex_);
    connected_ = connected;
}

void LinkedSimulator::answer_next(const std::string& part, std::string result)
{
    const std::lock_guard lock(mutex_);
    next_[part] = granted(std::move(result));
}

void LinkedSimulator::refuse_next(const std::string& part, std::string reason)
{
    const std::lock_guard lock(mutex_);
    next_[part] = json::text_of(json::object{{"done", false}, {"result", ""}, {"reason", std::move(reason)}});
}

void answer_example(
    LinkedSimulator& agencies, std::string_view service, const std::optional<std::string>& answer
)
{
    constexpr std::string_view refused = "refused: ";
    const std::string part = std::string(service) + "_of_newborn";
    if (!answer)
        agencies.fail_next(storage::Sent::Outcome::retry);
    else if (answer->starts_with(refused))
        agencies.refuse_next(part, answer->substr(refused.size()));
    else
        agencies.answer_next(part, *answer);
}

void LinkedSimulator::fail_next(storage::Sent::Outcome outcome)
{
    const std::lock_guard lock(mutex_);
    failure_ = outcome;
}

std::size_t LinkedSimulator::received() const
{
    const std::lock_guard lock(mutex_);
    return answers_.size();
}

void add_linked_action(casework::Actions& actions) { actions.add_outbox(linked_part_kind, send_part); }

storage::OutboxHandler linked_handler(casework::Office& office, LinkedAgencies& agencies)
{
    storage::OutboxHandler handler;
    handler.send = [&office, &agencies](const storage::OutboxItem& item) {
        return agencies.send(request_of(office, item));
    };
    handler.ask = [&office, &agencies](const storage::OutboxItem& item) {
        return agencies.ask(request_of(office, item));
    };
    handler.locks = [&office](const storage::OutboxItem& item) {
        return casework::locks_of(office, payload_from(item).dossier);
    };
    handler.settled =
        [&office](storage::Writer& db, const storage::OutboxItem& item, const std::string& reply) {
            const auto payload = payload_from(item);
            const auto v = json::parse(reply);
            const auto said = v ? v.value() : json::value(json::object{});
            const bool done = json::bool_or(said, "done");
            auto reason = json::string_or(said, "reason");
            if (!done && reason.empty() && office.words != nullptr)
                reason = office.words->say("civil_status.linked.not_connected", text::Language::vi);
            return casework::answer_call(
                office,
                db,
                payload.dossier,
                payload.call,
                {{"done", json::bool_or(said, "done")},
                 {"result", json::string_or(said, "result")},
                 {"reason", json::string_or(said, "reason")}}
            );
        };
    return handler;
}

}  // namespace thien_an::civil_status
