#include "engine/identity/expiry.h"

#include "engine/identity/accounts.h"
#include "engine/identity/test_house.h"

namespace thien_an::identity {
namespace {

TEST_DATABASES("what ended long ago is forgotten, what is open or recent stays")
{
    TestHouse house(databases);
    const auto guest = [&](const std::string& phone) {
        const auto ticket =
            request_code(house.means(), {.purpose = CodePurpose::guest, .contact = phone, .address = "x"})
                .value();
        return sign_in_guest(
                   house.means(), ticket.id, house.sent().back().code, {.login = "", .password = ""}
        )
            .value();
    };
    const auto forget = [&] {
        return house.database()
            .write(
                {}, [&](storage::Writer& db) -> Result<std::int64_t> { return forget_expired(db, house.now); }
            )
            .value();
    };
    guest("0905111222");
    CHECK_FALSE(sign_in(house.means(), {.login = "0905111222", .password = "sai"}));
    CHECK(forget() == 0);
    house.now += std::chrono::hours{24 * 3};
    CHECK(forget() == 2);  // The code and the failure; the session is kept for who asks about it.
    const auto fresh = guest("0905333444");
    house.now += std::chrono::hours{24 * 88};
    CHECK(forget() == 2);  // The old session, and the code of the fresh one.
    house.database().read([&](storage::Reader& db) {
        auto rows = db.query("SELECT id FROM person_session");
        REQUIRE(rows.next());
        CHECK(rows.id<SessionId>(0) == fresh.session.id);
        CHECK_FALSE(rows.next());
    });
}

}  // namespace
}  // namespace thien_an::identity
