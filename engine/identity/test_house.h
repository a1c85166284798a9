#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/json.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/means.h"
#include "engine/storage/test_databases.h"

/// For the tests of this room and of those above it: a database with the schema of identity, fresh keys, a
/// small invented province, people and posts, and a real clock that stands still until a test moves it.
namespace thien_an::identity {

/// Half-open days and one commune office unless a test says otherwise.
class TestHouse {
public:
    /// `more` are the migrations of the rooms under test, after identity's.
    explicit TestHouse(storage::TestDatabases& databases, std::span<const storage::Migration> more = {});

    storage::Database& database() { return *database_; }
    const crypto::KeyRing& keys() const { return keys_; }
    IdSource& ids() { return ids_; }
    const Means& means() const { return means_; }
    Means& means() { return means_; }
    std::string folder() const { return folder_; }

    /// The day of posts, agencies and rights; the wall is moved with it.
    void move_business_clock(Instant to);
    Day today() const { return day_of(now); }
    Instant now;  ///< What the wall shows; also `act().now`.

    /// An act of the program itself, or of `actor`.
    Act act(const Actor& actor = {}) { return {.actor = actor, .now = now, .ids = ids_}; }

    /// Agencies of the invented province: "ubnd-tinh" > "ubnd-901" (district) > "ubnd-90101", "ubnd-90102";
    /// "so-1".
    AgencyId agency(std::string_view key);
    PartyId person(std::string_view name);
    /// A new post of the kind, held by `party` from the first day.
    PostId post(std::string_view agency_key, std::string_view kind, PartyId party);
    /// `party` acting as `post`.
    Actor as(PartyId party, PostId post, std::string_view channel = "desk");

    /// Codes sent so far, the latest last.
    std::vector<CodeMessage> sent() const;

private:
    std::string folder_;
    std::unique_ptr<storage::Database> database_;
    crypto::KeyRing keys_;
    IdSource ids_{1};
    Clock clock_;
    mutable std::mutex mutex_;
    std::vector<CodeMessage> sent_;
    Means means_;
};

/// The invented province as province/*.json would say it: "units", "agencies", "post_kinds", "roles".
json::value test_province();

}  // namespace thien_an::identity
