#include "programs/thienan/demo_registers.h"

#include <fmt/format.h>

#include <random>

#include "engine/casework/packs.h"
#include "engine/crypto/durable_file.h"
#include "engine/identity/parties.h"

#include "systems/civil_status/demo_births.h"
#include "systems/civil_status/hospital_notice_desk.h"

#include "programs/thienan/demo_cast.h"
#include "programs/thienan/house.h"

namespace thien_an::program {
namespace {

using std::chrono::days;

constexpr std::string_view facility_code = "51001";

std::string text_at(const json::value& form, std::string_view pointer)
{
    const auto* v = json::find(form, pointer);
    return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
}

int year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

/// Makes up what the communes of a demo have; the same seed makes the same people.
class Communes {
public:
    explicit Communes(House& house) : house_(house), names_(demo_names(house)), now_(house.clock_.now()) {}

    void adopt(const Commune& commune)
    {
        const auto officer = commune.officers.find("justice_civil_status_officer");
        const auto reg = house_.office_->packs.reg("adoptions");
        if (officer == commune.officers.end() || !reg) return;
        const identity::Act act{officer->second, now_ - days{9}, house_.ids_};
        const auto series = registers::series_of(
            *house_.database_, house_.ids_, reg->id, commune.agency.id, year_of(act.today())
        );
        const auto fields = adoption(commune, officer->second, act.today());
        const auto made =
            house_.database_->write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
                const auto entry = TRY(registers::enter(
                    db,
                    act,
                    house_.keys_,
                    *reg,
                    {.series = series, .registered_on = act.today(), .fields = fields}
                ));
                return house_.subscribers_.tell(
                    db, act, reg->entered_event, json::object{{"entry", entry.id.value}, {"dossier", 0}}
                );
            });
        if (!made) house_.log_.warning("demo_adoption_refused", {{"code", made.problem().code}});
    }

    /// A birth so many days ago, told of the day after.
    void tell_birth(const Commune& commune, int days_ago)
    {
        const auto form = birth(commune);
        auto notice = notice_of(civil_status::NoticeKind::birth, form, days_ago);
        notice.weight_grams = between(2600, 3800);
        notice.father_name = text_at(form, "/father/full_name");
        notice.subject.full_name = text_at(form, "/child/full_name");
        notice.subject.sex = text_at(form, "/child/sex");
        notice.mother = person(form, "/mother", commune);
        notice.mother.sex = "female";
        notice.mother.phone = text_at(form, "/requester/phone");
        take(notice, notice.mother, days_ago - 1);
    }

    void tell_death(const Commune& commune, int days_ago)
    {
        const auto form = birth(commune);
        auto notice = notice_of(civil_status::NoticeKind::death, form, days_ago);
        notice.cause = said("death_cause");
        notice.subject = person(form, "/father", commune);
        notice.subject.sex = "male";
        constexpr int older = 40;
        notice.subject.birth_year -= older;
        take(notice, notice.subject, days_ago - 1);
    }

    /// The page that claims it, the year of birth, the name; a line for each notice.
    const std::string& slips() const { return slips_; }

private:
    int between(int least, int most) { return std::uniform_int_distribution<int>(least, most)(random_); }

    std::string said(std::string_view what) const
    {
        return house_.words_.say("program.demo." + std::string(what), text::Language::vi);
    }

    json::value birth(const Commune& commune)
    {
        constexpr int days_back = 30;
        return civil_status::demo_birth(random_, names_, commune.agency.unit, day_of(now_), days_back);
    }

    std::string address_of(const json::value& form, std::string_view who, const Commune& commune) const
    {
        return text_at(form, std::string(who) + "/residence/line") + ", " +
               house_.province_->unit_path(commune.agency.unit, day_of(now_));
    }

    civil_status::NoticePerson person(const json::value& form, const std::string& who, const Commune& commune)
        const
    {
        return {
            .full_name = text_at(form, who + "/full_name"),
            .sex = "",
            .born_on = {},
            .birth_year = json::integer_or(*json::find(form, who), "birth_year"),
            .ethnicity = text_at(form, who + "/ethnicity"),
            .nationality = text_at(form, who + "/nationality"),
            .identity_number = text_at(form, who + "/identity_number"),
            .unit = commune.agency.unit,
            .residence = address_of(form, who, commune),
            .phone = ""};
    }

    civil_status::Notice notice_of(civil_status::NoticeKind kind, const json::value& form, int days_ago)
    {
        const auto day = day_of(now_) - days{days_ago};
        return {
            .kind = kind,
            .number = fmt::format("{}/{}", ++last_number_, year_of(day)),
            .facility_code = std::string(facility_code),
            .facility_name = text_at(form, "/child/birthplace/facility"),
            .issued_on = day,
            .at = at(day, Minutes{between(0, 24 * 60 - 1)}),
            .place = text_at(form, "/child/birthplace/place")};
    }

    void take(const civil_status::Notice& notice, const civil_status::NoticePerson& known, int days_ago)
    {
        const Clock clock = Clock::stopped(now_ - days{days_ago});
        auto office = office_on(house_, clock);
        const auto taken = civil_status::take_notice(office, {.channel = "api"}, notice);
        if (!taken) {
            house_.log_.warning("demo_notice_refused", {{"code", taken.problem().code}});
            return;
        }
        slips_ += fmt::format(
            "/giay-chung-sinh?ma={}\t{}\t{}\n", taken.value().code, known.birth_year, known.full_name
        );
    }

    json::object adoption(const Commune& commune, const Actor& officer, Day on)
    {
        const auto form = birth(commune);
        const auto adopters = birth(commune);
        const auto name_of = [&](identity::PartyId party) {
            return house_.database_->read([&](storage::Reader& db) {
                return identity::find_party(db, party).value().name;
            });
        };
        constexpr int age = 2;
        const auto child_born = on - days{365 * age + between(0, 300)};
        const auto adopter_born = Day{std::chrono::year{year_of(on) - between(30, 45)} / 5 / 20};
        return {
            {"child_full_name", text_at(form, "/child/full_name")},
            {"child_born_on", iso(child_born)},
            {"child_sex", text_at(form, "/child/sex")},
            {"child_ethnicity", "01"},
            {"child_nationality", "VN"},
            {"child_residence", address_of(form, "/mother", commune)},
            {"adopter_full_name", text_at(adopters, "/mother/full_name")},
            {"adopter_born_on", iso(adopter_born)},
            {"adopter_sex", "female"},
            {"adopter_ethnicity", "01"},
            {"adopter_nationality", "VN"},
            {"adopter_residence", address_of(adopters, "/mother", commune)},
            {"adopter_identity_number", text_at(adopters, "/mother/identity_number")},
            {"second_adopter_full_name", text_at(adopters, "/father/full_name")},
            {"second_adopter_born_on", iso(adopter_born - days{400})},
            {"second_adopter_identity_number", text_at(adopters, "/father/identity_number")},
            {"kinship", "none"},
            {"biological_mother_full_name", text_at(form, "/mother/full_name")},
            {"biological_mother_birth_year", *json::find(form, "/mother/birth_year")},
            {"biological_mother_residence", address_of(form, "/mother", commune)},
            {"handed_by", text_at(form, "/mother/full_name")},
            {"consented_on", iso(on - days{20})},
            {"declarant_full_name", text_at(adopters, "/mother/full_name")},
            {"declarant_identity", text_at(adopters, "/mother/identity_number")},
            {"registered_on", iso(on)},
            {"declarant_signed", "at_desk"},
            {"officer", name_of(officer.party)}};
    }

    House& house_;
    civil_status::DemoNames names_;
    Instant now_;
    std::mt19937_64 random_{1242};
    int last_number_ = 214;
    std::string slips_;
};

}  // namespace

void make_demo_registers(House& house, const std::vector<identity::DemoAccount>& accounts)
{
    const auto cast = house.database_->read([&](storage::Reader& db) {
        return cast_of(db, accounts, day_of(house.clock_.now()));
    });
    Communes communes(house);
    for (const auto& commune : cast.communes) {
        communes.adopt(commune);
        communes.tell_birth(commune, 19);
        communes.tell_birth(commune, 2);
        communes.tell_death(commune, 17);
    }
    crypto::write_private_file(house.folder_.path() / "demo-notices.tsv", communes.slips());
}

}  // namespace thien_an::program
