#include "programs/thienan/admin_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <stdexcept>
#include <thread>

namespace thien_an::program {
namespace {

constexpr std::size_t question_bytes_max = 64 * 1024;
constexpr int poll_milliseconds = 200;

class Descriptor {
public:
    explicit Descriptor(int value) : value_(value) {}
    Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    Descriptor& operator=(Descriptor&&) = delete;
    ~Descriptor()
    {
        if (value_ >= 0) close(value_);
    }
    int get() const { return value_; }

private:
    int value_;
};

sockaddr_un address_of(const std::string& data_folder)
{
    const std::string path = data_folder + "/admin.sock";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        throw std::runtime_error("the path of the data folder is too long for a socket");
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    return address;
}

void write_all(int socket, std::string_view text)
{
    while (!text.empty()) {
        const auto sent = send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent <= 0) return;  // The one who asked has gone: nobody is left to tell.
        text.remove_prefix(std::size_t(sent));
    }
}

/// Up to the first line feed, or to the end of the stream when `whole`.
std::string read_text(int socket, bool whole)
{
    std::string text;
    char buffer[4096];
    while (whole || text.size() < question_bytes_max) {
        const auto got = recv(socket, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        text.append(buffer, std::size_t(got));
        if (!whole && text.find('\n') != std::string::npos) break;
    }
    return text;
}

}  // namespace

std::optional<Outcome> ask_running_server(const Options& options)
{
    const Descriptor socket_{socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const auto address = address_of(options.data);
    if (connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return std::nullopt;
    write_all(socket_.get(), json::text_of(to_json(options)) + "\n");
    const std::string answer = read_text(socket_.get(), true);
    const auto end = answer.rfind('\0');
    if (end == std::string::npos) throw std::runtime_error("the server ended before it answered");
    return Outcome{std::stoi(answer.substr(end + 1)), answer.substr(0, end)};
}

struct AdminSocket::State {
    State(const std::string& data_folder, Run run_command)
        : listener(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
          path(data_folder + "/admin.sock"),
          run(std::move(run_command))
    {
    }

    Descriptor listener;
    std::string path;
    Run run;
    std::jthread thread;

    void serve(const std::stop_token& ending)
    {
        while (!ending.stop_requested()) {
            pollfd waiting{listener.get(), POLLIN, 0};
            if (poll(&waiting, 1, poll_milliseconds) <= 0) continue;
            const Descriptor client{accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
            if (client.get() < 0) continue;
            answer(client.get(), ending);
        }
    }
    void answer(int client, const std::stop_token& ending)
    {
        Outcome outcome{2, "the question was not understood\n"};
        if (const auto question = json::parse(read_text(client, false))) {
            try {
                outcome = run(options_from(question.value()), ending);
            } catch (const std::exception& fault) {
                outcome = {1, std::string(fault.what()) + "\n"};
            }
        }
        outcome.output += '\0';
        write_all(client, outcome.output + std::to_string(outcome.exit_code));
    }
};

AdminSocket::AdminSocket(const std::string& data_folder, Run run)
    : state_(std::make_unique<State>(data_folder, std::move(run)))
{
    const auto address = address_of(data_folder);
    unlink(state_->path.c_str());  // The folder's lock is ours: an older socket is a dead server's.
    const auto before = umask(0077);
    const int bound =
        bind(state_->listener.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    umask(before);
    if (bound != 0 || listen(state_->listener.get(), 8) != 0)
        throw std::runtime_error("cannot listen on " + state_->path + ": " + std::strerror(errno));
    state_->thread =
        std::jthread([state = state_.get()](const std::stop_token& ending) { state->serve(ending); });
}

AdminSocket::~AdminSocket()
{
    state_->thread.request_stop();
    state_->thread.join();
    unlink(state_->path.c_str());
}

}  // namespace thien_an::program
