#include "engine/workflow/simulation_play.h"

#include <algorithm>

// What comes, one event after the other, and what a step brings with it.
namespace thien_an::workflow {
namespace {

constexpr int calls_max = 1000;  ///< Local actions one after the other without anything to wait for.
constexpr std::uint8_t rounds_stuck = 50;  ///< A case that does a task so often never ends.
constexpr std::chrono::days drain{366};    ///< How long is waited for the last after the year.
constexpr Budget a_minute{Unit::calendar_days, 0};
constexpr Budget two_days{Unit::working_days, 4};

Day first_day(int year) { return std::chrono::year(year) / std::chrono::January / 1; }

/// Expressions name posts; each kind stands for its officers.
json::object names_with_posts(const Model& model, json::object names)
{
    json::object posts;
    const auto take = [&](const feel::Expression& e) {
        if (e)
            for (const auto& kind : e.members_of("posts")) posts[kind] = json::array{json::value(kind)};
    };
    for (const auto& node : model.nodes) {
        take(node.candidates);
        for (const auto& [name, to] : node.sets) take(to);
    }
    names["posts"] = std::move(posts);
    return names;
}

std::vector<Course::Kind> kinds_of(const Model& model, const Scenario& scenario)
{
    std::vector<Course::Kind> out;
    for (const auto& kind : scenario.kinds)
        out.push_back({names_with_posts(model, kind.names), kind.variables});
    if (out.empty()) out.push_back({names_with_posts(model, {}), {}});
    return out;
}

std::vector<int> outcome_shares(const NodeModel& node, const Scenario& scenario)
{
    std::vector<int> out;
    const auto habit = scenario.tasks.find(node.id);
    const bool told = habit != scenario.tasks.end() && !habit->second.outcomes.empty();
    const int others = int(node.outcomes.size()) - 1;
    for (const auto& outcome : node.outcomes) {
        if (told) {
            const auto share = habit->second.outcomes.find(outcome.name);
            out.push_back(share == habit->second.outcomes.end() ? 0 : share->second);
        } else if (out.empty()) {
            out.push_back(others == 0 ? 1 : scenario.first_outcome_percent * others);
        } else {
            out.push_back(100 - scenario.first_outcome_percent);
        }
    }
    return out;
}

std::vector<int> shares_of(const AnswerHabit& habit)
{
    std::vector<int> out;
    for (const auto& answer : habit.answers) out.push_back(answer.share);
    return out;
}

}  // namespace

Play::Play(const Model& model, const Scenario& scenario, const Calendar& calendar)
    : model_(model),
      scenario_(scenario),
      time_(calendar, first_day(scenario.year), first_day(scenario.year + 1) + drain + std::chrono::days(60)),
      year_end_(at(first_day(scenario.year + 1), Minutes(0))),
      horizon_(year_end_ + drain),
      limit_(scenario.limit.budget ? scenario.limit.budget : model.budget),
      course_(
          model,
          kinds_of(model, scenario),
          scenario.remember_steps,
          [this](Instant from, const TimerSpec& timer) { return timer_due(from, timer); }
      ),
      office_(scenario.staff, time_, year_end_),
      arrivals_(SimulationRandom::stream(scenario.seed, ~0ULL)),
      totals_(model.nodes.size())
{
    for (const auto& kind : scenario.kinds) kind_shares_.push_back(kind.share);
    for (const auto& node : model.nodes) {
        outcome_shares_.push_back(outcome_shares(node, scenario));
        std::chrono::microseconds mean = scenario.work;
        const auto habit = scenario.tasks.find(node.id);
        if (habit != scenario.tasks.end() && habit->second.work) {
            mean = *habit->second.work;
        } else if (node.budget) {
            const bool days = node.budget->unit != Unit::working_minutes;
            mean = Minutes(node.budget->amount * (days ? 4 * 60 : 1)) * scenario.budget_share_percent / 100;
        }
        work_means_.push_back(mean);
    }
    for (const auto& [name, habit] : scenario.actions) answer_shares_[name] = shares_of(habit);
    for (const auto& [name, habit] : scenario.messages) answer_shares_["message " + name] = shares_of(habit);
    apart_ = time_.worked(year_end_) / std::max<std::int64_t>(scenario.cases, 1);
}

/// Moves to the next arrival; false when no more come.
bool Play::next_arrival()
{
    if (scenario_.even)
        arrived_at_ += apart_;
    else
        arrived_at_ += std::chrono::microseconds(apart_.count() * arrivals_.exponential() >> 16U);
    const bool more = !scenario_.even || report_.arrived < scenario_.cases;
    return more && scenario_.cases > 0 && arrived_at_ <= time_.worked(year_end_);
}

SimulationReport Play::run(const Progress& tell)
{
    bool coming = next_arrival();
    int told = -1;
    while (coming || !events_.empty()) {
        const auto arrival = coming ? time_.instant(arrived_at_) : horizon_;
        if (coming && (events_.empty() || arrival <= events_.top().at)) {
            arrive();
            coming = next_arrival();
            const int percent = int(100 * report_.arrived / std::max<std::int64_t>(scenario_.cases, 1));
            if (tell && percent != told && percent <= 100) tell(told = percent);
            continue;
        }
        const auto event = events_.top();
        if (event.at >= horizon_) break;
        events_.pop();
        happen(event);
    }
    for (const auto& one : cases_) {
        if (!one.at) continue;
        ++report_.open;
        judge(one, horizon_);
    }
    report_steps();
    report_.posts = office_.report();
    report_.steps_taken = course_.taken();
    report_.steps_computed = course_.computed();
    return report_;
}

void Play::arrive()
{
    if (over_.empty()) {
        over_.push_back(std::uint32_t(cases_.size()));
        cases_.emplace_back();
    }
    const auto place = over_.back();
    over_.pop_back();
    const auto now = time_.instant(arrived_at_);
    auto& one = cases_[place];
    one.random = SimulationRandom::stream(scenario_.seed, std::uint64_t(report_.arrived++));
    one.rounds.assign(model_.nodes.size(), 0);
    one.arrived = now;
    one.clock_started.reset();
    one.clock_stopped.reset();
    one.ledger.reset();
    one.waits.clear();
    if (scenario_.limit.starts_at.empty()) one.clock_started = now;
    const int kind = kind_shares_.size() < 2 ? 0 : int(one.random.among(kind_shares_));
    follow(place, course_.start(kind, now), now);
    dispatch(now);
}

Play::Open* Play::find(std::uint32_t place, std::int64_t serial)
{
    auto& one = cases_[place];
    if (!one.at) return nullptr;
    for (auto& open : one.waits)
        if (open.serial == serial) return &open;
    return nullptr;
}

void Play::happen(const Event& event)
{
    const auto* open = find(event.place, event.serial);
    if (open == nullptr) return;
    auto& one = cases_[event.place];
    const int wait = int(open - one.waits.data());
    follow(event.place, taken(one, wait, event.at), event.at);
    dispatch(event.at);
}

/// The step that what was waited for brings.
std::shared_ptr<const Move> Play::taken(Case& one, int wait, Instant now)
{
    switch (one.at->state.waits[std::size_t(wait)].what) {
    case Wait::For::task: return completed(one, wait, now);
    case Wait::For::timer:
        return course_.next(one.at, {wait, 0}, now, [](const Wait& w) { return TimerCommand{w.id}; });
    case Wait::For::message:
    case Wait::For::call:
    case Wait::For::process: return answered(one, wait, now);
    case Wait::For::signal:
    case Wait::For::condition: break;
    }
    throw std::logic_error("nothing is scheduled for such a wait");
}

std::shared_ptr<const Move> Play::completed(Case& one, int wait, Instant now)
{
    const int node = one.at->state.waits[std::size_t(wait)].node;
    auto& open = one.waits[std::size_t(wait)];
    auto& total = totals_[std::size_t(node)];
    ++total.done;
    total.late += open.due != Instant{} && open.due < now;
    total.microseconds += (time_.worked(now) - time_.worked(open.opened)).count();
    office_.release(open.post, now, open.until);
    freed_.push_back(open.post);
    open.set = -1;
    const int outcome = outcome_of(node, one);
    if (one.rounds[std::size_t(node)] >= rounds_stuck) {
        Move endless{.to = one.at, .stuck = {{node, "workflow.round_and_round"}}};
        endless.waits.resize(one.waits.size());
        for (std::size_t i = 0; i < one.waits.size(); ++i) endless.waits[i].from = int(i);
        return std::make_shared<const Move>(std::move(endless));
    }
    return course_.next(one.at, {wait, outcome}, now, [&](const Wait& w) {
        return CompleteCommand{w.id, model_.node(node).outcomes[std::size_t(outcome)].name, {}};
    });
}

int Play::outcome_of(int node, Case& one) const
{
    auto& rounds = one.rounds[std::size_t(node)];
    if (rounds < rounds_stuck) ++rounds;
    const auto& shares = outcome_shares_[std::size_t(node)];
    if (shares.size() < 2) return 0;
    if (rounds > scenario_.rounds_max)
        return int(std::max_element(shares.begin(), shares.end()) - shares.begin());
    return int(one.random.among(shares));
}

const AnswerHabit* Play::habit_of(const Wait& wait) const
{
    const auto& habits = wait.what == Wait::For::message ? scenario_.messages : scenario_.actions;
    const auto found = habits.find(wait.name);
    return found == habits.end() ? nullptr : &found->second;
}

std::shared_ptr<const Move> Play::answered(Case& one, int wait, Instant now)
{
    const auto& waiting = one.at->state.waits[std::size_t(wait)];
    const bool message = waiting.what == Wait::For::message;
    const auto* habit = habit_of(waiting);
    int answer = 0;
    if (habit != nullptr && habit->answers.size() > 1)
        answer = int(one.random.among(answer_shares_[(message ? "message " : "") + waiting.name]));
    return course_.next(one.at, {wait, answer}, now, [&](const Wait& w) -> Command {
        const bool told = habit != nullptr && !habit->answers.empty();
        const auto out = told ? habit->answers[std::size_t(answer)].out : json::object{};
        if (message) return MessageCommand{w.id, out};
        return AnswerCommand{w.id, out};
    });
}

/// Takes a step, and those that answer its local actions.
void Play::follow(std::uint32_t place, std::shared_ptr<const Move> move, Instant now)
{
    for (int calls = 0;; ++calls) {
        settle(place, *move, now);
        auto& one = cases_[place];
        if (calls > calls_max || move->stuck || move->ended || move->call < 0) break;
        local_action(one, one.at->state.waits[std::size_t(move->call)].name, now);
        move = answered(one, move->call, now);
    }
    if (move->call >= 0 && !move->stuck && !move->ended) {
        Move endless = *move;
        endless.stuck = {move->to->state.waits[std::size_t(move->call)].node, "workflow.too_many_steps"};
        return finish(place, endless, now);
    }
    if (move->ended || move->stuck) finish(place, *move, now);
}

void Play::settle(std::uint32_t place, const Move& move, Instant now)
{
    auto& one = cases_[place];
    for (const auto& change : move.clock) change_clock(one, change, now);
    std::vector<Open> waits(move.waits.size());
    for (std::size_t i = 0; i < waits.size(); ++i) {
        if (move.waits[i].from < 0) continue;
        auto& before = one.waits[std::size_t(move.waits[i].from)];
        waits[i] = before;
        before.set = -1;
    }
    for (const auto& gone : one.waits) drop(gone, now);
    one.at = move.to;
    one.waits = std::move(waits);
    for (std::size_t i = 0; i < move.waits.size(); ++i)
        if (move.waits[i].from < 0) open(place, i, move.waits[i], now);
}

void Play::drop(const Open& open, Instant now)
{
    if (open.set < 0) return;
    if (open.post < 0) return office_.withdraw(open.set, now);
    office_.release(open.post, now, open.until);
    freed_.push_back(open.post);
}

void Play::open(std::uint32_t place, std::size_t wait, const Move::Came& came, Instant now)
{
    auto& open = cases_[place].waits[wait];
    open.serial = ++last_serial_;
    open.opened = now;
    const auto& waiting = cases_[place].at->state.waits[wait];
    switch (waiting.what) {
    case Wait::For::task: return open_task(place, wait, came.posts, now);
    case Wait::For::timer:
        if (came.timer.working) return schedule(open, place, timer_due(now, *came.timer.working));
        return schedule(open, place, came.timer.after ? now + *came.timer.after : came.timer.at);
    case Wait::For::message: return expect_message(place, wait, now);
    case Wait::For::call: {
        const bool local = !model_.node(waiting.node).action->outbox;
        if (!local) schedule(open, place, after(habit_of(waiting), a_minute, now));
        return;
    }
    case Wait::For::process: return schedule(open, place, after(habit_of(waiting), a_minute, now));
    case Wait::For::signal:
    case Wait::For::condition: return;
    }
}

void Play::open_task(std::uint32_t place, std::size_t wait, int set, Instant now)
{
    auto& one = cases_[place];
    auto& open = one.waits[wait];
    const int node = one.at->state.waits[wait].node;
    const auto& model = model_.node(node);
    office_.know_set(std::size_t(set), course_.posts()[std::size_t(set)]);
    open.set = set;
    open.work = work_of(node, one.random);
    if (model.budget) open.due = time_.due(now, *model.budget, model.receipt);
    const int post = office_.at_leisure(set);
    if (post >= 0) return begin(place, open, post, now);
    office_.wait(set, {place, open.serial, now}, now);
}

std::chrono::microseconds Play::work_of(int node, SimulationRandom& random) const
{
    const auto habit = scenario_.tasks.find(model_.node(node).id);
    const bool own = habit != scenario_.tasks.end() && habit->second.spread_percent >= 0;
    return random.spread(
        work_means_[std::size_t(node)], own ? habit->second.spread_percent : scenario_.spread_percent
    );
}

/// A message is expected where the process waits for it alone; beside other work only when the scenario says so.
void Play::expect_message(std::uint32_t place, std::size_t wait, Instant now)
{
    auto& one = cases_[place];
    const auto& waiting = one.at->state.waits[wait];
    const auto kind = model_.node(waiting.node).kind;
    const bool beside = kind == NodeKind::boundary || kind == NodeKind::start;
    const auto* habit = habit_of(waiting);
    if (habit == nullptr && beside) return;
    if (habit != nullptr && habit->share < 100 && one.random.below(100) >= habit->share) return;
    schedule(one.waits[wait], place, after(habit, two_days, now));
}

Instant Play::after(const AnswerHabit* habit, const Budget& otherwise, Instant now)
{
    const auto& budget = habit != nullptr && habit->after ? *habit->after : otherwise;
    if (budget == a_minute) return now + Minutes(1);
    if (budget.unit == Unit::calendar_days) return now + std::chrono::hours(12 * budget.amount);
    return time_.due(now, budget);
}

Instant Play::timer_due(Instant from, const TimerSpec& timer) { return time_.due(from, *timer.budget); }

void Play::begin(std::uint32_t place, Open& open, int post, Instant now)
{
    open.post = post;
    open.until = office_.begin(post, open.opened, now, open.work);
    schedule(open, place, open.until);
}

/// Officers at leisure take the tasks that have waited longest.
void Play::dispatch(Instant now)
{
    for (std::size_t i = 0; i < freed_.size(); ++i) {
        const int post = freed_[i];
        while (office_.has_leisure(post)) {
            const auto task = office_.next_for(post, now, [&](const Office::Waiting& w) {
                return find(w.place, w.serial) != nullptr;
            });
            if (!task) break;
            begin(task->place, *find(task->place, task->serial), post, now);
        }
    }
    freed_.clear();
}

void Play::finish(std::uint32_t place, const Move& move, Instant now)
{
    auto& one = cases_[place];
    for (const auto& open : one.waits) drop(open, now);
    one.waits.clear();
    one.at.reset();
    over_.push_back(place);
    if (move.stuck) {
        ++report_.stuck;
        ++stuck_[*move.stuck];
        return;
    }
    ++report_.finished;
    microseconds_ += (time_.worked(now) - time_.worked(one.arrived)).count();
    judge(one, now);
}

/// Whether the case kept its limit, as far as is known at `now`.
void Play::judge(const Case& one, Instant now)
{
    if (!limit_ || !one.clock_started) return;
    ++report_.limited;
    const auto until = one.clock_stopped.value_or(now);
    const auto due = one.ledger ? workflow::due(*one.ledger, time_.calendar())
                                : time_.due(*one.clock_started, *limit_, scenario_.limit.receipt);
    report_.late += due && *due < until;
}

Ledger& Play::ledger_of(Case& one, Instant now)
{
    if (!one.ledger)
        one.ledger = std::make_unique<Ledger>(Ledger{
            .calendar = time_.calendar().id,
            .budget = *limit_,
            .receipt = scenario_.limit.receipt,
            .started = one.clock_started.value_or(now)});
    return *one.ledger;
}

/// The verbs of a node; one that the clock does not take at that moment changes nothing.
void Play::change_clock(Case& one, const ClockChange& change, Instant now)
{
    if (!limit_ || !one.clock_started || one.clock_stopped) return;
    if (change.verb == "stop") {
        one.clock_stopped = now;
        return;
    }
    auto& ledger = ledger_of(one, now);
    const auto changed = change.verb == "suspend"   ? suspend(ledger, now, change.reason, "")
                         : change.verb == "resume"  ? resume(ledger, now, change.reason)
                         : change.verb == "restart" ? restart(ledger, now)
                                                    : extend(ledger, change.by.value_or(Budget{}));
    if (changed) ledger = changed.value();
}

void Play::local_action(Case& one, const std::string& name, Instant now)
{
    if (name == scenario_.limit.starts_at && !one.clock_started) one.clock_started = now;
    const auto extension = scenario_.limit.extensions.find(name);
    if (extension == scenario_.limit.extensions.end() || !limit_ || !one.clock_started) return;
    auto& ledger = ledger_of(one, now);
    if (const auto extended = extend(ledger, extension->second)) ledger = extended.value();
}

void Play::report_steps()
{
    for (std::size_t i = 0; i < totals_.size(); ++i) {
        const auto& node = model_.node(int(i));
        if (node.kind != NodeKind::user_task) continue;
        const auto& total = totals_[i];
        const auto done = double(std::max<std::int64_t>(total.done, 1));
        report_.steps.push_back(
            {.node = node.id,
             .done = total.done,
             .mean_minutes = double(total.microseconds) / 60e6 / done,
             .late = total.late,
             .limited = node.budget.has_value()}
        );
    }
    const auto finished = double(std::max<std::int64_t>(report_.finished, 1));
    report_.mean_minutes = double(microseconds_) / 60e6 / finished;
    for (const auto& [what, cases] : stuck_)
        report_.reasons.push_back(
            {.node = what.first < 0 ? "" : model_.node(what.first).id, .code = what.second, .cases = cases}
        );
}

}  // namespace thien_an::workflow
