#pragma once

#include "engine/workflow/engine_store.h"
#include "engine/workflow/migrate.h"
#include "engine/workflow/model.h"
#include "engine/workflow/step.h"

/// One command on one instance, inside the caller's transaction: steps, runs what the step asks for, writes
/// the rows.
namespace thien_an::workflow {

class Session {
public:
    struct Setting {
        storage::Writer& db;
        Host& host;
        IdSource& ids;
        const Actor& actor;
        Instant now;
        std::string_view command;
    };

    /// A new instance.
    static Result<Session> begin(const Setting& setting, const Start& start);
    /// The instance's rows and state. Problem "workflow.no_such_instance".
    static Result<Session> open(const Setting& setting, InstanceId id);
    /// The same, to let it go on. Problem "workflow.held_...".
    static Result<Session> open_running(const Setting& setting, InstanceId id);

    /// Steps until every token waits, running local actions on the way.
    Result<Done> advance(Command command);
    /// Puts the instance on another version.
    Result<Done> migrate(std::int64_t definition, const MigrationMap& map);
    /// Gives kept messages to those who wait for them now.
    Result<Done> take_kept_messages();
    /// Does what the instance was told from elsewhere: to begin, to stop, that a called process ended.
    Result<Done> take_mail();
    /// Hands on what nobody took in time.
    Result<Done> drop_expired_messages();
    /// Whether somebody in the instance may still come to wait for a message of that name.
    bool may_still_wait_for(std::string_view message) const;
    /// Files a message nobody will take, and makes it a task of those the host names.
    Result<Done> too_late(const MessageRow& message, LateMessage::Why why);
    /// Somebody has looked at such a message; nothing goes on.
    void close_late_task(TaskRow row, const Completion& completion);
    /// While the instance is held: keeps it until it is let go, and says so.
    bool keep_if_held(const Mail& mail);
    /// Fires timers due by now, then rungs.
    Result<Done> fire_timers();
    Result<Done> fire_rungs();
    /// Writes what is left to write and says what was done.
    Advanced finish();
    /// Writes history and next_at, and leaves state and version alone: an action may change the clock while
    /// a command runs.
    void write_clock_only();

    const InstanceRow& row() const { return row_; }
    const Model& model() const { return process_->model(); }
    const State& state() const { return state_; }
    Result<Ledger> change_clock(
        std::string_view verb, const std::string& reason, const std::function<Result<Ledger>(Ledger)>& change
    );
    void set_clock(const Ledger& ledger);
    void note(std::string what, std::string node, json::value detail);

    /// A task as it was read in this command, so that it is not read again.
    void know(const TaskRow& task) { known_ = task; }

    std::string reason;  ///< Of the command, for actions and history.
    json::value form;    ///< Of the completion, for actions.

private:
    explicit Session(const Setting& setting) : s_(setting) {}

    Result<Done> apply(const Effect& effect);
    void open_task(const Effect& effect);
    Result<Done> report_stuck(const Effect& effect);
    Result<Done> open_call(const Effect& effect);
    Result<Done> call_process(const Effect& effect);
    void cancel_called(const Wait& wait);
    Result<Done> take(const Mail& mail);
    std::vector<PostId> last_posts() const;
    Result<Done> after_end(const std::string& error);
    void close_wait(const Effect& effect);
    void close_task(const Effect& effect);
    Result<Done> move_clock(const Effect& effect);
    void log_decided(const Effect& effect);
    void send_message(const Effect& effect);
    void send_signal(const Effect& effect);
    void flush_history();
    std::optional<Instant> soonest_timer() const;
    Result<Call> call_for(const Wait& wait);
    const Surroundings& around();
    Result<Done> fire_clock_rungs();
    Result<Done> fire_task_rungs(TaskRow task);

    Setting s_;
    InstanceRow row_;
    std::shared_ptr<const Process> process_;  // Shared with the host and other threads.
    State state_;
    json::object names_;
    std::optional<Surroundings> around_;
    std::vector<HistoryRow> history_;
    std::optional<TaskRow> known_;
    Advanced done_;
};

/// What the row keeps of it, for the pure step.
State state_of(const InstanceRow& row, const Model& model);

/// The rung after those fired, as the row's rung_at wants it.
std::optional<Instant> next_rung_at(
    const Ledger& ledger, const Calendar& calendar, const std::vector<Rung>& ladder
);

}  // namespace thien_an::workflow
