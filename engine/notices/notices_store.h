#pragma once

#include "engine/notices/notices.h"
#include "engine/notices/senders.h"

/// Inside of the room: the only SQL about notices and their deliveries.
namespace thien_an::notices {

/// A notice with its sentences written.
struct Written {
    NoticeId id;
    identity::PartyId party;
    std::string what;
    std::string subject;
    std::int64_t subject_id = 0;
    std::string path;
    std::string title;
    std::string body;
    bool in_inbox = true;
};
void insert_notice(storage::Writer& db, const crypto::KeyRing& keys, const Written& notice, Instant now);

struct Queued {
    DeliveryId id;
    NoticeId notice;
    Channel channel;
    std::string contact;
    std::string text;
};
void insert_delivery(storage::Writer& db, const crypto::KeyRing& keys, const Queued& delivery, Instant now);

/// In clear, for a sender. Nothing when there is none, or it has been sent.
std::optional<Outgoing> outgoing(storage::Reader& db, const crypto::KeyRing& keys, DeliveryId id);
void mark_sent(storage::Writer& db, DeliveryId id, Instant now);
void mark_tried(storage::Writer& db, DeliveryId id, std::string_view reason, DeliveryState state);
/// The language the party chose for the account used last; "vi" for a guest.
std::string language_of(storage::Reader& db, identity::PartyId party);

}  // namespace thien_an::notices
