#include "engine/casework/dossier.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <stdexcept>

namespace thien_an::casework {
namespace {

constexpr std::array<std::string_view, dossier_state_count> state_names{
    "filed",
    "received",
    "awaiting_supplement",
    "in_progress",
    "awaiting_signature",
    "result_ready",
    "handed_over",
    "refused",
    "withdrawn"};

/// Which states may come after which; a row per state in the order of the enum, each letter one following state.
/// f filed, r received, s awaiting_supplement, p in_progress, a awaiting_signature, y result_ready, h handed_over,
/// x refused, w withdrawn.
constexpr std::string_view letters_of_states = "frspayhxw";
constexpr std::array<std::string_view, dossier_state_count> following{
    "rxw",      // filed
    "spaxwyh",  // received
    "rpxw",     // awaiting_supplement
    "srayxwh",  // in_progress
    "ypxw",     // awaiting_signature
    "hw",       // result_ready
    "",         // handed_over
    "",         // refused
    ""          // withdrawn
};

std::size_t place(DossierState state) { return std::size_t(state) - 1; }

std::optional<Instant> instant_or_null(const json::value& v)
{
    if (v.is_null()) return std::nullopt;
    return instant_from(v.as_int64());
}

std::string text(const json::value& v) { return {v.as_string().data(), v.as_string().size()}; }

DossierState state(const json::value& v)
{
    const auto named = dossier_state_named(text(v));
    if (!named) throw std::logic_error("an event names a state that does not exist");
    return *named;
}

using Setter = void (*)(Dossier&, const json::value&);

const std::map<std::string_view, Setter>& setters()
{
    static const std::map<std::string_view, Setter> all{
        {"code", [](Dossier& d, const json::value& v) { d.code = text(v); }},
        {"procedure", [](Dossier& d, const json::value& v) { d.procedure = text(v); }},
        {"pack", [](Dossier& d, const json::value& v) { d.pack = v.as_int64(); }},
        {"agency", [](Dossier& d, const json::value& v) { d.agency = {v.as_int64()}; }},
        {"received_at", [](Dossier& d, const json::value& v) { d.received_at = {v.as_int64()}; }},
        {"state", [](Dossier& d, const json::value& v) { d.state = state(v); }},
        {"channel", [](Dossier& d, const json::value& v) { d.channel = text(v); }},
        {"applicant", [](Dossier& d, const json::value& v) { d.applicant = {v.as_int64()}; }},
        {"title", [](Dossier& d, const json::value& v) { d.title = text(v); }},
        {"filed_on", [](Dossier& d, const json::value& v) { d.filed_on = instant_from(v.as_int64()); }},
        {"received_on", [](Dossier& d, const json::value& v) { d.received_on = instant_or_null(v); }},
        {"due", [](Dossier& d, const json::value& v) { d.due = instant_or_null(v); }},
        {"answer_by", [](Dossier& d, const json::value& v) { d.answer_by = instant_or_null(v); }},
        {"closed_on", [](Dossier& d, const json::value& v) { d.closed_on = instant_or_null(v); }},
        {"instance", [](Dossier& d, const json::value& v) { d.instance = v.as_int64(); }},
        {"supplements_asked", [](Dossier& d, const json::value& v) { d.supplements_asked = v.as_int64(); }},
        {"apologies", [](Dossier& d, const json::value& v) { d.apologies = v.as_int64(); }},
        {"entry", [](Dossier& d, const json::value& v) { d.entry = v.as_int64(); }},
        {"entry_number", [](Dossier& d, const json::value& v) { d.entry_number = text(v); }},
        {"fee", [](Dossier& d, const json::value& v) { d.fee = {v.as_int64()}; }},
        {"fee_reason", [](Dossier& d, const json::value& v) { d.fee_reason = text(v); }},
        {"rating", [](Dossier& d, const json::value& v) { d.rating = v.as_int64(); }}};
    return all;
}

}  // namespace

std::string_view name_of(DossierState state)
{
    if (place(state) >= state_names.size()) throw std::logic_error("DossierState outside its enumerators");
    return state_names[place(state)];
}

std::optional<DossierState> dossier_state_named(std::string_view name)
{
    for (std::size_t i = 0; i < state_names.size(); ++i)
        if (state_names[i] == name) return DossierState(i + 1);
    return std::nullopt;
}

bool is_closed(DossierState state) { return following[place(state)].empty(); }

bool may_follow(DossierState before, DossierState after)
{
    return following[place(before)].find(letters_of_states[place(after)]) != std::string_view::npos;
}

AllowedActs allowed_acts(const Dossier& dossier, Day today)
{
    const bool open = !is_closed(dossier.state);
    return {
        .withdraw = open,
        .answer_supplement = dossier.state == DossierState::awaiting_supplement,
        .rate = dossier.state == DossierState::handed_over && dossier.rating == 0,
        .apologise = open && dossier.due && day_of(*dossier.due) <= today + std::chrono::days{1},
        .confirm_entry = open && dossier.entry != 0};
}

std::optional<Instant> next_deadline(const Dossier& dossier)
{
    if (is_closed(dossier.state)) return std::nullopt;
    return dossier.state == DossierState::filed ? dossier.answer_by : dossier.due;
}

std::optional<std::int64_t> counted_until(const Dossier& dossier)
{
    if (is_closed(dossier.state)) return std::nullopt;
    if (dossier.state == DossierState::awaiting_supplement) return until_waiting;
    const auto until = next_deadline(dossier);
    return until ? column(day_of(*until)) : until_never;
}

Dossier applied(Dossier before, const DossierEvent& event)
{
    if (event.number != before.number_of_events + 1) throw std::logic_error("an event is out of order");
    before.id = event.dossier;
    before.number_of_events = event.number;
    const auto* set = event.body.if_contains("set");
    if (set == nullptr) return before;
    for (const auto& member : set->as_object()) {
        const auto setter = setters().find(std::string_view(member.key()));
        if (setter == setters().end()) throw std::logic_error("an event sets what no dossier has");
        setter->second(before, member.value());
    }
    return before;
}

std::string dossier_code(std::string_view agency, Day day, std::int64_t number)
{
    const std::chrono::year_month_day date{day};
    return fmt::format(
        "{}-{:02}{:02}{:02}-{:04}",
        agency,
        int(date.year()) % 100,
        unsigned(date.month()),
        unsigned(date.day()),
        number
    );
}

}  // namespace thien_an::casework
