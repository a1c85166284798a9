#include "engine/casework/fee_explanation.h"

#include <algorithm>
#include <functional>

#include "engine/base/bytes.h"
#include "engine/casework/decision_types.h"
#include "engine/casework/packs.h"
#include "engine/crypto/key_ring.h"
#include "engine/workflow/dmn_graph.h"

namespace thien_an::casework {
namespace {

constexpr int decisions_max = 50;

crypto::ColumnPlace place_of(std::int64_t row) { return {"decision_log", "inputs", row}; }

/// The fee table itself, that gave the answer.
const workflow::DecisionTable* table_of(const workflow::Decisions& decisions, std::string_view decision)
{
    const int index = decisions.graph().find(decision);
    if (index < 0) return nullptr;
    const auto& element = decisions.graph().elements[std::size_t(index)];
    return element.box == nullptr ? nullptr : element.box->table.get();
}

/// What was asked, opened; null when its key is gone.
json::value asked_with(const Office& office, const workflow::DecisionRecord& record)
{
    const auto sealed = from_base64(json::string_or(record.inputs, "sealed"));
    if (!sealed) return nullptr;
    const auto text = office.keys.open_column(place_of(json::integer_or(record.inputs, "row")), *sealed);
    if (!text) return nullptr;
    auto parsed = json::parse(text.value());
    return parsed ? std::move(parsed).value() : json::value(nullptr);
}

Words value_words(
    const Office& office,
    const Procedure& procedure,
    const workflow::TableInput& input,
    const json::value& value
)
{
    if (!value.is_string()) {
        const auto text = json::text_of(value);
        return {text, text};
    }
    const std::string text(value.get_string());
    if (const auto own = procedure.word("fee.input." + text)) return *own;
    if (procedure.form() != nullptr)
        if (const auto list = code_list_of(procedure.form()->schema(), input.expression.text());
            !list.empty())
            if (const auto* choices = office.codes.find(list, day_of(office.clock.now())))
                for (const auto& choice : *choices)
                    if (choice.value == text) return choice.label;
    return {text, text};
}

using Say = std::function<Words(const std::string&)>;

/// A cell with its quoted values in words: `"late"` as "Quá hạn".
Words cell(const workflow::feel::Expression& test, const Say& say)
{
    if (!test) return {"-", "-"};
    Words out;
    std::string_view text = test.text();
    while (!text.empty()) {
        const auto open = text.find('"');
        const auto close = open == std::string_view::npos ? open : text.find('"', open + 1);
        if (close == std::string_view::npos) break;
        const auto said = say(std::string(text.substr(open + 1, close - open - 1)));
        out.vi += std::string(text.substr(0, open)) + said.vi;
        out.en += std::string(text.substr(0, open)) + (said.en.empty() ? said.vi : said.en);
        text.remove_prefix(close + 1);
    }
    out.vi += text;
    out.en += text;
    return out;
}

/// What the rule gave: of the one that matched, what was kept.
Words result_cell(
    const workflow::TableOutput& output,
    const workflow::feel::Expression& result,
    const json::value* given,
    const Procedure& procedure
)
{
    if (given != nullptr && given->is_number()) {
        const auto amount = shown(Dong{given->to_number<std::int64_t>()});
        if (output.name == "amount") return {amount, amount};
    }
    return cell(result, [&](const std::string& value) {
        return procedure.word("fee." + value).value_or(Words{value, value});
    });
}

void add_rules(
    FeeExplanation& out,
    const workflow::DecisionTable& table,
    const workflow::DecisionRecord& record,
    const Office& office,
    const Procedure& procedure
)
{
    for (const auto& rule : table.rules) {
        ExplainedRule row{
            .description = rule.description,
            .matched = std::find(record.rules.begin(), record.rules.end(), rule.id) != record.rules.end(),
            .cells = {}};
        for (std::size_t i = 0; i < rule.tests.size(); ++i)
            row.cells.push_back(cell(rule.tests[i], [&](const std::string& value) {
                return value_words(office, procedure, table.inputs[i], json::value(value));
            }));
        for (std::size_t i = 0; i < rule.results.size(); ++i) {
            const auto* given = row.matched ? json::member(record.output, table.outputs[i].name) : nullptr;
            row.cells.push_back(result_cell(table.outputs[i], rule.results[i], given, procedure));
        }
        out.rules.push_back(std::move(row));
    }
}

void add_table(
    FeeExplanation& out,
    const workflow::DecisionTable& table,
    const workflow::DecisionRecord& record,
    const json::value& asked,
    const Office& office,
    const Procedure& procedure
)
{
    for (const auto& input : table.inputs) {
        const auto& text = input.expression.text();
        const auto label = input.label.empty() ? text : input.label;
        out.columns.push_back(label);
        const auto* value = asked.is_object() ? json::member(asked, text) : nullptr;
        if (value != nullptr) out.inputs.push_back({label, value_words(office, procedure, input, *value)});
    }
    for (const auto& output : table.outputs)
        out.columns.push_back(output.label.empty() ? output.name : output.label);
    add_rules(out, table, record, office, procedure);
}

}  // namespace

void remember_fee(Work& work, const FeeAnswer& fee, Instant now)
{
    const auto row = work.office.ids.next();
    const auto sealed = work.office.keys.seal_column(place_of(row), json::text_of(fee.inputs));
    const auto* fees = json::member(work.procedure->metadata(), "fees");
    workflow::log_decision(
        work.db,
        row,
        workflow::InstanceId{work.dossier.instance},
        work.dossier.id.value,
        {.decision = fees == nullptr ? "" : json::string_or(*fees, "decision"),
         .inputs = json::object{{"sealed", base64(sealed)}, {"row", row}},
         .rules = fee.rules,
         .output = fee.output,
         .at = now}
    );
}

std::optional<FeeExplanation> explain_fee(Office& office, storage::Reader& db, const Dossier& dossier)
{
    const auto procedure = office.packs.version(PackId{dossier.pack});
    if (!procedure || !procedure->decisions()) return std::nullopt;
    const auto* fees = json::member(procedure->metadata(), "fees");
    const auto decision = fees == nullptr ? "" : json::string_or(*fees, "decision");
    for (const auto& record : workflow::decisions(db, dossier.id.value, decisions_max)) {
        const auto* table =
            record.decision == decision ? table_of(*procedure->decisions(), decision) : nullptr;
        if (table == nullptr) continue;
        const auto own = procedure->word("fee." + dossier.fee_reason);
        FeeExplanation out{
            .amount = dossier.fee,
            .reason = own.value_or(Words{dossier.fee_reason, dossier.fee_reason}),
            .at = record.at,
            .law = procedure->decisions()->graph().description,
            .inputs = {},
            .columns = {},
            .rules = {}};
        add_table(out, *table, record, asked_with(office, record), office, *procedure);
        return out;
    }
    return std::nullopt;
}

}  // namespace thien_an::casework
