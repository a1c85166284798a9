#include "engine/workflow/simulation.h"

#include <algorithm>

#include "engine/workflow/simulation_play.h"

namespace thien_an::workflow {
namespace {

constexpr std::int64_t pilot_cases = 2'000;
constexpr int pilot_staff = 1'000'000;

}  // namespace

Result<SimulationReport> simulate(
    const Process& process, const Scenario& scenario, const json::value& calendars, const Progress& tell
)
{
    const auto calendar = TRY(calendar_from(calendars, scenario.hours));
    return Play(process.model(), scenario, calendar).run(tell);
}

Result<Scenario> staffed(const Process& process, Scenario scenario, const json::value& calendars)
{
    const auto calendar = TRY(calendar_from(calendars, scenario.hours));
    auto pilot = scenario;
    pilot.cases = std::min(scenario.cases, pilot_cases);
    // Posts are found by playing; the second time there is nobody anyone has to wait for.
    for (const auto& post : TRY(simulate(process, pilot, calendars)).posts)
        pilot.staff.emplace(post.post, pilot_staff);
    Play play(process.model(), pilot, calendar);
    const auto report = play.run({});
    const Day first = std::chrono::year(scenario.year) / std::chrono::January / 1;
    const Day last = std::chrono::year(scenario.year + 1) / std::chrono::January / 1;
    const auto year = working_between(calendar, at(first, Minutes(0)), at(last, Minutes(0)));
    for (const auto& [post, work] : play.work()) {
        const double each = double(work.count()) / double(std::max<std::int64_t>(report.arrived, 1));
        const double needed = each * double(scenario.cases) / 60e6 / double(year.count());
        const int officers = int(needed * 100 / std::max(scenario.busy_percent, 1)) + 1;
        scenario.staff.emplace(post, officers);
    }
    return scenario;
}

Result<std::vector<OneMore>> one_more(
    const Process& process,
    const Scenario& scenario,
    const json::value& calendars,
    const SimulationReport& report,
    std::size_t posts_max
)
{
    auto busiest = report.posts;
    std::stable_sort(busiest.begin(), busiest.end(), [](const PostReport& a, const PostReport& b) {
        return a.busy_percent > b.busy_percent;
    });
    if (busiest.size() > posts_max) busiest.resize(posts_max);
    std::vector<OneMore> out;
    for (const auto& post : busiest) {
        auto more = scenario;
        more.staff[post.post] = post.staff + 1;
        const auto changed = TRY(simulate(process, more, calendars));
        out.push_back({post.post, changed.late_percent(), changed.mean_minutes});
    }
    return out;
}

json::object to_json(const SimulationReport& report, const std::vector<OneMore>& more)
{
    json::array posts, steps, reasons, changes;
    for (const auto& post : report.posts)
        posts.push_back(json::object{
            {"post", post.post},
            {"staff", post.staff},
            {"tasks", post.tasks},
            {"busy_percent", post.busy_percent},
            {"queue_mean", post.queue_mean},
            {"queue_max", post.queue_max},
            {"wait_p50_minutes", post.wait_p50.count()},
            {"wait_p95_minutes", post.wait_p95.count()}});
    for (const auto& step : report.steps)
        steps.push_back(json::object{
            {"node", step.node},
            {"done", step.done},
            {"mean_minutes", step.mean_minutes},
            {"late", step.late}});
    for (const auto& reason : report.reasons)
        reasons.push_back(json::object{{"node", reason.node}, {"code", reason.code}, {"cases", reason.cases}}
        );
    for (const auto& one : more)
        changes.push_back(json::object{
            {"post", one.post}, {"late_percent", one.late_percent}, {"mean_minutes", one.mean_minutes}});
    return {
        {"arrived", report.arrived},
        {"finished", report.finished},
        {"open", report.open},
        {"stuck", report.stuck},
        {"limited", report.limited},
        {"late", report.late},
        {"late_percent", report.late_percent()},
        {"mean_minutes", report.mean_minutes},
        {"posts", std::move(posts)},
        {"steps", std::move(steps)},
        {"stuck_at", std::move(reasons)},
        {"one_more", std::move(changes)},
        {"steps_taken", report.steps_taken},
        {"steps_computed", report.steps_computed}};
}

}  // namespace thien_an::workflow
