#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "engine/workflow/feel.h"

/// FEEL's built-in functions: one table of names, parameters and code.
namespace thien_an::workflow::feel {

using Arguments = std::vector<Value>;

struct Builtin {
    std::string_view name;
    /// Names of parameters, for calls by name; the alternatives of an overloaded one parted by '|'.
    /// "list..." takes
    /// any number.
    std::string_view parameters;
    int least = 0;
    int most = 0;  ///< -1: any number.
    Value (*call)(Evaluation&, Arguments&);
};

/// Every built-in, sorted by name.
std::span<const Builtin> library();
const Builtin* find_builtin(std::string_view name);

// The parts of the table, by subject.
std::span<const Builtin> number_builtins();
std::span<const Builtin> text_builtins();
std::span<const Builtin> list_builtins();
std::span<const Builtin> temporal_builtins();
std::span<const Builtin> range_builtins();
std::span<const Builtin> context_builtins();

/// The code of an external function a context names ({java: {class, "method signature"}}); empty when
/// unknown.
std::function<Value(Evaluation&, std::vector<Value>)> external_function(const Value& description);

/// A member of a value as paths name it: entries of contexts, parts of dates and durations, ends of ranges.
Value member_of(const Value& value, std::string_view name);

}  // namespace thien_an::workflow::feel
