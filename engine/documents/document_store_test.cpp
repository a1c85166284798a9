#include "engine/documents/document_store.h"

#include <algorithm>
#include <thread>

#include "engine/documents/blank_forms.h"
#include "engine/documents/form_printers.h"
#include "engine/documents/form_stock.h"
#include "engine/documents/numbers.h"
#include "engine/documents/store_house_for_tests.h"
#include "engine/storage/at_once.h"

namespace thien_an::documents {
namespace {

using for_tests::House;
using storage::Reader;
using storage::Writer;

constexpr std::array all_states{
    DocumentState::draft,
    DocumentState::approved,
    DocumentState::signed_,
    DocumentState::issued,
    DocumentState::voided};

Result<int> attach(House& house, DocumentId id, const std::string& sha256)
{
    return house.write([&](Writer& db) { return add_version(db, house.act(), id, {7}, sha256, "signed"); });
}

std::vector<Problem> faults(House& house, std::vector<Problem> (*check)(Reader&))
{
    return house.database->read([&](Reader& db) { return check(db); });
}

void break_it(House& house, std::string_view sql)
{
    REQUIRE(house.write([&](Writer& db) -> Result<Done> {
        db.execute(sql);
        return Done{};
    }));
}

TEST_DATABASES("a document goes one state on at a time, or void; every other step is refused")
{
    House house{databases};
    for (const auto from : all_states) {
        for (const auto to : all_states) {
            const auto d = house.document(from);
            const auto moved = house.write([&](Writer& db) {
                return to == DocumentState::voided ? void_document(db, house.act(), d.id, "nhầm")
                                                   : move_document(db, house.act(), d.id, to);
            });
            const bool expected = to == DocumentState::voided ? from != to : int(to) == int(from) + 1;
            CAPTURE(int(from));
            CAPTURE(int(to));
            CHECK(bool(moved) == expected);
            if (!moved) CHECK(moved.problem().code == "documents.wrong_state");
            CHECK(house.find(d.id).state == (expected ? to : from));
        }
    }
    CHECK(faults(house, check_documents).empty());
}

TEST_DATABASES("versions count on from one, the earlier ones stay, an issued paper takes none")
{
    House house{databases};
    const auto d = house.document(DocumentState::approved);
    CHECK(attach(house, d.id, "aa").value() == 1);
    CHECK(attach(house, d.id, "bb").value() == 2);
    const auto versions = house.database->read([&](Reader& db) { return versions_of(db, d.id); });
    REQUIRE(versions.size() == 2);
    CHECK(versions[0].sha256 == "aa");
    CHECK(versions[1].post == identity::PostId{4});
    house.move(d.id, DocumentState::signed_);
    house.move(d.id, DocumentState::issued);
    CHECK(attach(house, d.id, "cc").problem().code == "documents.closed");
    CHECK(attach(house, {999}, "cc").problem().code == "documents.no_such_document");
}

TEST_DATABASES(
    "anyone with the token learns number, date, hash and standing, nobody anything before the issue"
)
{
    House house{databases};
    auto d = house.document(DocumentState::approved);
    const auto look = [&](std::string_view token) {
        return house.database->read([&](Reader& db) { return find_public(db, token); });
    };
    CHECK(look(d.token).problem().code == "documents.no_such_paper");
    CHECK(look("AAAAAAAAAAAA").problem().code == "documents.no_such_paper");
    REQUIRE(attach(house, d.id, "aa"));
    REQUIRE(house.write([&](Writer& db) { return set_number(db, d.id, "15/2016", day_of(house.now)); }));
    CHECK(
        house.write([&](Writer& db) { return set_number(db, d.id, "16/2016", day_of(house.now)); })
            .problem()
            .code == "documents.numbered_already"
    );
    house.move(d.id, DocumentState::signed_);
    house.move(d.id, DocumentState::issued);
    std::string typed = " " + d.token.substr(0, 4) + "-" + d.token.substr(4);
    std::ranges::transform(typed, typed.begin(), [](char c) { return char(std::tolower(c)); });
    const auto record = look(typed).value();
    CHECK(record.standing == PublicRecord::Standing::in_force);
    CHECK(record.number == "15/2016");
    CHECK(iso(*record.dated_on) == "2016-07-01");
    CHECK(record.sha256 == "aa");
}

TEST_DATABASES("a paper that was replaced says so and names the number that stands instead")
{
    House house{databases};
    const auto old_one = house.document(DocumentState::issued);
    const auto new_one = house.document(DocumentState::approved);
    REQUIRE(house.write([&](Writer& db) { return set_number(db, new_one.id, "16/2016", day_of(house.now)); })
    );
    CHECK(
        house.write([&](Writer& db) { return void_document(db, house.act(), old_one.id, ""); })
            .problem()
            .code == "documents.reason_missing"
    );
    REQUIRE(house.write([&](Writer& db) {
        return void_document(db, house.act(), old_one.id, "cải chính", new_one.id);
    }));
    const auto record =
        house.database->read([&](Reader& db) { return find_public(db, old_one.token); }).value();
    CHECK(record.standing == PublicRecord::Standing::replaced);
    CHECK(record.replaced_number == "16/2016");
    const auto events = house.database->read([&](Reader& db) { return events_of(db, old_one.id); });
    CHECK(events.back().reason == "cải chính");
}

TEST_DATABASES("a file is known by its hash once its paper is issued, and as an old one after a new version")
{
    House house{databases};
    const auto d = house.document(DocumentState::approved);
    const auto known = [&](std::string_view hash) {
        return house.database->read([&](Reader& db) { return find_by_sha256(db, hash); });
    };
    REQUIRE(attach(house, d.id, "aa"));
    CHECK_FALSE(known("aa"));
    REQUIRE(attach(house, d.id, "bb"));
    house.move(d.id, DocumentState::signed_);
    house.move(d.id, DocumentState::issued);
    CHECK(known("bb")->present);
    CHECK_FALSE(known("aa")->present);
    CHECK_FALSE(known("cc"));
}

NumberSeriesId series_in(House& house, std::int64_t last = 0)
{
    return house
        .write([&](Writer& db) -> Result<NumberSeriesId> {
            return open_series(db, house.act(), {10}, "outgoing", 2016, last);
        })
        .value();
}

Result<std::int64_t> take(House& house, NumberSeriesId series, std::int64_t subject, bool fail = false)
{
    return house.write(
        [&](Writer& db) -> Result<std::int64_t> {
            const auto number = TRY(take_number(db, house.act(), series, {"document", subject}));
            if (fail) return Problem{.code = "test.failed"};
            return number;
        },
        {lock_of(series)}
    );
}

/// Faults after one planted fault, which is taken back again.
std::size_t faults_with(House& house, std::string_view sql, std::vector<Problem> (*check)(Reader&))
{
    std::size_t found = 0;
    static_cast<void>(house.write([&](Writer& db) -> Result<Done> {
        db.execute(sql);
        found = check(db).size();
        return Problem{.code = "test.undo"};
    }));
    return found;
}

TEST_DATABASES("each fault planted in the history of papers is found, alone")
{
    House house{databases};
    const auto d = house.document(DocumentState::issued);
    house.document(DocumentState::voided);
    CHECK(faults(house, check_documents).empty());
    for (const auto* planted :
         {"UPDATE document SET state = 3 WHERE state = 4",
          "DELETE FROM document_event WHERE state = 4 AND document = (SELECT id FROM document WHERE state = "
          "4)",
          "DELETE FROM document_event WHERE state = 2 AND document = (SELECT id FROM document WHERE state = "
          "4)",
          "UPDATE document_event SET state = 2 WHERE state = 3 AND document = (SELECT id FROM document WHERE "
          "state = 4)",
          "UPDATE document SET version = 1 WHERE state = 4",
          "INSERT INTO document_version (document, number, file, sha256, stage, made_at, party, post, "
          "for_post) "
          "SELECT id, 2, 1, 'aa', 'signed', 0, 0, 0, 0 FROM document WHERE state = 4"}) {
        INFO(planted);
        CHECK(faults_with(house, planted, check_documents) == 1);
    }
    CHECK(house.find(d.id).state == DocumentState::issued);
}

TEST_DATABASES("each fault planted in the numbers is found, alone")
{
    House house{databases};
    const auto series = series_in(house, 41);
    for (int i = 0; i < 3; ++i) REQUIRE(take(house, series, i));
    CHECK(faults(house, check_numbers).empty());
    for (const auto* planted :
         {"DELETE FROM legal_number WHERE number = 42",
          "DELETE FROM legal_number WHERE number = 43",
          "UPDATE legal_number SET number = 45 WHERE number = 43",
          "UPDATE number_series SET last_number = 45"}) {
        INFO(planted);
        CHECK(faults_with(house, planted, check_numbers) >= 1);
    }
    CHECK(faults_with(house, "DELETE FROM legal_number", check_numbers) == 1);
    CHECK(faults_with(house, "DELETE FROM legal_number WHERE number = 44", check_numbers) == 1);
}

TEST_DATABASES("the document check finds a changed state, a lost event and a lost version")
{
    House house{databases};
    const auto d = house.document(DocumentState::approved);
    REQUIRE(attach(house, d.id, "aa"));
    REQUIRE(attach(house, d.id, "bb"));
    CHECK(faults(house, check_documents).empty());
    break_it(house, "DELETE FROM document_version WHERE number = 1");
    CHECK(faults(house, check_documents).size() == 1);
    break_it(house, "UPDATE document SET state = 4");
    CHECK(faults(house, check_documents).size() == 2);
    break_it(house, "DELETE FROM document_event");
    CHECK(faults(house, check_documents).size() == 2);
}

TEST_DATABASES("numbers run from one without gaps, also past a command that failed")
{
    House house{databases};
    const auto series = series_in(house);
    CHECK(take(house, series, 1).value() == 1);
    CHECK(take(house, series, 2, true).problem().code == "test.failed");
    CHECK(take(house, series, 3).value() == 2);
    CHECK(series_in(house, 500) == series);  // Opened already: the number taken over from paper counts once.
    CHECK(take(house, series, 4).value() == 3);
    CHECK(take(house, {12345}, 1).problem().code == "documents.no_such_series");
    const auto taken = house.database->read([&](Reader& db) { return numbers_of(db, series, 1, 10); });
    REQUIRE(taken.size() == 2);
    CHECK(taken[0].subject == Subject{"document", 3});
    CHECK(faults(house, check_numbers).empty());
}

TEST_DATABASES("a series taken over from paper goes on after its last number")
{
    House house{databases};
    CHECK(take(house, series_in(house, 41), 1).value() == 42);
    CHECK(faults(house, check_numbers).empty());
}

TEST_DATABASES("four threads, some of whose commands fail, leave numbers without gap or double")
{
    House house{databases};
    const auto series = series_in(house);
    std::atomic<int> taken = 0;
    {
        std::vector<std::jthread> threads;
        for (int t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                for (int i = 0; i < 25; ++i) taken += take(house, series, t * 100 + i, i % 5 == 0) ? 1 : 0;
            });
        }
    }
    CHECK(taken == 80);
    const auto numbers = house.database->read([&](Reader& db) { return numbers_of(db, series, 0, 1000); });
    REQUIRE(numbers.size() == 80);
    for (std::size_t i = 0; i < numbers.size(); ++i) CHECK(numbers[i].number == std::int64_t(i) + 1);
    CHECK(faults(house, check_numbers).empty());
}

TEST_DATABASES("the number check finds a gap and a false last number")
{
    House house{databases};
    const auto series = series_in(house);
    for (int i = 0; i < 5; ++i) REQUIRE(take(house, series, i));
    break_it(house, "DELETE FROM legal_number WHERE number = 3");
    CHECK(faults(house, check_numbers).size() == 1);
    break_it(house, "UPDATE number_series SET last_number = 9");
    CHECK(faults(house, check_numbers).size() == 2);
}

/// The stock of one agency, with forms AB 1 to 10.
struct Stock {
    explicit Stock(storage::TestDatabases& databases) : house(databases)
    {
        REQUIRE(receive({"birth_form", "AB", 1, 10}));
    }
    Result<Done> receive(const BlankRange& range, std::string_view minutes = "01/BB ngày 1/7/2016")
    {
        return house.write([&](Writer& db) { return receive_blanks(db, house.act(), {10}, range, minutes); });
    }
    Result<Done> issue(std::int64_t serial, identity::AgencyId agency = {10})
    {
        return house.write([&](Writer& db) {
            return issue_blank(db, house.act(), agency, blank(serial), {{77}, ""});
        });
    }
    Result<Done> spoil(std::int64_t serial, std::string_view reason = "in lệch")
    {
        return house.write([&](Writer& db) {
            return spoil_blank(db, house.act(), {10}, blank(serial), reason);
        });
    }
    Result<Done> destroy(std::int64_t serial, std::string_view minutes = "02/BB")
    {
        return house.write([&](Writer& db) {
            return destroy_blank(db, house.act(), {10}, blank(serial), minutes);
        });
    }
    BlankBalance balance()
    {
        return house.database->read([&](Reader& db) { return balance_of(db, {10}, "birth_form"); });
    }
    static Blank blank(std::int64_t serial) { return {"birth_form", "AB", serial}; }
    House house;
};

TEST_CASE("a serial is read as people type it and shown as it is printed")
{
    CHECK(text_of(parse_blank("birth_form", "KS 0012345").value()) == "KS 0012345");
    CHECK(text_of(parse_blank("birth_form", "ks12345").value()) == "KS 0012345");
    CHECK(text_of(parse_blank("birth_form", " 12345678 ").value()) == "12345678");
    for (const auto* wrong : {"", "KS", "KS 0", "12KS", "KS-12", "KS 1234567890123", "ABCDEFG 1", "Đ 1"})
        CHECK_MESSAGE(!parse_blank("birth_form", wrong), wrong);
}

TEST_DATABASES("the stock of forms balances through every step")
{
    Stock stock{databases};
    CHECK(stock.balance().in_stock() == 10);
    REQUIRE(stock.issue(1));
    REQUIRE(stock.issue(2));
    REQUIRE(stock.spoil(2));
    REQUIRE(stock.spoil(3));
    REQUIRE(stock.destroy(3));
    const auto balance = stock.balance();
    CHECK(balance.received == 10);
    CHECK(balance.issued == 1);
    CHECK(balance.spoiled == 1);
    CHECK(balance.destroyed == 1);
    CHECK(balance.in_stock() == 7);
    CHECK(faults(stock.house, check_blanks).empty());
}

TEST_DATABASES("a form is used once, by the agency that received it, and destroyed only when spoiled")
{
    Stock stock{databases};
    REQUIRE(stock.issue(1));
    CHECK(stock.issue(1).problem().code == "documents.not_in_stock");
    CHECK(stock.issue(11).problem().code == "documents.not_in_stock");
    CHECK(stock.issue(2, {11}).problem().code == "documents.not_in_stock");
    CHECK(stock.destroy(1).problem().code == "documents.not_spoiled");
    CHECK(stock.spoil(4, "").problem().code == "documents.reason_missing");
    REQUIRE(stock.spoil(4));
    CHECK(stock.spoil(4).problem().code == "documents.not_in_stock");
    CHECK(stock.destroy(4, "").problem().code == "documents.minutes_missing");
    REQUIRE(stock.destroy(4));
    CHECK(stock.issue(4).problem().code == "documents.not_in_stock");
}

TEST_DATABASES("serials come in once, with minutes, in ranges that make sense")
{
    Stock stock{databases};
    CHECK(stock.receive({"birth_form", "AB", 10, 12}).problem().code == "documents.range_received_already");
    CHECK(stock.receive({"birth_form", "AB", 11, 12}, "").problem().code == "documents.minutes_missing");
    for (const auto& bad :
         {BlankRange{"birth_form", "AB", 0, 5},
          {"birth_form", "AB", 20, 19},
          {"birth_form", "AB", 1, 200'000}}) {
        CHECK(stock.receive(bad).problem().code == "documents.bad_range");
    }
    CHECK(stock.receive({"birth_form", "AC", 1, 1}));
    CHECK(stock.balance().received == 11);
}

TEST_DATABASES("the next form is the lowest serial nobody has used, range after range")
{
    Stock stock{databases};
    REQUIRE(stock.receive({"birth_form", "AB", 21, 22}));
    const auto next = [&] {
        return stock.house.database->read([](Reader& db) { return next_blank(db, {10}, "birth_form"); });
    };
    CHECK(next()->serial == 1);
    REQUIRE(stock.issue(2));
    CHECK(next()->serial == 1);
    for (const auto serial : {1, 3, 4, 5, 6, 7, 8, 9, 10}) REQUIRE(stock.issue(serial));
    CHECK(next()->serial == 21);
    REQUIRE(stock.issue(21));
    REQUIRE(stock.spoil(22));
    CHECK_FALSE(next());
}

TEST_DATABASES("two clerks who take the next form at once take two forms, and one form is used by one of them"
)
{
    Stock stock{databases};
    const storage::Locks locks{{"blanks", 10}};
    const auto take_next = [&](Writer& db) -> Result<Done> {
        const auto next = next_blank(db, {10}, "birth_form");
        if (!next) return Problem{.code = "test.none_left"};
        return issue_blank(db, stock.house.act(), {10}, *next, {{77}});
    };
    CHECK(storage::at_once(4, [&](int) { return bool(stock.house.database->write(locks, take_next)); }) == 4);
    CHECK(stock.balance().issued == 4);
    CHECK(stock.balance().in_stock() == 6);
    std::array<std::string, 2> problems;
    const int used = storage::at_once(2, [&](int i) {
        const auto done = stock.house.database->write(locks, [&](Writer& db) {
            return issue_blank(db, stock.house.act(), {10}, Stock::blank(9), {{77}});
        });
        if (!done) problems.at(std::size_t(i)) = done.problem().code;
        return bool(done);
    });
    CHECK(used == 1);
    CHECK(problems[0] + problems[1] == "documents.not_in_stock");
    CHECK(faults(stock.house, check_blanks).empty());
}

TEST_DATABASES("each fault planted in the stock of forms is found, alone")
{
    Stock stock{databases};
    REQUIRE(stock.issue(1));
    REQUIRE(stock.spoil(2));
    REQUIRE(stock.destroy(2));
    for (const auto* planted :
         {"DELETE FROM blank_use WHERE serial = 1",
          "UPDATE blank_use SET state = 2 WHERE serial = 1",
          "UPDATE blank_use SET agency = 11 WHERE serial = 1",
          "DELETE FROM blank_event WHERE serial = 1",
          "DELETE FROM blank_event WHERE serial = 2 AND state = 3"}) {
        INFO(planted);
        CHECK(faults_with(stock.house, planted, check_blanks) == 1);
    }
    CHECK(faults_with(stock.house, "DELETE FROM blank_receipt", check_blanks) == 2);
    CHECK(faults_with(stock.house, "DELETE FROM blank_holding", check_blanks) == 2);
    CHECK(faults_with(stock.house, "DELETE FROM blank_holding", check_stock) == 2);
    CHECK(faults_with(stock.house, "UPDATE blank_holding SET last_serial = 9", check_stock) == 2);
    CHECK(faults(stock.house, check_blanks).empty());
}

TEST_DATABASES("the stock check finds a form never received and a state without event")
{
    Stock stock{databases};
    REQUIRE(stock.issue(1));
    REQUIRE(stock.issue(2));
    break_it(stock.house, "UPDATE blank_use SET serial = 99 WHERE serial = 2");
    CHECK(faults(stock.house, check_blanks).size() == 3);
    break_it(stock.house, "UPDATE blank_use SET state = 3 WHERE serial = 1");
    CHECK(faults(stock.house, check_blanks).size() == 4);
}

TEST_DATABASES("a printer keeps its offsets, belongs to one agency and is named once there")
{
    House house{databases};
    const auto save = [&](const FormPrinter& printer, identity::AgencyId agency = {10}) {
        return house.write([&](Writer& db) { return save_printer(db, house.act(), agency, printer); });
    };
    const auto first = save({{}, "  Máy   in phòng Tư pháp ", 15, -20});
    REQUIRE(first);
    CHECK(save({{}, "Máy in phòng Tư pháp", 0, 0}).problem().code == "documents.printer_name_taken");
    CHECK(save({{}, "Máy in phòng Tư pháp", 0, 0}, {11}));
    CHECK(save({{}, "", 0, 0}).problem().code == "documents.printer_name_missing");
    CHECK(save({{}, "Máy hai", 301, 0}).problem().code == "documents.bad_offset");
    CHECK(save({{}, "Máy hai", 0, -301}).problem().field == "/down");
    REQUIRE(save({first.value(), "Máy in phòng Tư pháp", 25, -20}));
    const auto all = house.database->read([](Reader& db) { return printers_of(db, {10}); });
    REQUIRE(all.size() == 1);
    CHECK(all[0].name == "Máy in phòng Tư pháp");
    CHECK(all[0].right_tenths == 25);
    CHECK(all[0].down_tenths == -20);
    CHECK(save({first.value(), "Của người khác", 0, 0}, {11}).problem().code == "documents.no_such_printer");
    const auto remove = [&](identity::AgencyId agency) {
        return house.write([&](Writer& db) { return remove_printer(db, agency, first.value()); });
    };
    CHECK(remove({11}).problem().code == "documents.no_such_printer");
    CHECK(remove({10}));
    CHECK(house.database->read([](Reader& db) { return printers_of(db, {10}); }).empty());
}

}  // namespace
}  // namespace thien_an::documents
