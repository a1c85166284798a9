#include <fmt/format.h>
#include <sys/resource.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <sstream>
#include <thread>

#include "engine/storage/fresh_databases.h"
#include "engine/workflow/engine.h"
#include "engine/workflow/feel.h"
#include "engine/workflow/schema.h"

/// What processes and expressions cost on this machine, one line of JSON. script/bench workflow puts it beside its yardsticks.
///   thienan_workflow_bench instances sqlite|postgres MODEL CLIENTS SECONDS
///       instances from start to end a second; a command of each of CLIENTS threads at a time, one transaction each
///   thienan_workflow_bench storage MODEL COUNT
///       bytes of a finished instance with its history in SQLite, of the file and of each table
///   thienan_workflow_bench feel EXPRESSIONS SECONDS
///       expressions a second, parsed and evaluated, and compiled before
namespace {

using namespace thien_an;
using namespace thien_an::workflow;
using Steady = std::chrono::steady_clock;
using Words = std::vector<std::string>;

std::string file_text(const std::string& path)
{
    std::ifstream in(path);
    if (!in) throw std::runtime_error("cannot read " + path);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

/// Processor time this program has used.
double cpu_seconds()
{
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) { return double(t.tv_sec) + double(t.tv_usec) / 1e6; };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

double seconds_since(Steady::time_point began)
{
    return std::chrono::duration<double>(Steady::now() - began).count();
}

/// One process, no actions, nothing that waits for the law's clock.
class BenchHost : public Host {
public:
    BenchHost(const std::string& file, PostId desk) : desk_(desk)
    {
        auto loaded = Process::load(file_text(file), file, {});
        for (const auto& finding : loaded.findings) std::cerr << text_of(finding) << "\n";
        process_ = loaded.process;
        if (!process_) throw std::runtime_error(file + " does not load");
    }
    std::shared_ptr<const Process> process(std::int64_t) override { return process_; }
    json::object names(storage::Reader&, const Instance&, Instant) override
    {
        return {{"posts", json::object{{"desk", json::array{text_of(desk_)}}}}};
    }
    Result<json::object> run(storage::Writer&, const Call&) override { return json::object{}; }
    Result<Done> send(storage::Writer&, const Call&) override { return Done{}; }
    const Calendar& calendar(storage::Reader&, AgencyId, std::string_view) override { return calendar_; }
    Result<Done> rung(storage::Writer&, const FiredRung&) override { return Done{}; }
    bool same_person_allowed(storage::Reader&, AgencyId, std::string_view, std::string_view) override
    {
        return false;
    }

private:
    PostId desk_;
    std::shared_ptr<const Process> process_;  // Shared as the Host's callers want it.
    Calendar calendar_;
};

/// Instances of the process on a new database, played to their ends.
class Play {
public:
    Play(storage::Engine which, const std::string& model)
        : desk_{ids_.next()}, host_(model, desk_), databases_(which), database_(databases_.open(migrations()))
    {
        officer_.party = identity::PartyId{ids_.next()};
        officer_.post = desk_;
        officer_.agency = AgencyId{ids_.next()};
    }

    /// From start to end: one command for the start and one for each task, each durable when the next begins.
    void one()
    {
        const auto owner = ids_.next();
        auto at = command(owner, [&](storage::Writer& db) {
            return engine_.start(
                db,
                officer_,
                now_,
                {.definition = 1,
                 .owner = owner,
                 .key = std::to_string(owner),
                 .agency = officer_.agency,
                 .variables = {},
                 .message = {}}
            );
        });
        while (!at.opened.empty())
            at = command(at.instance.id.value, [&](storage::Writer& db) {
                return engine_.complete(db, officer_, now_, at.opened.front().id, {.outcome = "done"});
            });
        if (at.instance.state != InstanceState::completed) throw std::logic_error("an instance did not end");
    }

    struct Rate {
        double a_second = 0;
        double cpu_ms_each = 0;  ///< Of all threads.
    };
    Rate rate(int clients, std::chrono::milliseconds lasts)
    {
        for (int i = 0; i < 50; ++i) one();
        std::atomic<std::int64_t> count{0};
        const auto cpu_before = cpu_seconds();
        const auto began = Steady::now();
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < clients; ++i)
                threads.emplace_back([&] {
                    for (; Steady::now() - began < lasts; ++count) one();
                });
        }
        return {
            .a_second = double(count) / seconds_since(began),
            .cpu_ms_each = (cpu_seconds() - cpu_before) * 1000 / double(count)};
    }

    storage::Database& database() { return *database_; }
    storage::TestDatabases& databases() { return databases_; }

private:
    template <typename Do>
    Advanced command(std::int64_t lock, Do act)
    {
        return database_->write({{"process", lock}}, act).value();
    }

    IdSource ids_{1};
    PostId desk_;
    BenchHost host_;
    storage::TestDatabases databases_;
    std::unique_ptr<storage::Database> database_;
    Engine engine_{host_, ids_};
    Actor officer_;
    Instant now_ = parse_instant("2016-07-04T08:00").value();
};

json::object instances(const Words& words)
{
    const auto which = words.at(1) == "postgres" ? storage::Engine::postgres : storage::Engine::sqlite;
    Play play(which, words.at(2));
    const auto rate =
        play.rate(std::stoi(words.at(3)), std::chrono::milliseconds(int(std::stod(words.at(4)) * 1000)));
    return {{"instances_a_second", rate.a_second}, {"cpu_ms_each", rate.cpu_ms_each}};
}

/// A copy of the database without free pages.
std::string packed(Play& play, const std::string& name)
{
    auto copy = play.databases().folder() + "/" + name;
    play.database().copy_to(copy);
    return copy;
}

/// Bytes of the pages of each table and index, for each of `count` instances.
json::object bytes_by_table(const std::string& file, std::int64_t count)
{
    storage::Settings settings;
    settings.address = file;
    return storage::Database::open(settings, migrations())->read([&](storage::Reader& db) {
        json::object out;
        auto rows = db.query("SELECT name, sum(pgsize) FROM dbstat GROUP BY name ORDER BY 2 DESC LIMIT 12");
        while (rows.next()) out[rows.text(0)] = double(rows.integer(1)) / double(count);
        return out;
    });
}

json::object storage_of(const Words& words)
{
    Play play(storage::Engine::sqlite, words.at(1));
    const auto count = std::stoll(words.at(2));
    const auto empty = std::filesystem::file_size(packed(play, "empty.db"));
    {
        std::atomic<std::int64_t> left{count};
        std::vector<std::jthread> threads;
        for (int i = 0; i < 64; ++i)
            threads.emplace_back([&] {
                while (left.fetch_sub(1) > 0) play.one();
            });
    }
    const auto full = packed(play, "full.db");
    const auto grown = std::filesystem::file_size(full) - empty;
    return {{"bytes_an_instance", double(grown) / double(count)}, {"tables", bytes_by_table(full, count)}};
}

struct Expressions {
    feel::Names names;
    std::vector<feel::Value> values;
    std::vector<std::string> texts;
};

/// Reads them and requires the value each has beside it, as the yardstick does.
Expressions expressions_from(const std::string& file)
{
    Expressions out;
    const auto read = json::parse(file_text(file)).value();
    for (const auto& [name, value] : read.at("variables").as_object()) {
        out.names.variables.emplace_back(name);
        out.values.push_back(feel::from_json(value));
    }
    for (const auto& one : read.at("expressions").as_array()) {
        const auto& text = out.texts.emplace_back(one.at("feel").as_string());
        const auto compiled = feel::compile(text, out.names).value();
        const auto got = feel::Evaluation().value(compiled, out.values);
        if (!feel::equals(got, feel::from_json(one.at("value"))).is_true())
            throw std::runtime_error(text + " is " + feel::text_of(got));
    }
    return out;
}

/// Expressions a second when `round` does `count` of them.
template <typename Do>
double rate_of(std::size_t count, double lasts, Do round)
{
    for (int i = 0; i < 200; ++i) round();
    std::int64_t rounds = 0;
    const auto began = Steady::now();
    for (; seconds_since(began) < lasts; ++rounds) round();
    return double(rounds) * double(count) / seconds_since(began);
}

json::object feel_rates(const Words& words)
{
    const auto given = expressions_from(words.at(1));
    const auto lasts = std::stod(words.at(2));
    std::vector<feel::Expression> compiled;
    for (const auto& text : given.texts) compiled.push_back(feel::compile(text, given.names).value());
    const auto both = rate_of(given.texts.size(), lasts, [&] {
        for (const auto& text : given.texts)
            if (feel::Evaluation().value(feel::compile(text, given.names).value(), given.values).null())
                throw std::logic_error(text);
    });
    const auto evaluated = rate_of(compiled.size(), lasts, [&] {
        for (const auto& one : compiled)
            if (feel::Evaluation().value(one, given.values).null()) throw std::logic_error(one.text());
    });
    return {{"parse_and_evaluate", both}, {"compiled", evaluated}};
}

}  // namespace

int main(int argc, char** argv)
{
    const Words words(argv + 1, argv + argc);
    try {
        const auto said = words.at(0) == "instances" ? instances(words)
                          : words.at(0) == "storage" ? storage_of(words)
                                                     : feel_rates(words);
        std::cout << json::text_of(said) << "\n";
        return 0;
    } catch (const std::exception& fault) {
        std::cerr << "workflow bench: " << fault.what() << "\n";
        return 1;
    }
}
