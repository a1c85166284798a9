#include "engine/crypto/key_ring.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "engine/crypto/random.h"
#include "engine/crypto/sealed_file.h"

namespace thien_an::crypto {
namespace {

/// A data folder and a key file beside it, gone at the end of the test.
struct Place {
    Place() : root(std::filesystem::temp_directory_path() / ("thien_an_keys_" + random_token(16)))
    {
        std::filesystem::create_directories(root / "data");
    }
    ~Place() { std::filesystem::remove_all(root); }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    KeyPaths paths() const { return {root / "secrets" / "keys.json", root / "data"}; }
    std::filesystem::path wrapped() const { return root / "data" / "keys" / "wrapped.json"; }

    std::filesystem::path root;
};

std::string content(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const Instant now{std::chrono::seconds{1467334800}};
constexpr ColumnPlace phone{"party", "phone", 42};

TEST_CASE("what was sealed opens at its place, after the ring was opened anew")
{
    const Place place;
    const auto made = KeyRing::create(place.paths(), now).value();
    const auto sealed = made.ring.seal_column(phone, "0905 123 456");
    CHECK(text_of(sealed).find("0905") == std::string_view::npos);
    const auto again = KeyRing::open(place.paths()).value();
    CHECK(again.open_column(phone, sealed).value() == "0905 123 456");
    CHECK(again.open_column(phone, made.ring.seal_column(phone, "")).value().empty());
}

TEST_CASE("a sealed value does not open in another row, column or table")
{
    const Place place;
    const auto ring = KeyRing::create(place.paths(), now).value().ring;
    const auto sealed = ring.seal_column(phone, "0905 123 456");
    for (const ColumnPlace other :
         {ColumnPlace{"party", "phone", 43}, {"party", "email", 42}, {"part", "yphone", 42}}) {
        CHECK(ring.open_column(other, sealed).problem().code == "crypto.sealed_value_broken");
    }
}

TEST_CASE("one changed bit anywhere in a sealed value is seen")
{
    const Place place;
    const auto ring = KeyRing::create(place.paths(), now).value().ring;
    const auto sealed = ring.seal_column(phone, "x");
    for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
        auto changed = sealed;
        changed[i / 8] ^= std::uint8_t(1 << (i % 8));
        CHECK_FALSE(ring.open_column(phone, changed));
    }
    for (std::size_t size = 0; size < sealed.size(); ++size) {
        CHECK_FALSE(ring.open_column(phone, ByteView(sealed).first(size)));
    }
}

TEST_CASE("equal text is sealed differently each time, and found by its blind index")
{
    const Place place;
    const auto ring = KeyRing::create(place.paths(), now).value().ring;
    CHECK(ring.seal_column(phone, "1") != ring.seal_column(phone, "1"));
    CHECK(ring.blind_index("party", "phone", "1") == ring.blind_index("party", "phone", "1"));
    CHECK(ring.blind_index("party", "phone", "1") != ring.blind_index("party", "phone", "2"));
    CHECK(ring.blind_index("party", "phone", "1") != ring.blind_index("party", "email", "1"));
    const auto reopened = KeyRing::open(place.paths()).value();
    CHECK(reopened.blind_index("party", "phone", "1") == ring.blind_index("party", "phone", "1"));
}

TEST_CASE("two installations share no key")
{
    const Place one;
    const Place two;
    const auto first = KeyRing::create(one.paths(), now).value().ring;
    const auto second = KeyRing::create(two.paths(), now).value().ring;
    CHECK_FALSE(second.open_column(phone, first.seal_column(phone, "x")));
    CHECK(first.blind_index("t", "c", "x") != second.blind_index("t", "c", "x"));
    CHECK_FALSE(std::ranges::equal(first.purpose_key("audit").bytes(), second.purpose_key("audit").bytes()));
}

TEST_CASE("the key file is for its owner alone and lies outside the data folder")
{
    const Place place;
    REQUIRE(KeyRing::create(place.paths(), now));
    struct stat about {};
    REQUIRE(stat(place.paths().key_file.c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
    REQUIRE(chmod(place.paths().key_file.c_str(), 0640) == 0);
    CHECK(KeyRing::open(place.paths()).problem().code == "crypto.key_file_open_to_others");
    const KeyPaths inside{place.root / "data" / "x" / "keys.json", place.root / "data"};
    CHECK(KeyRing::create(inside, now).problem().code == "crypto.key_file_in_data_folder");
    CHECK(KeyRing::open(inside).problem().code == "crypto.key_file_in_data_folder");
}

TEST_CASE("keys are never made over keys, and a missing or foreign key file is said")
{
    const Place place;
    const Place other;
    CHECK(KeyRing::open(place.paths()).problem().code == "crypto.no_key_file");
    REQUIRE(KeyRing::create(place.paths(), now));
    REQUIRE(KeyRing::create(other.paths(), now));
    CHECK(KeyRing::create(place.paths(), now).problem().code == "crypto.key_file_exists");
    CHECK(
        KeyRing::open({other.paths().key_file, place.paths().data_folder}).problem().code ==
        "crypto.wrong_key_file"
    );
    std::ofstream(place.paths().key_file) << "{}";
    CHECK(KeyRing::open(place.paths()).problem().code == "crypto.key_file_broken");
}

TEST_CASE("after the key file is lost, the recovery key and the data folder open everything")
{
    const Place place;
    const auto made = KeyRing::create(place.paths(), now).value();
    const auto sealed = made.ring.seal_column(phone, "x");
    CHECK(KeyRing::recover(place.paths(), made.recovery_key).problem().code == "crypto.key_file_exists");
    std::filesystem::remove(place.paths().key_file);
    auto wrong = made.recovery_key;
    wrong[0] = wrong[0] == 'A' ? 'B' : 'A';
    CHECK(KeyRing::recover(place.paths(), wrong).problem().code == "crypto.wrong_recovery_key");
    CHECK(
        KeyRing::recover(place.paths(), made.recovery_key).value().open_column(phone, sealed).value() == "x"
    );
    CHECK(KeyRing::open(place.paths()).value().open_column(phone, sealed).value() == "x");
}

TEST_CASE("the recovery key works after rotations made without it")
{
    const Place place;
    auto made = KeyRing::create(place.paths(), now).value();
    const auto sealed = made.ring.seal_column(phone, "x");
    made.ring.rotate_master(now);
    made.ring.rotate_data(now);
    std::filesystem::remove(place.paths().key_file);
    const auto back = KeyRing::recover(place.paths(), made.recovery_key).value();
    CHECK(back.open_column(phone, sealed).value() == "x");
    CHECK(back.active_data_key() == 2);
}

TEST_CASE("the data folder alone holds no key in the clear")
{
    const Place place;
    const auto made = KeyRing::create(place.paths(), now).value();
    const auto wrapped = content(place.wrapped());
    CHECK(wrapped.find(base64(made.ring.purpose_key("x").bytes())) == std::string::npos);
    const auto masters = content(place.paths().key_file);
    const auto at = masters.find("\"key\":\"") + 7;
    CHECK(wrapped.find(masters.substr(at, 43)) == std::string::npos);
    CHECK(wrapped.find(made.recovery_key.substr(0, 9)) == std::string::npos);
}

TEST_CASE("a new master key makes the old key file useless and loses no value")
{
    const Place place;
    auto ring = KeyRing::create(place.paths(), now).value().ring;
    const auto sealed = ring.seal_column(phone, "x");
    const auto old = content(place.paths().key_file);
    ring.rotate_master(now);
    CHECK(KeyRing::open(place.paths()).value().open_column(phone, sealed).value() == "x");
    std::ofstream(place.paths().key_file) << old;
    CHECK(KeyRing::open(place.paths()).problem().code == "crypto.wrong_key_file");
}

TEST_CASE("a new data key seals what comes, the old one still opens what was")
{
    const Place place;
    auto ring = KeyRing::create(place.paths(), now).value().ring;
    const auto before = ring.seal_column(phone, "x");
    ring.rotate_data(now);
    const auto after = ring.seal_column(phone, "y");
    CHECK(KeyRing::key_of(before) == 1);
    CHECK(KeyRing::key_of(after) == 2);
    const auto again = KeyRing::open(place.paths()).value();
    CHECK(again.open_column(phone, before).value() == "x");
    CHECK(again.open_column(phone, after).value() == "y");
}

TEST_CASE("files of every size around a piece come back, whatever the portions they arrive in")
{
    const Place place;
    const auto ring = KeyRing::create(place.paths(), now).value().ring;
    for (const std::size_t size : {0, 1, 65535, 65536, 65537, 131072, 200000}) {
        const auto plain = random_bytes(size);
        const auto sealed = seal_file(ring, "file 7", plain);
        CHECK(sealed.size() == sealed_file_size(size));
        Bytes back;
        FileOpener opener{ring, "file 7", [&](ByteView b) { back.insert(back.end(), b.begin(), b.end()); }};
        for (std::size_t at = 0; at < sealed.size(); at += 7919) {
            REQUIRE(
                opener.update(ByteView(sealed).subspan(at, std::min<std::size_t>(7919, sealed.size() - at)))
            );
        }
        REQUIRE(opener.finish());
        CHECK(back == plain);
    }
}

TEST_CASE("a sealed file that was cut, swapped, changed or renamed does not open")
{
    const Place place;
    const auto ring = KeyRing::create(place.paths(), now).value().ring;
    const auto sealed = seal_file(ring, "file 7", random_bytes(3 * 65536));
    REQUIRE(open_file(ring, "file 7", sealed));
    CHECK_FALSE(open_file(ring, "file 8", sealed));
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{10}, std::size_t{69}, std::size_t{69 + 65552}, sealed.size() - 1}) {
        CHECK_FALSE(open_file(ring, "file 7", ByteView(sealed).first(size)));
    }
    auto swapped = sealed;
    std::swap_ranges(swapped.begin() + 69, swapped.begin() + 69 + 65552, swapped.begin() + 69 + 65552);
    CHECK_FALSE(open_file(ring, "file 7", swapped));
    for (const std::size_t at : {0, 4, 10, 68, 69, 100000, 196000}) {
        auto changed = sealed;
        changed[at] ^= 0x10;
        CHECK_FALSE(open_file(ring, "file 7", changed));
    }
}

}  // namespace
}  // namespace thien_an::crypto
