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
    std::map<std::string, workflow::feel::Expression, std::less<>> paper_conditions;  ///< By their text.
    json::value words_vi;
    json::value words_en;
};

}  // namespace thien_an::casework
