#include "programs/thienan/demo_dossiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "engine/casework/casework.h"
#include "engine/casework/dossier_store.h"
#include "engine/documents/blank_forms.h"
#include "engine/workflow/calendar.h"
#include "engine/workflow/engine.h"

#include "systems/civil_status/demo_births.h"
#include "systems/civil_status/national.h"
#include "systems/civil_status/national_store.h"

#include "programs/thienan/demo_cast.h"
#include "programs/thienan/house.h"

namespace thien_an::program {
namespace {

using identity::Actor;

constexpr int days_back = 32;
constexpr std::string_view certificate_form = "birth_certificate_form";
constexpr std::string_view marriage_form = "marriage_certificate_form";
constexpr int births_days_back = 70;  ///< Beyond 60 days: some are late.

/// How a dossier's life goes, beside the ordinary way.
struct Goal {
    std::string stop_at;    ///< The task nobody has done yet; empty: handed over in the end.
    std::string refuse_at;  ///< The task that ends with a refusal.
    bool supplement = false;
    bool verify = false;
    bool withdraw = false;
    bool apologise = false;
    bool refused_nationally = false;  ///< Its entry does not please the national database.
};

/// One dossier to be: when it comes in, and how far it gets.
struct Plan {
    Instant filed;
    Goal goal;
    bool at_counter = false;
};

/// Days and hours of the desk.
class Diary {
public:
    Diary(const workflow::Calendar& calendar, Instant now, std::mt19937_64& random)
        : calendar_(calendar), now_(now), random_(random)
    {
    }

    int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

    /// `count` working days before the last one that has begun; 0: that one.
    Day working_day(int count)
    {
        Day day = day_of(now_);
        while (!calendar_.works(day) || at(day, calendar_.hours(day).front().from) >= now_)
            day -= std::chrono::days{1};
        for (; count > 0; --count) do
                day -= std::chrono::days{1};
            while (!calendar_.works(day));
        return day;
    }

    /// A moment of that day when people file: the day through, some in the evening.
    Instant some_time(Day day)
    {
        return at(day, Minutes{between(7 * 60, between(0, 9) == 0 ? 22 * 60 : 15 * 60)});
    }

    /// What is received from here on is due on the day of `now`, so that it is still in time.
    Instant since_cutoff(Minutes cutoff)
    {
        const bool today = day_of(now_) == working_day(0);
        const Instant from = at(working_day(today ? 1 : 0), cutoff);
        const auto minutes =
            std::max<std::int64_t>(workflow::working_between(calendar_, from, now_).count(), 1);
        return working_minutes_after(from, between(0, int(minutes) - 1));
    }

    Instant working_minutes_after(Instant from, int minutes) const
    {
        return workflow::plus_working(calendar_, from, Minutes{minutes});
    }

private:
    const workflow::Calendar& calendar_;
    Instant now_;
    std::mt19937_64& random_;
};

/// A month in the life of a few communes: most is done, a little of everything is on the desks, a few are late.
std::vector<Plan> month_of(Diary& diary)
{
    constexpr Minutes cutoff{15 * 60};
    std::vector<Plan> plans;
    const auto some = [&](int count, int least_days, int most_days, const Goal& goal) {
        for (int i = 0; i < count; ++i)
            plans.push_back(
                {diary.some_time(diary.working_day(diary.between(least_days, most_days))), goal, i % 4 == 0}
            );
    };
    const auto on_the_desk = [&](int count, const Goal& goal) {
        for (int i = 0; i < count; ++i) plans.push_back({diary.since_cutoff(cutoff), goal, i % 5 == 0});
    };
    some(146, 2, 20, {});
    some(8, 2, 20, {.refuse_at = "check"});
    some(5, 2, 20, {.withdraw = true});
    some(7, 2, 8, {.supplement = true});
    some(5, 1, 4, {.stop_at = "verify", .verify = true});
    some(12, 1, 6, {.stop_at = "hand_over"});
    some(3, 2, 3, {.stop_at = "check"});
    some(2, 2, 2, {.stop_at = "approve", .apologise = true});
    some(1, 3, 3, {.stop_at = "receive"});
    on_the_desk(14, {.stop_at = "receive"});
    on_the_desk(8, {.stop_at = "pass_on"});
    on_the_desk(12, {.stop_at = "check"});
    on_the_desk(8, {.stop_at = "approve"});
    on_the_desk(3, {.stop_at = "print_certificate"});
    on_the_desk(3, {.stop_at = "stamp"});
    on_the_desk(3, {.stop_at = "seal"});
    std::stable_sort(plans.begin(), plans.end(), [](const Plan& a, const Plan& b) {
        return a.filed < b.filed;
    });
    return plans;
}

/// One entry of each commune, from a dossier that went well here, a while ago: plan i is of commune i % `communes`.
void refuse_some_nationally(std::vector<Plan>& plans, std::size_t communes)
{
    constexpr std::size_t first = 20;
    const auto went_well = [](const Goal& goal) {
        return goal.stop_at.empty() && goal.refuse_at.empty() && !goal.supplement && !goal.withdraw;
    };
    for (std::size_t commune = 0; commune < communes; ++commune)
        for (std::size_t i = first * communes + commune; i < plans.size(); i += communes)
            if (went_well(plans[i].goal)) {
                plans[i].goal.refused_nationally = true;
                break;
            }
}

struct Move {
    std::string_view kind;  ///< Of the post that does it.
    casework::Completion completion;
};

/// Officers of demo folders write Vietnamese, whoever looks.
std::string said(const House& house, std::string_view what)
{
    return house.words_.say("program.demo." + std::string(what), text::Language::vi);
}

/// What an officer does at a task on the ordinary way; nothing when the demo does not know it.
std::optional<Move> ordinary_move(
    const House& house, std::string_view node, const json::value& form, const std::string& serial
)
{
    if (node == "receive") return Move{"one_stop_officer", {.outcome = "receive"}};
    if (node == "pass_on") return Move{"one_stop_officer", {.outcome = "pass_on"}};
    if (node == "check")
        return Move{
            "justice_civil_status_officer",
            {.outcome = "enter",
             .form = json::object{
                 {"note", said(house, "checked")},
                 {"duplicate_answer", "not_duplicate"},
                 {"duplicate_reason", said(house, "not_duplicate")}}}};
    if (node == "approve") return Move{"chairman", {.outcome = "approve"}};
    if (node == "seal") return Move{"clerk", {.outcome = "seal"}};
    if (node == "stamp") return Move{"clerk", {.outcome = "stamped"}};
    if (node == "print_certificate")
        return Move{
            "justice_civil_status_officer",
            {.outcome = "printed", .form = json::object{{"form_serial", serial}, {"printed_well", true}}}};
    if (node == "hand_over") {
        const auto way = json::string_or(*json::find(form, "/result"), "hand_over");
        return Move{
            "one_stop_officer",
            {.outcome = "handed_over",
             .form = json::object{
                 {"handed_to", json::string_or(*json::find(form, "/requester"), "full_name")},
                 {"handed_by", way},
                 {"register_signed", way == "online" ? "by_code" : "at_desk"}}}};
    }
    return std::nullopt;
}

/// One dossier's life, on a clock of its own.
class Life {
public:
    Life(House& house, const Commune& commune, const Actor& citizen, Diary& diary, Instant until)
        : house_(house), commune_(commune), citizen_(citizen), diary_(diary), until_(until)
    {
    }

    void live(const json::value& form, const Plan& plan, casework::FileId photo)
    {
        form_ = form;
        now_ = plan.at_counter ? diary_.working_minutes_after(plan.filed, 1) : plan.filed;
        if (now_ >= until_ || !file(photo, plan.at_counter)) return;
        machines_work();
        if (plan.goal.withdraw) return withdraw();
        constexpr int steps_max = 14;
        for (int step = 0; step < steps_max; ++step) {
            const auto task = open_task();
            if (!task) break;
            const bool entered = task->node == "check" && plan.goal.refused_nationally;
            if (!advance(*task, plan.goal)) break;
            if (entered) refuse_nationally();
            machines_work();
        }
        if (plan.goal.apologise) apologise();
        if (plan.goal.stop_at.empty()) rate();
    }

private:
    /// Runs `act` on an office whose clock shows this dossier's moment.
    template <typename Do>
    auto at_moment(Do act)
    {
        const Clock clock = Clock::stopped(now_);
        auto office = office_on(house_, clock);
        return act(office);
    }

    /// Some working minutes go by; false when that is after the moment the demo begins.
    bool later(int least, int most)
    {
        const auto then = diary_.working_minutes_after(now_, diary_.between(least, most));
        if (then >= until_) return false;
        now_ = then;
        return true;
    }

    const Actor* officer(std::string_view kind) const
    {
        const auto found = commune_.officers.find(std::string(kind));
        return found == commune_.officers.end() ? nullptr : &found->second;
    }

    bool file(casework::FileId photo, bool at_counter)
    {
        const auto* desk = officer("one_stop_officer");
        if (at_counter && desk == nullptr) return false;
        const auto& requester = *json::find(form_, "/requester");
        casework::Filing filing{
            .procedure = "birth_registration",
            .agency = commune_.agency.unit,
            .applicant =
                {.party = at_counter ? identity::PartyId{} : citizen_.party,
                 .name = json::string_or(requester, "full_name"),
                 .phone = json::string_or(requester, "phone"),
                 .email = "",
                 .address = house_.province_->unit_path(commune_.agency.unit, day_of(now_))},
            .form = form_,
            .files = {{"birth_notification", photo, "giay-chung-sinh.pdf"}},
            .channel = at_counter ? "counter" : "online",
            .draft = {}};
        if (!at_counter) filing.files.push_back({"requester_identity", photo, "cmnd.pdf"});
        const auto filed = at_moment([&](casework::Office& office) {
            return casework::submit(office, at_counter ? *desk : citizen_, filing);
        });
        if (!filed) return refused("demo_dossier_refused", filed.problem());
        dossier_ = filed.value().id;
        return true;
    }

    bool refused(std::string_view what, const Problem& problem)
    {
        house_.log_.warning(
            what, {{"code", problem.code}, {"field", problem.field}, {"dossier", dossier_.value}}
        );
        return false;
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

    /// Papers drawn and signed, answers of other systems: a moment after each act, as when the server runs.
    void machines_work()
    {
        at_moment([&](casework::Office& office) {
            const auto handlers = house_.outbox_handlers(office);
            constexpr int rounds_max = 3;  // A signature, what the process asks for after it, and its answer.
            for (int i = 0; i < rounds_max; ++i)
                storage::outbox_run_due(*house_.database_, house_.ids_, handlers, now_);
            return true;
        });
    }

    bool complete(const workflow::Task& task, std::string_view kind, const casework::Completion& completion)
    {
        const auto* actor = officer(kind);
        const bool collected = task.node == "hand_over";
        if (actor == nullptr || !(collected ? later(30, 1200) : later(4, 25))) return false;
        const auto done = at_moment([&](casework::Office& office) {
            if (collected) static_cast<void>(take_fee(office, *actor));
            return casework::complete_task(office, *actor, {task.id.value}, completion);
        });
        return done ? true : refused("demo_task_refused", done.problem());
    }

    /// Nothing is due for most.
    Result<Done> take_fee(casework::Office& office, const Actor& actor)
    {
        return casework::take_payment(office, actor, dossier_, fmt::format("BL {:07}", ++receipts()));
    }

    bool advance(const workflow::Task& task, const Goal& goal)
    {
        if (goal.supplement && task.node == "pass_on") {
            complete(
                task, "one_stop_officer", {.outcome = "supplement", .reason = said(house_, "supplement")}
            );
            return false;
        }
        if (task.node == goal.refuse_at) {
            complete(
                task, "justice_civil_status_officer", {.outcome = "refuse", .reason = said(house_, "refuse")}
            );
            return false;
        }
        if (goal.verify && task.node == "check")
            return complete(
                task, "justice_civil_status_officer", {.outcome = "verify", .reason = said(house_, "verify")}
            );
        if (task.node == goal.stop_at) return false;
        const auto move = ordinary_move(house_, task.node, form_, next_serial());
        return move && complete(task, move->kind, move->completion);
    }

    /// What the national database answers to the entry just made, once it takes any.
    void refuse_nationally()
    {
        const auto events =
            house_.database_->read([&](storage::Reader& db) -> std::vector<civil_status::NationalEvent> {
                const auto entry = registers::entry_of_dossier(db, dossier_.value);
                if (!entry) return {};
                return civil_status::national_events_of(db, *entry);
            });
        if (events.empty()) return;
        const auto& first = events.front();
        const civil_status::NationalAnswer answer{
            .accepted = false, .reason_code = "MOTHER_ID", .reason = said(house_, "national_refusal")};
        const auto done = at_moment([&](casework::Office& office) {
            return office.database.write({registers::lock_of(first.series)}, [&](storage::Writer& db) {
                return civil_status::take_national_answer(office, db, first.id, answer);
            });
        });
        if (!done) refused("demo_refusal_refused", done.problem());
    }

    std::string next_serial() const
    {
        const auto next = house_.database_->read([&](storage::Reader& db) {
            return documents::next_blank(db, commune_.agency.id, certificate_form);
        });
        return next ? documents::text_of(*next) : "";
    }

    void withdraw()
    {
        if (!later(20, 200)) return;
        const auto* desk = officer("one_stop_officer");
        const bool own = open_dossier().applicant == citizen_.party;
        if (!own && desk == nullptr) return;
        const auto done = at_moment([&](casework::Office& office) {
            return casework::withdraw(office, own ? citizen_ : *desk, dossier_, said(house_, "withdraw"));
        });
        if (!done) refused("demo_withdrawal_refused", done.problem());
    }

    /// The letter goes out the day after, with the next working day.
    void apologise()
    {
        const auto* chairman = officer("chairman");
        now_ = until_ - Minutes{30};
        if (chairman == nullptr) return;
        const auto done = at_moment([&](casework::Office& office) {
            const auto& calendar = office.settings.calendar("counted");
            Day next = day_of(now_) + std::chrono::days{1};
            while (!calendar.works(next)) next += std::chrono::days{1};
            return casework::apologise(office, *chairman, dossier_, next, said(house_, "apologise"));
        });
        if (!done) refused("demo_apology_refused", done.problem());
        machines_work();
    }

    void rate()
    {
        const auto dossier = open_dossier();
        if (dossier.state != casework::DossierState::handed_over || dossier.applicant != citizen_.party ||
            diary_.between(0, 3) != 0)
            return;
        now_ = std::min(now_ + Minutes{diary_.between(5, 600)}, until_ - Minutes{1});
        const auto done = at_moment([&](casework::Office& office) {
            return casework::rate(office, citizen_, dossier_, diary_.between(3, 5), "");
        });
        if (!done) refused("demo_rating_refused", done.problem());
    }

    casework::Dossier open_dossier()
    {
        return house_.database_
            ->read([&](storage::Reader& db) { return casework::find_dossier(db, dossier_); })
            .value();
    }

    static int& receipts()
    {
        static int last = 0;
        return last;
    }

    House& house_;
    const Commune& commune_;
    Actor citizen_;
    Diary& diary_;
    Instant now_;
    Instant until_;
    json::value form_;
    casework::DossierId dossier_;
};

/// Each commune has had its forms since before the month began.
void stock_forms(House& house, const Cast& cast, Instant then)
{
    constexpr std::int64_t forms_of_a_commune = 200;
    std::int64_t first = 1;
    for (const auto& commune : cast.communes) {
        const auto keeper = commune.officers.find("clerk");
        if (keeper == commune.officers.end()) continue;
        const identity::Act act{keeper->second, then, house.ids_};
        for (const auto& [kind, series] :
             {std::pair{certificate_form, "KS"}, std::pair{marriage_form, "KH"}}) {
            const documents::BlankRange range{
                std::string(kind), series, first, first + forms_of_a_commune - 1};
            const auto done = house.database_->write(
                {documents::lock_of_blanks(commune.agency.id)},
                [&](storage::Writer& db) {
                    return documents::receive_blanks(
                        db, act, commune.agency.id, range, said(house, "forms_received")
                    );
                }
            );
            if (!done) house.log_.warning("demo_forms_refused", {{"code", done.problem().code}});
        }
        first += forms_of_a_commune;
    }
}

}  // namespace

void make_demo_dossiers(House& house, const std::vector<identity::DemoAccount>& accounts)
{
    const Instant now = house.clock_.now();
    const auto cast =
        house.database_->read([&](storage::Reader& db) { return cast_of(db, accounts, day_of(now)); });
    if (cast.communes.empty() || cast.citizens.empty()) return;
    const auto names = demo_names(house);
    std::mt19937_64 random{1242};
    Diary diary(house.office_->settings.calendar("counted"), now, random);
    stock_forms(house, cast, now - std::chrono::days{days_back + 2});
    auto plans = month_of(diary);
    refuse_some_nationally(plans, cast.communes.size());
    const auto photo = demo_scan(house);
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const auto& commune = cast.communes[i % cast.communes.size()];
        const auto& citizen = cast.citizens[i % cast.citizens.size()];
        const auto form = civil_status::demo_birth(
            random, names, commune.agency.unit, day_of(plans[i].filed), births_days_back
        );
        Life(house, commune, citizen, diary, now).live(form, plans[i], photo);
    }
}

}  // namespace thien_an::program
