#include "systems/justice/secured_values.h"

#include <fmt/format.h>

namespace thien_an::justice {
namespace {

json::array party_values(const std::vector<SecuredParty>& parties)
{
    json::array out;
    for (const auto& one : parties)
        out.push_back(json::object{{"name", one.name}, {"number", one.number}, {"address", one.address}});
    return out;
}

json::array vehicle_values(const std::vector<Vehicle>& vehicles, const SecuredSpeech& speech)
{
    json::array out;
    for (const auto& one : vehicles) out.push_back(json::object{{"text", shown_vehicle(one, speech)}});
    return out;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between)
{
    std::string out;
    for (const auto& part : parts)
        if (!part.empty()) out += (out.empty() ? "" : std::string(between)) + part;
    return out;
}

std::string assets_of(const Registration& registration, const SecuredSpeech& speech)
{
    std::vector<std::string> parts;
    for (const auto& one : registration.collateral) parts.push_back(one.what);
    for (const auto& one : registration.vehicles) parts.push_back(shown_vehicle(one.what, speech));
    for (const auto& one : registration.released)
        parts.push_back(speech.say("justice.secured.released", json::object{{"what", one}}));
    return joined(parts, ". ");
}

std::string standing_of(const SearchHit& hit, const SecuredSpeech& speech)
{
    std::string_view key = "justice.secured.standing.in_force";
    if (!hit.registration.in_force)
        key = "justice.secured.standing.deregistered";
    else if (hit.near)
        key = "justice.secured.standing.near";
    else if (!hit.covers)
        key = "justice.secured.standing.released";
    else if (hit.registration.enforced)
        key = "justice.secured.standing.enforced";
    return speech.say(key);
}

json::object hit_values(const SearchHit& hit, const SecuredSpeech& speech)
{
    const auto& registration = hit.registration;
    json::array history;
    std::vector<std::string> lines;
    for (const auto& filed : hit.notices) {
        const auto kind = speech.say("justice.secured.kind." + std::string(word_of(filed.notice.kind)));
        history.push_back(json::object{
            {"number", printed(filed.number)}, {"kind", kind}, {"ranked_at", shown_second(filed.filed_at)}});
        lines.push_back(fmt::format("{}: {}, {}", printed(filed.number), kind, shown_second(filed.filed_at)));
    }
    std::vector<SecuredParty> grantors;
    for (const auto& one : registration.grantors) grantors.push_back(one.what);
    return {
        {"number", printed(registration.number)},
        {"place", hit.place == 0 ? std::string() : std::to_string(hit.place)},
        {"standing", standing_of(hit, speech)},
        {"in_force", registration.in_force},
        {"registered_at", shown_second(registration.registered_at)},
        {"grantors", shown_parties(grantors)},
        {"secured", shown_parties(registration.secured)},
        {"collateral", assets_of(registration, speech)},
        {"history_text", joined(lines, ". ")},
        {"history", std::move(history)}};
}

}  // namespace

std::string SecuredSpeech::say(std::string_view key, const json::value& values) const
{
    return words == nullptr ? std::string(key) : words->say(key, language, values);
}

std::string shown_second(Instant at)
{
    const auto day = day_of(at);
    const auto into = std::chrono::floor<std::chrono::seconds>(at - thien_an::at(day, Minutes{0}));
    const std::chrono::hh_mm_ss time{into};
    return fmt::format(
        "{:02}:{:02}:{:02} {}",
        time.hours().count(),
        time.minutes().count(),
        time.seconds().count(),
        shown(day)
    );
}

std::string shown_parties(const std::vector<SecuredParty>& parties)
{
    std::vector<std::string> names;
    for (const auto& one : parties) names.push_back(fmt::format("{} ({})", one.name, one.number));
    return joined(names, "; ");
}

std::string shown_vehicle(const Vehicle& vehicle, const SecuredSpeech& speech)
{
    std::vector<std::string> parts;
    const auto add = [&](std::string_view name, const std::string& number) {
        if (!number.empty())
            parts.push_back(
                speech.say("justice.secured.serial." + std::string(name), json::object{{"number", number}})
            );
    };
    add("chassis", vehicle.chassis);
    add("engine", vehicle.engine);
    add("plate", vehicle.plate);
    return joined(parts, ", ");
}

std::string shown_reason(const std::string& reason, const SecuredSpeech& speech)
{
    const auto colon = std::min(reason.find(':'), reason.size());
    const auto key = "justice.secured.reason." + reason.substr(0, colon);
    if (speech.words == nullptr || !speech.words->contains(key)) return reason;
    return speech.say(key) + reason.substr(colon);
}

json::object notice_values(const FiledNotice& filed, const SecuredSpeech& speech)
{
    const auto& notice = filed.notice;
    json::object out{
        {"number", printed(filed.number)},
        {"registration", printed(filed.registration)},
        {"kind", speech.say("justice.secured.kind." + std::string(word_of(notice.kind)))},
        {"ranked_at", shown_second(filed.filed_at)},
        {"grantors", party_values(notice.grantors)},
        {"secured", party_values(notice.secured)},
        {"agents", party_values(notice.agents)},
        {"vehicles", vehicle_values(notice.vehicles, speech)},
        {"released_vehicles", vehicle_values(notice.released_vehicles, speech)}};
    const auto add = [&](std::string_view name, const std::string& text) {
        if (!text.empty()) out[name] = text;
    };
    add("collateral", notice.collateral);
    add("released", notice.released);
    add("contract", notice.contract);
    add("reason", shown_reason(notice.reason, speech));
    return out;
}

json::object search_values(const SearchResult& result, bool in_force_only, const SecuredSpeech& speech)
{
    json::array registrations;
    for (const auto& hit : result.hits)
        if (!in_force_only || hit.registration.in_force) registrations.push_back(hit_values(hit, speech));
    const auto count = registrations.size();
    return {
        {"by", speech.say("justice.secured.by." + std::string(word_of(result.search.by)))},
        {"text", result.search.text},
        {"as_of", shown_second(result.search.as_of)},
        {"none", count == 0},
        {"count", count},
        {"more", result.more},
        {"law", result.law},
        {"registrations", std::move(registrations)}};
}

}  // namespace thien_an::justice
