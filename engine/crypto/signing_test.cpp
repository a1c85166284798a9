#include <doctest/doctest.h>
#include <libp11.h>

#include <cstdlib>
#include <fstream>

#include "engine/crypto/certificate.h"
#include "engine/crypto/cms.h"
#include "engine/crypto/demo_authority.h"
#include "engine/crypto/openssl.h"
#include "engine/crypto/random.h"
#include "engine/crypto/signing_key.h"

namespace thien_an::crypto {
namespace {

/// A ring and a demo authority; the folder is gone at the end of the test.
struct Office {
    Office()
        : root(std::filesystem::temp_directory_path() / ("thien_an_office_" + random_token(16))),
          ring(KeyRing::create({root / "keys.json", root / "data"}, Instant{}).value().ring),
          authority(DemoAuthority::create(ring, "Quảng Ngãi"))
    {
    }
    ~Office() { std::filesystem::remove_all(root); }
    Office(const Office&) = delete;
    Office& operator=(const Office&) = delete;

    std::unique_ptr<Signer> signer(const std::string& name = "Trần Văn An") const
    {
        return server_signer(ring, authority.issue(ring, {name, "UBND xã Bình Hải", "Chủ tịch"})).value();
    }

    std::filesystem::path root;
    KeyRing ring;
    DemoAuthority authority;
};

Instant at_day(const char* day) { return at(parse_day(day).value(), Minutes{480}); }

/// Exit code of a command, its output thrown away.
int run(const std::string& command) { return std::system((command + " >/dev/null 2>&1").c_str()); }

TEST_CASE("a demo certificate says DEMO in every name, and whom it is for")
{
    const Office office;
    const auto about = about_certificate(office.signer()->certificate());
    REQUIRE(about);
    CHECK(about->common_name == "DEMO Trần Văn An");
    CHECK(about->organisation == "DEMO UBND xã Bình Hải");
    CHECK(about->title == "Chủ tịch");
    CHECK(about->issuer == "DEMO Issuing CA Quảng Ngãi");
    CHECK(iso(about->valid_from) == "2016-01-01T07:00:00+07:00");
}

TEST_CASE("a chain holds from the first to the last day and not outside")
{
    const Office office;
    const auto signer = office.signer();
    const auto state = [&](const char* day) {
        return check_chain(signer->certificate(), signer->chain(), office.authority.trust(), at_day(day));
    };
    CHECK(state("2016-01-02") == ChainState::good);
    CHECK(state("2026-07-01") == ChainState::good);
    CHECK(state("2015-12-31") == ChainState::not_yet_valid);
    CHECK(state("2046-01-02") == ChainState::expired);
}

TEST_CASE("a chain of another authority with the same names is not believed")
{
    const Office ours;
    const Office theirs;
    const auto signer = theirs.signer();
    const auto when = at_day("2016-07-01");
    CHECK(
        check_chain(signer->certificate(), signer->chain(), ours.authority.trust(), when) != ChainState::good
    );
    CHECK(check_chain(signer->certificate(), {}, Trust{}, when) == ChainState::unknown_issuer);
    CHECK(check_chain(Bytes{1, 2, 3}, {}, ours.authority.trust(), when) == ChainState::broken);
}

TEST_CASE("an authority's own certificate is no signer, and a signer issues nothing")
{
    const Office office;
    const auto trust = office.authority.trust();
    const auto when = at_day("2016-07-01");
    CHECK(check_chain(trust.intermediates[0], {}, trust, when) == ChainState::wrong_use);
}

TEST_CASE("the demo authority comes back from its text and issues on, only with its own key ring")
{
    const Office office;
    const Office stranger;
    const auto text = office.authority.text();
    const auto back = DemoAuthority::read(office.ring, text).value();
    const auto leaf = back.issue(office.ring, {"Lê Thị B", "Sở Tư pháp", ""});
    CHECK(
        check_chain(leaf.certificate, leaf.chain, office.authority.trust(), at_day("2016-07-01")) ==
        ChainState::good
    );
    CHECK(DemoAuthority::read(stranger.ring, text).problem().code == "crypto.sealed_value_broken");
    CHECK(DemoAuthority::read(office.ring, "{}").problem().code == "crypto.demo_authority_broken");
}

TEST_CASE("a sealed signing key opens only beside its own certificate")
{
    const Office office;
    auto one = office.authority.issue(office.ring, {"A", "O", ""});
    const auto other = office.authority.issue(office.ring, {"B", "O", ""});
    one.certificate = other.certificate;
    CHECK(server_signer(office.ring, one).problem().code == "crypto.sealed_value_broken");
}

TEST_CASE("a detached signature is genuine, bound and strong over its content")
{
    const Office office;
    const auto signer = office.signer();
    const std::string content = "Quyết định số 5";
    const auto cms = sign_detached(*signer, sha256(content)).value();
    const auto report = check_detached(cms, bytes_of(content));
    CHECK(report.readable);
    CHECK(report.genuine);
    CHECK(report.bound);
    CHECK(report.strong);
    CHECK(report.certificate == signer->certificate());
    CHECK(report.others.size() == 2);
}

TEST_CASE("no changed byte of content or signature stays unseen")
{
    const Office office;
    const auto signer = office.signer();
    const std::string content = "Quyết định số 5";
    const auto cms = sign_detached(*signer, sha256(content)).value();
    CHECK_FALSE(check_detached(cms, bytes_of("Quyết định số 6")).genuine);
    CHECK_FALSE(check_detached(cms, {}).genuine);
    int believed = 0;
    for (std::size_t i = 0; i < cms.size(); ++i) {
        auto changed = cms;
        changed[i] ^= 0x01;
        const auto report = check_detached(changed, bytes_of(content));
        // The chain's own certificates are judged by check_chain, not here: leave them out of the count.
        const bool same_signer = report.certificate == signer->certificate();
        if (report.genuine && report.bound && same_signer && report.others.size() == 2 &&
            report.others[0] == signer->chain()[0] && report.others[1] == signer->chain()[1]) {
            ++believed;
        }
    }
    CHECK(believed <= 10);  // Two version numbers and the name of the algorithm, which follows from the key.
}

TEST_CASE("zeros may follow a signature, nothing else")
{
    const Office office;
    const auto content = bytes_of("x");
    auto cms = sign_detached(*office.signer(), sha256(content)).value();
    cms.resize(cms.size() + 100);
    CHECK(check_detached(cms, content).genuine);
    cms.back() = 1;
    CHECK_FALSE(check_detached(cms, content).readable);
    CHECK_FALSE(check_detached({}, content).readable);
}

TEST_CASE("the openssl program agrees that the signature is a CAdES signature without signing time")
{
    const Office office;
    const std::string content = "Giấy khai sinh";
    const auto cms = sign_detached(*office.signer(), sha256(content)).value();
    const auto dir = office.root.string();
    std::ofstream(office.root / "content") << content;
    std::ofstream(office.root / "cms.der", std::ios::binary) << text_of(cms);
    std::ofstream(office.root / "root.pem") << pem_of_certificate(office.authority.trust().roots[0]);
    const auto verify = "openssl cms -verify -cades -binary -inform DER -in " + dir + "/cms.der -content " +
                        dir + "/content -CAfile " + dir + "/root.pem -purpose any";
    CHECK(run(verify) == 0);
    std::ofstream(office.root / "content") << "Giấy khai sinh!";
    CHECK(run(verify) != 0);
    CHECK(run("openssl cms -cmsout -print -inform DER -in " + dir + "/cms.der | grep -q signingTime") != 0);
}

TEST_CASE("certificates pass through PEM")
{
    const Office office;
    const auto trust = office.authority.trust();
    const auto pem =
        pem_of_certificate(trust.roots[0]) + "noise\n" + pem_of_certificate(trust.intermediates[0]);
    CHECK(certificates_from_pem(pem) == std::vector<Bytes>{trust.roots[0], trust.intermediates[0]});
    CHECK(certificates_from_pem("nothing").empty());
}

constexpr const char* softhsm = "/usr/lib/softhsm/libsofthsm2.so";

/// A fresh soft token with a key and certificate from `office` under the label "desk".
struct SoftToken {
    explicit SoftToken(const Office& office)
    {
        const auto dir = office.root.string();
        std::filesystem::create_directories(office.root / "tokens");
        std::ofstream(office.root / "softhsm.conf") << "directories.tokendir = " << dir << "/tokens\n";
        setenv(
            "SOFTHSM2_CONF", (dir + "/softhsm.conf").c_str(), 1
        );  // NOLINT(concurrency-mt-unsafe): one thread.
        const auto credential = office.authority.issue(office.ring, {"Phạm C", "UBND xã", "Chủ tịch"});
        certificate = credential.certificate;
        chain = credential.chain;
        const auto key = opened_key(office.ring, credential).value();
        std::ofstream(office.root / "key.der", std::ios::binary) << text_of(key);
        std::ofstream(office.root / "cert.der", std::ios::binary) << text_of(certificate);
        REQUIRE(
            run("openssl pkcs8 -topk8 -nocrypt -inform DER -in " + dir + "/key.der -out " + dir + "/key.pem"
            ) == 0
        );
        REQUIRE(run("openssl x509 -inform DER -in " + dir + "/cert.der -out " + dir + "/cert.pem") == 0);
        REQUIRE(run("softhsm2-util --init-token --free --label desk-token --so-pin 5678 --pin 1234") == 0);
        REQUIRE(
            run("softhsm2-util --import " + dir +
                "/key.pem --token desk-token --label desk --id 01 --pin 1234") == 0
        );
        store_certificate();
    }

    /// softhsm2-util imports keys only, so the certificate goes in through the interface itself.
    void store_certificate() const
    {
        auto* module = PKCS11_CTX_new();
        PKCS11_SLOT* slots = nullptr;
        unsigned count = 0;
        REQUIRE(PKCS11_CTX_load(module, softhsm) == 0);
        REQUIRE(PKCS11_enumerate_slots(module, &slots, &count) == 0);
        auto* slot = PKCS11_find_token(module, slots, count);
        REQUIRE(std::string(slot->token->label) == "desk-token");
        REQUIRE(PKCS11_open_session(slot, 1) == 0);
        REQUIRE(PKCS11_login(slot, 0, "1234") == 0);
        std::string label = "desk";
        unsigned char id = 1;
        const auto x509 = certificate_from(certificate);
        CHECK(PKCS11_store_certificate(slot->token, x509.get(), label.data(), &id, 1, nullptr) == 0);
        PKCS11_release_all_slots(module, slots, count);
        PKCS11_CTX_unload(module);
        PKCS11_CTX_free(module);
    }

    Bytes certificate;
    std::vector<Bytes> chain;
};

TEST_CASE("a key on a PKCS #11 token signs, a wrong PIN and a missing token are said")
{
    REQUIRE_MESSAGE(std::filesystem::exists(softhsm), "softhsm2 is not installed: script/setup tests");
    const Office office;
    const SoftToken token{office};
    const TokenPlace place{softhsm, "desk-token", "desk"};
    CHECK(token_signer(place, "9999", token.chain).problem().code == "crypto.wrong_pin");
    CHECK(token_signer({softhsm, "none", "desk"}, "1234", token.chain).problem().code == "crypto.no_token");
    CHECK(
        token_signer({"/nowhere.so", "x", "desk"}, "1234", token.chain).problem().code == "crypto.no_token"
    );
    CHECK(
        token_signer({softhsm, "desk-token", "no"}, "1234", token.chain).problem().code ==
        "crypto.no_key_on_token"
    );
    const auto signer = token_signer(place, "1234", token.chain);
    REQUIRE(signer);
    const auto cms = sign_detached(*signer.value(), sha256("x")).value();
    const auto report = check_detached(cms, bytes_of("x"));
    CHECK(report.genuine);
    CHECK(report.bound);
    CHECK(report.certificate == token.certificate);
}

}  // namespace
}  // namespace thien_an::crypto
