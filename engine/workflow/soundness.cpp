#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "engine/workflow/model.h"

// Every scope by itself, a subprocess counting as one activity: all markings that can be reached, up to a
// bound.
namespace thien_an::workflow {
namespace {

constexpr std::size_t markings_max = 20'000;

using Marking = std::vector<std::uint8_t>;  ///< Tokens on each flow of the scope.

/// One way a node can fire: what it takes and what it gives.
struct Transition {
    int node = -1;
    std::vector<int> takes;
    std::vector<int> gives;
    bool clears = false;     ///< A terminate end event.
    bool inclusive = false;  ///< Takes one of each flow that has one, when no other token can still come.
};

struct Seen {
    Marking marking;
    int parent = -1;
    int node = -1;  ///< Fired to come here.
    std::vector<int> next;
};

class Explorer {
public:
    Explorer(const Model& model, int scope, std::string_view file) : model_(model), scope_(scope), file_(file)
    {
    }

    std::vector<Finding> run()
    {
        if (has_no_order()) return std::move(findings_);
        number_flows();
        for (const int n : model_.scope(scope_).nodes) add_transitions(n);
        mark_side_flows();
        for (const int start : model_.scope(scope_).starts) begin_at(start);
        if (model_.scope(scope_).starts.empty()) begin_everywhere();
        for (std::size_t i = 0; i < seen_.size() && seen_.size() <= markings_max; ++i) expand(int(i));
        if (seen_.size() > markings_max) {
            report("bpmn.soundness_unknown", -1, -1, Finding::Severity::warning);
            return std::move(findings_);
        }
        find_livelock();
        // What lies behind a fault is not reached because of it: saying so of each node would only hide the fault.
        if (findings_.empty()) find_dead_nodes();
        return std::move(findings_);
    }

private:
    /// Activities of an ad-hoc subprocess are done in any order, and quantities make flows carry several tokens by design:
    /// there is nothing to prove, or no way to.
    bool has_no_order()
    {
        const auto& scope = model_.scope(scope_);
        if (scope.node >= 0 && model_.node(scope.node).kind == NodeKind::ad_hoc) return true;
        const bool quantities = std::any_of(scope.nodes.begin(), scope.nodes.end(), [&](int n) {
            return model_.node(n).start_quantity > 1 || model_.node(n).completion_quantity > 1;
        });
        if (quantities) report("bpmn.soundness_unknown", -1, -1, Finding::Severity::warning);
        return quantities || scope.nodes.empty();
    }

    bool begins(const NodeModel& node) const
    {
        return model_.scope(scope_).starts.empty() && node.ins == 0 && !node.compensates &&
               node.kind != NodeKind::boundary && node.kind != NodeKind::event_subprocess;
    }

    /// Without a start event everything nothing leads to begins: as if a flow led there.
    void begin_everywhere()
    {
        Marking marking(local_.size());
        for (const auto& [node, flow] : entries_) marking[std::size_t(flow)] = 1;
        add(std::move(marking), -1, -1);
    }

    void number_flows()
    {
        for (const int n : model_.scope(scope_).nodes)
            if (begins(model_.node(n))) {
                const int flow = int(local_.size());
                local_.emplace(-1 - n, flow);
                entries_.emplace(n, flow);
            }
        for (const int n : model_.scope(scope_).nodes)
            for (const int f : model_.outs(model_.node(n))) local_.emplace(f, int(local_.size()));
    }

    std::vector<int> local(std::span<const int> flows) const
    {
        std::vector<int> out;
        for (const int f : flows) out.push_back(local_.at(f));
        return out;
    }

    /// Ways to leave a node once it was entered.
    std::vector<std::vector<int>> exits(const NodeModel& node) const
    {
        const auto outs = local(model_.outs(node));
        if (node.kind == NodeKind::inclusive) return subsets(node);
        const bool one_of = node.kind == NodeKind::exclusive || node.kind == NodeKind::event_based;
        std::vector<std::vector<int>> ways;
        if (one_of)
            for (const int f : outs) ways.push_back({f});
        const bool conditional = std::any_of(model_.outs(node).begin(), model_.outs(node).end(), [&](int f) {
            return bool(model_.flow(f).condition);
        });
        if (!one_of && conditional)
            for (const int f : outs) ways.push_back({f});
        if (!one_of || outs.empty()) ways.push_back(outs);
        for (const int b : node.boundaries) {
            if (model_.node(b).event() == EventKind::compensation) continue;
            auto way = local(model_.outs(model_.node(b)));
            if (!model_.node(b).interrupting) way.insert(way.end(), outs.begin(), outs.end());
            ways.push_back(std::move(way));
        }
        return ways;
    }

    /// What an inclusive gateway may choose: any flows together, or its default alone.
    std::vector<std::vector<int>> subsets(const NodeModel& node) const
    {
        std::vector<int> outs;
        std::vector<std::vector<int>> ways;
        for (const int f : model_.outs(node)) {
            if (f == node.default_flow)
                ways.push_back({local_.at(f)});
            else
                outs.push_back(local_.at(f));
        }
        if (outs.size() > 6) {  // Each alone and all together stand for the rest.
            for (const int f : outs) ways.push_back({f});
            ways.push_back(outs);
            return ways;
        }
        for (std::size_t bits = 1; bits < (std::size_t(1) << outs.size()); ++bits) {
            std::vector<int> way;
            for (std::size_t i = 0; i < outs.size(); ++i)
                if ((bits >> i & 1U) != 0) way.push_back(outs[i]);
            ways.push_back(std::move(way));
        }
        return ways;
    }

    /// The flows an inclusive join takes in `marking`; nothing when it has to wait.
    std::vector<int> inclusive_takes(const Transition& t, const Marking& marking) const
    {
        std::vector<int> marked;
        for (const int f : t.takes)
            if (marking[std::size_t(f)] > 0) marked.push_back(f);
        for (const auto& [flow, at] : local_) {
            if (flow < 0) continue;
            const bool other = marking[std::size_t(at)] > 0 &&
                               std::find(t.takes.begin(), t.takes.end(), at) == t.takes.end();
            if (!other) continue;
            bool to_marked = false;
            bool to_unmarked = false;
            const int target = model_.flow(flow).target;
            for (const int f : reachable_flows(model_, target, t.node)) {
                if (model_.flow(f).target != t.node) continue;
                const bool has = std::find(marked.begin(), marked.end(), local_.at(f)) != marked.end();
                (has ? to_marked : to_unmarked) = true;
            }
            if (to_unmarked && !to_marked) return {};
        }
        return marked;
    }

    void add_transitions(int n)
    {
        const auto& node = model_.node(n);
        if (node.kind == NodeKind::start || node.kind == NodeKind::boundary ||
            node.kind == NodeKind::event_subprocess || node.compensates)
            return;
        auto ins = local(model_.ins(node));
        if (const auto entry = entries_.find(n); entry != entries_.end()) ins.push_back(entry->second);
        const bool clears = node.kind == NodeKind::end &&
                            (node.event() == EventKind::terminate || node.event() == EventKind::error ||
                             node.event() == EventKind::cancel);
        for (auto& gives : exits(node)) {
            if (node.kind == NodeKind::parallel && ins.size() > 1) {
                transitions_.push_back({n, ins, gives, clears});
                continue;
            }
            if (node.kind == NodeKind::inclusive && ins.size() > 1) {
                transitions_.push_back({n, ins, gives, clears, true});
                continue;
            }
            for (const int f : ins) transitions_.push_back({n, {f}, gives, clears});
        }
    }

    /// Flows only a non-interrupting event leads to: they may hold any number of tokens, and are counted as
    /// one.
    void mark_side_flows()
    {
        std::set<int> reached;
        std::deque<int> queue(model_.scope(scope_).starts.begin(), model_.scope(scope_).starts.end());
        for (const auto& [node, flow] : entries_) {
            queue.push_back(node);
            reached.insert(flow);
        }
        std::set<int> nodes(queue.begin(), queue.end());
        while (!queue.empty()) {
            const auto& node = model_.node(queue.front());
            queue.pop_front();
            std::vector<int> next(model_.outs(node).begin(), model_.outs(node).end());
            for (const int b : node.boundaries)
                if (model_.node(b).interrupting)
                    next.insert(
                        next.end(), model_.outs(model_.node(b)).begin(), model_.outs(model_.node(b)).end()
                    );
            for (const int f : next) {
                reached.insert(local_.at(f));
                if (nodes.insert(model_.flow(f).target).second) queue.push_back(model_.flow(f).target);
            }
        }
        side_.assign(local_.size(), true);
        for (const int f : reached) side_[std::size_t(f)] = false;
    }

    void begin_at(int start)
    {
        Marking marking(local_.size());
        for (const int f : local(model_.outs(model_.node(start)))) marking[std::size_t(f)] = 1;
        fired_.insert(start);
        add(std::move(marking), -1, start);
    }

    int add(Marking marking, int parent, int node)
    {
        const auto [at, fresh] = known_.emplace(marking, int(seen_.size()));
        if (fresh) seen_.push_back({std::move(marking), parent, node, {}});
        return at->second;
    }

    void expand(int index)
    {
        bool any = false;
        const Marking marking = seen_[std::size_t(index)].marking;
        for (const auto& t : transitions_) {
            const auto takes = t.inclusive ? inclusive_takes(t, marking) : t.takes;
            const bool enabled = !takes.empty() && std::all_of(takes.begin(), takes.end(), [&](int f) {
                return marking[std::size_t(f)] > 0;
            });
            if (!enabled) continue;
            any = true;
            fired_.insert(t.node);
            for (const int b : model_.node(t.node).boundaries) fired_.insert(b);
            Marking next = t.clears ? Marking(marking.size()) : marking;
            if (!t.clears)
                for (const int f : takes) --next[std::size_t(f)];
            if (!give(t, next, index)) continue;
            const int to = add(std::move(next), index, t.node);
            seen_[std::size_t(index)].next.push_back(to);
        }
        const bool empty = std::all_of(marking.begin(), marking.end(), [](std::uint8_t c) { return c == 0; });
        if (!any && !empty) report_deadlock(index);
    }

    bool give(const Transition& t, Marking& next, int from)
    {
        for (const int f : t.gives) {
            auto& count = next[std::size_t(f)];
            if (side_[std::size_t(f)] && count > 0) continue;
            if (++count < 2) continue;
            if (unsafe_.insert(t.node).second)
                report("bpmn.lack_of_synchronisation", t.node, from, Finding::Severity::error);
            return false;
        }
        return true;
    }

    void report_deadlock(int index)
    {
        const auto& marking = seen_[std::size_t(index)].marking;
        for (const auto& t : transitions_) {
            const bool holds = std::any_of(t.takes.begin(), t.takes.end(), [&](int f) {
                return marking[std::size_t(f)] > 0;
            });
            if (!holds || !stuck_.insert(t.node).second) continue;
            report("bpmn.deadlock", t.node, index, Finding::Severity::error);
        }
    }

    void find_livelock()
    {
        if (!findings_.empty()) return;
        std::vector<std::vector<int>> before(seen_.size());
        std::deque<int> queue;
        std::vector<bool> ends(seen_.size());
        for (std::size_t i = 0; i < seen_.size(); ++i) {
            for (const int n : seen_[i].next) before[std::size_t(n)].push_back(int(i));
            ends[i] = std::all_of(seen_[i].marking.begin(), seen_[i].marking.end(), [](std::uint8_t c) {
                return c == 0;
            });
            if (ends[i]) queue.push_back(int(i));
        }
        while (!queue.empty()) {
            const int at = queue.front();
            queue.pop_front();
            for (const int b : before[std::size_t(at)])
                if (!ends[std::size_t(b)]) {
                    ends[std::size_t(b)] = true;
                    queue.push_back(b);
                }
        }
        const auto never = std::find(ends.begin(), ends.end(), false);
        if (never == ends.end()) return;
        const auto index = int(never - ends.begin());
        report("bpmn.livelock", seen_[std::size_t(index)].node, index, Finding::Severity::error);
    }

    void find_dead_nodes()
    {
        for (const int n : model_.scope(scope_).nodes) {
            const auto& node = model_.node(n);
            const bool outside = node.kind == NodeKind::event_subprocess || node.compensates ||
                                 (node.kind == NodeKind::boundary && node.event() == EventKind::compensation);
            if (outside || fired_.contains(n)) continue;
            report("bpmn.dead_node", n, -1, Finding::Severity::error);
        }
    }

    void report(std::string code, int node, int index, Finding::Severity severity)
    {
        Finding finding{
            .severity = severity,
            .file = std::string(file_),
            .line = 0,
            .element = {},
            .problem = {.code = std::move(code), .field = "", .law = ""},
            .path = {}};
        const int about = node >= 0 ? node : model_.scope(scope_).node;
        finding.element = about < 0 ? model_.id : model_.node(about).id;
        finding.line = about < 0 ? 0 : model_.node(about).line;
        finding.problem.words = {{"element", finding.element}};
        for (int i = index; i >= 0; i = seen_[std::size_t(i)].parent)
            if (seen_[std::size_t(i)].node >= 0)
                finding.path.insert(finding.path.begin(), model_.node(seen_[std::size_t(i)].node).id);
        if (node >= 0 && index >= 0) finding.path.push_back(model_.node(node).id);
        findings_.push_back(std::move(finding));
    }

    const Model& model_;
    int scope_;
    std::string_view file_;
    std::map<int, int> local_;    ///< Flow to its place in a marking; -1 - n: the entry of node n.
    std::map<int, int> entries_;  ///< Node to its entry.
    std::vector<bool> side_;
    std::vector<Transition> transitions_;
    std::vector<Seen> seen_;
    std::map<Marking, int> known_;
    std::set<int> fired_, unsafe_, stuck_;
    std::vector<Finding> findings_;
};

}  // namespace

std::vector<Finding> soundness(const Model& model, std::string_view file)
{
    std::vector<Finding> out;
    for (std::size_t s = 0; s < model.scopes.size(); ++s) {
        auto found = Explorer(model, int(s), file).run();
        out.insert(out.end(), found.begin(), found.end());
    }
    return out;
}

}  // namespace thien_an::workflow
