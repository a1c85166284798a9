#include "programs/thienan_conformance/bpmn_world.h"

#include <algorithm>
#include <regex>

namespace thien_an::conformance {
namespace {

using namespace workflow;

constexpr auto slow_takes = std::chrono::seconds(10);  ///< WAIT_TEN_SECONDS

}  // namespace

std::string feel_of(std::string text)
{
    // Some of the suite's texts end with a stray '>'.
    static const std::regex contained(R"(^(!?)(\w+)\.contains\((".*?")\)\s*>?$)");
    static const std::regex variable(R"(^\$\{(\w+)\}$)");
    std::smatch found;
    if (std::regex_match(text, found, contained)) {
        const auto asked = "contains(" + found.str(2) + ", " + found.str(3) + ")";
        return found.length(1) == 0 ? asked : "not(" + asked + ")";
    }
    if (std::regex_match(text, found, variable)) return found.str(1);
    return text;
}

Vocabulary betsy_vocabulary()
{
    Vocabulary v;
    v.any_action = true;
    v.unbound = true;
    v.prove = false;
    v.variables = {"test", "integerVariable", "data"};
    v.translate = feel_of;
    for (const char* word :
         {"SCRIPT_task1",
          "SCRIPT_task2",
          "SCRIPT_task3",
          "SCRIPT_task4",
          "SCRIPT_task5",
          "CREATE_MARKER_FILE",
          "CREATE_LOG_FILE",
          "INCREMENT_INTEGER_VARIABLE",
          "INCREMENT_INTEGER_VARIABLE_AND_LOG",
          "SET_STRING_DATA",
          "LOG_DATA",
          "THROW_ERROR"})
        v.script_words[word] = false;
    for (const char* word : {"CREATE_TIMESTAMP_LOG_1", "CREATE_TIMESTAMP_LOG_2", "WAIT_TEN_SECONDS"})
        v.script_words[word] = true;
    return v;
}

World::World(std::vector<std::shared_ptr<const Process>> processes)
    : processes_(std::move(processes)), now_(parse_instant("2016-07-01T08:00").value())
{
}

bool World::has_none_start(std::size_t process) const
{
    const auto& model = processes_[process]->model();
    const auto& starts = model.scope(0).starts;
    return std::any_of(starts.begin(), starts.end(), [&](int s) { return model.node(s).events.empty(); });
}

void World::start(std::size_t process, const json::object& variables)
{
    begin(process, {.message = {}, .variables = variables});
    deliver();
}

void World::begin(std::size_t process, const StartCommand& command)
{
    running_.push_back({processes_[process], {}});
    give(running_.size() - 1, command);
}

void World::give(std::size_t instance, Command command)
{
    while (true) {
        const json::object names;
        const Surroundings around{
            now_, names, [this] { return ++last_id_; }, [](Instant from, const TimerSpec&) { return from; }};
        auto& running = running_[instance];
        auto stepped = step(running.process->model(), running.state, command, around);
        if (!stepped) {
            trace_.insert("refused:" + stepped.problem().code);
            return;
        }
        running.state = stepped.value().state;
        for (const auto& effect : stepped.value().effects) note(instance, effect);
        const auto& call = stepped.value().call;
        if (!call) return;
        if (call->name == "THROW_ERROR")
            command = FailCommand{call->id, Problem{.code = "RuntimeException", .field = "", .law = ""}};
        else
            command = AnswerCommand{call->id, act(call->name, running_[instance].state.variables)};
    }
}

void World::note(std::size_t instance, const Effect& effect)
{
    static const auto words = betsy_vocabulary().script_words;
    switch (effect.kind) {
    case Effect::Kind::opened:
        if (effect.wait.what != Wait::For::call || effect.wait.name.empty()) break;
        if (words.at(effect.wait.name)) {
            slow_.push_back({instance, effect.wait.id, now_ + slow_takes});
            if (effect.wait.name.starts_with("CREATE_TIMESTAMP"))
                spans_.emplace_back(now_, now_ + slow_takes);
        }
        break;
    case Effect::Kind::sent: posts_.push_back({false, effect.text, effect.reason, instance}); break;
    case Effect::Kind::signalled: posts_.push_back({true, effect.text, {}, instance}); break;
    case Effect::Kind::incident: trace_.insert("Error"); break;
    case Effect::Kind::ended:
        if (effect.text.starts_with("error:")) trace_.insert("Error");
        break;
    default: break;
    }
}

/// Runs a script word; gives the variables afterwards.
json::object World::act(const std::string& word, json::object variables)
{
    if (word.starts_with("SCRIPT_task")) trace_.insert("Task" + word.substr(11));
    if (word == "CREATE_MARKER_FILE" && !std::exchange(marked_, true)) trace_.insert("MarkerExists");
    if (word.starts_with("INCREMENT_INTEGER_VARIABLE")) {
        const auto before = json::integer_or(json::value(variables), "integerVariable");
        variables["integerVariable"] = before + 1;
        if (word.ends_with("_AND_LOG")) trace_.insert("Increment");
    }
    if (word == "SET_STRING_DATA") variables["data"] = "String";
    if (word == "LOG_DATA" && json::string_or(json::value(variables), "data") == "String")
        trace_.insert("DataCorrect");
    return variables;
}

void World::deliver()
{
    while (!posts_.empty()) {
        const auto post = posts_.front();
        posts_.pop_front();
        if (post.signal)
            deliver_signal(post);
        else
            static_cast<void>(deliver_message(post));
    }
}

void World::deliver_signal(const Post& post)
{
    const auto count = running_.size();
    for (std::size_t i = 0; i < count; ++i)
        if (i != post.from && !running_[i].state.ended) give(i, SignalCommand{post.name});
    for (std::size_t p = 0; p < processes_.size(); ++p) {
        const auto& model = processes_[p]->model();
        for (const int start : model.scope(0).starts)
            for (const auto& event : model.node(start).events)
                if (event.kind == EventKind::signal && event.name == post.name)
                    begin(p, {.message = {}, .variables = {}, .signal = post.name});
    }
}

bool World::deliver_message(const Post& post)
{
    for (std::size_t i = 0; i < running_.size(); ++i)
        for (const auto& wait : running_[i].state.waits)
            if (wait.what == Wait::For::message && wait.name == post.name) {
                give(i, MessageCommand{wait.id, {}});
                return true;
            }
    for (std::size_t p = 0; p < processes_.size(); ++p) {
        const auto& model = processes_[p]->model();
        for (const int start : model.scope(0).starts)
            for (const auto& event : model.node(start).events)
                if (event.kind == EventKind::message && event.name == post.name) {
                    begin(p, {.message = post.name, .variables = {}});
                    return true;
                }
    }
    return false;
}

/// Fires the timer or answers the slow action that is due first; false when none is until `until`.
bool World::fire_next(Instant until)
{
    const Slow* slow = nullptr;
    for (const auto& one : slow_)
        if (one.due <= until && (slow == nullptr || one.due < slow->due)) slow = &one;
    std::optional<std::pair<std::size_t, Wait>> timer;
    for (std::size_t i = 0; i < running_.size(); ++i)
        for (const auto& wait : running_[i].state.waits)
            if (wait.what == Wait::For::timer && wait.due <= until &&
                (!timer || wait.due < timer->second.due))
                timer.emplace(i, wait);
    if (slow != nullptr && (!timer || slow->due <= timer->second.due)) {
        const Slow done = *slow;
        slow_.erase(slow_.begin() + (slow - slow_.data()));
        now_ = done.due;
        if (running_[done.instance].state.wait(done.wait) != nullptr)
            give(done.instance, AnswerCommand{done.wait, running_[done.instance].state.variables});
        return true;
    }
    if (!timer) return false;
    now_ = timer->second.due;
    give(timer->first, TimerCommand{timer->second.id});
    return true;
}

void World::pass(std::chrono::milliseconds time)
{
    const auto until = now_ + time;
    while (fire_next(until)) deliver();
    now_ = until;
}

std::multiset<std::string> World::trace() const
{
    auto out = trace_;
    const bool overlap =
        spans_.size() == 2 && spans_[0].first < spans_[1].second && spans_[1].first < spans_[0].second;
    if (overlap) out.insert("ExecutionParallel");
    return out;
}

}  // namespace thien_an::conformance
