#include <fstream>

#include "engine/storage/file_kind.h"

/// Any bytes have a verdict, within bounds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto path = std::filesystem::temp_directory_path() / "thienan-file-kind-fuzz";
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
    static_cast<void>(thien_an::storage::sniff_file(path, {.entries_max = 100, .bytes_max = 1'000'000}));
    return 0;
}
