#include "engine/identity/permissions.h"

#include <algorithm>

#include "engine/identity/agencies.h"
#include "engine/identity/permissions_store.h"

namespace thien_an::identity {
namespace {

constexpr std::string_view sealed_permission = "sealed.read";

/// Writes a condition and keeps its values in step with its placeholders.
class Condition {
public:
    Condition(storage::Reader& db, int first, Day today) : db_(db), first_(first), today_(today) {}

    std::string place(std::int64_t value)
    {
        values_.push_back(value);
        return "?" + std::to_string(first_ + int(values_.size()) - 1);
    }
    /// The rows whose `column` the grants reach.
    std::string reached(const std::vector<Grant>& grants, std::string_view column)
    {
        std::string sql;
        for (const auto& grant : grants) {
            if (grant.scope == Scope::all) return "1=1";
            if (!sql.empty()) sql += " OR ";
            sql += std::string(column);
            sql += grant.scope == Scope::agency ? own(grant.agency) : below(grant.agency);
        }
        return sql;
    }
    std::vector<std::int64_t> values() && { return std::move(values_); }

private:
    /// The agency and those whose place it has taken; the plain equality where there are none, for the index.
    std::string own(AgencyId agency)
    {
        const auto ended = ended_before(db_, agency, today_);
        if (ended.empty()) return " = " + place(agency.value);
        std::string sql = " IN (" + place(agency.value);
        for (const auto one : ended) sql += ", " + place(one.value);
        return sql + ")";
    }
    std::string below(AgencyId above)
    {
        const auto top = place(above.value);
        const auto day = place(column(today_));
        const auto in_force = " b.above = " + top + " AND b.valid_from <= " + day +
                              " AND (b.valid_to IS NULL OR b.valid_to > " + day + ")";
        return " IN (SELECT b.below FROM agency_below b WHERE" + in_force +
               " UNION SELECT h.ended FROM agency_heir h JOIN agency_below b ON b.below = h.heir WHERE "
               "h.valid_from <= " +
               day + " AND" + in_force + ")";
    }

    storage::Reader& db_;
    int first_;
    Day today_;
    std::vector<std::int64_t> values_;
};

/// The widest grants first, so that "all" ends the condition before it binds values.
std::vector<Grant> widest_first(std::vector<Grant> found)
{
    std::ranges::stable_sort(found, std::ranges::greater{}, &Grant::scope);
    return found;
}

/// As a citizen: what he owns, sealed or not.
Visibility owned(const Actor& actor, int first, VisibleColumns columns)
{
    if (!actor.party || columns.owner.empty()) return {.sql = "(1=0)", .values = {}};
    return {
        .sql = "(" + std::string(columns.owner) + " = ?" + std::to_string(first) + ")",
        .values = {actor.party.value}};
}

}  // namespace

bool may(storage::Reader& db, const Actor& actor, std::string_view permission, AgencyId agency, Day today)
{
    return std::ranges::any_of(grants(db, actor, permission, today), [&](const Grant& grant) {
        if (grant.scope == Scope::all) return true;
        const auto reaches = [&](AgencyId one) {
            return grant.scope == Scope::agency ? grant.agency == one
                                                : is_below(db, one, grant.agency, today);
        };
        return reaches(agency) || std::ranges::any_of(heirs_of(db, agency, today), reaches);
    });
}

bool may_somewhere(storage::Reader& db, const Actor& actor, std::string_view permission, Day today)
{
    return !grants(db, actor, permission, today).empty();
}

Result<Done> require(
    storage::Reader& db, const Actor& actor, std::string_view permission, AgencyId agency, Day today
)
{
    if (may(db, actor, permission, agency, today)) return Done{};
    return Problem{
        .code = "identity.not_permitted",
        .field = "",
        .law = "",
        .words = {{"permission", std::string(permission)}}};
}

Visibility visible(
    storage::Reader& db,
    const Actor& actor,
    std::string_view permission,
    Day today,
    int first,
    VisibleColumns columns
)
{
    if (!actor.post) return owned(actor, first, columns);
    const auto reach = widest_first(grants(db, actor, permission, today));
    if (reach.empty()) return {.sql = "(1=0)", .values = {}};
    Condition condition(db, first, today);
    auto sql = "((" + condition.reached(reach, columns.agency) + ")";
    if (!columns.sealed.empty()) {
        const auto sealed = widest_first(grants(db, actor, sealed_permission, today));
        sql += " AND (" + std::string(columns.sealed) + " = 0";
        if (!sealed.empty()) sql += " OR " + condition.reached(sealed, columns.agency);
        sql += ")";
    }
    return {.sql = sql + ")", .values = std::move(condition).values()};
}

Result<Done> not_same_as(storage::Reader& db, const Actor& actor, const std::vector<PartyId>& earlier)
{
    if (!actor.party || std::ranges::find(earlier, actor.party) == earlier.end()) return Done{};
    return Problem{
        .code = "identity.same_person", .field = "", .law = "", .words = {{"who", name_of(db, actor.party)}}};
}

}  // namespace thien_an::identity
