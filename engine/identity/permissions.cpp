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
    Condition(int first, Day today) : first_(first), today_(today) {}

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
            sql += grant.scope == Scope::agency ? " = " + place(grant.agency.value) : below(grant.agency);
        }
        return sql;
    }
    std::vector<std::int64_t> values() && { return std::move(values_); }

private:
    std::string below(AgencyId above)
    {
        const auto top = place(above.value);
        const auto day = place(column(today_));
        return " IN (SELECT below FROM agency_below WHERE above = " + top + " AND valid_from <= " + day +
               " AND (valid_to IS NULL OR valid_to > " + day + "))";
    }

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
        switch (grant.scope) {
        case Scope::agency: return grant.agency == agency;
        case Scope::below: return is_below(db, agency, grant.agency, today);
        case Scope::all: return true;
        }
        throw std::logic_error("Scope outside its enumerators");
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
    Condition condition(first, today);
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
    auto rows = db.query("SELECT name FROM party WHERE id = ?1", actor.party);
    const auto who = rows.next() ? rows.text(0) : std::string();
    return Problem{.code = "identity.same_person", .field = "", .law = "", .words = {{"who", who}}};
}

}  // namespace thien_an::identity
