#include "engine/casework/dossier_store.h"

#include <algorithm>
#include <array>
#include <map>

#include "engine/storage/id_list.h"
#include "engine/storage/text_index.h"

namespace thien_an::casework {
namespace {

constexpr std::string_view dossier_columns =
    "id, code, procedure, pack, agency, received_at, state, channel, applicant, applicant_name, title, "
    "subject, "
    "filed_on, received_on, due, closed_on, instance, supplements_asked, apologies, events, entry, "
    "entry_number, "
    "fee, fee_reason, rating, answer_by";

/// Columns in the order of dossier_columns.
Dossier dossier_from(const storage::Rows& rows)
{
    Dossier d;
    d.id = rows.id<DossierId>(0);
    d.code = rows.text(1);
    d.procedure = rows.text(2);
    d.pack = rows.integer(3);
    d.agency = rows.id<identity::AgencyId>(4);
    d.received_at = rows.id<identity::AgencyId>(5);
    d.state = DossierState(rows.integer(6));
    d.channel = rows.text(7);
    d.applicant = rows.id<identity::PartyId>(8);
    d.applicant_name = rows.text(9);
    d.title = rows.text(10);
    d.subject = rows.text(11);
    d.filed_on = rows.instant(12);
    d.received_on = rows.instant_or_null(13);
    d.due = rows.instant_or_null(14);
    d.closed_on = rows.instant_or_null(15);
    d.instance = rows.integer(16);
    d.supplements_asked = rows.integer(17);
    d.apologies = rows.integer(18);
    d.number_of_events = rows.integer(19);
    d.entry = rows.integer(20);
    d.entry_number = rows.text(21);
    d.fee = {rows.integer(22)};
    d.fee_reason = rows.text(23);
    d.rating = rows.integer(24);
    d.answer_by = rows.instant_or_null(25);
    return d;
}

/// What a dossier is found by.
std::string words_of(const Dossier& d) { return d.code + " " + d.applicant_name + " " + d.subject; }

Problem no_such_dossier() { return {.code = "casework.no_such_dossier", .field = "", .law = ""}; }

json::value opened(
    const crypto::KeyRing& keys,
    std::string_view table,
    std::string_view column_name,
    std::int64_t row,
    ByteView sealed
)
{
    const auto text = keys.open_column({table, column_name, row}, sealed);
    if (!text) throw std::runtime_error("a sealed value of a dossier does not open");
    auto parsed = json::parse(text.value());
    if (!parsed) throw std::runtime_error("a sealed value of a dossier is no JSON");
    return std::move(parsed).value();
}

json::value parsed(const std::string& text)
{
    auto value = json::parse(text);
    if (!value) throw std::runtime_error("a column of a dossier is no JSON");
    return std::move(value).value();
}

}  // namespace

Result<Dossier> find_dossier(storage::Reader& db, DossierId id)
{
    static const auto sql = "SELECT " + std::string(dossier_columns) + " FROM dossier WHERE id = ?1";
    auto rows = db.query(sql, id);
    if (!rows.next()) return no_such_dossier();
    return dossier_from(rows);
}

Result<Dossier> find_dossier(storage::Reader& db, std::string_view code)
{
    static const auto sql = "SELECT " + std::string(dossier_columns) + " FROM dossier WHERE code = ?1";
    auto rows = db.query(sql, code);
    if (!rows.next()) return no_such_dossier();
    return dossier_from(rows);
}

std::vector<Dossier> find_dossiers(storage::Reader& db, std::span<const DossierId> ids)
{
    static const auto select = "SELECT " + std::string(dossier_columns) + " FROM dossier WHERE id IN ";
    std::vector<std::int64_t> values;
    for (const auto id : ids) values.push_back(id.value);
    std::vector<Dossier> found;
    if (ids.empty()) return found;
    const auto sql = select + std::string(storage::listed_first(db.engine()));
    auto rows = db.query(sql, storage::id_list(values));
    while (rows.next()) found.push_back(dossier_from(rows));
    const auto place = [&](const Dossier& d) { return std::ranges::find(ids, d.id) - ids.begin(); };
    std::ranges::sort(found, {}, place);
    return found;
}

namespace {

/// What a dossier is found by. Nothing of the answers: they are sealed.
void put_words(storage::Writer& db, const Dossier& d)
{
    const auto text = words_of(d);
    const std::array fields{storage::TextField{dossiers_by_words, text}};
    storage::text_put(db, d.id.value, fields);
}

}  // namespace

int index_words(storage::Writer& db, int limit)
{
    std::vector<DossierId> ids;
    {
        auto rows = db.query("SELECT dossier FROM dossier_unindexed ORDER BY dossier LIMIT ?1", limit);
        while (rows.next()) ids.push_back(rows.id<DossierId>(0));
    }
    if (ids.empty()) return 0;
    for (const auto& dossier : find_dossiers(db, ids)) put_words(db, dossier);
    db.execute("DELETE FROM dossier_unindexed WHERE dossier <= ?1", ids.back());
    return int(ids.size());
}

bool words_are_indexed(storage::Reader& db, const Dossier& dossier)
{
    const auto text = words_of(dossier);
    const std::array fields{storage::TextField{dossiers_by_words, text}};
    return storage::text_is(db, dossier.id.value, fields);
}

void insert_dossier(
    storage::Writer& db, const crypto::KeyRing& keys, const Dossier& d, const Applicant& applicant
)
{
    const json::value contact = {
        {"phone", applicant.phone},
        {"email", applicant.email},
        {"address", applicant.address},
        {"name", d.applicant_name.empty() ? applicant.name : std::string()}};
    db.execute(
        R"sql(
        INSERT INTO dossier (id, code, procedure, pack, agency, received_at, state, channel, applicant,
                             applicant_name, applicant_contact, title, subject, filed_on, received_on, due,
                             closed_on, instance, supplements_asked, apologies, events, entry, entry_number, fee,
                             fee_reason, rating, is_open, answer_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21,
                ?22, ?23, ?24, ?25, ?26, ?27, ?28))sql",
        d.id,
        d.code,
        d.procedure,
        d.pack,
        d.agency,
        d.received_at,
        d.state,
        d.channel,
        d.applicant,
        d.applicant_name,
        keys.seal_column({"dossier", "applicant_contact", d.id.value}, json::text_of(contact)),
        d.title,
        d.subject,
        d.filed_on,
        d.received_on,
        d.due,
        d.closed_on,
        d.instance,
        d.supplements_asked,
        d.apologies,
        d.number_of_events,
        d.entry,
        d.entry_number,
        d.fee,
        d.fee_reason,
        d.rating,
        !is_closed(d.state),
        d.answer_by
    );
    put_words(db, d);
}

Applicant applicant_of(storage::Reader& db, const crypto::KeyRing& keys, const Dossier& dossier)
{
    auto rows = db.query("SELECT applicant_contact FROM dossier WHERE id = ?1", dossier.id);
    if (!rows.next()) throw std::logic_error("the dossier is not there");
    const auto sealed = rows.bytes(0);
    const auto contact = opened(keys, "dossier", "applicant_contact", dossier.id.value, sealed);
    return {
        dossier.applicant,
        dossier.applicant_name.empty() ? json::string_or(contact, "name") : dossier.applicant_name,
        json::string_or(contact, "phone"),
        json::string_or(contact, "email"),
        json::string_or(contact, "address")};
}

namespace {

/// Where a dossier is counted: its agency and the day; nothing while it is not open.
struct Counted {
    identity::AgencyId agency;
    std::optional<std::int64_t> until;
    bool operator==(const Counted&) const = default;
};

void count_open(storage::Writer& db, IdSource& ids, const Counted& where, int amount)
{
    if (!where.until) return;
    db.execute(
        "INSERT INTO dossier_open_delta (id, agency, until_day, amount) VALUES (?1, ?2, ?3, ?4)",
        ids.next(),
        where.agency,
        *where.until,
        amount
    );
}

}  // namespace

void append_event(storage::Writer& db, IdSource& ids, Dossier& dossier, DossierEvent event)
{
    event.dossier = dossier.id;
    event.number = dossier.number_of_events + 1;
    const auto before = dossier.state;
    const auto counted = event.number == 1 ? Counted{} : Counted{dossier.agency, counted_until(dossier)};
    dossier = applied(std::move(dossier), event);
    if (before != dossier.state && event.number > 1 && !may_follow(before, dossier.state))
        throw std::logic_error("a dossier may not go from this state to that");
    db.execute(
        R"sql(
        INSERT INTO dossier_event (dossier, number, at, kind, account, party, post, agency, for_post, channel, body)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
        event.dossier,
        event.number,
        event.at,
        event.kind,
        event.actor.account,
        event.actor.party,
        event.actor.post,
        event.actor.agency,
        event.actor.for_post,
        event.actor.channel,
        json::text_of(json::value(event.body))
    );
    const auto& d = dossier;
    // Desks that show the dossier hear of it after the commit.
    db.announce("dossiers " + text_of(d.agency));
    if (d.received_at && d.received_at != d.agency) db.announce("dossiers " + text_of(d.received_at));
    db.execute(
        R"sql(
        UPDATE dossier
           SET pack = ?2, agency = ?3, received_at = ?4, state = ?5, received_on = ?6, due = ?7, closed_on = ?8,
               instance = ?9, supplements_asked = ?10, apologies = ?11, events = ?12, entry = ?13, entry_number = ?14,
               fee = ?15, fee_reason = ?16, rating = ?17, is_open = ?18
         WHERE id = ?1)sql",
        d.id,
        d.pack,
        d.agency,
        d.received_at,
        d.state,
        d.received_on,
        d.due,
        d.closed_on,
        d.instance,
        d.supplements_asked,
        d.apologies,
        d.number_of_events,
        d.entry,
        d.entry_number,
        d.fee,
        d.fee_reason,
        d.rating,
        !is_closed(d.state)
    );
    const Counted now{d.agency, counted_until(d)};
    if (now == counted) return;
    count_open(db, ids, counted, -1);
    count_open(db, ids, now, 1);
}

std::vector<DossierEvent> events_of(storage::Reader& db, DossierId id)
{
    auto rows = db.query(
        R"sql(
        SELECT number, at, kind, account, party, post, agency, for_post, channel, body
          FROM dossier_event
         WHERE dossier = ?1
         ORDER BY number
         LIMIT 10000)sql",
        id
    );
    std::vector<DossierEvent> events;
    while (rows.next())
        events.push_back(
            {.dossier = id,
             .number = rows.integer(0),
             .at = rows.instant(1),
             .kind = rows.text(2),
             .actor =
                 {rows.id<identity::AccountId>(3),
                  rows.id<identity::PartyId>(4),
                  rows.id<identity::PostId>(5),
                  rows.id<identity::AgencyId>(6),
                  rows.id<identity::PostId>(7),
                  rows.text(8)},
             .body = parsed(rows.text(9)).as_object()}
        );
    return events;
}

void insert_form(
    storage::Writer& db,
    const crypto::KeyRing& keys,
    std::int64_t id,
    DossierId dossier,
    const FiledForm& form,
    Instant at
)
{
    db.execute(
        "INSERT INTO dossier_form (id, dossier, version, at, sealed, facts) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        id,
        dossier,
        form.version,
        at,
        keys.seal_column({"dossier_form", "sealed", id}, json::text_of(form.form)),
        json::text_of(form.facts)
    );
}

FiledForm form_of(storage::Reader& db, const crypto::KeyRing& keys, DossierId dossier)
{
    auto rows = db.query(
        "SELECT id, version, sealed, facts FROM dossier_form WHERE dossier = ?1 ORDER BY version DESC LIMIT "
        "1",
        dossier
    );
    if (!rows.next()) throw std::logic_error("a dossier without answers");
    const auto sealed = rows.bytes(2);
    return {
        rows.integer(1),
        opened(keys, "dossier_form", "sealed", rows.integer(0), sealed),
        parsed(rows.text(3))};
}

namespace {

constexpr std::string_view paper_columns =
    "id, dossier, paper, version, file, name, media_type, bytes, sha256, origin, signatures, number, note, "
    "at";

StoredPaper paper_from(const storage::Rows& rows)
{
    return {
        rows.id<PaperId>(0),
        rows.id<DossierId>(1),
        rows.text(2),
        rows.integer(3),
        rows.id<FileId>(4),
        rows.text(5),
        rows.text(6),
        rows.integer(7),
        rows.text(8),
        rows.text(9),
        rows.integer(10),
        rows.text(11),
        rows.text(12),
        rows.instant(13)};
}

}  // namespace

void insert_paper(storage::Writer& db, const StoredPaper& p)
{
    db.execute(
        R"sql(
        INSERT INTO dossier_paper (id, dossier, paper, version, file, name, media_type, bytes, sha256, origin,
                                   signatures, number, note, at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14))sql",
        p.id,
        p.dossier,
        p.paper,
        p.version,
        p.file,
        p.name,
        p.media_type,
        p.bytes,
        p.sha256,
        p.origin,
        p.signatures,
        p.number,
        p.note,
        p.at
    );
}

std::vector<StoredPaper> papers_of(storage::Reader& db, DossierId dossier)
{
    static const auto sql = "SELECT " + std::string(paper_columns) +
                            " FROM dossier_paper WHERE dossier = ?1 ORDER BY id LIMIT 500";
    auto rows = db.query(sql, dossier);
    std::vector<StoredPaper> found;
    while (rows.next()) found.push_back(paper_from(rows));
    return found;
}

Result<StoredPaper> find_paper(storage::Reader& db, PaperId id)
{
    static const auto sql = "SELECT " + std::string(paper_columns) + " FROM dossier_paper WHERE id = ?1";
    auto rows = db.query(sql, id);
    if (!rows.next()) return Problem{.code = "casework.no_such_paper", .field = "", .law = ""};
    return paper_from(rows);
}

std::optional<StoredPaper> paper_with_sha256(storage::Reader& db, std::string_view sha256)
{
    static const auto sql =
        "SELECT " + std::string(paper_columns) +
        " FROM dossier_paper WHERE sha256 = ?1 AND origin = 'made' ORDER BY id DESC LIMIT 1";
    auto rows = db.query(sql, sha256);
    return rows.next() ? std::optional(paper_from(rows)) : std::nullopt;
}

std::int64_t next_paper_version(storage::Reader& db, DossierId dossier, std::string_view paper)
{
    auto rows = db.query(
        "SELECT coalesce(max(version), 0) FROM dossier_paper WHERE dossier = ?1 AND paper = ?2",
        dossier,
        paper
    );
    return rows.next() ? rows.integer(0) + 1 : 1;
}

std::int64_t next_number(
    storage::Writer& db, identity::AgencyId agency, std::string_view series, std::int64_t period
)
{
    db.execute(
        R"sql(
        INSERT INTO dossier_sequence (agency, series, period, last) VALUES (?1, ?2, ?3, 1)
        ON CONFLICT (agency, series, period) DO UPDATE SET last = dossier_sequence.last + 1)sql",
        agency,
        series,
        period
    );
    auto rows = db.query(
        "SELECT last FROM dossier_sequence WHERE agency = ?1 AND series = ?2 AND period = ?3",
        agency,
        series,
        period
    );
    if (!rows.next()) throw std::logic_error("a number was not allocated");
    return rows.integer(0);
}

void insert_job(storage::Writer& db, const PaperJob& job, Instant at)
{
    db.execute(
        "INSERT INTO paper_job (document, dossier, paper, call, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        job.document,
        job.dossier,
        job.paper,
        job.call,
        at
    );
}

void set_job_call(storage::Writer& db, std::int64_t document, std::int64_t call)
{
    db.execute("UPDATE paper_job SET call = ?2 WHERE document = ?1", document, call);
}

std::optional<PaperJob> find_job(storage::Reader& db, std::int64_t document)
{
    auto rows =
        db.query("SELECT document, dossier, paper, call FROM paper_job WHERE document = ?1", document);
    if (!rows.next()) return std::nullopt;
    return PaperJob{rows.integer(0), rows.id<DossierId>(1), rows.text(2), rows.integer(3)};
}

std::optional<PaperJob> find_job(storage::Reader& db, DossierId dossier, std::string_view paper)
{
    auto rows = db.query(
        R"sql(
        SELECT document, dossier, paper, call FROM paper_job
         WHERE dossier = ?1 AND paper = ?2
         ORDER BY document DESC
         LIMIT 1)sql",
        dossier,
        paper
    );
    if (!rows.next()) return std::nullopt;
    return PaperJob{rows.integer(0), rows.id<DossierId>(1), rows.text(2), rows.integer(3)};
}

void count(
    storage::Writer& db, IdSource& ids, const Dossier& dossier, Day day, std::string_view what, int amount
)
{
    db.execute(
        R"sql(
        INSERT INTO dossier_count_delta (id, agency, procedure, day, what, amount)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6))sql",
        ids.next(),
        dossier.agency,
        dossier.procedure,
        day,
        what,
        amount
    );
}

namespace {

void forget_deltas(storage::Writer& db, std::string_view table, std::span<const std::int64_t> ids)
{
    if (ids.empty()) return;
    const auto sql = "DELETE FROM " + std::string(table) + " WHERE id IN " +
                     std::string(storage::listed_first(db.engine()));
    db.execute(sql, storage::id_list(ids));
}

int fold_figures(storage::Writer& db, int rows_max)
{
    std::map<std::tuple<std::int64_t, std::string, std::int64_t, std::string>, std::int64_t> sums;
    std::vector<std::int64_t> ids;
    {
        auto rows = db.query(
            "SELECT id, agency, day, amount, procedure, what FROM dossier_count_delta ORDER BY id LIMIT ?1",
            rows_max
        );
        while (rows.next()) {
            ids.push_back(rows.integer(0));
            sums[{rows.integer(1), rows.text(4), rows.integer(2), rows.text(5)}] += rows.integer(3);
        }
    }
    for (const auto& [key, amount] : sums)
        db.execute(
            R"sql(
            INSERT INTO dossier_count (agency, procedure, day, what, amount) VALUES (?1, ?2, ?3, ?4, ?5)
            ON CONFLICT (agency, procedure, day, what) DO UPDATE SET amount = dossier_count.amount + ?5)sql",
            std::get<0>(key),
            std::get<1>(key),
            std::get<2>(key),
            std::get<3>(key),
            amount
        );
    forget_deltas(db, "dossier_count_delta", ids);
    return int(ids.size());
}

int fold_open(storage::Writer& db, int rows_max)
{
    std::map<std::pair<std::int64_t, std::int64_t>, std::int64_t> sums;
    std::vector<std::int64_t> ids;
    {
        auto rows = db.query(
            "SELECT id, agency, until_day, amount FROM dossier_open_delta ORDER BY id LIMIT ?1", rows_max
        );
        while (rows.next()) {
            ids.push_back(rows.integer(0));
            sums[{rows.integer(1), rows.integer(2)}] += rows.integer(3);
        }
    }
    for (const auto& [key, amount] : sums) {
        db.execute(
            R"sql(
            INSERT INTO dossier_open_count (agency, until_day, amount) VALUES (?1, ?2, ?3)
            ON CONFLICT (agency, until_day) DO UPDATE SET amount = dossier_open_count.amount + ?3)sql",
            key.first,
            key.second,
            amount
        );
        // A day that has gone by is not kept for ever.
        db.execute(
            "DELETE FROM dossier_open_count WHERE agency = ?1 AND until_day = ?2 AND amount = 0",
            key.first,
            key.second
        );
    }
    forget_deltas(db, "dossier_open_delta", ids);
    return int(ids.size());
}

}  // namespace

int fold_counts(storage::Writer& db, int rows_max)
{
    return std::max(fold_figures(db, rows_max), fold_open(db, rows_max));
}

}  // namespace thien_an::casework
