#include "engine/workflow/step.h"

// A state as the database keeps it: node and flow ids, not indexes, so that a stored state reads on its own.
namespace thien_an::workflow {
namespace {

using Memory = boost::json::storage_ptr;

std::string_view node_id(const Model& model, int node)
{
    return node < 0 ? std::string_view() : model.node(node).id;
}

int flow_index(const Model& model, const std::string& id)
{
    for (std::size_t i = 0; i < model.flows.size(); ++i)
        if (model.flows[i].id == id) return int(i);
    return -1;
}

json::object token_json(const Token& t, const Model& model, const Memory& memory)
{
    json::object out(
        {{"id", t.id}, {"scope", t.scope}, {"node", node_id(model, t.node)}, {"at", std::int64_t(t.at)}},
        memory
    );
    if (t.flow >= 0) out["flow"] = model.flow(t.flow).id;
    if (!t.outcome.empty()) out["outcome"] = t.outcome;
    if (!t.path.empty()) out["path"] = boost::json::value_from(t.path, memory);
    return out;
}

json::object wait_json(const Wait& w, const Model& model, const Memory& memory)
{
    json::object out(
        {{"id", w.id},
         {"for", std::int64_t(w.what)},
         {"token", w.token},
         {"scope", w.scope},
         {"node", node_id(model, w.node)}},
        memory
    );
    if (w.event != 0) out["event"] = w.event;
    if (w.was) out["was"] = true;
    if (!w.name.empty()) out["name"] = w.name;
    if (!w.key.empty()) out["key"] = w.key;
    if (w.what == Wait::For::timer) {
        out["due"] = column(w.due);
        out["repeats"] = w.repeats;
    }
    return out;
}

template <typename Take>
void each(const json::value& v, std::string_view name, Take take)
{
    const auto* list = json::member(v, name);
    if (list == nullptr || !list->is_array()) return;
    for (const auto& item : list->as_array()) take(item);
}

json::array completed_json(const std::vector<Completed>& list, const Model& model, const Memory& memory)
{
    json::array out(memory);
    for (const auto& one : list) {
        json::object row({{"node", node_id(model, one.node)}}, memory);
        if (!one.locals.empty()) row["locals"] = one.locals;
        if (!one.inner.empty()) row["inner"] = completed_json(one.inner, model, memory);
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<Completed> completed_from(const json::value& v, std::string_view name, const Model& model)
{
    std::vector<Completed> out;
    each(v, name, [&](const json::value& row) {
        const auto* locals = json::member(row, "locals");
        out.push_back(
            {.node = model.index_of(json::string_or(row, "node")),
             .locals = locals != nullptr ? locals->as_object() : json::object{},
             .inner = completed_from(row, "inner", model)}
        );
    });
    return out;
}

/// Where a scope's model is kept as: "" the process, "node:ID" a subprocess, "process:ID" a called process, "-" none.
std::string scope_model(const Model& model, int scope)
{
    if (scope < 0) return "-";
    if (scope == 0) return "";
    const auto& found = model.scope(scope);
    return found.process.empty() ? model.node(found.node).id : "process:" + found.process;
}

int scope_model_from(const Model& model, const std::string& text)
{
    if (text == "-") return -1;
    if (text.empty()) return 0;
    for (std::size_t i = 1; i < model.scopes.size(); ++i)
        if (scope_model(model, int(i)) == text) return int(i);
    return 0;
}

json::object scope_json(const ScopeState& s, const Model& model, const Memory& memory)
{
    json::object out(
        {{"id", s.id}, {"parent", s.parent}, {"node", scope_model(model, s.model)}, {"token", s.token}},
        memory
    );
    if (s.kind != ScopeState::Kind::run) out["kind"] = std::int64_t(s.kind);
    if (s.node >= 0) out["activity"] = node_id(model, s.node);
    if (!s.locals.empty()) out["locals"] = s.locals;
    if (!s.items.empty()) out["items"] = s.items;
    if (!s.outputs.empty()) out["outputs"] = s.outputs;
    if (s.started != 0) out["started"] = s.started;
    if (s.finished != 0) out["finished"] = s.finished;
    if (!s.output.is_null()) out["output"] = s.output;
    json::array pending(memory);
    for (const int n : s.pending) pending.emplace_back(node_id(model, n));
    if (!pending.empty()) out["pending"] = std::move(pending);
    if (!s.done.empty()) out["done"] = completed_json(s.done, model, memory);
    if (!s.queue.empty()) out["queue"] = completed_json(s.queue, model, memory);
    return out;
}

ScopeState scope_from(const json::value& v, const Model& model)
{
    ScopeState s{
        .id = json::integer_or(v, "id"),
        .parent = json::integer_or(v, "parent"),
        .model = scope_model_from(model, json::string_or(v, "node")),
        .token = json::integer_or(v, "token"),
        .kind = ScopeState::Kind(json::integer_or(v, "kind", 1)),
        .node = model.index_of(json::string_or(v, "activity"))};
    if (const auto* locals = json::member(v, "locals")) s.locals = locals->as_object();
    if (const auto* items = json::member(v, "items")) s.items = items->as_array();
    if (const auto* outputs = json::member(v, "outputs")) s.outputs = outputs->as_array();
    s.started = json::integer_or(v, "started");
    s.finished = json::integer_or(v, "finished");
    if (const auto* output = json::member(v, "output")) s.output = *output;
    each(v, "pending", [&](const json::value& one) {
        s.pending.push_back(model.index_of(std::string_view(one.as_string())));
    });
    s.done = completed_from(v, "done", model);
    s.queue = completed_from(v, "queue", model);
    return s;
}

Token token_from(const json::value& v, const Model& model)
{
    Token t{
        .id = json::integer_or(v, "id"),
        .scope = json::integer_or(v, "scope"),
        .node = model.index_of(json::string_or(v, "node")),
        .flow = flow_index(model, json::string_or(v, "flow")),
        .at = Token::At(json::integer_or(v, "at")),
        .outcome = json::string_or(v, "outcome"),
        .path = {}};
    each(v, "path", [&](const json::value& one) { t.path.emplace_back(one.as_string()); });
    return t;
}

}  // namespace

json::object to_json(const State& state, const Model& model, const Memory& memory)
{
    json::array tokens(memory);
    for (const auto& t : state.tokens) tokens.push_back(token_json(t, model, memory));
    json::array scopes(memory);
    for (const auto& s : state.scopes) scopes.push_back(scope_json(s, model, memory));
    json::array waits(memory);
    for (const auto& w : state.waits) waits.push_back(wait_json(w, model, memory));
    json::array left(memory);
    for (const int n : state.left) left.emplace_back(node_id(model, n));
    json::array walked(memory);
    for (const int f : state.walked) walked.emplace_back(std::string_view(model.flow(f).id));
    return json::object(
        {{"tokens", std::move(tokens)},
         {"scopes", std::move(scopes)},
         {"waits", std::move(waits)},
         {"variables", state.variables},
         {"outcomes", state.outcomes},
         {"left", std::move(left)},
         {"walked", std::move(walked)},
         {"key", state.key},
         {"ended", state.ended},
         {"error", state.error}},
        memory
    );
}

State state_from(const json::value& v, const Model& model)
{
    State out;
    each(v, "tokens", [&](const json::value& one) { out.tokens.push_back(token_from(one, model)); });
    each(v, "scopes", [&](const json::value& one) { out.scopes.push_back(scope_from(one, model)); });
    each(v, "waits", [&](const json::value& one) {
        out.waits.push_back(
            {.id = json::integer_or(one, "id"),
             .what = Wait::For(json::integer_or(one, "for")),
             .token = json::integer_or(one, "token"),
             .scope = json::integer_or(one, "scope"),
             .node = model.index_of(json::string_or(one, "node")),
             .event = int(json::integer_or(one, "event")),
             .name = json::string_or(one, "name"),
             .key = json::string_or(one, "key"),
             .due = instant_from(json::integer_or(one, "due")),
             .repeats = json::integer_or(one, "repeats"),
             .was = json::bool_or(one, "was")}
        );
    });
    each(v, "left", [&](const json::value& one) {
        out.left.insert(model.index_of(std::string_view(one.as_string())));
    });
    each(v, "walked", [&](const json::value& one) {
        out.walked.insert(flow_index(model, std::string(one.as_string())));
    });
    if (const auto* variables = json::member(v, "variables"); variables != nullptr && variables->is_object())
        out.variables = variables->as_object();
    if (const auto* outcomes = json::member(v, "outcomes"); outcomes != nullptr && outcomes->is_object())
        out.outcomes = outcomes->as_object();
    out.key = json::string_or(v, "key");
    out.ended = json::bool_or(v, "ended");
    out.error = json::string_or(v, "error");
    return out;
}

}  // namespace thien_an::workflow
