#pragma once

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/bytes.h"
#include "engine/base/result.h"
#include "engine/storage/files.h"

/// What was asked and what is answered, as plain values: no socket, no Boost.Beast.
namespace thien_an::web {

enum class Method { get, post, put, patch, del };

std::string_view name_of(Method method);  ///< "GET"

/// Names with their values, in the order they came; a name may repeat.
class Fields {
public:
    using Pair = std::pair<std::string, std::string>;

    void add(std::string name, std::string value) { pairs_.emplace_back(std::move(name), std::move(value)); }
    /// The first value of the name; null when it did not come.
    const std::string* find(std::string_view name) const;
    std::string get(std::string_view name, std::string_view otherwise = "") const;
    bool has(std::string_view name) const { return find(name) != nullptr; }
    std::vector<std::string> all(std::string_view name) const;

    auto begin() const { return pairs_.begin(); }
    auto end() const { return pairs_.end(); }
    std::size_t size() const { return pairs_.size(); }
    bool empty() const { return pairs_.empty(); }

private:
    std::vector<Pair> pairs_;
};

/// One file of a form, or the whole body of a POST with a content type of its own. On a route with Body::upload it was
/// streamed to disk: call `stored->finish()` to keep it, else it is gone with the request. On other routes it is in
/// `content`.
struct Upload {
    std::string field;      ///< Name of the form field; empty for a whole body.
    std::string file_name;  ///< As the sender calls it, last part only, valid UTF-8; never a path.
    std::string type;       ///< As the sender claims; sniff before believing.
    std::uint64_t size = 0;
    std::shared_ptr<storage::Upload> stored;  ///< Shared by the request and the handler that finishes it.
    std::string content;
};

struct Request {
    Method method = Method::get;
    bool head = false;   ///< HEAD: answered as GET, body dropped.
    std::string path;    ///< Percent-decoded, "/thu-tuc/dang-ky-khai-sinh".
    std::string target;  ///< As sent, with the query.
    Fields values;       ///< What {id} and the like of the route stood for.
    Fields query;
    Fields headers;  ///< Names in lower case.
    Fields cookies;
    Fields form;  ///< urlencoded or multipart, text fields.
    std::vector<Upload> files;
    std::string body;         ///< As sent, when it is neither a form nor a file.
    boost::json::value json;  ///< The body when it is JSON (no duplicate keys, bounded depth); else null.
    std::string host;         ///< As the header Host says.
    std::string remote;       ///< Address of the client, behind trusted proxies the one they name.
    bool secure = false;      ///< Came over TLS, here or at a trusted proxy.

    /// The value of a `{name}` in the route. Throws std::logic_error when the route has none.
    const std::string& value(std::string_view name) const;
    std::string header(std::string_view lower_name) const { return headers.get(lower_name); }
    /// From the header Idempotency-Key, else the form field "key"; empty when neither came.
    std::string idempotency_key() const;
    /// Asks for a page rather than JSON, by Accept; addresses under /api/ never do.
    bool wants_page() const;
};

/// A cookie to set. Path is always /, SameSite Lax; over TLS it is Secure and its name begins with __Host-.
struct Cookie {
    std::string name;
    std::string value;
    std::optional<std::chrono::seconds> max_age;  ///< None: until the browser closes; 0: remove.
    bool scripts_may_read = false;
};

/// A body read piece by piece while it is sent; called on an I/O thread.
class BodySource {
public:
    virtual ~BodySource() = default;
    virtual std::uint64_t size() const = 0;
    /// Fills `space` as far as it can; 0 at the end.
    virtual std::size_t read(std::span<char> space) = 0;
};

/// Bytes [from, from + size) of a file. Throws std::system_error when it cannot be opened.
std::unique_ptr<BodySource> file_source(const std::string& path);

struct Response {
    int status = 200;
    std::string type = "text/html; charset=utf-8";
    std::string body;
    Fields headers;
    std::vector<Cookie> cookies;
    std::shared_ptr<const std::string> kept;  ///< Instead of `body`: one copy for everybody who asks.
    std::unique_ptr<BodySource> source;       ///< Instead of `body`.
    std::string events;   ///< Topic of server-sent events: the connection stays open and gets them.
    bool shared = false;  ///< Same for everyone: may be cached; else "no-store".

    Response& header(std::string name, std::string value);
    Response& cookie(Cookie c);
    /// Words the next page shows once, by their key, which begins with "flash.".
    Response& flash(std::string key);
};

/// Answers. `page` wants finished HTML; see Context::render for templates.
Response page(std::string html, int status = 200);
/// 303; throws std::invalid_argument for anything but is_own_path.
Response see_other(std::string_view path);
Response json_answer(const boost::json::value& value, int status = 200);
Response text_answer(std::string text, int status = 200);
Response no_content();
/// A file to keep ("attachment") or, when `inline_shown`, to look at.
Response file_answer(
    std::unique_ptr<BodySource> source,
    std::string_view type,
    std::string_view file_name,
    bool inline_shown = false
);
Response events_answer(std::string topic);

/// The status of a Problem: by its code's last word ("no_such_..." 404; "already_...", "stale", "..._taken", "..._done"
/// and "..._conflict" 409; "forbidden" and "not_permitted" 403; "changed_meanwhile" 412; "too_many" 429...), else 422. The web room's own codes
/// have a table.
int status_of(const Problem& problem);
/// application/problem+json (RFC 9457): type, title (the sentence), status, code, and field, law, errors when there are
/// any. `errors`: everything that is wrong, each with title and code, where more than the first is known.
Response problem_answer(const Problem& problem, std::string_view sentence, boost::json::array errors = {});

}  // namespace thien_an::web
