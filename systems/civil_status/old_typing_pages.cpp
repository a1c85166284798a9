#include "systems/civil_status/old_typing_pages.h"

#include <fmt/format.h>

#include "engine/casework/packs.h"

#include "systems/civil_status/old_books_values.h"

namespace thien_an::civil_status {
namespace {

using registers::Register;
using registers::TypedEntry;
using registers::Typing;

constexpr std::int64_t places_max = 200;

/// The actor's own typing of the page, begun when it was not.
Result<Typing> begin(const PaperPage& page, const web::Context& context)
{
    return context.database().write({registers::lock_of(page.page.id)}, [&](storage::Writer& db) {
        return registers::begin_typing(db, act_of(context), page.page.id);
    });
}

/// The actor's own typing, or one that begins with the first entry saved: looking takes nobody's place.
Result<Typing> looked_at(const PaperPage& page, const web::Context& context)
{
    auto mine = context.database().read([&](storage::Reader& db) {
        return registers::own_typing(db, context.actor(), page.page.id);
    });
    if (mine) return mine;
    if (page.page.begun == 2) return Problem{.code = "registers.two_type_already", .field = "", .law = ""};
    return Typing{
        .id = {},
        .page = page.page.id,
        .slot = 0,
        .party = context.actor().party,
        .post = {},
        .finished_at = {}};
}

std::vector<TypedEntry> typed(const Typing& typing, const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return registers::typed_of(db, office(context).keys, typing.id);
    });
}

TypedEntry entry_of(const Register& reg, const web::Request& request, const web::Context& context)
{
    TypedEntry entry{number_or(request.form.get("place"), 1), {}};
    for (const auto& field : registers::compared_fields(reg))
        if (const auto text = request.form.get(input_name(field)); !text.empty())
            entry.fields[field] = kept_text(reg, field, text, context);
    return entry;
}

/// Words a code field offers while it is typed.
json::value suggestions(const registers::RegisterField* field, const web::Context& context)
{
    if (field == nullptr || field->type != registers::FieldType::code) return nullptr;
    const auto* choices = office(context).codes.find(field->codes, context.today());
    constexpr std::size_t offered_max = 80;
    if (choices == nullptr || choices->size() > offered_max) return nullptr;
    json::array items;
    for (const auto& choice : *choices) items.emplace_back(choice.label.in("vi"));
    return json::object{{"items", std::move(items)}};
}

json::value options(
    const Register& reg,
    const registers::RegisterField* field,
    const std::string& kept,
    const web::Context& context
)
{
    if (field == nullptr || field->type != registers::FieldType::choice) return nullptr;
    json::array items{json::object{{"value", ""}, {"text", ""}, {"selected", kept.empty()}}};
    for (const auto& choice : field->choices)
        items.push_back(json::object{
            {"value", choice},
            {"text", shown_text(reg, field->id, choice, context)},
            {"selected", choice == kept}});
    return json::object{{"items", std::move(items)}};
}

std::string hint_of(std::string_view id, const registers::RegisterField* field, const web::Context& context)
{
    if (id == registers::number_field) return context.say("civil_status.old_books.number_hint");
    if (field != nullptr && field->type == registers::FieldType::day)
        return context.say("civil_status.old_books.day_hint");
    return "";
}

json::array fields_of(
    const Register& reg,
    const TypedEntry& entry,
    const std::optional<TypedEntry>& before,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    json::array out;
    for (const auto& id : registers::compared_fields(reg)) {
        const auto* field = reg.field(id);
        const auto kept = registers::text_at(entry.fields, id);
        const auto earlier = before ? registers::text_at(before->fields, id) : "";
        auto choices = options(reg, field, kept, context);
        const bool chosen = !choices.is_null();
        const bool number = id == registers::number_field ||
                            (field != nullptr && field->type == registers::FieldType::integer);
        out.push_back(json::object{
            {"id", input_name(id)},
            {"name", input_name(id)},
            {"label", old_field_title(reg, id, context)},
            {"hint", text_or_null(hint_of(id, field, context))},
            {"value", shown_text(reg, id, kept, context)},
            {"mode", number ? "numeric" : "text"},
            {"before", chosen ? earlier : shown_text(reg, id, earlier, context)},
            {"has_before", !earlier.empty() && id != registers::number_field},
            {"error", text_or_null(error_at(problems, "/" + id, context))},
            {"is_input", !chosen},
            {"choices", std::move(choices)},
            {"suggestions", suggestions(field, context)}});
    }
    return out;
}

json::array entries_of(
    const PaperPage& page, const std::vector<TypedEntry>& all, std::int64_t here, const web::Context& context
)
{
    json::array out;
    std::int64_t last = 0;
    const auto add = [&](std::int64_t place, const std::string& text) {
        out.push_back(json::object{
            {"href", fmt::format("{}?muc={}", page.address("nhap"), place)},
            {"text", text},
            {"here", place == here}});
    };
    for (const auto& one : all) {
        const auto number = registers::text_at(one.fields, registers::number_field);
        const auto name = registers::text_at(one.fields, page.in.reg->shown_name);
        add(one.place, (number.empty() ? "-" : number) + (name.empty() ? "" : ": " + name));
        last = std::max(last, one.place);
    }
    add(last + 1, context.say("civil_status.old_books.another"));
    return out;
}

web::Response draw_typing(
    const PaperPage& page,
    const Typing& typing,
    const TypedEntry& entry,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto& reg = *page.in.reg;
    const auto before = context.database().read([&](storage::Reader& db) {
        return registers::typed_before(db, office(context).keys, typing, entry.place);
    });
    const auto all = typed(typing, context);
    json::value error = nullptr;
    if (!problems.empty()) error = context.sentence(problems.front());
    return web::render_desk(
        context,
        "civil_status/old_typing",
        {{"back", json::object{{"href", page.in.address()}, {"text", page.in.title}}},
         {"title",
          context.say(
              "civil_status.old_books.page_of",
              json::object{{"page", page.page.number}, {"pages", page.in.book.about.pages}}
          )},
         {"picture", picture_of(page, context)},
         {"action", page.address("nhap")},
         {"save_to", page.address("luu")},
         {"place", entry.place},
         {"entry_title", context.say("civil_status.old_books.entry", json::object{{"place", entry.place}})},
         {"finished", typing.finished_at.has_value()},
         {"error", std::move(error)},
         {"entries", entries_of(page, all, entry.place, context)},
         {"nothing", all.empty()},
         {"fields", fields_of(reg, entry, before, problems, context)}},
        problems.empty() ? 200 : 422
    );
}

/// The entry at ?muc=, empty when it is not typed yet; without ?muc= the first one or a new one.
TypedEntry entry_at(const std::vector<TypedEntry>& all, const std::string& typed_place)
{
    const auto first = all.empty() ? std::int64_t(1) : all.front().place;
    const auto place = std::clamp<std::int64_t>(number_or(typed_place, first), 1, places_max);
    for (const auto& one : all)
        if (one.place == place) return one;
    return {place, {}};
}

Result<Done> save(const PaperPage& page, const TypedEntry& entry, const web::Context& context)
{
    return context.database().write({registers::lock_of(page.page.id)}, [&](storage::Writer& db) {
        return registers::save_typed(
            db, act_of(context), office(context).keys, *page.in.reg, page.page.id, entry
        );
    });
}

/// Ends the page; where something is wrong, at the entry that has it.
Result<web::Response> finish(
    const PaperPage& page, const Typing& typing, bool empty, const web::Context& context
)
{
    const auto all = typed(typing, context);
    if (const auto faults = registers::typed_faults(*page.in.reg, all); !faults.empty()) {
        std::vector<Problem> problems;
        for (const auto& fault : faults)
            if (fault.place == faults.front().place) problems.push_back(fault.problem);
        const auto entry = entry_at(all, std::to_string(faults.front().place));
        return draw_typing(page, typing, entry, std::move(problems), context);
    }
    const auto done = context.database().write({registers::lock_of(page.page.id)}, [&](storage::Writer& db) {
        return registers::finish_typing(
            db, act_of(context), office(context).keys, *page.in.reg, page.page.id, empty
        );
    });
    if (!done) return draw_typing(page, typing, entry_at(all, ""), {done.problem()}, context);
    return done_and_back(std::string(old_books_address), "flash.page_typed");
}

}  // namespace

Result<web::Response> show_typing(const web::Request& request, web::Context& context)
{
    const auto page = TRY(paper_page_of(request, context));
    const auto typing = TRY(looked_at(page, context));
    if (typing.finished_at) return web::see_other(page.address());
    return draw_typing(page, typing, entry_at(typed(typing, context), request.query.get("muc")), {}, context);
}

Result<web::Response> take_typing(const web::Request& request, web::Context& context)
{
    const auto page = TRY(paper_page_of(request, context));
    const auto entry = entry_of(*page.in.reg, request, context);
    const auto begun = begin(page, context);
    if (!begun)
        return draw_typing(
            page,
            {.id = {},
             .page = page.page.id,
             .slot = 0,
             .party = context.actor().party,
             .post = {},
             .finished_at = {}},
            entry,
            {begun.problem()},
            context
        );
    const auto& typing = begun.value();
    const auto saved = save(page, entry, context);
    if (!saved) return draw_typing(page, typing, entry, {saved.problem()}, context);
    const auto go = request.form.get("go");
    if (go == "finish") return finish(page, typing, request.form.has("empty"), context);
    const auto place = go == "next" && !entry.fields.empty() ? entry.place + 1 : entry.place;
    return web::see_other(fmt::format("{}?muc={}", page.address("nhap"), place));
}

Result<web::Response> save_typing_quietly(const web::Request& request, web::Context& context)
{
    const auto page = TRY(paper_page_of(request, context));
    TRY(begin(page, context));
    TRY(save(page, entry_of(*page.in.reg, request, context), context));
    return web::no_content();
}

}  // namespace thien_an::civil_status
