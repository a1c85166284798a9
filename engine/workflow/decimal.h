#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Decimal numbers of 34 digits (the arithmetic of decimal128) on 128-bit integers; never a binary fraction.
namespace thien_an::workflow {

__extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using): __extension__ needs it.
__extension__ typedef __int128 WideSigned;     // NOLINT(modernize-use-using)

/// How digits beyond the scale are dropped.
enum class Rounding { half_even, half_up, half_down, up, down, floor, ceiling };

/// coefficient * 10^exponent, at most 34 digits, exponent -6176 to 6111. 1.0 and 1.00 are equal.
/// Operations give nothing where the result is no number (division by zero) or has more than 6145 digits.
struct Decimal {
    Wide coefficient = 0;
    std::int32_t exponent = 0;
    bool negative = false;

    Decimal() = default;
    Decimal(std::int64_t value);  // NOLINT(google-explicit-constructor): 1 is a number.

    bool zero() const { return coefficient == 0; }
    /// -1, 0 or 1.
    int sign() const { return zero() ? 0 : negative ? -1 : 1; }
    bool whole() const;
    /// The value when it is whole and fits.
    std::optional<std::int64_t> integer() const;
    /// The nearest double; for estimates only.
    double estimate() const;

    friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b);
    friend bool operator==(const Decimal& a, const Decimal& b)
    {
        return (a <=> b) == std::strong_ordering::equal;
    }
};

Decimal operator-(Decimal a);
std::optional<Decimal> add(const Decimal& a, const Decimal& b);
std::optional<Decimal> subtract(const Decimal& a, const Decimal& b);
std::optional<Decimal> multiply(const Decimal& a, const Decimal& b);
std::optional<Decimal> divide(const Decimal& a, const Decimal& b);
/// a - b * floor(a / b): the sign is b's.
std::optional<Decimal> modulo(const Decimal& a, const Decimal& b);
std::optional<Decimal> power(const Decimal& a, const Decimal& b);
std::optional<Decimal> square_root(const Decimal& a);
std::optional<Decimal> exponential(const Decimal& a);
std::optional<Decimal> natural_logarithm(const Decimal& a);

/// `a` with at most `scale` digits after the point (negative: before it).
std::optional<Decimal> rounded(const Decimal& a, std::int32_t scale, Rounding rounding);

/// "12", "-0.5", ".5", "1.5e-3"; nothing for anything else. More than 34 digits are rounded half even.
std::optional<Decimal> parse_decimal(std::string_view text);
/// Plain digits without needless zeros; "1E+40" only where the plain form would invent digits.
std::string text_of(const Decimal& a);

}  // namespace thien_an::workflow
