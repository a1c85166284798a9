#include "systems/civil_status/stock_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/documents/blank_forms.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"

#include "systems/civil_status/old_books_values.h"

namespace thien_an::civil_status {
namespace {

using documents::BlankState;

constexpr int moves_max = 50;
constexpr int on_the_way_max = 100;
constexpr double weeks_left_min = 4;  ///< Below so many weeks of use a stock is low.

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
    Move{"mat", "civil_status.stock.lose", "forms_stock.keep"},
};

std::string_view word_of(BlankState state)
{
    switch (state) {
    case BlankState::in_stock: return "received";
    case BlankState::issued: return "issued";
    case BlankState::spoiled: return "spoiled";
    case BlankState::destroyed: return "destroyed";
    case BlankState::lost: return "lost";
    }
    throw std::logic_error("BlankState outside its enumerators");
}

/// Weeks the stock lasts as it was used lately; nothing when nothing was used.
std::optional<double> weeks_left(const documents::AgencyStock& stock)
{
    if (stock.per_week <= 0) return std::nullopt;
    return double(stock.balance.in_stock()) / stock.per_week;
}

json::object stock_values(
    const std::string& name, const documents::AgencyStock& stock, const web::Context& context
)
{
    const auto& balance = stock.balance;
    const auto weeks = weeks_left(stock);
    json::value low = nullptr;
    if (weeks && *weeks < weeks_left_min)
        low = context.say("civil_status.stock.low", json::object{{"weeks", std::int64_t(*weeks)}});
    return {
        {"form", name},
        {"received", balance.received},
        {"sent", balance.sent},
        {"issued", balance.issued},
        {"spoiled", balance.spoiled},
        {"destroyed", balance.destroyed},
        {"lost", balance.lost},
        {"left", balance.in_stock()},
        {"low", std::move(low)}};
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

json::array actions_of(const std::string& kind, const web::Context& context)
{
    json::array actions;
    if (context.may("forms_stock.keep"))
        actions.push_back(json::object{
            {"href", fmt::format("{}/ban-giao?loai={}", stock_address, kind)},
            {"text", context.say("civil_status.stock.send")}});
    for (const auto& move : moves)
        if (context.may(move.permission))
            actions.push_back(json::object{
                {"href", fmt::format("{}/{}?loai={}", stock_address, move.path, kind)},
                {"text", context.say(move.key)}});
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

json::array kinds_of(const std::string& here, const web::Context& context)
{
    json::array out;
    for (const auto& kind : form_kinds(context))
        out.push_back(json::object{
            {"href", fmt::format("{}?loai={}", stock_address, kind.value)},
            {"text", speech(context).in(kind.label)},
            {"here", kind.value == here}});
    return out;
}

/// Hand-overs with something on the way, from or to the actor's agency.
json::array ways_of(const std::string& kind, const web::Context& context)
{
    json::array out;
    const auto open = context.database().read([&](storage::Reader& db) {
        return documents::hand_overs(db, context.actor().agency, kind, false, on_the_way_max);
    });
    const bool keeps = context.may("forms_stock.keep");
    for (const auto& one : open)
        out.push_back(json::object{
            {"href",
             keeps ? json::value(fmt::format("{}/ban-giao/{}", stock_address, text_of(one.id)))
                   : json::value(nullptr)},
            {"serials", shown_serials(one.range, context)},
            {"from", agency_name_on(one.from, context.today(), context)},
            {"to", agency_name_on(one.to, context.today(), context)},
            {"at", shown(one.sent_at)},
            {"way", one.on_the_way()},
            {"difference", one.arrived > 0}});
    return out;
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
    auto kind = field("kind", "civil_status.stock.form");
    kind.value = form_kind(request.form.has("kind") ? request.form : request.query, "kind", context);
    if (!request.form.has("kind")) kind.value = form_kind(request.query, "loai", context);
    fields.push_back(casework::select_field(kind, form_kinds(context), say));
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
    if (move.path == "mat") return documents::lose_blank(db, act, agency, first, words);
    const documents::BlankRange range{first.kind, first.series, first.serial, last.serial};
    if (first.series != last.series)
        return Problem{.code = "documents.bad_range", .field = "/last", .law = ""};
    return documents::receive_blanks(db, act, agency, range, words);
}

}  // namespace

const std::vector<casework::Choice>& form_kinds(const web::Context& context)
{
    const auto* kinds = office(context).codes.find("preprinted_forms", context.today());
    if (kinds == nullptr || kinds->empty()) throw std::logic_error("no kinds of pre-printed forms");
    return *kinds;
}

std::string form_kind(const web::Fields& fields, std::string_view name, const web::Context& context)
{
    const auto asked = fields.get(name);
    for (const auto& kind : form_kinds(context))
        if (kind.value == asked) return kind.value;
    return form_kinds(context).front().value;
}

std::string kind_name(std::string_view kind, const web::Context& context)
{
    for (const auto& one : form_kinds(context))
        if (one.value == kind) return speech(context).in(one.label);
    return std::string(kind);
}

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

Result<documents::Blank> parse_serial(std::string_view kind, std::string_view typed, std::string_view field)
{
    auto blank = documents::parse_blank(kind, typed);
    if (!blank)
        return Problem{.code = "civil_status.bad_serial", .field = "/" + std::string(field), .law = ""};
    return *std::move(blank);
}

std::vector<documents::AgencyStock> stocks_seen(std::string_view kind, const web::Context& context)
{
    const auto own = context.actor().agency;
    const auto today = context.today();
    return context.database().read([&](storage::Reader& db) {
        auto all = documents::stock_of_all(db, kind, context.now());
        const auto here = identity::agency_on(db, own, today);
        const bool everywhere = here && here.value().level == identity::UnitLevel::province;
        std::erase_if(all, [&](const documents::AgencyStock& stock) {
            if (everywhere || stock.agency == own) return false;
            const auto heirs = identity::heirs_of(db, stock.agency, today);
            const bool mine = std::find(heirs.begin(), heirs.end(), own) != heirs.end();
            return !mine && !identity::is_below(db, stock.agency, own, today);
        });
        return all;
    });
}

Result<web::Response> show_stock(const web::Request& request, web::Context& context)
{
    if (!context.may("forms_stock.use") && !context.may("forms_stock.keep"))
        return Problem{.code = "web.forbidden", .field = "", .law = ""};
    const auto kind = form_kind(request.query, "loai", context);
    const auto agency = context.actor().agency;
    json::array balance;
    json::array rows;
    bool balanced = true;
    for (const auto& stock : stocks_seen(kind, context)) {
        balanced = balanced && stock.counted == stock.balance.in_stock();
        balance.push_back(stock_values(agency_name_on(stock.agency, context.today(), context), stock, context)
        );
    }
    context.database().read([&](storage::Reader& db) {
        for (const auto& move : documents::blank_moves(db, agency, kind, moves_max))
            rows.push_back(move_values(db, move, context));
    });
    auto ways = ways_of(kind, context);
    json::value difference = nullptr;
    if (!balanced) difference = context.say("civil_status.stock.difference");
    const bool none = rows.empty();
    const bool has_ways = !ways.empty();
    const bool has_balance = !balance.empty();
    return web::render_desk(
        context,
        "civil_status/stock",
        {{"kinds", kinds_of(kind, context)},
         {"kind", kind},
         {"has_balance", has_balance},
         {"balance", std::move(balance)},
         {"balanced", balanced && has_balance},
         {"difference", std::move(difference)},
         {"has_ways", has_ways},
         {"ways", std::move(ways)},
         {"none", none},
         {"rows", std::move(rows)},
         {"csv_href", fmt::format("{}/csv?loai={}", stock_address, kind)},
         {"path_to", fmt::format("{}/duong-di", stock_address)},
         {"actions", actions_of(kind, context)}}
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
    const auto kind = form_kind(request.form, "kind", context);
    const auto first = parse_serial(kind, request.form.get("first"), "first");
    const auto last = parse_serial(kind, request.form.get(move->path == "nhan" ? "last" : "first"), "last");
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
    return done_and_back(fmt::format("{}?loai={}", stock_address, kind), "flash.stock_moved");
}

}  // namespace thien_an::civil_status
