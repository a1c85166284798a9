#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/dong.h"
#include "engine/base/json.h"
#include "engine/identity/actor.h"
#include "engine/storage/files.h"
#include "engine/workflow/engine.h"

/// One person's request under one administrative procedure ("hồ sơ"), from filing to handing over.
namespace thien_an::casework {

using DossierId = Id<struct DossierTag>;
using DraftId = Id<struct DraftTag>;
using TaskId = workflow::TaskId;
using PaperId = Id<struct DossierPaperTag>;
using FileId = storage::FileId;

/// What the citizen is told; the process says more finely where a dossier is.
enum class DossierState : std::int64_t {
    filed = 1,                ///< đã nộp: acknowledged, not yet received.
    received = 2,             ///< đã tiếp nhận: receipt slip made, clock of the law runs.
    awaiting_supplement = 3,  ///< chờ bổ sung
    in_progress = 4,          ///< đang giải quyết
    awaiting_signature = 5,   ///< chờ ký: decided, papers being signed and sealed.
    result_ready = 6,         ///< có kết quả
    handed_over = 7,          ///< đã trả kết quả
    refused = 8,              ///< từ chối
    withdrawn = 9             ///< đã rút
};
constexpr std::size_t dossier_state_count = 9;

/// "filed", "received"...: the word in JSON, addresses and catalogues ("dossier.state.filed").
std::string_view name_of(DossierState state);
std::optional<DossierState> dossier_state_named(std::string_view name);
bool is_closed(DossierState state);
/// The table of allowed transitions.
bool may_follow(DossierState before, DossierState after);

struct Dossier;
/// Acts beside the tasks of the process, as the state and what has happened since allow them; rights come on top.
struct AllowedActs {
    bool withdraw = false;
    bool answer_supplement = false;
    bool rate = false;
    bool apologise = false;      ///< The promised day has come or is the next one.
    bool confirm_entry = false;  ///< Instead of signing the book.
};
AllowedActs allowed_acts(const Dossier& dossier, Day today);

/// Who asks. Contact and address are sealed in the database.
struct Applicant {
    identity::PartyId party;  ///< 0: known by the form alone (filed at the counter).
    std::string name;
    std::string phone;
    std::string email;
    std::string address;
};

/// State of a dossier: the fold of its events.
struct Dossier {
    DossierId id;
    std::string code;  ///< "000.17.27.H48-160322-0012": unique in the province.
    std::string procedure;
    std::int64_t pack = 0;           ///< Version of the procedure; frozen when received.
    identity::AgencyId agency;       ///< Decides.
    identity::AgencyId received_at;  ///< Whose desk received it.
    DossierState state = DossierState::filed;
    std::string channel;  ///< "online" or "counter".
    std::string applicant_name;
    identity::PartyId applicant;  ///< 0: none known.
    std::string title;            ///< "Đăng ký khai sinh"
    std::string subject;          ///< Whom or what it is about, for lists: "Nguyễn Minh Anh".
    Instant filed_on;
    std::optional<Instant> received_on;
    std::optional<Instant>
        due;  ///< Empty until received, while suspended and when the result waits to be collected.
    std::optional<Instant> answer_by;  ///< An officer receives or refuses by then.
    std::optional<Instant> closed_on;
    std::int64_t instance = 0;  ///< Of the process.
    std::int64_t supplements_asked = 0;
    std::int64_t apologies = 0;
    std::int64_t number_of_events = 0;
    std::int64_t entry = 0;    ///< In a register; 0: none yet.
    std::string entry_number;  ///< "15/2016"
    Dong fee;
    std::string fee_reason;   ///< Of the fee table: "late".
    std::int64_t rating = 0;  ///< 1 to 5; 0: not rated.
};

/// Something that happened to a dossier; never changed, never deleted.
struct DossierEvent {
    DossierId dossier;
    std::int64_t number = 0;  ///< 1, 2... within the dossier.
    Instant at;
    std::string kind;  ///< "filed", "received", "supplement_requested"...
    identity::Actor actor;
    json::object body;  ///< What it changed; no personal data in clear.
};

/// What runs out next: the due day, before receipt the moment an officer answers by; nothing when closed or waiting.
std::optional<Instant> next_deadline(const Dossier& dossier);

constexpr std::int64_t until_waiting = -1;       ///< Counted as waiting for the applicant.
constexpr std::int64_t until_never = 1'000'000;  ///< Counted as without a deadline.
/// The day an open dossier is counted under: that of what runs out next, or one of the above; nothing once closed.
std::optional<std::int64_t> counted_until(const Dossier& dossier);

/// The state after `event`. Throws std::logic_error for a kind it does not know: history must be readable for ever.
Dossier applied(Dossier before, const DossierEvent& event);

/// "000.17.27.H48" + 22/3/2016 + 12 -> "000.17.27.H48-160322-0012"; at least four digits, more when needed.
std::string dossier_code(std::string_view agency, Day day, std::int64_t number);

}  // namespace thien_an::casework
