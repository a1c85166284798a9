#include "systems/administration/pack_pages.h"

#include <algorithm>

#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/casework/unproved.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/audit.h"
#include "engine/storage/files.h"

#include "systems/administration/pack_archive.h"
#include "systems/administration/pack_change.h"
#include "systems/administration/pack_review.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr int versions_max = 50;
constexpr int versions_known_max = 1000;
const std::string path = "/ban-lam-viec/goi";

casework::Packs& packs(const web::Context& context) { return context.use<casework::Office>().packs; }

std::string short_hash(const std::string& sha256) { return sha256.substr(0, 8); }

std::string origin_words(const casework::PackVersion& version, const web::Context& context)
{
    return context.say(
        version.origin == casework::PackOrigin::desk ? "administration.packs.from_desk"
                                                     : "administration.packs.shipped"
    );
}

json::object state_of(const casework::PackVersion& version, const web::Context& context)
{
    if (!version.faults.empty()) return chip("bad", "alert", context.say("administration.packs.refused"));
    if (version.in_force) return chip("ok", "check", context.say("administration.packs.used"));
    return chip("idle", "history", context.say("administration.packs.older"));
}

std::vector<casework::PackVersion> history(const std::string& name, int limit, const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return packs(context).history(db, name, limit);
    });
}

/// Whose act the version is, by post.
std::string published_by(
    storage::Reader& db, const casework::PackVersion& version, const web::Context& context
)
{
    if (!version.by) return context.say("administration.packs.program");
    return identity::shown_as(db, {}, version.by);
}

json::array version_values(const std::vector<casework::PackVersion>& versions, const web::Context& context)
{
    json::array values;
    context.database().read([&](storage::Reader& db) {
        for (const auto& version : versions)
            values.push_back(json::object{
                {"href", path + "/" + version.name + "/" + text_of(version.id)},
                {"version", short_hash(version.sha256)},
                {"origin", origin_words(version, context)},
                {"at", shown(version.at)},
                {"by", published_by(db, version, context)},
                {"state", state_of(version, context)}});
    });
    return values;
}

/// What the load proves of every version it takes.
json::array proofs(bool good, const web::Context& context)
{
    json::array values;
    if (!good) return values;
    for (const auto* what : {"references", "process", "tables", "form"})
        values.push_back(json::object{
            {"icon", "check"},
            {"kind", "ok"},
            {"text", context.say(std::string("administration.pack.proof_") + what)},
            {"note", ""}});
    return values;
}

web::Response draw_pack(
    const std::string& name,
    const std::vector<casework::PackFault>& faults,
    int status,
    const web::Context& context
)
{
    const auto versions = history(name, versions_max, context);
    const auto used = std::ranges::find_if(versions, &casework::PackVersion::in_force);
    json::array pairs;
    if (used != versions.end())
        pairs.push_back(
            casework::pair_values(context.say("administration.packs.used"), short_hash(used->sha256), true)
        );
    const auto procedure = packs(context).procedure(name);
    const bool runs = context.may("processes.manage");
    return web::render_desk(
        context,
        "administration/pack",
        {{"name", procedure ? speech(context).in(procedure->name()) : name},
         {"folder", name},
         {"pairs", std::move(pairs)},
         {"zip_href",
          used == versions.end() ? json::value(nullptr)
                                 : json::value(path + "/" + name + "/" + text_of(used->id) + "/zip")},
         {"edit_href", procedure ? json::value(path + "/" + name + "/sua") : json::value(nullptr)},
         {"steps_href",
          procedure && procedure->process() ? json::value(path + "/" + name + "/bang")
                                            : json::value(nullptr)},
         {"try_href",
          procedure && procedure->process() ? json::value(path + "/" + name + "/thu") : json::value(nullptr)},
         {"moves_href",
          procedure && runs ? json::value(path + "/" + name + "/chuyen") : json::value(nullptr)},
         {"hold_href",
          procedure && runs ? json::value("/ban-lam-viec/tam-dung/them?loai=procedure&ten=" + name)
                            : json::value(nullptr)},
         {"has_faults", !faults.empty()},
         {"faults", fault_values(faults, context)},
         {"proofs", proofs(used != versions.end(), context)},
         {"versions", version_values(versions, context)}},
        status
    );
}

web::Response draw_publish(
    const web::Request& request, const std::optional<Problem>& problem, const web::Context& context
)
{
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, {"/file", "/kind"}, "/file");
    auto file = casework::text_field(
        {.name = "file",
         .label = context.say("administration.pack.zip"),
         .hint = context.say("administration.pack.zip_hint"),
         .error = error_at(problems, "/file", context)}
    );
    file["as_text"] = nullptr;
    file["as_file"] = json::object{
        {"upload_to", ""},
        {"bytes_max", 4194304},
        {"accept", ".zip"},
        {"many", false},
        {"files", json::array{}}};
    const auto& words = speech(context).words;
    const auto choice = [&](const char* kind) {
        const auto key = std::string("administration.pack.kind_") + kind;
        return casework::Choice{
            kind, {words.say(key, text::Language::vi), words.say(key, text::Language::en)}};
    };
    return draw_form(
        {.title = context.say("administration.packs.publish"),
         .back = path,
         .back_text = context.say("administration.packs.title"),
         .action = path + "/cong-bo",
         .submit = context.say("administration.packs.publish"),
         .with_files = true,
         .fields =
             {casework::select_field(
                  {.name = "kind",
                   .label = context.say("administration.pack.kind"),
                   .error = error_at(problems, "/kind", context),
                   .value = request.form.get("kind", "procedure")},
                  {choice("procedure"), choice("register")},
                  speech(context)
              ),
              std::move(file)},
         .problems = problems},
        context
    );
}

casework::FolderFiles files_of(casework::PackId id, const web::Context& context)
{
    auto files =
        context.database().read([&](storage::Reader& db) { return packs(context).files_of(db, id); });
    return files ? *std::move(files) : casework::FolderFiles{};
}

Result<casework::PackVersion> version_in(const web::Request& request, const web::Context& context)
{
    const auto id = TRY(id_in<casework::PackId>(request, "version"));
    for (auto& version : history(request.value("name"), versions_known_max, context))
        if (version.id == id) return std::move(version);
    return Problem{.code = "packs.no_such_version", .field = "", .law = ""};
}

/// What putting it in force again would change; without a form when it is in force or was refused.
web::Response draw_version(
    const casework::PackVersion& version,
    const std::string& reason,
    std::vector<Problem> problems,
    std::vector<casework::PackFault> faults,
    const web::Context& context
)
{
    const auto here = path + "/" + version.name + "/" + text_of(version.id);
    for (auto& problem : problems)
        if (problem.code == "packs.reason_missing") problem.field = "/reason";
    json::value form = nullptr;
    if (!version.in_force && version.faults.empty())
        form = json::object{
            {"action", here + "/dung-lai"},
            {"submit", context.say("administration.pack.put_back")},
            {"fields", json::array{reason_field(reason, problems, context)}},
            {"hidden", json::array{}}};
    return draw_change(
        {.title = context.say(
             "administration.pack.version_title", json::object{{"version", short_hash(version.sha256)}}
         ),
         .subtitle = version.name + ", " + origin_words(version, context) + ", " + shown(version.at),
         .back = path + "/" + version.name,
         .back_text = version.name,
         .before = files_in_force(version.name, context),
         .after = files_of(version.id, context),
         .faults = version.faults.empty() ? std::move(faults) : version.faults,
         .note = state_of(version, context),
         .form = std::move(form),
         .zip_href = here + "/zip",
         .problems = std::move(problems)},
        context
    );
}

}  // namespace

Result<web::Response> show_packs(const web::Request&, web::Context& context)
{
    json::array rows;
    for (const auto& hit : packs(context).all()) {
        if (hit.information_only) continue;
        const auto versions = history(hit.id, versions_max, context);
        const auto used = std::ranges::find_if(versions, &casework::PackVersion::in_force);
        if (used == versions.end()) continue;
        rows.push_back(json::object{
            {"href", path + "/" + hit.id},
            {"name", speech(context).in(hit.name)},
            {"folder", hit.id},
            {"version", short_hash(used->sha256)},
            {"origin", origin_words(*used, context)},
            {"in_force", shown(used->at)},
            {"state", state_of(*used, context)}});
    }
    return web::render_desk(
        context,
        "administration/packs",
        {{"rows", std::move(rows)}, {"can_publish", context.may("packs.publish")}, {"pager", nullptr}}
    );
}

Result<web::Response> show_pack(const web::Request& request, web::Context& context)
{
    const auto& name = request.value("name");
    const auto versions = history(name, 1, context);
    if (versions.empty()) return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    return draw_pack(name, {}, 200, context);
}

Result<web::Response> show_publish(const web::Request& request, web::Context& context)
{
    return draw_publish(request, {}, context);
}

Result<web::Response> check_publish(const web::Request& request, web::Context& context)
{
    if (request.files.empty() || request.files.front().content.empty())
        return draw_publish(
            request, Problem{.code = "administration.no_file", .field = "/file", .law = ""}, context
        );
    const auto& content = request.files.front().content;
    const auto files = files_in_zip(content);
    if (!files) return draw_publish(request, files.problem(), context);
    const std::string kind = kind_in(request);
    const auto faults = packs(context).check(kind, files.value());
    const Review review{
        .kind = kind,
        .files = files.value(),
        .back = path + "/cong-bo",
        .back_text = context.say("administration.packs.publish")};
    if (casework::only_unproved(faults)) return ask_signature(review, "", {}, context);
    if (!faults.empty()) return draw_pack(name_in(files.value()), faults, 422, context);
    return review_change(review, context);
}

Result<web::Response> sign_unproved(const web::Request& request, web::Context& context)
{
    const auto files = confirmed_files(request, context);
    if (!files) return draw_publish(request, files.problem(), context);
    Review review{
        .kind = kind_in(request),
        .files = files.value(),
        .back = path,
        .back_text = context.say("administration.packs.title")};
    const auto reason = request.form.get("reason");
    auto sealed = casework::signed_unproved(means(context).keys, files.value(), act(context), reason);
    if (!sealed) return ask_signature(review, std::string(reason), {sealed.problem()}, context);
    review.files = std::move(sealed).value();
    const auto faults = packs(context).check(review.kind, review.files);
    if (!faults.empty()) return draw_pack(name_in(review.files), faults, 422, context);
    return review_change(review, context);
}

Result<web::Response> publish(const web::Request& request, web::Context& context)
{
    const auto confirmed = confirmed_files(request, context);
    if (!confirmed) return draw_publish(request, confirmed.problem(), context);
    const auto& files = confirmed.value();
    std::vector<casework::PackFault> faults;
    const auto published = packs(context).publish(kind_in(request), files, act(context), faults);
    if (!published && faults.empty()) return draw_publish(request, published.problem(), context);
    if (!published) return draw_pack(name_in(files), faults, 422, context);
    return done_and_back(path + "/" + published.value().name, "flash.pack_published");
}

Result<web::Response> show_version(const web::Request& request, web::Context& context)
{
    return draw_version(TRY(version_in(request, context)), "", {}, {}, context);
}

Result<web::Response> put_back(const web::Request& request, web::Context& context)
{
    const auto version = TRY(version_in(request, context));
    const auto reason = request.form.get("reason");
    std::vector<casework::PackFault> faults;
    const auto done = packs(context).put_back(version.id, reason, act(context), faults);
    if (!done) return draw_version(version, reason, {done.problem()}, std::move(faults), context);
    return done_and_back(path + "/" + version.name, "flash.pack_put_back");
}

Result<web::Response> send_version(const web::Request& request, web::Context& context)
{
    const auto version = TRY(version_in(request, context));
    web::Response response;
    response.type = "application/zip";
    response.body = zip_of(files_of(version.id, context));
    response.header("Content-Disposition", "attachment; filename=\"" + version.name + ".zip\"");
    return response;
}

}  // namespace thien_an::administration
