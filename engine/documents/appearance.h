#pragma once

#include <string>
#include <vector>

#include "engine/base/bytes.h"

/// What a signature shows on paper: PDFs of one small page, put into the signed PDF as they are. No word here is the
/// program's own: all text comes from the caller.
namespace thien_an::documents {

/// A person's signature, blue. With `picture` (transparent PNG of the handwriting) that, else the name written out.
struct PersonLook {
    std::string name;
    std::vector<std::string> lines;  ///< Small, below: who, when.
    Bytes picture = {};
};
/// Problem-free: a picture that is no PNG is left out and the name written instead.
Bytes person_appearance(const PersonLook& look, double width, double height);

/// An agency's seal, red. With `picture` (transparent PNG in real size) that, else a round seal with `name` around.
struct SealLook {
    std::string name;                ///< Along the upper arc.
    std::string place;               ///< Along the lower arc; may be empty.
    std::vector<std::string> lines;  ///< Small, in the middle: when.
    Bytes picture = {};
};
Bytes seal_appearance(const SealLook& look, double width, double height);

struct TextLine {
    std::string text;
    double size = 13;
    bool bold = false;
    bool italic = false;
};
/// One line of text from the left, its baseline a quarter of the size above the bottom.
Bytes text_appearance(const TextLine& line, double width, double height);

}  // namespace thien_an::documents
