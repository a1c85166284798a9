#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "systems/civil_status/hospital_notice.h"

// A FHIR R4 Bundle (hl7.org/fhir/R4/bundle.html) with a Patient for the child or the deceased. The mother is the RelatedPerson
// with relationship MTH (v3-RoleCode), or the other Patient. Vietnamese codes (commune, ethnic group) come as extensions whose
// address ends in /commune and /ethnicity.
namespace thien_an::civil_status {
namespace {

Problem problem(std::string_view code, std::string field)
{
    return {.code = "civil_status." + std::string(code), .field = std::move(field), .law = ""};
}

/// A resource and where it stands: "/entry/2/resource".
struct Resource {
    const json::value* value = nullptr;
    std::string place;
    std::string full_url;

    std::string type() const { return json::string_or(*value, "resourceType"); }
    std::string text(std::string_view pointer) const
    {
        const auto* v = json::find(*value, pointer);
        return v == nullptr || !v->is_string() ? "" : std::string(v->get_string());
    }
};

const json::array* list(const json::value& v, std::string_view name)
{
    const auto* found = json::member(v, name);
    return found == nullptr ? nullptr : found->if_array();
}

std::vector<Resource> resources_of(const json::value& bundle)
{
    constexpr std::size_t most = 200;
    std::vector<Resource> all;
    const auto* entries = list(bundle, "entry");
    if (entries == nullptr) return all;
    for (std::size_t i = 0; i < entries->size() && all.size() < most; ++i)
        if (const auto* resource = json::member((*entries)[i], "resource");
            resource != nullptr && resource->is_object())
            all.push_back(
                {resource, fmt::format("/entry/{}/resource", i), json::string_or((*entries)[i], "fullUrl")}
            );
    return all;
}

/// What a reference names: by full address, or "Patient/child".
const Resource* referred(const std::vector<Resource>& all, const std::string& reference)
{
    if (reference.empty()) return nullptr;
    for (const auto& one : all) {
        const auto own = one.type() + "/" + one.text("/id");
        if (one.full_url == reference || own == reference) return &one;
    }
    return nullptr;
}

const Resource* first_of(const std::vector<Resource>& all, std::string_view type)
{
    for (const auto& one : all)
        if (one.type() == type) return &one;
    return nullptr;
}

bool has_code(const json::value& concept_value, std::string_view code)
{
    const auto* codings = list(concept_value, "coding");
    if (codings == nullptr) return false;
    return std::any_of(codings->begin(), codings->end(), [&](const json::value& one) {
        return json::string_or(one, "code") == code;
    });
}

/// "[{coding: [...]}]" of a RelatedPerson.
bool is_related(const Resource& one, std::string_view code)
{
    const auto* relations = list(*one.value, "relationship");
    return one.type() == "RelatedPerson" && relations != nullptr &&
           std::any_of(relations->begin(), relations->end(), [&](const json::value& v) {
               return has_code(v, code);
           });
}

const json::value* extension(const json::value& v, std::string_view ending)
{
    const auto* all = list(v, "extension");
    if (all == nullptr) return nullptr;
    for (const auto& one : *all)
        if (json::string_or(one, "url").ends_with(ending)) return &one;
    return nullptr;
}

std::string extension_code(const json::value& v, std::string_view ending)
{
    const auto* found = extension(v, ending);
    if (found == nullptr) return "";
    const auto code = json::string_or(*found, "valueCode");
    return code.empty() ? json::string_or(*found, "valueString") : code;
}

/// Vietnamese names are family name first: HumanName.text, else family and given in that order.
std::string name_of(const Resource& person)
{
    if (const auto whole = person.text("/name/0/text"); !whole.empty()) return whole;
    auto name = person.text("/name/0/family");
    const auto* given = json::find(*person.value, "/name/0/given");
    if (given != nullptr && given->is_array())
        for (const auto& part : given->get_array())
            if (part.is_string()) name += (name.empty() ? "" : " ") + std::string(part.get_string());
    return name;
}

std::string telephone_of(const Resource& person)
{
    const auto* points = list(*person.value, "telecom");
    if (points == nullptr) return "";
    for (const auto& one : *points)
        if (json::string_or(one, "system") == "phone") return json::string_or(one, "value");
    return "";
}

std::string address_of(const Resource& person)
{
    if (const auto whole = person.text("/address/0/text"); !whole.empty()) return whole;
    std::string out;
    for (const auto* part :
         {"/address/0/line/0", "/address/0/city", "/address/0/district", "/address/0/state"})
        if (const auto text = person.text(part); !text.empty()) out += (out.empty() ? "" : ", ") + text;
    return out;
}

/// "1991" and "1991-05" are days FHIR allows: then the year is known alone.
Result<Done> read_birth_date(const Resource& from, NoticePerson& person)
{
    const auto text = from.text("/birthDate");
    if (text.empty()) return Done{};
    if (const auto day = parse_day(text)) {
        person.born_on = day.value();
        return Done{};
    }
    const auto year = parse_day(text.substr(0, 4) + "-01-01");
    if (!year || (text.size() != 4 && text.size() != 7))
        return problem("notice_bad_value", from.place + "/birthDate");
    person.birth_year = int(std::chrono::year_month_day{year.value()}.year());
    return Done{};
}

Result<Done> read_person(const Resource& from, std::string_view what, NoticePerson& person, Notice& notice)
{
    const auto at = [&](std::string_view member, std::string_view place) {
        notice.places[std::string(what) + "." + std::string(member)] = from.place + std::string(place);
    };
    at("full_name", "/name");
    at("sex", "/gender");
    at("born_on", "/birthDate");
    at("identity_number", "/identifier/0/value");
    at("residence", "/address/0");
    at("phone", "/telecom");
    person.full_name = name_of(from);
    person.sex = from.text("/gender");
    if (person.sex == "unknown") person.sex = "other";
    if (!person.sex.empty() && person.sex != "male" && person.sex != "female" && person.sex != "other")
        return problem("notice_bad_value", from.place + "/gender");
    TRY(read_birth_date(from, person));
    person.identity_number = from.text("/identifier/0/value");
    person.residence = address_of(from);
    person.phone = telephone_of(from);
    person.ethnicity = extension_code(*from.value, "/ethnicity");
    if (const auto* address = json::find(*from.value, "/address/0"))
        person.unit = extension_code(*address, "/commune");
    if (from.text("/address/0/country") == "VN") person.nationality = "VN";
    return Done{};
}

Result<Done> read_birth_time(const Resource& child, Notice& notice)
{
    const auto place = child.place + "/birthDate";
    notice.places["subject.born_at"] = place;
    if (const auto* beside = json::find(*child.value, "/_birthDate"))
        if (const auto* time = extension(*beside, "/patient-birthTime")) {
            const auto instant = parse_instant(json::string_or(*time, "valueDateTime"));
            if (!instant) return problem("notice_bad_value", child.place + "/_birthDate/extension/0");
            notice.at = instant.value();
            return Done{};
        }
    if (!notice.subject.born_on) return problem("notice_missing", place);
    notice.time_known = false;
    notice.at = at(*notice.subject.born_on, Minutes{0});
    return Done{};
}

Result<Done> read_death_time(const Resource& deceased, Notice& notice)
{
    const auto place = deceased.place + "/deceasedDateTime";
    notice.places["died_at"] = place;
    const auto text = deceased.text("/deceasedDateTime");
    if (text.empty()) return problem("notice_missing", place);
    if (const auto day = parse_day(text)) {
        notice.time_known = false;
        notice.at = at(day.value(), Minutes{0});
        return Done{};
    }
    const auto instant = parse_instant(text);
    if (!instant) return problem("notice_bad_value", place);
    notice.at = instant.value();
    return Done{};
}

/// LOINC 8339-4 birth weight, 3141-9 and 29463-7 body weight; UCUM g or kg.
Result<Done> read_weight(const std::vector<Resource>& all, Notice& notice)
{
    for (const auto& one : all) {
        const auto* code = json::member(*one.value, "code");
        if (one.type() != "Observation" || code == nullptr) continue;
        if (!has_code(*code, "8339-4") && !has_code(*code, "3141-9") && !has_code(*code, "29463-7")) continue;
        const auto place = one.place + "/valueQuantity";
        notice.places["subject.weight_grams"] = place;
        const auto* value = json::find(*one.value, "/valueQuantity/value");
        const auto unit = one.text("/valueQuantity/code");
        if (value == nullptr || !value->is_number()) return problem("notice_bad_value", place);
        const double amount = value->to_number<double>() * (unit == "kg" ? 1000.0 : 1.0);
        constexpr double most = 100'000;
        if ((unit != "kg" && unit != "g") || !(amount > 0 && amount < most))
            return problem("notice_bad_value", place);
        notice.weight_grams = std::llround(amount);
    }
    return Done{};
}

/// LOINC 69453-9: cause of death.
void read_cause(const std::vector<Resource>& all, Notice& notice)
{
    for (const auto& one : all) {
        const auto* code = json::member(*one.value, "code");
        if (code == nullptr || !has_code(*code, "69453-9")) continue;
        for (const auto* pointer :
             {"/valueString", "/valueCodeableConcept/text", "/valueCodeableConcept/coding/0/display"})
            if (notice.cause.empty()) notice.cause = one.text(pointer);
    }
}

void read_facility(const std::vector<Resource>& all, const json::value& bundle, Notice& notice)
{
    const auto* composition = first_of(all, "Composition");
    if (const auto* organization = first_of(all, "Organization")) {
        notice.facility_code = organization->text("/identifier/0/value");
        notice.facility_name = organization->text("/name");
        notice.places["facility.code"] = organization->place + "/identifier/0/value";
        notice.places["facility.name"] = organization->place + "/name";
    } else {
        notice.places["facility.code"] = "/entry";
    }
    notice.number = composition == nullptr ? "" : composition->text("/identifier/value");
    notice.places["number"] = "/identifier/value";
    if (notice.number.empty())
        if (const auto* number = json::find(bundle, "/identifier/value");
            number != nullptr && number->is_string())
            notice.number = std::string(number->get_string());
    if (composition == nullptr) return;
    if (const auto day = parse_day(composition->text("/date").substr(0, 10))) notice.issued_on = day.value();
}

/// The Composition says whom it is about; else the only Patient, or of several the youngest.
const Resource* subject_of(const std::vector<Resource>& all)
{
    if (const auto* composition = first_of(all, "Composition"))
        if (const auto* named = referred(all, composition->text("/subject/reference"));
            named != nullptr && named->type() == "Patient")
            return named;
    const Resource* youngest = nullptr;
    for (const auto& one : all)
        if (one.type() == "Patient" &&
            (youngest == nullptr || one.text("/birthDate") > youngest->text("/birthDate")))
            youngest = &one;
    return youngest;
}

const Resource* mother_of(const std::vector<Resource>& all, const Resource& child)
{
    for (const auto& one : all)
        if (is_related(one, "MTH") || is_related(one, "NMTH")) return &one;
    for (const auto& one : all)
        if (one.type() == "Patient" && &one != &child && one.text("/gender") == "female") return &one;
    return nullptr;
}

}  // namespace

Result<Notice> notice_from_fhir(const json::value& bundle, NoticeKind kind)
{
    if (json::string_or(bundle, "resourceType") != "Bundle")
        return problem("notice_not_a_bundle", "/resourceType");
    const auto all = resources_of(bundle);
    const auto* subject = subject_of(all);
    if (subject == nullptr) return problem("notice_no_subject", "/entry");
    Notice notice{.kind = kind};
    read_facility(all, bundle, notice);
    TRY(read_person(*subject, "subject", notice.subject, notice));
    if (const auto* where = extension(*subject->value, "/patient-birthPlace"))
        if (const auto* text = json::find(*where, "/valueAddress/text"); text != nullptr && text->is_string())
            notice.place = std::string(text->get_string());
    if (kind == NoticeKind::death) {
        TRY(read_death_time(*subject, notice));
        read_cause(all, notice);
        return notice;
    }
    TRY(read_birth_time(*subject, notice));
    notice.subject.born_on = day_of(notice.at);
    const auto* mother = mother_of(all, *subject);
    if (mother == nullptr) return problem("notice_no_mother", "/entry");
    TRY(read_person(*mother, "mother", notice.mother, notice));
    for (const auto& one : all)
        if (is_related(one, "FTH") || is_related(one, "NFTH")) notice.father_name = name_of(one);
    TRY(read_weight(all, notice));
    return notice;
}

}  // namespace thien_an::civil_status
