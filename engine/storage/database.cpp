#include "engine/storage/database.h"

#include <algorithm>

#include "engine/storage/postgres_database.h"
#include "engine/storage/sqlite_database.h"

namespace thien_an::storage {

std::unique_ptr<Database> Database::open(const Settings& settings, std::span<const Migration> migrations)
{
    const std::string_view address = settings.address;
    if (address.starts_with("postgresql://") || address.starts_with("postgres://"))
        return open_postgres(settings, migrations);
    return open_sqlite(settings, migrations);
}

std::shared_ptr<void> Database::listen(std::string topic, std::function<void()> wake)
{
    // Shared, so that a caller may keep the handle as a plain std::shared_ptr<void>; there is one owner.
    auto* listener = new Listener{std::move(topic), std::move(wake)};
    std::shared_ptr<void> handle(listener, [this](void* gone) {
        const std::lock_guard lock(listeners_mutex_);
        std::erase(listeners_, gone);
        delete static_cast<Listener*>(gone);
    });
    const std::lock_guard lock(listeners_mutex_);
    listeners_.push_back(listener);
    return handle;
}

void Database::committed(std::vector<std::string> topics)
{
    if (topics.empty()) return;
    std::ranges::sort(topics);
    const std::lock_guard lock(listeners_mutex_);
    for (const auto* listener : listeners_)
        if (std::ranges::binary_search(topics, listener->topic)) listener->wake();
}

}  // namespace thien_an::storage
