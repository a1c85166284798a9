#include "engine/text/template.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "engine/text/file_text.h"
#include "engine/text/html_place.h"

namespace thien_an::text {
namespace detail {

enum class Kind { plain, value, address, section, inverted, partial, words, markup };

/// One step of a page. The body of a section is the steps after it, up to `end`.
struct Op {
    Kind kind = Kind::plain;
    int line = 0;
    std::string plain;  ///< Text, name of the partial, or key of the words.
    Name name;
    std::size_t end = 0;  ///< First step after the section.
    std::string before;   ///< Literal text before an address.
    const Program* partial = nullptr;
    std::array<const Message*, language_count> messages{};
};

struct Program {
    std::string name;  ///< "portal/home"
    std::string file;
    std::vector<Op> ops;
    mutable std::atomic<std::size_t> size{0};  ///< Bytes of the last page: the next one reserves as much.
};

}  // namespace detail

namespace {

using detail::Kind;
using detail::Op;
using detail::Program;

struct Tag {
    char sign = 0;  ///< # ^ / > _ @ ! or 0 for a value.
    std::string_view name;
};

std::string_view trimmed(std::string_view text)
{
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
    return text;
}

/// Turns one template into steps.
class Compiler {
public:
    Compiler(Program& program, std::string_view text) : program_(program), text_(text) {}

    void run()
    {
        for (std::size_t at = 0; at < text_.size();) {
            const auto open = std::min(text_.find("{{", at), text_.size());
            put_plain(text_.substr(at, open - at));
            line_ += int(std::count(text_.begin() + long(at), text_.begin() + long(open), '\n'));
            if (open == text_.size()) break;
            const auto close = text_.find("}}", open);
            if (close == std::string_view::npos) fail("{{ is not closed");
            const auto inside = text_.substr(open + 2, close - open - 2);
            put_tag(tag_of(inside));
            line_ += int(std::count(inside.begin(), inside.end(), '\n'));
            at = close + 2;
        }
        if (!open_.empty()) fail("{{#" + program_.ops[open_.back().op].name.text() + "}} is never closed");
        if (place_.kind() != HtmlPlace::Kind::text) fail("the template ends inside a tag");
    }

private:
    struct Open {
        std::size_t op;
        HtmlPlace place;
    };

    [[noreturn]] void fail(const std::string& why) const
    {
        throw LoadError(fmt::format("{}:{}: {}", program_.file, line_, why));
    }

    static Tag tag_of(std::string_view inside)
    {
        constexpr std::string_view signs = "#^/>_@!";
        inside = trimmed(inside);
        if (inside.empty() || signs.find(inside.front()) == std::string_view::npos) return {0, inside};
        return {inside.front(), trimmed(inside.substr(1))};
    }

    void check_name(std::string_view name) const
    {
        const bool good = !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                   c == '.' || c == '/' || c == '-';
        });
        if (!good) fail(fmt::format("\"{}\" is no name", name));
    }

    void put_plain(std::string_view text)
    {
        if (text.empty()) return;
        if (const auto refused = place_.advance(text); !refused.empty()) fail(refused + " is refused");
        Op op;
        op.line = line_;
        op.plain = text;
        program_.ops.push_back(std::move(op));
    }

    void put_tag(const Tag& tag)
    {
        if (tag.sign == '!') return;
        check_name(tag.name);
        switch (tag.sign) {
        case '#': return open(Kind::section, tag.name);
        case '^': return open(Kind::inverted, tag.name);
        case '/': return close(tag.name);
        case '>': return put_partial(tag.name);
        case '_': return put_value(Kind::words, tag.name);
        case '@': return put_markup(tag.name);
        default: return put_value(Kind::value, tag.name);
        }
    }

    void open(Kind kind, std::string_view name)
    {
        open_.push_back({program_.ops.size(), place_});
        push(kind, name);
    }

    void close(std::string_view name)
    {
        if (open_.empty() || program_.ops[open_.back().op].name.text() != name)
            fail(fmt::format("{{{{/{}}}}} closes nothing", name));
        if (!open_.back().place.same_as(place_))
            fail(fmt::format("{{{{/{}}}}} closes in another piece of HTML than it began", name));
        program_.ops[open_.back().op].end = program_.ops.size();
        place_ = open_.back().place;
        open_.pop_back();
    }

    Op& push(Kind kind, std::string_view name)
    {
        Op op;
        op.kind = kind;
        op.line = line_;
        op.name = Name(name);
        program_.ops.push_back(std::move(op));
        return program_.ops.back();
    }

    void put_partial(std::string_view name)
    {
        if (place_.kind() != HtmlPlace::Kind::text)
            fail(fmt::format("{{{{>{}}}}} stands inside a tag", name));
        push(Kind::partial, name).plain = name;
    }

    void put_markup(std::string_view name)
    {
        if (place_.kind() != HtmlPlace::Kind::text)
            fail(fmt::format("{{{{@{}}}}} stands inside a tag", name));
        push(Kind::markup, name);
    }

    void put_value(Kind kind, std::string_view name)
    {
        const auto at = place_.kind();
        if (at != HtmlPlace::Kind::text && at != HtmlPlace::Kind::quoted)
            fail(fmt::format("{{{{{}}}}} stands outside text and double quotes", name));
        const auto& attribute = place_.attribute();
        if (at == HtmlPlace::Kind::quoted && (attribute == "style" || attribute == "srcdoc" ||
                                              attribute == "srcset" || attribute.starts_with("on")))
            fail(fmt::format("{{{{{}}}}} stands in {}", name, attribute));
        const bool settled = place_.written().find_first_of("/?#") != std::string::npos;
        if (place_.in_address() && place_.has_value() && !settled)
            fail(fmt::format("{{{{{}}}}}: an address begins with at most one value", name));
        Op& op = push(kind == Kind::value && place_.in_address() ? Kind::address : kind, name);
        if (kind == Kind::words) op.plain = name;
        op.before = place_.in_address() ? place_.written() : "";
        place_.value_passed();
    }

    Program& program_;
    std::string_view text_;
    int line_ = 1;
    HtmlPlace place_;
    std::vector<Open> open_;
};

/// `before` is the literal text in front of the value.
bool is_good_address(std::string_view before, std::string_view value)
{
    if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }))
        return false;
    const bool climbs = value.starts_with('/') || value.starts_with('\\');
    if (before == "/") return !climbs;
    if (!before.empty() && before.find_first_of("/?#:") != std::string_view::npos) return true;
    if (value.starts_with("//") || value.starts_with("/\\") || value.starts_with('\\') ||
        value.starts_with(' '))
        return false;
    if (value.starts_with("https://") || value.starts_with("http://")) return true;
    return value.substr(0, value.find_first_of("/?#")).find(':') == std::string_view::npos;
}

/// Writes one page.
class Renderer {
public:
    Renderer(Scopes& scopes, Language language, std::string& out)
        : scopes_(scopes), language_(language), out_(out)
    {
    }

    void run(const Program& program) { run(program, 0, program.ops.size()); }

private:
    void run(const Program& program, std::size_t from, std::size_t to)
    {
        for (std::size_t at = from; at < to;) {
            const Op& op = program.ops[at];
            const bool nests =
                op.kind == Kind::section || op.kind == Kind::inverted || op.kind == Kind::partial;
            if (nests) {
                nested(program, op, at);
            } else {
                try {
                    leaf(op);
                } catch (const RenderError& error) {
                    throw located(program, op, error);
                }
            }
            at = op.end > at ? op.end : at + 1;
        }
    }

    static RenderError located(const Program& program, const Op& op, const RenderError& error)
    {
        return RenderError(fmt::format("{}:{}: {}", program.file, op.line, error.what()));
    }

    void nested(const Program& program, const Op& op, std::size_t at)
    {
        if (op.kind == Kind::partial) return run(*op.partial);
        const auto* value = scopes_.find(op.name);
        if (value == nullptr) throw located(program, op, RenderError(op.name.text() + " is not declared"));
        const bool nothing = is_nothing(*value);
        if (op.kind == Kind::inverted) {
            if (nothing) run(program, at + 1, op.end);
            return;
        }
        if (nothing) return;
        const auto body = [&](const boost::json::value& item) {
            scopes_.push(item);
            run(program, at + 1, op.end);
            scopes_.pop();
        };
        if (const auto* list = value->if_array()) {
            for (const auto& item : *list) body(item);
        } else {
            body(*value);
        }
    }

    void leaf(const Op& op)
    {
        switch (op.kind) {
        case Kind::plain: out_ += op.plain; return;
        case Kind::value: append_value(scopes_.get(op.name), op.name, Escape::html, out_); return;
        case Kind::address: address(op); return;
        case Kind::words: op.messages[std::size_t(language_)]->fill(scopes_, Escape::html, out_); return;
        case Kind::markup: markup(op); return;
        case Kind::section:
        case Kind::inverted:
        case Kind::partial: throw std::logic_error("a step with a body is no leaf");
        }
    }

    void address(const Op& op)
    {
        const auto& value = scopes_.get(op.name);
        if (const auto* text = value.if_string();
            text != nullptr && !is_good_address(op.before, {text->data(), text->size()}))
            throw RenderError(op.name.text() + " is no path and no http address");
        append_value(value, op.name, Escape::html, out_);
    }

    void markup(const Op& op)
    {
        const auto& value = scopes_.get(op.name);
        const auto* html = markup_of(value);
        if (html == nullptr && !is_nothing(value))
            throw RenderError(op.name.text() + " is not trusted markup");
        if (html != nullptr) out_.append(html->data(), html->size());
    }

    Scopes& scopes_;
    Language language_;
    std::string& out_;
};

void refuse_cycles(const Program& program, std::vector<const Program*>& path)
{
    if (std::find(path.begin(), path.end(), &program) != path.end())
        throw LoadError(program.file + ":1: includes itself");
    path.push_back(&program);
    for (const auto& op : program.ops)
        if (op.partial != nullptr) refuse_cycles(*op.partial, path);
    path.pop_back();
}

}  // namespace

Templates::Templates() = default;
Templates::~Templates() = default;
Templates::Templates(Templates&&) noexcept = default;
Templates& Templates::operator=(Templates&&) noexcept = default;

Templates Templates::load(std::span<const TemplateFolder> folders, const Catalogue& words)
{
    Templates all;
    for (const auto& folder : folders) {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator(folder.path))
            if (entry.path().extension() == ".html") files.push_back(entry.path());
        std::sort(files.begin(), files.end());
        for (const auto& file : files)
            all.add(folder.name + "/" + file.stem().string(), file.string(), file_text(file));
    }
    all.link(words);
    return all;
}

void Templates::add(const std::string& name, const std::string& file, std::string_view text)
{
    auto program = std::make_unique<Program>();
    program->name = name;
    program->file = file;
    Compiler(*program, text).run();
    if (!programs_.emplace(name, std::move(program)).second)
        throw LoadError(file + ":1: " + name + " is given twice");
}

void Templates::link(const Catalogue& words)
{
    const auto program_named = [&](const std::string& name) -> const Program* {
        const auto found = programs_.find(name);
        return found == programs_.end() ? nullptr : found->second.get();
    };
    for (auto& [name, program] : programs_) {
        const auto folder = name.substr(0, name.find('/') + 1);
        for (auto& op : program->ops) {
            if (op.kind == Kind::partial) {
                const auto* shared = program_named("frame/" + op.plain);
                op.partial = shared != nullptr ? shared : program_named(folder + op.plain);
                if (op.partial == nullptr)
                    throw LoadError(fmt::format("{}:{}: no template {}", program->file, op.line, op.plain));
            } else if (op.kind == Kind::words) {
                if (!words.contains(op.plain))
                    throw LoadError(fmt::format("{}:{}: no words for {}", program->file, op.line, op.plain));
                op.messages = {
                    &words.message(op.plain, Language::vi), &words.message(op.plain, Language::en)};
            }
        }
    }
    std::vector<const Program*> path;
    for (const auto& [name, program] : programs_) refuse_cycles(*program, path);
}

bool Templates::contains(std::string_view name) const { return programs_.find(name) != programs_.end(); }

std::string Templates::render(std::string_view name, Scopes scopes, Language language) const
{
    const auto found = programs_.find(name);
    if (found == programs_.end()) throw RenderError("no template " + std::string(name));
    std::string out;
    out.reserve(found->second->size.load(std::memory_order_relaxed) + 512);
    Renderer(scopes, language, out).run(*found->second);
    found->second->size.store(out.size(), std::memory_order_relaxed);
    return out;
}

}  // namespace thien_an::text
