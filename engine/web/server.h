#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "engine/web/body_taker.h"
#include "engine/web/events.h"
#include "engine/web/lanes.h"
#include "engine/web/site.h"

/// The HTTP/1.1 server: I/O threads hold connections, uploads, downloads and events; lanes run handlers.
namespace thien_an::web {

struct ServerSettings {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8080;  ///< 0: any free one, see Server::url.
    int io_threads = 2;
    std::array<LaneSettings, lane_count> lanes{
        LaneSettings{32, 1024}, LaneSettings{2, 64}, LaneSettings{32, 256}};
    std::int64_t connections_max = 10'000;
    std::int64_t connections_per_address_max = 512;
    std::chrono::milliseconds idle_wait{75'000};     ///< Between two requests of a connection.
    std::chrono::milliseconds head_wait{15'000};     ///< From the first byte of a head to its end.
    std::chrono::milliseconds request_wait{30'000};  ///< From the first byte of a request to its whole body.
    std::chrono::milliseconds upload_wait{600'000};  ///< The same, where bodies are streamed to disk.
    std::chrono::milliseconds answer_wait{
        30'000};                                  ///< To take an answer, and one second more for each 32 KiB.
    std::chrono::milliseconds stop_wait{20'000};  ///< For requests being answered when the server stops.
    std::size_t upload_fields_max = 256 * 1024;   ///< Bytes of text fields beside uploaded files.
    std::string certificate_file;                 ///< PEM chain; empty: no TLS.
    std::string key_file;                         ///< PEM.
    bool access_log = true;  ///< One line a request: method, route, status, time; no person.
};

/// Whether the address could be listened on now. Problem "web.address_taken" (words address, reason).
Result<Done> check_address(const ServerSettings& settings);

class Server {
public:
    /// `site` and `events` must outlive the server.
    Server(const Site& site, UploadMaker uploads, Events& events, ServerSettings settings);
    ~Server();  ///< As stop().
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    /// Listens and returns. Throws std::system_error when the address is taken, std::runtime_error for a bad certificate.
    void start();
    /// Takes no new connection, closes idle ones, lets requests in work end (at most stop_wait), ends the threads.
    void stop();
    std::string url() const;  ///< "http://127.0.0.1:8080"; valid after start().

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace thien_an::web
