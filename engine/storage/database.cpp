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

namespace detail {
namespace {

/// "INSERT INTO t (a, b) VALUES (?1, ?2), (?3, ?4)".
std::string insert_text(const NewRows& rows, std::size_t count)
{
    auto sql = "INSERT INTO " + std::string(rows.table) + " (" + std::string(rows.columns) + ") VALUES ";
    for (std::size_t place = 1; place <= count * rows.width; ++place) {
        const auto column = (place - 1) % rows.width;
        if (column == 0) sql += place == 1 ? "(" : ", (";
        sql += (column == 0 ? "?" : ", ?") + std::to_string(place);
        if (column + 1 == rows.width) sql += ')';
    }
    return sql;
}

}  // namespace

void Session::insert(const NewRows& rows)
{
    constexpr std::size_t values_at_once = 1024;
    const auto most = std::max<std::size_t>(1, values_at_once / rows.width);
    auto& texts = inserts_[std::string(rows.table) + '(' + std::string(rows.columns)];
    texts.resize(most + 1);
    for (auto left = rows.values; !left.empty();) {
        const auto count = std::min(most, left.size() / rows.width);
        auto& text = texts[count];
        if (text.empty()) text = insert_text(rows, count);
        execute(text, left.first(count * rows.width));
        left = left.subspan(count * rows.width);
    }
}

}  // namespace detail

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
