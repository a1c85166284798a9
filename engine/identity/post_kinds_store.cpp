#include <map>
#include <set>

#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"
#include "engine/identity/reference_rows.h"

namespace thien_an::identity {
namespace {

std::vector<std::string> split(std::string_view words, char at)
{
    std::vector<std::string> parts;
    while (!words.empty()) {
        const auto end = std::min(words.find(at), words.size());
        if (end > 0) parts.emplace_back(words.substr(0, end));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return parts;
}

/// The texts of an array, joined; "" when it is none.
std::string joined(const json::array* texts, char with)
{
    std::string all;
    if (texts == nullptr) return all;
    for (const auto& text : *texts) {
        if (!text.is_string()) continue;
        if (!all.empty()) all += with;
        all += std::string_view(text.as_string());
    }
    return all;
}

const json::array* texts_of(const json::value& row, std::string_view name, std::string_view language)
{
    const auto* texts = json::member(row, name);
    return texts == nullptr ? nullptr : rows_of(*texts, language);
}

/// Widens what the kind has; a grant never narrows another.
void grant(storage::Writer& db, std::string_view kind, std::string_view permission, Scope scope)
{
    db.execute(
        R"sql(
        INSERT INTO post_kind_grant (kind, permission, scope) VALUES (?1, ?2, ?3)
            ON CONFLICT (kind, permission) DO UPDATE SET scope = excluded.scope
         WHERE excluded.scope > post_kind_grant.scope)sql",
        kind,
        permission,
        scope
    );
}

std::string_view keep_kind(storage::Writer& db, const json::value& row, std::size_t place)
{
    const auto id = json::string_or(row, "id");
    const auto validity = validity_of(row);
    if (id.empty()) return "id";
    if (!validity) return "valid_from";
    if (name_in(row, "name", "vi").empty()) return "name";
    db.execute(
        R"sql(
        INSERT INTO post_kind (id, valid_from, valid_to, place, name_vi, name_en, agency_kinds, agency_levels,
                               signature_lines)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9))sql",
        id,
        validity->from,
        validity->to,
        std::int64_t(place),
        name_in(row, "name", "vi"),
        name_in(row, "name", "en"),
        joined(rows_of(row, "agency_kinds"), ' '),
        joined(rows_of(row, "agency_levels"), ' '),
        joined(texts_of(row, "signature_block", "vi"), '\n')
    );
    for (const auto& permission : split(joined(rows_of(row, "permissions"), ' '), ' '))
        grant(db, id, permission, Scope::agency);
    return "";
}

std::optional<Scope> scope_of(std::string_view name)
{
    static const std::map<std::string_view, Scope> scopes{
        {"agency", Scope::agency}, {"below", Scope::below}, {"all", Scope::all}};
    const auto found = scopes.find(name);
    return found == scopes.end() ? std::nullopt : std::optional(found->second);
}

std::string_view keep_role(storage::Writer& db, const json::value& row)
{
    const auto kind = json::string_or(row, "post_kind");
    if (kind.empty()) return "post_kind";
    db.execute(
        R"sql(INSERT INTO post_kind_rule (kind, second_factor) VALUES (?1, ?2)
              ON CONFLICT (kind) DO UPDATE SET second_factor = excluded.second_factor)sql",
        kind,
        json::bool_or(row, "second_factor")
    );
    const auto* grants = rows_of(row, "grants");
    if (grants == nullptr) return "";
    for (const auto& one : *grants) {
        const auto scope = scope_of(json::string_or(one, "scope", "agency"));
        if (!scope) return "scope";
        const auto permissions = split(joined(rows_of(one, "permissions"), ' '), ' ');
        if (permissions.empty()) return "permissions";
        for (const auto& permission : permissions) grant(db, kind, permission, *scope);
    }
    return "";
}

}  // namespace

std::vector<PostKind> post_kinds(storage::Reader& db, Day day)
{
    std::map<std::string, std::vector<std::string>> granted;
    {
        auto rows =
            db.query("SELECT kind, permission FROM post_kind_grant ORDER BY kind, permission LIMIT 10000");
        while (rows.next()) granted[rows.text(0)].push_back(rows.text(1));
    }
    auto rows = db.query(
        R"sql(
        SELECT k.id, k.name_vi, k.name_en, k.agency_kinds, k.agency_levels, COALESCE(r.second_factor, 0)
          FROM post_kind k LEFT JOIN post_kind_rule r ON r.kind = k.id
         WHERE k.valid_from <= ?1 AND (k.valid_to IS NULL OR k.valid_to > ?1)
         ORDER BY k.place
         LIMIT 500)sql",
        day
    );
    std::vector<PostKind> kinds;
    while (rows.next())
        kinds.push_back(
            {.id = rows.text(0),
             .name_vi = rows.text(1),
             .name_en = rows.text(2),
             .agency_kinds = split(rows.text(3), ' '),
             .agency_levels = split(rows.text(4), ' '),
             .permissions = granted[rows.text(0)],
             .second_factor = rows.integer(5) == 1}
        );
    return kinds;
}

std::vector<std::string> post_kind_ids(storage::Reader& db, Day day)
{
    auto rows = db.query(
        R"sql(
        SELECT id FROM post_kind
         WHERE valid_from <= ?1 AND (valid_to IS NULL OR valid_to > ?1)
         ORDER BY place
         LIMIT 500)sql",
        day
    );
    std::vector<std::string> ids;
    while (rows.next()) ids.push_back(rows.text(0));
    return ids;
}

Result<Done> import_post_kinds(storage::Writer& db, const json::value& posts)
{
    const auto* rows = rows_of(posts, "post_kinds");
    if (rows == nullptr) return bad_row("identity.bad_posts", 0, "post_kinds");
    db.execute("DELETE FROM post_kind");
    db.execute("DELETE FROM post_kind_grant");
    for (std::size_t i = 0; i < rows->size(); ++i)
        if (const auto reason = keep_kind(db, (*rows)[i], i); !reason.empty())
            return bad_row("identity.bad_posts", i + 1, reason);
    return Done{};
}

Result<Done> import_roles(storage::Writer& db, const json::value& roles)
{
    const auto* rows = rows_of(roles, "roles");
    if (rows == nullptr) return bad_row("identity.bad_roles", 0, "roles");
    db.execute("DELETE FROM post_kind_rule");
    for (std::size_t i = 0; i < rows->size(); ++i)
        if (const auto reason = keep_role(db, (*rows)[i]); !reason.empty())
            return bad_row("identity.bad_roles", i + 1, reason);
    return Done{};
}

Result<Done> import_permissions(storage::Writer& db, const json::value& system)
{
    const auto* rows = rows_of(system, "permissions");
    if (rows == nullptr) return Done{};
    const auto name = json::string_or(system, "id");
    db.execute("DELETE FROM permission WHERE system = ?1", name);
    for (std::size_t i = 0; i < rows->size(); ++i) {
        const auto& row = (*rows)[i];
        const auto id = json::string_or(row, "id");
        if (id.empty()) return bad_row("identity.bad_permissions", i + 1, "id");
        db.execute(
            R"sql(INSERT INTO permission (id, system, name_vi, name_en) VALUES (?1, ?2, ?3, ?4)
                  ON CONFLICT (id) DO NOTHING)sql",
            id,
            name,
            name_in(row, "name", "vi"),
            name_in(row, "name", "en")
        );
    }
    return Done{};
}

std::vector<Permission> permissions(storage::Reader& db)
{
    auto rows = db.query("SELECT id, system, name_vi, name_en FROM permission ORDER BY id LIMIT 2000");
    std::vector<Permission> found;
    while (rows.next())
        found.push_back(
            {.id = rows.text(0), .system = rows.text(1), .name_vi = rows.text(2), .name_en = rows.text(3)}
        );
    return found;
}

}  // namespace thien_an::identity
