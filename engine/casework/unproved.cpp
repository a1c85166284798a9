#include "engine/casework/unproved.h"

#include <algorithm>

#include "engine/base/bytes.h"
#include "engine/base/json.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/key_ring.h"

namespace thien_an::casework {
namespace {

constexpr std::string_view purpose = "packs.unproved";

/// SHA-256 of the process procedure.json names; "" when it names none.
std::string process_hash(const FolderFiles& files)
{
    const auto main = files.find("procedure.json");
    if (main == files.end()) return "";
    const auto metadata = json::parse(main->second);
    if (!metadata) return "";
    const auto* name = json::find(metadata.value(), "/files/process");
    if (name == nullptr || !name->is_string()) return "";
    const auto process = files.find(std::string_view(name->get_string()));
    return process == files.end() ? "" : hex(crypto::sha256(bytes_of(process->second)));
}

std::string seal_of(const crypto::KeyRing& keys, const json::object& said)
{
    const auto key = keys.purpose_key(purpose);
    return hex(crypto::hmac_sha256(key.bytes(), bytes_of(json::text_of(said))));
}

}  // namespace

bool only_unproved(const std::vector<PackFault>& faults)
{
    return !faults.empty() && std::all_of(faults.begin(), faults.end(), [](const PackFault& fault) {
        return fault.problem.code == "bpmn.soundness_unknown";
    });
}

Result<FolderFiles> signed_unproved(
    const crypto::KeyRing& keys, FolderFiles files, const identity::Act& act, std::string_view reason
)
{
    if (reason.empty()) return Problem{.code = "workflow.reason_missing", .field = "/reason", .law = ""};
    json::object said{
        {"process", process_hash(files)},
        {"reason", std::string(reason)},
        {"party", act.actor.party.value},
        {"post", act.actor.post.value},
        {"at", iso(act.now)}};
    said["seal"] = seal_of(keys, said);
    files[std::string(unproved_file)] = json::text_of(said) + "\n";
    return files;
}

bool unproved_is_signed(const crypto::KeyRing& keys, const FolderFiles& files)
{
    const auto found = files.find(unproved_file);
    if (found == files.end()) return false;
    const auto parsed = json::parse(found->second);
    if (!parsed || !parsed.value().is_object()) return false;
    auto said = parsed.value().as_object();
    const auto seal = json::string_or(parsed.value(), "seal");
    said.erase("seal");
    const auto process = process_hash(files);
    return !process.empty() && json::string_or(parsed.value(), "process") == process &&
           seal == seal_of(keys, said);
}

}  // namespace thien_an::casework
