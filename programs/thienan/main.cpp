#include <fmt/format.h>

#include "programs/thienan/admin_socket.h"
#include "programs/thienan/commands.h"
#include "programs/thienan/house.h"
#include "programs/thienan/options.h"
#include "programs/thienan/serve.h"

namespace {

using namespace thien_an::program;  // NOLINT(google-build-using-namespace): the program's own file.

int told(const Outcome& outcome)
{
    fmt::print(outcome.exit_code == 0 ? stdout : stderr, "{}", outcome.output);
    return outcome.exit_code;
}

/// A running server answers for its folder; else this program takes the folder itself.
int with_house(const Options& options)
{
    if (const auto answer = ask_running_server(options)) return told(*answer);
    const auto house = House::open(options, false);
    if (!house) return told(refused_without_house(house.problem(), options));
    return told(run_command(*house.value(), options));
}

}  // namespace

int main(int argc, char** argv)
{
    int exit_code = 0;
    const auto options = parse_command_line(argc, argv, exit_code);
    if (!options) return exit_code;
    try {
        if (options->command == "serve") return serve(*options);
        if (needs_house(options->command)) return with_house(*options);
        return told(run_without_house(*options));
    } catch (const std::exception& fault) {
        fmt::print(stderr, "thienan {}: {}\n", options->command, fault.what());
        return 1;
    }
}
