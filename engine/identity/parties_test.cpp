#include "engine/identity/parties.h"

#include "engine/identity/audit.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

const PartyDetails details{
    .identity_number = "051190000123", .phone = "0905123456", .email = "An@Example.vn", .address = "Thôn 1"};

PartyId with_details(TestHouse& house)
{
    return house.database()
        .write(
            {},
            [&](storage::Writer& db) {
                return create_party(
                    db,
                    house.keys(),
                    house.act(),
                    {.kind = PartyKind::person, .name = "  nguyễn  THỊ an ", .details = details}
                );
            }
        )
        .value();
}

TEST_DATABASES("a person is shown with a tidy name and masked numbers")
{
    TestHouse house(databases);
    const auto id = with_details(house);
    const auto party = house.database().read([&](storage::Reader& db) { return find_party(db, id).value(); });
    CHECK(party.name == "Nguyễn Thị An");
    CHECK(party.phone_masked == "•••••••••456");
    CHECK(party.identity_number_masked == "•••••••••123");
    CHECK(party.email_masked == "a•••@example.vn");
}

TEST_DATABASES("what is encrypted is in no column in clear")
{
    TestHouse house(databases);
    const auto id = with_details(house);
    house.database().read([&](storage::Reader& db) {
        auto rows = db.query(
            R"sql(SELECT identity_number_sealed, phone_sealed, email_sealed, address_sealed, identity_number_index, phone_index
                    FROM party WHERE id = ?1)sql",
            id
        );
        REQUIRE(rows.next());
        for (int i = 0; i < 6; ++i) {
            const auto bytes = rows.bytes(i);
            CHECK(text_of(bytes).find("905123456") == std::string_view::npos);
            CHECK(text_of(bytes).find("051190000123") == std::string_view::npos);
            CHECK(text_of(bytes).find("example") == std::string_view::npos);
        }
    });
}

TEST_DATABASES("a person is found by number and by contact however it is typed")
{
    TestHouse house(databases);
    const auto id = with_details(house);
    house.database().read([&](storage::Reader& db) {
        CHECK(party_by_identity_number(db, house.keys(), "051190000123") == id);
        CHECK_FALSE(party_by_identity_number(db, house.keys(), "051190000124"));
        CHECK(parties_by_contact(db, house.keys(), "+84 905 123 456") == std::vector{id});
        CHECK(parties_by_contact(db, house.keys(), "AN@example.vn") == std::vector{id});
        CHECK(parties_by_contact(db, house.keys(), "not a contact").empty());
    });
}

TEST_DATABASES("an identity number belongs to one person")
{
    TestHouse house(databases);
    with_details(house);
    const auto second = house.database().write({}, [&](storage::Writer& db) {
        return create_party(
            db, house.keys(), house.act(), {.kind = PartyKind::person, .name = "Bình", .details = details}
        );
    });
    REQUIRE_FALSE(second);
    CHECK(second.problem().code == "identity.identity_number_taken");
}

TEST_DATABASES("revealing another's details needs a reason and leaves a row in that person's own log")
{
    TestHouse house(databases);
    const auto id = with_details(house);
    const auto officer = house.person("Trần Thị Lệ");
    const auto actor = house.as(officer, house.post("ubnd-90101", "one_stop_officer", officer));
    const auto reveal = [&](std::string_view reason) {
        return house.database().write({}, [&](storage::Writer& db) {
            return reveal_party(db, house.keys(), house.act(actor), id, reason);
        });
    };
    CHECK(reveal("").problem().code == "identity.reason_missing");
    CHECK(reveal("Gọi mời bổ sung").value().phone == "+84905123456");
    const auto log = house.database().read([&](storage::Reader& db) { return access_log(db, id, 0, 10); });
    REQUIRE(log.size() == 1);
    CHECK(log[0].who == "Trần Thị Lệ");
    CHECK(log[0].post == "Công chức tiếp nhận");
    CHECK(log[0].agency == "Ủy ban nhân dân xã Phổ An");
    CHECK(log[0].reason == "Gọi mời bổ sung");
}

TEST_DATABASES("a change is kept, audited by the names of what changed, and leaves the rest")
{
    TestHouse house(databases);
    const auto id = with_details(house);
    auto changed = details;
    changed.phone = "0914000111";
    REQUIRE(house.database().write({}, [&](storage::Writer& db) {
        return change_party(
            db,
            house.keys(),
            house.act(),
            id,
            {.kind = PartyKind::person, .name = "Nguyễn Thị An", .details = changed}
        );
    }));
    house.database().read([&](storage::Reader& db) {
        CHECK(details_for_program(db, house.keys(), id).phone == "+84914000111");
        CHECK(details_for_program(db, house.keys(), id).email == "an@example.vn");
        const auto rows = audit_of(db, "party", id.value, 10);
        REQUIRE(rows.size() == 1);
        CHECK(json::canonical(rows[0].detail) == R"({"changed":["phone"]})");
    });
}

TEST_DATABASES("names of 5,000 letters, empty names and marks of two kinds are told apart")
{
    TestHouse house(databases);
    const auto named = [&](std::string name) {
        return house.database().write({}, [&](storage::Writer& db) {
            return create_party(db, house.keys(), house.act(), {.kind = PartyKind::person, .name = name});
        });
    };
    CHECK(named(std::string(5000, 'a')).problem().code == "identity.bad_name");
    CHECK(named(" \t ").problem().code == "identity.bad_name");
    CHECK(named(std::string(250, 'a')));
}

}  // namespace
}  // namespace thien_an::identity
