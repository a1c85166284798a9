#include "programs/thienan/demo_dossiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/casework/casework.h"
#include "engine/identity/agencies.h"
#include "engine/identity/posts.h"
#include "engine/workflow/engine.h"

#include "systems/civil_status/demo_births.h"

#include "programs/thienan/house.h"
#include "programs/thienan/pack_files.h"

namespace thien_an::program {
namespace {

using identity::Actor;

constexpr int dossiers_made = 240;
constexpr int days_back = 28;
constexpr int births_days_back = 70;  ///< Beyond 60 days: some are late.

/// A commune with its officers by kind of post.
struct Commune {
    identity::Agency agency;
    std::map<std::string, Actor> officers;
};

struct Cast {
    std::vector<Commune> communes;
    std::vector<Actor> citizens;
};

Cast cast_of(storage::Reader& db, const std::vector<identity::DemoAccount>& accounts, Day today)
{
    std::map<std::int64_t, Commune> communes;
    Cast cast;
    for (const auto& account : accounts) {
        if (account.post.empty()) {
            cast.citizens.push_back({.party = account.party, .channel = "portal"});
            continue;
        }
        for (const auto& post : identity::posts_held(db, account.party, today)) {
            const auto agency = identity::agency_on(db, post.agency, today);
            if (!agency || agency.value().level != identity::UnitLevel::commune) continue;
            auto& commune = communes[post.agency.value];
            commune.agency = agency.value();
            commune.officers.try_emplace(
                post.kind,
                Actor{.party = account.party, .post = post.id, .agency = post.agency, .channel = "desk"}
            );
        }
    }
    for (auto& [id, commune] : communes) cast.communes.push_back(std::move(commune));
    return cast;
}

/// A working minute between seven and four.
Instant working_minute(std::mt19937_64& random, Day day)
{
    while (std::chrono::weekday{day} == std::chrono::Saturday ||
           std::chrono::weekday{day} == std::chrono::Sunday)
        day -= std::chrono::days{1};
    const int minute = std::uniform_int_distribution<int>(7 * 60, 14 * 60)(random);
    return at(day, Minutes{minute});
}

/// How far a dossier is brought: the name of the task to stop before, or "end".
struct Goal {
    std::string stop_at;
    std::string refuse_at;
    bool supplement = false;
    bool withdraw = false;
};

Goal goal_for(std::mt19937_64& random, bool recent)
{
    const int dice = std::uniform_int_distribution<int>(0, 99)(random);
    if (!recent) {
        if (dice < 4) return {.stop_at = "end", .refuse_at = "check"};
        if (dice < 7) return {.stop_at = "", .refuse_at = "", .withdraw = true};
        if (dice < 9) return {.stop_at = "check", .refuse_at = ""};  // Late.
        if (dice < 12) return {.stop_at = "", .refuse_at = "", .supplement = true};
        if (dice < 18) return {.stop_at = "hand_over", .refuse_at = ""};
        return {.stop_at = "end", .refuse_at = ""};
    }
    if (dice < 30) return {.stop_at = "receive", .refuse_at = ""};
    if (dice < 45) return {.stop_at = "pass_on", .refuse_at = ""};
    if (dice < 55) return {.stop_at = "", .refuse_at = "", .supplement = true};
    if (dice < 75) return {.stop_at = "check", .refuse_at = ""};
    if (dice < 90) return {.stop_at = "approve", .refuse_at = ""};
    return {.stop_at = "hand_over", .refuse_at = ""};
}

struct Move {
    std::string_view kind;  ///< Of the post that does it.
    casework::Completion completion;
};

/// What an officer does at a task on the ordinary way; nothing when the demo does not know it.
std::optional<Move> ordinary_move(std::string_view node, const json::value& form, int serial)
{
    if (node == "receive") return Move{"one_stop_officer", {.outcome = "receive"}};
    if (node == "pass_on") return Move{"one_stop_officer", {.outcome = "pass_on"}};
    if (node == "check")
        return Move{
            "justice_civil_status_officer",
            {.outcome = "enter",
             .form = json::object{
                 {"note", "Đủ giấy tờ"},
                 {"duplicate_answer", "not_duplicate"},
                 {"duplicate_reason", "Khác cha mẹ"}}}};
    if (node == "approve") return Move{"chairman", {.outcome = "approve"}};
    if (node == "seal") return Move{"clerk", {.outcome = "seal"}};
    if (node == "stamp") return Move{"clerk", {.outcome = "stamped"}};
    if (node == "print_certificate")
        return Move{
            "justice_civil_status_officer",
            {.outcome = "printed",
             .form = json::object{
                 {"form_serial", fmt::format("KS-2016-{:06}", serial)}, {"printed_well", true}}}};
    if (node == "hand_over")
        return Move{
            "one_stop_officer",
            {.outcome = "handed_over",
             .form = json::object{
                 {"handed_to", json::string_or(*json::find(form, "/requester"), "full_name")},
                 {"handed_by", "at_desk"},
                 {"register_signed", "at_desk"}}}};
    return std::nullopt;
}

/// One dossier's life, on a clock of its own.
class Life {
public:
    Life(House& house, const Commune& commune, const Actor& citizen, std::mt19937_64& random)
        : house_(house), commune_(commune), citizen_(citizen), random_(random)
    {
    }

    void live(const json::value& form, Instant filed, Instant now, const Goal& goal, casework::FileId photo)
    {
        now_ = filed;
        until_ = now;
        form_ = form;
        if (!file(photo)) return;
        if (goal.withdraw) return withdraw();
        for (int step = 0; step < 12; ++step) {
            const auto task = open_task();
            if (!task) {
                wait_for_work();
                if (!open_task()) return;
                continue;
            }
            if (task->node == goal.stop_at) return;
            if (!advance(*task, goal)) return;
        }
    }

private:
    /// Runs `act` on an office whose clock shows this dossier's moment.
    template <typename Do>
    auto at_moment(Do act)
    {
        const Clock clock{now_};
        auto& real = *house_.office_;
        casework::Office office{
            .database = real.database,
            .clock = clock,
            .ids = real.ids,
            .files = real.files,
            .keys = real.keys,
            .packs = real.packs,
            .codes = real.codes,
            .settings = real.settings,
            .rules = real.rules,
            .subscribers = real.subscribers,
            .actions = real.actions,
            .notify = real.notify,
            .words = real.words,
            .public_address = real.public_address};
        return act(office);
    }

    bool later(int least, int most)
    {
        now_ += Minutes{std::uniform_int_distribution<int>(least, most)(random_)};
        return now_ < until_;
    }

    bool file(casework::FileId photo)
    {
        const auto& requester = *json::find(form_, "/requester");
        casework::Filing filing{
            .procedure = "birth_registration",
            .agency = commune_.agency.unit,
            .applicant =
                {.party = citizen_.party,
                 .name = json::string_or(requester, "full_name"),
                 .phone = json::string_or(requester, "phone"),
                 .email = "",
                 .address = ""},
            .form = form_,
            .files =
                {{"birth_notification", photo, "giay-chung-sinh.pdf"},
                 {"requester_identity", photo, "cmnd.pdf"}},
            .channel = "online",
            .draft = {}};
        const auto filed =
            at_moment([&](casework::Office& office) { return casework::submit(office, citizen_, filing); });
        if (!filed) {
            house_.log_.warning(
                "demo_dossier_refused", {{"code", filed.problem().code}, {"field", filed.problem().field}}
            );
            return false;
        }
        dossier_ = filed.value().id;
        return true;
    }

    std::optional<workflow::Task> open_task()
    {
        return house_.database_->read([&](storage::Reader& db) -> std::optional<workflow::Task> {
            const auto instance = workflow::instance_of(db, dossier_.value);
            if (!instance) return std::nullopt;
            const auto tasks = workflow::open_tasks(db, instance->id);
            return tasks.empty() ? std::nullopt : std::optional(tasks.front());
        });
    }

    /// Papers drawn and signed, answers of other systems.
    void wait_for_work()
    {
        auto handlers = house_.outbox_handlers();
        storage::outbox_run_due(*house_.database_, house_.ids_, handlers, now_);
        at_moment([&](casework::Office& office) { return casework::work_once(office); });
        storage::outbox_run_due(*house_.database_, house_.ids_, handlers, now_);
    }

    bool complete(const workflow::Task& task, std::string_view kind, const casework::Completion& completion)
    {
        const auto officer = commune_.officers.find(std::string(kind));
        if (officer == commune_.officers.end() || !later(5, 40)) return false;
        const auto done = at_moment([&](casework::Office& office) {
            return casework::complete_task(office, officer->second, {task.id.value}, completion);
        });
        if (!done)
            house_.log_.warning("demo_task_refused", {{"node", task.node}, {"code", done.problem().code}});
        return bool(done);
    }

    bool advance(const workflow::Task& task, const Goal& goal)
    {
        if (goal.supplement && task.node == "pass_on") {
            complete(
                task,
                "one_stop_officer",
                {.outcome = "supplement", .reason = "Ảnh Giấy chứng sinh bị mờ, chụp lại rõ bốn góc."}
            );
            return false;
        }
        if (task.node == goal.refuse_at) {
            complete(
                task,
                "justice_civil_status_officer",
                {.outcome = "refuse", .reason = "Trẻ đã được đăng ký khai sinh tại nơi khác."}
            );
            return false;
        }
        const auto move = ordinary_move(task.node, form_, ++serial());
        return move && complete(task, move->kind, move->completion);
    }

    void withdraw()
    {
        if (!later(20, 200)) return;
        const auto done = at_moment([&](casework::Office& office) {
            return casework::withdraw(office, citizen_, dossier_, "Nộp nhầm nơi.");
        });
        if (!done) house_.log_.warning("demo_withdrawal_refused", {{"code", done.problem().code}});
    }

    static int& serial()
    {
        static int last = 0;
        return last;
    }

    House& house_;
    const Commune& commune_;
    Actor citizen_;
    std::mt19937_64& random_;
    Instant now_;
    Instant until_;
    json::value form_;
    casework::DossierId dossier_;
};

/// A scan that stands for every paper of the demo.
casework::FileId demo_scan(House& house)
{
    constexpr std::string_view pdf =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count "
        "1>>endobj\n"
        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
    const auto blob = house.files_.keep(bytes_of(pdf), storage::FileKind::pdf);
    const auto id = house.database_->write({}, [&](storage::Writer& db) -> Result<storage::FileId> {
        return storage::file_add(db, house.ids_, blob, "giay-chung-sinh.pdf", house.clock_.now());
    });
    return {id.value().value};
}

}  // namespace

void make_demo_dossiers(House& house, const std::vector<identity::DemoAccount>& accounts)
{
    const Instant now = house.clock_.now();
    const auto cast =
        house.database_->read([&](storage::Reader& db) { return cast_of(db, accounts, day_of(now)); });
    if (cast.communes.empty() || cast.citizens.empty()) return;
    auto names_file = json::parse(read_text(house.packs_path_ / "province" / "demo_names.json"));
    if (!names_file) throw std::runtime_error("province/demo_names.json cannot be read");
    const civil_status::DemoNames names(names_file.value());
    std::mt19937_64 random{1242};
    std::vector<Instant> moments;
    for (int i = 0; i < dossiers_made; ++i) {
        const bool recent = i % 5 == 0;
        const int back = std::uniform_int_distribution<int>(recent ? 0 : 2, recent ? 1 : days_back)(random);
        moments.push_back(
            std::min(working_minute(random, day_of(now) - std::chrono::days{back}), now - Minutes{5})
        );
    }
    std::sort(moments.begin(), moments.end());
    const auto photo = demo_scan(house);
    for (std::size_t i = 0; i < moments.size(); ++i) {
        const auto& commune = cast.communes[i % cast.communes.size()];
        const auto& citizen = cast.citizens[i % cast.citizens.size()];
        const auto form = civil_status::demo_birth(
            random, names, commune.agency.unit, day_of(moments[i]), births_days_back
        );
        const bool recent = now - moments[i] < std::chrono::hours{36};
        Life(house, commune, citizen, random).live(form, moments[i], now, goal_for(random, recent), photo);
    }
}

}  // namespace thien_an::program
