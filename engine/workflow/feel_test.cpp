#include "engine/workflow/feel.h"

#include <doctest/doctest.h>

using namespace thien_an;
using namespace thien_an::workflow::feel;

namespace {

const Names& names()
{
    static const Names known{
        .variables = {"x", "tuổi của mẹ", "posts", "people", "first name"},
        .members = {"họ tên"},
        .types = {},
    };
    return known;
}

std::vector<Value> values()
{
    Context posts;
    posts.put("clerk", List{"17"});
    List people;
    for (const auto& [name, age] : {std::pair{"An", 20}, std::pair{"Bình", 35}}) {
        Context person;
        person.put("họ tên", name);
        person.put("age", age);
        people.emplace_back(std::move(person));
    }
    return {Value(5), Value(29), Value(std::move(posts)), Value(std::move(people)), Value("Lệ")};
}

/// What `text` comes to, as FEEL writes it; the code of the Problem when it does not compile.
std::string come(std::string_view text)
{
    const auto expression = compile(text, names());
    if (!expression) return expression.problem().code;
    Evaluation evaluation(Instant(std::chrono::seconds(1'467'334'800)));
    return text_of(evaluation.value(expression.value(), values()));
}

bool passes(std::string_view tests, Value input)
{
    const auto expression = compile_tests(tests, names());
    REQUIRE(expression);
    Evaluation evaluation;
    return evaluation.passes(expression.value(), values(), input);
}

}  // namespace

TEST_CASE("operators bind as the standard says")
{
    CHECK(come("1 + 2 * 3") == "7");
    CHECK(come("(1 + 2) * 3") == "9");
    CHECK(come("-2 ** 2") == "4");
    CHECK(come("10 - 3 - 2") == "5");
    CHECK(come("0.1 + 0.2 = 0.3") == "true");
    CHECK(come("1 / 0") == "null");
    CHECK(come("1 < 2 and 2 < 3 or false") == "true");
    CHECK(come("null and false") == "false");
    CHECK(come("null or false") == "null");
    CHECK(come("\"a\" + \"b\"") == "ab");
}

TEST_CASE("a name may hold spaces and Vietnamese letters")
{
    CHECK(come("tuổi của mẹ + 1") == "30");
    CHECK(come("tuổi  của\nmẹ - x") == "24");
    CHECK(come("people[họ tên = \"Bình\"].age") == "[35]");
    CHECK(come("people[1].họ tên") == "An");
    CHECK(come("{tên gọi: 1, b: tên gọi + 1}.b") == "2");
    CHECK(come("first name") == "Lệ");
}

TEST_CASE("lists are filtered by position and by condition")
{
    CHECK(come("[1,2,3][2]") == "2");
    CHECK(come("[1,2,3][-1]") == "3");
    CHECK(come("[1,2,3][4]") == "null");
    CHECK(come("[1,2,3][item >= 2]") == "[2, 3]");
    CHECK(come("people[age > 30].họ tên") == "[\"Bình\"]");
    CHECK(come("people[age > x * 6][1].age") == "35");
    CHECK(come("posts.clerk[1]") == "17");
}

TEST_CASE("loops, quantifiers, conditions and functions")
{
    CHECK(come("for i in 1..3 return i * i") == "[1, 4, 9]");
    CHECK(come("for i in 3..1 return i") == "[3, 2, 1]");
    CHECK(come("for i in [1,2], j in [10,20] return i + j") == "[11, 21, 12, 22]");
    CHECK(come("for i in 1..4 return if i < 3 then 1 else partial[-1] + partial[-2]") == "[1, 1, 2, 3]");
    CHECK(come("some i in [1,2,3] satisfies i > 2") == "true");
    CHECK(come("every i in [1,2,3] satisfies i > 2") == "false");
    CHECK(come("if x > 3 then \"big\" else \"small\"") == "big");
    CHECK(come("{double: function(n: number) n * 2, r: double(x)}.r") == "10");
    CHECK(come("sort([3,1,2], function(a, b) a > b)") == "[3, 2, 1]");
}

TEST_CASE("ranges and membership")
{
    CHECK(come("x in [1..5]") == "true");
    CHECK(come("x in (1..5)") == "false");
    CHECK(come("x in ]1..5]") == "true");
    CHECK(come("x in (<3, >4)") == "true");
    CHECK(come("x in [2, 5]") == "true");
    CHECK(come("x between 1 and 4") == "false");
    CHECK(come("overlaps([1..5], [5..9])") == "true");
    CHECK(come("before([1..5), 5)") == "true");
}

TEST_CASE("dates, times, zones and durations")
{
    CHECK(come("date(\"2016-02-29\") + duration(\"P1Y\")") == "2017-02-28");
    CHECK(come("date(\"2016-02-30\")") == "null");
    CHECK(come("@\"2016-07-01\" - @\"2016-05-02\"") == "P60D");
    CHECK(come("@\"2016-07-01T08:00:00+07:00\" = @\"2016-07-01T01:00:00Z\"") == "true");
    CHECK(come("@\"2016-07-01T08:00:00@Asia/Ho_Chi_Minh\".time offset") == "PT7H");
    CHECK(come("years and months duration(@\"2014-08-20\", @\"2016-07-01\")") == "P1Y10M");
    CHECK(come("@\"2016-07-01\".weekday") == "5");
    CHECK(come("today()") == "2016-07-01");
    CHECK(come("now()") == "2016-07-01T08:00:00+07:00");
    CHECK(come("duration(\"PT36H\")") == "P1DT12H");
}

TEST_CASE("instance of knows the built-in and the generic types")
{
    CHECK(come("x instance of number") == "true");
    CHECK(come("[1,2] instance of list<number>") == "true");
    CHECK(come("[1,\"a\"] instance of list<number>") == "false");
    CHECK(come("{a: 1} instance of context<a: number>") == "true");
    CHECK(come("@\"P1D\" instance of days and time duration") == "true");
    CHECK(come("null instance of Any") == "false");
}

TEST_CASE("a table's cell is a test of its input")
{
    CHECK(passes("-", 1));
    CHECK(passes("> 5, 3", 3));
    CHECK_FALSE(passes("> 5, 3", 4));
    CHECK(passes("not(1, 2)", 3));
    CHECK_FALSE(passes("not(1, 2)", 2));
    CHECK(passes("[1..3)", 2));
    CHECK_FALSE(passes("[1..3)", 3));
    CHECK(passes("? > 2 and ? < 4", 3));
    CHECK(passes("\"a\", \"b\"", "b"));
    CHECK(passes("true", true));
    CHECK_FALSE(passes("true", false));
    CHECK(passes("contains(?, \"ê\")", "Lê"));
    CHECK_FALSE(passes("< 3", Value{}));
    CHECK(passes("null", Value{}));
}

TEST_CASE("what is wrong is refused with its place")
{
    CHECK(come("x +") == "feel.syntax");
    CHECK(come("y + 1") == "feel.unknown_name");
    CHECK(come("nosuch(1)") == "feel.unknown_function");
    CHECK(come("x instance of Nosuch") == "feel.unknown_type");
    CHECK(come("") == "feel.syntax");
    CHECK(come("\"open") == "feel.syntax");
    CHECK(come("{a: 1, a: 2}") == "feel.duplicate_key");
    const auto bad = compile("1 +\n  y", names());
    REQUIRE_FALSE(bad);
    CHECK(bad.problem().words[0].second == "2");
    CHECK(bad.problem().words[1].second == "3");
    CHECK(bad.problem().words[2].second == "y");
}

TEST_CASE("nesting, steps and calls are bounded")
{
    CHECK(come(std::string(100'000, '(') + "1") == "feel.too_deep");
    CHECK(come(std::string(100'000, '-') + "1") == "feel.too_deep");
    std::string sum = "1";
    for (int i = 0; i < 5000; ++i) sum += "+1";
    CHECK(come(sum) == "feel.too_deep");
    CHECK(come("for i in 1..10000000 return i") == "null");
    CHECK(come("matches(\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!\", \"(a+)+$\")") == "null");
}

TEST_CASE("values go to JSON and come back")
{
    for (const char* text :
         {"1",
          "0.1",
          "12345678901234567890.123",
          "\"a\"",
          "true",
          "@\"2016-02-29\"",
          "@\"PT1H\"",
          "[1,[2]]",
          "{a: {b: null}}",
          "@\"10:00:00+07:00\"",
          "@\"2016-02-29T10:00:00@Asia/Ho_Chi_Minh\""}) {
        Evaluation evaluation;
        const auto value = evaluation.value(compile(text, {}).value(), {});
        CHECK(text_of(from_json(json::parse(json::text_of(to_json(value))).value())) == text_of(value));
    }
}

TEST_CASE("finer points the public suite taught")
{
    CHECK(come("[1..10) = [1..10[") == "true");
    CHECK(come("(< 10) = (null..10)") == "false");
    CHECK(come("[{item: 1}, {item: 3}][item >= 2]") == "[{item: 3}]");
    CHECK(come("matches(\"hello world\", \"he ll o[ ]worl d\", \"x\")") == "true");
    CHECK(come("matches(\"abcd\", \"(asd)[\\\\1]\")") == "null");
    CHECK(come("duration(\"PT0.S\")") == "PT0S");
    CHECK(come("overlaps before([1..5], (1..5])") == "true");
}
