#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"

/// The command line of thienan as one value, so that a command can also be handed to a running server.
namespace thien_an::program {

struct Options {
    std::string command;  ///< "serve", "check", "registers verify"...
    std::string data = "./data";
    std::string listen = "127.0.0.1:8080";
    std::string database;  ///< "postgresql://..."; empty: what DIR/thienan.toml says, else SQLite in DIR.
    std::string packs;     ///< Folder that holds systems/, province/, ui/; empty: found beside the program.
    std::optional<Instant> as_of;  ///< Where the business clock starts; demo folders only.
    bool demo = false;
    bool no_limits = false;  ///< Rate limits off: benchmarks of a demo folder only.
    std::string login;
    std::string scopes;  ///< Separated by spaces.
    int hours = 0;
    std::string to;
    std::string from;
    std::string name;                ///< Of a register.
    std::vector<std::string> words;  ///< PATH... or WORDS.
};

/// Parses `argv`. Nothing when the program should end at once (help, or a mistake already explained on standard
/// error); then `exit_code` says how.
std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code);

json::value to_json(const Options& options);
Options options_from(const json::value& v);

}  // namespace thien_an::program
