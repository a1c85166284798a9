#pragma once

#include "engine/casework/office.h"
#include "engine/casework/rules.h"

/// Papers that say what an entry no longer says: its certificate and the extracts given of it are ended by the note that
/// changes it, whichever way the note came, and whoever checks one is told so.
namespace thien_an::civil_status {

/// For "registers.noted". A completion adds to what papers leave blank and changes nothing they say.
/// Law: law-60-2014/art-63.
casework::Subscribers::Told end_papers(casework::Office& office);

}  // namespace thien_an::civil_status
