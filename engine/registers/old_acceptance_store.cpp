#include <algorithm>
#include <map>

#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/registers/entry_rows.h"
#include "engine/registers/old_books.h"
#include "engine/registers/old_quality.h"

namespace thien_an::registers {
namespace {

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

/// One entry of the page as it goes into the register.
struct Outcome {
    std::int64_t line = 0;
    std::int64_t number = 0;
    Day registered_on;
    json::object fields;
    std::string margin;
};

/// The day the register calls the entry's own; what the paper does not say is the first day it can be.
Day registered_on(const Register& reg, const json::object& fields, std::int64_t year)
{
    constexpr std::string_view own_day = "registered_on";
    if (reg.field(own_day) != nullptr)
        if (const auto day = first_day(text_at(fields, own_day))) return *day;
    return Day{std::chrono::year(int(year)) / 1 / 1};
}

Result<Outcome> outcome_of(
    const Register& reg, const PageComparison& all, const Line& line, std::int64_t year
)
{
    Outcome out{.line = line.id, .number = 0, .registered_on = {}, .fields = {}, .margin = {}};
    const auto number = TRY(old_value(reg, number_field, all.outcome(line, number_field)));
    if (!number.is_int64()) return problem("registers.number_missing");
    out.number = number.get_int64();
    out.margin = all.outcome(line, margin_field);
    for (const auto& field : reg.fields)
        if (auto value = TRY(old_value(reg, field.id, all.outcome(line, field.id))); !value.is_null())
            out.fields[field.id] = std::move(value);
    out.registered_on = registered_on(reg, out.fields, year);
    return out;
}

Problem with_number(std::string code, std::int64_t number)
{
    auto found = problem(std::move(code));
    found.words = {{"number", std::to_string(number)}};
    return found;
}

/// By number, each once.
Result<std::map<std::int64_t, Outcome>> outcomes_of(
    storage::Reader& db, const Register& reg, const OldBook& book, const PageComparison& all
)
{
    std::map<std::int64_t, Outcome> entries;
    for (const auto& line : all.lines) {
        if (all.dropped(line)) continue;
        auto one = TRY(outcome_of(reg, all, line, book.about.year));
        const auto number = one.number;
        if (!entries.emplace(number, std::move(one)).second)
            return with_number("registers.number_doubled", number);
        if (entry_numbered(db, reg.id, book.about.agency, book.about.year, number))
            return with_number("registers.number_taken", number);
    }
    return entries;
}

/// "Quyển 1/1998, trang 7": what a margin note of an old book rests on.
std::string grounds_of(const OldBook& book, const OldPage& page)
{
    return book.about.notation + (book.about.notation.empty() ? "" : ", ") +
           std::to_string(book.about.number) + "/" + std::to_string(book.about.year) + ", " +
           std::to_string(page.number);
}

Result<Done> may_accept(storage::Reader& db, const Act& act, const OldBook& book, const PageComparison& all)
{
    TRY(identity::require(db, act.actor, "old_books.accept", book.about.agency, act.today()));
    const auto party = act.actor.party;
    const bool typed = std::any_of(all.typings.begin(), all.typings.end(), [&](const Typing& one) {
        return one.party == party;
    });
    const bool decided = std::any_of(all.decided.begin(), all.decided.end(), [&](const OldDecision& one) {
        return one.party == party;
    });
    if (typed || decided) return problem("registers.second_person");
    return Done{};
}

}  // namespace

Result<std::vector<Numbered>> accept_page(
    storage::Writer& db, const Act& act, const crypto::KeyRing& keys, const Register& reg, OldPageId id
)
{
    const auto page = TRY(find_page(db, act.actor, act.today(), id));
    const auto book = TRY(find_old_book(db, act.actor, act.today(), page.book));
    if (page.accepted_at) return problem("registers.page_accepted");
    const auto all = TRY(compare_page(db, keys, reg, page));
    TRY(may_accept(db, act, book, all));
    if (page.open != 0) {
        auto open = problem("registers.mismatches_open");
        open.words = {{"count", std::to_string(page.open)}};
        return open;
    }
    std::vector<Numbered> entered;
    for (const auto& [number, one] : TRY(outcomes_of(db, reg, book, all))) {
        entered.push_back(enter_from_paper(
            db,
            act,
            keys,
            reg,
            {book.series, book.book, book.about.number, number, page.number, one.registered_on, one.fields}
        ));
        const auto entry = entered.back().id;
        db.execute("INSERT INTO old_entry (entry, page, line) VALUES (?1, ?2, ?3)", entry, id, one.line);
        if (one.margin.empty()) continue;
        NewNote note{entry, std::string(margin_note), grounds_of(book, page), one.margin, {}};
        TRY(add_note(db, act, keys, reg, note));
    }
    keep_figures(db, id, figures_of(reg, all));
    db.execute(
        "UPDATE old_page SET accepted_at = ?2, accepted_party = ?3, accepted_post = ?4 WHERE id = ?1",
        id,
        act.now,
        act.actor.party,
        act.actor.post
    );
    identity::audit(
        db,
        act,
        {.what = "old_book.accept",
         .subject = "old_book",
         .subject_id = book.id.value,
         .about = {},
         .agency = book.about.agency,
         .reason = "",
         .detail = {{"register", reg.id}, {"page", page.number}, {"entries", entered.size()}}}
    );
    return entered;
}

}  // namespace thien_an::registers
