#pragma once

#include <map>
#include <string>

#include "engine/base/config.h"
#include "engine/web/rate.h"
#include "engine/web/server.h"
#include "engine/web/site.h"

/// The keys of [web] in the configuration.
namespace thien_an::web {

struct WebSettings {
    ServerSettings server;
    SiteSettings site;
    /// Tries at once and a minute, by name, for each address.
    std::map<std::string, Rate, std::less<>> rates{
        {"sign_in", {.burst = 10, .per_minute = 10}},
        {"codes", {.burst = 5, .per_minute = 3}},
        {"slips", {.burst = 10, .per_minute = 6}},
        {"track", {.burst = 30, .per_minute = 30}},
    };
};

template <typename Visitor>
void settings(Visitor& visit, Rate& it)
{
    visit("burst", it.burst, "Requests of one address at once.");
    visit("per_minute", it.per_minute, "Requests of one address a minute after that.");
}

template <typename Visitor>
void settings(Visitor& visit, LaneSettings& it)
{
    visit("workers", it.workers, "Threads of this lane.");
    visit("queue_max", it.queue_max, "Requests that may wait for them; more get 503.");
}

template <typename Visitor>
void settings(Visitor& visit, WebSettings& it)
{
    auto& server = it.server;
    visit("address", server.address, "Address to listen on.");
    visit("port", server.port, "Port to listen on.");
    visit(
        "certificate_file", server.certificate_file, "PEM chain of the server's certificate; empty: no TLS."
    );
    visit("key_file", server.key_file, "PEM key of that certificate.");
    visit(
        "trusted_proxies", it.site.trusted_proxies, "Addresses of proxies whose X-Forwarded-For is believed."
    );
    visit("hsts_s", it.site.hsts, "How long browsers must use TLS, where TLS is used.");
    visit("io_threads", server.io_threads, "Threads that hold connections.");
    visit("interactive", server.lanes[0], "");
    visit("heavy", server.lanes[1], "");
    visit("machines", server.lanes[2], "");
    visit("connections_max", server.connections_max, "Connections in all.");
    visit("connections_per_address_max", server.connections_per_address_max, "Connections of one address.");
    visit("idle_wait_s", server.idle_wait, "How long a connection may rest between two requests.");
    visit("head_wait_s", server.head_wait, "How long a request's head may take.");
    visit("request_wait_s", server.request_wait, "How long a whole request may take.");
    visit("upload_wait_s", server.upload_wait, "How long a request with files may take.");
    visit("stop_wait_s", server.stop_wait, "How long requests in work may take when the server stops.");
    visit("access_log", server.access_log, "A line in the log for each request, without personal data.");
    visit("rates", it.rates, "");
}

}  // namespace thien_an::web
