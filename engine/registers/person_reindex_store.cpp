#include <algorithm>
#include <chrono>
#include <future>
#include <set>
#include <thread>

#include "engine/registers/key_spool.h"
#include "engine/registers/person_index.h"

namespace thien_an::registers {
namespace {

constexpr int entries_at_once = 3000;
constexpr std::size_t keys_at_once = 48'000;
constexpr int swept_at_once = 40'000;

/// A row of register_state as it lies.
struct State {
    IndexedEntry entry;
    std::string plain;
    Bytes sealed;
    std::vector<json::object> former;
};

std::vector<State> states_after(
    storage::Database& database, const crypto::KeyRing& keys, const Register& reg, std::int64_t after
)
{
    return database.read([&](storage::Reader& db) {
        auto rows = db.query(
            // In the order of the primary key: an index on the register would be sorted for every batch.
            R"sql(
            SELECT s.entry, s.agency, s.in_force, s.plain, s.sealed,
                   CASE WHEN s.notes = 0 THEN 0
                        ELSE (SELECT count(*) FROM register_note n WHERE n.entry = s.entry AND n.kind <> 'completion')
                   END
              FROM register_state s
             WHERE s.entry > ?1 AND s.register || '' = ?2
             ORDER BY s.entry
             LIMIT ?3)sql",
            after,
            reg.id,
            entries_at_once
        );
        std::vector<State> out;
        std::vector<std::size_t> changed;
        while (rows.next()) {
            if (rows.integer(5) > 0) changed.push_back(out.size());
            out.push_back(
                {{rows.id<EntryId>(0), rows.id<AgencyId>(1), rows.integer(2) != 0},
                 rows.text(3),
                 rows.bytes(4),
                 {}}
            );
        }
        for (const auto at : changed)
            if (const auto entry = find_entry(db, keys, reg, out[at].entry.id))
                out[at].former = former_fields(entry.value());
        return out;
    });
}

/// Entries with their persons.
struct Decoded {
    std::int64_t last = 0;
    std::int64_t entries = 0;
    std::vector<PersonRow> rows;
    std::vector<PersonKey> keys;
};

std::vector<PersonRow> rows_from(
    const crypto::KeyRing& keys, const NumberHider& hider, const Register& reg, std::span<const State> states
)
{
    std::vector<PersonRow> out;
    for (const auto& state : states) {
        const auto marked = open_fields(keys, "register_state", state.entry.id.value, state.sealed);
        if (!marked) throw std::runtime_error("a sealed entry of a register does not open");
        auto fields = object_from(state.plain);
        for (const auto& member : marked.value()) fields[member.key()] = member.value();
        for (auto& row : person_rows(hider, reg, state.entry, fields, state.former))
            out.push_back(std::move(row));
    }
    return out;
}

class Reindex {
public:
    Reindex(
        storage::Database& database,
        const crypto::KeyRing& keys,
        const Register& reg,
        const std::filesystem::path& spool,
        Instant now
    )
        : database_(database), keys_(keys), reg_(reg), hider_(keys), spool_(spool), now_(now)
    {
    }

    ReindexReport run(const std::function<void(std::int64_t)>& progress)
    {
        const auto began = std::chrono::steady_clock::now();
        const auto passed = [&] {
            return std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
        };
        choose();
        mark(std::nullopt);
        settle();
        sweep(building_);
        mark(half_);
        settle();
        fill(progress);
        merge();
        look_again();
        swap();
        report_.seconds = passed();
        settle();
        sweep(current_);
        report_.seconds_swept = passed();
        return report_;
    }

private:
    template <typename Command>
    void write(Command command)
    {
        const auto done = database_.write({}, [&](storage::Writer& db) -> Result<Done> {
            command(db);
            return Done{};
        });
        if (!done) throw std::logic_error("a step of reindex was refused");
    }

    void choose()
    {
        database_.read([&](storage::Reader& db) { current_ = person_slots(db, reg_.id).current; });
        half_ = current_ == person_slot(reg_.id, 0) ? 1 : 0;
        building_ = person_slot(reg_.id, half_);
    }

    /// Tells commands which slot to write too.
    void mark(std::optional<std::int64_t> half)
    {
        write([&](storage::Writer& db) {
            db.execute(
                R"sql(
                INSERT INTO register_person_index (register, half, building, built_at) VALUES (?1, ?2, ?3, ?4)
                ON CONFLICT (register) DO UPDATE SET building = excluded.building)sql",
                reg_.id,
                1 - half_,
                half,
                now_
            );
        });
    }

    /// PostgreSQL: commands that began before the mark may still run; none runs longer than its limit.
    void settle()
    {
        constexpr std::chrono::milliseconds command_limit{2500};
        if (database_.engine() == storage::Engine::postgres) std::this_thread::sleep_for(command_limit);
    }

    /// Removes the rows of a slot, a bounded number a command.
    void sweep(std::int64_t slot)
    {
        sweep_table(
            slot,
            "SELECT block FROM register_person_key WHERE slot = ?1 ORDER BY block LIMIT 1 OFFSET ?2",
            "DELETE FROM register_person_key WHERE slot = ?1 AND block <= ?2"
        );
        sweep_table(
            slot,
            "SELECT entry FROM register_person WHERE slot = ?1 ORDER BY entry LIMIT 1 OFFSET ?2",
            "DELETE FROM register_person WHERE slot = ?1 AND entry <= ?2"
        );
        write([&](storage::Writer& db) {
            db.execute("DELETE FROM register_person_fresh WHERE slot = ?1", slot);
        });
    }
    void sweep_table(std::int64_t slot, std::string_view look, std::string_view remove)
    {
        for (bool more = true; more;)
            write([&](storage::Writer& db) {
                auto until = std::numeric_limits<std::int64_t>::max();
                {
                    auto rows = db.query(look, slot, swept_at_once);
                    more = rows.next();
                    if (more) until = rows.integer(0);
                }
                db.execute(remove, slot, until);
            });
    }

    Decoded decode(std::int64_t after)
    {
        const auto states = states_after(database_, keys_, reg_, after);
        Decoded out{after, std::int64_t(states.size()), {}, {}};
        if (states.empty()) return out;
        out.last = states.back().entry.id.value;
        const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
        const auto share = (states.size() + threads - 1) / threads;
        std::vector<std::future<std::vector<PersonRow>>> parts;
        for (std::size_t at = 0; at < states.size(); at += share)
            parts.push_back(std::async(std::launch::async, [&, at] {
                const auto all = std::span(states);
                return rows_from(keys_, hider_, reg_, all.subspan(at, std::min(share, all.size() - at)));
            }));
        for (auto& part : parts)
            for (auto& row : part.get()) out.rows.push_back(std::move(row));
        out.keys = keys_of(out.rows);
        return out;
    }

    void fill(const std::function<void(std::int64_t)>& progress)
    {
        auto coming = std::async(std::launch::async, [&] { return decode(0); });
        for (;;) {
            const auto now = coming.get();
            if (now.entries == 0) return;
            coming = std::async(std::launch::async, [&, last = now.last] { return decode(last); });
            // Rows of entries written since are there already, and newer: they stay.
            write([&](storage::Writer& db) {
                hold_person_index(db, reg_.id);
                insert_person_rows(db, building_, now.rows);
            });
            for (const auto& key : now.keys) spool_.add(key);
            report_.entries += now.entries;
            report_.persons += std::int64_t(now.rows.size());
            if (progress) progress(report_.entries);
        }
    }

    std::set<std::int64_t> fresh(storage::Reader& db)
    {
        auto rows =
            db.query("SELECT entry FROM register_person_fresh WHERE slot = ?1 LIMIT 1000000", building_);
        std::set<std::int64_t> out;
        while (rows.next()) out.insert(rows.integer(0));
        return out;
    }

    void merge()
    {
        for (auto keys = spool_.next(keys_at_once); !keys.empty(); keys = spool_.next(keys_at_once)) {
            report_.keys += std::int64_t(keys.size());
            write([&](storage::Writer& db) {
                hold_person_index(db, reg_.id);
                auto old = keys;
                const auto written = fresh(db);
                if (!written.empty())
                    std::erase_if(old, [&](const PersonKey& key) { return written.contains(key.entry); });
                insert_person_keys(db, building_, old);
            });
        }
    }

    /// PostgreSQL plans by what its tables held when it last looked; after millions of rows it would read all of them for
    /// a search. Where looking takes longer than a command may, it looks by itself some time later.
    void look_again()
    {
        if (database_.engine() != storage::Engine::postgres) return;
        for (const auto* sql : {"ANALYZE register_person", "ANALYZE register_person_key"}) {
            try {
                write([&](storage::Writer& db) { db.execute(sql); });
            } catch (const storage::Busy&) {
                continue;
            }
        }
    }

    void swap()
    {
        write([&](storage::Writer& db) {
            db.execute(
                "UPDATE register_person_index SET half = ?2, building = NULL, built_at = ?3 WHERE register = "
                "?1",
                reg_.id,
                half_,
                now_
            );
        });
    }

    storage::Database& database_;
    const crypto::KeyRing& keys_;
    const Register& reg_;
    NumberHider hider_;
    KeySpool spool_;
    Instant now_;
    std::int64_t current_ = 0;
    std::int64_t building_ = 0;
    std::int64_t half_ = 0;
    ReindexReport report_;
};

}  // namespace

ReindexReport reindex_persons(
    storage::Database& database,
    const crypto::KeyRing& keys,
    const Register& reg,
    const std::filesystem::path& spool,
    Instant now,
    const std::function<void(std::int64_t)>& progress
)
{
    return Reindex(database, keys, reg, spool, now).run(progress);
}

}  // namespace thien_an::registers
