#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/web/describe.h"
#include "engine/web/http.h"

/// Routes are tables: one row says method, path, permission, handler and bounds. A system's routes.cpp is the index of
/// everything the web can reach in it:
///     constexpr std::array routes{
///         web::Route{web::Method::get, "/thu-tuc/{id}", web::open, show_procedure},
///         web::Route{web::Method::post, "/api/v1/births", "civil_status.births.enter", enter_birth,
///                    {.body_max = 65536, .input = web::described<NewBirth>, .output = web::described<Birth>}},
///     };
/// A row without a permission does not compile.
namespace thien_an::web {

class Context;

using Handler = Result<Response> (*)(const Request&, Context&);

/// The right a visitor must have. Known at compile time and never empty.
class Permission {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): a row of a table names it as a plain text.
    consteval Permission(const char* name) : name_(name)
    {
        if (name_.empty()) throw "a route needs a permission";
    }
    constexpr std::string_view name() const { return name_; }

private:
    std::string_view name_;
};

constexpr Permission open{"public"};          ///< Anyone, signed in or not.
constexpr Permission signed_in{"signed_in"};  ///< Any account: the handler decides on whose things.
constexpr std::string_view any_scope = "*";   ///< Whatever a bearer token may do, it may do this.

/// Threads a handler runs on: `interactive` commits and shows, `heavy` hashes passwords, draws, signs and exports,
/// `machines` answers other programs.
enum class Lane { interactive, heavy, machines };
constexpr std::size_t lane_count = 3;

/// How a body is read before the handler runs.
enum class Body {
    form_or_json,  ///< In memory, up to body_max.
    upload,  ///< Files of a form, or the whole body, streamed to disk; text fields up to fields_max in all.
};

struct Options {
    std::size_t body_max = 64 * 1024;  ///< Bytes; more gets 413 before any of it is read.
    Lane lane = Lane::interactive;
    Body body = Body::form_or_json;
    std::string_view rate = {};   ///< Name of a rate limit in the configuration; empty: none.
    bool csrf = true;             ///< A form's POST carries our token. Bearer tokens need none.
    bool idempotent = true;       ///< A POST takes an Idempotency-Key.
    std::string_view scope = {};  ///< What a bearer token must hold; empty: tokens are refused outside /api/.
    Describer input = nullptr;    ///< described<T>: JSON body. Decoded and checked before the handler runs.
    Describer output = nullptr;   ///< described<T>: answer of the API.
    int status = 200;             ///< Of the API's success.
    std::string_view about = {};  ///< One sentence for the API description, English.
    bool guesses = false;  ///< Only answers 404 count towards `rate`: whoever knows the code is not stopped.
    Describer query = nullptr;  ///< described<T>: what may follow "?", for the API description.
    /// The body is bytes of this type, or a form with them as the file "file"; kept in memory, see sent_file.
    std::string_view input_media = {};
    /// Beside JSON that fits `input`: other types of a body the handler reads itself, separated by spaces.
    std::string_view input_also = {};
    std::string_view media =
        {};                  ///< The API's answer is bytes of this type, not JSON: "application/pdf", "*/*".
    bool versioned = false;  ///< GET: the answer has an ETag. POST: takes If-Match.
};

struct Route {
    Method method;
    std::string_view path;  ///< "/ho-so/{code}"; {name} is one part, {name*} the rest.
    Permission permission;
    Handler handler;
    Options options = {};
};

/// All routes of the program. Built once at start; safe to read from many threads.
class RouteTable {
public:
    /// Throws std::logic_error for a path twice, names twice in a path, or a pattern that is no pattern.
    explicit RouteTable(std::span<const std::span<const Route>> tables);
    ~RouteTable();
    RouteTable(RouteTable&&) noexcept;

    struct Match {
        const Route* route = nullptr;  ///< Null: no such path, or not with this method.
        std::vector<Method> methods;   ///< When the path exists with other methods only.
        Fields values;
    };
    /// `path` is percent-decoded. A literal part wins over {name}.
    Match find(Method method, std::string_view path) const;
    const std::vector<const Route*>& all() const { return routes_; }

private:
    struct Node;

    std::vector<const Route*> routes_;
    std::unique_ptr<Node> root_;
};

}  // namespace thien_an::web
