#include "engine/workflow/migrate.h"

#include <algorithm>

namespace thien_an::workflow {
namespace {

class Mover {
public:
    Mover(const Model& from, const Model& to, const MigrationMap& map) : from_(from), to_(to), map_(map) {}

    Migration move(const State& state)
    {
        Migration out{.state = state, .problems = {}};
        for (auto& scope : out.state.scopes) move_scope(scope);
        for (auto& token : out.state.tokens) move_token(token);
        std::erase_if(out.state.waits, [&](const Wait& wait) { return is_given_up(wait); });
        for (auto& wait : out.state.waits) move_wait(wait);
        out.state.left = moved_nodes(state.left);
        out.state.walked.clear();
        for (const int flow : state.walked)
            if (const int there = flow_index(from_.flow(flow).id); there >= 0) out.state.walked.insert(there);
        out.state.outcomes.clear();
        for (const auto& [node, outcome] : state.outcomes)
            out.state.outcomes[id_of(std::string(node))] = outcome;
        out.problems = std::move(problems_);
        return out;
    }

private:
    std::string id_of(const std::string& node) const
    {
        const auto named = map_.find(node);
        return named == map_.end() ? node : named->second;
    }
    int target(int node) const { return node < 0 ? -1 : to_.index_of(id_of(from_.node(node).id)); }
    int flow_index(const std::string& id) const
    {
        for (std::size_t i = 0; i < to_.flows.size(); ++i)
            if (to_.flows[i].id == id) return int(i);
        return -1;
    }
    void say(const char* code, int node)
    {
        const auto& id = from_.node(node).id;
        problems_.push_back(
            {.code = std::string("workflow.migration_") + code,
             .field = "",
             .law = "",
             .words = {{"node", id}, {"to", id_of(id)}}}
        );
    }
    /// The scope of the new version that stands for one of the old; -2: none.
    int scope_target(int scope) const
    {
        if (scope <= 0) return scope;
        const auto& old = from_.scope(scope);
        if (old.process.empty()) {
            const int host = target(old.node);
            return host < 0 || to_.node(host).inner < 0 ? -2 : to_.node(host).inner;
        }
        for (std::size_t i = 1; i < to_.scopes.size(); ++i)
            if (to_.scopes[i].process == old.process) return int(i);
        return -2;
    }
    /// The node to stand at; a problem when there is none of its kind in its scope.
    int checked(int node)
    {
        const int there = target(node);
        if (there < 0) {
            say("no_node", node);
            return node;
        }
        const auto& was = from_.node(node);
        const auto& is = to_.node(there);
        if (was.kind != is.kind) say("kind", node);
        if (scope_target(was.scope) != is.scope) say("scope", node);
        if (bool(was.loop) != bool(is.loop)) say("loop", node);
        return there;
    }
    void move_scope(ScopeState& scope)
    {
        if (scope.model > 0) {
            const int there = scope_target(scope.model);
            if (there == -2)
                say("scope", std::max(0, from_.scope(scope.model).node));
            else
                scope.model = there;
        }
        if (scope.node >= 0) scope.node = checked(scope.node);
        for (auto& node : scope.pending) node = checked(node);
        for (auto* list : {&scope.done, &scope.queue}) move_completed(*list);
    }
    /// What the new version cannot undo any more is not kept.
    void move_completed(std::vector<Completed>& list)
    {
        std::erase_if(list, [&](const Completed& one) { return target(one.node) < 0; });
        for (auto& one : list) {
            one.node = target(one.node);
            move_completed(one.inner);
        }
    }
    void move_token(Token& token)
    {
        const int was = token.node;
        token.node = checked(was);
        if (token.flow >= 0) {
            const int flow = flow_index(from_.flow(token.flow).id);
            const bool fits = flow >= 0 && to_.flow(flow).target == token.node;
            if (!fits && token.at == Token::At::joining) say("flow", was);
            token.flow = fits ? flow : -1;
        }
        for (auto& node : token.path) node = id_of(node);
    }
    bool is_given_up(const Wait& wait) const
    {
        const auto kind = from_.node(wait.node).kind;
        return (kind == NodeKind::boundary || kind == NodeKind::start) && target(wait.node) < 0;
    }
    void move_wait(Wait& wait)
    {
        const auto& was = from_.node(wait.node);
        const int there = target(wait.node);
        if (there < 0) return;  // Its token said so.
        const auto& is = to_.node(there);
        const auto event = std::size_t(wait.event);
        const bool same = was.events.size() <= event ||
                          (is.events.size() > event && is.events[event].kind == was.events[event].kind);
        if (!same || was.kind != is.kind) say("event", wait.node);
        wait.node = there;
    }
    std::set<int> moved_nodes(const std::set<int>& nodes) const
    {
        std::set<int> out;
        for (const int node : nodes)
            if (const int there = target(node); there >= 0) out.insert(there);
        return out;
    }

    const Model& from_;
    const Model& to_;
    const MigrationMap& map_;
    std::vector<Problem> problems_;
};

}  // namespace

Migration migrated(const Model& from, const Model& to, const State& state, const MigrationMap& map)
{
    return Mover(from, to, map).move(state);
}

}  // namespace thien_an::workflow
