#include "engine/workflow/engine_session.h"

#include <algorithm>
#include <charconv>

#include "engine/workflow/stepper.h"

namespace thien_an::workflow {
namespace {

constexpr int fired_max =
    200;  ///< Timers and rungs of one instance in one tick; the rest comes with the next.

/// Signals share the table of messages under names of their own.
const std::string signal_prefix = "signal:";

std::vector<PostId> posts_of(const std::vector<std::string>& candidates)
{
    std::vector<PostId> out;
    for (const auto& text : candidates) {
        PostId post;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), post.value);
        const bool whole = error == std::errc() && end == text.data() + text.size();
        if (whole && std::find(out.begin(), out.end(), post) == out.end()) out.push_back(post);
    }
    return out;
}

std::string text_of(const State& state, const Model& model)
{
    boost::json::monotonic_resource memory;
    return boost::json::serialize(to_json(state, model, &memory));
}

/// What is still asked of an instance that has ended: its path, as others took it too, and what is its own.
std::string text_left(storage::Writer& db, const State& state, const Model& model)
{
    boost::json::monotonic_resource memory;
    auto all = to_json(state, model, &memory);
    const json::object path(
        {{"left", std::move(all["left"])}, {"walked", std::move(all["walked"])}}, &memory
    );
    json::object own(&memory);
    if (!state.variables.empty()) own["variables"] = std::move(all["variables"]);
    if (!state.error.empty()) own["error"] = state.error;
    auto text = kept_once(db, boost::json::serialize(path));
    if (own.empty()) return text;
    if (text.starts_with('~')) return text + boost::json::serialize(own);
    for (auto& [name, value] : path) own[name] = value;
    return boost::json::serialize(own);
}

}  // namespace

std::optional<Instant> next_rung_at(
    const Ledger& ledger, const Calendar& calendar, const std::vector<Rung>& ladder
)
{
    const auto rung = next_rung(ledger, calendar, ladder);
    return rung ? std::optional(rung->at) : std::nullopt;
}

State state_of(const InstanceRow& row, const Model& model)
{
    // Our own text, made anew with each command: read into memory that is let go at once.
    boost::json::monotonic_resource memory;
    boost::json::parse_options options;
    options.max_depth = 200;
    boost::system::error_code error;
    const auto state = boost::json::parse(row.state, error, &memory, options);
    if (error) throw storage::StorageError("the state of an instance is no JSON");
    auto out = state_from(state, model);
    out.key = row.instance.key;
    out.ended = row.instance.state != InstanceState::running;
    return out;
}

Result<Session> Session::begin(const Setting& setting, const Start& start)
{
    Session out(setting);
    out.row_.instance = {
        .id = InstanceId{setting.ids.next()},
        .definition = start.definition,
        .owner = start.owner,
        .key = start.key,
        .agency = start.agency,
        .state = InstanceState::running,
        .started = setting.now,
        .ended = {},
        .version = 0};
    out.row_.state = "{}";
    out.process_ = setting.host.process(start.definition);
    out.state_.key = start.key;
    insert_instance(setting.db, out.row_);
    return out;
}

Result<Session> Session::open(const Setting& setting, InstanceId id)
{
    Session out(setting);
    auto row = find_row(setting.db, id);
    if (!row) return Problem{.code = "workflow.no_such_instance", .field = "", .law = ""};
    out.row_ = std::move(*row);
    out.process_ = setting.host.process(out.row_.instance.definition);
    out.state_ = state_of(out.row_, out.model());
    return out;
}

const Surroundings& Session::around()
{
    names_ = s_.host.names(s_.db, row_.instance, s_.now);
    around_.emplace(Surroundings{
        s_.now,
        names_,
        [this] { return s_.ids.next(); },
        [this](Instant from, const TimerSpec& timer) {
            return due(s_.host.calendar(s_.db, row_.instance.agency, timer.calendar), from, *timer.budget);
        }});
    return *around_;
}

void Session::note(std::string what, std::string node, json::value detail)
{
    history_.push_back(
        {.seq = 0,
         .at = s_.now,
         .command = std::string(s_.command),
         .what = std::move(what),
         .node = std::move(node),
         .label_vi = {},
         .label_en = {},
         .party = s_.actor.party,
         .post = s_.actor.post,
         .detail = std::move(detail)}
    );
}

void Session::flush_history()
{
    if (history_.empty()) return;
    keep_labels(s_.db, row_.instance.definition, model());
    append_history(s_.db, row_.instance.id, history_);
    history_.clear();
}

Result<Done> Session::advance(Command command)
{
    while (true) {
        auto stepped = TRY(step(model(), std::move(state_), command, around()));
        state_ = std::move(stepped.state);
        for (const auto& effect : stepped.effects) TRY(apply(effect));
        if (!stepped.call) return Done{};
        // The action may look at the instance and change its clock: what happened so far is written first.
        flush_history();
        const auto call = TRY(call_for(*stepped.call));
        auto out = TRY(s_.host.run(s_.db, call));
        const auto fresh = find_row(s_.db, row_.instance.id);
        row_.clock = fresh->clock;
        row_.clock_due = fresh->clock_due;
        row_.rung_at = fresh->rung_at;
        command = AnswerCommand{stepped.call->id, std::move(out)};
    }
}

Result<Call> Session::call_for(const Wait& wait)
{
    const auto& node = model().node(wait.node);
    const auto* token = state_.token(wait.token);
    const bool process = wait.what == Wait::For::process;
    return Call{
        .id = CallId{wait.id},
        .instance = row_.instance,
        .node = node.id,
        .action = process ? node.called : node.action->name,
        .in = TRY(arguments_of(model(), state_, wait, around())),
        .actor = s_.actor,
        .reason = reason,
        .outcome = token == nullptr ? "" : token->outcome,
        .form = form,
        .now = s_.now};
}

Result<Done> Session::apply(const Effect& effect)
{
    const std::string node = effect.node < 0 ? "" : model().node(effect.node).id;
    switch (effect.kind) {
    case Effect::Kind::entered: note("entered", node, json::object{}); break;
    case Effect::Kind::left: break;
    case Effect::Kind::opened:
        if (effect.wait.what == Wait::For::task) open_task(effect);
        if (effect.wait.what == Wait::For::message)
            insert_subscription(s_.db, effect.wait.id, row_.instance.id, effect.wait.name, effect.wait.key);
        if (effect.wait.what == Wait::For::signal)
            insert_subscription(
                s_.db, effect.wait.id, row_.instance.id, signal_prefix + effect.wait.name, ""
            );
        if (effect.wait.what == Wait::For::call) return open_call(effect);
        if (effect.wait.what == Wait::For::process) return call_process(effect);
        break;
    case Effect::Kind::closed:
    case Effect::Kind::withdrawn: close_wait(effect); break;
    case Effect::Kind::clock: return move_clock(effect);
    case Effect::Kind::decided: log_decided(effect); break;
    case Effect::Kind::sent: send_message(effect); break;
    case Effect::Kind::signalled: send_signal(effect); break;
    case Effect::Kind::escalated: note("escalated", node, json::object{{"code", effect.text}}); break;
    case Effect::Kind::incident: return report_stuck(effect);
    case Effect::Kind::ended:
        row_.instance.state =
            effect.text == "cancelled" ? InstanceState::cancelled : InstanceState::completed;
        row_.instance.ended = s_.now;
        resolve_incidents_of(s_.db, row_.instance.id, s_.now);
        note("ended", "", json::object{{"error", effect.text}});
        return after_end(effect.text);
    }
    return Done{};
}

Result<Done> Session::report_stuck(const Effect& effect)
{
    const auto& node = model().node(effect.node).id;
    const auto id = s_.ids.next();
    done_.incident = true;
    insert_incident(s_.db, id, row_, node, effect.token, *effect.problem, s_.now);
    note("incident", node, json::object{{"code", effect.problem->code}});
    return s_.host.stuck(
        s_.db,
        {.id = id,
         .instance = row_.instance.id,
         .owner = row_.instance.owner,
         .node = node,
         .problem = *effect.problem,
         .at = s_.now,
         .resolved = false}
    );
}

void Session::open_task(const Effect& effect)
{
    const auto& node = model().node(effect.node);
    TaskRow row;
    row.task.id = TaskId{effect.wait.id};
    row.task.instance = row_.instance.id;
    row.task.owner = row_.instance.owner;
    row.task.agency = row_.instance.agency;
    row.task.node = node.id;
    row.task.candidates = posts_of(effect.candidates);
    row.task.created = s_.now;
    row.task.form = node.form;
    if (node.budget) {
        const auto& calendar = s_.host.calendar(s_.db, row_.instance.agency, node.calendar);
        row.ledger = Ledger{
            .calendar = node.calendar, .budget = *node.budget, .receipt = node.receipt, .started = s_.now};
        row.task.due = due(*row.ledger, calendar);
        row.rung_at = next_rung_at(*row.ledger, calendar, node.rungs);
    }
    if (row.task.due) row.sort_key = column(*row.task.due);
    if (row_.clock_due) row.sort_key = std::min(row.sort_key, column(*row_.clock_due));
    row.task.sort_key = row.sort_key;
    insert_task(s_.db, row);
    note("task_opened", node.id, json::object{{"task", row.task.id.value}});
    done_.opened.push_back(std::move(row.task));
}

Result<Done> Session::open_call(const Effect& effect)
{
    const auto& node = model().node(effect.node);
    if (!node.action->outbox) return Done{};
    insert_call(s_.db, CallId{effect.wait.id}, row_.instance.id, node.id, node.action->name, s_.now);
    return s_.host.send(s_.db, TRY(call_for(effect.wait)));
}

void Session::close_wait(const Effect& effect)
{
    switch (effect.wait.what) {
    case Wait::For::task: close_task(effect); break;
    case Wait::For::signal:
        // A signal is for who waits when it is thrown, not for who waits again later.
        if (effect.kind == Effect::Kind::withdrawn)
            drop_messages(s_.db, signal_prefix + effect.wait.name, row_.instance.id);
        [[fallthrough]];
    case Wait::For::message: delete_subscription(s_.db, effect.wait.id); break;
    case Wait::For::call: close_call(s_.db, CallId{effect.wait.id}); break;
    case Wait::For::process:
        if (effect.kind == Effect::Kind::withdrawn) cancel_called(effect.wait);
        break;
    case Wait::For::condition:
    case Wait::For::timer: break;
    }
}

/// A message without an action: to the instance that waits for it, or kept until one does. Engine::due names that instance,
/// which takes it in a transaction of its own.
void Session::send_message(const Effect& effect)
{
    const auto waiting = subscribers(s_.db, effect.text, effect.reason);
    const auto to = waiting.empty() ? InstanceId{} : waiting.front();
    insert_message(
        s_.db,
        {.id = s_.ids.next(),
         .sender_id = {},
         .name = effect.text,
         .key = effect.reason,
         .instance = to,
         .body = {},
         .keep_until = s_.now + messages_kept},
        s_.now,
        {}
    );
    note(
        "message_sent",
        model().node(effect.node).id,
        json::object{{"name", effect.text}, {"key", effect.reason}}
    );
}

/// A signal reaches every instance that waits for it now, and is not kept for others.
void Session::send_signal(const Effect& effect)
{
    const auto name = signal_prefix + effect.text;
    for (const auto to : subscribers(s_.db, name, "")) {
        if (to == row_.instance.id) continue;  // The step gave it to this one already.
        insert_message(
            s_.db,
            {.id = s_.ids.next(), .sender_id = {}, .name = name, .key = {}, .instance = to, .body = {}},
            s_.now,
            {}
        );
    }
    note("signalled", model().node(effect.node).id, json::object{{"name", effect.text}});
}

void Session::close_task(const Effect& effect)
{
    const bool known = known_ && known_->task.id.value == effect.wait.id;
    auto row = known ? std::exchange(known_, std::nullopt) : find_task_row(s_.db, TaskId{effect.wait.id});
    if (!row) throw std::logic_error("a task without a row");
    const bool completed = effect.kind == Effect::Kind::closed;
    row->task.state = completed ? TaskState::completed : TaskState::withdrawn;
    row->task.done = s_.now;
    row->rung_at = std::nullopt;
    row->sort_key = row->task.sort_key = 0;
    if (completed) {
        row->task.done_by = s_.actor.party;
        row->task.done_as = s_.actor.for_post ? s_.actor.for_post : s_.actor.post;
        row->task.outcome = effect.text;
    }
    update_task(s_.db, *row);
    std::erase_if(done_.opened, [&](const Task& t) { return t.id == row->task.id; });
    done_.closed.push_back(row->task.id);
    json::object detail{{"task", row->task.id.value}};
    if (completed) {
        detail["outcome"] = effect.text;
        if (!form.is_null()) detail["form"] = form;
    }
    if (!reason.empty()) detail["reason"] = reason;
    note(completed ? "task_completed" : "task_withdrawn", row->task.node, std::move(detail));
}

void Session::log_decided(const Effect& effect)
{
    DecisionRecord record{
        .decision = effect.text,
        .inputs = effect.detail.at("inputs"),
        .rules = {},
        .output = effect.detail.at("output"),
        .at = s_.now};
    for (const auto& rule : effect.detail.at("rules").as_array()) record.rules.emplace_back(rule.as_string());
    log_decision(s_.db, s_.ids.next(), row_.instance.id, row_.instance.owner, record);
}

Result<Done> Session::move_clock(const Effect& effect)
{
    const std::string verb = effect.text;
    TRY(change_clock(verb, effect.reason, [&](Ledger ledger) -> Result<Ledger> {
        if (verb == "suspend") return suspend(std::move(ledger), s_.now, effect.reason, "");
        if (verb == "resume") return resume(std::move(ledger), s_.now, effect.reason);
        if (verb == "restart") return restart(std::move(ledger), s_.now);
        if (verb == "extend" && effect.by) return extend(std::move(ledger), *effect.by);
        if (verb == "stop") return stop(std::move(ledger), s_.now);
        return Problem{.code = "workflow.no_such_verb", .field = "", .law = "", .words = {{"verb", verb}}};
    }));
    return Done{};
}

Result<Ledger> Session::change_clock(
    std::string_view verb, const std::string& why, const std::function<Result<Ledger>(Ledger)>& change
)
{
    if (!row_.clock) return Problem{.code = "workflow.no_clock", .field = "", .law = ""};
    auto changed = TRY(change(*row_.clock));
    set_clock(changed);
    json::object detail{{"verb", std::string(verb)}, {"reason", why}};
    detail["due"] = row_.clock_due ? json::value(column(*row_.clock_due)) : json::value(nullptr);
    note("clock", "", std::move(detail));
    return changed;
}

void Session::set_clock(const Ledger& ledger)
{
    const auto& calendar = s_.host.calendar(s_.db, row_.instance.agency, ledger.calendar);
    row_.clock = ledger;
    row_.clock_due = ledger.stopped ? std::nullopt : due(ledger, calendar);
    row_.rung_at = next_rung_at(ledger, calendar, model().rungs);
    update_clock(s_.db, row_);
}

Result<Done> Session::migrate(std::int64_t definition, const MigrationMap& map)
{
    const auto to = s_.host.process(definition);
    auto moved = migrated(model(), to->model(), state_, map);
    if (!moved.problems.empty()) {
        std::string reasons;
        for (const auto& problem : moved.problems)
            reasons += (reasons.empty() ? "" : ", ") + problem.code + " " + problem.words.front().second;
        return step_problem("cannot_migrate", "reasons", reasons);
    }
    const auto lost = [&](const Wait& wait) { return moved.state.wait(wait.id) == nullptr; };
    for (const auto& wait : state_.waits)
        if (lost(wait) && (wait.what == Wait::For::message || wait.what == Wait::For::signal))
            delete_subscription(s_.db, wait.id);
    json::object nodes;
    for (const auto& [node, there] : map) nodes[node] = there;
    note(
        "migrated",
        "",
        json::object{
            {"from", row_.instance.definition},
            {"to", definition},
            {"nodes", std::move(nodes)},
            {"reason", reason}}
    );
    row_.instance.definition = definition;
    process_ = to;
    state_ = std::move(moved.state);
    update_definition(s_.db, row_.instance.id, definition);
    for (auto& task : task_rows(s_.db, row_.instance.id)) {
        const auto named = map.find(task.task.node);
        if (task.task.state != TaskState::open || named == map.end()) continue;
        move_task(s_.db, task.task.id, named->second, model().node(model().index_of(named->second)).form);
    }
    return advance(ArmCommand{});
}

Result<Done> Session::take_kept_messages()
{
    for (int i = 0; i < fired_max; ++i) {
        bool any = false;
        for (const auto& wait : state_.waits) {
            const bool signal = wait.what == Wait::For::signal;
            if (wait.what != Wait::For::message && !signal) continue;
            const auto name = signal ? signal_prefix + wait.name : wait.name;
            const auto kept = kept_message(s_.db, name, wait.key, row_.instance.id);
            if (!kept) continue;
            take_message(s_.db, kept->id, row_.instance.id);
            if (signal) {
                TRY(advance(SignalCommand{wait.name}));
            } else {
                TRY(advance(MessageCommand{wait.id, kept->body}));
            }
            any = true;
            break;
        }
        if (!any) return Done{};
    }
    return Done{};
}

Result<Done> Session::fire_timers()
{
    for (int i = 0; i < fired_max; ++i) {
        const Wait* next = nullptr;
        for (const auto& wait : state_.waits)
            if (wait.what == Wait::For::timer && wait.due <= s_.now &&
                (next == nullptr || wait.due < next->due))
                next = &wait;
        if (next == nullptr) return Done{};
        note("timer", model().node(next->node).id, json::object{});
        TRY(advance(TimerCommand{next->id}));
    }
    return Done{};
}

Result<Done> Session::fire_rungs()
{
    TRY(fire_clock_rungs());
    for (auto& task : task_rows(s_.db, row_.instance.id))
        if (task.task.state == TaskState::open && task.rung_at && *task.rung_at <= s_.now)
            TRY(fire_task_rungs(std::move(task)));
    return Done{};
}

Result<Done> Session::fire_clock_rungs()
{
    for (int i = 0; i < fired_max && row_.clock; ++i) {
        const auto& calendar = s_.host.calendar(s_.db, row_.instance.agency, row_.clock->calendar);
        const auto rung = next_rung(*row_.clock, calendar, model().rungs);
        if (!rung || rung->at > s_.now) break;
        set_clock(fired(*row_.clock, *rung));
        note("rung", "", json::object{{"rung", rung->rung.text()}});
        TRY(s_.host.rung(
            s_.db,
            {.instance = row_.instance,
             .task = {},
             .node = {},
             .rung = rung->rung.text(),
             .due = row_.clock_due}
        ));
    }
    return Done{};
}

Result<Done> Session::fire_task_rungs(TaskRow task)
{
    const int index = model().index_of(task.task.node);
    const auto& ladder = model().node(index).rungs;
    const auto& calendar = s_.host.calendar(s_.db, row_.instance.agency, task.ledger->calendar);
    for (int i = 0; i < fired_max; ++i) {
        const auto rung = next_rung(*task.ledger, calendar, ladder);
        task.rung_at = rung ? std::optional(rung->at) : std::nullopt;
        if (!rung || rung->at > s_.now) break;
        task.ledger = fired(*task.ledger, *rung);
        note("rung", task.task.node, json::object{{"rung", rung->rung.text()}, {"task", task.task.id.value}});
        TRY(s_.host.rung(
            s_.db,
            {.instance = row_.instance,
             .task = task.task.id,
             .node = task.task.node,
             .rung = rung->rung.text(),
             .due = task.task.due}
        ));
    }
    update_task(s_.db, task);
    return Done{};
}

std::optional<Instant> Session::soonest_timer() const
{
    std::optional<Instant> timer;
    for (const auto& wait : state_.waits)
        if (wait.what == Wait::For::timer && (!timer || wait.due < *timer)) timer = wait.due;
    return timer;
}

void Session::write_clock_only()
{
    update_next(s_.db, row_.instance.id, soonest_timer());
    flush_history();
}

Advanced Session::finish()
{
    ++row_.instance.version;
    row_.state = state_.ended ? text_left(s_.db, state_, model()) : text_of(state_, model());
    if (state_.ended && row_.clock && !row_.clock->stopped) set_clock(stop(*row_.clock, s_.now));
    update_instance(s_.db, row_, soonest_timer());
    flush_history();
    done_.instance = row_.instance;
    done_.variables = state_.variables;
    done_.due = row_.clock_due;
    return std::move(done_);
}

}  // namespace thien_an::workflow
