#include "engine/offline/line.h"

#include "engine/crypto/hash.h"

namespace thien_an::offline {
namespace {

constexpr std::int64_t format = 1;
constexpr std::string_view table = "offline_line";

Problem bad_line(std::string_view what)
{
    return {.code = "offline.bad_line", .field = "", .law = "", .words = {{"what", std::string(what)}}};
}

/// Ids are decimal strings in JSON.
json::value id_text(std::int64_t id) { return json::value(std::to_string(id)); }

/// 0 names nothing.
Result<std::int64_t> id_in(const json::value& v, std::string_view name)
{
    const auto text = json::string_or(v, name);
    if (text == "0") return std::int64_t{0};
    const auto id = parse_id(text);
    if (!id) return bad_line(name);
    return id.value();
}

Result<Bytes> hex_in(const json::value& v, std::string_view name)
{
    auto bytes = from_hex(json::string_or(v, name));
    if (!bytes || bytes->empty()) return bad_line(name);
    return *std::move(bytes);
}

Result<json::object> object_in(const json::value& v, std::string_view name)
{
    const auto* found = json::member(v, name);
    if (found == nullptr || !found->is_object()) return bad_line(name);
    return found->get_object();
}

json::object to_json(const identity::Actor& actor)
{
    return {
        {"account", id_text(actor.account.value)},
        {"party", id_text(actor.party.value)},
        {"post", id_text(actor.post.value)},
        {"agency", id_text(actor.agency.value)},
        {"for_post", id_text(actor.for_post.value)},
        {"channel", actor.channel}};
}

Result<identity::Actor> actor_in(const json::value& line)
{
    const json::value v = TRY(object_in(line, "actor"));
    identity::Actor actor;
    actor.account = {TRY(id_in(v, "account"))};
    actor.party = {TRY(id_in(v, "party"))};
    actor.post = {TRY(id_in(v, "post"))};
    actor.agency = {TRY(id_in(v, "agency"))};
    actor.for_post = {TRY(id_in(v, "for_post"))};
    actor.channel = json::string_or(v, "channel");
    return actor;
}

}  // namespace

Bytes first_line_hash() { return Bytes(32, 0); }

Bytes hash_of(const SignedLine& line)
{
    const auto hash = crypto::sha256(line.body);
    return {hash.begin(), hash.end()};
}

SignedLine sign_line(const crypto::Secret& seed, const Line& line)
{
    SignedLine out{
        json::canonical(json::object{
            {"format", format},
            {"lease", id_text(line.lease.value)},
            {"epoch", line.epoch},
            {"sequence", line.sequence},
            {"previous", hex(line.previous)},
            {"kind", line.kind},
            {"at", column(line.at)},
            {"actor", to_json(line.actor)},
            {"subject", line.subject},
            {"made", line.made},
            {"sealed", hex(line.sealed)}}),
        {}};
    const auto signature = crypto::ed25519_sign(seed, bytes_of(out.body));
    out.signature.assign(signature.begin(), signature.end());
    return out;
}

bool is_genuine(ByteView public_key, const SignedLine& line)
{
    return crypto::ed25519_verify(public_key, bytes_of(line.body), line.signature);
}

std::string file_text(LeaseId lease, std::string_view sha256)
{
    return "file " + std::to_string(lease.value) + " " + std::string(sha256);
}

Result<Line> read_line(std::string_view body)
{
    const auto parsed = json::parse(body);
    if (!parsed || !parsed.value().is_object()) return bad_line("json");
    const auto& v = parsed.value();
    if (json::integer_or(v, "format") != format) return bad_line("format");
    Line line;
    line.lease = {TRY(id_in(v, "lease"))};
    line.epoch = json::integer_or(v, "epoch");
    line.sequence = json::integer_or(v, "sequence");
    if (!line.lease) return bad_line("lease");
    if (line.epoch < 1 || line.sequence < 1) return bad_line("sequence");
    line.previous = TRY(hex_in(v, "previous"));
    if (line.previous.size() != first_line_hash().size()) return bad_line("previous");
    line.kind = json::string_or(v, "kind");
    if (line.kind.empty()) return bad_line("kind");
    line.at = instant_from(json::integer_or(v, "at"));
    line.actor = TRY(actor_in(v));
    line.subject = TRY(object_in(v, "subject"));
    line.made = TRY(object_in(v, "made"));
    line.sealed = TRY(hex_in(v, "sealed"));
    return line;
}

Bytes seal_content(const crypto::KeyRing& keys, std::int64_t sequence, const Content& content)
{
    const auto text = json::canonical(json::object{{"given", content.given}, {"entry", content.entry}});
    return keys.seal_column({table, "content", sequence}, text);
}

Result<Content> open_content(const crypto::KeyRing& keys, const Line& line)
{
    const auto text = TRY(keys.open_column({table, "content", line.sequence}, line.sealed));
    const auto v = TRY(json::parse(text));
    return Content{TRY(object_in(v, "given")), TRY(object_in(v, "entry"))};
}

json::value to_json(const Batch& batch)
{
    json::array lines;
    for (const auto& line : batch.lines)
        lines.push_back(json::object{{"body", line.body}, {"signature", hex(line.signature)}});
    return json::object{{"lease", id_text(batch.lease.value)}, {"lines", std::move(lines)}};
}

Result<Batch> read_batch(const json::value& sent)
{
    const Problem bad{.code = "offline.bad_batch", .field = "/lines", .law = ""};
    Batch batch;
    const auto lease = parse_id(json::string_or(sent, "lease"));
    const auto* lines = json::member(sent, "lines");
    if (!lease || lines == nullptr || !lines->is_array()) return bad;
    batch.lease = {lease.value()};
    if (lines->get_array().size() > batch_lines_max)
        return Problem{
            .code = "offline.batch_too_long",
            .field = "/lines",
            .law = "",
            .words = {{"most", std::to_string(batch_lines_max)}}};
    for (const auto& one : lines->get_array()) {
        const auto signature = from_hex(json::string_or(one, "signature"));
        if (!signature || signature->empty()) return bad;
        batch.lines.push_back({json::string_or(one, "body"), *signature});
    }
    return batch;
}

}  // namespace thien_an::offline
