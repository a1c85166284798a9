#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/casework/packs.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// The page that shows what a version of a pack changes, before somebody puts it in force.
namespace thien_an::administration {

struct ChangePage {
    std::string title;
    std::string subtitle;
    std::string back;
    std::string back_text;
    casework::FolderFiles before;  ///< In force; empty when the pack is new.
    casework::FolderFiles after;
    std::vector<casework::PackFault> faults = {};
    json::value note = nullptr;  ///< (kind, icon, text)
    json::value form = nullptr;  ///< (action, submit, fields, hidden); null: nothing can be done with it.
    std::string zip_href = {};
    std::vector<Problem> problems = {};
};
/// Status 422 when there are faults or problems.
web::Response draw_change(ChangePage page, const web::Context& context);

/// Faults as rows of a table: file, line, text.
json::array fault_values(const std::vector<casework::PackFault>& faults, const web::Context& context);

}  // namespace thien_an::administration
