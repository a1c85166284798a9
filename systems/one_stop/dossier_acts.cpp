#include "systems/one_stop/dossier_acts.h"

#include <fmt/format.h>

#include "engine/casework/packs.h"
#include "engine/web/received.h"

#include "systems/one_stop/act_form.h"
#include "systems/one_stop/dossier_pages.h"
#include "systems/one_stop/visit.h"

namespace thien_an::one_stop {
namespace {

using casework::DossierPage;
using casework::Speech;

/// The frame every act of this page has in common: its words are "one_stop.ACT.title" and ".submit".
ActForm base_form(
    const DossierPage& page,
    std::string_view act,
    std::string_view path,
    std::vector<Problem> problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    const std::string before = "one_stop." + std::string(act);
    return {
        .title = say.say(before + ".title"),
        .subtitle = short_name(page, context),
        .back = dossier_address(page.dossier.code),
        .back_text = page.dossier.code,
        .action = dossier_address(page.dossier.code, path),
        .submit = say.say(before + ".submit"),
        .problems = std::move(problems)};
}

web::Response draw_note(
    const DossierPage& page, const std::string& text, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    auto form = base_form(page, "note", "y-kien", placed(std::move(problems), "/text"), context);
    form.fields.push_back(casework::area_field(
        {.name = "text",
         .label = say.say("one_stop.note.text"),
         .hint = say.say("one_stop.note.hint"),
         .error = error_at(form.problems, "/text", context),
         .value = text,
         .length_max = 2000}
    ));
    return draw_act(std::move(form), context);
}

std::vector<casework::Choice> papers_of(const DossierPage& page, const web::Context& context)
{
    std::vector<casework::Choice> choices;
    if (const auto procedure = office(context).packs.version({page.dossier.pack}))
        for (const auto& paper : procedure->papers(context.today()))
            choices.push_back({paper.id, paper.name});
    const auto& words = context.use<text::Catalogue>();
    constexpr std::string_view other = "one_stop.attach.other";
    choices.push_back({"other", {words.say(other, text::Language::vi), words.say(other, text::Language::en)}}
    );
    return choices;
}

json::object file_field(const std::string& name, std::string label, std::string hint, std::string error)
{
    auto field = casework::text_field(
        {.name = name, .label = std::move(label), .hint = std::move(hint), .error = std::move(error)}
    );
    field["as_text"] = nullptr;
    field["as_file"] = json::object{
        {"upload_to", ""},
        {"bytes_max", 10485760},
        {"accept", "image/jpeg,image/png,application/pdf"},
        {"many", false},
        {"files", json::array{}}};
    return field;
}

web::Response draw_attach(
    const DossierPage& page, const web::Request& request, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    auto form = base_form(page, "attach", "quet", placed(std::move(problems), "/file"), context);
    form.with_files = true;
    form.fields = {
        casework::select_field(
            {.name = "paper",
             .label = say.say("one_stop.attach.paper"),
             .error = error_at(form.problems, "/paper", context),
             .value = request.form.get("paper")},
            papers_of(page, context),
            say
        ),
        file_field(
            "file",
            say.say("one_stop.attach.file"),
            say.say("one_stop.attach.file_hint"),
            error_at(form.problems, "/file", context)
        ),
        casework::text_field(
            {.name = "note",
             .label = say.say("one_stop.attach.note"),
             .value = request.form.get("note"),
             .optional = true}
        )};
    return draw_act(std::move(form), context);
}

web::Response draw_payment(
    const DossierPage& page, const std::string& receipt, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    auto form = base_form(page, "payment", "thu-phi", placed(std::move(problems), "/receipt"), context);
    form.pairs = {casework::pair_values(say.say("one_stop.payment.amount"), shown(page.dossier.fee), true)};
    form.fields.push_back(casework::text_field(
        {.name = "receipt",
         .label = say.say("one_stop.payment.receipt"),
         .hint = say.say("one_stop.payment.hint"),
         .error = error_at(form.problems, "/receipt", context),
         .value = receipt,
         .length_max = 40,
         .narrow = true}
    ));
    return draw_act(std::move(form), context);
}

json::object date_field(
    const std::string& name, std::string label, std::string error, const web::Request& request
)
{
    auto field = casework::text_field({.name = name, .label = std::move(label), .error = error});
    const bool bad = !error.empty();
    field["as_text"] = nullptr;
    field["as_date"] = json::object{
        {"day", request.form.get(name + ".day")},
        {"month", request.form.get(name + ".month")},
        {"year", request.form.get(name + ".year")},
        {"day_bad", bad},
        {"month_bad", bad},
        {"year_bad", bad}};
    return field;
}

Result<Day> typed_day(const web::Request& request, const std::string& name)
{
    const auto part = [&](std::string_view which, std::size_t width) {
        auto text = request.form.get(name + std::string(which));
        while (text.size() < width) text.insert(0, "0");
        return text;
    };
    auto day = parse_day(fmt::format("{}-{}-{}", part(".year", 4), part(".month", 2), part(".day", 2)));
    if (!day) return Problem{.code = "base.bad_day", .field = "/" + name, .law = ""};
    return day;
}

web::Response draw_apology(
    const DossierPage& page, const web::Request& request, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    auto form = base_form(page, "apology", "xin-loi", placed(std::move(problems), "/reason"), context);
    form.notes = {note("info", "info", say.say("one_stop.apology.note"))};
    if (page.dossier.due)
        form.pairs = {casework::pair_values(
            say.say("one_stop.apology.old_due"), casework::due_at(*page.dossier.due, context.now(), say)
        )};
    form.fields = {
        date_field(
            "due", say.say("one_stop.apology.new_due"), error_at(form.problems, "/due", context), request
        ),
        casework::area_field(
            {.name = "reason",
             .label = say.say("one_stop.apology.reason"),
             .hint = say.say("one_stop.apology.hint"),
             .error = error_at(form.problems, "/reason", context),
             .value = request.form.get("reason"),
             .length_max = 1000}
        )};
    return draw_act(std::move(form), context);
}

web::Response draw_withdraw(
    const DossierPage& page, const std::string& reason, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    auto form = base_form(page, "withdraw", "rut", placed(std::move(problems), "/reason"), context);
    form.bad = true;
    form.notes = {note("warn", "alert", say.say("one_stop.withdraw.note"))};
    form.fields.push_back(casework::area_field(
        {.name = "reason",
         .label = say.say("one_stop.withdraw.reason"),
         .error = error_at(form.problems, "/reason", context),
         .value = reason,
         .length_max = 1000}
    ));
    return draw_act(std::move(form), context);
}

web::Response back_to(const DossierPage& page, std::string_view flash)
{
    return done_and_back(dossier_address(page.dossier.code), flash);
}

}  // namespace

Result<web::Response> show_note(const web::Request& request, web::Context& context)
{
    return draw_note(TRY(open(request, context)), "", {}, context);
}

Result<web::Response> take_note(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto text = request.form.get("text");
    if (text.empty())
        return draw_note(page, text, {{.code = "one_stop.note_empty", .field = "", .law = ""}}, context);
    const auto done = casework::add_note(office(context), context.actor(), page.dossier.id, text);
    if (!done) return draw_note(page, text, {done.problem()}, context);
    return back_to(page, "flash.note_added");
}

Result<web::Response> show_attach(const web::Request& request, web::Context& context)
{
    return draw_attach(TRY(open(request, context)), request, {}, context);
}

Result<web::Response> attach(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto paper = request.form.get("paper");
    std::vector<Problem> problems;
    if (paper.empty()) problems.push_back({.code = "one_stop.no_paper_chosen", .field = "/paper", .law = ""});
    if (request.files.size() != 1 || request.files[0].size == 0)
        problems.push_back({.code = "web.one_file", .field = "/file", .law = ""});
    if (!problems.empty()) return draw_attach(page, request, std::move(problems), context);
    const auto kept = web::keep_received(context, request.files[0]);
    if (!kept) return draw_attach(page, request, {kept.problem()}, context);
    const auto done = casework::attach_paper(
        office(context),
        context.actor(),
        page.dossier.id,
        {paper, casework::FileId{kept.value().id.value}, request.files[0].file_name},
        request.form.get("note")
    );
    if (!done) return draw_attach(page, request, {done.problem()}, context);
    return back_to(page, "flash.paper_attached");
}

Result<web::Response> show_payment(const web::Request& request, web::Context& context)
{
    return draw_payment(TRY(open(request, context)), "", {}, context);
}

Result<web::Response> take_payment(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto receipt = request.form.get("receipt");
    if (receipt.empty())
        return draw_payment(
            page, receipt, {{.code = "one_stop.receipt_missing", .field = "", .law = ""}}, context
        );
    const auto done = casework::take_payment(office(context), context.actor(), page.dossier.id, receipt);
    if (!done) return draw_payment(page, receipt, {done.problem()}, context);
    return back_to(page, "flash.payment_taken");
}

Result<web::Response> show_apology(const web::Request& request, web::Context& context)
{
    return draw_apology(TRY(open(request, context)), request, {}, context);
}

Result<web::Response> apologise(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto day = typed_day(request, "due");
    const auto reason = request.form.get("reason");
    std::vector<Problem> problems;
    if (!day) problems.push_back(day.problem());
    if (reason.empty())
        problems.push_back({.code = "casework.reason_missing", .field = "/reason", .law = ""});
    if (!problems.empty()) return draw_apology(page, request, std::move(problems), context);
    const auto done =
        casework::apologise(office(context), context.actor(), page.dossier.id, day.value(), reason);
    if (!done) return draw_apology(page, request, {done.problem()}, context);
    return back_to(page, "flash.apologised");
}

Result<web::Response> show_withdraw(const web::Request& request, web::Context& context)
{
    return draw_withdraw(TRY(open(request, context)), "", {}, context);
}

Result<web::Response> withdraw(const web::Request& request, web::Context& context)
{
    const auto page = TRY(open(request, context));
    const auto reason = request.form.get("reason");
    const auto done =
        casework::withdraw(office(context), context.actor(), page.dossier.id, reason, once(request, context));
    if (!done) return draw_withdraw(page, reason, {done.problem()}, context);
    return back_to(page, "flash.withdrawn_at_desk");
}

}  // namespace thien_an::one_stop
