#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json.h"
#include "engine/workflow/feel.h"
#include "engine/workflow/process.h"

/// Decisions from DMN 1.5 files: tables, graphs and boxed expressions, compiled once, explained on every run.
namespace thien_an::workflow {

/// How one decision was reached.
struct Decided {
    std::string decision;
    feel::Value output;
    json::value inputs;              ///< What it was asked with.
    std::vector<std::string> rules;  ///< Ids of the rules that matched, of every table asked, in order.
    std::vector<std::string> notes;  ///< Why something became null.
};

struct DecisionGraph;

/// The decisions of one or more files. Immutable; shared by threads.
class Decisions {
public:
    struct Loaded {
        std::shared_ptr<const Decisions>
            decisions;  ///< Null when there are errors. Shared: processes keep it.
        std::vector<Finding> findings;
    };
    /// A folder of ours refuses what does not compile and tables with gaps; a stranger's model (`lenient`)
    /// runs as far as
    /// it goes, what does not compile being null.
    enum class Strictness { strict, lenient };
    /// Files by name and text. Everything is compiled and every table checked for gaps, overlaps and masked
    /// rules.
    static Loaded load(
        const std::vector<std::pair<std::string, std::string>>& files,
        Strictness strictness = Strictness::strict
    );

    explicit Decisions(std::unique_ptr<const DecisionGraph> graph);
    ~Decisions();
    Decisions(const Decisions&) = delete;
    Decisions& operator=(const Decisions&) = delete;

    bool has(std::string_view decision) const;  ///< By id or name.
    std::vector<std::string> names() const;
    /// Names of the input data `decision` needs, its own and those of the decisions it needs.
    std::vector<std::string> inputs(std::string_view decision) const;
    /// Problem "dmn.no_such_decision"; "dmn.no_result" (words decision, why) when a table of unique rules
    /// matches none
    /// or several, or an input has a value its list does not allow.
    Result<Decided> decide(std::string_view decision, const feel::Context& inputs, Instant now) const;
    /// As decide, but null where there is no result; a function (knowledge model or service) is called with
    /// `inputs` as
    /// its arguments by name.
    Decided evaluate(std::string_view name, const feel::Context& inputs, Instant now) const;
    const DecisionGraph& graph() const { return *graph_; }

private:
    std::unique_ptr<const DecisionGraph> graph_;
};

}  // namespace thien_an::workflow
