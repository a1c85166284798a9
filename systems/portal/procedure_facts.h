#pragma once

#include <string>

#include "engine/base/json.h"
#include "engine/casework/page_values.h"
#include "engine/casework/procedure.h"

/// What pages say about a procedure as of a day: time limit, fee, level of service, papers, way, legal basis.
namespace thien_an::portal {

json::value text_or_null(const std::string& text);

std::string limit_text(const casework::Procedure& procedure, Day today, const casework::Speech& speech);
std::string fee_text(const casework::Procedure& procedure, const casework::Speech& speech);
std::string level_text(const casework::Procedure& procedure, Day today, const casework::Speech& speech);
/// What a line of facts has room for: the first clause of the sentence; the procedure's page has the rest.
std::string first_clause(const std::string& text);

/// papers[] (paper, copies, note)
json::array paper_rows(const casework::Procedure& procedure, Day today, const casework::Speech& speech);
/// "law-60-2014": the name of the catalogue, else kind, number and year as people write them: "Luật số 60/2014".
std::string law_title(const std::string& id, const casework::Speech& speech);
/// laws[] (title, note)
json::array law_rows(const casework::Procedure& procedure, Day today, const casework::Speech& speech);
/// How it goes, one sentence a step.
json::array way_of_filing(const casework::Procedure& procedure, Day today, const casework::Speech& speech);

}  // namespace thien_an::portal
