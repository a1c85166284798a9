#pragma once

#include <deque>

#include "engine/workflow/step.h"

/// One step in progress; used by step() alone.
namespace thien_an::workflow {

class Stepper {
public:
    Stepper(const Model& model, State state, const Surroundings& around);

    Result<Stepped> run(const Command& command);
    Result<json::object> arguments(const Wait& wait);
    Result<Instant> start_due(const TimerSpec& timer, Instant from)
    {
        return due_of(timer, nullptr, 0, from);
    }

private:
    // step.cpp: commands, and the loop that moves tokens.
    Result<Done> apply(const StartCommand& c);
    Result<Done> apply(const CompleteCommand& c);
    Result<Done> apply(const MessageCommand& c);
    Result<Done> apply(const SignalCommand& c);
    Result<Done> apply(const TimerCommand& c);
    Result<Done> apply(const LookCommand& c);
    Result<Done> apply(const ArmCommand& c);
    Result<Done> apply(const AnswerCommand& c);
    Result<Done> apply(const FailCommand& c);
    Result<Done> apply(const ReturnCommand& c);
    Result<Done> apply(const RetryCommand& c);
    Result<Done> apply(const CancelCommand& c);
    Result<Wait> take_wait(std::int64_t id, std::initializer_list<Wait::For> what);
    bool starts_here(const NodeModel& node, const StartCommand& c) const;
    void settle();
    std::optional<std::int64_t> next_moving();
    void stick(std::int64_t token, Problem problem);

    // step_scopes.cpp: scopes begin and end.
    std::int64_t open_scope(ScopeState scope);
    void begin_scope(std::int64_t scope, const Token& like);
    void finish_scope(std::int64_t scope);
    void finish_run(const ScopeState& scope);
    void finish_process();
    bool begin_pending(std::int64_t scope);
    bool is_busy(std::int64_t scope) const;
    void kill_scopes(const std::vector<std::int64_t>& scopes);
    void kill_scope_content(std::int64_t scope);
    void kill_token(std::int64_t token);
    void consume(std::int64_t token);
    void end_all(const std::string& error);
    std::int64_t add_token(std::int64_t scope, int node, const Token* like);
    void run_event_subprocess(int start, std::int64_t scope);

    // step_nodes.cpp: what each kind of node does with a token.
    void enter(std::int64_t token);
    bool gather(std::int64_t token);
    void work(std::int64_t token);
    void enter_user_task(std::int64_t token);
    void enter_automatic(std::int64_t token);
    bool decide(std::int64_t token, const NodeModel& node);
    void enter_end(std::int64_t token);
    void enter_throw(std::int64_t token);
    void finish_throw(std::int64_t token);
    void enter_join(std::int64_t token);
    bool fire_inclusive_join();
    bool may_fire(const Token& at) const;
    void enter_subprocess(std::int64_t token);
    void enter_call(std::int64_t token);
    void leave(std::int64_t token);
    void choose(std::int64_t token);
    void take_flows(std::int64_t token, const std::vector<int>& flows);

    // step_events.cpp: what is waited for, and what is thrown.
    void arm(int node, std::int64_t scope, std::int64_t token);
    bool arm_event(int node, int event, std::int64_t scope, std::int64_t token);
    void arm_boundaries(std::int64_t token);
    void arm_event_subprocesses(std::int64_t scope);
    void add_wait(Wait wait, std::vector<std::string> candidates = {});
    void drop_waits(std::int64_t token, Effect::Kind kind);
    void happened(const Wait& wait);
    void happened_at_boundary(const Wait& wait);
    void signal(const std::string& name, std::int64_t except = 0);
    void check_conditions();
    bool throw_event(std::int64_t token, const EventSpec& event);
    bool throw_up(std::int64_t scope, const EventSpec& event);
    void raise(std::int64_t token, std::int64_t scope, const std::string& code);
    bool fail_at(std::int64_t token, const std::string& code);
    int boundary_for(int node, const EventSpec& event) const;
    int event_start_for(const ScopeState& scope, const EventSpec& event, std::int64_t from) const;

    // step_loops.cpp: repeated activities.
    bool in_loop(const Token& token) const;
    void enter_loop(std::int64_t token);
    bool loop_items(std::int64_t token, ScopeState& loop);
    void begin_iteration(std::int64_t loop);
    void end_iteration(std::int64_t iteration);
    void next_of_loop(std::int64_t loop);
    void end_loop(std::int64_t loop);
    bool loop_goes_on(std::int64_t loop);
    void count_loop(ScopeState& loop);
    void throw_behavior(std::int64_t loop);

    // step_compensation.cpp: undoing what was completed.
    void remember(const Token& token, std::vector<Completed> inner);
    void compensate(std::int64_t token, const EventSpec& event);
    void next_compensation(std::int64_t scope);
    void cancel_transaction(std::int64_t token);

    // step_values.cpp: expressions and variables.
    void fill_values(const Token* token, std::int64_t scope);
    Result<feel::Value> value(const feel::Expression& expression, const Token* token);
    Result<feel::Value> value_in(
        const feel::Expression& expression, std::int64_t scope, const Token* token = nullptr
    );
    Result<Done> set_variables(const json::object& variables, std::int64_t scope);
    void set_variable(std::string_view name, json::value value, std::int64_t scope);
    Result<Done> assign(const NodeModel& node, const Token& token);
    Result<Done> clock_verbs(int node, const Token& token);
    Result<Instant> due_of(const TimerSpec& timer, const Token* token, std::int64_t scope, Instant from);
    std::vector<std::string> candidates_of(const NodeModel& node, const Token& token);

    Token* find(std::int64_t id);
    ScopeState* find_scope(std::int64_t id);
    void say(Effect::Kind kind, int node, std::int64_t token)
    {
        effects_.push_back({.kind = kind, .node = node, .token = token});
    }
    void say(Effect::Kind kind, const Wait& wait)
    {
        effects_.push_back({.kind = kind, .node = wait.node, .token = wait.token, .wait = wait});
    }

    const Model& model_;
    State state_;
    const Surroundings& around_;
    std::vector<Effect> effects_;
    std::deque<std::int64_t> moving_;
    std::optional<Wait> call_;
    std::vector<feel::Value>
        values_;  ///< Of Model::names, made at first need; all but the host's set each time.
    std::string error_;
    bool changed_ = false;  ///< A variable, since conditions were looked at.
    int entered_ = 0;
};

/// Code "workflow.CODE" with one word.
inline Problem step_problem(std::string code, std::string name = {}, std::string value = {})
{
    Problem out{.code = "workflow." + std::move(code), .field = "", .law = ""};
    if (!name.empty()) out.words.emplace_back(std::move(name), std::move(value));
    return out;
}

}  // namespace thien_an::workflow
