#include <fmt/format.h>

#include "engine/base/vietnamese.h"
#include "engine/casework/casework.h"
#include "engine/casework/journal.h"
#include "engine/casework/packs.h"
#include "engine/casework/work.h"
#include "engine/documents/signing.h"
#include "engine/identity/audit.h"
#include "engine/identity/delegations.h"
#include "engine/identity/parties.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"
#include "engine/identity/units.h"
#include "engine/text/catalogue.h"

namespace thien_an::casework {
namespace {

/// Words of papers are Vietnamese: the law knows no other text.
std::string say(const Work& work, std::string_view key, const json::object& values = {})
{
    const auto* words = work.office.words;
    return words == nullptr ? std::string(key) : words->say(key, text::Language::vi, values);
}

/// "8 giờ 41 phút, ngày 22 tháng 3 năm 2016"
std::string moment(const Work& work, Instant at)
{
    const auto time = time_of_day(at);
    return say(
        work,
        "casework.paper.moment",
        {{"hours", std::to_string(time.count() / 60)},
         {"minutes", fmt::format("{:02}", time.count() % 60)},
         {"day", written(day_of(at))}}
    );
}

std::int64_t year_of(Day day) { return int(std::chrono::year_month_day{day}.year()); }

/// "UBND phường Trương Quang Trọng"
std::string short_name(const identity::Agency& agency, const std::string& unit)
{
    const auto lowered = unit.empty() ? unit
                                      : lower(unit.substr(0, unit.find(' '))) +
                                            unit.substr(std::min(unit.find(' '), unit.size()));
    return unit.empty() ? agency.short_name : agency.short_name + " " + lowered;
}

json::object agency_values(storage::Reader& db, const identity::Agency& agency, Day day)
{
    const auto unit = identity::unit_on(db, agency.unit, day);
    json::object out{
        {"name", agency.name_vi},
        {"short_name", short_name(agency, unit ? unit.value().name_vi : "")},
        {"desk", agency.desk_vi},
        {"place", unit ? unit.value().short_name : ""}};
    if (!agency.phone.empty()) out["phone"] = agency.phone;
    if (!agency.address.empty()) out["address"] = agency.address;
    if (agency.parent)
        if (const auto above = identity::agency_on(db, agency.parent, day))
            out["above"] = above.value().name_vi;
    return out;
}

json::array paper_rows(Work& work)
{
    json::array out;
    std::map<std::string, int> counts;
    for (const auto& paper : papers_of(work.db, work.dossier.id))
        if (paper.origin != "made") ++counts[paper.paper];
    for (const auto& [paper, count] : counts)
        out.push_back(
            {{"name", work.procedure->paper_name(paper).vi},
             {"kind", say(work, "casework.paper.copy." + work.dossier.channel)},
             {"count", count}}
        );
    return out;
}

std::string fee_text(const Work& work)
{
    const auto own = work.procedure->word("fee." + work.dossier.fee_reason);
    if (work.dossier.fee.amount > 0) return written(work.dossier.fee);
    return own ? own->vi : say(work, "casework.no");
}

std::string hand_over_name(const Work& work)
{
    const auto* chosen = json::find(work.form.form, "/result/hand_over");
    if (chosen != nullptr && chosen->is_string())
        for (const auto& way : work.procedure->hand_over(work.today()))
            if (way.id == std::string_view(chosen->get_string())) return way.name.vi;
    return "";
}

json::object dossier_values(Work& work)
{
    const auto& d = work.dossier;
    json::object out{
        {"code", d.code},
        {"content",
         d.subject.empty()
             ? d.title
             : say(work, "casework.paper.content", {{"title", d.title}, {"subject", d.subject}})},
        {"channel_name", say(work, "casework.paper.channel." + d.channel)},
        {"hand_over", hand_over_name(work)}};
    if (d.received_on) {
        out["received_on"] = iso(day_of(*d.received_on));
        out["received_at"] = moment(work, *d.received_on);
    }
    if (d.due) out["due_at"] = moment(work, *d.due);
    return out;
}

/// The lines of a text, for `each`: [{"text": ...}].
json::array lines_of(std::string_view text)
{
    json::array out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        if (end > 0) out.push_back(json::object{{"text", text.substr(0, end)}});
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

/// The entry with the names of its codes, and the lines of its texts.
json::object entry_values(Work& work)
{
    json::object out;
    const auto id = registers::entry_of_dossier(work.db, work.dossier.id.value);
    if (!id) return out;
    const auto reg = work.office.packs.reg(work.procedure->register_id());
    const auto entry = registers::find_entry(work.db, work.office.keys, *reg, *id);
    if (!entry) throw std::runtime_error("an entry of a register does not open");
    out["number"] = entry.value().number;
    out["year"] = entry.value().year;
    for (const auto& member : entry.value().fields) {
        out[member.key()] = member.value();
        const auto* field = reg->field(std::string_view(member.key()));
        if (field == nullptr || !member.value().is_string()) continue;
        if (field->type == registers::FieldType::text)
            out[std::string(member.key()) + "_lines"] =
                lines_of(std::string_view(member.value().get_string()));
        if (field->codes.empty()) continue;
        if (const auto* choices = work.office.codes.find(field->codes, work.today()))
            for (const auto& choice : *choices)
                if (choice.value == std::string_view(member.value().get_string()))
                    out[std::string(member.key()) + "_name"] = choice.label.vi;
    }
    return out;
}

json::object signer_values(Work& work, const identity::Actor& signer)
{
    const auto [name, position] = name_and_position(work.db, signer);
    const auto block = identity::signature_block(work.db, signer, work.today());
    json::object out{{"name", name}, {"position", position}};
    if (block.lines.size() > 1) {
        out["for"] = block.lines.front();
        out["position"] = block.lines.back();
    } else if (!block.lines.empty()) {
        out["position"] = block.lines.front();
    }
    return out;
}

}  // namespace

std::pair<std::string, std::string> name_and_position(storage::Reader& db, const identity::Actor& actor)
{
    std::string name;
    std::string position;
    if (actor.party)
        if (const auto party = identity::find_party(db, actor.party)) name = party.value().name;
    if (actor.post)
        if (const auto post = identity::find_post(db, actor.post)) position = post.value().title_vi;
    return {name, position};
}

namespace {

/// As the applicant gave it, else the answer procedure.json says: `applicant_address`.
std::string address_of(Work& work, const Applicant& applicant)
{
    if (!applicant.address.empty()) return applicant.address;
    const auto pointer = json::string_or(work.procedure->metadata(), "applicant_address");
    if (pointer.empty()) return "";
    return address_text(work.office.codes, json::find(work.form.form, pointer), work.today());
}

/// All a paper may say but its own number.
json::object values_signed_by(Work& work, const identity::Actor& signer, std::string_view reason)
{
    const auto day = work.today();
    const auto agency = identity::agency_on(work.db, work.dossier.agency, day);
    if (!agency) throw std::logic_error("the agency of a dossier is not there");
    const auto applicant = applicant_of(work.db, work.office.keys, work.dossier);
    const auto limit = work.procedure->time_limit(day, work.form.form);
    const auto [name, position] = name_and_position(work.db, work.act.actor);
    json::object out{
        {"agency", agency_values(work.db, agency.value(), day)},
        {"dossier", dossier_values(work)},
        {"procedure", {{"name", work.procedure->name().vi}, {"time_limit", limit ? limit->text.vi : ""}}},
        {"fee", {{"text", fee_text(work)}}},
        {"applicant", {{"name", applicant.name}, {"address", address_of(work, applicant)}}},
        {"papers", paper_rows(work)},
        {"officer", {{"name", name}, {"position", position}}},
        {"signer", signer_values(work, signer)},
        {"reason", reason},
        {"entry", entry_values(work)},
        {"verify", json::object{}}};
    if (!applicant.phone.empty()) out["applicant"].as_object()["phone"] = applicant.phone;
    if (!applicant.email.empty()) out["applicant"].as_object()["email"] = applicant.email;
    return out;
}

/// Whoever's act brought the dossier to "awaiting signature".
std::optional<identity::Actor> decided_by(storage::Reader& db, DossierId dossier)
{
    std::optional<identity::Actor> found;
    for (const auto& event : events_of(db, dossier)) {
        const auto* set = event.body.if_contains("set");
        if (set != nullptr && json::string_or(*set, "state") == name_of(DossierState::awaiting_signature))
            found = event.actor;
    }
    return found;
}

/// Of a paper being made: its task is somebody else's. Problem "casework.task_taken".
Result<Done> not_taken(Work& work)
{
    const auto& actor = work.act.actor;
    if (work.dossier.state != DossierState::awaiting_signature) return Done{};
    for (const auto& task : workflow::open_tasks(work.db, workflow::InstanceId{work.dossier.instance})) {
        const bool own_post = task.assignee == actor.post || task.assignee == actor.for_post;
        const bool others =
            (task.claimed_by && task.claimed_by != actor.party) || (task.assignee && !own_post);
        if (others)
            return Problem{
                .code = "casework.task_taken",
                .field = "",
                .law = "",
                .words = {{"who", identity::shown_as(work.db, task.claimed_by, task.assignee)}}};
    }
    return Done{};
}

}  // namespace

json::object paper_values(Work& work, std::string_view paper, std::string_view reason)
{
    const auto year = year_of(work.today());
    auto out = values_signed_by(work, work.act.actor, reason);
    const auto series = "paper/" + std::string(paper);
    out["paper"] = json::object{
        {"number", next_number(work.db, work.dossier.agency, series, year)}, {"made_on", iso(work.today())}};
    if (paper == "receipt")
        out["book"] = json::object{
            {"name", fmt::format("01/{}", year)},
            {"number", next_number(work.db, work.dossier.agency, "book/tracking", year)}};
    for (const auto& event : events_of(work.db, work.dossier.id)) {
        const auto* words = event.body.if_contains("words");
        if (event.kind != "apologised" || words == nullptr) continue;
        out["due_was"] = moment(work, instant_from(json::integer_or(*words, "was_at")));
        out["due_now"] = moment(work, instant_from(json::integer_or(*words, "due_at")));
    }
    return out;
}

Result<FormPrint> form_print(Office& office, const Actor& actor, DossierId id, std::string_view paper)
{
    const identity::Act act{actor, office.clock.now(), office.ids};
    const auto plan = TRY(plan_work(office, id, act.now));
    return office.database.write(plan.locks, [&](storage::Writer& db) -> Result<FormPrint> {
        auto work = TRY(open_work(office, db, act, plan));
        if (!identity::may(db, actor, "dossiers.read", work.dossier.agency, act.today()))
            return Problem{.code = "casework.no_such_dossier", .field = "", .law = ""};
        const auto* xml = work.procedure->paper(paper);
        const auto signer = decided_by(db, id);
        const auto original = work.procedure->original(day_of(work.dossier.received_on.value_or(act.now)));
        if (xml == nullptr || !signer || work.dossier.entry == 0 || original != "preprinted_form")
            return Problem{.code = "casework.nothing_to_print", .field = "", .law = ""};
        TRY(not_taken(work));
        identity::audit(
            db,
            act,
            {.what = "dossier.print_form",
             .subject = "dossier",
             .subject_id = id.value,
             .about = work.dossier.applicant,
             .agency = work.dossier.agency,
             .reason = ""}
        );
        return FormPrint{*xml, values_signed_by(work, *signer, "")};
    });
}

namespace {

/// The first signature place of the paper: "leader" on what a leader signs, else "officer".
std::string place_of(std::string_view xml)
{
    return xml.find("signature-place name=\"leader\"") != std::string_view::npos ? "leader" : "officer";
}

std::string signed_line(const Work& work) { return shown(work.act.now); }

}  // namespace

Result<Done> order_paper(
    Work& work, std::string_view paper, std::string_view reason, const workflow::Call* call, json::object more
)
{
    const auto* xml = work.procedure->paper(paper);
    if (xml == nullptr) throw std::logic_error("a process asks for a paper the folder lacks");
    const auto title = work.procedure->paper_name(paper).vi;
    const auto document = documents::add_document(
        work.db,
        work.act,
        {.kind = std::string(paper),
         .subject = {"dossier", work.dossier.id.value},
         .agency = work.dossier.agency,
         .title = title.empty() ? std::string(paper) : title,
         .token = work.office.journal == nullptr ? "" : work.office.journal->token(paper)}
    );
    auto values = paper_values(work, paper, reason);
    for (auto& value : more) values[value.key()] = std::move(value.value());
    work.made["paper/" + std::string(paper)] =
        json::object{{"token", document.token}, {"number", json::integer_or(values["paper"], "number")}};
    values["verify"] = json::object{{"address", work.office.public_address + "/xac-minh/" + document.token}};
    static_cast<void>(
        TRY(documents::move_document(work.db, work.act, document.id, documents::DocumentState::approved))
    );
    const auto [name, position] = name_and_position(work.db, work.act.actor);
    documents::SigningRequest request;
    request.document = document.id;
    request.paper_xml = *xml;
    request.paper_name = std::string(paper) + ".paper.xml";
    request.values = std::move(values);
    documents::SigningStep step;
    step.holder = {"party", work.act.actor.party.value};
    step.place = place_of(*xml);
    step.name = name;
    step.lines = {signed_line(work)};
    request.steps.push_back(std::move(step));
    // Nobody waits for a slip or a letter: it is issued with its only signature.
    request.issue = call == nullptr;
    const PaperJob job{
        document.id.value, work.dossier.id, std::string(paper), call == nullptr ? 0 : call->id.value};
    insert_job(work.db, job, work.act.now);
    static_cast<void>(TRY(documents::request_signing(work.db, work.act, work.office.keys, request)));
    return Done{};
}

Result<Done> order_seal(Work& work, std::string_view paper, const workflow::Call& call)
{
    const auto job = find_job(work.db, work.dossier.id, paper);
    if (!job) throw std::logic_error("a seal is asked for a paper that was never made");
    const documents::DocumentId document{job->document};
    const auto agency = TRY(identity::agency_on(work.db, work.dossier.agency, work.today()));
    const auto unit = identity::unit_on(work.db, agency.unit, work.today());
    static_cast<void>(TRY(documents::set_number(work.db, document, work.dossier.entry_number, work.today())));
    documents::SigningStep step;
    step.holder = {"agency", agency.id.value};
    step.place = "agency";
    step.name = agency.name_vi;
    step.below = unit ? unit.value().short_name : "";
    step.lines = {signed_line(work)};
    step.seal = true;
    const auto* xml = work.procedure->paper(paper);
    const std::array<std::pair<std::string, std::string>, 2> reserved{
        std::pair{std::string("number"), work.dossier.entry_number},
        std::pair{std::string("issued_on"), written(work.today())}};
    for (const auto& [field, text] : reserved)
        if (xml != nullptr && xml->find("field name=\"" + field + "\"") != std::string::npos)
            step.fields.push_back({.field = field, .text = text});
    documents::SigningRequest request;
    request.document = document;
    request.stage = "sealed";
    request.issue = true;
    request.steps.push_back(std::move(step));
    set_job_call(work.db, job->document, call.id.value);
    static_cast<void>(TRY(documents::request_signing(work.db, work.act, work.office.keys, request)));
    return Done{};
}

Result<Done> paper_attached(
    Office& office, storage::Writer& db, const identity::Act& act, const documents::Document& document
)
{
    const auto job = find_job(db, document.id.value);
    if (!job) return Done{};
    const auto versions = documents::versions_of(db, document.id);
    const auto& last = versions.back();
    const auto file = TRY(storage::find_file(db, last.file));
    auto work = TRY(open_work(office, db, act, {.dossier = job->dossier}));
    StoredPaper paper;
    paper.id = office.ids.next_as<DossierPaperTag>();
    paper.dossier = job->dossier;
    paper.paper = job->paper;
    paper.version = next_paper_version(db, job->dossier, job->paper);
    paper.file = last.file;
    paper.name = job->paper + "-" + work.dossier.code + ".pdf";
    paper.media_type = std::string(storage::media_type(storage::FileKind::pdf));
    paper.bytes = file.blob.size;
    paper.sha256 = last.sha256;
    paper.origin = "made";
    paper.signatures = last.stage == "sealed" ? 2 : 1;
    paper.number = document.number;
    paper.at = act.now;
    insert_paper(db, paper);
    work.event("paper_made", {}, {{"paper", job->paper}, {"stage", last.stage}});
    if (job->call == 0 || is_closed(work.dossier.state)) return Done{};
    static_cast<void>(TRY(advance(work, [&](workflow::Engine& engine) {
        return engine.answer(
            db,
            act.actor,
            act.now,
            workflow::CallId{job->call},
            {{"document", std::to_string(document.id.value)}}
        );
    })));
    return Done{};
}

storage::Locks locks_of_paper(Office& office, documents::DocumentId document)
{
    const auto job = office.database.read([&](storage::Reader& db) { return find_job(db, document.value); });
    return job ? locks_of(office, job->dossier) : storage::Locks{};
}

}  // namespace thien_an::casework
