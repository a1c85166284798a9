#include <algorithm>
#include <array>
#include <cmath>

#include "engine/workflow/feel_arguments.h"

// Numbers: rounding, roots, statistics of lists, and the few functions of java.lang.Math a model may name.
namespace thien_an::workflow::feel {
namespace {

constexpr std::int64_t scale_max = 6176;

Value round_with(const Arguments& a, Rounding rounding, bool scale_required)
{
    const auto* n = number_at(a, 0);
    if (n == nullptr) return {};
    std::int64_t scale = 0;
    if (a.size() > 1 || scale_required) {
        const auto given = integer_at(a, 1);
        if (!given || *given > scale_max || *given < -6111) return {};
        scale = *given;
    }
    return rounded(*n, std::int32_t(scale), rounding);
}

Value fn_decimal(Evaluation&, Arguments& a) { return round_with(a, Rounding::half_even, true); }
Value fn_floor(Evaluation&, Arguments& a) { return round_with(a, Rounding::floor, false); }
Value fn_ceiling(Evaluation&, Arguments& a) { return round_with(a, Rounding::ceiling, false); }
Value fn_round_up(Evaluation&, Arguments& a) { return round_with(a, Rounding::up, true); }
Value fn_round_down(Evaluation&, Arguments& a) { return round_with(a, Rounding::down, true); }
Value fn_round_half_up(Evaluation&, Arguments& a) { return round_with(a, Rounding::half_up, true); }
Value fn_round_half_down(Evaluation&, Arguments& a) { return round_with(a, Rounding::half_down, true); }

Value fn_abs(Evaluation&, Arguments& a)
{
    const Value& v = single(a[0]);
    if (v.number() != nullptr) return v.number()->negative ? -*v.number() : *v.number();
    if (v.day_duration() != nullptr)
        return DayDuration{v.day_duration()->nanos < 0 ? -v.day_duration()->nanos : v.day_duration()->nanos};
    if (v.month_duration() != nullptr) return MonthDuration{std::abs(v.month_duration()->months)};
    return {};
}

Value fn_modulo(Evaluation&, Arguments& a)
{
    const auto* x = number_at(a, 0);
    const auto* y = number_at(a, 1);
    return x != nullptr && y != nullptr ? Value(modulo(*x, *y)) : Value{};
}

template <std::optional<Decimal> (*F)(const Decimal&)>
Value fn_of_one(Evaluation&, Arguments& a)
{
    const auto* n = number_at(a, 0);
    return n != nullptr ? Value(F(*n)) : Value{};
}

Value parity(const Arguments& a, bool odd)
{
    const auto* n = number_at(a, 0);
    if (n == nullptr || !n->whole()) return {};
    const auto rest = modulo(*n, 2);
    return rest ? Value(rest->zero() != odd) : Value{};
}
Value fn_odd(Evaluation&, Arguments& a) { return parity(a, true); }
Value fn_even(Evaluation&, Arguments& a) { return parity(a, false); }

/// Every element as a number, or nothing when the list is empty or holds anything else.
std::optional<std::vector<Decimal>> numbers(const Arguments& a)
{
    const auto list = all_of(a);
    if (!list || list->empty()) return std::nullopt;
    std::vector<Decimal> out;
    for (const auto& item : *list) {
        if (item.number() == nullptr) return std::nullopt;
        out.push_back(*item.number());
    }
    return out;
}

std::optional<Decimal> total(const std::vector<Decimal>& values)
{
    std::optional<Decimal> sum = Decimal(0);
    for (const auto& v : values) sum = sum ? add(*sum, v) : std::nullopt;
    return sum;
}

std::optional<Decimal> mean(const std::vector<Decimal>& values)
{
    const auto sum = total(values);
    return sum ? divide(*sum, Decimal(std::int64_t(values.size()))) : std::nullopt;
}

Value fn_sum(Evaluation&, Arguments& a)
{
    const auto values = numbers(a);
    return values ? Value(total(*values)) : Value{};
}

Value fn_mean(Evaluation&, Arguments& a)
{
    const auto values = numbers(a);
    return values ? Value(mean(*values)) : Value{};
}

Value fn_product(Evaluation&, Arguments& a)
{
    const auto values = numbers(a);
    if (!values) return {};
    std::optional<Decimal> out = Decimal(1);
    for (const auto& v : *values) out = out ? multiply(*out, v) : std::nullopt;
    return out;
}

Value fn_median(Evaluation&, Arguments& a)
{
    auto values = numbers(a);
    if (!values) return {};
    std::sort(values->begin(), values->end(), [](const Decimal& x, const Decimal& y) { return x < y; });
    const std::size_t half = values->size() / 2;
    if (values->size() % 2 == 1) return (*values)[half];
    return mean({(*values)[half - 1], (*values)[half]});
}

Value fn_stddev(Evaluation&, Arguments& a)
{
    const auto values = numbers(a);
    if (!values || values->size() < 2) return {};
    const auto middle = mean(*values);
    std::vector<Decimal> squares;
    for (const auto& v : *values) {
        const auto gap = middle ? subtract(v, *middle) : std::nullopt;
        const auto square = gap ? multiply(*gap, *gap) : std::nullopt;
        if (!square) return {};
        squares.push_back(*square);
    }
    const auto sum = total(squares);
    const auto variance = sum ? divide(*sum, Decimal(std::int64_t(values->size() - 1))) : std::nullopt;
    return variance ? Value(square_root(*variance)) : Value{};
}

Value fn_mode(Evaluation&, Arguments& a)
{
    const auto list = all_of(a);
    if (list && list->empty()) return List{};
    auto values = numbers(a);
    if (!values) return {};
    std::sort(values->begin(), values->end(), [](const Decimal& x, const Decimal& y) { return x < y; });
    List out;
    std::size_t best = 0;
    for (std::size_t i = 0; i < values->size();) {
        std::size_t end = i;
        while (end < values->size() && (*values)[end] == (*values)[i]) ++end;
        if (end - i > best) out.clear();
        best = std::max(best, end - i);
        if (end - i == best) out.emplace_back((*values)[i]);
        i = end;
    }
    return out;
}

/// "1 000,50" with its separators taken out; nothing when they are not what was said.
std::optional<std::string> plain_number(std::string text, const Arguments& a)
{
    const auto separator = [&](std::size_t i, std::string_view allowed) -> std::optional<std::string> {
        if (i >= a.size() || a[i].null()) return "";
        const auto* given = text_at(a, i);
        if (given == nullptr || given->size() != 1 || allowed.find(*given) == std::string_view::npos)
            return std::nullopt;
        return *given;
    };
    const auto group = separator(1, " ,.");
    const auto point = separator(2, ",.");
    if (!group || !point || (!group->empty() && *group == *point)) return std::nullopt;
    if (!group->empty()) std::erase(text, group->front());
    if (*point == ",") {
        if (text.find('.') != std::string::npos) return std::nullopt;
        std::replace(text.begin(), text.end(), ',', '.');
    }
    return text;
}

Value fn_number(Evaluation&, Arguments& a)
{
    if (number_at(a, 0) != nullptr && a.size() == 1) return *number_at(a, 0);
    const auto* text = text_at(a, 0);
    if (text == nullptr) return {};
    const auto plain = plain_number(*text, a);
    return plain ? Value(parse_decimal(*plain)) : Value{};
}

using External = Value (*)(const Arguments&);

Value rough(double v)
{
    if (!std::isfinite(v)) return {};
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "%.17g", v);
    return parse_decimal(text.data());
}

template <double (*F)(double)>
Value math_of_one(const Arguments& a)
{
    return rough(F(a[0].number()->estimate()));
}

struct ExternalRow {
    std::string_view type;
    std::string_view method;
    std::size_t arguments;
    External call;
};

const ExternalRow* external_row(std::string_view type, std::string_view method)
{
    static constexpr std::array<ExternalRow, 9> rows{{
        {"java.lang.Math", "cos", 1, math_of_one<std::cos>},
        {"java.lang.Math", "sin", 1, math_of_one<std::sin>},
        {"java.lang.Math", "tan", 1, math_of_one<std::tan>},
        {"java.lang.Math", "sqrt", 1, math_of_one<std::sqrt>},
        {"java.lang.Math", "log", 1, math_of_one<std::log>},
        {"java.lang.Math", "exp", 1, math_of_one<std::exp>},
        {"java.lang.Math", "abs", 1, math_of_one<std::fabs>},
        {"java.lang.Math",
         "max",
         2,
         [](const Arguments& a) -> Value { return *a[0].number() < *a[1].number() ? a[1] : a[0]; }},
        {"java.lang.Math",
         "min",
         2,
         [](const Arguments& a) -> Value { return *a[0].number() < *a[1].number() ? a[0] : a[1]; }},
    }};
    for (const auto& row : rows)
        if (row.type == type && row.method == method) return &row;
    return nullptr;
}

}  // namespace

std::function<Value(Evaluation&, std::vector<Value>)> external_function(const Value& description)
{
    const Value java = member_of(description, "java");
    const Value type = member_of(java, "class");
    const Value signature = member_of(java, "method signature");
    if (type.text() == nullptr || signature.text() == nullptr) return {};
    const auto* row = external_row(*type.text(), signature.text()->substr(0, signature.text()->find('(')));
    if (row == nullptr) return {};
    return [row](Evaluation& evaluation, std::vector<Value> arguments) -> Value {
        if (arguments.size() != row->arguments) return evaluation.note("wrong number of arguments");
        for (const auto& argument : arguments)
            if (argument.number() == nullptr) return evaluation.note("an external function takes numbers");
        return row->call(arguments);
    };
}

std::span<const Builtin> number_builtins()
{
    static constexpr std::array<Builtin, 22> rows{{
        {"decimal", "n,scale", 2, 2, fn_decimal},
        {"floor", "n,scale", 1, 2, fn_floor},
        {"ceiling", "n,scale", 1, 2, fn_ceiling},
        {"round up", "n,scale", 2, 2, fn_round_up},
        {"round down", "n,scale", 2, 2, fn_round_down},
        {"round half up", "n,scale", 2, 2, fn_round_half_up},
        {"round half down", "n,scale", 2, 2, fn_round_half_down},
        {"abs", "n", 1, 1, fn_abs},
        {"modulo", "dividend,divisor", 2, 2, fn_modulo},
        {"sqrt", "number", 1, 1, fn_of_one<square_root>},
        {"log", "number", 1, 1, fn_of_one<natural_logarithm>},
        {"exp", "number", 1, 1, fn_of_one<exponential>},
        {"odd", "number", 1, 1, fn_odd},
        {"even", "number", 1, 1, fn_even},
        {"sum", "list...", 1, -1, fn_sum},
        {"mean", "list...", 1, -1, fn_mean},
        {"product", "list...", 1, -1, fn_product},
        {"median", "list...", 1, -1, fn_median},
        {"stddev", "list...", 1, -1, fn_stddev},
        {"mode", "list...", 1, -1, fn_mode},
        {"number", "from,grouping separator,decimal separator", 1, 3, fn_number},
        {"round",
         "n,scale",
         1,
         2,
         [](Evaluation&, Arguments& a) { return round_with(a, Rounding::half_even, false); }},
    }};
    return rows;
}

}  // namespace thien_an::workflow::feel
