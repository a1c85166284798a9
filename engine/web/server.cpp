#include "engine/web/server.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <list>
#include <thread>
#include <unordered_map>

#include "engine/web/body_taker.h"
#include "engine/web/wire.h"

// The only file that knows Boost.Asio and Boost.Beast.
namespace thien_an::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using Steady = std::chrono::steady_clock;
template <typename T>
using Task = asio::awaitable<T>;

Problem problem_of(const char* code) { return {.code = code, .field = "", .law = ""}; }

auto into(error_code& error) { return asio::redirect_error(asio::use_awaitable, error); }

constexpr std::size_t piece_bytes = 64 * 1024;

/// One connection, as its I/O thread knows it.
struct Live {
    beast::tcp_stream* stream = nullptr;
    bool idle = true;  ///< Between requests: may be closed at any moment.
};

/// One I/O thread. Everything in it is touched by that thread only.
struct Loop {
    std::list<Live> live;  // Before the context: connections that die with it still leave this list.
    bool stopping = false;
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
};

/// Connections by address; asked by all I/O threads.
class Crowd {
public:
    Crowd(std::int64_t all_max, std::int64_t each_max) : all_max_(all_max), each_max_(each_max) {}

    /// `many`: a proxy, which brings everybody's connections.
    bool enter(const std::string& address, bool many)
    {
        const std::lock_guard lock(mutex_);
        if (all_ >= all_max_ || (by_address_[address] >= each_max_ && !many)) return false;
        ++all_;
        ++by_address_[address];
        return true;
    }
    void leave(const std::string& address)
    {
        const std::lock_guard lock(mutex_);
        --all_;
        if (--by_address_[address] <= 0) by_address_.erase(address);
        left_.notify_all();
    }
    /// True when everybody left in time.
    bool wait_empty(std::chrono::milliseconds time)
    {
        std::unique_lock lock(mutex_);
        return left_.wait_for(lock, time, [&] { return all_ == 0; });
    }

private:
    std::mutex mutex_;
    std::condition_variable left_;
    std::int64_t all_ = 0;
    std::int64_t all_max_;
    std::int64_t each_max_;
    std::unordered_map<std::string, std::int64_t> by_address_;
};

/// What every connection uses.
struct House {
    const Site& site;
    UploadMaker uploads;
    Events& events;
    ServerSettings settings;
    Lanes lanes;
    Crowd crowd;
};

/// Ends a read that takes too long without closing the stream, so that the client can still be told. Armed only when a
/// head or a body does not come at once.
class Watch {
public:
    Watch(beast::tcp_stream& stream, Steady::time_point until)
        : timer_(stream.get_executor(), until), rung_(std::make_shared<bool>(false))
    {
        // The flag outlives the watch: the timer may have fired just before it was cancelled.
        timer_.async_wait([rung = rung_, &stream, alive = alive_](error_code error) {
            if (error || !*alive) return;
            *rung = true;
            stream.cancel();
        });
    }
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;
    ~Watch() { *alive_ = false; }

    bool rung() const { return *rung_; }

private:
    std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
    asio::steady_timer timer_;
    std::shared_ptr<bool> rung_;
};

/// Says what a request of one connection came to, for the log.
struct Outcome {
    std::string_view method = "-";
    std::string_view route = "-";
    int status = 0;
    std::uint64_t bytes = 0;
};

/// One connection from accept to close. `Stream` is a TCP stream or TLS over one.
template <typename Stream>
class Connection {
public:
    Connection(Stream stream, House& house, Loop& loop, std::string peer)
        : stream_(std::move(stream)), house_(house), loop_(loop), peer_(std::move(peer))
    {
        loop_.live.push_front({&low(), true});
        live_ = loop_.live.begin();
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection()
    {
        loop_.live.erase(live_);
        house_.site.parts().metrics.connection_closed();
        house_.crowd.leave(peer_);
    }

    Task<void> run()
    {
        if (co_await shake_hands()) {
            bool more = true;
            while (more && !loop_.stopping) more = co_await one_request();
            co_await part();
        }
    }

private:
    beast::tcp_stream& low() { return beast::get_lowest_layer(stream_); }

    Task<bool> shake_hands()
    {
        if constexpr (!std::is_same_v<Stream, beast::tcp_stream>) {
            error_code error;
            low().expires_after(house_.settings.head_wait);
            co_await stream_.async_handshake(asio::ssl::stream_base::server, into(error));
            if (error) co_return false;
        }
        co_return true;
    }

    /// Reads, answers; false when the connection should close.
    Task<bool> one_request()
    {
        const auto head_bytes = co_await read_head_bytes();
        if (head_bytes == 0 && !late_) co_return false;
        const auto started = Steady::now();
        Outcome outcome;
        bool more = false;
        if (late_) {
            const Refused late{408, "the head came too slowly"};
            co_await write_refusal(late, outcome);
        } else if (head_bytes > head_bytes_max) {
            const Refused too_long{431, "the head is too long"};
            co_await write_refusal(too_long, outcome);
        } else {
            auto read =
                read_head(std::string_view(static_cast<const char*>(buffer_.data().data()), head_bytes));
            if (const auto* refused = std::get_if<Refused>(&read))
                co_await write_refusal(*refused, outcome);
            else
                more = co_await serve(std::get<Head>(read), head_bytes, outcome);
        }
        tell(outcome, started);
        co_return more;
    }

    void tell(const Outcome& outcome, Steady::time_point started)
    {
        const auto took = std::chrono::duration_cast<std::chrono::microseconds>(Steady::now() - started);
        house_.site.parts().metrics.request_done(outcome.status, took);
        if (!house_.settings.access_log) return;
        house_.site.parts().log.info(
            "request",
            {{"method", outcome.method},
             {"route", outcome.route},
             {"status", outcome.status},
             {"bytes", outcome.bytes},
             {"us", took.count()}}
        );
    }

    /// Where the head in the buffer ends; 0 when it is not whole.
    std::size_t head_end() const
    {
        const std::string_view held(static_cast<const char*>(buffer_.data().data()), buffer_.size());
        if (const auto end = held.find("\r\n\r\n"); end != std::string_view::npos) return end + 4;
        // A head with bare line feeds never ends the right way: it is refused, not waited for.
        if (const auto end = held.find("\n\n"); end != std::string_view::npos) return end + 2;
        if (const auto end = held.find("\n\r\n"); end != std::string_view::npos) return end + 3;
        // Nor does what begins with no letter: TLS spoken to the plain port, most likely.
        const bool hopeless = !held.empty() && static_cast<unsigned char>(held.front()) <= ' ';
        return held.size() > head_bytes_max || hopeless ? held.size() : 0;
    }

    /// Size of the head in the buffer; 0 when the client is gone or too slow (late_); above head_bytes_max when it is
    /// too long.
    Task<std::size_t> read_head_bytes()
    {
        error_code error;
        live_->idle = buffer_.size() == 0;
        if (live_->idle) {
            low().expires_after(house_.settings.idle_wait);
            const auto got = co_await stream_.async_read_some(buffer_.prepare(4096), into(error));
            if (error) co_return 0;
            buffer_.commit(got);
            live_->idle = false;
        }
        request_began_ = Steady::now();
        if (const auto end = head_end(); end > 0) co_return end;
        low().expires_never();
        const Watch watch(low(), request_began_ + house_.settings.head_wait);
        while (true) {
            const auto got = co_await stream_.async_read_some(buffer_.prepare(4096), into(error));
            late_ = watch.rung();
            if (error) co_return 0;
            buffer_.commit(got);
            if (const auto end = head_end(); end > 0) co_return end;
        }
    }

    Task<void> write_refusal(const Refused& refused, Outcome& outcome)
    {
        house_.site.parts().metrics.head_refused();
        house_.site.parts().log.debug("head_refused", {{"status", refused.status}, {"why", refused.why}});
        Response response = text_answer(fmt::format("{} {}\n", refused.status, refused.why), refused.status);
        const Request nothing;
        house_.site.finish(nothing, response);
        co_await write(nothing, response, false, outcome);
    }

    Task<bool> serve(const Head& head, std::size_t head_bytes, Outcome& outcome)
    {
        const std::string head_text(static_cast<const char*>(buffer_.data().data()), head_bytes);
        buffer_.consume(head_bytes);
        auto plan = house_.site.plan(head, peer_);
        outcome.method = plan.request.head ? "HEAD" : name_of(plan.request.method);
        if (plan.route != nullptr) outcome.route = plan.route->path;
        const bool has_body = head.chunked || head.content_length.value_or(0) > 0;
        bool keep = head.keep_alive && !loop_.stopping;
        Response response;
        if (plan.answer) {
            response = std::move(*plan.answer);
            keep = keep && !has_body;
        } else {
            std::optional<Problem> problem;
            if (has_body) problem = co_await read_body(head, head_text, plan);
            if (gone_) co_return false;
            keep = keep && !problem;
            if (problem)
                response = house_.site.refuse(plan.request, *problem);
            else
                co_await work(plan, response);
        }
        house_.site.finish(plan.request, response);
        co_return co_await write(plan.request, response, keep, outcome);
    }

    /// A Problem when the body is refused; sets gone_ when the client is.
    Task<std::optional<Problem>> read_body(const Head& head, const std::string& head_text, Site::Plan& plan)
    {
        namespace http = beast::http;
        low().expires_never();
        error_code error;
        if (head.expects_continue) {
            static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
            co_await asio::async_write(stream_, asio::buffer(go_on), into(error));
            gone_ = bool(error);
        }
        http::request_parser<http::buffer_body> parser;
        parser.header_limit(std::uint32_t(head_bytes_max) + 1);
        parser.body_limit(plan.body_max);
        parser.put(asio::buffer(head_text), error);
        // Two parsers must agree on where the head ends and what it says of the body.
        if (error || !parser.is_header_done() || parser.chunked() != head.chunked)
            co_return problem_of("web.bad_request");
        co_return co_await feed_body(parser, plan);
    }

    template <typename Parser>
    Task<std::optional<Problem>> feed_body(Parser& parser, Site::Plan& plan)
    {
        namespace http = beast::http;
        const bool streams = plan.route->options.body == Body::upload;
        const auto& waits = house_.settings;
        const Watch watch(low(), request_began_ + (streams ? waits.upload_wait : waits.request_wait));
        BodyTaker taker(plan.request, *plan.route, house_.uploads, house_.settings.upload_fields_max);
        std::vector<char> piece(std::min(piece_bytes, plan.body_max + 1));
        if (streams) buffer_.reserve(piece_bytes);  // How much one read of the socket may bring.
        while (!parser.is_done() && !gone_) {
            parser.get().body().data = piece.data();
            parser.get().body().size = piece.size();
            error_code error;
            co_await http::async_read_some(stream_, buffer_, parser, into(error));
            if (watch.rung()) co_return problem_of("web.too_slow");
            if (error == http::error::need_buffer) error = {};
            if (error == http::error::body_limit) co_return problem_of("web.body_too_large");
            if (error && error.category() == http::make_error_code(http::error::end_of_stream).category() &&
                error != http::error::end_of_stream && error != http::error::partial_message)
                co_return problem_of("web.bad_request");
            gone_ = bool(error);
            const auto got = piece.size() - parser.get().body().size;
            if (got == 0) continue;
            if (auto taken = taker.more(std::string_view(piece.data(), got)); !taken)
                co_return taken.problem();
        }
        if (gone_) co_return std::nullopt;
        if (auto ended = taker.end(); !ended) co_return ended.problem();
        co_return std::nullopt;
    }

    /// Runs the handler on its lane; this thread serves others meanwhile.
    Task<void> work(Site::Plan& plan, Response& response)
    {
        low().expires_never();
        const auto start = [this, &plan, &response](auto handler) {
            // Two owners: the lane's queue wants a copyable function, the handler cannot be copied.
            const auto resume = std::make_shared<decltype(handler)>(std::move(handler));
            const auto back = [resume, this] {
                asio::post(low().get_executor(), [resume] { std::move (*resume)(); });
            };
            const bool taken = house_.lanes.submit(plan.route->options.lane, [this, &plan, &response, back] {
                response = house_.site.answer(plan.request, *plan.route);
                back();
            });
            if (taken) return;
            house_.site.parts().metrics.turned_away();
            response = house_.site.refuse(plan.request, {.code = "web.too_busy", .field = "", .law = ""});
            back();
        };
        co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(start, asio::use_awaitable);
    }

    /// True when the connection may go on.
    Task<bool> write(const Request& request, Response& response, bool keep, Outcome& outcome)
    {
        outcome.status = response.status;
        if (!response.events.empty()) {
            co_await write_events(response);
            co_return false;
        }
        const std::string& body = response.kept ? *response.kept : response.body;
        const std::uint64_t length = response.source ? response.source->size() : body.size();
        outcome.bytes = length;
        low().expires_after(house_.settings.answer_wait + std::chrono::seconds(length / (32 * 1024)));
        const auto head = head_of(response, length, keep);
        const bool bodiless = request.head || response.status == 204 || response.status == 304;
        error_code error;
        if (bodiless || response.source) {
            co_await asio::async_write(stream_, asio::buffer(head), into(error));
        } else {
            const std::array<asio::const_buffer, 2> both{asio::buffer(head), asio::buffer(body)};
            co_await asio::async_write(stream_, both, into(error));
        }
        if (response.source && !bodiless && !error) keep = co_await write_source(*response.source) && keep;
        co_return keep && !error;
    }

    Task<bool> write_source(BodySource& source)
    {
        std::vector<char> piece(piece_bytes);
        std::uint64_t left = source.size();
        error_code error;
        while (left > 0 && !error) {
            const auto got = source.read(piece);
            if (got == 0 || got > left) co_return false;
            co_await asio::async_write(stream_, asio::buffer(piece.data(), got), into(error));
            left -= got;
        }
        co_return !error;
    }

    /// Events of a topic until the client goes, the server stops or it takes too long to take them.
    Task<void> write_events(Response& response)
    {
        // Shared with the publisher, which may call while this coroutine ends.
        struct Mail {
            std::deque<std::shared_ptr<const std::string>> letters;
            asio::steady_timer bell;
            explicit Mail(const asio::any_io_executor& executor) : bell(executor) {}
        };
        const auto mail = std::make_shared<Mail>(low().get_executor());
        const auto listening =
            house_.events.listen(response.events, [mail](const std::shared_ptr<const std::string>& event) {
                asio::post(mail->bell.get_executor(), [mail, event] {
                    mail->letters.push_back(event);
                    mail->bell.cancel();
                });
            });
        error_code error;
        const auto head = head_of(response, std::nullopt, false) + ": open\n\n";
        low().expires_after(house_.settings.answer_wait);
        co_await asio::async_write(stream_, asio::buffer(head), into(error));
        live_->idle = true;  // May be closed when the server stops.
        while (!error && !loop_.stopping && mail->letters.size() < 1000) {
            error_code rung;
            if (mail->letters.empty()) {
                mail->bell.expires_after(std::chrono::seconds{20});
                co_await mail->bell.async_wait(into(rung));
            }
            static const auto beat = std::make_shared<const std::string>(": beat\n\n");
            auto letter = beat;
            if (!mail->letters.empty()) {
                letter = mail->letters.front();
                mail->letters.pop_front();
            }
            low().expires_after(house_.settings.answer_wait);
            co_await asio::async_write(stream_, asio::buffer(*letter), into(error));
        }
    }

    /// Ends our side and reads what is still on its way, so that the answer is not lost to a reset.
    Task<void> part()
    {
        error_code error;
        low().expires_after(std::chrono::seconds{2});
        if constexpr (!std::is_same_v<Stream, beast::tcp_stream>)
            co_await stream_.async_shutdown(into(error));
        error = {};
        low().socket().shutdown(tcp::socket::shutdown_send, error);
        std::array<char, 4096> waste;  // NOLINT(cppcoreguidelines-pro-type-member-init): only written to.
        for (int i = 0; i < 256 && !error && !loop_.stopping; ++i)
            co_await low().async_read_some(asio::buffer(waste), into(error));
        low().close();
    }

    Stream stream_;
    House& house_;
    Loop& loop_;
    std::string peer_;
    std::list<Live>::iterator live_;
    beast::flat_buffer buffer_;
    Steady::time_point request_began_;
    bool gone_ = false;  ///< The client left in the middle of a body.
    bool late_ = false;  ///< The client took too long for a head.
};

template <typename Stream>
Task<void> serve_connection(std::unique_ptr<Connection<Stream>> connection, const Log& log)
{
    try {
        co_await connection->run();
    } catch (const std::exception& error) {
        log.error("connection_fault", {{"what", error.what()}});
    }
}

}  // namespace

struct Server::State {
    State(const Site& site, UploadMaker uploads, Events& events, const ServerSettings& settings)
        : house{
              site,
              std::move(uploads),
              events,
              settings,
              Lanes(settings.lanes),
              Crowd(settings.connections_max, settings.connections_per_address_max)}
    {
        for (int i = 0; i < settings.io_threads; ++i) loops.push_back(std::make_unique<Loop>());
    }

    void start()
    {
        const auto& settings = house.settings;
        if (!settings.certificate_file.empty()) {
            tls.emplace(asio::ssl::context::tls_server);
            tls->set_options(
                asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                asio::ssl::context::no_tlsv1_1
            );
            tls->use_certificate_chain_file(settings.certificate_file);
            tls->use_private_key_file(settings.key_file, asio::ssl::context::pem);
        }
        const tcp::endpoint endpoint{asio::ip::make_address(settings.address), settings.port};
        acceptor.emplace(loops.front()->context);
        acceptor->open(endpoint.protocol());
        acceptor->set_option(tcp::acceptor::reuse_address(true));
        acceptor->bind(endpoint);
        acceptor->listen(1024);
        asio::co_spawn(loops.front()->context, accept(), asio::detached);
        for (auto& loop : loops) threads.emplace_back([&context = loop->context] { context.run(); });
    }

    Task<void> accept()
    {
        std::size_t turn = 0;
        while (acceptor->is_open()) {
            auto& loop = *loops.at(turn++ % loops.size());
            error_code error;
            auto socket = co_await acceptor->async_accept(loop.context, into(error));
            if (!error) {
                try_admit(std::move(socket), loop);
            } else if (error != asio::error::operation_aborted) {
                // No descriptor left, most likely: wait for one instead of turning in circles.
                house.site.parts().log.warning("accept_failed", {{"what", error.message()}});
                asio::steady_timer pause(loops.front()->context, std::chrono::milliseconds{100});
                co_await pause.async_wait(into(error));
            }
        }
    }

    /// Whatever goes wrong with one connection must not end the accepting of others.
    void try_admit(tcp::socket socket, Loop& loop)
    {
        try {
            admit(std::move(socket), loop);
        } catch (const std::exception& fault) {
            house.site.parts().log.error("connection_fault", {{"what", fault.what()}});
        }
    }

    void admit(tcp::socket socket, Loop& loop)
    {
        error_code error;
        const auto endpoint = socket.remote_endpoint(error);
        if (error) return;
        const auto peer = endpoint.address().to_string();
        if (!house.crowd.enter(peer, house.site.trusts(peer))) {
            house.site.parts().metrics.turned_away();
            return;  // Closed by its destructor.
        }
        house.site.parts().metrics.connection_opened();
        socket.set_option(tcp::no_delay(true), error);
        // Two owners until the loop takes it: a posted function must be copyable.
        const auto held = std::make_shared<tcp::socket>(std::move(socket));
        asio::post(loop.context, [this, &loop, held, peer] { open(std::move(*held), loop, peer); });
    }

    void open(tcp::socket socket, Loop& loop, const std::string& peer)
    {
        const auto& log = house.site.parts().log;
        beast::tcp_stream stream(std::move(socket));
        if (tls) {
            using Stream = beast::ssl_stream<beast::tcp_stream>;
            auto connection =
                std::make_unique<Connection<Stream>>(Stream(std::move(stream), *tls), house, loop, peer);
            asio::co_spawn(loop.context, serve_connection(std::move(connection), log), asio::detached);
            return;
        }
        auto connection =
            std::make_unique<Connection<beast::tcp_stream>>(std::move(stream), house, loop, peer);
        asio::co_spawn(loop.context, serve_connection(std::move(connection), log), asio::detached);
    }

    void stop()
    {
        if (threads.empty()) return;
        asio::post(loops.front()->context, [this] {
            error_code error;
            acceptor->close(error);
        });
        for (auto& loop : loops)
            asio::post(loop->context, [&loop = *loop] {
                loop.stopping = true;
                for (const auto& live : loop.live)
                    if (live.idle) live.stream->close();
            });
        const bool empty = house.crowd.wait_empty(house.settings.stop_wait);
        if (!empty)
            house.site.parts().log.warning(
                "connections_cut", {{"after_ms", house.settings.stop_wait.count()}}
            );
        house.lanes.stop();
        for (auto& loop : loops) {
            loop->work.reset();
            loop->context.stop();
        }
        threads.clear();
    }

    House house;
    std::vector<std::unique_ptr<Loop>> loops;
    std::optional<asio::ssl::context> tls;
    std::optional<tcp::acceptor> acceptor;
    std::vector<std::jthread> threads;
};

Result<Done> check_address(const ServerSettings& settings)
{
    error_code error;
    const auto address = asio::ip::make_address(settings.address, error);
    if (!error) {
        asio::io_context context;
        tcp::acceptor acceptor(context);
        const tcp::endpoint endpoint{address, settings.port};
        acceptor.open(endpoint.protocol(), error);
        if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
        if (!error) acceptor.bind(endpoint, error);
        if (!error) acceptor.listen(1, error);
    }
    if (!error) return Done{};
    return Problem{
        .code = "web.address_taken",
        .field = "",
        .law = "",
        .words = {
            {"address", settings.address + ":" + std::to_string(settings.port)},
            {"reason", error.message()}}};
}

Server::Server(const Site& site, UploadMaker uploads, Events& events, ServerSettings settings)
    : state_(std::make_unique<State>(site, std::move(uploads), events, settings))
{
}

Server::~Server() { stop(); }

void Server::start() { state_->start(); }

void Server::stop() { state_->stop(); }

std::string Server::url() const
{
    const auto endpoint = state_->acceptor->local_endpoint();
    const auto address = endpoint.address();
    const auto host = address.is_v6() ? "[" + address.to_string() + "]" : address.to_string();
    return (state_->tls ? "https://" : "http://") + host + ":" + std::to_string(endpoint.port());
}

}  // namespace thien_an::web
