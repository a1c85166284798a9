#include "systems/portal/act_pages.h"

#include "engine/base/vietnamese.h"
#include "engine/casework/packs.h"
#include "engine/identity/codes.h"
#include "engine/identity/parties.h"
#include "engine/web/received.h"
#include "engine/web/url.h"

#include "systems/portal/tracking_pages.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::DossierPage;
using casework::Speech;

/// The form for one act of the applicant.
struct ActForm {
    std::string_view act;  ///< Key of its words: "withdraw".
    std::string path;      ///< After the code: "rut".
    json::array fields;
    std::string quote = {};
    bool bad = false;
    std::vector<Problem> problems = {};
    json::array sections = {};  ///< What is being confirmed.
};

web::Response draw_act(const DossierPage& page, ActForm form, web::Context& context)
{
    const auto say = speech(context);
    const std::string before = "portal.act." + std::string(form.act);
    const bool has_sections = !form.sections.empty();
    return context.render(
        "portal/dossier_form",
        {{"code", page.dossier.code},
         {"name", say.in(page.procedure_name)},
         {"title", say.say(before + ".title")},
         {"lead", say.say(before + ".lead")},
         {"action", "/ho-so-cua-toi/" + page.dossier.code + "/" + form.path},
         {"submit", say.say(before + ".submit")},
         {"submit_bad", form.bad},
         {"fields", std::move(form.fields)},
         {"error_summary", casework::error_summary({}, form.problems, say)},
         {"quote", form.quote.empty() ? json::value(nullptr) : json::value(form.quote)},
         {"sections", std::move(form.sections)},
         {"has_sections", has_sections}},
        form.problems.empty() ? 200 : 422
    );
}

/// There is nothing to do any more: the dossier itself says how far it is.
web::Response back_to(const DossierPage& page)
{
    return web::see_other("/ho-so-cua-toi/" + page.dossier.code);
}

std::string error_at(const std::vector<Problem>& problems, const web::Context& context)
{
    return problems.empty() ? "" : context.sentence(problems.front());
}

ActForm withdraw_form(const web::Request& request, std::vector<Problem> problems, web::Context& context)
{
    const auto say = speech(context);
    for (auto& problem : problems) problem.field = "/reason";
    return {
        .act = "withdraw",
        .path = "rut",
        .fields = {casework::area_field(
            {.name = "reason",
             .label = say.say("portal.act.withdraw.reason"),
             .error = error_at(problems, context),
             .value = request.form.get("reason"),
             .length_max = 1000,
             .optional = true}
        )},
        .bad = true,
        .problems = std::move(problems)};
}

ActForm rating_form(const web::Request& request, std::vector<Problem> problems, web::Context& context)
{
    const auto say = speech(context);
    std::vector<casework::Choice> choices;
    for (int stars = 5; stars >= 1; --stars) {
        const std::string key = "portal.act.rate.stars_" + std::to_string(stars);
        choices.push_back(
            {std::to_string(stars),
             {say.words.say(key, text::Language::vi), say.words.say(key, text::Language::en)}}
        );
    }
    for (auto& problem : problems) problem.field = "/stars";
    return {
        .act = "rate",
        .path = "danh-gia",
        .fields =
            {casework::choice_field(
                 {.name = "stars",
                  .label = say.say("portal.act.rate.stars"),
                  .error = error_at(problems, context),
                  .value = request.form.get("stars")},
                 choices,
                 say
             ),
             casework::area_field(
                 {.name = "comment",
                  .label = say.say("portal.act.rate.comment"),
                  .value = request.form.get("comment"),
                  .length_max = 1000,
                  .optional = true}
             )},
        .problems = std::move(problems)};
}

/// The officer's request, word for word: the latest of the timeline.
std::string supplement_quote(const DossierPage& page)
{
    std::string quote;
    for (const auto& row : page.timeline)
        if (row.kind == "supplement_requested") quote = json::string_or(row.words, "quote", quote);
    return quote;
}

ActForm supplement_form(
    const DossierPage& page, const web::Request& request, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    json::array fields{casework::area_field(
        {.name = "message",
         .label = say.say("portal.act.supplement.message"),
         .error = error_at(problems, context),
         .value = request.form.get("message"),
         .length_max = 2000,
         .optional = true}
    )};
    const auto procedure = office(context).packs.version({page.dossier.pack});
    if (procedure) {
        casework::PaperFields papers;
        for (auto paper : procedure->papers(context.today())) {
            paper.required = false;
            papers.wanted.push_back(std::move(paper));
        }
        auto groups = casework::paper_group_values(papers, say);
        for (auto& field : groups[0].as_object()["fields"].as_array()) fields.push_back(std::move(field));
    }
    for (auto& problem : problems) problem.field = "/message";
    return {
        .act = "supplement",
        .path = "bo-sung",
        .fields = std::move(fields),
        .quote = supplement_quote(page),
        .problems = std::move(problems)};
}

/// Where this person's codes go: the phone, else the e-mail address.
std::string own_contact(web::Context& context)
{
    const auto details = context.database().read([&](storage::Reader& db) {
        return identity::details_for_program(db, office(context).keys, context.actor().party);
    });
    return details.phone.empty() ? details.email : details.phone;
}

/// First the entry to read and a button that sends a code; then the code.
ActForm confirm_form(
    const DossierPage& page, const web::Request& request, std::vector<Problem> problems, web::Context& context
)
{
    const auto say = speech(context);
    ActForm form{
        .act = "confirm_ask", .path = "ky-so", .fields = {}, .sections = answer_sections(page, context)};
    if (request.query.has("phieu")) {
        form.act = "confirm";
        form.path += "?phieu=" + web::percent_encoded(request.query.get("phieu")) +
                     "&den=" + web::percent_encoded(request.query.get("den"));
        form.fields.push_back(casework::text_field(
            {.name = "code",
             .label = say.say("portal.field.code"),
             .hint = say.say("portal.code.sent_to", json::object{{"sent_to", request.query.get("den")}}),
             .error = error_at(problems, context),
             .input_mode = "numeric",
             .autocomplete = "one-time-code",
             .length_max = 8,
             .narrow = true}
        ));
        for (auto& problem : problems) problem.field = "/code";
    }
    form.problems = std::move(problems);
    return form;
}

}  // namespace

Result<web::Response> show_withdraw(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    if (!page.can_withdraw) return back_to(page);
    return draw_act(page, withdraw_form(request, {}, context), context);
}

Result<web::Response> withdraw(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    const auto done = casework::withdraw(
        office(context), context.actor(), page.dossier.id, request.form.get("reason"), once(request, context)
    );
    if (!done) return draw_act(page, withdraw_form(request, {done.problem()}, context), context);
    auto response = back_to(page);
    say_next(response, "flash.withdrawn");
    return response;
}

Result<web::Response> show_rating(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    if (!page.can_rate) return back_to(page);
    return draw_act(page, rating_form(request, {}, context), context);
}

Result<web::Response> rate(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    const std::string stars = request.form.get("stars");
    const int given = stars.size() == 1 && stars[0] >= '1' && stars[0] <= '5' ? stars[0] - '0' : 0;
    const auto done =
        casework::rate(office(context), context.actor(), page.dossier.id, given, request.form.get("comment"));
    if (!done) return draw_act(page, rating_form(request, {done.problem()}, context), context);
    auto response = back_to(page);
    say_next(response, "flash.rated");
    return response;
}

Result<web::Response> show_supplement(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    if (!page.can_answer_supplement) return back_to(page);
    return draw_act(page, supplement_form(page, request, {}, context), context);
}

Result<web::Response> answer_supplement(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    std::vector<casework::FiledFile> files;
    for (const auto& upload : request.files) {
        if (upload.stored == nullptr || upload.size == 0) continue;
        const auto kept = web::keep_received(context, upload);
        if (!kept) return draw_act(page, supplement_form(page, request, {kept.problem()}, context), context);
        files.push_back({upload.field, casework::FileId{kept.value().id.value}, upload.file_name});
    }
    if (files.empty() && folded(request.form.get("message")).empty())
        return draw_act(
            page,
            supplement_form(
                page, request, {{.code = "portal.nothing_sent", .field = "", .law = ""}}, context
            ),
            context
        );
    const auto done = casework::answer_supplement(
        office(context),
        context.actor(),
        page.dossier.id,
        files,
        request.form.get("message"),
        once(request, context)
    );
    if (!done) return draw_act(page, supplement_form(page, request, {done.problem()}, context), context);
    auto response = back_to(page);
    say_next(response, "flash.supplement_sent");
    return response;
}

Result<web::Response> show_confirm(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    if (!page.can_confirm_entry) return back_to(page);
    return draw_act(page, confirm_form(page, request, {}, context), context);
}

Result<web::Response> confirm(const web::Request& request, web::Context& context)
{
    const auto page = TRY(own_dossier(request, context));
    const auto contact = own_contact(context);
    if (!request.query.has("phieu")) {
        const auto ticket = identity::request_code(
            means(context),
            {.purpose = identity::CodePurpose::declare,
             .contact = contact,
             .address = request.remote,
             .language = std::string(text::code_of(context.language()))}
        );
        if (!ticket) return draw_act(page, confirm_form(page, request, {ticket.problem()}, context), context);
        return web::see_other(
            "/ho-so-cua-toi/" + page.dossier.code + "/ky-so?phieu=" + text_of(ticket.value().id) +
            "&den=" + web::percent_encoded(ticket.value().contact_masked)
        );
    }
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    const auto proved = identity::try_code(
        means(context), {ticket}, identity::CodePurpose::declare, request.form.get("code")
    );
    if (!proved) return draw_act(page, confirm_form(page, request, {proved.problem()}, context), context);
    // The code went to this person's own phone: a ticket is only an address in a link.
    if (proved.value() != contact) return Problem{.code = "identity.not_permitted", .field = "", .law = ""};
    TRY(casework::confirm_entry(office(context), context.actor(), page.dossier.id));
    auto response = back_to(page);
    say_next(response, "flash.entry_confirmed");
    return response;
}

}  // namespace thien_an::portal
