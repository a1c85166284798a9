#include "systems/civil_status/population.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/identity/agencies.h"
#include "engine/registers/entries.h"

namespace thien_an::civil_status {
namespace {

/// What the row carries: ids only; names are read again when it is sent.
struct Payload {
    casework::DossierId dossier;
    std::int64_t call = 0;
};

std::string text_of_payload(const Payload& payload)
{
    return json::text_of(json::object{{"dossier", payload.dossier.value}, {"call", payload.call}});
}

Payload payload_from(const storage::OutboxItem& item)
{
    const auto v = json::parse(item.message.payload).value();
    return {{json::integer_or(v, "dossier")}, json::integer_or(v, "call")};
}

std::string text(const registers::Entry& entry, std::string_view field)
{
    const auto* v = entry.fields.if_contains(field);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

/// The number the entry has already: the answer of the national database to the entry itself may have brought it.
std::string number_of(casework::Office& office, const storage::OutboxItem& item)
{
    const auto payload = payload_from(item);
    return office.database.read([&](storage::Reader& db) {
        const auto dossier = casework::find_dossier(db, payload.dossier).value();
        const auto births = office.packs.reg("births");
        return text(
            registers::find_entry(db, office.keys, *births, registers::EntryId{dossier.entry}).value(),
            "personal_number"
        );
    });
}

NumberRequest request_of(casework::Office& office, const storage::OutboxItem& item)
{
    const auto payload = payload_from(item);
    return office.database.read([&](storage::Reader& db) {
        const auto dossier = casework::find_dossier(db, payload.dossier).value();
        const auto births = office.packs.reg("births");
        const auto entry =
            registers::find_entry(db, office.keys, *births, registers::EntryId{dossier.entry}).value();
        const auto agency = identity::agency_on(db, dossier.agency, day_of(dossier.filed_on));
        return NumberRequest{// One number for one entry, however often the dossier comes this way.
                             std::to_string(entry.id.value),
                             text(entry, "child_full_name"),
                             parse_day(text(entry, "child_born_on")).value(),
                             text(entry, "child_sex"),
                             agency ? agency.value().unit : "",
                             entry.printed};
    });
}

Result<Done> request_personal_number(casework::Work& work, const workflow::Call& call)
{
    if (work.dossier.entry == 0) throw std::logic_error("a personal number is asked for before the entry");
    storage::OutboxMessage message;
    message.kind = personal_number_kind;
    message.aggregate_kind = "dossier";
    message.aggregate_id = work.dossier.id.value;
    message.payload = text_of_payload({work.dossier.id, call.id.value});
    message.idempotency_key = std::to_string(call.id.value);
    message.due = work.act.now;
    storage::outbox_add(work.db, work.office.ids, message);
    return Done{};
}

Result<Done> store_number(
    casework::Office& office, storage::Writer& db, const storage::OutboxItem& item, const std::string& number
)
{
    const auto payload = payload_from(item);
    const auto dossier = TRY(casework::find_dossier(db, payload.dossier));
    const auto births = office.packs.reg("births");
    const registers::EntryId entry{dossier.entry};
    const auto before = TRY(registers::find_entry(db, office.keys, *births, entry));
    const identity::Act act{{.channel = "timer"}, office.clock.now(), office.ids};
    if (!number.empty() && before.in_force && text(before, "personal_number").empty())
        static_cast<void>(TRY(registers::add_note(
            db,
            act,
            office.keys,
            *births,
            {.entry = entry,
             .kind = "completion",
             .decision = "",
             .content = "",
             .fields = {{"personal_number", number}}}
        )));
    return casework::answer_call(office, db, payload.dossier, payload.call, {});
}

}  // namespace

bool has_form_of_personal_number(std::string_view number)
{
    constexpr std::size_t digits = 12;
    return number.size() == digits &&
           std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

storage::Sent PopulationSimulator::request_number(const NumberRequest& request)
{
    const std::lock_guard lock(mutex_);
    if (!connected_) return {.outcome = storage::Sent::Outcome::done, .reply = ""};
    if (failure_) {
        const auto outcome = *std::exchange(failure_, std::nullopt);
        return {.outcome = outcome, .reason = "simulated"};
    }
    auto& number = given_[request.key];
    if (number.empty() && !next_.empty()) number = std::exchange(next_, "");
    if (number.empty()) {
        const std::chrono::year_month_day born{request.born_on};
        const int year = int(born.year());
        const int century = (year / 100 - 19) * 2 + int(request.sex == "female");
        number = fmt::format("051{}{:02}{:06}", century, year % 100, ++count_);
    }
    return {.outcome = storage::Sent::Outcome::done, .reply = number};
}

storage::Sent PopulationSimulator::ask(const NumberRequest& request)
{
    const std::lock_guard lock(mutex_);
    const auto found = given_.find(request.key);
    if (found == given_.end() || found->second.empty()) return {.outcome = storage::Sent::Outcome::retry};
    return {.outcome = storage::Sent::Outcome::done, .reply = found->second};
}

void PopulationSimulator::connect(bool connected)
{
    const std::lock_guard lock(mutex_);
    connected_ = connected;
}

void PopulationSimulator::answer_next(std::string number)
{
    const std::lock_guard lock(mutex_);
    next_ = std::move(number);
}

void PopulationSimulator::fail_next(storage::Sent::Outcome outcome)
{
    const std::lock_guard lock(mutex_);
    failure_ = outcome;
}

void add_population_action(casework::Actions& actions)
{
    actions.add_outbox(personal_number_kind, request_personal_number);
}

storage::OutboxHandler population_handler(casework::Office& office, PopulationDatabase& population)
{
    storage::OutboxHandler handler;
    const auto checked = [](storage::Sent sent) {
        if (sent.outcome == storage::Sent::Outcome::done && !sent.reply.empty() &&
            !has_form_of_personal_number(sent.reply))
            return storage::Sent{
                .outcome = storage::Sent::Outcome::refused, .reason = "not a personal number"};
        return sent;
    };
    handler.send = [&office, &population, checked](const storage::OutboxItem& item) {
        if (auto number = number_of(office, item); !number.empty())
            return storage::Sent{.outcome = storage::Sent::Outcome::done, .reply = std::move(number)};
        return checked(population.request_number(request_of(office, item)));
    };
    handler.ask = [&office, &population, checked](const storage::OutboxItem& item) {
        return checked(population.ask(request_of(office, item)));
    };
    handler.locks = [&office](const storage::OutboxItem& item) {
        return casework::locks_of(office, payload_from(item).dossier);
    };
    handler.settled = [&office](
                          storage::Writer& db, const storage::OutboxItem& item, const std::string& reply
                      ) { return store_number(office, db, item, reply); };
    return handler;
}

}  // namespace thien_an::civil_status
