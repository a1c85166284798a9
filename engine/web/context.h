#pragma once

#include <boost/json.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeindex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/id.h"
#include "engine/storage/database.h"
#include "engine/text/catalogue.h"
#include "engine/text/template.h"
#include "engine/web/http.h"
#include "engine/web/session.h"

/// What a handler works with: services by type, the clocks, who asks, language and look, and pages.
namespace thien_an::web {

/// One object of each type, made by the program and used by handlers. Filled before the server starts, then only read.
class Services {
public:
    /// Keeps a reference: the service must outlive the server.
    template <typename T>
    void add(T& service)
    {
        if (!held_.emplace(typeid(T), &service).second) throw std::logic_error("a service is given twice");
    }
    template <typename T>
    bool has() const
    {
        return held_.contains(typeid(T));
    }
    /// Throws std::logic_error when the program gave none.
    template <typename T>
    T& get() const
    {
        const auto found = held_.find(typeid(T));
        if (found == held_.end()) throw std::logic_error(std::string("no service ") + typeid(T).name());
        return *static_cast<T*>(found->second);
    }

private:
    std::unordered_map<std::type_index, void*> held_;
};

/// How the visitor wants pages, from cookies.
struct Look {
    std::string theme;          ///< "light", "dark" or "" (as the device says).
    std::string text;           ///< "large" or "".
    std::string contrast = {};  ///< "more" or "" (as the device says).
};

/// Templates, words and addresses of files for the browser, shared by all requests.
struct Pages {
    const text::Catalogue& words;
    const text::Templates& templates;
    boost::json::object assets;  ///< From manifest.json: {"portal_css": "/tinh/portal-1A2B.css"}.
    boost::json::object
        frame;  ///< Members of "frame" that are the same for everyone: owner, help_line, demo...
    std::vector<std::pair<std::string, std::string>>
        sections;                       ///< Of frame.at: name, and the path it begins with.
    boost::json::object frame_en = {};  ///< Members of `frame` that English pages say in English.
};

class Context {
public:
    struct Parts {
        const Services& services;
        const Pages& pages;
        const Request& request;
        Instant now;
        Instant wall;
        text::Language language = text::Language::vi;
        Look look;
        std::shared_ptr<const Session> session;
        std::string visitor;
        std::string csrf;
        std::string form_key;
    };
    explicit Context(Parts parts) : parts_(std::move(parts)) {}

    /// The same request answered in another language: papers with legal effect are Vietnamese whatever the reader's.
    Context in(text::Language language) const
    {
        auto parts = parts_;
        parts.language = language;
        return Context(std::move(parts));
    }

    /// Business time, read once for the request: what law and records use.
    Instant now() const { return parts_.now; }
    Day today() const { return day_of(parts_.now); }
    Instant wall() const { return parts_.wall; }  ///< Real time: cookies, limits, tokens.
    text::Language language() const { return parts_.language; }
    const Look& look() const { return parts_.look; }
    const Session* session() const { return parts_.session.get(); }
    /// The signed-in one, or a visitor: channel "portal", "desk" (acts as a post) or "api".
    const identity::Actor& actor() const;
    bool may(std::string_view permission) const { return parts_.session && parts_.session->may(permission); }
    const std::string& visitor() const
    {
        return parts_.visitor;
    }                                                        ///< Signed id of this browser without sign-in.
    const std::string& csrf() const { return parts_.csrf; }  ///< For forms a handler writes itself.
    const std::string& form_key() const
    {
        return parts_.form_key;
    }  ///< Fresh Idempotency-Key for the next form.
    const Request& request() const { return parts_.request; }

    template <typename T>
    T& use() const
    {
        return parts_.services.get<T>();
    }
    storage::Database& database() const { return use<storage::Database>(); }
    IdSource& ids() const { return use<IdSource>(); }

    std::string say(std::string_view key, const boost::json::value& words = {}) const;  ///< Plain text.
    std::string sentence(const Problem& problem) const;                                 ///< Plain text.

    /// The page of template "portal/home" with `values` (an object). "frame" and "assets" are added: frame has lang,
    /// theme, text, csrf, key, path, person, at, flash, other_lang, other_text and what Pages.frame says; a member
    /// "frame" of `values` adds to it or wins.
    Response render(std::string_view name, boost::json::object values, int status = 200) const;
    /// Only the template, without frame: a fragment for another page, as trusted markup.
    boost::json::value fragment(std::string_view name, const boost::json::object& values) const;

private:
    boost::json::object frame() const;

    Parts parts_;
};

}  // namespace thien_an::web
