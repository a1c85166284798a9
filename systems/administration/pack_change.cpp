#include "systems/administration/pack_change.h"

#include "engine/workflow/interchange.h"

#include "systems/administration/line_diff.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr std::size_t lines_shown_max = 400;  // Of one file; more are only counted.

/// What a process says otherwise, element by element; null for other files.
json::value element_values(
    const std::string& file, std::string_view before, std::string_view after, const web::Context& context
)
{
    if (!file.ends_with(".bpmn") || before.empty() || after.empty()) return nullptr;
    const auto one = workflow::BpmnDocument::read(before, file);
    const auto other = workflow::BpmnDocument::read(after, file);
    if (!one.document || !other.document) return nullptr;
    const auto found = workflow::changes(one.document->root(), other.document->root());
    using What = workflow::ElementChange::What;
    json::array rows;
    for (const auto& change : found.elements) {
        const auto* how = change.what == What::added     ? "added"
                          : change.what == What::removed ? "removed"
                                                         : "changed";
        rows.push_back(json::object{
            {"how", context.say(std::string("administration.pack.element_") + how)},
            {"tag", change.tag},
            {"name", change.name.empty() ? change.id : change.name}});
    }
    return json::object{{"rows", std::move(rows)}, {"drawing", found.drawing}};
}

json::object file_values(
    const std::string& file,
    std::string_view how,
    std::string_view before,
    std::string_view after,
    const web::Context& context
)
{
    auto lines = line_diff(before, after);
    const bool cut = lines.size() > lines_shown_max;
    const auto count = lines.size();
    if (cut) lines.resize(lines_shown_max);
    json::array values;
    for (const auto& line : lines)
        values.push_back(json::object{
            {"sign", line.added ? "+" : "−"},
            {"number", line.number},
            {"text", line.text},
            {"added", line.added}});
    return {
        {"file", file},
        {"how", context.say("administration.pack.file_" + std::string(how), json::object{{"count", count}})},
        {"elements", element_values(file, before, after, context)},
        {"cut", cut},
        {"lines", std::move(values)}};
}

json::array change_values(
    const casework::FolderFiles& before, const casework::FolderFiles& after, const web::Context& context
)
{
    json::array changes;
    for (const auto& [file, content] : after) {
        const auto old = before.find(file);
        if (old == before.end())
            changes.push_back(file_values(file, "added", "", content, context));
        else if (old->second != content)
            changes.push_back(file_values(file, "changed", old->second, content, context));
    }
    for (const auto& [file, content] : before)
        if (!after.contains(file)) changes.push_back(file_values(file, "removed", content, "", context));
    return changes;
}

}  // namespace

json::array fault_values(const std::vector<casework::PackFault>& faults, const web::Context& context)
{
    json::array values;
    for (const auto& fault : faults)
        values.push_back(json::object{
            {"file", fault.file}, {"line", fault.line}, {"text", context.sentence(fault.problem)}});
    return values;
}

web::Response draw_change(ChangePage page, const web::Context& context)
{
    auto changes = change_values(page.before, page.after, context);
    const bool none = changes.empty();
    const bool wrong = !page.faults.empty() || !page.problems.empty();
    return web::render_desk(
        context,
        "administration/pack_change",
        {{"title", page.title},
         {"subtitle", page.subtitle},
         {"back", json::object{{"href", page.back}, {"text", page.back_text}}},
         {"note", std::move(page.note)},
         {"none", none},
         {"changes", std::move(changes)},
         {"error_summary", casework::error_summary({}, page.problems, speech(context))},
         {"form", std::move(page.form)},
         {"has_faults", !page.faults.empty()},
         {"faults", fault_values(page.faults, context)},
         {"zip_href", text_or_null(page.zip_href)}},
        wrong ? 422 : 200
    );
}

}  // namespace thien_an::administration
