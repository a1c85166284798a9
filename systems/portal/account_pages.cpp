#include "systems/portal/account_pages.h"

#include "engine/identity/codes.h"
#include "engine/identity/parties.h"
#include "engine/web/site.h"
#include "engine/web/url.h"

#include "systems/portal/short_form.h"
#include "systems/portal/visit.h"

namespace thien_an::portal {
namespace {

using casework::Speech;

std::string language_code(const web::Context& context)
{
    return std::string(text::code_of(context.language()));
}

web::Response draw_sign_in(
    const web::Request& request, const std::optional<Problem>& problem, web::Context& context
)
{
    const auto say = speech(context);
    const bool locked = problem && problem->code == "identity.locked_out";
    std::vector<Problem> problems;
    if (problem) problems.push_back(placed(*problem, "login"));
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
         {"by_phone_href",
          "/dang-nhap/dien-thoai?ve=" + web::percent_encoded(local_path(back, "/ho-so-cua-toi"))},
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
         {"again_href", nullptr}},
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
    identity::CodePurpose purpose,
    const std::string& contact,
    const web::Request& request,
    web::Context& context
)
{
    return identity::request_code(
        means(context),
        {.purpose = purpose,
         .contact = contact,
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
    auto asked = origin_of(request);
    asked.login = request.form.get("login");
    asked.password = request.form.get("password");
    const auto entered = identity::sign_in(means(context), asked);
    if (!entered) return draw_sign_in(request, entered.problem(), context);
    const auto& signed_in = entered.value();
    const std::string home = home_of(request, signed_in);
    auto response = web::see_other(
        signed_in.second_factor_asked    ? "/dang-nhap/ma?ve=" + web::percent_encoded(home)
        : signed_in.must_change_password ? "/tai-khoan/mat-khau"
        : signed_in.second_factor_to_set ? "/ban-lam-viec/xac-thuc"
                                         : home
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
            {placed(proved.problem(), "code")},
            context
        );
    return web::see_other(
        local_path(request.query.get("ve"), session.post ? "/ban-lam-viec" : "/ho-so-cua-toi")
    );
}

namespace {

/// Back to where the code was asked for: the way to have it sent again.
std::vector<Way> send_again(std::string href, const web::Context& context)
{
    return {{std::move(href), context.say("portal.code.resend")}};
}

std::string sent_to(const web::Request& request, const web::Context& context)
{
    return context.say("portal.code.sent_to", json::object{{"sent_to", request.query.get("den")}});
}

web::Response to_sign_in(std::string_view flash)
{
    auto response = web::see_other("/dang-nhap");
    say_next(response, flash);
    return response;
}

web::Response to_account(std::string_view flash)
{
    auto response = web::see_other("/tai-khoan");
    say_next(response, flash);
    return response;
}

/// Signing in without an account, by a code sent to the phone a dossier was filed with.
ShortForm by_phone_form(const web::Request& request)
{
    return {
        .page = "by_phone",
        .action = "/dang-nhap/dien-thoai?ve=" + web::percent_encoded(request.query.get("ve")),
        .asked = {phone_asked},
        .first = "phone"};
}

ShortForm by_phone_code_form(const web::Request& request, const web::Context& context)
{
    const std::string back = "/dang-nhap/dien-thoai?ve=" + web::percent_encoded(request.query.get("ve"));
    return {
        .page = "by_phone_code",
        .action = same_address("/dang-nhap/dien-thoai/ma", request) +
                  "&ve=" + web::percent_encoded(request.query.get("ve")),
        .asked = {code_asked},
        .first = "code",
        .back = back,
        .lead = sent_to(request, context),
        .ways = send_again(back, context)};
}

ShortForm sign_up_form()
{
    return {.page = "sign_up", .action = "/dang-ky", .asked = {contact_asked}, .first = "contact"};
}

ShortForm sign_up_code_form(const web::Request& request, const web::Context& context)
{
    return {
        .page = "sign_up_code",
        .action = same_address("/dang-ky/ma", request),
        .asked = {code_asked, name_asked, new_password_asked},
        .first = "code",
        .back = "/dang-ky",
        .lead = sent_to(request, context),
        .ways = send_again("/dang-ky", context)};
}

ShortForm forgotten_form()
{
    return {.page = "forgotten", .action = "/quen-mat-khau", .asked = {contact_asked}, .first = "contact"};
}

ShortForm reset_form(const web::Request& request, const web::Context& context, bool with_factor)
{
    ShortForm form{
        .page = "reset",
        .action = same_address("/quen-mat-khau/doi", request),
        .asked = {code_asked, new_password_asked},
        .first = "code",
        .back = "/quen-mat-khau",
        .lead = sent_to(request, context),
        .ways = send_again("/quen-mat-khau", context)};
    if (with_factor) form.asked.push_back({.name = "factor", .mode = "numeric", .keep = false});
    return form;
}

ShortForm lost_phone_form()
{
    return {
        .page = "lost_phone",
        .action = "/mat-dien-thoai",
        .asked = {login_asked, {.name = "recovery", .keep = false}, new_password_asked},
        .first = "recovery"};
}

ShortForm password_form()
{
    return {
        .page = "password",
        .action = "/tai-khoan/mat-khau",
        .asked =
            {{.name = "old_password", .type = "password", .autocomplete = "current-password", .keep = false},
             new_password_asked},
        .first = "old_password",
        .back = "/tai-khoan"};
}

ShortForm contact_form()
{
    return {
        .page = "contact",
        .action = "/tai-khoan/lien-he",
        .asked = {contact_asked},
        .first = "contact",
        .back = "/tai-khoan"};
}

ShortForm contact_code_form(const web::Request& request, const web::Context& context)
{
    return {
        .page = "contact_code",
        .action = same_address("/tai-khoan/lien-he/ma", request),
        .asked = {code_asked},
        .first = "code",
        .back = "/tai-khoan/lien-he",
        .lead = sent_to(request, context),
        .ways = send_again("/tai-khoan/lien-he", context)};
}

ShortForm recovery_form()
{
    return {.page = "recovery", .action = "/tai-khoan/ma-du-phong", .back = "/tai-khoan"};
}

ShortForm setup_form(const web::Request& request)
{
    return {
        .page = "setup",
        .action = "/bat-dau/" + request.value("token"),
        .asked = {name_asked, login_asked, new_password_asked},
        .first = "login",
        .back = "/"};
}

}  // namespace

Result<web::Response> show_by_phone(const web::Request& request, web::Context& context)
{
    return draw(by_phone_form(request), request, context);
}

Result<web::Response> by_phone(const web::Request& request, web::Context& context)
{
    const auto phone = identity::tidy_phone(request.form.get("phone"));
    if (!phone) return draw(by_phone_form(request), request, context, phone.problem());
    const auto ticket = send_code(identity::CodePurpose::guest, phone.value(), request, context);
    if (!ticket) return draw(by_phone_form(request), request, context, ticket.problem());
    return web::see_other(
        ticket_address("/dang-nhap/dien-thoai/ma", ticket.value()) +
        "&ve=" + web::percent_encoded(request.query.get("ve"))
    );
}

Result<web::Response> show_by_phone_code(const web::Request& request, web::Context& context)
{
    return draw(by_phone_code_form(request, context), request, context);
}

Result<web::Response> enter_by_phone(const web::Request& request, web::Context& context)
{
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    const auto entered =
        identity::sign_in_guest(means(context), {ticket}, request.form.get("code"), origin_of(request));
    if (!entered) return draw(by_phone_code_form(request, context), request, context, entered.problem());
    auto response = web::see_other(local_path(request.query.get("ve"), "/ho-so-cua-toi"));
    keep_session(response, entered.value());
    return response;
}

Result<web::Response> show_sign_up(const web::Request& request, web::Context& context)
{
    return draw(sign_up_form(), request, context);
}

Result<web::Response> sign_up(const web::Request& request, web::Context& context)
{
    const auto ticket =
        send_code(identity::CodePurpose::sign_up, request.form.get("contact"), request, context);
    if (!ticket) return draw(sign_up_form(), request, context, ticket.problem());
    return web::see_other(ticket_address("/dang-ky/ma", ticket.value()));
}

Result<web::Response> show_sign_up_code(const web::Request& request, web::Context& context)
{
    return draw(sign_up_code_form(request, context), request, context);
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
    if (!account) return draw(sign_up_code_form(request, context), request, context, account.problem());
    return to_sign_in("flash.account_made");
}

Result<web::Response> show_forgotten(const web::Request& request, web::Context& context)
{
    return draw(forgotten_form(), request, context);
}

Result<web::Response> forgotten(const web::Request& request, web::Context& context)
{
    const auto ticket =
        send_code(identity::CodePurpose::reset, request.form.get("contact"), request, context);
    if (!ticket) return draw(forgotten_form(), request, context, ticket.problem());
    return web::see_other(ticket_address("/quen-mat-khau/doi", ticket.value()));
}

Result<web::Response> show_reset(const web::Request& request, web::Context& context)
{
    return draw(reset_form(request, context, false), request, context);
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
    if (done) return to_sign_in("flash.password_changed");
    const bool factor = done.problem().code == "identity.second_factor_needed" || request.form.has("factor");
    return draw(reset_form(request, context, factor), request, context, done.problem());
}

Result<web::Response> show_lost_phone(const web::Request& request, web::Context& context)
{
    return draw(lost_phone_form(), request, context);
}

Result<web::Response> lost_phone(const web::Request& request, web::Context& context)
{
    const auto done = identity::recover_account(
        means(context), request.form.get("login"), request.form.get("recovery"), request.form.get("password")
    );
    if (!done) return draw(lost_phone_form(), request, context, done.problem());
    return to_sign_in("flash.password_changed");
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
            if (!it.name.empty())
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
        add("/tai-khoan/lien-he", "phone", "contact");
        add("/tai-khoan/ma-du-phong", "lock", "recovery");
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
    return to_account("flash.session_ended");
}

Result<web::Response> show_password(const web::Request& request, web::Context& context)
{
    return draw(password_form(), request, context);
}

Result<web::Response> change_password(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const auto done = identity::change_password(
        means(context), session, request.form.get("old_password"), request.form.get("password")
    );
    if (!done) return draw(password_form(), request, context, done.problem());
    return to_account("flash.password_changed");
}

Result<web::Response> show_contact(const web::Request& request, web::Context& context)
{
    return draw(contact_form(), request, context);
}

Result<web::Response> ask_contact(const web::Request& request, web::Context& context)
{
    const auto ticket =
        send_code(identity::CodePurpose::change_contact, request.form.get("contact"), request, context);
    if (!ticket) return draw(contact_form(), request, context, ticket.problem());
    return web::see_other(ticket_address("/tai-khoan/lien-he/ma", ticket.value()));
}

Result<web::Response> show_contact_code(const web::Request& request, web::Context& context)
{
    return draw(contact_code_form(request, context), request, context);
}

Result<web::Response> change_contact(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    const auto ticket = TRY(parse_id(request.query.get("phieu")));
    const auto done = identity::change_contact(means(context), session, {ticket}, request.form.get("code"));
    if (!done) return draw(contact_code_form(request, context), request, context, done.problem());
    return to_account("flash.contact_changed");
}

Result<web::Response> show_recovery(const web::Request& request, web::Context& context)
{
    return draw(recovery_form(), request, context);
}

Result<web::Response> make_recovery(const web::Request& request, web::Context& context)
{
    const auto session = TRY(session_of(request, context));
    auto form = recovery_form();
    form.codes = TRY(identity::new_recovery_codes(means(context), session));
    form.lead = context.say("portal.recovery.copy");
    return draw(form, request, context);
}

Result<web::Response> show_setup(const web::Request& request, web::Context& context)
{
    const bool good = context.database().read([&](storage::Reader& db) {
        return identity::setup_token_good(db, request.value("token"), context.wall());
    });
    if (!good) return problem_page(context, {.code = "identity.bad_setup_link", .field = "", .law = ""});
    return draw(setup_form(request), request, context);
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
    if (!made) return draw(setup_form(request), request, context, made.problem());
    return to_sign_in("flash.account_made");
}

}  // namespace thien_an::portal
