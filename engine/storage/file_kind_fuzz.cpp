#include <unistd.h>

#include <fstream>

#include "engine/storage/file_archive.h"
#include "engine/storage/file_kind.h"

/// Any bytes have a verdict, within bounds; what claims to be an archive is unpacked within bounds too.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace thien_an::storage;
    static const auto path =
        std::filesystem::temp_directory_path() / ("thienan-file-kind-fuzz-" + std::to_string(getpid()));
    std::ofstream(path, std::ios::binary).write(reinterpret_cast<const char*>(data), std::streamsize(size));
    const ArchiveLimits limits{.entries_max = 100, .bytes_max = 1'000'000};
    static_cast<void>(sniff_file(path, limits));
    static_cast<void>(sniff_archive(path, limits));
    return 0;
}
