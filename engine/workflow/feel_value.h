#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/json.h"
#include "engine/workflow/decimal.h"
#include "engine/workflow/temporal.h"

/// Values of FEEL, the expression language of DMN 1.5. Immutable once made; copies share what is big.
namespace thien_an::workflow::feel {

class Value;
struct Function;
struct Range;
struct Type;

using Null = std::monostate;
using List = std::vector<Value>;

/// Entries in the order they were written; names are unique.
struct Context {
    std::vector<std::pair<std::string, Value>> entries;

    const Value* find(std::string_view name) const;
    void put(std::string name, Value value);
};

enum class Kind {
    null,
    boolean,
    number,
    text,
    date,
    time,
    date_time,
    day_duration,
    month_duration,
    list,
    context,
    range,
    function
};

class Value {
public:
    Value() = default;
    // Implicit, so that built-ins end in `return text;`.
    // NOLINTBEGIN(google-explicit-constructor)
    Value(bool v) : held_(v) {}
    Value(Decimal v) : held_(v) {}
    Value(std::int64_t v) : held_(Decimal(v)) {}
    Value(int v) : held_(Decimal(v)) {}
    Value(std::string v) : held_(std::move(v)) {}
    Value(const char* v) : held_(std::string(v)) {}
    Value(Date v) : held_(v) {}
    Value(Time v) : held_(std::move(v)) {}
    Value(DateTime v) : held_(std::move(v)) {}
    Value(DayDuration v) : held_(v) {}
    Value(MonthDuration v) : held_(v) {}
    Value(List v) : held_(std::make_shared<const List>(std::move(v))) {}
    Value(Context v) : held_(std::make_shared<const Context>(std::move(v))) {}
    Value(Range v);
    Value(Function v);
    template <typename T>
    Value(std::optional<T> v)
    {
        if (v) *this = Value(std::move(*v));
    }
    // NOLINTEND(google-explicit-constructor)

    Kind kind() const { return Kind(held_.index()); }
    bool null() const { return held_.index() == 0; }
    bool is_true() const { return held_.index() == 1 && std::get<1>(held_); }
    bool is_false() const { return held_.index() == 1 && !std::get<1>(held_); }

    /// The value when it is of that kind, else null.
    const bool* boolean() const { return std::get_if<bool>(&held_); }
    const Decimal* number() const { return std::get_if<Decimal>(&held_); }
    const std::string* text() const { return std::get_if<std::string>(&held_); }
    const Date* date() const { return std::get_if<Date>(&held_); }
    const Time* time() const { return std::get_if<Time>(&held_); }
    const DateTime* date_time() const { return std::get_if<DateTime>(&held_); }
    const DayDuration* day_duration() const { return std::get_if<DayDuration>(&held_); }
    const MonthDuration* month_duration() const { return std::get_if<MonthDuration>(&held_); }
    const List* list() const { return shared<List>(); }
    const Context* context() const { return shared<Context>(); }
    const Range* range() const { return shared<Range>(); }
    const Function* function() const { return shared<Function>(); }

private:
    // Shared because a value is copied into every scope that sees it, and nobody changes it.
    using Held = std::variant<
        Null,
        bool,
        Decimal,
        std::string,
        Date,
        Time,
        DateTime,
        DayDuration,
        MonthDuration,
        std::shared_ptr<const List>,
        std::shared_ptr<const Context>,
        std::shared_ptr<const Range>,
        std::shared_ptr<const Function>>;

    template <typename T>
    const T* shared() const
    {
        const auto* held = std::get_if<std::shared_ptr<const T>>(&held_);
        return held == nullptr ? nullptr : held->get();
    }
    Held held_;
};

/// From `low` to `high`; an absent end is open to that side ("> 5").
struct Range {
    Value low;
    Value high;
    bool has_low = true;
    bool has_high = true;
    bool low_closed = true;
    bool high_closed = true;
    bool comparison = false;  ///< Written as "< 10", "(=10)": another range than one with brackets.
};

class Evaluation;

struct Function {
    std::vector<std::string> parameters;
    std::vector<std::shared_ptr<const Type>> types;  ///< One a parameter; null: any.
    std::shared_ptr<const Type> result;              ///< Null: any.
    std::function<Value(Evaluation&, std::vector<Value>)> call;
    const void* builtin = nullptr;  ///< Its row in the library, for calls by name; else null.
};

/// What `instance of`, item definitions and typed parameters speak of.
struct Type {
    enum class Kind {
        any,
        null,
        boolean,
        number,
        text,
        date,
        time,
        date_time,
        day_duration,
        month_duration,
        list,
        context,
        range,
        function
    };
    Kind kind = Kind::any;
    std::shared_ptr<const Type> element;  ///< Of a list or range; result of a function.
    std::vector<std::pair<std::string, std::shared_ptr<const Type>>>
        members;                                ///< Of a context; parameters of a function.
    std::function<bool(const Value&)> allowed;  ///< Further bound; empty: none.
};
using TypePtr = std::shared_ptr<const Type>;

/// The built-in type of that name ("number", "date and time"), or null.
TypePtr builtin_type(std::string_view name);
/// `instance of` itself does not look at the values a type allows; coercion does.
enum class Bounds { checked, ignored };
bool instance_of(const Value& value, const Type& type, Bounds bounds = Bounds::checked);
/// `value` made to fit: a list of one becomes its element, an element a list of one, a date a date and time;
/// null when it cannot fit.
Value coerced(const Value& value, const Type& type);

/// FEEL's `=`: true, false, or null when the two cannot be compared.
Value equals(const Value& a, const Value& b);
/// -1, 0, 1; nothing when the two have no order.
std::optional<int> compare(const Value& a, const Value& b);
/// `a` as `in` sees it: equal to a value, inside a range, in a list.
Value is_in(const Value& a, const Value& test);
/// Whether `point` lies in `range`; null when they have no order.
Value in_range(const Value& point, const Range& range);

/// As FEEL writes it: strings in quotes inside lists and contexts, bare at the top.
std::string text_of(const Value& value);
std::string_view kind_name(Kind kind);

/// JSON of a value; dates and durations as {"@": "2016-01-01"}, numbers beyond a double's digits as {"#":
/// "..."}.
json::value to_json(const Value& value);
Value from_json(const json::value& value);

}  // namespace thien_an::workflow::feel
