#include "engine/workflow/simulation_course.h"

#include <algorithm>

namespace thien_an::workflow {
namespace {

constexpr std::size_t standings_max = 50'000;  ///< What comes beyond is not remembered.

/// The moment a remembered step is taken at, and those its working timers fall due, one apart.
constexpr Instant symbolic_now{std::chrono::hours(24 * 365 * 50)};
constexpr Instant symbolic_due{std::chrono::hours(24 * 365 * 200)};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool has_word(std::string_view text, std::string_view word)
{
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        const auto end = at + word.size();
        if ((at == 0 || !is_word(text[at - 1])) && (end == text.size() || !is_word(text[end]))) return true;
    }
    return false;
}

/// Every expression step() may evaluate; arguments of actions are not among them.
template <typename Visit>
void each_expression(const NodeModel& node, Visit visit)
{
    for (const auto& event : node.events) {
        visit(event.condition);
        if (event.timer) visit(event.timer->when);
    }
    if (node.loop)
        for (const auto* e :
             {&node.loop->condition,
              &node.loop->maximum,
              &node.loop->cardinality,
              &node.loop->items,
              &node.loop->output,
              &node.loop->completion})
            visit(*e);
    for (const auto& [name, from] : node.inputs) visit(from);
    for (const auto& [name, to] : node.sets) visit(to);
    for (const auto& clock : node.clock) visit(clock.chosen);
    for (const auto* e : {&node.completion, &node.candidates, &node.script, &node.correlate}) visit(*e);
}

/// A timer whose end is a budget, a length or a date, whatever the case.
bool is_fixed(const TimerSpec& timer)
{
    if (timer.repeats != 1) return false;
    if (timer.budget) return true;
    if (!timer.when || !timer.when.reads().empty()) return false;
    feel::Evaluation evaluation;
    return evaluation.value(timer.when, {}).month_duration() == nullptr;
}

/// Calls `visit` with every id in the state.
template <typename Visit>
void each_id(State& state, Visit visit)
{
    for (auto& token : state.tokens) {
        visit(token.id);
        visit(token.scope);
    }
    for (auto& scope : state.scopes) {
        visit(scope.id);
        visit(scope.parent);
        visit(scope.token);
    }
    for (auto& wait : state.waits) {
        visit(wait.id);
        visit(wait.token);
        visit(wait.scope);
    }
}

/// Ids from 1 in their order, timers without a moment, nothing kept for the picture: what step() does next depends on
/// neither.
void make_canonical(State& state)
{
    std::vector<std::int64_t> ids{0};  // 0 stays what it means: none.
    each_id(state, [&](std::int64_t id) { ids.push_back(id); });
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    each_id(state, [&](std::int64_t& id) {
        id = std::lower_bound(ids.begin(), ids.end(), id) - ids.begin();
    });
    for (auto& wait : state.waits) wait.due = {};
    state.left.clear();
    state.walked.clear();
}

}  // namespace

bool same_at_any_time(const Model& model)
{
    bool same = true;
    const auto look = [&](const feel::Expression& e) {
        if (e && (has_word(e.text(), "now") || has_word(e.text(), "today"))) same = false;
    };
    for (const auto& node : model.nodes) {
        each_expression(node, look);
        if (!node.decision.empty()) return false;
        for (const auto& event : node.events)
            if (event.timer && !is_fixed(*event.timer)) return false;
    }
    for (const auto& flow : model.flows) look(flow.condition);
    return same;
}

Course::Course(const Model& model, std::vector<Kind> kinds, bool remember, WorkingDue due)
    : model_(model),
      kinds_(std::move(kinds)),
      remember_(remember && same_at_any_time(model)),
      due_(std::move(due)),
      starts_(kinds_.size())
{
}

/// Standings that lead back to each other would keep each other.
Course::~Course()
{
    for (auto& [key, standing] : standings_) standing->next.clear();
}

std::shared_ptr<const Move> Course::start(int kind, Instant now)
{
    ++taken_;
    auto& known = starts_[std::size_t(kind)];
    if (known) return known;
    auto move = compute(
        nullptr, StartCommand{.message = {}, .variables = kinds_[std::size_t(kind)].variables}, kind, now
    );
    if (remember_) known = move;
    return move;
}

const json::object& Course::names_of(int kind, Instant now)
{
    auto& names = kinds_[std::size_t(kind)].names;
    if (!remember_) names["today"] = json::object{{"@", iso(day_of(now))}};
    return names;
}

int Course::set_of(std::vector<std::string> posts)
{
    const auto found = std::find(posts_.begin(), posts_.end(), posts);
    if (found != posts_.end()) return int(found - posts_.begin());
    posts_.push_back(std::move(posts));
    return int(posts_.size()) - 1;
}

TimerRule Course::rule_of(const Wait& wait, Instant now) const
{
    if (!remember_) return {.working = {}, .at = wait.due};
    const auto place = (wait.due - symbolic_due).count();
    if (place >= 0 && std::size_t(place) < asked_.size())
        return {.working = asked_[std::size_t(place)], .at = {}};
    const auto& spec = *model_.node(wait.node).events[std::size_t(wait.event)].timer;
    feel::Evaluation evaluation;
    if (evaluation.value(spec.when, {}).day_duration() != nullptr)
        return {.working = {}, .after = wait.due - now, .at = {}};
    return {.working = {}, .at = wait.due};
}

StandingPtr Course::standing(State state, int kind)
{
    if (!remember_) return std::make_shared<Standing>(Standing{std::move(state), kind});
    make_canonical(state);
    const auto key = std::to_string(kind) + json::text_of(to_json(state, model_));
    if (const auto found = standings_.find(key); found != standings_.end()) return found->second;
    auto made = std::make_shared<Standing>(Standing{std::move(state), kind});
    made->kept = standings_.size() < standings_max;
    if (made->kept) standings_.emplace(key, made);
    return made;
}

std::shared_ptr<const Move> Course::compute(
    const Standing* from, const Command& command, int kind, Instant now
)
{
    ++computed_;
    asked_.clear();
    State state = from == nullptr ? State{} : from->state;
    if (remember_) {
        now = symbolic_now;
        last_id_ = 0;
        each_id(state, [this](std::int64_t id) { last_id_ = std::max(last_id_, id); });
    }
    const Surroundings around{
        now,
        names_of(kind, now),
        [this] { return ++last_id_; },
        [this](Instant begin, const TimerSpec& timer) {
            if (!remember_) return due_(begin, timer);
            asked_.push_back(timer);
            return symbolic_due + std::chrono::microseconds(asked_.size() - 1);
        }};
    auto stepped = step(model_, std::move(state), command, around);
    Move move;
    if (stepped) {
        move = move_of(from, stepped.value(), now);
        move.to = standing(std::move(stepped).value().state, kind);
    } else {
        move.stuck = {-1, stepped.problem().code};
        move.to = standing({}, kind);
    }
    return std::make_shared<const Move>(std::move(move));
}

Move Course::move_of(const Standing* from, const Stepped& stepped, Instant now)
{
    Move move{.to = {}, .ended = stepped.state.ended, .stuck = {}};
    std::map<std::int64_t, int> posts;
    for (const auto& effect : stepped.effects) {
        if (effect.kind == Effect::Kind::opened && effect.wait.what == Wait::For::task)
            posts[effect.wait.id] = set_of(effect.candidates);
        if (effect.kind == Effect::Kind::clock) move.clock.push_back({effect.text, effect.reason, effect.by});
        if (effect.kind == Effect::Kind::incident && !move.stuck)
            move.stuck = {effect.node, effect.problem->code};
    }
    for (const auto& wait : stepped.state.waits) {
        Move::Came came;
        for (std::size_t j = 0; from != nullptr && j < from->state.waits.size(); ++j)
            if (from->state.waits[j].id == wait.id) came.from = int(j);
        if (came.from < 0 && wait.what == Wait::For::timer) came.timer = rule_of(wait, now);
        if (const auto found = posts.find(wait.id); found != posts.end()) came.posts = found->second;
        if (stepped.call && stepped.call->id == wait.id) move.call = int(move.waits.size());
        move.waits.push_back(std::move(came));
    }
    return move;
}

}  // namespace thien_an::workflow
