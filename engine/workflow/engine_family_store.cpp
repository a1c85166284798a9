#include <algorithm>
#include <array>

#include "engine/workflow/engine_store.h"

// What instances send one another, who called whom, and what is due.
namespace thien_an::workflow {
namespace {

constexpr std::array<std::string_view, 6> mail_names{
    "begin", "cancel", "called_ended", "called_failed", "answer", "fail"};

json::object read_object(const std::string& text)
{
    auto value = json::parse(text, {.bytes_max = 64 * 1024 * 1024, .depth_max = 200});
    if (!value || !value.value().is_object()) throw storage::StorageError("a row holds no JSON object");
    return std::move(value.value().as_object());
}

json::object problem_json(const Problem& problem)
{
    json::object words;
    for (const auto& [name, value] : problem.words) words[name] = value;
    return {{"code", problem.code}, {"words", std::move(words)}};
}

Problem problem_from(const json::value& v)
{
    Problem out{.code = json::string_or(v, "code"), .field = "", .law = ""};
    if (const auto* words = json::member(v, "words"); words != nullptr && words->is_object())
        for (const auto& [name, value] : words->as_object())
            out.words.emplace_back(name, std::string(value.as_string()));
    return out;
}

}  // namespace

std::vector<MessageRow> messages_for(storage::Reader& db, InstanceId instance, Instant before)
{
    auto rows = db.query(
        R"sql(
        SELECT id, name, key, body
          FROM process_message
         WHERE instance = ?1 AND taken = 0 AND kind = 0 AND instance <> 0   -- served by index process_message_for
               AND name NOT LIKE 'signal:%' AND coalesce(keep_until, ?2) <= ?2
         ORDER BY id
         LIMIT 200)sql",
        instance,
        before
    );
    std::vector<MessageRow> out;
    while (rows.next())
        out.push_back(
            {.id = rows.integer(0),
             .sender_id = {},
             .name = rows.text(1),
             .key = rows.text(2),
             .instance = instance,
             .body = read_object(rows.text(3))}
        );
    return out;
}

void send_mail(storage::Writer& db, std::int64_t id, InstanceId to, const Mail& mail, Instant at)
{
    json::object body{{"values", mail.values}};
    if (mail.wait != 0) body["wait"] = mail.wait;
    if (mail.problem) body["problem"] = problem_json(*mail.problem);
    db.execute(
        R"sql(
        INSERT INTO process_message (id, sender_id, name, key, instance, body, at, taken, kind)
        VALUES (?1, NULL, ?2, '', ?3, ?4, ?5, 0, 1))sql",
        id,
        mail_names.at(std::size_t(mail.what)),
        to,
        json::text_of(body),
        at
    );
}

std::optional<std::pair<std::int64_t, Mail>> next_mail(storage::Reader& db, InstanceId to)
{
    auto rows = db.query(
        R"sql(
        SELECT id, name, body
          FROM process_message
         WHERE instance = ?1 AND kind = 1 AND taken = 0    -- served by index process_message_mail
         ORDER BY id
         LIMIT 1)sql",
        to
    );
    if (!rows.next()) return std::nullopt;
    const auto* const name = std::find(mail_names.begin(), mail_names.end(), rows.text(1));
    if (name == mail_names.end()) throw storage::StorageError("mail of no known kind");
    auto body = read_object(rows.text(2));
    Mail out{
        .what = Mail::What(name - mail_names.begin()),
        .wait = json::integer_or(body, "wait"),
        .values = std::move(body.at("values").as_object()),
        .problem = {}};
    if (const auto* problem = body.if_contains("problem")) out.problem = problem_from(*problem);
    return std::pair{rows.integer(0), std::move(out)};
}

std::optional<InstanceId> called_at(storage::Reader& db, InstanceId parent, std::int64_t wait)
{
    auto rows = db.query(
        R"sql(
        SELECT id
          FROM process_instance
         WHERE parent = ?1 AND parent_wait = ?2 AND parent <> 0   -- served by index process_instance_parent
         LIMIT 1)sql",
        parent,
        wait
    );
    if (!rows.next()) return std::nullopt;
    return rows.id<InstanceId>(0);
}

std::vector<Instance> called_by(storage::Reader& db, InstanceId id)
{
    std::vector<InstanceId> ids;
    {
        auto rows = db.query(
            R"sql(
            SELECT id
              FROM process_instance
             WHERE parent = ?1 AND parent <> 0        -- served by index process_instance_parent
             ORDER BY id
             LIMIT 1000)sql",
            id
        );
        while (rows.next()) ids.push_back(rows.id<InstanceId>(0));
    }
    std::vector<Instance> out;
    out.reserve(ids.size());
    for (const auto one : ids) out.push_back(find_row(db, one)->instance);
    return out;
}

Result<std::vector<Message>> Engine::expire(storage::Writer& db, Instant now, int limit)
{
    std::vector<Message> out;
    std::vector<std::int64_t> ids;
    {
        auto rows = db.query(
            R"sql(
            SELECT id, name, key, sender_id, body
              FROM process_message
             WHERE taken = 0 AND keep_until IS NOT NULL AND keep_until <= ?1   -- served by index process_message_kept
                   AND instance = 0
             ORDER BY keep_until
             LIMIT ?2)sql",
            now,
            limit
        );
        while (rows.next()) {
            ids.push_back(rows.integer(0));
            out.push_back(
                {.name = rows.text(1),
                 .key = rows.text(2),
                 .id = rows.text_or_null(3).value_or(""),
                 .variables = read_object(rows.text(4)),
                 .reason = {}}
            );
        }
    }
    for (const auto id : ids) take_message(db, id, InstanceId{-1});
    return out;
}

std::vector<InstanceId> Engine::due(storage::Reader& db, Instant now, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT ready.id
          FROM (SELECT id, next_at AS since
                  FROM process_instance
                 WHERE next_at IS NOT NULL AND next_at <= ?1   -- served by index process_instance_next
                 UNION ALL
                SELECT s.instance AS id, m.at AS since
                  FROM process_message m                       -- served by index process_message_waiting
                  JOIN process_subscription s
                    ON s.name = m.name AND s.key = m.key AND m.instance IN (0, s.instance)
                 WHERE m.taken = 0 AND m.kind = 0
                 UNION ALL
                SELECT instance AS id, at AS since
                  FROM process_message                         -- served by index process_message_mail
                 WHERE kind = 1 AND taken = 0
                 UNION ALL
                SELECT instance AS id, keep_until AS since
                  FROM process_message                         -- served by index process_message_kept
                 WHERE taken = 0 AND keep_until IS NOT NULL AND keep_until <= ?1 AND instance <> 0) AS ready
          JOIN process_instance i ON i.id = ready.id
         WHERE NOT EXISTS (SELECT 1
                             FROM process_hold h         -- served by index process_hold_open
                            WHERE h.ended IS NULL
                              AND (h.kind = 1 AND h.what = i.id
                                   OR h.kind = 2 AND h.what = i.definition
                                   OR h.kind = 3 AND h.what = i.agency))
         GROUP BY ready.id
         ORDER BY min(ready.since), ready.id
         LIMIT ?2)sql",
        now,
        limit
    );
    std::vector<InstanceId> out;
    while (rows.next()) out.push_back(rows.id<InstanceId>(0));
    return out;
}

}  // namespace thien_an::workflow
