#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "engine/workflow/process.h"

#include "programs/thienan_conformance/suites.h"

namespace thien_an::conformance {
namespace fs = std::filesystem;

int run_bpmn_refuse(const fs::path& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".bpmn") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    workflow::Vocabulary vocabulary;
    vocabulary.any_action = true;
    int passed = 0;
    int failed = 0;
    for (const auto& file : files) {
        std::ifstream in(file);
        std::stringstream text;
        text << in.rdbuf();
        const auto loaded = workflow::Process::load(text.str(), file.filename().string(), vocabulary);
        const bool must_load =
            std::any_of(file.begin(), file.end(), [](const fs::path& part) { return part == "REF"; });
        const bool good = must_load == (loaded.process != nullptr);
        ++(good ? passed : failed);
        const auto remark = loaded.findings.empty() ? std::string() : text_of(loaded.findings.front());
        fmt::print(
            "\"{}\",\"{}\",\"{}\"\n", fs::relative(file, folder).string(), good ? "SUCCESS" : "ERROR", remark
        );
    }
    fmt::print("{} passed, {} failed\n", passed, failed);
    return failed;
}

}  // namespace thien_an::conformance
