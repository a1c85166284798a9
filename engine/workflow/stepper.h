#pragma once

#include "engine/workflow/step.h"

/// One step in progress; used by step() alone.
namespace thien_an::workflow {

class Stepper {
public:
    Stepper(const Model& model, State state, const Surroundings& around)
        : model_(model), state_(std::move(state)), around_(around)
    {
    }

    Result<Stepped> run(const Command& command);
    Result<json::object> arguments(const Wait& wait);

private:
    // Commands.
    Result<Done> apply(const StartCommand& c);
    Result<Done> apply(const CompleteCommand& c);
    Result<Done> apply(const MessageCommand& c);
    Result<Done> apply(const TimerCommand& c);
    Result<Done> apply(const AnswerCommand& c);
    Result<Done> apply(const FailCommand& c);
    Result<Done> apply(const ReturnCommand& c);
    Result<Done> apply(const RetryCommand& c);
    Result<Done> apply(const CancelCommand& c);
    Result<Wait> take_wait(std::int64_t id, Wait::For what);
    Result<Done> set_variables(const json::object& variables);
    void happened(const Wait& wait);

    // Moving.
    void settle();
    void enter(std::int64_t token);
    void work(std::int64_t token);
    void enter_automatic(std::int64_t token);
    void enter_end(std::int64_t token);
    void enter_join(std::int64_t token);
    bool fire_inclusive_join();
    bool may_fire(const Token& at) const;
    void enter_subprocess(std::int64_t token);
    void leave(std::int64_t token);
    void choose(std::int64_t token);
    void take_flows(std::int64_t token, const std::vector<int>& flows);
    void consume(std::int64_t token);
    void finish_scope(std::int64_t scope);
    std::int64_t open_scope(int model, std::int64_t parent, std::int64_t token);
    void arm(int node, std::int64_t scope, std::int64_t token);
    void arm_boundaries(std::int64_t token);
    void add_wait(Wait wait, std::vector<std::string> candidates = {});
    void drop_waits(std::int64_t token, Effect::Kind kind);
    void kill_scope_content(std::int64_t scope);
    void kill_token(std::int64_t token);
    void raise(std::int64_t token, std::int64_t scope, const std::string& code);
    void run_event_subprocess(int start, std::int64_t scope);
    void stick(std::int64_t token, Problem problem);
    void end_all(const std::string& error);

    // Expressions.
    void fill_values(const Token* token);
    Result<feel::Value> value(const feel::Expression& expression, const Token* token);
    Result<Done> assign(const NodeModel& node, const Token& token);
    Result<Done> clock_verbs(int node, const Token& token);
    Result<Instant> due_of(const TimerSpec& timer, const Token* token);
    std::vector<std::string> candidates_of(const NodeModel& node, const Token& token);

    Token* find(std::int64_t id);
    void say(Effect::Kind kind, int node, std::int64_t token)
    {
        effects_.push_back({.kind = kind, .node = node, .token = token});
    }

    const Model& model_;
    State state_;
    const Surroundings& around_;
    std::vector<Effect> effects_;
    std::vector<std::int64_t> moving_;
    std::optional<Wait> call_;
    std::vector<feel::Value>
        values_;  ///< Of Model::names, made at first need; outcome and variables set each time.
    std::string error_;
    int entered_ = 0;
};

}  // namespace thien_an::workflow
