#include "engine/casework/case_runner.h"

#include <fstream>
#include <sstream>

#include "engine/casework/case_world.h"

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

std::string said(const Problem& problem)
{
    std::string out = problem.code + (problem.field.empty() ? "" : " at " + problem.field);
    for (const auto& [name, word] : problem.words) out += " " + name + "=" + word;
    return out;
}

/// Runs the statements; where one does not hold, fills in the result.
void run_statements(CaseWorld& world, const CaseFile& file, CaseResult& result)
{
    std::optional<Problem> last;
    bool told = true;  // Whether a `then` has named the last Problem.
    for (const auto& statement : file.statements) {
        result.line = statement.line;
        if (statement.kind != CaseStatement::Kind::then && !told) {
            result.why = "the act before was refused: " + said(*last);
            return;
        }
        if (statement.kind == CaseStatement::Kind::given) {
            world.given(statement);
        } else if (statement.kind == CaseStatement::Kind::when) {
            last = world.when(statement);
            told = !last;
        } else {
            result.why = world.check(statement, last);
            if (!result.why.empty() && last) result.why += " (the act was refused: " + said(*last) + ")";
            if (!result.why.empty()) return;
            if (statement.words.at(0) == "problem") told = true;
        }
    }
    if (!told) result.why = "the last act was refused: " + said(*last);
    result.passed = result.why.empty();
}

}  // namespace

std::vector<fs::path> case_files(const std::vector<fs::path>& paths)
{
    std::vector<fs::path> files;
    for (const auto& path : paths) {
        if (fs::is_regular_file(path)) files.push_back(path);
        if (!fs::is_directory(path)) continue;
        for (const auto& entry : fs::recursive_directory_iterator(path))
            if (entry.path().extension() == ".case") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<CaseResult> run_cases(const CaseSetup& setup, const std::vector<fs::path>& files)
{
    std::vector<CaseResult> results;
    if (files.empty()) return results;
    CaseTemplate from(setup);
    for (const auto& path : files) {
        CaseResult result{path};
        std::ifstream in(path, std::ios::binary);
        std::stringstream text;
        text << in.rdbuf();
        const auto file = read_case(text.str());
        if (!file) {
            result.why = said(file.problem());
        } else {
            try {
                CaseWorld world(from, fs::absolute(path).parent_path());
                run_statements(world, file.value(), result);
            } catch (const std::exception& fault) {
                result.why = fault.what();
            }
        }
        results.push_back(std::move(result));
    }
    return results;
}

}  // namespace thien_an::casework
