#include "engine/web/context.h"

namespace thien_an::web {
namespace {

const identity::Actor& visitor_actor(bool api)
{
    static const identity::Actor portal{.channel = "portal"};
    static const identity::Actor machine{.channel = "api"};
    return api ? machine : portal;
}

boost::json::value person_of(const Session* session)
{
    if (session == nullptr) return nullptr;
    return boost::json::object{{"name", session->name}};
}

/// What the page before left to say, by the key of its words: "flash.saved".
boost::json::value flash_of(const Request& request, const Context& context, const text::Catalogue& words)
{
    const auto key = request.cookies.get("flash");
    if (!key.starts_with("flash.") || !words.contains(key)) return nullptr;
    return boost::json::object{{"kind", "ok"}, {"icon", "check"}, {"text", context.say(key)}};
}

}  // namespace

const identity::Actor& Context::actor() const
{
    if (parts_.session) return parts_.session->actor;
    return visitor_actor(parts_.request.path.starts_with("/api/"));
}

std::string Context::say(std::string_view key, const boost::json::value& words) const
{
    return parts_.pages.words.say(key, parts_.language, words);
}

std::string Context::sentence(const Problem& problem) const
{
    return parts_.pages.words.sentence(problem, parts_.language);
}

boost::json::object Context::frame() const
{
    boost::json::object frame = parts_.pages.frame;
    const bool vietnamese = parts_.language == text::Language::vi;
    if (!vietnamese)
        for (const auto& member : parts_.pages.frame_en) frame[member.key()] = member.value();
    frame["lang"] = text::code_of(parts_.language);
    frame["other_lang"] = vietnamese ? "en" : "vi";
    frame["theme"] = parts_.look.theme;
    frame["text"] = parts_.look.text;
    frame["contrast"] = parts_.look.contrast;
    frame["other_text"] = parts_.look.text.empty() ? "large" : "";
    // A page answered to a POST is asked for again without what was sent.
    const auto& target = parts_.request.target;
    frame["path"] = parts_.request.method == Method::get ? target : target.substr(0, target.find('?'));
    frame["csrf"] = parts_.csrf;
    frame["key"] = parts_.form_key;
    frame["person"] = person_of(session());
    frame["flash"] = flash_of(parts_.request, *this, parts_.pages.words);
    boost::json::object at;
    for (const auto& [name, prefix] : parts_.pages.sections)
        at[name] = parts_.request.path.starts_with(prefix);
    frame["at"] = std::move(at);
    return frame;
}

Response Context::render(std::string_view name, boost::json::object values, int status) const
{
    auto all = frame();
    if (const auto* own = values.if_contains("frame"); own != nullptr && own->is_object())
        for (const auto& member : own->get_object()) all[member.key()] = member.value();
    values["frame"] = std::move(all);
    const boost::json::value outer = boost::json::object{{"assets", parts_.pages.assets}};
    const boost::json::value inner = std::move(values);
    auto response =
        page(parts_.pages.templates.render(name, text::Scopes({&outer, &inner}), parts_.language), status);
    if (parts_.request.cookies.has("flash"))
        response.cookie({.name = "flash", .value = "", .max_age = std::chrono::seconds{0}});
    return response;
}

boost::json::value Context::fragment(std::string_view name, const boost::json::object& values) const
{
    const boost::json::value outer = boost::json::object{{"assets", parts_.pages.assets}};
    const boost::json::value inner = values;
    return text::trusted(
        text::Markup(parts_.pages.templates.render(name, text::Scopes({&outer, &inner}), parts_.language))
    );
}

}  // namespace thien_an::web
