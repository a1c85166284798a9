#include "systems/justice/secured_pages.h"

#include <algorithm>

#include "engine/base/csv.h"
#include "engine/casework/page_values.h"
#include "engine/identity/audit.h"
#include "engine/web/desk.h"
#include "engine/web/url.h"

#include "systems/justice/secured_registry.h"
#include "systems/justice/secured_values.h"

namespace thien_an::justice {
namespace {

constexpr std::string_view address = "/ban-lam-viec/giao-dich-bao-dam";
constexpr std::string_view certificate_page =
    "/ban-lam-viec/nhan-tai-quay?q=cung+cap+thong+tin+giao+dich+bao+dam";

SecuredSpeech speech(const web::Context& context)
{
    return {&context.use<text::Catalogue>(), context.language()};
}

/// What was asked, and what is wrong with it.
struct Asked {
    Search search;
    std::string as_of;  ///< As typed.
    std::vector<Problem> problems = {};
    bool anything() const { return !search.text.empty(); }
};

/// "2026-07-01T08:00" or with seconds: that whole minute or second. Problem "justice.bad_moment".
Result<Instant> typed_moment(const std::string& typed)
{
    constexpr std::size_t to_the_minute = 16;
    constexpr std::chrono::seconds rest_of_minute{59};
    const auto moment = parse_instant(typed);
    if (!moment) return Problem{.code = "justice.bad_moment", .field = "/luc", .law = ""};
    return typed.size() == to_the_minute ? moment.value() + rest_of_minute : moment.value();
}

Asked asked_in(const web::Request& request, const web::Context& context)
{
    Asked asked;
    asked.search.by = search_by(request.query.get("theo")).value_or(SearchBy::serial);
    asked.search.text = request.query.get("tim");
    asked.search.as_of = context.now();
    asked.as_of = request.query.get("luc");
    if (!asked.as_of.empty()) {
        const auto moment = typed_moment(asked.as_of);
        if (moment)
            asked.search.as_of = std::min(moment.value(), context.now());
        else
            asked.problems.push_back(moment.problem());
    }
    return asked;
}

void audit(const web::Context& context, std::string what, std::int64_t id, json::object detail)
{
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        identity::audit(
            db,
            {context.actor(), context.now(), context.ids()},
            {.what = what,
             .subject = "secured_registration",
             .subject_id = id,
             .about = {},
             .agency = context.actor().agency,
             .reason = "",
             .detail = detail}
        );
        return Done{};
    });
    if (!done) throw std::logic_error("the audit of a search was refused");
}

/// Searches what was asked; what is wrong with it joins its problems.
std::optional<SearchResult> found(Asked& asked, const web::Context& context)
{
    if (!asked.anything() || !asked.problems.empty()) return std::nullopt;
    auto result = context.use<SecuredRegistry>().search(asked.search);
    if (!result) {
        asked.problems.push_back(result.problem());
        asked.problems.back().field = "/tim";
        return std::nullopt;
    }
    audit(
        context, "secured.search", 0, {{"by", word_of(asked.search.by)}, {"hits", result.value().hits.size()}}
    );
    return std::move(result).value();
}

std::string query_of(const Asked& asked)
{
    std::string out =
        "?theo=" + std::string(word_of(asked.search.by)) + "&tim=" + web::percent_encoded(asked.search.text);
    if (!asked.as_of.empty()) out += "&luc=" + web::percent_encoded(asked.as_of);
    return out;
}

json::array choices(SearchBy chosen, const web::Context& context)
{
    json::array out;
    for (const auto by : {SearchBy::serial, SearchBy::grantor_number, SearchBy::grantor_name})
        out.push_back(json::object{
            {"value", word_of(by)},
            {"text", context.say("justice.secured.by." + std::string(word_of(by)))},
            {"selected", by == chosen}});
    return out;
}

json::object chip(const SearchHit& hit, const web::Context& context)
{
    const auto says = [&](std::string_view kind, std::string_view icon, std::string_view key) {
        return json::object{
            {"kind", kind},
            {"icon", icon},
            {"text", context.say("justice.secured.standing." + std::string(key))}};
    };
    if (!hit.registration.in_force) return says("idle", "x", "deregistered");
    if (hit.near) return says("warn", "alert", "near");
    if (!hit.covers) return says("idle", "x", "released");
    if (hit.registration.enforced) return says("warn", "alert", "enforced");
    return says("ok", "check", "in_force");
}

/// Rows of search_values with what only a page has.
json::array rows_of(const SearchResult& result, const Asked& asked, const web::Context& context)
{
    auto values = search_values(result, false, speech(context));
    auto rows = std::move(values["registrations"].as_array());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        auto& row = rows[i].as_object();
        row["status"] = chip(result.hits[i], context);
        row["href"] = std::string(address) + "/" + printed(result.hits[i].registration.number) +
                      (asked.as_of.empty() ? "" : "?luc=" + web::percent_encoded(asked.as_of));
    }
    return rows;
}

json::object notice_row(const FiledNotice& filed, const web::Context& context)
{
    const auto say = speech(context);
    auto values = notice_values(filed, say);
    json::array pairs;
    const auto add = [&](std::string_view key, const std::string& text) {
        if (!text.empty())
            pairs.push_back(casework::pair_values(context.say("justice.secured." + std::string(key)), text));
    };
    const auto& notice = filed.notice;
    add("grantors", shown_parties(notice.grantors));
    add("secured_parties", shown_parties(notice.secured));
    add("agents", shown_parties(notice.agents));
    add("contract", notice.contract);
    add("collateral", notice.collateral);
    for (const auto& vehicle : notice.vehicles) add("vehicles", shown_vehicle(vehicle, say));
    add("released_title", notice.released);
    for (const auto& vehicle : notice.released_vehicles) add("released_title", shown_vehicle(vehicle, say));
    add("reason", shown_reason(notice.reason, say));
    return {
        {"number", values["number"]},
        {"kind", values["kind"]},
        {"at", values["ranked_at"]},
        {"at_iso", iso(filed.filed_at)},
        {"pairs", std::move(pairs)}};
}

/// What holds after all notices, each part with the notice that brought it.
json::array state_pairs(const Registration& state, const web::Context& context)
{
    const auto say = speech(context);
    json::array pairs;
    const auto add = [&](std::string_view key, const std::string& text) {
        if (!text.empty())
            pairs.push_back(casework::pair_values(context.say("justice.secured." + std::string(key)), text));
    };
    const auto since = [&](const Rank& rank) {
        const json::object words{{"number", printed(rank.number)}, {"at", shown_second(rank.filed_at)}};
        return ". " + context.say("justice.secured.from_notice", words);
    };
    for (const auto& [party, rank] : state.grantors) add("grantors", shown_parties({party}) + since(rank));
    add("secured_parties", shown_parties(state.secured));
    add("agents", shown_parties(state.agents));
    add("contract", state.contract);
    for (const auto& [text, rank] : state.collateral) add("collateral", text + since(rank));
    for (const auto& [vehicle, rank] : state.vehicles)
        add("vehicles", shown_vehicle(vehicle, say) + since(rank));
    for (const auto& text : state.released) add("released_title", text);
    return pairs;
}

}  // namespace

Result<web::Response> show_secured(const web::Request& request, web::Context& context)
{
    auto asked = asked_in(request, context);
    const auto result = found(asked, context);
    json::array rows;
    if (result) rows = rows_of(*result, asked, context);
    const bool none = rows.empty();
    json::value as_of = nullptr;
    if (result)
        as_of = context.say(
            "justice.secured.as_of_shown", json::object{{"at", shown_second(asked.search.as_of)}}
        );
    const casework::Speech say{context.use<text::Catalogue>(), context.language()};
    return web::render_desk(
        context,
        "justice/secured",
        {{"q", asked.search.text},
         {"choices", choices(asked.search.by, context)},
         {"moment", asked.as_of},
         {"as_of", std::move(as_of)},
         {"searched", result.has_value()},
         {"none", result.has_value() && none},
         {"more", result && result->more},
         {"rows", std::move(rows)},
         {"csv_href",
          none ? json::value(nullptr) : json::value(std::string(address) + "/csv" + query_of(asked))},
         {"certificate_href",
          context.may("dossiers.file_at_counter") ? json::value(certificate_page) : json::value(nullptr)},
         {"error_summary", casework::error_summary({}, asked.problems, say)}},
        asked.problems.empty() ? 200 : 422
    );
}

Result<web::Response> send_secured(const web::Request& request, web::Context& context)
{
    auto asked = asked_in(request, context);
    const auto result = found(asked, context);
    if (!asked.problems.empty()) return asked.problems.front();
    csv::Table table(1);
    for (const auto* head :
         {"number", "place", "standing", "ranked_at", "grantors", "secured_parties", "assets", "history"})
        table[0].push_back(context.say("justice.secured." + std::string(head)));
    json::array rows;
    if (result) rows = rows_of(*result, asked, context);
    for (const auto& row : rows) {
        table.emplace_back();
        for (const auto* cell :
             {"number",
              "place",
              "standing",
              "registered_at",
              "grantors",
              "secured",
              "collateral",
              "history_text"})
            table.back().push_back(json::string_or(row, cell));
    }
    web::Response response;
    response.type = "text/csv; charset=utf-8";
    response.body = csv::text_of(table);
    response.header("Content-Disposition", "attachment; filename=\"giao-dich-bao-dam.csv\"");
    return response;
}

Result<web::Response> show_registration(const web::Request& request, web::Context& context)
{
    const Problem nobody{.code = "justice.no_registration", .field = "", .law = ""};
    const auto number = notice_number(request.value("number"));
    if (!number) return nobody;
    const auto typed = request.query.get("luc");
    const auto as_of = typed.empty() ? context.now() : std::min(TRY(typed_moment(typed)), context.now());
    const auto notices = TRY(context.use<SecuredRegistry>().notices(*number, as_of));
    if (notices.empty()) return nobody;
    audit(context, "secured.read", notices.front().number, {{"notices", notices.size()}});
    const auto state = fold(notices);
    SearchHit hit{state};
    hit.covers = true;
    json::array history;
    for (auto one = notices.rbegin(); one != notices.rend(); ++one)
        history.push_back(notice_row(*one, context));
    const auto shown_number = printed(state.number);
    return web::render_desk(
        context,
        "justice/secured_registration",
        {{"title", context.say("justice.secured.chain_title", json::object{{"number", shown_number}})},
         {"as_of", context.say("justice.secured.as_of_shown", json::object{{"at", shown_second(as_of)}})},
         {"status", chip(hit, context)},
         {"pairs", state_pairs(state, context)},
         {"history", std::move(history)}}
    );
}

}  // namespace thien_an::justice
