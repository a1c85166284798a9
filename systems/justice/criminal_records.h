#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

/// What a criminal record is and what each of the two certificates ("phiếu lý lịch tư pháp") says of it: pure functions of
/// the record and a day. Law: law-28-2009; erasure of a conviction ("xóa án tích"): law-15-1999 until 2017, law-100-2015
/// since.
namespace thien_an::justice {

enum class Penalty { exempted, warning, fine, reform, suspended_prison, prison, life };
std::string_view name_of(Penalty penalty);
std::optional<Penalty> penalty_named(std::string_view name);

/// One judgment in force, as court or police told it.
struct Conviction {
    std::string judgment;  ///< "Bản án 12/2010/HSST"
    std::string court;
    Day judged_on;
    std::string offence;  ///< "Trộm cắp tài sản, Điều 138"
    Penalty penalty = Penalty::fine;
    int months = 0;              ///< Of prison, suspended or not.
    bool by_court_only = false;  ///< Offences whose erasure a court must decide (art 71 of the code of 2015).
    std::optional<Day> served_on;          ///< Main penalty served, or the probation of a suspended one over.
    std::optional<Day> decisions_done_on;  ///< Additional penalties and everything else the judgment orders.
    std::optional<Day> additional_until;   ///< An additional penalty that runs longer than the main one.
    std::optional<Day> new_offence_on;  ///< Of a new crime before the period was over: no erasure by itself.
    std::optional<Day> erased_by_court_on;
};

/// A ban on holding posts or founding and managing enterprises, by decision of a court.
struct Ban {
    std::string what;
    std::string decision;
    Day from;
    std::optional<Day> until;  ///< Nothing: not known to end.
};

struct Record {
    std::vector<Conviction> convictions;
    std::vector<Ban> bans;
};

/// Since when the conviction counts as erased under the code in force on `day`; nothing while it does not.
/// Law: law-15-1999/art-63, art-64, art-65 until 2017-12-31; law-100-2015/art-69, art-70, art-71 from 2018-01-01, also for
/// judgments before it (nq-41-2017).
std::optional<Day> erased_since(const Conviction& conviction, Day day);

enum class Form { one = 1, two = 2 };

struct ShownConviction {
    Conviction conviction;
    std::optional<Day> erased;  ///< Only form 2 shows one that is.
};
struct Shown {
    std::vector<ShownConviction> convictions;
    std::vector<Ban> bans;
    bool clean() const { return convictions.empty(); }
};

/// Form 1 shows what is not erased, and bans only when the requester asked for them; form 2 shows everything.
/// Law: law-28-2009/art-41, art-42, art-43.
Shown shown_on(Form form, const Record& record, Day day, bool bans_asked);

/// Who stands at the desk, in relation to the person the certificate is about.
enum class Requester { self, parent, spouse, child, guardian, proxy, agency, proceedings_agency };
std::optional<Requester> requester_named(std::string_view name);

/// Whether `requester` may ask for this form. A proxy needs a written mandate, which is a paper of the dossier.
/// Problems "justice.form_2_by_proxy", "justice.guardian_of_adult", "justice.agency_form_1_only",
/// "justice.proceedings_agency_form_2_only". Law: law-28-2009/art-7, art-41, art-45, art-46.
Result<Done> may_request(Form form, Requester requester, Day born_on, Day day);
/// Parents, spouse and children need none for form 1; agencies and guardians have papers of their own.
bool needs_mandate(Form form, Requester requester);

/// {"convictions": [...], "bans": [...]}: how it comes in an answer. Problem "justice.record_unreadable" (words reason).
Result<Record> record_from(const json::value& v);
json::value to_json(const Record& record);
/// The lines that stand on the certificate.
std::string written(const ShownConviction& shown);
std::string written(const Ban& ban);

}  // namespace thien_an::justice
