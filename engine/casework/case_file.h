#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json.h"
#include "engine/base/result.h"

/// Worked examples of a procedure (docs/standards/case-format.md): read into statements, run by case_runner.h.
namespace thien_an::casework {

/// One line: its words, quotes and brackets kept together.
struct CaseStatement {
    enum class Kind { given, when, then };
    Kind kind = Kind::given;
    int line = 0;
    std::vector<std::string> words;  ///< Of a check of `then`: without the comma.
};

struct CaseFile {
    std::string claim;  ///< The first comment.
    std::vector<CaseStatement> statements;
};

/// Problems "case.syntax" (words line, reason).
Result<CaseFile> read_case(std::string_view text);

/// "/a/b = value" pairs from `words` on; the rest must be none. Bare words are text, days too.
/// Problem "case.syntax" (words reason).
struct CaseChange {
    std::string pointer;
    json::value value;
};
Result<std::vector<CaseChange>> case_changes(const std::vector<std::string>& words, std::size_t from);
json::value case_value(std::string_view word);

}  // namespace thien_an::casework
