#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <thread>

#include "engine/documents/document_store.h"
#include "engine/workflow/engine.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/demo_cast.h"

/// What a certificate of birth costs from the officer's "enter" to the paper the agency has signed: the entry with its
/// number, the personal number, the leader's decision, the PDF drawn and signed, the agency's signature added. Each step
/// is the command the desk calls; what is done after COMMIT runs on the threads a server has for it.
namespace thien_an::program {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int clerks = 8;
constexpr int server_threads = 2;  ///< Of the outbox, as in serve.
constexpr int days_back = 50;      ///< Within the 60 days of the law.
constexpr std::chrono::seconds patience{120};

/// What went wrong first; the others stop.
class Trouble {
public:
    void tell(const std::string& told)
    {
        const std::lock_guard lock(mutex_);
        if (!any_.exchange(true)) what_ = told;
    }
    explicit operator bool() const { return any_; }
    const std::string& what() const { return what_; }

private:
    std::atomic<bool> any_{false};
    std::mutex mutex_;
    std::string what_;
};

/// Processor time of all threads so far: what a busy machine does not change much.
double cpu_ms()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto ms = [](const timeval& t) { return double(t.tv_sec) * 1e3 + double(t.tv_usec) / 1e3; };
    return ms(used.ru_utime) + ms(used.ru_stime);
}

/// A birth on its way to its certificate.
struct Birth {
    const Commune* commune = nullptr;
    casework::DossierId dossier;
};

/// A task of the ordinary way: who does it, with which answer, and the task after it.
struct Stage {
    std::string_view node;
    std::string_view post;
    casework::Completion completion;
    std::string_view next;
};

std::vector<Stage> before_entry()
{
    return {
        {"receive", "one_stop_officer", {.outcome = "receive"}, "pass_on"},
        {"pass_on", "one_stop_officer", {.outcome = "pass_on"}, "check"}};
}

/// The stages that are measured, with the name of their figure.
std::vector<std::pair<std::string, Stage>> measured()
{
    const json::object checked{
        {"note", ""}, {"duplicate_answer", "not_duplicate"}, {"duplicate_reason", "bench"}};
    return {
        {"entered",
         {"check", "justice_civil_status_officer", {.outcome = "enter", .form = checked}, "approve"}},
        {"signed", {"approve", "chairman", {.outcome = "approve"}, "seal"}},
        {"sealed", {"seal", "clerk", {.outcome = "seal"}, "hand_over"}}};
}

class Run {
public:
    Run(House& house, const Cast& cast, Trouble& trouble) : house_(house), cast_(cast), trouble_(trouble) {}

    void file(int count)
    {
        const auto names = demo_names(house_);
        const auto scan = demo_scan(house_);
        const auto today = day_of(house_.clock_.now());
        births_.resize(std::size_t(count));
        each([&](std::size_t i) {
            std::mt19937_64 random{i + 1};
            const auto& commune = cast_.communes[i % cast_.communes.size()];
            auto form = civil_status::demo_birth(random, names, commune.agency.unit, today, days_back);
            const auto& citizen = cast_.citizens[i % cast_.citizens.size()];
            const auto& requester = *json::find(form, "/requester");
            const casework::Filing filing{
                .procedure = "birth_registration",
                .agency = commune.agency.unit,
                .applicant =
                    {.party = citizen.party,
                     .name = json::string_or(requester, "full_name"),
                     .phone = json::string_or(requester, "phone"),
                     .email = "",
                     .address = ""},
                .form = form,
                .files =
                    {{"birth_notification", scan, "giay-chung-sinh.pdf"},
                     {"requester_identity", scan, "cccd.pdf"}},
                .channel = "online",
                .draft = {}};
            const auto filed = casework::submit(*house_.office_, citizen, filing);
            if (!filed) return refused(filed.problem());
            births_[i] = {&commune, filed.value().id};
        });
    }

    /// Each birth through the stage, until the task after it is open; how long that took.
    double through(const Stage& stage)
    {
        const auto began = Steady::now();
        each([&](std::size_t i) {
            const auto task = open_task(births_[i], stage.node);
            if (!task) return trouble_.tell("no task " + std::string(stage.node));
            const auto& officer = births_[i].commune->officers.at(std::string(stage.post));
            const auto done =
                casework::complete_task(*house_.office_, officer, {task->id.value}, stage.completion);
            if (!done) refused(done.problem());
        });
        const auto until = Steady::now() + patience;
        for (const auto& birth : births_)
            while (!trouble_ && !open_task(birth, stage.next)) {
                if (Steady::now() > until) trouble_.tell("never came to " + std::string(stage.next));
                std::this_thread::sleep_for(std::chrono::milliseconds{5});
            }
        return std::chrono::duration<double>(Steady::now() - began).count();
    }

    /// Certificates the leader and the agency have signed.
    std::int64_t sealed()
    {
        std::int64_t count = 0;
        for (const auto& birth : births_)
            count += house_.database_->read([&](storage::Reader& db) {
                for (const auto& paper : documents::documents_of(db, {"dossier", birth.dossier.value}))
                    if (paper.about.kind == "certificate") {
                        const auto versions = documents::versions_of(db, paper.id);
                        return std::int64_t(!versions.empty() && versions.back().stage == "sealed");
                    }
                return std::int64_t{0};
            });
        return count;
    }

private:
    void refused(const Problem& problem) { trouble_.tell(house_.say(problem) + " " + problem.field); }

    void each(const std::function<void(std::size_t)>& act)
    {
        std::atomic<std::size_t> next{0};
        std::vector<std::jthread> threads;
        for (int i = 0; i < clerks; ++i)
            threads.emplace_back([&] {
                try {
                    for (auto at = next++; at < births_.size() && !trouble_; at = next++) act(at);
                } catch (const std::exception& fault) {
                    trouble_.tell(fault.what());
                }
            });
    }

    std::optional<workflow::Task> open_task(const Birth& birth, std::string_view node)
    {
        return house_.database_->read([&](storage::Reader& db) -> std::optional<workflow::Task> {
            const auto instance = workflow::instance_of(db, birth.dossier.value);
            if (!instance) return std::nullopt;
            for (const auto& task : workflow::open_tasks(db, instance->id))
                if (task.node == node) return task;
            return std::nullopt;
        });
    }

    House& house_;
    const Cast& cast_;
    Trouble& trouble_;
    std::vector<Birth> births_;
};

}  // namespace

Outcome bench_certificates(House& house, const Options& options)
{
    const auto accounts = demo_accounts(house);
    if (!accounts) return {exit_fault, house.say(accounts.problem(), options.language) + "\n"};
    const auto today = day_of(house.clock_.now());
    const auto cast =
        house.database_->read([&](storage::Reader& db) { return cast_of(db, accounts.value(), today); });
    Trouble trouble;
    Run run(house, cast, trouble);
    json::object out{{"count", options.count}};
    double seconds = 0;
    {
        const storage::OutboxRunner outbox(
            *house.database_, house.ids_, house.clock_, house.outbox_handlers(), {.threads = server_threads}
        );
        run.file(options.count);
        for (const auto& stage : before_entry()) run.through(stage);
        const auto cpu_before = cpu_ms();
        for (const auto& [name, stage] : measured()) {
            const auto took = run.through(stage);
            out[name + "_a_second"] = options.count / took;
            seconds += took;
        }
        out["cpu_ms_each"] = (cpu_ms() - cpu_before) / options.count;
    }
    if (trouble) return {exit_fault, trouble.what() + "\n"};
    out["certificates_a_second"] = options.count / seconds;
    out["sealed"] = run.sealed();
    return {exit_well, json::text_of(json::value(out)) + "\n"};
}

}  // namespace thien_an::program
