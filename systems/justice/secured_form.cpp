#include "systems/justice/secured_form.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

#include "systems/justice/secured_requests.h"

namespace thien_an::justice {
namespace {

constexpr std::string_view law = "nd-99-2022";

Problem at(Problem problem, std::string field)
{
    if (problem.field.empty()) problem.field = std::move(field);
    return problem;
}

Problem problem(std::string code, std::string field)
{
    return {.code = std::move(code), .field = std::move(field), .law = std::string(law)};
}

std::string text_at(const json::value& form, const std::string& pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

bool recorded(const json::value& form, const std::string& group)
{
    const auto* v = json::find(form, group + "/recorded");
    return v != nullptr && v->is_bool() && v->get_bool();
}

Result<SecuredParty> party_at(const json::value& form, const std::string& group)
{
    SecuredParty party;
    party.kind = party_kind(text_at(form, group + "/kind")).value_or(PartyKind::individual);
    party.name = nfc(text_at(form, group + "/name"));
    auto number = party_number(party.kind, text_at(form, group + "/number"));
    if (!number) return at(number.problem(), group + "/number");
    party.number = std::move(number).value();
    party.address = text_at(form, group + "/address");
    return party;
}

Result<std::vector<Vehicle>> vehicles_at(const json::value& form, const std::string& pointer)
{
    auto vehicles = vehicles_from(text_at(form, pointer));
    if (!vehicles) return at(vehicles.problem(), pointer);
    return vehicles;
}

/// Number and day of the contract: "12/HĐTC, 1/7/2026".
std::string contract_of(const json::value& form)
{
    const auto number = text_at(form, "/contract/number");
    const auto day = parse_day(text_at(form, "/contract/signed_on"));
    return day ? number + (number.empty() ? "" : ", ") + shown(day.value()) : number;
}

Result<Filing> registration_of(const json::value& form)
{
    Filing filing;
    auto& notice = filing.notice;
    notice.grantors.push_back(TRY(party_at(form, "/grantor")));
    if (recorded(form, "/second_grantor")) notice.grantors.push_back(TRY(party_at(form, "/second_grantor")));
    notice.secured.push_back(TRY(party_at(form, "/secured_party")));
    if (recorded(form, "/agent")) notice.agents.push_back(TRY(party_at(form, "/agent")));
    notice.contract = contract_of(form);
    notice.collateral = text_at(form, "/collateral/description");
    notice.vehicles = TRY(vehicles_at(form, "/collateral/vehicles"));
    filing.pin = text_at(form, "/pin");
    const bool grantor = text_at(form, "/acts_for") == "grantor";
    filing.by = (grantor ? notice.grantors : notice.secured).front().number;
    return filing;
}

/// Registration, whoever asks and his code, of every notice but the first.
Result<Filing> later_notice(const json::value& form, NoticeKind kind)
{
    Filing filing;
    filing.notice.kind = kind;
    const auto number = notice_number(text_at(form, "/registration/number"));
    if (!number) return problem("justice.bad_registration_number", "/registration/number");
    filing.notice.registration = *number;
    filing.by = serial(text_at(form, "/registration/by"));
    filing.pin = text_at(form, "/registration/pin");
    return filing;
}

Result<Filing> change_of(const json::value& form)
{
    auto filing = TRY(later_notice(form, NoticeKind::change));
    auto& notice = filing.notice;
    const auto kind = text_at(form, "/change/kind");
    const auto description = text_at(form, "/change/description");
    notice.reason = text_at(form, "/change/reason");
    if (kind == "assignment") {
        notice.secured.push_back(TRY(party_at(form, "/change/party")));
        filing.new_pin = text_at(form, "/change/new_pin");
    } else if (kind == "grantor") {
        notice.grantors.push_back(TRY(party_at(form, "/change/party")));
    } else if (kind == "add_collateral") {
        notice.collateral = description;
        notice.vehicles = TRY(vehicles_at(form, "/change/vehicles"));
    } else if (kind == "remove_collateral") {
        notice.released = description;
        notice.released_vehicles = TRY(vehicles_at(form, "/change/vehicles"));
    } else {
        notice.contract = description;
    }
    const bool nothing = notice.secured.empty() && notice.grantors.empty() && notice.collateral.empty() &&
                         notice.vehicles.empty() && notice.released.empty() &&
                         notice.released_vehicles.empty() && notice.contract.empty();
    if (nothing) return problem("justice.nothing_changes", "/change/description");
    return filing;
}

Result<Filing> enforcement_of(const json::value& form)
{
    auto filing = TRY(later_notice(form, NoticeKind::enforcement));
    const auto day = parse_day(text_at(form, "/enforcement/on"));
    filing.notice.reason = text_at(form, "/enforcement/method");
    for (const auto& part :
         {text_at(form, "/enforcement/collateral"),
          day ? shown(day.value()) : std::string(),
          text_at(form, "/enforcement/place")})
        if (!part.empty()) filing.notice.reason += (filing.notice.reason.empty() ? "" : ". ") + part;
    return filing;
}

Result<Filing> deregistration_of(const json::value& form)
{
    auto filing = TRY(later_notice(form, NoticeKind::deregistration));
    filing.notice.reason = text_at(form, "/deregistration/reason");
    const auto note = text_at(form, "/deregistration/note");
    if (!note.empty()) filing.notice.reason += ": " + note;
    return filing;
}

Result<casework::RuleAnswer> secured_notice(const casework::RuleInput& input)
{
    const auto act = act_of_form(input.form);
    if (act == "search")
        static_cast<void>(TRY(search_of(input.form, thien_an::at(input.today, Minutes{0}))));
    else
        static_cast<void>(TRY(filing_of(input.form)));
    return casework::RuleAnswer{{{"secured_act", act}}, {}};
}

Result<casework::RuleAnswer> register_answer(const casework::RuleInput& input)
{
    casework::RuleAnswer answer;
    const auto last = last_request(input.db, input.keys, input.dossier);
    if (!last || last->outcome != RequestOutcome::refused) return answer;
    const auto* refused = json::member(last->answer, "refused");
    if (refused == nullptr) return answer;
    casework::Warning warning{
        json::string_or(*refused, "code"), json::string_or(*refused, "field"), "", {}, {}};
    if (const auto* words = json::member(*refused, "words"); words != nullptr && words->is_object())
        for (const auto& word : words->get_object())
            warning.words.emplace_back(word.key(), json::string_or(*words, word.key()));
    answer.warnings.push_back(std::move(warning));
    return answer;
}

}  // namespace

std::string_view act_of_form(const json::value& form)
{
    constexpr std::array<std::string_view, 4> groups{"search", "change", "enforcement", "deregistration"};
    for (const auto group : groups)
        if (json::member(form, group) != nullptr) return group;
    return word_of(NoticeKind::registration);
}

Result<Filing> filing_of(const json::value& form)
{
    const auto kind = notice_kind(act_of_form(form));
    if (!kind) return problem("justice.bad_notice", "");
    switch (*kind) {
    case NoticeKind::registration: {
        auto filing = TRY(registration_of(form));
        TRY(may_follow(nullptr, filing.notice));
        return filing;
    }
    case NoticeKind::change: return change_of(form);
    case NoticeKind::enforcement: return enforcement_of(form);
    case NoticeKind::deregistration: return deregistration_of(form);
    case NoticeKind::correction: return problem("justice.not_the_registrar", "");
    }
    throw std::logic_error("NoticeKind outside its enumerators");
}

Result<Search> search_of(const json::value& form, Instant now)
{
    Search search;
    search.by = search_by(text_at(form, "/search/by")).value_or(SearchBy::grantor_number);
    search.text = text_at(form, "/search/text");
    search.as_of = now;
    if (const auto day = parse_day(text_at(form, "/search/as_of"))) {
        constexpr Minutes whole_day{24 * 60};
        search.as_of = std::min(now, thien_an::at(day.value(), whole_day) - std::chrono::microseconds{1});
    }
    if (look_up(search).empty()) return problem("justice.nothing_to_search", "/search/text");
    return search;
}

void add_secured_rules(casework::RuleBook& rules)
{
    rules.add("justice.secured_notice", secured_notice);
    rules.add("justice.register_answer", register_answer);
}

}  // namespace thien_an::justice
