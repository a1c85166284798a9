#include <doctest/doctest.h>

#include "engine/registers/closing.h"
#include "engine/registers/entries.h"
#include "engine/registers/proposals.h"

#include "systems/civil_status/commune_for_tests.h"

// Communes end and others take their books over (2025-07-01 all of them at once, [V] resolution 1677).
namespace thien_an::civil_status {

TEST_DATABASES(
    "an entry of 2016 shows its old commune, is found under the new one, and its book is the successor's"
)
{
    constexpr const char* extracts = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/extract_copy/cases";
    Commune commune(databases, extracts);
    commune.walk(
        "given now is 2026-07-01T08:00\ngiven agency is 21028\ngiven /original/unit = \"21028\"\n"
        "given /original/number = \"1/2016\"\ngiven entry of births from birth at 21010 on 2016-03-22\n"
        "when citizen files\nwhen one_stop_officer receives\n"
    );
    auto& office = commune.office();
    const auto births = office.packs.reg("births");
    const auto today = commune.act().today();
    const auto registrar = commune.world.actor("justice_civil_status_officer");
    const auto found = [&](const identity::Actor& who, Day day) {
        return commune
            .read([&](storage::Reader& db) {
                return registers::search_entries(db, who, day, *births, {.words = "nguyen tra giang"});
            })
            .rows;
    };
    const auto rows = found(registrar, today);
    REQUIRE(rows.size() == 1);
    CHECK(rows[0].year == 2016);
    // The day before, the new commune was not there yet, nor had it anything of the old one.
    using namespace std::chrono_literals;
    CHECK(found(registrar, Day{2025y / 6 / 30}).empty());

    const Day entered{2016y / 3 / 22};
    const auto name =
        commune.read([&](storage::Reader& db) { return identity::agency_on(db, rows[0].agency, entered); });
    CHECK(name.value().name_vi == "Ủy ban nhân dân phường Lê Hồng Phong");
    CHECK_FALSE(commune.read([&](storage::Reader& db) {
        return identity::agency_on(db, rows[0].agency, today);
    }));

    // The successor writes in its book, two of its people together.
    const auto by = [&](const char* post) -> identity::Act {
        return {commune.world.actor(post), office.clock.now(), office.ids};
    };
    const auto series =
        commune.read([&](storage::Reader& db) { return registers::series_of_entry(db, rows[0].id); });
    const auto write = [&](auto command) {
        return office.database.write({registers::lock_of(series)}, command);
    };
    const registers::NewNote note{
        .entry = rows[0].id,
        .kind = "correction",
        .decision = "Bản án 3/2026/DS-ST",
        .content = "Cải chính nơi sinh",
        .fields = {{"child_birthplace", "Trạm y tế xã"}},
        .evidence = "Trích sao bản án"};
    const auto proposal = write([&](storage::Writer& db) {
        return registers::propose_note(db, by("justice_civil_status_officer"), office.keys, *births, note);
    });
    REQUIRE(proposal);
    REQUIRE(write([&](storage::Writer& db) {
        return registers::decide_proposal(
            db, by("chairman"), office.keys, *births, proposal.value(), true, ""
        );
    }));
    const auto now = commune.read([&](storage::Reader& db) {
        return registers::find_entry(db, office.keys, *births, rows[0].id);
    });
    REQUIRE(now);
    CHECK(now.value().notes.size() == 1);
    CHECK(now.value().agency == rows[0].agency);

    // It closes what the old commune left open, once; a year the old commune did not live to the end of, from the day it
    // was there no more, its own years on the last day.
    const auto closing_day = [&](identity::AgencyId agency, std::int64_t year) {
        return commune.read([&](storage::Reader& db) {
            return registers::closing_day(db, *births, agency, year);
        });
    };
    CHECK(closing_day(rows[0].agency, 2016) == Day{2016y / 12 / 31});
    CHECK(closing_day(rows[0].agency, 2025) == Day{2025y / 7 / 1});
    CHECK(closing_day(registrar.agency, 2025) == Day{2025y / 12 / 31});
    CHECK(commune.read([&](storage::Reader& db) {
        return registers::book_years(db, "births", rows[0].agency);
    }) == std::vector<std::int64_t>{2016});
    const auto close = [&] {
        return write([&](storage::Writer& db) {
            return registers::close_books(db, by("chairman"), office.keys, *births, series);
        });
    };
    const auto closed = close();
    REQUIRE(closed);
    CHECK(closed.value().front().figures.entries == 1);
    CHECK(closed.value().front().figures.notes == 1);
    CHECK(close().problem().code == "registers.closed_already");
}

}  // namespace thien_an::civil_status
