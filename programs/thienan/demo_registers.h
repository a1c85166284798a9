#pragma once

#include <vector>

#include "engine/identity/demo.h"

/// What a demo folder holds of civil status beside its dossiers: an adoption under seal, and what hospitals told of.
namespace thien_an::program {

class House;

/// In each commune: a sealed adoption, two births told of by the hospital (one old enough to remind the family), a death.
/// Writes DIR/demo-notices.tsv: for each notice the page that claims it, the year of birth that proves one knows the people,
/// and their name.
void make_demo_registers(House& house, const std::vector<identity::DemoAccount>& accounts);

}  // namespace thien_an::program
