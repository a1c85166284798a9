#include "engine/casework/filing.h"

#include "engine/casework/competence.h"
#include "engine/casework/packs.h"
#include "engine/payments/fees.h"
#include "engine/text/own_sentence.h"

namespace thien_an::casework {
namespace {

Problem problem(std::string code, std::string name = "", std::string word = "")
{
    Problem out{.code = std::move(code), .field = "", .law = ""};
    if (!name.empty()) out.words = {{std::move(name), std::move(word)}};
    return out;
}

/// Who decides: the one the law names, else the agency filed with when it is competent; where any desk receives, the
/// competent one.
identity::Agency deciding_agency(
    storage::Reader& db,
    const Procedure& procedure,
    const json::value& form,
    const identity::Agency& filed_with,
    Day day
)
{
    if (const auto one = procedure.deciding_agency(day); !one.empty())
        if (auto agency = identity::agency_by_key(db, one, day)) return std::move(agency).value();
    if (!procedure.file_with_any_agency(day)) return filed_with;
    const auto units = competent_units(db, procedure.metadata(), form, day);
    for (const auto& unit : units)
        if (unit.unit == filed_with.unit) return filed_with;
    for (const auto& unit : units)
        if (auto agency = identity::agency_for_unit(db, unit.unit, day)) return std::move(agency).value();
    return filed_with;
}

/// What is held of the papers that were not given.
std::vector<HeldResult> held_instead(
    const Office& office,
    storage::Reader& db,
    const Procedure& procedure,
    const Filing& filing,
    const json::value& form,
    Day day
)
{
    auto held = held_results(office, db, procedure, form, filing.channel, day);
    std::erase_if(held, [&](const HeldResult& result) {
        return std::any_of(filing.files.begin(), filing.files.end(), [&](const FiledFile& file) {
            return file.paper == result.paper;
        });
    });
    return held;
}

void check_papers(const Filing& filing, Day day, PreparedFiling& prepared)
{
    const auto wanted = prepared.procedure->papers_wanted(prepared.form, filing.channel, day);
    auto& faults = prepared.faults;
    for (const auto& paper : wanted) {
        const auto given = std::count_if(filing.files.begin(), filing.files.end(), [&](const FiledFile& f) {
            return f.paper == paper.id;
        });
        Problem fault{
            .code = "", .field = "/files/" + paper.id, .law = "", .words = {{"paper", paper.name.vi}}};
        const bool held = std::any_of(prepared.held.begin(), prepared.held.end(), [&](const auto& result) {
            return result.paper == paper.id;
        });
        if (given == 0 && paper.required && !held) fault.code = "casework.missing_paper";
        if (given > paper.files_max) fault.code = "casework.too_many_files";
        if (fault.code == "casework.too_many_files")
            fault.words.emplace_back("count", std::to_string(paper.files_max));
        if (!fault.code.empty()) faults.problems.push_back(std::move(fault));
    }
    for (const auto& file : filing.files) {
        const bool known = std::any_of(wanted.begin(), wanted.end(), [&](const PaperWanted& p) {
            return p.id == file.paper;
        });
        if (!known) faults.problems.push_back(problem("casework.no_such_paper", "paper", file.paper));
    }
}

}  // namespace

Result<identity::Agency> agency_named(storage::Reader& db, std::string_view code, Day day)
{
    if (auto agency = identity::agency_by_code(db, code, day)) return agency;
    if (auto agency = identity::agency_for_unit(db, code, day)) return agency;
    return identity::agency_by_key(db, code, day);
}

FormContext form_context(const Office& office, const Procedure& procedure, Day day, std::string_view channel)
{
    FormContext context{.today = day, .extra = json::object{{"law", law_facts(procedure, day)}}};
    auto& ways = context.options["procedure.result.hand_over"];
    for (const auto& way : procedure.hand_over(day)) ways.push_back({way.id, way.name});
    context.words = office.words;
    context.channel = channel;
    return context;
}

namespace {

/// "Chọn lại: {{agencies}}" with the words of a Problem in its places.
std::string filled(std::string sentence, const std::vector<std::pair<std::string, std::string>>& words)
{
    for (const auto& [name, word] : words) {
        const auto place = "{{" + name + "}}";
        for (auto at = sentence.find(place); at != std::string::npos;
             at = sentence.find(place, at + word.size()))
            sentence.replace(at, place.size(), word);
    }
    return sentence;
}

/// The folder's own sentence for a code of its rules, carried by the Problem: the program's catalogue has none for it.
template <typename Told>
void tell_in_own_words(const Procedure& procedure, Told& told)
{
    const auto own = procedure.word(told.code);
    if (!own) return;
    auto words = told.words;
    words.emplace_back(text::own_sentence_vi, filled(own->vi, told.words));
    words.emplace_back(text::own_sentence_en, filled(own->in("en"), told.words));
    told.words = std::move(words);
}

/// Nothing is wrong but the declaration of the last step, which is ticked when all is sent: the fee is known before.
bool only_undeclared(const Form& form, const std::vector<FieldError>& errors)
{
    const auto steps = form.step_ids();
    return std::ranges::all_of(errors, [&](const FieldError& error) { return error.step == steps.back(); });
}

}  // namespace

RulesAnswer ask_rules(
    const Office& office, const Procedure& procedure, std::string_view when, const RuleInput& input
)
{
    RulesAnswer out;
    const auto* rules = json::member(procedure.metadata(), "rules");
    if (rules == nullptr || !rules->is_array()) return out;
    for (const auto& row : rules->get_array()) {
        if (json::string_or(row, "when") != when) continue;
        auto answer = office.rules.rule(json::string_or(row, "name"))(input);
        if (!answer) {
            out.problems.push_back(answer.problem());
            tell_in_own_words(procedure, out.problems.back());
            continue;
        }
        for (const auto& fact : answer.value().facts) out.facts[fact.key()] = fact.value();
        for (const auto& warning : answer.value().warnings) {
            out.warnings.push_back(warning);
            tell_in_own_words(procedure, out.warnings.back());
        }
    }
    return out;
}

Result<std::optional<FeeAnswer>> ask_fee(
    const Office& office,
    const Procedure& procedure,
    const json::value& form,
    const json::object& facts,
    Instant now
)
{
    const auto* fees = json::member(procedure.metadata(), "fees");
    const auto decisions = procedure.decisions();
    if (fees == nullptr || !decisions) return std::optional<FeeAnswer>{};
    const auto day = day_of(now);
    json::object inputs = facts;
    const auto* exempt = json::find(form, "/result/exempt_group");
    inputs["exempt_group"] = exempt == nullptr ? json::value("none") : *exempt;
    inputs["form"] = form;
    inputs["today"] = iso(day);
    json::object amounts;
    for (const auto& [id, amount] : office.settings.fees(day)) amounts[id] = amount;
    inputs["fees"] = std::move(amounts);
    const auto fee = TRY(payments::compute_fee(*decisions, json::string_or(*fees, "decision"), inputs, now));
    return std::optional<FeeAnswer>({fee.amount, fee.reason, fee.inputs, fee.rules, fee.output});
}

Result<PreparedFiling> prepare_filing(Office& office, storage::Reader& db, const Filing& filing, Instant now)
{
    const auto day = day_of(now);
    PreparedFiling out;
    out.procedure = office.packs.procedure(filing.procedure);
    if (!out.procedure) return problem("casework.no_such_procedure", "procedure", filing.procedure);
    if (out.procedure->information_only()) return problem("casework.not_filed_here");
    if (!out.procedure->filing_open(day)) return problem("casework.filing_closed");
    out.pack = office.packs.in_force(filing.procedure);
    // Where the law names one agency nobody has to be asked for it.
    const auto one = out.procedure->deciding_agency(day);
    out.receives = TRY(agency_named(db, filing.agency.empty() ? one : filing.agency, day));
    const auto context = form_context(office, *out.procedure, day, filing.channel);
    const auto& form = *out.procedure->form();
    out.form = form.tidied(filing.form, context);
    out.faults.fields = form.check("", out.form, context, office.codes);
    out.decides = deciding_agency(db, *out.procedure, out.form, out.receives, day);
    if (!one.empty() && out.receives.id != out.decides.id && !out.procedure->file_with_any_agency(day))
        out.faults.problems.push_back(
            {.code = "casework.other_agency_decides",
             .field = "/agency",
             .law = "",
             .words = {{"agency", out.decides.name_vi}}}
        );
    out.held = held_instead(office, db, *out.procedure, filing, out.form, day);
    check_papers(filing, day, out);
    // Rules also look at answers with errors: they may say more exactly what is wrong with one.
    const RuleInput input{
        .db = db,
        .keys = office.keys,
        .packs = office.packs,
        .codes = office.codes,
        .form = out.form,
        .procedure = out.procedure->metadata(),
        .agency = out.decides,
        .today = day};
    auto answer = ask_rules(office, *out.procedure, "file", input);
    out.facts = std::move(answer.facts);
    out.warnings = std::move(answer.warnings);
    for (auto& fault : answer.problems) out.faults.problems.push_back(std::move(fault));
    if (!answer.problems.empty() || !only_undeclared(form, out.faults.fields)) return out;
    if (auto fee = TRY(ask_fee(office, *out.procedure, out.form, out.facts, now))) {
        out.fee = fee->amount;
        out.fee_reason = fee->reason;
    }
    return out;
}

Result<Review> review(Office& office, const Filing& filing)
{
    const auto prepared = TRY(office.database.read([&](storage::Reader& db) {
        return prepare_filing(office, db, filing, office.clock.now());
    }));
    return Review{
        prepared.faults, prepared.fee, prepared.fee_reason, prepared.warnings, prepared.decides.code};
}

}  // namespace thien_an::casework
