#include "systems/civil_status/match_words.h"

#include <fmt/format.h>

namespace thien_an::civil_status {

std::string why_said(const std::vector<registers::Evidence>& why, const web::Context& context)
{
    std::string out;
    std::string last;
    for (const auto& one : why) {
        const bool name = one.part == "name" || one.part == "mother" || one.part == "father";
        if (name && one.part == last) {
            out += ", " + context.say("registers.match.names." + one.what);
            continue;
        }
        if (!out.empty()) out += "; ";
        last = one.part;
        out += name ? context.say("registers.match.name_part." + one.part) + ": " +
                          context.say("registers.match.names." + one.what)
                    : context.say("registers.match." + one.part + "." + one.what);
    }
    return out;
}

json::object match_chip(double score, const registers::Matching& matching, const web::Context& context)
{
    const bool clear = score >= matching.clear;
    const json::object words{
        {"score", fmt::format("{:.0f}", score)}, {"possible", fmt::format("{:.0f}", matching.possible)}};
    return {
        {"kind", clear ? "bad" : "warn"},
        {"icon", "alert"},
        {"text", context.say(clear ? "civil_status.match.clear" : "civil_status.match.possible", words)}};
}

}  // namespace thien_an::civil_status
