#include <fmt/format.h>

#include <array>
#include <set>

#include "engine/base/csv.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"

#include "systems/civil_status/old_books_values.h"
#include "systems/civil_status/stock_pages.h"

namespace thien_an::civil_status {
namespace {

using documents::BlankStep;

std::string_view word_of(BlankStep::What what)
{
    switch (what) {
    case BlankStep::What::received: return "received";
    case BlankStep::What::sent: return "sent";
    case BlankStep::What::arrived: return "arrived";
    case BlankStep::What::taken_back: return "taken_back";
    case BlankStep::What::issued: return "issued";
    case BlankStep::What::spoiled: return "spoiled";
    case BlankStep::What::destroyed: return "destroyed";
    case BlankStep::What::lost: return "lost";
    }
    throw std::logic_error("BlankStep::What outside its enumerators");
}

/// Committees of other levels, and whoever else has had forms before: the department they come from.
std::vector<casework::Choice> receivers(const web::Context& context)
{
    std::vector<identity::Agency> all;
    std::set<std::int64_t> with_stock;
    context.database().read([&](storage::Reader& db) {
        all = documents::receivers_of(db, context.actor().agency, context.today());
        for (const auto& kind : form_kinds(context))
            for (const auto& stock : documents::stock_of_all(db, kind.value, context.now()))
                with_stock.insert(stock.agency.value);
    });
    std::vector<casework::Choice> out;
    for (const auto& agency : all)
        if (agency.kind == "peoples_committee" || with_stock.contains(agency.id.value))
            out.push_back({text_of(agency.id), {agency.name_vi, agency.name_en}});
    return out;
}

web::Response draw_send(
    const web::Request& request, std::vector<Problem> problems, const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/first");
    const auto field = [&](const std::string& name, std::string_view label) {
        return casework::PlainField{
            .name = name,
            .label = say.say(label),
            .error = error_at(problems, "/" + name, context),
            .value = request.form.get(name),
            .narrow = name != "minutes"};
    };
    auto kind = field("kind", "civil_status.stock.form");
    kind.value = request.form.has("kind") ? form_kind(request.form, "kind", context)
                                          : form_kind(request.query, "loai", context);
    auto first = field("first", "civil_status.stock.first");
    first.hint = say.say("civil_status.stock.serial_hint");
    return draw_form(
        {.title = say.say("civil_status.stock.send"),
         .subtitle = say.say("civil_status.stock.send_note"),
         .back = std::string(stock_address),
         .back_text = say.say("civil_status.stock.title"),
         .action = fmt::format("{}/ban-giao", stock_address),
         .submit = say.say("civil_status.stock.send"),
         .fields =
             {casework::select_field(kind, form_kinds(context), say),
              casework::select_field(field("to", "civil_status.stock.to"), receivers(context), say),
              casework::text_field(first),
              casework::text_field(field("last", "civil_status.stock.last")),
              casework::text_field(field("minutes", "civil_status.stock.minutes_number"))},
         .problems = problems},
        context
    );
}

/// The hand-over of the address, when the actor's agency is one of its sides.
Result<documents::HandOver> hand_over_of(const web::Request& request, const web::Context& context)
{
    const documents::HandOverId id{TRY(parse_id(request.value("hand_over")))};
    const auto found =
        TRY(context.database().read([&](storage::Reader& db) { return documents::find_hand_over(db, id); }));
    const auto own = context.actor().agency;
    if (found.from != own && found.to != own)
        return Problem{.code = "documents.no_such_hand_over", .field = "", .law = ""};
    return found;
}

json::array hand_over_pairs(const documents::HandOver& it, const web::Context& context)
{
    json::array pairs;
    const auto add = [&](const char* key, std::string value) {
        pairs.push_back(
            casework::pair_values(context.say(std::string("civil_status.stock.") + key), std::move(value))
        );
    };
    add("form", kind_name(it.range.kind, context));
    add("serials", shown_serials(it.range, context));
    add("from", agency_name_on(it.from, context.today(), context));
    add("to", agency_name_on(it.to, context.today(), context));
    add("at", shown(it.sent_at));
    add("who", person_of(it.sent_by, it.sent_as, context));
    add("minutes", it.minutes);
    add("count_sent", std::to_string(it.sent()));
    add("count_arrived", std::to_string(it.arrived));
    std::string open;
    const auto ranges =
        context.database().read([&](storage::Reader& db) { return documents::on_the_way(db, it.id); });
    for (const auto& range : ranges) open += (open.empty() ? "" : "; ") + shown_serials(range, context);
    add("on_the_way", open.empty() ? "0" : fmt::format("{} ({})", it.on_the_way(), open));
    return pairs;
}

/// The receiver counts; the sender may take back what is still on the way.
web::Response draw_hand_over(
    const documents::HandOver& it,
    const web::Request& request,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    const bool receives = it.to == context.actor().agency;
    problems = placed(std::move(problems), "/minutes");
    const auto field = [&](const std::string& name, const char* key) {
        const std::string words = std::string("civil_status.stock.") + key;
        return casework::PlainField{
            .name = name,
            .label = say.say(words),
            .hint = say.words.contains(words + "_hint") ? say.say(words + "_hint") : "",
            .error = error_at(problems, "/" + name, context),
            .value = request.form.get(name),
            .length_max = 1000,
            .narrow = name == "counted"};
    };
    auto missing = field("missing", "missing");
    missing.optional = true;
    json::array fields;
    if (receives) {
        fields.push_back(casework::text_field(field("counted", "counted")));
        fields.push_back(casework::text_field(missing));
    }
    fields.push_back(casework::text_field(field("minutes", receives ? "minutes_number" : "why_back")));
    const auto* title = receives ? "civil_status.stock.receive_from" : "civil_status.stock.take_back";
    return draw_form(
        {.title = say.say(title),
         .back = fmt::format("{}?loai={}", stock_address, it.range.kind),
         .back_text = say.say("civil_status.stock.title"),
         .action = fmt::format("{}/ban-giao/{}", stock_address, text_of(it.id)),
         .submit = say.say(title),
         .fields = std::move(fields),
         .pairs = hand_over_pairs(it, context),
         .problems = problems},
        context
    );
}

Result<Done> settle(
    storage::Writer& db,
    const documents::HandOver& it,
    const web::Request& request,
    const web::Context& context
)
{
    const auto own = context.actor().agency;
    const auto act = act_of(context);
    const auto words = request.form.get("minutes");
    TRY(identity::require(db, context.actor(), "forms_stock.keep", own, context.today()));
    if (it.to != own) return documents::take_back(db, act, own, it.id, words);
    const auto missing = documents::parse_ranges(it.range.kind, request.form.get("missing"));
    if (!missing) return Problem{.code = "civil_status.bad_serial", .field = "/missing", .law = ""};
    return documents::receive_hand_over(
        db, act, own, it.id, number_or(request.form.get("counted"), -1), *missing, words
    );
}

json::array path_rows(const documents::Blank& blank, const web::Context& context)
{
    json::array rows;
    const auto path =
        context.database().read([&](storage::Reader& db) { return documents::path_of(db, blank); });
    for (const auto& step : path) {
        auto where = agency_name_on(step.agency, context.today(), context);
        if (step.to) where += " → " + agency_name_on(step.to, context.today(), context);
        rows.push_back(json::object{
            {"at", shown(step.at)},
            {"at_iso", iso(step.at)},
            {"what", context.say("civil_status.stock.step_" + std::string(word_of(step.what)))},
            {"where", std::move(where)},
            {"who", person_of(step.party, step.post, context)},
            {"words", step.words}});
    }
    return rows;
}

bool sees_stock(const web::Context& context)
{
    return context.may("forms_stock.use") || context.may("forms_stock.keep");
}

}  // namespace

Result<web::Response> show_send_forms(const web::Request& request, web::Context& context)
{
    return draw_send(request, {}, context);
}

Result<web::Response> send_forms(const web::Request& request, web::Context& context)
{
    const auto kind = form_kind(request.form, "kind", context);
    const auto first = parse_serial(kind, request.form.get("first"), "first");
    const auto last = parse_serial(kind, request.form.get("last"), "last");
    std::vector<Problem> problems;
    if (!first) problems.push_back(first.problem());
    if (!last) problems.push_back(last.problem());
    if (first && last && first.value().series != last.value().series)
        problems.push_back({.code = "documents.bad_range", .field = "/last", .law = ""});
    if (request.form.get("minutes").empty())
        problems.push_back({.code = "documents.minutes_missing", .field = "/minutes", .law = ""});
    if (!problems.empty()) return draw_send(request, std::move(problems), context);
    const auto own = context.actor().agency;
    const documents::BlankRange range{kind, first.value().series, first.value().serial, last.value().serial};
    const auto done = context.database().write(
        {documents::lock_of_blanks(own)},
        [&](storage::Writer& db) -> Result<documents::HandOverId> {
            TRY(identity::require(db, context.actor(), "forms_stock.keep", own, context.today()));
            return documents::hand_over(
                db,
                act_of(context),
                own,
                {number_or(request.form.get("to"), 0)},
                range,
                request.form.get("minutes")
            );
        }
    );
    if (!done) return draw_send(request, {done.problem()}, context);
    return done_and_back(fmt::format("{}?loai={}", stock_address, kind), "flash.forms_sent");
}

Result<web::Response> show_hand_over(const web::Request& request, web::Context& context)
{
    return draw_hand_over(TRY(hand_over_of(request, context)), request, {}, context);
}

Result<web::Response> settle_hand_over(const web::Request& request, web::Context& context)
{
    const auto it = TRY(hand_over_of(request, context));
    const storage::Locks locks{documents::lock_of_blanks(it.from), documents::lock_of_blanks(it.to)};
    const auto done = context.database().write(locks, [&](storage::Writer& db) {
        return settle(db, it, request, context);
    });
    if (!done) return draw_hand_over(it, request, {done.problem()}, context);
    return done_and_back(fmt::format("{}?loai={}", stock_address, it.range.kind), "flash.stock_moved");
}

Result<web::Response> show_form_path(const web::Request& request, web::Context& context)
{
    if (!sees_stock(context)) return Problem{.code = "web.forbidden", .field = "", .law = ""};
    const auto kind = form_kind(request.query, "loai", context);
    const auto typed = request.query.get("so");
    const auto blank = documents::parse_blank(kind, typed);
    json::array rows;
    if (blank) rows = path_rows(*blank, context);
    std::string said;
    if (!typed.empty() && !blank)
        said = context.sentence({.code = "civil_status.bad_serial", .field = "/so", .law = ""});
    else if (!typed.empty() && rows.empty())
        said = context.say("civil_status.stock.no_path");
    json::array kinds;
    for (const auto& one : form_kinds(context))
        kinds.push_back(json::object{
            {"value", one.value}, {"text", speech(context).in(one.label)}, {"selected", one.value == kind}});
    const bool has = !rows.empty();
    return web::render_desk(
        context,
        "civil_status/stock_path",
        {{"kinds", std::move(kinds)},
         {"typed", typed},
         {"serial", blank ? documents::text_of(*blank) : ""},
         {"said", text_or_null(said)},
         {"has_rows", has},
         {"rows", std::move(rows)}}
    );
}

Result<web::Response> send_stock(const web::Request& request, web::Context& context)
{
    if (!sees_stock(context)) return Problem{.code = "web.forbidden", .field = "", .law = ""};
    const auto kind = form_kind(request.query, "loai", context);
    csv::Table table{{}};
    for (const auto* key :
         {"agency",
          "received",
          "sent",
          "on_the_way",
          "issued",
          "spoiled",
          "destroyed",
          "lost",
          "left",
          "counted_now"})
        table[0].push_back(context.say(std::string("civil_status.stock.") + key));
    for (const auto& one : stocks_seen(kind, context)) {
        csv::Row row{agency_name_on(one.agency, context.today(), context)};
        for (const auto figure :
             {one.balance.received,
              one.balance.sent,
              one.on_the_way,
              one.balance.issued,
              one.balance.spoiled,
              one.balance.destroyed,
              one.balance.lost,
              one.balance.in_stock(),
              one.counted})
            row.push_back(std::to_string(figure));
        table.push_back(std::move(row));
    }
    web::Response response;
    response.type = "text/csv; charset=utf-8";
    response.body = csv::text_of(table);
    response.header("Content-Disposition", "attachment; filename=\"phoi.csv\"");
    return response;
}

}  // namespace thien_an::civil_status
