#include "engine/workflow/feel_machine.h"

// What the operators mean for each pair of kinds.
namespace thien_an::workflow::feel {
namespace {

std::optional<std::int64_t> whole(const std::optional<Decimal>& value)
{
    return value ? value->integer() : std::nullopt;
}

/// A length of nanoseconds as a decimal number, and back.
Decimal decimal_of(WideSigned nanos)
{
    Decimal out;
    out.negative = nanos < 0;
    out.coefficient = Wide(nanos < 0 ? -nanos : nanos);
    return out;
}

std::optional<WideSigned> nanos_of(const std::optional<Decimal>& value)
{
    const auto flat = value ? rounded(*value, 0, Rounding::down) : std::nullopt;
    if (!flat || flat->exponent > 20) return std::nullopt;
    Wide size = flat->coefficient;
    for (int i = 0; i < flat->exponent; ++i) {
        if (size > Wide(1) << 110) return std::nullopt;
        size *= 10;
    }
    return flat->negative ? -WideSigned(size) : WideSigned(size);
}

DateTime midnight(const Date& date) { return {date, {.nanos = 0, .zone = {.offset = 0, .name = nullptr}}}; }

std::optional<Date> shifted(const Date& date, std::int64_t months)
{
    const std::int64_t year = date.year + months / 12;
    if (year > 999'999'999 || year < -999'999'999) return std::nullopt;
    return plus_months(date, months);
}

/// `value` + a duration, for what has a place in time.
Value moved(const Value& value, const Value& length, int sign)
{
    if (const auto* by = length.day_duration()) {
        const WideSigned nanos = by->nanos * sign;
        if (value.date_time() != nullptr) return plus(*value.date_time(), nanos);
        if (value.time() != nullptr) return plus(*value.time(), nanos);
        if (value.date() != nullptr) {
            const auto to = plus(midnight(*value.date()), nanos);
            return to ? Value(to->date) : Value{};
        }
        if (value.day_duration() != nullptr) return DayDuration{value.day_duration()->nanos + nanos};
    }
    if (const auto* by = length.month_duration()) {
        const std::int64_t months = by->months * sign;
        if (value.date() != nullptr) return shifted(*value.date(), months);
        if (value.date_time() != nullptr) {
            const auto date = shifted(value.date_time()->date, months);
            return date ? Value(DateTime{*date, value.date_time()->time}) : Value{};
        }
        if (value.month_duration() != nullptr) return MonthDuration{value.month_duration()->months + months};
    }
    return {};
}

Value distance(const Value& a, const Value& b)
{
    if (a.date() != nullptr && b.date() != nullptr)
        return DayDuration{
            WideSigned(days_since_epoch(*a.date()) - days_since_epoch(*b.date())) * nanos_per_day};
    if (a.time() != nullptr && b.time() != nullptr) {
        if (a.time()->zone.local() != b.time()->zone.local()) return {};
        return DayDuration{WideSigned(utc_nanos(*a.time()) - utc_nanos(*b.time()))};
    }
    const bool points = (a.date() != nullptr || a.date_time() != nullptr) &&
                        (b.date() != nullptr || b.date_time() != nullptr);
    if (!points) return {};
    const DateTime from = a.date_time() != nullptr ? *a.date_time() : midnight(*a.date());
    const DateTime to = b.date_time() != nullptr ? *b.date_time() : midnight(*b.date());
    if (from.time.zone.local() != to.time.zone.local()) return {};
    return DayDuration{instant_nanos(from) - instant_nanos(to)};
}

Value scaled(const Value& length, const std::optional<Decimal>& factor, bool divide_by)
{
    if (!factor) return {};
    const auto apply = [&](const Decimal& amount) {
        return divide_by ? divide(amount, *factor) : multiply(amount, *factor);
    };
    if (length.day_duration() != nullptr) {
        const auto nanos = nanos_of(apply(decimal_of(length.day_duration()->nanos)));
        return nanos ? Value(DayDuration{*nanos}) : Value{};
    }
    const auto scaled_months = apply(Decimal(length.month_duration()->months));
    const auto months = whole(scaled_months ? rounded(*scaled_months, 0, Rounding::down) : std::nullopt);
    return months ? Value(MonthDuration{*months}) : Value{};
}

bool is_duration(const Value& v) { return v.day_duration() != nullptr || v.month_duration() != nullptr; }

}  // namespace

Value added(const Value& a, const Value& b)
{
    if (a.number() != nullptr && b.number() != nullptr) return add(*a.number(), *b.number());
    if (a.text() != nullptr && b.text() != nullptr) return *a.text() + *b.text();
    if (is_duration(b)) return moved(a, b, 1);
    return is_duration(a) ? moved(b, a, 1) : Value{};
}

Value subtracted(const Value& a, const Value& b)
{
    if (a.number() != nullptr && b.number() != nullptr) return subtract(*a.number(), *b.number());
    return is_duration(b) ? moved(a, b, -1) : distance(a, b);
}

Value multiplied(const Value& a, const Value& b)
{
    if (a.number() != nullptr && b.number() != nullptr) return multiply(*a.number(), *b.number());
    if (is_duration(a) && b.number() != nullptr) return scaled(a, *b.number(), false);
    if (is_duration(b) && a.number() != nullptr) return scaled(b, *a.number(), false);
    return {};
}

Value divided(const Value& a, const Value& b)
{
    if (a.number() != nullptr && b.number() != nullptr) return divide(*a.number(), *b.number());
    if (is_duration(a) && b.number() != nullptr) return scaled(a, *b.number(), true);
    if (a.day_duration() != nullptr && b.day_duration() != nullptr)
        return divide(decimal_of(a.day_duration()->nanos), decimal_of(b.day_duration()->nanos));
    if (a.month_duration() != nullptr && b.month_duration() != nullptr)
        return divide(Decimal(a.month_duration()->months), Decimal(b.month_duration()->months));
    return {};
}

Value raised(const Value& a, const Value& b)
{
    if (a.number() == nullptr || b.number() == nullptr) return {};
    return power(*a.number(), *b.number());
}

Value negated(const Value& a)
{
    if (a.number() != nullptr) return -*a.number();
    if (a.day_duration() != nullptr) return DayDuration{-a.day_duration()->nanos};
    if (a.month_duration() != nullptr) return MonthDuration{-a.month_duration()->months};
    return {};
}

Value ordered(Compare kind, const Value& a, const Value& b)
{
    if (kind == Compare::equal) return equals(a, b);
    if (kind == Compare::not_equal) {
        const Value same = equals(a, b);
        return same.null() ? Value{} : Value(!same.is_true());
    }
    const auto order = compare(a, b);
    if (!order) return {};
    switch (kind) {
    case Compare::less: return *order < 0;
    case Compare::less_equal: return *order <= 0;
    case Compare::greater: return *order > 0;
    case Compare::greater_equal: return *order >= 0;
    case Compare::equal:
    case Compare::not_equal: break;
    }
    return {};
}

}  // namespace thien_an::workflow::feel
