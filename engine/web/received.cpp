#include "engine/web/received.h"

#include "engine/crypto/hash.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/means.h"

namespace thien_an::web {
namespace {

constexpr std::size_t ticket_mac_bytes = 12;

/// Of the file and whoever sent it: a post's colleagues are other people.
std::string ticket_mac(const Context& context, storage::FileId id)
{
    const auto& actor = context.actor();
    const auto owner = actor.account ? "account " + text_of(actor.account) : "party " + text_of(actor.party);
    const auto key = context.use<identity::Means>().keys.purpose_key("web.received");
    const auto mac = crypto::hmac_sha256(key.bytes(), bytes_of(text_of(id) + " " + owner));
    return base64url(ByteView(mac).first(ticket_mac_bytes));
}

}  // namespace

Result<KeptFile> keep_received(const Context& context, const Upload& upload)
{
    if (upload.stored == nullptr)
        throw std::logic_error("an upload that is not on its way into the file store");
    const auto blob = TRY(upload.stored->finish());
    const auto id = TRY(context.database().write({}, [&](storage::Writer& db) -> Result<storage::FileId> {
        return storage::file_add(db, context.ids(), blob, upload.file_name, context.now());
    }));
    return KeptFile{id, blob.sha256, std::string(storage::media_type(blob.kind)), blob.size};
}

std::string file_ticket(const Context& context, storage::FileId id)
{
    return text_of(id) + "." + ticket_mac(context, id);
}

Result<storage::FileId> file_of_ticket(const Context& context, std::string_view ticket)
{
    const Problem unknown{.code = "web.unknown_file", .field = "/files", .law = ""};
    const auto dot = ticket.find('.');
    const auto id = parse_id(ticket.substr(0, dot));
    if (dot == std::string_view::npos || !id) return unknown;
    const storage::FileId file{id.value()};
    const auto right = file_ticket(context, file);
    if (!crypto::equal_constant_time(bytes_of(ticket), bytes_of(right))) return unknown;
    return file;
}

Result<std::string_view> sent_file(const Request& request)
{
    const Problem not_one{.code = "web.one_file", .field = "/file", .law = ""};
    if (request.files.size() > 1) return not_one;
    const std::string& content = request.files.empty() ? request.body : request.files.front().content;
    if (content.empty()) return not_one;
    return std::string_view(content);
}

}  // namespace thien_an::web
