#include <algorithm>
#include <set>

#include "engine/workflow/model.h"
#include "engine/workflow/simulation.h"

// The scenario as a file says it (docs/standards/simulation.md).
namespace thien_an::workflow {
namespace {

constexpr std::int64_t cases_max = 10'000'000;
constexpr int working_days = 250;  ///< Of a year, for those who say how many come a day.

Problem bad(const std::string& place, std::string what)
{
    return {
        .code = "workflow.bad_scenario",
        .field = place,
        .law = "",
        .words = {{"place", place}, {"what", std::move(what)}}};
}

/// A JSON object read member by member; what nobody asked for is refused.
class Reader {
public:
    Reader(const json::value& v, std::string place) : place_(std::move(place))
    {
        if (v.is_object())
            object_ = &v.as_object();
        else
            fault_ = bad(place_, "object");
    }

    const json::value* member(std::string_view name)
    {
        known_.insert(std::string(name));
        return object_ == nullptr ? nullptr : object_->if_contains(name);
    }
    void integer(std::string_view name, std::int64_t least, std::int64_t most, auto take)
    {
        const auto* v = member(name);
        if (v == nullptr) return;
        if (v->is_int64() && v->as_int64() >= least && v->as_int64() <= most) return take(v->as_int64());
        fail(name, json::text_of(*v));
    }
    void percent(std::string_view name, int& into)
    {
        integer(name, 0, 100, [&](std::int64_t v) { into = int(v); });
    }
    void text(std::string_view name, std::string& into)
    {
        const auto* v = member(name);
        if (v == nullptr) return;
        if (!v->is_string()) return fail(name, json::text_of(*v));
        into = std::string(v->as_string());
    }
    void budget(std::string_view name, std::optional<Budget>& into)
    {
        std::string written;
        text(name, written);
        if (written.empty()) return;
        const auto parsed = parse_budget(written);
        if (!parsed) return fail(name, written);
        into = parsed.value();
    }
    void object(std::string_view name, json::object& into)
    {
        const auto* v = member(name);
        if (v == nullptr) return;
        if (!v->is_object()) return fail(name, json::text_of(*v));
        into = v->as_object();
    }
    /// `take` gets a reader of the member and gives a Problem or nothing.
    void inner(std::string_view name, auto take)
    {
        const auto* v = member(name);
        if (v == nullptr) return;
        Reader reader(*v, place_ + "/" + std::string(name));
        take(reader);
        keep(reader.done());
    }
    /// The same for each member of a member, `take` gets its name too.
    void each(std::string_view name, auto take)
    {
        inner(name, [&](Reader& all) {
            if (all.object_ == nullptr) return;
            for (const auto& [key, value] : *all.object_) {
                all.known_.insert(std::string(key));
                take(std::string(key), value, all);
            }
        });
    }
    const std::string& place() const { return place_; }
    void fail(std::string_view name, std::string what)
    {
        keep(bad(place_ + "/" + std::string(name), std::move(what)));
    }
    void keep(std::optional<Problem> fault)
    {
        if (!fault_) fault_ = std::move(fault);
    }
    std::optional<Problem> done()
    {
        if (object_ != nullptr)
            for (const auto& [key, value] : *object_)
                if (!known_.contains(std::string(key)) && key != "$schema") fail(key, std::string(key));
        return fault_;
    }

private:
    const json::object* object_ = nullptr;
    std::string place_;
    std::set<std::string> known_;
    std::optional<Problem> fault_;
};

int share_of(Reader& reader)
{
    int share = 1;
    reader.integer("share", 0, 1'000'000, [&](std::int64_t v) { share = int(v); });
    return share;
}

/// Members of a list, each an object.
void each_of_list(Reader& reader, std::string_view name, auto take)
{
    const auto* v = reader.member(name);
    if (v == nullptr) return;
    if (!v->is_array()) return reader.fail(name, json::text_of(*v));
    for (std::size_t i = 0; i < v->as_array().size(); ++i) {
        Reader one(v->as_array()[i], reader.place() + "/" + std::string(name) + "/" + std::to_string(i));
        take(one);
        reader.keep(one.done());
    }
}

AnswerHabit answer_habit(const json::value& v, const std::string& name, Reader& parent, const char* out)
{
    AnswerHabit habit;
    Reader reader(v, parent.place() + "/" + name);
    reader.budget("after", habit.after);
    reader.percent("share", habit.share);
    AnswerShare single;
    reader.object(out, single.out);
    if (!single.out.empty()) habit.answers.push_back(single);
    each_of_list(reader, "answers", [&](Reader& one) {
        AnswerShare answer{.share = share_of(one), .out = {}};
        one.object(out, answer.out);
        habit.answers.push_back(std::move(answer));
    });
    parent.keep(reader.done());
    return habit;
}

void read_tasks(Reader& reader, Scenario& scenario, const Model& model)
{
    reader.each("tasks", [&](const std::string& id, const json::value& v, Reader& all) {
        const int node = model.index_of(id);
        if (node < 0 || model.node(node).kind != NodeKind::user_task) return all.fail(id, id);
        const auto& outcomes = model.node(node).outcomes;
        TaskHabit habit;
        Reader one(v, all.place() + "/" + id);
        one.integer("minutes", 0, 100'000, [&](std::int64_t m) { habit.work = Minutes(m); });
        one.percent("spread_percent", habit.spread_percent);
        one.each("outcomes", [&](const std::string& name, const json::value& share, Reader& shares) {
            const bool known = std::any_of(outcomes.begin(), outcomes.end(), [&](const OutcomeChoice& o) {
                return o.name == name;
            });
            if (!known || !share.is_int64() || share.as_int64() < 0 || share.as_int64() > 1'000'000)
                return shares.fail(name, json::text_of(share));
            habit.outcomes[name] = int(share.as_int64());
        });
        all.keep(one.done());
        scenario.tasks[id] = std::move(habit);
    });
}

void read_limit(Reader& reader, LimitHabit& limit)
{
    reader.inner("clock", [&](Reader& clock) {
        clock.budget("budget", limit.budget);
        clock.text("starts_at", limit.starts_at);
        std::string cutoff;
        clock.text("cutoff", cutoff);
        if (!cutoff.empty()) {
            const auto time = parse_instant("2000-01-01T" + cutoff);
            if (time)
                limit.receipt.cutoff = time_of_day(time.value());
            else
                clock.fail("cutoff", cutoff);
        }
        clock.each("extensions", [&](const std::string& action, const json::value& v, Reader& all) {
            const auto budget = v.is_string() ? parse_budget(std::string_view(v.as_string())) : bad("", "");
            if (!budget) return all.fail(action, json::text_of(v));
            limit.extensions[action] = budget.value();
        });
    });
}

void read_arrivals(Reader& reader, Scenario& scenario)
{
    reader.inner("arrivals", [&](Reader& arrivals) {
        arrivals.integer("per_year", 1, cases_max, [&](std::int64_t v) { scenario.cases = v; });
        arrivals.integer("per_working_day", 1, cases_max / working_days, [&](std::int64_t v) {
            scenario.cases = v * working_days;
        });
        std::string pattern = "poisson";
        arrivals.text("pattern", pattern);
        if (pattern != "poisson" && pattern != "even") arrivals.fail("pattern", pattern);
        scenario.even = pattern == "even";
    });
}

void read_staff(Reader& reader, Scenario& scenario)
{
    reader.each("staff", [&](const std::string& post, const json::value& v, Reader& all) {
        if (!v.is_int64() || v.as_int64() < 1 || v.as_int64() > 1'000'000)
            return all.fail(post, json::text_of(v));
        scenario.staff[post] = int(v.as_int64());
    });
    reader.percent("busy_percent", scenario.busy_percent);
}

void read_habits(Reader& reader, Scenario& scenario)
{
    reader.inner("work", [&](Reader& work) {
        work.percent("budget_share_percent", scenario.budget_share_percent);
        work.integer("minutes", 0, 100'000, [&](std::int64_t m) { scenario.work = Minutes(m); });
        work.percent("spread_percent", scenario.spread_percent);
    });
    reader.inner("outcomes", [&](Reader& outcomes) {
        outcomes.percent("first_percent", scenario.first_outcome_percent);
        outcomes.integer("rounds_max", 0, 40, [&](std::int64_t v) { scenario.rounds_max = int(v); });
    });
    reader.each("actions", [&](const std::string& name, const json::value& v, Reader& all) {
        scenario.actions[name] = answer_habit(v, name, all, "out");
    });
    reader.each("messages", [&](const std::string& name, const json::value& v, Reader& all) {
        scenario.messages[name] = answer_habit(v, name, all, "variables");
    });
    each_of_list(reader, "cases", [&](Reader& one) {
        CaseKind kind{.share = share_of(one), .names = {}, .variables = {}};
        one.object("names", kind.names);
        one.object("variables", kind.variables);
        scenario.kinds.push_back(std::move(kind));
    });
}

}  // namespace

Result<Scenario> scenario_from(const json::value& document, const Model& model)
{
    Scenario scenario;
    Reader reader(document, "");
    reader.integer("year", 1990, 2200, [&](std::int64_t v) { scenario.year = int(v); });
    reader.integer("seed", 0, 1'000'000'000, [&](std::int64_t v) { scenario.seed = std::uint64_t(v); });
    reader.text("hours", scenario.hours);
    read_arrivals(reader, scenario);
    read_staff(reader, scenario);
    read_habits(reader, scenario);
    read_tasks(reader, scenario, model);
    read_limit(reader, scenario.limit);
    if (const auto fault = reader.done()) return *fault;
    return scenario;
}

}  // namespace thien_an::workflow
