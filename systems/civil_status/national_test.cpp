#include "systems/civil_status/national.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>
#include <set>

#include "engine/casework/case_world.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/births_for_tests.h"
#include "systems/civil_status/case_setup_for_tests.h"
#include "systems/civil_status/national_store.h"

namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;
using Mishap = NationalSimulator::Mishap;
using storage::TestDatabases;

/// The province's settings, but for what the test says of the connection.
class ConnectedAs final : public casework::Settings {
public:
    ConnectedAs(const casework::Settings& other, std::string_view mode) : other_(other), row_{{"*", mode}} {}
    const json::value* setting(std::string_view key, Day day) const override
    {
        return key == "civil_status.national_connection" ? &row_ : other_.setting(key, day);
    }
    std::map<std::string, std::int64_t> fees(Day day) const override { return other_.fees(day); }
    const workflow::Calendar& calendar(std::string_view use, std::string_view agency) const override
    {
        return other_.calendar(use, agency);
    }

private:
    const casework::Settings& other_;
    json::value row_;
};

casework::Office with_settings(casework::Office& from, const casework::Settings& settings)
{
    return {
        from.database,
        from.clock,
        from.ids,
        from.files,
        from.keys,
        from.packs,
        from.codes,
        settings,
        from.rules,
        from.subscribers,
        from.actions,
        from.notify,
        from.words,
        from.public_address};
}

constexpr const char* cases = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/cases";

/// A commune's book of births and the national database it tells.
struct Book {
    explicit Book(TestDatabases& databases, std::string_view now = "2022-03-02T08:00")
        : setup(birth_setup(databases, databases.folder(), population)), from(setup), world(from, cases)
    {
        const auto file =
            casework::read_case(fmt::format("# a book\ngiven now is {}\nwhen now is {}\n", now, now)).value();
        world.given(file.statements[0]);
        REQUIRE_FALSE(world.when(file.statements[1]));
        officer = world.actor("justice_civil_status_officer");
        agency = officer.agency;
        reg = office().packs.reg("births");
        series = registers::series_of(
            office().database,
            office().ids,
            "births",
            agency,
            int(std::chrono::year_month_day{day_of(office().clock.now())}.year())
        );
        handlers.emplace(national_kind, national_handler(office(), national));
    }

    casework::Office& office() { return world.office(); }
    identity::Act act() { return {officer, office().clock.now(), office().ids}; }

    registers::EntryId enter(const std::string& name, std::string_view number = "")
    {
        const auto fields = birth_fields(
            {.name = name, .personal_number = std::string(number)}, day_of(office().clock.now())
        );
        const auto made = office().database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
            return registers::enter(
                db,
                act(),
                office().keys,
                *reg,
                {.series = series, .registered_on = act().today(), .fields = fields}
            );
        });
        REQUIRE(made);
        return made.value().id;
    }
    void note(registers::EntryId entry, std::string kind, json::object fields)
    {
        const auto done = office().database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
            return registers::add_note(
                db,
                act(),
                office().keys,
                *reg,
                {.entry = entry,
                 .kind = std::move(kind),
                 .decision = "QĐ 12/2022",
                 .content = "Cải chính",
                 .fields = std::move(fields)}
            );
        });
        REQUIRE(done);
    }
    void sweep()
    {
        while (sweep_national(office())) continue;
    }
    /// What is due `after` from now, again and again while the program is killed in the middle of a call.
    void send(std::chrono::seconds after = 0s)
    {
        for (;;) {
            try {
                storage::outbox_run_due(
                    office().database, office().ids, handlers, office().clock.now() + after
                );
                return;
            } catch (const std::exception&) {
                throw;
            } catch (...) {  // Killed: the row stays claimed until its lease ends.
                after += 61s;
            }
        }
    }
    std::vector<NationalEvent> events(registers::EntryId entry)
    {
        return office().database.read([&](storage::Reader& db) { return national_events_of(db, entry); });
    }
    NationalCount count()
    {
        const auto counts = office().database.read([&](storage::Reader& db) {
            return national_counts(db, officer, day_of(office().clock.now()));
        });
        REQUIRE(counts.size() == 1);
        return counts[0];
    }
    std::string number_of(registers::EntryId entry)
    {
        const auto found = office().database.read([&](storage::Reader& db) {
            return registers::find_entry(db, office().keys, *reg, entry);
        });
        return json::string_or(json::value(found.value().fields), "personal_number");
    }
    void check_books()
    {
        CHECK(office().database.read([&](storage::Reader& db) { return national_miscounted(db, 10); }).empty()
        );
        CHECK(registers::verify(office().database, office().keys, *reg).faults.empty());
    }

    PopulationSimulator population;
    NationalSimulator national{population};
    casework::CaseSetup setup;
    casework::CaseTemplate from;
    casework::CaseWorld world;
    identity::Actor officer;
    identity::AgencyId agency;
    std::shared_ptr<const registers::Register> reg;
    registers::SeriesId series;
    storage::OutboxHandlers handlers;
};

}  // namespace

TEST_DATABASES("an entry and its notes go to the national database once, and its number comes back")
{
    Book book(databases);
    const auto entry = book.enter("Nguyễn Trà Giang");
    book.note(entry, "correction", {{"child_sex", "male"}});
    CHECK(book.events(entry).empty());
    book.sweep();
    CHECK(book.count().on_its_way == 2);
    book.send();
    const auto taken = book.national.taken();
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].kind == "entry");
    CHECK(taken[0].number == "01/2022");
    CHECK(json::string_or(json::value(taken[0].fields), "child_full_name") == "Nguyễn Trà Giang");
    CHECK(taken[1].kind == "correction");
    CHECK(taken[1].entry_key == taken[0].key);
    CHECK(taken[1].fields == json::object{{"child_sex", "male"}});
    CHECK(has_form_of_personal_number(book.number_of(entry)));
    const auto events = book.events(entry);
    REQUIRE(events.size() == 2);
    CHECK(events[0].state == NationalState::accepted);
    CHECK(events[0].national_id == "QG-00000001");
    // The number that was told to us is no news to the other side.
    book.sweep();
    book.send();
    CHECK(book.national.taken().size() == 2);
    CHECK(book.events(entry).at(2).state == NationalState::nothing);
    CHECK(book.count().accepted == 2);
    CHECK(book.count().on_its_way == 0);
    book.check_books();
}

TEST_DATABASES("a number is asked for once: an entry that has one asks for none")
{
    Book book(databases);
    const auto has = book.enter("Nguyễn Trà Giang", "051326000777");
    const auto wants = book.enter("Đinh Văn Lợi");
    book.sweep();
    book.send();
    CHECK(book.number_of(has) == "051326000777");
    const auto number = book.number_of(wants);
    // The process asks the population database by the same key: it is given the same number.
    const auto again = book.population.request_number(
        {.key = std::to_string(wants.value), .full_name = "", .born_on = {}, .sex = "female"}
    );
    CHECK(again.reply == number);
}

TEST_DATABASES("what is refused is listed with its reason, mended and sent again")
{
    Book book(databases);
    book.national.refuse_next("DUPLICATE", "Đã có trong cơ sở dữ liệu");
    const auto entry = book.enter("Nguyễn Trà Giang");
    book.note(entry, "correction", {{"child_sex", "male"}});
    book.sweep();
    book.send();
    auto events = book.events(entry);
    CHECK(events[0].state == NationalState::refused);
    CHECK(events[0].reason_code == "DUPLICATE");
    CHECK(events[0].reason == "Đã có trong cơ sở dữ liệu");
    CHECK(events[1].reason_code == "civil_status.national.entry_refused");
    CHECK(book.national.taken().empty());
    const auto listed = book.office().database.read([&](storage::Reader& db) {
        return national_events_in(
            db, book.officer, day_of(book.office().clock.now()), NationalState::refused, 0, 10
        );
    });
    REQUIRE(listed.size() == 2);
    CHECK(listed[1].entry == entry);
    const auto stranger = book.world.actor("one_stop_officer");
    CHECK(
        send_national_again(book.office(), stranger, events[0].id, "").problem().code ==
        "identity.not_permitted"
    );
    CHECK(
        send_national_again(book.office(), book.officer, 77, "").problem().code ==
        "civil_status.no_such_national_event"
    );
    REQUIRE(send_national_again(book.office(), book.officer, events[0].id, "đã sửa"));
    book.send();
    const auto taken = book.national.taken();
    REQUIRE(taken.size() == 2);
    CHECK(json::string_or(json::value(taken[0].fields), "child_sex") == "male");
    events = book.events(entry);
    CHECK(events[0].state == NationalState::accepted);
    CHECK(events[0].attempt == 2);
    CHECK(events[1].state == NationalState::accepted);
    CHECK(
        send_national_again(book.office(), book.officer, events[0].id, "").problem().code ==
        "civil_status.national_not_refused"
    );
    book.check_books();
}

TEST_DATABASES(
    "a lost answer, a late one, a line that is down and a crash on either side of the call double nothing"
)
{
    for (const auto mishap :
         {Mishap::answer_lost,
          Mishap::answers_later,
          Mishap::line_down,
          Mishap::dies_before,
          Mishap::dies_after}) {
        Book book(databases);
        CAPTURE(int(mishap));
        book.national.next_meets(mishap);
        const auto entry = book.enter("Nguyễn Trà Giang");
        book.sweep();
        book.send();
        for (int i = 1; i <= 3; ++i) book.send(std::chrono::seconds{200 * i});
        CHECK(book.national.taken().size() == 1);
        const auto event = book.events(entry).at(0);
        CHECK(event.state == NationalState::accepted);
        // The same answer a second time, and another one, change nothing.
        const auto second =
            book.office().database.write({registers::lock_of(book.series)}, [&](storage::Writer& db) {
                return take_national_answer(
                    book.office(), db, event.id, {.accepted = false, .reason_code = "LATE"}
                );
            });
        CHECK(second);
        CHECK(book.events(entry).at(0).national_id == event.national_id);
        CHECK(book.events(entry).at(0).state == NationalState::accepted);
        book.check_books();
    }
}

TEST_DATABASES("whatever goes wrong, one event is one row at the other side, in the order of the book")
{
    Book book(databases);
    std::mt19937 chance(20260302);
    book.national.course = [&](const NationalMessage&) {
        constexpr std::array all{
            Mishap::none,
            Mishap::line_down,
            Mishap::answer_lost,
            Mishap::answers_later,
            Mishap::dies_before,
            Mishap::dies_after};
        return all.at(chance() % all.size());
    };
    constexpr int steps = 60;
    std::vector<registers::EntryId> entries;
    std::size_t owed = 0;
    auto after = 0s;
    for (int i = 0; i < steps; ++i) {
        const bool notes = !entries.empty() && chance() % 3 == 0;
        if (notes)
            book.note(
                entries.at(chance() % entries.size()),
                "correction",
                {{"child_hometown", fmt::format("xã {}", i)}}
            );
        else
            entries.push_back(book.enter(fmt::format("Nguyễn {}", i), "051326000777"));
        ++owed;
        if (chance() % 2 == 0) book.sweep();
        if (chance() % 3 == 0) book.send(after += 700s);
    }
    book.sweep();
    for (int round = 0; round < 1000 && book.count().on_its_way > 0; ++round) book.send(after += 700s);
    const auto taken = book.national.taken();
    CHECK(taken.size() == owed);
    std::set<std::string> keys;
    for (const auto& one : taken) keys.insert(one.key);
    CHECK(keys.size() == owed);
    CHECK(std::is_sorted(taken.begin(), taken.end(), [](const auto& a, const auto& b) {
        return std::stoll(a.key) < std::stoll(b.key);
    }));
    CHECK(book.count().accepted == std::int64_t(owed));
    CHECK(book.national.calls() > owed);
    book.check_books();
}

TEST_DATABASES("events of a time without connection are not sent, or kept until there is one")
{
    Book book(databases, "2016-03-22T08:00");
    const auto old = book.enter("Nguyễn Trà Giang");
    book.sweep();
    CHECK(book.count().not_sent == 1);
    CHECK(book.events(old).empty());

    const ConnectedAs keeps(book.office().settings, "keep");
    auto apart = with_settings(book.office(), keeps);
    const auto kept = book.enter("Đinh Văn Lợi");
    sweep_national(apart);
    CHECK(book.count().kept == 1);
    CHECK(book.events(kept).at(0).state == NationalState::kept);
    book.send();
    CHECK(book.national.taken().empty());

    const ConnectedAs sends(book.office().settings, "send");
    auto connected = with_settings(book.office(), sends);
    sweep_national(connected);
    CHECK(book.count().kept == 0);
    book.send();
    REQUIRE(book.national.taken().size() == 1);
    CHECK(book.national.taken()[0].number == "02/2016");
    book.check_books();
}

TEST_DATABASES("the engine tells of an entry inside its transaction")
{
    Book book(databases);
    casework::Subscribers subscribers;
    subscribers.add("births.entered", "national", national_subscriber(book.office()));
    const auto entry = book.enter("Nguyễn Trà Giang");
    const auto refused = book.office().database.write(
        {registers::lock_of(book.series)},
        [&](storage::Writer& db) -> Result<Done> {
            TRY(subscribers.tell(db, book.act(), "births.entered", json::object{{"entry", entry.value}}));
            return Problem{.code = "test.rolled_back", .field = "", .law = ""};
        }
    );
    CHECK_FALSE(refused);
    CHECK(book.events(entry).empty());
    REQUIRE(book.office().database.write({registers::lock_of(book.series)}, [&](storage::Writer& db) {
        return subscribers.tell(db, book.act(), "births.entered", json::object{{"entry", entry.value}});
    }));
    CHECK(book.events(entry).size() == 1);
}

}  // namespace thien_an::civil_status
