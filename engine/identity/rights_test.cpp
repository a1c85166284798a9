#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "engine/identity/delegations.h"
#include "engine/identity/permissions.h"
#include "engine/identity/test_house.h"
#include "engine/storage/at_once.h"

namespace thien_an::identity {
namespace {

constexpr std::chrono::days one_day{1};

template <typename Look>
auto in(TestHouse& house, Look look)
{
    return house.database().read(look);
}

template <typename Command>
auto write(TestHouse& house, Command command)
{
    return house.database().write({}, command);
}

bool may_today(TestHouse& house, const Actor& actor, std::string_view permission, std::string_view agency)
{
    const auto id = house.agency(agency);
    return in(house, [&](storage::Reader& db) { return may(db, actor, permission, id, house.today()); });
}

TEST_DATABASES("a post may do what its kind may, in its own agency only")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto actor = house.as(lan, house.post("ubnd-90101", "one_stop_officer", lan));
    CHECK(may_today(house, actor, "dossiers.receive", "ubnd-90101"));
    CHECK_FALSE(may_today(house, actor, "dossiers.receive", "ubnd-90102"));
    CHECK_FALSE(may_today(house, actor, "dossiers.approve", "ubnd-90101"));
    CHECK_FALSE(may_today(house, actor, "no.such.permission", "ubnd-90101"));
}

TEST_DATABASES("a right for the agencies below reaches them and no sibling; a right for all reaches all")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto district = house.as(lan, house.post("ubnd-901", "agency_administrator", lan));
    const auto province = house.as(lan, house.post("so-1", "system_administrator", lan));
    CHECK(may_today(house, district, "people.manage", "ubnd-90102"));
    CHECK(may_today(house, district, "people.manage", "ubnd-901"));
    CHECK_FALSE(may_today(house, district, "people.manage", "so-1"));
    CHECK_FALSE(may_today(house, district, "people.manage", "ubnd-tinh"));
    CHECK(may_today(house, province, "people.manage", "ubnd-90102"));
}

TEST_DATABASES("a right ends with the day a person leaves the post, and is not there before it begins")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto post = house.post("ubnd-90101", "one_stop_officer", lan);
    const auto actor = house.as(lan, post);
    const auto agency = house.agency("ubnd-90101");
    REQUIRE(write(house, [&](storage::Writer& db) {
        return relieve(db, house.act(), post, lan, house.today() + one_day);
    }));
    in(house, [&](storage::Reader& db) {
        CHECK(may(db, actor, "dossiers.receive", agency, house.today()));
        CHECK_FALSE(may(db, actor, "dossiers.receive", agency, house.today() + one_day));
        CHECK_FALSE(may(db, actor, "dossiers.receive", agency, house.today() - one_day));
    });
}

TEST_DATABASES("someone else's post gives no right, nor does a visitor have any")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto hoa = house.person("Hoa");
    const auto post = house.post("ubnd-90101", "one_stop_officer", lan);
    CHECK_FALSE(may_today(house, house.as(hoa, post), "dossiers.receive", "ubnd-90101"));
    CHECK_FALSE(may_today(house, Actor{}, "dossiers.receive", "ubnd-90101"));
    in(house, [&](storage::Reader& db) {
        CHECK(visible(db, Actor{}, "dossiers.read", house.today(), 1).sql == "(1=0)");
        CHECK(
            require(db, Actor{}, "dossiers.read", house.agency("so-1"), house.today()).problem().code ==
            "identity.not_permitted"
        );
    });
}

TEST_DATABASES("who did the step before may not do the next one when the two must differ")
{
    TestHouse house(databases);
    const auto lan = house.person("Lan");
    const auto hoa = house.person("Hoa");
    const auto actor = house.as(lan, house.post("ubnd-90101", "chairman", lan));
    in(house, [&](storage::Reader& db) {
        CHECK(not_same_as(db, actor, {hoa}));
        const auto same = not_same_as(db, actor, {hoa, lan});
        REQUIRE_FALSE(same);
        CHECK(same.problem().code == "identity.same_person");
        CHECK(same.problem().words.at(0).second == "Lan");
    });
}

struct Leave {
    TestHouse& house;
    PartyId chairman = house.person("Chủ tịch Hai");
    PartyId deputy = house.person("Phó Ba");
    PostId head = house.post("ubnd-90101", "chairman", chairman);
    PostId second = house.post("ubnd-90101", "one_stop_officer", deputy);

    Result<DelegationId> make(const Actor& by, NewDelegation wanted)
    {
        return write(house, [&](storage::Writer& db) { return delegate(db, house.act(by), wanted); });
    }
    NewDelegation three_days(DelegationKind kind = DelegationKind::leave) const
    {
        return {
            .from = head,
            .to = second,
            .kind = kind,
            .first = house.today() + one_day,
            .last = house.today() + std::chrono::days{3},
            .reason = "Nghỉ phép"};
    }
};

TEST_DATABASES("during leave the delegate may do what the post may, from the first to the last day")
{
    TestHouse house(databases);
    Leave leave{house};
    REQUIRE(leave.make(house.as(leave.chairman, leave.head), leave.three_days()));
    auto actor = house.as(leave.deputy, leave.second);
    actor.for_post = leave.head;
    const auto agency = house.agency("ubnd-90101");
    in(house, [&](storage::Reader& db) {
        const auto may_on = [&](int days) {
            return may(db, actor, "dossiers.approve", agency, house.today() + std::chrono::days{days});
        };
        CHECK_FALSE(may_on(0));
        CHECK(may_on(1));
        CHECK(may_on(3));
        CHECK_FALSE(may_on(4));
        CHECK(acts_for(db, leave.second, leave.head, house.today() + one_day));
        CHECK(delegations_to(db, leave.deputy, house.today() + one_day).size() == 1);
        CHECK(
            signature_block(db, actor, house.today() + one_day).lines ==
            std::vector<std::string>{"TUQ. CHỦ TỊCH", "CÔNG CHỨC TIẾP NHẬN"}
        );
    });
}

TEST_DATABASES("of two delegations of the same days made at once one stands and the other is told")
{
    TestHouse house(databases);
    Leave leave{house};
    const auto by = house.as(leave.chairman, leave.head);
    std::array<std::string, 2> problems;
    const int made = storage::at_once(2, [&](int i) {
        const auto done = house.database().write({{"post", leave.head.value}}, [&](storage::Writer& db) {
            return delegate(db, house.act(by), leave.three_days());
        });
        if (!done) problems.at(std::size_t(i)) = done.problem().code;
        return bool(done);
    });
    CHECK(made == 1);
    CHECK(problems[0] + problems[1] == "identity.delegation_overlaps");
}

TEST_DATABASES("a delegation taken back counts no more")
{
    TestHouse house(databases);
    Leave leave{house};
    const auto by = house.as(leave.chairman, leave.head);
    const auto id = leave.make(by, leave.three_days()).value();
    REQUIRE(write(house, [&](storage::Writer& db) { return revoke_delegation(db, house.act(by), id); }));
    in(house, [&](storage::Reader& db) {
        CHECK_FALSE(acts_for(db, leave.second, leave.head, house.today() + one_day));
    });
    CHECK(
        write(house, [&](storage::Writer& db) { return revoke_delegation(db, house.act(by), id); })
            .problem()
            .code == "identity.no_such_delegation"
    );
}

TEST_DATABASES("delegations that make no sense are refused")
{
    TestHouse house(databases);
    Leave leave{house};
    const auto by = house.as(leave.chairman, leave.head);
    auto wanted = leave.three_days();
    wanted.reason = "";
    CHECK(leave.make(by, wanted).problem().code == "identity.reason_missing");
    wanted = leave.three_days();
    wanted.last = wanted.first - one_day;
    CHECK(leave.make(by, wanted).problem().code == "identity.bad_days");
    wanted = leave.three_days();
    wanted.to = wanted.from;
    CHECK(leave.make(by, wanted).problem().code == "identity.same_post");
    wanted = leave.three_days();
    wanted.to = house.post("ubnd-90102", "chairman", leave.deputy);
    CHECK(leave.make(by, wanted).problem().code == "identity.other_agency");
    CHECK(
        leave.make(house.as(leave.deputy, leave.second), leave.three_days()).problem().code ==
        "identity.not_permitted"
    );
    REQUIRE(leave.make(by, leave.three_days()));
    CHECK(leave.make(by, leave.three_days()).problem().code == "identity.delegation_overlaps");
}

TEST_DATABASES("a deputy signs KT. over his own title")
{
    TestHouse house(databases);
    const auto deputy = house.person("Phó Ba");
    const auto post = house.post("ubnd-90101", "vice_chairman", deputy);
    in(house, [&](storage::Reader& db) {
        CHECK(signature_block(db, post).lines == std::vector<std::string>{"KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"});
    });
}

TEST_DATABASES("a post kind is created only where it belongs")
{
    TestHouse house(databases);
    const auto made = [&](std::string_view agency, std::string_view kind) {
        return write(house, [&](storage::Writer& db) {
            return create_post(
                db,
                house.act(),
                {.agency = house.agency(agency),
                 .kind = std::string(kind),
                 .title_vi = "",
                 .title_en = "",
                 .from = house.today()}
            );
        });
    };
    CHECK(made("ubnd-90101", "system_administrator").problem().code == "identity.post_kind_not_here");
    CHECK(made("so-1", "chairman").problem().code == "identity.post_kind_not_here");
    CHECK(made("so-1", "wizard").problem().code == "identity.no_such_post_kind");
    CHECK(made("ubnd-901", "chairman"));
}

TEST_DATABASES("what an ended agency had, its heirs see, and nobody sees it before its end because of them")
{
    TestHouse house(databases);
    const auto old = house.agency("ubnd-90101");
    const auto older = house.agency("ubnd-90102");
    house.move_business_clock(at(Day{std::chrono::year{2025} / 7 / 1}, Minutes{480}));
    const auto lan = house.person("Lan");
    const auto heir = house.as(lan, house.post("ubnd-90199", "one_stop_officer", lan));
    const auto province = house.as(lan, house.post("ubnd-tinh", "auditor", lan));
    const auto other = house.as(lan, house.post("so-1", "one_stop_officer", lan));
    in(house, [&](storage::Reader& db) {
        for (const auto agency : {old, older}) {
            CHECK(may(db, heir, "dossiers.receive", agency, house.today()));
            CHECK(may(db, province, "audit.read", agency, house.today()));
            CHECK_FALSE(may(db, other, "dossiers.receive", agency, house.today()));
        }
        CHECK(visible(db, heir, "dossiers.read", house.today(), 1).values.size() >= 3);
        CHECK(visible(db, other, "dossiers.read", house.today(), 1).values.size() == 1);
        CHECK(ended_before(db, house.agency("ubnd-90199"), house.today() - one_day).empty());
    });
}

/// A thing with the three columns rights are decided on.
struct Thing {
    std::int64_t id;
    std::string agency;  ///< Key.
    PartyId owner;
    bool sealed;
};

/// Who sits where: all the oracle knows beside the invented province's own words.
struct Seat {
    std::string agency;
    std::string kind;
    PartyId party;
};
struct Seating {
    std::map<PostId, Seat> seats;
    std::set<std::pair<PostId, PostId>> stands_in;  ///< Post, and the post it may act for today.
};

/// The rule said again, naively: from the JSON of the province, without SQL and without the code under test.
class Oracle {
public:
    Oracle(const Seating& seating, Day today) : seating_(seating), today_(today), province_(test_province())
    {
    }

    bool sees(const Actor& actor, const Thing& thing) const
    {
        if (!actor.post) return actor.party && thing.owner == actor.party;
        return may(actor, "dossiers.read", thing.agency) &&
               (!thing.sealed || may(actor, "sealed.read", thing.agency));
    }

private:
    bool may(const Actor& actor, std::string_view permission, const std::string& agency) const
    {
        const auto own = seating_.seats.find(actor.post);
        if (own == seating_.seats.end() || own->second.party != actor.party) return false;
        if (seat_reaches(own->second, permission, agency)) return true;
        return seating_.stands_in.contains({actor.post, actor.for_post}) &&
               seat_reaches(seating_.seats.at(actor.for_post), permission, agency);
    }
    bool seat_reaches(const Seat& seat, std::string_view permission, const std::string& agency) const
    {
        auto candidates = heirs(agency);
        candidates.insert(agency);
        for (const auto& scope : scopes(seat.kind, permission))
            for (const auto& one : candidates)
                if (scope == "all" || (scope == "agency" && one == seat.agency) ||
                    (scope == "below" && under(one, seat.agency)))
                    return true;
        return false;
    }
    std::set<std::string> scopes(std::string_view kind, std::string_view permission) const
    {
        std::set<std::string> found;
        for (const auto& row : province_.at("post_kinds").as_array())
            for (const auto& one : row.at("permissions").as_array())
                if (row.at("id").as_string() == kind && one.as_string() == permission) found.insert("agency");
        for (const auto& row : province_.at("roles").as_array())
            for (const auto& given : row.at("grants").as_array())
                for (const auto& one : given.at("permissions").as_array())
                    if (row.at("post_kind").as_string() == kind && one.as_string() == permission)
                        found.insert(std::string(given.at("scope").as_string()));
        return found;
    }
    const json::value* row_of(std::string_view agency, bool today_only) const
    {
        for (const auto& row : province_.at("agencies").as_array()) {
            if (row.at("id").as_string() != agency) continue;
            const bool begun = parse_day(json::string_or(row, "valid_from")).value() <= today_;
            const auto end = json::string_or(row, "valid_to");
            const bool over = !end.empty() && parse_day(end).value() <= today_;
            if (!today_only || (begun && !over)) return &row;
        }
        return nullptr;
    }
    bool under(std::string agency, const std::string& top) const
    {
        for (;;) {
            const auto* row = row_of(agency, true);
            if (row == nullptr) return false;
            if (agency == top) return true;
            agency = json::string_or(*row, "parent");
        }
    }
    std::set<std::string> heirs(const std::string& agency) const
    {
        std::set<std::string> found;
        if (row_of(agency, true) != nullptr) return found;
        const auto* row = row_of(agency, false);
        const auto* successors = row == nullptr ? nullptr : json::member(*row, "successors");
        if (successors == nullptr) return found;
        for (const auto& successor : successors->as_array()) {
            const auto id = json::string_or(successor, "id");
            found.insert(id);
            found.merge(heirs(id));
        }
        return found;
    }

    const Seating& seating_;
    Day today_;
    json::value province_;
};

/// Actors of every kind in the given agencies, some acting for another post, half of those without a
/// delegation.
std::vector<Actor> random_actors(
    TestHouse& house,
    const std::vector<PartyId>& people,
    std::span<const char* const> agencies,
    Seating& seating,
    std::mt19937& random
)
{
    std::vector<Actor> actors{Actor{}};
    for (const auto person : people) actors.push_back({.party = person});
    const auto seat = [&](std::string agency, std::string kind) {
        const auto person = people[random() % people.size()];
        const auto post = house.post(agency, kind, person);
        seating.seats[post] = {std::move(agency), std::move(kind), person};
        actors.push_back(house.as(person, post));
    };
    for (const auto* agency : agencies)
        for (const auto* kind : {"one_stop_officer", "auditor", "chairman", "agency_administrator"})
            seat(agency, kind);
    seat("so-1", "system_administrator");
    for (int i = 0; i < 12; ++i) {
        auto actor = actors[random() % actors.size()];
        const auto& other = actors[random() % actors.size()];
        actor.for_post = other.post;
        if (actor.post && other.post && actor.post != other.post && i % 2 == 0) {
            const NewDelegation wanted{
                .from = other.post,
                .to = actor.post,
                .kind = DelegationKind::leave,
                .first = house.today(),
                .last = house.today(),
                .reason = "Nghỉ"};
            if (write(house, [&](storage::Writer& db) { return delegate(db, house.act(other), wanted); }))
                seating.stands_in.emplace(actor.post, other.post);
        }
        actors.push_back(actor);
    }
    // Somebody else's post, and a post that is none.
    actors.push_back(actors.back());
    actors.back().party = house.person("Người Lạ");
    actors.push_back({.party = people[0], .post = {42}});
    return actors;
}

/// A table of random things of all agencies, those that ended too.
std::vector<Thing> random_things(TestHouse& house, const std::vector<PartyId>& people, std::mt19937& random)
{
    const std::array agencies{"ubnd-tinh", "so-1", "ubnd-901", "ubnd-90101", "ubnd-90102", "ubnd-90199"};
    std::vector<Thing> things;
    for (std::int64_t i = 1; i <= 120; ++i)
        things.push_back(
            {i,
             agencies[random() % agencies.size()],
             random() % 3 == 0 ? PartyId{} : people[random() % people.size()],
             random() % 4 == 0}
        );
    std::map<std::string, AgencyId> ids;
    for (const auto* key : agencies) ids[key] = house.agency(key);
    write(house, [&](storage::Writer& db) -> Result<Done> {
        db.execute(
            "CREATE TABLE thing (id INTEGER PRIMARY KEY, agency BIGINT NOT NULL, owner BIGINT, sealed BIGINT "
            "NOT NULL)"
        );
        for (const auto& thing : things)
            db.execute(
                "INSERT INTO thing (id, agency, owner, sealed) VALUES (?1, ?2, ?3, ?4)",
                thing.id,
                ids.at(thing.agency),
                thing.owner ? std::optional(thing.owner) : std::nullopt,
                thing.sealed
            );
        return Done{};
    }).value();
    return things;
}

std::vector<std::int64_t> visible_things(TestHouse& house, const Actor& actor)
{
    return in(house, [&](storage::Reader& db) {
        const auto rights = visible(db, actor, "dossiers.read", house.today(), 2);
        std::vector<storage::Value> values{std::int64_t{1000}};
        for (const auto value : rights.values) values.emplace_back(value);
        auto rows = db.query_all(
            "SELECT id FROM thing WHERE id < ?1 AND " + rights.sql + " ORDER BY id LIMIT 1000", values
        );
        std::vector<std::int64_t> ids;
        while (rows.next()) ids.push_back(rows.integer(0));
        return ids;
    });
}

/// How many rows were kept in all; the condition and may() must both agree with the oracle.
std::size_t compare_with_oracle(TestHouse& house, std::span<const char* const> agencies, std::uint32_t seed)
{
    std::mt19937 random{seed};
    std::vector<PartyId> people;
    for (const auto* name : {"An", "Bình", "Cúc"}) people.push_back(house.person(name));
    Seating seating;
    const auto actors = random_actors(house, people, agencies, seating, random);
    const auto things = random_things(house, people, random);
    const Oracle oracle(seating, house.today());
    std::size_t kept = 0;
    for (const auto& actor : actors) {
        std::vector<std::int64_t> expected;
        for (const auto& thing : things)
            if (oracle.sees(actor, thing)) expected.push_back(thing.id);
        CHECK(visible_things(house, actor) == expected);
        for (const auto& thing : things)
            if (actor.post && !thing.sealed)
                REQUIRE(may_today(house, actor, "dossiers.read", thing.agency) == oracle.sees(actor, thing));
        kept += expected.size();
    }
    return kept;
}

TEST_DATABASES(
    "the visibility condition keeps exactly the rows a naive oracle keeps, for random actors and rows"
)
{
    TestHouse house(databases);
    const std::array agencies{"ubnd-tinh", "ubnd-901", "ubnd-90101"};
    CHECK(compare_with_oracle(house, agencies, 20160701) > 120);
}

TEST_DATABASES("so it is in as many worlds as THIENAN_ORACLE_WORLDS asks for")
{
    const char* asked = std::getenv("THIENAN_ORACLE_WORLDS");
    const int worlds = asked == nullptr ? 1 : std::atoi(asked);
    REQUIRE(worlds > 0);
    const std::array agencies{"ubnd-tinh", "ubnd-901", "ubnd-90101"};
    for (int seed = 1; seed <= worlds; ++seed) {
        INFO("seed ", seed);
        TestHouse house(databases);
        compare_with_oracle(house, agencies, std::uint32_t(seed));
    }
}

TEST_DATABASES("it still does after the agencies below have ended and others stand in their place")
{
    TestHouse house(databases);
    house.move_business_clock(at(Day{std::chrono::year{2026} / 7 / 1}, Minutes{480}));
    const std::array agencies{"ubnd-tinh", "ubnd-90199"};
    CHECK(compare_with_oracle(house, agencies, 20260701) > 120);
}

}  // namespace
}  // namespace thien_an::identity
