#include "systems/portal/account_pages.h"

#include "engine/identity/codes.h"
#include "engine/identity/parties.h"
#include "engine/web/site.h"
#include "engine/web/url.h"

#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::PlainField;
using casework::Speech;

std::string language_code(const web::Context& context)
{
    return std::string(text::code_of(context.language()));
}

/// A short form: fields, one button, other ways.
struct ShortForm {
    std::string_view page;  ///< Key of its words: "sign_up".
    std::string action;
    json::array fields;
    std::vector<Problem> problems;
    std::string back = "/dang-nhap";
    std::string lead = {};
};

web::Response draw_form(ShortForm form, web::Context& context)
{
    const auto say = speech(context);
    const std::string before = "portal." + std::string(form.page);
    const std::string lead_key = before + ".lead";
    json::value lead = nullptr;
    if (!form.lead.empty())
        lead = form.lead;
    else if (say.words.contains(lead_key))
        lead = say.say(lead_key);
    return context.render(
        "portal/account_form",
        {{"title", say.say(before + ".title")},
         {"lead", std::move(lead)},
         {"action", form.action},
         {"submit", say.say(before + ".submit")},
         {"fields", std::move(form.fields)},
         {"error_summary", casework::error_summary({}, form.problems, say)},
         {"links", json::array{}},
         {"back_href", form.back}},
        form.problems.empty() ? 200 : 422
    );
}

/// The problem's place on the form: `fallback` unless it names a field of its own.
std::vector<Problem> placed(const Problem& problem, std::string_view fallback)
{
    Problem copy = problem;
    copy.field = "/" + std::string(fallback);
    if (problem.code.starts_with("identity.password")) copy.field = "/password";
    if (problem.code == "identity.wrong_code" || problem.code.starts_with("identity.code_"))
        copy.field = "/code";
    if (problem.code == "identity.bad_name") copy.field = "/full_name";
    return {copy};
}

std::string error_for(
    std::string_view field, const std::vector<Problem>& problems, const web::Context& context
)
{
    for (const auto& problem : problems)
        if (problem.field.substr(1) == field) return context.sentence(problem);
    return "";
}

/// One line of a short form with its words by name: "portal.field.full_name".
struct Asked {
    std::string_view name;
    std::string_view type = "text";
    std::string_view mode = "text";
    std::string_view autocomplete = "off";
    bool keep = true;  ///< What was typed stays; never a password.
};

json::array asked_fields(
    const std::vector<Asked>& asked,
    const web::Request& request,
    const std::vector<Problem>& problems,
    const web::Context& context
)
{
    const auto say = speech(context);
    json::array fields;
    for (const auto& one : asked) {
        const std::string key = "portal.field." + std::string(one.name);
        const std::string hint = key + "_hint";
        fields.push_back(casework::text_field(
            {.name = std::string(one.name),
             .label = say.say(key),
             .hint = say.words.contains(hint) ? say.say(hint) : "",
             .error = error_for(one.name, problems, context),
             .value = one.keep ? request.form.get(one.name) : "",
             .type = std::string(one.type),
             .input_mode = std::string(one.mode),
             .autocomplete = std::string(one.autocomplete)}
        ));
    }
    return fields;
}

constexpr Asked contact_asked{.name = "contact", .autocomplete = "username"};
constexpr Asked name_asked{.name = "full_name", .autocomplete = "name"};
constexpr Asked code_asked{.name = "code", .mode = "numeric", .autocomplete = "one-time-code", .keep = false};
constexpr Asked new_password_asked{
    .name = "password", .type = "password", .autocomplete = "new-password", .keep = false};

web::Response draw_sign_in(
    const web::Request& request, const std::optional<Problem>& problem, web::Context& context
)
{
    const auto say = speech(context);
    const bool locked = problem && problem->code == "identity.locked_out";
    std::vector<Problem> problems;
    if (problem) problems = placed(*problem, "login");
    const std::string back =
        request.form.has("back") ? request.form.get("back") : request.query.get("ve", "/ho-so-cua-toi");
    const auto sentence = problem ? json::value(context.sentence(*problem)) : json::value(nullptr);
    return context.render(
        "portal/sign_in",
        {{"error_summary", casework::error_summary({}, problems, say)},
         {"login", request.form.get("login")},
         {"login_error", locked ? json::value(nullptr) : sentence},
         {"password_error", nullptr},
         {"back", local_path(back, "/ho-so-cua-toi")},
         {"locked", locked ? sentence : json::value(nullptr)}},
        problem ? 422 : 200
    );
}

std::string home_of(const web::Request& request, const identity::SignedIn& signed_in)
{
    const std::string otherwise = signed_in.session.post ? "/ban-lam-viec" : "/ho-so-cua-toi";
    const std::string back = local_path(request.form.get("back"), otherwise);
    return back == "/ho-so-cua-toi" ? otherwise : back;
}

web::Response draw_code_page(
    const std::string& action,
    const web::Request& request,
    std::vector<Problem> problems,
    web::Context& context
)
{
    const auto say = speech(context);
    const bool from_app = request.query.get("den").empty();
    return context.render(
        "portal/code",
        {{"action", action},
         {"error_summary", casework::error_summary({}, problems, say)},
         {"code_error",
          problems.empty() ? json::value(nullptr) : json::value(context.sentence(problems.front()))},
         {"sent_to", from_app ? json::value(nullptr) : json::value(request.query.get("den"))},
         {"from_app", from_app},
         {"resend_action", nullptr},
         {"wait", nullptr}},
        problems.empty() ? 200 : 422
    );
}

/// The session row behind the cookie: accounts' functions want it whole.
Result<identity::Session> session_of(const web::Request& request, web::Context& context)
{
    return context.database().read([&](storage::Reader& db) {
        return identity::find_session(db, session_token(request), context.wall(), context.today());
    });
}

std::string ticket_address(std::string_view path, const identity::CodeTicket& ticket)
{
    return std::string(path) + "?phieu=" + text_of(ticket.id) +
           "&den=" + web::percent_encoded(ticket.contact_masked);
}

std::string same_address(std::string_view path, const web::Request& request)
{
    return std::string(path) + "?phieu=" + web::percent_encoded(request.query.get("phieu")) +
           "&den=" + web::percent_encoded(request.query.get("den"));
}

Result<identity::CodeTicket> send_code(
    identity::CodePurpose purpose, const web::Request& request, web::Context& context
)
{
    return identity::request_code(
        means(context),
        {.purpose = purpose,
         .contact = request.form.get("contact"),
         .address = request.remote,
         .language = language_code(context)}
    );
}

identity::Act act_of(web::Context& context)
{
    return {.actor = context.actor(), .now = context.now(), .ids = context.ids()};
}

}  // namespace

Result<web::Response> show_sign_in(const web::Request& request, web::Context& context)
{
    return draw_sign_in(request, std::nullopt, context);
}

Result<web::Response> sign_in(const web::Request& request, web::Context& context)
{
    const auto entered = identity::sign_in(
        means(context),
        {.login = request.form.get("login"),
         .password = request.form.get("password"),
         .address = request.remote,
         .agent = request.header("user-agent")}
    );
    if (!entered) return draw_sign_in(request, entered.problem(), context);
    const auto& signed_in = entered.value();
    const std::string home = home_of(request, signed_in);
    auto response = web::see_other(
        signed_in.second_factor_asked ? "/dang-nhap/ma?ve=" + web::percent_encoded(home)
                                      : (signed_in.must_change_password ? "/tai-khoan/mat-khau" : home)
    );
    keep_session(response, signed_in);
    return response;
}

Result<web::Response> sign_out(const web::Request& request, web::Context& context)
{
    if (const auto session = session_of(request, context))
        TRY(context.database().write({}, [&](storage::Writer& db) {
            return identity::end_session(
                db, act_of(context), session.value(), session.value().id, context.wall()
            );
        }));
    auto response = web::see_other("/");
    response.cookie(
        {.name = std::string(web::session_cookie), .value = "", .max_age = std::chrono::seconds{0}}
    );
    return response;
}

Result<web::Response> show_second_factor(const web::Request& request, web::Context& context)
{
    return draw_code_page(
        "/dang-nhap/ma?ve=" + web::percent_encoded(request.query.get("ve")), request, {}, context
    );
}

Result<web::Response> prove_second_factor(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const auto proved = identity::prove_second_factor(means(context), session, request.form.get("code"));
    if (!proved)
        return draw_code_page(
            "/dang-nhap/ma?ve=" + web::percent_encoded(request.query.get("ve")),
            request,
            placed(proved.problem(), "code"),
            context
        );
    return web::see_other(
        local_path(request.query.get("ve"), session.post ? "/ban-lam-viec" : "/ho-so-cua-toi")
    );
}

Result<web::Response> show_sign_up(const web::Request& request, web::Context& context)
{
    return draw_form(
        {.page = "sign_up",
         .action = "/dang-ky",
         .fields = asked_fields({contact_asked}, request, {}, context),
         .problems = {}},
        context
    );
}

Result<web::Response> sign_up(const web::Request& request, web::Context& context)
{
    const auto ticket = send_code(identity::CodePurpose::sign_up, request, context);
    if (ticket) return web::see_other(ticket_address("/dang-ky/ma", ticket.value()));
    const auto problems = placed(ticket.problem(), "contact");
    return draw_form(
        {.page = "sign_up",
         .action = "/dang-ky",
         .fields = asked_fields({contact_asked}, request, problems, context),
         .problems = problems},
        context
    );
}

Result<web::Response> show_sign_up_code(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    return draw_form(
        {.page = "sign_up_code",
         .action = same_address("/dang-ky/ma", request),
         .fields = asked_fields({code_asked, name_asked, new_password_asked}, request, {}, context),
         .problems = {},
         .back = "/dang-ky",
         .lead = say.say("portal.code.sent_to", json::object{{"sent_to", request.query.get("den")}})},
        context
    );
}

Result<web::Response> finish_sign_up(const web::Request& request, web::Context& context)
{
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    const auto account = identity::sign_up(
        means(context),
        {.ticket = {ticket},
         .code = request.form.get("code"),
         .full_name = request.form.get("full_name"),
         .password = request.form.get("password"),
         .language = language_code(context)}
    );
    if (!account) {
        const auto problems = placed(account.problem(), "code");
        return draw_form(
            {.page = "sign_up_code",
             .action = same_address("/dang-ky/ma", request),
             .fields = asked_fields({code_asked, name_asked, new_password_asked}, request, problems, context),
             .problems = problems,
             .back = "/dang-ky"},
            context
        );
    }
    auto response = web::see_other("/dang-nhap");
    say_next(response, "flash.account_made");
    return response;
}

Result<web::Response> show_forgotten(const web::Request& request, web::Context& context)
{
    return draw_form(
        {.page = "forgotten",
         .action = "/quen-mat-khau",
         .fields = asked_fields({contact_asked}, request, {}, context),
         .problems = {}},
        context
    );
}

Result<web::Response> forgotten(const web::Request& request, web::Context& context)
{
    const auto ticket = send_code(identity::CodePurpose::reset, request, context);
    if (ticket) return web::see_other(ticket_address("/quen-mat-khau/doi", ticket.value()));
    const auto problems = placed(ticket.problem(), "contact");
    return draw_form(
        {.page = "forgotten",
         .action = "/quen-mat-khau",
         .fields = asked_fields({contact_asked}, request, problems, context),
         .problems = problems},
        context
    );
}

Result<web::Response> show_reset(const web::Request& request, web::Context& context)
{
    return draw_form(
        {.page = "reset",
         .action = same_address("/quen-mat-khau/doi", request),
         .fields = asked_fields({code_asked, new_password_asked}, request, {}, context),
         .problems = {},
         .back = "/quen-mat-khau"},
        context
    );
}

Result<web::Response> reset(const web::Request& request, web::Context& context)
{
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    const auto done = identity::reset_password(
        means(context),
        {ticket},
        request.form.get("code"),
        request.form.get("password"),
        request.form.get("factor")
    );
    if (!done) {
        const bool factor = done.problem().code == "identity.second_factor_needed";
        const auto problems = placed(done.problem(), factor ? "factor" : "code");
        std::vector<Asked> asked{code_asked, new_password_asked};
        if (factor) asked.push_back({.name = "factor", .mode = "numeric", .keep = false});
        return draw_form(
            {.page = "reset",
             .action = same_address("/quen-mat-khau/doi", request),
             .fields = asked_fields(asked, request, problems, context),
             .problems = problems,
             .back = "/quen-mat-khau"},
            context
        );
    }
    auto response = web::see_other("/dang-nhap");
    say_next(response, "flash.password_changed");
    return response;
}

Result<web::Response> show_lost_phone(const web::Request& request, web::Context& context)
{
    return draw_form(
        {.page = "lost_phone",
         .action = "/mat-dien-thoai",
         .fields = asked_fields(
             {{.name = "login", .autocomplete = "username"},
              {.name = "recovery", .keep = false},
              new_password_asked},
             request,
             {},
             context
         ),
         .problems = {}},
        context
    );
}

Result<web::Response> lost_phone(const web::Request& request, web::Context& context)
{
    const auto done = identity::recover_account(
        means(context), request.form.get("login"), request.form.get("recovery"), request.form.get("password")
    );
    if (!done) {
        const auto problems = placed(done.problem(), "recovery");
        return draw_form(
            {.page = "lost_phone",
             .action = "/mat-dien-thoai",
             .fields = asked_fields(
                 {{.name = "login", .autocomplete = "username"},
                  {.name = "recovery", .keep = false},
                  new_password_asked},
                 request,
                 problems,
                 context
             ),
             .problems = problems},
            context
        );
    }
    auto response = web::see_other("/dang-nhap");
    say_next(response, "flash.password_changed");
    return response;
}

Result<web::Response> show_account(const web::Request& request, web::Context& context)
{
    const auto say = speech(context);
    const auto session = TRY(session_of(request, context));
    json::array pairs;
    json::array sessions;
    context.database().read([&](storage::Reader& db) {
        if (const auto party = identity::find_party(db, session.party)) {
            const auto& it = party.value();
            pairs.push_back(casework::pair_values(say.say("portal.field.full_name"), it.name, true));
            if (!it.phone_masked.empty())
                pairs.push_back(casework::pair_values(say.say("portal.account.phone"), it.phone_masked));
            if (!it.email_masked.empty())
                pairs.push_back(casework::pair_values(say.say("portal.account.email"), it.email_masked));
        }
        for (const auto& row : identity::list_sessions(db, session, context.wall()))
            sessions.push_back(json::object{
                {"id", text_of(row.id)},
                {"device", row.agent},
                {"where", row.address},
                {"seen", shown(row.seen)},
                {"current", row.current}});
    });
    json::array links;
    const auto add = [&](std::string_view href, std::string_view icon, std::string_view key) {
        links.push_back(json::object{
            {"href", href},
            {"icon", icon},
            {"text", say.say("portal.account." + std::string(key))},
            {"note", say.say("portal.account." + std::string(key) + "_note")}});
    };
    if (session.account) {
        add("/tai-khoan/mat-khau", "key", "password");
        add("/tai-khoan/ma-du-phong", "phone", "recovery");
    }
    add("/ai-da-xem", "eye", "looked");
    const bool others = sessions.size() > 1;
    return context.render(
        "portal/account",
        {{"pairs", std::move(pairs)},
         {"sessions", std::move(sessions)},
         {"sign_out_others", others},
         {"links", std::move(links)}}
    );
}

Result<web::Response> end_sessions(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const std::string which = request.form.get("end");
    if (which == "others") {
        TRY(context.database().write({}, [&](storage::Writer& db) {
            return identity::end_other_sessions(db, act_of(context), session, context.wall());
        }));
    } else {
        const auto id = TRY(parse_id(which));
        TRY(context.database().write({}, [&](storage::Writer& db) {
            return identity::end_session(db, act_of(context), session, {id}, context.wall());
        }));
    }
    auto response = web::see_other("/tai-khoan");
    say_next(response, "flash.session_ended");
    return response;
}

namespace {

constexpr Asked old_password_asked{
    .name = "old_password", .type = "password", .autocomplete = "current-password", .keep = false};

}  // namespace

Result<web::Response> show_password(const web::Request& request, web::Context& context)
{
    return draw_form(
        {.page = "password",
         .action = "/tai-khoan/mat-khau",
         .fields = asked_fields({old_password_asked, new_password_asked}, request, {}, context),
         .problems = {},
         .back = "/tai-khoan"},
        context
    );
}

Result<web::Response> change_password(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const auto done = identity::change_password(
        means(context), session, request.form.get("old_password"), request.form.get("password")
    );
    if (!done) {
        auto problems = placed(done.problem(), "old_password");
        return draw_form(
            {.page = "password",
             .action = "/tai-khoan/mat-khau",
             .fields = asked_fields({old_password_asked, new_password_asked}, request, problems, context),
             .problems = problems,
             .back = "/tai-khoan"},
            context
        );
    }
    auto response = web::see_other("/tai-khoan");
    say_next(response, "flash.password_changed");
    return response;
}

Result<web::Response> show_recovery(const web::Request&, web::Context& context)
{
    return draw_form(
        {.page = "recovery",
         .action = "/tai-khoan/ma-du-phong",
         .fields = {},
         .problems = {},
         .back = "/tai-khoan"},
        context
    );
}

Result<web::Response> make_recovery(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const auto codes = TRY(identity::new_recovery_codes(means(context), session));
    std::string list;
    for (const auto& code : codes) list += (list.empty() ? "" : "   ") + code;
    return draw_form(
        {.page = "recovery",
         .action = "/tai-khoan/ma-du-phong",
         .fields = {},
         .problems = {},
         .back = "/tai-khoan",
         .lead = speech(context).say("portal.recovery.codes", json::object{{"codes", list}})},
        context
    );
}

namespace {

const std::vector<Asked>& setup_asked()
{
    static const std::vector<Asked> asked{
        name_asked, {.name = "login", .autocomplete = "username"}, new_password_asked};
    return asked;
}

ShortForm setup_form(const web::Request& request, const std::vector<Problem>& problems, web::Context& context)
{
    return {
        .page = "setup",
        .action = "/bat-dau/" + request.value("token"),
        .fields = asked_fields(setup_asked(), request, problems, context),
        .problems = problems,
        .back = "/"};
}

}  // namespace

Result<web::Response> show_setup(const web::Request& request, web::Context& context)
{
    const bool good = context.database().read([&](storage::Reader& db) {
        return identity::setup_token_good(db, request.value("token"), context.wall());
    });
    if (!good) return problem_page(context, {.code = "identity.bad_setup_link", .field = "", .law = ""});
    return draw_form(setup_form(request, {}, context), context);
}

Result<web::Response> finish_setup(const web::Request& request, web::Context& context)
{
    const auto made = identity::finish_setup(
        means(context),
        {.token = request.value("token"),
         .full_name = request.form.get("full_name"),
         .login = request.form.get("login"),
         .password = request.form.get("password")}
    );
    if (!made) return draw_form(setup_form(request, placed(made.problem(), "login"), context), context);
    auto response = web::see_other("/dang-nhap");
    say_next(response, "flash.account_made");
    return response;
}

}  // namespace thien_an::portal
