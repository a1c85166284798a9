#pragma once

#include <span>

#include "engine/web/desk.h"
#include "engine/web/route.h"

/// Justice ("tư pháp") at the desk.
namespace thien_an::justice {

std::span<const web::Route> routes();
/// Lines of the desk's navigation.
std::span<const web::DeskEntry> desk_entries();

}  // namespace thien_an::justice
