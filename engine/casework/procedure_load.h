#pragma once

#include "engine/casework/procedure.h"
#include "engine/workflow/feel.h"

/// A procedure as loaded: shared by its loader and its questions, included by nobody else.
namespace thien_an::casework {

struct CompiledProcedure {
    FolderFiles files;
    json::value metadata;
    std::string id;
    std::string system;
    std::optional<Form> form;
    std::map<std::string, Form, std::less<>> task_forms;
    std::shared_ptr<const workflow::Process> process;      // Shared with the instances that run it.
    std::shared_ptr<const workflow::Decisions> decisions;  // Shared with the process.
    std::map<std::string, workflow::feel::Expression, std::less<>>
        conditions;  ///< `when` of papers and time limits, by their text.
    json::value words_vi;
    json::value words_en;

    /// Whether a `when` holds for the answers; an empty one always does.
    bool condition_holds(std::string_view when, const json::value& form, std::string_view channel, Day day)
        const;
};

}  // namespace thien_an::casework
