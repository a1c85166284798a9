#include "engine/casework/procedure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/casework/json_lines.h"
#include "engine/casework/procedure_load.h"

namespace thien_an::casework {
namespace {

Validity validity_of(const json::value& row)
{
    const auto from = parse_day(json::string_or(row, "valid_from", "0001-01-01"));
    const auto to = parse_day(json::string_or(row, "valid_to"));
    return {from ? from.value() : Day{}, to ? std::optional(to.value()) : std::nullopt};
}

Words words_at(const json::value& v, std::string_view member) { return words_from(json::member(v, member)); }

std::vector<std::string> texts(const json::value* list)
{
    std::vector<std::string> out;
    if (list == nullptr || !list->is_array()) return out;
    for (const auto& v : list->get_array())
        if (v.is_string()) out.emplace_back(v.get_string().data(), v.get_string().size());
    return out;
}

PaperWanted paper_from(const json::value& row)
{
    PaperWanted paper;
    paper.id = json::string_or(row, "id");
    paper.name = words_at(row, "name");
    paper.help = words_at(row, "help");
    paper.originals = json::integer_or(row, "originals");
    paper.copies = json::integer_or(row, "copies");
    paper.shown = json::bool_or(row, "shown");
    paper.required = json::bool_or(row, "required");
    paper.when = json::string_or(row, "when");
    paper.files_max = json::integer_or(row, "files_max", 1);
    paper.bytes_max = json::integer_or(row, "bytes_max");
    paper.accept = texts(json::member(row, "accept"));
    if (const auto* reuses = json::member(row, "reuses")) {
        Reuse reuse{json::string_or(*reuses, "register"), json::string_or(*reuses, "paper"), {}, 0};
        reuse.months_max = json::integer_or(*reuses, "months_max");
        for (const auto& member : reuses->at("same").as_object())
            reuse.same.emplace_back(member.key(), std::string(member.value().as_string()));
        if (!reuse.same.empty()) paper.reuses = std::move(reuse);
    }
    return paper;
}

}  // namespace

Procedure::Procedure(std::unique_ptr<CompiledProcedure> compiled) : compiled_(std::move(compiled)) {}
Procedure::~Procedure() = default;

const std::string& Procedure::id() const { return compiled_->id; }
const std::string& Procedure::system() const { return compiled_->system; }
const json::value& Procedure::metadata() const { return compiled_->metadata; }
const FolderFiles& Procedure::files() const { return compiled_->files; }
Words Procedure::name() const { return words_at(metadata(), "name"); }
Words Procedure::summary() const { return words_at(metadata(), "summary"); }
Words Procedure::sector() const { return words_at(metadata(), "sector"); }
std::string Procedure::page() const { return json::string_or(metadata(), "page"); }
std::string Procedure::national_code() const { return json::string_or(metadata(), "national_code"); }
std::string Procedure::agency_level() const { return json::string_or(metadata(), "agency_level"); }
bool Procedure::information_only() const { return json::bool_or(metadata(), "information_only"); }
std::int64_t Procedure::common_rank() const { return json::integer_or(metadata(), "common"); }
std::vector<std::string> Procedure::life_events() const
{
    return texts(json::member(metadata(), "life_events"));
}
std::string Procedure::register_id() const { return json::string_or(metadata(), "register"); }
std::shared_ptr<const workflow::Process> Procedure::process() const { return compiled_->process; }
std::shared_ptr<const workflow::Decisions> Procedure::decisions() const { return compiled_->decisions; }
const Form* Procedure::form() const { return compiled_->form ? &*compiled_->form : nullptr; }

const Form* Procedure::task_form(std::string_view name) const
{
    const auto found = compiled_->task_forms.find(name);
    return found == compiled_->task_forms.end() ? nullptr : &found->second;
}

std::vector<const json::value*> Procedure::in_force(std::string_view member, Day day) const
{
    std::vector<const json::value*> rows;
    const auto* list = json::find(metadata(), member.starts_with('/') ? member : "/" + std::string(member));
    if (list == nullptr || !list->is_array()) return rows;
    for (const auto& row : list->get_array())
        if (validity_of(row).covers(day)) rows.push_back(&row);
    return rows;
}

bool Procedure::filing_open(Day day) const
{
    if (information_only()) return false;
    const auto rows = in_force("filing_open", day);
    return rows.empty() ? json::member(metadata(), "filing_open") == nullptr
                        : json::bool_or(*rows.front(), "open");
}

std::vector<LegalBasis> Procedure::legal_basis(Day day) const
{
    std::vector<LegalBasis> out;
    for (const auto* row : in_force("legal_basis", day))
        out.push_back({json::string_or(*row, "law"), texts(json::member(*row, "articles"))});
    return out;
}

std::vector<PaperWanted> Procedure::papers(Day day) const
{
    std::vector<PaperWanted> out;
    for (const auto* row : in_force("papers", day)) out.push_back(paper_from(*row));
    return out;
}

std::vector<Words> Procedure::papers_text() const
{
    std::vector<Words> out;
    const auto* rows = json::member(metadata(), "papers_text");
    if (rows == nullptr || !rows->is_array()) return out;
    for (const auto& row : rows->get_array()) out.push_back(words_from(&row));
    return out;
}

std::optional<ServiceLevel> Procedure::service_level(Day day) const
{
    const auto rows = in_force("service_levels", day);
    if (rows.empty()) return std::nullopt;
    const auto& row = *rows.front();
    return ServiceLevel{
        json::string_or(row, "level"),
        words_at(row, "label"),
        json::bool_or(row, "file_online"),
        json::bool_or(row, "pay_online"),
        json::bool_or(row, "result_online"),
        json::string_or(row, "sign_register")};
}

std::optional<TimeLimit> Procedure::time_limit(Day day, const json::value& form) const
{
    const auto rows = in_force("time_limits", day);
    const auto holds = [&](const json::value* row) {
        const auto when = json::string_or(*row, "when");
        return when.empty() || (form.is_object() && compiled_->condition_holds(when, form, "", day));
    };
    const auto found = std::ranges::find_if(rows, holds);
    if (found == rows.end()) return std::nullopt;
    const auto& row = **found;
    TimeLimit limit;
    limit.budget = json::string_or(row, "kind") == "same_day" ? "P0WD" : json::string_or(row, "budget");
    limit.cutoff = json::string_or(row, "cutoff");
    limit.calendar = json::string_or(row, "calendar", "counted");
    limit.text = words_at(row, "text");
    if (const auto* extensions = json::member(row, "extensions");
        extensions != nullptr && extensions->is_array())
        for (const auto& e : extensions->get_array())
            limit.extensions[json::string_or(e, "id")] = json::string_or(e, "adds");
    return limit;
}

std::optional<SupplementRule> Procedure::supplement(Day day) const
{
    const auto rows = in_force("supplement", day);
    if (rows.empty()) return std::nullopt;
    return SupplementRule{
        json::string_or(*rows.front(), "clock"), json::integer_or(*rows.front(), "requests_max", 1)};
}

std::vector<HandOver> Procedure::hand_over(Day day) const
{
    std::vector<HandOver> out;
    for (const auto* row : in_force("/result/hand_over", day))
        out.push_back({json::string_or(*row, "id"), words_at(*row, "name")});
    return out;
}

Words Procedure::fee_text() const
{
    const auto* fees = json::member(metadata(), "fees");
    return fees == nullptr ? words_at(metadata(), "fee_text") : words_at(*fees, "text");
}

Words Procedure::result_name() const
{
    const auto* result = json::member(metadata(), "result");
    return result == nullptr ? words_at(metadata(), "result_text") : words_at(*result, "name");
}

Words Procedure::decided_by(Day day) const
{
    const auto rows = in_force("competence", day);
    return words_at(rows.empty() ? metadata() : *rows.front(), "decided_by");
}

std::string Procedure::original(Day day) const
{
    const auto rows = in_force("/result/original", day);
    return rows.empty() ? "" : json::string_or(*rows.front(), "kind");
}

std::string Procedure::deciding_agency(Day day) const
{
    const auto rows = in_force("competence", day);
    return rows.empty() ? "" : json::string_or(*rows.front(), "agency");
}

bool Procedure::files_online(Day day) const
{
    const auto level = service_level(day);
    return !information_only() && filing_open(day) && level && level->file_online;
}

bool Procedure::is_protected() const { return json::bool_or(metadata(), "protected"); }

std::vector<Wait> Procedure::waits() const
{
    std::vector<Wait> out;
    const auto* rows = json::member(metadata(), "waits");
    if (rows == nullptr || !rows->is_array()) return out;
    for (const auto& row : rows->get_array()) {
        Wait& wait = out.emplace_back(Wait{json::string_or(row, "step"), {}});
        const auto* tell = json::member(row, "tell");
        if (tell == nullptr || !tell->is_array()) continue;
        for (const auto& post : tell->get_array()) wait.tell.emplace_back(post.as_string());
    }
    return out;
}

std::string Procedure::blank(Day day) const
{
    const auto rows = in_force("/result/original", day);
    return rows.empty() ? "" : json::string_or(*rows.front(), "form");
}

bool Procedure::file_with_any_agency(Day day) const
{
    const auto rows = in_force("competence", day);
    return !rows.empty() && json::string_or(*rows.front(), "file_with") == "any_agency_in_province";
}

bool CompiledProcedure::condition_holds(
    std::string_view when, const json::value& form, std::string_view channel, Day day
) const
{
    using workflow::feel::Value;
    const auto condition = conditions.find(when);
    if (condition == conditions.end()) return true;
    const json::value dossier = json::object{{"channel", channel}};
    const std::array values{
        workflow::feel::from_json(form), workflow::feel::from_json(dossier), Value(), Value(iso(day))};
    workflow::feel::Evaluation evaluation(at(day, Minutes{0}));
    return evaluation.value(condition->second, values).is_true();
}

std::vector<PaperWanted> Procedure::papers_wanted(const json::value& form, std::string_view channel, Day day)
    const
{
    std::vector<PaperWanted> out;
    for (auto& paper : papers(day)) {
        if (!compiled_->condition_holds(paper.when, form, channel, day)) continue;
        // Shown at the desk is enough when the filing is made there.
        if (paper.shown && channel != "online") paper.required = false;
        out.push_back(std::move(paper));
    }
    return out;
}

const std::string* Procedure::paper(std::string_view name) const
{
    const auto* file = json::find(metadata(), "/files/papers/" + std::string(name));
    if (file == nullptr || !file->is_string()) return nullptr;
    const auto found = files().find(std::string_view(file->get_string()));
    return found == files().end() ? nullptr : &found->second;
}

Words Procedure::paper_name(std::string_view name) const
{
    if (name == "certificate") return result_name();
    for (const auto* row : {json::member(metadata(), "papers")})
        if (row != nullptr && row->is_array())
            for (const auto& paper : row->get_array())
                if (json::string_or(paper, "id") == name) return words_at(paper, "name");
    const auto own = word("paper." + std::string(name));
    return own ? *own : Words{};
}

std::optional<Words> Procedure::word(std::string_view key) const
{
    const auto find = [&](const json::value& words) { return json::string_or(words, key); };
    const Words found{find(compiled_->words_vi), find(compiled_->words_en)};
    return found.vi.empty() ? std::nullopt : std::optional(found);
}

}  // namespace thien_an::casework
