#pragma once

#include <string>
#include <string_view>

#include "engine/base/json.h"

namespace thien_an::casework {

/// A text of a data pack in both languages.
struct Words {
    std::string vi;
    std::string en;

    /// `language` is "vi" or "en"; English falls back to Vietnamese when a pack has none.
    const std::string& in(std::string_view language) const
    {
        return language == "en" && !en.empty() ? en : vi;
    }
};

/// From {"vi": "...", "en": "..."}; empty texts for anything else.
inline Words words_from(const json::value* v)
{
    return v == nullptr ? Words{} : Words{json::string_or(*v, "vi"), json::string_or(*v, "en")};
}

}  // namespace thien_an::casework
