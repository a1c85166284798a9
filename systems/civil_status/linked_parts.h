#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/storage/outbox.h"

/// Parts of a linked filing that other agencies do in systems of their own: the child's residence (police), the health
/// insurance card (social insurance). Sent once through the outbox; their answer goes on with the called process.
/// Law: ttlt-05-2015; nd-63-2024.
namespace thien_an::civil_status {

/// What the other agency is sent.
struct PartRequest {
    std::string key;   ///< Idempotency key: the same one is the same request.
    std::string part;  ///< Procedure: "residence_of_newborn", "health_card_of_newborn".
    std::string dossier;
    std::string child;
    std::string born_on;
    std::string personal_number;  ///< Empty: not issued yet.
    std::string household_head;
    std::string clinic;
};

/// The systems of the other agencies. A done answer's reply is {"done": bool, "result": text, "reason": text}: refused
/// with its reason is an answer, too. Throws for a fault of the line; `unknown` when nobody knows whether it was taken.
class LinkedAgencies {
public:
    virtual ~LinkedAgencies() = default;
    virtual storage::Sent send(const PartRequest& request) = 0;
    virtual storage::Sent ask(const PartRequest& request) = 0;
};

/// Stands in where there is no connection: grants every part with a number that says it is simulated; the same key gets
/// the same answer. Can be told to refuse the next request of a part, or to fail the line.
class LinkedSimulator final : public LinkedAgencies {
public:
    storage::Sent send(const PartRequest& request) override;
    storage::Sent ask(const PartRequest& request) override;

    /// Without a line to them nothing is granted: the desk takes the result on paper. Connected from the start.
    void connect(bool connected);
    void answer_next(const std::string& part, std::string result);
    void refuse_next(const std::string& part, std::string reason);
    void fail_next(storage::Sent::Outcome outcome);
    std::size_t received() const;  ///< Requests taken, each once.

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::string> answers_;
    std::map<std::string, std::string> next_;  ///< By part.
    bool connected_ = true;
    std::optional<storage::Sent::Outcome> failure_;
};

/// Names of its parts for worked examples: "residence", "health_card"; an answer that begins with "refused: " refuses.
void answer_example(
    LinkedSimulator& agencies, std::string_view service, const std::optional<std::string>& answer
);

constexpr const char* linked_part_kind = "civil_status.send_part";

/// Action "civil_status.send_part": gives done, result, reason.
void add_linked_action(casework::Actions& actions);
storage::OutboxHandler linked_handler(casework::Office& office, LinkedAgencies& agencies);

}  // namespace thien_an::civil_status
