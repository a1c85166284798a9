#include <fmt/format.h>

#include <atomic>
#include <random>
#include <thread>

#include "programs/thienan/commands.h"
#include "programs/thienan/demo_cast.h"

/// Fills a demo folder for measurements: every dossier is filed by the command the portal uses, with all it writes, from
/// as many threads as a server has, so that commits group.
namespace thien_an::program {
namespace {

constexpr int clerks = 32;
constexpr int days_back = 50;  ///< Within the 60 days of the law: no late registrations among them.

/// What went wrong first; the others stop.
struct Trouble {
    std::atomic<bool> any{false};
    std::mutex mutex;
    std::string what;

    void tell(const std::string& told)
    {
        const std::lock_guard lock(mutex);
        if (!any.exchange(true)) what = told;
    }
};

casework::Filing filing_of(
    const Commune& commune, const Actor& citizen, json::value form, casework::FileId scan
)
{
    const auto& requester = *json::find(form, "/requester");
    casework::Applicant applicant{
        .party = citizen.party,
        .name = json::string_or(requester, "full_name"),
        .phone = json::string_or(requester, "phone"),
        .email = "",
        .address = ""};
    return {
        .procedure = "birth_registration",
        .agency = commune.agency.unit,
        .applicant = std::move(applicant),
        .form = std::move(form),
        .files =
            {{"birth_notification", scan, "giay-chung-sinh.pdf"}, {"requester_identity", scan, "cmnd.pdf"}},
        .channel = "online",
        .draft = {}};
}

/// The filings `first` to `last`; each thread makes its own.
class Births {
public:
    Births(const House& house, const Cast& cast, casework::FileId scan, int first)
        : names_(demo_names(house)),
          cast_(cast),
          scan_(scan),
          today_(day_of(house.clock_.now())),
          random_{std::uint64_t(first) + 1}
    {
    }

    const Actor& citizen(int i) const { return cast_.citizens[std::size_t(i) % cast_.citizens.size()]; }
    casework::Filing next(int i)
    {
        const auto& commune = cast_.communes[std::size_t(i) % cast_.communes.size()];
        auto form = civil_status::demo_birth(random_, names_, commune.agency.unit, today_, days_back);
        return filing_of(commune, citizen(i), std::move(form), scan_);
    }

private:
    civil_status::DemoNames names_;
    const Cast& cast_;
    casework::FileId scan_;
    Day today_;
    std::mt19937_64 random_;
};

void file_some(House& house, Births births, int first, int last, Trouble& trouble)
{
    for (int i = first; i < last && !trouble.any; ++i) {
        const auto filed = casework::submit(*house.office_, births.citizen(i), births.next(i));
        if (!filed) trouble.tell(house.say(filed.problem()) + " " + filed.problem().field);
    }
}

/// As POST /api/v1/dossiers takes them, without files.
std::string written(Births births, int count)
{
    std::string out;
    for (int i = 0; i < count; ++i) {
        const auto filing = births.next(i);
        const json::object one{
            {"procedure", filing.procedure},
            {"agency", filing.agency},
            {"applicant", json::object{{"name", filing.applicant.name}, {"phone", filing.applicant.phone}}},
            {"form", filing.form}};
        out += json::text_of(one) + "\n";
    }
    return out;
}

/// Citizens who read their notices on the portal only: a hundred thousand messages on their way out would be measured
/// with everything else. The first citizen stays as he is.
void quieten(House& house, const Cast& cast)
{
    const auto done = house.database_->write({}, [&](storage::Writer& db) -> Result<Done> {
        for (const auto& citizen : cast.citizens)
            notices::set_preferences(db, citizen.party, {.sms = false, .email = false});
        return Done{};
    });
    if (!done) throw std::logic_error("preferences that are refused");
}

}  // namespace

Outcome bench_dossiers(House& house, const Options& options)
{
    const auto accounts = demo_accounts(house);
    if (!accounts) return {exit_fault, house.say(accounts.problem(), options.language) + "\n"};
    const Day today = day_of(house.clock_.now());
    auto cast =
        house.database_->read([&](storage::Reader& db) { return cast_of(db, accounts.value(), today); });
    cast.citizens.erase(cast.citizens.begin());
    const auto scan = demo_scan(house);
    if (options.print) return {exit_well, written(Births(house, cast, scan, 0), options.count)};
    quieten(house, cast);
    const auto started = std::chrono::steady_clock::now();
    Trouble trouble;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < clerks; ++i)
            threads.emplace_back([&, i] {
                try {
                    const auto part = [&](int n) { return int(std::int64_t{options.count} * n / clerks); };
                    file_some(house, Births(house, cast, scan, part(i)), part(i), part(i + 1), trouble);
                } catch (const std::exception& fault) {
                    trouble.tell(fault.what());
                }
            });
    }
    if (trouble.any) return {exit_fault, trouble.what + "\n"};
    const auto took = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    const json::object words{{"count", options.count}, {"seconds", fmt::format("{:.1f}", took)}};
    return {exit_well, house.words_.say("program.dossiers_made", options.language, words) + "\n"};
}

}  // namespace thien_an::program
