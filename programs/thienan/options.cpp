#include "programs/thienan/options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>

namespace thien_an::program {
namespace {

constexpr int hours_max = 8760;
constexpr int lease_days = 7;
constexpr int lease_days_max = 60;
constexpr int dossiers_max = 1'000'000;
constexpr int simulated_max = 10'000'000;

/// Wraps CLI11: every sub-command names its options once. Words of an option NAME are "cli.option.NAME", of a command
/// "cli.command.NAME".
class CommandLine {
public:
    explicit CommandLine(const Speech& speech) : speech_(speech), app_(speech.say("cli.program"))
    {
        options_.language = speech.language();
        label();
        app_.set_help_flag("-h,--help", speech.say("cli.option.help"));
        app_.set_version_flag("--version", "thienan 0.1.0", speech.say("cli.option.version"));
        app_.footer(speech.say("cli.exit_codes"));
        app_.fallthrough();
        app_.require_subcommand(1);
        app_.add_option("--language", language_, speech.say("cli.option.language"))
            ->check(CLI::IsMember({"vi", "en"}));
        add_serve();
        data_of(add("accounts"));
        add_token();
        paths_of(add("check"));
        paths_of(add("cases"));
        auto* where = packs_of(add("where"));
        where->add_option("words", options_.words, speech.say("cli.option.words"))->required();
        add("routes");
        add_verifiers();
        add_copies();
        add_keys();
        add_node();
        add("settings");
        auto* dossiers = data_of(add("bench-dossiers"));
        dossiers->add_option("--count", options_.count, speech.say("cli.option.count"))
            ->required()
            ->check(CLI::Range(1, dossiers_max));
        dossiers->add_option("--as-of", as_of_, speech.say("cli.option.as_of"));
        dossiers->add_flag("--print", options_.print, speech.say("cli.option.print"));
        auto* certificates = data_of(add("bench-certificates"));
        certificates->add_option("--count", options_.count, speech.say("cli.option.count"))
            ->required()
            ->check(CLI::Range(1, dossiers_max));
        certificates->add_option("--as-of", as_of_, speech.say("cli.option.as_of"));
    }

    std::optional<Options> parse(int argc, char** argv, int& exit_code)
    {
        try {
            app_.parse(argc, argv);
        } catch (const CLI::Success& asked) {
            exit_code = app_.exit(asked);
            return std::nullopt;
        } catch (const CLI::ParseError& error) {
            exit_code = exit_usage;
            fmt::print(stderr, "{}\n{}\n", sentence(error), speech_.say("cli.more_help"));
            return std::nullopt;
        }
        name_command(app_, "");
        for (auto* path : {&options_.to, &options_.from, &options_.keys, &options_.to_data})
            if (!path->empty()) *path = std::filesystem::absolute(*path).lexically_normal();
        if (as_of_.empty()) return options_;
        options_.as_of = instant_or_day(as_of_);
        if (options_.as_of) return options_;
        fmt::print(stderr, "{}\n", speech_.say("cli.bad_as_of", json::object{{"given", as_of_}}));
        exit_code = exit_usage;
        return std::nullopt;
    }

private:
    std::string option_words(std::string_view name) const
    {
        return speech_.say("cli.option." + std::string(name));
    }
    CLI::App* add(const std::string& name) { return below(app_, name, name); }
    CLI::App* below(CLI::App& parent, const std::string& name, const std::string& words)
    {
        auto* command = parent.add_subcommand(name, command_words(words));
        command->set_help_flag(
            "-h,--help", option_words("help")
        );  // Anew, so that it stands among our options.
        return command->group(speech_.say("cli.label.commands"));
    }
    std::string command_words(std::string_view name) const
    {
        return speech_.say("cli.command." + std::string(name));
    }
    CLI::App* packs_of(CLI::App* command)
    {
        command->add_option("--packs", options_.packs, option_words("packs"));
        return command;
    }
    CLI::App* data_of(CLI::App* command)
    {
        command->add_option("--data", options_.data, option_words("data"))->capture_default_str();
        return packs_of(command);
    }
    void paths_of(CLI::App* command)
    {
        packs_of(command)->add_option("paths", options_.words, option_words("paths"));
    }
    void add_serve()
    {
        auto* serve = data_of(add("serve"));
        serve->add_option("--listen", options_.listen, option_words("listen"));
        serve->add_option("--database", options_.database, option_words("database"));
        serve->add_option("--as-of", as_of_, option_words("as_of"));
        serve->add_flag("--demo", options_.demo, option_words("demo"));
        serve->add_flag("--no-limits", options_.no_limits, option_words("no_limits"));
    }
    void add_token()
    {
        auto* token = data_of(add("token"));
        token->add_option("--login", options_.login, option_words("login"))->required();
        token->add_option("--scopes", options_.scopes, option_words("scopes"))->required();
        token->add_option("--hours", options_.hours, option_words("hours"))
            ->required()
            ->check(CLI::Range(1, hours_max));
    }
    void add_verifiers()
    {
        auto* registers = add("registers")->require_subcommand(1);
        auto* verify = data_of(below(*registers, "verify", "registers_verify"));
        verify->add_option("name", options_.name, option_words("register"))->required();
        auto* reindex = data_of(below(*registers, "reindex", "registers_reindex"));
        reindex->add_option("name", options_.name, option_words("register_or_all"));
        auto* audit = add("audit")->require_subcommand(1);
        data_of(below(*audit, "verify", "audit_verify"));
        data_of(add("recount"));
        auto* workflow = add("workflow")->require_subcommand(1);
        auto* replay = data_of(below(*workflow, "replay", "workflow_replay"));
        replay->add_option("case", options_.name, option_words("case"))->required();
        add_processes(*workflow);
    }
    void add_processes(CLI::App& workflow)
    {
        auto* table = packs_of(below(workflow, "table", "workflow_table"));
        table->add_option("process", options_.name, option_words("process"))->required();
        table->add_flag("--html", options_.html, option_words("html"));
        auto* from = packs_of(below(workflow, "from-table", "workflow_from_table"));
        from->add_option("file", options_.name, option_words("step_table"))->required();
        auto* layout = packs_of(below(workflow, "layout", "workflow_layout"));
        layout->add_option("process", options_.name, option_words("process"))->required();
        auto* simulate = packs_of(below(workflow, "simulate", "workflow_simulate"));
        simulate->add_option("process", options_.name, option_words("process"))->required();
        simulate->add_option("--scenario", options_.scenario, option_words("scenario"))
            ->check(CLI::ExistingFile);
        simulate->add_option("--dossiers", options_.count, option_words("dossiers"))
            ->check(CLI::Range(1, simulated_max));
        simulate->add_option("--year", options_.year, option_words("year"))->check(CLI::Range(1990, 2200));
        simulate->add_option("--seed", options_.seed, option_words("seed"))
            ->check(CLI::Range(0, 1'000'000'000));
        simulate->add_flag("--json", options_.as_json, option_words("json"));
    }
    void add_copies()
    {
        auto* backup = data_of(add("backup"));
        backup->add_option("--to", options_.to, option_words("to"))->required();
        auto* restore = data_of(add("restore"));
        restore->add_option("--from", options_.from, option_words("from"))->required();
        restore->add_option("--database", options_.database, option_words("restore_database"));
        restore->add_option("--keys", options_.keys, option_words("keys"));
    }
    void add_keys()
    {
        auto* keys = add("keys")->require_subcommand(1);
        data_of(below(*keys, "recover", "keys_recover"));
        data_of(below(*keys, "rotate", "keys_rotate"));
    }
    void add_node()
    {
        auto* node = add("node")->require_subcommand(1);
        const auto at = [&](const std::string& name) { return data_of(below(*node, name, "node_" + name)); };
        auto* prepare = at("prepare");
        prepare->add_option("--agency", options_.agency, option_words("node_agency"))->required();
        prepare->add_option("--to", options_.to, option_words("to"))->required();
        prepare->add_option("--days", options_.days, option_words("node_days"))
            ->default_val(lease_days)
            ->check(CLI::Range(1, lease_days_max));
        prepare->add_option("--name", options_.node, option_words("node_name"));
        prepare->add_option("--centre", options_.centre, option_words("node_centre"));
        at("status");
        for (const auto* name : {"sync", "finish"}) {
            auto* command = at(name);
            command->add_option("--to", options_.centre, option_words("node_centre"));
            command->add_option("--to-data", options_.to_data, option_words("node_to_data"));
        }
        auto* back = at("take-back");
        back->add_option("--agency", options_.agency, option_words("node_agency"))->required();
        back->add_option("--decision", options_.decision, option_words("node_decision"))->required();
        at("conflicts");
        auto* decide = at("decide");
        decide->add_option("line", options_.name, option_words("node_line"))->required();
        decide->add_option("--as", options_.decision, option_words("node_as"))
            ->required()
            ->check(CLI::IsMember({"again", "accept", "refuse"}));
        decide->add_option("--reason", options_.reason, option_words("node_reason"))->required();
    }
    /// CLI11's own words.
    void label()
    {
        const auto formatter = app_.get_formatter();
        formatter->label("Usage", speech_.say("cli.label.usage"));
        formatter->label("OPTIONS", speech_.say("cli.label.options_place"));
        formatter->label("SUBCOMMAND", speech_.say("cli.label.command_place"));
        formatter->label("REQUIRED", speech_.say("cli.label.required"));
        formatter->label("TEXT", speech_.say("cli.label.text"));
        formatter->label("INT", speech_.say("cli.label.number"));
        formatter->label("Positionals", speech_.say("cli.label.words"));
        app_.option_defaults()->group(speech_.say("cli.label.options"));
    }
    /// CLI11 tells its mistakes in English; the part that names what was typed is kept.
    std::string sentence(const CLI::ParseError& error) const
    {
        const std::string what = error.what();
        std::string key = "cli.bad.other";
        auto detail = what;
        if (error.get_name() == "ExtrasError") {
            key = "cli.bad.extra";
            detail = what.substr(what.find(':') + 2);
        } else if (error.get_name() == "RequiredError" && what.starts_with("A subcommand")) {
            const auto words = app_.remaining();
            key = words.empty() ? "cli.bad.no_command" : "cli.bad.extra";
            detail = fmt::format("{}", fmt::join(words, " "));
        } else if (error.get_name() == "RequiredError") {
            key = "cli.bad.required";
            detail = what.substr(0, what.find(' '));
        } else if (error.get_name() == "ValidationError" || error.get_name() == "ConversionError") {
            key = "cli.bad.value";
        }
        return speech_.say(key, json::object{{"detail", detail}});
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

    const Speech& speech_;
    CLI::App app_;
    Options options_;
    std::string as_of_;
    std::string language_;  ///< Understood before the rest, so that help speaks it: language_of().
};

}  // namespace

std::optional<Options> parse_command_line(int argc, char** argv, int& exit_code)
{
    const Speech speech(language_of(argc, argv));
    return CommandLine(speech).parse(argc, argv, exit_code);
}

json::value to_json(const Options& options)
{
    json::array words;
    for (const auto& word : options.words) words.emplace_back(word);
    return json::object{
        {"command", options.command},
        {"language", text::code_of(options.language)},
        {"login", options.login},
        {"scopes", options.scopes},
        {"hours", options.hours},
        {"to", options.to},
        {"name", options.name},
        {"count", options.count},
        {"print", options.print},
        {"agency", options.agency},
        {"node", options.node},
        {"centre", options.centre},
        {"to_data", options.to_data},
        {"decision", options.decision},
        {"reason", options.reason},
        {"days", options.days},
        {"words", words}};
}

Options options_from(const json::value& v)
{
    Options options;
    options.command = json::string_or(v, "command");
    options.language = json::string_or(v, "language") == "en" ? text::Language::en : text::Language::vi;
    options.login = json::string_or(v, "login");
    options.scopes = json::string_or(v, "scopes");
    options.hours = int(json::integer_or(v, "hours"));
    options.to = json::string_or(v, "to");
    options.name = json::string_or(v, "name");
    options.count = int(json::integer_or(v, "count"));
    options.print = json::bool_or(v, "print");
    options.agency = json::string_or(v, "agency");
    options.node = json::string_or(v, "node");
    options.centre = json::string_or(v, "centre");
    options.to_data = json::string_or(v, "to_data");
    options.decision = json::string_or(v, "decision");
    options.reason = json::string_or(v, "reason");
    options.days = int(json::integer_or(v, "days"));
    if (const auto* words = json::member(v, "words"); words != nullptr && words->is_array())
        for (const auto& word : words->get_array())
            if (word.is_string()) options.words.emplace_back(word.get_string());
    return options;
}

}  // namespace thien_an::program
