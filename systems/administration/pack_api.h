#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/web/context.h"
#include "engine/web/describe.h"

/// REST for data packs: their versions, taking one along as a ZIP, and publishing one.
namespace thien_an::administration {

struct PackVersionShown {
    std::string id;
    std::string sha256;
    std::string origin;
    bool in_force = false;
    Instant at;
    std::int64_t faults = 0;
};
template <typename Visitor>
void describe(Visitor& visit, PackVersionShown& it)
{
    visit("id", it.id, {.example = "120435218374656"});
    visit("sha256", it.sha256, {.about = "Of the files: equal content, equal version."});
    visit("origin", it.origin, {.choices = "shipped desk"});
    visit("in_force", it.in_force, {});
    visit("at", it.at, {});
    visit("faults", it.faults, {.about = "Why it was refused; 0: it is good.", .least = 0});
}

struct PackShown {
    std::string name;
    std::string kind;
    std::vector<PackVersionShown> versions;
};
template <typename Visitor>
void describe(Visitor& visit, PackShown& it)
{
    visit("name", it.name, {.example = "birth_registration"});
    visit("kind", it.kind, {.choices = "procedure register"});
    visit("versions", it.versions, {.about = "The latest first.", .length_max = 1000});
}

struct PublishQuery {
    std::optional<std::string> kind;
};
template <typename Visitor>
void describe(Visitor& visit, PublishQuery& it)
{
    visit(
        "kind", it.kind, {.about = "A procedure unless it says register.", .choices = "procedure register"}
    );
}

struct PackPublished {
    std::string name;
    std::string id;
    std::string sha256;
};
template <typename Visitor>
void describe(Visitor& visit, PackPublished& it)
{
    visit("name", it.name, {.example = "birth_registration"});
    visit("id", it.id, {.example = "120435218374656"});
    visit("sha256", it.sha256, {});
}

Result<web::Response> send_pack(const web::Request& request, web::Context& context);
Result<web::Response> send_pack_archive(const web::Request& request, web::Context& context);
Result<web::Response> publish_pack(const web::Request& request, web::Context& context);

}  // namespace thien_an::administration
