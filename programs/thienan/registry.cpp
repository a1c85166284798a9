#include "programs/thienan/registry.h"

#include "engine/web/site.h"

#include "systems/portal/routes.h"

namespace thien_an::program {

std::vector<std::span<const web::Route>> all_routes() { return {web::own_routes(), portal::routes()}; }

void add_rules(casework::RuleBook&) {}
void add_subscribers(casework::Subscribers&) {}
void add_actions(casework::Actions& actions) { casework::add_standard_actions(actions); }

std::vector<std::string> register_names(const std::filesystem::path& packs)
{
    namespace fs = std::filesystem;
    std::vector<std::string> names;
    for (const auto& system : fs::directory_iterator(packs / "systems"))
        if (fs::is_directory(system.path() / "registers"))
            for (const auto& folder : fs::directory_iterator(system.path() / "registers"))
                if (fs::exists(folder.path() / "register.json"))
                    names.push_back(folder.path().filename().string());
    return names;
}

}  // namespace thien_an::program
