#include "systems/civil_status/stock_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/documents/blank_forms.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"

#include "systems/civil_status/desk.h"

namespace thien_an::civil_status {
namespace {

using documents::BlankState;

constexpr std::string_view certificate_form = "birth_certificate_form";
constexpr int moves_max = 50;
constexpr std::string_view stock_address = "/ban-lam-viec/phoi";

/// A movement one may record, by the last part of its address and the key of its words.
struct Move {
    std::string_view path;
    std::string_view key;
    std::string_view permission;
};
constexpr std::array moves{
    Move{"nhan", "civil_status.stock.receive", "forms_stock.keep"},
    Move{"hong", "civil_status.stock.spoil", "forms_stock.use"},
    Move{"huy", "civil_status.stock.destroy", "forms_stock.keep"},
};

std::string shown_serials(const documents::BlankRange& range, const web::Context& context)
{
    const auto one = [&](std::int64_t serial) {
        return documents::text_of({range.kind, range.series, serial});
    };
    if (range.first == range.last) return one(range.first);
    return context.say(
        "civil_status.stock.range", json::object{{"first", one(range.first)}, {"last", one(range.last)}}
    );
}

std::string_view word_of(BlankState state)
{
    switch (state) {
    case BlankState::in_stock: return "received";
    case BlankState::issued: return "issued";
    case BlankState::spoiled: return "spoiled";
    case BlankState::destroyed: return "destroyed";
    }
    throw std::logic_error("BlankState outside its enumerators");
}

/// Problem "civil_status.bad_serial".
Result<documents::Blank> parse_serial(std::string_view typed, std::string_view field)
{
    auto blank = documents::parse_blank(certificate_form, typed);
    if (!blank)
        return Problem{.code = "civil_status.bad_serial", .field = "/" + std::string(field), .law = ""};
    return *std::move(blank);
}

json::object balance_values(const documents::BlankBalance& balance, const web::Context& context)
{
    return {
        {"form", context.say("civil_status.stock.kind." + std::string(certificate_form))},
        {"received", balance.received},
        {"issued", balance.issued},
        {"spoiled", balance.spoiled},
        {"destroyed", balance.destroyed},
        {"left", balance.in_stock()}};
}

json::object move_values(storage::Reader& db, const documents::BlankMove& move, const web::Context& context)
{
    return {
        {"at", shown(move.at)},
        {"at_iso", iso(move.at)},
        {"what", context.say("civil_status.stock." + std::string(word_of(move.to)))},
        {"serials", shown_serials(move.range, context)},
        {"who", identity::shown_as(db, move.party, move.post)},
        {"minutes", text_or_null(move.words)},
        {"href", nullptr}};
}

json::array actions_of(const web::Context& context)
{
    json::array actions;
    for (const auto& move : moves)
        if (context.may(move.permission))
            actions.push_back(json::object{
                {"href", fmt::format("{}/{}", stock_address, move.path)}, {"text", context.say(move.key)}});
    if (context.may("registers.enter"))
        actions.push_back(json::object{
            {"href", fmt::format("{}/may-in", stock_address)},
            {"text", context.say("civil_status.printers.title")}});
    return actions;
}

Result<const Move*> move_of(const web::Request& request, const web::Context& context)
{
    const auto found = std::find_if(moves.begin(), moves.end(), [&](const Move& one) {
        return one.path == request.value("act");
    });
    if (found == moves.end()) return Problem{.code = "web.no_such_page", .field = "", .law = ""};
    if (!context.may(found->permission)) return Problem{.code = "web.forbidden", .field = "", .law = ""};
    return &*found;
}

web::Response draw_move(
    const Move& move, const web::Request& request, std::vector<Problem> problems, const web::Context& context
)
{
    const auto say = speech(context);
    const bool range = move.path == "nhan";
    problems = placed(std::move(problems), "/first");
    const auto field = [&](const std::string& name, std::string_view label) {
        return casework::PlainField{
            .name = name,
            .label = say.say(label),
            .error = error_at(problems, "/" + name, context),
            .value = request.form.get(name),
            .narrow = name != "words"};
    };
    json::array fields;
    auto first = field("first", range ? "civil_status.stock.first" : "civil_status.stock.serial");
    first.hint = say.say("civil_status.stock.serial_hint");
    fields.push_back(casework::text_field(first));
    if (range) fields.push_back(casework::text_field(field("last", "civil_status.stock.last")));
    const bool spoils = move.path == "hong";
    fields.push_back(casework::text_field(
        field("words", spoils ? "civil_status.stock.reason" : "civil_status.stock.minutes_number")
    ));
    return draw_form(
        {.title = say.say(move.key),
         .subtitle = say.say("civil_status.stock.kind." + std::string(certificate_form)),
         .back = std::string(stock_address),
         .back_text = say.say("civil_status.stock.title"),
         .action = fmt::format("{}/{}", stock_address, move.path),
         .submit = say.say(move.key),
         .fields = std::move(fields),
         .problems = problems},
        context
    );
}

Result<Done> record(
    storage::Writer& db,
    const Move& move,
    const documents::Blank& first,
    const documents::Blank& last,
    const web::Request& request,
    const web::Context& context
)
{
    const auto agency = context.actor().agency;
    const auto act = act_of(context);
    const auto words = request.form.get("words");
    TRY(identity::require(db, context.actor(), move.permission, agency, context.today()));
    if (move.path == "hong") return documents::spoil_blank(db, act, agency, first, words);
    if (move.path == "huy") return documents::destroy_blank(db, act, agency, first, words);
    const documents::BlankRange range{first.kind, first.series, first.serial, last.serial};
    if (first.series != last.series)
        return Problem{.code = "documents.bad_range", .field = "/last", .law = ""};
    return documents::receive_blanks(db, act, agency, range, words);
}

}  // namespace

Result<web::Response> show_stock(const web::Request&, web::Context& context)
{
    if (!context.may("forms_stock.use") && !context.may("forms_stock.keep"))
        return Problem{.code = "web.forbidden", .field = "", .law = ""};
    const auto agency = context.actor().agency;
    json::array balance;
    json::array rows;
    bool balanced = false;
    context.database().read([&](storage::Reader& db) {
        const auto counted = documents::balance_of(db, agency, certificate_form);
        balanced = counted.in_stock() >= 0;
        balance.push_back(balance_values(counted, context));
        for (const auto& move : documents::blank_moves(db, agency, certificate_form, moves_max))
            rows.push_back(move_values(db, move, context));
    });
    json::value difference = nullptr;
    if (!balanced) difference = context.say("civil_status.stock.difference");
    const bool none = rows.empty();
    return web::render_desk(
        context,
        "civil_status/stock",
        {{"balance", std::move(balance)},
         {"balanced", balanced},
         {"difference", std::move(difference)},
         {"none", none},
         {"rows", std::move(rows)},
         {"actions", actions_of(context)}}
    );
}

Result<web::Response> show_stock_form(const web::Request& request, web::Context& context)
{
    const auto* move = TRY(move_of(request, context));
    return draw_move(*move, request, {}, context);
}

Result<web::Response> move_stock(const web::Request& request, web::Context& context)
{
    const auto* move = TRY(move_of(request, context));
    const auto first = parse_serial(request.form.get("first"), "first");
    const auto last = parse_serial(request.form.get(move->path == "nhan" ? "last" : "first"), "last");
    std::vector<Problem> problems;
    if (!first) problems.push_back(first.problem());
    if (first && !last) problems.push_back(last.problem());
    if (request.form.get("words").empty())
        problems.push_back({.code = "civil_status.stock_words_missing", .field = "/words", .law = ""});
    if (!problems.empty()) return draw_move(*move, request, std::move(problems), context);
    const storage::Locks locks{documents::lock_of_blanks(context.actor().agency)};
    const auto done = context.database().write(locks, [&](storage::Writer& db) {
        return record(db, *move, first.value(), last.value(), request, context);
    });
    if (!done) return draw_move(*move, request, {done.problem()}, context);
    return done_and_back(std::string(stock_address), "flash.stock_moved");
}

}  // namespace thien_an::civil_status
