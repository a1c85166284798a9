#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "engine/text/catalogue.h"
#include "engine/text/scope.h"

/// Pages as precompiled templates, a strict subset of mustache.
///   {{a.b}}            a value, always HTML-escaped; only in text and in double-quoted attributes
///   {{#x}}..{{/x}}     for each item of a list (the item is the innermost scope, {{.}} itself), or once when x is something
///   {{^x}}..{{/x}}     when x is null, false, 0, "" or []
///   {{>name}}          another template: of the folder "frame", else of the same folder
///   {{_ key}}          words of the catalogue, their places filled from the context
///   {{@x}}             markup made by `trusted`
///   {{! remark}}
namespace thien_an::text {

/// A folder of templates: `page.html` in it is called "NAME/page".
struct TemplateFolder {
    std::string name;
    std::filesystem::path path;
};

namespace detail {
struct Program;
}

/// Every page of the program. Loaded once at start; safe to use from many threads.
class Templates {
public:
    Templates();
    ~Templates();
    Templates(Templates&&) noexcept;
    Templates& operator=(Templates&&) noexcept;

    /// Compiles *.html of the folders. Throws LoadError, with file and line, for: an unknown tag, a section not
    /// closed or closed inside another piece of HTML than it began, a value in <script>, <style>, a comment, a tag or
    /// an attribute that is not double-quoted, inline style or on... attributes, a partial or a key nobody has, and
    /// partials that include themselves. `words` must outlive the templates.
    static Templates load(std::span<const TemplateFolder> folders, const Catalogue& words);
    /// One template from memory, for tests; call link() after the last.
    void add(const std::string& name, const std::string& file, std::string_view text);
    void link(const Catalogue& words);

    bool contains(std::string_view name) const;
    /// Throws RenderError, with template and line, for a name nobody declared, a list as value, an object as markup,
    /// or an address in href, src, action, formaction, poster that is no path and not http(s).
    std::string render(std::string_view name, Scopes scopes, Language language) const;

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::unique_ptr<detail::Program>, Hash, std::equal_to<>> programs_;
};

}  // namespace thien_an::text
