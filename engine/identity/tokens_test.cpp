#include "engine/identity/tokens.h"

#include "engine/identity/accounts.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

struct Lan {
    TestHouse& house;
    PartyId party = house.person("Lan");
    PostId post = house.post("ubnd-90101", "one_stop_officer", party);
    AccountId account =
        give_account(
            house.means(), {}, {.party = party, .login = "lan.desk", .password = "thuyền thúng ra khơi"}
        )
            .value();

    Result<std::string> token(std::string scopes = "tasks dossiers:read", PostId as = {})
    {
        return house.database().write({}, [&](storage::Writer& db) {
            return create_token(
                db,
                house.act(),
                {.account = account, .post = as, .scopes = scopes, .lasts = std::chrono::hours{2}},
                house.now
            );
        });
    }
    Result<Bearer> bearer(const std::string& token)
    {
        return house.database().read([&](storage::Reader& db) {
            return find_bearer(db, token, house.now, house.today());
        });
    }
};

TEST_DATABASES("a token acts as its person's post, with its scopes, until it ends")
{
    TestHouse house(databases);
    Lan lan{house};
    const auto token = lan.token().value();
    const auto bearer = lan.bearer(token).value();
    CHECK(bearer.actor.post == lan.post);
    CHECK(bearer.actor.channel == "api");
    CHECK(bearer.has("tasks"));
    CHECK_FALSE(bearer.has("dossiers:write"));
    CHECK(lan.bearer(token + "x").problem().code == "identity.bad_token");
    house.now += std::chrono::hours{2};
    CHECK(lan.bearer(token).problem().code == "identity.bad_token");
}

TEST_DATABASES("a token loses the post its person leaves, and dies when it is revoked or the account closed")
{
    TestHouse house(databases);
    Lan lan{house};
    const auto first = lan.token().value();
    const auto second = lan.token().value();
    REQUIRE(house.database().write({}, [&](storage::Writer& db) {
        return relieve(db, house.act(), lan.post, lan.party, house.today());
    }));
    CHECK_FALSE(lan.bearer(first).value().actor.post);
    REQUIRE(house.database().write({}, [&](storage::Writer& db) {
        return revoke_token(db, house.act(), lan.bearer(first).value().id, house.now);
    }));
    CHECK_FALSE(lan.bearer(first));
    REQUIRE(house.database().write({}, [&](storage::Writer& db) {
        return close_account(db, house.act(), lan.account, "thôi việc");
    }));
    CHECK_FALSE(lan.bearer(second));
}

TEST_DATABASES("scopes that are none, and posts of others, are refused")
{
    TestHouse house(databases);
    Lan lan{house};
    CHECK(lan.token("").problem().code == "identity.bad_scope");
    CHECK(lan.token("Tasks").problem().words.at(0).second == "Tasks");
    const auto other = house.person("Hoa");
    CHECK(
        lan.token("tasks", house.post("ubnd-90101", "chairman", other)).problem().code ==
        "identity.does_not_hold"
    );
}

TEST_DATABASES("a program gets a token by its secret, for scopes it was given and no other")
{
    TestHouse house(databases);
    const auto party = house.person("Bưu điện");
    const auto client =
        house.database()
            .write(
                {},
                [&](storage::Writer& db) {
                    return register_client(
                        db,
                        house.act(),
                        {.name = "Bưu điện", .party = party, .post = {}, .scopes = "dossiers:read track"}
                    );
                }
            )
            .value();
    const auto grant = [&](std::string_view secret, std::string_view scopes) {
        return grant_client(house.means(), client.client_id, secret, scopes);
    };
    CHECK(grant("wrong", "").problem().code == "identity.invalid_client");
    CHECK(grant(client.secret, "dossiers:write").problem().code == "identity.invalid_scope");
    CHECK(grant(client.secret, "").value().scopes == "dossiers:read track");
    const auto token = grant(client.secret, "track").value().token;
    const auto bearer = house.database().read([&](storage::Reader& db) {
        return find_bearer(db, token, house.now, house.today());
    });
    CHECK(bearer.value().actor.party == party);
    CHECK(bearer.value().scopes == std::vector<std::string>{"track"});
}

}  // namespace
}  // namespace thien_an::identity
