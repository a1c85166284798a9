#include "engine/workflow/check.h"

#include "engine/workflow/dmn.h"

namespace thien_an::workflow {

std::vector<Finding> check_file(std::string_view name, std::string_view text)
{
    if (name.ends_with(".dmn")) return Decisions::load({{std::string(name), std::string(text)}}).findings;
    Vocabulary vocabulary;
    vocabulary.any_action = true;
    std::vector<Finding> out;
    for (auto& loaded : Process::load_all(text, name, vocabulary))
        out.insert(out.end(), loaded.findings.begin(), loaded.findings.end());
    return out;
}

}  // namespace thien_an::workflow
