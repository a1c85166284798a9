#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/workflow/calendar.h"

/// The law's clock of one case or one step: a ledger, not a date column. Pure; clock_store keeps it.
namespace thien_an::workflow {

/// A time that does not count, with its reason and its document.
struct Suspension {
    Instant from;
    std::optional<Instant> to;  ///< Empty: still running.
    std::string reason;         ///< Code of the legal reason: "supplement".
    std::string document;       ///< Number of the document that says so; may be empty.
};

/// How far through the budget someone is to be told; each once.
struct Rung {
    int percent = 0;     ///< 50, 80, 100; 0: see `days_after`.
    int days_after = 0;  ///< The n-th working day after the end; -1: each one.
    std::string text() const;
};
/// "50% 80% 100% +1WD". Problem "workflow.bad_rungs".
Result<std::vector<Rung>> parse_rungs(std::string_view text);

/// What the ledger knows. Due instants are derived, so a changed calendar re-projects them.
struct Ledger {
    std::string calendar = "counted";
    Budget budget;
    Receipt receipt;
    Instant started;                      ///< Of this run: receipt, or the last restart.
    std::vector<Suspension> suspensions;  ///< Of this run, in order of beginning; may overlap.
    std::vector<Budget> extensions;
    std::optional<Instant> stopped;  ///< Finished: nothing more falls due.
    std::vector<std::string> rungs_fired;
    int restarts = 0;

    bool suspended() const;
};

/// Half-open stretches that do not count, merged: overlaps are counted once.
std::vector<std::pair<Instant, std::optional<Instant>>> merged(const std::vector<Suspension>& suspensions);

/// When the ledger's time is used up: nothing while a suspension is open.
/// Hour budgets: suspended working time is added to the minute. Day budgets: a working day counts when the
/// clock runs at
/// its end, so a pause within a day adds nothing and one over n closings adds n days.
std::optional<Instant> due(const Ledger& ledger, const Calendar& calendar);
/// Working minutes used until `now`, suspensions left out.
Minutes consumed(const Ledger& ledger, const Calendar& calendar, Instant now);

/// Problems "workflow.clock_stopped"; "workflow.not_suspended" when nothing of that reason is open.
Result<Ledger> suspend(Ledger ledger, Instant now, std::string reason, std::string document);
Result<Ledger> resume(Ledger ledger, Instant now, std::string_view reason);
/// The limit begins anew at `now`; closes suspensions. What was used is forgotten, as the rule wants.
Result<Ledger> restart(Ledger ledger, Instant now);
Result<Ledger> extend(Ledger ledger, const Budget& by);
Ledger stop(Ledger ledger, Instant now);

/// A rung with its moment.
struct DueRung {
    Rung rung;
    Instant at;
    std::string key;  ///< Unique in the ledger: "r0:80%", "r0:+3WD" (run 0).
};
/// The next rung that has not fired, or nothing (suspended, stopped, all fired). "each working day after"
/// never ends.
std::optional<DueRung> next_rung(
    const Ledger& ledger, const Calendar& calendar, const std::vector<Rung>& ladder
);

/// The ledger with that rung told.
Ledger fired(Ledger ledger, const DueRung& rung);

json::object to_json(const Ledger& ledger);
Ledger ledger_from(const json::value& v);

}  // namespace thien_an::workflow
