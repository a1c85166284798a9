#include <fmt/format.h>

#include "systems/civil_status/national.h"

namespace thien_an::civil_status {
namespace {

/// A process that ends in the middle of a call: no exception of the standard, so nobody takes it for a failed try.
struct Killed {};

std::string text(const NationalMessage& message, std::string_view field)
{
    const auto* v = message.fields.if_contains(field);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

}  // namespace

NationalReply NationalSimulator::judged(const NationalMessage& message)
{
    if (refusal_) {
        const auto [code, reason] = *std::exchange(refusal_, std::nullopt);
        return {.answer = {.accepted = false, .reason_code = code, .reason = reason}};
    }
    NationalAnswer answer{.accepted = true};
    if (!message.number_key.empty()) {
        const auto born = parse_day(text(message, "child_born_on"));
        if (!born)
            return {.answer = {.accepted = false, .reason_code = "BORN_ON", .reason = "no day of birth"}};
        const auto given = population_.request_number(
            {message.number_key,
             text(message, "child_full_name"),
             born.value(),
             text(message, "child_sex"),
             message.agency_unit,
             message.number}
        );
        // Without the population database the event is taken down all the same; the number comes by the other way.
        if (given.outcome == storage::Sent::Outcome::done) answer.personal_number = given.reply;
    }
    taken_.push_back(message);
    answer.national_id = fmt::format("QG-{:08}", taken_.size());
    answers_[message.key] = answer;
    return {.answer = answer};
}

NationalReply NationalSimulator::submit(const NationalMessage& message)
{
    const std::lock_guard lock(mutex_);
    ++calls_;
    auto mishap = std::exchange(next_, Mishap::none);
    if (mishap == Mishap::none && course) mishap = course(message);
    if (mishap == Mishap::line_down)
        return {.outcome = storage::Sent::Outcome::retry, .trouble = "simulated: no connection"};
    if (mishap == Mishap::dies_before) throw Killed{};
    const auto known = answers_.find(message.key);
    const auto reply = known != answers_.end() ? NationalReply{.answer = known->second} : judged(message);
    if (mishap == Mishap::dies_after) throw Killed{};
    if (mishap == Mishap::answer_lost || mishap == Mishap::answers_later)
        return {.outcome = storage::Sent::Outcome::unknown, .trouble = "simulated: no answer"};
    return reply;
}

NationalReply NationalSimulator::ask(const std::string& key)
{
    const std::lock_guard lock(mutex_);
    const auto known = answers_.find(key);
    if (known == answers_.end()) return {.outcome = storage::Sent::Outcome::retry};
    return {.answer = known->second};
}

void NationalSimulator::next_meets(Mishap mishap)
{
    const std::lock_guard lock(mutex_);
    next_ = mishap;
}

void NationalSimulator::refuse_next(std::string code, std::string reason)
{
    const std::lock_guard lock(mutex_);
    refusal_.emplace(std::move(code), std::move(reason));
}

std::vector<NationalMessage> NationalSimulator::taken() const
{
    const std::lock_guard lock(mutex_);
    return taken_;
}

std::size_t NationalSimulator::calls() const
{
    const std::lock_guard lock(mutex_);
    return calls_;
}

}  // namespace thien_an::civil_status
