#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/base/result.h"

/// Security over movables ("giao dịch bảo đảm bằng động sản"): what a notice says and what follows from the
/// notices of one registration. Pure: no database, no clock. Law: nd-83-2010, nd-102-2017, nd-99-2022, by the
/// day of filing.
namespace thien_an::justice {

enum class NoticeKind : std::int64_t {
    registration = 1,
    change = 2,
    enforcement = 3,
    deregistration = 4,
    correction = 5,  ///< Of an error of the register itself, by the registrar.
};
std::string_view word_of(NoticeKind kind);  ///< "registration"...
std::optional<NoticeKind> notice_kind(std::string_view word);

/// How a person is known to the register. Individuals by identity number, organisations by tax or enterprise
/// code, foreigners by passport.
enum class PartyKind : std::int64_t { individual = 1, organisation = 2, foreign = 3 };
std::string_view word_of(PartyKind kind);
std::optional<PartyKind> party_kind(std::string_view word);

struct SecuredParty {
    PartyKind kind = PartyKind::individual;
    std::string name;
    std::string number;  ///< Normalised: party_number.
    std::string address = {};
    bool operator==(const SecuredParty&) const = default;
};

/// A vehicle by its serial numbers, normalised; any of the three may be missing, not all.
struct Vehicle {
    std::string chassis;  ///< Số khung
    std::string engine;   ///< Số máy
    std::string plate;    ///< Biển số
    bool operator==(const Vehicle&) const = default;
};

/// What is filed. A registration fills parties, collateral and vehicles; a change what it changes; the others
/// a reason.
struct Notice {
    NoticeKind kind = NoticeKind::registration;
    std::int64_t registration = 0;            ///< That it goes on from; 0 for a registration.
    std::vector<SecuredParty> grantors = {};  ///< Bên bảo đảm; of a change: instead of those before.
    std::vector<SecuredParty> secured = {};   ///< Bên nhận bảo đảm; of a change: an assignment.
    std::vector<SecuredParty> agents = {};    ///< Whom the secured party lets act for it.
    std::string collateral = {};              ///< Description; of a change: what is added.
    std::vector<Vehicle> vehicles = {};       ///< Of a change: added.
    std::string released = {};                ///< Of a change: described collateral taken out.
    std::vector<Vehicle> released_vehicles = {};
    std::string contract = {};  ///< Number and day of the contract.
    std::string reason = {};    ///< Why; of an enforcement notice: how, when and where.
    bool operator==(const Notice&) const = default;
};

json::object json_of(const Notice& notice);
/// Problem "justice.bad_notice" (field is the pointer) for JSON that is no notice.
Result<Notice> notice_from(const json::value& v);

/// A notice as the register keeps it.
struct FiledNotice {
    std::int64_t number = 0;
    std::int64_t registration = 0;
    Instant filed_at;  ///< A whole second.
    Notice notice;
    bool operator==(const FiledNotice&) const = default;
};
std::string printed(std::int64_t number);  ///< "0000000042"
/// "42" or "0000000042"; nothing for anything else.
std::optional<std::int64_t> notice_number(std::string_view text);

/// Since when something stands in the registration: its rank. Earlier filed comes first; within one second
/// the lower number.
struct Rank {
    Instant filed_at;
    std::int64_t number = 0;
    auto operator<=>(const Rank&) const = default;
};

template <typename T>
struct Standing {
    T what;
    Rank since;
    bool operator==(const Standing&) const = default;
};

/// What a registration says after its notices: their fold.
struct Registration {
    std::int64_t number = 0;
    bool in_force = true;  ///< Until deregistered; it never lapses by itself.
    bool enforced = false;
    std::vector<Standing<SecuredParty>> grantors;
    std::vector<SecuredParty> secured;
    std::vector<SecuredParty> agents;
    std::vector<Standing<std::string>> collateral;
    std::vector<Standing<Vehicle>> vehicles;
    std::vector<std::string> released;  ///< Descriptions taken out.
    std::string contract;
    Instant registered_at;
    Instant changed_at;  ///< Of the last notice.
    bool operator==(const Registration&) const = default;
};

/// In the order of their numbers, the registration first. Throws std::logic_error for notices of another
/// registration.
Registration fold(const std::vector<FiledNotice>& notices);

/// Problem when `notice` cannot follow `before` (null for a registration): "justice.no_grantor",
/// "justice.no_secured_party", "justice.no_collateral", "justice.deregistered", "justice.nothing_changes",
/// "justice.reason_missing", "justice.vehicle_not_there".
Result<Done> may_follow(const Registration* before, const Notice& notice);

/// Whether the person of `number` may file for the registration: a secured party or whom it authorised.
/// Law: nd-102-2017/art-8, nd-99-2022/art-8.
bool may_file(const Registration& registration, std::string_view number);

/// Upper case without blanks, dots and dashes: "079 085 001234" -> "079085001234". Problems
/// "justice.bad_identity_number" (9 or 12 digits), "justice.bad_tax_code" (10 digits, or 13 of a branch),
/// "justice.bad_passport" (6 to 12 letters and digits).
Result<std::string> party_number(PartyKind kind, std::string_view typed);
/// A name as it is compared: folded, without the words for the form of a company.
std::string party_name(std::string_view name);
/// Upper case letters and digits alone: "51F-123.45" -> "51F12345".
std::string serial(std::string_view typed);
/// The serial with letters that look like digits made digits (O and Q 0, I and L 1): what near hits have in
/// common.
std::string look_alike(std::string_view normalised_serial);

/// Vehicles one a line, "chassis; engine; plate", any part empty. Problem "justice.bad_vehicle" (words line)
/// for a line with more parts, none, or a serial shorter than 4 or longer than 25 signs.
Result<std::vector<Vehicle>> vehicles_from(std::string_view text);
std::string written(const Vehicle& vehicle);  ///< "RLHJC4321; JC43E1234; 76C112345"

}  // namespace thien_an::justice
