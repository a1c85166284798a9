#include "engine/web/openapi.h"

#include <map>
#include <set>

#include "engine/web/ascii.h"

namespace thien_an::web {
namespace {

constexpr std::string_view api_root = "/api/v1/";

bool is_api(const Route& route) { return route.path.starts_with(api_root); }
bool has_body(const Route& route) { return route.method != Method::get && route.method != Method::del; }
bool is_open(const Route& route) { return route.permission.name() == open.name(); }

/// "post_tasks_id_complete"
std::string operation_id(const Route& route)
{
    std::string id = lower(name_of(route.method)) + "_";
    for (const char c : route.path.substr(api_root.size())) {
        if (c == '{' || c == '}') continue;
        id += c == '/' || c == '-' || c == '.' ? '_' : c;
    }
    return id;
}

std::string tag_of(const Route& route)
{
    const auto rest = route.path.substr(api_root.size());
    return std::string(rest.substr(0, rest.find('/')));
}

boost::json::object schema_named(std::string_view name)
{
    boost::json::object out;
    out["$ref"] = "#/components/schemas/" + std::string(name);
    return out;
}

boost::json::object json_content(const Description& description, std::string_view type)
{
    boost::json::object media;
    media["schema"] = schema_named(description.name);
    media["example"] = description.example;
    boost::json::object content;
    content[type] = std::move(media);
    return content;
}

/// In a query a value that may be absent is not null: it is left out.
void add_query(const Description& query, boost::json::array& parameters)
{
    for (const auto& member : query.schema.at("properties").get_object()) {
        const auto* either = member.value().get_object().if_contains("anyOf");
        const auto& schema = either == nullptr ? member.value() : either->get_array().front();
        boost::json::object parameter{
            {"name", std::string_view(member.key())}, {"in", "query"}, {"schema", schema}};
        if (either == nullptr) parameter["required"] = true;
        if (const auto* about = schema.get_object().if_contains("description"))
            parameter["description"] = *about;
        parameters.push_back(std::move(parameter));
    }
}

boost::json::array parameters_of(const Route& route)
{
    boost::json::array out;
    for (std::size_t at = route.path.find('{'); at != std::string_view::npos;
         at = route.path.find('{', at + 1)) {
        const auto name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
        out.push_back(boost::json::object{
            {"name", name},
            {"in", "path"},
            {"required", true},
            {"schema", boost::json::object{{"type", "string"}, {"maxLength", 200}}}});
    }
    if (route.options.query != nullptr) add_query(route.options.query(), out);
    if (route.method == Method::post && route.options.idempotent)
        out.push_back(boost::json::object{{"$ref", "#/components/parameters/IdempotencyKey"}});
    if (route.method != Method::get && route.options.versioned)
        out.push_back(boost::json::object{{"$ref", "#/components/parameters/IfMatch"}});
    return out;
}

/// The type of a body that is a file; empty when it is JSON.
std::string_view input_media_of(const Route& route)
{
    if (route.options.body == Body::upload) return "application/octet-stream";
    return route.options.input_media;
}

boost::json::object body_of(const Route& route)
{
    const auto media = input_media_of(route);
    if (!media.empty()) {
        const boost::json::object binary{
            {"schema", boost::json::object{{"type", "string"}, {"format", "binary"}}}};
        const boost::json::object form{
            {"schema",
             boost::json::object{
                 {"type", "object"},
                 {"properties",
                  boost::json::object{
                      {"file", boost::json::object{{"type", "string"}, {"format", "binary"}}}}},
                 {"required", boost::json::array{"file"}}}}};
        return {
            {"required", true},
            {"content", boost::json::object{{"multipart/form-data", form}, {media, binary}}}};
    }
    auto content = json_content(route.options.input(), "application/json");
    for (auto also = route.options.input_also; !also.empty();) {
        const auto end = std::min(also.find(' '), also.size());
        content[also.substr(0, end)] =
            boost::json::object{{"schema", boost::json::object{{"type", "string"}, {"format", "binary"}}}};
        also.remove_prefix(std::min(end + 1, also.size()));
    }
    return {{"required", true}, {"content", std::move(content)}};
}

boost::json::object binary_content(std::string_view type)
{
    boost::json::object content;
    content[type] =
        boost::json::object{{"schema", boost::json::object{{"type", "string"}, {"format", "binary"}}}};
    return content;
}

boost::json::object responses_of(const Route& route)
{
    const auto& options = route.options;
    boost::json::object out;
    boost::json::object good{{"description", "Done."}};
    if (options.output != nullptr) good["content"] = json_content(options.output(), "application/json");
    if (!options.media.empty()) good["content"] = binary_content(options.media);
    if (route.method == Method::get && options.versioned)
        good["headers"] =
            boost::json::object{{"ETag", boost::json::object{{"$ref", "#/components/headers/ETag"}}}};
    out[std::to_string(options.status)] = std::move(good);
    std::set<int> refused{400, 500, 503};
    if (!is_open(route)) refused.insert({401, 403});
    if (route.path.find('{') != std::string_view::npos) refused.insert(404);
    if (has_body(route)) refused.insert({403, 409, 413, 415, 422, 507});
    if (has_body(route) && options.versioned) refused.insert(412);
    if (!options.rate.empty()) refused.insert(429);
    const boost::json::object problem{{"$ref", "#/components/responses/Problem"}};
    for (const int status : refused) out[std::to_string(status)] = problem;
    out["default"] = problem;
    return out;
}

boost::json::object operation_of(const Route& route)
{
    boost::json::object out{
        {"operationId", operation_id(route)},
        {"summary", route.options.about},
        {"description", route.options.about},
        {"tags", boost::json::array{boost::json::value(tag_of(route))}},
        {"parameters", parameters_of(route)},
        {"responses", responses_of(route)}};
    if (has_body(route) && (route.options.input != nullptr || !input_media_of(route).empty()))
        out["requestBody"] = body_of(route);
    if (is_open(route)) {
        out["security"] = boost::json::array{};
    } else {
        boost::json::array scopes;
        if (!route.options.scope.empty() && route.options.scope != any_scope)
            scopes.push_back(boost::json::value(route.options.scope));
        out["security"] = boost::json::array{
            boost::json::object{{"oauth", scopes}},
            boost::json::object{{"bearer", scopes}},
            boost::json::object{{"session", boost::json::array{}}}};
    }
    return out;
}

void add_schema(Describer describer, boost::json::object& schemas)
{
    if (describer == nullptr) return;
    const auto& description = describer();
    schemas[description.name] = description.schema;
}

boost::json::object problem_schema()
{
    const boost::json::object text{{"type", "string"}};
    const boost::json::object wrong{
        {"type", "object"},
        {"required", boost::json::array{"title", "code"}},
        {"properties",
         boost::json::object{
             {"title", text},
             {"code", text},
             {"field", text},
             {"law", text},
             {"file", text},
             {"line", boost::json::object{{"type", "integer"}}}}},
        {"additionalProperties", false}};
    return {
        {"type", "object"},
        {"required", boost::json::array{"type", "title", "status", "code"}},
        {"properties",
         boost::json::object{
             {"type", text},
             {"title", boost::json::object{{"type", "string"}, {"description", "A sentence for people."}}},
             {"status", boost::json::object{{"type", "integer"}}},
             {"code", boost::json::object{{"type", "string"}, {"description", "Stable, never translated."}}},
             {"field",
              boost::json::object{{"type", "string"}, {"description", "JSON Pointer into what was sent."}}},
             {"law", text},
             {"errors",
              boost::json::object{
                  {"type", "array"},
                  {"description", "Everything that is wrong, when more than the first is known."},
                  {"items", wrong}}}}}};
}

/// Ways to say who asks: a token of `thienan token`, one a program gets for its secret, or a browser's session.
boost::json::object security_schemes(const std::set<std::string>& scopes)
{
    boost::json::object described;
    for (const auto& scope : scopes) described[scope] = "Operations that name the scope " + scope + ".";
    return {
        {"bearer", boost::json::object{{"type", "http"}, {"scheme", "bearer"}}},
        {"oauth",
         boost::json::object{
             {"type", "oauth2"},
             {"flows",
              boost::json::object{
                  {"clientCredentials",
                   boost::json::object{{"tokenUrl", "/oauth/token"}, {"scopes", described}}}}}}},
        {"session", boost::json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", "phien"}}}};
}

boost::json::object header_parameter(std::string_view name, std::string_view about)
{
    return {
        {"name", name},
        {"in", "header"},
        {"required", false},
        {"description", about},
        {"schema", boost::json::object{{"type", "string"}, {"maxLength", 200}}}};
}

boost::json::object components_of(const RouteTable& routes)
{
    boost::json::object schemas{{"Problem", problem_schema()}};
    std::set<std::string> scopes;
    for (const auto* route : routes.all()) {
        if (!is_api(*route)) continue;
        add_schema(route->options.input, schemas);
        add_schema(route->options.output, schemas);
        if (!route->options.scope.empty() && route->options.scope != any_scope)
            scopes.emplace(route->options.scope);
    }
    const boost::json::object problem{
        {"description", "Not done, and why (RFC 9457)."},
        {"content",
         boost::json::object{
             {"application/problem+json", boost::json::object{{"schema", schema_named("Problem")}}}}}};
    return {
        {"schemas", schemas},
        {"parameters",
         boost::json::object{
             {"IdempotencyKey",
              header_parameter(
                  "Idempotency-Key",
                  "The same key and body give the same answer for 7 days; another body gets 409."
              )},
             {"IfMatch",
              header_parameter(
                  "If-Match", "The ETag of what was seen; 412 when it has changed since, and nothing is done."
              )}}},
        {"headers",
         boost::json::object{
             {"ETag",
              boost::json::object{
                  {"description", "The version shown; send it as If-Match."},
                  {"schema", boost::json::object{{"type", "string"}}}}}}},
        {"responses", boost::json::object{{"Problem", problem}}},
        {"securitySchemes", security_schemes(scopes)}};
}

}  // namespace

boost::json::value openapi(const RouteTable& routes, std::string_view server_url)
{
    boost::json::object paths;
    std::set<std::string> tags;
    for (const auto* route : routes.all()) {
        if (!is_api(*route)) continue;
        auto& path = paths[route->path];
        if (!path.is_object()) path = boost::json::object{};
        path.as_object()[lower(name_of(route->method))] = operation_of(*route);
        tags.insert(tag_of(*route));
    }
    boost::json::array named;
    for (const auto& tag : tags)
        named.push_back(boost::json::object{{"name", tag}, {"description", "Everything about " + tag + "."}});
    return boost::json::object{
        {"openapi", "3.1.0"},
        {"info",
         boost::json::object{
             {"title", "Thiên Ấn"},
             {"version", "1.0.0"},
             {"description", "Everything a page can do."},
             {"license", boost::json::object{{"name", "EUPL-1.2"}, {"identifier", "EUPL-1.2"}}},
             {"contact", boost::json::object{{"name", "The operator of this server"}}}}},
        {"servers", boost::json::array{boost::json::object{{"url", server_url}}}},
        {"tags", named},
        {"paths", paths},
        {"components", components_of(routes)}};
}

std::vector<std::string> api_faults(const RouteTable& routes)
{
    std::vector<std::string> faults;
    std::set<std::string> ids;
    std::map<std::string, const boost::json::value*> schemas;
    for (const auto* route : routes.all()) {
        if (!is_api(*route)) continue;
        const auto name = std::string(name_of(route->method)) + " " + std::string(route->path);
        const auto& options = route->options;
        if (options.about.empty()) faults.push_back(name + " has no sentence about it");
        if (options.output == nullptr && options.media.empty() && options.status != 204)
            faults.push_back(name + " has no output type");
        for (const auto describer : {options.input, options.output})
            if (describer != nullptr) {
                const auto& [known, fresh] = schemas.emplace(describer().name, &describer().schema);
                if (!fresh && *known->second != describer().schema)
                    faults.push_back(name + " has a type with the name of another: " + describer().name);
            }
        if (has_body(*route) && options.input == nullptr && input_media_of(*route).empty())
            faults.push_back(name + " has no input type");
        if (!is_open(*route) && options.scope.empty()) faults.push_back(name + " has no scope");
        if (!ids.insert(operation_id(*route)).second)
            faults.push_back(name + " has the name of another operation");
    }
    return faults;
}

}  // namespace thien_an::web
