#include "engine/identity/import.h"

#include <algorithm>
#include <set>

#include "engine/base/vietnamese.h"
#include "engine/crypto/password.h"
#include "engine/crypto/random.h"
#include "engine/identity/accounts_store.h"
#include "engine/identity/audit.h"
#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"

namespace thien_an::identity {
namespace {

constexpr std::size_t rows_max = 2000;
constexpr std::size_t password_letters = 14;
constexpr std::string_view manage = "people.manage";

/// The heads each column may have, folded; the first is the one errors name.
using Heads = std::array<std::string_view, 3>;
constexpr Heads name_heads{"ho va ten", "full name", "name"};
constexpr Heads agency_heads{"ma co quan", "agency code", "agency"};
constexpr Heads post_heads{"vi tri", "post", "chuc danh"};
constexpr Heads phone_heads{"dien thoai", "phone", "so dien thoai"};
constexpr Heads email_heads{"email", "e mail", "thu dien tu"};
constexpr Heads login_heads{"ten dang nhap", "login", "dang nhap"};
constexpr Heads number_heads{"so dinh danh", "personal number", "cccd"};
constexpr Heads from_heads{"tu ngay", "from", "ngay bat dau"};

std::string cell(const ImportRow& row, const Heads& heads)
{
    for (const auto head : heads)
        if (const auto found = row.cells.find(std::string(head)); found != row.cells.end())
            return found->second;
    return "";
}

/// A row that can be written.
struct Line {
    int line = 0;
    NewParty party;
    std::optional<PartyId> known;  ///< Somebody with this identity number is there already.
    Agency agency;
    PostKind kind;
    Day from;
    std::string login;
    std::string password;  ///< Made for a login by name; who has a phone or e-mail sets his own by code.
    std::string password_hash;
};

/// Reads rows one by one; keeps the first error of each.
class Checker {
public:
    Checker(storage::Reader& db, const crypto::KeyRing& keys, const Actor& actor, Day today)
        : db_(db), keys_(keys), actor_(actor), today_(today), kinds_(post_kinds(db, today))
    {
    }

    std::optional<Line> check(const ImportRow& row, std::vector<RowError>& errors)
    {
        Line line{.line = row.line};
        std::string_view column;
        const auto checked = fill(row, line, column);
        if (checked) return line;
        errors.push_back({row.line, std::string(column), checked.problem()});
        return std::nullopt;
    }

private:
    Result<Done> fill(const ImportRow& row, Line& line, std::string_view& column)
    {
        column = name_heads[0];
        line.party.name = tidy_name(cell(row, name_heads));
        if (line.party.name.empty()) return problem("identity.bad_name");
        column = agency_heads[0];
        const auto agency = agency_by_code(db_, cell(row, agency_heads), today_);
        if (!agency) return problem("identity.import_agency");
        line.agency = agency.value();
        TRY(require(db_, actor_, manage, line.agency.id, today_));
        column = post_heads[0];
        line.kind = TRY(kind_named(cell(row, post_heads), line.agency));
        column = from_heads[0];
        line.from = TRY(day_of_cell(cell(row, from_heads)));
        TRY(fill_contacts(row, line, column));
        return fill_login(row, line, column);
    }
    Result<Done> fill_contacts(const ImportRow& row, Line& line, std::string_view& column)
    {
        auto& details = line.party.details;
        column = phone_heads[0];
        if (const auto typed = cell(row, phone_heads); !typed.empty()) details.phone = TRY(tidy_phone(typed));
        column = email_heads[0];
        if (const auto typed = cell(row, email_heads); !typed.empty()) details.email = TRY(tidy_email(typed));
        column = number_heads[0];
        const auto typed = cell(row, number_heads);
        if (typed.empty()) return Done{};
        details.identity_number = TRY(tidy_identity_number(typed));
        line.known = party_by_identity_number(db_, keys_, details.identity_number);
        return Done{};
    }
    Result<Done> fill_login(const ImportRow& row, Line& line, std::string_view& column)
    {
        column = login_heads[0];
        if (line.known && !accounts_of(db_, *line.known).empty()) return Done{};
        line.login = cell(row, login_heads);
        if (line.login.empty()) line.login = line.party.details.phone;
        if (line.login.empty()) line.login = line.party.details.email;
        const auto login = TRY(login_of(keys_, line.login));
        if (account_of_login(db_, login.index)) return problem("identity.contact_taken");
        const auto [first, fresh] = logins_.emplace(login.text, row.line);
        if (!fresh)
            return Problem{
                .code = "identity.import_twice",
                .field = "",
                .law = "",
                .words = {{"line", std::to_string(first->second)}}};
        if (login.kind == "name") line.password = crypto::random_readable(password_letters);
        return Done{};
    }
    /// By id, or by name in Vietnamese or English, marks not needed.
    Result<PostKind> kind_named(const std::string& typed, const Agency& agency) const
    {
        static constexpr std::array<std::string_view, 4> levels{"", "province", "district", "commune"};
        const auto wanted = folded(typed);
        for (const auto& kind : kinds_) {
            if (typed != kind.id && wanted != folded(kind.name_vi) && wanted != folded(kind.name_en))
                continue;
            const bool fits =
                std::ranges::count(kind.agency_kinds, agency.kind) > 0 &&
                std::ranges::count(kind.agency_levels, levels.at(std::size_t(agency.level))) > 0;
            if (!fits) return problem("identity.post_kind_not_here");
            return kind;
        }
        return problem("identity.no_such_post_kind");
    }
    /// "1/7/2016" or "2016-07-01"; today when empty.
    Result<Day> day_of_cell(const std::string& typed) const
    {
        if (typed.empty()) return today_;
        const auto slash = typed.find('/');
        const auto second = slash == std::string::npos ? slash : typed.find('/', slash + 1);
        if (second == std::string::npos) return parse_day(typed);
        const auto two = [](std::string part) { return part.size() == 1 ? "0" + part : part; };
        return parse_day(
            typed.substr(second + 1) + "-" + two(typed.substr(slash + 1, second - slash - 1)) + "-" +
            two(typed.substr(0, slash))
        );
    }
    static Problem problem(std::string_view code)
    {
        return Problem{.code = std::string(code), .field = "", .law = ""};
    }

    storage::Reader& db_;
    const crypto::KeyRing& keys_;
    const Actor& actor_;
    Day today_;
    std::vector<PostKind> kinds_;
    std::map<std::string, int> logins_;  ///< Of this table, with their lines.
};

/// A vacant post of the kind, else a new one.
Result<PostId> post_for(storage::Writer& db, const Act& act, const Line& line)
{
    for (const auto& post : posts_of_kind(db, line.agency.id, line.kind.id, line.from))
        if (holders(db, post.id, line.from).empty()) return post.id;
    return create_post(
        db,
        act,
        {.agency = line.agency.id, .kind = line.kind.id, .title_vi = "", .title_en = "", .from = line.from}
    );
}

Result<Done> write_line(storage::Writer& db, const Means& means, const Act& act, const Line& line)
{
    const auto party = line.known ? *line.known : TRY(create_party(db, means.keys, act, line.party));
    const auto post = TRY(post_for(db, act, line));
    TRY(appoint(db, act, post, party, line.from));
    if (line.login.empty()) return Done{};
    const auto id = means.ids.next_as<struct AccountTag>();
    insert_account(
        db,
        {.id = id,
         .party = party,
         .password_hash = line.password_hash,
         .must_change = !line.password.empty()},
        means.wall()
    );
    return insert_login(db, id, TRY(login_of(means.keys, line.login)));
}

/// All lines, or the line that cannot be written after all (somebody was quicker).
Result<Done> write_all(const Means& means, const Actor& actor, const std::vector<Line>& lines)
{
    return means.database.write({{"import_people", 1}}, [&](storage::Writer& db) -> Result<Done> {
        const Act act{.actor = actor, .now = means.clock.now(), .ids = means.ids};
        for (const auto& line : lines) TRY(write_line(db, means, act, line));
        AuditNote note{.what = "people.import", .subject = "people", .about = {}, .agency = {}, .reason = ""};
        note.detail = {{"rows", std::int64_t(lines.size())}};
        audit(db, act, note);
        return Done{};
    });
}

std::vector<ImportedPerson> shown_people(const std::vector<Line>& lines, ImportMode mode)
{
    std::vector<ImportedPerson> people;
    for (const auto& line : lines)
        people.push_back(
            {.line = line.line,
             .name = line.party.name,
             .login = line.login,
             .password = mode == ImportMode::confirm ? line.password : "",
             .post = line.kind.name_vi,
             .agency = line.agency.name_vi}
        );
    return people;
}

}  // namespace

Result<ImportReport> import_people(
    const Means& means, const Actor& actor, const std::vector<ImportRow>& rows, ImportMode mode
)
{
    if (rows.size() > rows_max)
        return Problem{
            .code = "identity.import_too_many",
            .field = "",
            .law = "",
            .words = {{"most", std::to_string(rows_max)}}};
    ImportReport report;
    std::vector<Line> lines;
    means.database.read([&](storage::Reader& db) {
        Checker checker(db, means.keys, actor, day_of(means.clock.now()));
        for (const auto& row : rows)
            if (auto line = checker.check(row, report.errors)) lines.push_back(std::move(*line));
    });
    if (mode == ImportMode::confirm && report.errors.empty()) {
        for (auto& line : lines)
            if (!line.password.empty()) line.password_hash = crypto::hash_password(line.password);
        TRY(write_all(means, actor, lines));
        report.done = true;
    }
    report.people = shown_people(lines, mode);
    return report;
}

}  // namespace thien_an::identity
