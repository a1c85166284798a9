#pragma once

#include <filesystem>
#include <memory>

#include "engine/documents/paper.h"

#include "systems/civil_status/statistics.h"

/// Data of this system that is no pack: papers for notices and layouts of statistics. Read once at start.
namespace thien_an::civil_status {

struct Files {
    documents::Paper birth_notice;
    documents::Paper death_notice;
    StatisticsLayouts layouts;

    /// `folder` is systems/civil_status. Problems of documents::Paper::read and StatisticsLayouts::load. Throws
    /// std::runtime_error for a file that cannot be read.
    static Result<std::unique_ptr<Files>> load(const std::filesystem::path& folder);
};

}  // namespace thien_an::civil_status
