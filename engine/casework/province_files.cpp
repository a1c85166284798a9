#include "engine/casework/province_files.h"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

Result<json::value> read_json(const fs::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    auto parsed = json::parse(text.str());
    const auto bad = [&](std::string reason) {
        return Problem{
            .code = "casework.bad_province_file",
            .field = "",
            .law = "",
            .words = {{"file", path.string()}, {"reason", std::move(reason)}}};
    };
    if (!in) return bad("not readable");
    if (!parsed) {
        const auto& words = parsed.problem().words;
        return bad(parsed.problem().code + (words.empty() ? "" : " line " + words.front().second));
    }
    return parsed;
}

Validity validity_of(const json::value& row)
{
    const auto from = parse_day(json::string_or(row, "valid_from", "0001-01-01"));
    const auto to = json::string_or(row, "valid_to");
    const auto until = to.empty() ? std::nullopt : std::optional(parse_day(to).value());
    return {from ? from.value() : Day{}, until};
}

const json::array& rows_of(const json::value& source, std::string_view member)
{
    static const json::array none;
    const auto* rows = json::member(source, member);
    return rows == nullptr || !rows->is_array() ? none : rows->get_array();
}

/// Files named *.json of a folder, by name; none when it is not there.
std::vector<fs::path> json_files(const fs::path& folder)
{
    std::vector<fs::path> files;
    if (fs::is_directory(folder))
        for (const auto& entry : fs::directory_iterator(folder))
            if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

}  // namespace

void ProvinceFiles::add_list(const std::string& name, const json::value& entries, std::string_view key)
{
    if (!entries.is_array()) return;
    auto& list = lists_[name];
    for (const auto& row : entries.get_array())
        list.push_back({validity_of(row), {json::string_or(row, key), words_from(json::member(row, "name"))}}
        );
}

void ProvinceFiles::add_units(const json::value& source)
{
    for (const auto& row : rows_of(source, "units")) {
        const auto* name = json::member(row, "name");
        units_.emplace(
            json::string_or(row, "code"),
            UnitRow{
                validity_of(row),
                json::string_or(row, "level"),
                name == nullptr ? "" : json::string_or(*name, "vi"),
                json::string_or(row, "parent")}
        );
    }
}

Result<Done> ProvinceFiles::add_calendars(const json::value& calendars, const json::value& agencies)
{
    for (const auto& row : rows_of(calendars, "calendars")) {
        const auto id = json::string_or(row, "id");
        calendars_.emplace(id, TRY(workflow::calendar_from(calendars, id)));
    }
    const auto take = [&](const json::value* named, auto keep) -> Result<Done> {
        if (named == nullptr || !named->is_object()) return Done{};
        for (const auto& use : named->get_object()) {
            const auto id = use.value().is_string() ? std::string(use.value().get_string()) : "";
            if (!calendars_.contains(id))
                return Problem{
                    .code = "casework.bad_province_file",
                    .field = "",
                    .law = "",
                    .words = {{"file", "calendars.json"}, {"reason", "no calendar " + id}}};
            keep(std::string(use.key()), id);
        }
        return Done{};
    };
    TRY(take(json::member(calendars, "defaults"), [&](const std::string& use, const std::string& id) {
        usual_calendars_[use] = id;
    }));
    for (const auto& row : rows_of(agencies, "agencies"))
        TRY(take(json::member(row, "calendars"), [&](const std::string& use, const std::string& id) {
            own_calendars_[{json::string_or(row, "id"), use}] = id;
        }));
    return Done{};
}

void ProvinceFiles::index_lists()
{
    for (const auto& [name, rows] : lists_) {
        auto& days = by_day_[name];
        days[Day{std::chrono::days{-1'000'000}}];
        for (const auto& row : rows) {
            days[row.validity.from];
            if (row.validity.to) days[*row.validity.to];
        }
        for (auto& [day, choices] : days)
            for (const auto& row : rows)
                if (row.validity.covers(day)) choices.push_back(row.choice);
    }
}

Result<std::unique_ptr<ProvinceFiles>> ProvinceFiles::load(const fs::path& root)
{
    auto files = std::make_unique<ProvinceFiles>();
    std::vector<fs::path> lists = json_files(root / "province/codes");
    if (fs::is_directory(root / "systems"))
        for (const auto& system : fs::directory_iterator(root / "systems"))
            for (auto& path : json_files(system.path() / "codes")) lists.push_back(path);
    for (const auto& path : lists) {
        const auto source = TRY(read_json(path));
        if (const auto* entries = json::member(source, "entries"))
            files->add_list(json::string_or(source, "id"), *entries, "code");
    }
    const auto fees = TRY(read_json(root / "province/fees.json"));
    if (const auto* groups = json::member(fees, "exempt_groups"))
        files->add_list("exempt_groups", *groups, "id");
    for (const auto& row : rows_of(fees, "fees"))
        files->fees_.emplace(
            json::string_or(row, "id"), Fee{validity_of(row), json::integer_or(row, "amount")}
        );
    const auto settings = TRY(read_json(root / "province/settings.json"));
    for (const auto& row : rows_of(settings, "settings"))
        if (const auto* value = json::member(row, "value"))
            files->settings_.emplace(json::string_or(row, "key"), Setting{validity_of(row), *value});
    files->add_units(TRY(read_json(root / "province/units.json")));
    TRY(files->add_calendars(
        TRY(read_json(root / "province/calendars.json")), TRY(read_json(root / "province/agencies.json"))
    ));
    files->index_lists();
    files->index_days_of_units();
    return files;
}

const std::vector<Choice>* ProvinceFiles::find(std::string_view list, Day day) const
{
    const auto days = by_day_.find(list);
    if (days == by_day_.end()) return nullptr;
    return &std::prev(days->second.upper_bound(day))->second;
}

const ProvinceFiles::UnitRow* ProvinceFiles::unit(std::string_view code, Day day) const
{
    const auto [first, last] = units_.equal_range(code);
    for (auto at = first; at != last; ++at)
        if (at->second.validity.covers(day)) return &at->second;
    return nullptr;
}

bool ProvinceFiles::is_unit(std::string_view code, std::string_view level, Day day) const
{
    const auto* found = unit(code, day);
    if (found == nullptr) return false;
    if (found->level == level || level.empty()) return true;
    // A district that has no units below it on that day does the work of a commune.
    if (level != "commune" || found->level != "district") return false;
    return std::none_of(units_.begin(), units_.end(), [&](const auto& row) {
        return row.second.parent == code && row.second.validity.covers(day);
    });
}

void ProvinceFiles::index_days_of_units()
{
    days_of_units_.insert(Day{std::chrono::days{-1'000'000}});
    const auto take = [&](const Validity& validity) {
        days_of_units_.insert(validity.from);
        if (validity.to) days_of_units_.insert(*validity.to);
    };
    for (const auto& [code, row] : units_) take(row.validity);
    const auto [first, last] = settings_.equal_range("province.unit");
    for (auto at = first; at != last; ++at) take(at->second.validity);
}

std::vector<Choice> ProvinceFiles::units(std::string_view level, Day day) const
{
    const auto since = *std::prev(days_of_units_.upper_bound(day));
    const std::pair key{std::string(level), since};
    const std::lock_guard lock(named_mutex_);
    const auto found = named_.find(key);
    return found != named_.end() ? found->second : named_.emplace(key, units_on(level, since)).first->second;
}

std::vector<Choice> ProvinceFiles::units_on(std::string_view level, Day day) const
{
    const auto* own = setting("province.unit", day);
    const std::string province = own != nullptr && own->is_string() ? std::string(own->get_string()) : "";
    std::vector<std::pair<std::string, Choice>> named;
    for (const auto& [code, row] : units_) {
        if (!row.validity.covers(day) || !is_unit(code, level, day)) continue;
        const auto* above = unit(row.parent, day);
        const bool ours = row.parent == province || (above != nullptr && above->parent == province);
        if (!ours) continue;
        const bool name_above = above != nullptr && row.parent != province;
        const std::string name = name_above ? row.name + ", " + above->name : row.name;
        named.emplace_back(folded(name), Choice{code, {name, name}});
    }
    std::sort(named.begin(), named.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<Choice> choices;
    for (auto& [key, choice] : named) choices.push_back(std::move(choice));
    return choices;
}

std::string ProvinceFiles::unit_name(std::string_view code, Day day) const
{
    const auto* found = unit(code, day);
    return found == nullptr ? "" : found->name;
}

std::string ProvinceFiles::unit_path(std::string_view code, Day day) const
{
    std::string out;
    std::string at(code);
    constexpr int levels_max = 5;
    for (int i = 0; i < levels_max; ++i) {
        const auto* found = unit(at, day);
        if (found == nullptr) return out;
        out += (out.empty() ? "" : ", ") + found->name;
        at = found->parent;
    }
    return out;
}

const json::value* ProvinceFiles::setting(std::string_view key, Day day) const
{
    const auto [first, last] = settings_.equal_range(key);
    for (auto at = first; at != last; ++at)
        if (at->second.validity.covers(day)) return &at->second.value;
    return nullptr;
}

const workflow::Calendar& ProvinceFiles::calendar(std::string_view use, std::string_view agency_key) const
{
    const auto own = own_calendars_.find({std::string(agency_key), std::string(use)});
    const auto usual = usual_calendars_.find(use);
    if (own == own_calendars_.end() && usual == usual_calendars_.end())
        throw std::out_of_range("no calendar for " + std::string(use));
    return calendars_.at(own == own_calendars_.end() ? usual->second : own->second);
}

std::map<std::string, std::int64_t> ProvinceFiles::fees(Day day) const
{
    std::map<std::string, std::int64_t> out;
    for (const auto& [id, fee] : fees_)
        if (fee.validity.covers(day)) out[id] = fee.amount;
    return out;
}

}  // namespace thien_an::casework
