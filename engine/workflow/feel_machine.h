#pragma once

#include <span>
#include <vector>

#include "engine/workflow/feel_program.h"

/// Walks a Program's nodes. One Machine serves one evaluation of one program.
namespace thien_an::workflow::feel {

class Machine {
public:
    Machine(Evaluation& evaluation, std::shared_ptr<const Program> program, std::span<const Value> globals)
        : evaluation_(evaluation), program_(std::move(program)), globals_(globals)
    {
    }

    Value run(std::int32_t id);
    void set(std::int32_t slot, Value value);
    void set_locals(std::vector<Value> locals) { locals_ = std::move(locals); }

private:
    const Node& node(std::int32_t id) const { return program_->nodes[std::size_t(id)]; }
    std::int32_t child(const Node& n, std::int32_t i) const
    {
        return program_->children[std::size_t(n.first + i)];
    }
    Value run_child(const Node& n, std::int32_t i) { return run(child(n, i)); }
    const std::string& name(std::int32_t index) const { return program_->names[std::size_t(index)]; }

    Value slot(std::int32_t index) const;
    Value item_name(const Node& n);
    Value list(const Node& n);
    Value context(const Node& n);
    Value range(const Node& n);
    Value half_range(const Node& n);
    Value iteration(const Node& n);
    Value for_in(const Node& n);
    Value quantified(const Node& n);
    bool next_domain(const Node& n, std::int32_t at, const std::function<bool()>& body);
    Value any_or_all(const Node& n, bool any);
    Value compared(const Node& n);
    Value between(const Node& n);
    Value in_tests(const Node& n);
    Value arithmetic(const Node& n);
    Value filter(const Node& n);
    Value call(const Node& n);
    Value call_named(const Node& n);
    Value function(std::int32_t id);
    Value tests(const Node& n);
    bool test(const Node& n, const Value& input);
    Value path(const Node& n);

    Evaluation& evaluation_;
    // Shared because function values made here outlive the machine.
    std::shared_ptr<const Program> program_;
    std::span<const Value> globals_;
    std::vector<Value> locals_;
};

// Arithmetic on values, in feel_arithmetic.cpp.
Value added(const Value& a, const Value& b);
Value subtracted(const Value& a, const Value& b);
Value multiplied(const Value& a, const Value& b);
Value divided(const Value& a, const Value& b);
Value raised(const Value& a, const Value& b);
Value negated(const Value& a);
/// `a` compared as the operator asks: true, false or null.
Value ordered(Compare compare, const Value& a, const Value& b);
/// A built-in called with arguments in order; null with a note when there are too few or too many.
Value call_builtin(Evaluation& evaluation, const Builtin& builtin, Arguments arguments);

}  // namespace thien_an::workflow::feel
