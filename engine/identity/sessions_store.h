#pragma once

#include <string>

#include "engine/identity/sessions.h"

/// Inside of the room: how sessions begin. accounts.cpp decides who gets one.
namespace thien_an::identity {

struct NewSession {
    SessionKind kind;
    AccountId account;
    PartyId party;
    PostId post;
    bool second_factor_due = false;
    std::string language;
    std::string agent;
    std::string address;
};
/// What the cookie carries; made outside the transaction, which may run twice.
std::string new_session_token();
Bytes token_hash(std::string_view token);

/// Writes the row and ends the oldest sessions of the account beyond the policy's number.
Session start_session(
    storage::Writer& db, const Means& means, const NewSession& wanted, std::string_view token, Instant wall
);
/// Says that the session's second factor is proved.
void mark_second_factor_proved(storage::Writer& db, SessionId id);

}  // namespace thien_an::identity
