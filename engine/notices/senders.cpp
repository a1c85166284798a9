#include "engine/notices/senders.h"

#include "engine/base/json.h"
#include "engine/crypto/durable_file.h"
#include "engine/notices/notices_store.h"

namespace thien_an::notices {
namespace {

using Outcome = storage::Sent::Outcome;

std::string_view name_of(Channel channel)
{
    switch (channel) {
    case Channel::inbox: return "inbox";
    case Channel::sms: return "sms";
    case Channel::email: return "email";
    case Channel::post: return "post";
    }
    throw std::logic_error("Channel outside its enumerators");
}

class FolderSender : public Sender {
public:
    explicit FolderSender(std::filesystem::path folder) : folder_(std::move(folder)) {}

    storage::Sent send(const Outgoing& message) override
    {
        std::filesystem::create_directories(folder_);
        std::filesystem::permissions(folder_, std::filesystem::perms::owner_all);
        const auto text = json::canonical(json::object{
            {"id", text_of(message.id)},
            {"channel", name_of(message.channel)},
            {"contact", message.contact},
            {"subject", message.subject},
            {"body", message.body},
            {"what", message.what}});
        // One name for one delivery: sent twice it is the same file. Ids are ordered by time.
        crypto::write_private_file(folder_ / (text_of(message.id) + ".json"), text);
        return {.outcome = Outcome::done};
    }

private:
    std::filesystem::path folder_;
};

Sender& sender_for(const Senders& senders, Channel channel)
{
    switch (channel) {
    case Channel::sms: return *senders.sms;
    case Channel::email: return *senders.email;
    case Channel::post: return *senders.post;
    case Channel::inbox: break;
    }
    throw std::logic_error("a delivery by inbox");
}

DeliveryId delivery_in(const storage::OutboxItem& item)
{
    const auto payload = json::parse(item.message.payload).value();
    return {parse_id(json::string_or(payload, "delivery")).value()};
}

void write_down(storage::Database& database, DeliveryId id, const std::string& reason, DeliveryState state)
{
    const auto done = database.write({}, [&](storage::Writer& db) -> Result<Done> {
        mark_tried(db, id, reason, state);
        return Done{};
    });
    if (!done) throw std::logic_error("a delivery log that refuses");
}

}  // namespace

std::unique_ptr<Sender> folder_sender(const std::filesystem::path& folder)
{
    return std::make_unique<FolderSender>(folder);
}

storage::OutboxHandlers outbox_handlers(storage::Database& database, const Post& post, const Senders& senders)
{
    storage::OutboxHandler handler;
    const int tries_max = handler.tries_max;
    handler.send = [&database, &post, &senders, tries_max](const storage::OutboxItem& item) {
        const auto id = delivery_in(item);
        const auto message = database.read([&](storage::Reader& db) { return outgoing(db, post.keys, id); });
        if (!message) return storage::Sent{.outcome = Outcome::done};
        const auto log = [&](const std::string& reason, bool final) {
            write_down(database, id, reason, final ? DeliveryState::failed : DeliveryState::queued);
        };
        try {
            auto sent = sender_for(senders, message->channel).send(*message);
            if (sent.outcome != Outcome::done)
                log(sent.reason, sent.outcome == Outcome::refused || item.attempt >= tries_max);
            return sent;
        } catch (const std::exception& fault) {
            // The outbox takes an exception for a failed try; the log of this delivery should say so too.
            log(fault.what(), item.attempt >= tries_max);
            throw;
        }
    };
    handler.settled =
        [](storage::Writer& db, const storage::OutboxItem& item, const std::string&) -> Result<Done> {
        mark_sent(db, delivery_in(item), Clock{}.now());
        return Done{};
    };
    storage::OutboxHandlers handlers;
    handlers.emplace("notices.send", std::move(handler));
    return handlers;
}

}  // namespace thien_an::notices
