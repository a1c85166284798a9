#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

#include "systems/civil_status/files.h"

namespace thien_an::civil_status {
namespace {

namespace fs = std::filesystem;

Problem bad(std::string reason)
{
    return {
        .code = "civil_status.bad_statistics",
        .field = "",
        .law = "",
        .words = {{"file", ""}, {"reason", std::move(reason)}}};
}

StatisticsWords words_in(const json::value& v, std::string_view name)
{
    const auto* found = json::member(v, name);
    if (found == nullptr) return {};
    return {json::string_or(*found, "vi"), json::string_or(*found, "en")};
}

Result<workflow::feel::Expression> condition(const json::value& v)
{
    const auto text = json::string_or(v, "where");
    if (text.empty()) return workflow::feel::Expression{};
    auto compiled = workflow::feel::compile(text, {.variables = {"entry", "age", "days"}});
    if (!compiled) return bad(text + ": " + compiled.problem().code);
    return compiled;
}

Result<Validity> validity_of(const json::value& v)
{
    const auto from = parse_day(json::string_or(v, "valid_from"));
    if (!from) return bad("valid_from");
    const auto until = json::string_or(v, "valid_to");
    if (until.empty()) return Validity{from.value(), {}};
    const auto to = parse_day(until);
    if (!to) return bad("valid_to");
    return Validity{from.value(), to.value()};
}

Result<StatisticsColumn> column_of(const json::value& v)
{
    StatisticsColumn column{
        .id = json::string_or(v, "id"),
        .title = words_in(v, "title"),
        .group = words_in(v, "group"),
        .reg = json::string_or(v, "register"),
        .notices = json::string_or(v, "notices"),
        .of = json::string_or(v, "percentage"),
        .by = json::string_or(v, "of"),
        .where = TRY(condition(v))};
    const int kinds = int(!column.reg.empty()) + int(!column.notices.empty()) + int(!column.of.empty());
    if (column.id.empty() || column.title.vi.empty() || kinds != 1) return bad("column " + column.id);
    return column;
}

const json::array& list_in(const json::value& v, std::string_view name)
{
    static const json::array none;
    const auto* found = json::member(v, name);
    return found == nullptr || !found->is_array() ? none : found->get_array();
}

std::string text_of_file(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

}  // namespace

Result<StatisticsLayout> StatisticsLayouts::read(const json::value& source)
{
    StatisticsLayout layout{
        .id = json::string_or(source, "id"),
        .number = json::string_or(source, "number"),
        .name = words_in(source, "name"),
        .note = words_in(source, "note"),
        .mark = json::string_or(source, "mark"),
        .reading = json::string_or(source, "reading"),
        .validity = TRY(validity_of(source))};
    if (layout.id.empty() || layout.name.vi.empty()) return bad("id, name");
    for (const auto& law : list_in(source, "law"))
        if (law.is_string()) layout.law.emplace_back(law.get_string());
    std::set<std::string> ids;
    for (const auto& v : list_in(source, "columns")) {
        layout.columns.push_back(TRY(column_of(v)));
        if (!ids.insert(layout.columns.back().id).second) return bad("column " + layout.columns.back().id);
    }
    for (const auto& column : layout.columns)
        if (!column.of.empty() && (!ids.contains(column.of) || !ids.contains(column.by)))
            return bad("column " + column.id);
    for (const auto& v : list_in(source, "rows"))
        layout.rows.push_back({json::string_or(v, "id"), words_in(v, "title"), TRY(condition(v))});
    if (layout.columns.empty()) return bad("columns");
    if (const auto* days = json::member(source, "days"); days != nullptr && days->is_object())
        for (const auto& member : days->get_object())
            layout.days[std::string(member.key())] = {
                json::string_or(member.value(), "event_on"), json::string_or(member.value(), "born_on")};
    return layout;
}

Result<StatisticsLayouts> StatisticsLayouts::load(const fs::path& folder)
{
    StatisticsLayouts layouts;
    std::vector<fs::path> files;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
        const auto source = TRY(json::parse(text_of_file(file)));
        auto layout = read(source);
        if (!layout) {
            auto problem = layout.problem();
            problem.words.front().second = file.filename().string();
            return problem;
        }
        layouts.layouts_.push_back(std::move(layout).value());
    }
    return layouts;
}

std::vector<const StatisticsLayout*> StatisticsLayouts::on(Day day) const
{
    std::vector<const StatisticsLayout*> found;
    for (const auto& one : layouts_)
        if (one.validity.covers(day)) found.push_back(&one);
    std::sort(found.begin(), found.end(), [](const auto* a, const auto* b) { return a->number < b->number; });
    return found;
}

const StatisticsLayout* StatisticsLayouts::find(std::string_view id, Day day) const
{
    for (const auto& one : layouts_)
        if (one.id == id && one.validity.covers(day)) return &one;
    return nullptr;
}

Result<std::unique_ptr<Files>> Files::load(const fs::path& folder)
{
    const auto paper = [&](const char* name) {
        return documents::Paper::read(text_of_file(folder / "papers" / name), name);
    };
    return std::make_unique<Files>(Files{
        TRY(paper("birth_notice.paper.xml")),
        TRY(paper("death_notice.paper.xml")),
        TRY(StatisticsLayouts::load(folder / "statistics"))});
}

}  // namespace thien_an::civil_status
