#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/identity/agencies.h"
#include "engine/storage/database.h"

namespace thien_an::crypto {
class KeyRing;
}

/// Rules a table cannot say: C++ of the systems, named in procedure.json and called by name.
namespace thien_an::casework {

class CodeLists;
class Packs;

/// What a rule looks at.
struct RuleInput {
    storage::Reader& db;
    const crypto::KeyRing& keys;
    const Packs& packs;
    const CodeLists& codes;
    const json::value& form;
    const json::value& procedure;  ///< The rows of procedure.json in force on `today`.
    identity::Agency agency;       ///< Asked to decide.
    Day today;
    std::int64_t dossier = 0;  ///< 0 before filing.
    /// When a task is being completed: its node, the outcome chosen and its form; empty when only looking.
    std::string task = {};
    std::string outcome = {};
    json::value task_form = {};
};

/// Something an officer must see; with `must_be_answered` a task cannot go on before it is.
struct Warning {
    std::string code;   ///< "civil_status.mother_under_12"
    std::string field;  ///< Pointer into the form; empty: the whole.
    std::string law;
    std::vector<std::pair<std::string, std::string>> words;
    json::object detail;  ///< For the officer's eyes only, audited when shown.
};

struct RuleAnswer {
    json::object facts;  ///< For fees.dmn and conditions: {"timeliness": "late"}.
    std::vector<Warning> warnings;
};

/// A Problem stops the filing and is shown beside its field.
using Rule = std::function<Result<RuleAnswer>(const RuleInput&)>;

/// Filled once at start, before anything is served.
class RuleBook {
public:
    void add(std::string name, Rule rule);
    bool contains(std::string_view name) const;
    /// Throws std::out_of_range: procedures naming an unknown rule were refused at load.
    const Rule& rule(std::string_view name) const;
    std::vector<std::string> names() const;

private:
    std::map<std::string, Rule, std::less<>> rules_;
};

/// Who is told inside the transaction ("births.entered"), in the order they were added.
class Subscribers {
public:
    using Told = std::function<Result<Done>(storage::Writer&, const identity::Act&, const json::value&)>;

    void add(std::string event, std::string who, Told told);
    /// The first Problem ends it, and with it the command.
    Result<Done> tell(
        storage::Writer& db, const identity::Act& act, std::string_view event, const json::value& body
    ) const;

private:
    struct Subscriber {
        std::string who;
        Told told;
    };
    std::map<std::string, std::vector<Subscriber>, std::less<>> by_event_;
};

}  // namespace thien_an::casework
