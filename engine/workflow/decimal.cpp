#include "engine/workflow/decimal.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

namespace thien_an::workflow {
namespace {

constexpr int digits_max = 34;
constexpr std::int32_t exponent_max = 6111;
constexpr std::int32_t exponent_min = -6176;

/// 256 bits, least significant limb first: what a product or a scaled dividend needs.
struct Big {
    std::array<std::uint64_t, 4> limb{};
    auto operator<=>(const Big& other) const
    {
        for (int i = 3; i > 0; --i)
            if (limb[std::size_t(i)] != other.limb[std::size_t(i)])
                return limb[std::size_t(i)] <=> other.limb[std::size_t(i)];
        return limb[0] <=> other.limb[0];
    }
    bool operator==(const Big&) const = default;
};

constexpr std::array<Wide, 39> make_powers()
{
    std::array<Wide, 39> powers{};
    powers[0] = 1;
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}
constexpr auto powers_of_ten = make_powers();
constexpr Wide coefficient_limit = powers_of_ten[digits_max];

Wide ten_to(int n) { return powers_of_ten[std::size_t(n)]; }

Big big(Wide value) { return {{std::uint64_t(value), std::uint64_t(value >> 64), 0, 0}}; }
Wide low(const Big& value) { return Wide(value.limb[1]) << 64 | value.limb[0]; }
bool is_wide(const Big& value) { return (value.limb[2] | value.limb[3]) == 0; }

Big product(Wide a, Wide b)
{
    const auto bits = big(b);
    const auto factor = big(a);
    Big out;
    for (std::size_t i = 0; i < 2; ++i) {
        Wide carry = 0;
        for (std::size_t j = 0; j < 2; ++j) {
            const Wide sum = Wide(factor.limb[i]) * bits.limb[j] + out.limb[i + j] + carry;
            out.limb[i + j] = std::uint64_t(sum);
            carry = sum >> 64;
        }
        out.limb[i + 2] = std::uint64_t(carry);
    }
    return out;
}

/// `value` divided by `divisor` in place; gives the remainder.
std::uint64_t divide_small(Big& value, std::uint64_t divisor)
{
    Wide rest = 0;
    for (int i = 3; i >= 0; --i) {
        const Wide part = rest << 64 | value.limb[std::size_t(i)];
        value.limb[std::size_t(i)] = std::uint64_t(part / divisor);
        rest = part % divisor;
    }
    return std::uint64_t(rest);
}

Big sum(const Big& a, const Big& b)
{
    Big out;
    Wide carry = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Wide part = Wide(a.limb[i]) + b.limb[i] + carry;
        out.limb[i] = std::uint64_t(part);
        carry = part >> 64;
    }
    return out;
}

/// a - b, where a >= b.
Big difference(const Big& a, const Big& b)
{
    Big out;
    std::uint64_t borrow = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        const Wide part = (Wide(1) << 64) + a.limb[i] - b.limb[i] - borrow;
        out.limb[i] = std::uint64_t(part);
        borrow = (part >> 64) == 0 ? 1 : 0;
    }
    return out;
}

int bit_length(const Big& value)
{
    for (int i = 3; i >= 0; --i)
        if (value.limb[std::size_t(i)] != 0) return i * 64 + int(std::bit_width(value.limb[std::size_t(i)]));
    return 0;
}

int digits_of(Wide value)
{
    const int guess = (bit_length(big(value)) * 1233) >> 12;
    return value >= ten_to(guess) ? guess + 1 : guess;
}

/// What was cut off below the last kept digit.
struct Cut {
    int digit = 0;       ///< The first digit cut.
    bool below = false;  ///< Anything but zeros after it.
};

/// Drops `count` digits of `value`, remembering them in `cut`.
void drop(Big& value, int count, Cut& cut)
{
    while (count > 0) {
        const int step = std::min(count, 19);
        const std::uint64_t rest = divide_small(value, std::uint64_t(ten_to(step)));
        const auto top = std::uint64_t(ten_to(step - 1));
        cut.below = cut.below || cut.digit != 0 || rest % top != 0;
        cut.digit = int(rest / top);
        count -= step;
    }
}

bool rounds_away(Rounding rounding, const Cut& cut, bool odd, bool negative)
{
    const bool any = cut.digit != 0 || cut.below;
    const bool half = cut.digit == 5 && !cut.below;
    switch (rounding) {
    case Rounding::half_even: return cut.digit > 5 || (cut.digit == 5 && cut.below) || (half && odd);
    case Rounding::half_up: return cut.digit >= 5;
    case Rounding::half_down: return cut.digit > 5 || (cut.digit == 5 && cut.below);
    case Rounding::up: return any;
    case Rounding::down: return false;
    case Rounding::floor: return any && negative;
    case Rounding::ceiling: return any && !negative;
    }
    return false;
}

/// A coefficient on its way to 34 digits.
struct Raw {
    Big coefficient;
    std::int32_t exponent = 0;
    bool negative = false;
    bool sticky = false;  ///< Something smaller was already lost.
};

std::optional<Decimal> in_range(Decimal value)
{
    if (value.zero()) {
        value.exponent = std::clamp(value.exponent, exponent_min, exponent_max);
        value.negative = false;
        return value;
    }
    while (value.exponent > exponent_max) {
        if (value.coefficient * 10 >= coefficient_limit) return std::nullopt;
        value.coefficient *= 10;
        --value.exponent;
    }
    return value;
}

std::optional<Decimal> finish(Raw raw)
{
    Cut cut{.digit = 0, .below = raw.sticky};
    const int bits = bit_length(raw.coefficient);
    int count = std::max(0, ((bits * 1233) >> 12) - digits_max);
    if (raw.exponent + count < exponent_min) count = exponent_min - raw.exponent;
    drop(raw.coefficient, std::min(count, 80), cut);
    raw.exponent += count;
    while (!is_wide(raw.coefficient) || low(raw.coefficient) >= coefficient_limit) {
        drop(raw.coefficient, 1, cut);
        ++raw.exponent;
    }
    Decimal out;
    out.coefficient = low(raw.coefficient);
    out.exponent = raw.exponent;
    out.negative = raw.negative;
    if (rounds_away(Rounding::half_even, cut, (out.coefficient & 1) != 0, raw.negative)) ++out.coefficient;
    if (out.coefficient == coefficient_limit) {
        out.coefficient /= 10;
        ++out.exponent;
    }
    return in_range(out);
}

/// Quotient by shifting and subtracting; `divisor` is not 0 and has at most 34 digits.
Big quotient(Big dividend, Wide divisor, bool& rest_left)
{
    Big out;
    Wide rest = 0;
    for (int i = bit_length(dividend) - 1; i >= 0; --i) {
        const auto at = std::size_t(i / 64);
        rest = rest << 1 | ((dividend.limb[at] >> (i % 64)) & 1U);
        if (rest >= divisor) {
            rest -= divisor;
            out.limb[at] |= std::uint64_t(1) << (i % 64);
        }
    }
    rest_left = rest != 0;
    return out;
}

Big scaled(Wide coefficient, int tens)
{
    if (tens <= 38) return product(coefficient, ten_to(tens));
    // Callers keep the product below 10^77.
    Big out = product(coefficient, ten_to(38));
    for (int i = 38; i < tens; ++i) {
        const Big twice = sum(out, out);
        const Big four = sum(twice, twice);
        out = sum(sum(four, four), twice);
    }
    return out;
}

const Decimal& ln_10()
{
    static const Decimal value = *parse_decimal("2.302585092994045684017991454684364208");
    return value;
}

}  // namespace

Decimal::Decimal(std::int64_t value)
    : coefficient(value < 0 ? Wide(-WideSigned(value)) : Wide(value)), negative(value < 0)
{
}

bool Decimal::whole() const
{
    if (exponent >= 0 || zero()) return true;
    return exponent >= -digits_max && coefficient % ten_to(-exponent) == 0;
}

std::optional<std::int64_t> Decimal::integer() const
{
    if (!whole()) return std::nullopt;
    if (zero()) return 0;
    if (exponent > 18) return std::nullopt;
    const Wide size = exponent >= 0 ? coefficient * ten_to(exponent) : coefficient / ten_to(-exponent);
    if ((exponent > 0 && digits_of(coefficient) + exponent > 19) ||
        size > Wide(std::numeric_limits<std::int64_t>::max()))
        return std::nullopt;
    return negative ? -std::int64_t(size) : std::int64_t(size);
}

double Decimal::estimate() const
{
    const double size = double(coefficient) * std::pow(10.0, exponent);
    return negative ? -size : size;
}

Decimal operator-(Decimal a)
{
    a.negative = !a.negative && !a.zero();
    return a;
}

std::strong_ordering operator<=>(const Decimal& a, const Decimal& b)
{
    if (a.sign() != b.sign()) return a.sign() <=> b.sign();
    if (a.zero()) return std::strong_ordering::equal;
    const bool flip = a.negative;
    const auto answer = [&](std::strong_ordering order) { return flip ? 0 <=> order : order; };
    const int size_a = digits_of(a.coefficient) + a.exponent;
    const int size_b = digits_of(b.coefficient) + b.exponent;
    if (size_a != size_b) return answer(size_a <=> size_b);
    const int common = std::min(a.exponent, b.exponent);
    return answer(scaled(a.coefficient, a.exponent - common) <=> scaled(b.coefficient, b.exponent - common));
}

std::optional<Decimal> add(const Decimal& a, const Decimal& b)
{
    const Decimal& high = a.exponent >= b.exponent ? a : b;
    const Decimal& small = a.exponent >= b.exponent ? b : a;
    if (high.zero()) return small.zero() ? in_range(small) : std::optional(small);
    const int gap = high.exponent - small.exponent;
    Raw raw{.coefficient = {}, .exponent = small.exponent, .negative = high.negative, .sticky = false};
    Big left;
    Big right = big(small.coefficient);
    if (gap <= 40) {
        left = scaled(high.coefficient, gap);
    } else {
        if (small.zero()) return high;
        // The smaller one can only tip the rounding: it stands below every digit that is kept.
        left = scaled(high.coefficient, 40);
        raw.exponent = high.exponent - 40;
        if (gap > 75) {
            right = big(1);
        } else {
            Cut cut;
            drop(right, gap - 40, cut);
            if (cut.digit != 0 || cut.below)
                right = sum(right, high.negative == small.negative ? Big{} : big(1));
            raw.sticky = cut.digit != 0 || cut.below;
        }
    }
    if (high.negative == small.negative) {
        raw.coefficient = sum(left, right);
    } else if (left < right) {
        raw.coefficient = difference(right, left);
        raw.negative = small.negative;
    } else {
        raw.coefficient = difference(left, right);
    }
    return finish(raw);
}

std::optional<Decimal> subtract(const Decimal& a, const Decimal& b) { return add(a, -b); }

std::optional<Decimal> multiply(const Decimal& a, const Decimal& b)
{
    return finish(
        {.coefficient = product(a.coefficient, b.coefficient),
         .exponent = a.exponent + b.exponent,
         .negative = a.negative != b.negative}
    );
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b)
{
    if (b.zero()) return std::nullopt;
    if (a.zero()) return Decimal(0);
    const int shift = std::max(0, digits_max + 1 + digits_of(b.coefficient) - digits_of(a.coefficient));
    Raw raw{
        .coefficient = {}, .exponent = a.exponent - b.exponent - shift, .negative = a.negative != b.negative};
    raw.coefficient = quotient(scaled(a.coefficient, shift), b.coefficient, raw.sticky);
    auto out = finish(raw);
    if (!out || raw.sticky) return out;
    while (out->exponent < a.exponent - b.exponent && out->coefficient % 10 == 0) {
        out->coefficient /= 10;
        ++out->exponent;
    }
    return out;
}

std::optional<Decimal> modulo(const Decimal& a, const Decimal& b)
{
    const auto parts = divide(a, b);
    if (!parts) return std::nullopt;
    const auto whole = rounded(*parts, 0, Rounding::floor);
    const auto taken = whole ? multiply(b, *whole) : std::nullopt;
    return taken ? subtract(a, *taken) : std::nullopt;
}

std::optional<Decimal> power(const Decimal& a, const Decimal& b)
{
    const auto n = b.integer();
    if (!n || *n > 100'000 || *n < -100'000) {
        if (a.zero()) return b.sign() > 0 ? std::optional(Decimal(0)) : std::nullopt;
        if (a == Decimal(1)) return Decimal(1);
        const auto ln = natural_logarithm(a);
        const auto product_of = ln ? multiply(*ln, b) : std::nullopt;
        return product_of ? exponential(*product_of) : std::nullopt;
    }
    std::optional<Decimal> out = Decimal(1);
    std::optional<Decimal> square = a;
    for (auto rest = std::uint64_t(*n < 0 ? -*n : *n); rest != 0; rest >>= 1) {
        if ((rest & 1U) != 0) out = out && square ? multiply(*out, *square) : std::nullopt;
        if (rest > 1) square = square ? multiply(*square, *square) : std::nullopt;
    }
    return out && *n < 0 ? divide(1, *out) : out;
}

std::optional<Decimal> square_root(const Decimal& a)
{
    if (a.negative) return std::nullopt;
    if (a.zero()) return Decimal(0);
    Decimal mantissa = a;
    const int shift = digits_of(a.coefficient) + a.exponent;
    const int even = shift - (shift % 2 + 2) % 2;
    mantissa.exponent = a.exponent - even;
    auto root = parse_decimal(std::to_string(std::sqrt(mantissa.estimate())));
    for (int i = 0; i < 6 && root; ++i) {
        const auto other = divide(mantissa, *root);
        const auto both = other ? add(*root, *other) : std::nullopt;
        root = both ? divide(*both, 2) : std::nullopt;
    }
    if (!root) return std::nullopt;
    root->exponent += even / 2;
    // An exact root is shown exactly.
    for (const int scale : {20, 10, 4, 0}) {
        const auto shorter = rounded(*root, scale, Rounding::half_even);
        if (shorter && multiply(*shorter, *shorter) == a) root = shorter;
    }
    return root;
}

std::optional<Decimal> exponential(const Decimal& a)
{
    if (a.zero()) return Decimal(1);
    const auto times = rounded(*divide(a, ln_10()), 0, Rounding::half_even);
    const auto n = times ? times->integer() : std::nullopt;
    if (!n || *n > 7000) return std::nullopt;
    if (*n < -7000) return Decimal(0);
    const auto rest = divide(*subtract(a, *multiply(ln_10(), *times)), 8);
    Decimal term = 1;
    Decimal total = 1;
    for (int i = 1; i < 30; ++i) {
        term = *divide(*multiply(term, *rest), i);
        total = *add(total, term);
    }
    for (int i = 0; i < 3; ++i) total = *multiply(total, total);
    total.exponent += std::int32_t(*n);
    return finish({.coefficient = big(total.coefficient), .exponent = total.exponent, .negative = false});
}

std::optional<Decimal> natural_logarithm(const Decimal& a)
{
    if (a.sign() <= 0) return std::nullopt;
    const int tens = digits_of(a.coefficient) + a.exponent - 1;
    Decimal mantissa = a;
    mantissa.exponent -= tens;
    auto y = parse_decimal(std::to_string(std::log(mantissa.estimate())));
    for (int i = 0; i < 5 && y; ++i) {
        const auto e = exponential(*y);
        const auto step = divide(*subtract(mantissa, *e), *add(mantissa, *e));
        y = add(*y, *multiply(2, *step));
    }
    return y ? add(*y, *multiply(ln_10(), tens)) : std::nullopt;
}

std::optional<Decimal> rounded(const Decimal& a, std::int32_t scale, Rounding rounding)
{
    if (a.zero() || a.exponent >= -scale) return a;
    const int count = -scale - a.exponent;
    Big value = big(a.coefficient);
    Cut cut;
    drop(value, std::min(count, 60), cut);
    if (count > 60) cut = {.digit = 0, .below = true};
    Decimal out;
    out.coefficient = low(value);
    out.exponent = -scale;
    out.negative = a.negative;
    if (rounds_away(rounding, cut, (out.coefficient & 1) != 0, a.negative)) ++out.coefficient;
    return in_range(out);
}

std::optional<Decimal> parse_decimal(std::string_view text)
{
    Raw raw;
    std::size_t at = 0;
    if (at < text.size() && (text[at] == '-' || text[at] == '+')) raw.negative = text[at++] == '-';
    bool point = false;
    int seen = 0;
    int kept = 0;
    for (; at < text.size() && (text[at] == '.' || (text[at] >= '0' && text[at] <= '9')); ++at) {
        if (text[at] == '.') {
            if (point || at + 1 == text.size() || text[at + 1] < '0' || text[at + 1] > '9')
                return std::nullopt;
            point = true;
            continue;
        }
        ++seen;
        const auto digit = std::uint64_t(text[at] - '0');
        if (kept >= 70) {
            raw.sticky = raw.sticky || digit != 0;
            if (!point) ++raw.exponent;
            continue;
        }
        const Big twice = sum(raw.coefficient, raw.coefficient);
        const Big four = sum(twice, twice);
        raw.coefficient = sum(sum(sum(four, four), twice), big(digit));
        if (kept > 0 || digit != 0) ++kept;
        if (point) --raw.exponent;
    }
    if (seen == 0) return std::nullopt;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        const bool minus = at < text.size() && text[at] == '-';
        if (at < text.size() && (text[at] == '-' || text[at] == '+')) ++at;
        if (at == text.size() || text.size() - at > 6) return std::nullopt;
        std::int32_t power_of_ten = 0;
        for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at)
            power_of_ten = power_of_ten * 10 + (text[at] - '0');
        raw.exponent += minus ? -power_of_ten : power_of_ten;
    }
    if (at != text.size()) return std::nullopt;
    return finish(raw);
}

std::string text_of(const Decimal& a)
{
    Wide value = a.coefficient;
    std::int32_t exponent = a.exponent;
    while (exponent < 0 && value % 10 == 0) {
        if (value == 0) return "0";
        value /= 10;
        ++exponent;
    }
    if (value == 0) return "0";
    std::string digits;
    for (; value != 0; value /= 10) digits.insert(digits.begin(), char('0' + int(value % 10)));
    const std::string minus = a.negative ? "-" : "";
    const int size = int(digits.size());
    if (exponent >= 0 && size + exponent <= digits_max)
        return minus + digits + std::string(std::size_t(exponent), '0');
    if (exponent < 0 && size + exponent > 0) {
        digits.insert(std::size_t(size + exponent), ".");
        return minus + digits;
    }
    if (exponent < 0 && -exponent <= digits_max + 6)
        return minus + "0." + std::string(std::size_t(-exponent - size), '0') + digits;
    const int shown = exponent + size - 1;
    if (size > 1) digits.insert(1, ".");
    return minus + digits + "E" + (shown < 0 ? "" : "+") + std::to_string(shown);
}

}  // namespace thien_an::workflow
