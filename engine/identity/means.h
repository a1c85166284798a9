#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "engine/identity/actor.h"
#include "engine/storage/database.h"

namespace thien_an::crypto {
class KeyRing;
}

/// What the flows that cannot run inside one transaction (they hash passwords before they write) stand on.
namespace thien_an::identity {

/// A one-time code on its way to a person. Whoever delivers it keeps `code` out of logs, lists and the desk.
struct CodeMessage {
    std::string purpose;  ///< "sign_up", "guest", "reset", "change_contact", "second_factor".
    std::string contact;  ///< Phone (+84...) or e-mail address.
    std::string code;  ///< Six digits; empty: tell the owner somebody tried to sign up with a contact he has.
    Instant until;
    std::string language;  ///< "vi" or "en".
};
/// Queues the message in the caller's transaction. The program gives engine/notices' function here.
using SendCode = std::function<void(storage::Writer&, const Act&, const CodeMessage&)>;

/// Limits of signing in, by configuration; the defaults are safe.
struct SignInPolicy {
    std::chrono::minutes code_lasts{10};
    int code_tries = 5;
    int codes_per_contact_15_minutes = 3;
    int codes_per_contact_day = 10;
    int codes_per_address_hour = 60;
    int failures_before_lock = 5;
    std::chrono::seconds lock_first{60};  ///< Doubles with each failure after it.
    std::chrono::hours lock_longest{24};
    std::chrono::minutes idle_citizen{60};
    std::chrono::minutes idle_official{60};
    std::chrono::hours session_longest{12};
    std::chrono::hours setup_link_lasts{24};
    int password_letters_min = 10;
    int sessions_max = 20;  ///< Open sessions of one account; the oldest ends when one more starts.
};

/// Made once by the program; outlives every flow. Safe to share between threads.
struct Means {
    storage::Database& database;
    const crypto::KeyRing& keys;
    IdSource& ids;
    const Clock& clock;             ///< The business clock: days of posts, audit.
    std::function<Instant()> wall;  ///< The real clock: cookies, codes, lock-out.
    SendCode send_code;
    SignInPolicy policy = {};
};

}  // namespace thien_an::identity
