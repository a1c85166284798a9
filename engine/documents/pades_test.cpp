#include "engine/documents/pades.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "engine/crypto/certificate.h"
#include "engine/crypto/cms.h"
#include "engine/documents/signed_paper_for_tests.h"

namespace thien_an::documents {
namespace {

using namespace for_tests;

/// What pdfsig says, believing the demo root.
std::string pdfsig(ByteView pdf)
{
    const Folder folder;
    const auto nss = (folder.path / "nss").string();
    std::filesystem::create_directories(nss);
    const auto pem = crypto::pem_of_certificate(office().authority.trust().roots[0]);
    const auto root = folder.write("root.pem", bytes_of(pem));
    REQUIRE(run("certutil -N --empty-password -d sql:" + nss).code == 0);
    REQUIRE(run("certutil -A -d sql:" + nss + " -n root -t CT,C,C -i " + root).code == 0);
    return run("pdfsig -nssdir sql:" + nss + " " + folder.write("x.pdf", pdf)).text;
}

std::size_t count(std::string_view text, std::string_view part)
{
    std::size_t n = 0;
    for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) ++n;
    return n;
}

TEST_CASE("two signatures on one paper are both valid, to us and to pdfsig")
{
    keep_for_eyes("signed.pdf", signed_twice());
    const auto report = verified(signed_twice());
    REQUIRE(report.signatures.size() == 2);
    CHECK(report.valid());
    CHECK(report.signatures[0].field == "signer");
    CHECK(report.signatures[0].later == Later::signatures_only);
    CHECK(report.signatures[0].certifies);
    CHECK(report.signatures[0].signer.common_name == "DEMO Trần Văn An");
    CHECK(report.signatures[1].later == Later::nothing);
    CHECK(report.signatures[1].claimed_at == signed_at + std::chrono::minutes{30});
    const auto theirs = pdfsig(signed_twice());
    INFO(theirs);
    CHECK(count(theirs, "Signature Validation: Signature is Valid.") == 2);
    CHECK(count(theirs, "Certificate Validation: Certificate is Trusted.") == 2);
    CHECK(count(theirs, "ETSI.CAdES.detached") == 2);
    CHECK(count(theirs, "Total document signed") == 1);
}

TEST_CASE("number and date are filled in the update that carries the seal, and can be read")
{
    const auto text = printed_by_tool("pdftotext -layout", signed_twice());
    CHECK(text.find("ngày 01 tháng 7 năm 2016") != std::string::npos);
    CHECK(text.find("05") != std::string::npos);
    CHECK(accepted_by_tool("qpdf --check", signed_twice()));
    // The second update only adds: the first revision is still there, byte for byte.
    const auto once = signed_once();
    CHECK(verified(once).valid());
}

TEST_CASE("a second signature leaves every byte of the first revision as it was")
{
    const auto once = signed_once();
    const auto twice = sign_pdf(once, sealing(), *office().agency).value();
    REQUIRE(twice.size() > once.size());
    CHECK(std::equal(once.begin(), once.end(), twice.begin()));
}

TEST_CASE("a byte changed inside the signed range makes us and pdfsig say no")
{
    const auto clean = signed_twice();
    const auto body = text_of(clean).find("stream") + 40;
    auto changed = clean;
    changed[body] ^= 0x01;
    const auto report = verified(changed);
    CHECK_FALSE(report.valid());
    CHECK(count(pdfsig(changed), "Signature is Valid") == 0);
}

TEST_CASE("no changed byte outside the last CMS leaves all signatures valid")
{
    const auto clean = signed_twice();
    // The last CMS is signed by nobody; what matters in it (signature, attributes, certificate) engine/crypto tests.
    const auto hole = text_of(clean).rfind("/Contents <");
    const auto hole_end = text_of(clean).find('>', hole);
    // A prime step visits places of every kind without taking minutes.
    std::size_t seen = 0;
    for (std::size_t at = 0; at < clean.size(); at += 523) {
        if (at > hole && at < hole_end) continue;
        auto changed = clean;
        changed[at] ^= 0x02;
        CAPTURE(at);
        CHECK_FALSE(verified(changed).valid());
        ++seen;
    }
    CHECK(seen > 100);
}

TEST_CASE("bytes appended after the last signature are said, also when pdfsig still calls it valid")
{
    for (const std::string more : {"\n", "% comment\n", "%%EOF\n"}) {
        auto longer = signed_twice();
        longer.insert(longer.end(), more.begin(), more.end());
        const auto report = verified(longer);
        CHECK_FALSE(report.valid());
        for (const auto& one : report.signatures) CHECK(one.later == Later::unsigned_bytes);
    }
}

TEST_CASE("an unsigned PDF and something that is no PDF are not valid")
{
    CHECK(verified(paper_with_fields()).readable);
    CHECK_FALSE(verified(paper_with_fields()).valid());
    CHECK_FALSE(verified(bytes_of("%PDF-1.7 nonsense")).readable);
    CHECK_FALSE(verified({}).readable);
}

TEST_CASE("signatures of strangers are intact but not valid, and chains end in time")
{
    const auto report = verify_pdf(signed_twice(), crypto::Trust{}, signed_at);
    REQUIRE(report.signatures.size() == 2);
    CHECK(report.signatures[0].intact());
    CHECK_FALSE(report.valid());
    CHECK(report.signatures[0].chain == crypto::ChainState::unknown_issuer);
    const auto early =
        verify_pdf(signed_twice(), office().authority.trust(), parse_instant("2015-12-31T00:00:00Z").value());
    CHECK(early.signatures[0].chain == crypto::ChainState::not_yet_valid);
}

TEST_CASE("a field is signed once, filled once, and must exist")
{
    const auto once = signed_once();
    CHECK(sign_pdf(once, personal(), *office().chairman).problem().code == "documents.field_taken");
    auto other = sealing();
    other.field = "nobody";
    CHECK(sign_pdf(once, other, *office().agency).problem().code == "documents.no_such_field");
    other = sealing();
    other.certifies = true;
    CHECK(sign_pdf(once, other, *office().agency).problem().code == "documents.already_signed");
    auto refill = sealing();
    refill.field = "agency";
    CHECK(sign_pdf(signed_twice(), refill, *office().agency).problem().code == "documents.field_taken");
    CHECK(with_fields(once, {}).problem().code == "documents.has_fields");
    CHECK(sign_pdf(bytes_of("no"), personal(), *office().chairman).problem().code == "documents.not_a_pdf");
    auto tight = personal();
    tight.cms_bytes_max = 500;
    CHECK(
        sign_pdf(paper_with_fields(), tight, *office().chairman).problem().code == "documents.cms_too_large"
    );
}

TEST_CASE("a signature made elsewhere over the digest fits in afterwards")
{
    const auto prepared = prepare_signature(paper_with_fields(), personal()).value();
    const auto cms = crypto::sign_detached(*office().chairman, prepared.digest).value();
    CHECK(verified(finish_signature(prepared, cms).value()).valid());
    const auto wrong = crypto::sign_detached(*office().chairman, crypto::sha256("other")).value();
    CHECK_FALSE(verified(finish_signature(prepared, wrong).value()).valid());
}

TEST_CASE("equal input, equal PDF before signing")
{
    CHECK(
        prepare_signature(paper_with_fields(), personal()).value().pdf ==
        prepare_signature(paper_with_fields(), personal()).value().pdf
    );
}

}  // namespace
}  // namespace thien_an::documents
