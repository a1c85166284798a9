#include "systems/administration/table_pages.h"

#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/identity/posts.h"
#include "engine/workflow/step_table.h"

#include "systems/administration/edit_pages.h"
#include "systems/administration/pack_review.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

const std::string path = "/ban-lam-viec/goi";

workflow::TableWords table_words(const web::Context& context)
{
    workflow::TableWords words{
        .say = [&context](std::string_view key) { return context.say(key); },
        .posts = {},
        .english = context.language() == text::Language::en};
    context.database().read([&](storage::Reader& db) {
        for (const auto& kind : identity::post_kinds(db, context.today()))
            words.posts.push_back({kind.id, kind.name_vi, kind.name_en});
    });
    return words;
}

/// The process of the version in force, as a table as far as a table can say it.
Result<workflow::TableRead> steps_of(const std::string& name, const web::Context& context)
{
    const auto procedure = context.use<casework::Office>().packs.procedure(name);
    if (!procedure || !procedure->process())
        return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    workflow::Vocabulary vocabulary;
    vocabulary.any_action = true;
    vocabulary.decisions = procedure->decisions();
    for (const auto& [file, content] : procedure->files())
        if (file.ends_with(".bpmn")) return workflow::step_table_of(content, file, vocabulary);
    return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
}

json::array finding_values(const std::vector<workflow::Finding>& findings, const web::Context& context)
{
    json::array values;
    for (const auto& finding : findings)
        values.push_back(json::object{
            {"place",
             finding.element.empty() ? std::to_string(finding.line)
                                     : finding.element + ", " + std::to_string(finding.line)},
            {"text", context.sentence(finding.problem)},
            {"error", finding.severity == workflow::Finding::Severity::error}});
    return values;
}

/// What the print form says between its body tags: the same table the command line prints.
std::string body_of(const std::string& html)
{
    const auto from = html.find("<table>");
    const auto to = html.rfind("</table>");
    if (from == std::string::npos || to == std::string::npos) return "";
    return html.substr(from, to + std::string_view("</table>").size() - from);
}

web::Response draw(
    const std::string& name,
    const std::vector<workflow::Finding>& refused,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto procedure = context.use<casework::Office>().packs.procedure(name);
    const auto read = steps_of(name, context);
    const bool good = read && read.value().good();
    std::string table;
    if (read && !read.value().table.steps.empty())
        table = body_of(workflow::html_of(read.value().table, table_words(context), {}));
    auto left_out = read ? finding_values(read.value().findings, context) : json::array{};
    const bool wrong = !refused.empty() || !problems.empty();
    return web::render_desk(
        context,
        "administration/steps",
        {{"name", procedure ? speech(context).in(procedure->name()) : name},
         {"back", path + "/" + name},
         {"action", path + "/" + name + "/bang"},
         {"csv_href", good ? json::value(path + "/" + name + "/bang/csv") : json::value(nullptr)},
         {"table", table.empty() ? json::value(nullptr) : text::trusted(text::Markup(table))},
         {"has_left_out", !left_out.empty()},
         {"left_out", std::move(left_out)},
         {"has_refused", !refused.empty()},
         {"refused", finding_values(refused, context)},
         {"error_summary", casework::error_summary({}, problems, speech(context))}},
        wrong ? 422 : 200
    );
}

}  // namespace

Result<web::Response> show_steps(const web::Request& request, web::Context& context)
{
    const auto& name = request.value("name");
    TRY(steps_of(name, context));
    return draw(name, {}, {}, context);
}

Result<web::Response> send_steps(const web::Request& request, web::Context& context)
{
    const auto read = TRY(steps_of(request.value("name"), context));
    if (!read.good()) return Problem{.code = "administration.table.not_a_table", .field = "", .law = ""};
    web::Response response;
    response.type = "text/csv; charset=utf-8";
    response.body = workflow::csv_of(read.table, table_words(context));
    response.header("Content-Disposition", "attachment; filename=\"" + request.value("name") + ".csv\"");
    return response;
}

Result<web::Response> take_steps(const web::Request& request, web::Context& context)
{
    const auto& name = request.value("name");
    TRY(steps_of(name, context));
    if (request.files.empty() || request.files.front().content.empty())
        return draw(
            name, {}, {Problem{.code = "administration.no_file", .field = "/file", .law = ""}}, context
        );
    const auto words = table_words(context);
    const std::string file = "buoc.csv";
    auto read = workflow::read_step_table(request.files.front().content, file, words);
    if (!read.good()) return draw(name, read.findings, {}, context);
    if (read.table.id.empty()) read.table.id = name;
    const auto made = workflow::bpmn_of(read.table, file, words);
    if (made.xml.empty()) return draw(name, made.findings, {}, context);
    return show_made(name, made.xml, context);
}

}  // namespace thien_an::administration
