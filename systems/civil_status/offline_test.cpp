#include <doctest/doctest.h>

#include "engine/casework/case_world.h"
#include "engine/casework/dossier_store.h"
#include "engine/identity/posts.h"
#include "engine/offline/replay.h"
#include "engine/offline/sync.h"
#include "engine/registers/entries.h"
#include "engine/storage/test_databases.h"

#include "systems/civil_status/case_setup_for_tests.h"

// A commune registers births without network on a node of its own; the centre does them again. See
// docs/decisions/0025-offline-commune.md.
namespace thien_an::civil_status {
namespace {

using namespace std::chrono_literals;
using offline::Decision;
using storage::TestDatabases;

constexpr const char* cases = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/cases";
const Instant start = at(Day{std::chrono::year{2016} / 7 / 4}, Minutes{480});

template <typename T>
std::string why(const Result<T>& result)
{
    return result ? "" : result.problem().code + " " + result.problem().field;
}

/// The node: a copy of the centre's rows under the lease.
struct Node {
    Node(casework::CaseTemplate& from, casework::Office& centre, const std::filesystem::path& file)
        : packs((open(from, file), *database), from.known()), files(centre.files)
    {
        packs.refresh();
        journal = offline::open_journal(*database, centre.keys).value();
        office.emplace(casework::Office{
            *database,
            clock,
            ids,
            files,
            centre.keys,
            packs,
            centre.codes,
            centre.settings,
            centre.rules,
            centre.subscribers,
            centre.actions,
            {},
            nullptr,
            "https://vi-du.example",
            journal.get()});
    }
    void open(casework::CaseTemplate& from, const std::filesystem::path& file)
    {
        database = storage::Database::open({.address = file.string(), .readers = 2}, from.setup.migrations);
    }

    std::unique_ptr<storage::Database> database;
    casework::Packs packs;
    storage::FileStore& files;
    Clock clock = Clock::stopped(start);
    IdSource ids{7};
    std::unique_ptr<offline::NodeJournal> journal;
    std::optional<casework::Office> office;
};

struct Province {
    explicit Province(TestDatabases& databases)
        : folder(databases.folder()),
          setup(birth_setup(databases, databases.folder(), population)),
          from(setup),
          world(from, cases)
    {
        world.given(casework::read_case("# x\ngiven now is 2016-07-04T08:00\n").value().statements.front());
        // Rows of the agency and its people are there before anybody goes away.
        filing = world.filing("mother", {"counter"}, 0);
        one_stop = world.actor("one_stop_officer");
        justice = world.actor("justice_civil_status_officer");
    }
    casework::Office& centre() { return world.office(); }
    identity::Act act() { return {world.actor("chairman"), centre().clock.now(), centre().ids}; }

    /// Gives the books away and makes the node's database.
    std::unique_ptr<Node> prepare(std::chrono::hours held = 24h * 7)
    {
        const auto seed = crypto::Secret::random();
        const auto key = crypto::ed25519_public(seed);
        const auto lease = offline::lease_books(
                               centre(),
                               act(),
                               {.agency = one_stop.agency,
                                .node = "xã",
                                .node_key = {key.begin(), key.end()},
                                .until = centre().clock.now() + held}
        )
                               .value();
        const auto file = folder / ("node" + std::to_string(++nodes) + ".db");
        centre().database.copy_to(file.string());
        const auto rows = storage::Database::open({.address = file.string()}, setup.migrations);
        REQUIRE(rows->write({}, [&](storage::Writer& db) -> Result<Done> {
            registers::hold_lease(db, lease);
            offline::make_node(db, offline::new_node(centre().keys, lease, seed, ""));
            return Done{};
        }));
        return std::make_unique<Node>(from, centre(), file);
    }

    /// Files for a child of this name at the counter.
    Result<casework::Filed> file(casework::Office& office, const std::string& child)
    {
        auto wanted = filing;
        json::set(wanted.form, "/child/full_name", json::value(child));
        return casework::submit(office, one_stop, wanted);
    }
    std::vector<workflow::Task> tasks(casework::Office& office, casework::DossierId id)
    {
        return office.database.read([&](storage::Reader& db) {
            const auto dossier = casework::find_dossier(db, id).value();
            return workflow::open_tasks(db, workflow::InstanceId{dossier.instance});
        });
    }
    Result<casework::Completed> complete(
        casework::Office& office, casework::DossierId id, const identity::Actor& who, const char* outcome
    )
    {
        json::object form;
        if (std::string_view(outcome) == "enter")
            form = {{"note", "đủ"}, {"duplicate_answer", "not_duplicate"}, {"duplicate_reason", "khác mẹ"}};
        return casework::complete_task(
            office, who, tasks(office, id).front().id, {.outcome = outcome, .form = form}
        );
    }
    /// From the counter into the book.
    casework::DossierId enter(casework::Office& office, const std::string& child)
    {
        const auto filed = file(office, child);
        INFO(why(filed));
        REQUIRE(filed);
        const auto id = filed.value().id;
        REQUIRE(complete(office, id, one_stop, "receive"));
        REQUIRE(complete(office, id, one_stop, "pass_on"));
        const auto entered = complete(office, id, justice, "enter");
        INFO(why(entered));
        REQUIRE(entered);
        return id;
    }
    casework::Dossier dossier(casework::Office& office, std::string_view code)
    {
        return office.database.read([&](storage::Reader& db) { return casework::find_dossier(db, code); }
        ).value();
    }
    Result<offline::Synced> sync(Node& node)
    {
        return offline::sync(
            *node.database,
            node.files,
            *node.journal,
            {{.channel = "cli"}, node.clock.now(), node.ids},
            offline::wire_to(centre())
        );
    }
    registers::RegisterReport report(casework::Office& office)
    {
        return registers::verify(office.database, office.keys, *office.packs.reg("births"));
    }
    std::vector<offline::KeptLine> conflicts(const Node& node)
    {
        return centre().database.read([&](storage::Reader& db) {
            return offline::lines_in_state(db, node.journal->lease().id, offline::LineState::conflict, 100);
        });
    }
    void relieve(const identity::Actor& who)
    {
        REQUIRE(centre().database.write({}, [&](storage::Writer& db) {
            return identity::relieve(db, act(), who.post, who.party, act().today());
        }));
    }
    /// Time passes for both.
    void later(Node& node, Instant to)
    {
        node.clock.set(to);
        world.when(
            casework::read_case("# x\nwhen now is " + iso(to).substr(0, 16) + "\n").value().statements.front()
        );
    }

    std::filesystem::path folder;
    int nodes = 0;
    PopulationSimulator population;
    casework::CaseSetup setup;
    casework::CaseTemplate from;
    casework::CaseWorld world;
    casework::Filing filing;
    identity::Actor one_stop;
    identity::Actor justice;
};

}  // namespace

TEST_DATABASES("what a node did is done again at the centre: same codes, numbers and states, once")
{
    Province province(databases);
    const auto node = province.prepare();
    std::vector<std::string> codes;
    for (const auto* child : {"Nguyễn Minh Anh", "Nguyễn Văn Bình", "Nguyễn Thị Cúc"}) {
        const auto id = province.enter(*node->office, child);
        codes.push_back(node->database->read([&](storage::Reader& db) {
            return casework::find_dossier(db, id).value().code;
        }));
    }
    CHECK(province.report(province.centre()).entries == 0);
    // Three days later the line is back.
    province.later(*node, start + 72h);
    auto synced = province.sync(*node);
    INFO(why(synced));
    REQUIRE(synced);
    for (const auto& kept : province.conflicts(*node)) MESSAGE(kept.sequence << " " << kept.problem->code);
    CHECK(synced.value().lines == 12);
    CHECK(synced.value().verdict.done == 12);
    CHECK(synced.value().verdict.conflicts == 0);
    for (const auto& code : codes) {
        const auto there = province.dossier(*node->office, code);
        const auto here = province.dossier(province.centre(), code);
        CHECK(here.state == there.state);
        CHECK(here.entry_number == there.entry_number);
        CHECK(here.received_on == there.received_on);
        CHECK(here.due == there.due);
    }
    CHECK(province.dossier(province.centre(), codes[2]).entry_number == "03/2016");
    // Again: nothing more happens.
    synced = province.sync(*node);
    REQUIRE(synced);
    CHECK(synced.value().lines == 0);
    CHECK(province.report(province.centre()).entries == 3);
    CHECK(province.report(province.centre()).faults.empty());
    CHECK(province.report(*node->office).faults.empty());
    CHECK(casework::verify_dossiers(province.centre().database).faults.empty());
    CHECK(casework::verify_papers(province.centre().database).faults.empty());
    // The books come back with the last line.
    CHECK(province.file(province.centre(), "Nguyễn Dung").problem().code == "registers.book_leased");
    REQUIRE(node->journal->give_back(*node->database, {province.one_stop, node->clock.now(), node->ids}));
    CHECK(province.file(*node->office, "Nguyễn Dung").problem().code == "registers.lease_ended");
    REQUIRE(province.sync(*node));
    province.enter(province.centre(), "Nguyễn Dung");
    CHECK(province.report(province.centre()).entries == 4);
    CHECK(province.report(province.centre()).faults.empty());
}

TEST_DATABASES("while the books are away the centre writes none of them, and citizens may still file")
{
    Province province(databases);
    const auto before = province.file(province.centre(), "Nguyễn Minh Anh").value().id;
    const auto node = province.prepare();
    const auto refused = province.complete(province.centre(), before, province.one_stop, "receive");
    CHECK(refused.problem().code == "registers.book_leased");
    CHECK(province.file(province.centre(), "Nguyễn An").problem().code == "registers.book_leased");
    auto online = province.world.filing("mother", {"online"}, 0);
    CHECK(casework::submit(province.centre(), province.world.actor("mother"), online));
    // The dossier that was open goes on at the node.
    const auto code = province.centre().database.read([&](storage::Reader& db) {
        return casework::find_dossier(db, before).value().code;
    });
    const auto there = province.dossier(*node->office, code).id;
    REQUIRE(province.complete(*node->office, there, province.one_stop, "receive"));
    const auto synced = province.sync(*node);
    REQUIRE(synced);
    CHECK(synced.value().verdict.done == 1);
    CHECK(province.dossier(province.centre(), code).state == casework::DossierState::received);
    // One lease at a time, and the number of leases only rises.
    CHECK(
        offline::lease_books(
            province.centre(),
            province.act(),
            {.agency = province.one_stop.agency, .node = "", .node_key = {}, .until = start + 24h}
        )
            .problem()
            .code == "registers.book_leased"
    );
}

TEST_DATABASES("a node writes only under its lease: nothing by the side, nothing late, nothing backwards")
{
    Province province(databases);
    const auto node = province.prepare(48h);
    province.enter(*node->office, "Nguyễn Minh Anh");
    const auto& reg = *node->office->packs.reg("births");
    const auto series =
        registers::series_of(*node->database, node->ids, "births", province.one_stop.agency, 2016);
    const auto beside = node->database->write({registers::lock_of(series)}, [&](storage::Writer& db) {
        return registers::enter(
            db,
            {province.justice, node->clock.now(), node->ids},
            node->office->keys,
            reg,
            {.series = series,
             .registered_on = day_of(node->clock.now()),
             .fields = registers::find_entry(
                           db,
                           node->office->keys,
                           reg,
                           *registers::entry_numbered(db, "births", province.one_stop.agency, 2016, 1)
             )
                           .value()
                           .fields}
        );
    });
    CHECK(beside.problem().code == "registers.not_offline");
    node->clock.set(start - 1h);
    CHECK(province.file(*node->office, "Nguyễn An").problem().code == "offline.clock_went_back");
    node->clock.set(start + 48h);
    CHECK(province.file(*node->office, "Nguyễn An").problem().code == "registers.lease_over");
    CHECK(province.report(*node->office).entries == 1);
    CHECK(province.report(*node->office).faults.empty());
}

TEST_DATABASES("a cloned node is found out: its lease ends, both copies' lines are kept, nothing is doubled")
{
    Province province(databases);
    const auto node = province.prepare();
    province.enter(*node->office, "Nguyễn Minh Anh");
    const auto copy = province.folder / "clone.db";
    node->database->copy_to(copy.string());
    Node clone(province.from, province.centre(), copy);
    province.enter(*node->office, "Nguyễn Văn Bình");
    province.enter(*clone.office, "Nguyễn Thị Cúc");
    REQUIRE(province.sync(*node));
    CHECK(province.report(province.centre()).entries == 2);
    const auto synced = province.sync(clone);
    REQUIRE(synced);
    CHECK(synced.value().verdict.state == "forked");
    CHECK(synced.value().verdict.conflicts == 4);
    CHECK(province.conflicts(clone).front().problem->code == "offline.forked");
    CHECK(province.file(*clone.office, "Nguyễn Dung").problem().code == "registers.lease_ended");
    // The other copy writes on until it hears of it; that too is kept.
    province.enter(*node->office, "Nguyễn Em");
    const auto told = province.sync(*node);
    REQUIRE(told);
    CHECK(told.value().verdict.state == "forked");
    CHECK(told.value().verdict.conflicts == 8);
    CHECK(province.file(*node->office, "Nguyễn Dung").problem().code == "registers.lease_ended");
    CHECK(province.report(province.centre()).entries == 2);
    CHECK(province.report(province.centre()).faults.empty());
}

TEST_DATABASES(
    "books taken back: the centre goes on, what comes later is decided about, with its number shown"
)
{
    Province province(databases);
    const auto node = province.prepare();
    province.enter(*node->office, "Nguyễn Minh Anh");
    REQUIRE(province.sync(*node));
    province.enter(*node->office, "Nguyễn Văn Bình");
    const auto lease = node->journal->lease().id;
    CHECK(
        offline::take_back(province.centre(), province.act(), lease, "").problem().code ==
        "registers.decision_missing"
    );
    REQUIRE(offline::take_back(province.centre(), province.act(), lease, "12/QĐ-UBND"));
    province.enter(province.centre(), "Nguyễn Thị Cúc");  // Gets 02, as the node gave on paper.
    const auto synced = province.sync(*node);
    REQUIRE(synced);
    CHECK(synced.value().verdict.state == "taken_back");
    auto waiting = province.conflicts(*node);
    REQUIRE(waiting.size() == 4);
    const auto entered = offline::read_line(waiting.back().line.body).value();
    CHECK(json::string_or(json::value(entered.made), "entry") == "02/2016");
    CHECK(
        offline::decide(province.centre(), province.act(), waiting[0].id, Decision::accept, "")
            .problem()
            .code == "offline.reason_missing"
    );
    for (const auto& kept : waiting) {
        const auto decided =
            offline::decide(province.centre(), province.act(), kept.id, Decision::accept, "theo sổ giấy");
        INFO(why(decided));
        REQUIRE(decided);
    }
    CHECK(province.dossier(province.centre(), waiting.back().dossier).entry_number == "03/2016");
    CHECK(province.conflicts(*node).empty());
    CHECK(
        offline::decide(province.centre(), province.act(), waiting[0].id, Decision::accept, "lại")
            .problem()
            .code == "offline.settled"
    );
    CHECK(province.report(province.centre()).entries == 3);
    CHECK(province.report(province.centre()).faults.empty());
    CHECK(casework::verify_dossiers(province.centre().database).faults.empty());
}

TEST_DATABASES("a number in the paper book stays used whatever people decide, and what follows waits for them"
)
{
    Province province(databases);
    const auto node = province.prepare();
    province.enter(*node->office, "Nguyễn Minh Anh");
    province.enter(*node->office, "Nguyễn Văn Bình");
    province.enter(*node->office, "Nguyễn Thị Cúc");
    // Meanwhile the clerk of civil status lost the post.
    province.relieve(province.justice);
    auto synced = province.sync(*node);
    REQUIRE(synced);
    CHECK(synced.value().verdict.conflicts == 1);
    CHECK(synced.value().verdict.done == 3);
    auto first = province.conflicts(*node).at(0);
    CHECK(first.problem->code == "offline.post_ended");
    CHECK(first.has_entry);
    REQUIRE(offline::decide(province.centre(), province.act(), first.id, Decision::accept, "đúng sổ giấy"));
    synced = province.sync(*node);
    auto second = province.conflicts(*node).at(0);
    REQUIRE(offline::decide(province.centre(), province.act(), second.id, Decision::refuse, "sai thẩm quyền")
    );
    REQUIRE(province.sync(*node));
    auto third = province.conflicts(*node).at(0);
    CHECK(
        offline::decide(province.centre(), province.act(), third.id, Decision::again, "thử lại")
            .problem()
            .code == "offline.post_ended"
    );
    REQUIRE(offline::decide(province.centre(), province.act(), third.id, Decision::accept, "đúng sổ giấy"));
    CHECK(province.report(province.centre()).entries == 3);
    CHECK(province.report(province.centre()).faults.empty());
    const auto struck = province.centre().database.read([&](storage::Reader& db) {
        const auto id = registers::entry_numbered(db, "births", province.one_stop.agency, 2016, 2);
        return registers::find_entry(db, province.centre().keys, *province.centre().packs.reg("births"), *id)
            .value();
    });
    CHECK_FALSE(struck.in_force);
}

TEST_DATABASES("a dossier withdrawn online meanwhile is a conflict that holds up nobody else")
{
    Province province(databases);
    const auto online = province.world.filing("mother", {"online"}, 0);
    const auto filed = casework::submit(province.centre(), province.world.actor("mother"), online).value();
    const auto node = province.prepare();
    const auto there = province.dossier(*node->office, filed.code).id;
    REQUIRE(province.complete(*node->office, there, province.one_stop, "receive"));
    REQUIRE(casework::withdraw(province.centre(), province.world.actor("mother"), filed.id, "nộp nơi khác"));
    province.enter(*node->office, "Nguyễn Văn Bình");
    const auto synced = province.sync(*node);
    REQUIRE(synced);
    CHECK(synced.value().verdict.conflicts == 1);
    CHECK(synced.value().verdict.done == 4);
    CHECK(province.conflicts(*node).at(0).problem->code == "offline.no_such_step");
    REQUIRE(offline::decide(
        province.centre(), province.act(), province.conflicts(*node).at(0).id, Decision::refuse, "đã rút"
    ));
    CHECK(province.report(province.centre()).entries == 1);
}

TEST_DATABASES("what a stranger sends is refused whole: other keys, changed lines, gaps")
{
    Province province(databases);
    const auto node = province.prepare();
    province.enter(*node->office, "Nguyễn Minh Anh");
    const auto lease = node->journal->lease().id;
    auto lines =
        node->database->read([&](storage::Reader& db) { return offline::lines_from(db, lease, 1, 10); });
    const auto send = [&](std::vector<offline::SignedLine> sent) {
        return offline::take_lines(province.centre(), {lease, std::move(sent)});
    };
    auto changed = lines[0].line;
    changed.body.replace(changed.body.find("\"at\":"), 6, "\"at\":9");
    CHECK(send({changed}).problem().code == "offline.bad_signature");
    CHECK(send({lines[1].line}).problem().code == "offline.gap");
    CHECK(send({{"{}", {}}}).problem().code == "offline.bad_line");
    auto other = offline::read_line(lines[0].line.body).value();
    CHECK(
        send({offline::sign_line(crypto::Secret::random(), other)}).problem().code == "offline.bad_signature"
    );
    CHECK(
        offline::take_lines(province.centre(), {{42}, {lines[0].line}}).problem().code ==
        "registers.no_such_lease"
    );
    CHECK(send({lines[0].line, lines[0].line, lines[1].line}));
    const auto verdict = offline::verdict_on(province.centre(), lease).value();
    CHECK(verdict.came == 2);
    CHECK(verdict.conflicts == 0);
}

}  // namespace thien_an::civil_status
