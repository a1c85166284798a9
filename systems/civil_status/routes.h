#pragma once

#include <span>

#include "engine/web/route.h"

/// Civil status ("hộ tịch") at the desk: the register of births and the stock of pre-printed forms.
namespace thien_an::civil_status {

std::span<const web::Route> routes();

}  // namespace thien_an::civil_status
