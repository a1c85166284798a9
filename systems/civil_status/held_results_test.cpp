#include "engine/casework/held_results.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>

#include "engine/casework/reading.h"
#include "engine/documents/document_store.h"
#include "engine/identity/audit.h"

#include "systems/civil_status/commune_for_tests.h"

// OS34: a certificate of marital status issued here is taken by the marriage that asks for it, instead of an upload.
namespace thien_an::civil_status {
namespace {

constexpr const char* certificate_cases =
    THIENAN_SOURCE_DIR "/systems/civil_status/procedures/marital_status_certificate/cases";
constexpr const char* marriage_form =
    THIENAN_SOURCE_DIR "/systems/civil_status/procedures/marriage_registration/cases/standard.form.json";
constexpr const char* paper_of_the_wife = "marital_status_wife";

/// A commune where the wife-to-be asked for her certificate.
struct Betrothed : Commune {
    explicit Betrothed(storage::TestDatabases& databases) : Commune(databases, certificate_cases)
    {
        walk(
            "given now is 2026-07-01T08:00\ngiven /requester/identity/kind = \"identity_card\"\n"
            "given /requester/identity/number = \"051193000666\"\nwhen citizen files\n"
            "when one_stop_officer receives\nwhen one_stop_officer completes pass_on with pass_on\n"
            "when justice_civil_status_officer completes check with enter\n"
        );
    }
    void finish()
    {
        walk(
            "when chairman completes approve with approve\nwhen signing finishes\n"
            "when clerk completes seal with seal\nwhen signing finishes\n"
        );
        CHECK(dossier().state == casework::DossierState::result_ready);
    }
    casework::Filing marriage()
    {
        std::ifstream in(marriage_form);
        casework::Filing filing;
        filing.procedure = "marriage_registration";
        filing.agency = "21172";
        filing.form = json::parse(std::string(std::istreambuf_iterator<char>(in), {})).value();
        json::set(filing.form, "/requester/identity/kind", "identity_card");
        json::set(filing.form, "/requester/identity/number", "051190000555");
        json::set(filing.form, "/wife/marital_paper/issued_on", "2026-07-01");
        filing.applicant.name = "Trần Minh Khoa";
        filing.applicant.party = world.actor("groom").party;
        for (const auto& paper : wanted(filing.form))
            if (paper.required && paper.id != paper_of_the_wife)
                filing.files.push_back({paper.id, world.scan(), "giay.jpg"});
        return filing;
    }
    std::vector<casework::PaperWanted> wanted(const json::value& form)
    {
        return office()
            .packs.procedure("marriage_registration")
            ->papers_wanted(form, "online", act().today());
    }
    Result<casework::Filed> file(const casework::Filing& filing)
    {
        return casework::submit(office(), world.actor("groom"), filing);
    }
};

}  // namespace

TEST_DATABASES(
    "OS34: the dossier takes the issued file, its entry knows who relied on it, and nothing is uploaded"
)
{
    Betrothed commune(databases);
    commune.finish();
    const auto first = commune.dossier();
    const auto filed = commune.file(commune.marriage());
    if (!filed) FAIL(filed.problem().code);
    const auto papers = commune.read([&](storage::Reader& db) {
        return std::pair(casework::papers_of(db, filed.value().id), casework::papers_of(db, first.id));
    });
    const auto taken = std::find_if(papers.first.begin(), papers.first.end(), [](const auto& paper) {
        return paper.paper == paper_of_the_wife;
    });
    REQUIRE(taken != papers.first.end());
    CHECK(taken->origin == "held");
    CHECK(taken->sha256 == papers.second.back().sha256);
    CHECK(taken->signatures == 2);
    // It is the other's paper: the officers read it, the filer does not.
    CHECK(casework::open_paper(commune.office(), commune.world.actor("one_stop_officer"), taken->id));
    const auto own = casework::open_paper(commune.office(), commune.world.actor("groom"), taken->id);
    CHECK(own.problem().code == "casework.no_such_paper");
    const auto trail = commune.read([&](storage::Reader& db) {
        return identity::audit_of(db, "register_entry", first.entry, 100);
    });
    CHECK(std::count_if(trail.begin(), trail.end(), [&](const auto& row) {
              return row.what == "register.reuse" && row.reason == filed.value().code;
          }) == 1);
    const auto events =
        commune.read([&](storage::Reader& db) { return casework::events_of(db, filed.value().id); });
    CHECK(std::any_of(events.begin(), events.end(), [](const auto& e) { return e.kind == "result_reused"; }));
    CHECK(casework::verify_dossiers(commune.office().database).faults.empty());
}

TEST_DATABASES("OS34: the page of papers no longer asks for what is held, and one may bring it all the same")
{
    Betrothed commune(databases);
    commune.finish();
    auto filing = commune.marriage();
    const auto asked = commune.read([&](storage::Reader& db) {
        return casework::papers_to_bring(
            commune.office(),
            db,
            *commune.office().packs.procedure("marriage_registration"),
            filing.form,
            "online",
            commune.act().today()
        );
    });
    for (const auto& paper : asked)
        if (paper.id == paper_of_the_wife) CHECK_FALSE(paper.required);
    filing.files.push_back({paper_of_the_wife, commune.world.scan(), "giay.jpg"});
    const auto filed = commune.file(filing).value();
    const auto papers = commune.read([&](storage::Reader& db) { return casework::papers_of(db, filed.id); });
    CHECK(std::none_of(papers.begin(), papers.end(), [](const auto& p) { return p.origin == "held"; }));
}

TEST_DATABASES(
    "OS34: nothing is held before the result is there, or once its paper is void, or for somebody else"
)
{
    Betrothed commune(databases);
    const auto missing = [&](const casework::Filing& filing) {
        const auto filed = commune.file(filing);
        return filed ? std::string() : filed.problem().code;
    };
    CHECK(missing(commune.marriage()) == "casework.missing_paper");
    commune.finish();
    auto other = commune.marriage();
    json::set(other.form, "/wife/full_name", "Đinh Thị Hòa");
    json::set(other.form, "/wife/identity_number", "212000667");
    CHECK(missing(other) == "casework.missing_paper");
    const auto first = commune.dossier();
    REQUIRE(commune.office().database.write({}, [&](storage::Writer& db) -> Result<Done> {
        for (const auto& document : documents::documents_of(db, {"dossier", first.id.value}))
            if (document.about.kind == "certificate")
                TRY(documents::void_document(db, commune.act(), document.id, "Cấp sai"));
        return Done{};
    }));
    CHECK(missing(commune.marriage()) == "casework.missing_paper");
}

TEST_DATABASES("OS34: a form begins with where its filer lives, as the last filing in the same name says")
{
    Commune commune(databases, THIENAN_SOURCE_DIR "/systems/civil_status/procedures/extract_copy/cases");
    commune.walk(
        "given now is 2026-07-01T08:00\ngiven entry of births from birth on 2026-03-20\n"
        "when citizen files /requester/full_name = \"Người Dân\"\n"
    );
    const auto citizen = commune.world.actor("citizen");
    const auto residence_in = [&](const identity::Actor& who) {
        const auto draft =
            casework::begin_draft(commune.office(), who, {.party = who.party, .visitor = ""}, "extract_copy");
        const auto* unit = json::find(draft.value().form, "/requester/residence/unit");
        return unit == nullptr || !unit->is_string() ? std::string() : std::string(unit->get_string());
    };
    CHECK(residence_in(citizen) == "21172");
    CHECK(residence_in(commune.world.actor("neighbour")).empty());
}

}  // namespace thien_an::civil_status
