#pragma once

#include <span>

#include "engine/web/desk.h"
#include "engine/web/route.h"

/// The desk of those who run the system ("Quản trị"): agencies, people, posts, delegation, import, settings,
/// outbox and incidents, audit, packs.
namespace thien_an::administration {

std::span<const web::Route> routes();
/// Lines of the desk's navigation that are this system's.
std::span<const web::DeskEntry> desk_entries();

}  // namespace thien_an::administration
