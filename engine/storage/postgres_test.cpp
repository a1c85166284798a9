#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "engine/storage/test_databases.h"

using namespace thien_an;
using namespace thien_an::storage;

namespace {

constexpr Migration counter{"probe", "0001_counter.sql", R"sql(
    CREATE TABLE counter (id INTEGER PRIMARY KEY, value INTEGER NOT NULL) STRICT;
    INSERT INTO counter (id, value) VALUES (1, 0), (2, 0);)sql"};

enum class Cut { nowhere, before_commit, after_commit };

/// Stands between the program and PostgreSQL, and cuts one connection when a COMMIT comes by: before the server sees
/// it, or after, when its answer comes back.
class Scissors {
public:
    explicit Scissors(int server_port)
        : server_port_(server_port), listening_(socket(AF_INET, SOCK_STREAM, 0))
    {
        auto place = loopback(0);
        REQUIRE(bind(listening_, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0);
        REQUIRE(listen(listening_, 16) == 0);
        socklen_t size = sizeof place;
        getsockname(listening_, reinterpret_cast<sockaddr*>(&place), &size);
        port = ntohs(place.sin_port);
        accepting_ = std::jthread([this](const std::stop_token& stop) { accept_all(stop); });
    }
    ~Scissors()
    {
        accepting_.request_stop();
        accepting_.join();
        close(listening_);
    }

    int port = 0;
    std::atomic<Cut> cut{Cut::nowhere};  ///< Of the next COMMIT, once.

private:
    static sockaddr_in loopback(int port)
    {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        place.sin_port = htons(std::uint16_t(port));
        return place;
    }
    void accept_all(const std::stop_token& stop)
    {
        std::vector<std::jthread> lines;
        while (!stop.stop_requested()) {
            pollfd wanted{.fd = listening_, .events = POLLIN, .revents = 0};
            if (poll(&wanted, 1, 20) <= 0) continue;
            const int client = accept(listening_, nullptr, nullptr);
            lines.emplace_back([this, client](const std::stop_token& end) { pass(client, end); });
        }
    }
    /// Carries bytes both ways until one side ends or this line is cut.
    void pass(int client, const std::stop_token& stop)
    {
        const int server = socket(AF_INET, SOCK_STREAM, 0);
        auto place = loopback(server_port_);
        REQUIRE(connect(server, reinterpret_cast<sockaddr*>(&place), sizeof place) == 0);
        bool cut_answer = false;
        std::array<char, 65536> piece;
        while (!stop.stop_requested()) {
            std::array<pollfd, 2> wanted{pollfd{client, POLLIN, 0}, pollfd{server, POLLIN, 0}};
            if (poll(wanted.data(), 2, 20) <= 0) continue;
            const bool asks = wanted[0].revents != 0;
            const auto got = recv(asks ? client : server, piece.data(), piece.size(), 0);
            if (got <= 0) break;
            const std::string_view bytes(piece.data(), std::size_t(got));
            if (!asks && cut_answer) break;
            if (asks && bytes.find("COMMIT") != std::string_view::npos) {
                const auto wish = cut.exchange(Cut::nowhere);
                if (wish == Cut::before_commit) break;
                cut_answer = wish == Cut::after_commit;
            }
            send(asks ? server : client, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        }
        close(client);
        close(server);
    }

    int server_port_;
    int listening_;
    std::jthread accepting_;
};

/// Adds one and counts how often it ran.
auto adding(std::atomic<int>& runs, std::int64_t id)
{
    return [&runs, id](Writer& db) -> Result<std::int64_t> {
        ++runs;
        auto rows = db.query("UPDATE counter SET value = value + 1 WHERE id = ?1 RETURNING value", id);
        rows.next();
        return rows.integer(0);
    };
}

std::int64_t value_of(Database& database, std::int64_t id)
{
    return database.read([&](Reader& db) {
        auto rows = db.query("SELECT value FROM counter WHERE id = ?1", id);
        rows.next();
        return rows.integer(0);
    });
}

/// The address with another port.
std::string through(const std::string& address, int port)
{
    const auto host = address.find("127.0.0.1:") + 10;
    return address.substr(0, host) + std::to_string(port) + address.substr(address.find('/', host));
}

int port_of(const std::string& address) { return std::stoi(address.substr(address.find("127.0.0.1:") + 10)); }

}  // namespace

TEST_POSTGRES("a command whose COMMIT never arrived runs again, one whose answer was lost does not")
{
    Scissors scissors(port_of(postgres_for_tests()));
    Settings settings;
    settings.address = through(databases.address(), scissors.port);
    const auto database = Database::open(settings, {&counter, 1});

    std::atomic<int> runs{0};
    scissors.cut = Cut::before_commit;
    CHECK(database->write({{"counter", 1}}, adding(runs, 1)).value() == 1);
    CHECK(runs == 2);
    CHECK(value_of(*database, 1) == 1);

    runs = 0;
    scissors.cut = Cut::after_commit;
    CHECK(database->write({{"counter", 1}}, adding(runs, 1)).value() == 2);
    CHECK(runs == 1);
    CHECK(value_of(*database, 1) == 2);
}

TEST_DATABASES("two sessions that take the same locks in any order never lose an addition")
{
    const auto database = databases.open({&counter, 1});
    constexpr int rounds = 40;
    // Read, then write what was read plus one: without the locks additions would be lost.
    const auto add_to_both = [&](Locks locks, std::int64_t first, std::int64_t second) {
        return database->write(std::move(locks), [&](Writer& db) -> Result<Done> {
            for (const auto id : {first, second}) {
                auto rows = db.query("SELECT value FROM counter WHERE id = ?1", id);
                rows.next();
                db.execute("UPDATE counter SET value = ?2 WHERE id = ?1", id, rows.integer(0) + 1);
            }
            return Done{};
        });
    };
    {
        std::jthread one([&] {
            for (int i = 0; i < rounds; ++i) CHECK(add_to_both({{"counter", 1}, {"counter", 2}}, 1, 2));
        });
        std::jthread two([&] {
            for (int i = 0; i < rounds; ++i) CHECK(add_to_both({{"counter", 2}, {"counter", 1}}, 2, 1));
        });
    }
    CHECK(value_of(*database, 1) == 2 * rounds);
    CHECK(value_of(*database, 2) == 2 * rounds);
}

TEST_DATABASES("commands that forgot their locks and block each other run again until both are done")
{
    Settings settings;
    settings.command_limit =
        std::chrono::seconds(60);  // PostgreSQL looks for deadlocks after a second of waiting.
    const auto database = databases.open({&counter, 1}, settings);
    std::atomic<int> runs{0};
    const auto both = [&](std::int64_t first, std::int64_t second) {
        for (int i = 0; i < 8; ++i)
            static_cast<void>(database->write({}, [&](Writer& db) -> Result<Done> {
                static_cast<void>(adding(runs, first)(db));
                static_cast<void>(adding(runs, second)(db));
                return Done{};
            }));
    };
    {
        std::jthread one([&] { both(1, 2); });
        std::jthread two([&] { both(2, 1); });
    }
    CHECK(value_of(*database, 1) == 16);
    CHECK(value_of(*database, 2) == 16);
}

TEST_POSTGRES("a server that may lose what it promised is refused")
{
    Settings settings;
    settings.address = databases.address() + "%20-csynchronous_commit%3Doff";
    CHECK_THROWS_WITH_AS(
        static_cast<void>(Database::open(settings, {&counter, 1})),
        "PostgreSQL runs with synchronous_commit off: a power cut would lose what was promised",
        StorageError
    );
}
