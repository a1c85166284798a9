#include "engine/documents/signing.h"

#include "engine/documents/pdf_verify.h"
#include "engine/documents/process_for_tests.h"
#include "engine/documents/store_house_for_tests.h"
#include "engine/documents/verification.h"
#include "engine/storage/incidents.h"

namespace thien_an::documents {
namespace {

using for_tests::House;
using storage::Reader;
using storage::Writer;

constexpr const char* paper_xml = R"(<paper xmlns="urn:thien-an:paper:1" title="Giấy xác nhận"><page>
    <paragraph style="number">Số: <field name="number" width="20"/></paragraph>
    <paragraph style="place_date">Bình Hải, <field name="issued_on" width="60"/></paragraph>
    <paragraph style="type" before="20">Giấy xác nhận</paragraph><paragraph>Của {{name}}.</paragraph>
    <signature-place name="leader" align="center"/><seal-place name="agency" over="leader"/></page></paper>)";

/// An office whose chairman (party 3) and agency (10) have demo keys.
struct Office {
    explicit Office(storage::TestDatabases& databases)
        : house(databases),
          files(house.folder + "/data"),
          clock(house.now),
          authority(crypto::DemoAuthority::create(house.keys, "Quảng Ngãi"))
    {
        give({"party", 3}, "Trần Văn An");
        give({"agency", 10}, "UBND xã Bình Hải");
    }

    void give(const Holder& holder, const std::string& name)
    {
        const auto credential = authority.issue(house.keys, {name, "UBND xã Bình Hải", ""});
        REQUIRE(house.write([&](Writer& db) { return add_credential(db, house.act(), holder, credential); }));
    }

    SigningMeans means() { return {house.database.operator*(), files, house.ids, house.keys, clock}; }

    SigningRequest personal(DocumentId id)
    {
        return {
            .document = id,
            .paper_xml = paper_xml,
            .paper_name = "x.paper.xml",
            .values = json::object{{"name", "Ước"}},
            .steps =
                {{.holder = {"party", 3},
                  .place = "leader",
                  .name = "Trần Văn An",
                  .lines = {"08:00 1/7/2016"}}},
        };
    }
    SigningRequest sealing(DocumentId id)
    {
        return {
            .document = id,
            .steps =
                {{.holder = {"agency", 10},
                  .place = "agency",
                  .name = "UBND xã Bình Hải",
                  .fields =
                      {{.field = "number", .text = "05/XN"},
                       {.field = "issued_on", .text = "ngày 01 tháng 7"}},
                  .seal = true}},
            .stage = "sealed",
            .issue = true,
        };
    }

    Result<SigningJobId> ask(const SigningRequest& request)
    {
        return house.write([&](Writer& db) { return request_signing(db, house.act(), house.keys, request); });
    }
    void work(const SigningMeans& with)
    {
        storage::outbox_run_due(
            *house.database,
            house.ids,
            {{signing_kind, signing_handler(with)}},
            clock.now() + std::chrono::hours{1}
        );
    }
    std::size_t incidents()
    {
        return house.database->read([](Reader& db) {
            return storage::incidents(db, storage::IncidentFilter::open).size();
        });
    }
    Bytes present(DocumentId id)
    {
        return files.read_all(
            house.database->read([&](Reader& db) { return versions_of(db, id); }).back().sha256
        );
    }

    House house;
    storage::FileStore files;
    Clock clock;
    crypto::DemoAuthority authority;
};

TEST_DATABASES("a paper is signed by its leader, then sealed with number and date, and issued")
{
    Office office{databases};
    const auto d = office.house.document(DocumentState::approved);
    REQUIRE(office.ask(office.personal(d.id)));
    CHECK(office.house.find(d.id).state == DocumentState::approved);
    office.work(office.means());
    CHECK(office.house.find(d.id).state == DocumentState::signed_);
    REQUIRE(office.ask(office.sealing(d.id)));
    office.work(office.means());
    const auto done = office.house.find(d.id);
    CHECK(done.state == DocumentState::issued);
    CHECK(done.version == 2);
    CHECK(office.incidents() == 0);
    const auto pdf = office.present(d.id);
    const auto trust = office.house.database->read([](Reader& db) { return own_trust(db); });
    const auto report = verify_pdf(pdf, trust, office.clock.now());
    REQUIRE(report.signatures.size() == 2);
    CHECK(report.valid());
    const auto text = for_tests::printed_by_tool("pdftotext", pdf);
    CHECK(text.find("05/XN") != std::string::npos);
    CHECK(text.find("Ước") != std::string::npos);
}

TEST_DATABASES("both signatures can be one job, and the one who waits is told inside the command")
{
    Office office{databases};
    const auto d = office.house.document(DocumentState::approved);
    auto request = office.personal(d.id);
    request.steps.push_back(office.sealing(d.id).steps.front());
    request.issue = true;
    REQUIRE(office.ask(request));
    auto means = office.means();
    std::vector<DocumentState> told;
    means.attached = [&](Writer&, const identity::Act& act, const Document& document) -> Result<Done> {
        CHECK(act.actor.party == identity::PartyId{3});
        told = {document.state};
        return Done{};
    };
    office.work(means);
    CHECK(told == std::vector{DocumentState::issued});
    CHECK(
        verify_pdf(office.present(d.id), office.authority.trust(), office.clock.now()).signatures.size() == 2
    );
}

TEST_DATABASES("a signing that cannot be done is an incident, the document stays approved, its number stands")
{
    Office office{databases};
    const auto d = office.house.document(DocumentState::approved);
    REQUIRE(office.house.write([&](Writer& db) {
        return set_number(db, d.id, "15/2016", day_of(office.house.now));
    }));
    auto request = office.personal(d.id);
    request.steps.front().holder = {"party", 999};
    REQUIRE(office.ask(request));
    office.work(office.means());
    CHECK(office.incidents() == 1);
    CHECK(office.house.find(d.id).state == DocumentState::approved);
    CHECK(office.house.find(d.id).number == "15/2016");
    CHECK(office.house.database->read([&](Reader& db) { return jobs_waiting(db, d.id); }) == 1);
}

TEST_DATABASES("a job is asked for in the deciding command: nothing is signed when that fails")
{
    Office office{databases};
    const auto d = office.house.document(DocumentState::approved);
    const auto failed = office.house.write([&](Writer& db) -> Result<Done> {
        TRY(request_signing(db, office.house.act(), office.house.keys, office.personal(d.id)));
        return Problem{.code = "test.failed"};
    });
    CHECK_FALSE(failed);
    office.work(office.means());
    CHECK(office.house.find(d.id).version == 0);
    const auto draft = office.house.document();
    CHECK(office.ask(office.personal(draft.id)).problem().code == "documents.wrong_state");
}

TEST_DATABASES("what was frozen is sealed in the database")
{
    Office office{databases};
    const auto d = office.house.document(DocumentState::approved);
    REQUIRE(office.ask(office.personal(d.id)));
    office.house.database->read([](Reader& db) {
        auto rows = db.query("SELECT frozen FROM signing_job");
        REQUIRE(rows.next());
        CHECK(text_of(rows.bytes(0)).find("Ước") == std::string_view::npos);
    });
}

Verdict judged(Office& office, ByteView pdf, std::string_view token = "")
{
    return office.house.database->read([&](Reader& db) {
        return judge(db, pdf, token, office.authority.trust(), office.clock.now());
    });
}

Document issued_paper(Office& office)
{
    const auto d = office.house.document(DocumentState::approved);
    auto request = office.personal(d.id);
    request.issue = true;
    REQUIRE(office.ask(request));
    office.work(office.means());
    return office.house.find(d.id);
}

TEST_DATABASES("a paper sent back is judged by its signature and the register together")
{
    Office office{databases};
    const auto paper = issued_paper(office);
    const auto pdf = office.present(paper.id);
    CHECK(judged(office, pdf).answer == Answer::genuine);
    CHECK(judged(office, pdf, paper.token).answer == Answer::genuine);
    CHECK(judged(office, pdf, issued_paper(office).token).answer == Answer::other_paper);
    auto changed = pdf;
    changed[500] ^= 1;
    CHECK(judged(office, changed).answer == Answer::altered);
    CHECK(judged(office, bytes_of("GIF89a")).answer == Answer::unreadable);
    const auto drawn =
        draw(Paper::read(paper_xml, "x").value(), {.values = json::object{{"name", "x"}}}).value().pdf;
    CHECK(judged(office, drawn).answer == Answer::unsigned_);
    Office stranger{databases};
    CHECK(judged(stranger, pdf).answer == Answer::untrusted);
    const auto theirs = office.house.document(DocumentState::approved);
    REQUIRE(office.house.write([&](Writer& db) {
        return void_document(db, office.house.act(), paper.id, "cải chính", theirs.id);
    }));
    CHECK(judged(office, pdf).answer == Answer::not_in_force);
}

TEST_DATABASES("a paper of the same keys that the register does not know is said to be signed elsewhere")
{
    Office office{databases};
    const auto credential = office.authority.issue(office.house.keys, {"Trần Văn An", "X", ""});
    const auto signer = crypto::server_signer(office.house.keys, credential).value();
    const auto drawn =
        draw(Paper::read(paper_xml, "x").value(), {.values = json::object{{"name", "x"}}}).value();
    const auto pdf = sign_pdf(
        with_fields(drawn.pdf, drawn.places).value(),
        {.field = "leader", .at = office.house.now, .name = "An"},
        *signer
    );
    CHECK(judged(office, pdf.value()).answer == Answer::signed_elsewhere);
}

TEST_DATABASES("a retired credential signs no more, the newest one signs")
{
    Office office{databases};
    const auto find = [&] {
        return office.house.database->read([&](Reader& db) {
            return find_credential(db, {"party", 3}, office.house.now);
        });
    };
    const auto first = find().value().certificate;
    const auto second = office.house.write([&](Writer& db) {
        return add_credential(
            db, office.house.act(), {"party", 3}, office.authority.issue(office.house.keys, {"An", "X", ""})
        );
    });
    CHECK(find().value().certificate != first);
    REQUIRE(office.house.write([&](Writer& db) {
        return retire_credential(db, office.house.act(), second.value());
    }));
    CHECK(find().value().certificate == first);
    CHECK(
        office.house.write([&](Writer& db) { return retire_credential(db, office.house.act(), {1}); })
            .problem()
            .code == "documents.no_credential"
    );
}

}  // namespace
}  // namespace thien_an::documents
