#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>

#include "engine/casework/office.h"

#include "systems/administration/settings_store.h"

/// The province's settings with what the desk has changed on top: casework asks here.
namespace thien_an::administration {

/// A setting people may change, and what it takes.
struct Changeable {
    enum class Kind { days, yes_no };
    std::string_view key;
    Kind kind = Kind::days;
    std::int64_t least = 1;
    std::int64_t most = 365;
};
std::span<const Changeable> changeable_settings();
const Changeable* changeable_setting(std::string_view key);

class DeskSettings final : public casework::Settings {
public:
    /// Both must outlive it.
    DeskSettings(const casework::Settings& shipped, storage::Database& database);

    /// Of the desk when it has set one for that day, else of the province's files. Looks every second whether another
    /// node has changed one.
    const json::value* setting(std::string_view key, Day day) const override;
    std::map<std::string, std::int64_t> fees(Day day) const override { return shipped_.fees(day); }
    const workflow::Calendar& calendar(std::string_view use, std::string_view agency_key = {}) const override
    {
        return shipped_.calendar(use, agency_key);
    }

    /// The desk's row in force; nothing when the province's files say it.
    std::optional<DeskSetting> changed(std::string_view key, Day day) const;
    /// From today on. Problems "administration.not_changeable", "administration.bad_setting" (words least, most; field
    /// "/value"), "administration.setting_reason" (field "/reason"). Audited.
    Result<Done> change(
        std::string_view key, const json::value& value, std::string_view reason, const identity::Act& act
    );

private:
    void refresh() const;
    void look_again() const;
    const DeskSetting* find(std::string_view key, Day day) const;

    const casework::Settings& shipped_;
    storage::Database& database_;
    mutable std::shared_mutex mutex_;
    /// Never taken out while it lives: what setting() gives is read without the mutex.
    mutable std::multimap<std::string, std::unique_ptr<const DeskSetting>, std::less<>> rows_;
    mutable std::atomic<std::int64_t> looked_at_{0};
};

}  // namespace thien_an::administration
