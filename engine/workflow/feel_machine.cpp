#include "engine/workflow/feel_machine.h"

#include <algorithm>

namespace thien_an::workflow::feel {
namespace {

constexpr int calls_max = 400;

/// A position in a list of `size`, from 1 or from the end with -1.
std::optional<std::size_t> position(const Decimal& number, std::size_t size)
{
    const auto index = number.integer();
    if (!index || *index == 0) return std::nullopt;
    const auto at = *index > 0 ? *index - 1 : std::int64_t(size) + *index;
    if (at < 0 || at >= std::int64_t(size)) return std::nullopt;
    return std::size_t(at);
}

/// Values of what a loop runs over: a list, a closed range of whole numbers or days, or one value.
std::optional<List> loop_values(const Value& domain, Evaluation& evaluation)
{
    if (domain.null()) return std::nullopt;
    if (domain.list() != nullptr) return *domain.list();
    if (domain.range() == nullptr) return List{domain};
    const auto& range = *domain.range();
    if (!range.has_low || !range.has_high) return std::nullopt;
    const auto order = compare(range.low, range.high);
    if (!order) return std::nullopt;
    const bool down = *order > 0;
    List out;
    const auto within = [&](const Value& v) {
        return down ? *compare(v, range.high) >= 0 : *compare(v, range.high) <= 0;
    };
    const bool days = range.low.date() != nullptr;
    if (!days && range.low.number() == nullptr) return std::nullopt;
    for (Value at = range.low; within(at);) {
        if (!evaluation.step()) return std::nullopt;
        out.push_back(at);
        at = days ? added(at, DayDuration{WideSigned(down ? -1 : 1) * nanos_per_day})
                  : added(at, down ? -1 : 1);
    }
    if (!out.empty() && !range.high_closed && equals(out.back(), range.high).is_true()) out.pop_back();
    if (!out.empty() && !range.low_closed) out.erase(out.begin());
    return out;
}

}  // namespace

Value Machine::slot(std::int32_t index) const
{
    if (index < program_->globals) {
        return std::size_t(index) < globals_.size() ? globals_[std::size_t(index)] : Value{};
    }
    const auto local = std::size_t(index - program_->globals);
    return local < locals_.size() ? locals_[local] : Value{};
}

void Machine::set(std::int32_t index, Value value)
{
    const auto local = std::size_t(index - program_->globals);
    if (local >= locals_.size()) locals_.resize(local + 1);
    locals_[local] = std::move(value);
}

Value Machine::run(std::int32_t id)
{
    if (!evaluation_.step()) return {};
    const Node& n = node(id);
    switch (n.op) {
    case Op::constant: return program_->constants[std::size_t(n.a)];
    case Op::slot: return slot(n.a);
    case Op::item_name: return item_name(n);
    case Op::builtin: {
        Function f;
        f.builtin = &library()[std::size_t(n.a)];
        return f;
    }
    case Op::list: return list(n);
    case Op::context: return context(n);
    case Op::range: return range(n);
    case Op::half_range: return half_range(n);
    case Op::iteration: return iteration(n);
    case Op::if_then_else: return run_child(n, 0).is_true() ? run_child(n, 1) : run_child(n, 2);
    case Op::for_in: return for_in(n);
    case Op::some_in:
    case Op::every_in: return quantified(n);
    case Op::or_any: return any_or_all(n, true);
    case Op::and_all: return any_or_all(n, false);
    case Op::compare: return compared(n);
    case Op::between: return between(n);
    case Op::in_tests: return in_tests(n);
    case Op::not_equal_test: return {};
    case Op::add:
    case Op::subtract:
    case Op::multiply:
    case Op::divide:
    case Op::power:
    case Op::negate: return arithmetic(n);
    case Op::instance_of:
        return instance_of(run_child(n, 0), *program_->types[std::size_t(n.a)], Bounds::ignored);
    case Op::path: return path(n);
    case Op::filter: return filter(n);
    case Op::call: return call(n);
    case Op::call_named: return call_named(n);
    case Op::function: return function(id);
    case Op::tests: return tests(n);
    case Op::test: return test(n, slot(program_->globals));
    }
    return {};
}

Value Machine::item_name(const Node& n)
{
    const std::string& wanted = name(n.a);
    for (std::int32_t i = 0; i < n.count; ++i) {
        const Value item = slot(child(n, i));
        if (item.context() != nullptr)
            if (const auto* found = item.context()->find(wanted)) return *found;
        if (wanted == "item" && n.b < 0) return item;
    }
    if (n.b >= 0) return slot(n.b);
    if (const auto* builtin = find_builtin(wanted)) {
        Function f;
        f.builtin = builtin;
        return f;
    }
    // Parts of dates and durations: list[year > 2016].
    for (std::int32_t i = 0; i < n.count; ++i)
        if (const Value part = member_of(slot(child(n, i)), wanted); !part.null()) return part;
    return evaluation_.note("no item has a member " + wanted);
}

Value Machine::list(const Node& n)
{
    List out;
    out.reserve(std::size_t(n.count));
    for (std::int32_t i = 0; i < n.count; ++i) out.push_back(run_child(n, i));
    return out;
}

Value Machine::context(const Node& n)
{
    Context out;
    for (std::int32_t i = 0; i < n.count; i += 2) {
        Value value = run_child(n, i + 1);
        set(n.a + i / 2, value);
        out.entries.emplace_back(name(child(n, i)), std::move(value));
    }
    return out;
}

Value Machine::range(const Node& n)
{
    Range out;
    out.low = run_child(n, 0);
    out.high = run_child(n, 1);
    out.low_closed = (n.a & 1) != 0;
    out.high_closed = (n.a & 2) != 0;
    const bool comparable = compare(out.low, out.high).has_value();
    if (!comparable && !out.low.null() && !out.high.null())
        return evaluation_.note("ends of a range have no order");
    if (out.low.null() || out.high.null()) {
        out.has_low = !out.low.null();
        out.has_high = !out.high.null();
        if (!out.has_low && !out.has_high) return evaluation_.note("a range without ends");
    }
    return out;
}

Value Machine::half_range(const Node& n)
{
    Range out;
    const auto kind = Compare(n.a);
    out.comparison = true;
    if (kind == Compare::equal) {
        out.low = run_child(n, 0);
        out.high = out.low;
        return out;
    }
    const bool is_high = kind == Compare::less || kind == Compare::less_equal;
    (is_high ? out.high : out.low) = run_child(n, 0);
    out.has_low = !is_high;
    out.has_high = is_high;
    out.low_closed = kind == Compare::greater_equal;
    out.high_closed = kind == Compare::less_equal;
    return out;
}

Value Machine::iteration(const Node& n)
{
    Range out;
    out.low = run_child(n, 0);
    out.high = run_child(n, 1);
    if (!compare(out.low, out.high)) return evaluation_.note("ends of an iteration have no order");
    return out;
}

/// Runs `body` for every combination of the domains from `at` on; false stops.
bool Machine::next_domain(const Node& n, std::int32_t at, const std::function<bool()>& body)
{
    if (at == n.count - 1) return body();
    const auto values = loop_values(run_child(n, at), evaluation_);
    if (!values) {
        evaluation_.note("a loop needs a list");
        return false;
    }
    for (const auto& value : *values) {
        if (evaluation_.exhausted()) return false;
        set(n.a + at, value);
        if (!next_domain(n, at + 1, body)) return false;
    }
    return true;
}

Value Machine::for_in(const Node& n)
{
    List out;
    const bool done = next_domain(n, 0, [&] {
        // `partial` is a copy of what there is so far: it costs by its length.
        if (!evaluation_.step(std::int64_t(out.size() / 16))) return false;
        set(n.a + n.count - 1, Value(out));
        out.push_back(run_child(n, n.count - 1));
        return true;
    });
    return done ? Value(std::move(out)) : Value{};
}

Value Machine::quantified(const Node& n)
{
    const bool some = n.op == Op::some_in;
    bool decided = false;
    bool unknown = false;
    const bool all_seen = next_domain(n, 0, [&] {
        const Value holds = run_child(n, n.count - 1);
        decided = some ? holds.is_true() : holds.is_false();
        unknown = unknown || holds.boolean() == nullptr;
        return !decided;
    });
    if (decided) return some;
    if (!all_seen || unknown) return {};
    return !some;
}

Value Machine::any_or_all(const Node& n, bool any)
{
    bool unknown = false;
    for (std::int32_t i = 0; i < n.count; ++i) {
        const Value part = run_child(n, i);
        if (part.boolean() != nullptr && *part.boolean() == any) return any;
        unknown = unknown || part.boolean() == nullptr;
    }
    return unknown ? Value{} : Value(!any);
}

Value Machine::compared(const Node& n)
{
    const Value a = run_child(n, 0);
    const Value b = run_child(n, 1);
    Value out = ordered(Compare(n.a), a, b);
    if (out.null() && !a.null() && !b.null())
        evaluation_.note(
            std::string(kind_name(a.kind())) + " and " + std::string(kind_name(b.kind())) + " have no order"
        );
    return out;
}

Value Machine::between(const Node& n)
{
    const Value value = run_child(n, 0);
    const Value low = ordered(Compare::greater_equal, value, run_child(n, 1));
    const Value high = ordered(Compare::less_equal, value, run_child(n, 2));
    if (low.is_false() || high.is_false()) return false;
    return low.null() || high.null() ? Value{} : Value(true);
}

Value Machine::in_tests(const Node& n)
{
    const Value value = run_child(n, 0);
    bool unknown = false;
    for (std::int32_t i = 1; i < n.count; ++i) {
        const Node& t = node(child(n, i));
        Value holds;
        if (t.op == Op::not_equal_test) {
            holds = ordered(Compare::not_equal, value, run_child(t, 0));
        } else {
            holds = is_in(value, run_child(n, i));
        }
        if (holds.is_true()) return true;
        unknown = unknown || holds.null();
    }
    return unknown ? Value{} : Value(false);
}

Value Machine::arithmetic(const Node& n)
{
    const Value a = run_child(n, 0);
    if (n.op == Op::negate) return negated(a);
    const Value b = run_child(n, 1);
    Value out;
    switch (n.op) {
    case Op::add: out = added(a, b); break;
    case Op::subtract: out = subtracted(a, b); break;
    case Op::multiply: out = multiplied(a, b); break;
    case Op::divide: out = divided(a, b); break;
    default: out = raised(a, b); break;
    }
    if (out.null()) evaluation_.note("no result of " + text_of(a) + " and " + text_of(b));
    return out;
}

Value Machine::path(const Node& n)
{
    const Value value = run_child(n, 0);
    if (value.list() == nullptr) return member_of(value, name(n.a));
    List out;
    for (const auto& item : *value.list()) out.push_back(member_of(item, name(n.a)));
    return out;
}

Value Machine::filter(const Node& n)
{
    const Value source = run_child(n, 0);
    if (source.null()) return {};
    const List single{source};
    const List& items = source.list() != nullptr ? *source.list() : single;
    const Node& condition = node(child(n, 1));
    const bool fixed = condition.op == Op::constant || condition.op == Op::slot || condition.op == Op::negate;
    if (fixed || items.empty()) {
        set(n.a, {});
        const Value index = run_child(n, 1);
        if (index.number() != nullptr) {
            const auto at = position(*index.number(), items.size());
            return at ? items[*at] : Value{};
        }
        if (fixed && index.boolean() == nullptr && !index.null())
            return evaluation_.note("a filter is a number or a condition");
    }
    List out;
    for (std::size_t i = 0; i < items.size(); ++i) {
        set(n.a, items[i]);
        const Value keep = run_child(n, 1);
        if (keep.number() != nullptr) {
            const auto at = position(*keep.number(), items.size());
            return at ? items[*at] : Value{};
        }
        if (keep.is_true()) out.push_back(items[i]);
        if (keep.boolean() == nullptr && !keep.null())
            return evaluation_.note("a filter is a number or a condition");
    }
    return out;
}

Value Machine::call(const Node& n)
{
    Arguments arguments;
    for (std::int32_t i = 1; i < n.count; ++i) arguments.push_back(run_child(n, i));
    const Node& target = node(child(n, 0));
    if (target.op == Op::builtin)
        return call_builtin(evaluation_, library()[std::size_t(target.a)], std::move(arguments));
    const Value function = run_child(n, 0);
    if (function.function() == nullptr) return evaluation_.note("not a function");
    return evaluation_.call(*function.function(), std::move(arguments));
}

namespace {

/// The names of one signature: "string,start position,length?".
std::vector<std::string_view> parameter_names(std::string_view signature)
{
    std::vector<std::string_view> out;
    while (!signature.empty()) {
        const auto comma = signature.find(',');
        auto one = signature.substr(0, comma);
        if (one.ends_with("...")) one.remove_suffix(3);
        out.push_back(one);
        signature = comma == std::string_view::npos ? "" : signature.substr(comma + 1);
    }
    return out;
}

using NamedArguments = std::vector<std::pair<std::string, Value>>;

/// `named` in the order of `names`, or nothing when a name is not among them.
std::optional<Arguments> in_order(const std::vector<std::string_view>& names, const NamedArguments& named)
{
    Arguments out(names.size());
    std::size_t used = 0;
    for (const auto& [name, value] : named) {
        const auto at = std::find(names.begin(), names.end(), name);
        if (at == names.end()) return std::nullopt;
        out[std::size_t(at - names.begin())] = value;
        used = std::max(used, std::size_t(at - names.begin()) + 1);
    }
    out.resize(used);
    return out;
}

std::optional<Arguments> builtin_order(const Builtin& builtin, const NamedArguments& named)
{
    std::string_view rest = builtin.parameters;
    while (true) {
        const auto bar = rest.find('|');
        auto out = in_order(parameter_names(rest.substr(0, bar)), named);
        if (out || bar == std::string_view::npos) return out;
        rest = rest.substr(bar + 1);
    }
}

}  // namespace

Value Machine::call_named(const Node& n)
{
    NamedArguments named;
    for (std::int32_t i = 1; i < n.count; i += 2) named.emplace_back(name(child(n, i)), run_child(n, i + 1));
    const Value function = run_child(n, 0);
    if (function.function() == nullptr) return evaluation_.note("not a function");
    const auto& f = *function.function();
    if (f.builtin != nullptr) {
        const auto& builtin = *static_cast<const Builtin*>(f.builtin);
        auto arguments = builtin_order(builtin, named);
        return arguments ? call_builtin(evaluation_, builtin, std::move(*arguments))
                         : evaluation_.note("unknown parameter");
    }
    const std::vector<std::string_view> names(f.parameters.begin(), f.parameters.end());
    auto arguments = in_order(names, named);
    if (!arguments || named.size() != names.size())
        return evaluation_.note("arguments do not match the parameters");
    return evaluation_.call(f, std::move(*arguments));
}

Value Machine::function(std::int32_t id)
{
    const Node& n = node(id);
    const auto& definition = program_->definitions[std::size_t(n.a)];
    Function out;
    out.parameters = definition.parameters;
    out.types = definition.types;
    if (definition.external) {
        out.call = external_function(run_child(n, 0));
        if (!out.call) return evaluation_.note("unknown external function");
        return out;
    }
    // The function keeps what its place could see: the program, the variables and the locals of that moment.
    out.call = [program = program_,
                globals = std::vector<Value>(globals_.begin(), globals_.end()),
                locals = locals_,
                body = child(n, 0),
                slot = definition.slot](Evaluation& evaluation, std::vector<Value> arguments) {
        Machine machine(evaluation, program, globals);
        machine.set_locals(locals);
        for (std::size_t i = 0; i < arguments.size(); ++i)
            machine.set(slot + std::int32_t(i), std::move(arguments[i]));
        return machine.run(body);
    };
    return out;
}

bool Machine::test(const Node& n, const Value& input)
{
    const Node& t = node(child(n, 0));
    if (t.op == Op::not_equal_test) return ordered(Compare::not_equal, input, run_child(t, 0)).is_true();
    const Value value = run_child(n, 0);
    if (n.a == 1 && value.boolean() != nullptr) return *value.boolean();
    if (value.boolean() != nullptr && input.boolean() == nullptr && t.op != Op::constant)
        return *value.boolean();
    return is_in(input, value).is_true();
}

Value Machine::tests(const Node& n)
{
    if (n.count == 0) return true;
    const Value input = slot(n.b);
    for (std::int32_t i = 0; i < n.count; ++i)
        if (test(node(child(n, i)), input)) return n.a == 0;
    return n.a == 1;
}

Value Evaluation::value(const Expression& expression, std::span<const Value> variables)
{
    Machine machine(*this, expression.shared(), variables);
    Value out = machine.run(expression.program().root);
    return exhausted() ? note("too many steps") : out;
}

bool Evaluation::passes(const Expression& tests, std::span<const Value> variables, const Value& input)
{
    Machine machine(*this, tests.shared(), variables);
    machine.set(tests.program().globals, input);
    return machine.run(tests.program().root).is_true() && !exhausted();
}

Value Evaluation::call(const Function& function, std::vector<Value> arguments)
{
    if (function.builtin != nullptr)
        return call_builtin(*this, *static_cast<const Builtin*>(function.builtin), std::move(arguments));
    if (arguments.size() != function.parameters.size()) return note("wrong number of arguments");
    for (std::size_t i = 0; i < arguments.size() && i < function.types.size(); ++i) {
        if (!function.types[i] || arguments[i].null()) continue;
        arguments[i] = coerced(arguments[i], *function.types[i]);
        if (arguments[i].null()) return note("an argument has the wrong type");
    }
    if (depth >= calls_max) return note("functions call each other too deep");
    ++depth;
    Value out = function.call(*this, std::move(arguments));
    --depth;
    return function.result ? coerced(out, *function.result) : out;
}

Value Evaluation::note(std::string reason)
{
    if (notes_.size() < 100) notes_.push_back(std::move(reason));
    return {};
}

const std::string& Expression::text() const { return program_->text; }
const std::vector<int>& Expression::reads() const { return program_->reads; }

std::vector<std::string> Expression::members_of(std::string_view wanted) const
{
    std::vector<std::string> out;
    for (const auto& n : program_->nodes) {
        if (n.op != Op::path) continue;
        const auto& base = program_->nodes[std::size_t(program_->children[std::size_t(n.first)])];
        const bool global = base.op == Op::slot && base.a < program_->globals;
        if (global && program_->variables[std::size_t(base.a)] == wanted)
            out.push_back(program_->names[std::size_t(n.a)]);
    }
    return out;
}

}  // namespace thien_an::workflow::feel
