#include "programs/thienan/options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace thien_an::program {
namespace {

/// Wraps CLI11: every sub-command names its options once.
class CommandLine {
public:
    CommandLine()
    {
        app_.require_subcommand(1);
        app_.set_version_flag("--version", "thienan 0.1.0");
        add_serve();
        data_of(add("accounts", "Demo accounts: login, password, post, agency."));
        add_token();
        auto* check = add("check", "Proves the data packs: forms, processes, tables, references.");
        paths_of(check);
        auto* cases = add("cases", "Runs the worked examples (.case) of the procedures.");
        paths_of(cases);
        auto* where = add("where", "Finds folder, rules, register and addresses of a procedure by words.");
        where->add_option("words", options_.words, "Words, with or without marks")->required();
        packs_of(where);
        add("routes",
            "Every address of the program: method, path, permission, scope, rate limit; tab separated.");
        add_verifiers();
        auto* backup = data_of(add("backup", "A verified full copy of data folder and database."));
        backup->add_option("--to", options_.to, "Folder to make")->required();
        auto* restore = data_of(add("restore", "Puts a copy back into an empty data folder."));
        restore->add_option("--from", options_.from, "Folder made by backup")->required();
        restore->add_option("--database", options_.database, "postgresql://... to restore into");
    }

    std::optional<Options> parse(int argc, char** argv, int& exit_code)
    {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::ParseError& error) {
            exit_code = app_.exit(error) == 0 ? 0 : 2;
            return std::nullopt;
        }
        name_command(app_, "");
        if (as_of_.empty()) return options_;
        const auto start = instant_or_day(as_of_);
        if (!start) {
            fmt::print(
                stderr,
                "--as-of takes a day (2016-07-01) or a day and time (2016-07-01T08:00), not '{}'.\n",
                as_of_
            );
            exit_code = 2;
            return std::nullopt;
        }
        options_.as_of = start;
        return options_;
    }

private:
    CLI::App* add(const std::string& name, const std::string& about)
    {
        return app_.add_subcommand(name, about);
    }
    CLI::App* packs_of(CLI::App* command)
    {
        command->add_option("--packs", options_.packs, "Folder that holds systems/, province/ and ui/");
        return command;
    }
    CLI::App* data_of(CLI::App* command)
    {
        command->add_option("--data", options_.data, "Data folder")->capture_default_str();
        return packs_of(command);
    }
    void paths_of(CLI::App* command)
    {
        packs_of(command)->add_option("paths", options_.words, "Folders or files; none: everything");
    }
    void add_serve()
    {
        auto* serve = data_of(add("serve", "Runs the province."));
        serve->add_option("--listen", options_.listen, "ADDR:PORT")->capture_default_str();
        serve->add_option(
            "--database", options_.database, "postgresql://...; default: embedded in the data folder"
        );
        serve->add_option("--as-of", as_of_, "Start the business clock at DAY[THH:MM] (demo folders only)");
        serve->add_flag("--demo", options_.demo, "Staff the province with made-up people and dossiers");
        serve->add_flag(
            "--no-limits", options_.no_limits, "Rate limits off, for benchmarks (demo folders only)"
        );
    }
    void add_token()
    {
        auto* token = data_of(add("token", "Prints a bearer token for the API."));
        token->add_option("--login", options_.login, "Whose rights the token carries")->required();
        token->add_option("--scopes", options_.scopes, "\"dossiers:write dossiers:read tasks\"")->required();
        token->add_option("--hours", options_.hours, "How long it is good for")
            ->required()
            ->check(CLI::Range(1, 8760));
    }
    void add_verifiers()
    {
        auto* registers = add("registers", "Registers.")->require_subcommand(1);
        auto* verify =
            registers->add_subcommand("verify", "Proves that history equals state and numbers have no gaps.");
        data_of(verify)->add_option("name", options_.name, "Register: births")->required();
        auto* audit = add("audit", "The audit trail.")->require_subcommand(1);
        data_of(
            audit->add_subcommand("verify", "Proves the chain: nothing changed, lost, doubled or reordered.")
        );
        data_of(add("recount", "Counts again from events and compares with the live counters."));
    }
    /// The names of the sub-commands given, joined by spaces.
    void name_command(const CLI::App& app, const std::string& before)
    {
        for (const auto* sub : app.get_subcommands()) {
            options_.command = before + sub->get_name();
            name_command(*sub, options_.command + " ");
        }
    }
    static std::optional<Instant> instant_or_day(const std::string& text)
    {
        if (const auto day = parse_day(text)) return at(day.value(), std::chrono::hours{8});
        if (const auto instant = parse_instant(text)) return instant.value();
        return std::nullopt;
    }

    CLI::App app_{"Thiên Ấn: the electronic government of a province in one program."};
    Options options_;
    std::string as_of_;
};

}  // namespace

std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code)
{
    return CommandLine{}.parse(argc, argv, exit_code);
}

json::value to_json(const Options& options)
{
    json::array words;
    for (const auto& word : options.words) words.emplace_back(word);
    return json::object{
        {"command", options.command},
        {"login", options.login},
        {"scopes", options.scopes},
        {"hours", options.hours},
        {"to", options.to},
        {"name", options.name},
        {"words", words}};
}

Options options_from(const json::value& v)
{
    Options options;
    options.command = json::string_or(v, "command");
    options.login = json::string_or(v, "login");
    options.scopes = json::string_or(v, "scopes");
    options.hours = int(json::integer_or(v, "hours"));
    options.to = json::string_or(v, "to");
    options.name = json::string_or(v, "name");
    if (const auto* words = json::member(v, "words"); words != nullptr && words->is_array())
        for (const auto& word : words->get_array())
            if (word.is_string()) options.words.emplace_back(word.get_string());
    return options;
}

}  // namespace thien_an::program
