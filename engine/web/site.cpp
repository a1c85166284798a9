#include "engine/web/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/json.h"
#include "engine/web/desk.h"
#include "engine/web/gzip.h"
#include "engine/web/multipart.h"
#include "engine/web/openapi.h"
#include "engine/web/url.h"

namespace thien_an::web {
namespace {

Problem plain_problem(std::string code) { return {.code = std::move(code), .field = "", .law = ""}; }

std::optional<Method> method_named(std::string_view name)
{
    if (name == "GET" || name == "HEAD") return Method::get;
    if (name == "POST") return Method::post;
    if (name == "PUT") return Method::put;
    if (name == "PATCH") return Method::patch;
    if (name == "DELETE") return Method::del;
    return std::nullopt;
}

bool is_json_type(std::string_view type)
{
    return type == "application/json" || (type.starts_with("application/") && type.ends_with("+json"));
}

std::string type_of_body(const Request& request)
{
    const auto value = parse_header_value(request.header("content-type"));
    return value ? value->first : "";
}

/// Whether `word` is one of `words`, which spaces separate.
bool is_word_of(std::string_view words, std::string_view word)
{
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        if (!word.empty() && words.substr(0, end) == word) return true;
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return false;
}

/// Keeps a small form in memory.
class MemoryParts : public PartSink {
public:
    explicit MemoryParts(Request& request) : request_(request) {}

    Result<Done> begin(const PartHead& head) override
    {
        head_ = head;
        content_.clear();
        return Done{};
    }
    Result<Done> more(std::string_view bytes) override
    {
        content_ += bytes;
        return Done{};
    }
    Result<Done> end() override
    {
        if (!head_.is_file) {
            request_.form.add(std::move(head_.name), std::move(content_));
            return Done{};
        }
        Upload upload;
        upload.field = std::move(head_.name);
        upload.file_name = std::move(head_.file_name);
        upload.type = std::move(head_.type);
        upload.size = content_.size();
        upload.content = std::move(content_);
        request_.files.push_back(std::move(upload));
        return Done{};
    }

private:
    Request& request_;
    PartHead head_;
    std::string content_;
};

/// "vi-VN,vi;q=0.9,en;q=0.8": the weight of a language, 0 when it is not named.
double weight_of(std::string_view accepted, std::string_view code)
{
    double best = 0;
    while (!accepted.empty()) {
        const auto end = std::min(accepted.find(','), accepted.size());
        auto one = accepted.substr(0, end);
        accepted.remove_prefix(std::min(end + 1, accepted.size()));
        while (one.starts_with(' ')) one.remove_prefix(1);
        if (!one.starts_with(code)) continue;
        const auto q = one.find("q=");
        double weight = 1;
        if (q != std::string_view::npos) std::from_chars(one.data() + q + 2, one.data() + one.size(), weight);
        best = std::max(best, weight);
    }
    return best;
}

std::string_view title_key(int status)
{
    switch (status) {
    case 400: return "web.title.bad_request";
    case 401: return "web.title.not_signed_in";
    case 403: return "web.title.forbidden";
    case 404: return "web.title.no_such_page";
    case 409: return "web.title.conflict";
    case 413: return "web.title.too_large";
    case 429:
    case 503: return "web.title.busy";
    case 500: return "web.title.fault";
    case 507: return "web.title.full";
    default: return "web.title.other";
    }
}

}  // namespace

text::Language language_of(const Request& request)
{
    const auto chosen = request.cookies.get("lang");
    if (chosen == "en") return text::Language::en;
    if (chosen == "vi") return text::Language::vi;
    if (!request.path.starts_with("/api/")) return text::Language::vi;
    const auto accepted = request.header("accept-language");
    return weight_of(accepted, "en") > weight_of(accepted, "vi") ? text::Language::en : text::Language::vi;
}

Result<Done> take_body(Request& request)
{
    if (!request.files.empty()) return Done{};  // Came in pieces and is on disk, fields beside it.
    const auto type = type_of_body(request);
    if (type == "application/x-www-form-urlencoded") {
        request.form = TRY(parse_urlencoded(request.body));
    } else if (type == "multipart/form-data") {
        if (request.body.empty()) return Done{};  // Came in pieces, without any file.
        const auto boundary = boundary_of(request.header("content-type"));
        if (boundary.empty()) return plain_problem("web.bad_form");
        MemoryParts parts(request);
        MultipartReader reader(boundary, parts);
        TRY(reader.feed(request.body));
        TRY(reader.finish());
    } else if (is_json_type(type)) {
        request.json = TRY(json::parse(request.body));
    }
    return Done{};
}

Site::Site(Parts parts, SiteSettings settings)
    : parts_(parts),
      settings_(std::move(settings)),
      api_(std::make_shared<const std::string>(json::text_of(openapi(parts.routes, settings_.public_url))))
{
}

bool Site::trusts(std::string_view peer) const
{
    const auto& list = settings_.trusted_proxies;
    return std::find(list.begin(), list.end(), peer) != list.end();
}

std::string Site::cookie_name(const Request& request, std::string_view name) const
{
    return (secure_cookies(request) ? "__Host-" : "") + std::string(name);
}

Site::Plan Site::plan(const Head& head, std::string_view peer) const
{
    Plan plan;
    auto& request = plan.request;
    request.headers = head.headers;
    request.target = head.target;
    request.host = head.host;
    request.head = head.method == "HEAD";
    request.remote = peer;
    request.secure = settings_.tls;
    if (trusts(peer)) {
        const auto forwarded = request.header("x-forwarded-for");
        const auto last = forwarded.rfind(',');
        auto named = forwarded.substr(last == std::string::npos ? 0 : last + 1);
        std::erase(named, ' ');
        if (!named.empty()) request.remote = named;
        request.secure = request.secure || request.header("x-forwarded-proto") == "https";
    }
    request.cookies = parse_cookies(request.header("cookie"));
    const auto method = method_named(head.method);
    auto path = path_of(head.target);
    auto query = parse_urlencoded(query_of(head.target));
    if (!path || !query) {
        plan.answer = refuse(request, plain_problem("web.bad_request"));
        return plan;
    }
    request.path = std::move(path).value();
    request.query = std::move(query).value();
    if (request.path.starts_with("/tinh/") && method == Method::get) {
        plan.answer = parts_.assets.answer(request);
        return plan;
    }
    if (request.path == "/api/openapi.json" && method == Method::get) {
        plan.answer = json_answer(nullptr);
        plan.answer->kept = api_;
        plan.answer->shared = true;
        return plan;
    }
    auto match = parts_.routes.find(method.value_or(Method::get), request.path);
    if (match.route == nullptr || !method) {
        const bool other_methods = !match.methods.empty() || match.route != nullptr;
        plan.answer =
            refuse(request, plain_problem(other_methods ? "web.method_not_allowed" : "web.no_such_page"));
        std::string allowed = match.route != nullptr ? std::string(name_of(match.route->method)) : "";
        for (const auto m : match.methods) allowed += (allowed.empty() ? "" : ", ") + std::string(name_of(m));
        if (other_methods) plan.answer->header("Allow", allowed);
        return plan;
    }
    request.method = *method;
    request.values = std::move(match.values);
    plan.route = match.route;
    plan.body_max = request.method == Method::get ? 0 : match.route->options.body_max;
    if (head.content_length.value_or(0) > plan.body_max || (head.chunked && plan.body_max == 0))
        plan.answer = refuse(request, plain_problem("web.body_too_large"));
    return plan;
}

Site::Asker Site::asker_of(const Request& request, Instant wall) const
{
    Asker asker;
    const auto bearer = request.header("authorization");
    if (bearer.starts_with("Bearer ")) {
        asker.session = parts_.sessions.by_bearer(std::string_view(bearer).substr(7), wall);
        return asker;
    }
    if (const auto* token = request.cookies.find(cookie_name(request, session_cookie)))
        asker.session = parts_.sessions.by_cookie(*token, wall);
    asker.visitor = parts_.tokens.visitor_in(request.cookies.get(cookie_name(request, visitor_cookie)));
    return asker;
}

Context Site::context_of(const Request& request, const Asker& asker, Instant now, Instant wall) const
{
    Look look;
    if (const auto theme = request.cookies.get("theme"); theme == "light" || theme == "dark")
        look.theme = theme;
    if (request.cookies.get("text") == "large") look.text = "large";
    if (request.cookies.get("contrast") == "more") look.contrast = "more";
    return Context({
        .services = parts_.services,
        .pages = parts_.pages,
        .request = request,
        .now = now,
        .wall = wall,
        .language = language_of(request),
        .look = std::move(look),
        .session = asker.session,
        .visitor = asker.visitor,
        .csrf = parts_.tokens.csrf_for(asker.owner()),
        .form_key = random_token(),
    });
}

Result<Done> Site::check_form_token(const Request& request, const Route& route, const Asker& asker) const
{
    const bool changes = request.method != Method::get;
    const bool bearer = asker.session && asker.session->bearer;
    if (!changes || bearer) return Done{};
    // A page of another site may send a form here, but never with our address as its origin.
    const auto origin = request.header("origin");
    if (!origin.empty() && origin != "http://" + request.host && origin != "https://" + request.host)
        return plain_problem("web.csrf");
    if (!route.options.csrf) return Done{};
    const auto header = request.header("x-csrf-token");
    const auto sent = header.empty() ? request.form.get("csrf") : header;
    if (asker.owner().empty() || !parts_.tokens.csrf_matches(asker.owner(), sent))
        return plain_problem("web.csrf");
    return Done{};
}

Result<Done> Site::may_go_on(const Request& request, const Route& route, const Asker& asker) const
{
    const auto permission = route.permission.name();
    const auto* session = asker.session.get();
    if (permission != open.name() && session == nullptr) return plain_problem("web.not_signed_in");
    if (session != nullptr && session->bearer) {
        const auto scope = route.options.scope;
        const bool held = scope == any_scope || (!scope.empty() && session->has_scope(scope));
        if (permission != open.name() && !held) return plain_problem("web.forbidden");
    }
    if (session != nullptr && session->second_factor_due && permission != open.name() &&
        permission != signed_in.name())
        return plain_problem("web.second_factor_needed");
    if (permission != open.name() && permission != signed_in.name() && !session->may(permission))
        return plain_problem("web.forbidden");
    if (!route.options.rate.empty()) {
        const auto now = std::chrono::steady_clock::now();
        const auto wait = route.options.guesses ? parts_.limits.wait(route.options.rate, request.remote, now)
                                                : parts_.limits.take(route.options.rate, request.remote, now);
        if (wait.count() > 0)
            return Problem{
                .code = "web.too_many_requests",
                .field = "",
                .law = "",
                .words = {{"seconds", std::to_string(wait.count())}}};
    }
    TRY(check_form_token(request, route, asker));
    if (route.options.input != nullptr) {
        const auto type = type_of_body(request);
        if (is_word_of(route.options.input_also, type)) return Done{};
        if (!is_json_type(type)) return plain_problem("web.bad_type");
        TRY(route.options.input().check(request.json));
    }
    return Done{};
}

Response Site::problem(const Request& request, const Context& context, const Problem& problem) const
{
    const int status = status_of(problem);
    if (problem.code == "web.not_signed_in" && request.wants_page() && request.method == Method::get)
        return see_other(settings_.sign_in_path + "?ve=" + percent_encoded(request.target));
    auto response = [&] {
        const auto sentence = context.sentence(problem);
        if (!request.wants_page()) return problem_answer(problem, sentence);
        boost::json::object values{
            {"title", context.say(title_key(status))},
            {"text", sentence},
            {"incident", nullptr},
            {"links", boost::json::array{}}};
        const bool at_desk = context.session() != nullptr && context.actor().post &&
                             request.path.starts_with(settings_.desk_path) &&
                             parts_.services.has<DeskFrame>();
        if (at_desk) return render_desk(context, settings_.desk_error_template, std::move(values), status);
        return context.render(settings_.error_template, std::move(values), status);
    }();
    if (status == 401) response.header("WWW-Authenticate", "Bearer");
    if (status == 503) response.header("Retry-After", "1");
    if (status == 429 && !problem.words.empty()) response.header("Retry-After", problem.words.front().second);
    return response;
}

Response Site::refuse(const Request& request, const Problem& problem) const
{
    const Asker nobody;
    return this->problem(
        request, context_of(request, nobody, parts_.business.now(), parts_.wall.now()), problem
    );
}

Response Site::fault(const Request& request, const Route& route, const std::exception& error) const
{
    const auto incident = std::to_string(parts_.ids.next());
    parts_.log.error(
        "fault",
        {{"incident", incident},
         {"method", name_of(route.method)},
         {"route", route.path},
         {"what", error.what()}}
    );
    const Problem told{.code = "web.fault", .field = "", .law = "", .words = {{"incident", incident}}};
    try {
        const Asker nobody;
        const auto context = context_of(request, nobody, parts_.business.now(), parts_.wall.now());
        const auto sentence =
            context.sentence(told) + (settings_.show_faults ? std::string(" ") + error.what() : "");
        if (!request.wants_page()) return problem_answer(told, sentence);
        return context.render(
            settings_.error_template,
            {{"title", context.say("web.title.fault")},
             {"text", sentence},
             {"incident", incident},
             {"links", boost::json::array{}}},
            500
        );
    } catch (const std::exception& again) {
        // The page of errors has an error itself: the number must still arrive.
        parts_.log.error("fault_page", {{"incident", incident}, {"what", again.what()}});
        return text_answer("500 " + incident + "\n", 500);
    }
}

Response Site::answer_or_throw(Request& request, const Route& route) const
{
    if (request.method != Method::get)
        if (const auto taken = take_body(request); !taken) return refuse(request, taken.problem());
    const auto wall = parts_.wall.now();
    auto asker = asker_of(request, wall);
    if (!asker.session && asker.visitor.empty() && request.method == Method::get) {
        const auto cookie = parts_.tokens.new_visitor();
        asker.visitor = parts_.tokens.visitor_in(cookie);
        asker.fresh_visitor = true;
        request.cookies.add("fresh visitor", cookie);
    }
    auto context = context_of(request, asker, parts_.business.now(), wall);
    if (const auto allowed = may_go_on(request, route, asker); !allowed)
        return problem(request, context, allowed.problem());
    auto answered = route.handler(request, context);
    auto response = answered ? std::move(answered).value() : problem(request, context, answered.problem());
    constexpr int missed = 404;
    if (route.options.guesses && response.status == missed)
        parts_.limits.take(route.options.rate, request.remote, std::chrono::steady_clock::now());
    const bool page = response.type.starts_with("text/html") && !request.path.starts_with("/api/");
    if (asker.fresh_visitor && page && response.status != 304)
        response.cookie({.name = std::string(visitor_cookie), .value = request.cookies.get("fresh visitor")});
    compress(request, asker, response);
    return response;
}

/// Only pages of visitors: what a signed-in person sees must not tell itself by its length (BREACH). The form token is
/// masked anew in each page.
void Site::compress(const Request& request, const Asker& asker, Response& response)
{
    constexpr std::size_t worth_it = 1400;  // Less fits one packet anyway.
    if (!response.type.starts_with("text/html") || asker.session) return;
    response.header("Vary", "Accept-Encoding, Cookie");
    if (response.body.size() < worth_it ||
        request.header("accept-encoding").find("gzip") == std::string::npos)
        return;
    response.body = gzipped(response.body);
    response.header("Content-Encoding", "gzip");
}

Response Site::answer(Request& request, const Route& route) const
{
    try {
        return answer_or_throw(request, route);
    } catch (const storage::DiskFull&) {
        parts_.log.error("disk_full", {{"route", route.path}});
        return refuse(request, plain_problem("web.disk_full"));
    } catch (const storage::Busy&) {
        parts_.log.warning("database_busy", {{"route", route.path}});
        return refuse(request, plain_problem("web.too_busy"));
    } catch (const std::exception& error) {
        return fault(request, route, error);
    } catch (...) {
        return fault(request, route, std::runtime_error("something that is no std::exception"));
    }
}

void Site::finish(const Request& request, Response& response) const
{
    for (const auto& cookie : response.cookies) {
        std::string line = cookie_name(request, cookie.name) + "=" + cookie.value + "; Path=/; SameSite=Lax";
        if (!cookie.scripts_may_read) line += "; HttpOnly";
        if (secure_cookies(request)) line += "; Secure";
        if (cookie.max_age) line += fmt::format("; Max-Age={}", cookie.max_age->count());
        response.header("Set-Cookie", std::move(line));
    }
    constexpr std::array<std::pair<std::string_view, std::string_view>, 7> always{{
        {"Content-Security-Policy",
         "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
         "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "same-origin"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
        {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
        {"X-Frame-Options", "DENY"},
    }};
    for (const auto& [name, value] : always)
        if (!response.headers.has(name)) response.header(std::string(name), std::string(value));
    if (secure_cookies(request))
        response.header("Strict-Transport-Security", fmt::format("max-age={}", settings_.hsts.count()));
    if (!response.headers.has("Cache-Control"))
        response.header("Cache-Control", response.shared ? "public, max-age=60" : "private, no-store");
    const auto* etag = response.headers.find("ETag");
    if (etag != nullptr && response.status == 200 &&
        request.header("if-none-match").find(*etag) != std::string::npos) {
        response.status = 304;
        response.body.clear();
        response.kept.reset();
        response.source.reset();
    }
}

}  // namespace thien_an::web
