#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "engine/casework/actions.h"
#include "engine/casework/rules.h"
#include "engine/storage/outbox.h"
#include "engine/web/desk.h"
#include "engine/web/route.h"

#include "systems/civil_status/linked_parts.h"
#include "systems/civil_status/national.h"
#include "systems/civil_status/population.h"
#include "systems/justice/outside.h"
#include "systems/justice/secured_registry.h"

/// The one place that knows every system: what each brings to the program.
namespace thien_an::program {

std::vector<std::span<const web::Route>> all_routes();
void add_rules(casework::RuleBook& rules);
void add_subscribers(casework::Subscribers& subscribers);
/// The national civil-status database hears of every entry of the registers it takes, and notices of health facilities of
/// every filing that answers one; after the packs are loaded.
void tell_civil_status(casework::Subscribers& subscribers, casework::Office& office);
/// The standard ones and those of the systems.
void add_actions(casework::Actions& actions);
/// Those of the systems alone.
void add_system_actions(casework::Actions& actions);
/// What a step waits for the answer of, so that without a line it answers that there is none; both outlive the handlers.
void add_handlers(
    casework::Office& office,
    civil_status::PopulationDatabase& population,
    civil_status::LinkedAgencies& agencies,
    storage::OutboxHandlers& handlers
);

/// Registers and agencies elsewhere that are told and asked; they outlive the handlers.
struct Elsewhere {
    justice::Correspondent& correspondent;  ///< Police records, courts, ministry.
    civil_status::NationalRegistry& national;
    justice::SecuredRegistry& secured;
};
/// Only where there are lines to them: without a handler what is for them stays in the outbox.
void add_handlers(casework::Office& office, const Elsewhere& elsewhere, storage::OutboxHandlers& handlers);
web::DeskFrame desk_frame();
/// Ids of the registers below `packs`/systems/*/registers.
std::vector<std::string> register_names(const std::filesystem::path& packs);

}  // namespace thien_an::program
