#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <map>
#include <random>
#include <set>

#include "engine/workflow/testing.h"

// The engine against a token game of its own that knows nothing of it: random models, the same choices, the same tasks open
// after every command. And its proof of soundness against walking through every marking.
using namespace thien_an;
using namespace thien_an::workflow;
using namespace thien_an::workflow::testing;

namespace {

using Random = std::mt19937;

int below(Random& random, int n) { return int(random() % unsigned(n)); }

/// A graph of tasks 't', exclusive 'x', parallel '+' and inclusive 'o' gateways, one start 's' and end events 'e'.
struct Net {
    struct Node {
        char kind;
        std::vector<int> in, out;  ///< Flows.
    };
    std::vector<Node> nodes;
    std::vector<std::pair<int, int>> flows;

    int add(char kind)
    {
        nodes.push_back({kind, {}, {}});
        return int(nodes.size()) - 1;
    }
    void connect(int from, int to)
    {
        const int flow = int(flows.size());
        flows.emplace_back(from, to);
        nodes[std::size_t(from)].out.push_back(flow);
        nodes[std::size_t(to)].in.push_back(flow);
    }
};

/// A block between two nodes, entered at the first and left at the second.
std::pair<int, int> block(Net& net, Random& random, int depth)
{
    const int kind = depth == 0 ? 0 : below(random, 6);
    if (kind == 0) {
        const int task = net.add('t');
        return {task, task};
    }
    if (kind == 1) {
        const auto first = block(net, random, depth - 1);
        const auto second = block(net, random, depth - 1);
        net.connect(first.second, second.first);
        return {first.first, second.second};
    }
    if (kind == 2) {  // A loop: back from the split to the join.
        const int join = net.add('x');
        const auto body = block(net, random, depth - 1);
        const int split = net.add('x');
        net.connect(join, body.first);
        net.connect(body.second, split);
        const int out = net.add('t');
        net.connect(split, join);
        net.connect(split, out);
        return {join, out};
    }
    const char gateway = kind == 3 ? 'x' : kind == 4 ? '+' : 'o';
    const int split = net.add(gateway);
    const int join = net.add(gateway);
    for (int i = 2 + below(random, 2); i > 0; --i) {
        const auto branch = block(net, random, depth - 1);
        net.connect(split, branch.first);
        net.connect(branch.second, join);
    }
    return {split, join};
}

Net structured(Random& random)
{
    Net net;
    const int start = net.add('s');
    const auto body = block(net, random, 3);
    const int end = net.add('e');
    net.connect(start, body.first);
    net.connect(body.second, end);
    return net;
}

/// Anything goes: every node is reached from the one before it, some flows lead anywhere.
Net unstructured(Random& random)
{
    Net net;
    int before = net.add('s');
    const int count = 3 + below(random, 6);
    for (int i = 0; i < count; ++i) {
        const int node = net.add("ttx+"[below(random, 4)]);
        net.connect(before, node);
        before = node;
    }
    net.connect(before, net.add('e'));
    for (int i = 1 + below(random, 3); i > 0; --i) {
        const int from = 1 + below(random, count);
        const int to = 1 + below(random, count + 1);
        const auto kind = net.nodes[std::size_t(from)].kind;
        if ((kind == 'x' || kind == '+') && from != to) net.connect(from, to);
    }
    return net;
}

std::string id_of(int node) { return "n" + std::to_string(node); }

/// Flow i of k of an exclusive gateway is taken when n mod k is i; of an inclusive one when bit i of n is set; the last is
/// the default.
std::string xml_of(const Net& net)
{
    std::string body;
    const std::map<char, std::string> tags{
        {'s', "startEvent"},
        {'e', "endEvent"},
        {'t', "userTask"},
        {'x', "exclusiveGateway"},
        {'+', "parallelGateway"},
        {'o', "inclusiveGateway"}};
    for (std::size_t i = 0; i < net.nodes.size(); ++i) {
        const auto& node = net.nodes[i];
        const bool chooses = (node.kind == 'x' || node.kind == 'o') && node.out.size() > 1;
        body += "<" + tags.at(node.kind) + " id=\"" + id_of(int(i)) + "\"" +
                (chooses ? " default=\"f" + std::to_string(node.out.back()) + "\"" : "") + "/>";
    }
    for (std::size_t f = 0; f < net.flows.size(); ++f) {
        const auto& [from, to] = net.flows[f];
        const auto& source = net.nodes[std::size_t(from)];
        std::string condition;
        const auto place =
            std::size_t(std::find(source.out.begin(), source.out.end(), int(f)) - source.out.begin());
        if (place + 1 < source.out.size() && source.kind == 'x')
            condition = "modulo(n, " + std::to_string(source.out.size()) + ") = " + std::to_string(place);
        if (place + 1 < source.out.size() && source.kind == 'o')
            condition = "odd(floor(n / " + std::to_string(1 << place) + "))";
        body += flow(id_of(from), id_of(to), condition, "f" + std::to_string(f));
    }
    return model_text(body);
}

/// Tokens on flows, and tasks that are open.
struct Game {
    const Net& net;
    std::vector<int> on;      ///< By flow.
    std::vector<int> active;  ///< By node.
    int moves = 0;

    explicit Game(const Net& n) : net(n), on(n.flows.size()), active(n.nodes.size())
    {
        for (const int f : net.nodes[0].out) ++on[std::size_t(f)];
    }
    bool done() const
    {
        const auto zero = [](int c) { return c == 0; };
        return std::all_of(on.begin(), on.end(), zero) && std::all_of(active.begin(), active.end(), zero);
    }
    void put(const std::vector<int>& flows)
    {
        for (const int f : flows) ++on[std::size_t(f)];
    }
    std::vector<int> chosen(const Net::Node& node, int n) const
    {
        const int k = int(node.out.size());
        if (k < 2 || node.kind == '+' || node.kind == 't') return node.out;
        if (node.kind == 'x') return {node.out[std::size_t(n % k)]};
        std::vector<int> flows;
        for (int i = 0; i + 1 < k; ++i)
            if ((n >> i & 1) != 0) flows.push_back(node.out[std::size_t(i)]);
        if (flows.empty()) flows.push_back(node.out.back());
        return flows;
    }
    /// Nodes from which `flow` can be reached without passing `stop`.
    std::set<int> before(int flow, int stop) const
    {
        std::set<int> found{net.flows[std::size_t(flow)].first};
        std::deque<int> open(found.begin(), found.end());
        while (!open.empty()) {
            const int at = open.front();
            open.pop_front();
            for (const int f : net.nodes[std::size_t(at)].in) {
                const int from = net.flows[std::size_t(f)].first;
                if (from != stop && found.insert(from).second) open.push_back(from);
            }
        }
        return found;
    }
    bool may_join(int node) const
    {
        std::set<int> to_marked, to_empty;
        bool any = false;
        for (const int f : net.nodes[std::size_t(node)].in) {
            const auto nodes = before(f, node);
            any = any || on[std::size_t(f)] > 0;
            (on[std::size_t(f)] > 0 ? to_marked : to_empty).insert(nodes.begin(), nodes.end());
        }
        const auto blocks = [&](int at) { return to_empty.contains(at) && !to_marked.contains(at); };
        for (std::size_t f = 0; f < on.size(); ++f)
            if (on[f] > 0 && net.flows[f].second != node && blocks(net.flows[f].second)) return false;
        for (std::size_t i = 0; i < active.size(); ++i)
            if (active[i] > 0 && blocks(int(i))) return false;
        return any;
    }
    /// Takes what node `i` takes; false when it cannot fire.
    bool take(int i)
    {
        const auto& node = net.nodes[std::size_t(i)];
        const auto marked = [&](int f) { return on[std::size_t(f)] > 0; };
        const bool joins = node.in.size() > 1 && (node.kind == '+' || node.kind == 'o');
        if (joins && node.kind == '+' && !std::all_of(node.in.begin(), node.in.end(), marked)) return false;
        if (joins && node.kind == 'o' && !may_join(i)) return false;
        for (const int f : node.in) {
            if (!marked(f)) continue;
            --on[std::size_t(f)];
            if (!joins) return true;
        }
        return joins;
    }
    /// Moves everything that need not wait; false when it never ends.
    bool settle(int n)
    {
        for (bool again = true; again;) {
            again = false;
            for (const bool inclusive : {false, true}) {
                for (std::size_t i = 0; i < net.nodes.size(); ++i) {
                    const auto& node = net.nodes[i];
                    const bool late = node.kind == 'o' && node.in.size() > 1;
                    while (late == inclusive && take(int(i))) {
                        again = true;
                        if (++moves > 3000) return false;
                        if (node.kind == 't')
                            ++active[i];
                        else
                            put(chosen(node, n));
                        if (inclusive) break;
                    }
                    if (inclusive && again) break;
                }
                if (again) break;
            }
        }
        return true;
    }
    std::string open() const
    {
        std::multiset<std::string> ids;
        for (std::size_t i = 0; i < active.size(); ++i)
            for (int c = 0; c < active[i]; ++c) ids.insert(id_of(int(i)));
        std::string out;
        for (const auto& id : ids) out += (out.empty() ? "" : " ") + id;
        return out;
    }
};

/// One run of both; "" when they agree all the way, else where they part. `runs` counts only those that were compared.
std::string run_both(const Net& net, const Model& model, Random& random, int& runs)
{
    Game game(net);
    Player player(model);
    int n = below(random, 64);
    if (!game.settle(n)) return "";
    if (!player.give(StartCommand{.message = {}, .variables = {{"n", n}}})) return "did not start";
    for (int i = 0; i < 60; ++i) {
        if (player.waiting() != game.open() || player.state.ended != game.done())
            return "after " + std::to_string(i) + ": [" + player.waiting() + "] and [" + game.open() + "]";
        std::vector<int> tasks;
        for (std::size_t t = 0; t < game.active.size(); ++t)
            if (game.active[t] > 0) tasks.push_back(int(t));
        if (tasks.empty()) break;
        const int task = tasks[std::size_t(below(random, int(tasks.size())))];
        n = below(random, 64);
        --game.active[std::size_t(task)];
        game.put(game.net.nodes[std::size_t(task)].out);
        if (!game.settle(n)) return "";
        const auto* wait = player.wait_at(id_of(task));
        if (!player.give(CompleteCommand{wait->id, "done", {{"n", n}}})) return "refused a completion";
    }
    ++runs;
    return "";
}

/// Every marking that can be reached, whatever is chosen. Tasks are left at once.
struct Walk {
    const Net& net;
    std::map<std::vector<int>, std::vector<std::vector<int>>> next;
    std::set<int> fired;
    bool unsafe = false;
    bool too_many = false;

    explicit Walk(const Net& n) : net(n)
    {
        Game first(net);
        std::deque<std::vector<int>> open{first.on};
        next[first.on] = {};
        while (!open.empty() && !unsafe) {
            const auto marking = open.front();
            open.pop_front();
            for (std::size_t i = 1; i < net.nodes.size(); ++i) follow(marking, int(i), open);
            too_many = next.size() > 5000;
            if (too_many) return;
        }
    }
    void follow(const std::vector<int>& marking, int node, std::deque<std::vector<int>>& open)
    {
        const auto& at = net.nodes[std::size_t(node)];
        const bool joins = at.in.size() > 1 && (at.kind == '+' || at.kind == 'o');
        const std::size_t ways = joins ? 1 : at.in.size();
        for (std::size_t way = 0; way < ways; ++way) {
            Game game(net);
            game.on = marking;
            if (joins ? !game.take(node) : game.on[std::size_t(at.in[way])] == 0) continue;
            if (!joins) --game.on[std::size_t(at.in[way])];
            fired.insert(node);
            for (const auto& flows : exits(at)) {
                Game then = game;
                then.put(flows);
                for (const int count : then.on) unsafe = unsafe || count > 1;
                next[marking].push_back(then.on);
                if (next.emplace(then.on, std::vector<std::vector<int>>{}).second) open.push_back(then.on);
            }
        }
    }
    static std::vector<std::vector<int>> exits(const Net::Node& node)
    {
        std::vector<std::vector<int>> ways;
        if (node.kind == 'x')
            for (const int f : node.out) ways.push_back({f});
        if (node.kind == 'o' && node.out.size() > 1) {
            for (unsigned bits = 1; bits < 1U << (node.out.size() - 1); ++bits) {
                ways.emplace_back();
                for (std::size_t i = 0; i + 1 < node.out.size(); ++i)
                    if ((bits >> i & 1U) != 0) ways.back().push_back(node.out[i]);
            }
            ways.push_back({node.out.back()});
        }
        if (ways.empty()) ways.push_back(node.out);
        return ways;
    }
    /// Safe, every node fires in some run, and from everywhere the end can be reached.
    bool sound() const
    {
        if (unsafe || fired.size() + 1 != net.nodes.size()) return false;
        std::set<std::vector<int>> ends;
        for (bool more = true; more;) {
            more = false;
            for (const auto& [marking, after] : next) {
                if (ends.contains(marking)) continue;
                const bool empty = std::all_of(marking.begin(), marking.end(), [](int c) { return c == 0; });
                const bool leads =
                    std::any_of(after.begin(), after.end(), [&](const auto& m) { return ends.contains(m); });
                if (empty || leads) more = ends.insert(marking).second;
            }
        }
        return ends.size() == next.size();
    }
};

int wanted_runs()
{
    const char* text = std::getenv("THIENAN_TOKEN_GAMES");
    return text == nullptr ? 3'000 : std::atoi(text);  // More in a release: THIENAN_TOKEN_GAMES=100000.
}

}  // namespace

TEST_CASE(
    "random models run as an independent token game says, and are proved sound as walking them through says"
)
{
    Random random(20260701);
    Vocabulary unproved = vocabulary();
    unproved.prove = false;
    int runs = 0;
    int sound = 0;
    int unsound = 0;
    for (int model = 0; runs < wanted_runs() && model < wanted_runs(); ++model) {
        const auto net = model % 2 == 0 ? structured(random) : unstructured(random);
        const auto text = xml_of(net);
        const auto loaded = Process::load(text, "p.bpmn", unproved);
        if (!loaded.process) {
            FAIL(text_of(loaded.findings.front()) << "\n" << text);
            return;
        }
        for (int i = 0; i < 100; ++i) {
            const auto apart = run_both(net, loaded.process->model(), random, runs);
            if (!apart.empty()) FAIL(apart << "\n" << text);
        }
        const Walk walk(net);
        if (walk.too_many) continue;
        const auto found = soundness(loaded.process->model(), "p.bpmn");
        const bool proved = found.empty();
        const bool unknown = !proved && found.front().problem.code == "bpmn.soundness_unknown";
        if (!unknown && proved != walk.sound())
            FAIL(
                (proved ? "proved sound" : text_of(found.front())) << ", walked through it is not so\n"
                                                                   << text
            );
        ++(walk.sound() ? sound : unsound);
    }
    MESSAGE(runs << " runs compared, " << sound << " sound and " << unsound << " unsound models");
    CHECK(runs >= wanted_runs());
    CHECK(sound > 0);
    CHECK(unsound > 0);
}
