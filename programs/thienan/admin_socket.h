#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "programs/thienan/options.h"

/// How commands reach a running server: DIR/admin.sock, readable by its owner only. One JSON line asks, the answer is
/// the command's output followed by a line feed, a NUL byte and the exit code.
namespace thien_an::program {

struct Outcome {
    int exit_code = 0;
    std::string output;
};

/// Asks the server of `data`; nothing when none is listening there.
std::optional<Outcome> ask_running_server(const Options& options);

/// Listens while it lives; answers one command after another on its own thread.
class AdminSocket {
public:
    /// The token says when the server stops: a long command ends early then.
    using Run = std::function<Outcome(const Options&, const std::stop_token&)>;

    AdminSocket(const std::string& data_folder, Run run);
    ~AdminSocket();
    AdminSocket(const AdminSocket&) = delete;
    AdminSocket& operator=(const AdminSocket&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace thien_an::program
