#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engine/base/json.h"
#include "engine/base/result.h"

/// What a worked example cannot go on without: a fault of the example, told as an exception its runner catches.
namespace thien_an::casework {

template <typename T>
T must(Result<T> result, std::string_view what)
{
    if (!result) throw std::runtime_error(std::string(what) + ": " + result.problem().code);
    return std::move(result).value();
}

inline json::value read_json_file(const std::filesystem::path& path)
{
    std::ifstream in(path, std::ios::binary);
    std::stringstream text;
    text << in.rdbuf();
    auto parsed = json::parse(text.str());
    if (!in || !parsed) throw std::runtime_error("cannot read " + path.string());
    return std::move(parsed).value();
}

}  // namespace thien_an::casework
