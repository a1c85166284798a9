#include "systems/justice/criminal_records.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

namespace thien_an::justice {
namespace {

using std::chrono::days;
using std::chrono::months;

constexpr Day code_of_2015{std::chrono::year{2018} / 1 / 1};

struct Named {
    Penalty penalty;
    std::string_view name;
    std::string_view words;
};
constexpr std::array penalties{
    Named{Penalty::exempted, "exempted", "miễn hình phạt"},
    Named{Penalty::warning, "warning", "cảnh cáo"},
    Named{Penalty::fine, "fine", "phạt tiền"},
    Named{Penalty::reform, "reform", "cải tạo không giam giữ"},
    Named{Penalty::suspended_prison, "suspended_prison", "phạt tù cho hưởng án treo"},
    Named{Penalty::prison, "prison", "phạt tù"},
    Named{Penalty::life, "life", "tù chung thân"}};

constexpr std::array requesters{
    std::pair{Requester::self, std::string_view("self")},
    std::pair{Requester::parent, std::string_view("parent")},
    std::pair{Requester::spouse, std::string_view("spouse")},
    std::pair{Requester::child, std::string_view("child")},
    std::pair{Requester::guardian, std::string_view("guardian")},
    std::pair{Requester::proxy, std::string_view("proxy")},
    std::pair{Requester::agency, std::string_view("agency")},
    std::pair{Requester::proceedings_agency, std::string_view("proceedings_agency")}};

Day later_by(Day day, int by_months)
{
    const std::chrono::year_month_day date = std::chrono::year_month_day{day} + months{by_months};
    // 31 August and six months: the last day of February.
    return date.ok() ? Day{date} : Day{date.year() / date.month() / std::chrono::last};
}

constexpr int year = 12;

/// Months without a new crime after which a conviction goes by itself: the codes have the same steps with other figures.
int erasure_months(const Conviction& c, Day day)
{
    const bool prison = c.penalty == Penalty::prison || c.penalty == Penalty::life;
    if (!prison) return 1 * year;
    const bool longest = c.penalty == Penalty::life || c.months > 15 * year;
    if (day >= code_of_2015)
        return (longest ? 5 : c.months > 5 * year ? 3 : 2) * year;  // law-100-2015/art-70
    return (longest ? 7 : c.months > 3 * year ? 5 : 3) * year;      // law-15-1999/art-64
}

std::optional<Day> day_in(const json::value& v, std::string_view member)
{
    const auto day = parse_day(json::string_or(v, member));
    return day ? std::optional(day.value()) : std::nullopt;
}

Problem unreadable(std::string reason)
{
    return {
        .code = "justice.record_unreadable",
        .field = "",
        .law = "",
        .words = {{"reason", std::move(reason)}}};
}

Result<Conviction> conviction_from(const json::value& v)
{
    Conviction c;
    c.judgment = json::string_or(v, "judgment");
    c.court = json::string_or(v, "court");
    c.offence = json::string_or(v, "offence");
    const auto judged = day_in(v, "judged_on");
    const auto penalty = penalty_named(json::string_or(v, "penalty"));
    if (c.judgment.empty() || !judged) return unreadable("judgment");
    if (!penalty) return unreadable("penalty");
    c.judged_on = *judged;
    c.penalty = *penalty;
    c.months = int(json::integer_or(v, "months"));
    c.by_court_only = json::bool_or(v, "by_court_only");
    c.served_on = day_in(v, "served_on");
    c.decisions_done_on = day_in(v, "decisions_done_on");
    c.additional_until = day_in(v, "additional_until");
    c.new_offence_on = day_in(v, "new_offence_on");
    c.erased_by_court_on = day_in(v, "erased_by_court_on");
    return c;
}

void put(json::object& out, std::string_view name, const std::optional<Day>& day)
{
    if (day) out[name] = iso(*day);
}

}  // namespace

std::string_view name_of(Penalty penalty)
{
    return std::ranges::find(penalties, penalty, &Named::penalty)->name;
}

std::optional<Penalty> penalty_named(std::string_view name)
{
    const auto found = std::ranges::find(penalties, name, &Named::name);
    return found == penalties.end() ? std::nullopt : std::optional(found->penalty);
}

std::optional<Requester> requester_named(std::string_view name)
{
    for (const auto& [requester, word] : requesters)
        if (word == name) return requester;
    return std::nullopt;
}

std::optional<Day> erased_since(const Conviction& c, Day day)
{
    if (c.erased_by_court_on && *c.erased_by_court_on <= day) return c.erased_by_court_on;
    // Whoever was exempted from penalty has no record of it at once.
    if (c.penalty == Penalty::exempted) return c.judged_on;
    if (c.by_court_only || !c.served_on || !c.decisions_done_on) return std::nullopt;
    auto from = later_by(*c.served_on, erasure_months(c, day));
    // An additional penalty that runs longer carries the conviction to its end; so does what was paid late.
    if (c.additional_until) from = std::max(from, *c.additional_until);
    from = std::max(from, *c.decisions_done_on);
    if (c.new_offence_on && *c.new_offence_on < from) return std::nullopt;
    return from <= day ? std::optional(from) : std::nullopt;
}

Shown shown_on(Form form, const Record& record, Day day, bool bans_asked)
{
    Shown out;
    for (const auto& conviction : record.convictions) {
        const auto erased = erased_since(conviction, day);
        if (form == Form::two || !erased) out.convictions.push_back({conviction, erased});
    }
    for (const auto& ban : record.bans)
        if (form == Form::two || (bans_asked && (!ban.until || *ban.until >= day))) out.bans.push_back(ban);
    return out;
}

Result<Done> may_request(Form form, Requester requester, Day born_on, Day day)
{
    constexpr int of_age = 18;
    const auto no = [](std::string code, std::string law) {
        return Problem{.code = std::move(code), .field = "/requester/relation", .law = std::move(law)};
    };
    const bool minor = day < later_by(born_on, of_age * year);
    switch (requester) {
    case Requester::self: return Done{};
    case Requester::guardian:
        if (!minor) return no("justice.guardian_of_adult", "law-28-2009/art-46");
        return Done{};
    case Requester::parent:
        if (form == Form::two && !minor) return no("justice.form_2_by_proxy", "law-28-2009/art-46");
        return Done{};
    case Requester::spouse:
    case Requester::child:
    case Requester::proxy:
        if (form == Form::two) return no("justice.form_2_by_proxy", "law-28-2009/art-46");
        return Done{};
    case Requester::agency:
        if (form == Form::two) return no("justice.agency_form_1_only", "law-28-2009/art-41");
        return Done{};
    case Requester::proceedings_agency:
        if (form == Form::one) return no("justice.proceedings_agency_form_2_only", "law-28-2009/art-41");
        return Done{};
    }
    throw std::logic_error("Requester outside its enumerators");
}

bool needs_mandate(Form form, Requester requester)
{
    return form == Form::one && requester == Requester::proxy;
}

Result<Record> record_from(const json::value& v)
{
    Record out;
    if (const auto* rows = json::member(v, "convictions"); rows != nullptr && rows->is_array())
        for (const auto& row : rows->get_array()) out.convictions.push_back(TRY(conviction_from(row)));
    if (const auto* rows = json::member(v, "bans"); rows != nullptr && rows->is_array())
        for (const auto& row : rows->get_array()) {
            const auto from = day_in(row, "from");
            if (!from || json::string_or(row, "what").empty()) return unreadable("bans");
            out.bans.push_back(
                {json::string_or(row, "what"), json::string_or(row, "decision"), *from, day_in(row, "until")}
            );
        }
    return out;
}

json::value to_json(const Record& record)
{
    json::array convictions;
    for (const auto& c : record.convictions) {
        json::object row{
            {"judgment", c.judgment},
            {"court", c.court},
            {"judged_on", iso(c.judged_on)},
            {"offence", c.offence},
            {"penalty", name_of(c.penalty)},
            {"months", c.months},
            {"by_court_only", c.by_court_only}};
        put(row, "served_on", c.served_on);
        put(row, "decisions_done_on", c.decisions_done_on);
        put(row, "additional_until", c.additional_until);
        put(row, "new_offence_on", c.new_offence_on);
        put(row, "erased_by_court_on", c.erased_by_court_on);
        convictions.push_back(std::move(row));
    }
    json::array bans;
    for (const auto& ban : record.bans) {
        json::object row{{"what", ban.what}, {"decision", ban.decision}, {"from", iso(ban.from)}};
        put(row, "until", ban.until);
        bans.push_back(std::move(row));
    }
    return json::object{{"convictions", std::move(convictions)}, {"bans", std::move(bans)}};
}

std::string written(const ShownConviction& shown)
{
    const auto& c = shown.conviction;
    std::string penalty(std::ranges::find(penalties, c.penalty, &Named::penalty)->words);
    if (c.months > 0) penalty += fmt::format(" {} tháng", c.months);
    auto out = fmt::format(
        "{} ngày {} của {}: {}; {}",
        c.judgment,
        thien_an::shown(c.judged_on),
        c.court.empty() ? "Tòa án" : c.court,
        c.offence.empty() ? "không rõ tội danh" : c.offence,
        penalty
    );
    if (shown.erased) out += "; đã được xóa án tích từ " + thien_an::shown(*shown.erased);
    return out;
}

std::string written(const Ban& ban)
{
    auto out = ban.what + " từ " + thien_an::shown(ban.from);
    if (ban.until) out += " đến " + thien_an::shown(*ban.until);
    if (!ban.decision.empty()) out += " (" + ban.decision + ")";
    return out;
}

}  // namespace thien_an::justice
