#include "systems/civil_status/statistics_pages.h"

#include <fmt/format.h>

#include <set>

#include "engine/base/xlsx.h"
#include "engine/casework/packs.h"
#include "engine/identity/audit.h"
#include "engine/identity/permissions.h"
#include "engine/identity/posts.h"
#include "engine/web/url.h"

#include "systems/civil_status/entry_values.h"
#include "systems/civil_status/files.h"
#include "systems/civil_status/statistics_store.h"

namespace thien_an::civil_status {
namespace {

const std::string address = "/ban-lam-viec/thong-ke-ho-tich";
constexpr int first_year = 2016;
constexpr std::size_t entries_max = 200;

std::string in(const web::Context& context, const StatisticsWords& words)
{
    return context.language() == text::Language::en && !words.en.empty() ? words.en : words.vi;
}

/// What a page of statistics is about.
struct Asked {
    const StatisticsLayout* layout = nullptr;
    StatisticsPeriod period;
    identity::Agency agency;

    std::string query() const
    {
        return fmt::format(
            "bieu={}&nam={}&ky={}&co-quan={}",
            layout->id,
            period.year,
            period.part,
            web::percent_encoded(agency.key)
        );
    }
};

Result<Asked> asked(const web::Request& request, const web::Context& context)
{
    Asked it;
    const auto this_year = int(std::chrono::year_month_day{context.today()}.year());
    it.period.year = number_or(request.query.get("nam"), this_year);
    if (it.period.year < first_year || it.period.year > this_year)
        return Problem{.code = "civil_status.no_such_statistics", .field = "", .law = ""};
    it.period.part = std::clamp<std::int64_t>(number_or(request.query.get("ky"), 0), 0, 2);
    const auto last = std::min(it.period.to() - std::chrono::days{1}, context.today());
    const auto& layouts = context.use<Files>().layouts;
    const auto offered = layouts.on(last);
    it.layout = layouts.find(request.query.get("bieu"), last);
    if (it.layout == nullptr && !offered.empty()) it.layout = offered.front();
    if (it.layout == nullptr)
        return Problem{.code = "civil_status.no_such_statistics", .field = "", .law = ""};
    const auto key = request.query.get("co-quan");
    it.agency = TRY(context.database().read([&](storage::Reader& db) -> Result<identity::Agency> {
        const auto day = context.today();
        auto agency = key.empty() ? TRY(identity::agency_on(db, context.actor().agency, day))
                                  : TRY(identity::agency_by_key(db, key, last));
        // A department looks after the province: its table is that of the committee above it.
        constexpr std::string_view keeps_registers = "peoples_committee";
        if (key.empty() && agency.kind != keeps_registers && agency.parent)
            if (auto above = identity::agency_on(db, agency.parent, day);
                above && identity::may(db, context.actor(), "registers.read", agency.parent, day))
                agency = std::move(above).value();
        // Whoever may read the registers of an office may see the figures of those below it, not their entries.
        const auto own = context.actor().agency;
        const bool below = identity::is_below(db, agency.id, own, last);
        TRY(identity::require(db, context.actor(), "registers.read", below ? own : agency.id, day));
        return agency;
    }));
    return it;
}

std::string figure_text(const StatisticsFigure& figure, const web::Context& context)
{
    if (!figure.percentage) return std::to_string(figure.count);
    if (figure.count == no_figure) return "—";
    const char point = context.language() == text::Language::en ? '.' : ',';
    return fmt::format("{}{}{} %", figure.count / 10, point, figure.count % 10);
}

std::string line_title(const StatisticsLine& line, const web::Context& context)
{
    return line.id == "total" ? context.say("civil_status.statistics.total") : in(context, line.title);
}

std::string period_text(const StatisticsPeriod& period, const web::Context& context)
{
    const json::object words{{"year", period.year}, {"part", period.part}};
    return context.say(
        period.part == 0 ? "civil_status.statistics.year_of" : "civil_status.statistics.half_of", words
    );
}

const StatisticsLine* line_named(const StatisticsTable& table, const std::string& id)
{
    for (const auto& line : table.lines)
        if (line.id == id) return &line;
    return nullptr;
}

/// With what stands over several columns: "Khai sinh: Quá hạn".
std::string column_title(const StatisticsColumn& column, const web::Context& context)
{
    const auto group = in(context, column.group);
    return group.empty() ? in(context, column.title) : group + ": " + in(context, column.title);
}

json::object figure_value(
    const Asked& it,
    const StatisticsLine& line,
    std::size_t column,
    const StatisticsLine* now,
    const web::Context& context
)
{
    const auto& figure = line.figures[column];
    const auto& what = it.layout->columns[column];
    json::value href = nullptr;
    if (!what.reg.empty() && figure.count > 0)
        href = fmt::format(
            "{}/muc?{}&hang={}&cot={}", address, it.query(), web::percent_encoded(line.id), what.id
        );
    json::value later = nullptr;
    if (now != nullptr && now->figures[column] != figure)
        later = context.say(
            "civil_status.statistics.now",
            json::object{{"figure", figure_text(now->figures[column], context)}}
        );
    return {
        {"label", column_title(what, context)},
        {"text", figure_text(figure, context)},
        {"href", std::move(href)},
        {"later", std::move(later)}};
}

json::array line_values(
    const Asked& it, const StatisticsTable& table, const StatisticsTable* now, const web::Context& context
)
{
    json::array lines;
    for (const auto& line : table.lines) {
        const auto* later = now == nullptr ? nullptr : line_named(*now, line.id);
        json::array figures;
        for (std::size_t i = 0; i < line.figures.size(); ++i)
            figures.push_back(figure_value(it, line, i, later, context));
        // A line of an office leads to its own table.
        json::value href = nullptr;
        if (it.layout->rows.empty() && line.id != "total" && line.id != it.agency.key)
            href = fmt::format(
                "{}?bieu={}&nam={}&ky={}&co-quan={}",
                address,
                it.layout->id,
                it.period.year,
                it.period.part,
                web::percent_encoded(line.id)
            );
        lines.push_back(json::object{
            {"title", line_title(line, context)},
            {"href", std::move(href)},
            {"total", line.id == "total"},
            {"figures", std::move(figures)}});
    }
    return lines;
}

json::array choices(const std::vector<std::pair<std::string, std::string>>& all, const std::string& chosen)
{
    json::array out;
    for (const auto& [value, text] : all)
        out.push_back(json::object{{"value", value}, {"text", text}, {"selected", value == chosen}});
    return out;
}

json::object filter_values(const Asked& it, const web::Context& context)
{
    std::vector<std::pair<std::string, std::string>> layouts, years, parts;
    const auto last = std::min(it.period.to() - std::chrono::days{1}, context.today());
    for (const auto* one : context.use<Files>().layouts.on(last))
        layouts.emplace_back(one->id, one->number + ": " + in(context, one->name));
    for (auto year = int(std::chrono::year_month_day{context.today()}.year()); year >= first_year; --year)
        years.emplace_back(std::to_string(year), std::to_string(year));
    for (const auto* part : {"0", "1", "2"})
        parts.emplace_back(part, context.say("civil_status.statistics.part_" + std::string(part)));
    return {
        {"layouts", choices(layouts, it.layout->id)},
        {"years", choices(years, std::to_string(it.period.year))},
        {"parts", choices(parts, std::to_string(it.period.part))},
        {"agency", it.agency.key}};
}

/// Under what the figures stand: columns alone, and groups with a second row of their columns.
json::object head_values(const StatisticsLayout& layout, const web::Context& context)
{
    json::array top;
    json::array below;
    for (std::size_t i = 0; i < layout.columns.size();) {
        const auto& column = layout.columns[i];
        const auto group = in(context, column.group);
        std::size_t end = i + 1;
        while (!group.empty() && end < layout.columns.size() &&
               in(context, layout.columns[end].group) == group)
            ++end;
        if (group.empty())
            top.push_back(json::object{{"text", in(context, column.title)}, {"span", nullptr}});
        else
            top.push_back(json::object{{"text", group}, {"span", end - i}});
        for (; i < end; ++i)
            if (!group.empty()) below.push_back(json::object{{"text", in(context, layout.columns[i].title)}});
    }
    const bool two = !below.empty();
    return {{"top", std::move(top)}, {"below", std::move(below)}, {"two", two}};
}

csv::Table csv_of(const Asked& it, const StatisticsTable& table, const web::Context& context)
{
    csv::Table out;
    out.push_back({it.layout->number, in(context, it.layout->name)});
    out.push_back(
        {context.language() == text::Language::en ? it.agency.name_en : it.agency.name_vi,
         period_text(it.period, context)}
    );
    csv::Row head{context.say("civil_status.statistics.line")};
    for (const auto& column : it.layout->columns) head.push_back(column_title(column, context));
    out.push_back(std::move(head));
    for (const auto& line : table.lines) {
        csv::Row row{line_title(line, context)};
        for (const auto& figure : line.figures) row.push_back(figure_text(figure, context));
        out.push_back(std::move(row));
    }
    return out;
}

/// What is shown: the frozen figures of a locked period, and what they would be now.
struct Figures {
    StatisticsTable shown;
    std::optional<StatisticsTable> now;
    std::optional<StatisticsLock> lock;
};
Figures figures_of(const Asked& it, const web::Context& context)
{
    Figures out;
    out.lock = context.database().read([&](storage::Reader& db) {
        return statistics_lock(db, it.layout->id, it.agency.id, it.period);
    });
    auto counted = count_statistics(office(context), *it.layout, it.agency.id, it.period);
    if (!out.lock) {
        out.shown = std::move(counted);
        return out;
    }
    out.shown = out.lock->table;
    out.now = std::move(counted);
    return out;
}

std::set<std::int64_t> readable_agencies(
    const std::vector<StatisticsEntry>& found, const web::Context& context
)
{
    std::set<std::int64_t> agencies;
    for (const auto& one : found) agencies.insert(one.agency.value);
    return context.database().read([&](storage::Reader& db) {
        std::erase_if(agencies, [&](std::int64_t agency) {
            return !identity::may(db, context.actor(), "registers.read", {agency}, context.today());
        });
        return agencies;
    });
}

json::value lock_value(const std::optional<StatisticsLock>& lock, const web::Context& context)
{
    if (!lock) return nullptr;
    const auto who = context.database().read([&](storage::Reader& db) {
        return identity::shown_as(db, lock->party, lock->post);
    });
    const json::object words{{"at", shown(lock->locked_at)}, {"who", who}, {"digest", hex(lock->digest)}};
    return json::object{
        {"text", context.say("civil_status.statistics.locked", words)}, {"intact", lock->intact}};
}

Result<web::Response> file_of(
    const Asked& it, std::string body, std::string_view type, std::string_view ending
)
{
    web::Response response;
    response.type = type;
    response.body = std::move(body);
    response.header(
        "Content-Disposition",
        fmt::format(
            "attachment; filename=\"thong-ke-{}-{}-{}.{}\"",
            it.layout->id,
            it.period.year,
            it.period.part,
            ending
        )
    );
    return response;
}

web::Response draw_lock(
    const Asked& it,
    bool locked,
    const std::string& decision,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/decision");
    json::array fields;
    if (locked)
        fields.push_back(casework::text_field(
            {.name = "decision",
             .label = say.say("civil_status.statistics.decision"),
             .hint = say.say("civil_status.statistics.decision_hint"),
             .error = error_at(problems, "/decision", context),
             .value = decision,
             .length_max = 200}
        ));
    const std::string key = locked ? "civil_status.statistics.lift" : "civil_status.statistics.lock";
    return draw_form(
        {.title = say.say(key),
         .subtitle = it.layout->number + ", " + period_text(it.period, context) + ", " + it.agency.name_vi,
         .back = address + "?" + it.query(),
         .back_text = say.say("civil_status.statistics.title"),
         .action = address + "/khoa?" + it.query(),
         .submit = say.say(key),
         .bad = locked,
         .fields = std::move(fields),
         .notes = {json::object{{"kind", "info"}, {"icon", "info"}, {"text", say.say(key + "_note")}}},
         .problems = problems},
        context
    );
}

}  // namespace

Result<web::Response> show_statistics(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    const auto figures = figures_of(it, context);
    json::value note = nullptr;
    if (!it.layout->note.vi.empty()) note = in(context, it.layout->note);
    const bool may_lock = context.may("registers.enter") && context.today() >= it.period.to();
    return web::render_desk(
        context,
        "civil_status/statistics",
        {{"number", it.layout->number},
         {"name", in(context, it.layout->name)},
         {"agency", context.language() == text::Language::en ? it.agency.name_en : it.agency.name_vi},
         {"period", period_text(it.period, context)},
         {"filter", filter_values(it, context)},
         {"head", head_values(*it.layout, context)},
         {"lines", line_values(it, figures.shown, figures.now ? &*figures.now : nullptr, context)},
         {"note", std::move(note)},
         {"lock", lock_value(figures.lock, context)},
         {"lock_href", may_lock ? json::value(address + "/khoa?" + it.query()) : json::value(nullptr)},
         {"lock_text",
          context.say(figures.lock ? "civil_status.statistics.lift" : "civil_status.statistics.lock")},
         {"csv_href", address + "/csv?" + it.query()},
         {"xlsx_href", address + "/xlsx?" + it.query()}}
    );
}

Result<web::Response> show_statistics_entries(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    const auto line = request.query.get("hang", "total");
    const auto column = request.query.get("cot");
    const auto found = statistics_entries(
        office(context), *it.layout, it.agency.id, it.period, line, column, entries_max + 1
    );
    TRY(context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        identity::audit(
            db,
            act_of(context),
            {.what = "statistics.entries",
             .subject = "statistics",
             .about = {},
             .agency = it.agency.id,
             .reason = "",
             .detail =
                 {{"layout", it.layout->id}, {"line", line}, {"column", column}, {"rows", found.size()}}}
        );
        return Done{};
    }));
    // A figure adds up what each office counted; its entries are shown to whoever may read that office's register.
    const auto readable = readable_agencies(found, context);
    bool others = false;
    json::array rows;
    for (const auto& one : found) {
        if (rows.size() == entries_max) break;
        if (!readable.contains(one.agency.value)) {
            others = true;
            continue;
        }
        const auto reg = office(context).packs.reg(one.register_id);
        json::value href = nullptr;
        if (!reg->page.empty()) href = entry_address(*reg, one.entry);
        rows.push_back(json::object{
            {"number", one.printed},
            {"href", std::move(href)},
            {"name", entry_name(*reg, one.fields, context)},
            {"registered", [&] {
                 const auto day = parse_day(json::string_or(json::value(one.fields), "registered_on"));
                 return day ? shown(day.value()) : std::string();
             }()}});
    }
    const bool none = rows.empty();
    json::value more = nullptr;
    if (others) more = context.say("civil_status.statistics.others");
    if (found.size() > entries_max)
        more = context.say("civil_status.statistics.more", json::object{{"count", entries_max}});
    return web::render_desk(
        context,
        "civil_status/statistics_entries",
        {{"back_href", address + "?" + it.query()},
         {"number", it.layout->number},
         {"period", period_text(it.period, context)},
         {"none", none},
         {"more", std::move(more)},
         {"rows", std::move(rows)}}
    );
}

Result<web::Response> send_statistics_csv(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    return file_of(
        it, csv::text_of(csv_of(it, figures_of(it, context).shown, context)), "text/csv; charset=utf-8", "csv"
    );
}

Result<web::Response> send_statistics_xlsx(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    const auto table = csv_of(it, figures_of(it, context).shown, context);
    return file_of(
        it,
        xlsx::bytes_of(table, it.layout->id),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx"
    );
}

Result<web::Response> show_statistics_lock(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    const bool locked = context.database().read([&](storage::Reader& db) {
        return statistics_lock(db, it.layout->id, it.agency.id, it.period).has_value();
    });
    return draw_lock(it, locked, "", {}, context);
}

Result<web::Response> change_statistics_lock(const web::Request& request, web::Context& context)
{
    const auto it = TRY(asked(request, context));
    const auto decision = request.form.get("decision");
    const auto lock = context.database().read([&](storage::Reader& db) {
        return statistics_lock(db, it.layout->id, it.agency.id, it.period);
    });
    const auto table =
        lock ? StatisticsTable{} : count_statistics(office(context), *it.layout, it.agency.id, it.period);
    const auto done = context.database().write(
        {{"statistics", it.agency.id.value}},
        [&](storage::Writer& db) -> Result<Done> {
            TRY(identity::require(db, context.actor(), "registers.enter", it.agency.id, context.today()));
            if (lock)
                return lift_statistics_lock(
                    db, act_of(context), it.layout->id, it.agency.id, it.period, decision
                );
            return lock_statistics(db, act_of(context), it.layout->id, it.agency.id, it.period, table);
        }
    );
    if (!done) return draw_lock(it, lock.has_value(), decision, {done.problem()}, context);
    return done_and_back(
        address + "?" + it.query(), lock ? "flash.statistics_lifted" : "flash.statistics_locked"
    );
}

}  // namespace thien_an::civil_status
