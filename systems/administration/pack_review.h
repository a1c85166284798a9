#pragma once

#include <string>

#include "engine/casework/packs.h"
#include "engine/web/context.h"
#include "engine/web/http.h"

/// A folder somebody wants to put in force: proved, shown beside the version in force, confirmed by the same person.
namespace thien_an::administration {

struct Review {
    std::string kind;  ///< "procedure" or "register"
    casework::FolderFiles files;
    std::string back;
    std::string back_text;
};
/// What it would change, with the button that publishes it; the caller has seen that it has no faults.
web::Response review_change(const Review& review, const web::Context& context);
/// Its process cannot be proved: asks for the reason of who signs for it.
web::Response ask_signature(
    const Review& review,
    const std::string& reason,
    std::vector<Problem> problems,
    const web::Context& context
);

/// The folder a confirmed request names, which this very person was shown. Problem "administration.no_file".
Result<casework::FolderFiles> confirmed_files(const web::Request& request, const web::Context& context);
std::string kind_in(const web::Request& request);
/// The name the folder gives itself; "" when it gives none.
std::string name_in(const casework::FolderFiles& files);
/// Empty when nothing of that name is in force.
casework::FolderFiles files_in_force(const std::string& name, const web::Context& context);

}  // namespace thien_an::administration
