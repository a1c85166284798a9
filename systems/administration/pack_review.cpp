#include "systems/administration/pack_review.h"

#include "engine/casework/office.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/key_ring.h"
#include "engine/storage/files.h"
#include "engine/workflow/interchange.h"

#include "systems/administration/pack_archive.h"
#include "systems/administration/pack_change.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr std::string_view confirm_purpose = "administration.packs";
constexpr std::size_t sha256_digits = 64;
constexpr int versions_max = 50;
const std::string path = "/ban-lam-viec/goi";

/// Names the content and whose confirmation it waits for: only he who had it checked may publish it.
std::string confirm_id(const std::string& sha256, const web::Context& context)
{
    const auto key = means(context).keys.purpose_key(confirm_purpose);
    const auto text = sha256 + " " + text_of(context.actor().party);
    return sha256 + hex(ByteView(crypto::hmac_sha256(key.bytes(), bytes_of(text))).first(16));
}

/// Keeps the folder until it is confirmed.
json::array hidden_fields(const Review& review, const web::Context& context)
{
    const auto zip = zip_of(review.files);
    const auto kept = context.use<casework::Office>().files.keep(bytes_of(zip), storage::FileKind::unknown);
    return {
        json::object{{"name", "pack"}, {"value", confirm_id(kept.sha256, context)}},
        json::object{{"name", "kind"}, {"value", review.kind}}};
}

}  // namespace

web::Response review_change(const Review& review, const web::Context& context)
{
    const auto name = name_in(review.files);
    auto before = files_in_force(name, context);
    const bool fresh = before.empty();
    return draw_change(
        {.title = context.say("administration.pack.check_title"),
         .subtitle = name,
         .back = review.back,
         .back_text = review.back_text,
         .before = std::move(before),
         .after = review.files,
         .note = chip(
             "ok", "check", context.say(fresh ? "administration.pack.good_new" : "administration.pack.good")
         ),
         .form =
             json::object{
                 {"action", path + "/cong-bo/ghi"},
                 {"submit", context.say("administration.pack.put_in_force")},
                 {"fields", json::array{}},
                 {"hidden", hidden_fields(review, context)}}},
        context
    );
}

web::Response ask_signature(
    const Review& review,
    const std::string& reason,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    return draw_change(
        {.title = context.say("administration.pack.sign_title"),
         .subtitle = name_in(review.files),
         .back = review.back,
         .back_text = review.back_text,
         .before = files_in_force(name_in(review.files), context),
         .after = review.files,
         .note = chip("warn", "alert", context.say("administration.pack.sign_note")),
         .form =
             json::object{
                 {"action", path + "/cong-bo/ky"},
                 {"submit", context.say("administration.pack.sign")},
                 {"fields", json::array{reason_field(reason, problems, context)}},
                 {"hidden", hidden_fields(review, context)}},
         .problems = std::move(problems)},
        context
    );
}

Result<casework::FolderFiles> confirmed_files(const web::Request& request, const web::Context& context)
{
    const auto confirmed = request.form.get("pack");
    const auto sha256 = confirmed.substr(0, sha256_digits);
    if (confirmed.size() <= sha256_digits || confirmed != confirm_id(std::string(sha256), context))
        return Problem{.code = "administration.no_file", .field = "/file", .law = ""};
    const auto content = context.use<casework::Office>().files.read_all(std::string(sha256));
    return files_in_zip(text_of(content));
}

std::string kind_in(const web::Request& request)
{
    return request.form.get("kind") == "register" ? "register" : "procedure";
}

std::string name_in(const casework::FolderFiles& files)
{
    for (const auto* name : {"procedure.json", "register.json"})
        if (const auto found = files.find(name); found != files.end())
            if (const auto document = json::parse(found->second))
                return json::string_or(document.value(), "id");
    return "";
}

casework::FolderFiles files_in_force(const std::string& name, const web::Context& context)
{
    auto& packs = context.use<casework::Office>().packs;
    return context.database().read([&](storage::Reader& db) {
        for (const auto& version : packs.history(db, name, versions_max))
            if (version.in_force) return packs.files_of(db, version.id).value_or(casework::FolderFiles{});
        return casework::FolderFiles{};
    });
}

}  // namespace thien_an::administration
