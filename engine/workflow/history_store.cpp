#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "engine/workflow/engine_store.h"
#include "engine/workflow/model.h"

// History as the database keeps it: the lines of a command in one row (schema/0003_history_packed.sql), labels once a version.
namespace thien_an::workflow {
namespace {

constexpr int base = 36;  ///< Of task ids in packed lines.

struct Short {
    std::string_view code;
    std::string_view what;
};
constexpr std::array<Short, 4> shorts{
    {{"E", "entered"}, {"O", "task_opened"}, {"C", "task_completed"}, {"D", "complete"}}};
constexpr std::string_view usual_outcome = "done";    ///< Of a task without choices: not written.
constexpr std::string_view entered_and_opened = "T";  ///< "entered", then "task_opened" at the same node.
constexpr std::string_view ended_well = "X";          ///< "ended" without an error.

std::string_view code_of(std::string_view what)
{
    for (const auto& one : shorts)
        if (one.what == what) return one.code;
    return what;
}

std::string_view what_of(std::string_view code)
{
    for (const auto& one : shorts)
        if (one.code == code) return one.what;
    return code;
}

void put_text(std::string& out, std::string_view text)
{
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    });
    if (!plain) {
        out += json::text_of(json::value(text));
        return;
    }
    out += '"';
    out += text;
    out += '"';
}

void put_id(std::string& out, std::int64_t id)
{
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id, base).ptr;
    out += ",\"";
    out.append(digits.data(), end);
    out += '"';
}

/// The task of a detail that says nothing beside it but perhaps an outcome.
const json::value* task_alone(std::string_view what, const json::value& detail)
{
    const auto* task = json::member(detail, "task");
    if (task == nullptr || !task->is_int64()) return nullptr;
    const auto& all = detail.as_object();
    const auto* outcome = all.if_contains("outcome");
    const bool completed = outcome != nullptr && outcome->is_string();
    if (completed != (what == "task_completed")) return nullptr;
    return all.size() == (completed ? 2 : 1) && all.begin()->key() == "task" ? task : nullptr;
}

void put_line(std::string& out, const HistoryRow& row, std::string_view code)
{
    out += '[';
    put_text(out, code);
    out += ',';
    put_text(out, row.node);
    if (const auto* task = task_alone(row.what, row.detail)) {
        put_id(out, task->as_int64());
        const auto outcome = json::string_or(row.detail, "outcome", usual_outcome);
        if (outcome != usual_outcome) {
            out += ',';
            put_text(out, outcome);
        }
    } else if (!row.detail.is_object() || !row.detail.as_object().empty()) {
        out += ',';
        out += json::text_of(row.detail);
    }
    out += ']';
}

bool opens_on_entering(const HistoryRow& row, const HistoryRow& next)
{
    const bool bare = row.detail.is_object() && row.detail.as_object().empty();
    return bare && row.what == "entered" && next.what == "task_opened" && next.node == row.node &&
           task_alone(next.what, next.detail) != nullptr;
}

bool ends_well(const HistoryRow& row)
{
    if (row.what != "ended" || !row.node.empty() || !row.detail.is_object()) return false;
    const auto* error = json::member(row.detail, "error");
    return row.detail.as_object().size() == 1 && error != nullptr && error->is_string() &&
           error->as_string().empty();
}

std::string packed(const std::vector<HistoryRow>& list)
{
    std::string out = "[";
    for (std::size_t i = 0; i < list.size(); ++i) {
        if (out.size() > 1) out += ',';
        if (i + 1 < list.size() && opens_on_entering(list[i], list[i + 1])) {
            put_line(out, list[++i], entered_and_opened);
        } else if (ends_well(list[i])) {
            out += "[\"X\"]";
        } else {
            put_line(out, list[i], code_of(list[i].what));
        }
    }
    return out + "]";
}

json::value detail_of(std::string_view what, const json::array& line)
{
    if (line.size() < 3) return json::object{};
    if (!line[2].is_string()) return line[2];
    const std::string_view digits = line[2].as_string();
    std::int64_t task = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), task, base);
    json::object out{{"task", task}};
    if (what == "task_completed") out["outcome"] = line.size() > 3 ? line[3] : json::value(usual_outcome);
    return out;
}

json::value parsed(const std::string& text)
{
    auto value = json::parse(text, {.bytes_max = 64 * 1024 * 1024, .depth_max = 200});
    if (!value) throw storage::StorageError("a line of history is no JSON: " + value.problem().code);
    return std::move(value).value();
}

/// Appends the lines of a packed row; `row` is what they share, its seq that of the last.
void unpack(const HistoryRow& row, std::vector<HistoryRow>& out)
{
    const auto first = out.size();
    const auto line = [&](std::string_view what, std::string_view node, json::value detail) {
        auto& to = out.emplace_back(row);
        to.command = what_of(row.command);
        to.what = what;
        to.node = node;
        to.detail = std::move(detail);
    };
    for (const auto& one : row.detail.as_array()) {
        const auto& packed = one.as_array();
        const std::string_view code = packed[0].as_string();
        if (code == ended_well) {
            line("ended", "", json::object{{"error", ""}});
            continue;
        }
        const std::string_view node = packed[1].as_string();
        if (code == entered_and_opened) line("entered", node, json::object{});
        const auto what = code == entered_and_opened ? "task_opened" : what_of(code);
        line(what, node, detail_of(what, packed));
    }
    auto seq = row.seq - std::int64_t(out.size() - first);
    for (auto at = first; at < out.size(); ++at) out[at].seq = ++seq;
}

using Labels = std::map<std::string, Label>;

Labels labels_of(storage::Reader& db, std::int64_t definition)
{
    Labels out;
    auto rows =
        db.query("SELECT node, vi, en FROM process_label WHERE definition = ?1 LIMIT 10000", definition);
    while (rows.next()) out[rows.text(0)] = {rows.text(1), rows.text(2)};
    return out;
}

/// The version the first line is of: a migration names the one before.
std::int64_t first_definition(storage::Reader& db, InstanceId id, const std::vector<HistoryRow>& lines)
{
    for (const auto& line : lines)
        if (line.what == "migrated") return json::integer_or(line.detail, "from");
    auto rows = db.query("SELECT definition FROM process_instance WHERE id = ?1 LIMIT 1", id);
    return rows.next() ? rows.integer(0) : 0;
}

void label(storage::Reader& db, InstanceId id, std::vector<HistoryRow>& lines)
{
    auto labels = labels_of(db, first_definition(db, id, lines));
    for (auto& line : lines) {
        if (line.what == "migrated") labels = labels_of(db, json::integer_or(line.detail, "to"));
        const auto found = labels.find(line.node);
        if (found == labels.end() || !line.label_vi.empty()) continue;
        line.label_vi = found->second.vi;
        line.label_en = found->second.en;
    }
}

}  // namespace

namespace {

std::optional<std::string> text_kept(storage::Reader& db, std::int64_t id)
{
    auto rows = db.query("SELECT text FROM process_text WHERE id = ?1 LIMIT 1", id);
    return rows.next() ? std::optional(rows.text(0)) : std::nullopt;
}

/// FNV-1a.
std::int64_t number_of(std::string_view text)
{
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

}  // namespace

std::string kept_once(storage::Writer& db, std::string text)
{
    const auto id = number_of(text);
    const auto kept = text_kept(db, id);
    if (kept && *kept != text) return text;
    if (!kept)
        db.execute("INSERT INTO process_text (id, text) VALUES (?1, ?2) ON CONFLICT DO NOTHING", id, text);
    std::array<char, 16> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), id, base).ptr;
    return "~" + std::string(digits.data(), end);
}

std::string whole_text(storage::Reader& db, std::string text)
{
    if (!text.starts_with('~')) return text;
    std::int64_t id = 0;
    const auto end = std::from_chars(text.data() + 1, text.data() + text.size(), id, base).ptr;
    auto kept = text_kept(db, id);
    if (!kept) throw storage::StorageError("a text that rows share is missing: " + text);
    const std::string more(end, text.data() + text.size() - end);
    if (more.empty()) return std::move(*kept);
    kept->pop_back();
    return *kept + "," + more.substr(1);
}

void keep_labels(storage::Writer& db, std::int64_t definition, const Model& model)
{
    if (db.query("SELECT 1 FROM process_label WHERE definition = ?1 LIMIT 1", definition).next()) return;
    for (const auto& node : model.nodes)
        if (!node.label.vi.empty() || !node.label.en.empty())
            db.execute(
                R"sql(
                INSERT INTO process_label (definition, node, vi, en) VALUES (?1, ?2, ?3, ?4)
                    ON CONFLICT DO NOTHING)sql",
                definition,
                node.id,
                node.label.vi,
                node.label.en
            );
}

void append_history(storage::Writer& db, InstanceId id, const std::vector<HistoryRow>& list)
{
    if (list.empty()) return;
    const auto& row = list.front();
    db.execute(
        R"sql(
        INSERT INTO process_history (instance, seq, at, command, what, node, label_vi, label_en, party, post, detail)
        SELECT ?1, coalesce(max(seq), 0) + ?2, ?3, ?4, '', '', '', '', ?5, ?6, ?7
          FROM process_history
         WHERE instance = ?1)sql",
        id,
        std::int64_t(list.size()),
        row.at,
        code_of(row.command),
        row.party,
        row.post,
        packed(list)
    );
}

std::vector<HistoryRow> history(storage::Reader& db, InstanceId id, int limit)
{
    auto rows = db.query(
        R"sql(
        SELECT seq, at, command, what, node, label_vi, label_en, party, post, detail
          FROM process_history
         WHERE instance = ?1
         ORDER BY seq
         LIMIT ?2)sql",
        id,
        limit
    );
    std::vector<HistoryRow> out;
    while (rows.next()) {
        HistoryRow row{
            .seq = rows.integer(0),
            .at = rows.instant(1),
            .command = rows.text(2),
            .what = rows.text(3),
            .node = rows.text(4),
            .label_vi = rows.text(5),
            .label_en = rows.text(6),
            .party = rows.id<identity::PartyId>(7),
            .post = rows.id<PostId>(8),
            .detail = parsed(rows.text(9))};
        if (row.what.empty()) {
            unpack(row, out);
        } else {
            out.push_back(std::move(row));
        }
    }
    label(db, id, out);
    if (std::int64_t(out.size()) > limit) out.resize(std::size_t(limit));
    return out;
}

}  // namespace thien_an::workflow
