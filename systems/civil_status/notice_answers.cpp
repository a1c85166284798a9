#include "systems/civil_status/notice_answers.h"

#include <fmt/format.h>

#include <charconv>
#include <set>

#include "engine/base/vietnamese.h"
#include "engine/casework/filing.h"

namespace thien_an::civil_status {
namespace {

const NoticePerson& known_of(const Notice& notice)
{
    return notice.kind == NoticeKind::birth ? notice.mother : notice.subject;
}

/// Places the schema of a form has, with those of the groups inside: "/mother/residence/unit".
void gather(const json::value& schema, const std::string& at, std::set<std::string>& places)
{
    const auto* properties = json::member(schema, "properties");
    if (properties == nullptr || !properties->is_object()) return;
    for (const auto& member : properties->get_object()) {
        const auto here = at + "/" + json::escaped(member.key());
        places.insert(here);
        gather(member.value(), here, places);
    }
}

using Answers = std::vector<std::pair<std::string, json::value>>;

void add(Answers& answers, std::string place, const std::string& text)
{
    if (!text.empty()) answers.emplace_back(std::move(place), json::value(text));
}

void add_person(Answers& answers, const std::string& at, const NoticePerson& person)
{
    add(answers, at + "/full_name", tidy_name(person.full_name));
    add(answers, at + "/ethnicity", person.ethnicity);
    add(answers, at + "/nationality", person.nationality);
    add(answers, at + "/identity_number", person.identity_number);
    if (!person.unit.empty()) {
        add(answers, at + "/residence/unit", person.unit);
        add(answers, at + "/residence/line", person.residence);
    }
}

Answers birth_answers(const Notice& notice)
{
    Answers answers;
    add(answers, "/child/full_name", tidy_name(notice.subject.full_name));
    add(answers, "/child/born_on", iso(day_of(notice.at)));
    if (notice.subject.sex != "other") add(answers, "/child/sex", notice.subject.sex);
    answers.emplace_back("/child/birthplace/kind", "facility");
    add(answers, "/child/birthplace/facility", notice.facility_name);
    add(answers, "/child/birthplace/place", notice.place);
    add_person(answers, "/mother", notice.mother);
    if (notice.mother.year() != 0) answers.emplace_back("/mother/birth_year", notice.mother.year());
    return answers;
}

Answers death_answers(const Notice& notice)
{
    Answers answers;
    add_person(answers, "/deceased", notice.subject);
    add(answers, "/deceased/sex", notice.subject.sex);
    if (notice.subject.born_on) add(answers, "/deceased/born_on", iso(*notice.subject.born_on));
    if (!notice.subject.unit.empty()) answers.emplace_back("/deceased/residence_known", true);
    add(answers, "/death/died_on", iso(day_of(notice.at)));
    if (notice.time_known) add(answers, "/death/died_at_time", shown_time(notice.at));
    answers.emplace_back("/death/place_kind", "facility");
    add(answers, "/death/place", notice.place.empty() ? notice.facility_name : notice.place);
    add(answers, "/death/cause", notice.cause);
    answers.emplace_back("/death/has_notice", true);
    add(answers, "/death/notice/number", notice.number);
    if (notice.issued_on) add(answers, "/death/notice/issued_on", iso(*notice.issued_on));
    add(answers, "/death/notice/issued_by", notice.facility_name);
    return answers;
}

bool is_empty(const json::value* v)
{
    return v == nullptr || v->is_null() || (v->is_string() && v->get_string().empty());
}

std::string weight_text(std::int64_t grams) { return grams == 0 ? "" : fmt::format("{} g", grams); }

}  // namespace

bool same_name(std::string_view a, std::string_view b)
{
    return !folded(a).empty() && folded(tidy_name(a)) == folded(tidy_name(b));
}

bool knows(const Notice& notice, std::string_view born_on)
{
    const auto& person = known_of(notice);
    if (const auto day = parse_day(born_on)) {
        if (person.born_on) return *person.born_on == day.value();
        return person.birth_year == int(std::chrono::year_month_day{day.value()}.year());
    }
    std::int64_t year = 0;
    const auto [end, error] = std::from_chars(born_on.data(), born_on.data() + born_on.size(), year);
    const bool whole = error == std::errc{} && end == born_on.data() + born_on.size();
    return whole && !person.born_on && year != 0 && person.birth_year == year;
}

void fill_from_notice(
    const casework::Office&, const casework::Procedure& procedure, const Notice& notice, json::value& form
)
{
    std::set<std::string> places;
    gather(procedure.form()->schema(), "", places);
    const auto answers = notice.kind == NoticeKind::birth ? birth_answers(notice) : death_answers(notice);
    const auto blank = procedure.form()->blank();
    for (const auto& [place, answer] : answers) {
        const auto* now = json::find(form, place);
        const auto* by_default = json::find(blank, place);
        // A default is nobody's answer.
        const bool free = is_empty(now) || (by_default != nullptr && *now == *by_default);
        if (free && places.contains(place)) json::set(form, place, answer);
    }
}

json::value notice_paper_values(const casework::CodeLists& codes, const StoredNotice& stored)
{
    const auto& notice = stored.notice;
    const auto sex_name = [&](const std::string& sex) -> std::string {
        const auto* sexes = codes.find("sexes", day_of(stored.received_at));
        if (sexes == nullptr) return sex;
        for (const auto& one : *sexes)
            if (one.value == sex) return one.label.vi;
        return "";
    };
    const auto person = [&](const NoticePerson& one) {
        return json::object{
            {"full_name", one.full_name},
            {"born",
             one.born_on           ? shown(*one.born_on)
             : one.birth_year == 0 ? std::string()
                                   : std::to_string(one.birth_year)},
            {"identity_number", one.identity_number},
            {"residence", one.residence},
            {"sex", sex_name(one.sex)}};
    };
    return json::object{
        {"number", notice.number},
        {"facility", json::object{{"code", notice.facility_code}, {"name", notice.facility_name}}},
        {"at", notice.time_known ? shown(notice.at) : shown(day_of(notice.at))},
        {"place", notice.place},
        {"weight", weight_text(notice.weight_grams)},
        {"cause", notice.cause},
        {"subject", person(notice.subject)},
        {"mother", person(notice.mother)},
        {"father_name", notice.father_name},
        {"issued_on", notice.issued_on ? shown(*notice.issued_on) : ""},
        {"received_at", shown(stored.received_at)}};
}

}  // namespace thien_an::civil_status
