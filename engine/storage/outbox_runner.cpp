#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/storage/outbox_run.h"

namespace thien_an::storage {
namespace {

/// Rows of other servers and timers are looked for this often; our own commits wake us.
constexpr std::chrono::seconds look_every{1};

}  // namespace

/// One thread claims as many rows as workers are free; the workers do them.
struct OutboxRunner::Engine {
    Engine(Database& on, IdSource& from, const Clock& by, OutboxHandlers with, Options how)
        : clock(by), handlers(std::move(with)), options(std::move(how)), server{on, from, handlers}
    {
        free = options.threads;
        listening = on.listen(std::string(outbox_topic), [this] { wake(); });
        for (int i = 0; i < options.threads; ++i)
            workers.emplace_back([this](const std::stop_token& stop) { work(stop); });
        claimer = std::jthread([this](const std::stop_token& stop) { claim(stop); });
    }
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;
    ~Engine()
    {
        listening.reset();
        claimer.request_stop();
        claimer.join();
        workers.clear();
    }

    void wake()
    {
        const std::lock_guard lock(mutex);
        woken = true;
        changed.notify_all();
    }

    void claim(const std::stop_token& stop)
    {
        while (!stop.stop_requested()) {
            std::size_t rows_max = 0;
            {
                std::unique_lock lock(mutex);
                changed.wait(lock, stop, [&] { return free > 0; });
                changed.wait_for(lock, stop, look_every, [&] { return woken; });
                woken = false;
                rows_max = std::size_t(free);
            }
            if (stop.stop_requested()) return;
            guarded([&] { hand_out(outbox_claim(server, clock.now(), rows_max)); });
        }
    }

    void hand_out(const std::vector<OutboxClaim>& claims)
    {
        const std::lock_guard lock(mutex);
        for (const auto& one : claims) waiting.push_back(one);
        free -= int(claims.size());
        changed.notify_all();
    }

    void work(const std::stop_token& stop)
    {
        for (;;) {
            OutboxClaim mine;
            {
                std::unique_lock lock(mutex);
                if (!changed.wait(lock, stop, [&] { return !waiting.empty(); })) return;
                mine = std::move(waiting.front());
                waiting.pop_front();
            }
            guarded([&] { outbox_do(server, mine, clock.now()); });
            const std::lock_guard lock(mutex);
            ++free;
            woken = true;  // The next row of its aggregate may be due now.
            changed.notify_all();
        }
    }

    /// A lost database must not end the runner: leases run out and the rows are claimed again.
    void guarded(const std::function<void()>& part) const
    {
        try {
            part();
        } catch (const std::exception& error) {
            if (options.on_fault) options.on_fault(error.what());
        }
    }

    const Clock& clock;
    const OutboxHandlers handlers;
    const Options options;
    const OutboxServer server;
    std::mutex mutex;
    std::condition_variable_any changed;
    std::deque<OutboxClaim> waiting;
    int free = 0;
    bool woken = true;
    std::vector<std::jthread> workers;
    std::jthread claimer;
    std::shared_ptr<void> listening;
};

OutboxRunner::OutboxRunner(
    Database& database, IdSource& ids, const Clock& clock, OutboxHandlers handlers, Options options
)
    : engine_(std::make_unique<Engine>(database, ids, clock, std::move(handlers), std::move(options)))
{
}

OutboxRunner::OutboxRunner(Database& database, IdSource& ids, const Clock& clock, OutboxHandlers handlers)
    : OutboxRunner(database, ids, clock, std::move(handlers), Options{})
{
}

OutboxRunner::~OutboxRunner() = default;

}  // namespace thien_an::storage
