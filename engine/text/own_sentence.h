#pragma once

/// A Problem's words may bring its whole sentence: a data pack tells its own codes, which no catalogue of the program
/// knows. Catalogue::sentence reads them.
namespace thien_an::text {

constexpr const char* own_sentence_vi = "own sentence vi";
constexpr const char* own_sentence_en = "own sentence en";

}  // namespace thien_an::text
