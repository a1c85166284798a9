#include "systems/one_stop/register_api.h"

#include <charconv>

#include "engine/casework/packs.h"
#include "engine/identity/audit.h"
#include "engine/registers/entries.h"

#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

using RegisterInForce = std::shared_ptr<const registers::Register>;

Result<RegisterInForce> register_of(const web::Request& request, const web::Context& context)
{
    auto found = office(context).packs.reg(request.value("register"));
    if (!found) return Problem{.code = "registers.no_such_register", .field = "", .law = ""};
    return found;
}

identity::Act act_of(const web::Context& context)
{
    return {.actor = context.actor(), .now = context.now(), .ids = context.ids()};
}

Result<registers::EntryQuery> query_of(const web::Request& request)
{
    const auto listing = TRY(web::listing_of(request));
    registers::EntryQuery query;
    query.words = request.query.get("q");
    query.cursor = listing.cursor;
    query.limit = listing.limit;
    if (const auto* year = request.query.find("year")) {
        const auto [end, error] = std::from_chars(year->data(), year->data() + year->size(), query.year);
        if (error != std::errc{} || end != year->data() + year->size())
            return Problem{.code = "web.bad_query", .field = "/year", .law = "", .words = {{"name", "year"}}};
    }
    return query;
}

Result<web::Response> read(
    const web::Request& request,
    const web::Context& context,
    registers::Reveal reveal,
    const std::string& reason
)
{
    const auto reg = TRY(register_of(request, context));
    const registers::EntryId id{TRY(parse_id(request.value("entry")))};
    const auto entry = TRY(context.database().write({}, [&](storage::Writer& db) {
        return registers::read_entry(db, act_of(context), office(context).keys, *reg, id, reveal, reason);
    }));
    EntryShown shown{
        .id = text_of(entry.id),
        .number = entry.printed,
        .book = entry.book,
        .page = entry.page,
        .registered_on = entry.registered_on,
        .in_force = entry.in_force,
        .fields = entry.fields,
        .notes = {}};
    for (const auto& note : entry.notes)
        shown.notes.push_back({note.kind, note.noted_on, note.decision, note.content, note.fields});
    return web::json_answer(web::encode(shown));
}

}  // namespace

Result<web::Response> list_entries(const web::Request& request, web::Context& context)
{
    const auto reg = TRY(register_of(request, context));
    const auto query = TRY(query_of(request));
    EntryList answer;
    TRY(context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        const auto list = registers::search_entries(db, context.actor(), context.today(), *reg, query);
        answer = {};
        for (const auto& row : list.rows)
            answer.items.push_back({text_of(row.id), row.printed, row.in_force, row.fields});
        if (!list.next.empty()) answer.next = list.next;
        identity::audit(
            db,
            act_of(context),
            {.what = "register.list",
             .subject = "register",
             .about = {},
             .agency = {},
             .reason = "",
             .detail = {{"register", reg->id}, {"rows", list.rows.size()}}}
        );
        return Done{};
    }));
    return web::json_answer(web::encode(answer));
}

Result<web::Response> send_entry(const web::Request& request, web::Context& context)
{
    return read(request, context, registers::Reveal::masked, "");
}

Result<web::Response> reveal_entry(const web::Request& request, web::Context& context)
{
    const auto asked = TRY(web::decode<RevealAsked>(request.json));
    return read(request, context, registers::Reveal::clear, asked.reason);
}

}  // namespace thien_an::one_stop
