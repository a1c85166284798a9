#pragma once

#include "engine/casework/case_runner.h"

namespace thien_an::justice {

class CorrespondentSimulator;

/// What worked examples call the ones who are asked (docs/standards/case-format.md): "line" takes a question over;
/// "police", "court", "ministry"... answer. `outside` outlives the setup.
void add_services(casework::CaseSetup& setup, CorrespondentSimulator& outside);

}  // namespace thien_an::justice
