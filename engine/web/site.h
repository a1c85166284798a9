#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/log.h"
#include "engine/web/assets.h"
#include "engine/web/context.h"
#include "engine/web/head.h"
#include "engine/web/metrics.h"
#include "engine/web/rate.h"
#include "engine/web/route.h"
#include "engine/web/session.h"
#include "engine/web/token.h"

/// The way of a request from its head to its answer, without sockets: route, session, right, limit, token, handler.
namespace thien_an::web {

struct SiteSettings {
    /// Addresses of proxies whose X-Forwarded-For and X-Forwarded-Proto are believed.
    std::vector<std::string> trusted_proxies;
    bool tls = false;  ///< We speak TLS ourselves: Secure cookies, HSTS.
    std::chrono::seconds hsts{std::chrono::days{180}};
    std::string sign_in_path = "/dang-nhap";      ///< Where a page without session is sent; gets ?ve=PATH.
    std::string error_template = "portal/error";  ///< Gets title, text, incident, links.
    std::string desk_path =
        "/ban-lam-viec";  ///< Below it officers get the other one, in the frame of the desk.
    std::string desk_error_template = "one_stop/error";
    std::string public_url = "/";  ///< Of the API, in its description.
    bool show_faults = false;      ///< Tests and demo only: the page of a fault says what it was.
};

class Site {
public:
    struct Parts {
        const RouteTable& routes;
        const Services& services;
        const Pages& pages;
        const Assets& assets;
        const TokenMaker& tokens;
        SessionSource& sessions;
        RateLimiter& limits;
        Metrics& metrics;
        IdSource& ids;
        const Clock& business;
        const Clock& wall;
        const Log& log;
    };
    Site(Parts parts, SiteSettings settings);

    /// What is known before the body is read; on an I/O thread, so quick.
    struct Plan {
        Request request;
        const Route* route = nullptr;
        std::optional<Response>
            answer;  ///< Already decided: a static file, a page nobody has, a body too large.
        std::size_t body_max = 0;
    };
    Plan plan(const Head& head, std::string_view peer) const;

    /// The answer of a planned request whose body is in `request.body` or on disk. Never throws: a fault becomes 500
    /// with an incident number. On a worker.
    Response answer(Request& request, const Route& route) const;
    /// An answer for what never reached a handler.
    Response refuse(const Request& request, const Problem& problem) const;

    /// Puts cookies, security headers and caching into the answer's headers; empties the body of HEAD and 304.
    void finish(const Request& request, Response& response) const;

    const Parts& parts() const { return parts_; }
    bool trusts(std::string_view peer) const;  ///< The address is a proxy's, of the configuration.

private:
    struct Asker {
        std::shared_ptr<const Session> session;
        std::string visitor;
        bool fresh_visitor = false;
        std::string owner() const { return session ? session->id : visitor; }
    };

    Response answer_or_throw(Request& request, const Route& route) const;
    static void compress(const Request& request, const Asker& asker, Response& response);
    Response problem(const Request& request, const Context& context, const Problem& problem) const;
    Response fault(const Request& request, const Route& route, const std::exception& error) const;
    Asker asker_of(const Request& request, Instant wall) const;
    Result<Done> may_go_on(const Request& request, const Route& route, const Asker& asker) const;
    Result<Done> check_form_token(const Request& request, const Route& route, const Asker& asker) const;
    Context context_of(const Request& request, const Asker& asker, Instant now, Instant wall) const;
    bool secure_cookies(const Request& request) const { return settings_.tls || request.secure; }
    std::string cookie_name(const Request& request, std::string_view name) const;

    Parts parts_;
    SiteSettings settings_;
    std::shared_ptr<const std::string> api_;  ///< GET /api/openapi.json; held by answers while they are sent.
};

/// Understands `request.body` by its type: fills form, files (in memory) or json. Problems "web.bad_type", "web.bad_form"
/// and those of json::parse.
Result<Done> take_body(Request& request);

/// The language of the answer: cookie "lang", which a person sets on any page, else Vietnamese, the language of the
/// province's offices, whatever a browser was installed in. Programs that ask the API choose with Accept-Language.
text::Language language_of(const Request& request);

constexpr std::string_view session_cookie = "phien";
constexpr std::string_view visitor_cookie = "khach";

/// /health, /ready, /metrics, POST /hien-thi (language and look). /tinh/ and /api/openapi.json are answered without a row. `Readiness` is a service the program gives.
struct Readiness {
    std::function<bool()> ready;
};
std::span<const Route> own_routes();

}  // namespace thien_an::web
