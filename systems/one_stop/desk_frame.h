#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "engine/base/json.h"
#include "engine/identity/actor.h"
#include "engine/storage/database.h"
#include "engine/web/desk.h"
#include "engine/web/events.h"

/// What stands around every page of the desk: who one is, as which post, where one may go; and the stream that tells
/// open pages of changes.
namespace thien_an::one_stop {

/// Lines of the navigation that are the desk's own.
std::span<const web::DeskEntry> desk_entries();
/// Draws the value "desk" (web::DeskFrame::draw).
json::object draw_desk(const web::Context& context, const web::DeskFrame& frame);
/// Figures beside the lines of the navigation; a page that has them gives them so that they are not asked again.
struct DeskCounts {
    std::int64_t mine = 0;
    std::int64_t agency = 0;
};
json::object draw_desk(const web::Context& context, const web::DeskFrame& frame, const DeskCounts& counts);

/// A number of tasks to be shown; above the most that is counted only that there are more.
std::string counted_tasks(std::int64_t count);

/// Whether single-letter keys are on in this browser.
bool keys_are_on(const web::Context& context);

/// Carries what a COMMIT announced ("dossiers AGENCY") to the pages open at that agency's desk. A service the program
/// gives; ends before the database.
class DeskStream {
public:
    DeskStream(storage::Database& database, web::Events& events) : database_(database), events_(events) {}

    /// Topic of the agency's desk for web::events_answer; from now on its changes are heard.
    std::string topic_of(identity::AgencyId agency);

private:
    storage::Database& database_;
    web::Events& events_;
    std::mutex mutex_;
    std::map<std::int64_t, std::shared_ptr<void>>
        heard_;  ///< As Database::listen gives them: shared by its nature.
};

}  // namespace thien_an::one_stop
