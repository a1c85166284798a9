#include "systems/justice/secured_search.h"

#include <algorithm>
#include <array>

#include "engine/base/vietnamese.h"

namespace thien_an::justice {
namespace {

constexpr std::array<std::string_view, 3> by_words{"grantor_number", "grantor_name", "serial"};

bool has_serial(const Notice& notice, const std::string& wanted)
{
    return std::any_of(notice.vehicles.begin(), notice.vehicles.end(), [&](const Vehicle& one) {
        return one.chassis == wanted || one.engine == wanted || one.plate == wanted;
    });
}

RankedOver thing_of(const Search& search)
{
    switch (search.by) {
    case SearchBy::grantor_number: return {.grantor_number = look_up(search)};
    case SearchBy::grantor_name: return {.grantor_name = look_up(search)};
    case SearchBy::serial: return {.serial = serial(search.text)};
    }
    throw std::logic_error("SearchBy outside its enumerators");
}

SearchHit hit_of(const Search& search, std::vector<FiledNotice> notices)
{
    SearchHit hit{fold(notices), std::move(notices)};
    if (search.by != SearchBy::serial) return hit;
    const auto wanted = serial(search.text);
    hit.near = std::none_of(hit.notices.begin(), hit.notices.end(), [&](const FiledNotice& one) {
        return has_serial(one.notice, wanted);
    });
    return hit;
}

}  // namespace

std::string_view word_of(SearchBy by) { return by_words.at(std::size_t(by) - 1); }

std::optional<SearchBy> search_by(std::string_view word)
{
    const auto found = std::find(by_words.begin(), by_words.end(), word);
    if (found == by_words.end()) return std::nullopt;
    return SearchBy(found - by_words.begin() + 1);
}

std::string look_up(const Search& search)
{
    constexpr std::size_t number_min = 6;
    constexpr std::size_t name_min = 2;
    constexpr std::size_t serial_min = 4;
    std::string word;
    std::size_t least = 0;
    switch (search.by) {
    case SearchBy::grantor_number:
        word = serial(search.text);
        least = number_min;
        break;
    case SearchBy::grantor_name:
        word = party_name(search.text);
        least = name_min;
        break;
    case SearchBy::serial:
        word = look_alike(serial(search.text));
        least = serial_min;
        break;
    }
    return word.size() < least ? "" : word;
}

std::set<std::pair<SearchBy, std::string>> look_ups(const Notice& notice)
{
    std::set<std::pair<SearchBy, std::string>> out;
    for (const auto& grantor : notice.grantors) {
        out.emplace(SearchBy::grantor_number, grantor.number);
        out.emplace(SearchBy::grantor_name, party_name(grantor.name));
    }
    for (const auto& vehicle : notice.vehicles)
        for (const auto& one : {vehicle.chassis, vehicle.engine, vehicle.plate})
            if (!one.empty()) out.emplace(SearchBy::serial, look_alike(one));
    return out;
}

SearchResult arranged(const Search& search, std::vector<FiledNotice> notices)
{
    SearchResult result{search, {}, ""};
    for (auto from = notices.begin(); from != notices.end();) {
        const auto end = std::find_if(from, notices.end(), [&](const FiledNotice& one) {
            return one.registration != from->registration;
        });
        result.hits.push_back(hit_of(search, {std::make_move_iterator(from), std::make_move_iterator(end)}));
        from = end;
    }
    std::vector<Registration> found;
    for (const auto& hit : result.hits) found.push_back(hit.registration);
    const auto order = priority(found, thing_of(search), day_of(search.as_of));
    result.law = order.law;
    for (auto& hit : result.hits)
        for (const auto& ranked : order.order)
            if (ranked.registration == hit.registration.number) {
                hit.covers = true;
                hit.place = ranked.place;
            }
    const auto key = [](const SearchHit& hit) {
        constexpr int last = 1 << 20;
        const int group = !hit.registration.in_force ? 2 : hit.near ? 1 : 0;
        return std::tuple(group, hit.place == 0 ? last : hit.place, hit.registration.number);
    };
    std::sort(result.hits.begin(), result.hits.end(), [&](const SearchHit& a, const SearchHit& b) {
        return key(a) < key(b);
    });
    return result;
}

json::object json_of(const FiledNotice& filed)
{
    return {
        {"number", filed.number},
        {"registration", filed.registration},
        {"filed_at", column(filed.filed_at)},
        {"notice", json_of(filed.notice)}};
}

Result<FiledNotice> filed_from(const json::value& v)
{
    FiledNotice filed{
        json::integer_or(v, "number"),
        json::integer_or(v, "registration"),
        instant_from(json::integer_or(v, "filed_at")),
        {}};
    const auto* notice = json::member(v, "notice");
    if (notice == nullptr || filed.number <= 0)
        return Problem{.code = "justice.bad_notice", .field = "/number", .law = ""};
    filed.notice = TRY(notice_from(*notice));
    return filed;
}

}  // namespace thien_an::justice
