#pragma once

#include <string>

#include "engine/notices/senders.h"

/// Inside of the room: a message as RFC 5322 and MIME write it.
namespace thien_an::notices {

/// Plain text in base64, so that every letter and line arrives; the Message-ID is the delivery's.
std::string mail_message(const Outgoing& message, const std::string& from, Instant now);

}  // namespace thien_an::notices
