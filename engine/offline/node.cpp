#include "engine/offline/node.h"

namespace thien_an::offline {
namespace {

constexpr std::chrono::minutes clock_slack{5};

crypto::ColumnPlace seed_place(LeaseId lease) { return {"offline_node", "seed", lease.value}; }

}  // namespace

casework::Journal::Codes codes_of(std::int64_t epoch)
{
    constexpr std::int64_t each_lease = 10'000;
    return {.series = "code/" + std::to_string(epoch), .from = each_lease * epoch, .given = ""};
}

casework::Journal::Codes NodeJournal::codes() const { return codes_of(lease_.epoch); }

Result<Done> NodeJournal::begins(storage::Writer& db, const identity::Act& act)
{
    TRY(registers::carry_lease(db, lease_.id, act.now));
    const auto node = find_node(db);
    if (!node) throw std::logic_error("a node without its row");
    if (act.now + clock_slack < node->last_at)
        return Problem{
            .code = "offline.clock_went_back",
            .field = "",
            .law = "",
            .words = {{"last", shown(node->last_at)}}};
    return Done{};
}

Result<Done> NodeJournal::ends(
    storage::Writer& db, const identity::Act& act, const casework::JournalEntry& entry
)
{
    Line line;
    line.kind = std::string(entry.kind);
    line.subject = entry.subject;
    line.made = entry.made;
    TRY(write(db, act, std::move(line), {entry.content, entry.entry}));
    registers::lay_down_lease(db, lease_.id);
    return Done{};
}

Result<Done> NodeJournal::write(
    storage::Writer& db, const identity::Act& act, Line line, const Content& content
)
{
    auto node = find_node(db);
    if (!node) throw std::logic_error("a node without its row");
    line.lease = lease_.id;
    line.epoch = lease_.epoch;
    line.sequence = node->last_sequence + 1;
    line.previous = node->last_hash;
    line.at = act.now;
    line.actor = act.actor;
    line.sealed = seal_content(keys_, line.sequence, content);
    const auto signed_line = sign_line(seed_, line);
    node->last_sequence = line.sequence;
    node->last_hash = hash_of(signed_line);
    node->last_at = std::max(node->last_at, act.now);
    keep_line(
        db,
        {.id = act.ids.next_as<OfflineLineTag>(),
         .lease = lease_.id,
         .sequence = line.sequence,
         .line = signed_line,
         .dossier = json::string_or(line.made, "code"),
         .has_entry = !content.entry.empty(),
         .state = LineState::own,
         .problem = {},
         .came_at = act.now}
    );
    move_node(db, *node);
    return Done{};
}

Bytes NodeJournal::sign_file(std::string_view sha256) const
{
    const auto signature = crypto::ed25519_sign(seed_, bytes_of(file_text(lease_.id, sha256)));
    return {signature.begin(), signature.end()};
}

Result<Done> NodeJournal::give_back(storage::Database& database, const identity::Act& act)
{
    return database.write({}, [&](storage::Writer& db) -> Result<Done> {
        if (TRY(registers::find_lease(db, lease_.id)).ended_at) return Done{};
        Line line;
        line.kind = "return";
        TRY(write(db, act, std::move(line), {}));
        return registers::end_lease(db, act, lease_.id, registers::LeaseEnd::returned, "");
    });
}

Node new_node(
    const crypto::KeyRing& keys, const registers::Lease& lease, const crypto::Secret& seed, std::string centre
)
{
    Node node;
    node.lease = lease.id;
    node.seed = keys.seal_column(seed_place(lease.id), text_of(seed.bytes()));
    node.centre = std::move(centre);
    node.last_at = lease.granted_at;
    return node;
}

Result<std::unique_ptr<NodeJournal>> open_journal(storage::Database& database, const crypto::KeyRing& keys)
{
    const auto node = database.read([](storage::Reader& db) { return find_node(db); });
    if (!node) return std::unique_ptr<NodeJournal>();
    auto lease =
        TRY(database.read([&](storage::Reader& db) { return registers::find_lease(db, node->lease); }));
    const auto seed = TRY(keys.open_column(seed_place(node->lease), node->seed));
    return std::make_unique<NodeJournal>(keys, std::move(lease), crypto::Secret(bytes_of(seed)));
}

std::optional<NodeStatus> node_status(storage::Reader& db)
{
    const auto node = find_node(db);
    if (!node) return std::nullopt;
    auto lease = registers::find_lease(db, node->lease);
    if (!lease) throw std::logic_error("a node without its lease");
    return NodeStatus{
        std::move(lease).value(),
        node->last_sequence,
        node->last_sequence - node->came,
        node->conflicts,
        node->heard_at};
}

}  // namespace thien_an::offline
