#pragma once

#include <span>

#include "engine/web/route.h"

/// The portal of public services ("Cổng dịch vụ công"): what citizens and strangers reach.
namespace thien_an::portal {

std::span<const web::Route> routes();

}  // namespace thien_an::portal
