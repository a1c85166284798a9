#include "engine/storage/outbox.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/storage/incidents.h"
#include "engine/storage/outbox_run.h"
#include "engine/storage/outbox_store.h"

namespace thien_an::storage {
namespace {

constexpr std::chrono::minutes look_again_without_handler{1};
constexpr std::size_t reason_bytes_max = 500;

/// The row and what it decides on: a step may rely on its aggregate like any command.
Locks locks_of(const OutboxItem& item)
{
    Locks locks{{"outbox", item.id.value}};
    if (item.message.aggregate_id != 0)
        locks.push_back({item.message.aggregate_kind, item.message.aggregate_id});
    return locks;
}

/// The same, and what else the handler decides on.
Locks all_locks(const OutboxHandler& handler, const OutboxItem& item)
{
    auto locks = locks_of(item);
    if (!handler.locks) return locks;
    const auto more = handler.locks(item);
    locks.insert(locks.end(), more.begin(), more.end());
    return locks;
}

Instant after_wait(const OutboxHandler& handler, int attempt, Instant now)
{
    auto wait = handler.first_wait;
    for (int i = 1; i < attempt && wait < handler.wait_max; ++i) wait *= 2;
    return now + std::min(wait, handler.wait_max);
}

/// One claimed row and the way it is done.
class Run {
public:
    Run(const OutboxServer& server, const OutboxHandler& handler, const OutboxClaim& claim, Instant now)
        : server_(server), handler_(handler), item_(claim.item), tried_before_(claim.tried_before), now_(now)
    {
    }

    void run()
    {
        if (handler_.step) return run_step();
        const auto sent = call();
        switch (sent.outcome) {
        case Sent::Outcome::done: return settle(sent.reply);
        case Sent::Outcome::retry: return try_again(sent.reason);
        case Sent::Outcome::unknown: return ask_later(sent.reason);
        case Sent::Outcome::refused: return give_up(sent.reason);
        }
    }

private:
    /// An earlier try is asked about first; only when it did not happen is anything sent.
    Sent call()
    {
        try {
            if (!tried_before_ || !handler_.ask) return handler_.send(item_);
            const auto earlier = handler_.ask(item_);
            return earlier.outcome == Sent::Outcome::retry ? handler_.send(item_) : earlier;
        } catch (const std::exception& error) {
            return {.outcome = Sent::Outcome::retry, .reason = error.what()};
        }
    }

    void run_step()
    {
        std::string reason;
        try {
            const auto done = write(all_locks(handler_, item_), [&](Writer& db) -> Result<Done> {
                const auto step = TRY(handler_.step(db, item_));
                if (step.finished) {
                    outbox_end(db, item_, now_);
                } else {
                    outbox_go_on(db, item_, step);
                }
                return Done{};
            });
            if (done) return;
            reason = done.problem().code;
        } catch (const std::exception& error) {
            reason = error.what();
        }
        try_again(reason);
    }

    void settle(const std::string& reply)
    {
        const auto done = write(all_locks(handler_, item_), [&](Writer& db) -> Result<Done> {
            if (handler_.settled) TRY(handler_.settled(db, item_, reply));
            outbox_end(db, item_, now_);
            return Done{};
        });
        if (!done) give_up(done.problem().code);
    }

    void try_again(const std::string& reason)
    {
        if (item_.attempt >= handler_.tries_max) return give_up(reason);
        const auto until = after_wait(handler_, item_.attempt, now_);
        keep([&](Writer& db) { outbox_wait(db, item_, OutboxRowState::waiting, until, shortened(reason)); });
    }

    void ask_later(const std::string& reason)
    {
        if (!handler_.ask || item_.attempt >= handler_.tries_max) return give_up(reason);
        const auto until = after_wait(handler_, item_.attempt, now_);
        keep([&](Writer& db) { outbox_wait(db, item_, OutboxRowState::unknown, until, shortened(reason)); });
    }

    void give_up(const std::string& reason)
    {
        keep([&](Writer& db) {
            outbox_fail(db, item_, shortened(reason));
            const IncidentReport report{
                .kind = "outbox." + item_.message.kind,
                .aggregate_kind = item_.message.aggregate_kind,
                .aggregate_id = item_.message.aggregate_id,
                .reason = shortened(reason),
                .outbox = item_.id,
            };
            incident_open(db, server_.ids, now_, report);
        });
    }

    /// What a stranger's program said, as text a column takes: whole letters, at most so many bytes.
    static std::string shortened(std::string reason)
    {
        if (!is_utf8(reason))
            for (auto& c : reason)
                if (static_cast<unsigned char>(c) >= 0x80) c = '?';
        auto end = std::min(reason.size(), reason_bytes_max);
        const auto inside = [&](std::size_t at) {
            return at < reason.size() && (static_cast<unsigned char>(reason[at]) & 0xC0U) == 0x80U;
        };
        while (end > 0 && inside(end)) --end;
        return reason.substr(0, end);
    }

    /// Writes while the row is still ours; when the lease ran out and somebody else took it, nothing is written.
    Result<Done> write(Locks locks, const std::function<Result<Done>(Writer&)>& command)
    {
        return server_.database.write(std::move(locks), [&](Writer& db) -> Result<Done> {
            if (!outbox_holds(db, item_)) return Done{};
            return command(db);
        });
    }

    void keep(const std::function<void(Writer&)>& command)
    {
        static_cast<void>(write(locks_of(item_), [&](Writer& db) -> Result<Done> {
            command(db);
            return Done{};
        }));
    }

    const OutboxServer& server_;
    const OutboxHandler& handler_;
    const OutboxItem& item_;
    bool tried_before_;
    Instant now_;
};

/// Claims the first due rows; those of a kind without handler are put off instead.
std::vector<OutboxClaim> claim_some(
    const OutboxServer& server, Instant now, std::size_t rows_max, bool& postponed
)
{
    auto claimed =
        server.database.write({{"outbox.claims", 0}}, [&](Writer& db) -> Result<std::vector<OutboxClaim>> {
            auto claims = outbox_due(db, now, rows_max);
            const auto strange = std::erase_if(claims, [&](const OutboxClaim& claim) {
                const auto handler = server.handlers.find(claim.item.message.kind);
                if (handler != server.handlers.end()) {
                    outbox_take(db, claim, now + handler->second.lease);
                    return false;
                }
                outbox_postpone(db, claim.item.id, now + look_again_without_handler, "no handler");
                return true;
            });
            postponed = strange > 0;
            return claims;
        });
    return std::move(claimed).value();
}

}  // namespace

std::vector<OutboxClaim> outbox_claim(const OutboxServer& server, Instant now, std::size_t rows_max)
{
    if (!server.database.read([&](Reader& db) { return outbox_has_due(db, now); })) return {};
    for (;;) {
        bool postponed = false;
        auto claims = claim_some(server, now, rows_max, postponed);
        if (!claims.empty() || !postponed) return claims;
    }
}

void outbox_do(const OutboxServer& server, const OutboxClaim& claim, Instant now)
{
    Run(server, server.handlers.at(claim.item.message.kind), claim, now).run();
}

std::size_t outbox_run_due(
    Database& database, IdSource& ids, const OutboxHandlers& handlers, Instant now, std::size_t rows_max
)
{
    const OutboxServer server{database, ids, handlers};
    std::size_t done = 0;
    while (done < rows_max) {
        const auto claims = outbox_claim(server, now, std::min<std::size_t>(rows_max - done, 64));
        if (claims.empty()) break;
        for (const auto& claim : claims) outbox_do(server, claim, now);
        done += claims.size();
    }
    return done;
}

}  // namespace thien_an::storage
