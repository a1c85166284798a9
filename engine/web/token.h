#pragma once

#include <string>
#include <string_view>

#include "engine/base/bytes.h"

/// Small secrets of the web door: ids of visitors and tokens of forms, all made from one key.
namespace thien_an::web {

std::string random_token();  ///< 128 bits, base64url.

/// Signs with a key that never leaves the program. The key is given by the program, from its key file.
class TokenMaker {
public:
    explicit TokenMaker(Bytes key);  ///< Throws std::invalid_argument below 32 bytes.

    /// "id.signature": a fresh visitor.
    std::string new_visitor() const;
    /// The id in a visitor cookie; "" when the signature is not ours.
    std::string visitor_in(std::string_view cookie) const;
    /// What a form of this session or visitor must carry; masked, so that it is another text each time.
    std::string csrf_for(std::string_view owner) const;
    bool csrf_matches(std::string_view owner, std::string_view sent) const;  ///< In constant time.

private:
    Bytes mac(std::string_view purpose, std::string_view text) const;

    Bytes key_;
};

}  // namespace thien_an::web
