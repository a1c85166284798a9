#pragma once

#include <string>
#include <vector>

#include "engine/documents/document_store.h"

/// Legal numbers: from 1 on 1 January, without gaps, never given twice. The SQL is in numbers_store.cpp.
namespace thien_an::documents {

using NumberSeriesId = Id<struct NumberSeriesTag>;

/// The series of an agency and year, made when it is not there; `last_number` counts when it is made: numbers given
/// on paper before. Call it before the command that takes a number, in a write of its own.
NumberSeriesId open_series(
    storage::Writer& db,
    const identity::Act& act,
    identity::AgencyId agency,
    std::string_view series,
    int year,
    std::int64_t last_number = 0
);
/// Nothing when it was never opened.
std::optional<NumberSeriesId> find_series(
    storage::Reader& db, identity::AgencyId agency, std::string_view series, int year
);

/// What a command that takes a number must name among its locks.
storage::Lock lock_of(NumberSeriesId series);

/// The next number, taken by `subject` in this transaction: rolled back with it, so without gaps.
/// Problem "documents.no_such_series".
Result<std::int64_t> take_number(
    storage::Writer& db, const identity::Act& act, NumberSeriesId series, const Subject& subject
);

struct TakenNumber {
    std::int64_t number;
    Subject subject;
    Instant taken_at;
};
/// Numbers above `after`, in order; at most `limit`.
std::vector<TakenNumber> numbers_of(
    storage::Reader& db, NumberSeriesId series, std::int64_t after, int limit
);

/// Proves every series complete from its first number to its last: one line per gap or false last number.
std::vector<Problem> check_numbers(storage::Reader& db);

}  // namespace thien_an::documents
