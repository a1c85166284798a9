#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "engine/registers/closing.h"
#include "engine/registers/old_quality.h"

#include "systems/civil_status/commune_for_tests.h"
#include "systems/civil_status/desk_extract.h"

// A paper book of 1998: two type, a third decides, a fourth accepts, and it is in the register as it is on paper.
namespace thien_an::civil_status {
namespace {

using registers::OldBookId;
using registers::OldPageId;
using registers::TypedEntry;

constexpr const char* one = "one_stop_officer";
constexpr const char* two = "clerk";
constexpr const char* third = "justice_civil_status_officer";
constexpr const char* approver = "chairman";

struct PaperBook : Commune {
    explicit PaperBook(storage::TestDatabases& databases) : Commune(databases)
    {
        walk(filed);
        walk("given now is 2016-08-12T09:00\n");
        for (const auto* post : {one, two, third, approver, "vice_chairman"})
            people[post] = world.actor(post);
        series = registers::series_of(
            office().database, office().ids, registers::paper_series("births"), people[one].agency, 1998
        );
        book = open(1998, 1).value();
    }
    std::shared_ptr<const registers::Register> births() { return office().packs.reg("births"); }
    identity::Act by(const std::string& post)
    {
        return {people.at(post), office().clock.now(), office().ids};
    }
    template <typename Command>
    auto write(Command command, OldPageId page = {})
    {
        return office().database.write({registers::lock_of(series), registers::lock_of(page)}, command);
    }
    Result<OldBookId> open(std::int64_t year, std::int64_t number, std::int64_t pages = 100)
    {
        return write([&](storage::Writer& db) {
            return registers::open_old_book(
                db, by(one), *births(), {people[one].agency, year, number, "TP/HT-1998", pages}, series
            );
        });
    }
    Result<OldPageId> scan(std::int64_t number)
    {
        const auto file = world.scan();
        return write([&](storage::Writer& db) {
            return registers::add_page(db, by(one), book, number, {file.value}, "ab");
        });
    }
    Result<Done> begin(const std::string& post, OldPageId page)
    {
        return write(
            [&](storage::Writer& db) -> Result<Done> {
                TRY(registers::begin_typing(db, by(post), page));
                return Done{};
            },
            page
        );
    }
    Result<Done> save(const std::string& post, OldPageId page, const TypedEntry& entry)
    {
        return write(
            [&](storage::Writer& db) {
                return registers::save_typed(db, by(post), office().keys, *births(), page, entry);
            },
            page
        );
    }
    Result<Done> finish(const std::string& post, OldPageId page, bool empty = false)
    {
        return write(
            [&](storage::Writer& db) {
                return registers::finish_typing(db, by(post), office().keys, *births(), page, empty);
            },
            page
        );
    }
    Result<Done> type(const std::string& post, OldPageId page, const std::vector<TypedEntry>& entries)
    {
        TRY(begin(post, page));
        for (const auto& entry : entries) TRY(save(post, page, entry));
        return finish(post, page, entries.empty());
    }
    Result<Done> decide(
        const std::string& post,
        OldPageId page,
        std::int64_t line,
        std::string_view field,
        std::string_view value
    )
    {
        return write(
            [&](storage::Writer& db) {
                return registers::decide_field(
                    db, by(post), office().keys, *births(), page, line, field, value
                );
            },
            page
        );
    }
    Result<std::vector<registers::Numbered>> accept(const std::string& post, OldPageId page)
    {
        return write(
            [&](storage::Writer& db) {
                return registers::accept_page(db, by(post), office().keys, *births(), page);
            },
            page
        );
    }
    registers::OldPage at(OldPageId page)
    {
        return read([&](storage::Reader& db) {
                   return registers::find_page(db, people[approver], by(approver).today(), page);
               }
        ).value();
    }
    std::optional<OldPageId> next(const std::string& post, registers::OldWork work)
    {
        return read([&](storage::Reader& db) {
            return registers::next_page(db, people[post], by(post).today(), work);
        });
    }
    std::size_t found(const std::string& words)
    {
        return read([&](storage::Reader& db) {
                   return registers::search_entries(
                       db, people[third], by(third).today(), *births(), {.words = words}
                   );
               }
        ).rows.size();
    }
    registers::Entry entry(registers::EntryId id, std::optional<Instant> as_of = {})
    {
        return read([&](storage::Reader& db) {
                   return registers::find_entry(db, office().keys, *births(), id, as_of);
               }
        ).value();
    }
    std::size_t faults()
    {
        const auto report = registers::verify(office().database, office().keys, *births());
        for (const auto& fault : report.faults) MESSAGE(fault.kind << " " << fault.number);
        return report.faults.size();
    }
    /// Something in every field that today's register asks for.
    json::object whole()
    {
        json::object fields;
        for (const auto& field : births()->fields) {
            if (!field.required) continue;
            if (field.type == registers::FieldType::day)
                fields[field.id] = "2016-08-01";
            else if (field.type == registers::FieldType::integer)
                fields[field.id] = 1980;
            else
                fields[field.id] = field.choices.empty() ? "x" : field.choices.front();
        }
        return fields;
    }
    void sql(std::string_view statement)
    {
        REQUIRE(office().database.write({}, [&](storage::Writer& db) -> Result<Done> {
            db.execute(statement);
            return Done{};
        }));
    }

    std::map<std::string, identity::Actor> people;
    registers::SeriesId series;
    OldBookId book;
};

TypedEntry birth(
    std::int64_t place, const std::string& number, const std::string& name, const std::string& born
)
{
    return {
        place,
        {{"$number", number},
         {"child_full_name", name},
         {"child_born_on", born},
         {"mother_full_name", "Nguyễn Thị Hòa"},
         {"mother_identity_number", "212345678"},
         {"registered_on", "20/3/1998"}}};
}

}  // namespace

TEST_DATABASES("a page typed twice, decided and accepted stands in the register under its own number")
{
    PaperBook house(databases);
    const auto page = house.scan(7).value();
    REQUIRE(house.next(one, registers::OldWork::type) == page);
    auto first = birth(1, "15", "Võ Văn Bảy", "12/3/1998");
    first.fields["$margin"] = "Cải chính họ tên theo QĐ 4/2001";
    REQUIRE(house.type(one, page, {first, birth(2, "19", "Lê Thị Mai", "1998")}));
    CHECK(house.next(one, registers::OldWork::type) == std::nullopt);
    auto second = birth(1, "15", "Võ Văn Bẩy", "12-03-1998");
    second.fields["$margin"] = first.fields["$margin"];
    second.fields["mother_full_name"] = "Nguyễn  Thị Hoà";
    CHECK(house.accept(approver, page).problem().code == "registers.not_typed_twice");
    REQUIRE(house.type(two, page, {second, birth(2, "19", "Lê Thị Mai", "1998")}));

    CHECK(house.at(page).mismatches == 2);  // The name, and the tone that is only flagged.
    CHECK(house.at(page).open == 1);
    CHECK(house.next(third, registers::OldWork::decide) == page);
    CHECK(house.accept(approver, page).problem().code == "registers.mismatches_open");
    CHECK(house.decide(one, page, 1, "child_full_name", "x").problem().code == "identity.not_permitted");
    CHECK(house.decide(third, page, 9, "child_full_name", "x").problem().code == "registers.no_such_line");
    CHECK(house.decide(third, page, 1, "child_born_on", "31/2/1998").problem().code == "registers.bad_value");
    REQUIRE(house.decide(third, page, 1, "child_full_name", "Võ Văn Bảy"));
    CHECK(house.accept(third, page).problem().code == "identity.not_permitted");
    CHECK(house.next(approver, registers::OldWork::accept) == page);
    const auto entered = house.accept(approver, page).value();
    REQUIRE(entered.size() == 2);
    CHECK(entered[0].printed == "15/1998");
    CHECK(entered[1].number == 19);  // The gap is the paper's.
    CHECK(entered[0].page == 7);

    const auto entry = house.entry(entered[0].id);
    CHECK(entry.agency == house.people[one].agency);
    CHECK(entry.registered_on == Day{std::chrono::year(1998) / 3 / 20});
    CHECK(entry.fields.at("child_born_on") == "1998-03-12");
    REQUIRE(entry.notes.size() == 1);
    CHECK(entry.notes[0].kind == "margin");
    CHECK(house.entry(entered[1].id).fields.at("child_born_on") == "1998");
    CHECK(house.found("vo van bay") == 1);
    CHECK(house.found("15/1998") == 1);
    const auto place =
        house.read([&](storage::Reader& db) { return registers::paper_place_of(db, entered[0].id); });
    REQUIRE(place);
    CHECK(place->notation == "TP/HT-1998");
    CHECK(house.accept(approver, page).problem().code == "registers.page_accepted");
    CHECK(house.save(one, page, first).problem().code == "registers.page_accepted");
    CHECK(house.faults() == 0);
}

TEST_DATABASES("an old entry takes notes and extracts, and today's numbers never hear of it")
{
    PaperBook house(databases);
    const auto page = house.scan(1).value();
    const std::vector<TypedEntry> typed{birth(1, "15", "Võ Văn Bảy", "12/3/1998")};
    REQUIRE(house.type(one, page, typed));
    REQUIRE(house.type(two, page, typed));
    const auto id = house.accept(approver, page).value().at(0).id;
    const auto extracts =
        series_of_extracts(house.office(), house.by(third).actor.agency, house.by(third).today());
    REQUIRE(house.office().database.write(
        {registers::lock_of(house.series), registers::lock_of(extracts)},
        [&](storage::Writer& db) -> Result<Done> {
            TRY(registers::add_note(
                db,
                house.by(approver),
                house.office().keys,
                *house.births(),
                {.entry = id,
                 .kind = "correction",
                 .decision = "QĐ 12/2016",
                 .content = "Cải chính họ tên",
                 .fields = {{"child_full_name", "Võ Văn Bình"}}}
            ));
            const ExtractAsked asked{extracts, id, "Võ Văn Bình", "051098000111"};
            const auto given = TRY(give_extract(house.office(), db, house.by(third), *house.births(), asked));
            CHECK(given.number == "1/TLKS-BS");
            return Done{};
        }
    ));
    CHECK(house.found("vo van binh") == 1);
    const auto in_2000 = at(Day{std::chrono::year(2000) / 1 / 1}, {});
    CHECK(house.entry(id, in_2000).fields.at("child_full_name") == "Võ Văn Bảy");
    const auto refused =
        house.office().database.write({registers::lock_of(house.series)}, [&](storage::Writer& db) {
            return registers::enter(
                db,
                house.by(third),
                house.office().keys,
                *house.births(),
                {.series = house.series, .registered_on = house.by(third).today(), .fields = house.whole()}
            );
        });
    REQUIRE_FALSE(refused);
    CHECK(refused.problem().code == "registers.book_closed");
    CHECK(house.faults() == 0);
}

TEST_DATABASES("two type a page and no third; nobody types twice, decides his own or accepts his own")
{
    PaperBook house(databases);
    const auto page = house.scan(1).value();
    std::atomic<int> in{0};
    std::atomic<int> out{0};
    std::vector<std::thread> typists;
    for (const auto* post : {one, two, third})
        typists.emplace_back([&, post] {
            const auto began = house.begin(post, page);
            if (began)
                ++in;
            else if (began.problem().code == "registers.two_type_already")
                ++out;
        });
    for (auto& typist : typists) typist.join();
    CHECK(in == 2);
    CHECK(out == 1);
    CHECK(house.at(page).begun == 2);

    const auto other = house.scan(2).value();
    const auto typed = birth(1, "1", "Lê An", "1998");
    REQUIRE(house.begin(third, other));
    REQUIRE(house.begin(third, other));  // Goes on with his own.
    CHECK(house.at(other).begun == 1);
    CHECK(house.scan(2).problem().code == "registers.typing_begun");
    CHECK(house.save(one, other, typed).problem().code == "registers.not_your_typing");
    CHECK(house.finish(third, other).problem().code == "registers.nothing_typed");
    REQUIRE(house.type(third, other, {typed}));
    CHECK(house.save(third, other, typed).problem().code == "registers.typing_finished");
    REQUIRE(house.type(one, other, {birth(1, "1", "Lê Ân", "1998")}));
    CHECK(
        house.decide(third, other, 1, "child_full_name", "Lê An").problem().code == "registers.third_person"
    );
    REQUIRE(house.decide("vice_chairman", other, 1, "child_full_name", "Lê An"));
    CHECK(house.accept("vice_chairman", other).problem().code == "registers.second_person");
    REQUIRE(house.accept(approver, other));
    CHECK(house.faults() == 0);
}

TEST_DATABASES("what was typed is kept as typed, and wrong values only stop the end of the page")
{
    PaperBook house(databases);
    const auto page = house.scan(1).value();
    REQUIRE(house.begin(one, page));
    auto half = birth(1, "", "Võ Văn B", "12/");
    REQUIRE(house.save(one, page, half));
    const auto typing =
        house.read([&](storage::Reader& db) { return registers::own_typing(db, house.people[one], page); }
        ).value();
    const auto kept = house.read([&](storage::Reader& db) {
        return registers::typed_of(db, house.office().keys, typing.id);
    });
    REQUIRE(kept.size() == 1);
    CHECK(kept[0].fields.at("child_born_on") == "12/");
    CHECK(registers::typed_faults(*house.births(), kept).size() == 2);
    CHECK_FALSE(house.finish(one, page));
    REQUIRE(house.save(one, page, birth(1, "15", "Võ Văn Bảy", "12/3/1998")));
    REQUIRE(house.save(one, page, birth(2, "15", "Lê Thị Mai", "1998")));
    CHECK(house.finish(one, page).problem().code == "registers.number_doubled");
    const auto before = house.read([&](storage::Reader& db) {
        return registers::typed_before(db, house.office().keys, typing, 2);
    });
    REQUIRE(before);
    CHECK(before->place == 1);
    REQUIRE(house.save(one, page, {2, {}}));  // Taken away again.
    REQUIRE(house.finish(one, page));
    CHECK(house.save(one, page, {1, {{"nobody", "x"}}}).problem().code == "registers.typing_finished");
}

TEST_DATABASES("a page enters whole or not at all, and no number twice")
{
    PaperBook house(databases);
    const auto first = house.scan(1).value();
    REQUIRE(house.type(one, first, {birth(1, "3", "Lê An", "1998")}));
    REQUIRE(house.type(two, first, {birth(1, "3", "Lê An", "1998")}));
    REQUIRE(house.accept(approver, first));
    const auto page = house.scan(2).value();
    const std::vector<TypedEntry> typed{birth(1, "2", "Lê Ba", "1998"), birth(2, "3", "Lê Ca", "1998")};
    REQUIRE(house.type(one, page, typed));
    REQUIRE(house.type(two, page, typed));
    CHECK(house.accept(approver, page).problem().code == "registers.number_taken");
    CHECK(house.found("2/1998") == 0);
    REQUIRE(house.decide(third, page, 2, "$number", "2"));
    CHECK(house.accept(approver, page).problem().code == "registers.number_doubled");
    REQUIRE(house.decide(third, page, 2, "$number", "4"));

    // A cut in the middle: all that was done goes with it, and the page is accepted afterwards as if for the first time.
    const auto cut = [&](storage::Writer& db) -> Result<Done> {
        TRY(registers::accept_page(db, house.by(approver), house.office().keys, *house.births(), page));
        throw std::runtime_error("the power is cut");
    };
    CHECK_THROWS(house.write(cut, page));
    CHECK(house.found("2/1998") == 0);
    CHECK_FALSE(house.at(page).accepted_at);
    CHECK(house.faults() == 0);
    CHECK(house.accept(approver, page).value().size() == 2);
    CHECK(house.faults() == 0);
}

TEST_DATABASES("quality counts against what was accepted, and a recount gives the same")
{
    PaperBook house(databases);
    const auto page = house.scan(1).value();
    REQUIRE(house.type(one, page, {birth(1, "1", "Lê An", "1998"), birth(2, "2", "Lê Ba", "1998")}));
    REQUIRE(house.type(two, page, {birth(1, "1", "Lê Ân", "1998")}));
    CHECK(house.at(page).open == 2);
    REQUIRE(house.decide(third, page, 1, "child_full_name", "Lê An"));
    REQUIRE(house.decide(third, page, 2, "$entry", "yes"));
    REQUIRE(house.accept(approver, page));
    const auto quality =
        house.read([&](storage::Reader& db) { return registers::quality_of(db, house.book); });
    const auto wrong = [&](const std::string& who, std::string_view field) {
        const auto party = who.empty() ? identity::PartyId{} : house.people[who].party;
        for (const auto& figure : quality)
            if (figure.party == party && figure.field == field)
                return std::pair(figure.compared, figure.wrong);
        return std::pair(std::int64_t(0), std::int64_t(0));
    };
    using Pair = std::pair<std::int64_t, std::int64_t>;
    CHECK(wrong(one, "child_full_name") == Pair{1, 0});
    CHECK(wrong(two, "child_full_name") == Pair{1, 1});
    CHECK(wrong("", "child_full_name") == Pair{1, 1});
    CHECK(wrong(one, "$entry") == Pair{2, 0});
    CHECK(wrong(two, "$entry") == Pair{2, 1});
    CHECK(house.faults() == 0);
    house.sql("UPDATE old_figure SET wrong = wrong + 1 WHERE field = '$entry' AND wrong = 1");
    CHECK(house.faults() == 1);
}

TEST_DATABASES("a paper book is of a year the program did not keep, once, and page numbers end with it")
{
    PaperBook house(databases);
    CHECK(house.open(1998, 1).problem().code == "registers.old_book_known");
    CHECK(house.open(2016, 1).problem().code == "registers.old_book_year");
    CHECK(house.open(1900, 1).problem().code == "registers.old_book_year");
    CHECK(house.open(1998, 2, 0).problem().code == "registers.bad_pages");
    CHECK(house.scan(101).problem().code == "registers.page_beyond_book");
    const auto citizen = house.world.actor("mother");
    CHECK(
        house
            .read([&](storage::Reader& db) {
                return registers::find_old_book(db, citizen, house.by(one).today(), house.book);
            })
            .problem()
            .code == "registers.no_such_old_book"
    );
}

}  // namespace thien_an::civil_status
