#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/actions.h"
#include "engine/casework/office.h"
#include "engine/storage/outbox.h"

#include "systems/justice/outside_store.h"

/// Asking somebody outside - the records of the police, a court, the ministry - and waiting for the answer: the question
/// goes out through the outbox, the process waits at a task with a limit of its own, and the answer comes by the line or
/// is written down from a letter. Whichever comes first lets the process go on; what comes later is filed.
namespace thien_an::justice {

/// What is sent.
struct Question {
    std::string key;       ///< Idempotency key: the same one is never a second question.
    std::string receiver;  ///< "police"
    std::string dossier;   ///< Its code: the receiver writes it on the answer.
    std::string procedure;
    json::value form;  ///< The answers of the applicant.
};

/// What came back: result and content, as the receiver says them.
struct Reply {
    std::string
        result;  ///< "clean", "records", "more_time"; of the ministry "accepted", "returned", "refused", "decided"
    json::value content;
};

/// Whoever is asked. Throws for a fault of the line.
class Correspondent {
public:
    virtual ~Correspondent() = default;
    /// `reply` of a done answer is the number under which the receiver keeps it.
    virtual storage::Sent ask(const Question& question) = 0;
    /// What has come for a question that was taken over; nothing while there is no answer.
    virtual std::optional<Reply> answer_to(const std::string& key, const std::string& reference) = 0;
};

/// Stands in where there is no connection (demo, tests). Keeps what it was asked, once each; answers what it is told to
/// answer next, or at once with `always`.
class CorrespondentSimulator final : public Correspondent {
public:
    storage::Sent ask(const Question& question) override;
    std::optional<Reply> answer_to(const std::string& key, const std::string& reference) override;

    /// The next question of this receiver that is asked about gets it.
    void answer_next(const std::string& receiver, Reply reply);
    /// Every question is answered like this; empty: only when told.
    void always(std::function<std::optional<Reply>(const Question&)> answer);
    /// The line is down until it is up again.
    void line(bool up);
    std::size_t asked() const;  ///< How many questions were taken over.

private:
    mutable std::mutex mutex_;
    std::map<std::string, Question> questions_;  ///< By key.
    std::map<std::string, std::vector<Reply>> next_;
    std::function<std::optional<Reply>(const Question&)> always_;
    bool up_ = true;
};

constexpr const char* ask_kind = "justice.ask";          ///< Outbox: the question goes out.
constexpr const char* collect_kind = "justice.collect";  ///< Outbox: has the answer come?

/// Actions "justice.ask" (in: receiver) and "justice.take_answer" (in: receiver; out: answer), which writes down the form
/// of the waiting task.
void add_outside_actions(casework::Actions& actions);
void add_outside_handlers(
    casework::Office& office, Correspondent& correspondent, storage::OutboxHandlers& handlers
);

/// An answer that came by the line, in the caller's transaction. The same one again does nothing; "more_time" is kept and
/// the process goes on waiting; one nobody waits for any more is filed for whoever handled the dossier last.
/// Problem "justice.no_such_request".
Result<Done> take_reply(
    casework::Office& office, storage::Writer& db, RequestId request, const Reply& reply, std::string_view id
);

/// What a dossier has been told so far, by receiver; the last answer of each that is more than a word to wait.
std::map<std::string, OutsideAnswer> answers_by_receiver(
    storage::Reader& db, const crypto::KeyRing& keys, casework::DossierId dossier
);

}  // namespace thien_an::justice
