#include <doctest/doctest.h>

#include <array>
#include <atomic>
#include <random>
#include <thread>

#include "engine/crypto/key_ring.h"
#include "engine/registers/entries.h"
#include "engine/storage/test_databases.h"

namespace thien_an::identity {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();

namespace {

using namespace std::chrono_literals;
using storage::Database;
using storage::TestDatabases;

constexpr std::string_view births_text = R"json({
  "id": "births", "system": "civil_status", "name": {"vi": "Sổ đăng ký khai sinh"}, "entered_event": "births.entered",
  "book": {"pages": 3, "entries_per_page": 2, "numbering": {"width_min": 2}},
  "fields": [
    {"id": "child", "type": "name", "title": {"vi": "Tên"}, "required": true, "search": "folded", "index": true},
    {"id": "born_on", "type": "day", "title": {"vi": "Ngày sinh"}, "required": true, "index": true},
    {"id": "mother_number", "type": "text", "title": {"vi": "Số của mẹ"}, "sensitive": true, "blind_index": true},
    {"id": "personal_number", "type": "text", "title": {"vi": "Số định danh"}, "sensitive": true}
  ],
  "notes": {"kinds": ["correction", "annulment"]}, "masked_by_default": ["mother_number"],
  "extract": {"name": {"vi": "Trích lục"}, "shows": ["child", "born_on"]}
})json";

/// One database with the register, keys and an officer.
struct House {
    explicit House(TestDatabases& databases, std::string folder)
        : keys(crypto::KeyRing::create({folder + "/keys", folder + "/data"}, start).value().ring)
    {
        std::filesystem::create_directories(folder + "/data");
        std::vector<storage::Migration> all(identity::migrations().begin(), identity::migrations().end());
        all.insert(all.end(), migrations().begin(), migrations().end());
        database = databases.open(all);
        series = series_of(*database, ids, "births", {10}, 2016);
    }

    identity::Act act()
    {
        return {
            .actor =
                {.account = {}, .party = {3}, .post = {4}, .agency = {10}, .for_post = {}, .channel = "desk"},
            .now = now,
            .ids = ids};
    }

    Result<Numbered> enter(std::string name, std::string mother = "212345678")
    {
        return database->write({lock_of(series)}, [&](storage::Writer& db) {
            return registers::enter(
                db,
                act(),
                keys,
                births,
                {.series = series, .registered_on = day_of(now), .fields = fields(name, mother)}
            );
        });
    }
    Result<Done> note(NewNote note)
    {
        return database->write({lock_of(series)}, [&](storage::Writer& db) {
            return add_note(db, act(), keys, births, note);
        });
    }
    Entry find(EntryId id, std::optional<Instant> as_of = {})
    {
        return database->read([&](storage::Reader& db) { return find_entry(db, keys, births, id, as_of); }
        ).value();
    }
    RegisterReport report() { return verify(*database, keys, births); }
    void sql(std::string_view statement)
    {
        const auto done = database->write({}, [&](storage::Writer& db) -> Result<Done> {
            db.execute(statement);
            return Done{};
        });
        REQUIRE(done);
    }
    static json::object fields(const std::string& name, const std::string& mother)
    {
        return {{"child", name}, {"born_on", "2016-03-12"}, {"mother_number", mother}};
    }

    Instant start = at(Day{2016y / 7 / 1}, 8h);
    Instant now = start;
    IdSource ids{1};
    crypto::KeyRing keys;
    Register births = load_register(json::parse(births_text).value()).value();
    std::unique_ptr<Database> database;
    SeriesId series;
};

std::vector<std::string> kinds(const RegisterReport& report)
{
    std::vector<std::string> out;
    for (const auto& fault : report.faults) out.push_back(fault.kind);
    return out;
}

bool has(const RegisterReport& report, std::string_view kind)
{
    const auto all = kinds(report);
    return std::find(all.begin(), all.end(), kind) != all.end();
}

TEST_DATABASES("entries are numbered from one, with book and page of the year")
{
    House house(databases, databases.folder());
    for (int i = 1; i <= 7; ++i) {
        const auto made = house.enter("Nguyễn Minh Anh").value();
        CHECK(made.number == i);
        CHECK(made.book == (i <= 6 ? 1 : 2));
        CHECK(made.page == (i <= 6 ? (i - 1) / 2 + 1 : 1));
    }
    CHECK(house.enter("Lê An").value().printed == "08/2016");
    CHECK(house.report().faults.empty());
    CHECK(house.report().entries == 8);
}

TEST_DATABASES("CR05: fifty clerks at once leave no gap and no double")
{
    House house(databases, databases.folder());
    constexpr int clerks = 50;
    constexpr int each = 4;
    std::atomic<int> failed{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < clerks; ++i)
        threads.emplace_back([&] {
            for (int j = 0; j < each; ++j)
                if (!house.enter("Trần Bình")) ++failed;
        });
    for (auto& thread : threads) thread.join();
    CHECK(failed == 0);
    const auto report = house.report();
    CHECK(report.entries == clerks * each);
    CHECK(report.faults.empty());
}

TEST_DATABASES("a command that ends in a Problem takes no number")
{
    House house(databases, databases.folder());
    CHECK(house.enter("Nguyễn An").value().number == 1);
    const auto refused =
        house.database->write({lock_of(house.series)}, [&](storage::Writer& db) -> Result<Numbered> {
            TRY(enter(
                db,
                house.act(),
                house.keys,
                house.births,
                {.series = house.series,
                 .registered_on = day_of(house.now),
                 .fields = House::fields("X", "1")}
            ));
            return Problem{.code = "test.no", .field = "", .law = ""};
        });
    CHECK_FALSE(refused);
    CHECK(house.enter("Nguyễn Bình").value().number == 2);
}

/// What somebody may do with a book, one after the other in any order; counts what must have been numbered.
struct AnyOrder {
    AnyOrder(House& of, unsigned seed) : house(of), random(seed)
    {
        for (const int year : {2016, 2017})
            series.push_back(series_of(*house.database, house.ids, "births", {10}, year));
    }
    void act()
    {
        const auto which = random() % series.size();
        switch (random() % 6) {
        case 0: return refused(which);
        case 1: return undone(which);
        case 2: return noted("correction");
        case 3: return noted("annulment");
        default: return entered(which);
        }
    }
    Result<Numbered> enter_in(std::size_t which, const std::string& mother, bool undo)
    {
        return house.database->write({lock_of(series[which])}, [&](storage::Writer& db) -> Result<Numbered> {
            const NewEntry entry{
                .series = series[which],
                .registered_on = day_of(house.now),
                .fields = House::fields("Trần Bình", mother)};
            auto made = TRY(enter(db, house.act(), house.keys, house.births, entry));
            if (undo) return Problem{.code = "test.no", .field = "", .law = ""};
            return made;
        });
    }
    void entered(std::size_t which)
    {
        const auto made = enter_in(which, "212345678", false).value();
        CHECK(made.number == ++last[which]);
        entries.push_back(made.id);
    }
    void refused(std::size_t which)
    {
        const auto missing = house.database->write({lock_of(series[which])}, [&](storage::Writer& db) {
            return enter(
                db,
                house.act(),
                house.keys,
                house.births,
                {.series = series[which], .registered_on = day_of(house.now), .fields = {}}
            );
        });
        CHECK_FALSE(missing);
    }
    void undone(std::size_t which) { CHECK_FALSE(enter_in(which, "1", true)); }
    void noted(const char* kind)
    {
        if (entries.empty()) return;
        const auto which = entries[random() % entries.size()];
        const auto of = house.database->read([&](storage::Reader& db) { return series_of_entry(db, which); });
        // Refused when it is struck out already: that takes nothing either.
        static_cast<void>(house.database->write({lock_of(of)}, [&](storage::Writer& db) {
            return add_note(
                db,
                house.act(),
                house.keys,
                house.births,
                {.entry = which, .kind = kind, .decision = "QĐ 1", .content = "x", .fields = {}}
            );
        }));
    }

    House& house;
    std::mt19937 random;
    std::vector<SeriesId> series;
    std::array<std::int64_t, 2> last{};
    std::vector<EntryId> entries;
};

TEST_DATABASES(
    "G2: in whatever order one enters, fails, notes and strikes out, numbers run on without gap or reuse"
)
{
    for (const unsigned seed : {1U, 2U, 3U, 4U, 5U}) {
        House house(databases, databases.folder());
        AnyOrder any(house, seed);
        for (int i = 0; i < 60; ++i) any.act();
        const auto report = house.report();
        CHECK(report.entries == any.last[0] + any.last[1]);
        CHECK(report.faults.empty());
        for (std::size_t which = 0; which < any.last.size(); ++which)
            for (std::int64_t number = 1; number <= any.last[which] + 1; ++number) {
                const auto found = house.database->read([&](storage::Reader& db) {
                    return entry_numbered(db, "births", {10}, 2016 + std::int64_t(which), number);
                });
                CHECK(found.has_value() == (number <= any.last[which]));
            }
    }
}

TEST_DATABASES("what is missing, unknown or of a wrong kind is refused with its field")
{
    House house(databases, databases.folder());
    const auto enter_fields = [&](json::object fields) {
        return house.database
            ->write(
                {lock_of(house.series)},
                [&](storage::Writer& db) {
                    return enter(
                        db,
                        house.act(),
                        house.keys,
                        house.births,
                        {.series = house.series, .registered_on = day_of(house.now), .fields = fields}
                    );
                }
            )
            .problem();
    };
    CHECK(enter_fields({{"child", "A"}}).field == "/born_on");
    CHECK(enter_fields({{"child", "A"}, {"born_on", "2016-02-30"}}).code == "registers.bad_value");
    CHECK(
        enter_fields({{"child", "A"}, {"born_on", "2016-02-03"}, {"colour", "x"}}).code ==
        "registers.unknown_field"
    );
}

TEST_DATABASES("marked fields lie encrypted and come back whole")
{
    House house(databases, databases.folder());
    const auto id = house.enter("Nguyễn An", "212345678").value().id;
    CHECK(house.find(id).fields.at("mother_number") == "212345678");
    house.database->read([&](storage::Reader& db) {
        auto rows = db.query("SELECT plain, sealed FROM register_entry WHERE id = ?1", id);
        REQUIRE(rows.next());
        CHECK(rows.text(0).find("212345678") == std::string::npos);
        const auto sealed = rows.bytes(1);
        CHECK(text_of(ByteView(sealed)).find("212345678") == std::string_view::npos);
    });
}

TEST_DATABASES("a correction is a note that names the decision; the entry as it was stays readable")
{
    House house(databases, databases.folder());
    const auto id = house.enter("Nguyễn Minh An").value().id;
    const auto entered = house.now;
    house.now += 24h;
    NewNote note{
        .entry = id,
        .kind = "correction",
        .decision = "",
        .content = "Cải chính tên",
        .fields = {{"child", "Nguyễn Minh Anh"}}};
    CHECK(house.note(note).problem().code == "registers.decision_missing");
    note.decision = "12/QĐ-UBND ngày 2/7/2016";
    REQUIRE(house.note(note));
    const auto now = house.find(id);
    CHECK(now.fields.at("child") == "Nguyễn Minh Anh");
    CHECK(now.first.at("child") == "Nguyễn Minh An");
    CHECK(now.notes.at(0).decision == "12/QĐ-UBND ngày 2/7/2016");
    CHECK(house.find(id, entered).fields.at("child") == "Nguyễn Minh An");
    CHECK(house.report().faults.empty());
}

TEST_DATABASES(
    "a completion sets an empty field once; an annulled entry keeps its number and takes no more notes"
)
{
    House house(databases, databases.folder());
    const auto id = house.enter("Nguyễn An").value().id;
    const NewNote number{
        .entry = id,
        .kind = "completion",
        .decision = "",
        .content = "",
        .fields = {{"personal_number", "051316000001"}}};
    REQUIRE(house.note(number));
    CHECK(house.note(number).problem().code == "registers.already_set");
    REQUIRE(
        house.note({.entry = id, .kind = "annulment", .decision = "1/QĐ", .content = "Gạch bỏ", .fields = {}})
    );
    CHECK_FALSE(house.find(id).in_force);
    CHECK(
        house.note({.entry = id, .kind = "correction", .decision = "2/QĐ", .content = "x", .fields = {}})
            .problem()
            .code == "registers.not_in_force"
    );
    CHECK(house.enter("Lê Bình").value().number == 2);
    CHECK(house.report().faults.empty());
}

TEST_DATABASES("indexed fields find entries without marks, by blind index and by day")
{
    House house(databases, databases.folder());
    const auto id = house.enter("Nguyễn Minh Ánh", "212345678").value().id;
    house.database->read([&](storage::Reader& db) {
        CHECK(entries_with(db, house.keys, house.births, "child", "nguyen minh anh", 5) == std::vector{id});
        CHECK(entries_with(db, house.keys, house.births, "mother_number", "212345678", 5) == std::vector{id});
        CHECK(entries_with(db, house.keys, house.births, "mother_number", "212345679", 5).empty());
        const auto born = column(Day{2016y / 3 / 12});
        CHECK(entries_between(db, house.births, "born_on", born - 2, born + 2, 5).size() == 1);
        CHECK(entries_between(db, house.births, "born_on", born + 1, born + 2, 5).empty());
    });
}

TEST_DATABASES("verify finds every fault that is planted")
{
    struct Planted {
        std::string_view what;
        std::string_view sql;
        std::string_view kind;
    };
    constexpr std::array planted{
        Planted{
            "a changed name",
            "UPDATE register_entry SET plain = '{\"born_on\":\"2016-03-12\",\"child\":\"X\"}' WHERE number = "
            "2",
            "changed"},
        Planted{
            "a changed day of registration",
            "UPDATE register_entry SET registered_on = registered_on + 1 WHERE number = 2",
            "changed"},
        Planted{"another officer", "UPDATE register_entry SET party = 99 WHERE number = 2", "changed"},
        Planted{"a changed decision", "UPDATE register_note SET decision = 'x'", "changed"},
        Planted{"a deleted note", "DELETE FROM register_note", "missing"},
        Planted{"a swapped number", "UPDATE register_entry SET number = 9 WHERE number = 3", "gap"},
        Planted{"a wrong last number", "UPDATE register_series SET last_number = 7", "gap"},
        Planted{"a shortened chain", "UPDATE register_series SET length = 2", "series_differs"},
        Planted{
            "a changed state",
            "UPDATE register_state SET plain = '{\"child\":\"X\"}' WHERE number = 1",
            "state_differs"},
        Planted{
            "an entry put out of force",
            "UPDATE register_state SET in_force = 0 WHERE number = 1",
            "state_differs"},
        Planted{
            "a changed index", "UPDATE register_index SET word = 'x' WHERE field = 'child'", "index_differs"},
        Planted{"a lost index", "DELETE FROM register_index WHERE field = 'born_on'", "index_differs"},
        Planted{
            "a broken seal",
            "UPDATE register_entry SET sealed = (SELECT s.sealed FROM register_state s WHERE s.number = 1) "
            "WHERE number = 2",
            "unreadable"}};
    for (const auto& fault : planted) {
        INFO(fault.what);
        House house(databases, databases.folder());
        const auto first = house.enter("Nguyễn An").value().id;
        for (const auto* name : {"Nguyễn Bình", "Nguyễn Châu"}) REQUIRE(house.enter(name));
        REQUIRE(house.note(
            {.entry = first,
             .kind = "correction",
             .decision = "1/QĐ",
             .content = "c",
             .fields = {{"child", "Nguyễn Ân"}}}
        ));
        REQUIRE(house.report().faults.empty());
        house.sql(fault.sql);
        CHECK(has(house.report(), fault.kind));
    }
}

TEST_DATABASES("verify finds a deleted entry")
{
    House house(databases, databases.folder());
    const auto made = house.enter("Nguyễn An").value();
    REQUIRE(house.enter("Nguyễn Bình"));
    house.sql("DELETE FROM register_index");
    house.sql("DELETE FROM register_state WHERE number = 1");
    house.sql("DELETE FROM register_entry WHERE number = 1");
    CHECK(made.number == 1);
    const auto report = house.report();
    CHECK(has(report, "gap"));
    CHECK(has(report, "missing"));
}

TEST_CASE("a register that contradicts itself is refused with the place")
{
    const auto problem = [](std::string_view pointer, json::value v) {
        auto source = json::parse(births_text).value();
        json::set(source, pointer, std::move(v));
        return load_register(source).problem();
    };
    CHECK(problem("/fields/1/id", "child").field == "/fields/1/id");
    CHECK(problem("/fields/1/type", "colour").field == "/fields/1/type");
    CHECK(problem("/fields/0/sensitive", true).field == "/fields/0/search");
    CHECK(problem("/extract/shows", json::array{"nothing"}).field == "/extract/shows");
    CHECK(problem("/book/pages", 0).field == "/book");
    CHECK(problem("/fields/0/sealed_until_opened", true).field == "/fields/0/sensitive");
    CHECK(problem("/book/closing", json::object{{"on", "02-30"}}).field == "/book/closing/on");
    // What two people have to open does not go onto a paper one asks for.
    auto sealed = json::parse(births_text).value();
    json::set(sealed, "/fields/2/sealed_until_opened", true);
    CHECK(load_register(sealed));
    json::set(sealed, "/extract/shows", json::array{"mother_number"});
    CHECK(load_register(sealed).problem().field == "/extract/shows");
    const auto reg = load_register(json::parse(births_text).value()).value();
    CHECK(without_sealed(reg, {{"child", "An"}}).size() == 1);
}

}  // namespace
}  // namespace thien_an::registers
