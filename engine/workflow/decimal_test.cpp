#include "engine/workflow/decimal.h"

#include <doctest/doctest.h>

#include <cstring>
#include <random>

using namespace thien_an::workflow;

namespace {

Decimal d(const char* text) { return parse_decimal(text).value(); }

#ifdef __x86_64__
// The decimal128 of GCC's run-time library (binary integer encoding): the judge of the arithmetic.
#ifdef __clang__
using Judge = __float128;  // clang has no decimal128; this one is passed the same way.
#else
typedef float Judge __attribute__((mode(TD)));  // NOLINT(modernize-use-using): the attribute needs it.
#endif
extern "C" {
Judge __bid_addtd3(Judge a, Judge b);
Judge __bid_subtd3(Judge a, Judge b);
Judge __bid_multd3(Judge a, Judge b);
Judge __bid_divtd3(Judge a, Judge b);
int __bid_eqtd2(Judge a, Judge b);  ///< 0: equal.
int __bid_lttd2(Judge a, Judge b);  ///< Below 0: less.
}
bool same(Judge a, Judge b) { return __bid_eqtd2(a, b) == 0; }

Judge judged(const Decimal& a)
{
    Wide bits = a.coefficient | Wide(unsigned(a.exponent + 6176)) << 113;
    if (a.negative) bits |= Wide(1) << 127;
    Judge out;
    std::memcpy(&out, &bits, sizeof out);
    return out;
}

Decimal random_decimal(std::mt19937_64& random)
{
    Decimal out;
    const int digits = int(random() % 34) + 1;
    for (int i = 0; i < digits; ++i) out.coefficient = out.coefficient * 10 + random() % 10;
    out.exponent = int(random() % 90) - 45;
    if (random() % 20 == 0) out.exponent = int(random() % 600) - 300;
    out.negative = random() % 2 == 0 && out.coefficient != 0;
    return out;
}
#endif

}  // namespace

#ifdef __x86_64__
TEST_CASE("sums, products and quotients agree with the compiler's decimal128 to the last digit")
{
    std::mt19937_64 random(20160701);
    int wrong = 0;
    for (int i = 0; i < 200'000; ++i) {
        const auto a = random_decimal(random);
        const auto b = random_decimal(random);
        const auto x = judged(a);
        const auto y = judged(b);
        if (!same(judged(*add(a, b)), __bid_addtd3(x, y))) ++wrong;
        if (!same(judged(*subtract(a, b)), __bid_subtd3(x, y))) ++wrong;
        if (!same(judged(*multiply(a, b)), __bid_multd3(x, y))) ++wrong;
        if (!b.zero() && !same(judged(*divide(a, b)), __bid_divtd3(x, y))) ++wrong;
        if ((a < b) != (__bid_lttd2(x, y) < 0)) ++wrong;
    }
    CHECK(wrong == 0);
}
#endif

TEST_CASE("a tenth three times is three tenths")
{
    CHECK(*add(*add(d("0.1"), d("0.1")), d("0.1")) == d("0.3"));
    CHECK(text_of(*divide(1, 3)) == "0.3333333333333333333333333333333333");
    CHECK(text_of(*divide(2, 3)) == "0.6666666666666666666666666666666667");
}

TEST_CASE("division by zero and too many digits give no number")
{
    CHECK_FALSE(divide(1, 0).has_value());
    CHECK_FALSE(multiply(d("1e6000"), d("1e6000")).has_value());
    CHECK_FALSE(power(d("10"), d("7000")).has_value());
}

TEST_CASE("rounding modes differ only where they should")
{
    CHECK(text_of(*rounded(d("2.5"), 0, Rounding::half_even)) == "2");
    CHECK(text_of(*rounded(d("3.5"), 0, Rounding::half_even)) == "4");
    CHECK(text_of(*rounded(d("2.5"), 0, Rounding::half_up)) == "3");
    CHECK(text_of(*rounded(d("-2.5"), 0, Rounding::half_up)) == "-3");
    CHECK(text_of(*rounded(d("2.5"), 0, Rounding::half_down)) == "2");
    CHECK(text_of(*rounded(d("-1.1"), 0, Rounding::floor)) == "-2");
    CHECK(text_of(*rounded(d("-1.1"), 0, Rounding::ceiling)) == "-1");
    CHECK(text_of(*rounded(d("1234"), -2, Rounding::half_up)) == "1200");
    CHECK(text_of(*rounded(d("0.0001"), 0, Rounding::up)) == "1");
}

TEST_CASE("powers, roots and logarithms are right to thirty digits")
{
    CHECK(text_of(*power(2, 100)) == "1267650600228229401496703205376");
    CHECK(*square_root(16) == Decimal(4));
    CHECK(*square_root(d("0.25")) == d("0.5"));
    CHECK(text_of(*exponential(1)).substr(0, 31) == "2.71828182845904523536028747135");
    CHECK(text_of(*natural_logarithm(2)).substr(0, 31) == "0.69314718055994530941723212145");
    CHECK_FALSE(natural_logarithm(0).has_value());
    CHECK_FALSE(square_root(-1).has_value());
}

TEST_CASE("modulo takes the sign of the divisor")
{
    CHECK(*modulo(10, 4) == Decimal(2));
    CHECK(*modulo(-10, 4) == Decimal(2));
    CHECK(*modulo(10, -4) == Decimal(-2));
    CHECK(*modulo(d("10.1"), d("4.5")) == d("1.1"));
}

TEST_CASE("what is no number is not read")
{
    for (const char* bad : {"", "-", ".", "1.", "1..2", "a", "1e", "1e9999999", "1 2", "--1"})
        CHECK_FALSE(parse_decimal(bad));
    CHECK(text_of(d("-0.50")) == "-0.5");
    CHECK(text_of(d("1e3")) == "1000");
    CHECK(text_of(d("1e40")) == "1E+40");
    CHECK(d("1.0") == d("1.00"));
}
