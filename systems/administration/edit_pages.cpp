#include "systems/administration/edit_pages.h"

#include <algorithm>

#include "engine/casework/office.h"
#include "engine/casework/packs.h"
#include "engine/casework/unproved.h"
#include "engine/workflow/check.h"
#include "engine/workflow/picture.h"

#include "systems/administration/pack_review.h"
#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

const std::string path = "/ban-lam-viec/goi";

struct Edited {
    std::string name;  ///< Of the pack.
    casework::FolderFiles files;
    std::string file;
};

bool is_text(const std::string& file)
{
    return std::ranges::any_of(
        std::array{".bpmn", ".dmn", ".json", ".xml", ".case", ".csv", ".md"},
        [&](const char* ending) { return file.ends_with(ending); }
    );
}

/// Process, then decisions, then the rest by name.
std::vector<std::string> in_order(const casework::FolderFiles& files)
{
    std::vector<std::string> out;
    for (const auto& [file, content] : files)
        if (is_text(file)) out.push_back(file);
    const auto rank = [](const std::string& file) {
        return file.ends_with(".bpmn") ? 0 : file.ends_with(".dmn") ? 1 : file.ends_with(".case") ? 3 : 2;
    };
    std::ranges::stable_sort(out, {}, rank);
    return out;
}

Result<Edited> edited(const std::string& name, const std::string& file, const web::Context& context)
{
    Edited out{.name = name, .files = {}, .file = file};
    out.files = files_in_force(out.name, context);
    if (out.files.empty()) return Problem{.code = "administration.no_such_pack", .field = "", .law = ""};
    const auto all = in_order(out.files);
    if (out.file.empty() && !all.empty()) out.file = all.front();
    if (std::ranges::find(all, out.file) == all.end())
        return Problem{.code = "packs.file_missing", .field = "", .law = "", .words = {{"file", out.file}}};
    return out;
}

std::string_view editor_of(const std::string& file)
{
    return file.ends_with(".bpmn") ? "bpmn" : file.ends_with(".dmn") ? "dmn" : "text";
}

/// One line the page says about the file.
struct Said {
    std::string file;
    int line = 0;
    std::string element;
    std::string text;
    bool error = true;
    std::vector<std::string> path;
};

/// Faults of the whole folder, and warnings of the file itself.
std::vector<Said> said_of(
    const Edited& edit, const std::vector<casework::PackFault>& faults, const web::Context& context
)
{
    std::vector<Said> out;
    for (const auto& fault : faults)
        out.push_back(
            {fault.file, fault.line, fault.element, context.sentence(fault.problem), true, fault.path}
        );
    if (editor_of(edit.file) == "text") return out;
    for (const auto& finding : workflow::check_file(edit.file, edit.files.at(edit.file)))
        if (finding.severity == workflow::Finding::Severity::warning)
            out.push_back(
                {edit.file,
                 finding.line,
                 finding.element,
                 context.sentence(finding.problem),
                 false,
                 finding.path}
            );
    return out;
}

json::array said_values(const std::vector<Said>& said)
{
    json::array values;
    for (const auto& one : said)
        values.push_back(json::object{
            {"file", one.file},
            {"line", one.line},
            {"element", one.element},
            {"text", one.text},
            {"error", one.error}});
    return values;
}

/// The picture of the process with the counterexample walked in it; null when it cannot be drawn.
Picture picture_of(
    const std::string& xml, const std::vector<std::string>& walked, const web::Context& context
)
{
    if (walked.empty()) return {};
    workflow::Vocabulary vocabulary;
    vocabulary.any_action = true;
    vocabulary.prove = false;
    const auto loaded = workflow::Process::load(xml, "process.bpmn", vocabulary);
    if (!loaded.process) return {};
    workflow::Whereabouts at;
    at.done.assign(walked.begin(), walked.end() - 1);
    at.here = {walked.back()};
    const auto svg = workflow::picture(
        *loaded.process,
        at,
        {.done = context.say("administration.edit.walked", {{"names", "{names}"}}),
         .here = context.say("administration.edit.stops", {{"names", "{names}"}}),
         .to_come = "",
         .english = context.language() == text::Language::en},
        "loi"
    );
    return picture_values(svg);
}

/// Links to the worked examples, or to all other files.
json::array file_values(const Edited& edit, bool cases)
{
    json::array values;
    for (const auto& file : in_order(edit.files)) {
        if (file.ends_with(".case") != cases) continue;
        values.push_back(json::object{
            {"name", file},
            {"href", path + "/" + edit.name + "/sua?tep=" + file},
            {"current", file == edit.file}});
    }
    return values;
}

web::Response draw(
    const Edited& edit, const std::vector<casework::PackFault>& faults, bool sent, const web::Context& context
)
{
    const auto& content = edit.files.at(edit.file);
    auto cases = file_values(edit, true);
    const auto said = said_of(edit, faults, context);
    std::vector<std::string> walked;
    for (const auto& one : said)
        if (walked.empty() && one.file == edit.file) walked = one.path;
    std::string walked_text;
    for (const auto& node : walked) walked_text += (walked_text.empty() ? "" : " ") + node;
    auto picture = picture_of(content, walked, context);
    const auto kind = editor_of(edit.file);
    const auto procedure = context.use<casework::Office>().packs.procedure(edit.name);
    auto response = web::render_desk(
        context,
        "administration/edit",
        {{"name", procedure ? speech(context).in(procedure->name()) : edit.name},
         {"back", path + "/" + edit.name},
         {"action", path + "/" + edit.name + "/sua"},
         {"try_href", kind == "bpmn" ? json::value(path + "/" + edit.name + "/thu") : json::value(nullptr)},
         {"file", edit.file},
         {"kind", kind},
         {"drawn", kind != "text"},
         {"language", text::code_of(context.language())},
         {"path", walked_text},
         {"picture", std::move(picture.svg)},
         {"picture_wide", picture.wide},
         {"picture_here_percent", picture.percent},
         {"content", content},
         {"sent", sent},
         {"has_said", !said.empty()},
         {"said", said_values(said)},
         {"files", file_values(edit, false)},
         {"has_cases", !cases.empty()},
         {"cases", std::move(cases)}},
        faults.empty() ? 200 : 422
    );
    return response;
}

}  // namespace

Result<web::Response> show_editor(const web::Request& request, web::Context& context)
{
    return draw(TRY(edited(request.value("name"), request.query.get("tep"), context)), {}, false, context);
}

Result<web::Response> check_edited(const web::Request& request, web::Context& context)
{
    auto edit = TRY(edited(request.value("name"), request.form.get("tep"), context));
    auto content = request.form.get("content");
    // Browsers send line ends of their own.
    std::string plain;
    plain.reserve(content.size());
    for (const char c : content)
        if (c != '\r') plain += c;
    edit.files[edit.file] = std::move(plain);
    const auto faults = context.use<casework::Office>().packs.check("procedure", edit.files);
    const Review review{
        .kind = "procedure",
        .files = edit.files,
        .back = path + "/" + edit.name + "/sua?tep=" + edit.file,
        .back_text = context.say("administration.pack.edit")};
    if (casework::only_unproved(faults)) return ask_signature(review, "", {}, context);
    if (!faults.empty()) return draw(edit, faults, true, context);
    return review_change(review, context);
}

Result<web::Response> show_made(const std::string& name, const std::string& xml, const web::Context& context)
{
    auto edit = TRY(edited(name, "", context));
    edit.files[edit.file] = xml;
    return draw(edit, {}, false, context);
}

}  // namespace thien_an::administration
