#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/crypto/key_ring.h"
#include "engine/storage/database.h"

#include "systems/justice/secured_search.h"

/// The national register of security over movables as it stands behind the simulator: notices numbered
/// without gaps, ranked to the second, never changed. The only SQL about its tables is in
/// secured_register_store.cpp. Law: nd-83-2010, nd-102-2017, nd-99-2022 by the day of filing.
namespace thien_an::justice {

/// Who asks for the notice to be entered.
enum class Filer {
    party,      ///< A party of it, or for a later notice the secured party or its agent, who knows the code.
    registrar,  ///< The register itself, for errors of its own: only corrections.
};

struct Filing {
    std::string key;  ///< The same key never makes a second notice.
    Notice notice;
    Filer filer = Filer::party;
    std::string by = {};   ///< Number of the party in whose name it is filed, normalised.
    std::string pin = {};  ///< Code of the registration; of a registration: the one that holds from now on.
    std::string new_pin = {};  ///< Of an assignment: the code of the new secured party.
};

/// Held by whoever files: numbers and moments come in one order.
storage::Lock lock_of_secured_register();

/// Enters the notice with the next number at the second of `now`, or of the notice before when the clock went
/// back. The same key again gives what it gave before. Problems those of may_follow,
/// "justice.no_registration", "justice.wrong_party", "justice.wrong_pin", "justice.bad_pin" (6 to 12 digits),
/// "justice.key_used" (another content under the same key), "justice.not_the_registrar". To be called with
/// lock_of_secured_register.
Result<FiledNotice> file_notice(
    storage::Writer& db, const crypto::KeyRing& keys, const Filing& filing, Instant now
);

/// What came of a filing that may have brought a wrong code: a value, so that the try stays counted although nothing is
/// entered. Exactly one of the two is there.
struct FilingOutcome {
    std::optional<FiledNotice> filed = {};
    std::optional<Problem> refused = {};
};
/// As file_notice, for whoever is not trusted to know the code: from the fifth wrong one on the registration takes no
/// notice for a minute, doubled with each further one up to a day; the right code ends the count. A key that was filed
/// before is answered as before. Problem also "justice.code_locked" (words until), the same for a right and a wrong code.
FilingOutcome file_with_code(
    storage::Writer& db, const crypto::KeyRing& keys, const Filing& filing, Instant now
);

std::optional<FiledNotice> filed_with_key(storage::Reader& db, std::string_view key);

/// Of one registration, filed until `as_of`, in their order; empty when there is none. `number` may be of any
/// notice of it.
std::vector<FiledNotice> notices_of(storage::Reader& db, std::int64_t number, Instant as_of);

/// At most this many registrations of one search; SearchResult::more says when there are further ones.
constexpr int hits_max = 100;

/// Problem "justice.nothing_to_search" when the text is too short to mean anything.
Result<SearchResult> search_register(storage::Reader& db, const Search& search);
/// How the database looks the search up, for tests.
std::string plan_of_search(storage::Reader& db, const Search& search);

/// Of the whole register.
struct RegisterSize {
    std::int64_t notices = 0;
    std::optional<Instant> last_filed;
};
RegisterSize size_of_register(storage::Reader& db);

/// Proves that numbers have no gap, moments never go back, each notice follows from those before it, every
/// look-up is there and the chain of hashes holds; one line per fault.
std::vector<Problem> check_secured_register(storage::Reader& db);

}  // namespace thien_an::justice
