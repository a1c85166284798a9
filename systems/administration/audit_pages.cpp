#include "systems/administration/audit_pages.h"

#include <algorithm>

#include "engine/base/csv.h"
#include "engine/base/vietnamese.h"
#include "engine/identity/audit.h"
#include "engine/identity/people.h"
#include "engine/web/url.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr int rows_max = 50;
constexpr std::size_t export_max = 20'000;  ///< Rows of one file.
constexpr int export_step = 500;
constexpr std::string_view act_prefix = "audit.";

/// What the form asks, and what was typed wrongly.
struct Asked {
    identity::AuditQuery query;
    std::vector<Problem> problems;
    bool nobody = false;  ///< A person was named whom the visitor's agencies do not know.
};

void read_days(const web::Request& request, Asked& asked)
{
    const auto from = request.query.get("tu");
    const auto to = request.query.get("den");
    if (!from.empty()) {
        const auto day = typed_day(from, "/tu");
        if (day)
            asked.query.from = at(day.value(), Minutes{0});
        else
            asked.problems.push_back(day.problem());
    }
    if (to.empty()) return;
    const auto day = typed_day(to, "/den");
    if (day)
        asked.query.to = at(day.value(), Minutes{24 * 60});
    else
        asked.problems.push_back(day.problem());
}

/// "dossier 123" or "dossier".
void read_subject(const web::Request& request, Asked& asked)
{
    const auto typed = request.query.get("doi-tuong");
    const auto space = typed.find(' ');
    asked.query.subject = typed.substr(0, space);
    if (space == std::string::npos) return;
    if (const auto id = parse_id(typed.substr(space + 1))) asked.query.subject_id = id.value();
}

void read_person(const web::Request& request, const web::Context& context, Asked& asked)
{
    const auto typed = request.query.get("nguoi");
    if (typed.empty()) return;
    const auto found = context.database().read([&](storage::Reader& db) {
        return identity::search_officials(db, context.actor().agency, typed, context.today(), 1);
    });
    if (found.empty())
        asked.nobody = true;
    else
        asked.query.actor = found.front().id;
}

Asked asked_in(const web::Request& request, const web::Context& context)
{
    Asked asked;
    asked.query.limit = rows_max;
    asked.query.what = request.query.get("viec");
    if (const auto before = parse_id(request.query.get("truoc"))) asked.query.before = before.value();
    read_days(request, asked);
    read_subject(request, asked);
    read_person(request, context, asked);
    return asked;
}

/// Reads, and commits who searched before the rows leave.
std::vector<identity::AuditRow> found(const Asked& asked, const web::Context& context)
{
    if (asked.nobody || !asked.problems.empty()) return {};
    auto rows =
        context.database().write({}, [&](storage::Writer& db) -> Result<std::vector<identity::AuditRow>> {
            identity::AuditNote note{
                .what = "audit.search", .subject = "audit", .about = {}, .agency = {}, .reason = ""};
            note.detail = {{"what", asked.query.what}, {"subject", asked.query.subject}};
            auto seen = identity::search_audit(db, context.actor(), context.today(), asked.query);
            identity::audit(db, act(context), note);
            return seen;
        });
    return std::move(rows).value();
}

/// The act as people read it. A step of a dossier that a pack named itself is told by that name.
std::string act_words(std::string_view what, const web::Context& context)
{
    const auto key = std::string(act_prefix) + std::string(what);
    if (speech(context).words.contains(key)) return context.say(key);
    constexpr std::string_view step = "dossier.";
    if (what.starts_with(step))
        return context.say("administration.audit.step", json::object{{"step", what.substr(step.size())}});
    return std::string(what);
}

/// "Hồ sơ 1443758541486686208"
std::string subject_words(const identity::AuditRow& row, const web::Context& context)
{
    const auto key = "administration.subject." + row.subject;
    const auto kind = speech(context).words.contains(key) ? context.say(key) : row.subject;
    return kind + (row.subject_id == 0 ? "" : " " + std::to_string(row.subject_id));
}

/// Every act that has words, by its words.
json::array act_choices(std::string_view chosen, const web::Context& context)
{
    std::vector<std::pair<std::string, std::string>> acts;
    const auto& words = speech(context).words;
    for (const auto& key : words.keys())
        if (key.starts_with(act_prefix)) acts.emplace_back(context.say(key), key.substr(act_prefix.size()));
    std::ranges::sort(acts, {}, [](const auto& act) { return folded(act.first); });
    json::array choices{json::object{
        {"value", ""}, {"text", context.say("administration.audit.any_act")}, {"selected", false}}};
    bool known = chosen.empty();
    for (const auto& [text, what] : acts) {
        choices.push_back(json::object{{"value", what}, {"text", text}, {"selected", what == chosen}});
        known = known || what == chosen;
    }
    if (!known)
        choices.push_back(json::object{
            {"value", chosen}, {"text", act_words(chosen, context)}, {"selected", true}});
    return choices;
}

json::object row_values(const identity::AuditRow& row, const web::Context& context)
{
    json::value on_behalf = nullptr;
    if (!row.for_post.empty())
        on_behalf = context.say("administration.audit.on_behalf", json::object{{"post", row.for_post}});
    return {
        {"number", std::to_string(row.id)},
        {"at", shown(row.at)},
        {"at_iso", iso(row.at)},
        {"who", row.who.empty() ? context.say("administration.audit.program") : row.who},
        {"post", row.post.empty() ? row.agency : row.post + (row.agency.empty() ? "" : ", " + row.agency)},
        {"act", act_words(row.what, context)},
        {"subject", subject_words(row, context)},
        {"why", text_or_null(row.reason)},
        {"on_behalf", std::move(on_behalf)}};
}

std::string csv_address(const web::Request& request)
{
    web::Fields kept;
    for (const auto& [name, value] : request.query)
        if (name != "truoc") kept.add(name, value);
    return "/ban-lam-viec/nhat-ky/csv" + (kept.empty() ? "" : "?" + web::urlencoded(kept));
}

/// Page after page of one moment; who took them is committed before the bytes leave.
std::vector<identity::AuditRow> exported(const Asked& asked, const web::Context& context)
{
    std::vector<identity::AuditRow> all;
    context.database().read([&](storage::Reader& db) {
        auto query = asked.query;
        query.limit = export_step;
        while (all.size() < export_max) {
            auto more = identity::search_audit(db, context.actor(), context.today(), query);
            if (more.empty()) break;
            query.before = more.back().id;
            std::ranges::move(more, std::back_inserter(all));
        }
    });
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        identity::AuditNote note{
            .what = "audit.export", .subject = "audit", .about = {}, .agency = {}, .reason = ""};
        note.detail = {{"what", asked.query.what}, {"subject", asked.query.subject}, {"rows", all.size()}};
        identity::audit(db, act(context), note);
        return Done{};
    });
    if (!done) throw std::logic_error("the audit of an export was refused");
    return all;
}

csv::Table table_of(const std::vector<identity::AuditRow>& rows, const web::Context& context)
{
    csv::Table table(1);
    for (const auto* head :
         {"number", "at", "who", "post", "on_behalf_head", "agency", "act", "subject", "why"})
        table[0].push_back(context.say(std::string("administration.audit.") + head));
    for (const auto& row : rows)
        table.push_back(
            {std::to_string(row.id),
             iso(row.at),
             row.who.empty() ? context.say("administration.audit.program") : row.who,
             row.post,
             row.for_post,
             row.agency,
             act_words(row.what, context),
             subject_words(row, context),
             row.reason}
        );
    return table;
}

}  // namespace

Result<web::Response> send_audit(const web::Request& request, web::Context& context)
{
    const auto asked = asked_in(request, context);
    if (!asked.problems.empty()) return asked.problems.front();
    const auto rows = asked.nobody ? std::vector<identity::AuditRow>{} : exported(asked, context);
    web::Response response;
    response.type = "text/csv; charset=utf-8";
    response.body = csv::text_of(table_of(rows, context));
    response.header("Content-Disposition", "attachment; filename=\"nhat-ky.csv\"");
    return response;
}

Result<web::Response> show_audit(const web::Request& request, web::Context& context)
{
    const auto asked = asked_in(request, context);
    const auto rows = found(asked, context);
    json::array values;
    bool all_sealed = true;
    for (const auto& row : rows) {
        values.push_back(row_values(row, context));
        all_sealed = all_sealed && row.sealed;
    }
    const auto sealed = all_sealed ? chip("ok", "check", context.say("administration.audit.sealed"))
                                   : chip("idle", "clock", context.say("administration.audit.not_sealed"));
    const bool full = rows.size() == std::size_t(rows_max);
    return web::render_desk(
        context,
        "administration/audit",
        {{"person", request.query.get("nguoi")},
         {"acts", act_choices(request.query.get("viec"), context)},
         {"csv_href", rows.empty() ? json::value(nullptr) : json::value(csv_address(request))},
         {"subject", request.query.get("doi-tuong")},
         {"from", request.query.get("tu")},
         {"to", request.query.get("den")},
         {"error_summary", casework::error_summary({}, asked.problems, speech(context))},
         {"searched", asked.problems.empty()},
         {"none", rows.empty()},
         {"rows", std::move(values)},
         {"sealed", sealed},
         {"pager", pager(request, full ? std::to_string(rows.back().id) : "", full)}},
        asked.problems.empty() ? 200 : 422
    );
}

}  // namespace thien_an::administration
