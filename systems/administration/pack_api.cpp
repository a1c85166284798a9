#include "systems/administration/pack_api.h"

#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/web/received.h"

#include "systems/administration/pack_archive.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr int versions_max = 1000;

casework::Packs& packs(const web::Context& context) { return context.use<casework::Office>().packs; }

Result<std::vector<casework::PackVersion>> versions_of(
    const web::Request& request, const web::Context& context
)
{
    auto versions = context.database().read([&](storage::Reader& db) {
        return packs(context).history(db, request.value("name"), versions_max);
    });
    if (versions.empty()) return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    return versions;
}

/// Everything that is wrong with the folder, each by file and line.
web::Response refusal(
    const Problem& problem, const std::vector<casework::PackFault>& faults, const web::Context& context
)
{
    json::array errors;
    for (const auto& fault : faults)
        errors.push_back(json::object{
            {"title", context.sentence(fault.problem)},
            {"code", fault.problem.code},
            {"file", fault.file},
            {"line", fault.line}});
    return web::problem_answer(problem, context.sentence(problem), std::move(errors));
}

}  // namespace

Result<web::Response> send_pack(const web::Request& request, web::Context& context)
{
    const auto versions = TRY(versions_of(request, context));
    PackShown shown{request.value("name"), versions.front().kind, {}};
    for (const auto& one : versions)
        shown.versions.push_back(
            {text_of(one.id),
             one.sha256,
             one.origin == casework::PackOrigin::desk ? "desk" : "shipped",
             one.in_force,
             one.at,
             std::int64_t(one.faults.size())}
        );
    return web::json_answer(web::encode(shown));
}

Result<web::Response> send_pack_archive(const web::Request& request, web::Context& context)
{
    const auto versions = TRY(versions_of(request, context));
    for (const auto& one : versions) {
        if (!one.in_force) continue;
        const auto files =
            context.database().read([&](storage::Reader& db) { return packs(context).files_of(db, one.id); });
        web::Response response;
        response.type = "application/zip";
        response.body = zip_of(files.value());
        return response;
    }
    return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
}

Result<web::Response> publish_pack(const web::Request& request, web::Context& context)
{
    const auto content = TRY(web::sent_file(request));
    const auto files = TRY(files_in_zip(content));
    const auto kind = request.query.get("kind", "procedure");
    if (kind != "procedure" && kind != "register")
        return Problem{.code = "web.bad_query", .field = "/kind", .law = "", .words = {{"name", "kind"}}};
    std::vector<casework::PackFault> faults;
    const auto published = packs(context).publish(kind, files, act(context), faults);
    if (!published) return refusal(published.problem(), faults, context);
    const auto& version = published.value();
    return web::json_answer(
        web::encode(PackPublished{version.name, text_of(version.id), version.sha256}), 201
    );
}

}  // namespace thien_an::administration
