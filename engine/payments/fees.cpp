#include "engine/payments/fees.h"

#include "engine/workflow/dmn.h"

namespace thien_an::payments {

Result<Fee> compute_fee(
    const workflow::Decisions& decisions, std::string_view decision, const json::object& inputs, Instant now
)
{
    workflow::feel::Context context;
    for (const auto& member : inputs)
        context.put(std::string(member.key()), workflow::feel::from_json(member.value()));
    const auto decided = TRY(decisions.decide(decision, context, now));
    const auto* answer = decided.output.context();
    const auto* amount = answer == nullptr ? nullptr : answer->find("amount");
    const auto whole =
        amount == nullptr || amount->number() == nullptr ? std::nullopt : amount->number()->integer();
    if (!whole || *whole < 0)
        return Problem{
            .code = "payments.no_fee",
            .field = "",
            .law = "",
            .words = {{"decision", std::string(decision)}}};
    const auto* reason = answer->find("reason");
    Fee fee;
    fee.amount = {*whole};
    if (reason != nullptr && reason->text() != nullptr) fee.reason = *reason->text();
    // What it was asked with and no more: the host offers all answers of the form.
    json::object asked;
    for (const auto& name : decisions.inputs(decision))
        if (const auto* value = json::member(decided.inputs, name)) asked[name] = *value;
    fee.inputs = std::move(asked);
    fee.rules = decided.rules;
    fee.output = workflow::feel::to_json(decided.output);
    return fee;
}

}  // namespace thien_an::payments
