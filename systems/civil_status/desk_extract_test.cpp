#include "systems/civil_status/desk_extract.h"

#include <doctest/doctest.h>

#include <set>

#include "engine/documents/document_store.h"
#include "engine/storage/at_once.h"

#include "systems/civil_status/commune_for_tests.h"
#include "systems/civil_status/ended_papers.h"
#include "systems/civil_status/extract_links_store.h"

namespace thien_an::civil_status {
namespace {

constexpr const char* extract_cases =
    THIENAN_SOURCE_DIR "/systems/civil_status/procedures/extract_copy/cases";

/// A commune with one birth of the other day, asked for by the procedure and at the desk.
struct Counter : Commune {
    explicit Counter(storage::TestDatabases& databases) : Commune(databases, extract_cases)
    {
        walk(
            "given now is 2026-07-01T08:00\ngiven entry of births from birth on 2026-03-20\n"
            "when now is 2026-07-01T08:01\n"
        );
        registrar = world.actor("justice_civil_status_officer");
        births = office().packs.reg("births");
        original = read([&](storage::Reader& db) {
                       return registers::entry_numbered(db, "births", registrar.agency, 2026, 1);
                   }).value();
        extracts = series_of_extracts(office(), registrar.agency, act().today());
    }
    Result<DeskExtract> give(const identity::Actor& who)
    {
        return office().database.write({registers::lock_of(extracts)}, [&](storage::Writer& db) {
            const identity::Act by{who, office().clock.now(), office().ids};
            return give_extract(
                office(), db, by, *births, {extracts, original, "Phạm Thị Vy", "051191000111"}
            );
        });
    }
    /// One copy by the procedure: the number it has in the book.
    std::string by_the_procedure()
    {
        walk(
            "when citizen files\nwhen one_stop_officer receives\n"
            "when one_stop_officer completes pass_on with pass_on\n"
            "when justice_civil_status_officer completes check with enter\n"
        );
        return dossier().entry_number;
    }
    Result<documents::PublicRecord> checked(const std::string& token)
    {
        return read([&](storage::Reader& db) { return documents::find_public(db, token); });
    }
    registers::RegisterReport report()
    {
        return registers::verify(office().database, office().keys, *office().packs.reg("extracts"));
    }

    identity::Actor registrar;
    std::shared_ptr<const registers::Register> births;
    registers::EntryId original;
    registers::SeriesId extracts;
};

TEST_DATABASES("a note that changes what an entry says ends the extracts given of it, a completion does not")
{
    Counter counter(databases);
    auto& office = counter.office();
    const auto token = counter.give(counter.registrar).value().token;
    const auto note = [&](std::string kind, json::object fields) {
        const auto series = counter.read([&](storage::Reader& db) {
            return registers::series_of_entry(db, counter.original);
        });
        const auto done =
            office.database.write({registers::lock_of(series)}, [&](storage::Writer& db) -> Result<Done> {
                const identity::Act by{counter.registrar, office.clock.now(), office.ids};
                TRY(registers::add_note(
                    db,
                    by,
                    office.keys,
                    *counter.births,
                    {.entry = counter.original,
                     .kind = std::move(kind),
                     .decision = "QĐ 1",
                     .content = "Cải chính nơi sinh",
                     .fields = std::move(fields)}
                ));
                const json::object told{{"register", "births"}, {"entry", counter.original.value}};
                return end_papers(office)(db, by, told);
            });
        REQUIRE(done);
    };
    using Standing = documents::PublicRecord::Standing;
    CHECK(counter.checked(token).value().standing == Standing::in_force);
    note("completion", {{"father_full_name", "Nguyễn Hữu Thọ"}});
    CHECK(counter.checked(token).value().standing == Standing::in_force);
    note("correction", {{"child_birthplace", "Trạm y tế xã"}});
    CHECK(counter.checked(token).value().standing == Standing::voided);
    // One given since says what it says now.
    const auto later = counter.give(counter.registrar).value().token;
    CHECK(counter.checked(later).value().standing == Standing::in_force);
    note("annulment", {});
    CHECK(counter.checked(later).value().standing == Standing::voided);
    CHECK_FALSE(counter.give(counter.registrar));
}

TEST_DATABASES("which copies were given of an entry is known, by the procedure and at the desk")
{
    Counter counter(databases);
    counter.by_the_procedure();
    const documents::Subject copy{"dossier", counter.dossier().id.value};
    const auto given = [&] {
        return counter.read([&](storage::Reader& db) { return extracts_given(db, counter.original); });
    };
    CHECK(given() == std::vector{copy});
    CHECK(counter.give(counter.registrar));
    CHECK(given().size() == 2);
}

TEST_DATABASES("extracts of the desk and of the procedure are numbered in one book, without gap or double")
{
    Counter counter(databases);
    CHECK(counter.give(counter.registrar).value().number == "1/TLKS-BS");
    CHECK(counter.by_the_procedure() == "02/2026");
    CHECK(counter.give(counter.registrar).value().number == "3/TLKS-BS");
    CHECK(counter.by_the_procedure() == "04/2026");
    constexpr int many = 6;
    std::array<std::string, many> numbers;
    CHECK(storage::at_once(many, [&](int i) {
              const auto given = counter.give(counter.registrar);
              if (given) numbers.at(std::size_t(i)) = given.value().number;
              return bool(given);
          }) == many);
    const std::set<std::string> sorted(numbers.begin(), numbers.end());
    CHECK(
        sorted ==
        std::set<std::string>{"10/TLKS-BS", "5/TLKS-BS", "6/TLKS-BS", "7/TLKS-BS", "8/TLKS-BS", "9/TLKS-BS"}
    );
    const auto report = counter.report();
    CHECK(report.entries == 10);
    CHECK(report.faults.empty());
}

TEST_DATABASES("what the desk gave is in the book of extracts with who asked, and says what the entry says")
{
    Counter counter(databases);
    REQUIRE(counter.give(counter.registrar));
    const auto reg = counter.office().packs.reg("extracts");
    const auto entry =
        counter
            .read([&](storage::Reader& db) {
                const auto id = registers::entry_numbered(db, "extracts", counter.registrar.agency, 2026, 1);
                return registers::find_entry(db, counter.office().keys, *reg, *id);
            })
            .value();
    CHECK(entry.fields.at("original_register") == "births");
    CHECK(entry.fields.at("original_number") == "01/2026");
    CHECK(entry.fields.at("declarant_full_name") == "Phạm Thị Vy");
    CHECK(entry.fields.at("content").as_string().find("NGUYỄN TRÀ GIANG") != std::string::npos);
}

TEST_DATABASES("CR14: the code of an extract of the desk is known to anybody, a forged one to nobody")
{
    Counter counter(databases);
    const auto given = counter.give(counter.registrar).value();
    const auto record = counter.checked(given.token).value();
    CHECK(record.standing == documents::PublicRecord::Standing::in_force);
    CHECK(record.number == given.number);
    CHECK(record.dated_on == counter.act().today());
    CHECK(record.title == counter.births->extract_name_vi);
    auto forged = given.token;
    forged.back() = forged.back() == '2' ? '3' : '2';
    for (const auto& token : {forged, std::string(), std::string("7KQDM2XV9RTB"), given.token + "2"})
        CHECK(counter.checked(token).problem().code == "documents.no_such_paper");
}

TEST_DATABASES("no extract is given without the right, of what is struck out, or without who asks")
{
    Counter counter(databases);
    CHECK(counter.give(counter.world.actor("one_stop_officer")).problem().code == "identity.not_permitted");
    auto& office = counter.office();
    const auto nameless =
        office.database.write({registers::lock_of(counter.extracts)}, [&](storage::Writer& db) {
            const identity::Act by{counter.registrar, office.clock.now(), office.ids};
            return give_extract(
                office, db, by, *counter.births, {counter.extracts, counter.original, "", "051191000111"}
            );
        });
    CHECK(nameless.problem().code == "registers.field_missing");
    const auto series =
        counter.read([&](storage::Reader& db) { return registers::series_of_entry(db, counter.original); });
    REQUIRE(office.database.write({registers::lock_of(series)}, [&](storage::Writer& db) {
        return registers::add_note(
            db,
            counter.act(),
            office.keys,
            *counter.births,
            {.entry = counter.original,
             .kind = "annulment",
             .decision = "QĐ 1/2026",
             .content = "Hủy",
             .fields = {}}
        );
    }));
    CHECK(counter.give(counter.registrar).problem().code == "registers.not_in_force");
    CHECK(counter.report().entries == 0);
}

}  // namespace
}  // namespace thien_an::civil_status
