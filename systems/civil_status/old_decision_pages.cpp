#include <fmt/format.h>

#include "engine/casework/packs.h"

#include "systems/civil_status/old_books_values.h"
#include "systems/civil_status/old_typing_pages.h"

namespace thien_an::civil_status {
namespace {

using registers::Line;
using registers::PageComparison;
using registers::Register;

/// "Số 15: Võ Văn Bảy"
std::string line_title(
    const Register& reg, const PageComparison& all, const Line& line, const web::Context& context
)
{
    return context.say(
        "civil_status.old_books.line",
        json::object{
            {"number", all.outcome(line, registers::number_field)},
            {"name", shown_text(reg, reg.shown_name, all.outcome(line, reg.shown_name), context)}}
    );
}

const Line& line_at(const PageComparison& all, std::int64_t id)
{
    for (const auto& line : all.lines)
        if (line.id == id) return line;
    throw std::logic_error("a mismatch without its line");
}

json::array mismatch_rows(
    const PaperPage& page, const PageComparison& all, bool may, const web::Context& context
)
{
    const auto& reg = *page.in.reg;
    json::array rows;
    for (const auto& one : all.found) {
        const auto* decided = all.decision(one.line, one.field);
        json::value by = nullptr;
        if (decided != nullptr) by = person_of(decided->party, decided->post, context);
        const bool tone = one.likeness == registers::Likeness::tone;
        const bool entry = one.field == registers::there_field;
        const auto shown_one = [&](const std::string& text) {
            const auto words = shown_text(reg, one.field, text, context);
            return words.empty() ? context.say("civil_status.old_books.blank") : words;
        };
        rows.push_back(json::object{
            {"id", fmt::format("c-{}-{}", one.line, input_name(one.field))},
            {"line", one.line},
            {"field", one.field},
            {"title", line_title(reg, all, line_at(all, one.line), context)},
            {"label", old_field_title(reg, one.field, context)},
            {"first", one.first},
            {"first_shown", shown_one(one.first)},
            {"second", one.second},
            {"second_shown", shown_one(one.second)},
            {"tone", tone},
            {"open", decided == nullptr && !tone},
            {"decided", decided == nullptr ? json::value(nullptr) : json::value(shown_one(decided->value))},
            {"by", std::move(by)},
            {"may", may},
            {"other", may && !entry}});
    }
    return rows;
}

json::array outcome_rows(const Register& reg, const PageComparison& all, const web::Context& context)
{
    json::array rows;
    const auto fields = registers::compared_fields(reg);
    for (const auto& line : all.lines) {
        json::array pairs;
        for (const auto& field : fields) {
            auto text = shown_text(reg, field, all.outcome(line, field), context);
            if (text.empty()) continue;
            pairs.push_back(casework::pair_values(
                old_field_title(reg, field, context), std::move(text), field == reg.shown_name
            ));
        }
        rows.push_back(json::object{
            {"title", line_title(reg, all, line, context)},
            {"dropped", all.dropped(line)},
            {"pairs", std::move(pairs)}});
    }
    return rows;
}

/// Any field of any line, for what both typed alike and wrong.
json::object mending(const PaperPage& page, const PageComparison& all, const web::Context& context)
{
    const auto& reg = *page.in.reg;
    json::array lines;
    json::array fields;
    for (const auto& line : all.lines)
        lines.push_back(json::object{{"value", line.id}, {"text", line_title(reg, all, line, context)}});
    for (const auto& field : registers::compared_fields(reg))
        fields.push_back(json::object{{"value", field}, {"text", old_field_title(reg, field, context)}});
    return {{"lines", std::move(lines)}, {"fields", std::move(fields)}};
}

std::string state_sentence(const PaperPage& page, const web::Context& context)
{
    const auto& at = page.page;
    const auto say = [&](const char* key, const json::object& words = {}) {
        return context.say(std::string("civil_status.old_books.page_") + key, words);
    };
    if (at.accepted_at)
        return say(
            "accepted",
            {{"who", person_of(at.accepted_by, at.accepted_as, context)}, {"at", shown(*at.accepted_at)}}
        );
    if (!at.compared()) return say("typing", {{"begun", at.begun}, {"finished", at.finished}});
    if (at.open > 0) return say("open", {{"count", at.open}});
    return say("to_accept");
}

Result<web::Response> draw_page(
    const PaperPage& page, const std::vector<Problem>& problems, const web::Context& context
)
{
    json::object values{
        {"back", json::object{{"href", page.in.address()}, {"text", page.in.title}}},
        {"title",
         context.say(
             "civil_status.old_books.page_of",
             json::object{{"page", page.page.number}, {"pages", page.in.book.about.pages}}
         )},
        {"state", state_sentence(page, context)},
        {"picture", picture_of(page, context)},
        {"error", problems.empty() ? "" : context.sentence(problems.front())},
        {"has_mismatches", false},
        {"mismatches", json::array{}},
        {"lines", json::array{}},
        {"decide_to", page.address("quyet")},
        {"mend", nullptr},
        {"type_href", nullptr},
        {"accept_to", nullptr}};
    const bool open = !page.page.accepted_at;
    if (open && page.page.finished < 2 && context.may("old_books.type"))
        values["type_href"] = page.address("nhap");
    // What one has typed is nobody's to see before the other is through.
    if (page.page.compared()) {
        const auto all = TRY(context.database().read([&](storage::Reader& db) {
            return registers::compare_page(db, office(context).keys, *page.in.reg, page.page);
        }));
        const bool may = open && context.may("old_books.decide");
        auto rows = mismatch_rows(page, all, may, context);
        values["has_mismatches"] = !rows.empty();
        values["mismatches"] = std::move(rows);
        values["lines"] = outcome_rows(*page.in.reg, all, context);
        if (may && !all.lines.empty()) values["mend"] = mending(page, all, context);
        if (page.page.to_accept() && context.may("old_books.accept"))
            values["accept_to"] = page.address("duyet");
    }
    return web::render_desk(
        context, "civil_status/old_page", std::move(values), problems.empty() ? 200 : 422
    );
}

}  // namespace

Result<web::Response> show_old_page(const web::Request& request, web::Context& context)
{
    return draw_page(TRY(paper_page_of(request, context)), {}, context);
}

Result<web::Response> decide_old_field(const web::Request& request, web::Context& context)
{
    const auto page = TRY(paper_page_of(request, context));
    const auto& reg = *page.in.reg;
    const auto field = request.form.get("field");
    // One of the two as it is kept, or something else as people type it.
    const auto pick = request.form.get("pick");
    const auto value = pick.empty() ? kept_text(reg, field, request.form.get("value"), context)
                                    : request.form.get(pick == "first" ? "first" : "second");
    const auto done = context.database().write({registers::lock_of(page.page.id)}, [&](storage::Writer& db) {
        return registers::decide_field(
            db,
            act_of(context),
            office(context).keys,
            reg,
            page.page.id,
            number_or(request.form.get("line"), 0),
            field,
            value
        );
    });
    if (!done) return draw_page(page, {done.problem()}, context);
    return done_and_back(page.address(), "flash.field_decided");
}

Result<web::Response> accept_old_page(const web::Request& request, web::Context& context)
{
    const auto page = TRY(paper_page_of(request, context));
    const storage::Locks locks{registers::lock_of(page.page.id), registers::lock_of(page.in.book.series)};
    const auto done = context.database().write(locks, [&](storage::Writer& db) {
        return registers::accept_page(db, act_of(context), office(context).keys, *page.in.reg, page.page.id);
    });
    if (!done) return draw_page(page, {done.problem()}, context);
    return done_and_back(page.address(), "flash.page_accepted");
}

}  // namespace thien_an::civil_status
