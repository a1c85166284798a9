#include "systems/civil_status/notice_pages.h"

#include <fmt/format.h>

#include "engine/casework/dossier.h"
#include "engine/identity/audit.h"

#include "systems/civil_status/desk.h"
#include "systems/civil_status/hospital_notice_desk.h"

namespace thien_an::civil_status {
namespace {

constexpr std::string_view list_address = "/ban-lam-viec/giay-chung-sinh";
constexpr std::int64_t days_usual = 15;
constexpr int rows_max = 50;

web::Response draw_claim(
    const std::string& code,
    const std::string& born_on,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/code");
    json::array fields{
        casework::text_field(
            {.name = "code",
             .label = say.say("civil_status.claim.code"),
             .hint = say.say("civil_status.claim.code_hint"),
             .error = error_at(problems, "/code", context),
             .value = code,
             .length_max = 40,
             .narrow = true}
        ),
        casework::text_field(
            {.name = "born_on",
             .label = say.say("civil_status.claim.born_on"),
             .hint = say.say("civil_status.claim.born_on_hint"),
             .error = error_at(problems, "/born_on", context),
             .value = born_on,
             .length_max = 20,
             .narrow = true}
        )};
    return context.render(
        "civil_status/claim",
        {{"error_summary", casework::error_summary({}, problems, say)}, {"fields", std::move(fields)}},
        problems.empty() ? 200 : 422
    );
}

std::int64_t days_open(const web::Context& context)
{
    const auto* setting = office(context).settings.setting("civil_status.notice_open_days", context.today());
    return setting != nullptr && setting->is_int64() ? setting->get_int64() : days_usual;
}

json::object row_of(const StoredNotice& stored, const web::Context& context)
{
    const auto& notice = stored.notice;
    const bool birth = notice.kind == NoticeKind::birth;
    const auto& known = birth ? notice.mother : notice.subject;
    const auto waited = (context.today() - day_of(stored.received_at)).count();
    const bool answered = !stored.dossier_code.empty();
    json::value dossier = nullptr;
    if (answered && context.may("dossiers.read")) dossier = "/ban-lam-viec/ho-so/" + stored.dossier_code;
    return {
        {"name", known.full_name},
        {"born", known.year() == 0 ? "" : std::to_string(known.year())},
        {"at", notice.time_known ? shown(notice.at) : shown(day_of(notice.at))},
        {"facility", notice.facility_name.empty() ? notice.facility_code : notice.facility_name},
        {"number", notice.number},
        {"residence", notice.kind == NoticeKind::birth ? notice.mother.residence : notice.subject.residence},
        {"waited", context.say("civil_status.notices.waited", json::object{{"days", std::int64_t(waited)}})},
        {"dossier_code", text_or_null(stored.dossier_code)},
        {"dossier_href", std::move(dossier)},
        {"reminded",
         stored.reminded_at ? json::value(shown(day_of(*stored.reminded_at))) : json::value(nullptr)},
        {"remind_href",
         context.may("registers.enter")
             ? json::value(fmt::format("{}/{}/nhac", list_address, stored.id.value))
             : json::value(nullptr)}};
}

/// The notice a person of the desk may remind of. Problem "civil_status.no_such_notice".
Result<StoredNotice> own_notice(const web::Request& request, const web::Context& context)
{
    const NoticeId id{TRY(parse_id(request.value("notice")))};
    return context.database().read([&](storage::Reader& db) -> Result<StoredNotice> {
        auto notice = notice_by_id(db, office(context).keys, id);
        if (!notice ||
            !identity::may(db, context.actor(), "registers.enter", notice->agency, context.today()))
            return Problem{.code = "civil_status.no_such_notice", .field = "", .law = ""};
        return *std::move(notice);
    });
}

web::Response draw_remind(
    const StoredNotice& notice,
    const std::string& how,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/how");
    const bool sms = notice.notice.kind == NoticeKind::birth && !notice.notice.mother.phone.empty();
    return draw_form(
        {.title = say.say("civil_status.notices.remind"),
         .subtitle = notice.notice.number,
         .back = std::string(list_address),
         .back_text = say.say("civil_status.notices.title"),
         .action = fmt::format("{}/{}/nhac", list_address, notice.id.value),
         .submit = say.say("civil_status.notices.remind"),
         .fields = {casework::area_field(
             {.name = "how",
              .label = say.say("civil_status.notices.how"),
              .hint = say.say("civil_status.notices.how_hint"),
              .error = error_at(problems, "/how", context),
              .value = how,
              .length_max = 500},
             2
         )},
         .notes = {json::object{
             {"kind", "info"},
             {"icon", "info"},
             {"text", say.say(sms ? "civil_status.notices.by_sms" : "civil_status.notices.no_phone")}}},
         .problems = problems},
        context
    );
}

}  // namespace

Result<web::Response> show_claim(const web::Request& request, web::Context& context)
{
    return draw_claim(request.query.get("ma"), "", {}, context);
}

Result<web::Response> claim(const web::Request& request, web::Context& context)
{
    const auto code = request.form.get("code");
    const auto typed = request.form.get("born_on");
    std::vector<Problem> problems;
    if (code.empty())
        problems.push_back({.code = "civil_status.claim_needs_code", .field = "/code", .law = ""});
    const auto day = typed_day(typed);
    constexpr std::size_t year_digits = 4;
    if (!day && typed.size() != year_digits)
        problems.push_back({.code = "base.bad_day", .field = "/born_on", .law = ""});
    if (!problems.empty()) return draw_claim(code, typed, std::move(problems), context);
    const casework::DraftOwner owner{.party = context.actor().party, .visitor = {}};
    const auto draft = claim_notice(
        office(context), context.use<Files>(), context.actor(), owner, code, day ? iso(day.value()) : typed
    );
    if (!draft) return draw_claim(code, typed, {draft.problem()}, context);
    auto response = web::see_other("/nop/" + text_of(draft.value().id) + "/buoc/1");
    response.flash("flash.notice_claimed");
    return response;
}

Result<web::Response> show_notices(const web::Request& request, web::Context& context)
{
    const auto days = number_or(request.query.get("ngay"), days_open(context));
    NoticeQuery query{
        .kind = request.query.get("loai") == "tu" ? NoticeKind::death : NoticeKind::birth,
        .received_before = context.today() - std::chrono::days{std::clamp<std::int64_t>(days, 0, 3650) - 1},
        .completed = request.query.get("xong") == "1",
        .before = number_or(request.query.get("truoc"), 0),
        .limit = rows_max + 1};
    if (query.completed) query.received_before = context.today() + std::chrono::days{1};
    std::vector<StoredNotice> found;
    // A list of people is audited once.
    TRY(context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        found = notices_seen(db, office(context).keys, context.actor(), context.today(), query);
        identity::audit(
            db,
            act_of(context),
            {.what = "notice.list",
             .subject = "hospital_notice",
             .about = {},
             .agency = {},
             .reason = "",
             .detail = {{"rows", found.size()}}}
        );
        return Done{};
    }));
    const auto address = [&](const NoticeQuery& asked) {
        return fmt::format(
            "{}?loai={}&ngay={}{}",
            list_address,
            asked.kind == NoticeKind::death ? "tu" : "sinh",
            days,
            asked.completed ? "&xong=1" : ""
        );
    };
    json::value pager = nullptr;
    const bool more = found.size() > rows_max;
    if (more) found.resize(rows_max);
    if (more || query.before != 0)
        pager = json::object{
            {"range", context.say("civil_status.register.range", json::object{{"count", found.size()}})},
            {"previous", query.before != 0 ? json::value(address(query)) : json::value(nullptr)},
            {"next",
             more ? json::value(fmt::format("{}&truoc={}", address(query), found.back().id.value))
                  : json::value(nullptr)}};
    const auto lane = [&](NoticeKind kind, bool completed, std::string_view key) {
        auto other = query;
        other.kind = kind;
        other.completed = completed;
        return json::object{
            {"href", address(other)},
            {"text", context.say(key)},
            {"current", kind == query.kind && completed == query.completed}};
    };
    json::array rows;
    for (const auto& one : found) rows.push_back(row_of(one, context));
    const bool none = rows.empty();
    return web::render_desk(
        context,
        "civil_status/notices",
        {{"tabs",
          json::array{
              lane(NoticeKind::birth, false, "civil_status.notices.births"),
              lane(NoticeKind::death, false, "civil_status.notices.deaths"),
              lane(query.kind, true, "civil_status.notices.completed")}},
         {"lead", context.say("civil_status.notices.lead", json::object{{"days", days}})},
         {"none", none},
         {"rows", std::move(rows)},
         {"pager", std::move(pager)}}
    );
}

Result<web::Response> show_remind(const web::Request& request, web::Context& context)
{
    return draw_remind(TRY(own_notice(request, context)), "", {}, context);
}

Result<web::Response> remind(const web::Request& request, web::Context& context)
{
    const auto notice = TRY(own_notice(request, context));
    const auto how = request.form.get("how");
    if (how.empty())
        return draw_remind(
            notice, how, {{.code = "civil_status.remind_needs_how", .field = "/how", .law = ""}}, context
        );
    const auto done = remind_of_notice(office(context), context.actor(), notice.id, how);
    if (!done) return draw_remind(notice, how, {done.problem()}, context);
    return done_and_back(std::string(list_address), "flash.notice_reminded");
}

}  // namespace thien_an::civil_status
