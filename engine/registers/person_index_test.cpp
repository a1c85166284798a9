#include "engine/registers/person_index.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "engine/crypto/key_ring.h"
#include "engine/registers/key_spool.h"
#include "engine/storage/test_databases.h"

namespace thien_an::identity {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();

namespace {

using namespace std::chrono_literals;
using storage::TestDatabases;

constexpr std::string_view register_text = R"json({
  "id": "births", "system": "civil_status", "name": {"vi": "Sổ"}, "life_event": "birth", "event_on": "born_on",
  "fields": [
    {"id": "child", "type": "name", "title": {"vi": "Tên"}, "required": true, "search": "folded"},
    {"id": "born_on", "type": "day", "title": {"vi": "Ngày sinh"}, "required": true},
    {"id": "mother", "type": "name", "title": {"vi": "Mẹ"}},
    {"id": "mother_year", "type": "integer", "title": {"vi": "Năm sinh"}},
    {"id": "mother_number", "type": "text", "title": {"vi": "Số của mẹ"}, "sensitive": true},
    {"id": "number", "type": "text", "title": {"vi": "Số định danh"}, "sensitive": true}
  ],
  "persons": [
    {"role": "child", "subject": true, "name": "child", "born_on": "born_on", "number": "number", "mother": "mother",
     "mother_identity": "mother_number"},
    {"role": "mother", "name": "mother", "born_year": "mother_year", "sex_is": "female", "identity": "mother_number"}
  ],
  "matching": {
    "name": {"most": 14, "rare_word": 0.0125, "words": {"nguyen": 0.31}, "unmarked": 0.5, "marks": 4, "sound": 2.5,
      "slip": 3.5, "light_middle": 1, "middle": 3, "end": 7, "order": 1.5, "different": -20},
    "parent": {"share": 0.6, "different": -7},
    "born_on": {"near_days": 3, "same": 9, "swapped": 6, "near": 5, "digit": 4, "year": 3, "next_year": -1,
      "same_year": -6, "different": -10},
    "sex": {"same": 1, "different": -6}, "number": {"same": 25, "different": -14}, "paper": {"same": 22, "different": -2},
    "mother_number": {"same": 5, "different": -8}, "possible": 12, "clear": 24
  },
  "notes": {"kinds": ["correction", "annulment"]}
})json";

struct House {
    explicit House(TestDatabases& databases)
        : folder(databases.folder()),
          keys(crypto::KeyRing::create({folder + "/keys", folder + "/data"}, now).value().ring)
    {
        std::filesystem::create_directories(folder + "/data");
        std::vector<storage::Migration> all(identity::migrations().begin(), identity::migrations().end());
        all.insert(all.end(), migrations().begin(), migrations().end());
        database = databases.open(all);
        series = series_of(*database, ids, "births", {10}, 2016);
    }
    identity::Act act() { return {{.party = {3}, .post = {4}, .agency = {10}, .channel = "desk"}, now, ids}; }
    EntryId enter(const json::object& fields)
    {
        return database
            ->write(
                {lock_of(series)},
                [&](storage::Writer& db) {
                    return registers::enter(
                        db,
                        act(),
                        keys,
                        reg,
                        {.series = series, .registered_on = day_of(now), .fields = fields}
                    );
                }
            )
            .value()
            .id;
    }
    EntryId child(std::string name, std::string born_on, std::string mother, std::string number = "")
    {
        json::object fields{
            {"child", name},
            {"born_on", born_on},
            {"mother", mother},
            {"mother_year", 1990},
            {"mother_number", "212345678"}};
        if (!number.empty()) fields["number"] = number;
        return enter(fields);
    }
    void note(EntryId entry, std::string kind, json::object fields)
    {
        const auto done = database->write({lock_of(series)}, [&](storage::Writer& db) {
            return add_note(
                db,
                act(),
                keys,
                reg,
                {.entry = entry,
                 .kind = std::move(kind),
                 .decision = "QĐ 1",
                 .content = "",
                 .fields = std::move(fields)}
            );
        });
        REQUIRE(done);
    }
    std::vector<PersonMatch> find(const PersonDescription& who)
    {
        return database->read([&](storage::Reader& db) {
            return find_persons(db, keys, list, *reg.people.matching, who, 10);
        });
    }
    std::vector<std::string> faults()
    {
        std::vector<std::string> out;
        for (const auto& fault : verify(*database, keys, reg).faults) out.push_back(fault.kind);
        return out;
    }
    void sql(std::string_view statement)
    {
        const auto done = database->write({}, [&](storage::Writer& db) -> Result<Done> {
            db.execute(statement);
            return Done{};
        });
        REQUIRE(done);
    }

    std::string folder;
    Instant now = at(Day{2016y / 7 / 1}, 8h);
    IdSource ids{1};
    crypto::KeyRing keys;
    Register reg = load_register(json::parse(register_text).value()).value();
    const Register* list[1] = {&reg};
    std::unique_ptr<storage::Database> database;
    SeriesId series;
};

const PersonDescription giang{
    .name = "Nguyễn Trà Giang", .born_on = Day{2016y / 3 / 12}, .mother = "Phạm Thị Vy"};

TEST_DATABASES("whoever was renamed is found by the old name too, once, also after the index is filled anew")
{
    House house(databases);
    const auto entry = house.child("Cao Thị Hiền", "2016-03-12", "Lê Thị Phượng");
    house.note(entry, "correction", {{"child", "Cao Thị Mới"}});
    house.note(entry, "correction", {{"born_on", "2016-03-11"}});
    const auto looked = [&] {
        const auto old =
            house.find({.name = "Cao Thi Hien", .born_on = Day{2016y / 3 / 12}, .born_year = 2016});
        REQUIRE(old.size() == 1);
        CHECK(old[0].person.entry == entry);
        CHECK(old[0].former);
        CHECK(old[0].name == "Cao Thị Hiền");
        const auto now =
            house.find({.name = "Cao Thi Moi", .born_on = Day{2016y / 3 / 11}, .born_year = 2016});
        REQUIRE(now.size() == 1);
        CHECK_FALSE(now[0].former);
    };
    looked();
    CHECK(house.faults().empty());
    const auto spool = house.folder + "/spool";
    std::filesystem::create_directories(spool);
    const auto report = reindex_persons(*house.database, house.keys, house.reg, spool, house.now);
    CHECK(report.entries == 1);
    looked();
    CHECK(house.faults().empty());
    // What completes a blank renames nobody; an annulled entry is found by neither name.
    house.note(entry, "annulment", {});
    CHECK(house.find({.name = "Cao Thị Hiền", .born_on = Day{2016y / 3 / 12}, .born_year = 2016}).empty());
    CHECK(house.faults().empty());
}

TEST_DATABASES(
    "a child is found without marks, in another order, heard wrongly, days apart and with day and month "
    "exchanged"
)
{
    House house(databases);
    const auto entry = house.child("Nguyễn Trà Giang", "2016-03-12", "Phạm Thị Vy");
    house.child("Nguyễn Trà My", "2016-03-12", "Phạm Thị Vy");
    for (const auto& again : std::initializer_list<PersonDescription>{
             giang,
             {.name = "nguyen tra giang", .born_on = Day{2016y / 3 / 12}},
             {.name = "Giang Nguyễn Trà", .born_on = Day{2016y / 3 / 12}, .mother = "Phạm Thị Vi"},
             {.name = "Nguyễn Chà Giang", .born_on = Day{2016y / 3 / 14}, .mother = "Phạm Vy"},
             {.name = "Nguyễn Thị Trà Giang", .born_on = Day{2016y / 12 / 3}, .mother = "Phạm Thị Vy"},
             {.name = "Nguyễn Trà Giang", .born_year = 2016, .mother = "Phạm Thị Vy"}}) {
        INFO(again.name);
        const auto found = house.find(again);
        REQUIRE(found.size() >= 1);
        CHECK(found.front().person == PersonRef{entry, "child"});
        CHECK(found.size() == 1);
    }
    CHECK(house.find({.name = "Trần Văn Nam", .born_on = Day{2016y / 3 / 12}}).empty());
    CHECK(house.find({}).empty());
}

TEST_DATABASES("what agreed and what did not is told, and adds up to the score")
{
    House house(databases);
    house.child("Nguyễn Trà Giang", "2016-03-12", "Phạm Thị Vy");
    const auto found =
        house.find({.name = "nguyen tra giang", .born_on = Day{2016y / 3 / 13}, .mother = "Phạm Thị Vy"});
    REQUIRE(found.size() == 1);
    double sum = 0;
    std::string told;
    for (const auto& one : found.front().why) {
        sum += one.weight;
        told += one.part + "." + one.what + " ";
    }
    CHECK(sum == doctest::Approx(found.front().score));
    CHECK(told == "name.alike name.unmarked born_on.near mother.same ");
}

TEST_DATABASES(
    "a person is found by a number that lies nowhere in clear, across roles, and by whoever has the card now"
)
{
    House house(databases);
    const auto born = house.child("Nguyễn Trà Giang", "1990-03-12", "Lê Thị An", "051190000001");
    const auto gave_birth = house.enter(
        {{"child", "Trần Bo"},
         {"born_on", "2015-01-02"},
         {"mother", "Nguyễn Giang"},
         {"mother_year", 1990},
         {"mother_number", "051190000001"}}
    );
    const auto one = house.database->read([&](storage::Reader& db) {
        return same_person_by_number(db, house.list, {born, "child"});
    });
    REQUIRE(one.size() == 2);
    CHECK(one[0].person == PersonRef{born, "child"});
    CHECK(one[1].person == PersonRef{gave_birth, "mother"});
    const auto by_number = house.database->read([&](storage::Reader& db) {
        return persons_numbered(db, house.keys, house.list, "051190000001");
    });
    CHECK(by_number.size() == 2);
    house.database->read([&](storage::Reader& db) {
        auto rows = db.query("SELECT number FROM register_person WHERE entry = ?1 AND place = 0", born);
        REQUIRE(rows.next());
        CHECK(rows.bytes(0).size() == 16);
    });
}

TEST_DATABASES("the index follows notes, and verify tells when it does not follow the entries")
{
    House house(databases);
    const auto entry = house.child("Nguyễn Trà Giang", "2016-03-12", "Phạm Thị Vy");
    house.note(entry, "correction", {{"child", "Nguyễn Hoàng Yến"}});
    CHECK(house.find({.name = "Nguyễn Hoàng Yến", .born_on = Day{2016y / 3 / 12}}).size() == 1);
    const auto before = house.find(giang);  // By the old name too.
    REQUIRE(before.size() == 1);
    CHECK(before[0].former);
    CHECK(house.faults().empty());
    house.note(entry, "annulment", {});
    CHECK(house.find({.name = "Nguyễn Hoàng Yến", .born_on = Day{2016y / 3 / 12}}).empty());
    CHECK(house.faults().empty());
    house.sql("UPDATE register_person SET name = 'Khác'");
    CHECK(house.faults() == std::vector<std::string>{"person_differs"});
    const auto spool = house.folder + "/spool";
    std::filesystem::create_directories(spool);
    reindex_persons(*house.database, house.keys, house.reg, spool, house.now);
    CHECK(house.faults().empty());
    house.sql("INSERT INTO register_person_key SELECT slot, block + 1, entry, place FROM register_person_key"
    );
    CHECK(house.faults() == std::vector<std::string>{"person_differs"});
}

TEST_DATABASES(
    "CR27: filling the index anew loses nothing that is entered or changed meanwhile, and searches go on"
)
{
    House house(databases);
    constexpr int before = 400;
    constexpr int renamed = 40;
    std::vector<EntryId> entries;
    for (int i = 0; i < before; ++i)
        entries.push_back(house.child("Nguyễn Trà Giang", "2016-03-12", "Phạm Thị Vy " + std::to_string(i)));
    std::atomic<bool> done{false};
    std::atomic<int> missed{0};
    std::atomic<int> answered{0};
    std::thread clerk([&] {
        for (int i = 0; !done || i < 40; ++i) {
            house.note(
                entries[std::size_t(i * 7 % renamed)],
                "correction",
                {{"child", "Trần Bảo " + std::to_string(i)}}
            );
            house.child("Lê Thị Mới", "2016-05-0" + std::to_string(1 + i % 9), "Phạm Thị Vy");
        }
    });
    std::thread searcher([&] {
        while (!done)
            ++(house.find({.name = "Nguyễn Trà Giang", .born_on = Day{2016y / 3 / 12}}).empty() ? missed
                                                                                                : answered);
    });
    const auto spool = house.folder + "/spool";
    std::filesystem::create_directories(spool);
    const auto report = reindex_persons(*house.database, house.keys, house.reg, spool, house.now);
    done = true;
    clerk.join();
    searcher.join();
    CHECK(report.entries >= before);
    CHECK(missed == 0);
    CHECK(answered > 0);
    CHECK(house.faults().empty());
    reindex_persons(*house.database, house.keys, house.reg, spool, house.now);
    CHECK(house.faults().empty());
    house.database->read([&](storage::Reader& db) {
        auto rows = db.query("SELECT COUNT(DISTINCT slot) FROM register_person");
        rows.next();
        CHECK(rows.integer(0) == 1);
    });
}

TEST_DATABASES("two persons are one by an officer's decision with its reason, and no longer by another")
{
    House house(databases);
    const PersonRef one{house.child("Nguyễn Trà Giang", "2016-03-12", "Phạm Thị Vy"), "child"};
    const PersonRef other{house.child("Nguyễn Trà Giang", "2016-03-13", "Phạm Thị Vy"), "child"};
    const auto link = [&](const PersonRef& with, std::string_view reason) {
        return house.database->write({}, [&](storage::Writer& db) {
            return link_persons(db, house.act(), house.list, one, with, reason);
        });
    };
    CHECK(link(other, " ").problem().code == "registers.reason_missing");
    CHECK(link({{99}, "child"}, "Cùng người").problem().code == "registers.no_such_person");
    const auto id = link(other, "Cùng người");
    REQUIRE(id);
    CHECK(link(other, "Lại").problem().code == "registers.linked_already");
    const auto links = [&] {
        return house.database->read([&](storage::Reader& db) { return links_of(db, other); });
    };
    REQUIRE(links().size() == 1);
    CHECK(links().front().reason == "Cùng người");
    const auto undo = [&] {
        return house.database->write({}, [&](storage::Writer& db) {
            return unlink_persons(db, house.act(), id.value(), "Nhầm");
        });
    };
    CHECK(undo());
    CHECK(links().empty());
    CHECK(undo().problem().code == "registers.no_such_link");
}

TEST_CASE("keys come out of the spool in order, each once, whatever their number")
{
    const auto folder = std::filesystem::temp_directory_path() / "thienan-key-spool-test";
    std::filesystem::create_directories(folder);
    KeySpool spool(folder);
    constexpr std::int64_t count = 1'100'000;  // More than one run.
    for (std::int64_t i = 0; i < count; ++i) spool.add({(i * 7919) % count, 1, 0});
    spool.add({5, 1, 0});
    std::int64_t expected = 0;
    bool in_order = true;
    for (auto keys = spool.next(10'000); !keys.empty(); keys = spool.next(10'000))
        for (const auto& key : keys) in_order = in_order && key.block == expected++;
    CHECK(in_order);
    CHECK(expected == count);
    CHECK(std::filesystem::is_empty(folder));
    std::filesystem::remove(folder);
}

TEST_CASE("a register that names a field it does not have, or leaves out a weight, is refused")
{
    auto source = json::parse(register_text).value();
    source.as_object()["matching"].as_object()["sex"].as_object().erase("same");
    CHECK(load_register(source).problem().field == "/matching/sex/same");
    source = json::parse(register_text).value();
    source.as_object()["persons"].as_array()[0].as_object()["born_on"] = "birthday";
    CHECK(load_register(source).problem().field == "/persons");
}

TEST_CASE("names: what makes them the same, alike or others")
{
    const auto compare = [](std::string_view a, std::string_view b) {
        return compare_names(name_words(a), name_words(b));
    };
    CHECK(compare("Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA") == NameDifference{});
    CHECK(compare("Trần Thuỷ", "Trần Thủy") == NameDifference{});
    CHECK(compare("Nguyễn Thị Hòa", "nguyen thi hoa") == NameDifference{.unmarked = 1});
    CHECK(compare("Nguyễn Thị Hòa", "Nguyễn Thị Hoa") == NameDifference{.marks = 1});
    CHECK(compare("Lê Mỹ", "Lê Mỷ") == NameDifference{.sound = 1});
    CHECK(compare("Lê Xuân Vy", "Lê Suân Vi").sound == 2);
    CHECK(compare("Nguyễn Văn Dũng", "Nguyễn Dũng") == NameDifference{.light_middle = 1});
    CHECK(compare("Nguyễn Trà Giang", "Giang Nguyễn Trà") == NameDifference{.order = 1});
    CHECK(compare("Nguyễn Trà Giang", "Nguyễn Trà Gaing") == NameDifference{.slip = 1});
    CHECK(compare("Nguyễn Minh Anh", "Nguyễn MinhAnh") == NameDifference{.slip = 1});
    for (const auto& [a, b] : std::initializer_list<std::pair<const char*, const char*>>{
             {"Nguyễn Minh Anh", "Nguyễn Minh Đức"},
             {"Nguyễn Trà Giang", "Trần Trà Giang"},
             {"Nguyễn Văn An", "Nguyễn Văn Anh"},
             {"Nguyễn An", ""},
             {"Nguyễn Bảo My", "Nguyễn Thị My"}})
        CHECK(compare(a, b).different);
}

}  // namespace
}  // namespace thien_an::registers
