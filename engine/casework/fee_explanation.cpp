#include "engine/casework/fee_explanation.h"

#include <algorithm>

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

std::string text_of_test(const workflow::feel::Expression& test) { return test ? test.text() : "-"; }

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
    for (const auto& output : table.outputs) out.columns.push_back(output.name);
    for (const auto& rule : table.rules) {
        ExplainedRule row{
            .description = rule.description,
            .matched = std::find(record.rules.begin(), record.rules.end(), rule.id) != record.rules.end(),
            .tests = {},
            .results = {}};
        for (const auto& test : rule.tests) row.tests.push_back(text_of_test(test));
        for (const auto& result : rule.results) row.results.push_back(text_of_test(result));
        out.rules.push_back(std::move(row));
    }
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
