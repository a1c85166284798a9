#include <doctest/doctest.h>

#include "engine/casework/case_world.h"
#include "engine/casework/reading.h"
#include "engine/storage/at_once.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/case_setup_for_tests.h"
#include "systems/civil_status/hospital_notice_desk.h"

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;
using storage::TestDatabases;

constexpr const char* cases = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/cases";
constexpr const char* own_folder = THIENAN_SOURCE_DIR "/systems/civil_status";

/// A commune, a hospital that tells it of births, and a mother.
struct Commune {
    explicit Commune(TestDatabases& databases)
        : setup(birth_setup(databases, databases.folder(), population)), from(setup), world(from, cases)
    {
        walk("given now is 2016-03-22T08:00\nwhen now is 2016-03-22T08:01\n");
        from.subscribers.add(
            "birth_registration.filed", "notices", notice_subscriber(office(), NoticeKind::birth)
        );
        hospital.channel = "api";
        hospital.party = {77};
        mother = world.actor("mother");
        owner = {.party = mother.party, .visitor = {}};
    }
    void walk(std::string_view statements)
    {
        const auto file = casework::read_case("# notices\n" + std::string(statements)).value();
        for (const auto& statement : file.statements) {
            if (statement.kind == casework::CaseStatement::Kind::given) {
                world.given(statement);
                continue;
            }
            const auto refused = world.when(statement);
            INFO("line ", statement.line, ": ", refused ? refused->code : "");
            REQUIRE_FALSE(refused);
        }
    }
    casework::Office& office() { return world.office(); }
    template <typename Ask>
    auto read(Ask ask)
    {
        return office().database.read(ask);
    }

    /// The birth the worked examples are about, as the hospital tells of it.
    static Notice notice(std::string number = "215/2016")
    {
        Notice made{
            .kind = NoticeKind::birth,
            .number = std::move(number),
            .facility_code = "51001",
            .facility_name = "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi",
            .at = at(Day{2016y / 3 / 12}, Minutes{195}),
            .place = "phường Nghĩa Lộ, thành phố Quảng Ngãi, tỉnh Quảng Ngãi",
            .weight_grams = 3100};
        made.subject.sex = "female";
        made.mother = {
            .full_name = "PHẠM THỊ VY",
            .sex = "female",
            .born_on = Day{1991y / 5 / 20},
            .ethnicity = "19",
            .nationality = "VN",
            .identity_number = "212000111",
            .unit = "21172",
            .residence = "Tổ dân phố Liên Hiệp 1",
            .phone = "0905000111"};
        return made;
    }
    TakenNotice take(const Notice& notice) { return take_notice(office(), hospital, notice).value(); }
    Result<casework::Draft> claim(std::string_view code, std::string_view born = "1991-05-20")
    {
        return claim_notice(office(), *files, mother, owner, code, born);
    }
    StoredNotice stored(const TakenNotice& taken)
    {
        return *read([&](storage::Reader& db) { return notice_by_id(db, office().keys, taken.id); });
    }
    bool answered(const TakenNotice& taken)
    {
        return read([&](storage::Reader& db) { return notice_answered(db, stored(taken)); });
    }

    PopulationSimulator population;
    casework::CaseSetup setup;
    casework::CaseTemplate from;
    casework::CaseWorld world;
    std::unique_ptr<Files> files = Files::load(own_folder).value();
    identity::Actor hospital;
    identity::Actor mother;
    casework::DraftOwner owner;
};

}  // namespace

TEST_DATABASES("a notice is taken once by its number, and other content under it is refused")
{
    Commune commune(databases);
    const auto first = commune.take(Commune::notice());
    CHECK(first.code.size() == 12);
    CHECK_FALSE(first.repeated);
    CHECK_FALSE(first.agency_name.empty());
    const auto second = commune.take(Commune::notice());
    CHECK(second.repeated);
    CHECK(second.id == first.id);
    CHECK(second.code == first.code);
    auto other = Commune::notice();
    other.weight_grams = 2000;
    CHECK(
        take_notice(commune.office(), commune.hospital, other).problem().code ==
        "civil_status.notice_conflict"
    );
    // Sent by many at once it is still one.
    std::array<std::string, 6> codes;
    CHECK(storage::at_once(6, [&](int i) {
              const auto taken = take_notice(commune.office(), commune.hospital, Commune::notice("216/2016"));
              if (taken) codes.at(std::size_t(i)) = taken.value().code;
              return bool(taken);
          }) == 6);
    CHECK(std::set<std::string>(codes.begin(), codes.end()).size() == 1);
}

TEST_DATABASES("the family completes it with the code: the form is filled in and the paper is there")
{
    Commune commune(databases);
    const auto taken = commune.take(Commune::notice());
    CHECK(commune.claim("WRONGCODE123").problem().code == "civil_status.notice_not_found");
    CHECK(commune.claim(taken.code, "1991-05-21").problem().code == "civil_status.notice_not_found");
    const auto draft = commune.claim(taken.code.substr(0, 4) + "-" + taken.code.substr(4)).value();
    const auto text = [&](std::string_view place) {
        const auto* v = json::find(draft.form, place);
        return v == nullptr || !v->is_string() ? std::string() : std::string(v->get_string());
    };
    CHECK(text("/child/born_on") == "2016-03-12");
    CHECK(text("/child/sex") == "female");
    CHECK(text("/child/birthplace/kind") == "facility");
    CHECK(text("/child/birthplace/facility") == "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi");
    CHECK(text("/mother/full_name") == "Phạm Thị Vy");
    CHECK(text("/mother/identity_number") == "212000111");
    CHECK(text("/mother/ethnicity") == "19");
    CHECK(text("/mother/residence/unit") == "21172");
    CHECK(json::find(draft.form, "/mother/birth_year")->as_int64() == 1991);
    CHECK_FALSE(draft.agency.empty());
    REQUIRE(draft.files.size() == 1);
    CHECK(draft.files[0].paper == "birth_notification");
    CHECK(draft.files[0].media_type == "application/pdf");
    CHECK(draft.files[0].bytes > 1000);
    // Again: the same draft.
    CHECK(commune.claim(taken.code).value().id == draft.id);

    auto filing = commune.world.filing("mother", {}, 0);
    filing.draft = draft.id;
    std::erase_if(filing.files, [](const casework::FiledFile& f) { return f.paper == "birth_notification"; });
    filing.files.push_back({"birth_notification", draft.files[0].file, draft.files[0].name});
    const auto filed = casework::submit(commune.office(), commune.mother, filing).value();
    CHECK(commune.stored(taken).dossier == filed.id.value);
    CHECK(commune.stored(taken).linked == NoticeLink::by_code);
    const auto again = commune.claim(taken.code).problem();
    CHECK(again.code == "civil_status.notice_filed");
    REQUIRE(again.words.size() == 1);
    CHECK(again.words[0].second == filed.code);
    CHECK(commune.take(Commune::notice()).dossier == filed.code);
}

TEST_DATABASES("the same birth from hospital and parents is one dossier, whoever comes first")
{
    Commune commune(databases);
    // The hospital first; the mother files without its code.
    const auto taken = commune.take(Commune::notice());
    commune.walk("when mother files\n");
    CHECK(commune.stored(taken).dossier == commune.world.dossier_id().value);
    CHECK(commune.stored(taken).linked == NoticeLink::by_match);
    CHECK(commune.claim(taken.code).problem().code == "civil_status.notice_filed");
    // Withdrawn: the birth is to be completed again.
    commune.walk("when mother withdraws\n");
    CHECK_FALSE(commune.answered(taken));
    CHECK(commune.claim(taken.code));
    CHECK(casework::verify_dossiers(commune.office().database).dossiers == 1);
}

TEST_DATABASES("parents who were quicker than the hospital are not asked again")
{
    Commune commune(databases);
    commune.walk("when mother files\nwhen one_stop_officer receives\n");
    const auto taken = commune.take(Commune::notice());
    CHECK(commune.stored(taken).dossier == commune.world.dossier_id().value);
    CHECK_FALSE(taken.dossier.empty());
    // A twin of the same mother on the same day is another birth: its notice stays open.
    auto twin = Commune::notice("216/2016");
    twin.subject.sex = "male";
    CHECK(commune.take(twin).dossier.empty());
    auto stranger = Commune::notice("217/2016");
    stranger.mother.identity_number = "212999999";
    CHECK(commune.take(stranger).dossier.empty());
}

TEST_DATABASES("one draft of a notice files once: the second of two is refused")
{
    Commune commune(databases);
    const auto taken = commune.take(Commune::notice());
    const auto draft = commune.claim(taken.code).value();
    commune.walk("when mother files\n");
    auto filing = commune.world.filing("mother", {}, 0);
    filing.draft = draft.id;
    const auto second = casework::submit(commune.office(), commune.mother, filing);
    CHECK(second.problem().code == "civil_status.notice_filed");
    CHECK(casework::verify_dossiers(commune.office().database).dossiers == 1);
}

TEST_DATABASES("the commune sees notices nobody has answered, and reminds")
{
    Commune commune(databases);
    const auto taken = commune.take(Commune::notice());
    const auto officer = commune.world.actor("justice_civil_status_officer");
    const auto seen = [&](Day before) {
        return commune.read([&](storage::Reader& db) {
            return notices_seen(
                db,
                commune.office().keys,
                officer,
                Day{2016y / 4 / 10},
                {.kind = NoticeKind::birth, .received_before = before}
            );
        });
    };
    CHECK(seen(Day{2016y / 3 / 22}).empty());
    REQUIRE(seen(Day{2016y / 4 / 10}).size() == 1);
    CHECK(seen(Day{2016y / 4 / 10})[0].notice.mother.full_name == "PHẠM THỊ VY");
    CHECK(
        remind_of_notice(commune.office(), commune.mother, taken.id, "").problem().code ==
        "civil_status.no_such_notice"
    );
    REQUIRE(remind_of_notice(commune.office(), officer, taken.id, "gọi điện"));
    CHECK(commune.stored(taken).reminded_at);
    commune.walk("when mother files\n");
    CHECK(seen(Day{2016y / 4 / 10}).empty());
}

}  // namespace thien_an::civil_status
