#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/casework/office.h"
#include "engine/identity/actor.h"

/// The one place all accepted commands of casework pass: where a node writes them down, and where the centre that does
/// them again looks whether the same came of it (docs/decisions/0025-offline-commune.md).
namespace thien_an::casework {

struct Work;

/// An accepted command in names people use, so that it can be done again where ids are others.
struct JournalEntry {
    std::string_view kind;  ///< "file", "complete", "withdraw"...
    json::object subject;   ///< {"dossier": code, "task": node, "place": among open tasks of that node}
    json::object content;   ///< What was given: form, outcome, files by SHA-256.
    json::object made;      ///< What came of it: code, state, numbers. The same everywhere.
    json::object entry;     ///< The register entry made: register, year, number, fields. Empty: none.
};

/// Called inside the command's transaction; its Problem refuses the command. Safe from many threads.
class Journal {
public:
    virtual ~Journal() = default;
    /// The command may write the books of the agency from here on, until `ends`.
    virtual Result<Done> begins(storage::Writer& db, const identity::Act& act) = 0;
    virtual Result<Done> ends(storage::Writer& db, const identity::Act& act, const JournalEntry& entry) = 0;
    /// Codes of dossiers count in a series of their own, from a number of their own.
    struct Codes {
        std::string series;
        std::int64_t from = 0;
        std::string given;  ///< The code itself, where it was given before; else "".
    };
    virtual Codes codes() const = 0;
    /// The token the paper was given where the command was done first; "" there.
    virtual std::string token(std::string_view paper) const = 0;
    /// Calls to others wait here: whoever does the command again makes them.
    virtual bool calls_wait() const = 0;
};

/// Begins a command as `office.journal` wants it. Without one: a post may not act for an agency whose books a node
/// holds. Problems of Journal::begins, registers::may_write.
Result<Done> begin_command(
    Office& office, storage::Writer& db, const identity::Act& act, identity::AgencyId agency
);
/// Ends it: `entry` gets what `work` made. Does nothing without a journal.
Result<Done> end_command(Work& work, JournalEntry entry);
/// A command that is not journaled cannot be given at a node: Problem "registers.not_offline".
Result<Done> only_at_the_centre(const Office& office);

}  // namespace thien_an::casework
