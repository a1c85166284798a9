#pragma once

#include <optional>
#include <vector>

#include "engine/storage/outbox.h"

/// The only SQL about table outbox; for outbox.cpp and its runner.
namespace thien_an::storage {

constexpr std::string_view outbox_topic = "outbox";  ///< Announced when rows may be due.

enum class OutboxRowState { waiting, claimed, unknown, failed, done };

struct OutboxClaim {
    OutboxItem item;
    bool tried_before = false;  ///< Its outcome is unknown, or the server that claimed it died.
};

bool outbox_has_due(Reader& db, Instant now);
/// The first due rows, of each aggregate the first only.
std::vector<OutboxClaim> outbox_due(Reader& db, Instant now, std::size_t rows_max);
void outbox_take(Writer& db, const OutboxClaim& claim, Instant lease_until);
/// Looked at again at `until`; the try does not count. For kinds this server has no handler for.
void outbox_postpone(Writer& db, OutboxId id, Instant until, std::string_view reason);

/// Whether the row is still claimed under this fence.
bool outbox_holds(Reader& db, const OutboxItem& item);
void outbox_end(Writer& db, const OutboxItem& item, Instant now);
void outbox_go_on(Writer& db, const OutboxItem& item, const Step& step);
void outbox_wait(
    Writer& db, const OutboxItem& item, OutboxRowState state, Instant until, std::string_view reason
);
void outbox_fail(Writer& db, const OutboxItem& item, std::string_view reason);
/// Due at once with fresh tries; false when the row has not failed.
bool outbox_revive(Writer& db, OutboxId id, Instant now);

}  // namespace thien_an::storage
