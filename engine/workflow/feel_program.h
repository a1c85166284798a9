#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/workflow/feel.h"
#include "engine/workflow/feel_library.h"

/// The compiled form of FEEL: nodes in one array, children as index ranges, names resolved to slots.
namespace thien_an::workflow::feel {

enum class Op {
    constant,   ///< a: constant
    slot,       ///< a: slot
    item_name,  ///< a: name; b: slot when no item has it, or -1; children are slots of items, innermost first
    builtin,    ///< a: row of the library
    list,       ///< children
    context,    ///< children in pairs of name index and node; a: first slot of the entries
    range,      ///< children low, high; a: 1 low closed, 2 high closed
    half_range,  ///< child; a: Compare
    iteration,   ///< children low, high: every whole number or day between, either way
    if_then_else,
    for_in,  ///< children: domains, then the body; a: first slot (partial is last)
    some_in,
    every_in,
    or_any,
    and_all,
    compare,  ///< a: Compare
    between,
    in_tests,        ///< children: value, then tests
    not_equal_test,  ///< child: passes what is not equal
    add,
    subtract,
    multiply,
    divide,
    power,
    negate,
    instance_of,  ///< a: type
    path,         ///< a: name
    filter,       ///< children list, condition; a: slot of the item
    call,         ///< children: function, arguments
    call_named,   ///< children: function, then pairs of name index and node
    function,     ///< child: body; a: index into Program::definitions
    tests,        ///< children; a: 1 negated; b: slot of `?`
    test          ///< child; a: 1 when it names `?`
};

enum class Compare { equal, not_equal, less, less_equal, greater, greater_equal };

struct Node {
    Op op = Op::constant;
    std::int32_t a = -1;
    std::int32_t b = -1;
    std::int32_t first = 0;
    std::int32_t count = 0;
    std::int32_t depth = 1;
};

/// A function literal.
struct Definition {
    std::vector<std::string> parameters;
    std::vector<TypePtr> types;
    std::int32_t slot = 0;  ///< Of the first parameter.
    bool external = false;
};

struct Program {
    std::string text;
    std::vector<Node> nodes;
    std::vector<std::int32_t> children;
    std::vector<Value> constants;
    std::vector<std::string> names;
    std::vector<TypePtr> types;
    std::vector<Definition> definitions;
    std::vector<int> reads;
    std::vector<std::string> variables;
    std::int32_t root = -1;
    std::int32_t globals = 0;  ///< Slots below are variables, above are local.
    bool tests = false;
};

}  // namespace thien_an::workflow::feel
