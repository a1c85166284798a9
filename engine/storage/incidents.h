#pragma once

#include <string>
#include <vector>

#include "engine/storage/database.h"
#include "engine/storage/outbox.h"

/// Incidents: what the program could not do by itself and a person must look at.
namespace thien_an::storage {

using IncidentId = Id<struct IncidentTag>;

struct IncidentReport {
    std::string kind;  ///< "outbox.notices.send", "documents.signing"; a sentence of the catalogues.
    std::string aggregate_kind;  ///< What it is about: "dossier".
    std::int64_t aggregate_id = 0;
    std::string reason;  ///< For people; no personal data.
    OutboxId outbox{};   ///< The row to send again; 0: none.
};

struct Incident {
    IncidentId id;
    IncidentReport report;
    Instant opened_at;
    std::optional<Instant> closed_at;
    std::int64_t closed_by = 0;  ///< The post or account that closed it.
    std::string note;
};

IncidentId incident_open(Writer& db, IdSource& ids, Instant now, const IncidentReport& report);

enum class IncidentFilter { open, all };
/// The newest first, ids below `before` (0: from the newest); at most `limit`.
std::vector<Incident> incidents(Reader& db, IncidentFilter filter, IncidentId before = {}, int limit = 50);
/// Problem "storage.no_such_incident".
Result<Incident> find_incident(Reader& db, IncidentId id);

/// The row it names is due again with fresh tries, and the incident is closed with `note`. Problems
/// "storage.no_such_incident", "storage.incident_closed", "storage.nothing_to_send".
Result<Done> incident_resend(Writer& db, IncidentId id, std::int64_t by, Instant now, std::string_view note);
/// As above without sending. Problems "storage.no_such_incident", "storage.incident_closed".
Result<Done> incident_close(Writer& db, IncidentId id, std::int64_t by, Instant now, std::string_view note);

}  // namespace thien_an::storage
