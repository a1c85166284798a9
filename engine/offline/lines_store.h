#pragma once

#include <optional>
#include <vector>

#include "engine/offline/line.h"
#include "engine/storage/database.h"
#include "engine/storage/files.h"

/// Lines in the database, at a node and at the centre. The only SQL about the tables of this room is in lines_store.cpp.
namespace thien_an::offline {

using LineId = Id<struct OfflineLineTag>;

enum class LineState { own, came, done, conflict, accepted, refused };
std::string_view name_of(LineState state);

struct KeptLine {
    LineId id;
    LeaseId lease;
    std::int64_t sequence = 0;
    SignedLine line;
    std::string dossier;  ///< Code; "" none.
    bool has_entry = false;
    LineState state = LineState::own;
    std::optional<Problem> problem;  ///< Why it is a conflict.
    Instant came_at;
    std::optional<Instant> settled_at;
    identity::PartyId party;  ///< Who decided.
    identity::PostId post;
    std::string reason;
};

void keep_line(storage::Writer& db, const KeptLine& line);
/// From `from` to the end, at most `limit`, in their order.
std::vector<KeptLine> lines_from(storage::Reader& db, LeaseId lease, std::int64_t from, int limit);
/// All of this sequence: more than one are those of clones.
std::vector<KeptLine> lines_at(storage::Reader& db, LeaseId lease, std::int64_t sequence);
/// Problem "offline.no_such_line".
Result<KeptLine> find_line(storage::Reader& db, LineId id);
/// The first that came and is not settled.
std::optional<KeptLine> first_line(storage::Reader& db, LeaseId lease, LineState state);
/// In order of sequence.
std::vector<KeptLine> lines_in_state(storage::Reader& db, LeaseId lease, LineState state, int limit);
/// Whether a conflict that holds up the rest comes before `sequence`: a number of a book hangs on it.
bool is_held_up(storage::Reader& db, LeaseId lease, std::int64_t sequence);

/// False when it is no longer in state `before`.
bool settle_line(storage::Writer& db, LineId id, LineState before, LineState after, Instant now);
bool settle_as_conflict(storage::Writer& db, LineId id, LineState before, const Problem& why, Instant now);
/// Lines from `from` on that came and are not settled become conflicts.
void stop_lines(storage::Writer& db, LeaseId lease, std::int64_t from, const Problem& why, Instant now);
/// A person's decision about a conflict; false when it is none any more.
bool decide_line(
    storage::Writer& db, LineId id, LineState after, const identity::Act& act, std::string_view reason
);
/// Back to those that came, to be tried again.
bool reopen_line(storage::Writer& db, LineId id);

struct LineCounts {
    std::int64_t came = 0;     ///< The highest sequence without a gap before it.
    std::int64_t settled = 0;  ///< Done, accepted or refused.
    std::int64_t waiting = 0;
    std::int64_t conflicts = 0;
    std::optional<Instant> heard_at;
};
LineCounts count_lines(storage::Reader& db, LeaseId lease);

void keep_file(storage::Writer& db, LeaseId lease, std::string_view sha256, storage::FileId file);
std::optional<storage::FileId> file_of(storage::Reader& db, LeaseId lease, std::string_view sha256);

// --- the node's own row -------------------------------------------------------------------------------------------

struct Node {
    LeaseId lease;
    Bytes seed;          ///< Sealed.
    std::string centre;  ///< Address; "" not known.
    std::int64_t last_sequence = 0;
    Bytes last_hash;
    Instant last_at;
    std::int64_t came = 0;  ///< As the centre said.
    std::int64_t done = 0;
    std::int64_t conflicts = 0;
    std::optional<Instant> heard_at;
};
std::optional<Node> find_node(storage::Reader& db);
void make_node(storage::Writer& db, const Node& node);
void move_node(storage::Writer& db, const Node& node);  ///< Its last line.
void hear_node(storage::Writer& db, const Node& node);  ///< What the centre said.

json::value to_json(const Problem& problem);
Problem problem_from(const json::value& v);

}  // namespace thien_an::offline
