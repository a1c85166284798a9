#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/casework/form.h"
#include "engine/casework/words.h"

namespace thien_an::workflow {
class Process;
class Decisions;
}  // namespace thien_an::workflow

/// An administrative procedure ("thủ tục hành chính") as its folder says: what is asked, who does what, what it costs,
/// what is handed over. Everything dated; ask with a day.
namespace thien_an::casework {

/// Files of a folder by relative path: "procedure.json", "cases/late.case".
using FolderFiles = std::map<std::string, std::string, std::less<>>;

/// Why a folder was refused: shown to whoever wrote it.
struct PackFault {
    std::string file;
    int line = 0;  ///< 0: the whole file.
    Problem problem;
    std::string element = {};            ///< Id of the element of a process; empty: none.
    std::vector<std::string> path = {};  ///< Nodes of a counterexample, in the order they are walked.
};

struct LegalBasis {
    std::string law;  ///< Its page in docs/law.
    std::vector<std::string> articles;
};

/// An entry of a register that makes a paper needless: `reuses` of its row.
struct Reuse {
    std::string register_id;
    std::string paper;  ///< Of the dossier that made the entry: "certificate".
    /// Fields of the register and the answers that must say the same; the first field is indexed, and is searched by.
    std::vector<std::pair<std::string, std::string>> same;
    std::int64_t months_max = 0;  ///< How long after its entry it still counts; 0: for ever.
};

struct PaperWanted {
    std::string id;
    Words name;
    Words help;
    std::int64_t originals = 0;
    std::int64_t copies = 0;
    bool shown = false;     ///< Shown at the desk, not kept.
    bool required = false;  ///< With the answers given, when asked through papers_wanted.
    std::string when;       ///< FEEL; empty: always.
    std::int64_t files_max = 1;
    std::int64_t bytes_max = 0;
    std::vector<std::string> accept;  ///< Media types.
    std::optional<Reuse> reuses;
};

struct ServiceLevel {
    std::string level;  ///< "3", "whole"
    Words label;
    bool file_online = false;
    bool pay_online = false;
    bool result_online = false;
    std::string sign_register;  ///< "at_desk" or "by_code"
};

struct SupplementRule {
    std::string clock;  ///< "suspend" or "restart"
    std::int64_t requests_max = 1;
};

struct TimeLimit {
    std::string budget;  ///< As the clock writes it: "P0WD", "P3WD".
    std::string cutoff;  ///< "15:00" or empty.
    std::string calendar;
    Words text;
    std::map<std::string, std::string> extensions;  ///< "verification" -> "P5WD"
};

/// A user task that waits for somebody outside. When its limit runs out, `tell` hear of it.
struct Wait {
    std::string step;               ///< "wait_ministry"
    std::vector<std::string> tell;  ///< Post kinds of the agency.
};

struct HandOver {
    std::string id;
    Words name;
};

struct CompiledProcedure;

/// What the references of a folder are checked against.
struct Known {
    std::vector<std::string> rules;
    std::vector<std::string> actions;
    std::vector<std::string> registers;
    const CodeLists* codes = nullptr;  ///< Outlives the procedures.
    Day day;                           ///< Code lists must exist then.
    /// Whether somebody signed for the process of this folder that could not be proved (unproved.h); empty: nobody can.
    std::function<bool(const FolderFiles&)> unproved_signed = {};
};

/// A procedure proved at load. Immutable; shared by all who use this version.
class Procedure {
public:
    /// All faults of the folder, none when `procedure` came.
    struct Loaded {
        std::shared_ptr<const Procedure>
            procedure;  ///< Null when there are faults. Shared: dossiers of many threads use it.
        std::vector<PackFault> faults;
    };

    static Loaded load(const FolderFiles& files, const Known& known);

    explicit Procedure(std::unique_ptr<CompiledProcedure> compiled);
    ~Procedure();
    Procedure(const Procedure&) = delete;
    Procedure& operator=(const Procedure&) = delete;

    const std::string& id() const;
    const std::string& system() const;
    Words name() const;
    Words summary() const;
    Words sector() const;
    std::string page() const;  ///< "dang-ky-khai-sinh": /thu-tuc/dang-ky-khai-sinh
    std::string national_code() const;
    std::string agency_level() const;
    bool information_only() const;     ///< Only name and metadata: cannot be filed here.
    std::int64_t common_rank() const;  ///< Place among "Thủ tục thường dùng"; 0: not there.
    std::vector<std::string> life_events() const;
    bool filing_open(Day day) const;
    std::vector<LegalBasis> legal_basis(Day day) const;
    std::vector<PaperWanted> papers(Day day) const;
    std::vector<Words> papers_text(
    ) const;  ///< Of a procedure that only informs: what to bring, as sentences.
    std::optional<ServiceLevel> service_level(Day day) const;
    /// Whether one may file it on the portal that day: open, and of a level that takes filings online.
    bool files_online(Day day) const;
    /// The row whose `when` holds for these answers, else the one without; without answers the latter.
    std::optional<TimeLimit> time_limit(Day day, const json::value& form = {}) const;
    std::optional<SupplementRule> supplement(Day day) const;
    std::vector<HandOver> hand_over(Day day) const;
    Words fee_text() const;
    Words result_name() const;
    Words decided_by(Day day) const;
    /// "preprinted_form", "paper" or "electronic": what the original of the result is on `day`.
    std::string original(Day day) const;
    /// Kind of the pre-printed form the original is printed on; empty: none.
    std::string blank(Day day) const;
    bool file_with_any_agency(Day day) const;
    /// Key of the one agency that decides on `day` ("so-tp"), where the law names one; empty: the answers decide.
    std::string deciding_agency(Day day) const;
    /// Who filed it and for whom is nobody's business but theirs and that of the officers who handle it: no list, search
    /// or notice names them.
    bool is_protected() const;
    /// Steps that wait for others, each with a clock of its own.
    std::vector<Wait> waits() const;

    /// The papers asked for with these answers: required says so for now.
    std::vector<PaperWanted> papers_wanted(const json::value& form, std::string_view channel, Day day) const;

    const Form* form() const;                            ///< Null for information-only entries.
    const Form* task_form(std::string_view name) const;  ///< "check"; null when there is none.
    const FolderFiles& files() const;
    const json::value& metadata() const;  ///< procedure.json
    /// The rows of a dated list of procedure.json that are in force on `day`, in order.
    std::vector<const json::value*> in_force(std::string_view member, Day day) const;
    /// Null for information-only entries. Shared: instances of many threads run it.
    std::shared_ptr<const workflow::Process> process() const;
    /// The decision tables of the folder; null when it has none. Shared likewise.
    std::shared_ptr<const workflow::Decisions> decisions() const;
    /// Text of a paper's description: "receipt" -> receipt.paper.xml; null when the folder has none.
    const std::string* paper(std::string_view name) const;
    Words paper_name(std::string_view name
    ) const;                          ///< "Giấy khai sinh"; of the catalogue when the folder says none.
    std::string register_id() const;  ///< "births"; empty: none.
    /// A word of the folder's own catalogue; nothing when it has none.
    std::optional<Words> word(std::string_view key) const;

private:
    std::unique_ptr<CompiledProcedure> compiled_;
};

}  // namespace thien_an::casework
