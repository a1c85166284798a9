#include "engine/web/assets.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "engine/base/json.h"

namespace thien_an::web {
namespace {

std::shared_ptr<const std::string> content_of(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    if (!file) return nullptr;
    std::ostringstream out;
    out << file.rdbuf();
    return std::make_shared<const std::string>(std::move(out).str());
}

std::string_view type_of(std::string_view extension)
{
    if (extension == ".css") return "text/css; charset=utf-8";
    if (extension == ".js") return "text/javascript; charset=utf-8";
    if (extension == ".svg") return "image/svg+xml";
    if (extension == ".woff2") return "font/woff2";
    if (extension == ".png") return "image/png";
    if (extension == ".json") return "application/json";
    if (extension == ".txt") return "text/plain; charset=utf-8";
    return "application/octet-stream";
}

}  // namespace

Assets Assets::load(const std::filesystem::path& folder)
{
    const auto text = content_of(folder / "manifest.json");
    if (!text)
        throw std::runtime_error((folder / "manifest.json").string() + " cannot be read: build ui first");
    auto manifest = json::parse(*text);
    if (!manifest || !manifest.value().is_object())
        throw std::runtime_error((folder / "manifest.json").string() + " is no object");
    Assets all;
    all.addresses_ = manifest.value().get_object();
    for (const auto& member : all.addresses_) {
        const std::string path(member.value().as_string());
        const auto name = std::filesystem::path(path).filename();
        File file;
        file.type = type_of(name.extension().string());
        file.etag = "\"" + name.stem().string() + "\"";
        file.plain = content_of(folder / name);
        file.gzip = content_of(folder / (name.string() + ".gz"));
        file.brotli = content_of(folder / (name.string() + ".br"));
        if (!file.plain) throw std::runtime_error((folder / name).string() + " cannot be read");
        all.files_.emplace(path, std::move(file));
    }
    return all;
}

Response Assets::answer(const Request& request) const
{
    const auto found = files_.find(request.path);
    if (found == files_.end()) return text_answer("", 404);
    const auto& file = found->second;
    Response response;
    response.type = file.type;
    response.shared = true;
    response.header("ETag", file.etag).header("Cache-Control", "public, max-age=31536000, immutable");
    if (file.gzip || file.brotli) response.header("Vary", "Accept-Encoding");
    const auto accepted = request.header("accept-encoding");
    if (file.brotli && accepted.find("br") != std::string::npos) {
        response.kept = file.brotli;
        response.header("Content-Encoding", "br");
    } else if (file.gzip && accepted.find("gzip") != std::string::npos) {
        response.kept = file.gzip;
        response.header("Content-Encoding", "gzip");
    } else {
        response.kept = file.plain;
    }
    return response;
}

}  // namespace thien_an::web
