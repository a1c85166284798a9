#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

/// What a health facility says of a birth ("giấy chứng sinh") or a death ("giấy báo tử"), whichever way it says it: our own
/// JSON, a FHIR R4 Bundle, or table 9 of the health-insurance data set. Nothing is made up: what was not sent is empty.
/// Law: law-60-2014/art-16, nd-123-2015/art-4, nd-63-2024 (linked births and deaths).
namespace thien_an::civil_status {

enum class NoticeKind : std::int64_t { birth = 1, death = 2 };

struct NoticePerson {
    std::string full_name;
    std::string sex;  ///< "female", "male", "other" or "".
    std::optional<Day> born_on;
    std::int64_t birth_year = 0;  ///< Where the day is not known.
    std::string ethnicity;        ///< Code of the list; "".
    std::string nationality;      ///< "VN"; "".
    std::string identity_number;
    std::string unit;  ///< Code of the commune of residence.
    std::string residence;
    std::string phone;

    std::int64_t year() const;  ///< Of birth; 0 when it is not known.
};

struct Notice {
    NoticeKind kind = NoticeKind::birth;
    std::string number;  ///< The facility's own; with the facility it names the notice.
    std::string facility_code;
    std::string facility_name;
    std::optional<Day> issued_on;
    Instant at;  ///< Of the birth or death.
    bool time_known = true;
    std::string place;
    std::int64_t weight_grams = 0;  ///< At birth; 0: not said.
    std::string cause;              ///< Of death.
    NoticePerson subject;           ///< The child, or the deceased.
    NoticePerson mother;
    std::string father_name;
    /// Where each thing stood in what was sent, for the sender: "mother.full_name" -> "/HO_TEN_NND".
    std::map<std::string, std::string, std::less<>> places = {};
};

/// Problems of all readers: "civil_status.notice_missing" and "civil_status.notice_bad_value", field is the place in what
/// was sent. A Bundle's: "civil_status.notice_not_a_bundle", "civil_status.notice_no_subject", "civil_status.notice_no_mother".
Result<Notice> notice_from_fhir(const json::value& bundle, NoticeKind kind);
/// Table 9, alone or in its envelope (GIAMDINHHS, content in base64). `facility` where no envelope names one. Problems also
/// "civil_status.notice_not_xml9", "civil_status.notice_not_one" and those of xml::parse.
Result<Notice> notice_from_xml9(std::string_view xml, std::string_view facility);

/// What every notice must have and hold: Problems as above, and "civil_status.notice_in_future".
Result<Done> check_notice(const Notice& notice, Instant now);

/// As it is kept, without `places`. The same content gives the same JSON.
json::object notice_value(const Notice& notice);
Notice notice_of_value(const json::value& v);

}  // namespace thien_an::civil_status
