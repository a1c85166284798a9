#pragma once

#include <string>
#include <string_view>
#include <vector>

/// Words as text_index keeps them; for it and its tests.
namespace thien_an::storage {

/// Words of `text` without marks.
std::vector<std::string> folded_words(std::string_view text);
/// The same words in lower case with their marks.
std::vector<std::string> marked_words(std::string_view text);
/// `word` in a-z and 0-9 alone: other bytes as two hexadecimal digits. Words longer than 40 bytes are cut.
std::string plain_word(std::string_view word);

}  // namespace thien_an::storage
