#include "engine/casework/form.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/casework/page_values.h"
#include "engine/casework/province_files.h"

namespace thien_an::casework {
namespace {

using namespace std::chrono_literals;

const std::string birth = THIENAN_SOURCE_DIR "/systems/civil_status/procedures/birth_registration/";

json::value read_json(const std::string& path)
{
    std::ifstream in(path);
    std::stringstream text;
    text << in.rdbuf();
    return json::parse(text.str()).value();
}

const ProvinceFiles& province()
{
    static const auto files = ProvinceFiles::load(THIENAN_SOURCE_DIR).value();
    return *files;
}

FormContext context()
{
    FormContext out{.today = Day{2016y / 3 / 22}};
    out.options["procedure.result.hand_over"] = {{"at_desk", {"Tại quầy", "At the desk"}}};
    return out;
}

const Form& form()
{
    static const auto loaded =
        Form::load(read_json(birth + "form.schema.json"), province(), Day{2016y / 3 / 22});
    if (!loaded) FAIL(loaded.problem().code, " ", loaded.problem().field);
    return loaded.value();
}

json::value standard() { return read_json(birth + "cases/standard.form.json"); }

std::vector<FieldError> check(const json::value& document)
{
    return form().check("", form().tidied(document, context()), context(), province());
}

std::string errors_text(const std::vector<FieldError>& errors)
{
    std::string out;
    for (const auto& e : errors) out += e.pointer + ":" + e.code + " ";
    return out;
}

json::value with(std::string_view pointer, json::value v)
{
    auto document = standard();
    json::set(document, pointer, std::move(v));
    return document;
}

TEST_CASE("the standard declaration has no error") { CHECK(errors_text(check(standard())) == ""); }

TEST_CASE("an error names field, code and the sentence of the form")
{
    const auto errors = check(with("/child/full_name", "Nguyễn 2"));
    REQUIRE(errors.size() == 1);
    CHECK(errors[0].pointer == "/child/full_name");
    CHECK(errors[0].input == "child.full_name");
    CHECK(errors[0].step == "child");
    CHECK(errors[0].code == "pattern");
    CHECK(errors[0].sentence.vi == "Họ tên chỉ gồm chữ cái và dấu cách, không có số hoặc ký hiệu");
}

TEST_CASE("marks nobody sees are left out of answers, and control characters with them")
{
    const auto tidy = [](const char* typed) {
        const auto document = form().tidied(with("/child/full_name", typed), context());
        return std::string(json::find(document, "/child/full_name")->get_string());
    };
    CHECK(tidy("Nguyễn \u202eTrà\u202c Giang") == "Nguyễn Trà Giang");
    CHECK(tidy("\ufeffNguyễn\u200b Trà\u2066 Giang") == "Nguyễn Trà Giang");
    CHECK(tidy("Nguyễn\nTrà\tGiang\x01") == "Nguyễn Trà Giang");
    CHECK(tidy("Nguyễn Trà Giang — Y") == "Nguyễn Trà Giang — Y");
}

TEST_CASE("what is missing, too long, in the future or no code of the day is told")
{
    CHECK(errors_text(check(with("/child/full_name", ""))) == "/child/full_name:required ");
    CHECK(
        errors_text(check(with("/child/full_name", json::value(std::string(5000, 'a'))))) ==
        "/child/full_name:maxLength "
    );
    CHECK(errors_text(check(with("/child/born_on", "2016-03-23"))) == "/child/born_on:not_after ");
    CHECK(errors_text(check(with("/child/ethnicity", "999"))) == "/child/ethnicity:code ");
    CHECK(errors_text(check(with("/mother/residence/unit", "99999"))) == "/mother/residence/unit:code ");
    CHECK(errors_text(check(with("/result/hand_over", "online"))) == "/result/hand_over:code ");
    CHECK(errors_text(check(with("/declared_true", false))) == "/declared_true:const ");
    CHECK_FALSE(check(with("/colour", "red")).empty());
}

TEST_CASE("an empty declaration asks for every required field and nothing that is hidden")
{
    const auto errors = check(json::object{});
    const auto text = errors_text(errors);
    CHECK(text.find("/requester/full_name:required") != std::string::npos);
    CHECK(text.find("/child/born_on:required") != std::string::npos);
    CHECK(text.find("/requester/residence/elsewhere") == std::string::npos);
    CHECK(text.find("/result/address") == std::string::npos);
}

TEST_CASE("a telephone may be missing at the counter and nowhere else")
{
    const auto document = with("/requester/phone", "");
    for (const auto* channel : {"", "online", "counter"}) {
        auto here = context();
        here.channel = channel;
        const bool counter = here.channel == "counter";
        const auto errors = form().check("", form().tidied(document, here), here, province());
        CHECK(errors_text(errors) == (counter ? "" : "/requester/phone:required "));
        const auto step = form().step("requester", document, here, province()).value();
        for (const auto& field : step.fields)
            if (field.pointer == "/requester/phone") CHECK(field.required == !counter);
    }
}

const json::array& options_of(const json::array& groups, std::string_view name)
{
    for (const auto& group : groups)
        for (const auto& field : group.at("fields").as_array())
            if (field.at("name").as_string() == name) return field.at("as_choice").at("options").as_array();
    throw std::logic_error("no such question");
}

TEST_CASE("what one choice brings up is drawn under it before it is chosen, groups with their headings")
{
    const std::array folders{
        std::filesystem::path(THIENAN_SOURCE_DIR) / "engine" / "casework",
        std::filesystem::path(THIENAN_SOURCE_DIR) / "ui"};
    const auto words = text::Catalogue::load(folders);
    const auto step = form().step("parents", json::object{}, context(), province()).value();
    const auto groups = group_values(step.fields, {words, text::Language::vi});
    const auto& options = options_of(groups, "father.recorded");
    std::string under;
    for (const auto& field : options[0].at("fields").as_array())
        under += std::string(field.at("name").as_string()) + (field.at("as_heading").is_null() ? " " : "# ");
    CHECK(
        under ==
        "father.full_name father.birth_year father.ethnicity father.nationality father.residence# "
        "father.residence.unit father.residence.line father.residence.elsewhere father.identity_number "
    );
    CHECK(options[1].at("fields").as_array().empty());
}

Typed child_typed(std::string name, std::string day, std::string month, std::string year)
{
    return {
        {"child.full_name", std::move(name)},
        {"child.born_on.day", std::move(day)},
        {"child.born_on.month", std::move(month)},
        {"child.born_on.year", std::move(year)},
        {"child.sex", "female"},
        {"child.ethnicity", "01"},
        {"child.nationality", "VN"},
        {"child.birthplace.kind", "facility"},
        {"child.birthplace.facility", "Trạm y tế"}};
}

TEST_CASE("typed answers become a document: names tidy and composed, days of three boxes")
{
    const auto decoded =
        form().decode("child", child_typed("  nguyễn   TRÀ giang ", "12", "3", "2016"), {}, context());
    CHECK(decoded.errors.empty());
    CHECK(*json::find(decoded.document, "/child/full_name") == "Nguyễn Trà Giang");
    CHECK(*json::find(decoded.document, "/child/born_on") == "2016-03-12");
    const auto decomposed =
        form().decode("child", child_typed("Nguye\u0302\u0303n Tra\u0300", "1", "3", "2016"), {}, context());
    CHECK(*json::find(decomposed.document, "/child/full_name") == "Nguyễn Trà");
}

TEST_CASE("29 February of a wrong year says how many days the month has")
{
    const auto decoded =
        form().decode("child", child_typed("Nguyễn Trà Giang", "29", "2", "2015"), {}, context());
    REQUIRE(decoded.errors.size() == 1);
    CHECK(decoded.errors[0].code == "month_has_days");
    CHECK(decoded.errors[0].sentence.vi == "Tháng 2 năm 2015 chỉ có 28 ngày. Xem lại Giấy chứng sinh");
    CHECK(form().decode("child", child_typed("A B", "29", "2", "2016"), {}, context()).errors.empty());
    CHECK(
        form().decode("child", child_typed("A B", "x", "2", "2016"), {}, context()).errors[0].code == "format"
    );
    CHECK(
        form().decode("child", child_typed("A B", "1", "13", "2016"), {}, context()).errors[0].code ==
        "format"
    );
}

TEST_CASE("a document with 29 February of a wrong year is told the same")
{
    const auto told = [](std::string_view day) {
        json::value document{{"child", {{"full_name", "Nguyễn Trà Giang"}, {"born_on", day}}}};
        for (const auto& error : form().check("child", document, context(), province()))
            if (error.pointer == "/child/born_on") return error.sentence.vi;
        return std::string();
    };
    CHECK(told("2015-02-29") == "Tháng 2 năm 2015 chỉ có 28 ngày. Xem lại Giấy chứng sinh");
    CHECK(told("2016-06-31") == "Tháng 6 năm 2016 chỉ có 30 ngày. Xem lại Giấy chứng sinh");
    CHECK(told("2016-13-01") == "Ngày này không có trong lịch. Xem lại Giấy chứng sinh");
    CHECK(told("2016-02-29").empty());
}

TEST_CASE("what was typed stays beside its error")
{
    const auto typed = child_typed("Nguyễn Trà Giang", "29", "2", "2015");
    const auto decoded = form().decode("child", typed, {}, context());
    const auto step =
        form().step("child", decoded.document, context(), province(), typed, decoded.errors).value();
    for (const auto& field : step.fields) {
        if (field.pointer != "/child/born_on") continue;
        CHECK(field.day == "29");
        CHECK(field.year == "2015");
        CHECK(field.error.vi.starts_with("Tháng 2"));
    }
}

TEST_CASE("an answer that is no longer asked is dropped")
{
    Typed typed{
        {"requester.full_name", "Phạm Thị Vy"},
        {"requester.residence.unit", "elsewhere"},
        {"requester.residence.elsewhere", "xã A, tỉnh B"}};
    auto decoded = form().decode("requester", typed, {}, context());
    CHECK(json::find(decoded.document, "/requester/residence/elsewhere") != nullptr);
    typed.erase("requester.residence.unit");
    typed.emplace("requester.residence.unit", "21172");
    decoded = form().decode("requester", typed, decoded.document, context());
    CHECK(json::find(decoded.document, "/requester/residence/elsewhere") == nullptr);
}

TEST_CASE("a text in VNI is doubted until it is converted or sent again as it was")
{
    Typed typed{{"requester.full_name", "Nguyeãn Thò Höông"}};
    const auto decoded = [&] { return form().decode("requester", typed, {}, context()); };
    REQUIRE(decoded().doubts.size() == 1);
    CHECK(decoded().doubts[0].converted == "Nguyễn Thị Hương");
    CHECK(*json::find(decoded().document, "/requester/full_name") == "Nguyeãn Thò Höông");
    typed.emplace("requester.full_name.keep", "Something Else");
    CHECK(decoded().doubts.size() == 1);
    typed.emplace("requester.full_name.convert", "1");
    CHECK(decoded().doubts.empty());
    CHECK(*json::find(decoded().document, "/requester/full_name") == "Nguyễn Thị Hương");
    CHECK_FALSE(without_converted(typed, {}).contains("requester.full_name"));
    CHECK(without_converted(typed, {{.input = "requester.full_name"}}).contains("requester.full_name"));
    typed.erase("requester.full_name.convert");
    typed.erase("requester.full_name.keep");
    typed.emplace("requester.full_name.keep", "Nguyeãn Thò Höông");
    CHECK(decoded().doubts.empty());
    CHECK(*json::find(decoded().document, "/requester/full_name") == "Nguyeãn Thò Höông");
}

TEST_CASE("fields that must be answered now are marked, and choices are those of the day")
{
    const auto step = form().step("requester", standard(), context(), province()).value();
    bool seen = false;
    for (const auto& field : step.fields) {
        if (field.pointer == "/requester/full_name") CHECK(field.required);
        if (field.pointer == "/requester/email") CHECK_FALSE(field.required);
        if (field.pointer == "/requester/residence/elsewhere") CHECK_FALSE(field.shown);
        if (field.pointer == "/requester/identity/kind")
            for (const auto& choice : field.choices) seen = seen || choice.value == "identity_card_9";
    }
    CHECK(seen);
    CHECK(form().step("nothing", standard(), context(), province()).problem().code == "form.no_such_step");
}

TEST_CASE("a form with an unknown widget, list, field or condition is refused with the place")
{
    const auto load = [](std::string_view text) {
        return Form::load(json::parse(text).value(), province(), Day{2016y / 3 / 22}).problem();
    };
    CHECK(load(R"({"type":"object","properties":{}})").code == "form.bad_steps");
    CHECK(load(R"({"x-steps":[{"id":"a","fields":["/x"]}],"properties":{}})").code == "form.bad_steps");
    CHECK(
        load(R"({"x-steps":[{"id":"a","fields":["/x"]}],"properties":{"x":{"x-widget":"colour"}}})").code ==
        "form.unknown_widget"
    );
    CHECK(
        load(R"({"x-steps":[{"id":"a","fields":["/x"]}],"properties":{"x":{"x-code-list":"none"}}})").field ==
        "/x"
    );
    CHECK(
        load(R"({"x-steps":[{"id":"a","fields":["/x"]}],"properties":{"x":{"x-show-when":"parent.y = ("}}})")
            .code == "form.bad_condition"
    );
    CHECK(
        load(
            R"({"x-steps":[{"id":"a","fields":["/x"]}],"properties":{"x":{"x-show-when":"unknown_name = 1"}}})"
        )
            .code == "form.bad_condition"
    );
}

TEST_CASE("a question that comes up with another answer offers its default")
{
    auto document = form().blank();
    json::set(document, "/father/recorded", json::value(false));
    const auto value = [&](std::string_view pointer) {
        const auto step = form().step("parents", form().tidied(document, context()), context(), province());
        for (const auto& field : step.value().fields)
            if (field.pointer == pointer) return field.value;
        return std::string("not asked");
    };
    CHECK(value("/father/nationality") == "VN");
    CHECK(value("/mother/nationality") == "VN");
    CHECK(value("/father/full_name").empty());
}

TEST_CASE("what the mother told of herself is not asked twice, and may be told otherwise")
{
    auto document = form().blank();
    json::set(document, "/requester/relation", json::value("mother"));
    json::set(document, "/requester/full_name", json::value("Phạm Thị Vy"));
    json::set(document, "/requester/residence/unit", json::value("21172"));
    const auto carried = form().carried(document);
    CHECK(*json::find(carried, "/mother/full_name") == json::value("Phạm Thị Vy"));
    CHECK(*json::find(carried, "/mother/residence/unit") == json::value("21172"));
    CHECK(json::find(carried, "/father/full_name") == nullptr);
    json::set(document, "/mother/full_name", json::value("Phạm Thị Vi"));
    CHECK(*json::find(form().carried(document), "/mother/full_name") == json::value("Phạm Thị Vi"));
    json::set(document, "/requester/relation", json::value("father"));
    CHECK(*json::find(form().carried(document), "/father/recorded") == json::value(true));
    CHECK(*json::find(form().carried(document), "/father/full_name") == json::value("Phạm Thị Vy"));
}

}  // namespace
}  // namespace thien_an::casework
