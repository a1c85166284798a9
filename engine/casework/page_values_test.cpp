#include "engine/casework/page_values.h"

#include <doctest/doctest.h>

#include "engine/casework/form_compiled.h"

namespace thien_an::casework {
namespace {

const text::Catalogue& words()
{
    static const auto loaded = [] {
        const std::vector<std::filesystem::path> folders{
            std::filesystem::path(THIENAN_SOURCE_DIR) / "engine/casework"};
        return text::Catalogue::load(folders);
    }();
    return loaded;
}

Speech vietnamese() { return {words(), text::Language::vi}; }

/// A father who is recorded or not; his residence is a group, asked for only when he is.
std::vector<Field> father(bool recorded)
{
    constexpr std::string_view when = "parent.recorded = true";
    const auto field = [&](std::string pointer, Widget widget, std::string_view title, int depth) {
        Field out{.pointer = pointer, .input = input_of(pointer), .widget = widget};
        out.title = {std::string(title), std::string(title)};
        out.depth = depth;
        return out;
    };
    std::vector<Field> fields{
        field("/father", Widget::group, "Cha", 0),
        field("/father/recorded", Widget::radio, "Ghi tên cha?", 1),
        field("/father/full_name", Widget::name, "Họ tên", 1),
        field("/father/residence", Widget::group, "Nơi cư trú", 1),
        field("/father/residence/unit", Widget::unit, "Xã", 2),
        field("/father/note", Widget::textarea, "Ghi chú", 1)};
    for (auto& each : fields)
        if (each.pointer == "/father/full_name" || each.pointer == "/father/residence")
            each.show_when = std::string(when);
    for (const auto hidden : {2, 3, 4}) fields[std::size_t(hidden)].shown = recorded;
    return fields;
}

std::string names_of(const json::value& fields)
{
    std::string out;
    for (const auto& field : fields.as_array()) out += std::string(field.at("name").as_string()) + " ";
    return out;
}

}  // namespace

TEST_CASE("what a choice decides stands under it from the start, a group's fields too: no script is needed")
{
    for (const bool recorded : {false, true}) {
        const auto groups = group_values(father(recorded), vietnamese());
        REQUIRE(groups.size() == 1);
        CHECK(groups[0].at("heading") == "Cha");
        CHECK(names_of(groups[0].at("fields")) == "father.recorded father.note ");
        const auto& choice = groups[0].at("fields").at(0).at("as_choice");
        const auto& yes = choice.at("options").at(0);
        CHECK(names_of(yes.at("fields")) == "father.full_name father.residence father.residence.unit ");
        CHECK(yes.at("fields").at(1).at("as_heading") == true);
        CHECK(choice.at("options").at(1).at("fields").as_array().empty());
    }
}

TEST_CASE("what another answer than a radio's brings up says when, over the inputs of the page")
{
    auto fields = father(true);
    fields[1].widget = Widget::select;
    fields[2].show_when = "not(parent.recorded = \"a\") or form.mother.kind = \"b\"";
    fields[0].show_when = "form.child.father = true";
    fields[0].shown = false;
    const auto groups = group_values(fields, vietnamese());
    CHECK(groups[0].at("asked").at("when") == "child.father = true");
    CHECK(groups[0].at("asked").at("off") == true);
    const auto& drawn = groups[0].at("fields");
    CHECK(drawn.at(0).at("asked").is_null());
    CHECK(drawn.at(1).at("asked").at("when") == "not(father.recorded = \"a\") or mother.kind = \"b\"");
    CHECK(drawn.at(1).at("asked").at("off") == false);
    // What is inside comes and goes with it, also after a group of its own.
    REQUIRE(groups.size() == 3);
    CHECK(groups[1].at("heading") == "Nơi cư trú");
    CHECK(groups[1].at("asked").at("when") == "(child.father = true) and (father.recorded = true)");
    CHECK(groups[2].at("asked").at("when") == "child.father = true");
}

TEST_CASE("a doubted text is marked where it stands, under a choice too")
{
    auto groups = group_values(father(true), vietnamese());
    add_doubts(groups, {{"/father/full_name", "father.full_name", Encoding::tcvn3, "TrÇn", "Trần"}});
    const auto& name = groups[0].at("fields").at(0).at("as_choice").at("options").at(0).at("fields").at(0);
    const auto& convert = name.at("as_text").at("convert");
    CHECK(convert.at("charset") == "TCVN3");
    CHECK(convert.at("typed") == "TrÇn");
    CHECK(convert.at("converted") == "Trần");
}

}  // namespace thien_an::casework
