#pragma once

#include <memory>

#include "engine/casework/case_runner.h"

#include "systems/justice/secured_registry.h"

/// What worked examples of security over movables stand on: a national register behind each, which already holds registration
/// 0000000001 (movables_registration/cases/registered_before.json).
namespace thien_an::justice {

/// The register of the example that runs.
struct CaseRegister {
    std::unique_ptr<SecuredSimulator> simulator;
};

/// Adds handler and service "register" ("ok", "answer lost", "request lost", or it fails) to `setup`; `reg` outlives it.
/// Call it after setup.add_handlers is set.
void add_secured_services(casework::CaseSetup& setup, CaseRegister& reg);

}  // namespace thien_an::justice
