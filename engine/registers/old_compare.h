#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/day.h"
#include "engine/base/json.h"
#include "engine/registers/register.h"

/// Two typings of one page of a paper book, side by side: which lines are the same entry, which fields agree, what
/// comes out. Pure functions over text as typed.
namespace thien_an::registers {

/// Typed for what the paper says and nobody can read. Days and texts keep it, numbers and choices stay empty.
constexpr std::string_view unreadable = "không rõ";
/// Beside the register's own fields: the entry's number, what stands in the margin, and whether the entry is there.
constexpr std::string_view number_field = "$number";
constexpr std::string_view margin_field = "$margin";
constexpr std::string_view there_field = "$entry";
constexpr std::string_view there = "yes";
constexpr std::string_view not_there = "no";

/// One entry as typed: field to text, fields left blank left out.
struct TypedEntry {
    std::int64_t place = 0;  ///< 1, 2... down the page.
    json::object fields;
};

/// A value of the register from what was typed: composed Unicode, single spaces; a day may be "1954" or "3/1954" (kept
/// as such) and else becomes "1954-03-12"; blank becomes null. Problems "registers.bad_value", "registers.bad_number"
/// (of the entry), field is the field's pointer.
Result<json::value> old_value(const Register& reg, std::string_view field, std::string_view typed);
/// The first day a day typed so can be: "1954" is 1 January 1954. Nothing for what says no year.
std::optional<Day> first_day(std::string_view value);

enum class Likeness {
    same,
    tone,     ///< Only the mark stands on another vowel: "hoà", "hòa".
    differs,  ///< Somebody has to decide.
};
Likeness likeness(const Register& reg, std::string_view field, std::string_view one, std::string_view other);

/// What is compared of a line: the number, the fields of the register in its order, the margin.
std::vector<std::string> compared_fields(const Register& reg);
std::string text_at(const json::object& fields, std::string_view field);  ///< "" when it is not there.

/// One entry of the page by both typists: entries with the same number belong together, the others in their order.
struct Line {
    std::int64_t id = 0;  ///< Place in the first typing; 1000 + place in the second when only that has it.
    std::optional<TypedEntry> first;
    std::optional<TypedEntry> second;
    bool both() const { return first && second; }
    const TypedEntry& any() const { return first ? *first : *second; }
};
std::vector<Line> aligned(const std::vector<TypedEntry>& first, const std::vector<TypedEntry>& second);

/// A field of a line where both do not agree.
struct Mismatch {
    std::int64_t line = 0;
    std::string field;
    std::string first;
    std::string second;
    Likeness likeness = Likeness::differs;
};
/// In the order of the page. An entry only one has is one mismatch of `there_field`.
std::vector<Mismatch> mismatches(const Register& reg, const std::vector<Line>& lines);

}  // namespace thien_an::registers
