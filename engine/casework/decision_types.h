#pragma once

#include <string>
#include <vector>

#include "engine/casework/form.h"
#include "engine/casework/procedure.h"
#include "engine/workflow/dmn.h"

/// Whether what a decision asks of the form is of the type it says, and lists every answer the form allows.
namespace thien_an::casework {

/// Of the tables of `file` that `decision` needs. Faults "packs.no_such_answer" (words input),
/// "packs.answer_type" (words input, asked, answered), "packs.answer_not_listed" (words input, answer).
std::vector<PackFault> decision_faults(
    const workflow::Decisions& decisions,
    const std::string& file,
    const json::value& form_schema,
    const CodeLists& codes,
    Day day
);

/// Name of the code list the answer an input asks for is chosen from; "" when it is none.
std::string code_list_of(const json::value& form_schema, std::string_view input);

}  // namespace thien_an::casework
