#pragma once

#include <string>
#include <vector>

#include "engine/casework/casework.h"

#include "systems/one_stop/visit.h"

/// Giving tasks to a colleague: one from the dossier's page, or the picked ones of the queue.
namespace thien_an::one_stop {

struct GiveForm {
    std::vector<casework::TaskId> tasks;
    std::string back;  ///< Where one came from, and goes back to.
    std::string back_text = {};
    std::string action = "/ban-lam-viec/giao";
};

web::Response draw_give_form(const GiveForm& form, const web::Context& context);
web::Response take_give_form(const GiveForm& form, const web::Request& request, const web::Context& context);

}  // namespace thien_an::one_stop
