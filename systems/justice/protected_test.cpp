#include <doctest/doctest.h>

#include "engine/casework/case_world.h"
#include "engine/casework/reading.h"
#include "engine/notices/notices.h"

#include "systems/justice/case_setup_for_tests.h"

namespace thien_an::justice {
namespace {

using casework::CaseWorld;
using storage::TestDatabases;

constexpr const char* cases =
    THIENAN_SOURCE_DIR "/systems/justice/procedures/criminal_record_certificate_2/cases";

/// A request for form 2 on the database under test, brought to a point by statements of a worked example.
struct Desk {
    explicit Desk(TestDatabases& databases)
        : setup(justice_setup(databases, databases.folder(), outside)), from(setup), world(from, cases)
    {
        world.office().notify = [this](
                                    storage::Writer&, const identity::Act&, const notices::Notice& notice
                                ) { told.push_back(notice); };
    }
    void walk(std::string_view statements)
    {
        const auto file = casework::read_case("# protected\n" + std::string(statements)).value();
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
    casework::Dossier dossier()
    {
        return office()
            .database
            .read([&](storage::Reader& db) { return casework::find_dossier(db, world.dossier_id()); })
            .value();
    }
    casework::DossierPage open_as(const std::string& post)
    {
        return casework::open_dossier(office(), world.actor(post), dossier().code, "vi").value();
    }

    CorrespondentSimulator outside;
    casework::CaseSetup setup;
    casework::CaseTemplate from;
    CaseWorld world;
    std::vector<notices::Notice> told;
};

constexpr std::string_view received =
    "given now is 2016-06-01T08:00\n"
    "given agency is 51.STP\n"
    "when citizen files counter\n"
    "when one_stop_officer receives\n";

std::string code_of(const auto& result) { return result ? "" : result.problem().code; }

TEST_DATABASES("lists and search have no name of who asked for form 2")
{
    Desk desk(databases);
    desk.walk(received);
    CHECK(desk.dossier().applicant_name.empty());
    CHECK(desk.dossier().subject.empty());
    const auto officer = desk.world.actor("specialist");
    const auto found = [&](std::string_view words) {
        return casework::search_dossiers(desk.office(), officer, words, "", 10).rows;
    };
    CHECK(found("Phạm Thị Vy").empty());
    CHECK(found("pham").empty());
    REQUIRE(found(desk.dossier().code).size() == 1);
    CHECK(found(desk.dossier().code)[0].applicant.empty());
    const auto mine = casework::queue(desk.office(), officer, {});
    REQUIRE(mine.rows.size() == 1);
    CHECK(mine.rows[0].applicant.empty());
    CHECK(mine.rows[0].subject.empty());
}

TEST_DATABASES("the name is kept for the papers, sealed")
{
    Desk desk(databases);
    desk.walk(received);
    desk.office().database.read([&](storage::Reader& db) {
        CHECK(casework::applicant_of(db, desk.office().keys, desk.dossier()).name == "Phạm Thị Vy");
    });
}

TEST_DATABASES("who has no task of it sees neither answers nor papers, and cannot have them shown")
{
    Desk desk(databases);
    desk.walk(received);
    const auto page = desk.open_as("director");
    CHECK(page.hidden);
    CHECK(page.answers.empty());
    CHECK(page.papers.empty());
    CHECK(page.phone_masked.empty());
    const auto director = desk.world.actor("director");
    CHECK(
        code_of(casework::reveal_answers(
            desk.office(), director, desk.world.dossier_id(), "Muốn biết ai yêu cầu", "vi"
        )) == "casework.protected"
    );
    const auto papers = desk.office().database.read([&](storage::Reader& db) {
        return casework::papers_of(db, desk.world.dossier_id());
    });
    REQUIRE(!papers.empty());
    CHECK(code_of(casework::open_paper(desk.office(), director, papers[0].id)) == "casework.protected");
}

TEST_DATABASES("who handles it sees masked answers, and all of them for a reason")
{
    Desk desk(databases);
    desk.walk(received);
    const auto page = desk.open_as("specialist");
    CHECK(!page.hidden);
    REQUIRE(!page.answers.empty());
    for (const auto& answer : page.answers)
        if (answer.pointer == "/person/identity/number" || answer.pointer == "/person/history")
            CHECK(answer.masked);
    const auto officer = desk.world.actor("specialist");
    const auto id = desk.world.dossier_id();
    CHECK(
        code_of(casework::reveal_answers(desk.office(), officer, id, "", "vi")) == "casework.reason_required"
    );
    CHECK(casework::reveal_answers(desk.office(), officer, id, "Tra cứu", "vi"));
    // The desk that received it has done its part: it stays among those who handle it.
    CHECK(!desk.open_as("one_stop_officer").hidden);
}

TEST_DATABASES("notices and tracking say nothing of whose or what it is")
{
    Desk desk(databases);
    desk.walk(
        "given now is 2026-07-01T08:00\n"
        "given agency is 51.CAT\n"
        "given /requester/identity/kind = \"citizen_card\"\n"
        "given /person/identity/kind = \"citizen_card\"\n"
        "when citizen files\n"
        "when one_stop_officer receives\n"
        "when specialist completes check with inquire\n"
    );
    REQUIRE(!desk.told.empty());
    for (const auto& notice : desk.told)
        for (const auto& [name, word] : notice.words) {
            CHECK(word.find("lý lịch") == std::string::npos);
            CHECK(word.find("Vy") == std::string::npos);
        }
    const auto tracked = casework::track(desk.office(), desk.dossier().code).value();
    for (const auto& row : tracked.timeline) CHECK(row.who.find("Vy") == std::string::npos);
    // Nor what was asked of whom and found: whoever holds the slip sees that it was filed and received, no step and no
    // clock of one.
    CHECK(tracked.procedure.vi.find("lý lịch") == std::string::npos);
    CHECK(tracked.step.vi.empty());
    CHECK_FALSE(tracked.step_clock);
    std::string kinds;
    for (const auto& row : tracked.timeline) kinds += row.kind + " ";
    CHECK(kinds.find("received") != std::string::npos);
    for (const auto* told : {"asked_outside", "answered_outside", "entered", "extended", "task_completed"})
        CHECK(kinds.find(told) == std::string::npos);
}

}  // namespace
}  // namespace thien_an::justice
