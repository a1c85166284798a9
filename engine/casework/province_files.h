#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "engine/casework/form.h"
#include "engine/casework/office.h"
#include "engine/workflow/calendar.h"

/// The province's own data that forms and clocks read: code lists, units, settings and fees, as the folders say them.
/// Read once at start; dated, so ask with a day.
namespace thien_an::casework {

/// One file that cannot be used.
struct ProvinceFault {
    std::string file;
    std::string reason;
};

class ProvinceFiles final : public CodeLists, public Settings {
public:
    /// `root` holds province/ and systems/. Problem "casework.bad_province_file" (words file, reason).
    static Result<std::unique_ptr<ProvinceFiles>> load(const std::filesystem::path& root);

    const std::vector<Choice>* find(std::string_view list, Day day) const override;
    bool is_unit(std::string_view code, std::string_view level, Day day) const override;
    std::string unit_name(std::string_view code, Day day) const override;
    /// "phường X, thành phố Y, tỉnh Z" from the unit up.
    std::string unit_path(std::string_view code, Day day) const override;
    std::vector<Choice> units(std::string_view level, Day day) const override;
    const json::value* setting(std::string_view key, Day day) const override;
    std::map<std::string, std::int64_t> fees(Day day) const override;
    const workflow::Calendar& calendar(std::string_view use, std::string_view agency_key = {}) const override;

private:
    struct Dated {
        Validity validity;
        Choice choice;
    };
    struct UnitRow {
        Validity validity;
        std::string level;
        std::string name;
        std::string parent;
    };
    struct Setting {
        Validity validity;
        json::value value;
    };
    struct Fee {
        Validity validity;
        std::int64_t amount = 0;
    };
    const UnitRow* unit(std::string_view code, Day day) const;
    void add_list(const std::string& name, const json::value& entries, std::string_view key);
    void add_units(const json::value& source);
    Result<Done> add_calendars(const json::value& calendars, const json::value& agencies);
    void index_lists();
    void index_days_of_units();
    std::vector<Choice> units_on(std::string_view level, Day day) const;

    std::map<std::string, std::vector<Dated>, std::less<>> lists_;
    /// Choices between two days on which something changes: found by the day itself.
    std::map<std::string, std::map<Day, std::vector<Choice>>, std::less<>> by_day_;
    std::multimap<std::string, UnitRow, std::less<>> units_;
    std::set<Day> days_of_units_;  ///< On which something about them changes.
    mutable std::mutex named_mutex_;
    /// What units() was asked for: a level between two of those days.
    mutable std::map<std::pair<std::string, Day>, std::vector<Choice>> named_;
    std::multimap<std::string, Setting, std::less<>> settings_;
    std::multimap<std::string, Fee, std::less<>> fees_;
    std::map<std::string, workflow::Calendar, std::less<>> calendars_;          ///< By id.
    std::map<std::string, std::string, std::less<>> usual_calendars_;           ///< Use to id.
    std::map<std::pair<std::string, std::string>, std::string> own_calendars_;  ///< Agency and use to id.
};

}  // namespace thien_an::casework
