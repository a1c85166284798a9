#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/documents/form_stock.h"

namespace thien_an::documents {
namespace {

using identity::AgencyId;
using storage::Reader;
using storage::Writer;

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

std::int64_t size_of(const BlankRange& range) { return range.last - range.first + 1; }

/// Who holds a range: in its hands, or on the way.
struct Holder {
    AgencyId agency;
    HandOverId hand_over;  ///< 0: in its hands.
};

struct Held {
    std::int64_t id = 0;
    std::int64_t first = 0;
    std::int64_t last = 0;
};
std::vector<Held> held_in(Reader& db, const BlankRange& range, const Holder& holder)
{
    auto rows = db.query(
        R"sql(
        SELECT id, first_serial, last_serial
          FROM blank_holding
         WHERE kind = ?1 AND series = ?2 AND first_serial <= ?4 AND last_serial >= ?3
           AND agency = ?5 AND hand_over = ?6
         ORDER BY first_serial
         LIMIT 100000)sql",
        range.kind,
        range.series,
        range.first,
        range.last,
        holder.agency,
        holder.hand_over
    );
    std::vector<Held> out;
    while (rows.next()) out.push_back({rows.integer(0), rows.integer(1), rows.integer(2)});
    return out;
}

std::int64_t covered(const std::vector<Held>& held, const BlankRange& range)
{
    std::int64_t count = 0;
    for (const auto& one : held)
        count += std::min(one.last, range.last) - std::max(one.first, range.first) + 1;
    return count;
}

void hold(Writer& db, const identity::Act& act, const BlankRange& range, const Holder& holder)
{
    db.execute(
        R"sql(
        INSERT INTO blank_holding (id, kind, series, first_serial, last_serial, agency, hand_over)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7))sql",
        act.ids.next(),
        range.kind,
        range.series,
        range.first,
        range.last,
        holder.agency,
        holder.hand_over
    );
}

/// Takes the range out of the holder's and gives it to another; the caller has seen that all of it is there.
void pass(Writer& db, const identity::Act& act, const BlankRange& range, const Holder& from, const Holder& to)
{
    for (const auto& one : held_in(db, range, from)) {
        db.execute("DELETE FROM blank_holding WHERE id = ?1", one.id);
        if (one.first < range.first)
            hold(db, act, {range.kind, range.series, one.first, range.first - 1}, from);
        if (one.last > range.last) hold(db, act, {range.kind, range.series, range.last + 1, one.last}, from);
    }
    hold(db, act, range, to);
}

std::int64_t used_in(Reader& db, const BlankRange& range)
{
    auto rows = db.query(
        "SELECT count(*) FROM blank_use WHERE kind = ?1 AND series = ?2 AND serial BETWEEN ?3 AND ?4",
        range.kind,
        range.series,
        range.first,
        range.last
    );
    return rows.next() ? rows.integer(0) : 0;
}

void arrive(
    Writer& db,
    const identity::Act& act,
    HandOverId id,
    const BlankRange& range,
    AgencyId agency,
    std::string_view words
)
{
    db.execute(
        R"sql(
        INSERT INTO blank_arrival (id, hand_over, first_serial, last_serial, agency, at, party, post, words)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        act.ids.next(),
        id,
        range.first,
        range.last,
        agency,
        act.now,
        act.actor.party,
        act.actor.post,
        words
    );
}

/// `all` without `missing`, both in order of serials. Problem "documents.not_on_the_way" for a missing one that is
/// not in `all`.
Result<std::vector<BlankRange>> without(
    const std::vector<BlankRange>& all, const std::vector<BlankRange>& missing
)
{
    auto left = all;
    for (const auto& gone : missing) {
        std::vector<BlankRange> next;
        std::int64_t found = 0;
        for (const auto& one : left) {
            const auto first = std::max(one.first, gone.first);
            const auto last = std::min(one.last, gone.last);
            if (one.series != gone.series || first > last) {
                next.push_back(one);
                continue;
            }
            found += last - first + 1;
            if (one.first < first) next.push_back({one.kind, one.series, one.first, first - 1});
            if (one.last > last) next.push_back({one.kind, one.series, last + 1, one.last});
        }
        if (found != size_of(gone)) return problem("documents.not_on_the_way", "/missing");
        left = std::move(next);
    }
    return left;
}

HandOver hand_over_from(const storage::Rows& rows)
{
    return {
        .id = rows.id<HandOverId>(0),
        .range = {rows.text(1), rows.text(2), rows.integer(3), rows.integer(4)},
        .from = rows.id<AgencyId>(5),
        .to = rows.id<AgencyId>(6),
        .sent_at = rows.instant(7),
        .sent_by = rows.id<identity::PartyId>(8),
        .sent_as = rows.id<identity::PostId>(9),
        .minutes = rows.text(10),
        .arrived = rows.integer(11),
        .taken_back = rows.integer(12)};
}

constexpr std::string_view hand_over_columns =
    "h.id, h.kind, h.series, h.first_serial, h.last_serial, h.from_agency, h.to_agency, h.sent_at, "
    "h.sent_party, "
    "h.sent_post, h.minutes, "
    "CAST(coalesce((SELECT sum(a.last_serial - a.first_serial + 1) FROM blank_arrival a "
    "WHERE a.hand_over = h.id AND a.agency = h.to_agency), 0) AS BIGINT), "
    "CAST(coalesce((SELECT sum(a.last_serial - a.first_serial + 1) FROM blank_arrival a "
    "WHERE a.hand_over = h.id AND a.agency = h.from_agency), 0) AS BIGINT)";

/// `lower` stands directly below `upper`: its own parent, or, for an agency of the province, the province itself.
bool directly_below(const identity::Agency& upper, const identity::Agency& lower, Reader& db, Day day)
{
    if (lower.level == upper.level) return false;
    if (lower.parent == upper.id) return true;
    const auto parent = identity::agency_on(db, lower.parent, day);
    return upper.level == identity::UnitLevel::province && parent &&
           parent.value().level == identity::UnitLevel::province;
}

}  // namespace

bool may_hand_over(Reader& db, AgencyId from, AgencyId to, Day day)
{
    if (from == to) return false;
    const auto heirs = identity::heirs_of(db, from, day);
    if (std::find(heirs.begin(), heirs.end(), to) != heirs.end()) return true;
    const auto one = identity::agency_on(db, from, day);
    const auto other = identity::agency_on(db, to, day);
    if (!one || !other) return false;
    return directly_below(one.value(), other.value(), db, day) ||
           directly_below(other.value(), one.value(), db, day);
}

Result<HandOverId> hand_over(
    Writer& db,
    const identity::Act& act,
    AgencyId from,
    AgencyId to,
    const BlankRange& range,
    std::string_view minutes
)
{
    if (range.first < 1 || range.last < range.first || size_of(range) > blank_range_max)
        return problem("documents.bad_range", "/last");
    if (minutes.empty()) return problem("documents.minutes_missing", "/minutes");
    if (!may_hand_over(db, from, to, act.today())) return problem("documents.not_next_level", "/to");
    const auto free = covered(held_in(db, range, {from, {}}), range) - used_in(db, range);
    if (free != size_of(range)) {
        auto refused = problem("documents.range_not_in_stock", "/first");
        refused.words = {{"count", std::to_string(std::max<std::int64_t>(free, 0))}};
        return refused;
    }
    const auto id = act.ids.next_as<HandOverTag>();
    db.execute(
        R"sql(
        INSERT INTO blank_hand_over (id, kind, series, first_serial, last_serial, from_agency, to_agency, sent_at,
                                     sent_party, sent_post, minutes)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11))sql",
        id,
        range.kind,
        range.series,
        range.first,
        range.last,
        from,
        to,
        act.now,
        act.actor.party,
        act.actor.post,
        minutes
    );
    pass(db, act, range, {from, {}}, {from, id});
    return id;
}

Result<Done> receive_hand_over(
    Writer& db,
    const identity::Act& act,
    AgencyId receiver,
    HandOverId id,
    std::int64_t counted,
    const std::vector<BlankRange>& missing,
    std::string_view minutes
)
{
    const auto sent = TRY(find_hand_over(db, id));
    if (sent.to != receiver) return problem("documents.no_such_hand_over");
    if (minutes.empty()) return problem("documents.minutes_missing", "/minutes");
    const auto open = on_the_way(db, id);
    if (open.empty()) return problem("documents.nothing_on_the_way");
    const auto here = TRY(without(open, missing));
    std::int64_t expected = 0;
    for (const auto& range : here) expected += size_of(range);
    if (expected != counted) {
        auto differs = problem("documents.count_differs", "/counted");
        differs.words = {{"counted", std::to_string(counted)}, {"expected", std::to_string(expected)}};
        return differs;
    }
    for (const auto& range : here) {
        pass(db, act, range, {sent.from, id}, {receiver, {}});
        arrive(db, act, id, range, receiver, minutes);
    }
    return Done{};
}

Result<Done> take_back(
    Writer& db, const identity::Act& act, AgencyId sender, HandOverId id, std::string_view why
)
{
    const auto sent = TRY(find_hand_over(db, id));
    if (sent.from != sender) return problem("documents.no_such_hand_over");
    if (why.empty()) return problem("documents.minutes_missing", "/minutes");
    const auto open = on_the_way(db, id);
    if (open.empty()) return problem("documents.nothing_on_the_way");
    for (const auto& range : open) {
        pass(db, act, range, {sender, id}, {sender, {}});
        arrive(db, act, id, range, sender, why);
    }
    return Done{};
}

Result<HandOver> find_hand_over(Reader& db, HandOverId id)
{
    auto rows = db.query_all(
        "SELECT " + std::string(hand_over_columns) + " FROM blank_hand_over h WHERE h.id = ?1",
        std::array{storage::Value{id.value}}
    );
    if (!rows.next()) return problem("documents.no_such_hand_over");
    return hand_over_from(rows);
}

std::vector<HandOver> hand_overs(Reader& db, AgencyId agency, std::string_view kind, bool all, int limit)
{
    const std::string open = all ? ""
                                 : " AND EXISTS (SELECT 1 FROM blank_holding o WHERE o.hand_over = h.id "
                                   "AND o.kind = h.kind)";
    const std::string whose =
        agency ? " AND (h.from_agency = ?2 OR h.to_agency = ?2)" : " AND h.from_agency > ?2";
    auto rows = db.query_all(
        "SELECT " + std::string(hand_over_columns) + " FROM blank_hand_over h WHERE h.kind = ?1" + whose +
            open + " ORDER BY h.sent_at DESC, h.id DESC LIMIT ?3",
        std::array{storage::Value{kind}, storage::Value{agency.value}, storage::Value{std::int64_t(limit)}}
    );
    std::vector<HandOver> out;
    while (rows.next()) out.push_back(hand_over_from(rows));
    return out;
}

std::vector<BlankRange> on_the_way(Reader& db, HandOverId id)
{
    auto rows = db.query(
        R"sql(
        SELECT o.kind, o.series, o.first_serial, o.last_serial
          FROM blank_hand_over h
          JOIN blank_holding o ON o.agency = h.from_agency AND o.kind = h.kind AND o.hand_over = h.id
         WHERE h.id = ?1
         ORDER BY o.first_serial
         LIMIT 10000)sql",
        id
    );
    std::vector<BlankRange> out;
    while (rows.next()) out.push_back({rows.text(0), rows.text(1), rows.integer(2), rows.integer(3)});
    return out;
}

std::optional<std::vector<BlankRange>> parse_ranges(std::string_view kind, std::string_view typed)
{
    std::vector<BlankRange> out;
    for (std::size_t at = 0; at < typed.size();) {
        const auto end = std::min(typed.find_first_of(",;\n", at), typed.size());
        const auto part = typed.substr(at, end - at);
        at = end + 1;
        if (part.find_first_not_of(" \r\t") == std::string_view::npos) continue;
        const auto dash = std::min(part.find('-'), part.size());
        const auto first = parse_blank(kind, part.substr(0, dash));
        if (!first) return std::nullopt;
        auto last = first;
        if (dash < part.size()) last = parse_blank(kind, part.substr(dash + 1));
        if (!last || last->serial < first->serial) return std::nullopt;
        if (!last->series.empty() && last->series != first->series) return std::nullopt;
        out.push_back({first->kind, first->series, first->serial, last->serial});
    }
    return out;
}

}  // namespace thien_an::documents
