#include "systems/administration/audit_pages.h"

#include "engine/identity/audit.h"
#include "engine/identity/people.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr int rows_max = 50;

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

json::object row_values(const identity::AuditRow& row, const web::Context& context)
{
    const auto key = "audit." + row.what;
    const bool known = speech(context).words.contains(key);
    json::value on_behalf = nullptr;
    if (!row.for_post.empty())
        on_behalf = context.say("administration.audit.on_behalf", json::object{{"post", row.for_post}});
    return {
        {"number", std::to_string(row.id)},
        {"at", shown(row.at)},
        {"at_iso", iso(row.at)},
        {"who", row.who.empty() ? context.say("administration.audit.program") : row.who},
        {"post", row.post.empty() ? row.agency : row.post + (row.agency.empty() ? "" : ", " + row.agency)},
        {"act", known ? context.say(key) : row.what},
        {"subject", row.subject + (row.subject_id == 0 ? "" : " " + std::to_string(row.subject_id))},
        {"why", text_or_null(row.reason)},
        {"on_behalf", std::move(on_behalf)}};
}

}  // namespace

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
         {"act", request.query.get("viec")},
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
