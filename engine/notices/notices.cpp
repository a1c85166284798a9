#include "engine/notices/notices.h"

#include <algorithm>

#include "engine/base/json.h"
#include "engine/identity/parties.h"
#include "engine/notices/notices_store.h"
#include "engine/storage/outbox.h"

namespace thien_an::notices {
namespace {

text::Language language(std::string_view code)
{
    return code == text::code_of(text::Language::en) ? text::Language::en : text::Language::vi;
}

json::value words_of(const Notice& notice)
{
    json::object words;
    for (const auto& [name, value] : notice.words) words[name] = value;
    return words;
}

/// "email" for an address, else "sms".
Channel channel_of(std::string_view contact)
{
    return contact.find('@') == std::string_view::npos ? Channel::sms : Channel::email;
}

/// Where it goes besides the inbox: channel and contact.
std::vector<std::pair<Channel, std::string>> ways(storage::Reader& db, const Post& post, const Notice& notice)
{
    std::vector<std::pair<Channel, std::string>> found;
    if (!notice.contact.empty()) {
        found.emplace_back(channel_of(notice.contact), notice.contact);
        return found;
    }
    const auto details = identity::details_for_program(db, post.keys, notice.to);
    const auto wanted = preferences(db, notice.to);
    const auto asked = [&](Channel channel) {
        return std::ranges::find(notice.channels, channel) != notice.channels.end();
    };
    const bool by_preference = notice.channels.empty();
    const bool sms = by_preference ? wanted.sms : asked(Channel::sms);
    const bool email = by_preference ? wanted.email : asked(Channel::email);
    if (sms && !details.phone.empty()) found.emplace_back(Channel::sms, details.phone);
    // By preference one message is enough: an e-mail goes out where no SMS can.
    if (email && !details.email.empty() && (!by_preference || found.empty()))
        found.emplace_back(Channel::email, details.email);
    if (asked(Channel::post) && !details.address.empty()) found.emplace_back(Channel::post, details.address);
    return found;
}

void queue(storage::Writer& db, const Post& post, const identity::Act& act, const Queued& delivery)
{
    insert_delivery(db, post.keys, delivery, act.now);
    storage::outbox_add(
        db,
        act.ids,
        {.kind = "notices.send",
         .aggregate_kind = "notice_delivery",
         .aggregate_id = delivery.id.value,
         .payload = json::canonical(json::object{{"delivery", text_of(delivery.id)}}),
         .idempotency_key = text_of(delivery.id)}
    );
}

}  // namespace

NoticeId notify(storage::Writer& db, const Post& post, const identity::Act& act, const Notice& notice)
{
    const auto tongue = language(language_of(db, notice.to));
    const auto words = words_of(notice);
    const auto key = "notice." + notice.what;
    const Written written{
        .id = act.ids.next_as<struct NoticeTag>(),
        .party = notice.to,
        .what = notice.what,
        .subject = notice.subject,
        .subject_id = notice.subject_id,
        .path = notice.path,
        .title = post.words.say(key + ".subject", tongue, words),
        .body = post.words.say(key + ".body", tongue, words),
        .in_inbox = bool(notice.to)};
    insert_notice(db, post.keys, written, act.now);
    const auto link = notice.path.empty() ? std::string() : "\n" + post.portal_address + notice.path;
    for (const auto& [channel, contact] : ways(db, post, notice)) {
        const auto text =
            channel == Channel::sms ? post.words.say(key + ".sms", tongue, words) : written.body + link;
        queue(
            db,
            post,
            act,
            {.id = act.ids.next_as<struct DeliveryTag>(),
             .notice = written.id,
             .channel = channel,
             .contact = contact,
             .text = text}
        );
    }
    return written.id;
}

identity::SendCode code_sender(const Post& post)
{
    return [&post](storage::Writer& db, const identity::Act& act, const identity::CodeMessage& message) {
        const auto tongue = language(message.language);
        const auto key = "notice.code." + (message.code.empty() ? std::string("taken") : message.purpose);
        const json::value words = json::object{{"code", message.code}, {"until", shown_time(message.until)}};
        const auto text = post.words.say(key + ".sms", tongue, words);
        const Written written{
            .id = act.ids.next_as<struct NoticeTag>(),
            .party = {},
            .what = "code." + message.purpose,
            .subject = "",
            .subject_id = 0,
            .path = "",
            .title = post.words.say("notice.code.subject", tongue),
            .body = "",
            .in_inbox = false};
        insert_notice(db, post.keys, written, act.now);
        queue(
            db,
            post,
            act,
            {.id = act.ids.next_as<struct DeliveryTag>(),
             .notice = written.id,
             .channel = channel_of(message.contact),
             .contact = message.contact,
             .text = text}
        );
    };
}

}  // namespace thien_an::notices
