#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

#include "engine/base/json.h"
#include "engine/documents/paper.h"

using namespace thien_an;

namespace {

const std::string folder =
    std::string(THIENAN_SOURCE_DIR) + "/systems/civil_status/procedures/birth_registration/";

std::string text_of(const std::string& name)
{
    std::ifstream file(folder + name, std::ios::binary);
    REQUIRE(file);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
}

json::value sample() { return json::parse(text_of("papers.sample.json")).value(); }

documents::Paper paper(const std::string& name)
{
    auto read = documents::Paper::read(text_of(name), name);
    if (!read) FAIL(name << ": " << read.problem().code);
    return read.value();
}

documents::DrawnPaper drawn(
    const std::string& name,
    const json::value& values,
    documents::PaperUse use = documents::PaperUse::original
)
{
    documents::DrawRequest request;
    request.values = values;
    request.use = use;
    auto made = documents::draw(paper(name), request);
    if (!made) {
        std::string words;
        for (const auto& [key, word] : made.problem().words) words += " " + key + "=" + word;
        FAIL(name << ": " << made.problem().code << words);
    }
    return made.value();
}

}  // namespace

TEST_CASE("every paper of birth registration is drawn from the sample values on one page")
{
    for (const char* name :
         {"receipt.paper.xml",
          "supplement.paper.xml",
          "refusal.paper.xml",
          "apology.paper.xml",
          "certificate.paper.xml"}) {
        const auto made = drawn(name, sample());
        CHECK_MESSAGE(made.pages == 1, name);
        CHECK_MESSAGE(!made.places.empty(), name);
    }
}

TEST_CASE("a certificate has a place for the leader's signature and one for the agency's seal")
{
    const auto made = drawn("certificate.paper.xml", sample());
    REQUIRE(made.places.size() == 2);
    CHECK(made.places[0].name == "leader");
    CHECK(made.places[1].kind == documents::PlaceKind::seal);
    CHECK(made.places[1].over == "leader");
}

TEST_CASE("a certificate without a father and without a personal number leaves their blanks empty")
{
    auto values = sample();
    auto& entry = values.as_object()["entry"].as_object();
    for (const char* name :
         {"father_full_name",
          "father_birth_year",
          "father_ethnicity_name",
          "father_nationality_name",
          "father_residence",
          "personal_number"})
        entry.erase(name);
    CHECK(drawn("certificate.paper.xml", values).pages == 1);
}

TEST_CASE("the same layout is printed onto the Ministry's form")
{
    CHECK(drawn("certificate.paper.xml", sample(), documents::PaperUse::form).pages == 1);
}
