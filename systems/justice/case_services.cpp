#include "systems/justice/case_services.h"

#include "systems/justice/outside.h"

namespace thien_an::justice {

void add_services(casework::CaseSetup& setup, CorrespondentSimulator& outside)
{
    setup.services["line"] = {
        ask_kind, [&](const std::optional<std::string>& answer) { outside.line(answer.has_value()); }};
    for (const std::string receiver :
         {"police", "court", "justice_elsewhere", "military", "chairman", "ministry", "president"})
        setup.services[receiver] = {
            collect_kind, [&outside, receiver](const std::optional<std::string>& answer) {
                outside.line(answer.has_value());
                if (!answer) return;
                const auto content = json::parse(*answer);
                const bool whole = content && content.value().is_object();
                outside.answer_next(
                    receiver,
                    whole ? Reply{json::string_or(content.value(), "result"), content.value()}
                          : Reply{*answer, json::object{{"result", *answer}}}
                );
            }};
}

}  // namespace thien_an::justice
