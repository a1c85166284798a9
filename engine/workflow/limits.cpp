#include "engine/workflow/limits.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace thien_an::workflow {
namespace {

constexpr int visits_max = 300'000;  ///< Of nodes, over all paths.

/// How the clock stands while a path is walked.
enum class Phase { before, runs, suspended, stopped };

/// All paths that meet no node twice.
class Walk {
public:
    Walk(const Model& model, const StepLimit& limit) : model_(model), limit_(limit) {}

    LongestPath run()
    {
        const auto phase = limit_.starts.empty() ? Phase::runs : Phase::before;
        const auto& process = model_.scope(0);
        Best best;
        for (const int start : process.starts) best = longer(best, from(start, phase));
        if (process.starts.empty())
            for (const int node : process.nodes)
                if (model_.node(node).ins == 0) best = longer(best, from(node, phase));
        for (auto& other : anew_) best = longer(std::move(best), std::move(other));
        return {
            .minutes = best.minutes,
            .allowed = base() + best.extended,
            .nodes = std::move(best.nodes),
            .whole = visits_ <= visits_max};
    }

private:
    struct Best {
        std::int64_t minutes = 0;
        std::int64_t extended = 0;
        std::vector<int> nodes;
        std::int64_t over() const { return minutes - extended; }
    };

    std::int64_t base() const { return working_minutes(limit_.total, limit_.day_minutes); }

    static Best longer(Best a, Best b) { return b.over() > a.over() ? std::move(b) : std::move(a); }

    /// What the node itself does to the clock, on being left.
    Phase after(const NodeModel& node, Phase phase) const
    {
        if (phase == Phase::before && node.action && limit_.starts.contains(node.action->name))
            phase = Phase::runs;
        for (const auto& verb : node.clock) {
            if (verb.verb == "suspend" && phase == Phase::runs) phase = Phase::suspended;
            // A verb chosen by a rule resumes or restarts; to count on is the longer of the two.
            const bool resumes = verb.verb == "resume" || verb.verb.empty();
            if (resumes && phase == Phase::suspended) phase = Phase::runs;
            if (verb.verb == "restart") phase = Phase::runs;
            if (verb.verb == "stop") phase = Phase::stopped;
        }
        return phase;
    }

    std::int64_t extended_by(const NodeModel& node) const
    {
        std::int64_t out = 0;
        for (const auto& verb : node.clock)
            if (verb.verb == "extend" && verb.by) out += working_minutes(*verb.by, limit_.day_minutes);
        if (!node.action) return out;
        const auto by = limit_.extends.find(node.action->name);
        return by == limit_.extends.end() ? out : out + working_minutes(by->second, limit_.day_minutes);
    }

    bool restarts(const NodeModel& node) const
    {
        return std::any_of(node.clock.begin(), node.clock.end(), [](const ClockVerb& v) {
            return v.verb == "restart";
        });
    }

    std::vector<int> targets(const NodeModel& node) const
    {
        std::vector<int> out;
        for (const int flow : model_.outs(node)) out.push_back(model_.flow(flow).target);
        return out;
    }

    Best from(int index, Phase phase)
    {
        if (++visits_ > visits_max || !open_.insert(index).second)
            return {};  // A loop: every node counts once.
        const auto& node = model_.node(index);
        Best best;
        // A boundary event leaves before the step is done, or after all its time.
        for (const int boundary : node.boundaries) {
            auto other = from(boundary, phase);
            if (node.budget && phase == Phase::runs) other.minutes += own(node);
            best = longer(std::move(best), std::move(other));
        }
        const auto left = restarts(node) ? Phase::runs : after(node, phase);
        Best ahead;
        if (node.inner >= 0) {
            for (const int start : model_.scope(node.inner).starts)
                ahead = longer(std::move(ahead), from(start, left));
        }
        Best next;
        if (left != Phase::stopped)
            for (const int target : targets(node)) next = longer(std::move(next), from(target, left));
        next.minutes += ahead.minutes;
        next.extended += ahead.extended + extended_by(node);
        next.nodes.insert(next.nodes.begin(), ahead.nodes.begin(), ahead.nodes.end());
        // Verbs are applied on entering: a step that stops the clock is not counted.
        if (phase == Phase::runs && left == Phase::runs) next.minutes += own(node);
        best = longer(std::move(next), std::move(best));
        if (phase != Phase::before || left != Phase::before || !best.nodes.empty() || best.minutes > 0)
            best.nodes.insert(best.nodes.begin(), index);
        open_.erase(index);
        if (!restarts(node)) return best;
        anew_.push_back(std::move(best));
        return {};
    }

    std::int64_t own(const NodeModel& node) const
    {
        return node.budget ? working_minutes(*node.budget, limit_.day_minutes) : 0;
    }

    const Model& model_;
    const StepLimit& limit_;
    std::set<int> open_;
    std::vector<Best> anew_;  ///< What follows a restart, which counts by itself.
    int visits_ = 0;
};

/// "7", "7.5": hours as people write them.
std::string hours(std::int64_t minutes)
{
    const auto tenths = std::llround(double(minutes) / 6.0);
    return tenths % 10 == 0 ? std::to_string(tenths / 10)
                            : std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

std::int64_t working_minutes(const Budget& budget, std::int64_t day_minutes)
{
    switch (budget.unit) {
    case Unit::working_minutes: return budget.amount;
    case Unit::working_days: return budget.amount * day_minutes / 2;
    case Unit::calendar_days: {
        const auto days = budget.amount / 2;
        const auto days_off = 2 * ((days + 6) / 7);
        return std::max<std::int64_t>(days - days_off, 0) * day_minutes;
    }
    }
    throw std::logic_error("Unit outside its enumerators");
}

LongestPath longest_path(const Model& model, const StepLimit& limit) { return Walk(model, limit).run(); }

std::vector<Finding> exceeded_limits(
    const Model& model, const std::vector<StepLimit>& limits, std::string_view file
)
{
    auto all = limits;
    if (all.empty() && model.budget) all.push_back({.name = text_of(*model.budget), .total = *model.budget});
    std::vector<Finding> out;
    for (const auto& limit : all) {
        const auto path = longest_path(model, limit);
        if (path.whole && path.minutes <= path.allowed) continue;
        const bool exceeds = path.minutes > path.allowed;
        Finding finding{
            .severity = exceeds ? Finding::Severity::error : Finding::Severity::warning,
            .file = std::string(file),
            .line = 0,
            .element = model.id,
            .problem =
                {.code = exceeds ? "bpmn.steps_exceed_limit" : "bpmn.limit_unknown",
                 .field = "",
                 .law = "",
                 .words =
                     {{"law", limit.name},
                      {"limit", text_of(limit.total)},
                      {"hours", hours(path.minutes)},
                      {"allowed", hours(path.allowed)}}},
            .path = {}};
        for (const int node : path.nodes) finding.path.push_back(model.node(node).id);
        out.push_back(std::move(finding));
    }
    return out;
}

}  // namespace thien_an::workflow
