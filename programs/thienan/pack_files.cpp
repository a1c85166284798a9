#include "programs/thienan/pack_files.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace thien_an::program {

namespace fs = std::filesystem;

std::string read_text(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

std::vector<fs::path> word_folders(const fs::path& packs)
{
    std::vector<fs::path> folders;
    const auto add = [&](const fs::path& folder) {
        if (fs::exists(folder / "words.vi.json")) folders.push_back(folder);
    };
    add(packs / "ui");
    for (const auto* parent : {"engine", "systems", "programs"})
        for (const auto& entry : fs::directory_iterator(packs / parent)) add(entry.path());
    std::sort(folders.begin(), folders.end());
    return folders;
}

}  // namespace thien_an::program
