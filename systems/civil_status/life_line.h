#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/registers/person_index.h"

/// The life of one person as the registers tell it: events in the order of their days, what contradicts, whether he is
/// married on a day. Functions of the events alone; life_line_reading.h gathers them.
namespace thien_an::civil_status {

/// An entry that names the person.
struct LifeEvent {
    /// "birth", "marriage", "divorce", "death"... as register.json says of the register ("life_event"); of an event
    /// abroad what it was; "child_born" for a parent; "spouse_death" for who was left.
    std::string kind;
    std::string role;  ///< The person's in the entry.
    bool subject = true;
    std::optional<Day> on;  ///< Empty: the entry does not say.
    registers::PersonRef person;
    std::string register_id;
    std::string printed;  ///< "15/2016"
    registers::AgencyId agency;
    bool in_force = true;
    std::string name;
    std::optional<Day> born_on;
    std::int64_t born_year = 0;
    std::string sex;
    std::string number;           ///< Personal number or citizen card, twelve digits; "" when there is none.
    std::string with;             ///< Name of the other spouse, of the child born.
    std::optional<Day> ended_on;  ///< Of a marriage: a note on it says that it ended.
};

/// In the order of their days; those without a day at the end.
void sort_events(std::vector<LifeEvent>& events);

/// Something that cannot be, or should not; shown to people, mended by nobody but them.
struct Contradiction {
    std::string code;  ///< "married_twice": sentence "civil_status.contradiction.married_twice".
    std::vector<registers::PersonRef> entries;
    json::object words;
};
/// Of events in force: "two_births", "two_deaths", "married_twice" (no divorce and no death of the spouse between),
/// "after_death", "child_after_father" (born more than 300 days after his death; law-52-2014/art-88), "parent_under_12",
/// "sex_differs", "born_on_differs", "number_differs" and those of number_faults.
std::vector<Contradiction> contradictions(std::vector<LifeEvent> events);

enum class Marital { single, married, divorced, widowed };
struct MaritalState {
    Marital state = Marital::single;
    bool dead = false;                           ///< By that day.
    std::string spouse;                          ///< Of the marriage in force or the last one.
    std::optional<Day> since;                    ///< Day of what made the state; empty for single.
    std::vector<registers::PersonRef> rests_on;  ///< Entries it was told from.
    std::string printed;                         ///< Number of the last of them.
};
/// As of the end of `day`, by events in force with a day.
MaritalState marital_state(std::vector<LifeEvent> events, Day day);
std::string_view text_of(Marital state);  ///< "single"

/// What a personal number says: PPP C YY RRRRRR. Law: nd-137-2015/art-13.
struct PersonalNumber {
    std::string place;      ///< Code of the province or country of registration: "051".
    std::int64_t year = 0;  ///< Of birth.
    std::string sex;
};
/// Nothing when it is not twelve digits.
std::optional<PersonalNumber> read_personal_number(std::string_view number);
/// What a number does not fit: "number_form", "number_year" (year or century of birth), "number_sex". Numbers come from
/// the national database and are never made here: what does not fit is asked there.
std::vector<std::string> number_faults(std::string_view number, std::int64_t born_year, std::string_view sex);

}  // namespace thien_an::civil_status
