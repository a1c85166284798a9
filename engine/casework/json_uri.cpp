#include "engine/casework/json_uri.h"

#include <charconv>

namespace thien_an::casework {
namespace {

struct Parts {
    std::string_view scheme, authority, path, query;
    bool has_scheme = false, has_authority = false, has_query = false;
};

Parts split(std::string_view uri)
{
    Parts parts;
    uri = without_fragment(uri);
    const auto colon = uri.find(':');
    if (colon != std::string_view::npos && colon > 0 && uri.find_first_of("/?") > colon) {
        parts.scheme = uri.substr(0, colon);
        parts.has_scheme = true;
        uri.remove_prefix(colon + 1);
    }
    if (uri.starts_with("//")) {
        uri.remove_prefix(2);
        parts.authority = uri.substr(0, uri.find_first_of("/?"));
        parts.has_authority = true;
        uri.remove_prefix(parts.authority.size());
    }
    const auto question = uri.find('?');
    parts.path = uri.substr(0, question);
    if (question != std::string_view::npos) {
        parts.query = uri.substr(question + 1);
        parts.has_query = true;
    }
    return parts;
}

std::string without_dots(std::string_view path)
{
    std::string out;
    while (!path.empty()) {
        const auto end = path.find('/', 1);
        const auto segment = path.substr(0, end);
        path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
        const bool last = path.empty();
        const auto name = segment.starts_with('/') ? segment.substr(1) : segment;
        if (name == "." || name == "..") {
            if (name == "..") out.erase(out.rfind('/') == std::string::npos ? 0 : out.rfind('/'));
            if (last) out += '/';
        } else {
            out += segment;
        }
    }
    return out;
}

std::string merged(const Parts& base, std::string_view path)
{
    if (base.has_authority && base.path.empty()) return "/" + std::string(path);
    const auto slash = base.path.rfind('/');
    const auto folder = slash == std::string_view::npos ? std::string_view{} : base.path.substr(0, slash + 1);
    return std::string(folder) + std::string(path);
}

std::string joined(const Parts& authority, std::string_view scheme, std::string_view path, const Parts& query)
{
    std::string out;
    if (!scheme.empty()) out = std::string(scheme) + ":";
    if (authority.has_authority) out += "//" + std::string(authority.authority);
    out += path;
    if (query.has_query) out += "?" + std::string(query.query);
    return out;
}

}  // namespace

std::string_view without_fragment(std::string_view uri) { return uri.substr(0, uri.find('#')); }

std::string fragment_of(std::string_view uri)
{
    const auto hash = uri.find('#');
    std::string out;
    if (hash == std::string_view::npos) return out;
    uri.remove_prefix(hash + 1);
    for (std::size_t i = 0; i < uri.size(); ++i) {
        int code = 0;
        const auto* from = uri.data() + i + 1;
        if (uri[i] == '%' && i + 2 < uri.size() &&
            std::from_chars(from, from + 2, code, 16).ptr == from + 2) {
            out += char(code);
            i += 2;
        } else {
            out += uri[i];
        }
    }
    return out;
}

std::string resolved_uri(std::string_view base, std::string_view reference)
{
    const auto hash = reference.find('#');
    const auto fragment = hash == std::string_view::npos ? std::string_view{} : reference.substr(hash);
    const auto from = split(base);
    const auto to = split(reference);
    std::string out;
    if (to.has_scheme)
        out = joined(to, to.scheme, without_dots(to.path), to);
    else if (to.has_authority)
        out = joined(to, from.scheme, without_dots(to.path), to);
    else if (to.path.empty())
        out = joined(from, from.scheme, from.path, to.has_query ? to : from);
    else
        out = joined(
            from,
            from.scheme,
            without_dots(to.path.starts_with('/') ? std::string(to.path) : merged(from, to.path)),
            to
        );
    return out + std::string(fragment);
}

}  // namespace thien_an::casework
