#pragma once

#include <optional>
#include <string>

#include "engine/web/context.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"

/// REST for health facilities: one call tells of a birth or a death. Bodies: these structs as JSON, a FHIR R4 Bundle
/// (application/fhir+json), or table 9 of the insurance data set (application/xml, births). A program tells of its own
/// facilities only: a scope of its names each, "facility:51001".
namespace thien_an::civil_status {

struct FacilitySent {
    std::string code;
    std::optional<std::string> name;
};
template <typename Visitor>
void describe(Visitor& visit, FacilitySent& it)
{
    visit("code", it.code, {.about = "Code of the health facility.", .length_max = 20, .example = "51001"});
    visit("name", it.name, {.length_max = 200, .example = "Bệnh viện Sản - Nhi tỉnh Quảng Ngãi"});
}

struct PersonSent {
    std::string full_name;
    std::optional<Day> born_on;
    std::optional<std::int64_t> birth_year;
    std::optional<std::string> identity_number;
    std::optional<std::string> ethnicity;
    std::optional<std::string> nationality;
    std::optional<std::string> unit;
    std::optional<std::string> residence;
    std::optional<std::string> phone;
};
template <typename Visitor>
void describe_person(Visitor& visit, PersonSent& it)
{
    visit("full_name", it.full_name, {.length_max = 100, .example = "Phạm Thị Vy"});
    visit(
        "born_on", it.born_on, {.about = "Or birth_year, when the day is not known.", .example = "1991-05-20"}
    );
    visit("birth_year", it.birth_year, {.least = 1880, .most = 2200});
    visit("identity_number", it.identity_number, {.length_max = 15, .example = "051191000111"});
    visit("ethnicity", it.ethnicity, {.about = "Code of the list of ethnic groups.", .length_max = 2});
    visit("nationality", it.nationality, {.about = "Two letters, ISO 3166.", .length_max = 2});
    visit(
        "unit", it.unit, {.about = "Code of the commune of residence.", .length_max = 5, .example = "21172"}
    );
    visit("residence", it.residence, {.about = "House, hamlet or street.", .length_max = 200});
    visit("phone", it.phone, {.about = "To be reminded by.", .length_max = 20});
}
template <typename Visitor>
void describe(Visitor& visit, PersonSent& it)
{
    describe_person(visit, it);
}

struct ChildSent {
    std::optional<std::string> full_name;
    std::string sex;
    Instant born_at;
    std::optional<std::int64_t> weight_grams;
};
template <typename Visitor>
void describe(Visitor& visit, ChildSent& it)
{
    visit("full_name", it.full_name, {.about = "When the family has chosen it.", .length_max = 100});
    visit("sex", it.sex, {.choices = "female male other", .example = "female"});
    visit("born_at", it.born_at, {.example = "2026-06-20T03:15:00+07:00"});
    visit("weight_grams", it.weight_grams, {.least = 0, .most = 10000, .example = "3100"});
}

struct BirthNotified {
    std::string number;
    FacilitySent facility;
    std::optional<Day> issued_on;
    ChildSent child;
    PersonSent mother;
    std::optional<std::string> father_full_name;
    std::optional<std::string> place;
};
template <typename Visitor>
void describe(Visitor& visit, BirthNotified& it)
{
    visit(
        "number",
        it.number,
        {.about = "The facility's own; with its code it names the notice.",
         .length_max = 100,
         .example = "215/2026"}
    );
    visit("facility", it.facility, {});
    visit("issued_on", it.issued_on, {});
    visit("child", it.child, {});
    visit("mother", it.mother, {});
    visit("father_full_name", it.father_full_name, {.length_max = 100});
    visit("place", it.place, {.about = "Commune and province of the birth.", .length_max = 200});
}

struct DeceasedSent : PersonSent {
    std::string sex;
};
template <typename Visitor>
void describe(Visitor& visit, DeceasedSent& it)
{
    describe_person(visit, it);
    visit("sex", it.sex, {.choices = "female male other", .example = "male"});
}

struct DeathNotified {
    std::string number;
    FacilitySent facility;
    std::optional<Day> issued_on;
    DeceasedSent deceased;
    Instant died_at;
    std::optional<std::string> place;
    std::optional<std::string> cause;
};
template <typename Visitor>
void describe(Visitor& visit, DeathNotified& it)
{
    visit("number", it.number, {.length_max = 100, .example = "17/2026"});
    visit("facility", it.facility, {});
    visit("issued_on", it.issued_on, {});
    visit("deceased", it.deceased, {});
    visit("died_at", it.died_at, {.example = "2026-06-20T03:15:00+07:00"});
    visit("place", it.place, {.length_max = 200});
    visit("cause", it.cause, {.length_max = 500});
}

struct NoticeTaken {
    std::string id;
    std::string number;
    std::string code;
    std::string address;
    Instant received_at;
    std::optional<std::string> agency;
    std::optional<std::string> dossier;
    bool repeated = false;
};
template <typename Visitor>
void describe(Visitor& visit, NoticeTaken& it)
{
    visit("id", it.id, {.example = "120435218374656"});
    visit("number", it.number, {.about = "As the facility sent it.", .example = "215/2026"});
    visit(
        "code",
        it.code,
        {.about = "To be printed on the slip: the family completes the registration with it."}
    );
    visit("address", it.address, {.about = "Page where the code is typed; fit for a QR code."});
    visit("received_at", it.received_at, {});
    visit("agency", it.agency, {.about = "Who registers, when a commune was named."});
    visit("dossier", it.dossier, {.about = "The family has filed already: code of its dossier."});
    visit("repeated", it.repeated, {.about = "The same notice had come before."});
}

struct NoticeFacility {
    std::optional<std::string> facility;
};
template <typename Visitor>
void describe(Visitor& visit, NoticeFacility& it)
{
    visit("facility", it.facility, {.about = "Of table 9 sent without its envelope.", .length_max = 20});
}

Result<web::Response> take_birth_notice(const web::Request& request, web::Context& context);
Result<web::Response> take_death_notice(const web::Request& request, web::Context& context);

}  // namespace thien_an::civil_status
