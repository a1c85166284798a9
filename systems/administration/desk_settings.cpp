#include "systems/administration/desk_settings.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "engine/identity/audit.h"

namespace thien_an::administration {
namespace {

constexpr std::array changeable{
    Changeable{"one_stop.rating_open_days"},
    Changeable{"one_stop.draft_kept_days"},
    Changeable{"one_stop.same_person_allowed", Changeable::Kind::yes_no}};

constexpr std::int64_t look_every_ms = 1000;

Result<Done> fits(const Changeable& setting, const json::value& value)
{
    if (setting.kind == Changeable::Kind::yes_no && value.is_bool()) return Done{};
    const bool in_bounds = setting.kind == Changeable::Kind::days && value.is_int64() &&
                           value.get_int64() >= setting.least && value.get_int64() <= setting.most;
    if (in_bounds) return Done{};
    return Problem{
        .code = "administration.bad_setting",
        .field = "/value",
        .law = "",
        .words = {{"least", std::to_string(setting.least)}, {"most", std::to_string(setting.most)}}};
}

std::int64_t milliseconds_now()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

std::span<const Changeable> changeable_settings() { return changeable; }

const Changeable* changeable_setting(std::string_view key)
{
    const auto* found = std::ranges::find(changeable, key, &Changeable::key);
    return found == changeable.end() ? nullptr : found;
}

DeskSettings::DeskSettings(const casework::Settings& shipped, storage::Database& database)
    : shipped_(shipped), database_(database)
{
    refresh();
}

void DeskSettings::refresh() const
{
    const auto rows = database_.read([&](storage::Reader& db) {
        const auto count = desk_settings_count(db);
        const std::shared_lock lock(mutex_);
        return count == std::int64_t(rows_.size()) ? std::vector<DeskSetting>{} : desk_settings(db);
    });
    const std::unique_lock lock(mutex_);
    for (const auto& row : rows) {
        const auto [first, last] = rows_.equal_range(row.key);
        const bool known =
            std::any_of(first, last, [&](const auto& held) { return held.second->id == row.id; });
        if (!known) rows_.emplace(row.key, std::make_unique<const DeskSetting>(row));
    }
}

void DeskSettings::look_again() const
{
    const auto now = milliseconds_now();
    auto before = looked_at_.load();
    if (now - before < look_every_ms || !looked_at_.compare_exchange_strong(before, now)) return;
    refresh();
}

/// The latest made whose day has come. The caller holds the mutex.
const DeskSetting* DeskSettings::find(std::string_view key, Day day) const
{
    const DeskSetting* found = nullptr;
    const auto [first, last] = rows_.equal_range(key);
    for (auto row = first; row != last; ++row)
        if (row->second->valid_from <= day && (found == nullptr || row->second->id > found->id))
            found = row->second.get();
    return found;
}

const json::value* DeskSettings::setting(std::string_view key, Day day) const
{
    if (changeable_setting(key) != nullptr) {
        look_again();
        const std::shared_lock lock(mutex_);
        if (const auto* row = find(key, day)) return &row->value;
    }
    return shipped_.setting(key, day);
}

std::optional<DeskSetting> DeskSettings::changed(std::string_view key, Day day) const
{
    const std::shared_lock lock(mutex_);
    const auto* row = find(key, day);
    return row == nullptr ? std::nullopt : std::optional(*row);
}

Result<Done> DeskSettings::change(
    std::string_view key, const json::value& value, std::string_view reason, const identity::Act& act
)
{
    const auto* setting = changeable_setting(key);
    if (setting == nullptr) return Problem{.code = "administration.not_changeable", .field = "", .law = ""};
    TRY(fits(*setting, value));
    if (reason.empty())
        return Problem{.code = "administration.setting_reason", .field = "/reason", .law = ""};
    const DeskSetting row{
        .id = act.ids.next(),
        .key = std::string(key),
        .value = value,
        .valid_from = act.today(),
        .changed_at = act.now,
        .post = act.actor.post,
        .reason = std::string(reason)};
    TRY(database_.write({{"desk_settings", 1}}, [&](storage::Writer& db) -> Result<Done> {
        add_desk_setting(db, row);
        identity::audit(
            db,
            act,
            {.what = "setting.change",
             .subject = "setting",
             .subject_id = row.id,
             .about = {},
             .agency = {},
             .reason = row.reason,
             .detail = {{"key", row.key}, {"value", row.value}}}
        );
        return Done{};
    }));
    refresh();
    return Done{};
}

}  // namespace thien_an::administration
