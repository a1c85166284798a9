#pragma once

#include "engine/documents/blank_forms.h"
#include "engine/identity/agencies.h"

/// Pre-printed forms on their way between levels: the province receives them, hands them down a level at a time, unused
/// ones come back up. A hand-over has two sides: one sends, the other counts. A form is in one stock or on the way,
/// never both. The SQL is in form_stock_store.cpp.
namespace thien_an::documents {

using HandOverId = Id<struct HandOverTag>;

/// Whether forms may go straight from one agency to the other on `day`: one level down or up, the province to and from
/// whatever stands directly below it, and from an ended agency to who has taken its place.
bool may_hand_over(storage::Reader& db, identity::AgencyId from, identity::AgencyId to, Day day);
/// Agencies forms may go to from `from`, by name.
std::vector<identity::Agency> receivers_of(storage::Reader& db, identity::AgencyId from, Day day);

struct HandOver {
    HandOverId id;
    BlankRange range;
    identity::AgencyId from;
    identity::AgencyId to;
    Instant sent_at;
    identity::PartyId sent_by;
    identity::PostId sent_as;
    std::string minutes;
    std::int64_t arrived = 0;     ///< Counted in by the other side.
    std::int64_t taken_back = 0;  ///< By the sender.
    std::int64_t sent() const { return range.last - range.first + 1; }
    std::int64_t on_the_way() const { return sent() - arrived - taken_back; }
};

/// Sends unused forms of the sender's stock on their way. The caller holds lock_of_blanks(from) and has checked the
/// right. Problems "documents.bad_range", "documents.minutes_missing", "documents.not_next_level",
/// "documents.range_not_in_stock" (not all of it, or some of it used: words count of those that are).
Result<HandOverId> hand_over(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId from,
    identity::AgencyId to,
    const BlankRange& range,
    std::string_view minutes
);
/// The other side counted them: those not `missing` are in its stock, the missing stay on the way as a difference until
/// they are found or taken back. The caller holds lock_of_blanks of both sides. Problems "documents.no_such_hand_over"
/// (also for another agency), "documents.nothing_on_the_way", "documents.count_differs" (words counted, expected),
/// "documents.not_on_the_way", "documents.minutes_missing".
Result<Done> receive_hand_over(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId receiver,
    HandOverId id,
    std::int64_t counted,
    const std::vector<BlankRange>& missing,
    std::string_view minutes
);
/// What is still on the way comes back into the sender's stock: found there, or called back. Problems as
/// receive_hand_over.
Result<Done> take_back(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId sender,
    HandOverId id,
    std::string_view why
);
/// A form of the stock, or a spoiled one, cannot be found. Problems "documents.not_in_stock",
/// "documents.minutes_missing".
Result<Done> lose_blank(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    const Blank& blank,
    std::string_view minutes
);

Result<HandOver> find_hand_over(
    storage::Reader& db, HandOverId id
);  ///< Problem "documents.no_such_hand_over".
/// From or to the agency (0: all), with something still on the way or, when `all`, every one; the latest first.
std::vector<HandOver> hand_overs(
    storage::Reader& db, identity::AgencyId agency, std::string_view kind, bool all, int limit
);
/// Ranges of the hand-over still on the way.
std::vector<BlankRange> on_the_way(storage::Reader& db, HandOverId id);

/// "KS 0000105, KS 0000110-0000112"; nothing when something of it is no serial.
std::optional<std::vector<BlankRange>> parse_ranges(std::string_view kind, std::string_view typed);

/// One thing that happened to one form.
struct BlankStep {
    enum class What { received, sent, arrived, taken_back, issued, spoiled, destroyed, lost };
    What what = What::received;
    Instant at;
    identity::AgencyId agency;  ///< Where it was then.
    identity::AgencyId to;      ///< sent: on the way to.
    identity::PartyId party;
    identity::PostId post;
    std::string words;
};
/// The whole path of a form, from its receipt on.
std::vector<BlankStep> path_of(storage::Reader& db, const Blank& blank);

/// The stock of one agency in figures of its own books and counted from what it holds.
struct AgencyStock {
    identity::AgencyId agency;
    BlankBalance balance;
    std::int64_t counted = 0;     ///< Unused forms in its hands, from ranges held; equals balance.in_stock().
    std::int64_t on_the_way = 0;  ///< Sent by it, not yet arrived.
    double per_week = 0;          ///< Used a week, over the last `weeks_looked_at`.
};
constexpr int weeks_looked_at = 8;
/// Every agency that ever had forms of the kind.
std::vector<AgencyStock> stock_of_all(storage::Reader& db, std::string_view kind, Instant now);

/// Proves that every form received is held once or on the way once, and the books of every agency equal what it holds.
std::vector<Problem> check_stock(storage::Reader& db);

}  // namespace thien_an::documents
