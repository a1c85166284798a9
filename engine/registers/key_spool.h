#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <vector>

#include "engine/registers/person_rows.h"

/// Keys on their way into an index in order, whatever their number: sorted runs in files that have no name, merged when
/// they are read (external merge sort; Knuth, The Art of Computer Programming 3, 5.4).
namespace thien_an::registers {

class KeySpool {
public:
    explicit KeySpool(std::filesystem::path folder) : folder_(std::move(folder)) {}
    void add(const PersonKey& key);
    /// The next keys in order, each once; empty at the end. Nothing is added any more.
    std::vector<PersonKey> next(std::size_t most);

private:
    struct Close {
        void operator()(std::FILE* file) const { std::fclose(file); }
    };
    /// A sorted run being read.
    struct Run {
        std::unique_ptr<std::FILE, Close> file;
        std::vector<PersonKey> read;
        std::size_t at = 0;
        bool fill();  ///< False at the end.
    };
    void write_run();
    void begin_reading();

    std::filesystem::path folder_;
    std::vector<PersonKey> kept_;
    std::vector<Run> runs_;
    std::vector<std::size_t> heap_;  ///< Runs, that with the least key in front.
    bool reading_ = false;
};

}  // namespace thien_an::registers
