#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/storage/database.h"

/// The work a server is killed in, and what must be true of what it left.
namespace thien_an::crash {

struct Place {
    std::string address;           ///< Of the database.
    std::filesystem::path folder;  ///< Of the files.
};

/// How the server that is killed stores.
struct Disks {
    bool lossy = false;
    bool sync_rows = true;
    bool sync_files = true;
    unsigned seed = 1;
};

/// Runs commands on several threads without end. Each gives the next number of a book to an entry with a file, and one
/// line, "book number mark", is written to `acknowledged` after its COMMIT.
[[noreturn]] void work_for_ever(const Place& place, const Disks& disks, int acknowledged);

struct Entry {
    std::int64_t book = 0;
    std::int64_t number = 0;
    std::int64_t mark = 0;  ///< Of the client's request.
};

struct Found {
    std::int64_t entries = 0;
    std::vector<std::string> faults;  ///< Sentences; empty when all is well.
};
/// What is there now, against what was acknowledged.
Found look(const Place& place, const std::vector<Entry>& acknowledged);

}  // namespace thien_an::crash
