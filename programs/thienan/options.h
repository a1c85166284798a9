#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"

#include "programs/thienan/speech.h"

/// The command line of thienan as one value, so that a command can also be handed to a running server.
namespace thien_an::program {

/// Exit codes of every command.
constexpr int exit_well = 0;
constexpr int exit_fault = 1;  ///< It could not be done, or a proof found a fault.
constexpr int exit_usage = 2;  ///< The command line was not understood, or names what there is not.

struct Options {
    std::string command;  ///< "serve", "check", "registers verify"...
    text::Language language = text::Language::vi;
    std::string data = "./data";
    std::string listen;    ///< ADDR:PORT; empty: what DIR/thienan.toml says, else 127.0.0.1:8080.
    std::string database;  ///< "postgresql://..."; empty: what DIR/thienan.toml says, else SQLite in DIR.
    std::string packs;     ///< Folder that holds systems/, province/, ui/; empty: found beside the program.
    std::optional<Instant> as_of;  ///< Where the business clock starts; demo folders only.
    bool demo = false;
    bool no_limits = false;  ///< Rate limits off: benchmarks of a demo folder only.
    std::string login;
    std::string scopes;  ///< Separated by spaces.
    int hours = 0;
    std::string to;                  ///< Absolute: a running server has a folder of its own.
    std::string from;                ///< Likewise.
    std::string keys;                ///< The key file of the installation a copy was made of.
    std::string name;                ///< Of a register, a dossier, a process or its file.
    int count = 0;                   ///< Of dossiers to make.
    bool print = false;              ///< Write the filings down instead of filing them.
    bool html = false;               ///< A step table as its print form.
    bool as_json = false;            ///< Figures for programs.
    std::string scenario;            ///< Of a simulation; empty: beside the process.
    int year = 0;                    ///< 0: as the scenario says.
    std::int64_t seed = -1;          ///< -1: as the scenario says.
    std::string agency;              ///< Code of an agency or its unit.
    std::string node;                ///< Name of an offline node.
    std::string centre;              ///< Address of the centre; empty: as the node knows it.
    std::string to_data;             ///< Absolute: data folder of the centre on this machine.
    std::string decision;            ///< That takes books back; or "again", "accept", "refuse".
    std::string reason;              ///< Of a decision.
    int days = 0;                    ///< Books are held.
    std::vector<std::string> words;  ///< PATH... or WORDS.
};

/// Parses `argv`. Nothing when the program should end at once (help, or a mistake already explained on standard
/// error); then `exit_code` says how.
std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code);

json::value to_json(const Options& options);
Options options_from(const json::value& v);

}  // namespace thien_an::program
