#include <algorithm>

#include "engine/crypto/hash.h"

#include "systems/justice/secured_register.h"

namespace thien_an::justice {
namespace {

constexpr int notices_of_one_max = 1000;
constexpr int notices_found_max = 5000;
constexpr std::int64_t the_register = 1;

Problem problem(std::string code, std::string field = "")
{
    return {.code = std::move(code), .field = std::move(field), .law = ""};
}

/// Columns number, registration, filed_at, content.
FiledNotice notice_of_row(const storage::Rows& row)
{
    const auto content = json::parse(row.text(3));
    auto notice = content ? notice_from(content.value()) : Result<Notice>(content.problem());
    if (!notice) throw std::runtime_error("a notice of the register cannot be read");
    return {row.integer(0), row.integer(1), row.instant(2), std::move(notice).value()};
}

struct Last {
    std::int64_t number = 0;
    Instant filed_at{};
    Bytes hash = {};
};

Last last_of(storage::Reader& db)
{
    auto rows = db.query("SELECT number, filed_at, hash FROM secured_last WHERE id = ?1", the_register);
    if (!rows.next()) return {};
    return {rows.integer(0), rows.instant(1), rows.bytes(2)};
}

/// What the chain says of a notice: the hash before it and all its columns.
Bytes link(
    const Bytes& before,
    const FiledNotice& filed,
    std::string_view key,
    std::string_view content,
    const Bytes& pin
)
{
    const json::object all{
        {"before", hex(before)},
        {"number", filed.number},
        {"registration", filed.registration},
        {"kind", std::int64_t(filed.notice.kind)},
        {"filed_at", column(filed.filed_at)},
        {"key", key},
        {"content", content},
        {"pin", hex(pin)}};
    const auto hash = crypto::sha256(json::canonical(all));
    return {hash.begin(), hash.end()};
}

/// The code that holds: that of the last notice which set one.
Bytes pin_of(storage::Reader& db, std::int64_t registration)
{
    auto rows = db.query(
        R"sql(
        SELECT pin FROM secured_notice
         WHERE registration = ?1 AND length(pin) > 0      -- served by index secured_notice_registration
         ORDER BY number DESC LIMIT 1)sql",
        registration
    );
    return rows.next() ? rows.bytes(0) : Bytes{};
}

Bytes hashed_pin(const crypto::KeyRing& keys, std::int64_t registration, std::string_view pin)
{
    return keys.blind_index("secured_notice", "pin", std::to_string(registration) + ":" + std::string(pin));
}

bool is_pin(std::string_view pin)
{
    constexpr std::size_t least = 6;
    constexpr std::size_t most = 12;
    return pin.size() >= least && pin.size() <= most &&
           std::all_of(pin.begin(), pin.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Whoever files must be a party, and for a later notice the secured party or its agent with the code.
Result<Done> check_filer(
    storage::Reader& db, const crypto::KeyRing& keys, const Filing& filing, const Registration* before
)
{
    const bool registrar = filing.filer == Filer::registrar;
    if (registrar != (filing.notice.kind == NoticeKind::correction))
        return problem("justice.not_the_registrar");
    if (registrar) return Done{};
    if (before == nullptr) {
        const auto is_he = [&](const SecuredParty& one) { return one.number == filing.by; };
        const auto& notice = filing.notice;
        if (std::none_of(notice.grantors.begin(), notice.grantors.end(), is_he) &&
            std::none_of(notice.secured.begin(), notice.secured.end(), is_he) &&
            std::none_of(notice.agents.begin(), notice.agents.end(), is_he))
            return problem("justice.wrong_party", "/acts_for");
        if (!is_pin(filing.pin)) return problem("justice.bad_pin", "/pin");
        return Done{};
    }
    if (!may_file(*before, filing.by)) return problem("justice.wrong_party", "/registration/by");
    if (hashed_pin(keys, before->number, filing.pin) != pin_of(db, before->number))
        return problem("justice.wrong_pin", "/registration/pin");
    if (!filing.notice.secured.empty() && !is_pin(filing.new_pin))
        return problem("justice.bad_pin", "/change/new_pin");
    return Done{};
}

void insert_notice(
    storage::Writer& db, const FiledNotice& filed, const Filing& filing, const Last& last, const Bytes& pin
)
{
    const auto content = json::canonical(json_of(filing.notice));
    const auto hash = link(last.hash, filed, filing.key, content, pin);
    db.execute(
        R"sql(
        INSERT INTO secured_notice (number, registration, kind, filed_at, key, content, pin, hash)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8))sql",
        filed.number,
        filed.registration,
        filed.notice.kind,
        filed.filed_at,
        filing.key,
        content,
        pin,
        hash
    );
    for (const auto& [by, word] : look_ups(filed.notice))
        db.execute(
            "INSERT INTO secured_index (by_what, word, registration, notice) VALUES (?1, ?2, ?3, ?4)",
            by,
            word,
            filed.registration,
            filed.number
        );
    db.execute(
        R"sql(
        INSERT INTO secured_last (id, number, filed_at, hash) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (id) DO UPDATE SET number = ?2, filed_at = ?3, hash = ?4)sql",
        the_register,
        filed.number,
        filed.filed_at,
        hash
    );
}

/// Served by the primary key of secured_index and by index secured_notice_registration.
constexpr std::string_view search_sql = R"sql(
    SELECT n.number, n.registration, n.filed_at, n.content
      FROM (SELECT DISTINCT i.registration
              FROM secured_index AS i JOIN secured_notice AS brought ON brought.number = i.notice
             WHERE i.by_what = ?1 AND i.word = ?2 AND brought.filed_at <= ?3
             ORDER BY i.registration LIMIT ?4) AS hit
      JOIN secured_notice AS n ON n.registration = hit.registration
     WHERE n.filed_at <= ?3
     ORDER BY n.registration, n.number LIMIT ?5)sql";

/// One fault of the check of the register.
Problem broken(std::string_view what, std::int64_t number)
{
    return {
        .code = "justice.register_broken",
        .field = "",
        .law = "",
        .words = {{"what", std::string(what)}, {"number", printed(number)}}};
}

/// A notice with what only the check looks at.
struct Kept {
    FiledNotice filed;
    std::string key;
    std::string content;
    Bytes pin;
    Bytes hash;
};

std::vector<Kept> kept_after(storage::Reader& db, std::int64_t number)
{
    constexpr int batch = 1000;
    std::vector<Kept> out;
    auto rows = db.query(
        R"sql(
        SELECT number, registration, filed_at, content, key, pin, hash
          FROM secured_notice WHERE number > ?1 ORDER BY number LIMIT ?2)sql",
        number,
        batch
    );
    while (rows.next())
        out.push_back({notice_of_row(rows), rows.text(4), rows.text(3), rows.bytes(5), rows.bytes(6)});
    return out;
}

std::set<std::pair<SearchBy, std::string>> look_ups_kept(storage::Reader& db, const FiledNotice& filed)
{
    std::set<std::pair<SearchBy, std::string>> out;
    for (const auto& [by, word] : look_ups(filed.notice)) {
        auto rows = db.query(
            R"sql(
            SELECT 1 FROM secured_index
             WHERE by_what = ?1 AND word = ?2 AND registration = ?3 AND notice = ?4)sql",
            by,
            word,
            filed.registration,
            filed.number
        );
        if (rows.next()) out.emplace(by, word);
    }
    return out;
}

}  // namespace

storage::Lock lock_of_secured_register() { return {"secured_register", the_register}; }

std::optional<FiledNotice> filed_with_key(storage::Reader& db, std::string_view key)
{
    auto rows = db.query(
        R"sql(
        SELECT number, registration, filed_at, content FROM secured_notice
         WHERE key = ?1 LIMIT 1)sql",  // Served by the constraint secured_notice_key_once.
        key
    );
    if (!rows.next()) return std::nullopt;
    return notice_of_row(rows);
}

std::vector<FiledNotice> notices_of(storage::Reader& db, std::int64_t number, Instant as_of)
{
    std::vector<FiledNotice> out;
    auto rows = db.query(
        R"sql(
        SELECT n.number, n.registration, n.filed_at, n.content
          FROM secured_notice AS n
         WHERE n.registration = (SELECT registration FROM secured_notice WHERE number = ?1)
           AND n.filed_at <= ?2                             -- served by index secured_notice_registration
         ORDER BY n.number LIMIT ?3)sql",
        number,
        as_of,
        notices_of_one_max
    );
    while (rows.next()) out.push_back(notice_of_row(rows));
    return out;
}

Result<FiledNotice> file_notice(
    storage::Writer& db, const crypto::KeyRing& keys, const Filing& filing, Instant now
)
{
    if (const auto earlier = filed_with_key(db, filing.key)) {
        if (earlier->notice != filing.notice) return problem("justice.key_used");
        return *earlier;
    }
    const bool registers = filing.notice.kind == NoticeKind::registration;
    std::optional<Registration> before;
    const auto last = last_of(db);
    if (!registers) {
        const auto notices = notices_of(db, filing.notice.registration, std::max(now, last.filed_at));
        // Later notices name the registration, not one another.
        if (notices.empty() || notices.front().number != filing.notice.registration)
            return problem("justice.no_registration", "/registration/number");
        before = fold(notices);
    }
    const auto* standing = before ? &*before : nullptr;
    TRY(check_filer(db, keys, filing, standing));
    TRY(may_follow(standing, filing.notice));
    FiledNotice filed{last.number + 1, filing.notice.registration, {}, filing.notice};
    if (registers) filed.registration = filed.number;
    // Ranked to the second; a clock that goes back does not put a notice before an earlier one.
    filed.filed_at = std::max(Instant{std::chrono::floor<std::chrono::seconds>(now)}, last.filed_at);
    const auto& code = registers ? filing.pin : filing.new_pin;
    const bool new_code = registers || !filing.notice.secured.empty();
    const auto pin =
        new_code && filing.filer == Filer::party ? hashed_pin(keys, filed.registration, code) : Bytes{};
    insert_notice(db, filed, filing, last, pin);
    return filed;
}

Result<SearchResult> search_register(storage::Reader& db, const Search& search)
{
    const auto word = look_up(search);
    if (word.empty()) return problem("justice.nothing_to_search", "/search/text");
    std::vector<FiledNotice> found;
    auto rows = db.query(
        search_sql, search.by, word, search.as_of, std::int64_t(hits_max) + 1, std::int64_t(notices_found_max)
    );
    std::set<std::int64_t> registrations;
    while (rows.next()) {
        found.push_back(notice_of_row(rows));
        registrations.insert(found.back().registration);
    }
    const bool more =
        registrations.size() > std::size_t(hits_max) || found.size() == std::size_t(notices_found_max);
    if (more) {
        // The last one may be cut: what is listed is whole.
        const auto cut = *registrations.rbegin();
        std::erase_if(found, [&](const FiledNotice& one) { return one.registration == cut; });
    }
    auto result = arranged(search, std::move(found));
    result.more = more;
    return result;
}

std::string plan_of_search(storage::Reader& db, const Search& search)
{
    const bool sqlite = db.engine() == storage::Engine::sqlite;
    const auto sql = (sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + std::string(search_sql);
    std::string plan;
    const auto word = look_up(search);
    auto rows =
        db.query(sql, search.by, word, search.as_of, std::int64_t(hits_max), std::int64_t(notices_found_max));
    while (rows.next()) plan += rows.text(sqlite ? 3 : 0) + "\n";
    return plan;
}

RegisterSize size_of_register(storage::Reader& db)
{
    const auto last = last_of(db);
    if (last.number == 0) return {};
    return {last.number, last.filed_at};
}

std::vector<Problem> check_secured_register(storage::Reader& db)
{
    std::vector<Problem> faults;
    Last before;
    for (auto batch = kept_after(db, 0); !batch.empty(); batch = kept_after(db, before.number))
        for (const auto& kept : batch) {
            const auto& filed = kept.filed;
            if (filed.number != before.number + 1) faults.push_back(broken("number", filed.number));
            if (filed.filed_at < before.filed_at) faults.push_back(broken("moment", filed.number));
            if (link(before.hash, filed, kept.key, kept.content, kept.pin) != kept.hash)
                faults.push_back(broken("hash", filed.number));
            if (look_ups_kept(db, filed) != look_ups(filed.notice))
                faults.push_back(broken("look-up", filed.number));
            auto earlier = notices_of(db, filed.registration, filed.filed_at);
            std::erase_if(earlier, [&](const FiledNotice& one) { return one.number >= filed.number; });
            const auto state = earlier.empty() ? std::nullopt : std::optional(fold(earlier));
            if (!may_follow(state ? &*state : nullptr, filed.notice))
                faults.push_back(broken("order", filed.number));
            before = {filed.number, filed.filed_at, kept.hash};
        }
    const auto last = last_of(db);
    if (last.number != before.number || last.hash != before.hash)
        faults.push_back(broken("end", before.number));
    return faults;
}

}  // namespace thien_an::justice
