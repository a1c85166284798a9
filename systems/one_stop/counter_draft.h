#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/packs.h"

#include "systems/one_stop/visit.h"

/// A filing begun at the counter: the draft, its procedure and the step one stands at.
namespace thien_an::one_stop {

/// Drafts of the counter belong to the officer's account, apart from his own.
casework::DraftOwner counter_owner(const web::Context& context);

struct CounterDraft {
    casework::Draft draft;
    std::shared_ptr<const casework::Procedure> procedure;  ///< Shared with other threads.
    std::vector<std::string> steps;
    std::size_t at = 0;  ///< Of `steps`, 0-based.

    bool last() const { return at + 1 == steps.size(); }
};

/// The draft of {draft} at {step}, which is 1-based. Problems "casework.no_such_draft", "form.no_such_step".
Result<CounterDraft> counter_draft(const web::Request& request, web::Context& context);
std::string counter_address(const casework::Draft& draft, std::string_view rest = "");
std::string counter_step_address(const casework::Draft& draft, std::size_t number);
/// What conditions and checks of the form may look at, filled in at the counter.
casework::FormContext counter_words(const CounterDraft& it, const web::Context& context);
std::vector<casework::PaperWanted> counter_papers(const CounterDraft& it, const web::Context& context);
/// What is filed with this draft at the officer's agency.
casework::Filing counter_filing(const CounterDraft& it, const web::Context& context);

/// What is shown of a step beside the draft: what was typed and what is wrong with it.
struct CounterStep {
    casework::Typed typed = {};
    std::vector<casework::FieldError> errors = {};
    std::vector<Problem> problems = {};
    std::vector<casework::EncodingDoubt> doubts = {};
};
Result<web::Response> draw_counter_step(
    const CounterDraft& it, const CounterStep& view, const web::Context& context
);

}  // namespace thien_an::one_stop
