#pragma once

#include <string>
#include <utility>
#include <vector>

namespace thien_an {

/// Why a request was not done: something the person asking can understand and mend.
/// Becomes application/problem+json (RFC 9457) on the wire and a sentence beside the field on a page.
/// Faults nobody asking can mend (disk full, a bug) are exceptions, not Problems.
struct Problem {
    std::string code;   ///< Stable, dotted, never translated: "civil_status.birth_in_future".
    std::string field;  ///< JSON Pointer into what was sent, "/child/born_on"; empty: the whole request.
    std::string law;    ///< Where the rule is written, as docs/law names it; empty: technical.
    /// Values the sentence of `code` mentions, by name: {"who", "Trần Thị Mỹ Lệ"}. Never personal data in logs.
    std::vector<std::pair<std::string, std::string>> words = {};
};

}  // namespace thien_an
