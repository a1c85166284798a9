#include "engine/casework/packs.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "engine/casework/json_lines.h"
#include "engine/casework/province_files.h"
#include "engine/identity/test_house.h"
#include "engine/storage/at_once.h"

namespace thien_an::casework {
std::span<const storage::Migration> migrations();

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

const fs::path systems = THIENAN_SOURCE_DIR "/systems";

const ProvinceFiles& province()
{
    static const auto files = ProvinceFiles::load(THIENAN_SOURCE_DIR).value();
    return *files;
}

/// Names every folder of today may use; the code behind them is tested elsewhere.
/// What follows `mark` up to the next quote, in every file of that ending below systems/.
std::vector<std::string> named(std::string_view ending, std::string_view mark)
{
    std::set<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(systems)) {
        if (!entry.is_regular_file() || !entry.path().string().ends_with(ending)) continue;
        std::ifstream in(entry.path());
        const std::string text((std::istreambuf_iterator<char>(in)), {});
        for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
            const auto from = at + mark.size();
            found.insert(text.substr(from, text.find('"', from) - from));
        }
    }
    return {found.begin(), found.end()};
}

/// Rules and actions are code of the systems, which this room does not know: those the data names are taken as there.
/// `thienan check` asks the program that has them.
Known known()
{
    Known all{
        .rules = {},
        .actions = named(".bpmn", "<ta:action name=\""),
        .registers = {},
        .codes = &province(),
        .day = Day{2026y / 7 / 1}};
    for (const auto* system : {"civil_status", "justice"})
        for (const auto& rule : named(".json", std::string("\"") + system + "."))
            all.rules.push_back(std::string(system) + "." + rule);
    return all;
}

struct House {
    explicit House(storage::TestDatabases& databases)
        : house(databases, migrations()), packs(house.database(), known())
    {
    }

    std::vector<PackVersion> import_all() { return packs.import_folders(systems, house.act()); }
    FolderFiles birth()
    {
        const auto procedure = packs.procedure("birth_registration");
        REQUIRE(procedure);
        return procedure->files();
    }

    identity::TestHouse house;
    Packs packs;
};

std::vector<PackVersion> history(House& house)
{
    return house.house.database().read([&](storage::Reader& db) {
        return house.packs.history(db, "birth_registration", 100);
    });
}

std::string faults_text(const std::vector<PackFault>& faults)
{
    std::string out;
    for (const auto& fault : faults) {
        out += fault.file + ":" + std::to_string(fault.line) + ": " + fault.problem.code + " " +
               fault.problem.field;
        for (const auto& [name, word] : fault.problem.words) out += " " + name + "=" + word;
        out += "\n";
    }
    return out;
}

TEST_DATABASES("every shipped folder is proved and in force, and importing again changes nothing")
{
    House house(databases);
    const auto news = house.import_all();
    CHECK(news.size() > 70);
    for (const auto& version : news) {
        INFO(version.kind, " ", version.name, "\n", faults_text(version.faults));
        CHECK(version.faults.empty());
        CHECK(version.in_force);
    }
    CHECK(house.import_all().empty());
    CHECK(house.packs.reg("births") != nullptr);
    CHECK(house.packs.procedure_by_page("dang-ky-khai-sinh") == house.packs.procedure("birth_registration"));
}

TEST_DATABASES("births rank first however one types")
{
    House house(databases);
    house.import_all();
    for (const auto* words :
         {"khai sinh",
          "khai sinh cho con",
          "dang ky khai sinh",
          "Đăng ký khai sinh",
          "KHAI SINH",
          "giấy khai sinh",
          "birth"}) {
        INFO(words);
        const auto hits = house.packs.search(words, 10);
        REQUIRE(!hits.empty());
        CHECK(hits.front().id == "birth_registration");
        CHECK_FALSE(hits.front().information_only);
    }
    CHECK(house.packs.search("xyzzy", 10).empty());
    CHECK(house.packs.search("ho kinh doanh", 10).size() >= 1);
    CHECK(house.packs.all().size() > 70);
    CHECK(!house.packs.common(8).empty());
}

TEST_DATABASES("a paper that cannot be drawn is refused with file and line when it is published")
{
    House house(databases);
    house.import_all();
    auto files = house.birth();
    files["receipt.paper.xml"] = "<paper>\n  <picture/>\n</paper>\n";
    const auto faults = house.packs.check("procedure", files);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].file == "receipt.paper.xml");
    CHECK(faults[0].line >= 1);
    CHECK(house.packs.check("procedure", house.birth()).empty());
}

TEST_DATABASES("a page address belongs to one procedure")
{
    House house(databases);
    house.import_all();
    auto files = house.birth();
    auto& text = files["procedure.json"];
    text.replace(text.find("\"birth_registration\""), 20, "\"birth_copied______\"");
    const auto faults = house.packs.check("procedure", files);
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].problem.code == "packs.page_taken");
    CHECK(faults[0].line > 1);
}

TEST_DATABASES("an older version is put back for a reason, and only a good one")
{
    House house(databases);
    house.import_all();
    const auto first = house.packs.in_force("birth_registration");
    auto files = house.birth();
    files["cases/new.case"] = "# New\n";
    std::vector<PackFault> faults;
    const auto second = house.packs.publish("procedure", files, house.house.act(), faults).value();
    CHECK(house.packs.in_force("birth_registration") == second.id);
    CHECK(
        house.packs.put_back(first, "", house.house.act(), faults).problem().code == "packs.reason_missing"
    );
    CHECK(
        house.packs.put_back({7}, "Sai", house.house.act(), faults).problem().code == "packs.no_such_version"
    );
    REQUIRE(house.packs.put_back(first, "Sai", house.house.act(), faults));
    CHECK(house.packs.in_force("birth_registration") == first);
    const auto kept =
        house.house.database().read([&](storage::Reader& db) { return house.packs.files_of(db, second.id); });
    CHECK(kept == files);
}

TEST_DATABASES("a wrong reference is refused with file and line, and the last good version stays")
{
    House house(databases);
    house.import_all();
    const auto before = house.packs.in_force("birth_registration");
    auto files = house.birth();
    auto& text = files["procedure.json"];
    const auto at = text.find("civil_status.timeliness");
    REQUIRE(at != std::string::npos);
    text.replace(at, 23, "civil_status.no_such_ru");
    std::vector<PackFault> faults;
    const auto refused = house.packs.publish("procedure", files, house.house.act(), faults);
    CHECK(refused.problem().code == "packs.refused");
    REQUIRE(faults.size() == 1);
    CHECK(faults[0].file == "procedure.json");
    CHECK(faults[0].line == 1 + std::count(text.begin(), text.begin() + std::ptrdiff_t(at), '\n'));
    CHECK(faults[0].problem.code == "packs.unknown_rule");
    CHECK(house.packs.in_force("birth_registration") == before);
}

TEST_DATABASES("every kind of broken folder is refused")
{
    House house(databases);
    house.import_all();
    const auto refusal = [&](const std::string& file, const std::function<void(std::string&)>& change) {
        auto files = house.birth();
        change(files[file]);
        std::vector<PackFault> faults;
        CHECK_FALSE(house.packs.publish("procedure", files, house.house.act(), faults));
        return faults.empty() ? "none" : faults.front().problem.code;
    };
    const auto replace = [](std::string from, std::string to) {
        return [=](std::string& text) {
            const auto at = text.find(from);
            REQUIRE(at != std::string::npos);
            text.replace(at, from.size(), to);
        };
    };
    CHECK(
        refusal("procedure.json", replace("\"form.schema.json\"", "\"form2.schema.json\"")) ==
        "packs.file_missing"
    );
    CHECK(refusal("procedure.json", replace("{", "{{")) == "json.syntax");
    CHECK(
        refusal("procedure.json", replace("\"register\": \"births\"", "\"register\": \"nowhere\"")) ==
        "packs.unknown_register"
    );
    CHECK(
        refusal(
            "procedure.json", replace("form.child.birthplace.kind = ", "form.child.birthplace.kind == ")
        ) == "packs.bad_condition"
    );
    CHECK(refusal("procedure.json", replace("\"birth_fee\"", "\"no_fee\"")) == "packs.unknown_decision");
    CHECK(
        refusal("form.schema.json", replace("\"x-widget\": \"name\"", "\"x-widget\": \"nam\"")) ==
        "form.unknown_widget"
    );
    CHECK(refusal("process.bpmn", replace("casework.receive", "casework.perceive")) != "none");
    CHECK(refusal("fees.dmn", replace("</definitions>", "")) != "none");
}

TEST_DATABASES("a version from the desk is kept when the shipped folder changes")
{
    House house(databases);
    house.import_all();
    auto files = house.birth();
    auto& text = files["procedure.json"];
    const auto at = text.find("\"Birth registration\"");
    text.replace(at, 20, "\"Registering births\"");
    std::vector<PackFault> faults;
    const auto published = house.packs.publish("procedure", files, house.house.act(), faults);
    INFO(faults_text(faults));
    REQUIRE(published);
    CHECK(house.packs.procedure("birth_registration")->name().en == "Registering births");
    CHECK(house.import_all().empty());
    CHECK(house.packs.procedure("birth_registration")->name().en == "Registering births");
    Packs other(house.house.database(), known());
    CHECK(other.procedure("birth_registration")->name().en == "Registering births");
    // What ran by the old version still finds it.
    const auto history = house.house.database().read([&](storage::Reader& db) {
        return house.packs.history(db, "birth_registration", 10);
    });
    REQUIRE(history.size() == 2);
    CHECK(house.packs.version(history[1].id)->name().en == "Birth registration");
}

TEST_DATABASES("of two desks that publish at once the last one is in force, and both versions are kept")
{
    House one(databases);
    one.import_all();
    const auto before = history(one).size();
    std::array<FolderFiles, 2> wanted{one.birth(), one.birth()};
    for (std::size_t i = 0; i < 2; ++i) {
        auto source = json::parse(wanted.at(i)["procedure.json"]).value();
        json::set(source, "/summary/vi", json::value("Bản " + std::to_string(i)));
        wanted.at(i)["procedure.json"] = json::text_of(source);
    }
    CHECK(storage::at_once(2, [&](int i) {
              std::vector<PackFault> faults;
              return bool(one.packs.publish("procedure", wanted.at(std::size_t(i)), one.house.act(), faults));
          }) == 2);
    const auto kept = history(one);
    CHECK(kept.size() == before + 2);
    const auto in_force =
        std::count_if(kept.begin(), kept.end(), [](const PackVersion& v) { return v.in_force; });
    CHECK(in_force == 1);
    one.packs.refresh();
    const auto now = std::find_if(kept.begin(), kept.end(), [](const PackVersion& v) { return v.in_force; });
    CHECK(one.packs.in_force("birth_registration") == now->id);
}

TEST_DATABASES("two nodes that start at once import each folder once")
{
    House one(databases);
    Packs other(one.house.database(), known());
    std::array<std::size_t, 2> news{};
    CHECK(storage::at_once(2, [&](int i) {
              auto& packs = i == 0 ? one.packs : other;
              news.at(std::size_t(i)) = packs.import_folders(systems, one.house.act()).size();
              return true;
          }) == 2);
    CHECK(one.packs.all().size() == other.all().size());
    CHECK(one.packs.in_force("birth_registration") == other.in_force("birth_registration"));
}

TEST_DATABASES("another node sees what was published when it looks again")
{
    House house(databases);
    Packs other(house.house.database(), known());
    CHECK(other.procedure("birth_registration") == nullptr);
    house.import_all();
    other.refresh();
    CHECK(other.procedure("birth_registration") != nullptr);
}

TEST_DATABASES("a procedure answers by the day")
{
    House house(databases);
    house.import_all();
    const auto birth = house.packs.procedure("birth_registration");
    REQUIRE(birth);
    const Day early{2016y / 7 / 1};
    const Day late{2026y / 7 / 1};
    CHECK(birth->service_level(early)->level == "3");
    CHECK(birth->service_level(late)->level == "whole");
    CHECK(birth->original(early) == "preprinted_form");
    CHECK(birth->original(late) == "electronic");
    CHECK(birth->supplement(early)->clock == "suspend");
    CHECK(birth->supplement(late)->clock == "restart");
    CHECK_FALSE(birth->file_with_any_agency(early));
    CHECK(birth->file_with_any_agency(late));
    CHECK(birth->filing_open(late));
    CHECK_FALSE(birth->filing_open(Day{2027y / 3 / 1}));
    CHECK(birth->hand_over(early).size() == 1);
}

TEST_DATABASES("the papers asked for follow from the answers")
{
    House house(databases);
    house.import_all();
    const auto birth = house.packs.procedure("birth_registration");
    REQUIRE(birth);
    const auto ids = [&](const json::value& form, std::string_view channel) {
        std::string out;
        for (const auto& paper : birth->papers_wanted(form, channel, Day{2016y / 7 / 1}))
            if (paper.required) out += paper.id + " ";
        return out;
    };
    const json::value hospital = {
        {"child", {{"birthplace", {{"kind", "facility"}}}}}, {"requester", {{"relation", "mother"}}}};
    const json::value home = {
        {"child", {{"birthplace", {{"kind", "elsewhere"}}}}}, {"requester", {{"relation", "proxy"}}}};
    CHECK(ids(hospital, "online") == "birth_notification requester_identity ");
    CHECK(ids(hospital, "counter") == "birth_notification ");
    CHECK(ids(home, "counter") == "witness_statement authorisation ");
}

TEST_CASE("the line of a value in a JSON text is found, or that of its deepest part that is there")
{
    constexpr std::string_view text =
        "{\n \"a\": [\n  {\"b\": 1},\n  {\"c\":\n   2}],\n \"d\": \"x\\\"y\"\n}";
    CHECK(line_of(text, "") == 1);
    CHECK(line_of(text, "/a") == 2);
    CHECK(line_of(text, "/a/1") == 4);
    CHECK(line_of(text, "/a/1/c") == 5);
    CHECK(line_of(text, "/d") == 6);
    CHECK(line_of(text, "/a/9/z") == 2);
}

}  // namespace
}  // namespace thien_an::casework
