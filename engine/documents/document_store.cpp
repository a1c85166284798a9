#include "engine/documents/document_store.h"

#include <fmt/format.h>

#include <map>

#include "engine/crypto/random.h"

namespace thien_an::documents {
namespace {

using storage::Reader;
using storage::Rows;
using storage::Writer;

Problem no_such_document()
{
    return {.code = "documents.no_such_document", .field = {}, .law = {}, .words = {}};
}

Document document_from(const Rows& rows)
{
    Document d;
    d.id = rows.id<DocumentId>(0);
    d.about.kind = rows.text(1);
    d.about.subject = {rows.text(2), rows.integer(3)};
    d.about.agency = rows.id<identity::AgencyId>(4);
    d.about.title = rows.text(5);
    d.token = rows.text(6);
    d.state = DocumentState(rows.integer(7));
    d.version = int(rows.integer(8));
    d.number = rows.text(9);
    d.dated_on = rows.day_or_null(10);
    d.replaced_by = {rows.integer_or_null(11).value_or(0)};
    d.created_at = rows.instant(12);
    d.issued_at = rows.instant_or_null(13);
    return d;
}

void add_event(
    Writer& db, const identity::Act& act, DocumentId id, DocumentState state, std::string_view reason
)
{
    db.execute(
        R"sql(
        INSERT INTO document_event (id, document, state, at, party, post, for_post, reason)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
        act.ids.next(),
        id,
        state,
        act.now,
        act.actor.party,
        act.actor.post,
        act.actor.for_post,
        reason
    );
}

void set_state(Writer& db, const identity::Act& act, DocumentId id, DocumentState to, std::string_view reason)
{
    db.execute("UPDATE document SET state = ?2 WHERE id = ?1", id, to);
    add_event(db, act, id, to, reason);
}

PublicRecord::Standing standing_of(const Document& d)
{
    if (d.state == DocumentState::voided) {
        return d.replaced_by ? PublicRecord::Standing::replaced : PublicRecord::Standing::voided;
    }
    return d.state == DocumentState::issued ? PublicRecord::Standing::in_force
                                            : PublicRecord::Standing::not_issued;
}

PublicRecord public_record(Reader& db, const Document& d)
{
    PublicRecord out{
        .standing = standing_of(d),
        .kind = d.about.kind,
        .title = d.about.title,
        .agency = d.about.agency,
        .number = d.number,
        .dated_on = d.dated_on,
        .issued_at = d.issued_at,
        .document = d.id,
    };
    const auto versions = versions_of(db, d.id);
    if (!versions.empty()) out.sha256 = versions.back().sha256;
    if (d.replaced_by) {
        if (const auto other = find_document(db, d.replaced_by)) out.replaced_number = other.value().number;
    }
    return out;
}

/// The token as it is stored, however it was typed.
std::string plain_token(std::string_view typed)
{
    std::string out;
    for (const char c : typed) {
        if (c >= 'a' && c <= 'z') out += char(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) out += c;
    }
    return out;
}

constexpr std::size_t token_letters = 12;  // 58 bits: with limited guesses nobody finds one by trying.

}  // namespace

std::string_view word_of(DocumentState state)
{
    switch (state) {
    case DocumentState::draft: return "draft";
    case DocumentState::approved: return "approved";
    case DocumentState::signed_: return "signed";
    case DocumentState::issued: return "issued";
    case DocumentState::voided: return "void";
    }
    throw std::logic_error("DocumentState outside its enumerators");
}

std::string_view word_of(PublicRecord::Standing standing)
{
    switch (standing) {
    case PublicRecord::Standing::not_issued: return "not_issued";
    case PublicRecord::Standing::in_force: return "in_force";
    case PublicRecord::Standing::replaced: return "replaced";
    case PublicRecord::Standing::voided: return "void";
    }
    throw std::logic_error("Standing outside its enumerators");
}

bool may_move(DocumentState from, DocumentState to)
{
    if (to == DocumentState::voided) return from != DocumentState::voided;
    return int(to) == int(from) + 1;
}

Document add_document(Writer& db, const identity::Act& act, const NewDocument& document)
{
    Document d{
        .id = act.ids.next_as<DocumentTag>(),
        .about = document,
        .token = document.token.empty() ? crypto::random_readable(token_letters) : document.token,
        .created_at = act.now,
    };
    db.execute(
        R"sql(
        INSERT INTO document (id, kind, subject, subject_id, agency, title, token, state, created_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        d.id,
        document.kind,
        document.subject.kind,
        document.subject.id,
        document.agency,
        document.title,
        d.token,
        d.state,
        act.now
    );
    add_event(db, act, d.id, d.state, "");
    return d;
}

Result<int> add_version(
    Writer& db,
    const identity::Act& act,
    DocumentId id,
    storage::FileId file,
    std::string_view sha256,
    std::string_view stage
)
{
    const auto d = TRY(find_document(db, id));
    if (d.state == DocumentState::issued || d.state == DocumentState::voided)
        return Problem{.code = "documents.closed"};
    const int number = d.version + 1;
    db.execute(
        R"sql(
        INSERT INTO document_version (document, number, file, sha256, stage, made_at, party, post, for_post)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        id,
        number,
        file,
        sha256,
        stage,
        act.now,
        act.actor.party,
        act.actor.post,
        act.actor.for_post
    );
    db.execute("UPDATE document SET version = ?2 WHERE id = ?1", id, number);
    return number;
}

Result<Done> set_number(Writer& db, DocumentId id, std::string_view number, Day dated_on)
{
    const auto d = TRY(find_document(db, id));
    if (d.state == DocumentState::issued || d.state == DocumentState::voided)
        return Problem{.code = "documents.closed"};
    if (!d.number.empty()) return Problem{.code = "documents.numbered_already"};
    db.execute("UPDATE document SET number_text = ?2, dated_on = ?3 WHERE id = ?1", id, number, dated_on);
    return Done{};
}

Result<Done> move_document(
    Writer& db, const identity::Act& act, DocumentId id, DocumentState to, std::string_view reason
)
{
    const auto d = TRY(find_document(db, id));
    if (to == DocumentState::voided || !may_move(d.state, to)) {
        return Problem{
            .code = "documents.wrong_state",
            .words = {{"from", std::string(word_of(d.state))}, {"to", std::string(word_of(to))}}};
    }
    set_state(db, act, id, to, reason);
    if (to == DocumentState::issued)
        db.execute("UPDATE document SET issued_at = ?2 WHERE id = ?1", id, act.now);
    return Done{};
}

Result<Done> void_document(
    Writer& db, const identity::Act& act, DocumentId id, std::string_view reason, DocumentId replaced_by
)
{
    const auto d = TRY(find_document(db, id));
    if (reason.empty()) return Problem{.code = "documents.reason_missing", .field = "/reason"};
    if (!may_move(d.state, DocumentState::voided)) {
        return Problem{
            .code = "documents.wrong_state",
            .words = {{"from", std::string(word_of(d.state))}, {"to", "void"}}};
    }
    if (replaced_by) {
        TRY(find_document(db, replaced_by));
        db.execute("UPDATE document SET replaced_by = ?2 WHERE id = ?1", id, replaced_by);
    }
    set_state(db, act, id, DocumentState::voided, reason);
    return Done{};
}

Result<Document> find_document(Reader& db, DocumentId id)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, subject, subject_id, agency, title, token, state, version, number_text, dated_on, replaced_by,
               created_at, issued_at
          FROM document
         WHERE id = ?1)sql",
        id
    );
    if (!rows.next()) return no_such_document();
    return document_from(rows);
}

std::vector<Document> documents_of(Reader& db, const Subject& subject)
{
    auto rows = db.query(
        R"sql(
        SELECT id, kind, subject, subject_id, agency, title, token, state, version, number_text, dated_on, replaced_by,
               created_at, issued_at
          FROM document
         WHERE subject = ?1 AND subject_id = ?2       -- served by index document_subject
         ORDER BY id
         LIMIT 200)sql",
        subject.kind,
        subject.id
    );
    std::vector<Document> out;
    while (rows.next()) out.push_back(document_from(rows));
    return out;
}

std::vector<DocumentVersion> versions_of(Reader& db, DocumentId id)
{
    auto rows = db.query(
        R"sql(
        SELECT number, file, sha256, stage, made_at, party, post, for_post
          FROM document_version
         WHERE document = ?1
         ORDER BY number
         LIMIT 1000)sql",
        id
    );
    std::vector<DocumentVersion> out;
    while (rows.next()) {
        out.push_back({
            .number = int(rows.integer(0)),
            .file = rows.id<storage::FileId>(1),
            .sha256 = rows.text(2),
            .stage = rows.text(3),
            .made_at = rows.instant(4),
            .party = rows.id<identity::PartyId>(5),
            .post = rows.id<identity::PostId>(6),
            .for_post = rows.id<identity::PostId>(7),
        });
    }
    return out;
}

std::vector<DocumentEvent> events_of(Reader& db, DocumentId id)
{
    auto rows = db.query(
        R"sql(
        SELECT state, at, party, post, for_post, reason
          FROM document_event
         WHERE document = ?1
         ORDER BY id
         LIMIT 1000)sql",
        id
    );
    std::vector<DocumentEvent> out;
    while (rows.next()) {
        out.push_back({
            .state = DocumentState(rows.integer(0)),
            .at = rows.instant(1),
            .party = rows.id<identity::PartyId>(2),
            .post = rows.id<identity::PostId>(3),
            .for_post = rows.id<identity::PostId>(4),
            .reason = rows.text(5),
        });
    }
    return out;
}

Result<PublicRecord> find_public(Reader& db, std::string_view token)
{
    const auto plain = plain_token(token);
    auto rows = db.query(
        R"sql(
        SELECT id, kind, subject, subject_id, agency, title, token, state, version, number_text, dated_on, replaced_by,
               created_at, issued_at
          FROM document
         WHERE token = ?1)sql",
        plain
    );
    const Problem none{.code = "documents.no_such_paper", .field = {}, .law = {}, .words = {}};
    if (!rows.next()) return none;
    const auto d = document_from(rows);
    // A void one that was never issued is nobody's business either.
    if (d.state != DocumentState::issued && !d.issued_at) return none;
    return public_record(db, d);
}

std::optional<KnownFile> find_by_sha256(Reader& db, std::string_view sha256)
{
    std::optional<std::pair<DocumentId, int>> found;
    {
        auto rows = db.query(
            R"sql(
            SELECT document, number
              FROM document_version
             WHERE sha256 = ?1                        -- served by index document_version_sha256
             ORDER BY document DESC
             LIMIT 1)sql",
            sha256
        );
        if (rows.next()) found.emplace(rows.id<DocumentId>(0), int(rows.integer(1)));
    }
    if (!found) return std::nullopt;
    const auto d = find_document(db, found->first);
    if (!d || !d.value().issued_at) return std::nullopt;
    return KnownFile{public_record(db, d.value()), found->second == d.value().version};
}

namespace {

/// What the events of a document tell.
struct Told {
    std::int64_t last = 0;
    bool in_order = true;
};

std::map<std::int64_t, Told> told_by_events(Reader& db)
{
    std::map<std::int64_t, Told> told;
    auto rows = db.query("SELECT document, state FROM document_event ORDER BY document, id LIMIT 10000000");
    while (rows.next()) {
        auto& one = told[rows.integer(0)];
        const auto state = rows.integer(1);
        one.in_order =
            one.in_order && (one.last == 0 ? state == std::int64_t(DocumentState::draft)
                                           : may_move(DocumentState(one.last), DocumentState(state)));
        one.last = state;
    }
    return told;
}

}  // namespace

std::vector<Problem> check_documents(Reader& db)
{
    std::vector<Problem> faults;
    const auto told = told_by_events(db);
    auto rows = db.query(
        R"sql(
        SELECT d.id, d.state, d.version,
               (SELECT count(*) FROM document_version v WHERE v.document = d.id),
               (SELECT max(v.number) FROM document_version v WHERE v.document = d.id)
          FROM document d
         ORDER BY d.id
         LIMIT 10000000)sql"
    );
    while (rows.next()) {
        const auto name = fmt::format("document/{}", rows.integer(0));
        const auto events = told.find(rows.integer(0));
        if (events == told.end() || events->second.last != rows.integer(1))
            faults.push_back({.code = "documents.proof.state_differs", .field = name});
        else if (!events->second.in_order)
            faults.push_back({.code = "documents.proof.event_missing", .field = name});
        const auto versions = rows.integer(3);
        if (versions != rows.integer(2) || rows.integer_or_null(4).value_or(0) != versions)
            faults.push_back({.code = "documents.proof.version_missing", .field = name});
    }
    return faults;
}

}  // namespace thien_an::documents
