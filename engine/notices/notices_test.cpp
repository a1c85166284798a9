#include "engine/notices/notices.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <set>
#include <thread>

#include "engine/base/json.h"
#include "engine/identity/accounts.h"
#include "engine/identity/parties.h"
#include "engine/identity/test_house.h"
#include "engine/notices/mail_message.h"
#include "engine/notices/schema.h"
#include "engine/notices/senders.h"

namespace thien_an::notices {
namespace {

using identity::PartyId;

text::Catalogue catalogue()
{
    const std::filesystem::path root = THIENAN_SOURCE_DIR;
    const std::array folders{root / "engine/identity", root / "engine/notices"};
    return text::Catalogue::load(folders);
}

/// A house with notices that go to its folder.
struct Office {
    identity::TestHouse house;
    text::Catalogue words = catalogue();
    Post post{.keys = house.keys(), .words = words, .portal_address = "https://cong.example.vn"};
    Senders senders{
        .sms = folder_sender(folder()), .email = folder_sender(folder()), .post = folder_sender(folder())};

    explicit Office(storage::TestDatabases& databases) : house(databases, migrations()) {}
    std::filesystem::path folder() const { return house.folder() + "/notices"; }
    PartyId person(identity::PartyDetails details)
    {
        return house.database()
            .write(
                {},
                [&](storage::Writer& db) {
                    return identity::create_party(
                        db,
                        house.keys(),
                        house.act(),
                        {.kind = identity::PartyKind::person, .name = "An", .details = std::move(details)}
                    );
                }
            )
            .value();
    }
    void tell(PartyId to, std::vector<Channel> channels = {}, std::string contact = "")
    {
        house.database()
            .write(
                {},
                [&](storage::Writer& db) -> Result<Done> {
                    notify(
                        db,
                        post,
                        house.act(),
                        {.what = "dossier.received",
                         .to = to,
                         .words = {{"code", "H99-1"}, {"procedure", "Khai sinh"}, {"due", "5/7/2016"}},
                         .subject = "dossier",
                         .subject_id = 7,
                         .path = "/ho-so/H99-1",
                         .channels = channels,
                         .contact = contact}
                    );
                    return Done{};
                }
            )
            .value();
    }
    void run()
    {
        const auto handlers = outbox_handlers(house.database(), post, senders);
        storage::outbox_run_due(house.database(), house.ids(), handlers, house.now);
    }
    std::vector<json::value> files() const
    {
        std::vector<json::value> all;
        if (!std::filesystem::exists(folder())) return all;
        for (const auto& file : std::filesystem::directory_iterator(folder())) {
            std::ifstream in(file.path());
            all.push_back(json::parse(std::string(std::istreambuf_iterator<char>(in), {})).value());
        }
        return all;
    }
    std::vector<Delivery> log()
    {
        return house.database().read([&](storage::Reader& db) { return deliveries(db, std::nullopt, 0, 50); }
        );
    }
};

TEST_DATABASES("a notice is in the inbox and goes to the phone as one file only its owner reads")
{
    Office office(databases);
    const auto an = office.person({.phone = "0905123456", .email = "an@example.vn"});
    office.tell(an);
    CHECK(office.files().empty());
    office.run();
    const auto files = office.files();
    REQUIRE(files.size() == 1);
    CHECK(json::string_or(files[0], "contact") == "+84905123456");
    CHECK(json::string_or(files[0], "channel") == "sms");
    CHECK(json::string_or(files[0], "body") == "Ho so H99-1 da tiep nhan, hen tra 5/7/2016.");
    for (const auto& file : std::filesystem::directory_iterator(office.folder()))
        CHECK(
            (std::filesystem::status(file.path()).permissions() & std::filesystem::perms::all) ==
            (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write)
        );
    office.house.database().read([&](storage::Reader& db) {
        const auto items = inbox(db, office.post, an, 0, 10);
        REQUIRE(items.size() == 1);
        CHECK(items[0].subject == "Đã tiếp nhận hồ sơ H99-1");
        CHECK(items[0].path == "/ho-so/H99-1");
        CHECK(unread(db, an) == 1);
        CHECK(deliveries_of(db, "dossier", 7).size() == 1);
    });
    CHECK(office.log().at(0).state == DeliveryState::sent);
    office.run();
    CHECK(office.files().size() == 1);
}

TEST_DATABASES("an inbox is read once and belongs to its person")
{
    Office office(databases);
    const auto an = office.person({});
    const auto other = office.person({});
    office.tell(an);
    office.run();
    CHECK(office.files().empty());  // No phone, no e-mail: the inbox alone.
    office.house.database()
        .write(
            {},
            [&](storage::Writer& db) -> Result<Done> {
                mark_read(db, other, office.house.now);
                CHECK(unread(db, an) == 1);
                mark_read(db, an, office.house.now);
                CHECK(unread(db, an) == 0);
                CHECK(inbox(db, office.post, other, 0, 10).empty());
                return Done{};
            }
        )
        .value();
}

TEST_DATABASES("a person's wish decides the way, and a named channel or contact comes before it")
{
    Office office(databases);
    const auto an = office.person({.phone = "0905123456", .email = "an@example.vn", .address = "Thôn 1"});
    const auto ways = [&] {
        std::vector<Channel> all;
        for (const auto& delivery : office.log()) all.push_back(delivery.channel);
        return all;
    };
    office.house.database()
        .write(
            {},
            [&](storage::Writer& db) -> Result<Done> {
                set_preferences(db, an, {.sms = false, .email = true});
                return Done{};
            }
        )
        .value();
    office.tell(an);
    CHECK(ways() == std::vector{Channel::email});
    office.tell(an, {Channel::post});
    CHECK(ways() == std::vector{Channel::post, Channel::email});
    office.tell({}, {}, "+84914000111");
    CHECK(ways().front() == Channel::sms);
    CHECK(office.log().front().contact_masked == "•••••••••111");
}

TEST_DATABASES("a one-time code reaches the phone and shows on no list, in no inbox and in no column")
{
    Office office(databases);
    auto means = identity::Means{
        .database = office.house.database(),
        .keys = office.house.keys(),
        .ids = office.house.ids(),
        .clock = office.house.means().clock,
        .wall = office.house.means().wall,
        .send_code = code_sender(office.post)};
    REQUIRE(identity::request_code(
        means, {.purpose = identity::CodePurpose::guest, .contact = "0905123456", .address = "x"}
    ));
    office.run();
    const auto body = json::string_or(office.files().at(0), "body");
    const auto code = body.substr(body.find(": ") + 2, 6);
    REQUIRE(code.find_first_not_of("0123456789") == std::string::npos);
    const auto row = office.log().at(0);
    for (const auto& shown : {row.what, row.contact_masked, row.reason})
        CHECK(shown.find(code) == std::string::npos);
    office.house.database().read([&](storage::Reader& db) {
        auto rows = db.query(
            "SELECT d.text_sealed, n.title_sealed, n.body_sealed FROM notice_delivery d JOIN notice n ON "
            "n.id = d.notice"
        );
        REQUIRE(rows.next());
        for (int i = 0; i < 3; ++i) {
            const auto bytes = rows.bytes(i);
            CHECK(text_of(bytes).find(code) == std::string_view::npos);
        }
        auto outbox = db.query("SELECT payload FROM outbox");
        while (outbox.next()) CHECK(outbox.text(0).find(code) == std::string::npos);
    });
}

/// Fails as often as it is told, then takes everything.
class Flaky : public Sender {
public:
    explicit Flaky(int failures, storage::Sent::Outcome how) : failures_(failures), how_(how) {}
    storage::Sent send(const Outgoing&) override
    {
        if (failures_-- > 0) return {.outcome = how_, .reason = "nhà mạng bận"};
        return {};
    }

private:
    int failures_;
    storage::Sent::Outcome how_;
};

TEST_DATABASES("a way out that fails is tried again later, and the log says how often and why")
{
    Office office(databases);
    office.senders.sms = std::make_unique<Flaky>(2, storage::Sent::Outcome::retry);
    office.tell(office.person({.phone = "0905123456"}));
    office.run();
    CHECK(office.log().at(0).state == DeliveryState::queued);
    CHECK(office.log().at(0).reason == "nhà mạng bận");
    for (int i = 0; i < 3; ++i) {
        office.house.now += std::chrono::hours{2};
        office.run();
    }
    CHECK(office.log().at(0).state == DeliveryState::sent);
    CHECK(office.log().at(0).tries == 3);
}

TEST_DATABASES("a message that is refused for good is marked failed")
{
    Office office(databases);
    office.senders.sms = std::make_unique<Flaky>(1, storage::Sent::Outcome::refused);
    office.tell(office.person({.phone = "0905123456"}));
    office.run();
    CHECK(office.log().at(0).state == DeliveryState::failed);
}

TEST_CASE("a mail keeps every letter and lets nobody write a second header")
{
    const auto text = mail_message(
        {.id = {7},
         .channel = Channel::email,
         .contact = "an@example.vn\r\nBcc: x@y.z",
         .subject = "Đã tiếp nhận hồ sơ H99-1 của bạn tại Ủy ban nhân dân xã\r\nBcc: x@y.z",
         .body = "Chào bạn\n.\n",
         .what = ""},
        "mot-cua@example.vn",
        Instant{}
    );
    CHECK(text.find("\r\nBcc:") == std::string::npos);
    CHECK(text.find("Message-ID: <7@example.vn>") != std::string::npos);
    CHECK(text.find("Date: Thu, 01 Jan 1970 00:00:00 +0000") != std::string::npos);
    CHECK(text.find(base64(bytes_of("Chào bạn\n.\n"))) != std::string::npos);
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find("\r\n", at);
        REQUIRE(end != std::string::npos);
        CHECK(end - at <= 78);
        at = end + 2;
    }
}

/// Answers one connection on a loopback port: says each of `lines` after reading what ends in `until`.
class OneAnswer {
public:
    explicit OneAnswer(std::string answer) : answer_(std::move(answer))
    {
        listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) == 0);
        REQUIRE(::listen(listener_, 1) == 0);
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this] { serve(); });
    }
    ~OneAnswer() { ::shutdown(listener_, SHUT_RDWR); }
    int port() const { return port_; }
    std::string heard()
    {
        thread_.join();
        return heard_;
    }

private:
    void serve()
    {
        const int peer = ::accept(listener_, nullptr, nullptr);
        if (peer < 0) return;
        std::array<char, 4096> buffer{};
        while (heard_.find("\"to\"") == std::string::npos) {
            const auto count = ::recv(peer, buffer.data(), buffer.size(), 0);
            if (count <= 0) break;
            heard_.append(buffer.data(), std::size_t(count));
        }
        if (!answer_.empty()) ::send(peer, answer_.data(), answer_.size(), MSG_NOSIGNAL);
        ::close(peer);
        ::close(listener_);
    }

    std::string answer_;
    std::string heard_;
    int listener_ = -1;
    int port_ = 0;
    std::jthread thread_;
};

storage::Sent sent_to(OneAnswer& gateway)
{
    const auto sender = sms_gateway_sender(
        {.url = "http://127.0.0.1:" + std::to_string(gateway.port()) + "/sms",
         .token = "bearer-of-the-gateway",
         .sender = "TINHTHU",
         .limit = std::chrono::seconds{10}}
    );
    return sender->send(
        {.id = {7},
         .channel = Channel::sms,
         .contact = "+84905123456",
         .subject = "",
         .body = "Chào",
         .what = ""}
    );
}

TEST_CASE("the SMS gateway is told number, text and the delivery's id, and its answer decides what comes next"
)
{
    using Outcome = storage::Sent::Outcome;
    OneAnswer good("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK(sent_to(good).outcome == Outcome::done);
    const auto heard = good.heard();
    CHECK(heard.find("Idempotency-Key: 7") != std::string::npos);
    CHECK(heard.find("Authorization: Bearer bearer-of-the-gateway") != std::string::npos);
    CHECK(heard.find(R"("to":"+84905123456")") != std::string::npos);
    OneAnswer refusing("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK(sent_to(refusing).outcome == Outcome::refused);
    OneAnswer busy("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    CHECK(sent_to(busy).outcome == Outcome::retry);
    OneAnswer silent("");
    CHECK(sent_to(silent).outcome == Outcome::unknown);
    const auto nobody = sms_gateway_sender(
        {.url = "http://127.0.0.1:1/sms", .token = "", .sender = "", .limit = std::chrono::seconds{5}}
    );
    CHECK(
        nobody
            ->send(
                {.id = {7},
                 .channel = Channel::sms,
                 .contact = "+84905123456",
                 .subject = "",
                 .body = "x",
                 .what = ""}
            )
            .outcome == Outcome::retry
    );
}

TEST_CASE("every Problem and every act of identity has a sentence in the catalogue")
{
    const auto words = catalogue();
    // Prefixes and purposes of keys look like codes but are none.
    const std::set<std::string> none{
        "identity.bad_", "identity.password_", "identity.visitor", "identity.one_time_code"};
    const std::regex code(R"re("(identity\.[a-z_]+)")re");
    std::size_t found = 0;
    for (const auto& file :
         std::filesystem::directory_iterator(std::string(THIENAN_SOURCE_DIR) + "/engine/identity")) {
        if (file.path().extension() != ".cpp" || file.path().stem().string().ends_with("_test")) continue;
        std::ifstream in(file.path());
        const std::string text(std::istreambuf_iterator<char>(in), {});
        for (std::sregex_iterator it(text.begin(), text.end(), code), end; it != end; ++it) {
            const auto name = (*it)[1].str();
            if (none.contains(name)) continue;
            CAPTURE(name);
            CHECK(words.contains("problem." + name));
            ++found;
        }
    }
    CHECK(found > 60);
}

}  // namespace
}  // namespace thien_an::notices
