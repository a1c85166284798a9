#include "engine/web/http.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <system_error>

#include "engine/base/json.h"
#include "engine/web/url.h"

namespace thien_an::web {
namespace {

class FileSource : public BodySource {
public:
    explicit FileSource(const std::string& path) : handle_(::open(path.c_str(), O_RDONLY | O_CLOEXEC))
    {
        struct stat facts {};
        if (handle_ < 0 || ::fstat(handle_, &facts) != 0)
            throw std::system_error(errno, std::generic_category(), "a file to send cannot be opened");
        size_ = std::uint64_t(facts.st_size);
    }
    FileSource(const FileSource&) = delete;
    FileSource& operator=(const FileSource&) = delete;
    ~FileSource() override
    {
        if (handle_ >= 0) ::close(handle_);
    }

    std::uint64_t size() const override { return size_; }
    std::size_t read(std::span<char> space) override
    {
        const auto got = ::read(handle_, space.data(), space.size());
        if (got < 0) throw std::system_error(errno, std::generic_category(), "a file to send cannot be read");
        return std::size_t(got);
    }

private:
    int handle_;
    std::uint64_t size_ = 0;
};

/// Codes of this room and of reading JSON that do not follow the rule of the last word.
constexpr std::array<std::pair<std::string_view, int>, 22> known_codes{{
    {"web.not_signed_in", 401},
    {"web.second_factor_needed", 403},
    {"web.no_such_page", 404},
    {"web.method_not_allowed", 405},
    {"web.key_reused", 409},
    {"web.csrf", 403},
    {"web.body_too_large", 413},
    {"web.too_slow", 408},
    {"web.bad_type", 415},
    {"web.bad_request", 400},
    {"web.bad_form", 400},
    {"web.too_busy", 503},
    {"web.disk_full", 507},
    {"web.fault", 500},
    {"json.syntax", 400},
    {"json.duplicate_key", 400},
    {"json.too_deep", 400},
    {"json.too_large", 413},
    {"base.bad_id", 404},
    {"web.bad_query", 400},
    {"storage.idempotency_key_bad", 400},
    {"storage.scan_failed", 503},
}};

}  // namespace

std::string_view name_of(Method method)
{
    switch (method) {
    case Method::get: return "GET";
    case Method::post: return "POST";
    case Method::put: return "PUT";
    case Method::patch: return "PATCH";
    case Method::del: return "DELETE";
    }
    throw std::logic_error("Method outside its enumerators");
}

const std::string* Fields::find(std::string_view name) const
{
    for (const auto& [key, value] : pairs_)
        if (key == name) return &value;
    return nullptr;
}

std::string Fields::get(std::string_view name, std::string_view otherwise) const
{
    const auto* found = find(name);
    return found == nullptr ? std::string(otherwise) : *found;
}

std::vector<std::string> Fields::all(std::string_view name) const
{
    std::vector<std::string> out;
    for (const auto& [key, value] : pairs_)
        if (key == name) out.push_back(value);
    return out;
}

const std::string& Request::value(std::string_view name) const
{
    const auto* found = values.find(name);
    if (found == nullptr) throw std::logic_error("the route has no {" + std::string(name) + "}");
    return *found;
}

std::string Request::idempotency_key() const
{
    const auto* sent = headers.find("idempotency-key");
    return sent != nullptr ? *sent : form.get("key");
}

bool Request::wants_page() const
{
    if (path.starts_with("/api/")) return false;
    const auto accept = headers.get("accept", "*/*");
    if (accept.find("text/html") != std::string::npos) return true;
    return accept.find("json") == std::string::npos;
}

std::unique_ptr<BodySource> file_source(const std::string& path)
{
    return std::make_unique<FileSource>(path);
}

Response& Response::header(std::string name, std::string value)
{
    headers.add(std::move(name), std::move(value));
    return *this;
}

Response& Response::cookie(Cookie c)
{
    cookies.push_back(std::move(c));
    return *this;
}

Response& Response::flash(std::string key)
{
    return cookie({.name = "flash", .value = std::move(key), .max_age = std::chrono::minutes{1}});
}

Response page(std::string html, int status)
{
    Response response;
    response.status = status;
    response.body = std::move(html);
    return response;
}

Response see_other(std::string_view path)
{
    if (!is_own_path(path)) throw std::invalid_argument("a redirect goes to a path of our own");
    Response response;
    response.status = 303;
    response.header("Location", std::string(path));
    return response;
}

Response json_answer(const boost::json::value& value, int status)
{
    Response response;
    response.status = status;
    response.type = "application/json";
    response.body = json::text_of(value);
    return response;
}

Response text_answer(std::string text, int status)
{
    Response response;
    response.status = status;
    response.type = "text/plain; charset=utf-8";
    response.body = std::move(text);
    return response;
}

Response no_content()
{
    Response response;
    response.status = 204;
    return response;
}

Response file_answer(
    std::unique_ptr<BodySource> source, std::string_view type, std::string_view file_name, bool inline_shown
)
{
    Response response;
    response.type = type;
    response.source = std::move(source);
    const std::string how = inline_shown ? "inline" : "attachment";
    response.header("Content-Disposition", how + "; filename*=UTF-8''" + percent_encoded(file_name));
    return response;
}

Response events_answer(std::string topic)
{
    Response response;
    response.type = "text/event-stream";
    response.events = std::move(topic);
    return response;
}

int status_of(const Problem& problem)
{
    for (const auto& [code, status] : known_codes)
        if (problem.code == code) return status;
    const std::string_view word = std::string_view(problem.code).substr(problem.code.rfind('.') + 1);
    if (word.starts_with("no_such_")) return 404;
    // What somebody else, or the same sender before, has done in the meantime.
    const bool overtaken = word == "stale" || word == "taken" || word.ends_with("_taken") ||
                           word.ends_with("_done") || word.ends_with("_conflict");
    if (word.starts_with("already_") || overtaken) return 409;
    if (word == "forbidden" || word == "not_permitted" || word.starts_with("not_allowed")) return 403;
    if (word == "changed_meanwhile") return 412;
    if (word.starts_with("too_many")) return 429;
    return 422;
}

Response problem_answer(const Problem& problem, std::string_view sentence, boost::json::array errors)
{
    boost::json::object told{
        {"type", "about:blank"}, {"title", sentence}, {"status", status_of(problem)}, {"code", problem.code}};
    if (!problem.field.empty()) told["field"] = problem.field;
    if (!problem.law.empty()) told["law"] = problem.law;
    if (!errors.empty()) told["errors"] = std::move(errors);
    auto response = json_answer(told, status_of(problem));
    response.type = "application/problem+json";
    return response;
}

}  // namespace thien_an::web
