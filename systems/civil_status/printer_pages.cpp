#include "systems/civil_status/printer_pages.h"

#include <fmt/format.h>

#include <charconv>

#include "engine/casework/casework.h"
#include "engine/casework/packs.h"
#include "engine/casework/reading.h"
#include "engine/documents/blank_forms.h"
#include "engine/documents/form_printers.h"
#include "engine/documents/paper.h"
#include "engine/identity/permissions.h"

#include "systems/civil_status/desk.h"

namespace thien_an::civil_status {
namespace {

using documents::FormPrinter;
using documents::PrinterId;

constexpr std::string_view list_address = "/ban-lam-viec/phoi/may-in";
constexpr std::string_view birth_procedure = "birth_registration";
constexpr std::string_view certificate = "certificate";
constexpr std::string_view certificate_file = "certificate.paper.xml";

std::string printer_address(PrinterId id, std::string_view rest = "")
{
    return fmt::format("{}/{}{}{}", list_address, id.value, rest.empty() ? "" : "/", rest);
}

/// Tenths of a millimetre as people write them: 15 -> "1,5", -20 -> "-2".
std::string shown_mm(std::int64_t tenths)
{
    const auto sign = tenths < 0 ? "-" : "";
    const auto size = std::abs(tenths);
    return size % 10 == 0 ? fmt::format("{}{}", sign, size / 10)
                          : fmt::format("{}{},{}", sign, size / 10, size % 10);
}

/// "1,5", "1.5", "-2" or "" for none. Problem "civil_status.bad_offset".
Result<std::int64_t> tenths_from(const std::string& typed, std::string_view field)
{
    const Problem bad{.code = "civil_status.bad_offset", .field = "/" + std::string(field), .law = ""};
    if (typed.empty()) return 0;
    std::string digits;
    std::size_t behind = 0;
    bool comma = false;
    for (const char c : typed) {
        if (c == ' ') continue;
        if ((c == ',' || c == '.') && !std::exchange(comma, true)) continue;
        behind += std::size_t(comma);
        digits += c;
    }
    if (behind > 1 || digits.empty()) return bad;
    if (behind == 0) digits += '0';
    constexpr std::int64_t none = -1'000'000;
    const auto tenths = number_or(digits, none);
    if (tenths == none) return bad;
    return tenths;
}

std::vector<FormPrinter> own_printers(const web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return documents::printers_of(db, context.actor().agency);
    });
}

Result<FormPrinter> printer_of(const web::Request& request, const web::Context& context)
{
    const PrinterId id{TRY(parse_id(request.value("printer")))};
    return context.database().read([&](storage::Reader& db) {
        return documents::find_printer(db, context.actor().agency, id);
    });
}

json::object printer_values(const FormPrinter& printer, std::string open, const web::Context& context)
{
    const json::object offset{
        {"right", shown_mm(printer.right_tenths)}, {"down", shown_mm(printer.down_tenths)}};
    return {
        {"name", printer.name},
        {"offset", context.say("civil_status.printers.offset_words", offset)},
        {"change", printer_address(printer.id)},
        {"test", printer_address(printer.id, "thu")},
        {"drop", printer_address(printer.id, "bo")},
        {"open", std::move(open)}};
}

web::Response draw_printer_form(
    PrinterId id, const web::Fields& typed, std::vector<Problem> problems, const web::Context& context
)
{
    const auto say = speech(context);
    problems = placed(std::move(problems), "/name");
    const auto field = [&](const std::string& name) {
        const std::string key = "civil_status.printers." + name;
        return casework::text_field(
            {.name = name,
             .label = say.say(key),
             .hint = say.say(key + "_hint"),
             .error = error_at(problems, "/" + name, context),
             .value = typed.get(name),
             .length_max = name == "name" ? 80 : 8,
             .narrow = name != "name"}
        );
    };
    return draw_form(
        {.title = say.say(id ? "civil_status.printers.change" : "civil_status.printers.add"),
         .back = std::string(list_address),
         .back_text = say.say("civil_status.printers.title"),
         .action = id ? printer_address(id) : fmt::format("{}/them", list_address),
         .submit = say.say("civil_status.printers.save"),
         .fields = {field("name"), field("right"), field("down")},
         .notes = {json::object{
             {"kind", "info"}, {"icon", "info"}, {"text", say.say("civil_status.printers.how")}}},
         .problems = problems},
        context
    );
}

Result<web::Response> save(PrinterId id, const web::Request& request, const web::Context& context)
{
    FormPrinter printer{.id = id, .name = request.form.get("name")};
    const auto right = tenths_from(request.form.get("right"), "right");
    const auto down = tenths_from(request.form.get("down"), "down");
    std::vector<Problem> problems;
    for (const auto* offset : {&right, &down})
        if (!*offset) problems.push_back(offset->problem());
    if (!problems.empty()) return draw_printer_form(id, request.form, std::move(problems), context);
    printer.right_tenths = right.value();
    printer.down_tenths = down.value();
    const auto agency = context.actor().agency;
    const auto done = context.database().write({}, [&](storage::Writer& db) -> Result<Done> {
        TRY(identity::require(db, context.actor(), "registers.enter", agency, context.today()));
        TRY(documents::save_printer(db, act_of(context), agency, printer));
        return Done{};
    });
    if (!done) return draw_printer_form(id, request.form, {done.problem()}, context);
    return done_and_back(std::string(list_address), "flash.printer_saved");
}

/// Only the values, where this printer must put them to meet the lines.
Result<web::Response> pdf_for(
    const std::string& xml, json::value values, const FormPrinter& printer, const web::Context& context
)
{
    constexpr double tenths = 10;
    const auto paper = TRY(documents::Paper::read(xml, certificate_file));
    const auto drawn = TRY(documents::draw(
        paper,
        {.values = std::move(values),
         .created = context.now(),
         .use = documents::PaperUse::form,
         .offset_x_mm = double(printer.right_tenths) / tenths,
         .offset_y_mm = double(printer.down_tenths) / tenths,
         .pictures = {}}
    ));
    web::Response response;
    response.type = "application/pdf";
    response.body.assign(drawn.pdf.begin(), drawn.pdf.end());
    response.header("Content-Disposition", "inline; filename=\"phoi.pdf\"");
    return response;
}

/// The next form of the kind this dossier's certificate is printed on, and how many are left; null when none is.
json::value next_form(const casework::DossierPage& page, web::Context& context)
{
    const auto procedure = office(context).packs.procedure(page.dossier.procedure);
    if (!procedure) return nullptr;
    const auto kind = procedure->blank(context.today());
    json::value said = nullptr;
    context.database().read([&](storage::Reader& db) {
        const auto next = documents::next_blank(db, page.dossier.agency, kind);
        if (!next) return;
        const auto left = documents::balance_of(db, page.dossier.agency, kind).in_stock();
        said = context.say(
            "civil_status.form_print.next",
            json::object{{"serial", documents::text_of(*next)}, {"left", left}}
        );
    });
    return said;
}

}  // namespace

Result<web::Response> show_printers(const web::Request&, web::Context& context)
{
    json::array rows;
    for (const auto& printer : own_printers(context)) rows.push_back(printer_values(printer, "", context));
    const bool none = rows.empty();
    return web::render_desk(
        context,
        "civil_status/printers",
        {{"rows", std::move(rows)}, {"none", none}, {"add", fmt::format("{}/them", list_address)}}
    );
}

Result<web::Response> show_new_printer(const web::Request& request, web::Context& context)
{
    return draw_printer_form({}, request.form, {}, context);
}

Result<web::Response> add_printer(const web::Request& request, web::Context& context)
{
    return save({}, request, context);
}

Result<web::Response> show_printer(const web::Request& request, web::Context& context)
{
    const auto printer = TRY(printer_of(request, context));
    web::Fields typed;
    typed.add("name", printer.name);
    typed.add("right", shown_mm(printer.right_tenths));
    typed.add("down", shown_mm(printer.down_tenths));
    return draw_printer_form(printer.id, typed, {}, context);
}

Result<web::Response> change_printer(const web::Request& request, web::Context& context)
{
    return save(TRY(printer_of(request, context)).id, request, context);
}

Result<web::Response> show_drop_printer(const web::Request& request, web::Context& context)
{
    const auto printer = TRY(printer_of(request, context));
    const auto say = speech(context);
    return draw_form(
        {.title = say.say("civil_status.printers.drop"),
         .subtitle = printer.name,
         .back = std::string(list_address),
         .back_text = say.say("civil_status.printers.title"),
         .action = printer_address(printer.id, "bo"),
         .submit = say.say("civil_status.printers.drop"),
         .bad = true,
         .notes = {json::object{
             {"kind", "warn"}, {"icon", "alert"}, {"text", say.say("civil_status.printers.drop_note")}}}},
        context
    );
}

Result<web::Response> drop_printer(const web::Request& request, web::Context& context)
{
    const auto printer = TRY(printer_of(request, context));
    TRY(context.database().write({}, [&](storage::Writer& db) {
        return documents::remove_printer(db, context.actor().agency, printer.id);
    }));
    return done_and_back(std::string(list_address), "flash.printer_dropped");
}

Result<web::Response> test_print(const web::Request& request, web::Context& context)
{
    const auto printer = TRY(printer_of(request, context));
    const auto procedure = office(context).packs.procedure(birth_procedure);
    if (!procedure) throw std::logic_error("no procedure of birth registration");
    const auto& files = procedure->files();
    const auto sample = files.find("papers.sample.json");
    const auto xml = files.find(std::string(certificate_file));
    if (sample == files.end() || xml == files.end())
        return Problem{.code = "web.no_such_page", .field = "", .law = ""};
    return pdf_for(xml->second, TRY(json::parse(sample->second)), printer, context);
}

Result<web::Response> show_form_print(const web::Request& request, web::Context& context)
{
    const auto page = TRY(casework::open_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    ));
    const std::string here = "/ban-lam-viec/ho-so/" + page.dossier.code;
    json::array rows;
    for (const auto& printer : own_printers(context))
        rows.push_back(printer_values(printer, fmt::format("{}/in-phoi/{}", here, printer.id.value), context)
        );
    const bool none = rows.empty();
    auto stock = next_form(page, context);
    json::value record = nullptr;
    for (const auto& task : page.tasks)
        if (task.form == "print_certificate" && task.may_act && !task.outcomes.empty())
            record = fmt::format("{}/viec/{}/{}", here, task.id.value, task.outcomes.front().id);
    return web::render_desk(
        context,
        "civil_status/form_print",
        {{"code", page.dossier.code},
         {"title", page.dossier.subject},
         {"stock", std::move(stock)},
         {"record", std::move(record)},
         {"none", none},
         {"rows", std::move(rows)},
         {"add", fmt::format("{}/them", list_address)}}
    );
}

Result<web::Response> print_form(const web::Request& request, web::Context& context)
{
    const auto printer = TRY(printer_of(request, context));
    const auto page = TRY(casework::open_dossier(
        office(context), context.actor(), request.value("code"), text::code_of(context.language())
    ));
    auto print = TRY(casework::form_print(office(context), context.actor(), page.dossier.id, certificate));
    return pdf_for(print.xml, std::move(print.values), printer, context);
}

}  // namespace thien_an::civil_status
