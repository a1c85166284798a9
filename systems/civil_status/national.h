#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/casework/office.h"
#include "engine/registers/chain.h"
#include "engine/storage/outbox.h"

#include "systems/civil_status/population.h"

/// The national civil-status database: every entry and every note of every register of this system goes there exactly once,
/// in the order of its book, and the answer comes back. What happened is read from the chain of the register itself, so
/// no way of writing an entry can forget to tell. Law: nd-87-2020, from the day a dated setting says.
namespace thien_an::civil_status {

/// One event as the other side gets it. Made when it is sent; no part of it lies in the outbox.
struct NationalMessage {
    std::string key;          ///< The same key is the same event, however often it comes.
    std::string register_id;  ///< "births"
    std::string kind;         ///< "entry", "completion", "correction", "annulment"...
    std::string entry_key;    ///< Key of the event that entered the entry; for an entry its own.
    std::string number;       ///< "15/2026"
    std::string agency_unit;  ///< Of the agency that keeps the book.
    std::string agency_code;
    Day on;                ///< Registered or noted.
    json::object fields;   ///< The entry as it stands, or the fields the note sets.
    std::string decision;  ///< Of a note.
    std::string content;
    std::string
        number_key;  ///< A birth without a personal number: the answer brings the one of this key; else "".
};

struct NationalAnswer {
    bool accepted = false;
    std::string national_id;
    std::string personal_number;  ///< "" when none was given.
    std::string reason_code;      ///< When it was refused.
    std::string reason;
};

/// What came of a call: an answer when it is done; `retry` when nothing reached them; `unknown` when nobody knows.
struct NationalReply {
    storage::Sent::Outcome outcome = storage::Sent::Outcome::done;
    NationalAnswer answer = {};
    std::string trouble = {};
};

/// The other side. Throws for a fault of the line.
class NationalRegistry {
public:
    virtual ~NationalRegistry() = default;
    virtual NationalReply submit(const NationalMessage& message) = 0;
    /// What became of an earlier message; `retry`: it never came.
    virtual NationalReply ask(const std::string& key) = 0;
};

/// Stands in where there is no connection (demo, tests). Personal numbers come from `population`, by the entry's key.
class NationalSimulator final : public NationalRegistry {
public:
    explicit NationalSimulator(PopulationDatabase& population) : population_(population) {}
    NationalReply submit(const NationalMessage& message) override;
    NationalReply ask(const std::string& key) override;

    enum class Mishap { none, line_down, answer_lost, answers_later, dies_before, dies_after };
    /// The next submit meets this, or is refused for that.
    void next_meets(Mishap mishap);
    void refuse_next(std::string code, std::string reason);
    /// Called at every submit: what it meets; empty: nothing. For tests with a random course.
    std::function<Mishap(const NationalMessage&)> course = {};

    /// What was taken down, in the order it came.
    std::vector<NationalMessage> taken() const;
    std::size_t calls() const;

private:
    NationalReply judged(const NationalMessage& message);

    PopulationDatabase& population_;
    mutable std::mutex mutex_;
    std::map<std::string, NationalAnswer> answers_;
    std::vector<NationalMessage> taken_;
    Mishap next_ = Mishap::none;
    std::optional<std::pair<std::string, std::string>> refusal_;
    std::size_t calls_ = 0;
};

/// What a dated setting says of events of a day: "civil_status.national_connection".
enum class Connection { not_sent, keep, send };
/// Of a register's events on `day`; not_sent where no row speaks of it.
Connection connection_on(const casework::Settings& settings, std::string_view register_id, Day day);

constexpr const char* national_kind = "civil_status.national_event";

/// Gathers what the series has had since it was last looked at, in the caller's transaction, which holds
/// registers::lock_of(series); at most `limit` links. How many there were.
int gather_national(casework::Office& office, storage::Writer& db, registers::SeriesId series, int limit);
/// The same for every series of this system that is behind, each in a transaction of its own, and lets go what was kept
/// for want of a connection. Called every few seconds: it finds what no subscriber was told of. Whether there is more.
bool sweep_national(casework::Office& office);

/// Told by the engine when an entry is made or noted: gathers at once.
casework::Subscribers::Told national_subscriber(casework::Office& office);

/// The handler of the outbox rows; `office` and `registry` outlive it.
storage::OutboxHandler national_handler(casework::Office& office, NationalRegistry& registry);

/// Writes an answer once: a second one changes nothing. The caller holds the lock of the event's series.
Result<Done> take_national_answer(
    casework::Office& office, storage::Writer& db, std::int64_t event, const NationalAnswer& answer
);

/// Sends a refused event again, as the entry stands now; of an entry its refused notes too, in order. Audited. Needs
/// "registers.enter" on the agency. Problems "civil_status.no_such_national_event", "civil_status.national_not_refused".
Result<Done> send_national_again(
    casework::Office& office, const identity::Actor& actor, std::int64_t event, std::string_view reason
);

}  // namespace thien_an::civil_status
