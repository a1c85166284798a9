#pragma once

#include <string>

#include "engine/text/catalogue.h"

#include "systems/justice/secured_search.h"

/// Notices and results of a search as people read them, for papers, pages and tables.
namespace thien_an::justice {

/// The language to speak; without words the keys are given back.
struct SecuredSpeech {
    const text::Catalogue* words = nullptr;
    text::Language language = text::Language::vi;
    std::string say(std::string_view key, const json::value& values = json::object{}) const;
};

std::string shown_second(Instant at);  ///< "08:41:05 1/7/2026", Vietnamese time.
std::string shown_parties(const std::vector<SecuredParty>& parties);
std::string shown_vehicle(const Vehicle& vehicle, const SecuredSpeech& speech);
/// "paid" or "other: text" as people say it; other texts as they are.
std::string shown_reason(const std::string& reason, const SecuredSpeech& speech);

/// number, registration, kind, ranked_at, grantors[] and secured[] and agents[] (name, number, address),
/// collateral, vehicles[] (text), released, released_vehicles[] (text), contract, reason; what a notice does
/// not say is absent, lists are empty.
json::object notice_values(const FiledNotice& filed, const SecuredSpeech& speech);

/// by, text, as_of, none, count, more, law, registrations[] (number, place, standing, registered_at,
/// grantors, secured, collateral, history[] (number, kind, ranked_at), history_text). `in_force_only`: what a
/// certificate lists.
json::object search_values(const SearchResult& result, bool in_force_only, const SecuredSpeech& speech);

}  // namespace thien_an::justice
