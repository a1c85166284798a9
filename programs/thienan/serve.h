#pragma once

#include "programs/thienan/options.h"

namespace thien_an::program {

/// Runs the province until SIGINT or SIGTERM; the exit code.
int serve(const Options& options);

}  // namespace thien_an::program
