#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/day.h"

/// Vietnamese text: one way to fold, compare, repair and spell out.
namespace thien_an {

bool is_utf8(std::string_view text);
std::string nfc(std::string_view utf8);  ///< Unicode composed form; input must be UTF-8.
/// Lower case, no marks, đ as d, runs of anything but letters and digits as one space, none at the ends.
/// "Xã Đức Phổ " -> "xa duc pho". The one form searched, indexed and compared.
std::string folded(std::string_view utf8);
std::string upper(std::string_view utf8);  ///< "Nguyễn" -> "NGUYỄN"
std::string lower(std::string_view utf8);
/// A name as people write it: trimmed, single spaces, NFC, first letters upper, the rest lower.
std::string tidy_name(std::string_view utf8);
std::size_t letters(std::string_view utf8);  ///< Characters as people count them (grapheme clusters).

/// Old encodings seen in pasted text and old files.
enum class Encoding { unicode, unicode_decomposed, tcvn3, vni };
/// A guess from letters that make no sense otherwise; `unicode` when nothing speaks against it.
Encoding guess_encoding(std::string_view utf8);
/// The text as composed Unicode, read as `from`.
std::string converted(std::string_view utf8, Encoding from);

/// "hai nghìn không trăm mười sáu": the reading on certificates. 0 to 999,999,999,999.
std::string in_words(std::int64_t number);
/// "ngày mười hai tháng ba năm hai nghìn không trăm mười sáu"
std::string in_words(Day day);
/// "ngày 05 tháng 02 năm 2016", as papers are dated: a zero before days below 10 and before January and February.
std::string written(Day day);

}  // namespace thien_an
