#include "engine/web/route.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

namespace thien_an::web {
namespace {

std::vector<std::string_view> parts_of(std::string_view path)
{
    std::vector<std::string_view> parts;
    while (!path.empty()) {
        path.remove_prefix(1);  // '/'
        const auto end = std::min(path.find('/'), path.size());
        parts.push_back(path.substr(0, end));
        path.remove_prefix(end);
    }
    if (parts.size() == 1 && parts.front().empty()) parts.clear();
    return parts;
}

bool is_rest(std::string_view part) { return part.ends_with("*}"); }
bool is_value(std::string_view part) { return part.starts_with('{') && part.ends_with('}'); }

std::string name_in(std::string_view part)
{
    return std::string(part.substr(1, part.size() - (is_rest(part) ? 3 : 2)));
}

void check_pattern(const Route& route, const std::vector<std::string_view>& parts)
{
    const std::string path(route.path);
    if (!path.starts_with('/')) throw std::logic_error("route " + path + " does not begin with /");
    if (route.handler == nullptr) throw std::logic_error("route " + path + " has no handler");
    std::set<std::string> names;
    for (const auto& part : parts) {
        const bool braces = part.find_first_of("{}") != std::string_view::npos;
        if (part.empty() || (braces && !is_value(part)))
            throw std::logic_error("route " + path + " is no pattern");
        if (is_rest(part) && &part != &parts.back())
            throw std::logic_error("route " + path + " goes on after {...*}");
        if (is_value(part) && !names.insert(name_in(part)).second)
            throw std::logic_error("route " + path + " names a value twice");
    }
}

}  // namespace

struct RouteTable::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> literal;
    std::unique_ptr<Node> value;
    std::unique_ptr<Node> rest;
    std::map<Method, const Route*> here;

    /// The deepest node for the parts from `at`, literal first; null when there is none.
    const Node* find(const std::vector<std::string_view>& parts, std::size_t at) const
    {
        if (at == parts.size()) return here.empty() ? nullptr : this;
        if (const auto next = literal.find(parts[at]); next != literal.end())
            if (const auto* found = next->second->find(parts, at + 1)) return found;
        if (value && !parts[at].empty())
            if (const auto* found = value->find(parts, at + 1)) return found;
        return rest.get();
    }
};

RouteTable::RouteTable(std::span<const std::span<const Route>> tables) : root_(std::make_unique<Node>())
{
    for (const auto table : tables)
        for (const auto& route : table) {
            const auto parts = parts_of(route.path);
            check_pattern(route, parts);
            auto* at = root_.get();
            for (const auto part : parts) {
                auto& next = is_rest(part)    ? at->rest
                             : is_value(part) ? at->value
                                              : at->literal[std::string(part)];
                if (!next) next = std::make_unique<Node>();
                at = next.get();
            }
            if (!at->here.emplace(route.method, &route).second)
                throw std::logic_error(
                    "two routes for " + std::string(name_of(route.method)) + " " + std::string(route.path)
                );
            routes_.push_back(&route);
        }
}

RouteTable::~RouteTable() = default;
RouteTable::RouteTable(RouteTable&&) noexcept = default;

RouteTable::Match RouteTable::find(Method method, std::string_view path) const
{
    Match match;
    if (!path.starts_with('/')) return match;
    const auto parts = parts_of(path);
    const auto* node = root_->find(parts, 0);
    if (node == nullptr) return match;
    const auto found = node->here.find(method);
    if (found == node->here.end()) {
        for (const auto& [other, route] : node->here) match.methods.push_back(other);
        return match;
    }
    match.route = found->second;
    const auto pattern = parts_of(match.route->path);
    for (std::size_t i = 0; i < pattern.size(); ++i) {
        if (!is_value(pattern[i])) continue;
        const auto from = std::size_t(parts[i].data() - path.data());
        match.values.add(
            name_in(pattern[i]), std::string(is_rest(pattern[i]) ? path.substr(from) : parts[i])
        );
    }
    return match;
}

}  // namespace thien_an::web
