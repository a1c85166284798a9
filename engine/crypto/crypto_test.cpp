#include <doctest/doctest.h>

#include <cstdio>

#include "engine/base/bytes.h"
#include "engine/crypto/ed25519.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/mac.h"
#include "engine/crypto/one_time.h"
#include "engine/crypto/password.h"
#include "engine/crypto/random.h"

namespace thien_an::crypto {
namespace {

/// What `command` prints, without the line's end.
std::string printed_by(const std::string& command)
{
    std::string out;
    FILE* pipe = popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    for (int c = 0; (c = std::fgetc(pipe)) != EOF;) out += char(c);
    CHECK(pclose(pipe) == 0);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
}

Instant second(std::int64_t s) { return Instant{std::chrono::seconds{s}}; }

TEST_CASE("digests agree with FIPS 180-4")
{
    CHECK(hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(
        hex(sha512("abc")) ==
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d"
        "4423643ce8"
        "0e2a9ac94fa54ca49f"
    );
}

TEST_CASE("a digest of pieces is the digest of the whole, and the hasher can be used again")
{
    Sha256Hasher hasher;
    for (int round = 0; round < 2; ++round) {
        hasher.update("a");
        hasher.update("");
        hasher.update("bc");
        CHECK(hasher.finish() == sha256("abc"));
    }
}

TEST_CASE("HMAC agrees with RFC 4231, also for an empty key")
{
    CHECK(
        hex(hmac_sha256(bytes_of("Jefe"), bytes_of("what do ya want for nothing?"))) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    );
    const HmacSha256 jefe(bytes_of("Jefe")), nobody({});
    for (int again = 0; again < 2; ++again) {
        CHECK(
            hex(jefe.of(bytes_of("what do ya want for nothing?"))) ==
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
        );
        CHECK(hex(nobody.of({})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    }
    CHECK(hex(hmac_sha256({}, {})) == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST_CASE("comparing secrets sees every difference, also of length")
{
    CHECK(equal_constant_time(bytes_of("geheim"), bytes_of("geheim")));
    CHECK(equal_constant_time({}, {}));
    for (const auto* other : {"geheiM", "Geheim", "gehei", "geheimx", ""}) {
        CHECK_FALSE(equal_constant_time(bytes_of("geheim"), bytes_of(other)));
    }
}

TEST_CASE("codes people type use every digit about equally often")
{
    std::array<int, 10> seen{};
    for (const char c : random_digits(20'000)) ++seen.at(std::size_t(c - '0'));
    // 2000 expected, standard deviation 42: seven of them is beyond chance.
    for (const int count : seen) CHECK(std::abs(count - 2000) < 300);
    CHECK(random_digits(6).size() == 6);
    CHECK(random_token() != random_token());
    CHECK_THROWS_AS(random_token(8), std::logic_error);
}

TEST_CASE("a password opens with itself alone, each hash has its own salt")
{
    const PasswordCost quick{.memory_kib = 64, .passes = 1};
    const auto stored = hash_password("Mật khẩu dài", quick);
    CHECK(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    CHECK(verify_password(stored, "Mật khẩu dài"));
    CHECK_FALSE(verify_password(stored, "Mat khau dai"));
    CHECK_FALSE(verify_password(stored, ""));
    CHECK(stored != hash_password("Mật khẩu dài", quick));
}

TEST_CASE("a password typed with decomposed marks is the same password")
{
    const auto stored = hash_password("m\xE1\xBA\xADt", {.memory_kib = 64, .passes = 1});
    CHECK(verify_password(stored, "ma\xCC\xA3\xCC\x82t"));
}

TEST_CASE("a hash made with less than asked, or no hash at all, is made again")
{
    const auto old = hash_password("x", {.memory_kib = 64, .passes = 1});
    CHECK(needs_rehash(old));
    CHECK_FALSE(needs_rehash(old, {.memory_kib = 64, .passes = 1}));
    CHECK(needs_rehash(old, {.memory_kib = 65, .passes = 1}));
    CHECK(needs_rehash("plain"));
    for (const auto* bad :
         {"",
          "plain",
          "$argon2id$v=19$m=99999999,t=1,p=1$AAAA$AAAA",
          "$argon2i$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA"}) {
        CHECK_FALSE(verify_password(bad, "x"));
    }
}

TEST_CASE("time-based codes agree with the table of RFC 6238")
{
    struct Row {
        std::int64_t time;
        const char *sha1, *sha256, *sha512;
    };
    constexpr std::array rows{
        Row{59, "94287082", "46119246", "90693936"},
        Row{1111111109, "07081804", "68084774", "25091201"},
        Row{1111111111, "14050471", "67062674", "99943326"},
        Row{1234567890, "89005924", "91819424", "93441116"},
        Row{2000000000, "69279037", "90698825", "38618901"},
        Row{20000000000, "65353130", "77737706", "47863826"},
    };
    const std::string seed = "1234567890123456789012345678901234567890123456789012345678901234";
    for (const auto& row : rows) {
        const auto code = [&](std::size_t size, TotpHash hash) {
            return totp_code(bytes_of(seed).first(size), second(row.time), {.hash = hash, .digits = 8});
        };
        CHECK(code(20, TotpHash::sha1) == row.sha1);
        CHECK(code(32, TotpHash::sha256) == row.sha256);
        CHECK(code(64, TotpHash::sha512) == row.sha512);
    }
}

TEST_CASE("time-based codes agree with oathtool")
{
    for (int i = 0; i < 5; ++i) {
        const auto secret = new_totp_secret();
        const auto moment = 1467334800 + i * 977;
        const auto theirs =
            printed_by("oathtool --totp -b " + base32(secret) + " --now @" + std::to_string(moment));
        CHECK(totp_code(secret, second(moment)) == theirs);
    }
}

TEST_CASE("a time-based code is taken one step early or late, and only once")
{
    const auto secret = new_totp_secret();
    const auto now = second(1467334800);
    const auto step = verify_totp(secret, totp_code(secret, now), now, 0);
    REQUIRE(step);
    CHECK_FALSE(verify_totp(secret, totp_code(secret, now), now, *step));
    CHECK(verify_totp(secret, totp_code(secret, now - std::chrono::seconds{30}), now, 0) == *step - 1);
    CHECK(verify_totp(secret, totp_code(secret, now + std::chrono::seconds{30}), now, 0) == *step + 1);
    // Three steps away may collide by chance once in 333,333; this secret's neighbours were not checked for it.
    CHECK_FALSE(verify_totp(secret, "", now, 0));
    CHECK_FALSE(verify_totp(bytes_of("12345678901234567890"), "287082", second(59 + 60), 0));
    CHECK(verify_totp(bytes_of("12345678901234567890"), "287082", second(59 + 30), 0));
}

TEST_CASE("a recovery code is found however it is typed")
{
    const auto codes = new_recovery_codes();
    CHECK(codes.size() == 10);
    CHECK(codes[0] != codes[1]);
    std::string typed;
    for (const char c : codes[0]) typed += c == '-' ? ' ' : char(std::tolower(c));
    CHECK(recovery_code_hash(typed) == recovery_code_hash(codes[0]));
    CHECK(recovery_code_hash(codes[1]) != recovery_code_hash(codes[0]));
}

TEST_CASE("the address for authenticator apps escapes what the organisation is called")
{
    CHECK(
        totp_address(bytes_of("12345"), "Thiên Ấn", "an@x.vn") ==
        "otpauth://totp/Thi%C3%AAn%20%E1%BA%A4n:an%40x.vn?secret=GEZDGNBV&issuer=Thi%C3%AAn%20%E1%BA%A4n"
    );
}

TEST_CASE("Ed25519 agrees with RFC 8032 and refuses every other message, key and signature")
{
    const Secret seed{*from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")};
    const auto key = ed25519_public(seed);
    CHECK(hex(key) == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
    auto signature = ed25519_sign(seed, {});
    CHECK(
        hex(signature) ==
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25b"
        "f5f0595bbe2465"
        "5141438e7a100b"
    );
    CHECK(ed25519_verify(key, {}, signature));
    CHECK_FALSE(ed25519_verify(key, bytes_of("x"), signature));
    CHECK_FALSE(ed25519_verify(ed25519_public(Secret::random()), {}, signature));
    signature[5] ^= 1;
    CHECK_FALSE(ed25519_verify(key, {}, signature));
    CHECK_FALSE(ed25519_verify({}, {}, {}));
}

}  // namespace
}  // namespace thien_an::crypto
