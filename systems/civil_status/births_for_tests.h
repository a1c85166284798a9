#pragma once

#include "engine/registers/entries.h"

/// For the tests of this folder: an entry of the register of births with everything it needs.
namespace thien_an::civil_status {

struct BirthForTests {
    std::string name = "Nguyễn Trà Giang";
    std::string born_on = "2016-02-20";
    std::string sex = "female";
    std::string kind = "in_time";
    std::string place = "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi";
    std::string personal_number = {};
};

inline json::object birth_fields(const BirthForTests& birth, Day registered_on)
{
    json::object fields{
        {"child_full_name", birth.name},
        {"child_born_on", birth.born_on},
        {"child_sex", birth.sex},
        {"child_ethnicity", "01"},
        {"child_nationality", "VN"},
        {"child_birthplace", birth.place},
        {"child_hometown", "xã Ba Tô"},
        {"mother_full_name", "Phạm Thị Vy"},
        {"mother_birth_year", 1991},
        {"mother_ethnicity", "01"},
        {"mother_nationality", "VN"},
        {"mother_residence", "xã Ba Tô"},
        {"declarant_full_name", "Phạm Thị Vy"},
        {"declarant_relation", "mother"},
        {"declarant_identity", "212000111"},
        {"registration_kind", birth.kind},
        {"registered_on", iso(registered_on)},
        {"declarant_signed", "at_desk"},
        {"officer", "Trần Thị Mỹ Lệ"}};
    if (!birth.personal_number.empty()) fields["personal_number"] = birth.personal_number;
    return fields;
}

}  // namespace thien_an::civil_status
