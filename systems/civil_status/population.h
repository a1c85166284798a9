#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/day.h"
#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/storage/outbox.h"

/// The national population database: asked for a child's personal number through the outbox; what it returns is stored
/// as it is, never invented here. Law: law-60-2014/art-16, nd-137-2015/art-13.
namespace thien_an::civil_status {

/// What is asked with.
struct NumberRequest {
    std::string key;  ///< Idempotency key: the same one never makes a second number.
    std::string full_name;
    Day born_on;
    std::string sex;           ///< "female" or "male"
    std::string agency_unit;   ///< Of the registering agency.
    std::string entry_number;  ///< "15/2026"
};

/// The other side. Throws for a fault of the line; `unknown` when nobody knows whether it was done.
class PopulationDatabase {
public:
    virtual ~PopulationDatabase() = default;
    /// `reply` of a done answer is the number; empty: there is no line to it, the field stays blank.
    virtual storage::Sent request_number(const NumberRequest& request) = 0;
    /// What became of an earlier request of that key.
    virtual storage::Sent ask(const NumberRequest& request) = 0;
};

/// Stands in where there is no connection (demo, tests): numbers of the right form that say "simulated" in its records,
/// from a counter; the same key gets the same number. Can be told to fail or to answer a certain number.
class PopulationSimulator final : public PopulationDatabase {
public:
    storage::Sent request_number(const NumberRequest& request) override;
    storage::Sent ask(const NumberRequest& request) override;

    /// Without a line no number is given, and none made up: the field stays blank. Connected from the start.
    void connect(bool connected);
    void answer_next(std::string number);  ///< Instead of one from the counter.
    void fail_next(storage::Sent::Outcome outcome);

private:
    std::mutex mutex_;
    std::map<std::string, std::string> given_;
    std::string next_;
    std::optional<storage::Sent::Outcome> failure_;
    std::int64_t count_ = 0;
    bool connected_ = true;
};

/// 12 digits: province, century and sex, year, six of its own. Nothing else is checked: the number is theirs.
/// Law: nd-137-2015/art-13.
bool has_form_of_personal_number(std::string_view number);

constexpr const char* personal_number_kind = "civil_status.request_personal_number";

/// The action of the process, and the handler of its outbox rows.
void add_population_action(casework::Actions& actions);
storage::OutboxHandler population_handler(casework::Office& office, PopulationDatabase& population);

}  // namespace thien_an::civil_status
