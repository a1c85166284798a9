#include "systems/administration/node_api.h"

#include "engine/offline/sync.h"

namespace thien_an::administration {
namespace {

casework::Office& office(const web::Context& context) { return context.use<casework::Office>(); }

web::Response verdict_answer(const offline::Verdict& verdict)
{
    return web::json_answer(web::encode(NodeVerdict{
        verdict.came, verdict.done, verdict.conflicts, verdict.state, verdict.files_wanted}));
}

}  // namespace

Result<web::Response> take_node_lines(const web::Request& request, web::Context& context)
{
    const auto batch = TRY(offline::read_batch(request.json));
    return verdict_answer(TRY(offline::wire_to(office(context)).lines(batch)));
}

Result<web::Response> take_node_file(const web::Request& request, web::Context& context)
{
    if (request.files.size() != 1) return Problem{.code = "web.one_file", .field = "", .law = ""};
    const auto signature = from_hex(request.value("signature"));
    offline::SentFile sent;
    sent.lease = {TRY(parse_id(request.value("lease")))};
    sent.signature = signature.value_or(Bytes());
    sent.blob = TRY(request.files[0].stored->finish());
    sent.name = sent.blob.sha256.substr(0, 12);
    TRY(offline::take_file(office(context), sent));
    return verdict_answer(TRY(offline::verdict_on(office(context), sent.lease)));
}

}  // namespace thien_an::administration
