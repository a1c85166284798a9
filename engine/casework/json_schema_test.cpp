#include "engine/casework/json_schema.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace thien_an::casework {
namespace {

namespace fs = std::filesystem;

json::value read_json(const fs::path& path)
{
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return boost::json::parse(text.str());
}

json::value parsed(std::string_view text) { return json::parse(text).value(); }

SchemaLibrary suite_remotes()
{
    SchemaLibrary library;
    const fs::path root = "/usr/share/json-schema-test-suite/remotes";
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.path().extension() == ".json")
            library.emplace(
                "http://localhost:1234/" + fs::relative(entry.path(), root).string(), read_json(entry)
            );
    return library;
}

struct Score {
    int passed = 0;
    int failed = 0;
    std::vector<std::string> failures;
};

/// Runs one file of the suite's form; `dialect` is added to schemas that do not name one.
void run_suite_file(
    const fs::path& path, std::string_view dialect, const SchemaLibrary& library, Score& score
)
{
    const auto groups = read_json(path);
    for (const auto& group : groups.as_array()) {
        auto schema = group.at("schema");
        if (schema.is_object() && !schema.as_object().contains("$schema"))
            schema.as_object()["$schema"] = dialect;
        const auto compiled = JsonSchema::compile(schema, library);
        for (const auto& test : group.at("tests").as_array()) {
            const bool good =
                compiled && compiled.value().accepts(test.at("data")) == test.at("valid").as_bool();
            ++(good ? score.passed : score.failed);
            if (good) continue;
            const auto why = compiled ? std::string() : " (" + compiled.problem().code + ")";
            score.failures.push_back(fmt::format(
                "{}: {} / {}{}",
                path.filename().string(),
                group.at("description").as_string().c_str(),
                test.at("description").as_string().c_str(),
                why
            ));
        }
    }
}

Score run_suite(const fs::path& folder, bool below, std::string_view dialect)
{
    Score score;
    const auto library = suite_remotes();
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".json" && (below || entry.path().parent_path() == folder))
            files.push_back(entry);
    std::sort(files.begin(), files.end());
    for (const auto& file : files) run_suite_file(file, dialect, library, score);
    return score;
}

TEST_CASE("every required test of the public suite for draft 7 passes")
{
    const fs::path folder = "/usr/share/json-schema-test-suite/tests/draft7";
    REQUIRE(fs::exists(folder));
    const auto score = run_suite(folder, false, "http://json-schema.org/draft-07/schema#");
    for (const auto& failure : score.failures) MESSAGE(failure);
    MESSAGE("draft 7: " << score.passed << " passed, " << score.failed << " failed");
    CHECK(score.failed == 0);
    CHECK(score.passed > 200);
}

TEST_CASE("of the optional tests only formats we do not check fail")
{
    const fs::path folder = "/usr/share/json-schema-test-suite/tests/draft7/optional";
    const auto score = run_suite(folder, true, "http://json-schema.org/draft-07/schema#");
    MESSAGE("draft 7 optional: " << score.passed << " passed, " << score.failed << " failed");
    for (const auto& failure : score.failures) {
        const bool known = failure.starts_with("idn-") || failure.starts_with("iri") ||
                           failure.starts_with("uri-template") || failure.starts_with("content") ||
                           failure.starts_with("bignum") || failure.starts_with("ecmascript");
        if (!known) MESSAGE(failure);
        CHECK(known);
    }
}

TEST_CASE("our own cases of draft 2020-12 pass")
{
    const auto score = run_suite(
        THIENAN_SOURCE_DIR "/engine/casework/schema_cases",
        false,
        "https://json-schema.org/draft/2020-12/schema"
    );
    for (const auto& failure : score.failures) MESSAGE(failure);
    MESSAGE("draft 2020-12, own cases: " << score.passed << " passed, " << score.failed << " failed");
    CHECK(score.failed == 0);
    CHECK(score.passed > 40);
}

TEST_CASE("a fault names the member, the keyword and the limit")
{
    const auto schema = JsonSchema::compile(parsed(
        R"({"type":"object","required":["name"],"properties":{"name":{"type":"string","maxLength":3},"a/b":{"const":1}}})"
    ));
    const auto missing = schema.value().faults(parsed("{}"));
    REQUIRE(missing.size() == 1);
    CHECK(missing[0].pointer == "/name");
    CHECK(missing[0].keyword == "required");
    const auto faults = schema.value().faults(parsed(R"({"name":"đặng","a/b":2})"));
    REQUIRE(faults.size() == 2);
    CHECK(faults[0].pointer == "/name");
    CHECK(faults[0].keyword == "maxLength");
    CHECK(faults[0].words[0].second == "3");
    CHECK(faults[1].pointer == "/a~1b");
}

TEST_CASE("a reference to nothing, a bad pattern and an unknown dialect are refused at load")
{
    CHECK(JsonSchema::compile(parsed(R"({"$ref":"#/$defs/none"})")).problem().code == "schema.bad_reference");
    CHECK(
        JsonSchema::compile(parsed(R"({"properties":{"a":{"pattern":"("}}})")).problem().code ==
        "schema.bad_pattern"
    );
    CHECK(
        JsonSchema::compile(parsed(R"({"properties":{"a":{"pattern":"("}}})")).problem().field ==
        "/properties/a"
    );
    CHECK(
        JsonSchema::compile(parsed(R"({"$schema":"http://example.org/x"})")).problem().code ==
        "schema.unknown_dialect"
    );
    CHECK(JsonSchema::compile(parsed(R"({"properties":{"a":3}})")).problem().code == "schema.bad_keyword");
    CHECK(
        JsonSchema::compile(parsed(R"({"anyOf":[{"type":false}]})")).problem().code == "schema.bad_keyword"
    );
}

TEST_CASE("a schema that only refers to itself ends and accepts nothing")
{
    const auto schema = JsonSchema::compile(parsed(R"({"$ref":"#"})"));
    REQUIRE(schema);
    CHECK_FALSE(schema.value().accepts(parsed("1")));
}

}  // namespace
}  // namespace thien_an::casework
