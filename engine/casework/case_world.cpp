#include "engine/casework/case_world.h"

#include <fmt/format.h>

#include "engine/casework/called_parts.h"
#include "engine/casework/case_must.h"
#include "engine/casework/competence.h"
#include "engine/casework/work.h"
#include "engine/identity/parties.h"
#include "engine/identity/posts.h"
#include "engine/identity/province.h"
#include "engine/notices/notices.h"

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

/// The kinds of posts procedure.json gives tasks to.
std::set<std::string> posts_of_roles(const json::value& procedure)
{
    std::set<std::string> kinds;
    const auto* roles = json::member(procedure, "roles");
    if (roles == nullptr || !roles->is_array()) return kinds;
    for (const auto& role : roles->get_array())
        for (const auto& post : role.at("posts").as_array()) kinds.emplace(post.as_string());
    return kinds;
}

/// Removes the member `pointer` names, when it is there.
void take_away(json::value& form, const std::string& pointer)
{
    const auto above = pointer.substr(0, pointer.rfind('/'));
    const auto* holder = json::find(form, above);
    if (holder == nullptr || !holder->is_object()) return;
    auto kept = holder->get_object();
    kept.erase(pointer.substr(above.size() + 1));
    if (above.empty())
        form = std::move(kept);
    else
        json::set(form, above, std::move(kept));
}

Instant instant_word(const std::string& word) { return must(parse_instant(word), "a moment"); }
/// A text as it is, anything else as JSON.
std::string text_of_word(const json::value& v)
{
    return v.is_string() ? std::string(v.get_string()) : json::text_of(v);
}
bool is_moment(const std::string& word) { return word.size() == 16 && word[10] == 'T'; }

}  // namespace

Known CaseTemplate::known() const
{
    return {
        .rules = rules.names(),
        .actions = actions.names(),
        .registers = {},
        .codes = province.get(),
        .day = Day{std::chrono::year{2026} / 7 / 1}};
}

CaseTemplate::CaseTemplate(const CaseSetup& with) : setup(with), database(with.scratch / "template.db")
{
    fs::create_directories(setup.scratch / "data");
    province = must(ProvinceFiles::load(setup.root), "the province");
    const auto start = at(Day{std::chrono::year{2016} / 1 / 1}, Minutes{480});
    keys = std::make_unique<crypto::KeyRing>(std::move(
        must(crypto::KeyRing::create({setup.scratch / "keys.json", setup.scratch / "data"}, start), "keys")
            .ring
    ));
    authority.emplace(crypto::DemoAuthority::create(*keys, "Ví dụ"));
    add_standard_actions(actions);
    if (setup.add_rules) setup.add_rules(rules);
    if (setup.add_actions) setup.add_actions(actions);
    if (setup.prepared && setup.prepared->made) {
        fs::copy_file(setup.prepared->database(), database);
        refused = setup.prepared->refused;
        return;
    }
    read_data(start);
    if (!setup.prepared) return;
    fs::copy_file(database, setup.prepared->database());
    setup.prepared->refused = refused;
    setup.prepared->made = true;
}

void CaseTemplate::read_data(Instant start)
{
    IdSource ids{1};
    const auto db =
        storage::Database::open({.address = (setup.scratch / "source.db").string()}, setup.migrations);
    must(
        identity::import_province(*db, ids, setup.root / "province", setup.root / "systems"), "the province"
    );
    Packs packs(*db, known());
    // Rules and actions of other systems are not here: only what an example is about must be whole.
    for (const auto& version : packs.import_folders(setup.root / "systems", {{}, start, ids}))
        if (!version.faults.empty())
            refused[version.name] = fmt::format(
                "{}:{}: {} {}",
                version.name + "/" + version.faults[0].file,
                version.faults[0].line,
                version.faults[0].problem.code,
                version.faults[0].problem.field
            );
    db->copy_to(database.string());
}

CaseWorld::CaseWorld(CaseTemplate& from, fs::path case_folder)
    : from_(from), case_folder_(std::move(case_folder))
{
    procedure_ = case_folder_.parent_path().filename().string();
    if (const auto fault = from_.refused.find(procedure_); fault != from_.refused.end())
        throw std::runtime_error(fault->second);
    form_ = read_json_file(case_folder_ / "standard.form.json");
    const auto own = from_.setup.scratch / fmt::format("case{}", ++from_.copies);
    fs::create_directories(own);
    database_ = fresh_database(own);
    files_ = std::make_unique<storage::FileStore>(own);
    packs_ = std::make_unique<Packs>(*database_, from_.known());
    office_ = std::make_unique<Office>(Office{
        *database_,
        clock_,
        ids_,
        *files_,
        *from_.keys,
        *packs_,
        *from_.province,
        *from_.province,
        from_.rules,
        from_.subscribers,
        from_.actions,
        {},
        nullptr,
        "https://vi-du.example"});
    office_->notify = [this](storage::Writer&, const identity::Act&, const notices::Notice& notice) {
        notices_.push_back(notice.what);
    };
    signing_.emplace(documents::SigningMeans{*database_, *files_, ids_, *from_.keys, clock_});
    signing_->signer = [this](const documents::Holder& holder) {
        const crypto::DemoSubject subject{holder.kind + " " + std::to_string(holder.id), "", ""};
        return must(
            crypto::server_signer(*from_.keys, from_.authority->issue(*from_.keys, subject)), "a key"
        );
    };
    signing_->attached =
        [this](storage::Writer& db, const identity::Act& act, const documents::Document& document) {
            return paper_attached(*office_, db, act, document);
        };
    signing_->locks = [this](documents::DocumentId document) { return locks_of_paper(*office_, document); };
    handlers_.emplace(documents::signing_kind, documents::signing_handler(*signing_));
    if (from_.setup.add_handlers) from_.setup.add_handlers(*office_, handlers_);
}

std::unique_ptr<storage::Database> CaseWorld::fresh_database(const fs::path& own)
{
    if (from_.setup.open_copy) return from_.setup.open_copy(from_.database);
    fs::copy_file(from_.database, own / "case.db");
    return storage::Database::open(
        {.address = (own / "case.db").string(), .readers = 2}, from_.setup.migrations
    );
}

void CaseWorld::given(const CaseStatement& statement)
{
    const auto& w = statement.words;
    const auto is = [&](std::size_t i, std::string_view word) { return w.size() > i && w[i] == word; };
    if (is(0, "now") && is(1, "is")) return clock_.set(instant_word(w.at(2)));
    if (is(0, "agency") && is(1, "is")) {
        agency_code_ = w.at(2);
    } else if (is(0, "form") && is(1, "is")) {
        form_ = read_json_file(case_folder_ / (w.at(2) + ".form.json"));
    } else if (is(0, "paper")) {
        if (is(3, "missing")) missing_papers_.push_back(w.at(1));
    } else if (is(0, "personal")) {
        connected_ = !is(3, "not");
    } else if (is(0, "forms")) {
        const auto number = [&](std::size_t i) { return case_value(w.at(i)).as_int64(); };
        forms_.push_back({w.at(1), w.at(2), number(3), number(5)});
    } else if (is(0, "entry")) {
        given_entry(w);
    } else if (w.size() == 3 && is(1, "is") && is(2, "absent")) {
        absent_.push_back(w[0]);
    } else {
        for (auto& change : must(case_changes(w, 0), "given")) form_changes_.push_back(std::move(change));
    }
}

void CaseWorld::publish_changed()
{
    if (!connected_) return;
    auto files = packs_->procedure(procedure_)->files();
    auto source = json::parse(files["procedure.json"]).value();
    for (auto& row : source.at("personal_number").at("connected").as_array())
        row.as_object()["connected"] = *connected_;
    files["procedure.json"] = json::text_of(source);
    std::vector<PackFault> faults;
    must(packs_->publish("procedure", files, {{}, clock_.now(), ids_}, faults), "the changed procedure");
}

void CaseWorld::change_procedure(const std::vector<std::string>& words)
{
    auto files = packs_->procedure(procedure_)->files();
    if (words.at(3).starts_with('/')) {
        auto source = json::parse(files["procedure.json"]).value();
        for (const auto& change : must(case_changes(words, 3), "a change"))
            json::set(source, change.pointer, change.value);
        files["procedure.json"] = json::text_of(source);
    } else {
        auto& text = files[words.at(3)];
        const std::string before(case_value(words.at(4)).as_string());
        const auto found = text.find(before);
        if (found == std::string::npos) throw std::runtime_error(words.at(3) + " does not say " + before);
        text.replace(found, before.size(), std::string(case_value(words.at(5)).as_string()));
    }
    std::vector<PackFault> faults;
    must(packs_->publish("procedure", files, {{}, clock_.now(), ids_}, faults), "the changed procedure");
}

void CaseWorld::settle()
{
    if (std::exchange(settled_, true)) return;
    for (const auto& change : form_changes_) json::set(form_, change.pointer, change.value);
    for (const auto& pointer : absent_) take_away(form_, pointer);
    publish_changed();
    const auto today = day_of(clock_.now());
    agency_ = agency_of(agency_code_, today);
    // Candidates of a task are the posts there are when it opens: everyone is there from the start.
    const auto procedure = packs_->procedure(procedure_);
    for (const auto agency : agencies_concerned(today))
        for (const auto& kind : posts_of_roles(procedure->metadata()))
            people_[kind + (" " + std::to_string(agency.value))] = hire(kind, agency);
    for (const auto& entry : earlier_) make_earlier(entry);
    const identity::Act act{actor("justice_civil_status_officer"), clock_.now(), ids_};
    for (const auto& range : forms_)
        must(
            database_->write(
                {documents::lock_of_blanks(agency_)},
                [&](storage::Writer& db) {
                    return documents::receive_blanks(db, act, agency_, range, "Biên bản 01");
                }
            ),
            "pre-printed forms"
        );
}

/// The agency filed with, those the answers make competent, and the one the law names.
std::set<identity::AgencyId> CaseWorld::agencies_concerned(Day today)
{
    std::set<identity::AgencyId> agencies{agency_};
    const auto procedure = packs_->procedure(procedure_);
    database_->read([&](storage::Reader& db) {
        for (const auto& unit : competent_units(db, procedure->metadata(), form_, today))
            if (const auto found = identity::agency_for_unit(db, unit.unit, today))
                agencies.insert(found.value().id);
        const auto one = procedure->deciding_agency(today);
        if (const auto found = identity::agency_by_key(db, one, today); !one.empty() && found)
            agencies.insert(found.value().id);
    });
    return agencies;
}

CaseWorld::Person CaseWorld::hire(const std::string& kind, identity::AgencyId agency)
{
    const identity::Act act{{.channel = "cli"}, clock_.now(), ids_};
    Person made;
    const auto hired = database_->write({}, [&](storage::Writer& db) -> Result<Done> {
        identity::NewParty party;
        party.name = "Cán Bộ " + kind;
        std::replace(party.name.begin(), party.name.end(), '_', ' ');
        made.party = TRY(identity::create_party(db, *from_.keys, act, party));
        made.post = TRY(identity::create_post(
            db, act, {.agency = agency, .kind = kind, .title_vi = "", .title_en = "", .from = act.today()}
        ));
        return identity::appoint(db, act, made.post, made.party, act.today());
    });
    // A district that decides for want of communes has other kinds of posts than a commune.
    if (!hired && hired.problem().code == "identity.post_kind_not_here") return {};
    must(hired, "an officer, " + kind);
    return made;
}

CaseWorld::Person CaseWorld::born(const std::string& name)
{
    const identity::Act act{{.channel = "cli"}, clock_.now(), ids_};
    Person made;
    const auto done = database_->write({}, [&](storage::Writer& db) -> Result<Done> {
        identity::NewParty party;
        party.name = name == "father" ? "Người Cha" : name == "mother" ? "Người Mẹ" : "Người Dân";
        made.party = TRY(identity::create_party(db, *from_.keys, act, party));
        return Done{};
    });
    must(done, name);
    return made;
}

CaseWorld::Person& CaseWorld::person(const std::string& name)
{
    // Whoever holds no kind of post is a citizen.
    const auto kinds = database_->read([&](storage::Reader& db) {
        return identity::post_kind_ids(db, day_of(clock_.now()));
    });
    const bool citizen = std::find(kinds.begin(), kinds.end(), name) == kinds.end();
    // Officers sit where the dossier is decided: the competent agency may be another than the one filed with.
    const auto agency = citizen ? identity::AgencyId{} : dossier_ ? dossier().agency : agency_;
    auto& known = people_[name + " " + std::to_string(agency.value)];
    if (!known.party) known = citizen ? born(name) : hire(name, agency);
    return known;
}

Actor CaseWorld::actor(const std::string& name)
{
    const auto& who = person(name);
    Actor out{
        .account = {}, .party = who.party, .post = who.post, .agency = {}, .for_post = {}, .channel = "desk"};
    if (who.post)
        out.agency = database_->read([&](storage::Reader& db) {
            return must(identity::find_post(db, who.post), "post").agency;
        });
    else
        out.channel = "portal";
    return out;
}

void CaseWorld::move_clock(Instant to)
{
    if (to < clock_.now()) throw std::runtime_error("the clock cannot go back");
    clock_.set(to);
    work_off();
}

void CaseWorld::work_off()
{
    constexpr int rounds_max = 100;
    for (int i = 0; i < rounds_max && work_once(*office_) > 0; ++i) continue;
}

std::optional<Problem> CaseWorld::when(const CaseStatement& statement)
{
    settle();
    auto w = statement.words;
    const auto is = [&](std::size_t i, std::string_view word) { return w.size() > i && w[i] == word; };
    if (is_moment(w[0])) {
        move_clock(instant_word(w[0]));
        w.erase(w.begin());
    }
    if (is(0, "now") && is(1, "is")) {
        move_clock(instant_word(w.at(2)));
        return std::nullopt;
    }
    if (is(0, "signing")) {
        run_outbox("documents.sign");
        return std::nullopt;
    }
    if (is(0, "the") && is(1, "procedure") && is(2, "changes")) {
        change_procedure(w);
        return std::nullopt;
    }
    if (is(0, "the") && is(2, "service")) {
        const auto& service = from_.setup.services.at(w.at(1));
        const auto answer =
            is(3, "answers") ? std::optional(text_of_word(case_value(w.at(4)))) : std::nullopt;
        service.answer_next(answer);
        run_outbox(service.outbox_kind);
        work_off();
        return std::nullopt;
    }
    if (is(1, "files")) return file(w[0], w, 2);
    if (is(1, "receives")) return complete(w[0], "receive", "receive", w, 2);
    if (is(1, "completes") && is(3, "with")) return complete(w[0], w[2], w.at(4), w, 5);
    if (is(1, "supplements")) return supplement(w[0], w, 2);
    if (is(1, "takes") && is(2, "the") && is(3, "fee")) {
        const auto done = take_payment(
            *office_, actor(w[0]), dossier_, is(4, "receipt") ? case_value(w.at(5)).as_string() : "BL 0000001"
        );
        return done ? std::nullopt : std::optional(done.problem());
    }
    if (is(1, "withdraws")) {
        const auto reason = is(2, "because") ? std::string(case_value(w.at(3)).as_string()) : "";
        const auto done = withdraw(*office_, actor(w[0]), dossier_, reason);
        return done ? std::nullopt : std::optional(done.problem());
    }
    throw std::runtime_error("not understood: " + w[0]);
}

FileId CaseWorld::scan()
{
    const auto blob = files_->keep(bytes_of("một tờ giấy"), storage::FileKind::jpeg);
    return database_
        ->write(
            {},
            [&](storage::Writer& db) -> Result<FileId> {
                return storage::file_add(db, ids_, blob, "giay.jpg", clock_.now());
            }
        )
        .value();
}

std::vector<FiledFile> CaseWorld::papers_for(const json::value& form, std::string_view channel)
{
    std::vector<FiledFile> out;
    for (const auto& paper :
         packs_->procedure(procedure_)->papers_wanted(form, channel, day_of(clock_.now())))
        if (paper.required &&
            std::find(missing_papers_.begin(), missing_papers_.end(), paper.id) == missing_papers_.end())
            out.push_back({paper.id, scan(), "giay.jpg"});
    return out;
}

Filing CaseWorld::filing(const std::string& who, const std::vector<std::string>& words, std::size_t from)
{
    settle();
    Filing filing;
    filing.procedure = procedure_;
    filing.agency = agency_code_;
    if (words.size() > from && (words[from] == "online" || words[from] == "counter"))
        filing.channel = words[from++];
    filing.form = form_;
    for (const auto& change : must(case_changes(words, from), "files"))
        json::set(filing.form, change.pointer, change.value);
    const bool counter = filing.channel == "counter";
    if (const auto* name = json::find(filing.form, "/requester/full_name");
        name != nullptr && name->is_string())
        filing.applicant.name = std::string(name->get_string());
    if (!counter) filing.applicant.party = person(who).party;
    filing.files = papers_for(filing.form, filing.channel);
    return filing;
}

std::optional<Problem> CaseWorld::file(
    const std::string& who, const std::vector<std::string>& words, std::size_t from
)
{
    const auto wanted = filing(who, words, from);
    const auto filed =
        submit(*office_, actor(wanted.channel == "counter" ? "one_stop_officer" : who), wanted);
    if (!filed) return filed.problem();
    dossier_ = filed.value().id;
    return std::nullopt;
}

std::optional<Problem> CaseWorld::complete(
    const std::string& who,
    const std::string& node,
    const std::string& outcome,
    const std::vector<std::string>& words,
    std::size_t from
)
{
    Completion completion{.outcome = outcome};
    if (words.size() > from + 1 && words[from] == "because") {
        completion.reason = std::string(case_value(words[from + 1]).as_string());
        from += 2;
    }
    for (const auto& change : must(case_changes(words, from), "completes"))
        json::set(completion.form, change.pointer, change.value);
    const auto as = actor(who);
    // A post made after the task was opened is no candidate of it: the desk gives it the task.
    const auto tasks = database_->read([&](storage::Reader& db) { return tasks_of(db, dossier()); });
    for (const auto& task : tasks) {
        if (task.node != node) continue;
        const auto done = complete_task(*office_, as, task.id, completion);
        work_off();  // What was called begins, or goes on.
        return done ? std::nullopt : std::optional(done.problem());
    }
    throw std::runtime_error("no open task " + node);
}

std::optional<Problem> CaseWorld::supplement(
    const std::string& who, const std::vector<std::string>& words, std::size_t from
)
{
    std::vector<FiledFile> files;
    for (; from < words.size() && !words[from].starts_with('/'); ++from)
        files.push_back({words[from], scan(), "giay.jpg"});
    const auto done = answer_supplement(*office_, actor(who), dossier_, files, "");
    return done ? std::nullopt : std::optional(done.problem());
}

void CaseWorld::run_outbox(const std::string& kind)
{
    storage::OutboxHandlers one;
    const auto handler = handlers_.find(kind);
    if (handler == handlers_.end()) throw std::runtime_error("nobody handles " + kind);
    one.emplace(kind, handler->second);
    storage::outbox_run_due(*database_, ids_, one, clock_.now());
}

Dossier CaseWorld::dossier()
{
    return database_->read([&](storage::Reader& db) {
        return must(find_dossier(db, dossier_), "the dossier");
    });
}

}  // namespace thien_an::casework
