#include "engine/workflow/try_out.h"

#include <algorithm>
#include <array>

#include "engine/workflow/step.h"
#include "engine/workflow/stepper.h"

namespace thien_an::workflow {
namespace {

constexpr std::array<std::string_view, 6> act_names{"complete", "message", "answer", "fail", "timer", "pass"};
constexpr int fired_max = 200;  ///< Timers in one act.
constexpr int actions_max = 10'000;

class Try {
public:
    explicit Try(const TrySetting& setting)
        : setting_(setting), model_(setting.process.model()), names_(setting.names)
    {
        out_.now = setting.start;
    }

    TryOut run(std::span<const TryAct> acts)
    {
        if (setting_.limit && setting_.limit_starts.empty()) start_clock();
        auto done = give(StartCommand{});
        for (const auto& act : acts) {
            if (!done) break;
            done = take(act);
        }
        if (!done) out_.refused = done.problem();
        fill();
        return std::move(out_);
    }

private:
    void line(std::string what, int node, std::string text = {})
    {
        out_.lines.push_back(
            {out_.now, std::move(what), node < 0 ? "" : model_.node(node).id, std::move(text)}
        );
    }

    void start_clock()
    {
        if (ledger_) return;
        ledger_ = Ledger{.budget = *setting_.limit, .started = out_.now};
        line("clock", -1, "start");
    }

    Result<Done> give(Command command)
    {
        for (int i = 0; i < actions_max; ++i) {
            const Surroundings around{
                out_.now,
                names_,
                [this] { return ++last_id_; },
                [this](Instant from, const TimerSpec& timer) {
                    return due(setting_.calendar, from, *timer.budget);
                }};
            auto stepped = TRY(step(model_, state_, command, around));
            state_ = std::move(stepped.state);
            for (const auto& effect : stepped.effects) note(effect);
            if (!stepped.call) return Done{};
            command = AnswerCommand{stepped.call->id, ran(*stepped.call)};
        }
        return step_problem("too_many_steps");
    }

    json::object ran(const Wait& call)
    {
        if (setting_.limit && call.name == setting_.limit_starts) start_clock();
        const auto answer = setting_.answers.find(call.name);
        return answer == setting_.answers.end() ? json::object{} : answer->second;
    }

    void note(const Effect& effect)
    {
        switch (effect.kind) {
        case Effect::Kind::entered: line("entered", effect.node); break;
        case Effect::Kind::opened:
            if (effect.wait.what == Wait::For::call) line("action", effect.node, effect.wait.name);
            if (effect.wait.what == Wait::For::task) opened_[effect.wait.id] = out_.now;
            break;
        case Effect::Kind::clock: move_clock(effect); break;
        case Effect::Kind::decided: line("decided", effect.node, effect.text); break;
        case Effect::Kind::sent: line("sent", effect.node, effect.text); break;
        case Effect::Kind::signalled: line("signalled", effect.node, effect.text); break;
        case Effect::Kind::incident: line("stuck", effect.node, effect.problem->code); break;
        case Effect::Kind::ended: line("ended", -1, effect.text); break;
        case Effect::Kind::left:
        case Effect::Kind::closed:
        case Effect::Kind::withdrawn:
        case Effect::Kind::escalated: break;
        }
    }

    void move_clock(const Effect& effect)
    {
        line("clock", effect.node, effect.text);
        if (!ledger_) return;
        auto changed = [&]() -> Result<Ledger> {
            if (effect.text == "suspend") return suspend(*ledger_, out_.now, effect.reason, "");
            if (effect.text == "resume") return resume(*ledger_, out_.now, effect.reason);
            if (effect.text == "restart") return restart(*ledger_, out_.now);
            if (effect.text == "extend" && effect.by) return extend(*ledger_, *effect.by);
            if (effect.text == "stop") return stop(*ledger_, out_.now);
            return *ledger_;
        }();
        if (changed) ledger_ = std::move(changed).value();
    }

    const Wait* wait_at(const TryAct& act, std::initializer_list<Wait::For> what) const
    {
        const auto found = std::find_if(state_.waits.begin(), state_.waits.end(), [&](const Wait& w) {
            return model_.node(w.node).id == act.node &&
                   std::find(what.begin(), what.end(), w.what) != what.end();
        });
        return found == state_.waits.end() ? nullptr : &*found;
    }

    Result<Done> take(const TryAct& act)
    {
        using For = Wait::For;
        const auto on = [&](std::initializer_list<For> what, auto command) -> Result<Done> {
            const auto* wait = wait_at(act, what);
            if (wait == nullptr) return step_problem("no_such_wait");
            line("act", wait->node, act.outcome);
            return give(command(*wait));
        };
        switch (act.what) {
        case TryAct::What::complete:
            return on({For::task}, [&](const Wait& w) { return CompleteCommand{w.id, act.outcome, {}}; });
        case TryAct::What::message:
            return on({For::message, For::signal}, [](const Wait& w) -> Command {
                if (w.what == For::signal) return SignalCommand{w.name};
                return MessageCommand{w.id, {}};
            });
        case TryAct::What::answer:
            return on({For::call, For::process}, [&](const Wait& w) { return AnswerCommand{w.id, ran(w)}; });
        case TryAct::What::fail:
            return on({For::call, For::process}, [&](const Wait& w) {
                return FailCommand{w.id, Problem{.code = act.outcome, .field = "", .law = ""}};
            });
        case TryAct::What::timer: {
            const auto* wait = wait_at(act, {For::timer});
            if (wait == nullptr) return step_problem("no_such_wait");
            return pass_until(wait->due);
        }
        case TryAct::What::pass:
            return pass_until(act.time ? due(setting_.calendar, out_.now, *act.time) : out_.now);
        }
        throw std::logic_error("TryAct::What outside its enumerators");
    }

    /// Timers fire on the way, the earliest first.
    Result<Done> pass_until(Instant until)
    {
        for (int i = 0; i < fired_max; ++i) {
            const Wait* next = nullptr;
            for (const auto& wait : state_.waits)
                if (wait.what == Wait::For::timer && wait.due <= until &&
                    (next == nullptr || wait.due < next->due))
                    next = &wait;
            if (next == nullptr) break;
            out_.now = std::max(out_.now, next->due);
            line("act", next->node, "timer");
            TRY(give(TimerCommand{next->id}));
        }
        out_.now = std::max(out_.now, until);
        return Done{};
    }

    void fill()
    {
        static constexpr std::array<const char*, 7> kinds{
            "task", "message", "timer", "call", "signal", "condition", "process"};
        for (const auto& wait : state_.waits) {
            const auto& node = model_.node(wait.node);
            TryWait row{kinds.at(std::size_t(wait.what) - 1), node.id, wait.name, std::nullopt};
            if (wait.what == Wait::For::timer) row.due = wait.due;
            if (wait.what == Wait::For::task && node.budget)
                row.due = due(setting_.calendar, opened_[wait.id], *node.budget, node.receipt);
            out_.waits.push_back(std::move(row));
        }
        for (const auto& token : state_.tokens) out_.at.here.push_back(model_.node(token.node).id);
        for (const int flow : state_.walked) out_.at.flows.push_back(model_.flow(flow).id);
        for (const int node : state_.left) {
            const auto& id = model_.node(node).id;
            if (std::find(out_.at.here.begin(), out_.at.here.end(), id) == out_.at.here.end())
                out_.at.done.push_back(id);
        }
        out_.variables = state_.variables;
        out_.ended = state_.ended;
        if (ledger_ && !ledger_->stopped) out_.due = due(*ledger_, setting_.calendar);
    }

    const TrySetting& setting_;
    const Model& model_;
    json::object names_;
    State state_;
    std::int64_t last_id_ = 0;
    std::optional<Ledger> ledger_;
    std::map<std::int64_t, Instant> opened_;
    TryOut out_;
};

}  // namespace

json::object to_json(const TryAct& act)
{
    json::object out{{"do", act_names.at(std::size_t(act.what))}};
    if (!act.node.empty()) out["node"] = act.node;
    if (!act.outcome.empty()) out["outcome"] = act.outcome;
    if (act.time) out["time"] = text_of(*act.time);
    return out;
}

Result<TryAct> try_act_from(const json::value& v)
{
    const auto* const name = std::find(act_names.begin(), act_names.end(), json::string_or(v, "do"));
    if (name == act_names.end()) return step_problem("bad_act");
    TryAct out{
        .what = TryAct::What(name - act_names.begin()),
        .node = json::string_or(v, "node"),
        .outcome = json::string_or(v, "outcome")};
    if (const auto time = json::string_or(v, "time"); !time.empty()) out.time = TRY(parse_budget(time));
    return out;
}

TryOut try_out(const TrySetting& setting, std::span<const TryAct> acts) { return Try(setting).run(acts); }

}  // namespace thien_an::workflow
