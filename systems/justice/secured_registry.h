#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/storage/outbox.h"

#include "systems/justice/secured_register.h"

/// The way to the national register of security over movables, and what stands at its end where there is no
/// line.
namespace thien_an::justice {

/// The other side. Safe to use from many threads.
class SecuredRegistry {
public:
    virtual ~SecuredRegistry() = default;
    /// `reply` of a done answer is JSON: {"filed": notice} or {"refused": {"code", "field"}}. Throws for a
    /// fault of the line; `unknown` when nobody knows whether it was done.
    virtual storage::Sent file(const Filing& filing) = 0;
    /// What became of an earlier filing with that key; `retry` when it never came.
    virtual storage::Sent ask(std::string_view key) = 0;
    /// Problems "justice.nothing_to_search", "justice.line_down".
    virtual Result<SearchResult> search(const Search& search) = 0;
    /// All notices of the registration of notice `number` until `as_of`; empty when there is none. Problem
    /// "justice.line_down".
    virtual Result<std::vector<FiledNotice>> notices(std::int64_t number, Instant as_of) = 0;
};

/// A whole register of its own (secured_register.h) in this database. Can be told to fail.
class SecuredSimulator final : public SecuredRegistry {
public:
    enum class Failure {
        line_down,     ///< Nothing was done, and the other side says so.
        refused,       ///< It will never be done: an incident.
        answer_lost,   ///< It was done, but nobody here knows.
        request_lost,  ///< It was not done, and nobody here knows.
    };

    /// References outlive it.
    SecuredSimulator(storage::Database& database, const crypto::KeyRing& keys, const Clock& clock)
        : database_(database), keys_(keys), clock_(clock)
    {
    }
    storage::Sent file(const Filing& filing) override;
    storage::Sent ask(std::string_view key) override;
    Result<SearchResult> search(const Search& search) override;
    Result<std::vector<FiledNotice>> notices(std::int64_t number, Instant as_of) override;

    /// Without a line nothing is filed and no search is answered: an empty answer would be a false one. Connected from
    /// the start.
    void connect(bool connected);
    /// The next request fails so.
    void fail_next(Failure failure);

private:
    std::optional<Failure> failure();
    std::string file_now(const Filing& filing);

    storage::Database& database_;
    const crypto::KeyRing& keys_;
    const Clock& clock_;
    std::mutex mutex_;
    std::optional<Failure> failure_;
    bool connected_ = true;
};

}  // namespace thien_an::justice
