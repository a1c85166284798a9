#include "systems/administration/import_pages.h"

#include <algorithm>

#include "engine/base/vietnamese.h"
#include "engine/base/xlsx.h"
#include "engine/casework/office.h"
#include "engine/crypto/hash.h"
#include "engine/crypto/key_ring.h"
#include "engine/identity/import.h"
#include "engine/storage/files.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

constexpr std::string_view confirm_purpose = "administration.import";
constexpr std::size_t sha256_digits = 64;
constexpr std::size_t preview_max = 200;

/// A file that was read: its rows by the folded heads of their columns.
struct Table {
    std::string file_name;
    std::vector<identity::ImportRow> rows;
};

Result<std::vector<identity::ImportRow>> rows_of(std::string_view content)
{
    const bool workbook = content.starts_with("PK");
    const auto table = workbook ? TRY(xlsx::parse(content)) : TRY(csv::parse(content));
    std::vector<identity::ImportRow> rows;
    for (std::size_t i = 1; i < table.size(); ++i) {
        identity::ImportRow row{.line = int(i) + 1, .cells = {}};
        bool anything = false;
        for (std::size_t c = 0; c < table[i].size() && c < table[0].size(); ++c) {
            anything = anything || !table[i][c].empty();
            row.cells[folded(table[0][c])] = table[i][c];
        }
        if (anything) rows.push_back(std::move(row));
    }
    return rows;
}

/// Names the content and whose confirmation it waits for: only he who had it checked may have it written.
std::string confirm_id(const std::string& sha256, const web::Context& context)
{
    const auto key = means(context).keys.purpose_key(confirm_purpose);
    const auto text = sha256 + " " + text_of(context.actor().party);
    return sha256 + hex(ByteView(crypto::hmac_sha256(key.bytes(), bytes_of(text))).first(16));
}

json::array faults_of(
    const identity::ImportReport& report,
    const std::vector<identity::ImportRow>& rows,
    const web::Context& context
)
{
    json::array faults;
    for (const auto& error : report.errors) {
        const auto row = std::ranges::find(rows, error.line, &identity::ImportRow::line);
        std::string value;
        if (row != rows.end())
            if (const auto cell = row->cells.find(error.column); cell != row->cells.end())
                value = cell->second;
        faults.push_back(json::object{
            {"row", error.line},
            {"column", error.column},
            {"value", value},
            {"text", context.sentence(error.problem)}});
    }
    return faults;
}

json::array preview_of(const identity::ImportReport& report, const web::Context& context)
{
    json::array preview;
    for (const auto& person : report.people) {
        if (preview.size() == preview_max) break;
        std::string note = person.login;
        if (!person.password.empty())
            note = context.say(
                "administration.import.password",
                json::object{{"login", person.login}, {"password", person.password}}
            );
        preview.push_back(json::object{
            {"row", person.line},
            {"name", person.name},
            {"post", person.post},
            {"agency", person.agency},
            {"note", text_or_null(note)}});
    }
    return preview;
}

/// What the page shows besides its form.
struct Outcome {
    std::string file_name;
    identity::ImportReport report;
    std::vector<identity::ImportRow> rows;
    std::string confirm;
};

web::Response draw(
    const std::optional<Outcome>& outcome, const std::optional<Problem>& problem, const web::Context& context
)
{
    const auto say = speech(context);
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, {"/file"}, "/file");
    json::value result = nullptr;
    json::array faults;
    json::array preview;
    if (outcome) {
        const bool good = outcome->report.errors.empty();
        result = json::object{
            {"file_name", outcome->file_name},
            {"good", std::int64_t(outcome->report.people.size())},
            {"bad", std::int64_t(outcome->report.errors.size())},
            {"done", outcome->report.done},
            {"confirm_id",
             good && !outcome->report.done ? json::value(outcome->confirm) : json::value(nullptr)}};
        faults = faults_of(outcome->report, outcome->rows, context);
        if (good) preview = preview_of(outcome->report, context);
    }
    return web::render_desk(
        context,
        "administration/import",
        {{"error_summary", casework::error_summary({}, problems, say)},
         {"file_field",
          json::object{
              {"id", "file"},
              {"name", "file"},
              {"label", say.say("administration.import.file")},
              {"hint", say.say("administration.import.file_hint")},
              {"error", text_or_null(error_at(problems, "/file", context))},
              {"accept", ".xlsx,.csv"}}},
         {"template_href", "/ban-lam-viec/nhan-su/nhap/mau"},
         {"result", std::move(result)},
         {"has_faults", !faults.empty()},
         {"faults", std::move(faults)},
         {"has_preview", !preview.empty()},
         {"preview", std::move(preview)}},
        problem ? 422 : 200
    );
}

Result<Outcome> run(
    const std::string& file_name,
    std::string_view content,
    identity::ImportMode mode,
    const web::Context& context
)
{
    Outcome outcome{.file_name = file_name, .report = {}, .rows = TRY(rows_of(content)), .confirm = ""};
    outcome.report = TRY(identity::import_people(means(context), context.actor(), outcome.rows, mode));
    return outcome;
}

/// Checks the sent file and keeps its content for the confirmation; unused content is collected after a day.
Result<Outcome> check(const web::Request& request, const web::Context& context)
{
    if (request.files.empty() || request.files.front().content.empty())
        return Problem{.code = "administration.no_file", .field = "/file", .law = ""};
    const auto& file = request.files.front();
    auto outcome = TRY(run(file.file_name, file.content, identity::ImportMode::dry_run, context));
    const auto kept =
        context.use<casework::Office>().files.keep(bytes_of(file.content), storage::FileKind::unknown);
    outcome.confirm = confirm_id(kept.sha256, context);
    return outcome;
}

}  // namespace

Result<web::Response> show_import(const web::Request&, web::Context& context)
{
    return draw({}, {}, context);
}

Result<web::Response> check_import(const web::Request& request, web::Context& context)
{
    const auto outcome = check(request, context);
    if (!outcome) return draw({}, outcome.problem(), context);
    return draw(outcome.value(), {}, context);
}

Result<web::Response> write_import(const web::Request& request, web::Context& context)
{
    const auto confirmed = request.form.get("import");
    const auto sha256 = confirmed.substr(0, sha256_digits);
    if (confirmed.size() <= sha256_digits || confirmed != confirm_id(sha256, context))
        return draw({}, Problem{.code = "administration.no_file", .field = "/file", .law = ""}, context);
    const auto content = context.use<casework::Office>().files.read_all(sha256);
    const auto outcome = run(
        context.say("administration.import.title"), text_of(content), identity::ImportMode::confirm, context
    );
    if (!outcome) return draw({}, outcome.problem(), context);
    return draw(outcome.value(), {}, context);
}

Result<web::Response> send_import_template(const web::Request&, web::Context& context)
{
    csv::Table table{{}, {}};
    for (const auto* name : {"name", "agency", "post", "phone", "email", "login", "number", "from"}) {
        table[0].push_back(context.say(std::string("administration.import.head_") + name));
        table[1].push_back(context.say(std::string("administration.import.sample_") + name));
    }
    web::Response response;
    response.type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    response.body = xlsx::bytes_of(table, context.say("administration.people.title"));
    response.header("Content-Disposition", "attachment; filename=\"can-bo.xlsx\"");
    return response;
}

}  // namespace thien_an::administration
