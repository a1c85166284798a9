#include "systems/justice/secured_registry.h"

#include <stdexcept>
#include <utility>

namespace thien_an::justice {
namespace {

using Outcome = storage::Sent::Outcome;

std::string reply_of(const FiledNotice& filed)
{
    return json::text_of(json::object{{"filed", json_of(filed)}});
}

Problem line_down() { return {.code = "justice.line_down", .field = "", .law = ""}; }

}  // namespace

std::string SecuredSimulator::file_now(const Filing& filing)
{
    const auto done =
        database_.write({lock_of_secured_register()}, [&](storage::Writer& db) -> Result<FilingOutcome> {
            return file_with_code(db, keys_, filing, clock_.now());
        });
    const auto& outcome = done.value();
    if (outcome.filed) return reply_of(*outcome.filed);
    const auto& problem = *outcome.refused;
    json::object words;
    for (const auto& [name, word] : problem.words) words[name] = word;
    return json::text_of(json::object{
        {"refused", json::object{{"code", problem.code}, {"field", problem.field}, {"words", words}}}});
}

storage::Sent SecuredSimulator::file(const Filing& filing)
{
    const auto failing = failure();
    if (!failing) return {.outcome = Outcome::done, .reply = file_now(filing)};
    switch (*failing) {
    case Failure::line_down: return {.outcome = Outcome::retry, .reason = "simulated: line down"};
    case Failure::refused: return {.outcome = Outcome::refused, .reason = "simulated: refused"};
    case Failure::answer_lost:
        static_cast<void>(file_now(filing));
        return {.outcome = Outcome::unknown, .reason = "simulated: answer lost"};
    case Failure::request_lost: return {.outcome = Outcome::unknown, .reason = "simulated: request lost"};
    }
    throw std::logic_error("Failure outside its enumerators");
}

storage::Sent SecuredSimulator::ask(std::string_view key)
{
    if (failure()) return {.outcome = Outcome::unknown, .reason = "simulated: line down"};
    const auto filed = database_.read([&](storage::Reader& db) { return filed_with_key(db, key); });
    if (!filed) return {.outcome = Outcome::retry, .reason = "not there"};
    return {.outcome = Outcome::done, .reply = reply_of(*filed)};
}

Result<SearchResult> SecuredSimulator::search(const Search& search)
{
    if (failure()) return line_down();
    return database_.read([&](storage::Reader& db) { return search_register(db, search); });
}

Result<std::vector<FiledNotice>> SecuredSimulator::notices(std::int64_t number, Instant as_of)
{
    if (failure()) return line_down();
    return database_.read([&](storage::Reader& db) { return notices_of(db, number, as_of); });
}

void SecuredSimulator::connect(bool connected)
{
    const std::lock_guard lock(mutex_);
    connected_ = connected;
}

void SecuredSimulator::fail_next(Failure failure)
{
    const std::lock_guard lock(mutex_);
    failure_ = failure;
}

std::optional<SecuredSimulator::Failure> SecuredSimulator::failure()
{
    const std::lock_guard lock(mutex_);
    if (!connected_) return Failure::line_down;
    return std::exchange(failure_, std::nullopt);
}

}  // namespace thien_an::justice
