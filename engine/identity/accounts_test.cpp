#include "engine/identity/accounts.h"

#include <latch>
#include <thread>

#include "engine/crypto/one_time.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"
#include "engine/identity/parties.h"
#include "engine/identity/test_house.h"
#include "engine/storage/at_once.h"

namespace thien_an::identity {
namespace {

const std::string good_password = "nón lá bên sông Trà";
const std::string other_password = "thuyền thúng ra khơi";
const std::string phone = "0905123456";

CodeTicket ask(TestHouse& house, CodePurpose purpose, std::string_view contact = phone)
{
    return request_code(
               house.means(), {.purpose = purpose, .contact = std::string(contact), .address = "10.0.0.1"}
    )
        .value();
}
std::string last_code(const TestHouse& house) { return house.sent().back().code; }

Result<AccountId> try_sign_up(
    TestHouse& house, CodeId ticket, const std::string& code, const std::string& password = good_password
)
{
    return sign_up(
        house.means(), {.ticket = ticket, .code = code, .full_name = "Nguyễn Thị An", .password = password}
    );
}
AccountId signed_up(TestHouse& house)
{
    const auto ticket = ask(house, CodePurpose::sign_up);
    return try_sign_up(house, ticket.id, last_code(house)).value();
}
Result<SignedIn> try_sign_in(
    TestHouse& house, const std::string& password = good_password, std::string login = phone
)
{
    return sign_in(
        house.means(),
        {.login = login, .password = password, .address = "113.161.1.2", .agent = "Firefox, Android"}
    );
}
Result<Session> session_of(TestHouse& house, const std::string& token)
{
    return house.database().read([&](storage::Reader& db) {
        return find_session(db, token, house.now, house.today());
    });
}
std::string other_than(std::string code)
{
    code[0] = code[0] == '9' ? '0' : char(code[0] + 1);
    return code;
}

TEST_DATABASES("a person signs up with a code sent to the phone and signs in with it however it is typed")
{
    TestHouse house(databases);
    const auto ticket = ask(house, CodePurpose::sign_up);
    CHECK(ticket.contact_masked == "•••••••••456");
    CHECK(house.sent().back().contact == "+84905123456");
    CHECK(last_code(house).size() == 6);
    const auto account = try_sign_up(house, ticket.id, last_code(house)).value();
    for (const auto* login : {"0905 123 456", "+84905123456", "84905123456"}) {
        const auto in = try_sign_in(house, good_password, login);
        REQUIRE(in);
        CHECK(in.value().session.account == account);
        CHECK(session_of(house, in.value().token).value().party == in.value().session.party);
    }
}

TEST_DATABASES("a code is good five times wrong, once right, for ten minutes")
{
    TestHouse house(databases);
    auto ticket = ask(house, CodePurpose::declare);
    auto code = last_code(house);
    const auto tried = [&](const std::string& typed) {
        return try_code(house.means(), ticket.id, CodePurpose::declare, typed);
    };
    for (int left = 4; left >= 0; --left) {
        const auto wrong = tried(other_than(code));
        REQUIRE_FALSE(wrong);
        CHECK(wrong.problem().code == "identity.wrong_code");
        CHECK(wrong.problem().words.at(0).second == std::to_string(left));
    }
    CHECK(tried(code).problem().code == "identity.code_expired");
    ticket = ask(house, CodePurpose::declare);
    code = last_code(house);
    CHECK(
        try_code(house.means(), ticket.id, CodePurpose::guest, code).problem().code == "identity.code_expired"
    );
    CHECK(tried(code).value() == "+84905123456");
    CHECK(tried(code).problem().code == "identity.code_used");
    ticket = ask(house, CodePurpose::declare);
    code = last_code(house);
    house.now += std::chrono::minutes{10};
    CHECK(tried(code).problem().code == "identity.code_expired");
}

TEST_DATABASES("codes are limited by contact and by the network address that asks")
{
    TestHouse house(databases);
    const auto asked = [&](std::string contact, std::string address) {
        return request_code(
            house.means(),
            {.purpose = CodePurpose::guest, .contact = std::move(contact), .address = std::move(address)}
        );
    };
    for (int i = 0; i < 3; ++i) CHECK(asked(phone, "a"));
    CHECK(asked(phone, "b").problem().code == "identity.too_many_codes");
    house.now += std::chrono::minutes{16};
    CHECK(asked(phone, "b"));
    house.now += std::chrono::hours{25};
    for (int i = 0; i < 60; ++i) CHECK(asked("09051" + std::to_string(10000 + i), "c"));
    CHECK(asked("0914000999", "c").problem().code == "identity.too_many_codes");
    CHECK(asked("0914000999", "d"));
    CHECK(asked("not a phone", "d").problem().code == "identity.bad_contact");
}

TEST_DATABASES("asking tells nobody whether a contact has an account: same answer, another message")
{
    TestHouse house(databases);
    signed_up(house);
    const auto again =
        request_code(house.means(), {.purpose = CodePurpose::sign_up, .contact = phone, .address = "x"});
    REQUIRE(again);
    CHECK(again.value().contact_masked == "•••••••••456");
    CHECK(house.sent().back().code.empty());
    const auto before = house.sent().size();
    CHECK(
        request_code(house.means(), {.purpose = CodePurpose::reset, .contact = "0914000111", .address = "x"})
    );
    CHECK(house.sent().size() == before);
}

TEST_CASE("passwords that thieves try first, that are short, or that hold the name are refused")
{
    const auto refused = [](std::string_view password) {
        const auto checked = check_password_rules(password, "+84905123456", "Nguyễn Thị An", 10);
        return checked ? std::string("taken") : checked.problem().code;
    };
    CHECK(refused("ngắn quá") == "identity.password_short");
    CHECK(refused("mật khẩu 123") == "identity.password_common");
    CHECK(refused("aaaaaaaaaaaa") == "identity.password_common");
    CHECK(refused("1234567890") == "identity.password_common");
    CHECK(refused("nguyenthian!2016") == "identity.password_has_name");
    CHECK(refused("x0905123456x") == "identity.password_has_name");
    CHECK(refused(std::string(201, 'x') + "abcdef") == "identity.password_long");
    CHECK(refused("nón lá bên sông") == "taken");
}

TEST_DATABASES(
    "a wrong password and an unknown login get the same answer; five failures shut the login, longer each "
    "time"
)
{
    TestHouse house(databases);
    signed_up(house);
    CHECK(try_sign_in(house, "sai").problem().code == "identity.wrong_login");
    CHECK(try_sign_in(house, "sai", "0914000111").problem().code == "identity.wrong_login");
    CHECK(try_sign_in(house, "sai", "??").problem().code == "identity.wrong_login");
    for (int i = 0; i < 4; ++i) CHECK(try_sign_in(house, "sai").problem().code == "identity.wrong_login");
    const auto locked = try_sign_in(house);
    REQUIRE_FALSE(locked);
    CHECK(locked.problem().code == "identity.locked_out");
    CHECK(locked.problem().words.at(0).second == "1");
    house.now += std::chrono::seconds{61};
    CHECK(try_sign_in(house, "sai").problem().code == "identity.wrong_login");
    house.now += std::chrono::seconds{61};
    CHECK(try_sign_in(house).problem().code == "identity.locked_out");
    house.now += std::chrono::seconds{60};
    CHECK(try_sign_in(house));
    CHECK(try_sign_in(house, "sai").problem().code == "identity.wrong_login");
    CHECK(try_sign_in(house));
}

TEST_DATABASES("a forgotten password is replaced by a code to the phone; every session ends")
{
    TestHouse house(databases);
    signed_up(house);
    const auto token = try_sign_in(house).value().token;
    const auto ticket = ask(house, CodePurpose::reset);
    CHECK(
        reset_password(house.means(), ticket.id, last_code(house), "ngắn").problem().code ==
        "identity.password_short"
    );
    CHECK(reset_password(house.means(), ticket.id, last_code(house), other_password));
    CHECK(session_of(house, token).problem().code == "identity.no_session");
    CHECK(try_sign_in(house).problem().code == "identity.wrong_login");
    CHECK(try_sign_in(house, other_password));
}

TEST_DATABASES("with a recovery code a person who lost the phone comes back and gives a new phone")
{
    TestHouse house(databases);
    signed_up(house);
    const auto codes = new_recovery_codes(house.means(), try_sign_in(house).value().session).value();
    REQUIRE(codes.size() == 10);
    CHECK(
        recover_account(house.means(), phone, "AAAA-AAAA-AAAA-AAAA", other_password).problem().code ==
        "identity.wrong_login"
    );
    CHECK(recover_account(house.means(), phone, codes[3], other_password));
    CHECK(
        recover_account(house.means(), phone, codes[3], good_password).problem().code ==
        "identity.wrong_login"
    );
    const auto session = try_sign_in(house, other_password).value().session;
    house.database().read([&](storage::Reader& db) {
        CHECK(find_account(db, session.account).value().recovery_codes_left == 9);
    });
    const auto ticket = ask(house, CodePurpose::change_contact, "0914000111");
    REQUIRE(change_contact(house.means(), session, ticket.id, last_code(house)));
    CHECK(try_sign_in(house, other_password).problem().code == "identity.wrong_login");
    CHECK(try_sign_in(house, other_password, "0914000111"));
    house.database().read([&](storage::Reader& db) {
        CHECK(details_for_program(db, house.keys(), session.party).phone == "+84914000111");
    });
}

TEST_DATABASES("a password is changed only by who knows the old one, and other sessions end")
{
    TestHouse house(databases);
    signed_up(house);
    const auto first = try_sign_in(house).value();
    const auto second = try_sign_in(house).value();
    CHECK(
        change_password(house.means(), first.session, "sai", other_password).problem().code ==
        "identity.wrong_password"
    );
    REQUIRE(change_password(house.means(), first.session, good_password, other_password));
    CHECK(session_of(house, first.token));
    CHECK_FALSE(session_of(house, second.token));
}

/// The secret as an authenticator reads it.
static Bytes secret_of(const SecondFactorSetup& setup)
{
    Bytes secret;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : setup.secret) {
        bits = bits << 5 | std::uint32_t(c >= 'A' ? c - 'A' : c - '2' + 26);
        for (count += 5; count >= 8;) secret.push_back(std::uint8_t(bits >> (count -= 8)));
    }
    return secret;
}

TEST_DATABASES(
    "who holds only posts that ask for a second factor is told to set one, and then works as the first"
)
{
    TestHouse house(databases);
    const auto admin = house.person("Trần Quản Trị");
    const auto post = house.post("ubnd-tinh", "system_administrator", admin);
    REQUIRE(give_account(
        house.means(),
        {},
        {.party = admin, .login = "quan.tri", .password = good_password, .password_stays = true}
    ));
    const SignIn form{.login = "quan.tri", .password = good_password};
    const auto in = sign_in(house.means(), form).value();
    CHECK(in.second_factor_to_set);
    CHECK(!in.session.post);
    const auto setup = begin_second_factor(house.means(), in.session, "Thiên Ấn").value();
    const auto secret = secret_of(setup);
    REQUIRE(confirm_second_factor(house.means(), in.session, crypto::totp_code(secret, house.now)));
    CHECK(session_of(house, in.token).value().post == post);
    const auto next = sign_in(house.means(), form).value();
    CHECK(next.second_factor_asked);
    CHECK_FALSE(next.second_factor_to_set);
    const auto due = session_of(house, next.token).value();
    CHECK(due.actor("desk").post == PostId{});
    house.now += std::chrono::seconds{30};
    REQUIRE(prove_second_factor(house.means(), due, crypto::totp_code(secret, house.now)));
    CHECK(session_of(house, next.token).value().actor("desk").post == post);
}

TEST_DATABASES(
    "a second factor is asked from then on, each code counts once, a recovery code takes its place once"
)
{
    TestHouse house(databases);
    signed_up(house);
    const auto in = try_sign_in(house).value();
    CHECK_FALSE(in.second_factor_asked);
    const auto setup = begin_second_factor(house.means(), in.session, "Thiên Ấn").value();
    const auto sealed = setup.uri;
    CHECK(sealed.find("secret=" + setup.secret) != std::string::npos);
    CHECK(
        confirm_second_factor(house.means(), in.session, "000000").problem().code ==
        "identity.wrong_second_factor"
    );
    const auto secret = secret_of(setup);
    const auto code_now = [&] { return crypto::totp_code(secret, house.now); };
    const auto codes = confirm_second_factor(house.means(), in.session, code_now()).value();
    const auto again = try_sign_in(house).value();
    CHECK(again.second_factor_asked);
    const auto due = session_of(house, again.token).value();
    CHECK(due.second_factor_due);
    CHECK(due.actor("portal").party == PartyId{});
    CHECK(
        prove_second_factor(house.means(), due, code_now()).problem().code == "identity.wrong_second_factor"
    );
    house.now += std::chrono::seconds{30};
    CHECK(prove_second_factor(house.means(), due, code_now()));
    CHECK(session_of(house, again.token).value().actor("portal").party == in.session.party);
    const auto third = try_sign_in(house).value().session;
    CHECK(prove_second_factor(house.means(), third, codes[0]));
    const auto fourth = try_sign_in(house).value().session;
    CHECK_FALSE(prove_second_factor(house.means(), fourth, codes[0]));
    const auto ticket = ask(house, CodePurpose::reset);
    const auto code = last_code(house);
    CHECK(
        reset_password(house.means(), ticket.id, code, other_password).problem().code ==
        "identity.second_factor_needed"
    );
    CHECK(reset_password(house.means(), ticket.id, code, other_password, codes[1]));
}

TEST_DATABASES("a guest files by a phone code; signing up with that phone later brings his dossiers along")
{
    TestHouse house(databases);
    auto ticket = ask(house, CodePurpose::guest);
    const auto guest =
        sign_in_guest(house.means(), ticket.id, last_code(house), {.login = "", .password = ""}).value();
    CHECK(guest.session.kind == SessionKind::guest);
    ticket = ask(house, CodePurpose::guest);
    const auto again =
        sign_in_guest(house.means(), ticket.id, last_code(house), {.login = "", .password = ""}).value();
    CHECK(again.session.party == guest.session.party);
    house.now += std::chrono::minutes{16};
    signed_up(house);
    const auto in = try_sign_in(house).value();
    CHECK(in.session.party == guest.session.party);
    house.database().read([&](storage::Reader& db) {
        CHECK_FALSE(find_party(db, in.session.party).value().guest);
        CHECK(find_party(db, in.session.party).value().name == "Nguyễn Thị An");
    });
}

TEST_DATABASES("the first administrator's link works once, for a day, and only while there is none")
{
    TestHouse house(databases);
    const auto late = create_setup_token(house.means()).value();
    house.now += std::chrono::hours{24};
    const auto admin = [&](const std::string& token) {
        return finish_setup(
            house.means(),
            {.token = token, .full_name = "Quản Trị", .login = "quantri", .password = good_password}
        );
    };
    CHECK(admin(late).problem().code == "identity.bad_setup_link");
    const auto token = create_setup_token(house.means()).value();
    CHECK(house.database().read([&](storage::Reader& db) { return setup_token_good(db, token, house.now); }));
    REQUIRE(admin(token));
    CHECK(admin(token).problem().code == "identity.bad_setup_link");
    CHECK(create_setup_token(house.means()).problem().code == "identity.already_set_up");
    const auto in = try_sign_in(house, good_password, "QuanTri").value();
    const auto posts = house.database().read([&](storage::Reader& db) {
        return posts_held(db, in.session.party, house.today());
    });
    REQUIRE(posts.size() == 1);
    CHECK_FALSE(in.session.post);  // This post asks for a second factor first.
    const auto refused = house.database().write({}, [&](storage::Writer& db) {
        return act_as(db, house.act(in.session.actor("desk")), in.session, posts[0].id, {});
    });
    CHECK(refused.problem().code == "identity.second_factor_needed");
}

TEST_DATABASES(
    "of two who use two links to become the first administrator at once one does, and no link is left"
)
{
    TestHouse house(databases);
    std::array<std::string, 3> links;
    for (auto& link : links) link = create_setup_token(house.means()).value();
    const auto admin = [&](int i) {
        return finish_setup(
            house.means(),
            {.token = links.at(std::size_t(i)),
             .full_name = "Quản Trị",
             .login = "quantri" + std::to_string(i),
             .password = good_password}
        );
    };
    CHECK(storage::at_once(2, [&](int i) { return bool(admin(i)); }) == 1);
    CHECK(admin(2).problem().code == "identity.bad_setup_link");
}

TEST_DATABASES("a session idles out, ends for good after twelve hours, and lives on while it is used")
{
    TestHouse house(databases);
    signed_up(house);
    const auto idle = try_sign_in(house).value();
    const auto used = try_sign_in(house).value();
    for (int i = 0; i < 12; ++i) {
        house.now += std::chrono::minutes{59};
        const auto session = session_of(house, used.token);
        REQUIRE(session);
        CHECK(needs_touch(session.value(), house.now));
        REQUIRE(house.database().write({}, [&](storage::Writer& db) {
            return touch_session(db, session.value().id, house.now);
        }));
        CHECK_FALSE(needs_touch(session_of(house, used.token).value(), house.now));
    }
    CHECK_FALSE(session_of(house, idle.token));
    house.now += std::chrono::minutes{12};
    CHECK_FALSE(session_of(house, used.token));
}

TEST_DATABASES("a person sees his sessions shortened, ends one or all others, and never another person's")
{
    TestHouse house(databases);
    signed_up(house);
    const auto mine = try_sign_in(house).value();
    const auto old = try_sign_in(house).value();
    const auto third = try_sign_in(house).value();
    const auto ticket = ask(house, CodePurpose::guest, "0914000111");
    const auto stranger =
        sign_in_guest(house.means(), ticket.id, last_code(house), {.login = "", .password = ""}).value();
    const auto list = [&] {
        return house.database().read([&](storage::Reader& db) {
            return list_sessions(db, mine.session, house.now);
        });
    };
    REQUIRE(list().size() == 3);
    CHECK(list()[0].address == "113.161.x.x");
    CHECK(std::ranges::count_if(list(), &SessionRow::current) == 1);
    const auto end = [&](SessionId which) {
        return house.database().write({}, [&](storage::Writer& db) {
            return end_session(db, house.act(mine.session.actor("portal")), mine.session, which, house.now);
        });
    };
    CHECK(end(stranger.session.id).problem().code == "identity.no_session");
    CHECK(end(old.session.id));
    CHECK(end(old.session.id));
    CHECK_FALSE(session_of(house, old.token));
    const auto others = house.database().write({}, [&](storage::Writer& db) {
        return end_other_sessions(db, house.act(mine.session.actor("portal")), mine.session, house.now);
    });
    CHECK(others.value() == 1);
    CHECK_FALSE(session_of(house, third.token));
    CHECK(session_of(house, mine.token));
    CHECK(session_of(house, stranger.token));
}

TEST_DATABASES("the twenty-first session ends the oldest")
{
    TestHouse house(databases);
    signed_up(house);
    const auto first = try_sign_in(house).value();
    for (int i = 0; i < 20; ++i) {
        house.now += std::chrono::seconds{1};
        REQUIRE(try_sign_in(house));
    }
    CHECK_FALSE(session_of(house, first.token));
}

TEST_DATABASES("a session acts as a post only while it is held, and for another only while it is delegated")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto hai = house.person("Hai");
    const auto desk = house.post("ubnd-90101", "one_stop_officer", lan);
    const auto head = house.post("ubnd-90101", "chairman", hai);
    REQUIRE(give_account(house.means(), {}, {.party = lan, .login = "lan.desk", .password = good_password}));
    const auto in = try_sign_in(house, good_password, "lan.desk").value();
    CHECK(in.must_change_password);
    CHECK(in.session.post == desk);
    const auto choose = [&](PostId post, PostId for_post) {
        return house.database().write({}, [&](storage::Writer& db) {
            return act_as(db, house.act(in.session.actor("desk")), in.session, post, for_post);
        });
    };
    CHECK(choose(head, {}).problem().code == "identity.does_not_hold");
    CHECK(choose(desk, head).problem().code == "identity.no_such_delegation");
    const auto id = house.database()
                        .write(
                            {},
                            [&](storage::Writer& db) {
                                return delegate(
                                    db,
                                    house.act(house.as(hai, head)),
                                    {.from = head,
                                     .to = desk,
                                     .kind = DelegationKind::leave,
                                     .first = house.today(),
                                     .last = house.today(),
                                     .reason = "Nghỉ"}
                                );
                            }
                        )
                        .value();
    CHECK(choose(desk, head).value().for_post == head);
    CHECK(session_of(house, in.token).value().actor("desk").for_post == head);
    REQUIRE(house.database().write({}, [&](storage::Writer& db) {
        return revoke_delegation(db, house.act(house.as(hai, head)), id);
    }));
    CHECK_FALSE(session_of(house, in.token).value().for_post);
    REQUIRE(house.database().write({}, [&](storage::Writer& db) {
        return relieve(db, house.act(), desk, lan, house.today());
    }));
    CHECK_FALSE(session_of(house, in.token).value().post);
    CHECK(session_of(house, in.token).value().party == lan);
}

TEST_DATABASES("of two sign-ups with one phone at the same time one gets it and the other is told")
{
    TestHouse house(databases);
    const std::array tickets{ask(house, CodePurpose::sign_up), ask(house, CodePurpose::sign_up)};
    const auto sent = house.sent();
    std::array<std::string, 2> problems;
    const int done = storage::at_once(2, [&](int i) {
        const auto n = std::size_t(i);
        const auto result = try_sign_up(house, tickets.at(n).id, sent.at(n).code);
        if (!result) problems.at(n) = result.problem().code;
        return bool(result);
    });
    CHECK(done == 1);
    CHECK(problems[0] + problems[1] == "identity.contact_taken");
}

TEST_DATABASES("of two uses of one code at the same time one counts")
{
    TestHouse house(databases);
    const auto ticket = ask(house, CodePurpose::declare);
    const auto code = last_code(house);
    CHECK(storage::at_once(2, [&](int) {
              return bool(try_code(house.means(), ticket.id, CodePurpose::declare, code));
          }) == 1);
}

TEST_DATABASES("two sessions that end each other at the same time both end, and neither gets an error")
{
    TestHouse house(databases);
    signed_up(house);
    const std::array in{try_sign_in(house).value(), try_sign_in(house).value()};
    const int done = storage::at_once(2, [&](int i) {
        const auto& mine = in.at(std::size_t(i));
        const auto& other = in.at(std::size_t(1 - i));
        return bool(house.database().write({}, [&](storage::Writer& db) {
            return end_session(
                db, house.act(mine.session.actor("portal")), mine.session, other.session.id, house.now
            );
        }));
    });
    CHECK(done == 2);
    CHECK_FALSE(session_of(house, in[0].token));
    CHECK_FALSE(session_of(house, in[1].token));
}

TEST_DATABASES("guesses that run side by side cannot outrun the count: the login is shut all the same")
{
    TestHouse house(databases);
    signed_up(house);
    constexpr int guesses = 8;
    std::atomic<int> wrong{0};
    std::atomic<int> shut{0};
    storage::at_once(guesses, [&](int) {
        const auto code = try_sign_in(house, "sai").problem().code;
        wrong += int(code == "identity.wrong_login");
        shut += int(code == "identity.locked_out");
        return true;
    });
    CHECK(wrong == 5);
    CHECK(wrong + shut == guesses);
    CHECK(try_sign_in(house).problem().code == "identity.locked_out");
}

TEST_DATABASES("a visitor's cookie is known by its signature and any other is not")
{
    TestHouse house(databases);
    const auto cookie = new_visitor(house.keys());
    CHECK(check_visitor(house.keys(), cookie));
    auto forged = cookie;
    forged[0] = forged[0] == 'A' ? 'B' : 'A';
    CHECK_FALSE(check_visitor(house.keys(), forged));
    CHECK_FALSE(check_visitor(house.keys(), ""));
    CHECK_FALSE(check_visitor(house.keys(), cookie.substr(0, cookie.find('.') + 1)));
}

}  // namespace
}  // namespace thien_an::identity
