#include "systems/civil_status/hospital_notice.h"

#include <algorithm>

namespace thien_an::civil_status {
namespace {

/// "/mother/full_name" of our own JSON, or where the sender's format has it.
std::string place_of(const Notice& notice, std::string_view what)
{
    const auto found = notice.places.find(what);
    if (found != notice.places.end()) return found->second;
    std::string pointer = "/" + std::string(what);
    std::replace(pointer.begin(), pointer.end(), '.', '/');
    return pointer;
}

json::value day_value(const std::optional<Day>& day)
{
    return day ? json::value(iso(*day)) : json::value(nullptr);
}

std::optional<Day> day_of_value(const json::value& v, std::string_view name)
{
    const auto day = parse_day(json::string_or(v, name));
    return day ? std::optional(day.value()) : std::nullopt;
}

json::object person_value(const NoticePerson& person)
{
    return {
        {"full_name", person.full_name},
        {"sex", person.sex},
        {"born_on", day_value(person.born_on)},
        {"birth_year", person.birth_year},
        {"ethnicity", person.ethnicity},
        {"nationality", person.nationality},
        {"identity_number", person.identity_number},
        {"unit", person.unit},
        {"residence", person.residence},
        {"phone", person.phone}};
}

NoticePerson person_of_value(const json::value* v)
{
    if (v == nullptr) return {};
    return {
        json::string_or(*v, "full_name"),
        json::string_or(*v, "sex"),
        day_of_value(*v, "born_on"),
        json::integer_or(*v, "birth_year"),
        json::string_or(*v, "ethnicity"),
        json::string_or(*v, "nationality"),
        json::string_or(*v, "identity_number"),
        json::string_or(*v, "unit"),
        json::string_or(*v, "residence"),
        json::string_or(*v, "phone")};
}

bool bad_identity(const std::string& number)
{
    constexpr std::size_t least = 6, most = 15;
    const auto plain = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    return !number.empty() && (number.size() < least || number.size() > most ||
                               !std::all_of(number.begin(), number.end(), plain));
}

/// What makes a text of a stranger fit for a column and a page.
bool bad_text(const std::string& text)
{
    constexpr std::size_t bytes_max = 1024;
    return text.size() > bytes_max ||
           std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
}

}  // namespace

std::int64_t NoticePerson::year() const
{
    return born_on ? std::int64_t(int(std::chrono::year_month_day{*born_on}.year())) : birth_year;
}

Result<Done> check_notice(const Notice& notice, Instant now)
{
    const auto wrong = [&](std::string_view code, std::string_view what) {
        return Problem{
            .code = "civil_status." + std::string(code), .field = place_of(notice, what), .law = ""};
    };
    const bool birth = notice.kind == NoticeKind::birth;
    const std::vector<std::pair<std::string_view, const std::string*>> needed{
        {"number", &notice.number},
        {"facility.code", &notice.facility_code},
        {"subject.sex", &notice.subject.sex},
        {birth ? "mother.full_name" : "subject.full_name",
         birth ? &notice.mother.full_name : &notice.subject.full_name}};
    for (const auto& [what, text] : needed)
        if (text->empty()) return wrong("notice_missing", what);
    if (birth && notice.mother.year() == 0) return wrong("notice_missing", "mother.born_on");
    const std::vector<std::pair<std::string_view, const std::string*>> texts{
        {"number", &notice.number},
        {"facility.code", &notice.facility_code},
        {"facility.name", &notice.facility_name},
        {"place", &notice.place},
        {"cause", &notice.cause},
        {"father_full_name", &notice.father_name},
        {"subject.full_name", &notice.subject.full_name},
        {"subject.residence", &notice.subject.residence},
        {"mother.full_name", &notice.mother.full_name},
        {"mother.residence", &notice.mother.residence},
        {"mother.phone", &notice.mother.phone}};
    for (const auto& [what, text] : texts)
        if (bad_text(*text)) return wrong("notice_bad_value", what);
    if (bad_identity(notice.mother.identity_number))
        return wrong("notice_bad_value", "mother.identity_number");
    if (bad_identity(notice.subject.identity_number))
        return wrong("notice_bad_value", "subject.identity_number");
    constexpr std::int64_t weight_max = 10'000;
    if (notice.weight_grams < 0 || notice.weight_grams > weight_max)
        return wrong("notice_bad_value", "subject.weight_grams");
    if (notice.at > now) return wrong("notice_in_future", birth ? "subject.born_at" : "died_at");
    constexpr std::chrono::years oldest{120};
    if (day_of(notice.at) < Day{std::chrono::floor<std::chrono::days>(now)} - oldest)
        return wrong("notice_bad_value", birth ? "subject.born_at" : "died_at");
    return Done{};
}

json::object notice_value(const Notice& notice)
{
    return {
        {"kind", std::int64_t(notice.kind)},
        {"number", notice.number},
        {"facility_code", notice.facility_code},
        {"facility_name", notice.facility_name},
        {"issued_on", day_value(notice.issued_on)},
        {"at", column(notice.at)},
        {"time_known", notice.time_known},
        {"place", notice.place},
        {"weight_grams", notice.weight_grams},
        {"cause", notice.cause},
        {"subject", person_value(notice.subject)},
        {"mother", person_value(notice.mother)},
        {"father_name", notice.father_name}};
}

Notice notice_of_value(const json::value& v)
{
    return {
        .kind = NoticeKind(json::integer_or(v, "kind", 1)),
        .number = json::string_or(v, "number"),
        .facility_code = json::string_or(v, "facility_code"),
        .facility_name = json::string_or(v, "facility_name"),
        .issued_on = day_of_value(v, "issued_on"),
        .at = instant_from(json::integer_or(v, "at")),
        .time_known = json::bool_or(v, "time_known", true),
        .place = json::string_or(v, "place"),
        .weight_grams = json::integer_or(v, "weight_grams"),
        .cause = json::string_or(v, "cause"),
        .subject = person_of_value(json::member(v, "subject")),
        .mother = person_of_value(json::member(v, "mother")),
        .father_name = json::string_or(v, "father_name")};
}

}  // namespace thien_an::civil_status
