#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/casework/procedure.h"
#include "engine/casework/province_files.h"

namespace {

using namespace thien_an;
using namespace thien_an::casework;

const ProvinceFiles& province()
{
    static const auto files = ProvinceFiles::load(THIENAN_SOURCE_DIR).value();
    return *files;
}

const FolderFiles& birth()
{
    namespace fs = std::filesystem;
    static const auto files = [] {
        FolderFiles found;
        const fs::path folder = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration";
        for (const auto& entry : fs::recursive_directory_iterator(folder)) {
            if (!entry.is_regular_file()) continue;
            std::ifstream in(entry.path(), std::ios::binary);
            std::stringstream text;
            text << in.rdbuf();
            found.emplace(fs::relative(entry.path(), folder).generic_string(), text.str());
        }
        return found;
    }();
    return files;
}

}  // namespace

/// The folder of birth registration with another procedure.json, as somebody may publish it: refused with file and
/// reason, or a procedure that answers every question of every day.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size)
{
    auto files = birth();
    files["procedure.json"].assign(reinterpret_cast<const char*>(bytes), size);
    const Known known{
        .rules =
            {"civil_status.birth_declaration",
             "civil_status.timeliness",
             "civil_status.competent_commune",
             "civil_status.parents",
             "civil_status.possible_duplicate"},
        .actions = {},
        .registers = {"births"},
        .codes = &province(),
        .day = Day{std::chrono::year{2026} / 7 / 1}};
    const auto loaded = Procedure::load(files, known);
    if ((loaded.procedure == nullptr) == loaded.faults.empty()) std::abort();
    for (const auto& fault : loaded.faults)
        if (fault.file.empty() || fault.problem.code.empty()) std::abort();
    if (!loaded.procedure) return 0;
    const auto& p = *loaded.procedure;
    for (const int year : {1, 2016, 2026, 9999}) {
        const Day day{std::chrono::year{year} / 7 / 1};
        (void)p.filing_open(day);
        (void)p.legal_basis(day);
        (void)p.papers_wanted(json::object{}, "portal", day);
        (void)p.service_level(day);
        (void)p.time_limit(day);
        (void)p.supplement(day);
        (void)p.hand_over(day);
        (void)p.decided_by(day);
        (void)p.original(day);
    }
    return 0;
}
