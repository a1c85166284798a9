#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/reading.h"

#include "systems/one_stop/visit.h"

/// One act of an officer as a page: what it will do, the post, the fields (page "one_stop/form").
namespace thien_an::one_stop {

struct ActForm {
    std::string title;
    std::string subtitle = {};
    std::string back;       ///< Address of the page one came from.
    std::string back_text;  ///< Its name.
    std::string action;
    std::string submit;
    bool bad = false;
    bool with_files = false;
    json::array fields = {};
    json::array notes = {};  ///< Of note().
    std::string quote = {};
    json::array pairs = {};
    std::vector<casework::FieldError> errors = {};
    std::vector<Problem> problems = {};
    /// Ways in which the officer may do it; one is only named, of several one is chosen.
    std::vector<Way> ways = {};
    std::string chosen_way = {};
};

json::object note(std::string_view kind, std::string_view icon, std::string text);
web::Response draw_act(ActForm form, const web::Context& context);
/// The sentence of the first problem with this field; "" when there is none.
std::string error_at(
    const std::vector<Problem>& problems, std::string_view pointer, const web::Context& context
);
/// Problems without a place stand at `pointer`.
std::vector<Problem> placed(std::vector<Problem> problems, std::string_view pointer);
/// Whoever did it before us is named, and what was typed is shown so that it is not lost.
web::Response draw_conflict(
    std::string_view code, const Problem& problem, std::string_view kept, const web::Context& context
);
/// True for problems that say somebody else was first.
bool is_conflict(const Problem& problem);

}  // namespace thien_an::one_stop
