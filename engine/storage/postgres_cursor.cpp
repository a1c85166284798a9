#include "engine/storage/postgres_cursor.h"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <map>

namespace thien_an::storage {
namespace {

/// Numbers of types in PostgreSQL's catalogue (pg_type.dat), which never change.
enum : Oid {
    type_bool = 16,
    type_bytea = 17,
    type_name = 19,
    type_int8 = 20,
    type_int2 = 21,
    type_int4 = 23,
    type_text = 25,
    type_oid = 26,
    type_float4 = 700,
    type_float8 = 701,
    type_unknown = 705,
    type_bpchar = 1042,
    type_varchar = 1043,
    type_numeric = 1700,
};

std::uint64_t big_endian(ByteView bytes)
{
    std::uint64_t number = 0;
    for (const auto byte : bytes) number = number << 8 | byte;
    return number;
}

std::int64_t signed_integer(ByteView bytes)
{
    const auto number = big_endian(bytes);
    switch (bytes.size()) {
    case 1: return number != 0 ? 1 : 0;
    case 2: return std::int16_t(number);
    case 4: return std::int32_t(number);
    case 8: return std::int64_t(number);
    default: throw StorageError("an integer of a width PostgreSQL does not have");
    }
}

std::int16_t field(ByteView bytes, std::size_t number)
{
    return std::int16_t(big_endian(bytes.subspan(number * 2, 2)));
}

/// The whole part of a numeric: digits of base 10,000, the first one worth 10,000 to the power of `weight`.
std::int64_t whole_numeric(ByteView bytes)
{
    const auto digits = field(bytes, 0);
    const auto weight = field(bytes, 1);
    const bool negative = field(bytes, 2) == 0x4000;
    std::int64_t number = 0;
    for (int i = 0; i <= weight; ++i) {
        const int digit = i < digits ? field(bytes, std::size_t(4 + i)) : 0;
        if (__builtin_mul_overflow(number, 10'000, &number) || __builtin_add_overflow(number, digit, &number))
            throw StorageError("a sum beyond 64 bits");
    }
    return negative ? -number : number;
}

class PostgresCursor : public detail::Cursor {
public:
    explicit PostgresCursor(std::unique_ptr<PGresult, decltype(&PQclear)> answer)
        : answer_(std::move(answer)), rows_(PQntuples(answer_.get()))
    {
    }

    bool next() override { return ++row_ < rows_; }
    int columns() const override { return PQnfields(answer_.get()); }
    bool null(int column) const override { return PQgetisnull(answer_.get(), row_, column) == 1; }

    std::int64_t integer(int column) const override
    {
        if (null(column)) return 0;
        const auto type = PQftype(answer_.get(), column);
        switch (type) {
        case type_bool:
        case type_int2:
        case type_int4:
        case type_int8: return signed_integer(bytes(column));
        case type_oid: return std::int64_t(big_endian(bytes(column)));
        case type_numeric: return whole_numeric(bytes(column));
        case type_float8: return std::int64_t(std::bit_cast<double>(big_endian(bytes(column))));
        default: throw StorageError(fmt::format("column {} of type {} is no integer", column, type));
        }
    }

    std::string_view text(int column) const override
    {
        if (null(column)) return {};
        const auto type = PQftype(answer_.get(), column);
        switch (type) {
        case type_text:
        case type_varchar:
        case type_bpchar:
        case type_name:
        case type_unknown:
        case type_bytea: return text_of(bytes(column));
        default: return written_[{row_, column}] = std::to_string(integer(column));
        }
    }

    ByteView bytes(int column) const override
    {
        if (null(column)) return {};
        const auto* start = PQgetvalue(answer_.get(), row_, column);
        return bytes_of({start, std::size_t(PQgetlength(answer_.get(), row_, column))});
    }

private:
    std::unique_ptr<PGresult, decltype(&PQclear)> answer_;
    int rows_;
    int row_ = -1;
    mutable std::map<std::pair<int, int>, std::string> written_;  ///< Integers somebody read as text.
};

}  // namespace

std::unique_ptr<detail::Cursor> cursor_over(std::unique_ptr<PGresult, decltype(&PQclear)> answer)
{
    return std::make_unique<PostgresCursor>(std::move(answer));
}

}  // namespace thien_an::storage
