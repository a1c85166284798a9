#include "programs/thienan/registry.h"

#include "engine/casework/casework.h"
#include "engine/casework/packs.h"
#include "engine/web/site.h"

#include "systems/administration/routes.h"
#include "systems/civil_status/desk.h"
#include "systems/civil_status/ended_papers.h"
#include "systems/civil_status/hospital_notice_desk.h"
#include "systems/civil_status/parts.h"
#include "systems/civil_status/population.h"
#include "systems/civil_status/routes.h"
#include "systems/justice/parts.h"
#include "systems/justice/routes.h"
#include "systems/justice/secured_filing.h"
#include "systems/justice/secured_form.h"
#include "systems/one_stop/desk_frame.h"
#include "systems/one_stop/routes.h"
#include "systems/portal/routes.h"

namespace thien_an::program {

std::vector<std::span<const web::Route>> all_routes()
{
    return {
        web::own_routes(),
        portal::routes(),
        one_stop::routes(),
        civil_status::routes(),
        justice::routes(),
        administration::routes()};
}

web::DeskFrame desk_frame()
{
    web::DeskFrame frame;
    const auto add = [&](std::span<const web::DeskEntry> entries) {
        frame.entries.insert(frame.entries.end(), entries.begin(), entries.end());
    };
    add(one_stop::desk_entries());
    add(civil_status::desk_entries());
    add(justice::desk_entries());
    add(administration::desk_entries());
    frame.draw = [](const web::Context& context, const web::DeskFrame& it) {
        return one_stop::draw_desk(context, it);
    };
    return frame;
}

void add_rules(casework::RuleBook& rules)
{
    civil_status::add_rules(rules);
    justice::add_rules(rules);
}

void add_subscribers(casework::Subscribers& subscribers) { civil_status::add_subscribers(subscribers); }

void tell_civil_status(casework::Subscribers& subscribers, casework::Office& office)
{
    for (const auto& name : office.packs.register_ids())
        if (const auto reg = office.packs.reg(name); reg && reg->system == "civil_status")
            subscribers.add(reg->entered_event, "national", civil_status::national_subscriber(office));
    subscribers.add("registers.noted", "national", civil_status::national_subscriber(office));
    subscribers.add("registers.noted", "papers", civil_status::end_papers(office));
    for (const auto kind : {civil_status::NoticeKind::birth, civil_status::NoticeKind::death})
        subscribers.add(
            std::string(civil_status::procedure_of(kind)) + ".filed",
            "notices",
            civil_status::notice_subscriber(office, kind)
        );
}

void add_system_actions(casework::Actions& actions)
{
    civil_status::add_actions(actions);
    justice::add_actions(actions);
}

void add_actions(casework::Actions& actions)
{
    casework::add_standard_actions(actions);
    add_system_actions(actions);
}

void add_handlers(
    casework::Office& office,
    civil_status::PopulationDatabase& population,
    civil_status::LinkedAgencies& agencies,
    storage::OutboxHandlers& handlers
)
{
    handlers.emplace(
        civil_status::personal_number_kind, civil_status::population_handler(office, population)
    );
    handlers.emplace(civil_status::linked_part_kind, civil_status::linked_handler(office, agencies));
}

void add_handlers(casework::Office& office, const Elsewhere& elsewhere, storage::OutboxHandlers& handlers)
{
    justice::add_handlers(office, elsewhere.correspondent, handlers);
    handlers.emplace(civil_status::national_kind, civil_status::national_handler(office, elsewhere.national));
    handlers.emplace(justice::secured_request_kind, justice::secured_handler(office, elsewhere.secured));
}

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
