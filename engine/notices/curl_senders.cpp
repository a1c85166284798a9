#include <curl/curl.h>

#include <mutex>
#include <stdexcept>

#include "engine/base/json.h"
#include "engine/notices/mail_message.h"
#include "engine/notices/senders.h"

/// The ways out that speak over the network, by libcurl.
namespace thien_an::notices {
namespace {

using Outcome = storage::Sent::Outcome;

struct EasyCleanup {
    void operator()(CURL* curl) const { curl_easy_cleanup(curl); }
};
struct ListFree {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using Easy = std::unique_ptr<CURL, EasyCleanup>;
using List = std::unique_ptr<curl_slist, ListFree>;

Easy easy(const std::string& url, std::chrono::seconds limit, std::string_view protocols)
{
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    Easy curl(curl_easy_init());
    if (!curl) throw std::runtime_error("curl does not start");
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT, long(limit.count()));
    curl_easy_setopt(curl.get(), CURLOPT_CONNECTTIMEOUT, long(limit.count() / 2 + 1));
    curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, std::string(protocols).c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
    return curl;
}

List added(List list, const std::string& line)
{
    auto* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    static_cast<void>(list.release());
    return List(longer);
}

/// Whether the other side may have taken the message before the connection failed.
bool may_have_arrived(CURLcode code)
{
    return code == CURLE_OPERATION_TIMEDOUT || code == CURLE_RECV_ERROR || code == CURLE_GOT_NOTHING ||
           code == CURLE_SEND_ERROR || code == CURLE_PARTIAL_FILE;
}

/// Never reached the other side: try again.
bool before_talking(CURL* curl)
{
    curl_off_t connected = 0;
    curl_easy_getinfo(curl, CURLINFO_CONNECT_TIME_T, &connected);
    return connected == 0;
}

struct Upload {
    std::string_view left;
};
std::size_t read_upload(char* to, std::size_t size, std::size_t count, void* from)
{
    auto& upload = *static_cast<Upload*>(from);
    const auto part = upload.left.substr(0, size * count);
    part.copy(to, part.size());
    upload.left.remove_prefix(part.size());
    return part.size();
}
std::size_t drop(char*, std::size_t size, std::size_t count, void*) { return size * count; }

class SmtpSender : public Sender {
public:
    explicit SmtpSender(SmtpSettings settings) : settings_(std::move(settings)) {}

    storage::Sent send(const Outgoing& message) override
    {
        const auto curl = easy(settings_.url, settings_.limit, "smtp,smtps");
        if (!settings_.user.empty()) {
            curl_easy_setopt(curl.get(), CURLOPT_USERNAME, settings_.user.c_str());
            curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, settings_.password.c_str());
        }
        const bool encrypted = settings_.url.starts_with("smtps:") || !settings_.user.empty();
        if (encrypted) curl_easy_setopt(curl.get(), CURLOPT_USE_SSL, long(CURLUSESSL_ALL));
        const auto to = added(nullptr, "<" + message.contact + ">");
        const auto from = "<" + settings_.from + ">";
        const auto text = mail_message(message, settings_.from, Clock{}.now());
        Upload upload{text};
        curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, to.get());
        curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
        curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, read_upload);
        curl_easy_setopt(curl.get(), CURLOPT_READDATA, &upload);
        const auto code = curl_easy_perform(curl.get());
        long answer = 0;
        curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &answer);
        if (code == CURLE_OK) return {.outcome = Outcome::done};
        const std::string reason = "smtp " + std::to_string(answer) + ": " + curl_easy_strerror(code);
        if (answer >= 500 && answer < 600) return {.outcome = Outcome::refused, .reason = reason};
        // A mail doubled after a broken line does less harm than one lost: its Message-ID tells them apart.
        return {.outcome = Outcome::retry, .reason = reason};
    }

private:
    SmtpSettings settings_;
};

class SmsGatewaySender : public Sender {
public:
    explicit SmsGatewaySender(SmsGatewaySettings settings) : settings_(std::move(settings)) {}

    storage::Sent send(const Outgoing& message) override
    {
        const auto curl = easy(settings_.url, settings_.limit, "http,https");
        const auto body = json::canonical(json::object{
            {"to", message.contact},
            {"text", message.body},
            {"from", settings_.sender},
            {"id", text_of(message.id)}});
        auto headers = added(nullptr, "Content-Type: application/json; charset=utf-8");
        headers = added(std::move(headers), "Idempotency-Key: " + text_of(message.id));
        if (!settings_.token.empty())
            headers = added(std::move(headers), "Authorization: Bearer " + settings_.token);
        curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, body.c_str());
        curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE, long(body.size()));
        curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, drop);
        return answered(curl.get(), curl_easy_perform(curl.get()));
    }

private:
    static storage::Sent answered(CURL* curl, CURLcode code)
    {
        long status = 0;
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        const std::string reason = code == CURLE_OK ? "sms gateway answered " + std::to_string(status)
                                                    : std::string("sms gateway: ") + curl_easy_strerror(code);
        if (code == CURLE_OK && status >= 200 && status < 300) return {.outcome = Outcome::done};
        if (code == CURLE_OK && status >= 400 && status < 500 && status != 408 && status != 425 &&
            status != 429)
            return {.outcome = Outcome::refused, .reason = reason};
        if (code != CURLE_OK && may_have_arrived(code) && !before_talking(curl))
            return {.outcome = Outcome::unknown, .reason = reason};
        return {.outcome = Outcome::retry, .reason = reason};
    }

    SmsGatewaySettings settings_;
};

}  // namespace

std::unique_ptr<Sender> smtp_sender(SmtpSettings settings)
{
    return std::make_unique<SmtpSender>(std::move(settings));
}

std::unique_ptr<Sender> sms_gateway_sender(SmsGatewaySettings settings)
{
    return std::make_unique<SmsGatewaySender>(std::move(settings));
}

}  // namespace thien_an::notices
