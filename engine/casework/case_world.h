#pragma once

#include <set>

#include "engine/casework/case_file.h"
#include "engine/casework/case_runner.h"
#include "engine/casework/casework.h"
#include "engine/casework/packs.h"
#include "engine/casework/province_files.h"
#include "engine/crypto/demo_authority.h"
#include "engine/crypto/key_ring.h"
#include "engine/documents/blank_forms.h"
#include "engine/documents/signing.h"
#include "engine/identity/agencies.h"
#include "engine/registers/entries.h"
#include "engine/storage/files.h"

/// The province of one worked example: a fresh database, a clock that stands still, one fictional person for each post.
namespace thien_an::casework {

/// Made once for all examples: the imported province, to be copied.
struct CaseTemplate {
    explicit CaseTemplate(const CaseSetup& setup);

    const CaseSetup& setup;
    std::unique_ptr<ProvinceFiles> province;
    std::unique_ptr<crypto::KeyRing> keys;
    std::optional<crypto::DemoAuthority> authority;  ///< Signs for everyone in the examples.
    RuleBook rules;
    Actions actions;
    Subscribers subscribers;
    std::filesystem::path database;
    int copies = 0;
    std::map<std::string, std::string> refused;  ///< By folder, with the first fault.
    Known known() const;

private:
    /// The province and the folders of data, into `database`.
    void read_data(Instant start);
};

class CaseWorld {
public:
    CaseWorld(CaseTemplate& from, std::filesystem::path case_folder);

    /// Problem of the act when it was refused; throws std::runtime_error for a statement that cannot be understood.
    void given(const CaseStatement& statement);
    std::optional<Problem> when(const CaseStatement& statement);
    /// What was found when the check does not hold; empty when it does.
    std::string check(const CaseStatement& statement, const std::optional<Problem>& last);

    // What tests need beyond statements: two people at once.
    Office& office() { return *office_; }
    DossierId dossier_id() const { return dossier_; }
    /// The person of that name, hired or born when not there yet.
    Actor actor(const std::string& name);
    /// A stored picture.
    FileId scan();
    /// What `who` would file now.
    Filing filing(const std::string& who, const std::vector<std::string>& words, std::size_t from);

private:
    struct Person {
        identity::PartyId party;
        identity::PostId post;
    };
    void settle();  ///< Before the first act: agency, people, form.
    void publish_changed();
    void change_procedure(const std::vector<std::string>& words);
    /// An entry made before the example begins.
    struct EarlierEntry {
        std::string reg;        ///< Empty: the procedure's own, from the standard form.
        std::string file;       ///< "child": cases/child.entry.json holds its fields.
        std::string unit;       ///< Empty: the agency filed with.
        std::optional<Day> on;  ///< Nothing: the day before.
        std::string note;       ///< "correction": the changes are of a note of that kind.
        std::vector<CaseChange> changes;
    };
    void given_entry(const std::vector<std::string>& words);
    void make_earlier(const EarlierEntry& entry);
    Result<Done> note_earlier(
        storage::Writer& db, const identity::Act& act, registers::EntryId id, const EarlierEntry& entry
    );
    json::object earlier_fields(storage::Writer& db, const identity::Act& act, const EarlierEntry& entry);
    identity::AgencyId agency_of(const std::string& code, Day day);
    std::string check_register(const std::vector<std::string>& words);
    Person hire(const std::string& kind, identity::AgencyId agency);
    Person born(const std::string& name);
    Person& person(const std::string& name);
    std::set<identity::AgencyId> agencies_concerned(Day today);
    void work_off();
    void move_clock(Instant to);
    std::optional<Problem> file(
        const std::string& who, const std::vector<std::string>& words, std::size_t from
    );
    std::optional<Problem> complete(
        const std::string& who,
        const std::string& node,
        const std::string& outcome,
        const std::vector<std::string>& words,
        std::size_t from
    );
    std::optional<Problem> supplement(
        const std::string& who, const std::vector<std::string>& words, std::size_t from
    );
    std::vector<FiledFile> papers_for(const json::value& form, std::string_view channel);
    void run_outbox(const std::string& kind);
    Dossier dossier();
    std::string check_dossier(const std::vector<std::string>& words, const Dossier& dossier);
    std::string check_entry(const std::vector<std::string>& words, const Dossier& dossier);
    std::string check_tasks(const std::vector<std::string>& words, const Dossier& dossier);
    std::string check_part(const std::vector<std::string>& words, const Dossier& dossier);
    std::string check_clock(const std::vector<std::string>& words, const Dossier& dossier);
    std::string check_money(const std::vector<std::string>& words, const Dossier& dossier);
    std::string check_papers(const std::vector<std::string>& words, const Dossier& dossier);

    std::unique_ptr<storage::Database> fresh_database(const std::filesystem::path& own);

    CaseTemplate& from_;
    std::filesystem::path case_folder_;
    std::string procedure_;
    Clock clock_ = Clock::stopped(at(Day{std::chrono::year{2016} / 1 / 1}, Minutes{480}));
    IdSource ids_{1};
    std::unique_ptr<storage::Database> database_;
    std::unique_ptr<storage::FileStore> files_;
    std::unique_ptr<Packs> packs_;
    std::unique_ptr<Office> office_;
    std::optional<documents::SigningMeans> signing_;
    storage::OutboxHandlers handlers_;
    std::vector<std::string> notices_;
    std::string agency_code_ = "21172";
    identity::AgencyId agency_;
    json::value form_;
    std::vector<CaseChange> form_changes_;
    std::vector<std::string> absent_;
    std::vector<std::string> missing_papers_;
    std::vector<EarlierEntry> earlier_;
    std::vector<documents::BlankRange> forms_;
    std::optional<bool> connected_;
    bool settled_ = false;
    std::map<std::string, Person> people_;
    DossierId dossier_;
};

}  // namespace thien_an::casework
