#pragma once

#include <string>

#include "engine/base/bytes.h"

/// Numbers nobody can guess, from the operating system through OpenSSL.
namespace thien_an::crypto {

Bytes random_bytes(std::size_t count);

/// `count` decimal digits, each equally likely: codes people type, "048213".
std::string random_digits(std::size_t count);

/// `bytes` random bytes in base64url: for addresses and bearer tokens. 16 or more.
std::string random_token(std::size_t bytes = 32);

/// `letters` of an alphabet without 0/O, 1/I/L and U: one-time passwords and codes written by hand.
std::string random_readable(std::size_t letters);

}  // namespace thien_an::crypto
