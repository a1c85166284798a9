#include "engine/workflow/step.h"

// A state as the database keeps it: node and flow ids, not indexes, so that a stored state reads on its own.
namespace thien_an::workflow {
namespace {

std::string node_id(const Model& model, int node) { return node < 0 ? "" : model.node(node).id; }

int flow_index(const Model& model, const std::string& id)
{
    for (std::size_t i = 0; i < model.flows.size(); ++i)
        if (model.flows[i].id == id) return int(i);
    return -1;
}

json::object token_json(const Token& t, const Model& model)
{
    json::object out{
        {"id", t.id}, {"scope", t.scope}, {"node", node_id(model, t.node)}, {"at", std::int64_t(t.at)}};
    if (t.flow >= 0) out["flow"] = model.flow(t.flow).id;
    if (!t.outcome.empty()) out["outcome"] = t.outcome;
    if (!t.path.empty()) out["path"] = boost::json::value_from(t.path);
    return out;
}

json::object wait_json(const Wait& w, const Model& model)
{
    json::object out{
        {"id", w.id},
        {"for", std::int64_t(w.what)},
        {"token", w.token},
        {"scope", w.scope},
        {"node", node_id(model, w.node)}};
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

json::object to_json(const State& state, const Model& model)
{
    json::array tokens;
    for (const auto& t : state.tokens) tokens.push_back(token_json(t, model));
    json::array scopes;
    for (const auto& s : state.scopes)
        scopes.push_back(json::object{
            {"id", s.id},
            {"parent", s.parent},
            {"node", s.model == 0 ? "" : node_id(model, model.scope(s.model).node)},
            {"token", s.token}});
    json::array waits;
    for (const auto& w : state.waits) waits.push_back(wait_json(w, model));
    json::array left;
    for (const int n : state.left) left.push_back(json::value(node_id(model, n)));
    json::array walked;
    for (const int f : state.walked) walked.push_back(json::value(model.flow(f).id));
    return {
        {"tokens", std::move(tokens)},
        {"scopes", std::move(scopes)},
        {"waits", std::move(waits)},
        {"variables", state.variables},
        {"outcomes", state.outcomes},
        {"left", std::move(left)},
        {"walked", std::move(walked)},
        {"key", state.key},
        {"ended", state.ended},
        {"error", state.error}};
}

State state_from(const json::value& v, const Model& model)
{
    State out;
    each(v, "tokens", [&](const json::value& one) { out.tokens.push_back(token_from(one, model)); });
    each(v, "scopes", [&](const json::value& one) {
        const int node = model.index_of(json::string_or(one, "node"));
        out.scopes.push_back(
            {.id = json::integer_or(one, "id"),
             .parent = json::integer_or(one, "parent"),
             .model = node < 0 ? 0 : model.node(node).inner,
             .token = json::integer_or(one, "token")}
        );
    });
    each(v, "waits", [&](const json::value& one) {
        out.waits.push_back(
            {.id = json::integer_or(one, "id"),
             .what = Wait::For(json::integer_or(one, "for")),
             .token = json::integer_or(one, "token"),
             .scope = json::integer_or(one, "scope"),
             .node = model.index_of(json::string_or(one, "node")),
             .name = json::string_or(one, "name"),
             .key = json::string_or(one, "key"),
             .due = instant_from(json::integer_or(one, "due")),
             .repeats = json::integer_or(one, "repeats")}
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
