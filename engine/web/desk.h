#pragma once

#include <boost/json.hpp>

#include <functional>
#include <string_view>
#include <vector>

#include "engine/web/context.h"

/// The frame around the pages of officers: one system draws it, all whose pages stand in it ask for it here.
namespace thien_an::web {

/// A line of the side navigation. Each system declares its own; the program puts them together.
struct DeskEntry {
    std::string_view
        group;  ///< Key of the group's words: "one_stop.menu.work". Groups stand in the order they come.
    std::string_view label;  ///< Key of its words.
    std::string_view icon;
    std::string_view href;
    std::string_view permission;  ///< Shown to posts that have it.
    std::string_view count = {};  ///< Name of a figure the drawing system knows: "mine"; empty: none.
};

/// A service the program gives.
struct DeskFrame {
    std::vector<DeskEntry> entries;
    /// The value "desk" of ui/frame/README.md.
    std::function<boost::json::object(const Context&, const DeskFrame&)> draw;
};

/// Context::render with "desk" added, unless `values` brings its own.
Response render_desk(
    const Context& context, std::string_view name, boost::json::object values, int status = 200
);

}  // namespace thien_an::web
