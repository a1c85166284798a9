#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/casework/office.h"
#include "engine/casework/page_values.h"
#include "engine/identity/actor.h"
#include "engine/registers/entries.h"
#include "engine/web/desk.h"

/// What every page of civil status asks of a visit to the desk, and the one form its acts share.
namespace thien_an::civil_status {

casework::Office& office(const web::Context& context);
casework::Speech speech(const web::Context& context);
identity::Act act_of(const web::Context& context);
/// The register of births in force. Throws std::logic_error when the pack is not there.
std::shared_ptr<const registers::Register> births(const web::Context& context);
json::value text_or_null(std::string_view text);
web::Response done_and_back(const std::string& path, std::string_view flash);
/// "20/6/2016" as people write a day, or "2016-06-20". Problem "base.bad_day".
Result<Day> typed_day(std::string_view typed);
std::int64_t number_or(const std::string& text, std::int64_t otherwise);

/// Page "civil_status/form".
struct DeskForm {
    std::string title;
    std::string subtitle = {};
    std::string back;
    std::string back_text;
    std::string action;
    std::string submit;
    bool bad = false;
    json::array fields = {};
    json::array notes = {};
    json::array pairs = {};  ///< What is decided on.
    std::vector<Problem> problems = {};
};
web::Response draw_form(DeskForm form, const web::Context& context);
/// The sentence of the problem at `pointer`; "" when there is none.
std::string error_at(
    const std::vector<Problem>& problems, std::string_view pointer, const web::Context& context
);
/// Problems without a place stand at `pointer`.
std::vector<Problem> placed(std::vector<Problem> problems, std::string_view pointer);

/// Lines of the desk's navigation.
std::span<const web::DeskEntry> desk_entries();

}  // namespace thien_an::civil_status
