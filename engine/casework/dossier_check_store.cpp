#include <fmt/format.h>

#include <span>

#include "engine/casework/casework.h"
#include "engine/casework/dossier_store.h"
#include "engine/documents/blank_forms.h"
#include "engine/documents/document_store.h"
#include "engine/documents/form_stock.h"
#include "engine/documents/numbers.h"
#include "engine/workflow/engine.h"

namespace thien_an::casework {
namespace {

constexpr std::size_t faults_max = 100;

void add(CaseworkReport& report, Problem fault)
{
    if (report.faults.size() < faults_max) report.faults.push_back(std::move(fault));
}

/// "casework.proof.WHAT" at dossier `id`.
void add(
    CaseworkReport& report,
    std::string what,
    DossierId id,
    std::vector<std::pair<std::string, std::string>> words = {}
)
{
    add(report,
        {.code = "casework.proof." + std::move(what),
         .field = fmt::format("dossier/{}", id.value),
         .words = std::move(words)});
}

/// What differs between the row and the fold; "" when they are equal. Names are not in events.
std::string difference(const Dossier& row, const Dossier& fold)
{
    std::string out;
    const auto compare = [&](bool same, std::string_view name) {
        if (!same) out += (out.empty() ? "" : ", ") + std::string(name);
    };
    compare(row.code == fold.code, "code");
    compare(row.procedure == fold.procedure && row.pack == fold.pack, "procedure");
    compare(row.agency == fold.agency && row.received_at == fold.received_at, "agency");
    compare(row.state == fold.state, "state");
    compare(
        row.channel == fold.channel && row.applicant == fold.applicant && row.title == fold.title, "filing"
    );
    compare(row.filed_on == fold.filed_on && row.received_on == fold.received_on, "received");
    compare(row.due == fold.due && row.answer_by == fold.answer_by, "due");
    compare(row.closed_on == fold.closed_on, "closed_on");
    compare(row.instance == fold.instance, "instance");
    compare(row.supplements_asked == fold.supplements_asked && row.apologies == fold.apologies, "requests");
    compare(row.number_of_events == fold.number_of_events, "number of events");
    compare(row.entry == fold.entry && row.entry_number == fold.entry_number, "entry");
    compare(row.fee == fold.fee && row.fee_reason == fold.fee_reason, "fee");
    compare(row.rating == fold.rating, "rating");
    return out;
}

void check_dossier(storage::Reader& db, DossierId id, CaseworkReport& report)
{
    const auto row = find_dossier(db, id).value();
    Dossier fold;
    try {
        for (const auto& event : events_of(db, id)) {
            fold = applied(std::move(fold), event);
            ++report.events;
        }
    } catch (const storage::StorageError&) {
        throw;  // The database, not the history.
    } catch (const std::exception& fault) {
        return add(report, "history_broken", id, {{"why", fault.what()}});
    }
    if (const auto differs = difference(row, fold); !differs.empty())
        add(report, "dossier_differs", id, {{"what", differs}});
    auto open = db.query("SELECT is_open FROM dossier WHERE id = ?1", id);
    if (open.next() && (open.integer(0) != 0) == is_closed(row.state)) add(report, "open_differs", id);
    if (row.instance == 0) return;
    for (auto& fault : workflow::replay(db, workflow::InstanceId{row.instance})) {
        fault.field = fmt::format("dossier/{}{}{}", id.value, fault.field.empty() ? "" : "/", fault.field);
        add(report, std::move(fault));
    }
}

using Figures = std::map<std::string, std::int64_t>;  ///< "agency/procedure/day/what" -> amount

std::string figure(std::int64_t agency, std::string_view procedure, std::int64_t day, std::string_view what)
{
    return fmt::format("{}/{}/{}/{}", agency, procedure, day, what);
}

std::string open_figure(std::int64_t agency, std::int64_t day)
{
    return fmt::format("{}/open/{}", agency, day);
}

void collect(storage::Rows rows, Figures& into)
{
    while (rows.next())
        into[figure(rows.integer(0), rows.text(1), rows.integer(2), rows.text(3))] += rows.integer(4);
}

/// "on_time" and "late": told from the day promised by the events before the one that says the result is ready.
void collect_timeliness(storage::Reader& db, Figures& into)
{
    auto rows = db.query(R"sql(
        SELECT e.dossier, d.agency, d.procedure, e.at, e.body
          FROM dossier_event e
          JOIN dossier d ON d.id = e.dossier
         WHERE e.body LIKE '%"due"%' OR e.body LIKE '%"result_ready"%'
         ORDER BY e.dossier, e.number
         LIMIT 10000000)sql");
    std::int64_t dossier = 0;
    std::optional<std::int64_t> due;
    while (rows.next()) {
        if (rows.integer(0) != dossier) due.reset();
        dossier = rows.integer(0);
        const auto body = json::parse(rows.text(4));
        const auto* set = body ? json::member(body.value(), "set") : nullptr;
        if (set == nullptr) continue;
        const auto at = rows.instant(3);
        if (json::string_or(*set, "state") == "result_ready")
            ++into[figure(
                rows.integer(1),
                rows.text(2),
                column(day_of(at)),
                due && column(at) > *due ? "late" : "on_time"
            )];
        if (const auto* promised = json::member(*set, "due"))
            due = promised->is_int64() ? std::optional(promised->get_int64()) : std::nullopt;
    }
}

/// What the events of one dossier say of where it is counted while it is open.
struct OpenFold {
    std::string state;
    std::int64_t agency = 0;
    std::optional<std::int64_t> answer_by;
    std::optional<std::int64_t> due;

    void take(const json::value& body)
    {
        const auto* set = json::member(body, "set");
        if (set == nullptr) return;
        if (const auto name = json::string_or(*set, "state"); !name.empty()) state = name;
        agency = json::integer_or(*set, "agency", agency);
        const auto moment = [&](std::string_view name, std::optional<std::int64_t>& into) {
            if (const auto* v = json::member(*set, name))
                into = v->is_int64() ? std::optional(v->get_int64()) : std::nullopt;
        };
        moment("answer_by", answer_by);
        moment("due", due);
    }
    void count(Figures& into) const
    {
        if (state.empty() || state == "handed_over" || state == "refused" || state == "withdrawn") return;
        constexpr std::int64_t day_long = 86'400'000'000;
        constexpr std::int64_t ahead = 25'200'000'000;
        const auto until = state == "filed" ? answer_by : due;
        const auto day = state == "awaiting_supplement" ? until_waiting
                         : until                        ? (*until + ahead) / day_long
                                                        : until_never;
        ++into[open_figure(agency, day)];
    }
};

void collect_open(storage::Reader& db, std::int64_t after, std::int64_t last, Figures& into)
{
    auto rows = db.query(
        R"sql(
        SELECT dossier, body FROM dossier_event
         WHERE dossier > ?1 AND dossier <= ?2
         ORDER BY dossier, number
         LIMIT 10000000)sql",
        after,
        last
    );
    std::int64_t dossier = 0;
    OpenFold fold;
    while (rows.next()) {
        if (rows.integer(0) != dossier) {
            fold.count(into);
            fold = {};
        }
        dossier = rows.integer(0);
        if (const auto body = json::parse(rows.text(1))) fold.take(body.value());
    }
    fold.count(into);
}

/// Words that differ from what the row says; a dossier whose words are still to be indexed is left out.
void check_words(storage::Reader& db, std::span<const DossierId> ids, CaseworkReport& report)
{
    for (const auto& dossier : find_dossiers(db, ids)) {
        if (words_are_indexed(db, dossier)) continue;
        auto rows = db.query("SELECT 1 FROM dossier_unindexed WHERE dossier = ?1", dossier.id);
        if (!rows.next()) add(report, "words_differ", dossier.id);
    }
}

/// All dossiers, some hundred at a time.
void collect_and_check_words(storage::Reader& db, Figures& counted, CaseworkReport& report)
{
    for (std::int64_t after = 0;;) {
        std::vector<DossierId> ids;
        {
            auto rows = db.query("SELECT id FROM dossier WHERE id > ?1 ORDER BY id LIMIT 500", after);
            while (rows.next()) ids.push_back(rows.id<DossierId>(0));
        }
        if (ids.empty()) return;
        collect_open(db, after, ids.back().value, counted);
        check_words(db, ids, report);
        report.dossiers += std::int64_t(ids.size());
        after = ids.back().value;
    }
}

/// What differs, either way; a figure nobody keeps is 0.
void compare(const Figures& live, const Figures& counted, CaseworkReport& report)
{
    auto all = counted;
    for (const auto& [key, amount] : live) all.try_emplace(key, 0);
    for (const auto& [key, amount] : all) {
        const auto kept = live.find(key);
        const auto kept_amount = kept == live.end() ? 0 : kept->second;
        if (kept_amount != amount)
            add(report,
                {.code = "casework.proof.figure_differs",
                 .field = "figure/" + key,
                 .words = {{"kept", std::to_string(kept_amount)}, {"counted", std::to_string(amount)}}});
    }
}

}  // namespace

CaseworkReport verify_dossiers(storage::Database& database)
{
    CaseworkReport report;
    std::int64_t after = 0;
    // In pieces, so that a long look does not keep one transaction open.
    while (true) {
        const auto more = database.read([&](storage::Reader& db) {
            std::vector<DossierId> ids;
            auto rows = db.query("SELECT id FROM dossier WHERE id > ?1 ORDER BY id LIMIT 500", after);
            while (rows.next()) ids.push_back(rows.id<DossierId>(0));
            for (const auto id : ids) check_dossier(db, id, report);
            report.dossiers += std::int64_t(ids.size());
            if (!ids.empty()) after = ids.back().value;
            return !ids.empty();
        });
        if (!more) return report;
    }
}

CaseworkReport recount(storage::Database& database)
{
    CaseworkReport report;
    Figures live;
    Figures counted;
    database.read([&](storage::Reader& db) {
        collect(
            db.query("SELECT agency, procedure, day, what, amount FROM dossier_count LIMIT 10000000"), live
        );
        collect(
            db.query("SELECT agency, procedure, day, what, amount FROM dossier_count_delta LIMIT 10000000"),
            live
        );
        // Own SQL over the events alone; a day is one of Vietnam, seven hours ahead of the stored moment.
        collect(
            db.query(R"sql(
            SELECT d.agency, d.procedure, (e.at + 25200000000) / 86400000000 AS day,
                   CASE e.kind WHEN 'handed_over' THEN 'finished' ELSE e.kind END AS what, count(*)
              FROM dossier_event e
              JOIN dossier d ON d.id = e.dossier
             WHERE e.kind IN ('filed', 'received', 'handed_over', 'refused', 'withdrawn')
             GROUP BY d.agency, d.procedure, day, what
             LIMIT 10000000)sql"),
            counted
        );
        collect_timeliness(db, counted);
        for (const std::string_view table : {"dossier_open_count", "dossier_open_delta"}) {
            const auto sql =
                "SELECT agency, until_day, amount FROM " + std::string(table) + " LIMIT 10000000";
            auto rows = db.query(sql);
            while (rows.next()) live[open_figure(rows.integer(0), rows.integer(1))] += rows.integer(2);
        }
        collect_and_check_words(db, counted, report);
    });
    compare(live, counted, report);
    return report;
}

CaseworkReport verify_papers(storage::Database& database)
{
    CaseworkReport report;
    database.read([&](storage::Reader& db) {
        for (const auto& check :
             {&documents::check_documents,
              &documents::check_numbers,
              &documents::check_blanks,
              &documents::check_stock})
            for (auto& fault : check(db)) add(report, std::move(fault));
    });
    return report;
}

}  // namespace thien_an::casework
