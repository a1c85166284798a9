#include "engine/crypto/time_stamp.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "engine/crypto/cms.h"
#include "engine/crypto/demo_authority.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

int run(const std::string& command) { return std::system(("( " + command + " ) >/dev/null 2>&1").c_str()); }

/// A time-stamping authority of openssl's own program, in a folder that is gone at the end of the test.
struct Authority {
    Authority() : folder(std::filesystem::temp_directory_path() / ("thien_an_tsa_" + random_token(16)))
    {
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "tsa.cnf") << R"([tsa]
default_tsa = one
[one]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
)";
        std::ofstream(folder / "serial") << "01\n";
        const auto at = "cd " + folder.string() + " && ";
        REQUIRE(
            run(at + "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "
                     "/CN=root "
                     "-keyout root.key -out root.pem") == 0
        );
        REQUIRE(
            run(at + "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=tsa -keyout "
                     "tsa.key "
                     "-out tsa.csr") == 0
        );
        REQUIRE(
            run(at + "openssl x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 3600 "
                     "-extfile "
                     "tsa.cnf -extensions ext -out tsa.pem") == 0
        );
        trust.roots = certificates_from_pem(read("root.pem"));
    }
    ~Authority() { std::filesystem::remove_all(folder); }
    Authority(const Authority&) = delete;
    Authority& operator=(const Authority&) = delete;

    std::string read(const std::string& name) const
    {
        std::ifstream in(folder / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), {}};
    }
    Bytes reply(const TimeStampRequest& request) const
    {
        std::ofstream(folder / "query", std::ios::binary) << text_of(request.der);
        REQUIRE(
            run("cd " + folder.string() + " && openssl ts -reply -config tsa.cnf -queryfile query -out reply"
            ) == 0
        );
        const auto text = read("reply");
        return {text.begin(), text.end()};
    }

    std::filesystem::path folder;
    Trust trust;
};

TEST_CASE("a time stamp by another program proves when a signature existed, and of no other")
{
    const Authority authority;
    const auto signature = random_bytes(70);
    const auto request = time_stamp_request(signature);
    const auto reply = authority.reply(request);
    const auto token = time_stamp_token(reply, request, signature).value();
    const auto when = proven_time(token, signature, authority.trust);
    REQUIRE(when);
    CHECK(std::chrono::abs(*when - Clock().now()) < std::chrono::minutes{5});
    CHECK_FALSE(proven_time(token, random_bytes(70), authority.trust));
    CHECK_FALSE(proven_time(token, signature, Trust{}));
    CHECK_FALSE(proven_time({}, signature, authority.trust));
    auto changed = token;
    changed[changed.size() - 10] ^= 1;
    CHECK_FALSE(proven_time(changed, signature, authority.trust));
}

TEST_CASE("a reply to another request or about another signature is refused")
{
    const Authority authority;
    const auto signature = random_bytes(70);
    const auto request = time_stamp_request(signature);
    const auto reply = authority.reply(request);
    CHECK(
        time_stamp_token(reply, time_stamp_request(signature), signature).problem().code ==
        "crypto.time_stamp_broken"
    );
    CHECK(time_stamp_token(reply, request, random_bytes(70)).problem().code == "crypto.time_stamp_broken");
    CHECK(
        time_stamp_token(bytes_of("hello"), request, signature).problem().code == "crypto.time_stamp_broken"
    );
    // PKIStatusInfo with status 2, rejection, and no token.
    CHECK(
        time_stamp_token(Bytes{0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02}, request, signature)
            .problem()
            .code == "crypto.time_stamp_refused"
    );
}

TEST_CASE("a signature takes its time stamp with it, and the openssl program reads both")
{
    const Authority authority;
    const auto ring =
        KeyRing::create({authority.folder / "keys", authority.folder / "data"}, Instant{}).value().ring;
    const auto demo = DemoAuthority::create(ring, "Quảng Ngãi");
    const auto signer = server_signer(ring, demo.issue(ring, {"An", "X", ""})).value();
    const auto stamp = [&](ByteView request) -> Result<Bytes> {
        return authority.reply({.der = {request.begin(), request.end()}, .nonce = {}});
    };
    const auto cms = sign_detached(*signer, sha256("x"), stamp).value();
    const auto report = check_detached(cms, bytes_of("x"));
    CHECK(report.genuine);
    CHECK(report.bound);
    CHECK(proven_time(report.time_stamp, report.signature, authority.trust));
    std::ofstream(authority.folder / "cms", std::ios::binary) << text_of(ByteView(cms));
    const auto print = "openssl cms -cmsout -print -inform DER -in " + (authority.folder / "cms").string();
    CHECK(run(print + " | grep -q id-smime-aa-timeStampToken") == 0);
    const auto refused = [](ByteView) -> Result<Bytes> {
        return Problem{.code = "crypto.time_stamp_refused"};
    };
    CHECK(sign_detached(*signer, sha256("x"), refused).problem().code == "crypto.time_stamp_refused");
}

}  // namespace
}  // namespace thien_an::crypto
