#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "engine/web/server.h"

/// A whole door for tests: routes, words, templates and sessions held in memory.
namespace thien_an::web::test {

/// Sessions by token, as a test puts them.
struct FakeSessions : SessionSource {
    std::map<std::string, Session, std::less<>> cookies;
    std::map<std::string, Session, std::less<>> bearers;

    static std::shared_ptr<const Session> find(
        const std::map<std::string, Session, std::less<>>& held, std::string_view token
    )
    {
        const auto found = held.find(token);
        return found == held.end() ? nullptr : std::make_shared<const Session>(found->second);
    }
    std::shared_ptr<const Session> by_cookie(std::string_view token, Instant) override
    {
        return find(cookies, token);
    }
    std::shared_ptr<const Session> by_bearer(std::string_view token, Instant) override
    {
        return find(bearers, token);
    }
};

/// Counts what it is given.
struct CountedUpload : storage::Upload {
    explicit CountedUpload(std::int64_t most) : bytes_max(most) {}
    Result<Done> add(ByteView piece) override
    {
        bytes += std::int64_t(piece.size());
        for (const auto byte : piece) sum += byte;
        if (bytes > bytes_max) return Problem{.code = "storage.file_too_large", .field = "", .law = ""};
        return Done{};
    }
    Result<storage::StoredBlob> finish() override
    {
        return storage::StoredBlob{.sha256 = std::to_string(sum), .size = bytes};
    }
    std::int64_t bytes_max;
    std::int64_t bytes = 0;
    std::uint64_t sum = 0;
};

struct Door {
    explicit Door(std::span<const Route> routes, SiteSettings site_settings = {});

    std::string log_lines;
    Log log{[this](std::string_view line) { log_lines += line; }, Log::Level::info};
    text::Catalogue words;
    text::Templates templates;
    Pages pages{words, templates, {}, {}, {}};
    Assets assets;
    Services services;
    Readiness readiness{[] { return true; }};
    IdSource ids{1};
    Clock clock;
    TokenMaker tokens{Bytes(32, 7)};
    FakeSessions sessions;
    RateLimiter limits{{{"few", {.burst = 2, .per_minute = 60}}}};
    Metrics metrics;
    RouteTable table;
    Site site;
    Events events;

    /// A started server on a free port.
    std::unique_ptr<Server> server(ServerSettings settings = {});
    /// A request as it would come, answered without socket. `head` lacks its last empty line.
    Response ask(const std::string& head, const std::string& body = "");
};

}  // namespace thien_an::web::test
