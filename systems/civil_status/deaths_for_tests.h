#pragma once

#include "engine/base/day.h"
#include "engine/registers/entries.h"

/// For the tests of this folder: entries of the registers of deaths and marriages with everything they need.
namespace thien_an::civil_status {

struct DeathForTests {
    Day born_on;
    Day died_on;
    std::string sex = "male";
    std::string kind = "in_time";
    std::string place = "Nhà riêng";
};

inline json::object death_fields(const DeathForTests& death, Day registered_on)
{
    return {
        {"deceased_full_name", "Lê Văn Năm"},
        {"deceased_born_on", iso(death.born_on)},
        {"deceased_sex", death.sex},
        {"deceased_ethnicity", "01"},
        {"deceased_nationality", "VN"},
        {"died_on", iso(death.died_on)},
        {"died_at_place", death.place},
        {"death_cause", "Bệnh già"},
        {"declarant_full_name", "Lê Thị Sáu"},
        {"declarant_relation", "child"},
        {"declarant_identity", "212000333"},
        {"registration_kind", death.kind},
        {"registered_on", iso(registered_on)},
        {"declarant_signed", "at_desk"},
        {"officer", "Trần Thị Mỹ Lệ"}};
}

struct MarriageForTests {
    std::int64_t husband_times = 1;
    std::int64_t wife_times = 1;
};

inline json::object marriage_fields(const MarriageForTests& marriage, Day registered_on)
{
    return {
        {"husband_full_name", "Nguyễn Hữu Thọ"},
        {"husband_born_on", "1990-02-03"},
        {"husband_nationality", "VN"},
        {"husband_residence", "xã Ba Tô"},
        {"husband_times", marriage.husband_times},
        {"wife_full_name", "Phạm Thị Vy"},
        {"wife_born_on", "1992-04-05"},
        {"wife_nationality", "VN"},
        {"wife_residence", "xã Ba Tô"},
        {"wife_times", marriage.wife_times},
        {"foreign_element", "no"},
        {"registration_kind", "new"},
        {"registered_on", iso(registered_on)},
        {"both_signed", "at_desk"},
        {"officer", "Trần Thị Mỹ Lệ"}};
}

/// Age on a day, as the law counts it.
inline int whole_years(Day born, Day on)
{
    const std::chrono::year_month_day from{born}, to{on};
    const int years = int(to.year()) - int(from.year());
    const bool before = std::pair(to.month(), to.day()) < std::pair(from.month(), from.day());
    return before ? years - 1 : years;
}

}  // namespace thien_an::civil_status
