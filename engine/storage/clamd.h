#pragma once

#include <chrono>
#include <string>

#include "engine/storage/files.h"

namespace thien_an::storage {

/// Asks the virus scanner clamd, streaming the file to it (INSTREAM); `address` is "unix:/run/clamav/clamd.ctl" or
/// "host:port". The scan throws StorageError when clamd does not answer within `patience`: the file is not taken.
VirusScan clamd_scan(const std::string& address, std::chrono::seconds patience = std::chrono::seconds(60));

}  // namespace thien_an::storage
