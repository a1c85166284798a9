#include <algorithm>
#include <map>

#include "engine/registers/closing.h"
#include "engine/registers/entries.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/old_books.h"
#include "engine/registers/old_quality.h"
#include "engine/registers/person_rows.h"

namespace thien_an::registers {
namespace {

/// A row of the chain: an entry or a note.
struct Link {
    bool is_entry = false;
    std::int64_t row = 0;
    std::int64_t link = 0;
};

/// Walks one series and notes every fault.
class SeriesCheck {
public:
    SeriesCheck(
        storage::Reader& db,
        const crypto::KeyRing& keys,
        const Register& reg,
        SeriesId series,
        RegisterReport& report,
        PersonCheck& persons
    )
        : db_(db), keys_(keys), reg_(reg), series_(series), report_(report), persons_(persons)
    {
    }

    void run(std::int64_t last_number, const Bytes& last_hash, std::int64_t length, bool paper)
    {
        load();
        paper ? paper_numbers(last_number) : numbers(last_number);
        chain(last_hash, length);
        for (const auto& [id, entry] : entries_) state(entry);
        for (const auto book : broken_closings(db_, series_)) fault("closing_differs", book, 0);
    }

private:
    void fault(std::string kind, std::int64_t number, std::int64_t link)
    {
        constexpr std::size_t faults_max = 100;
        if (report_.faults.size() < faults_max)
            report_.faults.push_back({std::move(kind), series_, number, link});
    }

    void load()
    {
        auto rows = db_.query(
            R"sql(
            SELECT id, book, number, page, link, entered_at, registered_on, party, post, for_post, dossier,
                   plain, sealed, hash
              FROM register_entry WHERE series = ?1 ORDER BY number LIMIT 10000000)sql",
            series_
        );
        while (rows.next()) {
            EntryRecord e{
                .id = rows.id<EntryId>(0),
                .series = series_,
                .book = rows.integer(1),
                .number = rows.integer(2),
                .page = rows.integer(3),
                .link = rows.integer(4),
                .entered_at = rows.instant(5),
                .registered_on = rows.day(6),
                .party = rows.integer(7),
                .post = rows.integer(8),
                .for_post = rows.integer(9),
                .dossier = rows.integer(10),
                .plain = rows.text(11),
                .sealed = rows.bytes(12),
                .hash = rows.bytes(13)};
            ordered_.push_back(e.number);
            by_link_[e.link] = {true, e.id.value, e.link};
            entries_.emplace(e.id.value, std::move(e));
        }
        auto notes = db_.query(
            R"sql(
            SELECT id, entry, number, link, kind, noted_at, noted_on, party, post, for_post, decision, content,
                   plain, sealed, hash, evidence, prepared_party, prepared_post
              FROM register_note WHERE series = ?1 ORDER BY link LIMIT 10000000)sql",
            series_
        );
        while (notes.next()) {
            NoteRecord n{
                .id = notes.integer(0),
                .entry = notes.id<EntryId>(1),
                .number = notes.integer(2),
                .link = notes.integer(3),
                .kind = notes.text(4),
                .noted_at = notes.instant(5),
                .noted_on = notes.day(6),
                .party = notes.integer(7),
                .post = notes.integer(8),
                .for_post = notes.integer(9),
                .decision = notes.text(10),
                .content = notes.text(11),
                .plain = notes.text(12),
                .sealed = notes.bytes(13),
                .hash = notes.bytes(14),
                .evidence = notes.text(15),
                .prepared_party = notes.integer(16),
                .prepared_post = notes.integer(17)};
            by_link_[n.link] = {false, n.id, n.link};
            notes_.emplace(n.id, std::move(n));
        }
        report_.entries += std::int64_t(entries_.size());
        report_.notes += std::int64_t(notes_.size());
    }

    void numbers(std::int64_t last_number)
    {
        std::int64_t expected = 1;
        for (const auto number : ordered_) {
            if (number > expected) fault("gap", expected, 0);
            if (number < expected) fault("doubled", number, 0);
            expected = number + 1;
        }
        if (expected - 1 != last_number)
            fault(expected - 1 < last_number ? "gap" : "series_differs", expected, 0);
    }

    /// Paper books may have gaps; every entry of theirs comes from a page that was accepted.
    void paper_numbers(std::int64_t last_number)
    {
        std::int64_t before = 0;
        for (const auto number : ordered_) {
            if (number == before) fault("doubled", number, 0);
            before = number;
        }
        if (before != last_number) fault("series_differs", before, 0);
        for (const auto& [id, entry] : entries_)
            if (!paper_place_of(db_, entry.id)) fault("no_page", entry.number, entry.link);
    }

    /// What the entry or note says about itself, or nothing when its marked part does not open.
    std::optional<Bytes> hash_now(const Link& link, const Bytes& before)
    {
        if (link.is_entry) {
            const auto& e = entries_.at(link.row);
            const auto marked = open_fields(keys_, "register_entry", e.id.value, e.sealed);
            return marked ? std::optional(link_hash(keys_, before, e, marked.value())) : std::nullopt;
        }
        const auto& n = notes_.at(link.row);
        const auto marked = open_fields(keys_, "register_note", n.id, n.sealed);
        return marked ? std::optional(link_hash(keys_, before, n, marked.value())) : std::nullopt;
    }

    void chain(const Bytes& last_hash, std::int64_t length)
    {
        Bytes before = first_hash();
        std::int64_t expected = 1;
        for (const auto& [place, link] : by_link_) {
            const auto number = link.is_entry ? entries_.at(link.row).number : 0;
            const auto& stored = link.is_entry ? entries_.at(link.row).hash : notes_.at(link.row).hash;
            if (place != expected) fault("missing", 0, expected);
            const auto now = hash_now(link, before);
            if (!now)
                fault("unreadable", number, place);
            else if (*now != stored && place == expected)
                fault("changed", number, place);
            before = stored;
            expected = place + 1;
        }
        if (expected - 1 < length) fault("missing", 0, expected);
        if (expected - 1 > length || (expected - 1 == length && before != last_hash))
            fault("series_differs", 0, expected - 1);
    }

    void state(const EntryRecord& e)
    {
        const auto whole = find_entry(db_, keys_, reg_, e.id);
        if (!whole) return;  // Told as unreadable by the chain.
        auto rows = db_.query(
            "SELECT in_force, notes, plain, sealed, number, register FROM register_state WHERE entry = ?1",
            e.id
        );
        if (!persons_.same(whole.value())) fault("person_differs", e.number, e.link);
        if (!rows.next()) return fault("state_differs", e.number, e.link);
        const auto sealed = rows.bytes(3);
        const auto marked = open_fields(keys_, "register_state", e.id.value, sealed);
        const auto& entry = whole.value();
        const bool same =
            marked && rows.integer(0) == std::int64_t(entry.in_force) &&
            rows.integer(1) == std::int64_t(entry.notes.size()) && rows.integer(4) == e.number &&
            rows.text(5) == reg_.id &&
            joined(reg_, object_from(rows.text(2)), marked.value()) == joined(reg_, entry.fields, {});
        if (!same) return fault("state_differs", e.number, e.link);
        if (indexes(e.id) != wanted(entry)) fault("index_differs", e.number, e.link);
    }

    std::vector<IndexRow> indexes(EntryId entry)
    {
        auto rows = db_.query(
            "SELECT field, word, number FROM register_index WHERE entry = ?1 AND register = ?2 LIMIT 1000",
            entry,
            reg_.id
        );
        std::vector<IndexRow> out;
        while (rows.next()) out.push_back({rows.text(0), rows.text(1), rows.integer(2)});
        std::sort(out.begin(), out.end());
        return out;
    }
    std::vector<IndexRow> wanted(const Entry& entry)
    {
        auto out = index_rows(keys_, reg_, entry.fields);
        std::sort(out.begin(), out.end());
        return out;
    }

    storage::Reader& db_;
    const crypto::KeyRing& keys_;
    const Register& reg_;
    SeriesId series_;
    RegisterReport& report_;
    PersonCheck& persons_;
    std::map<std::int64_t, EntryRecord> entries_;
    std::map<std::int64_t, NoteRecord> notes_;
    std::map<std::int64_t, Link> by_link_;
    std::vector<std::int64_t> ordered_;
};

}  // namespace

RegisterReport verify(storage::Database& database, const crypto::KeyRing& keys, const Register& reg)
{
    struct Series {
        SeriesId id;
        std::int64_t last_number;
        Bytes last_hash;
        std::int64_t length;
        bool paper;
    };
    return database.read([&](storage::Reader& db) {
        RegisterReport report;
        std::vector<Series> all;
        auto rows = db.query(
            "SELECT id, last_number, last_hash, length, register FROM register_series WHERE register IN (?1, "
            "?2) "
            "ORDER BY id LIMIT 1000000",
            reg.id,
            paper_series(reg.id)
        );
        while (rows.next())
            all.push_back(
                {rows.id<SeriesId>(0),
                 rows.integer(1),
                 rows.bytes(2),
                 rows.integer(3),
                 rows.text(4) != reg.id}
            );
        report.series = std::int64_t(all.size());
        PersonCheck persons(db, keys, reg);
        for (const auto& series : all)
            SeriesCheck(db, keys, reg, series.id, report, persons)
                .run(series.last_number, series.last_hash, series.length, series.paper);
        // Rows of persons that no entry accounts for; faults of entries were told above.
        if (persons.left_over() && report.faults.empty())
            report.faults.push_back({"person_differs", {}, 0, 0});
        constexpr std::size_t faults_max = 100;
        for (const auto page : differing_pages(db, keys, reg))
            if (report.faults.size() < faults_max)
                report.faults.push_back({"old_page_differs", SeriesId{}, page.value, 0});
        return report;
    });
}

}  // namespace thien_an::registers
