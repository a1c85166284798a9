#include <algorithm>
#include <chrono>
#include <deque>
#include <future>
#include <limits>
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

/// What entries (`after`, `until`] have of a register.
struct States {
    std::int64_t until = 0;  ///< Of any register; the greatest number there is when nothing follows.
    std::vector<State> list;
};
constexpr auto no_more = std::numeric_limits<std::int64_t>::max();

States states_after(
    storage::Database& database, const crypto::KeyRing& keys, const Register& reg, std::int64_t after
)
{
    return database.read([&](storage::Reader& db) {
        // The end is looked up first: PostgreSQL would sort all that follows for the first few thousand in order.
        auto end = db.query(
            "SELECT entry FROM register_state WHERE entry > ?1 ORDER BY entry LIMIT 1 OFFSET ?2",
            after,
            entries_at_once - 1
        );
        States out{end.next() ? end.integer(0) : no_more, {}};
        auto rows = db.query(
            // In the order of the primary key: an index on the register would be sorted for every batch.
            R"sql(
            SELECT s.entry, s.agency, s.in_force, s.plain, s.sealed,
                   CASE WHEN s.notes = 0 THEN 0
                        ELSE (SELECT count(*) FROM register_note n WHERE n.entry = s.entry AND n.kind <> 'completion')
                   END
              FROM register_state s
             WHERE s.entry > ?1 AND s.entry <= ?2 AND s.register || '' = ?3
             ORDER BY s.entry
             LIMIT ?4)sql",
            after,
            out.until,
            reg.id,
            entries_at_once
        );
        std::vector<std::size_t> changed;
        while (rows.next()) {
            if (rows.integer(5) > 0) changed.push_back(out.list.size());
            out.list.push_back(
                {{rows.id<EntryId>(0), rows.id<AgencyId>(1), rows.integer(2) != 0},
                 rows.text(3),
                 rows.bytes(4),
                 {}}
            );
        }
        for (const auto at : changed)
            if (const auto entry = find_entry(db, keys, reg, out.list[at].entry.id))
                out.list[at].former = former_fields(entry.value());
        return out;
    });
}

/// Entries with their persons.
struct Decoded {
    std::int64_t entries = 0;
    std::vector<PersonRow> rows;
    std::vector<PersonKey> keys;
};

/// Commands running beside each other, `most` at once; `start` waits for a place. What one throws comes out of the next
/// start, or of finish.
class UnderWay {
public:
    explicit UnderWay(std::size_t most) : most_(most) {}
    void start(std::function<void()> command)
    {
        if (running_.size() == most_) end_one();
        running_.push_back(std::async(std::launch::async, std::move(command)));
    }
    void finish()
    {
        while (!running_.empty()) end_one();
    }

private:
    void end_one()
    {
        auto first = std::move(running_.front());
        running_.pop_front();
        first.get();
    }
    std::size_t most_;
    std::deque<std::future<void>> running_;
};

Decoded decoded(
    const crypto::KeyRing& keys, const NumberHider& hider, const Register& reg, std::span<const State> states
)
{
    Decoded out{std::int64_t(states.size()), {}, {}};
    for (const auto& state : states) {
        const auto marked = open_fields(keys, "register_state", state.entry.id.value, state.sealed);
        if (!marked) throw std::runtime_error("a sealed entry of a register does not open");
        auto fields = object_from(state.plain);
        for (const auto& member : marked.value()) fields[member.key()] = member.value();
        for (auto& row : person_rows(hider, reg, state.entry, fields, state.former))
            out.rows.push_back(std::move(row));
    }
    out.keys = keys_of(out.rows);
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
        auto looking = std::async(std::launch::async, [this] { look_again("ANALYZE register_person"); });
        merge();
        looking.get();
        look_again("ANALYZE register_person_key");
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

    /// PostgreSQL: commands that began before the mark may still run. Waits until none of them does; none runs longer than
    /// its limit.
    void settle()
    {
        constexpr std::chrono::milliseconds command_limit{2500}, look_every{20};
        if (database_.engine() != storage::Engine::postgres) return;
        const auto until = std::chrono::steady_clock::now() + command_limit;
        const auto before = under_way();
        const auto still = [&] {
            const auto now = under_way();
            return std::any_of(before.begin(), before.end(), [&](const std::string& one) {
                return now.contains(one);
            });
        };
        while (std::chrono::steady_clock::now() < until && still()) std::this_thread::sleep_for(look_every);
    }
    /// Transactions of the server: each holds a lock of its own name from BEGIN to its end.
    std::set<std::string> under_way()
    {
        return database_.read([](storage::Reader& db) {
            auto rows = db.query(
                "SELECT virtualxid FROM pg_locks WHERE locktype = 'virtualxid' AND pid <> pg_backend_pid() "
                "LIMIT 100000"
            );
            std::set<std::string> out;
            while (rows.next()) out.insert(rows.text(0));
            return out;
        });
    }

    /// Removes the rows of a slot, a bounded number a command.
    void sweep(std::int64_t slot)
    {
        sweep_table(
            slot,
            "SELECT block FROM register_person_key WHERE slot = ?1 AND block >= ?2 ORDER BY block LIMIT 1 "
            "OFFSET ?3",
            "DELETE FROM register_person_key WHERE slot = ?1 AND block >= ?2 AND block <= ?3"
        );
        sweep_table(
            slot,
            "SELECT entry FROM register_person WHERE slot = ?1 AND entry >= ?2 ORDER BY entry LIMIT 1 OFFSET "
            "?3",
            "DELETE FROM register_person WHERE slot = ?1 AND entry >= ?2 AND entry <= ?3"
        );
        write([&](storage::Writer& db) {
            db.execute("DELETE FROM register_person_fresh WHERE slot = ?1", slot);
        });
    }
    void sweep_table(std::int64_t slot, std::string_view look, std::string_view remove)
    {
        // From where the last command ended: rows deleted before are still walked over until PostgreSQL has cleaned up.
        auto from = std::numeric_limits<std::int64_t>::min();
        for (auto until = from; until != no_more; from = until)
            write([&](storage::Writer& db) {
                {
                    auto rows = db.query(look, slot, from, swept_at_once);
                    until = rows.next() ? rows.integer(0) : no_more;
                }
                db.execute(remove, slot, from, until);
            });
    }

    /// By every processor; the keys go to the spool.
    Decoded decode(const std::vector<State>& states)
    {
        const std::size_t threads = std::clamp<std::size_t>(std::thread::hardware_concurrency(), 1, 4);
        const auto share = (states.size() + threads - 1) / threads;
        std::vector<std::future<Decoded>> parts;
        for (std::size_t at = 0; at < states.size(); at += share)
            parts.push_back(std::async(std::launch::async, [&, at] {
                const auto all = std::span(states);
                return decoded(keys_, hider_, reg_, all.subspan(at, std::min(share, all.size() - at)));
            }));
        Decoded out;
        for (auto& part : parts) {
            auto done = part.get();
            out.entries += done.entries;
            std::move(done.rows.begin(), done.rows.end(), std::back_inserter(out.rows));
            for (const auto& key : done.keys) spool_.add(key);
        }
        return out;
    }

    /// Reads, decodes and writes beside each other.
    void fill(const std::function<void(std::int64_t)>& progress)
    {
        const auto read = [&](std::int64_t after) {
            return std::async(std::launch::async, [this, after] {
                return states_after(database_, keys_, reg_, after);
            });
        };
        UnderWay writes(commands_at_once());
        const auto take = [&](Decoded done) {
            report_.entries += done.entries;
            report_.persons += std::int64_t(done.rows.size());
            writes.start([this, rows = std::move(done.rows)] { write_rows(rows); });
            if (progress) progress(report_.entries);
        };
        auto reading = read(0);
        std::future<Decoded> decoding;
        for (bool more = true; more;) {
            auto states = reading.get();
            more = states.until != no_more;
            if (more) reading = read(states.until);
            if (decoding.valid()) take(decoding.get());
            decoding =
                std::async(std::launch::async, [this, now = std::move(states.list)] { return decode(now); });
        }
        take(decoding.get());
        writes.finish();
    }
    void write_rows(const std::vector<PersonRow>& rows)
    {
        write([&](storage::Writer& db) { insert_old(db, rows, insert_person_rows); });
    }
    /// PostgreSQL writes with more than one processor; SQLite has one writer.
    std::size_t commands_at_once() const { return database_.engine() == storage::Engine::postgres ? 2 : 1; }

    /// Puts in what belongs to entries not written since: of the others newer rows are there already.
    template <typename Indexed, typename Insert>
    void insert_old(storage::Writer& db, const std::vector<Indexed>& list, Insert insert)
    {
        hold_person_index(db, building_, storage::Hold::shared);
        std::set<std::int64_t> fresh;
        auto rows =
            db.query("SELECT entry FROM register_person_fresh WHERE slot = ?1 LIMIT 1000000", building_);
        while (rows.next()) fresh.insert(rows.integer(0));
        if (fresh.empty()) return insert(db, building_, std::span(list));
        std::vector<Indexed> old;
        std::copy_if(list.begin(), list.end(), std::back_inserter(old), [&](const Indexed& one) {
            return !fresh.contains(EntryId{one.entry}.value);
        });
        insert(db, building_, std::span<const Indexed>(old));
    }

    void merge()
    {
        UnderWay writes(commands_at_once());
        for (auto keys = spool_.next(keys_at_once); !keys.empty(); keys = spool_.next(keys_at_once)) {
            report_.keys += std::int64_t(keys.size());
            writes.start([this, now = std::move(keys)] {
                write([&](storage::Writer& db) { insert_old(db, now, insert_person_keys); });
            });
        }
        writes.finish();
    }

    /// PostgreSQL plans by what its tables held when it last looked; after millions of rows it would read all of them for
    /// a search. Where looking takes longer than a command may, it looks by itself some time later.
    void look_again(std::string_view analyze)
    {
        if (database_.engine() != storage::Engine::postgres) return;
        try {
            write([&](storage::Writer& db) { db.execute(analyze); });
        } catch (const storage::Busy&) {
            return;
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
