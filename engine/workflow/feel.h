#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/result.h"
#include "engine/workflow/feel_value.h"

/// FEEL: expressions and unary tests, compiled once against the names they may use, evaluated many times.
namespace thien_an::workflow::feel {

struct Program;

/// What an expression may name. Names may hold spaces and any letters; the longest known name wins.
struct Names {
    std::vector<std::string> variables;    ///< In the order their values are given to evaluate.
    std::vector<std::string> members;      ///< Member names with spaces that paths and filters may meet.
    std::map<std::string, TypePtr> types;  ///< For `instance of` and typed parameters.
};

/// A compiled expression; cheap to copy, safe to share between threads.
class Expression {
public:
    Expression() = default;
    explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
    explicit operator bool() const { return program_ != nullptr; }
    const Program& program() const { return *program_; }
    // Shared because a function value keeps the program it was written in.
    const std::shared_ptr<const Program>& shared() const { return program_; }
    const std::string& text() const;
    /// Variables it reads, as positions in Names::variables, each once.
    const std::vector<int>& reads() const;
    /// Members it asks of variable `name`, one level deep: {"one_stop_officer"} for `posts.one_stop_officer`.
    std::vector<std::string> members_of(std::string_view name) const;

private:
    std::shared_ptr<const Program> program_;
};

/// Problems "feel.syntax", "feel.unknown_name", "feel.unknown_function", "feel.too_deep" with words line,
/// column, found.
Result<Expression> compile(std::string_view text, const Names& names);
/// The tests of a decision table's cell ("-", "> 5, [1..3]", "not(1, 2)"); `?` is the value under test.
Result<Expression> compile_tests(std::string_view text, const Names& names);

/// One run: the time it takes as now, its bound on steps, and what went wrong on the way.
/// FEEL has no exceptions: what cannot be computed is null, and a note says why.
class Evaluation {
public:
    explicit Evaluation(Instant now = {}, std::int64_t steps_max = 5'000'000)
        : now_(now), steps_left_(steps_max)
    {
    }

    Value value(const Expression& expression, std::span<const Value> variables);
    /// True when `input` passes; tests that cannot be decided fail.
    bool passes(const Expression& tests, std::span<const Value> variables, const Value& input);
    Value call(const Function& function, std::vector<Value> arguments);

    Instant now() const { return now_; }
    /// Remembers why something became null; the first hundred are kept. Gives null, so that `return
    /// note(...)` reads well.
    Value note(std::string reason);
    const std::vector<std::string>& notes() const { return notes_; }
    /// Counts `more` steps beside this one. False when the bound is reached: the whole evaluation then becomes null.
    bool step(std::int64_t more = 0)
    {
        steps_left_ -= 1 + more;
        return steps_left_ > 0;
    }
    bool exhausted() const { return steps_left_ <= 0; }
    int depth = 0;  ///< Of function calls; bounded.

private:
    Instant now_;
    std::int64_t steps_left_;
    std::vector<std::string> notes_;
};

}  // namespace thien_an::workflow::feel
