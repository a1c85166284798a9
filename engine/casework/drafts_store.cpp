#include "engine/casework/drafts_store.h"

namespace thien_an::casework {
namespace {

json::array files_value(const std::vector<DraftFile>& files)
{
    json::array out;
    for (const auto& f : files)
        out.push_back(
            {{"paper", f.paper},
             {"file", f.file.value},
             {"name", f.name},
             {"media_type", f.media_type},
             {"bytes", f.bytes}}
        );
    return out;
}

std::vector<DraftFile> files_from(const std::string& text)
{
    std::vector<DraftFile> out;
    const auto parsed = json::parse(text);
    if (!parsed || !parsed.value().is_array())
        throw std::runtime_error("table draft holds files that are no list");
    for (const auto& f : parsed.value().get_array())
        out.push_back(
            {json::string_or(f, "paper"),
             FileId{json::integer_or(f, "file")},
             json::string_or(f, "name"),
             json::string_or(f, "media_type"),
             json::integer_or(f, "bytes")}
        );
    return out;
}

constexpr std::string_view draft_columns =
    "id, party, visitor, procedure, pack, agency, step, sealed, files, changed_at";

Draft draft_from(const crypto::KeyRing& keys, const storage::Rows& rows)
{
    Draft draft;
    draft.id = rows.id<DraftId>(0);
    draft.owner = {rows.id<identity::PartyId>(1), rows.text(2)};
    draft.procedure = rows.text(3);
    draft.pack = rows.integer(4);
    draft.agency = rows.text(5);
    draft.step = rows.text(6);
    const auto sealed = rows.bytes(7);
    const auto form = keys.open_column({"draft", "sealed", draft.id.value}, sealed);
    if (!form) throw std::runtime_error("a sealed draft does not open");
    draft.form = json::parse(form.value()).value();
    draft.files = files_from(rows.text(8));
    draft.changed = rows.instant(9);
    return draft;
}

Bytes sealed_form(const crypto::KeyRing& keys, const Draft& draft)
{
    return keys.seal_column({"draft", "sealed", draft.id.value}, json::text_of(draft.form));
}

}  // namespace

void insert_draft(storage::Writer& db, const crypto::KeyRing& keys, const Draft& draft, ByteView resume_hash)
{
    db.execute(
        R"sql(
        INSERT INTO draft (id, party, visitor, resume_hash, procedure, pack, agency, step, sealed, files, changed_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
        draft.id,
        draft.owner.party,
        draft.owner.visitor,
        resume_hash,
        draft.procedure,
        draft.pack,
        draft.agency,
        draft.step,
        sealed_form(keys, draft),
        json::text_of(files_value(draft.files)),
        draft.changed
    );
}

void update_draft(storage::Writer& db, const crypto::KeyRing& keys, const Draft& draft)
{
    db.execute(
        "UPDATE draft SET agency = ?2, step = ?3, sealed = ?4, files = ?5, changed_at = ?6, pack = ?7 WHERE "
        "id = ?1",
        draft.id,
        draft.agency,
        draft.step,
        sealed_form(keys, draft),
        json::text_of(files_value(draft.files)),
        draft.changed,
        draft.pack
    );
}

void set_draft_owner(storage::Writer& db, DraftId id, const DraftOwner& owner, Instant now)
{
    db.execute(
        "UPDATE draft SET party = ?2, visitor = ?3, changed_at = ?4 WHERE id = ?1",
        id,
        owner.party,
        owner.visitor,
        now
    );
}

void set_resume_hash(storage::Writer& db, DraftId id, ByteView resume_hash)
{
    db.execute("UPDATE draft SET resume_hash = ?2 WHERE id = ?1", id, resume_hash);
}

void delete_draft(storage::Writer& db, DraftId id) { db.execute("DELETE FROM draft WHERE id = ?1", id); }

Result<Draft> draft_by_id(storage::Reader& db, const crypto::KeyRing& keys, DraftId id)
{
    static const auto sql = "SELECT " + std::string(draft_columns) + " FROM draft WHERE id = ?1";
    auto rows = db.query(sql, id);
    if (!rows.next()) return Problem{.code = "casework.no_such_draft", .field = "", .law = ""};
    return draft_from(keys, rows);
}

std::optional<DraftId> draft_by_resume_hash(storage::Reader& db, ByteView resume_hash)
{
    auto rows = db.query("SELECT id FROM draft WHERE resume_hash = ?1 LIMIT 1", resume_hash);
    return rows.next() ? std::optional(rows.id<DraftId>(0)) : std::nullopt;
}

std::vector<Draft> drafts_owned(
    storage::Reader& db, const crypto::KeyRing& keys, const DraftOwner& owner, int limit
)
{
    static const auto sql = "SELECT " + std::string(draft_columns) +
                            " FROM draft WHERE party = ?1 AND visitor = ?2 ORDER BY changed_at DESC LIMIT ?3";
    auto rows = db.query(sql, owner.party, owner.visitor, limit);
    std::vector<Draft> found;
    while (rows.next()) found.push_back(draft_from(keys, rows));
    return found;
}

int forget_drafts(storage::Writer& db, Instant before, int rows_max)
{
    return int(db.execute(
        "DELETE FROM draft WHERE id IN (SELECT id FROM draft WHERE changed_at < ?1 ORDER BY changed_at LIMIT "
        "?2)",
        before,
        rows_max
    ));
}

}  // namespace thien_an::casework
