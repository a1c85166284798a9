#include "systems/one_stop/queue_pages.h"

#include <fmt/format.h>

#include <array>

#include "engine/casework/packs.h"
#include "engine/casework/reading.h"
#include "engine/web/desk.h"
#include "engine/web/url.h"

#include "systems/one_stop/desk_frame.h"
#include "systems/one_stop/give_form.h"
#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

using casework::DossierRow;
using casework::DossierState;
using casework::Queue;
using casework::QueueFilter;
using casework::Speech;

constexpr int rows_per_page = 50;
constexpr int hits_per_page = 20;
constexpr std::size_t picked_max = 50;

/// One of the queue's pages: "mine", "agency" or "search".
struct View {
    std::string_view which;
    std::string path;
};

struct Lane {
    std::string_view name;  ///< Of QueueFilter::lane.
    std::string_view kind;  ///< How it looks.
    std::int64_t Queue::*count;
};
constexpr std::array lanes{
    Lane{"late", "late", &Queue::late},
    Lane{"today", "today", &Queue::due_today},
    Lane{"later", "ok", &Queue::later},
    Lane{"waiting", "wait", &Queue::waiting},
};

constexpr std::array open_states{
    DossierState::filed,
    DossierState::received,
    DossierState::awaiting_supplement,
    DossierState::in_progress,
    DossierState::awaiting_signature,
    DossierState::result_ready,
};

QueueFilter filter_of(const web::Request& request, std::string_view which)
{
    return {
        .which = std::string(which),
        .procedure = request.query.get("thu-tuc"),
        .state = request.query.get("trang-thai"),
        .words = request.query.get("q"),
        .lane = request.query.get("han"),
        .cursor = request.query.get("sau"),
        .limit = rows_per_page};
}

/// The address with the filter, but for what is given: {"han", "late"}.
std::string address_with(
    const View& view, const QueueFilter& filter, std::string_view name, std::string_view value
)
{
    std::string address = view.path;
    char before = '?';
    const auto add = [&](std::string_view key, std::string_view kept) {
        const auto text = key == name ? value : kept;
        if (text.empty()) return;
        address += before;
        address += fmt::format("{}={}", key, web::percent_encoded(text));
        before = '&';
    };
    add("q", filter.words);
    add("thu-tuc", filter.procedure);
    add("trang-thai", filter.state);
    add("han", filter.lane);
    add("sau", "");
    return address;
}

json::array lane_values(const View& view, const Queue& queue, const QueueFilter& filter, const Speech& say)
{
    json::array values;
    for (const auto& lane : lanes) {
        const bool current = filter.lane == lane.name;
        values.push_back(json::object{
            {"kind", lane.kind},
            {"count", std::to_string(queue.*lane.count)},
            {"text", say.say("one_stop.queue.lane." + std::string(lane.name))},
            {"href", address_with(view, filter, "han", current ? "" : lane.name)},
            {"current", current}});
    }
    return values;
}

json::object option(std::string value, std::string text, const std::string& selected)
{
    const bool is = value == selected;
    return {{"value", std::move(value)}, {"text", std::move(text)}, {"selected", is}};
}

json::array procedure_options(const web::Context& context, const std::string& selected, const Speech& say)
{
    json::array options{option("", say.say("one_stop.queue.any_procedure"), selected)};
    office(context).packs.each([&](const casework::ProcedureHit& hit) {
        if (!hit.information_only) options.push_back(option(hit.id, say.in(hit.name), selected));
    });
    return options;
}

json::array state_options(const std::string& selected, const Speech& say)
{
    json::array options{option("", say.say("one_stop.queue.any_state"), selected)};
    for (const auto state : open_states) {
        const std::string name(casework::name_of(state));
        options.push_back(option(name, say.say("dossier.state." + name), selected));
    }
    return options;
}

/// "000.17.27.H48-160701-0012" -> "160701-0012": what tells rows of one desk apart.
std::string short_code(const std::string& code)
{
    const auto dash = code.find('-');
    return dash == std::string::npos ? code : code.substr(dash + 1);
}

/// The step's own limit, where it runs out before the dossier's: it is why the row stands where it does.
json::value step_due_of(const DossierRow& row, const web::Context& context, const Speech& say)
{
    const bool sooner =
        row.step_due && row.state != DossierState::filed && (!row.due || *row.step_due < *row.due);
    if (!sooner) return nullptr;
    const auto until = casework::short_moment(*row.step_due, context.now(), say);
    return json::value(say.say("one_stop.queue.step_until", json::object{{"at", until}}));
}

json::object row_values(const DossierRow& row, const web::Context& context, const Speech& say)
{
    const bool done = casework::is_closed(row.state);
    auto due = casework::due_values(
        {.due = row.due,
         .minutes_left = row.minutes_left,
         .suspended = row.state == DossierState::awaiting_supplement,
         .closed = done},
        context.now(),
        say
    );
    const std::string kind = due.is_object() ? std::string(due.at("kind").as_string()) : "ok";
    if (due.is_null()) due = casework::state_values(row.state, say);
    return {
        {"id", row.task ? text_of(row.task) : row.code},
        {"can_pick", bool(row.task)},
        {"kind", kind},
        {"due", std::move(due)},
        {"due_day", row.due ? casework::short_moment(*row.due, context.now(), say) : std::string()},
        // A protected dossier has no name here.
        {"person",
         row.applicant.empty() && row.subject.empty() ? say.say("one_stop.queue.protected")
         : row.applicant.empty()                      ? row.subject
                                                      : row.applicant},
        {"href", dossier_address(row.code)},
        {"code", short_code(row.code)},
        {"procedure", row.subject.empty() ? row.title : row.title + ": " + row.subject},
        {"step",
         row.step.vi.empty() ? say.say("dossier.state." + std::string(casework::name_of(row.state)))
                             : say.in(row.step)},
        {"step_due", step_due_of(row, context, say)},
        {"holder", text_or_null(row.holder)},
        {"received", casework::short_moment(row.filed_on, context.now(), say)}};
}

json::value pager_of(const View& view, const Queue& queue, const QueueFilter& filter, const Speech& say)
{
    if (queue.next.empty() && filter.cursor.empty()) return nullptr;
    json::value previous = nullptr;
    if (!filter.cursor.empty()) previous = address_with(view, filter, "sau", "");
    json::value next = nullptr;
    if (!queue.next.empty()) next = address_with(view, filter, "sau", queue.next);
    return json::object{
        {"range", say.say("one_stop.queue.range", json::object{{"count", queue.rows.size()}})},
        {"previous", std::move(previous)},
        {"next", std::move(next)}};
}

json::array bulk_of(const web::Context& context, const Speech& say)
{
    const auto button = [&](std::string_view value, std::string_view key) {
        return json::object{{"name", "act"}, {"value", value}, {"text", say.say(key)}};
    };
    json::array bulk{button("claim", "one_stop.task.claim")};
    if (context.may("dossiers.reassign")) bulk.push_back(button("assign", "one_stop.task.give"));
    return bulk;
}

std::string today_of(const web::Context& context, const Speech& say)
{
    const auto day = context.today();
    const auto weekday = say.say(fmt::format("casework.weekday.{}", std::chrono::weekday{day}.c_encoding()));
    return say.say(
        "one_stop.queue.today",
        json::object{{"weekday", weekday}, {"day", shown(day)}, {"time", shown_time(context.now())}}
    );
}

std::string count_of(const View& view, const Queue& queue)
{
    if (view.which == "mine") return counted_tasks(queue.mine);
    if (view.which == "agency") return std::to_string(queue.agency);
    return std::to_string(queue.rows.size());
}

web::Response draw_queue(
    const View& view, const Queue& queue, const QueueFilter& filter, const web::Context& context
)
{
    const auto say = speech(context);
    json::array rows;
    for (const auto& row : queue.rows) rows.push_back(row_values(row, context, say));
    const bool none = rows.empty();
    const bool narrowed =
        !filter.words.empty() || !filter.procedure.empty() || !filter.state.empty() || !filter.lane.empty();
    const bool search = view.which == "search";
    const bool keys = keys_are_on(context);
    json::object values{
        {"title", say.say("one_stop.queue." + std::string(view.which))},
        {"action", view.path},
        {"count", count_of(view, queue)},
        {"today", today_of(context, say)},
        {"can_receive", context.may("dossiers.file_at_counter")},
        {"lanes", search ? json::array{} : lane_values(view, queue, filter, say)},
        {"lane", text_or_null(filter.lane)},
        {"filters", !search},
        {"q", filter.words},
        {"procedures", procedure_options(context, filter.procedure, say)},
        {"states", state_options(filter.state, say)},
        {"stream", "/ban-lam-viec/dong"},
        {"keys_state", keys ? "on" : "off"},
        {"none", none},
        {"narrowed", narrowed || search},
        {"rows", std::move(rows)},
        {"pager", pager_of(view, queue, filter, say)},
        {"bulk", bulk_of(context, say)}};
    if (!search) {
        const auto& frame = context.use<web::DeskFrame>();
        values["desk"] = draw_desk(context, frame, DeskCounts{queue.mine, queue.agency});
    }
    return web::render_desk(context, "one_stop/queue", std::move(values));
}

/// Where somebody without a right to see dossiers goes first.
std::string_view first_page(const web::Context& context)
{
    for (const auto& entry : context.use<web::DeskFrame>().entries)
        if (!entry.permission.empty() && context.may(entry.permission)) return entry.href;
    return "/ban-lam-viec/tai-khoan";
}

/// Tasks named in "pick", each once.
std::vector<casework::TaskId> picked_tasks(const std::vector<std::string>& picks)
{
    std::vector<casework::TaskId> tasks;
    for (const auto& pick : picks)
        if (const auto id = parse_id(pick); id && tasks.size() < picked_max) tasks.push_back({id.value()});
    return tasks;
}

}  // namespace

Result<web::Response> show_queue(const web::Request& request, web::Context& context)
{
    if (!context.actor().post) return web::see_other("/ban-lam-viec/tai-khoan");
    if (!context.may("dossiers.read")) return web::see_other(first_page(context));
    const auto filter = filter_of(request, "mine");
    const auto queue = casework::queue(office(context), context.actor(), filter);
    return draw_queue({"mine", "/ban-lam-viec"}, queue, filter, context);
}

Result<web::Response> show_agency_queue(const web::Request& request, web::Context& context)
{
    const auto filter = filter_of(request, "agency");
    const auto queue = casework::queue(office(context), context.actor(), filter);
    return draw_queue({"agency", "/ban-lam-viec/co-quan"}, queue, filter, context);
}

Result<web::Response> show_search(const web::Request& request, web::Context& context)
{
    const QueueFilter filter{.words = request.query.get("q"), .cursor = request.query.get("sau")};
    if (filter.words.empty()) return web::see_other("/ban-lam-viec");
    const auto found = casework::search_dossiers(
        office(context), context.actor(), filter.words, filter.cursor, hits_per_page
    );
    return draw_queue({"search", "/ban-lam-viec/tim"}, found, filter, context);
}

Result<web::Response> stream(const web::Request&, web::Context& context)
{
    return web::events_answer(context.use<DeskStream>().topic_of(context.actor().agency));
}

Result<web::Response> act_on_picked(const web::Request& request, web::Context& context)
{
    const auto tasks = picked_tasks(request.form.all("pick"));
    if (tasks.empty()) return done_and_back("/ban-lam-viec", "flash.nothing_picked");
    if (request.form.get("act") == "assign") {
        std::string address = "/ban-lam-viec/giao";
        for (const auto task : tasks)
            address += (address.find('?') == std::string::npos ? "?pick=" : "&pick=") + text_of(task);
        return web::see_other(address);
    }
    bool all = true;
    for (const auto task : tasks)
        all = bool(casework::claim_task(office(context), context.actor(), task)) && all;
    return done_and_back("/ban-lam-viec", all ? "flash.task_claimed" : "flash.some_not_claimed");
}

Result<web::Response> show_give_picked(const web::Request& request, web::Context& context)
{
    const auto tasks = picked_tasks(request.query.all("pick"));
    return draw_give_form(GiveForm{.tasks = tasks, .back = "/ban-lam-viec"}, context);
}

Result<web::Response> give_picked(const web::Request& request, web::Context& context)
{
    const auto tasks = picked_tasks(request.query.all("pick"));
    return take_give_form(GiveForm{.tasks = tasks, .back = "/ban-lam-viec"}, request, context);
}

Result<web::Response> show_menu(const web::Request&, web::Context& context)
{
    return web::render_desk(context, "one_stop/menu", {});
}

}  // namespace thien_an::one_stop
