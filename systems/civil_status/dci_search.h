#pragma once

#include <optional>
#include <string>

#include "engine/casework/office.h"
#include "engine/identity/actor.h"
#include "engine/web/context.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"

/// Synchronous search of civil-status registers as the Digital Convergence Initiative's CRVS interface has it
/// (standards.spdci.org, registry/sync/search): by personal number or by the number of an entry. Rights, masks and the
/// audit trail are those of reading an entry.
namespace thien_an::civil_status {

struct DciEnvelope {
    std::optional<std::string> signature;
    json::value header;
    json::value message;
};
template <typename Visitor>
void describe(Visitor& visit, DciEnvelope& it)
{
    visit(
        "signature",
        it.signature,
        {.about = "Not asked for: the bearer token says who asks.", .length_max = 4000}
    );
    visit("header", it.header, {.about = "message_id, message_ts, action, sender_id."});
    visit(
        "message",
        it.message,
        {.about = "transaction_id and search_request: items with reference_id and search_criteria."}
    );
}

/// The message of the answer: one search_response for each of at most ten requests. Problem "civil_status.dci_bad_message"
/// (field is the pointer into the envelope).
Result<json::object> dci_search(
    casework::Office& office, const identity::Act& act, const json::value& message
);

Result<web::Response> answer_dci_search(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status
