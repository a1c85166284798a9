#include "systems/administration/settings_pages.h"

#include <array>

#include "engine/casework/office.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

/// Keys of province/settings.json by the group they are shown in.
struct Group {
    std::string_view title;
    std::array<std::string_view, 8> keys;
};
constexpr std::array groups{
    Group{
        "administration.settings.province",
        {"province.name",
         "province.unit",
         "province.agency_code",
         "province.personal_number_prefixes",
         "province.switchboard",
         "province.seat"}},
    Group{
        "administration.settings.one_stop",
        {"one_stop.receive_within",
         "one_stop.same_day_cutoff",
         "one_stop.supplement_clock",
         "one_stop.supplement_requests_max",
         "one_stop.file_anywhere_in_province",
         "one_stop.draft_kept_days",
         "one_stop.rating_open_days"}},
    Group{"administration.settings.uploads", {"uploads.bytes_max", "uploads.files_per_dossier_max"}}};

std::string shown_value(const json::value& value, const web::Context& context)
{
    if (value.is_string()) return std::string(value.as_string());
    if (value.is_bool())
        return context.say(value.as_bool() ? "administration.settings.yes" : "administration.settings.no");
    if (value.is_array()) {
        std::string all;
        for (const auto& item : value.as_array())
            all += (all.empty() ? "" : ", ") + shown_value(item, context);
        return all;
    }
    if (value.is_object()) return in(context, json::string_or(value, "vi"), json::string_or(value, "en"));
    return json::text_of(value);
}

json::array items_of(const Group& group, const web::Context& context)
{
    const auto& settings = context.use<casework::Office>().settings;
    json::array items;
    for (const auto key : group.keys) {
        const auto* value = key.empty() ? nullptr : settings.setting(key, context.today());
        if (value == nullptr) continue;
        items.push_back(json::object{
            {"name", context.say("administration.setting." + std::string(key))},
            {"value", shown_value(*value, context)},
            {"source",
             context.say("administration.settings.source", json::object{{"day", shown(context.today())}})},
            {"href", nullptr}});
    }
    return items;
}

}  // namespace

Result<web::Response> show_settings(const web::Request&, web::Context& context)
{
    json::array shown_groups;
    for (const auto& group : groups)
        shown_groups.push_back(json::object{
            {"title", context.say(group.title)}, {"items", items_of(group, context)}});
    return web::render_desk(context, "administration/settings", {{"groups", std::move(shown_groups)}});
}

}  // namespace thien_an::administration
