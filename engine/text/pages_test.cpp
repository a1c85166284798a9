#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/base/json.h"
#include "engine/text/template.h"

using namespace thien_an;
using namespace thien_an::text;
namespace fs = std::filesystem;

namespace {

const fs::path root = THIENAN_SOURCE_DIR;

std::string content(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    REQUIRE_MESSAGE(in, file);
    std::stringstream text;
    text << in.rdbuf();
    return text.str();
}

json::value read(const fs::path& file)
{
    auto value = json::parse(content(file));
    REQUIRE_MESSAGE(value, file);
    return value.value();
}

std::vector<fs::path> folders_with(const std::string& name)
{
    std::vector<fs::path> all;
    for (const auto* parent : {"engine", "systems"})
        for (const auto& folder : fs::directory_iterator(root / parent))
            if (fs::exists(folder.path() / name)) all.push_back(folder.path());
    return all;
}

/// The words of the whole program: those of the frame, of the rooms and of the systems.
const Catalogue& words()
{
    static const Catalogue all = [] {
        auto folders = folders_with("words.vi.json");
        folders.push_back(root / "ui");
        return Catalogue::load(folders);
    }();
    return all;
}

const Templates& pages()
{
    static const Templates all = [] {
        std::vector<TemplateFolder> folders{{"frame", root / "ui/frame"}};
        for (const auto& system : folders_with("pages"))
            folders.push_back({system.filename().string(), system / "pages"});
        return Templates::load(folders, words());
    }();
    return all;
}

/// Pictures are text in a sample; the program hands them over as markup it made.
void trust_pictures(json::object& sample)
{
    for (const auto* name : {"picture", "qr"})
        if (auto* markup = sample.if_contains(name); markup != nullptr && markup->is_string())
            *markup = trusted(Markup(std::string(markup->as_string())));
}

/// Any address for any asset, so that the test needs no built ui.
json::object assets()
{
    json::object all;
    for (const auto* name :
         {"portal_css",
          "portal_js",
          "desk_css",
          "desk_js",
          "paper_css",
          "paper_js",
          "icons_svg",
          "mark_svg",
          "scene_svg"})
        all[name] = "/tinh/" + std::string(name);
    return all;
}

std::string render(const fs::path& file, Language language)
{
    json::value shared = read(root / "ui/preview/frame.json");
    shared.as_object()["assets"] = assets();
    json::value own = read(file);
    trust_pictures(own.as_object());
    json::object frame = shared.at("frame").as_object();
    if (const auto* members = own.as_object().if_contains("frame"))
        for (const auto& member : members->as_object()) frame[member.key()] = member.value();
    own.as_object()["frame"] = frame;
    const auto stem = file.stem().string();
    const auto page = file.parent_path().filename().string() + "/" + stem.substr(0, stem.find('@'));
    return pages().render(page, Scopes({&shared, &own}), language);
}

}  // namespace

TEST_CASE("every page and partial of the systems is accepted")
{
    CHECK(pages().contains("portal/home"));
    CHECK(pages().contains("one_stop/queue"));
    CHECK(pages().contains("civil_status/register"));
    CHECK(pages().contains("administration/audit"));
}

TEST_CASE("every sample page is written in both languages")
{
    std::size_t count = 0;
    for (const auto& entry : fs::recursive_directory_iterator(root / "ui/preview")) {
        if (!entry.is_regular_file() || entry.path().filename() == "frame.json") continue;
        CAPTURE(entry.path());
        for (const auto language : {Language::vi, Language::en}) {
            const auto html = render(entry.path(), language);
            CHECK(html.find("<!doctype html>") != std::string::npos);
            CHECK(html.find("</html>") != std::string::npos);
            CHECK(html.find("{{") == std::string::npos);
        }
        ++count;
    }
    CHECK(count >= 67);
}
