#include "engine/casework/procedure_load.h"

#include <algorithm>

#include "engine/casework/decision_types.h"
#include "engine/casework/json_lines.h"
#include "engine/documents/paper.h"
#include "engine/workflow/dmn.h"
#include "engine/workflow/process.h"

namespace thien_an::casework {
namespace {

Problem pack_problem(std::string code, std::string pointer, std::string_view name, std::string_view word)
{
    return {
        .code = std::move(code),
        .field = std::move(pointer),
        .law = "",
        .words = {{std::string(name), std::string(word)}}};
}

/// Reads and proves one folder; every fault is kept, so that one look at the list mends all.
class Loader {
public:
    Loader(const FolderFiles& files, const Known& known)
        : known_(known), compiled_(std::make_unique<CompiledProcedure>())
    {
        compiled_->files = files;
    }

    Procedure::Loaded run()
    {
        if (read_json("procedure.json", compiled_->metadata)) {
            basics();
            if (!json::bool_or(compiled_->metadata, "information_only")) whole();
        }
        if (!faults_.empty()) return {nullptr, std::move(faults_)};
        return {std::make_shared<const Procedure>(std::move(compiled_)), {}};
    }

private:
    void fault(const std::string& file, Problem problem, int line = 0)
    {
        if (line == 0)
            if (const auto found = compiled_->files.find(file); found != compiled_->files.end())
                line = line_of(found->second, problem.field);
        faults_.push_back({file, line, std::move(problem)});
    }

    /// False, with a fault, when the file is missing or is no JSON.
    bool read_json(const std::string& file, json::value& into)
    {
        const auto found = compiled_->files.find(file);
        if (found == compiled_->files.end()) {
            fault(file, pack_problem("packs.file_missing", "", "file", file));
            return false;
        }
        auto parsed = json::parse(found->second);
        if (!parsed) {
            const auto& words = parsed.problem().words;
            const int line = words.empty() ? 0 : std::stoi(words.front().second);
            fault(file, parsed.problem(), line);
            return false;
        }
        into = std::move(parsed).value();
        return true;
    }

    /// The file procedure.json names at `pointer`; "" when it names none.
    std::string named_file(const std::string& pointer)
    {
        const auto* v = json::find(compiled_->metadata, pointer);
        if (v == nullptr || !v->is_string()) return "";
        std::string file(v->get_string());
        if (compiled_->files.contains(file)) return file;
        fault("procedure.json", pack_problem("packs.file_missing", pointer, "file", file));
        return "";
    }

    void basics()
    {
        compiled_->id = json::string_or(compiled_->metadata, "id");
        compiled_->system = json::string_or(compiled_->metadata, "system");
        if (compiled_->id.empty())
            fault("procedure.json", pack_problem("packs.member_missing", "/id", "member", "id"));
        const auto* name = json::member(compiled_->metadata, "name");
        if (name == nullptr || json::string_or(*name, "vi").empty())
            fault("procedure.json", pack_problem("packs.member_missing", "/name/vi", "member", "name.vi"));
    }

    void whole()
    {
        forms();
        rules();
        papers();
        conditions("time_limits");
        words();
        decisions();
        process();
        if (const auto reg = json::string_or(compiled_->metadata, "register");
            !reg.empty() && !known_registers(reg))
            fault("procedure.json", pack_problem("packs.unknown_register", "/register", "register", reg));
    }

    bool known_registers(std::string_view name) const
    {
        return std::find(known_.registers.begin(), known_.registers.end(), name) != known_.registers.end();
    }

    std::optional<Form> form_of(const std::string& file)
    {
        json::value schema;
        if (file.empty() || !read_json(file, schema)) return std::nullopt;
        auto form = Form::load(std::move(schema), *known_.codes, known_.day);
        if (form) return std::move(form).value();
        fault(file, form.problem());
        return std::nullopt;
    }

    void forms()
    {
        const auto file = named_file("/files/form");
        if (file.empty() && json::find(compiled_->metadata, "/files/form") == nullptr)
            fault("procedure.json", pack_problem("packs.member_missing", "/files", "member", "files.form"));
        compiled_->form = form_of(file);
        const auto* task_forms = json::find(compiled_->metadata, "/files/task_forms");
        if (task_forms == nullptr || !task_forms->is_object()) return;
        for (const auto& member : task_forms->get_object())
            if (auto form = form_of(named_file("/files/task_forms/" + std::string(member.key()))))
                compiled_->task_forms.emplace(std::string(member.key()), *std::move(form));
    }

    void rules()
    {
        const auto* rules = json::member(compiled_->metadata, "rules");
        if (rules == nullptr || !rules->is_array()) return;
        for (std::size_t i = 0; i < rules->get_array().size(); ++i) {
            const auto name = json::string_or(rules->get_array()[i], "name");
            if (std::find(known_.rules.begin(), known_.rules.end(), name) == known_.rules.end())
                fault(
                    "procedure.json",
                    pack_problem("packs.unknown_rule", "/rules/" + std::to_string(i) + "/name", "rule", name)
                );
        }
    }

    /// The `when` of the rows of a list.
    void conditions(const std::string& list)
    {
        static const workflow::feel::Names names{
            .variables = {"form", "dossier", "law", "today"}, .members = {}, .types = {}};
        const auto* rows = json::member(compiled_->metadata, list);
        if (rows == nullptr || !rows->is_array()) return;
        for (std::size_t i = 0; i < rows->get_array().size(); ++i) {
            const auto when = json::string_or(rows->get_array()[i], "when");
            if (when.empty() || compiled_->conditions.contains(when)) continue;
            auto condition = workflow::feel::compile(when, names);
            if (condition)
                compiled_->conditions.emplace(when, std::move(condition).value());
            else
                fault(
                    "procedure.json",
                    pack_problem(
                        "packs.bad_condition",
                        "/" + list + "/" + std::to_string(i) + "/when",
                        "condition",
                        when
                    )
                );
        }
    }

    void papers()
    {
        conditions("papers");
        reuses();
        const auto* made = json::find(compiled_->metadata, "/files/papers");
        if (made == nullptr || !made->is_object()) return;
        for (const auto& member : made->get_object())
            paper(named_file("/files/papers/" + std::string(member.key())));
    }

    /// What papers are held elsewhere for: a register that is there.
    void reuses()
    {
        const auto* rows = json::member(compiled_->metadata, "papers");
        if (rows == nullptr || !rows->is_array()) return;
        for (std::size_t i = 0; i < rows->get_array().size(); ++i) {
            const auto* reuse = json::member(rows->get_array()[i], "reuses");
            if (reuse == nullptr) continue;
            const auto name = json::string_or(*reuse, "register");
            if (!known_registers(name))
                fault(
                    "procedure.json",
                    pack_problem(
                        "packs.unknown_register",
                        "/papers/" + std::to_string(i) + "/reuses/register",
                        "register",
                        name
                    )
                );
        }
    }

    /// What cannot be drawn is refused when it is published, not when an officer waits for it.
    void paper(const std::string& file)
    {
        if (file.empty()) return;
        const auto read = documents::Paper::read(compiled_->files.find(file)->second, file);
        if (read) return;
        int line = 0;
        for (const auto& [name, word] : read.problem().words)
            if (name == "line") line = std::stoi(word);
        fault(file, read.problem(), std::max(line, 1));
    }

    void words()
    {
        if (const auto vi = named_file("/files/words/vi"); !vi.empty()) read_json(vi, compiled_->words_vi);
        if (const auto en = named_file("/files/words/en"); !en.empty()) read_json(en, compiled_->words_en);
    }

    void decisions()
    {
        const auto* fees = json::member(compiled_->metadata, "fees");
        if (fees == nullptr || json::member(*fees, "table") == nullptr) return;
        const auto file = named_file("/fees/table");
        if (file.empty()) return;
        auto loaded = workflow::Decisions::load({{file, compiled_->files.at(file)}});
        for (auto& finding : loaded.findings)
            if (finding.severity == workflow::Finding::Severity::error)
                faults_.push_back({finding.file, finding.line, finding.problem, finding.element, finding.path}
                );
        compiled_->decisions = loaded.decisions;
        if (loaded.decisions && compiled_->form)
            for (auto& found : decision_faults(
                     *loaded.decisions, file, compiled_->form->schema(), *known_.codes, known_.day
                 ))
                faults_.push_back(std::move(found));
        const auto decision = json::string_or(*fees, "decision");
        if (loaded.decisions && !loaded.decisions->has(decision))
            fault(
                "procedure.json",
                pack_problem("packs.unknown_decision", "/fees/decision", "decision", decision)
            );
    }

    void process()
    {
        const auto file = named_file("/files/process");
        if (file.empty()) return;
        workflow::Vocabulary vocabulary;
        vocabulary.actions = known_.actions;
        for (const auto& [name, form] : compiled_->task_forms) vocabulary.forms.push_back(name);
        vocabulary.decisions = compiled_->decisions;
        if (const auto* calls = json::member(compiled_->metadata, "calls");
            calls != nullptr && calls->is_array())
            for (const auto& one : calls->get_array())
                if (one.is_string()) vocabulary.processes.emplace_back(one.get_string());
        vocabulary.limits = step_limits();
        vocabulary.refuse_unproved = !known_.unproved_signed || !known_.unproved_signed(compiled_->files);
        auto loaded = workflow::Process::load(with_own_limits(file), file, vocabulary);
        for (auto& finding : loaded.findings)
            if (finding.severity == workflow::Finding::Severity::error)
                faults_.push_back({finding.file, finding.line, finding.problem, finding.element, finding.path}
                );
        compiled_->process = loaded.process;
    }

    /// The process with the limits procedure.json gives its waiting steps: procedures that share a process differ in them.
    std::string with_own_limits(const std::string& file)
    {
        auto text = compiled_->files.at(file);
        const auto* rows = json::member(compiled_->metadata, "waits");
        if (rows == nullptr || !rows->is_array()) return text;
        for (std::size_t i = 0; i < rows->get_array().size(); ++i) {
            const auto& row = rows->get_array()[i];
            const auto step = json::string_or(row, "step");
            const auto pointer = "/waits/" + std::to_string(i);
            constexpr std::string_view opens = "<ta:budget>";
            const auto task = text.find("<userTask id=\"" + step + "\"");
            const auto end = task == std::string::npos ? task : text.find("</userTask>", task);
            const auto from = task == std::string::npos ? task : text.find(opens, task);
            if (from == std::string::npos || from > end) {
                fault("procedure.json", pack_problem("packs.no_such_wait", pointer + "/step", "step", step));
                continue;
            }
            const auto budget = json::string_or(row, "budget");
            if (budget.empty()) continue;
            if (!workflow::parse_budget(budget))
                fault(
                    "procedure.json",
                    pack_problem("workflow.bad_budget", pointer + "/budget", "budget", budget)
                );
            const auto begin = from + opens.size();
            text.replace(begin, text.find('<', begin) - begin, budget);
        }
        return text;
    }

    /// The limits of the law as the steps have to fit them: what is due the same day has a working day.
    std::vector<workflow::StepLimit> step_limits() const
    {
        std::vector<workflow::StepLimit> out;
        const auto* rows = json::member(compiled_->metadata, "time_limits");
        if (rows == nullptr || !rows->is_array()) return out;
        for (const auto& row : rows->get_array()) {
            const bool same_day = json::string_or(row, "kind") == "same_day";
            const auto total = workflow::parse_budget(same_day ? "P1WD" : json::string_or(row, "budget"));
            if (!total) continue;
            workflow::StepLimit limit{
                .name = json::string_or(row, "valid_from"),
                .total = total.value(),
                .starts = {"casework.receive"},
                .extends = {}};
            if (const auto* text = json::member(row, "text")) limit.name = json::string_or(*text, "vi");
            if (const auto* extensions = json::member(row, "extensions");
                extensions != nullptr && extensions->is_array())
                for (const auto& extension : extensions->get_array())
                    if (const auto adds = workflow::parse_budget(json::string_or(extension, "adds")))
                        limit.extends["casework.extend"] = adds.value();
            out.push_back(std::move(limit));
        }
        return out;
    }

    const Known& known_;
    std::unique_ptr<CompiledProcedure> compiled_;
    std::vector<PackFault> faults_;
};

}  // namespace

Procedure::Loaded Procedure::load(const FolderFiles& files, const Known& known)
{
    return Loader(files, known).run();
}

}  // namespace thien_an::casework
