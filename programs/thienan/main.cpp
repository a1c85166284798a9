#include <fmt/format.h>

#include "programs/thienan/options.h"

int main(int argc, char** argv)
{
    int exit_code = 0;
    const auto options = thien_an::program::parse_command_line(argc, argv, exit_code);
    if (!options) return exit_code;
    fmt::print(stderr, "thienan {}: not wired yet\n", options->command);
    return 2;
}
