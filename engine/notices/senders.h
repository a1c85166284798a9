#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/notices/notices.h"
#include "engine/storage/outbox.h"

/// The ways out: a folder (the default), SMTP, an HTTP gateway for SMS.
namespace thien_an::notices {

/// A message in clear, on its way out.
struct Outgoing {
    DeliveryId id;  ///< Tells a repeated delivery from a new one.
    Channel channel;
    std::string contact;
    std::string subject;  ///< Empty for SMS.
    std::string body;
    std::string what;
};

/// One way out; called from several threads at once, without a transaction. An exception is a failed try.
class Sender {
public:
    virtual ~Sender() = default;
    virtual storage::Sent send(const Outgoing& message) = 0;
};

/// One file DIR/<time>-<id>.json (0600) a notice, complete or absent:
/// {"id","channel","contact","subject","body","what"}. The default of every channel, and the only one in a
/// demo.
std::unique_ptr<Sender> folder_sender(const std::filesystem::path& folder);

struct SmtpSettings {
    std::string url;  ///< "smtps://mail.example.vn:465"
    std::string from;
    std::string user;  ///< Empty: no log-in.
    std::string password;
    std::chrono::seconds limit{30};
};
template <typename Visitor>
void settings(Visitor& visit, SmtpSettings& it)
{
    visit("server", it.url, "smtps://HOST:465 or smtp://HOST:25; empty: mail is written to DIR/notices.");
    visit("from", it.from, "Sender's address.");
    visit("user", it.user, "Empty: no log-in. With a user the connection must be encrypted.");
    visit("password", it.password, "Of that user.");
    visit("wait_s", it.limit, "How long one mail may take.");
}
std::unique_ptr<Sender> smtp_sender(SmtpSettings settings);

struct SmsGatewaySettings {
    std::string url;     ///< POST of JSON {"to","text","id"} here.
    std::string token;   ///< Sent as a bearer token.
    std::string sender;  ///< Name shown, "QUANGNGAI".
    std::chrono::seconds limit{20};
};
template <typename Visitor>
void settings(Visitor& visit, SmsGatewaySettings& it)
{
    visit(
        "gateway",
        it.url,
        "https://...: each SMS is posted here as JSON; empty: it is written to DIR/notices."
    );
    visit("token", it.token, "Bearer token of the gateway.");
    visit("sender", it.sender, "Name shown as sender.");
    visit("wait_s", it.limit, "How long one SMS may take.");
}
std::unique_ptr<Sender> sms_gateway_sender(SmsGatewaySettings settings);

/// One for each channel that leaves; the printed letter ("post") is a file in the folder too.
struct Senders {
    std::unique_ptr<Sender> sms;
    std::unique_ptr<Sender> email;
    std::unique_ptr<Sender> post;
};

/// For the program's outbox: kind "notices.send". All outlive the runner.
storage::OutboxHandlers outbox_handlers(
    storage::Database& database, const Post& post, const Senders& senders
);

}  // namespace thien_an::notices
