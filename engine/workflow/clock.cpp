#include "engine/workflow/clock.h"

#include <algorithm>

namespace thien_an::workflow {
namespace {

using Stretch = std::pair<Instant, std::optional<Instant>>;

bool covers(const Stretch& stretch, Instant instant)
{
    return stretch.first <= instant && (!stretch.second || instant < *stretch.second);
}

/// The moment when `minutes` of time that counts have passed since `from`; nothing when a suspension is
/// open before.
std::optional<Instant> reach(
    const Calendar& calendar, Instant from, Minutes minutes, const std::vector<Stretch>& out
)
{
    Instant position = from;
    for (const auto& [start, end] : out) {
        if (end && *end <= position) continue;
        const Minutes available = working_between(calendar, position, start);
        if (minutes <= available && start > position) break;
        if (!end) return std::nullopt;
        minutes -= start > position ? available : Minutes(0);
        position = *end;
    }
    return plus_working(calendar, next_working(calendar, position), minutes);
}

/// Where the receipt puts the beginning of an hour budget.
Instant hour_start(const Ledger& ledger, const Calendar& calendar)
{
    const Day day = receipt_day(calendar, ledger.started, ledger.receipt);
    if (day == day_of(ledger.started)) return ledger.started;
    return at(day, calendar.hours(day).front().from);
}

/// Working days whose end finds the clock suspended do not count; they push the due day back one by one.
std::optional<Instant> due_in_days(const Ledger& ledger, const Calendar& calendar, const Budget& budget)
{
    const auto out = merged(ledger.suspensions);
    Budget longer = budget;
    Instant answer = due(calendar, ledger.started, budget, ledger.receipt);
    Day checked = day_of(ledger.started) - std::chrono::days(1);
    const auto lost = [&](Day day) {
        if (!calendar.works(day)) return false;
        const Instant close = at(day, calendar.hours(day).back().to) - std::chrono::microseconds(1);
        return std::any_of(out.begin(), out.end(), [&](const Stretch& s) { return covers(s, close); });
    };
    const auto open = [&](Day day) {
        return !out.empty() && !out.back().second && day >= day_of(out.back().first);
    };
    const bool calendar_days = budget.unit == Unit::calendar_days;
    for (Day day = day_of(ledger.started); day <= day_of(answer); day += std::chrono::days(1)) {
        if (day <= checked) continue;
        checked = day;
        const bool not_counted =
            calendar_days
                ? std::any_of(
                      out.begin(),
                      out.end(),
                      [&](const Stretch& s) {
                          return covers(s, at(day, Minutes(24 * 60)) - std::chrono::microseconds(1));
                      }
                  )
                : lost(day);
        if (not_counted && open(day)) return std::nullopt;
        const bool receipt_itself =
            day <= receipt_day(calendar, ledger.started, ledger.receipt) && budget.amount > 0;
        if (!not_counted || receipt_itself) continue;
        longer.amount += 2;
        answer = due(calendar, ledger.started, longer, ledger.receipt);
    }
    return answer;
}

Budget total_budget(const Ledger& ledger)
{
    Budget total = ledger.budget;
    for (const auto& by : ledger.extensions)
        if (by.unit == total.unit) total.amount += by.amount;
    return total;
}

json::value when(const std::optional<Instant>& instant)
{
    return instant ? json::value(column(*instant)) : json::value(nullptr);
}

std::optional<Instant> instant_member(const json::value& v, std::string_view name)
{
    const auto* found = json::member(v, name);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return instant_from(found->as_int64());
}

Problem stopped_problem() { return {.code = "workflow.clock_stopped", .field = "", .law = ""}; }

std::string run_prefix(const Ledger& ledger) { return "r" + std::to_string(ledger.restarts) + ":"; }

/// Working days after the end that were already told, in this run.
int days_told(const Ledger& ledger)
{
    const std::string prefix = run_prefix(ledger) + "+";
    int most = 0;
    for (const auto& key : ledger.rungs_fired)
        if (key.starts_with(prefix)) most = std::max(most, std::atoi(key.c_str() + prefix.size()));
    return most;
}

bool fired_already(const Ledger& ledger, const std::string& key)
{
    return std::find(ledger.rungs_fired.begin(), ledger.rungs_fired.end(), key) != ledger.rungs_fired.end();
}

/// The first moment of the n-th working day after `end`.
Instant morning_after(const Calendar& calendar, Instant end, int n)
{
    Day day = day_of(end);
    for (int i = 0; i < n; ++i) day = next_working_day(calendar, day);
    return at(day, calendar.hours(day).front().from);
}

}  // namespace

std::string Rung::text() const
{
    if (percent > 0) return std::to_string(percent) + "%";
    return "+" + std::to_string(days_after) + "WD";
}

Result<std::vector<Rung>> parse_rungs(std::string_view text)
{
    const Problem problem{
        .code = "workflow.bad_rungs", .field = "", .law = "", .words = {{"text", std::string(text)}}};
    std::vector<Rung> out;
    while (true) {
        const auto start = text.find_first_not_of(" \t\r\n");
        if (start == std::string_view::npos) break;
        text.remove_prefix(start);
        const auto word = text.substr(0, text.find_first_of(" \t\r\n"));
        text.remove_prefix(word.size());
        if (word == "+1WD") {
            out.push_back({.percent = 0, .days_after = -1});
            continue;
        }
        const int percent = std::atoi(std::string(word).c_str());
        if (word.back() != '%' || percent < 1 || percent > 100) return problem;
        if (!out.empty() && (out.back().percent >= percent || out.back().percent == 0)) return problem;
        out.push_back({.percent = percent, .days_after = 0});
    }
    if (out.empty()) return problem;
    return out;
}

bool Ledger::suspended() const
{
    return std::any_of(suspensions.begin(), suspensions.end(), [](const Suspension& s) { return !s.to; });
}

std::vector<Stretch> merged(const std::vector<Suspension>& suspensions)
{
    std::vector<Stretch> all;
    for (const auto& s : suspensions)
        if (!s.to || *s.to > s.from) all.emplace_back(s.from, s.to);
    std::sort(all.begin(), all.end(), [](const Stretch& a, const Stretch& b) { return a.first < b.first; });
    std::vector<Stretch> out;
    for (const auto& next : all) {
        if (out.empty() || (out.back().second && *out.back().second < next.first)) {
            out.push_back(next);
        } else if (!out.back().second || !next.second) {
            out.back().second = std::nullopt;
        } else {
            out.back().second = std::max(*out.back().second, *next.second);
        }
    }
    return out;
}

std::optional<Instant> due(const Ledger& ledger, const Calendar& calendar)
{
    const Budget total = total_budget(ledger);
    auto answer =
        total.unit == Unit::working_minutes
            ? reach(calendar, hour_start(ledger, calendar), Minutes(total.amount), merged(ledger.suspensions))
            : due_in_days(ledger, calendar, total);
    for (const auto& by : ledger.extensions)
        if (answer && by.unit != total.unit) answer = due(calendar, *answer, by);
    return answer;
}

Minutes consumed(const Ledger& ledger, const Calendar& calendar, Instant now)
{
    if (ledger.stopped && *ledger.stopped < now) now = *ledger.stopped;
    Minutes used = working_between(calendar, ledger.started, now);
    for (const auto& [start, end] : merged(ledger.suspensions)) {
        const Instant from = std::max(start, ledger.started);
        const Instant to = end ? std::min(*end, now) : now;
        if (from < to) used -= working_between(calendar, from, to);
    }
    return used;
}

Result<Ledger> suspend(Ledger ledger, Instant now, std::string reason, std::string document)
{
    if (ledger.stopped) return stopped_problem();
    ledger.suspensions.push_back(
        {.from = now, .to = {}, .reason = std::move(reason), .document = std::move(document)}
    );
    return ledger;
}

Result<Ledger> resume(Ledger ledger, Instant now, std::string_view reason)
{
    if (ledger.stopped) return stopped_problem();
    bool any = false;
    for (auto& s : ledger.suspensions) {
        if (s.to || s.reason != reason) continue;
        s.to = std::max(now, s.from);
        any = true;
    }
    if (!any)
        return Problem{
            .code = "workflow.not_suspended",
            .field = "",
            .law = "",
            .words = {{"reason", std::string(reason)}}};
    return ledger;
}

Result<Ledger> restart(Ledger ledger, Instant now)
{
    if (ledger.stopped) return stopped_problem();
    ledger.started = now;
    ledger.suspensions.clear();
    ledger.extensions.clear();
    ++ledger.restarts;
    return ledger;
}

Result<Ledger> extend(Ledger ledger, const Budget& by)
{
    if (ledger.stopped) return stopped_problem();
    ledger.extensions.push_back(by);
    return ledger;
}

Ledger stop(Ledger ledger, Instant now)
{
    if (!ledger.stopped) ledger.stopped = now;
    return ledger;
}

std::optional<DueRung> next_rung(
    const Ledger& ledger, const Calendar& calendar, const std::vector<Rung>& ladder
)
{
    if (ledger.stopped) return std::nullopt;
    const auto end = due(ledger, calendar);
    if (!end) return std::nullopt;
    const Minutes total = consumed(ledger, calendar, *end);
    for (const auto& rung : ladder) {
        if (rung.percent > 0) {
            const std::string key = run_prefix(ledger) + rung.text();
            if (fired_already(ledger, key)) continue;
            const auto moment =
                rung.percent == 100
                    ? end
                    : reach(calendar, ledger.started, total * rung.percent / 100, merged(ledger.suspensions));
            return DueRung{rung, moment.value_or(*end), key};
        }
        const int n = days_told(ledger) + 1;
        const Rung nth{.percent = 0, .days_after = n};
        return DueRung{nth, morning_after(calendar, *end, n), run_prefix(ledger) + nth.text()};
    }
    return std::nullopt;
}

Ledger fired(Ledger ledger, const DueRung& rung)
{
    // Of the days after the end only the last one told is kept.
    if (rung.rung.percent == 0)
        std::erase_if(ledger.rungs_fired, [&](const std::string& key) {
            return key.starts_with(run_prefix(ledger) + "+");
        });
    ledger.rungs_fired.push_back(rung.key);
    return ledger;
}

json::object to_json(const Ledger& ledger)
{
    json::array suspensions;
    for (const auto& s : ledger.suspensions)
        suspensions.push_back(json::object{
            {"from", column(s.from)}, {"to", when(s.to)}, {"reason", s.reason}, {"document", s.document}});
    json::array extensions;
    for (const auto& by : ledger.extensions) extensions.push_back(json::value(text_of(by)));
    json::array rungs;
    for (const auto& key : ledger.rungs_fired) rungs.push_back(json::value(key));
    return {
        {"calendar", ledger.calendar},
        {"budget", text_of(ledger.budget)},
        {"cutoff",
         ledger.receipt.cutoff ? json::value(std::int64_t(ledger.receipt.cutoff->count()))
                               : json::value(nullptr)},
        {"started", column(ledger.started)},
        {"suspensions", std::move(suspensions)},
        {"extensions", std::move(extensions)},
        {"stopped", when(ledger.stopped)},
        {"rungs", std::move(rungs)},
        {"restarts", ledger.restarts}};
}

Ledger ledger_from(const json::value& v)
{
    Ledger out;
    out.calendar = json::string_or(v, "calendar", "counted");
    out.budget = parse_budget(json::string_or(v, "budget", "P0WD")).value();
    if (const auto* cutoff = json::member(v, "cutoff"); cutoff != nullptr && cutoff->is_int64())
        out.receipt.cutoff = Minutes(cutoff->as_int64());
    out.started = instant_member(v, "started").value_or(Instant{});
    out.stopped = instant_member(v, "stopped");
    out.restarts = int(json::integer_or(v, "restarts"));
    if (const auto* list = json::member(v, "suspensions"); list != nullptr && list->is_array())
        for (const auto& s : list->as_array())
            out.suspensions.push_back(
                {.from = instant_member(s, "from").value_or(Instant{}),
                 .to = instant_member(s, "to"),
                 .reason = json::string_or(s, "reason"),
                 .document = json::string_or(s, "document")}
            );
    if (const auto* list = json::member(v, "extensions"); list != nullptr && list->is_array())
        for (const auto& by : list->as_array())
            out.extensions.push_back(parse_budget(std::string_view(by.as_string())).value());
    if (const auto* list = json::member(v, "rungs"); list != nullptr && list->is_array())
        for (const auto& key : list->as_array()) out.rungs_fired.emplace_back(key.as_string());
    return out;
}

}  // namespace thien_an::workflow
