#include <fmt/format.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "engine/registers/person_index.h"
#include "engine/registers/person_rows.h"
#include "engine/storage/fresh_databases.h"

#include "systems/civil_status/person_pairs_for_test.h"

/// What finding persons costs in a register of many entries, one line of JSON. script/bench registers puts it beside its
/// yardstick.
///   thienan_registers_bench sqlite|postgres FOLDER ENTRIES QUERIES
/// Entries are put straight into the tables (entry, state; no chain of hashes, no look-up index): children, mothers and
/// fathers with the names of province/demo_names.json, born 1975 to 2026, in 184 communes below one province. The index of
/// persons is made from them by reindex itself: into an empty slot, beside the one in use at once, and after a rest.
/// FOLDER keeps the SQLite file (registers.db) for the yardstick.
namespace thien_an::identity {
std::span<const storage::Migration> migrations();
}
namespace thien_an::registers {
std::span<const storage::Migration> migrations();
}

namespace {

using namespace thien_an;
using namespace thien_an::registers;
using Steady = std::chrono::steady_clock;

constexpr int communes = 184;
constexpr std::int64_t province = 1000;
constexpr std::int64_t first_commune = 2000;

double seconds_since(Steady::time_point began)
{
    return std::chrono::duration<double>(Steady::now() - began).count();
}

/// Processor time of all threads so far.
double cpu_seconds()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

json::value file(const std::string& path)
{
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::stringstream text;
    text << in.rdbuf();
    return json::parse(text.str()).value();
}

json::value times(std::vector<double>& ms)
{
    std::sort(ms.begin(), ms.end());
    const auto at = [&](double share) {
        return ms[std::min(ms.size() - 1, std::size_t(share * double(ms.size())))];
    };
    return json::object{
        {"p50_ms", at(0.5)}, {"p95_ms", at(0.95)}, {"p99_ms", at(0.99)}, {"worst_ms", ms.back()}};
}

class Bench {
public:
    Bench(storage::Engine engine, const std::string& folder)
        : folder_(folder),
          databases_(engine),
          names_(file("province/demo_names.json")),
          reg_(load_register(file("systems/civil_status/registers/births/register.json")).value()),
          keys_(crypto::KeyRing::create({folder + "/keys", folder + "/data"}, now_).value().ring)
    {
        std::filesystem::create_directories(folder + "/data");
        std::filesystem::create_directories(folder + "/spool");
        std::vector<storage::Migration> all(identity::migrations().begin(), identity::migrations().end());
        all.insert(all.end(), registers::migrations().begin(), registers::migrations().end());
        storage::Settings settings;
        settings.command_limit = std::chrono::minutes{10};
        settings.command_slow = std::chrono::seconds{5};
        settings.address = address_ =
            engine == storage::Engine::sqlite ? folder + "/registers.db" : databases_.address();
        database_ = storage::Database::open(settings, all);
    }

    json::object run(std::int64_t entries, int queries)
    {
        json::object out{{"entries", entries}};
        prepare();
        const auto began = Steady::now();
        civil_status::PersonPairs people(names_, 1);
        for (std::int64_t i = 0; i < entries; i += at_once_) fill(people, i, std::min(entries, i + at_once_));
        out["fill_s"] = seconds_since(began);
        for (const std::string_view which : {"reindex_empty", "reindex_beside", "reindex_rested"}) {
            if (which == "reindex_rested") rest();
            const auto cpu_before = cpu_seconds();
            const auto report = reindex_persons(*database_, keys_, reg_, folder_ + "/spool", now_);
            out[which] = json::object{
                {"seconds", report.seconds},
                {"seconds_swept", report.seconds_swept},
                {"persons", report.persons},
                {"keys", report.keys},
                {"cpu_seconds_per_million", (cpu_seconds() - cpu_before) * 1e6 / double(entries)},
                {"seconds_per_million", report.seconds * 1e6 / double(entries)}};
        }
        out["duplicates"] = duplicates(queries);
        out["advanced_whole_name"] = advanced(queries, true);
        out["advanced_given_name"] = advanced(queries, false);
        return out;
    }

private:
    static constexpr std::int64_t at_once_ = 4000;

    /// What PostgreSQL does by itself some minutes after so many rows came and went: the two before pay for its cleaning up
    /// beside them, a register that did not grow by a million within the hour does not.
    void rest()
    {
        if (databases_.engine() != storage::Engine::postgres) return;
        for (const auto* sql : {"VACUUM (ANALYZE)", "CHECKPOINT"}) storage::run_on_postgres(address_, sql);
    }

    template <typename Command>
    void write(Command command)
    {
        const auto done = database_->write({}, [&](storage::Writer& db) -> Result<Done> {
            command(db);
            return Done{};
        });
        if (!done) throw std::logic_error("a step of the bench was refused");
    }

    /// Communes below a province, a post of the province that may read registers, a book for each commune.
    void prepare()
    {
        write([&](storage::Writer& db) {
            for (int i = -1; i < communes; ++i) {
                const auto agency = i < 0 ? province : first_commune + i;
                db.execute(
                    "INSERT INTO agency (id, key) VALUES (?1, ?2)", agency, "a" + std::to_string(agency)
                );
                db.execute(
                    "INSERT INTO agency_below (above, below, valid_from) VALUES (?1, ?2, 0)", province, agency
                );
                if (i < 0) continue;
                db.execute(
                    "INSERT INTO register_series (id, register, agency, year, last_hash) VALUES (?1, "
                    "'births', ?1, 2016, ?2)",
                    agency,
                    Bytes(32, 0)
                );
                db.execute(
                    "INSERT INTO register_book (id, series, number, first_number, pages, opened_on) VALUES "
                    "(?1, ?1, 1, 1, "
                    "1000000, 0)",
                    agency
                );
            }
            db.execute(
                "INSERT INTO party (id, kind, name, name_folded, identity_number_masked, phone_masked, "
                "email_masked, guest, created_at, changed_at) "
                "VALUES (1, 1, 'x', 'x', '', '', '', 0, 0, 0)"
            );
            db.execute(
                "INSERT INTO post (id, agency, kind, title_vi, title_en, valid_from) VALUES (2, ?1, "
                "'registrar', '', '', 0)",
                province
            );
            db.execute("INSERT INTO post_holder (id, post, party, valid_from) VALUES (3, 2, 1, 0)");
            db.execute(
                "INSERT INTO post_kind_grant (kind, permission, scope) VALUES ('registrar', "
                "'registers.read', 2)"
            );
        });
    }

    /// A row to be, of register_entry and register_state both.
    struct Filled {
        std::int64_t id;
        std::int64_t agency;
        std::int64_t number;
        std::string plain;
        Bytes sealed;
    };
    Filled filled(civil_status::PersonPairs& people, std::int64_t i)
    {
        const auto id = ids_.next();
        const auto child = people.child();
        const json::object plain{
            {"child_full_name", child.name},
            {"child_born_on", iso(*child.born_on)},
            {"child_sex", child.sex},
            {"mother_full_name", child.mother},
            {"mother_birth_year", child.born_year - 27},
            {"father_full_name", child.father},
            {"father_birth_year", child.born_year - 30}};
        const json::object marked{
            {"mother_identity_number", child.mother_number},
            {"father_identity_number", fmt::format("0510{:08}", i)},
            {"mother_residence", "{\"line\":\"Số nhà 12\",\"unit\":\"21172\"}"}};
        if (i % 997 == 0) sample_.push_back({id, child});
        return {
            id,
            first_commune + i % communes,
            i / communes + 1,
            json::canonical(json::value(plain)),
            seal_fields(keys_, "register_state", id, marked)};
    }

    /// Entries [from, to), many rows a statement: what is measured is finding them.
    void fill(civil_status::PersonPairs& people, std::int64_t from, std::int64_t to)
    {
        constexpr std::int64_t rows_at_once = 200;
        write([&](storage::Writer& db) {
            for (auto at = from; at < to; at += rows_at_once) {
                std::vector<Filled> rows;
                for (auto i = at; i < std::min(to, at + rows_at_once); ++i) rows.push_back(filled(people, i));
                insert_rows(db, rows);
            }
        });
    }
    static void insert_rows(storage::Writer& db, const std::vector<Filled>& rows)
    {
        const Bytes none;
        std::vector<storage::Value> entries, states;
        for (const auto& row : rows) {
            for (const auto& value : std::initializer_list<storage::Value>{
                     storage::bound(row.id),
                     storage::bound(row.agency),
                     storage::bound(row.number),
                     storage::bound(row.plain),
                     storage::bound(none)})
                entries.push_back(value);
            for (const auto& value : std::initializer_list<storage::Value>{
                     storage::bound(row.id),
                     storage::bound(row.agency),
                     storage::bound(row.number),
                     storage::bound(row.plain),
                     storage::bound(row.sealed)})
                states.push_back(value);
        }
        db.execute_all(
            "INSERT INTO register_entry (id, series, book, number, page, link, entered_at, registered_on, "
            "party, "
            "post, for_post, dossier, plain, sealed, hash) VALUES " +
                lists(rows.size(), "(?1, ?2, ?2, ?3, ?3, ?3, 0, 0, 1, 2, 0, 0, ?4, ?5, ?5)"),
            entries
        );
        db.execute_all(
            "INSERT INTO register_state (entry, register, agency, year, number, in_force, notes, plain, "
            "sealed) "
            "VALUES " +
                lists(rows.size(), "(?1, 'births', ?2, 2016, ?3, 1, 0, ?4, ?5)"),
            states
        );
    }
    /// The list of values `one`, which has ?1 to ?5, for each of `count` rows.
    static std::string lists(std::size_t count, std::string_view one)
    {
        constexpr std::size_t width = 5;
        std::string out;
        for (std::size_t row = 0; row < count; ++row) {
            if (row > 0) out += ", ";
            for (std::size_t i = 0; i < one.size(); ++i) {
                if (one[i] != '?') {
                    out += one[i];
                    continue;
                }
                out += "?" + std::to_string(row * width + std::size_t(one[++i] - '0'));
            }
        }
        return out;
    }

    json::value duplicates(int queries)
    {
        civil_status::PersonPairs again(names_, 99);
        std::vector<double> ms;
        int found = 0;
        const Register* list[] = {&reg_};
        for (int i = 0; i < queries; ++i) {
            const auto& [id, child] = sample_[std::size_t(i) * 7919 % sample_.size()];
            const auto who = again.written_again(child);
            const auto began = Steady::now();
            const auto matches = database_->read([&](storage::Reader& db) {
                return find_persons(db, keys_, list, *reg_.people.matching, who, 10);
            });
            ms.push_back(seconds_since(began) * 1000);
            const auto wanted = id;
            found += int(std::any_of(matches.begin(), matches.end(), [&](const PersonMatch& m) {
                return m.person.entry.value == wanted;
            }));
        }
        auto out = times(ms);
        out.as_object()["found_share"] = double(found) / queries;
        return out;
    }

    /// By the whole name in any order and ten years of birth, or by the given name, a mother's words and ten years.
    json::value advanced(int queries, bool whole)
    {
        const identity::Actor actor{.party = {1}, .post = {2}, .agency = {province}, .channel = "desk"};
        std::vector<double> ms;
        int found = 0;
        const Register* list[] = {&reg_};
        for (int i = 0; i < queries; ++i) {
            const auto& [id, child] = sample_[std::size_t(i) * 104729 % sample_.size()];
            PersonSearch search;
            search.who.name = whole ? folded_name(child.name) : child.name.substr(child.name.rfind(' ') + 1);
            if (!whole) search.who.mother = child.mother;
            search.born_from = child.born_year - 5;
            search.born_to = child.born_year + 4;
            const auto began = Steady::now();
            const auto matches = database_->read([&](storage::Reader& db) {
                return search_persons(
                    db, keys_, actor, day_of(now_), list, *reg_.people.matching, search, 50
                );
            });
            ms.push_back(seconds_since(began) * 1000);
            found += int(!matches.empty());
        }
        auto out = times(ms);
        out.as_object()["answered_share"] = double(found) / queries;
        return out;
    }
    static std::string folded_name(const std::string& name)
    {
        std::string out;
        for (const auto& word : name_words(name)) out = word.plain + (out.empty() ? "" : " ") + out;
        return out;
    }

    std::string folder_;
    std::string address_;
    storage::TestDatabases databases_;
    Instant now_ = at(Day{std::chrono::year{2026} / 7 / 1}, std::chrono::hours{8});
    civil_status::DemoNames names_;
    Register reg_;
    crypto::KeyRing keys_;
    IdSource ids_{1};
    std::unique_ptr<storage::Database> database_;
    std::vector<std::pair<std::int64_t, PersonDescription>> sample_;
};

}  // namespace

int main(int count, char** words)
{
    if (count != 5) {
        std::cerr << "usage: thienan_registers_bench sqlite|postgres FOLDER ENTRIES QUERIES\n";
        return 2;
    }
    const auto engine =
        std::string_view(words[1]) == "sqlite" ? storage::Engine::sqlite : storage::Engine::postgres;
    std::cout << json::text_of(
                     json::value(Bench(engine, words[2]).run(std::stoll(words[3]), std::stoi(words[4])))
                 )
              << "\n";
    return 0;
}
