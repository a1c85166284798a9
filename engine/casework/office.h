#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "engine/base/day.h"
#include "engine/base/id.h"
#include "engine/casework/form.h"
#include "engine/casework/rules.h"
#include "engine/storage/database.h"

namespace thien_an::crypto {
class KeyRing;
}
namespace thien_an::storage {
class FileStore;
}
namespace thien_an::notices {
struct Notice;
}
namespace thien_an::workflow {
struct Calendar;
}

/// What every command of casework stands on. Pages, API, command line and the case runner fill one and share it.
namespace thien_an::casework {

class Packs;
class Actions;
class Journal;

/// Dated settings of the province: "one_stop.supplement_clock" on a day.
class Settings {
public:
    virtual ~Settings() = default;
    /// The value in force on `day`; null when there is none.
    virtual const json::value* setting(std::string_view key, Day day) const = 0;
    /// Fees of the province on `day`: id -> đồng.
    virtual std::map<std::string, std::int64_t> fees(Day day) const = 0;
    /// Working time by use, "counted" or "reception": the agency's own where its row names one, else the province's.
    /// Lives as long as the settings.
    virtual const workflow::Calendar& calendar(std::string_view use, std::string_view agency_key = {})
        const = 0;
};

/// References only: whoever makes it keeps what it names. Safe to share between threads once filled.
struct Office {
    storage::Database& database;
    const Clock& clock;
    IdSource& ids;
    storage::FileStore& files;
    const crypto::KeyRing& keys;
    Packs& packs;
    const CodeLists& codes;
    const Settings& settings;
    const RuleBook& rules;
    const Subscribers& subscribers;
    const Actions& actions;
    /// Writes a notice in the caller's transaction: engine/notices' notify, with the program's post.
    std::function<void(storage::Writer&, const identity::Act&, const notices::Notice&)> notify;
    const text::Catalogue* words = nullptr;  ///< Sentences of forms; null: codes are shown.
    /// Address people reach the program at, for QR codes: "https://dichvucong.example.vn"; no slash at the end.
    std::string public_address;
    Journal* journal =
        nullptr;  ///< Of a node, or of the centre doing its commands again; null: the ordinary way.
};

/// The calendar of that agency on a day.
const workflow::Calendar& calendar_of(
    const Office& office, storage::Reader& db, identity::AgencyId agency, Day day, std::string_view use
);

}  // namespace thien_an::casework
