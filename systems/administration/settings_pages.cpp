#include "systems/administration/settings_pages.h"

#include <array>
#include <charconv>

#include "engine/casework/office.h"
#include "engine/identity/posts.h"

#include "systems/administration/desk_settings.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

const std::string path = "/ban-lam-viec/cai-dat";

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
         "one_stop.same_person_allowed",
         "one_stop.draft_kept_days",
         "one_stop.rating_open_days"}},
    Group{"administration.settings.uploads", {"uploads.bytes_max", "uploads.files_per_dossier_max"}}};

constexpr std::int64_t megabyte = 1024 * 1024;

/// "PT8WH" -> "8 giờ làm việc", "suspend" -> "Tạm dừng"; other texts as they are.
std::string shown_text(const std::string& text, const web::Context& context)
{
    const auto key = "administration.settings.value." + text;
    if (speech(context).words.contains(key)) return context.say(key);
    if (text.starts_with("PT") && text.ends_with("WH"))
        return context.say(
            "administration.settings.hours", json::object{{"hours", text.substr(2, text.size() - 4)}}
        );
    return text;
}

std::string shown_value(const json::value& value, const web::Context& context)
{
    if (value.is_string()) return shown_text(std::string(value.as_string()), context);
    if (value.is_int64() && value.get_int64() >= megabyte && value.get_int64() % megabyte == 0)
        return context.say(
            "administration.settings.megabytes", json::object{{"megabytes", value.get_int64() / megabyte}}
        );
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

/// Who said so: the desk, with day and reason, or the province's own files.
std::string source_of(std::string_view key, const web::Context& context)
{
    if (const auto row = context.use<DeskSettings>().changed(key, context.today())) {
        const auto who = context.database().read([&](storage::Reader& db) {
            return identity::shown_as(db, {}, row->post);
        });
        return context.say(
            "administration.settings.changed",
            json::object{{"day", shown(row->valid_from)}, {"who", who}, {"reason", row->reason}}
        );
    }
    return context.say("administration.settings.source", json::object{{"day", shown(context.today())}});
}

json::array items_of(const Group& group, const web::Context& context)
{
    const auto& settings = context.use<casework::Office>().settings;
    json::array items;
    for (const auto key : group.keys) {
        if (key.empty()) continue;
        const auto* value = settings.setting(key, context.today());
        const bool can_change = changeable_setting(key) != nullptr && context.may("settings.manage");
        if (value == nullptr && changeable_setting(key) == nullptr) continue;
        items.push_back(json::object{
            {"name", context.say("administration.setting." + std::string(key))},
            {"value",
             value == nullptr ? context.say("administration.settings.no") : shown_value(*value, context)},
            {"source", source_of(key, context)},
            {"href", can_change ? json::value(path + "/" + std::string(key)) : json::value(nullptr)}});
    }
    return items;
}

Result<Changeable> asked_for(const web::Request& request)
{
    const auto* setting = changeable_setting(request.value("key"));
    if (setting == nullptr) return Problem{.code = "web.no_such_page", .field = "", .law = ""};
    return *setting;
}

/// What is in force now, as the form's field writes it.
std::string value_now(const Changeable& setting, const web::Context& context)
{
    const auto* value = context.use<DeskSettings>().setting(setting.key, context.today());
    if (setting.kind == Changeable::Kind::yes_no) return value != nullptr && *value == true ? "yes" : "no";
    return value == nullptr ? "" : json::text_of(*value);
}

json::object value_field(
    const Changeable& setting,
    const std::string& value,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    const auto label = say.say("administration.setting." + std::string(setting.key));
    const auto error = error_at(problems, "/value", context);
    if (setting.kind == Changeable::Kind::yes_no) {
        const auto choice = [&](const char* id) {
            const auto key = std::string("administration.settings.") + id;
            return casework::Choice{
                id, {say.words.say(key, text::Language::vi), say.words.say(key, text::Language::en)}};
        };
        return casework::choice_field(
            {.name = "value", .label = label, .error = error, .value = value},
            {choice("yes"), choice("no")},
            say
        );
    }
    const json::object bounds{{"least", setting.least}, {"most", setting.most}};
    return casework::text_field(
        {.name = "value",
         .label = label,
         .hint = say.say("administration.settings.days_hint", bounds),
         .error = error,
         .value = value,
         .input_mode = "numeric",
         .length_max = 6,
         .narrow = true}
    );
}

web::Response draw_setting(
    const Changeable& setting,
    const std::string& value,
    const std::string& reason,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    return draw_form(
        {.title = context.say("administration.settings.change_title"),
         .back = path,
         .back_text = context.say("administration.settings.title"),
         .action = path + "/" + std::string(setting.key),
         .submit = context.say("administration.settings.change"),
         .notes = {chip("info", "info", context.say("administration.settings.from_today"))},
         .fields = {value_field(setting, value, problems, context), reason_field(reason, problems, context)},
         .problems = problems},
        context
    );
}

/// null for what is none: the settings refuse it.
json::value typed_value(const Changeable& setting, const std::string& text)
{
    if (setting.kind == Changeable::Kind::yes_no)
        return text == "yes" ? json::value(true) : text == "no" ? json::value(false) : json::value(nullptr);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) return nullptr;
    return number;
}

}  // namespace

Result<web::Response> show_setting(const web::Request& request, web::Context& context)
{
    const auto setting = TRY(asked_for(request));
    return draw_setting(setting, value_now(setting, context), "", {}, context);
}

Result<web::Response> change_setting(const web::Request& request, web::Context& context)
{
    const auto setting = TRY(asked_for(request));
    const auto value = request.form.get("value");
    const auto reason = request.form.get("reason");
    const auto done =
        context.use<DeskSettings>().change(setting.key, typed_value(setting, value), reason, act(context));
    if (!done) return draw_setting(setting, value, reason, {done.problem()}, context);
    return done_and_back(path, "flash.setting_changed");
}

Result<web::Response> show_settings(const web::Request&, web::Context& context)
{
    json::array shown_groups;
    for (const auto& group : groups)
        shown_groups.push_back(json::object{
            {"title", context.say(group.title)}, {"items", items_of(group, context)}});
    return web::render_desk(context, "administration/settings", {{"groups", std::move(shown_groups)}});
}

}  // namespace thien_an::administration
