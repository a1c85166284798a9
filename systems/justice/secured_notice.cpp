#include "systems/justice/secured_notice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "engine/base/vietnamese.h"

namespace thien_an::justice {
namespace {

constexpr std::array<std::string_view, 5> kind_words{
    "registration", "change", "enforcement", "deregistration", "correction"};
constexpr std::array<std::string_view, 3> party_words{"individual", "organisation", "foreign"};
constexpr std::size_t serial_min = 4;
constexpr std::size_t serial_max = 25;

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// Letters and digits of the alphabet without marks, in upper case; anything else is left out.
std::string plain(std::string_view typed)
{
    std::string out;
    for (const char c : typed)
        if (is_digit(c) || is_letter(c)) out += is_letter(c) ? char(c & ~0x20) : c;
    return out;
}

json::array json_of(const std::vector<SecuredParty>& parties)
{
    json::array out;
    for (const auto& party : parties)
        out.push_back(json::object{
            {"kind", word_of(party.kind)},
            {"name", party.name},
            {"number", party.number},
            {"address", party.address}});
    return out;
}

json::array json_of(const std::vector<Vehicle>& vehicles)
{
    json::array out;
    for (const auto& one : vehicles)
        out.push_back(json::object{{"chassis", one.chassis}, {"engine", one.engine}, {"plate", one.plate}});
    return out;
}

const json::array* list_in(const json::value& v, std::string_view name)
{
    const auto* found = json::member(v, name);
    return found == nullptr || !found->is_array() ? nullptr : &found->get_array();
}

Result<std::vector<SecuredParty>> parties_from(const json::value& v, std::string_view name)
{
    std::vector<SecuredParty> out;
    const auto* list = list_in(v, name);
    if (list == nullptr) return out;
    for (const auto& one : *list) {
        const auto kind = party_kind(json::string_or(one, "kind"));
        SecuredParty party{
            kind.value_or(PartyKind::individual),
            json::string_or(one, "name"),
            json::string_or(one, "number"),
            json::string_or(one, "address")};
        if (!kind || party.name.empty() || party.number.empty())
            return problem("justice.bad_notice", "/" + std::string(name));
        out.push_back(std::move(party));
    }
    return out;
}

Result<std::vector<Vehicle>> vehicles_in(const json::value& v, std::string_view name)
{
    std::vector<Vehicle> out;
    const auto* list = list_in(v, name);
    if (list == nullptr) return out;
    for (const auto& one : *list) {
        Vehicle vehicle{
            json::string_or(one, "chassis"), json::string_or(one, "engine"), json::string_or(one, "plate")};
        if (vehicle == Vehicle{}) return problem("justice.bad_notice", "/" + std::string(name));
        out.push_back(std::move(vehicle));
    }
    return out;
}

/// Whoever stood there before keeps the rank he had.
void replace_grantors(Registration& state, const std::vector<SecuredParty>& grantors, Rank since)
{
    std::vector<Standing<SecuredParty>> now;
    for (const auto& grantor : grantors) {
        const auto before = std::find_if(state.grantors.begin(), state.grantors.end(), [&](const auto& one) {
            return one.what.number == grantor.number;
        });
        now.push_back({grantor, before == state.grantors.end() ? since : before->since});
    }
    state.grantors = std::move(now);
}

void apply(Registration& state, const FiledNotice& filed)
{
    const auto& notice = filed.notice;
    const Rank since{filed.filed_at, filed.number};
    if (!notice.grantors.empty()) replace_grantors(state, notice.grantors, since);
    if (!notice.secured.empty()) {
        // An assignment ends what the one before let others do.
        state.secured = notice.secured;
        state.agents.clear();
    }
    if (!notice.agents.empty()) state.agents = notice.agents;
    if (!notice.collateral.empty()) state.collateral.push_back({notice.collateral, since});
    for (const auto& vehicle : notice.released_vehicles)
        std::erase_if(state.vehicles, [&](const auto& one) { return one.what == vehicle; });
    for (const auto& vehicle : notice.vehicles) state.vehicles.push_back({vehicle, since});
    if (!notice.released.empty()) state.released.push_back(notice.released);
    if (!notice.contract.empty()) state.contract = notice.contract;
    state.enforced = state.enforced || notice.kind == NoticeKind::enforcement;
    state.in_force = state.in_force && notice.kind != NoticeKind::deregistration;
    state.changed_at = filed.filed_at;
}

bool changes_something(const Notice& notice)
{
    return !notice.grantors.empty() || !notice.secured.empty() || !notice.agents.empty() ||
           !notice.collateral.empty() || !notice.vehicles.empty() || !notice.released.empty() ||
           !notice.released_vehicles.empty() || !notice.contract.empty();
}

Result<Vehicle> vehicle_of_line(std::string_view line, int number)
{
    const auto bad = [&] {
        return Problem{
            .code = "justice.bad_vehicle",
            .field = "",
            .law = "",
            .words = {{"line", std::to_string(number)}}};
    };
    std::array<std::string, 3> parts;
    std::size_t count = 0;
    for (std::size_t from = 0; from <= line.size();) {
        const auto end = std::min(line.find(';', from), line.size());
        if (count == parts.size()) return bad();
        parts[count++] = serial(line.substr(from, end - from));
        from = end + 1;
    }
    for (const auto& part : parts)
        if (!part.empty() && (part.size() < serial_min || part.size() > serial_max)) return bad();
    Vehicle vehicle{parts[0], parts[1], parts[2]};
    if (vehicle == Vehicle{}) return bad();
    return vehicle;
}

}  // namespace

std::string_view word_of(NoticeKind kind) { return kind_words.at(std::size_t(kind) - 1); }

std::optional<NoticeKind> notice_kind(std::string_view word)
{
    const auto found = std::find(kind_words.begin(), kind_words.end(), word);
    if (found == kind_words.end()) return std::nullopt;
    return NoticeKind(found - kind_words.begin() + 1);
}

std::string_view word_of(PartyKind kind) { return party_words.at(std::size_t(kind) - 1); }

std::optional<PartyKind> party_kind(std::string_view word)
{
    const auto found = std::find(party_words.begin(), party_words.end(), word);
    if (found == party_words.end()) return std::nullopt;
    return PartyKind(found - party_words.begin() + 1);
}

json::object json_of(const Notice& notice)
{
    json::object out{{"kind", word_of(notice.kind)}};
    const auto list = [&](std::string_view name, json::array items) {
        if (!items.empty()) out[name] = std::move(items);
    };
    const auto text = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) out[name] = value;
    };
    if (notice.registration != 0) out["registration"] = notice.registration;
    list("grantors", json_of(notice.grantors));
    list("secured", json_of(notice.secured));
    list("agents", json_of(notice.agents));
    text("collateral", notice.collateral);
    list("vehicles", json_of(notice.vehicles));
    text("released", notice.released);
    list("released_vehicles", json_of(notice.released_vehicles));
    text("contract", notice.contract);
    text("reason", notice.reason);
    return out;
}

Result<Notice> notice_from(const json::value& v)
{
    const auto kind = notice_kind(json::string_or(v, "kind"));
    if (!kind) return problem("justice.bad_notice", "/kind");
    Notice notice{.kind = *kind, .registration = json::integer_or(v, "registration")};
    notice.grantors = TRY(parties_from(v, "grantors"));
    notice.secured = TRY(parties_from(v, "secured"));
    notice.agents = TRY(parties_from(v, "agents"));
    notice.collateral = json::string_or(v, "collateral");
    notice.vehicles = TRY(vehicles_in(v, "vehicles"));
    notice.released = json::string_or(v, "released");
    notice.released_vehicles = TRY(vehicles_in(v, "released_vehicles"));
    notice.contract = json::string_or(v, "contract");
    notice.reason = json::string_or(v, "reason");
    return notice;
}

std::string printed(std::int64_t number) { return fmt::format("{:010}", number); }

std::optional<std::int64_t> notice_number(std::string_view text)
{
    constexpr std::size_t digits_max = 10;
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.size() > digits_max || read.ec != std::errc{} || read.ptr != end || number <= 0)
        return std::nullopt;
    return number;
}

Registration fold(const std::vector<FiledNotice>& notices)
{
    if (notices.empty()) throw std::logic_error("a registration without notices");
    Registration state;
    state.number = notices.front().number;
    state.registered_at = notices.front().filed_at;
    for (const auto& filed : notices) {
        if (filed.registration != state.number) throw std::logic_error("a notice of another registration");
        apply(state, filed);
    }
    return state;
}

Result<Done> may_follow(const Registration* before, const Notice& notice)
{
    if ((notice.kind == NoticeKind::registration) != (before == nullptr))
        return problem("justice.no_registration", "/registration/number");
    if (before == nullptr) {
        if (notice.grantors.empty()) return problem("justice.no_grantor", "/grantor");
        if (notice.secured.empty()) return problem("justice.no_secured_party", "/secured_party");
        if (notice.collateral.empty() && notice.vehicles.empty())
            return problem("justice.no_collateral", "/collateral");
        return Done{};
    }
    // The registrar's own error is mended whenever it is found.
    if (!before->in_force && notice.kind != NoticeKind::correction)
        return problem("justice.deregistered", "/registration/number");
    for (const auto& vehicle : notice.released_vehicles)
        if (std::none_of(before->vehicles.begin(), before->vehicles.end(), [&](const auto& one) {
                return one.what == vehicle;
            }))
            return Problem{
                .code = "justice.vehicle_not_there",
                .field = "/change/vehicles",
                .law = "",
                .words = {{"vehicle", written(vehicle)}}};
    const bool changes = notice.kind == NoticeKind::change || notice.kind == NoticeKind::correction;
    if (changes && !changes_something(notice)) return problem("justice.nothing_changes", "/change");
    if (notice.kind != NoticeKind::change && notice.reason.empty())
        return problem("justice.reason_missing", "/reason");
    return Done{};
}

bool may_file(const Registration& registration, std::string_view number)
{
    const auto is_he = [&](const SecuredParty& one) { return one.number == number; };
    return std::any_of(registration.secured.begin(), registration.secured.end(), is_he) ||
           std::any_of(registration.agents.begin(), registration.agents.end(), is_he);
}

Result<std::string> party_number(PartyKind kind, std::string_view typed)
{
    const auto number = plain(typed);
    const bool digits = std::all_of(number.begin(), number.end(), is_digit);
    const auto has = [&](std::size_t a, std::size_t b) {
        return digits && (number.size() == a || number.size() == b);
    };
    constexpr std::size_t old_card = 9;
    constexpr std::size_t new_card = 12;
    constexpr std::size_t enterprise = 10;
    constexpr std::size_t branch = 13;
    constexpr std::size_t passport_min = 6;
    switch (kind) {
    case PartyKind::individual:
        if (!has(old_card, new_card)) return problem("justice.bad_identity_number");
        return number;
    case PartyKind::organisation:
        if (!has(enterprise, branch)) return problem("justice.bad_tax_code");
        return number;
    case PartyKind::foreign:
        if (number.size() < passport_min || number.size() > new_card) return problem("justice.bad_passport");
        return number;
    }
    throw std::logic_error("PartyKind outside its enumerators");
}

std::string party_name(std::string_view name)
{
    // The longest first: what a company is called by is what comes after.
    constexpr std::array forms{
        "cong ty trach nhiem huu han mot thanh vien ",
        "cong ty trach nhiem huu han ",
        "cong ty co phan ",
        "cong ty tnhh mtv ",
        "cong ty tnhh mot thanh vien ",
        "cong ty tnhh ",
        "cong ty cp ",
        "doanh nghiep tu nhan ",
        "dntn ",
        "cong ty "};
    const auto whole = folded(name);
    for (const std::string_view form : forms)
        if (whole.starts_with(form) && whole.size() > form.size()) return whole.substr(form.size());
    return whole;
}

std::string serial(std::string_view typed)
{
    // Letters with marks (a plate typed with Vietnamese keys) lose them.
    return plain(folded(typed));
}

std::string look_alike(std::string_view normalised_serial)
{
    std::string out(normalised_serial);
    for (auto& c : out) {
        if (c == 'O' || c == 'Q') c = '0';
        if (c == 'I' || c == 'L') c = '1';
    }
    return out;
}

Result<std::vector<Vehicle>> vehicles_from(std::string_view text)
{
    constexpr std::size_t vehicles_max = 200;
    std::vector<Vehicle> out;
    int number = 0;
    for (std::size_t from = 0; from < text.size();) {
        const auto end = std::min(text.find('\n', from), text.size());
        const auto line = text.substr(from, end - from);
        from = end + 1;
        ++number;
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
        if (out.size() == vehicles_max) return problem("justice.too_many_vehicles");
        out.push_back(TRY(vehicle_of_line(line, number)));
    }
    return out;
}

std::string written(const Vehicle& vehicle)
{
    return vehicle.chassis + "; " + vehicle.engine + "; " + vehicle.plate;
}

}  // namespace thien_an::justice
