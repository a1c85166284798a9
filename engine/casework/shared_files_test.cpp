#include "engine/casework/shared_files.h"

#include <doctest/doctest.h>
#include <unistd.h>

#include <fstream>

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, std::string_view text)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
}

TEST_CASE("a merge patch changes, adds and takes away")
{
    const auto v = [](std::string_view text) { return json::parse(text).value(); };
    CHECK(
        merged(v(R"({"a":"b","c":{"d":"e","f":"g"}})"), v(R"({"a":"z","c":{"f":null}})")) ==
        v(R"({"a":"z","c":{"d":"e"}})")
    );
    CHECK(
        merged(v(R"({"a":[1,2]})"), v(R"({"a":[3],"b":{"c":null,"d":{}}})")) == v(R"({"a":[3],"b":{"d":{}}})")
    );
    CHECK(merged(v(R"({"a":1})"), v("[1]")) == v("[1]"));
}

TEST_CASE("what is written for people is the same value")
{
    const auto v =
        json::parse(R"({"a":["mot hai ba bon nam sau bay tam chin muoi muoi mot muoi hai"],"b":{"c":[1,
        {"d":"mot hai ba bon nam sau bay tam chin muoi muoi mot muoi hai muoi ba muoi bon"}]},"e":"\"\n"})")
            .value();
    CHECK(json::parse(readable(v)).value() == v);
}

TEST_CASE("a folder is whole once it is read")
{
    const fs::path root = fs::temp_directory_path() / ("thien_an_shared_" + std::to_string(::getpid()));
    write(
        root / "shared/parts.json",
        R"({"name": {"type": "string", "maxLength": 100}, "person": {"properties": {"name": {"$shared": "parts.json#/name"}}}})"
    );
    write(root / "shared/act.bpmn", "<definitions/>");
    write(root / "shared/check.form.json", R"({"n": {"$shared": "parts.json#/name"}})");
    write(
        root / "p/form.json",
        R"({"father": {"$shared": "parts.json#/person", "title": "Cha", "properties": {"name": {"maxLength": 50}}}})"
    );
    write(
        root / "p/procedure.json",
        R"({"files": {"process": "shared:act.bpmn", "task_forms": {"check": "shared:check.form.json"}}})"
    );
    const auto read = read_folder(root / "p", root / "shared");
    CHECK(read.faults.empty());
    CHECK(
        json::parse(read.files.at("form.json")).value() ==
        json::parse(
            R"({"father": {"properties": {"name": {"type": "string", "maxLength": 50}}, "title": "Cha"}})"
        )
            .value()
    );
    CHECK(read.files.at("act.bpmn") == "<definitions/>");
    CHECK(
        json::parse(read.files.at("check.form.json")).value() ==
        json::parse(R"({"n": {"type": "string", "maxLength": 100}})").value()
    );
    CHECK(
        json::parse(read.files.at("procedure.json")).value() ==
        json::parse(R"({"files": {"process": "act.bpmn", "task_forms": {"check": "check.form.json"}}})")
            .value()
    );

    write(
        root / "q/form.json",
        R"({"a": {"$shared": "parts.json#/nobody"}, "b": {"$shared": "../q/form.json#"}})"
    );
    write(root / "q/procedure.json", R"({"files": {"process": "shared:none.bpmn"}})");
    write(root / "shared/loop.json", R"({"a": {"$shared": "loop.json#/a"}})");
    write(root / "q/loop.json", R"({"a": {"$shared": "loop.json#/a"}})");
    const auto bad = read_folder(root / "q", root / "shared");
    REQUIRE(bad.faults.size() == 4);
    CHECK(bad.faults[0].problem.code == "packs.shared_missing");
    CHECK(bad.faults[0].problem.words.back().second == "/nobody");
    CHECK(bad.faults[1].problem.code == "packs.shared_missing");
    CHECK(bad.faults[2].problem.code == "packs.shared_loops");
    CHECK(bad.faults[3].file == "procedure.json");
    fs::remove_all(root);
}

}  // namespace
}  // namespace thien_an::casework
