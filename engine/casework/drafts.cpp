#include "engine/base/vietnamese.h"
#include "engine/casework/casework.h"
#include "engine/casework/dossier_list_store.h"
#include "engine/casework/drafts_store.h"
#include "engine/casework/filing.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/random.h"
#include "engine/identity/parties.h"

namespace thien_an::casework {
namespace {

Problem problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

/// Codes are written by hand: dashes, spaces and case do not matter.
Bytes resume_hash(std::string_view code)
{
    std::string plain;
    for (const char c : code)
        if (std::isalnum(static_cast<unsigned char>(c)) != 0)
            plain += char(std::toupper(static_cast<unsigned char>(c)));
    const auto hash = crypto::sha256("draft " + plain);
    return {hash.begin(), hash.end()};
}

/// A party's draft belongs to the party alone, whatever browser it was made with.
DraftOwner kept_owner(const DraftOwner& owner) { return owner.party ? DraftOwner{owner.party, ""} : owner; }

bool owns(const DraftOwner& owner, const Draft& draft)
{
    if (owner.party) return owner.party == draft.owner.party;
    return !owner.visitor.empty() && !draft.owner.party && owner.visitor == draft.owner.visitor;
}

Result<Draft> own_draft(Office& office, storage::Reader& db, const DraftOwner& owner, DraftId id)
{
    auto draft = TRY(draft_by_id(db, office.keys, id));
    if (!owns(owner, draft)) return problem("casework.no_such_draft");
    return draft;
}

/// Where the owner of the account lives, as his last filing in his own name says; null when none does, or the unit is no
/// longer.
json::value residence_before(
    const Office& office, storage::Reader& db, const Actor& actor, const std::string& name
)
{
    constexpr int looked_at = 5;
    const auto today = day_of(office.clock.now());
    for (const auto& dossier :
         list_dossiers(db, actor, today, {.applicant = actor.party, .limit = looked_at}).dossiers) {
        const auto form = form_of(db, office.keys, dossier.id).form;
        const auto* requester = json::find(form, "/requester");
        if (requester == nullptr || folded(json::string_or(*requester, "full_name")) != folded(name))
            continue;
        const auto* residence = json::member(*requester, "residence");
        if (residence != nullptr &&
            office.codes.is_unit(json::string_or(*residence, "unit"), "commune", today))
            return *residence;
    }
    return nullptr;
}

/// Answers an account already has: x-prefill of the form.
void prefill(Office& office, const Procedure& procedure, const Actor& actor, json::value& form)
{
    if (!actor.party || actor.post) return;
    const auto [name, details, residence] = office.database.read([&](storage::Reader& db) {
        const auto party = identity::find_party(db, actor.party);
        const auto called = party ? party.value().name : std::string();
        return std::tuple(
            called,
            identity::details_for_program(db, office.keys, actor.party),
            residence_before(office, db, actor, called)
        );
    });
    const auto& phone = details.phone;
    const json::object known{
        {"account.full_name", name},
        {"account.phone", phone.starts_with("+84") ? "0" + phone.substr(3) : phone},
        {"account.email", details.email},
        {"account.residence", residence}};
    const FormContext context = form_context(office, procedure, day_of(office.clock.now()));
    for (const auto& step : procedure.form()->step_ids()) {
        const auto model = procedure.form()->step(step, form, context, office.codes);
        if (!model) continue;
        for (const auto& field : model.value().fields)
            if (const auto* found = known.if_contains(field.prefill);
                found != nullptr && !found->is_null() && *found != json::value(""))
                json::set(form, field.pointer, *found);
    }
}

/// Changes the owner's draft in one transaction.
template <typename Change>
Result<Draft> changed_draft(Office& office, const DraftOwner& owner, DraftId id, Change change)
{
    return office.database.write({{"draft", id.value}}, [&](storage::Writer& db) -> Result<Draft> {
        auto draft = TRY(own_draft(office, db, owner, id));
        static_cast<void>(TRY(change(db, draft)));
        draft.changed = office.clock.now();
        update_draft(db, office.keys, draft);
        return draft;
    });
}

}  // namespace

Result<Draft> begin_draft(Office& office, const Actor& actor, const DraftOwner& owner, std::string_view id)
{
    const auto now = office.clock.now();
    const auto procedure = office.packs.procedure(id);
    if (!procedure) return problem("casework.no_such_procedure");
    if (procedure->information_only()) return problem("casework.not_filed_here");
    if (!procedure->filing_open(day_of(now))) return problem("casework.filing_closed");
    Draft draft;
    draft.id = office.ids.next_as<DraftTag>();
    draft.owner = kept_owner(owner);
    draft.procedure = procedure->id();
    draft.pack = office.packs.in_force(id).value;
    draft.step = procedure->form()->step_ids().front();
    draft.form = procedure->form()->blank();
    prefill(office, *procedure, actor, draft.form);
    draft.changed = now;
    draft.resume_code = crypto::random_readable(12);
    static_cast<void>(TRY(office.database.write({}, [&](storage::Writer& db) -> Result<Done> {
        insert_draft(db, office.keys, draft, resume_hash(draft.resume_code));
        return Done{};
    })));
    return draft;
}

Result<Draft> find_draft(Office& office, const DraftOwner& owner, DraftId id)
{
    return office.database.read([&](storage::Reader& db) { return own_draft(office, db, owner, id); });
}

Result<Draft> choose_agency(Office& office, const DraftOwner& owner, DraftId id, std::string_view agency)
{
    return changed_draft(office, owner, id, [&](storage::Writer& db, Draft& draft) -> Result<Done> {
        static_cast<void>(TRY(agency_named(db, agency, day_of(office.clock.now()))));
        draft.agency = agency;
        return Done{};
    });
}

std::vector<Draft> drafts_of(Office& office, const DraftOwner& owner)
{
    if (!owner.party && owner.visitor.empty()) return {};
    constexpr int drafts_max = 50;
    auto drafts = office.database.read([&](storage::Reader& db) {
        return drafts_owned(db, office.keys, owner.party ? DraftOwner{owner.party, ""} : owner, drafts_max);
    });
    for (auto& draft : drafts) draft.form = nullptr;
    return drafts;
}

Result<Draft> resume_draft(Office& office, const DraftOwner& owner, std::string_view resume_code)
{
    return office.database.write({}, [&](storage::Writer& db) -> Result<Draft> {
        const auto id = draft_by_resume_hash(db, resume_hash(resume_code));
        if (!id) return problem("casework.wrong_resume_code");
        set_draft_owner(db, *id, kept_owner(owner), office.clock.now());
        return draft_by_id(db, office.keys, *id);
    });
}

Result<std::string> new_resume_code(Office& office, const DraftOwner& owner, DraftId id)
{
    const auto code = crypto::random_readable(12);
    static_cast<void>(TRY(office.database
                              .write({{"draft", id.value}}, [&](storage::Writer& db) -> Result<Done> {
                                  static_cast<void>(TRY(own_draft(office, db, owner, id)));
                                  set_resume_hash(db, id, resume_hash(code));
                                  return Done{};
                              })));
    return code;
}

namespace {

/// Whether what a rule looks at has been asked when the step at `here` is done: `from_step` of its row.
bool ripe(const Procedure& procedure, std::string_view code, std::size_t here)
{
    const auto* rules = json::member(procedure.metadata(), "rules");
    if (rules == nullptr || !rules->is_array()) return true;
    const auto steps = procedure.form()->step_ids();
    for (const auto& row : rules->get_array()) {
        const auto* codes = json::member(row, "problems");
        if (codes == nullptr || !codes->is_array()) continue;
        const auto& said = codes->get_array();
        if (std::find(said.begin(), said.end(), json::value(code)) == said.end()) continue;
        const auto from = std::find(steps.begin(), steps.end(), json::string_or(row, "from_step"));
        return from == steps.end() || std::size_t(from - steps.begin()) <= here;
    }
    return true;
}

/// What rules say before the end: those whose answers have been asked for.
std::vector<Problem> early_problems(
    Office& office, const Draft& draft, const Procedure& procedure, std::size_t here
)
{
    Filing filing{
        .procedure = procedure.id(),
        .agency = draft.agency,
        .applicant = {},
        .form = draft.form,
        .files = {}};
    auto answer = review(office, filing);
    // Where nobody chooses, the answers tell which agency decides.
    const bool chosen = !draft.agency.empty();
    if (answer && !chosen && !answer.value().competent_agency.empty()) {
        filing.agency = answer.value().competent_agency;
        answer = review(office, filing);
    }
    if (filing.agency.empty()) return {};
    if (!answer) return {answer.problem()};
    std::vector<Problem> out;
    for (const auto& fault : answer.value().faults.problems)
        if (!fault.field.starts_with("/files/") && (chosen || fault.field != "/agency") &&
            ripe(procedure, fault.code, here))
            out.push_back(fault);
    return out;
}

}  // namespace

Result<SavedStep> save_step(
    Office& office, const DraftOwner& owner, DraftId id, std::string_view step, const Typed& typed
)
{
    const auto before = TRY(find_draft(office, owner, id));
    const auto procedure = office.packs.procedure(before.procedure);
    if (!procedure || procedure->form() == nullptr) return problem("casework.no_such_procedure");
    const auto& form = *procedure->form();
    const auto steps = form.step_ids();
    const auto here = std::find(steps.begin(), steps.end(), step);
    if (here == steps.end()) return problem("form.no_such_step");
    const auto context = form_context(office, *procedure, day_of(office.clock.now()), owner.channel);
    SavedStep saved;
    auto decoded = form.decode(step, typed, before.form, context);
    saved.errors = std::move(decoded.errors);
    saved.doubts = std::move(decoded.doubts);
    for (auto& error : form.check(step, decoded.document, context, office.codes)) {
        const bool told = std::any_of(saved.errors.begin(), saved.errors.end(), [&](const FieldError& e) {
            return e.pointer == error.pointer;
        });
        if (!told) saved.errors.push_back(std::move(error));
    }
    const bool good = saved.errors.empty() && saved.doubts.empty();
    saved.draft =
        TRY(changed_draft(office, owner, id, [&](storage::Writer& db, Draft& draft) -> Result<Done> {
            draft.form = good ? form.carried(decoded.document) : decoded.document;
            draft.pack = office.packs.in_force(draft.procedure).value;
            if (const auto agency = typed.find("agency");
                agency != typed.end() && agency_named(db, agency->second, context.today))
                draft.agency = agency->second;
            draft.step = good && here + 1 != steps.end() ? *(here + 1) : std::string(step);
            return Done{};
        }));
    if (good)
        saved.problems = early_problems(office, saved.draft, *procedure, std::size_t(here - steps.begin()));
    return saved;
}

Result<Draft> attach_to_draft(Office& office, const DraftOwner& owner, DraftId id, const DraftFile& file)
{
    return changed_draft(office, owner, id, [&](storage::Writer& db, Draft& draft) -> Result<Done> {
        const auto procedure = office.packs.procedure(draft.procedure);
        if (!procedure) return problem("casework.no_such_procedure");
        const auto papers = procedure->papers(day_of(office.clock.now()));
        const auto paper = std::find_if(papers.begin(), papers.end(), [&](const PaperWanted& p) {
            return p.id == file.paper;
        });
        if (paper == papers.end()) return problem("casework.no_such_paper");
        const auto stored = TRY(storage::find_file(db, file.file));
        const auto media = std::string(storage::media_type(stored.blob.kind));
        if (paper->bytes_max > 0 && stored.blob.size > paper->bytes_max)
            return problem("casework.file_too_large");
        if (!paper->accept.empty() &&
            std::find(paper->accept.begin(), paper->accept.end(), media) == paper->accept.end())
            return problem("casework.media_refused");
        const auto held = std::count_if(draft.files.begin(), draft.files.end(), [&](const DraftFile& f) {
            return f.paper == file.paper;
        });
        if (held >= paper->files_max) return problem("casework.too_many_files");
        draft.files.push_back(
            {file.paper,
             file.file,
             storage::clean_file_name(file.name.empty() ? stored.name : file.name),
             media,
             stored.blob.size}
        );
        return Done{};
    });
}

Result<Draft> detach_from_draft(Office& office, const DraftOwner& owner, DraftId id, FileId file)
{
    return changed_draft(office, owner, id, [&](storage::Writer&, Draft& draft) -> Result<Done> {
        if (std::erase_if(draft.files, [&](const DraftFile& f) { return f.file == file; }) == 0)
            return problem("casework.no_such_paper");
        return Done{};
    });
}

Result<Done> discard_draft(Office& office, const DraftOwner& owner, DraftId id)
{
    return office.database.write({{"draft", id.value}}, [&](storage::Writer& db) -> Result<Done> {
        static_cast<void>(TRY(own_draft(office, db, owner, id)));
        delete_draft(db, id);
        return Done{};
    });
}

}  // namespace thien_an::casework
