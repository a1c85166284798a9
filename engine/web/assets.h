#pragma once

#include <boost/json.hpp>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/web/http.h"

/// Styles, scripts, fonts and pictures for the browser: read once, compressed forms beside them, names with a hash, so
/// that browsers keep them for a year.
namespace thien_an::web {

class Assets {
public:
    Assets() = default;
    /// Reads FOLDER/manifest.json and the files it names, with NAME.br and NAME.gz where there are any.
    /// Throws std::runtime_error when the manifest or a file is missing.
    static Assets load(const std::filesystem::path& folder);

    /// The answer to GET /tinh/...; status 404 for a file nobody made, 304 when the browser has it.
    Response answer(const Request& request) const;
    /// {"portal_css": "/tinh/portal-1A2B.css"} for the templates.
    const boost::json::object& addresses() const { return addresses_; }

private:
    struct File {
        std::string type;
        std::string etag;
        std::shared_ptr<const std::string> plain;
        std::shared_ptr<const std::string> gzip;
        std::shared_ptr<const std::string> brotli;
    };
    std::map<std::string, File, std::less<>> files_;  ///< By path.
    boost::json::object addresses_;
};

}  // namespace thien_an::web
