#include <fmt/format.h>

#include <iostream>

#include "engine/crypto/key_ring.h"

#include "programs/thienan/commands.h"
#include "programs/thienan/folder.h"

/// keys recover and keys rotate: the key file, while no server runs.
namespace thien_an::program {
namespace {

Outcome told(const Options& options, std::string_view key, const std::string& file)
{
    return {exit_well, Speech(options.language).say(key, json::object{{"key_file", file}}) + "\n"};
}

Result<std::string> recover(const Options& options)
{
    const auto installation = TRY(Installation::open(options.data, false));
    fmt::print(stderr, "{}\n", Speech(options.language).say("program.keys_ask"));
    std::string recovery_key;
    std::getline(std::cin, recovery_key);
    TRY(crypto::KeyRing::recover({installation.key_file(), installation.path()}, recovery_key));
    return installation.key_file().string();
}

Result<std::string> rotate(const Options& options)
{
    const auto installation = TRY(Installation::open(options.data, false));
    auto ring = TRY(crypto::KeyRing::open({installation.key_file(), installation.path()}));
    ring.rotate_master(Clock{}.now());
    return installation.key_file().string();
}

}  // namespace

Outcome run_on_keys(const Options& options)
{
    const bool recovering = options.command == "keys recover";
    if (!recovering && options.command != "keys rotate") return no_such_command(options);
    const auto file = recovering ? recover(options) : rotate(options);
    if (!file) return refused_without_house(file.problem(), options);
    return told(options, recovering ? "program.keys_recovered" : "program.keys_rotated", file.value());
}

}  // namespace thien_an::program
