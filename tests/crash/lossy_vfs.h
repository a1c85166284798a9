#pragma once

#include <string>

/// A disk for SQLite that forgets, when the process is killed, what was not synced: writes stay in memory until xSync.
/// Now and then one reaches the disk early, whole or torn, as an operating system may do on its own.
namespace thien_an::crash {

enum class Syncs { honest, ignored };  ///< `ignored`: the seeded fault, a program that does not sync.

/// Registers the disk with SQLite and gives its name for Settings::vfs. `seed` decides what reaches the disk early.
std::string register_lossy_vfs(Syncs syncs, unsigned seed);

}  // namespace thien_an::crash
