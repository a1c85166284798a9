#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/identity/means.h"
#include "engine/storage/database.h"
#include "engine/text/catalogue.h"

/// Notices ("thông báo") to people: written by template in their language, kept in their inbox on the portal,
/// and sent by SMS, e-mail or post through the outbox, in the transaction of the act they tell of.
namespace thien_an::notices {

using NoticeId = Id<struct NoticeTag>;
using DeliveryId = Id<struct DeliveryTag>;

enum class Channel : std::int64_t { inbox = 1, sms = 2, email = 3, post = 4 };

/// What to tell. The sentences are words "notice.TEMPLATE.subject", ".body" and ".sms" of the catalogues,
/// filled with `words`; they are written at once, so a later change of the catalogue does not change what was
/// said.
struct Notice {
    std::string what;  ///< TEMPLATE: "dossier.received".
    identity::PartyId to;
    std::vector<std::pair<std::string, std::string>> words = {};
    std::string subject = {};  ///< Kind of the thing it is about: "dossier".
    std::int64_t subject_id = 0;
    std::string path = {};               ///< Page of the portal it leads to: "/ho-so/H48-...".
    std::vector<Channel> channels = {};  ///< Empty: as the person prefers (inbox, and SMS or else e-mail).
    /// A contact that belongs to no party yet or is not kept with it; used in place of the party's.
    std::string contact = {};
};

/// What the room stands on; made once by the program, outlives every call. Safe to share between threads.
struct Post {
    const crypto::KeyRing& keys;
    const text::Catalogue& words;
    std::string portal_address;  ///< "https://dichvucong.example.vn", before `path`.
};

/// Writes the notice and queues its deliveries in the caller's transaction. A person without phone and e-mail
/// has it in the inbox only. Nothing leaves before COMMIT.
NoticeId notify(storage::Writer& db, const Post& post, const identity::Act& act, const Notice& notice);

/// The function identity::Means wants: one-time codes as SMS or e-mail, words "notice.code.PURPOSE". The code
/// is in the encrypted message only: no list, inbox or log shows it.
identity::SendCode code_sender(const Post& post);

/// A notice in a person's inbox.
struct InboxItem {
    NoticeId id;
    std::string subject;
    std::string body;
    std::string path;
    Instant at;
    bool read = false;
};
/// The latest first; `before` 0: from the newest.
std::vector<InboxItem> inbox(
    storage::Reader& db, const Post& post, identity::PartyId party, std::int64_t before, int limit
);
int unread(storage::Reader& db, identity::PartyId party);
/// All of the person's inbox counts as read.
void mark_read(storage::Writer& db, identity::PartyId party, Instant now);

/// How a person wants to be told; the inbox has everything.
struct Preferences {
    bool sms = true;
    bool email = true;
};
Preferences preferences(storage::Reader& db, identity::PartyId party);
void set_preferences(storage::Writer& db, identity::PartyId party, Preferences wanted);

enum class DeliveryState : std::int64_t { queued = 1, sent = 2, failed = 3 };

/// A row of the delivery log: contacts masked, never the text of a code.
struct Delivery {
    DeliveryId id;
    NoticeId notice;
    Channel channel;
    std::string what;
    std::string contact_masked;
    DeliveryState state;
    int tries;
    std::string reason;  ///< Of the last failed try.
    Instant queued;
    std::optional<Instant> sent;
};
/// Of one thing ("dossier", id), the earliest first; the caller has checked the right to see the thing.
std::vector<Delivery> deliveries_of(storage::Reader& db, std::string_view subject, std::int64_t subject_id);
/// All, the latest first, `only` one state or every one: for the desk page of the outbox.
std::vector<Delivery> deliveries(
    storage::Reader& db, std::optional<DeliveryState> only, std::int64_t before, int limit
);

}  // namespace thien_an::notices
