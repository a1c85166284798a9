#pragma once

#include <string_view>
#include <vector>

#include "engine/workflow/process.h"

namespace thien_an::workflow {

/// What is wrong with one file by itself, as `thienan check FILE` prints it: BPMN when the name ends in
/// .bpmn, DMN when it
/// ends in .dmn. References to a host (actions, forms, posts, decisions of other files) are taken as good.
std::vector<Finding> check_file(std::string_view name, std::string_view text);

}  // namespace thien_an::workflow
