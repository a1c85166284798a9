#pragma once

#include <filesystem>
#include <string>
#include <vector>

/// The folder of packs as files: texts, folders of words, folders of procedures.
namespace thien_an::program {

/// The whole file. Throws std::runtime_error when it cannot be read.
std::string read_text(const std::filesystem::path& file);
/// Every folder with words.vi.json below the packs, but those of data packs.
std::vector<std::filesystem::path> word_folders(const std::filesystem::path& packs);

}  // namespace thien_an::program
