#pragma once

#include <string>
#include <string_view>

#include "engine/identity/means.h"

/// One-time codes sent to a phone or e-mail address: six digits, hash stored, ten minutes, five tries, rate
/// limited.
namespace thien_an::identity {

using CodeId = Id<struct CodeTag>;

enum class CodePurpose : std::int64_t {
    sign_up = 1,         ///< Proves a contact before an account is made.
    guest = 2,           ///< Files without an account.
    reset = 3,           ///< Forgotten password.
    change_contact = 4,  ///< A new phone or e-mail of an account.
    declare = 5,         ///< Confirms a declaration instead of a signature in the book.
};

/// What the next page needs: its id goes into the form, the contact is shown masked.
struct CodeTicket {
    CodeId id;
    std::string contact_masked;
    Instant until;
};

struct CodeRequest {
    CodePurpose purpose;
    std::string contact;  ///< As typed.
    std::string address;  ///< Network address of who asks, for the limit; hashed before it is stored.
    std::string language = "vi";
};

/// Sends a code. The answer is the same whether or not the contact belongs to an account. Problems
/// "identity.bad_contact", "identity.too_many_codes" (words minutes).
Result<CodeTicket> request_code(const Means& means, const CodeRequest& request);

/// Takes the code in a transaction of its own: it counts once, and a wrong try is counted although it ends in
/// a Problem. Gives back the contact it was sent to. Problems "identity.wrong_code" (words left),
/// "identity.code_expired", "identity.code_used".
Result<std::string> try_code(const Means& means, CodeId id, CodePurpose purpose, std::string_view code);

}  // namespace thien_an::identity
