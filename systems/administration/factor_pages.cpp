#include "systems/administration/factor_pages.h"

#include "engine/documents/qr.h"
#include "engine/identity/accounts.h"
#include "engine/web/identity_sessions.h"

#include "systems/administration/visit.h"

namespace thien_an::administration {
namespace {

const std::string path = "/ban-lam-viec/xac-thuc";

FormPage form(const web::Context& context)
{
    FormPage page;
    page.title = context.say("administration.factor.title");
    page.back = "/ban-lam-viec";
    page.back_text = context.say("ui.desk.title");
    return page;
}

std::string spaced(const std::string& secret)
{
    std::string text;
    for (std::size_t i = 0; i < secret.size(); ++i) {
        if (i > 0 && i % 4 == 0) text += ' ';
        text += secret[i];
    }
    return text;
}

/// The form that takes a code; nothing of the key stays on it when the code was wrong.
web::Response draw_code(
    const identity::SecondFactorSetup& setup,
    const web::Request& request,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    auto page = form(context);
    page.action = path + "/bat";
    page.submit = context.say("administration.factor.confirm");
    page.notes.push_back(chip("warn", "key", context.say("administration.factor.type_it")));
    if (!setup.secret.empty()) {
        const auto code = documents::qr_picture(setup.uri);
        page.picture = json::object{
            {"side", std::to_string(code.side)},
            {"path", code.path},
            {"alt", context.say("administration.factor.qr")}};
        page.pairs.push_back(
            casework::pair_values(context.say("administration.factor.secret"), spaced(setup.secret), true)
        );
    }
    page.fields.push_back(asked("code", "administration.factor.code", request, problems, context));
    page.problems = problems;
    return draw_form(std::move(page), context);
}

}  // namespace

Result<web::Response> show_factor(const web::Request&, web::Context& context)
{
    const auto account = TRY(context.database().read([&](storage::Reader& db) {
        return identity::find_account(db, context.actor().account);
    }));
    auto page = form(context);
    page.action = path;
    page.submit = context.say("administration.factor.begin");
    const auto* state =
        account.second_factor ? "administration.factor.is_on" : "administration.factor.is_off";
    page.notes.push_back(chip(
        account.second_factor ? "ok" : "warn", account.second_factor ? "check" : "alert", context.say(state)
    ));
    return draw_form(std::move(page), context);
}

Result<web::Response> begin_factor(const web::Request& request, web::Context& context)
{
    const auto session = TRY(web::open_session(request, context));
    const auto setup =
        identity::begin_second_factor(means(context), session, context.say("administration.factor.issuer"));
    // The button under the recovery codes comes here too: it is on, so work can begin.
    if (!setup && setup.problem().code == "identity.second_factor_exists")
        return web::see_other("/ban-lam-viec");
    if (!setup) return setup.problem();
    return draw_code(setup.value(), request, {}, context);
}

Result<web::Response> confirm_factor(const web::Request& request, web::Context& context)
{
    const auto session = TRY(web::open_session(request, context));
    const auto codes = identity::confirm_second_factor(means(context), session, request.form.get("code"));
    if (!codes) return draw_code({}, request, placed(codes.problem(), {"/code"}, "/code"), context);
    auto page = form(context);
    page.title = context.say("administration.factor.on_title");
    page.action = path;
    page.submit = context.say("administration.factor.done");
    page.notes.push_back(chip("warn", "alert", context.say("administration.factor.keep_codes")));
    for (const auto& code : codes.value())
        page.pairs.push_back(casework::pair_values(context.say("administration.factor.recovery"), code, true)
        );
    return draw_form(std::move(page), context);
}

}  // namespace thien_an::administration
