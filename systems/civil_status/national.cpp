#include "systems/civil_status/national.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "engine/casework/packs.h"
#include "engine/identity/agencies.h"
#include "engine/identity/audit.h"

#include "systems/civil_status/national_store.h"

namespace thien_an::civil_status {
namespace {

using storage::Sent;

constexpr std::string_view completion = "completion";
constexpr std::string_view personal_number = "personal_number";
constexpr int kept_max = 1000;

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

/// The row of the outbox for the present attempt: ids only, in the order of the book.
storage::OutboxId queue(
    casework::Office& office, storage::Writer& db, const NationalEvent& event, Instant now
)
{
    storage::OutboxMessage message;
    message.kind = national_kind;
    message.aggregate_kind = registers::lock_of(event.series).kind;
    message.aggregate_id = event.series.value;
    message.payload = json::text_of(json::object{{"event", event.id}});
    message.idempotency_key = fmt::format("{}/{}", event.id, event.attempt);
    message.due = now;
    return storage::outbox_add(db, office.ids, message);
}

void send_kept(
    casework::Office& office, storage::Writer& db, const registers::SeriesShown& series, Instant now
)
{
    if (connection_on(office.settings, series.register_id, day_of(now)) != Connection::send) return;
    for (auto& event : national_kept(db, series.id, kept_max)) {
        event.state = NationalState::on_its_way;
        event.outbox = queue(office, db, event, now);
        update_national_event(db, event, NationalState::kept);
    }
}

/// What the other side is told, or the answer that needs no call.
struct Made {
    NationalMessage message;
    std::string answer;  ///< Reply of a handler; "": the message is sent.
};

std::string reply_of(const NationalAnswer& answer)
{
    return json::text_of(json::object{
        {"accepted", answer.accepted},
        {"national_id", answer.national_id},
        {"personal_number", answer.personal_number},
        {"reason_code", answer.reason_code},
        {"reason", answer.reason}});
}

NationalAnswer answer_from(const std::string& reply)
{
    const auto v = json::parse(reply).value();
    return {
        json::bool_or(v, "accepted"),
        json::string_or(v, "national_id"),
        json::string_or(v, "personal_number"),
        json::string_or(v, "reason_code"),
        json::string_or(v, "reason")};
}

const std::string nothing_to_tell = R"({"nothing":true})";

std::string refused_here(std::string code)
{
    return reply_of({.accepted = false, .reason_code = std::move(code)});
}

bool only_number(const registers::Note& note)
{
    return note.kind == completion && note.fields.size() == 1 && note.fields.contains(personal_number);
}

void fill_note(NationalMessage& message, const registers::Register& reg, const registers::Note& note)
{
    message.on = note.noted_on;
    message.fields = registers::without_sealed(reg, note.fields);
    message.decision = note.decision;
    message.content = note.content;
}

void fill_entry(NationalMessage& message, const registers::Register& reg, const registers::Entry& entry)
{
    message.on = entry.registered_on;
    message.fields = registers::without_sealed(reg, entry.fields);
    const auto* number = entry.fields.if_contains(personal_number);
    const bool has = number != nullptr && number->is_string() && !number->get_string().empty();
    // The same key as the process asks the population database with: however it is asked, one entry has one number.
    if (reg.field(personal_number) != nullptr && entry.in_force && !has)
        message.number_key = std::to_string(entry.id.value);
}

/// What stands in the way of a note: its entry was refused, or is not with the other side yet.
bool entry_is_missing(const std::vector<NationalEvent>& events)
{
    return !events.empty() && events.front().note == 0 && events.front().state != NationalState::accepted;
}

Made message_of(casework::Office& office, storage::Reader& db, const NationalEvent& event)
{
    const auto reg = office.packs.reg(event.register_id);
    if (!reg) return {{}, refused_here("civil_status.national.no_register")};
    const auto found = registers::find_entry(db, office.keys, *reg, event.entry);
    if (!found) return {{}, refused_here("civil_status.national.unreadable")};
    const auto& entry = found.value();
    const auto agency = identity::agency_on(db, entry.agency, entry.registered_on);
    const auto events = national_events_of(db, event.entry);
    Made made;
    made.message = {
        .key = std::to_string(event.id),
        .register_id = event.register_id,
        .kind = event.kind,
        .number = entry.printed,
        .agency_unit = agency ? agency.value().unit : "",
        .agency_code = agency ? agency.value().code : ""};
    if (!events.empty() && events.front().note == 0)
        made.message.entry_key = std::to_string(events.front().id);
    if (event.note == 0) {
        fill_entry(made.message, *reg, entry);
        return made;
    }
    const auto number = registers::note_number(db, event.entry, event.note);
    const auto note = std::find_if(entry.notes.begin(), entry.notes.end(), [&](const registers::Note& one) {
        return one.number == number;
    });
    if (note == entry.notes.end()) return {{}, refused_here("civil_status.national.unreadable")};
    if (only_number(*note)) return {{}, nothing_to_tell};
    if (entry_is_missing(events)) return {{}, refused_here("civil_status.national.entry_refused")};
    fill_note(made.message, *reg, *note);
    return made;
}

std::int64_t event_of(const storage::OutboxItem& item)
{
    return json::integer_or(json::parse(item.message.payload).value(), "event");
}

Sent sent_from(const NationalReply& reply)
{
    if (reply.outcome != Sent::Outcome::done) return {.outcome = reply.outcome, .reason = reply.trouble};
    return {.outcome = Sent::Outcome::done, .reply = reply_of(reply.answer)};
}

/// The number that came with the answer, where the entry has none.
Result<Done> keep_number(
    casework::Office& office, storage::Writer& db, const NationalEvent& event, const std::string& number
)
{
    const auto reg = office.packs.reg(event.register_id);
    if (!reg || reg->field(personal_number) == nullptr || !has_form_of_personal_number(number)) return Done{};
    const auto entry = TRY(registers::find_entry(db, office.keys, *reg, event.entry));
    const auto* before = entry.fields.if_contains(personal_number);
    if (!entry.in_force || (before != nullptr && !before->is_null())) return Done{};
    const identity::Act act{{.channel = "timer"}, office.clock.now(), office.ids};
    return registers::add_note(
        db,
        act,
        office.keys,
        *reg,
        {.entry = event.entry,
         .kind = std::string(completion),
         .decision = "",
         .content = "",
         .fields = {{personal_number, number}}}
    );
}

}  // namespace

Connection connection_on(const casework::Settings& settings, std::string_view register_id, Day day)
{
    const auto* row = settings.setting("civil_status.national_connection", day);
    if (row == nullptr) return Connection::not_sent;
    const auto mode = json::string_or(*row, register_id, json::string_or(*row, "*"));
    if (mode == "send") return Connection::send;
    if (mode == "keep") return Connection::keep;
    return Connection::not_sent;
}

int gather_national(casework::Office& office, storage::Writer& db, registers::SeriesId id, int limit)
{
    const auto series = registers::series_shown(db, id);
    if (!series) return 0;
    const auto reg = office.packs.reg(series->register_id);
    if (!reg || reg->system != "civil_status") return 0;
    const auto now = office.clock.now();
    send_kept(office, db, *series, now);
    const auto rows = registers::chain_after(db, id, national_gathered(db, id), limit);
    NationalStep step{.links = std::int64_t(rows.size())};
    std::vector<NationalEvent> events;
    for (const auto& row : rows) {
        const auto connection = connection_on(office.settings, series->register_id, day_of(row.at));
        if (connection == Connection::not_sent) {
            ++step.not_sent;
            continue;
        }
        const bool keep =
            connection == Connection::keep &&
            connection_on(office.settings, series->register_id, day_of(now)) != Connection::send;
        step.kept += std::int64_t(keep);
        events.push_back(
            {.id = office.ids.next(),
             .series = id,
             .link = row.link,
             .agency = series->agency,
             .entry = row.entry,
             .note = row.note,
             .kind = row.kind,
             .happened_at = row.at,
             .state = keep ? NationalState::kept : NationalState::on_its_way}
        );
    }
    if (!rows.empty()) move_national_series(db, *series, step);
    for (auto& event : events) {
        if (event.state == NationalState::on_its_way) event.outbox = queue(office, db, event, now);
        insert_national_event(db, event);
    }
    return int(rows.size());
}

bool sweep_national(casework::Office& office)
{
    constexpr int series_max = 50;
    constexpr int links_max = 200;
    std::vector<std::string> names;
    for (const auto& name : office.packs.register_ids())
        if (const auto reg = office.packs.reg(name); reg && reg->system == "civil_status")
            names.push_back(name);
    auto series = office.database.read([&](storage::Reader& db) {
        auto behind = national_behind(db, names, series_max);
        for (const auto id : national_with_kept(db, series_max)) behind.push_back(id);
        return behind;
    });
    bool more = false;
    for (const auto id : series) {
        const auto gathered =
            office.database.write({registers::lock_of(id)}, [&](storage::Writer& db) -> Result<int> {
                return gather_national(office, db, id, links_max);
            });
        more = more || gathered.value() == links_max;
    }
    return more;
}

casework::Subscribers::Told national_subscriber(casework::Office& office)
{
    return [&office](storage::Writer& db, const identity::Act&, const json::value& body) -> Result<Done> {
        constexpr int links_max = 50;  // The rest is swept up.
        const registers::EntryId entry{json::integer_or(body, "entry")};
        gather_national(office, db, registers::series_of_entry(db, entry), links_max);
        return Done{};
    };
}

storage::OutboxHandler national_handler(casework::Office& office, NationalRegistry& registry)
{
    storage::OutboxHandler handler;
    handler.send = [&office, &registry](const storage::OutboxItem& item) -> Sent {
        const auto made = office.database.read([&](storage::Reader& db) -> std::optional<Made> {
            const auto event = national_event(db, event_of(item));
            if (!event || event->state != NationalState::on_its_way) return std::nullopt;
            return message_of(office, db, *event);
        });
        if (!made) return {.outcome = Sent::Outcome::done, .reply = nothing_to_tell};
        if (!made->answer.empty()) return {.outcome = Sent::Outcome::done, .reply = made->answer};
        return sent_from(registry.submit(made->message));
    };
    handler.ask = [&registry](const storage::OutboxItem& item) {
        return sent_from(registry.ask(std::to_string(event_of(item))));
    };
    handler.settled = [&office](
                          storage::Writer& db, const storage::OutboxItem& item, const std::string& reply
                      ) -> Result<Done> {
        if (reply != nothing_to_tell)
            return take_national_answer(office, db, event_of(item), answer_from(reply));
        auto event = national_event(db, event_of(item));
        if (!event || event->state != NationalState::on_its_way) return Done{};
        event->state = NationalState::nothing;
        event->answered_at = office.clock.now();
        update_national_event(db, *event, NationalState::on_its_way);
        return Done{};
    };
    // A line that is down for days is no reason to give up: later events of the book wait behind the first.
    handler.tries_max = std::numeric_limits<int>::max();
    constexpr std::chrono::minutes wait_max{10};
    handler.wait_max = wait_max;
    return handler;
}

Result<Done> take_national_answer(
    casework::Office& office, storage::Writer& db, std::int64_t id, const NationalAnswer& answer
)
{
    auto event = national_event(db, id);
    if (!event) return problem("civil_status.no_such_national_event");
    if (event->state != NationalState::on_its_way) return Done{};
    event->state = answer.accepted ? NationalState::accepted : NationalState::refused;
    event->national_id = answer.national_id;
    event->reason_code = answer.reason_code;
    event->reason = answer.reason;
    event->answered_at = office.clock.now();
    update_national_event(db, *event, NationalState::on_its_way);
    if (!answer.accepted || answer.personal_number.empty()) return Done{};
    return keep_number(office, db, *event, answer.personal_number);
}

Result<Done> send_national_again(
    casework::Office& office, const identity::Actor& actor, std::int64_t id, std::string_view reason
)
{
    const auto seen = office.database.read([&](storage::Reader& db) { return national_event(db, id); });
    if (!seen) return problem("civil_status.no_such_national_event");
    const identity::Act act{actor, office.clock.now(), office.ids};
    return office.database.write(
        {registers::lock_of(seen->series)},
        [&](storage::Writer& db) -> Result<Done> {
            const auto event = national_event(db, id);
            TRY(identity::require(db, actor, "registers.enter", event->agency, act.today()));
            if (event->state != NationalState::refused) return problem("civil_status.national_not_refused");
            for (auto& one : national_events_of(db, event->entry)) {
                if (one.state != NationalState::refused || (event->note != 0 && one.id != id)) continue;
                one.state = NationalState::on_its_way;
                ++one.attempt;
                one.reason_code.clear();
                one.reason.clear();
                one.answered_at.reset();
                one.outbox = queue(office, db, one, act.now);
                update_national_event(db, one, NationalState::refused);
            }
            identity::audit(
                db,
                act,
                {.what = "national.send_again",
                 .subject = "register_entry",
                 .subject_id = event->entry.value,
                 .about = {},
                 .agency = event->agency,
                 .reason = std::string(reason),
                 .detail = {{"register", event->register_id}, {"kind", event->kind}}}
            );
            return Done{};
        }
    );
}

}  // namespace thien_an::civil_status
