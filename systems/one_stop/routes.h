#pragma once

#include <span>

#include "engine/web/route.h"

/// The one-stop shop ("một cửa"): the desk and the counter of every agency.
namespace thien_an::one_stop {

std::span<const web::Route> routes();

}  // namespace thien_an::one_stop
