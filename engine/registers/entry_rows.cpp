#include "engine/registers/entry_rows.h"

#include <fmt/format.h>

#include "engine/base/vietnamese.h"
#include "engine/crypto/hash.h"

namespace thien_an::registers {
namespace {

Bytes keyed(const crypto::KeyRing& keys, ByteView before, const json::object& content)
{
    const auto text = hex(before) + json::canonical(json::value(content));
    const auto key = keys.purpose_key("registers.chain");
    const auto hash = crypto::hmac_sha256(key.bytes(), bytes_of(text));
    return {hash.begin(), hash.end()};
}

bool is_number(const RegisterField& field)
{
    return field.type == FieldType::day || field.type == FieldType::integer;
}

std::string text_value(const json::value& v)
{
    if (const auto* s = v.if_string()) return {s->data(), s->size()};
    return v.is_null() ? "" : json::text_of(v);
}

}  // namespace

Parted parted(const Register& reg, const json::object& fields)
{
    Parted out;
    for (const auto& member : fields) {
        const auto* field = reg.field(std::string_view(member.key()));
        const bool marked = field != nullptr && field->sensitive;
        (marked ? out.marked : out.plain).emplace(member.key(), member.value());
    }
    return out;
}

json::object joined(const Register& reg, const json::object& plain, const json::object& marked)
{
    json::object out;
    for (const auto& field : reg.fields)
        for (const auto* part : {&plain, &marked})
            if (const auto* v = part->if_contains(field.id)) out[field.id] = *v;
    return out;
}

Bytes seal_fields(
    const crypto::KeyRing& keys, std::string_view table, std::int64_t row, const json::object& marked
)
{
    return keys.seal_column({table, "sealed", row}, json::canonical(json::value(marked)));
}

Result<json::object> open_fields(
    const crypto::KeyRing& keys, std::string_view table, std::int64_t row, ByteView sealed
)
{
    return object_from(TRY(keys.open_column({table, "sealed", row}, sealed)));
}

json::object object_from(std::string_view text)
{
    auto parsed = json::parse(text);
    if (!parsed || !parsed.value().is_object())
        throw std::runtime_error("a register row holds no JSON object");
    return std::move(parsed).value().get_object();
}

Bytes link_hash(
    const crypto::KeyRing& keys, ByteView before, const EntryRecord& entry, const json::object& marked
)
{
    return keyed(
        keys,
        before,
        {{"what", "entry"},
         {"id", entry.id.value},
         {"series", entry.series.value},
         {"book", entry.book},
         {"number", entry.number},
         {"page", entry.page},
         {"link", entry.link},
         {"entered_at", column(entry.entered_at)},
         {"registered_on", column(entry.registered_on)},
         {"party", entry.party},
         {"post", entry.post},
         {"for_post", entry.for_post},
         {"dossier", entry.dossier},
         {"plain", entry.plain},
         {"marked", marked}}
    );
}

Bytes link_hash(
    const crypto::KeyRing& keys, ByteView before, const NoteRecord& note, const json::object& marked
)
{
    json::object said{
        {"what", "note"},
        {"id", note.id},
        {"entry", note.entry.value},
        {"number", note.number},
        {"link", note.link},
        {"kind", note.kind},
        {"noted_at", column(note.noted_at)},
        {"noted_on", column(note.noted_on)},
        {"party", note.party},
        {"post", note.post},
        {"for_post", note.for_post},
        {"decision", note.decision},
        {"content", note.content},
        {"plain", note.plain},
        {"marked", marked}};
    // Notes of before these were kept have none, and the hash they had.
    if (!note.evidence.empty()) said["evidence"] = note.evidence;
    if (note.prepared_party != 0) {
        said["prepared_party"] = note.prepared_party;
        said["prepared_post"] = note.prepared_post;
    }
    return keyed(keys, before, said);
}

Bytes first_hash() { return Bytes(32, 0); }

std::string index_word(
    const crypto::KeyRing& keys, const Register& reg, const RegisterField& field, std::string_view value
)
{
    if (!field.sensitive) return folded(value);
    return hex(keys.blind_index("register:" + reg.id, field.id, folded(value)));
}

std::vector<IndexRow> index_rows(const crypto::KeyRing& keys, const Register& reg, const json::object& fields)
{
    std::vector<IndexRow> rows;
    for (const auto& field : reg.fields) {
        if (!field.indexed && !field.searched) continue;
        const auto* v = fields.if_contains(field.id);
        if (v == nullptr || v->is_null()) continue;
        if (is_number(field)) {
            const auto day = v->is_string() ? parse_day(text_value(*v)) : Result<Day>(Day{});
            if (!day) continue;  // An old book may know the year only: there is no day to look for.
            rows.push_back({field.id, "", v->is_int64() ? v->get_int64() : column(day.value())});
        } else if (const auto text = text_value(*v); !text.empty()) {
            rows.push_back({field.id, index_word(keys, reg, field, text), 0});
        }
    }
    return rows;
}

std::string printed_number(const Register& reg, std::int64_t number, std::int64_t year)
{
    return fmt::format("{:0{}}/{}", number, reg.book.number_width, year);
}

}  // namespace thien_an::registers
